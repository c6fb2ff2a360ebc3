"""Formatted text in Word as a person has looked at it: what each paragraph says, in which style and which list."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph
from rendering import make_context, make_template, pdf_text, picture, saved

from docgen.model import MEDIA_TYPES, Artifact, Format
from docgen.render import docx as word_renderer
from docgen.render import office

HERE = Path(__file__).parent
needs_office = pytest.mark.skipif(
    office.find_office() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)


def styled() -> Any:
    return docx.Document()


def bare() -> Any:
    """Return a document that has no styles and no lists, of a size and font of its own."""
    document = docx.Document()
    for style in list(document.styles):
        if style.name not in ("Normal", "Default Paragraph Font"):
            style._element.getparent().remove(style._element)
    for name, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/numbering"):
            del document.part.rels[name]
    document.styles["Normal"].font.name = "Carlito"
    document.styles["Normal"].font.size = Pt(10)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    return document


TEMPLATES = {"styled": styled, "bare": bare}
CASES = [(source, name) for source in ("markdown", "html") for name in TEMPLATES]


def make(folder: Path, source: str, name: str) -> bytes:
    document = TEMPLATES[name]()
    section = document.sections[0]
    section.page_width, section.page_height, section.left_margin = Mm(210), Mm(297), Mm(25)
    document.add_paragraph("Before.")
    document.add_paragraph(f"Terms: {{{{ text|{source} }}}}")
    document.add_paragraph("After.")
    folder.mkdir()
    picture(folder / "logo.png")
    text = (HERE / "sources" / f"prose.{'md' if source == 'markdown' else 'html'}").read_text(encoding="utf-8")
    template = make_template(folder, saved(document), ".docx")
    return word_renderer.prepare(template).render(make_context({"text": text})).content


def outline(document: Any) -> Iterator[str]:
    yield from _blocks(document, "")


def _blocks(holder: Any, indent: str) -> Iterator[str]:
    for block in holder.iter_inner_content():
        if isinstance(block, Paragraph):
            yield indent + _line(block)
        else:
            yield from _table(block, indent)


def _table(table: Table, indent: str) -> Iterator[str]:
    yield f"{indent}table [{table.style.name if table.style else ''}] {[round(one.width.mm) for one in table.columns]}"
    for number, row in enumerate(table.rows):
        yield f"{indent}  row {number + 1}{' head' if row._tr.trPr.xpath('w:tblHeader') else ''}"
        for cell in row._tr.tc_lst:
            yield f"{indent}    cell span={cell.grid_span} merge={cell.vMerge or '-'}"
            yield from _blocks(docx.table._Cell(cell, table), f"{indent}      ")


def _line(paragraph: Paragraph) -> str:
    look = paragraph._p.pPr
    numbering = look.numPr if look is not None else None
    place = f" list {numbering.numId.val}.{numbering.ilvl.val}" if numbering is not None else ""
    indent = paragraph.paragraph_format.left_indent
    left = f" left {round(indent.mm)}" if indent else ""
    pictures = len(paragraph._p.xpath(".//w:drawing"))
    shown = f" pictures {pictures}" if pictures else ""
    return f"[{paragraph.style.name}{place}{left}{shown}] {''.join(map(_run, _runs(paragraph)))}"


def _run(run: Any) -> str:
    marks = "".join(
        mark
        for mark, on in (
            ("b", run.bold),
            ("i", run.italic),
            ("u", run.underline),
            ("s", run.font.strike),
            ("c", run.font.color is not None and run.font.color.rgb is not None),
        )
        if on
    )
    text = run.text.replace("\n", "⏎")
    return f"<{marks}:{text}>" if marks else text


def _runs(paragraph: Paragraph) -> list[Any]:
    found: list[Any] = []
    for piece in paragraph.iter_inner_content():
        found += piece.runs if hasattr(piece, "runs") else [piece]
    return found


@pytest.mark.parametrize(("source", "name"), CASES)
def test_formatted_text_is_in_word_what_it_was_before(tmp_path: Path, source: str, name: str, regenerate: bool) -> None:
    made = "\n".join(outline(docx.Document(io.BytesIO(make(tmp_path / "t", source, name))))) + "\n"
    expected = HERE / "texts" / f"prose-{source}-{name}.txt"
    if regenerate:
        expected.write_text(made, encoding="utf-8")
    assert made == expected.read_text(encoding="utf-8")


@pytest.mark.libreoffice
@needs_office
def test_word_counts_the_lists_itself_and_tables_go_over_pages(tmp_path: Path) -> None:
    content = make(tmp_path / "t", "markdown", "bare")
    (made,) = office.convert_to_pdf([Artifact(content, MEDIA_TYPES[Format.DOCX], "prose.docx")])
    assert isinstance(made, Artifact)
    assert made.pages is not None
    assert made.pages > 1
    text = pdf_text(made.content)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    assert [line for line in lines if line.endswith(("seven", "eight"))] == ["7. seven", "8. eight"]
    assert lines.count("1. first") == lines.count("2. second") == 5
    assert lines.count("a. inner") == lines.count("b. inner two") == 5
    assert "• bullet" in lines or "– bullet" in lines
    assert " ".join(lines).count("No What Price") == 2, "the head of the table stands on both pages"
