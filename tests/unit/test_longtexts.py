"""Texts in Markdown files: which text is where, and what is a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.errors import DocgenError, Faults
from docgen.template import Template, load_template

MANIFEST = "kind: letter\ntexts:\n  en: {greeting: Hello}\n  de: {greeting: Hallo}\n"
TERM = "# Term\n\n## start\n\nIt begins on {start}.\n\n## notice\n\nThree months.\n\n- in writing\n"
LAUFZEIT = "# Laufzeit\n\n## start\n\nBeginn: {start}.\n\n## notice\n\nDrei Monate.\n"


def load(tmp_path: Path, files: dict[str, str | bytes]) -> Template:
    folder = tmp_path / "templates" / "one"
    for name, content in {"template.yaml": MANIFEST, "body.txt": "x", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_template(folder, shown="templates/one")


def faults_of(tmp_path: Path, files: dict[str, str | bytes]) -> list[str]:
    with pytest.raises(DocgenError) as raised:
        load(tmp_path, files)
    faults = raised.value.faults if isinstance(raised.value, Faults) else [raised.value]
    return [f"{fault.where}: {fault}" if str(fault.where) not in str(fault) else str(fault) for fault in faults]


def test_a_file_is_a_title_and_a_text_for_each_name(tmp_path: Path) -> None:
    texts = load(tmp_path, {"texts/en/term.md": TERM, "texts/de/term.md": LAUFZEIT}).texts
    assert texts["en"] == {
        "greeting": "Hello",
        "term": "Term",
        "term.start": "It begins on {start}.",
        "term.notice": "Three months.\n\n- in writing",
    }
    assert texts["de"]["term"] == "Laufzeit"


def test_without_names_all_below_the_title_is_one_text(tmp_path: Path) -> None:
    about = "# About us\n\nWe make tables.\n\n## Our wood\n\nOak.\n\n```\n## code\n```\n"
    texts = load(tmp_path, {f"texts/{one}/about.md": about for one in ("en", "de")}).texts
    assert texts["en"]["about.text"] == "We make tables.\n\n## Our wood\n\nOak.\n\n```\n## code\n```"


def test_all_templates_see_the_long_texts_that_they_share(tmp_path: Path) -> None:
    files = {f"../shared/texts/{one}/about.md": f"# About {one}\n\nOak.\n" for one in ("en", "de")}
    texts = load(
        tmp_path, {**files, "texts/en/about.md": "# Own\n\nAsh.", "texts/de/about.md": "# Eigenes\n\nX."}
    ).texts
    assert texts["en"]["about"] == "Own"
    assert load(tmp_path / "other", dict(files)).texts["de"]["about"] == "About de"


def test_a_region_says_only_what_differs(tmp_path: Path) -> None:
    files = {"texts/en/term.md": TERM, "texts/de/term.md": LAUFZEIT, "texts/de_AT/term.md": "# Dauer\n"}
    assert load(tmp_path, dict(files)).texts["de_AT"] == {"term": "Dauer"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"texts/en/term.md": TERM}, "texts/en/term.md, line 1: the text of this file is missing in de"),
        (
            {"texts/en/term.md": TERM, "texts/de/term.md": "# Dauer"},
            'the text "term.start" is missing in de; en has it',
        ),
        ({"texts/en/term.md": "Term"}, "texts/en/term.md, line 1: this does not begin with a title"),
        ({"texts/en/term.md": ""}, "this does not begin with a title"),
        ({"texts/en/term.md": TERM + "## start\n\nAgain."}, 'the text "term.start" is there twice in en'),
        ({"texts/en/greeting.md": "# Hi", "texts/de/greeting.md": "# Hi"}, 'the text "greeting" is in the YAML file'),
        ({"texts/xx/term.md": TERM}, '"xx" is not a language'),
        ({"texts/en/my-term.md": TERM}, '"my-term" cannot be the name of a text'),
        ({"texts/en/term.md": b"# Gr\xfc\xdfe"}, "this is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_fault_with_its_place(
    tmp_path: Path, files: dict[str, str | bytes], said: str
) -> None:
    assert any(said in fault for fault in faults_of(tmp_path, files))
