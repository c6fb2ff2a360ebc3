"""Floor 2, edges: a small XLSX workbook: what "Edit Data" in Word shows of a chart. Same table, same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: What Excel keeps of a text.
_MOST = 32_000
Cell = Decimal | str | None

_OWN_FORMATS = 164  # numbers below are Excel's

SHEET = "Sheet1"
_FIXED = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
}


def write_workbook(header: Sequence[str], columns: Sequence[Sequence[Cell]], formats: Sequence[str]) -> bytes:
    """Return a workbook of one sheet.

    Args:
        header: the texts of the first row.
        columns: the cells below each.
        formats: the number format of each column, as Excel writes it.
    """
    output = io.BytesIO()
    parts = {**_FIXED, "xl/styles.xml": _styles(formats), "xl/worksheets/sheet1.xml": _sheet(header, columns)}
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, _HEAD + content)
    return output.getvalue()


def column_name(number: int) -> str:
    """Return the letters of a column, counted from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def plain(value: Decimal) -> str:
    """Return a number as markup writes it: with a point and without grouping."""
    if value == value.to_integral_value() and abs(value) < Decimal(10) ** 15:
        return str(int(value))
    return repr(float(value))


def _sheet(header: Sequence[str], columns: Sequence[Sequence[Cell]]) -> str:
    rows = "".join(_row(number, row) for number, row in enumerate(_rows(header, columns), 1))
    last = f"{column_name(len(header) - 1)}{len(columns[0]) + 1}"
    return f'<worksheet xmlns="{_MAIN}"><dimension ref="A1:{last}"/><sheetData>{rows}</sheetData></worksheet>'


def _rows(header: Sequence[str], columns: Sequence[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    yield header
    yield from zip(*columns, strict=True)


def _row(number: int, cells: Sequence[Cell]) -> str:
    written = "".join(_cell(f"{column_name(at)}{number}", at, cell) for at, cell in enumerate(cells))
    return f'<row r="{number}">{written}</row>'


def _cell(place: str, column: int, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = escape(cell[:_MOST])
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f'<c r="{place}" s="{column + 1}"><v>{plain(cell)}</v></c>'


def _styles(formats: Sequence[str]) -> str:
    numbered = list(enumerate(formats, _OWN_FORMATS))
    own = "".join(f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>' for number, code in numbered)
    looks = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number, _ in numbered
    )
    plain_look = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="{len(formats)}">{own}</numFmts>'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1">{plain_look}/></cellStyleXfs>'
        f'<cellXfs count="{len(formats) + 1}">{plain_look} xfId="0"/>{looks}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
