"""Make templates/contract/body.docx. The same bytes on every run; edit this, or edit the DOCX in Word from then on.

Usage: python tools/make_contract_template.py [FILE]

Calibri is named, which every Word has; LibreOffice sets Carlito in its place, which has the same widths.
"""

from __future__ import annotations

import io
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from make_sample_data import with_fixed_times

FONT = "Calibri"
TEXT, MUTED, ACCENT, HAIRLINE = "1B2227", "64727A", "14586A", "C6CFD2"
WIDTH_MM = 165
GRID = Pt(11.34)  # 4 mm

#: What the texts of clauses fill in, beside references to other clauses.
PLACES = {
    "provider": "company.name | literal",
    "customer": "name | literal",
    "total": "total | money(code=true)",
    "dispatch": "t('within_working_days', n=delivery_days)",
    "payment": "t('within_days', n=payment_terms_days)",
    "notice": "t('notice_months', n=notice_months)",
    "start": "start_date | date('long')",
    "end": "end_date | date('long')",
}


def by_form(name: str, arguments: str = "") -> str:
    """Return the tag of a text that a single purchase says otherwise than an agreement for quantities a year."""
    return f"{{{{ t('once_{name}' if one_off else '{name}'{arguments}) }}}}"


TITLE = by_form("title")

NUMBERING = """
<w:abstractNum {ns} w:abstractNumId="90">
  <w:multiLevelType w:val="multilevel"/>
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading1"/>
    <w:lvlText w:val="%1"/><w:lvlJc w:val="left"/>
    <w:pPr><w:tabs><w:tab w:val="num" w:pos="567"/></w:tabs><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Clause"/>
    <w:lvlText w:val="%1.%2"/><w:lvlJc w:val="left"/>
    <w:pPr><w:tabs><w:tab w:val="num" w:pos="567"/></w:tabs><w:ind w:left="567" w:hanging="567"/></w:pPr>
    <w:rPr><w:color w:val="{muted}"/></w:rPr></w:lvl>
</w:abstractNum>"""

#: Word's own watermark, by the name of which LibreOffice knows it too: its text fills the shape from corner to corner.
WATERMARK = """
<w:r {ns} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
     xmlns:w10="urn:schemas-microsoft-com:office:word"><w:rPr><w:noProof/></w:rPr><w:pict>
  <v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
      path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>
    <v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>
    <v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/>
    <v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>
    <v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800"
      o:connectangles="270,180,90,0"/><v:textpath on="t" fitshape="t"/>
    <v:handles><v:h position="#0,bottomRight" xrange="6629,14971"/></v:handles>
    <o:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>
  <v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049" type="#_x0000_t136" alt="" style="position:absolute;
margin-left:0;margin-top:0;width:420pt;height:105pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;
mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin"
      o:allowincell="f" fillcolor="#{colour}" stroked="f"><v:fill opacity=".12"/>
    <v:textpath style="font-family:&quot;Calibri&quot;;font-size:1pt;font-weight:bold"
      string="{{{{ t('draft') }}}}"/>
    <w10:wrap anchorx="margin" anchory="margin"/></v:shape></w:pict></w:r>"""


def main(path: Path) -> None:
    """Write the template."""
    document = Document()
    make_styles(document)
    make_numbering(document)
    make_page(document)
    make_first_page(document)
    make_clauses(document)
    make_signatures(document)
    make_annex(document)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "{{ company.name }}", TITLE, ""
    properties.created = properties.modified = datetime(2026, 11, 20)
    buffer = io.BytesIO()
    document.save(buffer)
    path.write_bytes(with_fixed_times(buffer.getvalue(), fixed_core=b"2026-11-20T00:00:00Z"))


# --- styles ---------------------------------------------------------------------------------------


def make_styles(document: Any) -> None:
    """Set the visual language: one accent colour, one family, a baseline of 4 mm."""
    normal = document.styles["Normal"]
    set_font(normal, 10, TEXT)
    normal.paragraph_format.line_spacing = Pt(13)
    normal.paragraph_format.space_after = Pt(0)
    add_style(document, "Label", 8.5, MUTED)
    add_style(document, "Party", 11, TEXT, after=3)
    add_style(document, "Anchor", 5, "FFFFFF")
    add_style(document, "Figure", 10, TEXT).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    add_style(document, "Figure Label", 8.5, MUTED).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    total = add_style(document, "Total", 13, ACCENT, bold=True)
    total.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    add_style(document, "Lead", 12, ACCENT, after=24)
    clause = add_style(document, "Clause", 10, TEXT, after=6)
    clause.paragraph_format.widow_control = True
    title = document.styles["Title"]
    set_font(title, 24, TEXT, bold=True)
    drop_borders(title)
    title.paragraph_format.space_after = Pt(4)
    title.paragraph_format.line_spacing = Pt(29)
    for name, size, before in (("Heading 1", 12, 16), ("Heading 2", 12, 0)):
        heading = document.styles[name]
        set_font(heading, size, TEXT, bold=True)
        heading.paragraph_format.line_spacing = Pt(15)
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(before), Pt(5)
        heading.paragraph_format.keep_with_next = True


def add_style(document: Any, name: str, size: float, colour: str, after: float = 0, bold: bool = False) -> Any:
    """Add a paragraph style based on Normal."""
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    set_font(style, size, colour, bold)
    style.paragraph_format.space_after = Pt(after)
    return style


def set_font(style: Any, size: float, colour: str, bold: bool = False) -> None:
    """Set family, size and colour, for all scripts."""
    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)


def drop_borders(style: Any) -> None:
    """Take away the line that Word's own Title has."""
    for border in style.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)


def make_numbering(document: Any) -> None:
    """Number headings 1, 2 and clauses 1.1, 1.2 by their styles."""
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(NUMBERING.format(ns=nsdecls("w"), muted=MUTED)))
    number = numbering.add_num(90)
    for name, level in (("Heading 1", 0), ("Clause", 1)):
        properties = document.styles[name].element.get_or_add_pPr()
        own = properties.get_or_add_numPr()
        own.get_or_add_ilvl().val, own.get_or_add_numId().val = level, number.numId


# --- the page -------------------------------------------------------------------------------------


def make_page(document: Any) -> None:
    """Set A4, margins, header with the draft marks and footer with page numbers."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(20)
    section.top_margin, section.bottom_margin = Mm(36), Mm(28)
    section.header_distance, section.footer_distance = Mm(16), Mm(14)
    header = clear(section.header.paragraphs[0], document.styles["Label"])
    tabs(header)
    run(header, "{{ company.name }}", bold=True, colour=ACCENT)
    run(header, "\t{% if draft %}")
    run(header, "{{ t('draft') }}", bold=True, colour=ACCENT)
    header._p.append(parse_xml(WATERMARK.format(ns=nsdecls("w"), colour=MUTED)))
    run(header, " · {% endif %}" + TITLE + " {{ contract_no }} · {{ t('revision', n=revision) }}")
    footer = clear(section.footer.paragraphs[0], document.styles["Label"])
    tabs(footer)
    rule(footer, "top")
    run(
        footer,
        "{{ company.street }}, {{ company.postcode }} {{ company.city }} · {{ company.phone }}\t{{ t('page') }} ",
    )
    field(footer, "PAGE")
    run(footer, " {{ t('page_of') }} ")
    field(footer, "NUMPAGES")


def clear(paragraph: Any, style: Any) -> Any:
    """Give a header's paragraph our style and none of its own tabs."""
    paragraph.style = style
    return paragraph


def tabs(paragraph: Any) -> None:
    """Put one right tab at the text's edge."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)


def run(paragraph: Any, text: str, bold: bool = False, colour: str = "") -> Any:
    """Add text."""
    added = paragraph.add_run(text)
    added.bold = bold or None
    if colour:
        added.font.color.rgb = RGBColor.from_string(colour)
    return added


def field(paragraph: Any, code: str) -> None:
    """Add a field that Word and LibreOffice keep up to date."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        element = paragraph.add_run()._r
        if kind == "text":
            element.text = text
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            element.append(mark)
        else:
            instruction = OxmlElement("w:instrText")
            instruction.text = f" {text} "
            element.append(instruction)


def rule(paragraph: Any, side: str) -> None:
    """Draw a hairline above or below a paragraph."""
    borders = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:{side} w:val="single" w:sz="2" w:space="6" w:color="{HAIRLINE}"/></w:pBdr>'
    )
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


# --- content --------------------------------------------------------------------------------------


def make_first_page(document: Any) -> None:
    """Write the title and the two parties, side by side."""
    document.add_paragraph(TITLE, "Title")
    document.add_paragraph("{{ t('number', number=contract_no, date=date | date('long')) }}", "Lead")
    table = make_table(document, (82.5, 82.5))
    merge_tag(table, "{%tr for pair in parties | batch(2) %}")
    row = table.add_row()
    keep_row(row)
    make_party(row.cells[0], "pair[0]")
    row.cells[1].paragraphs[0].add_run("{%p if pair | length > 1 %}")
    make_party(row.cells[1], "pair[1]", first=False)
    for text in ("{%p else %}", "", "{%p endif %}"):
        row.cells[1].add_paragraph(text, "Normal")
    merge_tag(table, "{%tr endfor %}")
    # With two paragraphs of half the height, LibreOffice leaves headings alone at the foot of some pages.
    document.add_paragraph("", "Normal").paragraph_format.line_spacing = Pt(13)


def make_party(cell: Any, party: str, first: bool = True) -> None:
    """Write who a party is; `first` in the paragraph that the cell begins with."""
    label = f"{{{{ t({party}.role) }}}}"
    if first:
        write(cell, label, "Label")
    else:
        cell.add_paragraph(label, "Label")
    bold(cell.add_paragraph(f"{{{{ {party}.name }}}}", "Party"))
    cell.add_paragraph(f"{{%p for line in address({party}, language=language)[1:] %}}", "Normal")
    cell.add_paragraph("{{ line }}", "Normal")
    cell.add_paragraph("{%p endfor %}", "Normal")
    cell.add_paragraph(f"{{%p if {party}.vat_id %}}", "Normal")
    cell.add_paragraph(f"{{{{ t('vat_id') }}}} {{{{ {party}.vat_id }}}}", "Normal")
    cell.add_paragraph("{%p endif %}", "Normal")
    cell.add_paragraph(f"{{%p if {party}.signatory %}}", "Normal")
    names = f"{party}.signatories | map(attribute='name') | list"
    cell.add_paragraph(f"{{{{ t('represented', name={names}) }}}}", "Normal")
    cell.add_paragraph("{%p endif %}", "Normal")


def make_clauses(document: Any) -> None:
    """Write the clauses that the deal needs; their words are in `texts/`, Word counts them.

    The last clause stays with the signatures, which never stand on a page without the contract.
    """
    places = ", ".join(f"{name}={value}" for name, value in PLACES.items())
    document.add_paragraph("{%p for clause in clauses %}", "Normal")
    document.add_paragraph("{{ t(clause.name) }}", "Heading 1")
    document.add_paragraph("{%p set closing = loop.last %}", "Normal")
    document.add_paragraph("{%p for paragraph in clause.paragraphs %}", "Normal")
    document.add_paragraph(f"{{%p set words = t(paragraph.name, {places}, **references) %}}", "Normal")
    document.add_paragraph("{%p if closing %}", "Normal")
    document.add_paragraph("{{ words | markdown }}", "Clause").paragraph_format.keep_with_next = True
    document.add_paragraph("{%p else %}", "Normal")
    document.add_paragraph("{{ words | markdown }}", "Clause")
    document.add_paragraph("{%p endif %}", "Normal")
    document.add_paragraph("{%p endfor %}", "Normal")
    document.add_paragraph("{%p endfor %}", "Normal")


def make_signatures(document: Any) -> None:
    """Write where each party's signatories sign, two beside each other, all kept together on one page."""
    document.add_paragraph("", "Anchor").paragraph_format.keep_with_next = True
    table = make_table(document, (24, 3, 48, 15, 24, 3, 48))
    merge_tag(table, "{%tr for party in parties %}")
    row = table.add_row()
    cell = row.cells[0].merge(row.cells[6])
    write(cell, "{{ t(party.role) }}", "Label").paragraph_format.space_before = Pt(6)
    bold(cell.add_paragraph("{{ party.name }}", "Normal"))
    merge_tag(table, "{%tr for pair in party.signatories | batch(2) %}")
    make_lines_to_sign(table)
    merge_tag(table, "{%tr endfor %}")
    merge_tag(table, "{%tr endfor %}")
    keep_rows(table, apart=5)


def keep_rows(table: Any, apart: int) -> None:
    """Keep rows on one page, but for the one at `apart`: behind it, the next may begin a page."""
    for index, row in enumerate(table.rows):
        keep_row(row)
        for paragraph in (paragraph for cell in row.cells for paragraph in cell.paragraphs):
            paragraph.paragraph_format.keep_with_next = index != apart or None


def make_lines_to_sign(table: Any) -> None:
    """Write the lines of two signatories: the anchors of e-signature services above, what it is below."""
    above, below = table.add_row().cells, table.add_row().cells
    for left, person in ((0, "pair[0]"), (4, "pair[1]")):
        shown = "pair | length > 1" if left else ""
        for column, anchor in ((left, "date_anchor"), (left + 2, "anchor")):
            paragraph = write_if(above[column], shown, f"{{{{ {person}.{anchor} }}}}", "Anchor")
            paragraph.paragraph_format.space_before = Pt(22)
        rule(write_if(below[left], shown, "{{ t('place_date') }}", "Label"), "top")
        name = f"{{{{ {person}.name or t('name') }}}}"
        line = write_if(
            below[left + 2],
            shown,
            name,
            "Label",
            f"{{% if {person}.function %}}, {{{{ {person}.function }}}}{{% endif %}}",
        )
        rule(line, "top")


def write_if(cell: Any, condition: str, text: str, style: str, after: str = "") -> Any:
    """Write a paragraph, alone in its cell, where a condition holds; return it."""
    if not condition:
        paragraph = write(cell, text, style)
    else:
        write(cell, f"{{%p if {condition} %}}", style)
        paragraph = cell.add_paragraph(text, style)
        cell.add_paragraph("{%p else %}", style)
        cell.add_paragraph("", style)
        cell.add_paragraph("{%p endif %}", style)
    if after:
        paragraph.add_run(after)
    return paragraph


def make_annex(document: Any) -> None:
    """Write the price list on a page of its own, the total where the eye finds it."""
    heading = document.add_paragraph(by_form("annex"), "Heading 2")
    heading.paragraph_format.page_break_before = True
    lead = document.add_paragraph(by_form("annex_lead", ", currency=currency"), "Label")
    lead.paragraph_format.space_after = Pt(8)
    table = make_table(document, (10, 71, 26, 28, 30))
    head = table.add_row()
    repeat_row(head)
    labels = ("", "{{ t('col_item') }}", by_form("col_quantity"), "{{ t('col_price') }}", by_form("col_amount"))
    for index, (cell, label) in enumerate(zip(head.cells, labels, strict=True)):
        write(cell, label, "Figure Label" if index > 1 else "Label")
        edge(cell, "bottom", TEXT, 4)
    merge_tag(table, "{%tr for item in items %}")
    row = table.add_row()
    keep_row(row)
    values = (
        "{{ item.position }}",
        "{{ item.description }}",
        "{{ item.quantity | number }} {{ item.unit }}",
        "{{ item.unit_price | money(symbol=false) }}",
        "{{ item.amount | money(symbol=false) }}",
    )
    for index, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
        write(cell, value, "Figure" if index > 1 else "Label" if index == 0 else "Normal")
        edge(cell, "bottom", HAIRLINE, 2)
    write_discount(row.cells[1])
    merge_tag(table, "{%tr endfor %}")
    make_adjustments(table)
    last = table.add_row()
    keep_row(last)
    label = last.cells[0].merge(last.cells[2])
    bold(write(label, by_form("annex_total"), "Normal")).paragraph_format.space_before = Pt(8)
    amount = write(last.cells[3].merge(last.cells[4]), "{{ total | money(code=true) }}", "Total")
    amount.paragraph_format.space_before = Pt(6)
    words = document.add_paragraph("{{ t('in_words', words=total | words(true)) }}", "Figure Label")
    words.paragraph_format.space_before = Pt(2)


def write_discount(cell: Any) -> None:
    """Write below an item what its price is less by, so that quantity and price come to the amount."""
    percent = "item.discount_percent | percent(of=100)"
    discount = "item.discount | money"
    cell.add_paragraph("{%p if item.discount_percent %}", "Label")
    cell.add_paragraph(f"{{{{ t('discount_percent', percent={percent}, amount={discount}) }}}}", "Label")
    cell.add_paragraph("{%p elif item.discount %}", "Label")
    cell.add_paragraph(f"{{{{ t('discount', amount={discount}) }}}}", "Label")
    cell.add_paragraph("{%p endif %}", "Label")


def make_adjustments(table: Any) -> None:
    """Write the sum of the items, and what comes off it or is added to it as a whole."""
    merge_tag(table, "{%tr if allowances or charges %}")
    make_sum(table, "{{ t('line_total') }}", "{{ items | sum(attribute='amount') | money(symbol=false) }}")
    for rows, one, sign in (("allowances", "allowance", "-"), ("charges", "charge", "")):
        percent = f"{{% if {one}.percent %}}, {{{{ {one}.percent | percent(of=100) }}}}{{% endif %}}"
        merge_tag(table, f"{{%tr for {one} in {rows} %}}")
        reason = f"{{{{ {one}.reason or t('{one}') }}}}{percent}"
        make_sum(table, reason, f"{{{{ ({sign}{one}.net) | money(symbol=false) }}}}")
        merge_tag(table, "{%tr endfor %}")
    merge_tag(table, "{%tr endif %}")


def make_sum(table: Any, label: str, amount: str) -> None:
    """Add a row of a sum: what it is below the descriptions, and how much."""
    row = table.add_row()
    keep_row(row)
    write(row.cells[1].merge(row.cells[2]), label, "Normal")
    write(row.cells[3].merge(row.cells[4]), amount, "Figure")


# --- tables ---------------------------------------------------------------------------------------


def make_table(document: Any, widths_mm: tuple[float, ...]) -> Any:
    """Add a table without lines, its cells' text flush with the page's."""
    table = document.add_table(rows=0, cols=len(widths_mm))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    properties = table._tbl.tblPr
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 79), ("left", 0), ("bottom", 79), ("right", 0))
    )
    properties.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>"))
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    return table


def write(cell: Any, text: str, style: str) -> Any:
    """Put text into the paragraph that a cell begins with."""
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    paragraph.add_run(text)
    return paragraph


def bold(paragraph: Any) -> Any:
    """Make a paragraph's text bold."""
    for part in paragraph.runs:
        part.bold = True
    return paragraph


def edge(cell: Any, side: str, colour: str, eighths: int) -> None:
    """Draw a line along one side of a cell."""
    line = f'<w:{side} w:val="single" w:sz="{eighths}" w:space="0" w:color="{colour}"/>'
    cell._tc.get_or_add_tcPr().append(parse_xml(f"<w:tcBorders {nsdecls('w')}>{line}</w:tcBorders>"))


def keep_row(row: Any) -> None:
    """Keep a row on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def repeat_row(row: Any) -> None:
    """Repeat a row at the top of every page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def merge_tag(table: Any, tag: str) -> None:
    """Add the row that a loop over rows begins or ends with."""
    table.add_row().cells[0].paragraphs[0].add_run(tag)


if __name__ == "__main__":
    default = Path(__file__).parent.parent / "templates" / "contract" / "body.docx"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
