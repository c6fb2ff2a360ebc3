"""Tables of the compiled path look as z3c.rml and ReportLab lay them out: text to 0.1 pt, rules and fills as seen."""

from __future__ import annotations

import random

import pytest
from differential.pdf_compare import differences, picture_differences
from pressing import press, referred, rml
from rendering import picture

from docgen.errors import DocgenError

FONT = '<blockFont name="SourceSans3" size="9" leading="11"/>'
KINDS = ("GRID", "BOX", "OUTLINE", "INNERGRID", "LINEBELOW", "LINEABOVE", "LINEBEFORE", "LINEAFTER")
ROWS = "".join(f"<tr><td>{row}</td><td>Ahorn {row}</td><td>{row * 1.25:.2f}</td></tr>" for row in range(1, 5))
LONG = "".join(f"<tr><td>{row}</td><td>one\ntwo</td><td>{row * 1.25:.2f}</td></tr>" for row in range(1, 31))
PARA = '<para style="text">A desk of oiled oak from forests nearby</para>'
WIDTHS = 'colWidths="40,90,70"'


def table(commands: str = "", attributes: str = WIDTHS, rows: str = ROWS) -> tuple[str, str]:
    style = f'<blockTableStyle id="t">{FONT}{commands}</blockTableStyle>'
    return f'<blockTable style="t" {attributes}>{rows}</blockTable>', style


def para_rows(count: int) -> str:
    return "".join(f"<tr><td>{row}</td><td>{PARA}</td><td>{PARA}</td></tr>" for row in range(count))


CASES = {
    "plain": table(),
    "no style": (f'<blockTable colWidths="60,90,70">{ROWS}</blockTable>', ""),
    "cells with settings of their own": table(
        rows='<tr><td align="right" vAlign="top" leftPadding="20" fontSize="14" fontColor="red">x</td>'
        '<td background="yellow" lineBelowThickness="2" lineBelowColor="blue" lineBelowCap="butt">y</td>'
        '<td fontName="SourceSans3-Bold" leading="20" lineLeftThickness="1" lineLeftColor="#14586A">z\nz</td></tr>'
        + ROWS
    ),
    "lines of cells": table(
        rows='<tr><td lineBelowThickness="1" lineBelowColor="red" lineBelowCount="2" lineBelowSpace="3">x</td>'
        '<td lineRightThickness="2" lineRightColor="blue" lineRightDash="4,2" lineRightCap="butt">y</td><td>z</td></tr>'
    ),
    "a style after the cells it changes": table(
        rows='<tr><td align="right" background="yellow">x</td><td>y</td><td>z</td></tr>'
        '<blockTableStyle id="late"><blockAlignment value="CENTER"/>'
        '<blockBackground colorName="#EEF3F4"/></blockTableStyle>'
    ),
    "alignments": table(
        '<blockAlignment value="RIGHT" start="0,0" stop="0,-1"/>'
        '<blockAlignment value="CENTER" start="1,0" stop="1,-1"/>'
        '<blockAlignment value="DECIMAL" start="2,0" stop="2,-1"/>'
        '<blockRightPadding length="30" start="2,0" stop="2,-1"/>',
        rows=ROWS + "<tr><td>1</td><td>2</td><td>(456)</td></tr><tr><td>1</td><td>2</td><td>13cm</td></tr>",
    ),
    "heights and places in them": table(
        '<blockValign value="TOP" start="0,0" stop="0,-1"/><blockValign value="MIDDLE" start="1,0" stop="1,-1"/>',
        'colWidths="40,90,70" rowHeights="20,40,None,60"',
    ),
    "paragraphs": table(
        '<blockValign value="MIDDLE" start="0,0" stop="1,-1"/><blockValign value="TOP" start="2,0" stop="-1,-1"/>',
        rows=para_rows(3) + f"<tr><td>1</td><td>{PARA}{PARA}</td><td>x</td></tr>",
    ),
    "fills in turn": table(
        '<blockRowBackground colorNames="#EEF3F4 white yellow" start="0,1" stop="-1,-1"/>'
        '<blockColBackground colorNames="red,#14586A" start="0,0" stop="-1,0"/>'
        '<blockBackground colorsByRow="yellow,none" start="2,1" stop="2,-2"/>'
    ),
    "widths in percent": table("", 'colWidths="20%,*,30%"'),
    "widths by the text": table("", ""),
    "widths by paragraphs": table("", 'colWidths="None,40%,*"', para_rows(3)),
    "too many widths": table("", 'colWidths="40,50,60,70"'),
    "too few widths": table("", 'colWidths="40,50"'),
    "short rows": table(rows=ROWS + "<tr><td>one</td></tr>"),
    "spans": table(
        '<blockSpan start="0,0" stop="1,1"/><blockSpan start="2,1" stop="2,3"/><lineStyle kind="GRID" colorName="red"/>'
        '<blockBackground colorName="yellow" start="2,1" stop="2,1"/><blockValign value="MIDDLE"/>'
    ),
    "spans with content that needs room": table(
        '<blockSpan start="0,0" stop="0,2"/><blockSpan start="0,3" stop="2,3"/>'
        '<lineStyle kind="GRID" colorName="red"/>',
        'colWidths="60,60,60"',
        f"<tr><td>{PARA}{PARA}</td><td>a</td><td>b</td></tr><tr><td></td><td>a</td><td>b</td></tr>"
        f"<tr><td></td><td>a</td><td>b</td></tr><tr><td>{PARA}</td><td></td><td></td></tr>",
    ),
    "spans over columns as wide as their text": table(
        '<blockSpan start="0,0" stop="2,0"/><lineStyle kind="GRID" colorName="red"/>',
        "",
        "<tr><td>A long head over all of the columns</td><td></td><td></td></tr>" + ROWS,
    ),
    "pages": table('<lineStyle kind="GRID" colorName="red"/>', rows=LONG),
    "pages with heads": table(
        '<lineStyle kind="BOX" colorName="red" thickness="2"/><lineStyle kind="LINEBELOW" colorName="blue"/>'
        '<blockRowBackground colorNames="#EEF3F4,white" start="0,2" stop="-1,-1"/>'
        '<blockBackground colorName="yellow" start="0,0" stop="-1,1"/>',
        'colWidths="40,90,70" repeatRows="2"',
        LONG,
    ),
    "what happens at splits": table(
        '<lineStyle kind="LINEBELOW" colorName="red" thickness="3" start="0,splitlast" stop="-1,splitlast"/>'
        '<lineStyle kind="LINEABOVE" colorName="blue" thickness="3" start="0,splitfirst" stop="1,splitfirst"/>'
        '<blockBackground colorName="yellow" start="0,splitlast" stop="-1,splitlast"/>'
        '<blockBackground colorName="#EEF3F4" start="0,splitfirst" stop="-1,splitfirst"/>'
        '<blockTextColor colorName="green" start="0,splitlast" stop="-1,splitlast"/>'
        '<blockFont name="SourceSans3-Bold" size="11" start="0,splitfirst" stop="-1,splitfirst"/>',
        rows=LONG,
    ),
    "rows that stay together": table(
        '<blockNosplit start="0,8" stop="0,16"/><blockSpan start="2,16" stop="2,18"/>'
        '<lineStyle kind="GRID" colorName="red"/>',
        rows=LONG,
    ),
    "lines of cells at a split": table(
        rows="".join(
            f'<tr><td lineBelowThickness="1" lineBelowColor="red">{row}</td>'
            f'<td lineAboveThickness="2" lineAboveColor="blue">one\ntwo</td><td background="yellow">x</td></tr>'
            for row in range(30)
        )
    ),
    "rows that are split": table(
        '<lineStyle kind="GRID" colorName="red"/>',
        'colWidths="40,90,70" splitInRow="1" splitByRow="0"',
        "<tr><td>first</td><td>x</td><td>x</td></tr>"
        f'<tr><td vAlign="top">a</td><td vAlign="top">{PARA * 14}</td><td vAlign="top">{PARA * 3}</td></tr>' + ROWS,
    ),
    "tables in tables": table(
        '<blockValign value="TOP"/>',
        rows=f'<tr><td>x</td><td><blockTable style="t" colWidths="20,50">'
        f"<tr><td>a</td><td>{PARA}</td></tr></blockTable></td><td>{PARA}</td></tr>",
    ),
    "pictures": table(
        "",
        'colWidths="None,90,70"',
        '<tr><td><img src="logo.png" width="30" height="12"/></td><td align="right">'
        '<img src="logo.png" width="20" height="30"/></td><td>x</td></tr>',
    ),
    "left": table("", 'colWidths="40,90,70" alignment="left"'),
    "right": table("", 'colWidths="40,90,70" alignment="right"'),
    "bulk data": ("<blockTable>\n<bulkData>a, b, c\n d, e, f</bulkData></blockTable>", ""),
    "links": table(rows='<tr><td href="https://example.com">x</td><td>y</td><td>z</td></tr>'),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("template")
    picture(made / "logo.png")
    return made


def compare(story: str, styles: str, folder) -> list[str]:
    source = rml(story, styles)
    compiled, reference = press(source, folder), referred(source, folder)
    return differences(compiled, reference) + picture_differences(compiled, reference)


@pytest.mark.parametrize("name", CASES)
def test_tables_look_as_in_the_reference(name, folder):
    assert compare(*CASES[name], folder) == []


@pytest.mark.parametrize("kind", KINDS)
def test_lines_of_all_kinds_look_as_in_the_reference(kind, folder):
    lines = (
        f'<lineStyle kind="{kind}" colorName="red" thickness="0.5"/>'
        f'<lineStyle kind="{kind}" colorName="blue" dash="4,2" cap="butt" start="1,1" stop="-1,-2"/>'
        f'<lineStyle kind="{kind}" colorName="#14586A" thickness="2" cap="square" join="mitered"'
        ' start="0,-1" stop="1,-1"/>'
        f'<lineStyle kind="{kind}" colorName="green" thickness="1" count="2" cap="default" start="-1,0" stop="-1,1"/>'
    )
    assert compare(*table(lines), folder) == []


def random_table(seed: int) -> tuple[str, str]:
    choose = random.Random(seed)
    commands = []
    for _ in range(choose.randrange(1, 7)):
        kind, weight = choose.choice(KINDS), choose.choice((1, 2))
        start, stop = choose.choice(("0,0", "0,-1", "-1,0", "0,1")), choose.choice(("-1,-1", "0,-1", "-1,0", "-1,-2"))
        area = f'start="{start}" stop="{stop}"'
        commands.append(
            choose.choice(
                (
                    f'<lineStyle kind="{kind}" colorName="red" thickness="{weight}" {area}/>',
                    f'<blockBackground colorName="#EEF3F4" {area}/>',
                    f'<blockRowBackground colorNames="yellow white" {area}/>',
                    f'<blockLeftPadding length="{choose.choice((0, 14))}" {area}/>',
                    f'<blockTopPadding length="{choose.choice((0, 14))}" {area}/>',
                    f'<blockValign value="{choose.choice(("TOP", "MIDDLE"))}" {area}/>',
                    f'<blockAlignment value="{choose.choice(("RIGHT", "CENTER"))}" {area}/>',
                )
            )
        )
    top = choose.randrange(3)
    commands.append(f'<blockSpan start="{choose.randrange(2)},{top}" stop="{choose.choice((1, 2))},{top + 1}"/>')
    cells = ("x", "", "one\ntwo", PARA, PARA + PARA, "12.50")
    rows = "".join(
        f"<tr>{''.join(f'<td>{choose.choice(cells)}</td>' for _ in range(3))}</tr>"
        for _ in range(choose.randrange(4, 30))
    )
    widths = choose.choice(('colWidths="60,90,*"', 'colWidths="70,30%,80"', "", 'colWidths="None,60,*"'))
    alignment = choose.choice(("", ' alignment="left"'))
    return table("".join(commands), widths + alignment, rows)


@pytest.mark.parametrize("seed", range(6))
def test_random_tables_look_as_in_the_reference(seed, folder):
    assert compare(*random_table(seed), folder) == []


@pytest.mark.parametrize(
    "made",
    [
        table("", WIDTHS, f"<tr><td>x</td><td>{PARA * 40}</td><td>y</td></tr>"),
        table("", 'colWidths="40,90,70" splitByRow="0"', LONG),
        table('<blockNosplit start="0,0" stop="0,-1"/>', WIDTHS, LONG),
    ],
    ids=["a row higher than a page", "a table that may not be split", "rows that may not be parted"],
)
def test_what_is_larger_than_a_page_is_the_same_fault(made, folder):
    faults = []
    for make in (press, referred):
        with pytest.raises(DocgenError, match="something is larger than the frame it stands in") as caught:
            make(rml(*made), folder)
        faults.append(caught.value.code)
    assert faults[0] == faults[1]
