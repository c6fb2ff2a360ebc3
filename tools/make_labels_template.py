"""Make templates/labels/body.docx: a sheet of 24 address labels, 70 x 37 mm. The same bytes on every run.

Usage: python tools/make_labels_template.py [FILE]
"""

from __future__ import annotations

import io
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt, RGBColor
from make_sample_data import with_fixed_times

COLUMNS, ROWS = 3, 8
WIDTH_MM, HEIGHT_MM = 70, 37
#: What of a label printers cannot reach at the sheet's edge, and what looks well.
PADDING_MM = 6


def main(path: Path) -> None:
    """Write the template."""
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = "Calibri", Pt(10), RGBColor.from_string("1B2227")
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(0), Pt(12)
    make_page(document)
    make_sheet(document)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "{{ company.name }}", "Labels", ""
    properties.created = properties.modified = datetime(2026, 11, 20)
    buffer = io.BytesIO()
    document.save(buffer)
    path.write_bytes(with_fixed_times(buffer.getvalue(), fixed_core=b"2026-11-20T00:00:00Z"))


def make_page(document: Any) -> None:
    """Set A4 with hardly any margin: the labels fill the sheet."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.header_distance = section.footer_distance = Mm(0)
    section.top_margin, section.bottom_margin = Mm(0.5), Mm(0)


def make_sheet(document: Any) -> None:
    """Write the labels, each but the first with the next record."""
    table = document.add_table(ROWS, COLUMNS)
    table.autofit = False
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.width, cell.vertical_alignment = Mm(WIDTH_MM), WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(PADDING_MM)
        for field in [*(["NEXT"] if number else []), "ADDRESSBLOCK"]:
            paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" {field} "/>'))
    for row in table.rows:
        row.height, row.height_rule = Mm(HEIGHT_MM), WD_ROW_HEIGHT_RULE.EXACTLY
    # Word wants a paragraph behind a table; it must not need a page of its own.
    last = document.add_paragraph()
    last.paragraph_format.line_spacing, last.paragraph_format.space_before = Pt(1), Pt(0)
    last.style.font.size = Pt(10)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("templates/labels/body.docx"))
