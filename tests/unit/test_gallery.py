"""docs/gallery.md shows every shipped template, as it is now."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from docgen.template import load_template, load_templates, template_names

ROOT = Path(__file__).parent.parent.parent
NAMES = template_names(ROOT / "templates")
PICTURES = ROOT / "docs" / "pictures" / "gallery"
LANGUAGES = ["de", "en", "fil", "lt", "lv"]


def test_the_gallery_shows_every_template_and_no_other() -> None:
    page = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    assert re.findall(r"^`docgen new ([\w-]+)`", page, re.MULTILINE) == NAMES
    assert re.findall(r"\(pictures/gallery/([\w-]+)\.png\)", page) == NAMES
    assert sorted(picture.stem for picture in PICTURES.glob("*.png")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_of_the_template_as_it_is(name: str) -> None:
    drawn = json.loads((PICTURES / "pictures.json").read_text(encoding="utf-8"))
    assert drawn[name] == load_template(ROOT / "templates" / name).sha256, "run `make docs`"


@pytest.mark.parametrize("name", NAMES)
def test_all_languages_say_the_same_texts(name: str) -> None:
    texts = load_template(ROOT / "templates" / name).texts
    assert sorted(texts) == LANGUAGES
    assert [(language, texts["en"].keys() ^ texts[language].keys()) for language in LANGUAGES] == [
        (language, set()) for language in LANGUAGES
    ]


def test_placeholders_and_plurals_are_the_same_in_all_languages() -> None:
    wrong = []
    for name, template in load_templates(ROOT / "templates").items():
        for key, text in template.texts["en"].items():
            for language in LANGUAGES:
                other = template.texts[language][key]
                if _places(text) != _places(other):
                    wrong.append(f"{name}, {language}: {key}")
    assert wrong == []


def _places(text: object) -> set[str]:
    forms = text.values() if isinstance(text, dict) else [text]
    return {place for form in forms for place in re.findall(r"\{(\w+)\}", str(form))}
