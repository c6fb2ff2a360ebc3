"""What is left out of a Word document before LibreOffice reads it."""

from __future__ import annotations

import errno
import io
from pathlib import Path

import docx
import pytest
import wordfields
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from rendering import make_template, saved, word

from docgen.model import MEDIA_TYPES, Artifact, Format
from docgen.render.office import missing
from docgen.render.office.lean import Lean, make_lean
from docgen.render.office.warm import Pool, working_name


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


def test_a_style_whose_name_is_written_with_an_entity_stays() -> None:
    body = docx.Document()
    body.styles.add_style("Derived", WD_STYLE_TYPE.TABLE).element.set(qn("w:styleId"), "A&B")
    table = body.add_table(1, 1)
    table._tbl.tblPr.style = "A&B"
    assert "Derived" in table_styles(body)


@pytest.mark.parametrize("name", ["x" * 252, "ü" * 130, "a\nb"])
def test_a_name_that_no_file_may_have_is_replaced_by_a_short_one(name: str) -> None:
    assert working_name(Artifact(b"", MEDIA_TYPES[Format.DOCX], f"{name}.docx")) == "document"
    assert working_name(Artifact(b"", MEDIA_TYPES[Format.DOCX], "offer 12.docx")) == "offer 12"


class Full:
    """A LibreOffice on a disk without room."""

    served = 0
    alive = True

    def convert(self, document: Artifact, limit_s: float) -> bytes:
        if document.content:
            return b"made"
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        """There is nothing to end."""


def test_a_disk_without_room_costs_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool("soffice", "python", {}, 1)
    monkeypatch.setattr(pool, "_take", Full)
    documents = [Artifact(content, MEDIA_TYPES[Format.DOCX], "a.docx") for content in (b"", b"x")]
    assert list(pool.convert(documents, 1)) == ["a file for it cannot be written: No space left on device", b"made"]
    pool.close()


@pytest.mark.parametrize(("outer", "faults"), [("IF", 1), ("=", 1), ("HYPERLINK", 0), ("TITLE", 0)])
def test_a_field_that_computes_with_pages_is_told_before_a_pdf_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outer: str, faults: int
) -> None:
    monkeypatch.setattr(missing, "find_office", lambda: "soffice")
    monkeypatch.setattr(missing, "find_python", lambda program: "python")
    monkeypatch.setattr(missing, "is_covered", lambda family, installed: True)
    monkeypatch.setattr(missing, "installed_families", lambda program: frozenset())
    inner = wordfields.complex_field(f" {outer} ", wordfields.field("PAGE"), ' = 1 "a" "b" ')
    template = make_template(tmp_path / "t", wordfields.document(wordfields.paragraph(inner)), ".docx")
    found = missing.find_missing(template, {})
    assert len(found) == faults
    assert all(f"a field {outer} computes with PAGE" in str(fault) for fault in found)
