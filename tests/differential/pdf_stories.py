"""Random RML documents. Small decisions give small documents, so Hypothesis can make a failing one small."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from differential.pdf_choices import Chooser, Drawn, Seeded
from differential.pdf_graphics import graphics
from differential.pdf_inline import COLOURS, inline, without_background, words
from differential.pdf_tables import table
from hypothesis import strategies as st

_PARA = {
    "alignment": "justify|right|center|left", "leftIndent": "12|30", "rightIndent": "9|40", "firstLineIndent": "10|-8",
    "leading": "9|18", "fontSize": "8|13", "spaceBefore": "4|12", "spaceAfter": "3|11", "textColor": COLOURS,
    "backColor": "#EEF3F4|#C6CFD2", "borderWidth": "1|0.5", "borderColor": COLOURS, "borderPadding": "3|2,4,6,8",
    "borderRadius": "3", "keepWithNext": "1", "allowWidows": "0|1", "allowOrphans": "0|1", "splitLongWords": "0|1",
    "textTransform": "uppercase|capitalize", "justifyLastLine": "1|3", "justifyBreaks": "1", "endDots": ".",
    "bulletText": "•|1.", "bulletIndent": "3", "underline": "1", "strike": "1", "fontName": "SourceSans3-Semibold",
    "pageBreakBefore": "1", "frameBreakBefore": "1", "linkUnderline": "1", "spaceShrinkage": "0|0.1",
}  # fmt: skip
_RARE = ("pageBreakBefore", "frameBreakBefore", "endDots", "justifyLastLine", "justifyBreaks", "spaceShrinkage")
_LIST = {
    "leftIndent": "12|25", "bulletDedent": "8|auto", "bulletFontSize": "7|10", "bulletColor": COLOURS, "start": "3",
    "bulletOffsetY": "1|-1", "rightIndent": "10", "bulletFormat": "%s.|(%s)",
}  # fmt: skip
_WEIGHTS = {
    "para": 12, "blockTable": 5, "spacer": 2, "hr": 2, "keepTogether": 1, "keepInFrame": 1, "condPageBreak": 1,
    "nextPage": 1, "nextFrame": 1, "setNextTemplate": 1, "ol": 1, "ul": 1, "indent": 1, "pto": 1, "img": 1,
    "illustration": 1, "pre": 1, "xpre": 1, "heading": 2, "bookmark": 1, "outlineAdd": 1, "link": 1, "namedString": 1,
    "imageAndFlowables": 1, "fixedSize": 1, "qr": 1, "bookmarkPage": 1, "storyPlace": 1, "topPadder": 1,
}  # fmt: skip
_KINDS = tuple(name for name, weight in _WEIGHTS.items() for _ in range(weight))
#: What cannot stand within a cell or a list; the boxes of links there are not where the links are, by z3c.rml.
_FLOWING = {
    "condPageBreak", "nextPage", "nextFrame", "setNextTemplate", "pto", "imageAndFlowables", "storyPlace", "topPadder",
    "outlineAdd", "keepTogether", "bookmarkPage", "link",
}  # fmt: skip
#: What cannot stand within <pto>.
_NO_PTO = _FLOWING | {"ol", "ul", "qr"}
#: What ReportLab shrinks once more when it draws the cell that is as high as the box was.
_SHRUNK = {"keepInFrame", "fixedSize"}
#: A paragraph of so many characters may need more than one line.
_SPLITS = 60
#: What has no width of its own: for a column without one, ReportLab takes the letters of the Python object's name.
_UNMEASURED = {"hr", "keepInFrame", "fixedSize", "indent", "ol", "ul"}
_STYLES = """
<paraStyle name="text" fontName="SourceSans3" fontSize="9" leading="12"/>
<paraStyle name="heading" fontName="SourceSans3-Semibold" fontSize="14" leading="17" spaceBefore="6" spaceAfter="4"
 keepWithNext="1"/>
<paraStyle name="code" fontName="SourceSans3" fontSize="8" leading="10"/>
<spanStyle name="marked" textColor="#8A1020" underline="1"/>
"""


@dataclass
class _Story:
    choose: Chooser
    styles: list[str] = field(default_factory=list)
    entries: int = 0
    loose: bool = False
    celled: bool = False
    boxed: bool = False
    level: int = -1
    turning: bool = False

    def blocks(self, depth: int, most: int) -> str:
        made = [self.block(depth) for _ in range(self.choose.number(1, most))]
        # ReportLab keeps whole tables with their headings, docgen their first rows.
        for at, follower in enumerate(made[1:]):
            if follower.startswith("<blockTable"):
                made[at] = made[at].replace(' keepWithNext="1"', "").replace('style="heading"', 'style="text"')
        return "".join(made)

    def cell(self, depth: int, loose: bool) -> str:
        before, self.loose, self.celled = (self.loose, self.celled), self.loose or loose, True
        made = self.blocks(depth, 2)
        self.loose, self.celled = before
        return made

    def block(self, depth: int) -> str:
        kind = self.choose.pick(_KINDS)
        if depth and (kind in _FLOWING or depth > 2):
            kind = "para"
        wrong = (self.turning, _NO_PTO), (self.loose, _UNMEASURED), (self.celled, _SHRUNK), (self.boxed, {"blockTable"})
        if any(there and kind in kinds for there, kinds in wrong):
            kind = "para"
        made = getattr(self, f"_{kind}", None)
        return str(made(depth)) if made else self._holder(kind, depth)

    def _para(self, depth: int, start: str = "") -> str:
        usual = {name: value for name, value in _PARA.items() if name not in _RARE}
        rare = {name: _PARA[name] for name in _RARE}
        for name in ("keepWithNext", "pageBreakBefore", "frameBreakBefore") if depth else ():
            usual.pop(name, None), rare.pop(name, None)
        look = self.choose.attributes(usual, 14) + self.choose.attributes(rare, 60)
        # The reference does not know what the page decides where it changes the case of letters.
        moving = not depth and "textTransform" not in look
        content = inline(self.choose, moving=moving)
        if moving and (len(content) > _SPLITS or "<br" in content):
            # Where z3c.rml splits a paragraph whose text moves, breaks are lost and long words get spaces.
            content = re.sub(r"<(pageNumber|getName)[^>]*/>", "", content)
        elif moving:
            # In a word that is cut, the reference prints them twice.
            content = re.sub(r"(?<=[^\s>])(?=<pageNumber|<getName)", " ", content)
            content = re.sub(r"(<(?:pageNumber|getName)[^>]*/>)(?=[^\s<])", r"\1 ", content)
        if "bulletText" in look:
            content = without_background(content)
        return f'<para style="text"{look}>{start}{content}</para>'

    def _heading(self, depth: int) -> str:
        kind = self.choose.pick(("h1", "h2", "h3", "h4", "h5", "h6", "title"))
        # Platypus never ends where an item of a list is kept with the next one and has no room.
        return f'<{kind} style="{"text" if depth else "heading"}">{words(self.choose, 5)}</{kind}>'

    def _blockTable(self, depth: int) -> str:
        return table(self.choose, min(depth, 2), self.styles, self.cell)

    def _spacer(self, _: int) -> str:
        return f'<spacer length="{self.choose.pick(("6", "20", "4mm", "90"))}"/>'

    def _hr(self, _: int) -> str:
        options = {
            "width": "50%|80", "thickness": "0.25|3", "color": COLOURS, "dash": "3.1,2", "lineCap": "round|square",
            "spaceBefore": "4", "spaceAfter": "9", "align": "left|right|center",
        }  # fmt: skip
        return f"<hr{self.choose.attributes(options, 4)}/>"

    def _holder(self, kind: str, depth: int) -> str:
        looks = {
            "indent": {"left": "20|5mm", "right": "15"},
            "keepTogether": {"maxHeight": "100"},
            "link": {"url": "https://example.com"},
        }
        look = self.choose.attributes(looks.get(kind, {}), 2)
        if kind == "link" and "url" not in look:
            look += ' destination="here"'
        # Around several blocks, z3c.rml's links are as wide as all of them together, and know no indents.
        if kind == "link":
            return f"<link{look}>{self._para(depth + 1)}</link>"
        return f"<{kind}{look}>{self.blocks(depth + 1, 3)}</{kind}>"

    def _keepInFrame(self, depth: int) -> str:
        mode = self.choose.pick(("shrink", "truncate", "overflow", "error"))
        size = self.choose.attributes({"maxWidth": "120", "maxHeight": "60|150"}, 2)
        return f'<keepInFrame onOverflow="{mode}"{size}>{self._boxed(depth + 1, 3)}</keepInFrame>'

    def _fixedSize(self, depth: int) -> str:
        return f'<fixedSize width="120" height="80">{self._boxed(depth + 2, 2)}</fixedSize>'

    def _boxed(self, depth: int, most: int) -> str:
        before, self.boxed = self.boxed, True
        made = self.blocks(depth, most)
        self.boxed = before
        return made

    def _topPadder(self, depth: int) -> str:
        return f"<topPadder>{self._para(depth + 1)}</topPadder>"

    def _storyPlace(self, depth: int) -> str:
        origin = self.choose.attributes({"origin": "page|frame|local"}, 2)
        return f'<storyPlace x="100" y="30" width="150" height="150"{origin}>{self._para(depth + 1)}</storyPlace>'

    def _condPageBreak(self, _: int) -> str:
        return f'<condPageBreak height="{self.choose.pick((30, 100))}"/>'

    def _nextPage(self, _: int) -> str:
        return "<nextPage/>"

    def _nextFrame(self, _: int) -> str:
        return f"<nextFrame{self.choose.attributes({'name': '0'}, 6)}/>"

    def _setNextTemplate(self, _: int) -> str:
        return f'<setNextTemplate name="{self.choose.pick(("one", "two"))}"/>'

    def _img(self, _: int) -> str:
        look = self.choose.attributes({"width": "60", "height": "25", "preserveAspectRatio": "1", "align": "left"}, 2)
        return f'<img src="logo.png"{look}/>'

    def _imageAndFlowables(self, depth: int) -> str:
        side = self.choose.attributes({"imageSide": "left|right", "imageLeftPadding": "4", "imageTopPadding": "3"}, 2)
        inside = "".join(self._para(depth + 1) for _ in range(self.choose.number(1, 2)))
        # ReportLab cannot part text whose size or rise is a share of another, and puts all of it below the picture.
        inside = inside.replace('"60%"', '"6"').replace('"30%"', '"3"')
        look = f'imageName="logo.png" imageWidth="50" imageHeight="25"{side}'
        return f"<imageAndFlowables {look}>{inside}</imageAndFlowables>"

    def _illustration(self, _: int) -> str:
        drawn = graphics(self.choose, 3, flowables=False)
        return f'<illustration width="120" height="50">{drawn}</illustration>'

    def _pre(self, _: int) -> str:
        lines = "\n".join(words(self.choose, 5) for _ in range(self.choose.number(1, 3)))
        if self.loose and not lines.strip():
            lines = "a"  # ReportLab looks for the longest of no lines
        return f'<pre style="code"{self.choose.attributes({"maxLineLength": "20"}, 8)}>{lines}</pre>'

    def _xpre(self, _: int) -> str:
        first, second, third = (words(self.choose, 4) for _ in range(3))
        return f'<xpre style="code">{first}\n  <b>{second}</b> {third}</xpre>'

    def _list(self, kind: str, options: dict[str, str], depth: int) -> str:
        look = self.choose.attributes(_LIST | options, 6)
        items = "".join(self._item(depth) for _ in range(self.choose.number(1, 4)))
        return f'<{kind} bulletFontName="SourceSans3"{look}>{items}</{kind}>'

    def _item(self, depth: int) -> str:
        nested = depth < 2 and self.choose.chance(5)
        # ReportLab draws the bullet of an item without text far above it.
        inside = self._para(depth + 1, "the ") + (self.block(depth + 1) if nested else "")
        return f"<li>{inside}</li>"

    def _ol(self, depth: int) -> str:
        return self._list("ol", {"bulletType": "1|a|A|i|I|l|L|o|O|r|R"}, depth)

    def _ul(self, depth: int) -> str:
        options = {name: value for name, value in _LIST.items() if name not in ("start", "bulletFormat")}
        kinds = {"value": "circle|square|disc|diamond|bulletchar|bullet"}
        look = self.choose.attributes(options | kinds, 6)
        items = "".join(self._item(depth) for _ in range(self.choose.number(1, 4)))
        return f'<ul bulletFontName="SourceSans3"{look}>{items}</ul>'

    def _pto(self, depth: int) -> str:
        parts = ""
        if self.choose.chance(2):
            parts += f"<pto_header>{self._para(depth + 1)}</pto_header>"
        if self.choose.chance(2):
            parts += f"<pto_trailer>{self._para(depth + 1)}</pto_trailer>"
        self.turning = True
        inside = self.blocks(depth, 4)
        self.turning = False
        return f"<pto>{parts}{inside}</pto>"

    def _bookmark(self, _: int) -> str:
        return f'<bookmark name="mark{self.choose.number(0, 3)}"{self.choose.attributes({"y": "12", "x": "5"}, 3)}/>'

    def _bookmarkPage(self, _: int) -> str:
        return f'<bookmarkPage name="page"{self.choose.attributes({"fit": "XYZ|Fit|FitH", "top": "100"}, 3)}/>'

    def _outlineAdd(self, _: int) -> str:
        self.level = self.choose.number(0, min(self.level + 1, 2))
        self.entries += 1
        closed = self.choose.attributes({"closed": "1"}, 4)
        return f'<outlineAdd level="{self.level}"{closed}>Entry {self.entries}</outlineAdd>'

    def _namedString(self, _: int) -> str:
        return f'<namedString id="total">{self.choose.pick(("12.50", "<pageNumber/>"))}</namedString>'

    def _qr(self, _: int) -> str:
        return f'<qr value="docgen" size="40"{self.choose.attributes({"align": "right|center"}, 3)}/>'


def _page_template(choose: Chooser, name: str) -> str:
    size = choose.pick(("(260, 300)", "(300, 240)", "A6"))
    look = choose.attributes({"leftPadding": "6", "topPadding": "6", "bottomPadding": "6", "rightPadding": "6"}, 3)
    if choose.chance(3):
        first = f'<frame id="{name}1" x1="20" y1="30" width="100" height="190"{look}/>'
        frames = f'{first}<frame id="{name}2" x1="130" y1="30" width="100" height="190"{look}/>'
    else:
        frames = f'<frame id="{name}1" x1="20" y1="30" width="210" height="190"{look}/>'
    drawn = graphics(choose)
    drawn = f"<pageGraphics>{drawn}</pageGraphics>" if drawn else ""
    auto = choose.attributes({"autoNextTemplate": "two"}, 6)
    return f'<pageTemplate id="{name}" pagesize="{size}"{auto}>{drawn}{frames}</pageTemplate>'


def _of_different_widths(pages: str) -> bool:
    frames = re.findall("<frame [^>]*>", pages)
    return len({re.sub(' (id|x1|topPadding|bottomPadding)="[^"]*"', "", frame) for frame in frames}) > 1


def document(choose: Chooser) -> str:
    """Return a whole document."""
    story = _Story(choose)
    blocks = story.blocks(0, 7)
    pages = "".join(_page_template(choose, name) for name in ("one", "two"))
    if "<indent" in blocks or _of_different_widths(pages):
        # Where a table goes to such a frame, or is split within an indent, ReportLab makes its rows as high as columns
        # would ask for that it does not have.
        blocks = blocks.replace("25%", "20mm")
    if "<getName" in blocks:
        # ReportLab lays out twice then, and changes the looks of cells in rows that it splits the first time.
        blocks = blocks.replace(' splitInRow="1"', "")
    first = '<bookmark name="here"/>'
    return (
        f'<document filename="x.pdf">\n<template title="A story">{pages}</template>\n'
        f"<stylesheet>{_STYLES}{''.join(story.styles)}</stylesheet>\n<story>{first}{blocks}</story></document>\n"
    )


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Return any document."""
    return document(Chooser(Drawn(draw)))


def seeded(seed: int, number: int) -> str:
    """Return the document of this number, always the same one."""
    return document(Chooser(Seeded(f"{seed}/{number}")))
