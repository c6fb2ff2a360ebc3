"""Tables of the compiled path: what the reference does not have: structure, decimal marks, faults, and their cost."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2
import pytest
from pressing import pressed, rml

from docgen.errors import TemplateError
from docgen.render.pdf.layout.blocks import Node

STYLE = '<blockTableStyle id="t"><blockFont name="SourceSans3" size="9" leading="11"/>%s</blockTableStyle>'


def para(text: str) -> str:
    return f'<para style="text">{text}</para>'


def row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def table(rows: str, attributes: str = "", commands: str = "") -> str:
    return rml(f'<blockTable style="t" colWidths="60,60,60" {attributes}>{rows}</blockTable>', STYLE % commands)


def outline(node: Node) -> Any:
    """Return roles nested as their elements are; content by itself is left out."""
    kids = [outline(kid) for kid in node.kids if isinstance(kid, Node)]
    said = node.role + "".join(f" {name}={value}" for name, value in node.attributes.items())
    return (said, *kids) if kids else said


HEAD = row("Item", "Price", "Sum")
LINE = row("Desk", para("12.50"), "25.00")


def test_table_with_repeated_rows_has_head_and_body():
    _, document = pressed(table(HEAD + LINE, 'repeatRows="1"'))
    head = ("TR", "TH Scope=Column", "TH Scope=Column", "TH Scope=Column")
    assert outline(document.root) == (
        "Document",
        ("Table", ("THead", head), ("TBody", ("TR", "TD", ("TD", "P"), "TD"))),
    )


def test_header_rows_and_columns_are_as_many_as_the_table_says():
    _, document = pressed(table(HEAD + HEAD + LINE, 'headerRows="2" headerColumns="1"'))
    found = outline(document.root)[1]
    assert [len(group) - 1 for group in found[1:]] == [2, 1]
    assert found[2][1] == ("TR", "TH Scope=Row", ("TD", "P"), "TD")


def test_rows_that_are_all_header_rows_stand_by_themselves():
    _, document = pressed(table(row("Item", "", ""), 'headerRows="1"'))
    assert outline(document.root) == ("Document", ("Table", ("TR", *["TH Scope=Column"] * 3)))


def test_spans_are_said_and_covered_cells_are_left_out():
    spans = '<blockSpan start="0,0" stop="1,0"/><blockSpan start="2,0" stop="2,1"/>'
    _, document = pressed(table(HEAD + LINE, 'headerRows="1"', spans))
    head, body = outline(document.root)[1][1:]
    assert head == ("THead", ("TR", "TH Scope=Column ColSpan=2", "TH Scope=Column RowSpan=2"))
    assert body == ("TBody", ("TR", "TD", ("TD", "P")))


def test_table_that_only_lays_out_has_no_structure():
    _, document = pressed(table(LINE))
    assert outline(document.root) == ("Document", "P", "P", "P")


def test_parts_of_a_split_table_are_one_table_and_repeated_rows_are_decoration():
    pdf, document = pressed(table(HEAD + LINE * 60, 'repeatRows="1"'))
    assert len(document.sheets) == 4
    ((_, (_, *heads), (_, *lines)),) = outline(document.root)[1:]
    assert (len(heads), len(lines)) == (1, 60)
    assert all("Item" in page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))


@pytest.mark.parametrize("wrap", [str, para], ids=["text", "paragraph"])
@pytest.mark.parametrize(("language", "mark"), [("en", "."), ("de-AT", ",")])
def test_numbers_stand_with_their_decimal_marks_below_each_other(language, mark, wrap):
    numbers = [f"1{mark}5", f"123{mark}25", f"7{mark}125"]
    align = '<blockAlignment value="DECIMAL"/><blockRightPadding length="30"/>'
    font = '<paraStyle name="same" fontName="SourceSans3" fontSize="9" leading="11"/>'
    cells = [wrap(number).replace('"text"', '"same"') for number in numbers]
    source = table("".join(row("", cell, "") for cell in cells), 'alignment="left"', align)
    pdf, _ = pressed(source.replace("<blockTableStyle", font + "<blockTableStyle", 1), language=language)
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    marks = [text.get_charbox(at)[0] for at in range(text.count_chars()) if text.get_text_range(at, 1) == mark]
    assert len(marks) == 3
    assert max(marks) - min(marks) < 0.01


def test_what_is_no_text_is_not_aligned_on_a_decimal_mark():
    with pytest.raises(TemplateError, match='line 6: <blockTable>: only text and paragraphs can be aligned "decimal"'):
        pressed(table('<tr><td align="decimal"><spacer length="10"/></td></tr>'))


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (table("<td>x</td>"), "<td> cannot stand inside <blockTable>"),
        (table(LINE, 'rowHeights="1,2"'), "rowHeights names 2 rows, and there are 1"),
        (table(LINE).replace('style="t"', 'style="tt"'), 'there is no table style "tt"; did you mean "t"?'),
        (table(LINE, "", '<blockSpan start="0,0" stop="3,0"/>'), "a span from 0,0 to 3,0 reaches beyond 3 columns"),
        (
            table(f'<tr><td leftPadding="90">{para("x")}</td></tr>'),
            "a column of 60 points is narrower than its paddings",
        ),
        (table('<tr><td lineBelowThickness="1">x</td></tr>'), "<td>: lineBelowColor is missing"),
        (table('<tr><td vAlign="up">x</td></tr>'), '<td>: "up" is unknown'),
        (table(LINE, "", '<lineStyle kind="GRID"/>'), "<lineStyle>: colorName is missing"),
        (table(LINE, "", '<blockFont start="0"/>'), '<blockFont>: "0" is not a column and a row'),
        (table(""), "a table has at least one row and one column"),
    ],
)
def test_what_a_table_says_wrong_is_a_fault_with_its_line(source, problem):
    with pytest.raises(TemplateError, match=re.escape(problem)) as caught:
        pressed(source)
    assert caught.value.where.line


def test_cell_that_leads_somewhere_is_a_link():
    rows = '<tr><td href="https://example.com">x</td><td destination="here">y</td></tr>'
    _, document = pressed(table(rows).replace("<story>", '<story><bookmark name="here"/>'))
    assert [(link.target, link.text) for link in document.sheets[0].links] == [
        ("https://example.com", "x"),
        ("#here", "y"),
    ]
    assert outline(document.root) == ("Document", ("Link", "P"), ("Link", "P"))


SPLIT = f"""<tr><td href="https://example.com">a</td><td>{para("word " * 150 + '<a href="https://example.com">link</a>')}</td>
<td>{para("b")}{para("word " * 200)}</td></tr>"""


def test_row_on_several_pages_is_one_row_to_those_who_hear_it():
    _, document = pressed(table(SPLIT, 'headerColumns="1" splitInRow="1"'))
    assert len(document.sheets) > 2
    cells = ("TH Scope=Row", "Link"), ("TD", ("P", "Link")), ("TD", "P", "P")
    assert outline(document.root) == ("Document", ("Table", ("TBody", ("TR", *cells))))


def test_cells_on_several_pages_are_read_one_by_one():
    _, document = pressed(table(SPLIT, 'splitInRow="1"'))
    assert outline(document.root) == ("Document", ("Div", ("Link", "P")), ("Div", ("P", "Link")), ("Div", "P", "P"))


def test_character_that_the_font_lacks_is_noted():
    _, document = pressed(table(row("x", "a\u0378b", "")))
    assert [(lack.char, lack.around) for lack in document.lacks] == [("\u0378", "a\u0378b")]


def test_equal_tables_have_equal_rules_and_cached_ones_as_well():
    source = table(HEAD + LINE * 60, 'repeatRows="1"', '<lineStyle kind="GRID" colorName="red"/>')
    assert pressed(source)[0] == pressed(source)[0]


def test_steps_grow_with_the_rows_and_not_faster(monkeypatch):
    """Counted rather than timed: how often rows are measured, and how many of them are copied at splits."""
    from docgen.render.pdf.layout.tablelayout import Table

    counted = []
    measure = Table._measure_row
    monkeypatch.setattr(Table, "_measure_row", lambda self, *more: counted.append(1) or measure(self, *more))
    _, document = pressed(table(HEAD + LINE * 600, 'repeatRows="1"'))
    assert len(document.sheets) > 20
    assert len(counted) == 601
