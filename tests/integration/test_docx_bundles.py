"""Bundles as LibreOffice lays them out: as many pages as the documents have, each with its own header and counts."""

from __future__ import annotations

import os

import docx
import pypdfium2
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm
from docx.text.paragraph import Paragraph
from rendering import saved

from docgen.model import MEDIA_TYPES, Artifact, Format
from docgen.render import office
from docgen.render.docx.joining.bundle import join_documents

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(
        office.find_office() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
    ),
]


def field(paragraph: Paragraph, instruction: str) -> None:
    run = "<w:r><w:t>?</w:t></w:r>"
    paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{instruction}">{run}</w:fldSimple>'))


def letter(name: str, lines: int, *, landscape: bool = False, header: bool = True, ends_with: str = "list") -> bytes:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if landscape:
        section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    if header:
        section.header.paragraphs[0].text = f"Header of {name}"
        footer = section.footer.paragraphs[0]
        footer.add_run("page ")
        field(footer, "PAGE")
        footer.add_run(" of ")
        field(footer, "NUMPAGES")
    for number in range(lines):
        document.add_paragraph(f"{name} line {number}")
    for item in ("first", "second"):
        document.add_paragraph(f"{name} {item}", style="List Number")
    if ends_with == "nothing":
        document.add_paragraph()
    if ends_with == "table":
        document.add_table(1, 1).cell(0, 0).text = f"{name} table"
    return saved(document)


def pages_of(content: bytes) -> list[tuple[float, str]]:
    """Width in points and text of each page."""
    (made,) = office.convert_to_pdf([Artifact(content, MEDIA_TYPES[Format.DOCX], "bundle.docx")])
    assert isinstance(made, Artifact), made
    pdf = pypdfium2.PdfDocument(made.content)
    try:
        return [(page.get_width(), page.get_textpage().get_text_bounded()) for page in pdf]
    finally:
        pdf.close()


def test_a_bundle_has_the_pages_of_its_documents_each_with_its_header_and_counts() -> None:
    documents = [
        letter("Ona", 3),
        letter("Zoë", 60, ends_with="table"),
        letter("Kim", 3, landscape=True),
        letter("Bare", 3, header=False),
        letter("Hans", 30),
    ]
    pages = pages_of(join_documents(documents))
    alone = [len(pages_of(document)) for document in documents]
    assert len(pages) == sum(alone)
    at = 0
    for name, count in zip(("Ona", "Zoë", "Kim", "Bare", "Hans"), alone, strict=True):
        for number, (width, text) in enumerate(pages[at : at + count], 1):
            assert (f"Header of {name}" in text) == (name != "Bare")
            assert (f"page {number} of {count}" in text) == (name != "Bare")
            assert text.count("Header of") <= 1
            assert (width > 700) == (name == "Kim")
        listed = "".join(text for _, text in pages[at : at + count])
        assert f"1. {name} first" in listed
        assert f"2. {name} second" in listed
        at += count
    assert alone[1] > 1


@pytest.mark.parametrize("ends_with", ["list", "table", "nothing"])
def test_pages_are_counted_however_a_document_ends(ends_with: str) -> None:
    pages = pages_of(join_documents([letter(name, 40, ends_with=ends_with) for name in ("Ona", "Zoë")]))
    counts = [text.splitlines()[-1] for _, text in pages]
    assert counts == ["page 1 of 2", "page 2 of 2", "page 1 of 2", "page 2 of 2"]
