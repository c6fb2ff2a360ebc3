"""Random tables and their styles."""

from __future__ import annotations

import re
from collections.abc import Callable

from differential.pdf_choices import Chooser
from differential.pdf_inline import COLOURS, inline, words

_LINE = {"thickness": "0.25|1|2", "dash": "2,1", "cap": "butt|round|square", "count": "2", "join": "mitered"}
_LINES = ("GRID", "BOX", "OUTLINE", "INNERGRID", "LINEBELOW", "LINEABOVE", "LINEBEFORE", "LINEAFTER")
_CELL = {
    "leftPadding": "0|12", "rightPadding": "0|9", "topPadding": "0|7", "bottomPadding": "0|8", "background": COLOURS,
    "align": "right|center", "vAlign": "top|middle|bottom", "fontName": "SourceSans3-Bold", "fontSize": "7|12",
    "leading": "9|16", "fontColor": COLOURS, "href": "https://example.com",
}  # fmt: skip
_FIGURES = ("12.50", "1,234.5", "7", "(3.25)")
#: A paragraph without text. To ReportLab a picture alone has no width, where columns are as wide as their content.
_ALONE = re.compile(r"(<para\b[^>]*>)((?:\s|<(?!/?para\b)[^>]*>)*</para>)")
#: Blocks at a depth, within a column that is as wide as its content or not.
Blocks = Callable[[int, bool], str]


def table_style(choose: Chooser, name: str) -> str:
    """Return a style; its ranges fit tables of any size but for the spans."""
    commands = "".join(_command(choose) for _ in range(choose.number(0, 6)))
    return f'<blockTableStyle id="{name}">{_FONT}{commands}</blockTableStyle>'


_FONT = '<blockFont name="SourceSans3" size="9" leading="11"/>'


def _command(choose: Chooser) -> str:
    area = _area(choose)
    match choose.number(0, 9):
        case 0 | 1 | 2:
            kind, colour = choose.pick(_LINES), choose.pick(COLOURS.split("|"))
            line = choose.attributes(_LINE, 3)
            return f'<lineStyle kind="{kind}" colorName="{colour}"{line}{area}/>'
        case 3:
            return f'<blockBackground colorName="{choose.pick(COLOURS.split("|"))}"{area}/>'
        case 4:
            side = choose.pick(("Left", "Right", "Top", "Bottom"))
            return f'<block{side}Padding length="{choose.pick((0, 2, 14))}"{area}/>'
        case 5:
            return f'<blockValign value="{choose.pick(("TOP", "MIDDLE", "BOTTOM"))}"{area}/>'
        case 6:
            return f'<blockAlignment value="{choose.pick(("RIGHT", "CENTER", "LEFT"))}"{area}/>'
        case 7:
            return f'<blockTextColor colorName="{choose.pick(COLOURS.split("|"))}"{area}/>'
        case 8:
            way = choose.pick(("Row", "Col"))
            return f'<block{way}Background colorNames="#EEF3F4 white"{area}/>'
    return (
        f'<blockFont name="{choose.pick(("SourceSans3-Bold", "SourceSans3-It"))}" size="{choose.pick((8, 12))}"{area}/>'
    )


def _area(choose: Chooser) -> str:
    if choose.chance(2):
        return ""
    return f' start="{choose.pick(_STARTS)}" stop="{choose.pick(_STOPS)}"'


_STARTS = ("0,0", "0,-1", "-1,0", "0,1")
_STOPS = ("-1,-1", "0,-1", "-1,0", "-1,-2")


def table(choose: Chooser, depth: int, styles: list[str], blocks: Blocks) -> str:
    """Return a table; its style is added to `styles`."""
    columns = choose.number(1, 4 - depth)
    rows = choose.number(12, 30) if depth == 0 and choose.chance(5) else choose.number(1, 5)
    widths = _widths(choose, columns, rows)
    loose = not widths or any(said in widths for said in ("%", "*", '"None', ",None"))
    content = "".join(f"<tr>{_row(choose, columns, depth, blocks, loose)}</tr>" for _ in range(rows))
    if loose:
        content = _ALONE.sub(lambda found: f"{found[1]}{'a ' if '<img' in found[2] else ''}{found[2]}", content)
    spans = _span(choose, columns, rows) if choose.chance(4) else ""
    own = f"<blockTableStyle id='own'>{_FONT}{spans}</blockTableStyle>" if spans else ""
    style = "" if own else f' style="{_styled(choose, styles)}"'
    head = ' repeatRows="1"' if rows > 2 and choose.chance(3) and not spans else ""
    manners = _manners(choose)
    if _over_rows(spans):
        # ReportLab divides such a cell where its rows part, and takes the width of another column for it.
        manners = re.sub(' splitInRow="[0-9]+"', "", manners)
    if "splitInRow" in manners:
        # ReportLab loses the alignment of a table where it splits one of its rows, and lists go over the page's edge.
        manners = re.sub(f' {"splitInRow" if "<li>" in content else "alignment"}="[a-z0-9]+"', "", manners)
    return f"<blockTable{style}{widths}{head}{manners}>{own}{content}</blockTable>"


def _over_rows(spans: str) -> bool:
    rows = re.findall(r'="[0-9]+,([0-9]+)"', spans)
    return len(set(rows)) > 1


def _styled(choose: Chooser, styles: list[str]) -> str:
    name = f"table{len(styles)}"
    styles.append(table_style(choose, name))
    return name


def _row(choose: Chooser, columns: int, depth: int, blocks: Blocks, loose: bool) -> str:
    return "".join(_cell(choose, depth, blocks, loose) for _ in range(columns))


def _cell(choose: Chooser, depth: int, blocks: Blocks, loose: bool) -> str:
    look = choose.attributes(_CELL, 25) + (_edge(choose) if choose.chance(12) else "")
    match choose.number(0, 9):
        case 0 | 1 | 2 | 3:
            content = words(choose, 6)
            if choose.chance(12):
                return f'<td align="decimal">{choose.pick(_FIGURES)}</td>'
        case 4 | 5 | 6 | 7:
            content = f'<para style="text">{inline(choose, 1, moving=False)}</para>'
        case 8:
            content = choose.pick(("", "one\ntwo", '<img src="logo.png" width="20" height="10"/>', "12.50", "1,234.5"))
        case _:
            content = blocks(depth + 1, loose)
    return f"<td{look}>{content}</td>"


def _edge(choose: Chooser) -> str:
    side = choose.pick(("Below", "Above", "Left", "Right"))
    colour, wide = choose.pick(COLOURS.split("|")), choose.pick(("0.5", "2", "0.25"))
    more = choose.attributes({f"line{side}Cap": "butt|round"}, 3)
    return f' line{side}Thickness="{wide}" line{side}Color="{colour}"{more}'


def _span(choose: Chooser, columns: int, rows: int) -> str:
    left, top = choose.number(0, columns - 1), choose.number(0, rows - 1)
    right, bottom = choose.number(left, columns - 1), choose.number(top, min(rows - 1, top + 2))
    return f'<blockSpan start="{left},{top}" stop="{right},{bottom}"/>'


def _widths(choose: Chooser, columns: int, rows: int) -> str:
    match choose.number(0, 4):
        case 0 | 1:
            widths = [choose.pick(("60", "45", "20mm")) for _ in range(columns)]
        case 2:
            widths = [choose.pick(("60", "25%", "*", "None")) for _ in range(columns)]
        case _:
            return ""
    heights = [choose.pick(("None", "20", "40")) for _ in range(rows)] if choose.chance(10) else []
    return f' colWidths="{",".join(widths)}"' + (f' rowHeights="{",".join(heights)}"' if heights else "")


def _manners(choose: Chooser) -> str:
    return choose.attributes({"alignment": "left|right|center", "splitByRow": "0|1", "splitInRow": "1"}, 8)
