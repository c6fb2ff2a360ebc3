"""The pages of shipped Word templates as LibreOffice sets them: how many, and how they look, in every language.

`pytest tests/golden --regenerate` writes the pictures anew; look at them before committing. All documents go through
one start of LibreOffice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pagepictures import check_pictures, pages_of
from services import require

from docgen.config import load_config
from docgen.fields import read_values
from docgen.kinds import KINDS
from docgen.merge import build_context
from docgen.model import Artifact, Format
from docgen.render import RENDERERS, office
from docgen.template import load_template

ROOT = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 20)
LANGUAGES = ("de", "en", "fil", "lt", "lv")
NAMES = [path.parent.name for path in sorted((ROOT / "templates").glob("*/body.docx"))]
#: A sheet of labels and some more, so that pictures show the whole sheet and where the next one begins.
MANY = 32
#: Has no words but addresses, which are in the language of the company's country.
WORDLESS = {"labels"}
#: (template, paper, language): every language on the paper of the sample company, the one with long words on Letter.
CASES = [
    *((name, "a4", language) for name in NAMES for language in (LANGUAGES if name not in WORDLESS else ("de",))),
    *((name, "letter", "de") for name in NAMES),
]

pytestmark = pytest.mark.libreoffice


def make(name: str, paper: str, language: str) -> Artifact:
    template = load_template(ROOT / "templates" / name).on(paper)
    company = {**load_config(ROOT / "config.yaml", {}).company.model_dump(), "paper": paper}
    values, faults = read_values(template.sample, template.fields, "en_GB", "sample")
    assert not faults
    computed = KINDS[template.kind].compute(values, company, TODAY)
    context = build_context({**values, **computed}, locale=language, company=company, today=TODAY, texts=template.texts)
    prepared = RENDERERS[".docx", Format.DOCX](template)
    made = prepared.render_all([context] * MANY) if prepared.takes_many else prepared.render(context)
    return replace(made, file_name=f"{name}-{paper}-{language}.docx")


def test_the_pages_of_word_samples_look_as_they_did(regenerate: bool) -> None:
    """One test for all, since LibreOffice takes longer to start than to set them."""
    require(office.find_office() is not None, "LibreOffice")
    pdfs = office.convert_to_pdf([make(*case) for case in CASES])
    assert [one for one in pdfs if not isinstance(one, Artifact)] == []
    different = []
    for (name, paper, language), pdf in zip(CASES, pdfs, strict=True):
        stem = f"{name}-{language}" if paper == "a4" else f"{name}-{paper}-{language}"
        try:
            check_pictures(stem, pages_of(pdf.content), regenerate=regenerate)
        except AssertionError as error:
            different.append(f"{stem}: {error}")
    assert different == []
