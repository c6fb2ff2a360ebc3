"""The shipped contract as a PDF to sign, by the LibreOffice that is installed: numbers, draft mark and anchors."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from docgen.config import load_config
from docgen.fields import read_values
from docgen.kinds import KINDS
from docgen.merge import build_context
from docgen.model import Artifact, Format
from docgen.render import RENDERERS, office
from docgen.template import load_template

ROOT = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 20)

pytestmark = pytest.mark.skipif(
    office.find_office() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)


def make(**more: object) -> tuple[Artifact, dict[str, object]]:
    folder = load_template(ROOT / "templates" / "contract")
    company = load_config(ROOT / "config.yaml", {}).company.model_dump()
    values, faults = read_values({**folder.sample, **more}, folder.fields, "en_GB", "sample")
    assert not faults
    computed = dict(KINDS[folder.kind].compute(values, company, TODAY))
    context = build_context({**values, **computed}, locale="en_GB", company=company, today=TODAY, texts=folder.texts)
    word = RENDERERS[".docx", Format.DOCX](folder).render(context)
    made = office.convert_to_pdf([word])[0]
    assert isinstance(made, Artifact)
    return made, computed


def pages(made: Artifact) -> list[pypdfium2.PdfPage]:
    return list(pypdfium2.PdfDocument(made.content))


def text_of(page: pypdfium2.PdfPage) -> str:
    return str(page.get_textpage().get_text_range()).replace("\r\n", "\n")


@pytest.mark.parametrize("country", ["DE", "PH"])
def test_word_counts_clauses_as_references_say_wherever_clauses_are_left_out(country: str) -> None:
    made, computed = make(country=country)
    text = " ".join(text_of(page) for page in pages(made)).replace("\n", " ")
    clauses = computed["clauses"]
    assert isinstance(clauses, list)
    printed = re.findall(r"(?<![\w.])(\d\.\d)\s", text)
    numbered = [paragraph["number"] for clause in clauses for paragraph in clause["paragraphs"]]
    assert [number for number in numbered if number not in printed] == []
    numbers = computed["references"]
    assert isinstance(numbers, dict)
    assert f"paid for in full under clause {numbers['see_prices_payment']}" in text or country == "PH"
    assert f"fell due under clause {numbers['see_prices_payment']}" in text
    assert re.search(rf"{re.escape(numbers['see_prices_payment'])}\s+Invoices are payable", text)
    assert re.search(rf"{numbers['see_term']}\s+Term and notice", text)


def test_a_draft_says_so_on_every_page_and_an_approved_contract_on_none() -> None:
    drafts = pages(make()[0])
    assert all("DRAFT" in text_of(page) and "Revision 2" in text_of(page) for page in drafts)
    approved = pages(make(approved_on="2026-11-18")[0])
    assert not any("DRAFT" in text_of(page) for page in approved)
    # Below the table of the annex is nothing but the mark across the page, light enough to read what stands on it.
    assert 200 < _darkest_in_the_middle(drafts[-1]) < 250
    assert _darkest_in_the_middle(approved[-1]) == 255


def test_anchors_of_e_signature_services_are_in_the_text_and_cannot_be_seen() -> None:
    found = []
    for page in pages(make()[0]):
        textpage = page.get_textpage()
        for anchor in re.findall(r"/(?:sig|date)\d/", text_of(page)):
            found.append(anchor)
            assert _darkest(page, textpage, anchor) == 255
    assert sorted(found) == ["/date1/", "/date2/", "/date3/", "/sig1/", "/sig2/", "/sig3/"]


def _darkest_in_the_middle(page: pypdfium2.PdfPage) -> int:
    picture = page.render(scale=0.5).to_pil().convert("L")
    width, height = picture.size
    return int(picture.crop((width // 3, height * 2 // 5, width * 2 // 3, height * 3 // 5)).getextrema()[0])


def _darkest(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, words: str) -> int:
    """Return the darkest value, 0 to 255, of what is drawn where the words stand."""
    index, count = textpage.search(words).get_next()
    boxes = [textpage.get_charbox(index + offset) for offset in range(count)]
    left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
    height = page.get_height()
    picture = page.render(scale=4).to_pil().convert("L")
    return int(
        picture.crop((int(left * 4), int((height - top) * 4), int(right * 4), int((height - bottom) * 4))).getextrema()[
            0
        ]
    )
