"""What is left out of a Word document before LibreOffice reads it."""

from __future__ import annotations

import io

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from rendering import saved, word

from docgen.render.office.lean import Lean, make_lean


def table_styles(document: Document) -> set[str]:
    lean = docx.Document(io.BytesIO(make_lean(saved(document)).content))
    return {style.name for style in lean.styles if style.type is WD_STYLE_TYPE.TABLE}


def test_table_styles_stay_that_a_table_has_with_what_they_are_based_on() -> None:
    body = docx.Document()
    derived = body.styles.add_style("Derived", WD_STYLE_TYPE.TABLE)
    derived.base_style = body.styles["Light List"]
    body.add_table(1, 1, "Derived")
    assert table_styles(body) == {"Normal Table", "Light List", "Derived"}


def test_tables_of_headers_count() -> None:
    body = docx.Document()
    body.sections[0].header.add_table(1, 1, 100_000).style = body.styles["Light List"]
    assert table_styles(body) == {"Normal Table", "Light List"}


def test_all_other_styles_and_all_text_stay() -> None:
    body = docx.Document()
    body.add_paragraph("text")
    lean = docx.Document(io.BytesIO(make_lean(saved(body)).content))
    others = {style.name for style in body.styles if style.type is not WD_STYLE_TYPE.TABLE}
    assert {style.name for style in lean.styles} == others | {"Normal Table"}
    assert [paragraph.text for paragraph in lean.paragraphs] == ["text"]


def test_a_document_with_nothing_to_leave_out_stays_byte_for_byte() -> None:
    once = make_lean(word("text")).content
    assert make_lean(once).content is once


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no document", word("text")[:2000]])
def test_what_is_no_document_stays_as_it_is(content: bytes) -> None:
    assert make_lean(content) == Lean(content)


@pytest.mark.parametrize(
    ("instruction", "dated"), [(" DATE ", True), ("TIME \\@ HH", True), ("PAGE", False), ("DATEX", False)]
)
def test_fields_that_print_the_time_are_noticed(instruction: str, dated: bool) -> None:
    body = docx.Document()
    text, simple = OxmlElement("w:instrText"), OxmlElement("w:fldSimple")
    text.text = instruction
    simple.set(qn("w:instr"), instruction)
    for node in (text, simple):
        document = docx.Document()
        document.add_paragraph("the DATE in a sentence").add_run()._r.append(node)
        assert make_lean(saved(document)).dated is dated
    assert not make_lean(saved(body)).dated
