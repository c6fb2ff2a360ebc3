"""Make the bodies of templates/labels, sheets for A4 and for Letter. The same bytes on every run.

Usage: python tools/make_labels_template.py [FOLDER]
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt, RGBColor
from make_sample_data import with_fixed_times

INCH = 25.4


@dataclass(frozen=True)
class Sheet:
    """A sheet of labels; measures in millimetres, type in points.

    Attributes:
        page: width and height.
        top: from the edge to the first row.
        left: from the edge to the first label.
        gap: between labels of a row.
        padding: from a label's edge to its text: what printers cannot reach at the sheet's edge, and what looks well.
    """

    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    top: float
    left: float
    gap: float
    padding: float
    size: float
    leading: float


SHEETS = {
    "body.docx": Sheet((210, 297), 3, 8, (70, 37), top=0.5, left=0, gap=0, padding=6, size=10, leading=12),
    #: Of the measures that Avery calls 5160.
    "letter.docx": Sheet(
        (8.5 * INCH, 11 * INCH),
        3,
        10,
        (2.625 * INCH, INCH),
        top=0.5 * INCH,
        left=0.1875 * INCH,
        gap=0.125 * INCH,
        padding=4,
        size=9,
        leading=11,
    ),
}


def main(folder: Path) -> None:
    """Write the bodies."""
    for name, sheet in SHEETS.items():
        (folder / name).write_bytes(make_body(sheet))


def make_body(sheet: Sheet) -> bytes:
    """Return the Word file of a sheet."""
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = (
        "Calibri",
        Pt(sheet.size),
        RGBColor.from_string("1B2227"),
    )
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(0), Pt(sheet.leading)
    make_page(document, sheet)
    make_table(document, sheet)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "{{ company.name }}", "Labels", ""
    properties.created = properties.modified = datetime(2026, 11, 20)
    buffer = io.BytesIO()
    document.save(buffer)
    return with_fixed_times(buffer.getvalue(), fixed_core=b"2026-11-20T00:00:00Z")


def make_page(document: Any, sheet: Sheet) -> None:
    """Set the page: the labels fill it, and below them is a little room for the paragraph that Word wants there."""
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(side) for side in sheet.page)
    section.left_margin = section.right_margin = Mm(sheet.left)
    section.header_distance = section.footer_distance = Mm(0)
    section.top_margin, section.bottom_margin = Mm(sheet.top), Mm(max(sheet.top - 1, 0))


def make_table(document: Any, sheet: Sheet) -> None:
    """Write the labels, each but the first with the next record; gaps are columns of their own."""
    width, height = sheet.label
    widths = [width, *([sheet.gap, width] if sheet.gap else [width]) * (sheet.columns - 1)]
    table = document.add_table(sheet.rows, len(widths))
    table.autofit = False
    for row in table.rows:
        row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.EXACTLY
        for cell, wide in zip(row.cells, widths, strict=True):
            cell.width = Mm(wide)
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = Mm(wide)
    none = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("left", "right"))
    table._tbl.tblPr.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{none}</w:tblCellMar>"))
    labels = (cell for row in table.rows for cell in row.cells[:: 2 if sheet.gap else 1])
    for number, cell in enumerate(labels):
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(sheet.padding)
        for field in [*(["NEXT"] if number else []), "ADDRESSBLOCK"]:
            paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" {field} "/>'))
    # Word wants a paragraph behind a table; it must not need a page of its own.
    last = document.add_paragraph()
    last.paragraph_format.line_spacing, last.paragraph_format.space_before = Pt(1), Pt(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("templates/labels"))
