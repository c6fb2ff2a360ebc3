"""What a story says to people who hear it, read from its RML alone: the tree that a tagged file must have.

Marks stories first: random ones have neither header rows nor texts for pictures. Texts are patterns, since a page says
its number only when it is made; blanks count for nothing, since lines end where they end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from differential.pdf_choices import Chooser
from differential.pdf_heard import Heard
from lxml import etree

#: Begins each text that page templates draw.
FURNITURE = "¶"
_ROLES = {"title": "H1", **{f"h{level}": f"H{level}" for level in range(1, 7)}}
_STRINGS = ("drawString", "drawRightString", "drawCenteredString", "drawCentredString", "drawAlignedString")
#: Only hold others, or move them.
_AROUND = ("keepTogether", "keepInFrame", "fixedSize", "indent", "topPadder", "storyPlace", "pto")
_NUMBER, _NAME = "\ue000", "\ue001"
_PATTERNS = {_NUMBER: r"\d+", _NAME: r"(?:0|noneyet|12\.50|\d+)"}
_BLANKS = re.compile(r"[\s\u00ad\u200b]+")
_NUMBERING = {
    "a": "LowerAlpha", "A": "UpperAlpha", "i": "LowerRoman", "I": "UpperRoman", "circle": "Disc", "disc": "Circle",
    "square": "Square",
}  # fmt: skip
_COUNTED = {
    "1": "1 2 3 4 5 6 7", "a": "a b c d e f g", "A": "A B C D E F G", "i": "i ii iii iv v vi vii",
    "I": "I II III IV V VI VII", "l": "One Two Three Four Five Six Seven", "L": "ONE TWO THREE FOUR FIVE SIX SEVEN",
    "o": "First Second Third Fourth Fifth Sixth Seventh", "O": "FIRST SECOND THIRD FOURTH FIFTH SIXTH SEVENTH",
    "r": "1st 2nd 3rd 4th 5th 6th 7th", "R": "1ST 2ND 3RD 4TH 5TH 6TH 7TH",
}  # fmt: skip


def mark(body: str, choose: Chooser) -> str:
    """Return a story that says what its parts are, and whose furniture can be told from the rest."""
    root = etree.fromstring(body.encode())
    for table in root.iter("blockTable"):
        _give(table, choose, {"headerRows": "1|2|0", "headerColumns": "1|2"}, 3)
        if table.find("blockTableStyle/blockSpan") is not None:
            # ReportLab prints what a cell covers where one of its rows is split.
            table.attrib.pop("splitInRow", None)
    for picture in root.iter("img", "illustration", "imageAndFlowables", "qr"):
        _give(picture, choose, {"alt": "a picture|what there is"}, 2)
    for para in root.find("story").iter("para"):
        _give(para, choose, {"heading": "1|2|3|6", "lang": "de|lv-LV"}, 15)
        if not bare("".join(para.itertext())):
            para.attrib.pop("bulletText", None)  # which stands beside some ends of lines, and not beside others
    for link in root.find("story").iter("a"):
        if link.get("href"):  # ReportLab forgets the links of words that it divides
            next(link.iterancestors("para")).set("splitLongWords", "0")
    for text in root.find("template").iter(*_STRINGS, "para"):
        text.text = FURNITURE + (text.text or "")
    for code in root.find("template").iter("qr"):
        code.set("alt", FURNITURE)
    return etree.tostring(root, encoding="unicode")


def _give(element: etree._Element, choose: Chooser, options: Mapping[str, str], one_in: int) -> None:
    for name, values in options.items():
        if choose.chance(one_in):
            element.set(name, choose.pick(values.split("|")))


def bare(text: str) -> str:
    """Return a text without what does not count; fonts have one hyphen."""
    return _BLANKS.sub("", text).replace("\u2011", "-")


def pattern(text: str) -> re.Pattern[str]:
    """Return what finds a text that a page has completed."""
    return re.compile("".join(_PATTERNS.get(letter, re.escape(letter)) for letter in bare(text)))


@dataclass
class Said:
    """What a document says.

    Attributes:
        story: its elements, in the order of reading.
        passed: texts that a file may hold and nobody hears: what is repeated, and what stands in a figure.
        furniture: texts of page templates, by the template.
    """

    story: list[Heard | str]
    passed: list[str] = field(default_factory=list)
    furniture: dict[str, list[str]] = field(default_factory=dict)


def say(body: str) -> Said:
    """Return what a marked story says."""
    root = etree.fromstring(body.encode())
    said = Said([])
    said.story = list(_blocks(root.find("story"), said))
    said.passed += [para.get("endDots") * 100 for para in root.iter("para") if para.get("endDots")]
    _close_levels(said.story, [])
    for page in root.find("template").iter("pageTemplate"):
        texts = page.iter(*_STRINGS, "para")
        said.furniture[page.get("id")] = ["".join(_texts(text)) for text in texts]
    return said


def _close_levels(kids: list[Heard | str], above: list[int]) -> None:
    """Let no level of headings be left out (ISO 14289-1, 7.4.2)."""
    for kid in kids:
        if isinstance(kid, str):
            continue
        if re.fullmatch("H[1-6]", kid.role):
            level = int(kid.role[1])
            above[:] = [*(one for one in above if one < level), level]
            kid.role = f"H{len(above)}"
        _close_levels(kid.kids, above)


# --- blocks ---------------------------------------------------------------------------------------


def _blocks(parent: etree._Element, said: Said) -> Iterator[Heard | str]:
    for element in parent.iterchildren(etree.Element):
        if element.tag in ("pto_header", "pto_trailer"):
            said.passed += ["".join(kid.text() for kid in _blocks(element, said) if isinstance(kid, Heard))]
        elif element.tag in _AROUND:
            yield from _blocks(element, said)
        else:
            yield from _block(element, said)


def _block(element: etree._Element, said: Said) -> Iterator[Heard]:
    match element.tag:
        case "para" | "pre" | "xpre" | "title" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
            yield from _paragraph(element)
        case "ol" | "ul":
            yield _list(element, said)
        case "blockTable":
            yield from _table(element, said)
        case "link":
            target = element.get("url") or "#"
            yield Heard("Link", list(_blocks(element, said)), {"target": target})
        case "img" | "qr":
            yield from _figure(element)
        case "imageAndFlowables":
            yield from _figure(element)
            yield from _blocks(element, said)  # type: ignore[misc]
        case "illustration":
            yield from _illustration(element, said)


def _figure(element: etree._Element) -> Iterator[Heard]:
    alt = element.get("alt") or (element.get("value") if element.tag == "qr" else "")
    if alt:
        yield Heard("Figure", [], {"alt": alt})


def _illustration(element: etree._Element, said: Said) -> Iterator[Heard]:
    strings = [("".join(_texts(text)), text) for text in element.iter(*_STRINGS)]
    if element.get("alt"):
        said.passed += [text for text, _ in strings]
        yield from _figure(element)
        return
    for drawn in element.iter(*_STRINGS, "qr"):
        if drawn.tag == "qr":
            yield from _figure(drawn)
            continue
        text = "".join(_texts(drawn))
        if drawn.find("pageNumber") is not None:
            said.passed.append(text)
        elif text.strip():
            yield Heard("P", [text])


def _list(element: etree._Element, said: Said) -> Heard:
    kind = element.get("bulletType", "1") if element.tag == "ol" else element.get("value", "circle")
    numbering = _NUMBERING.get(kind, "Decimal" if element.tag == "ol" else "Disc")
    first, items = int(element.get("start", "1")), []
    for count, item in enumerate(element.iterchildren("li"), start=first):
        counted = _COUNTED[kind].split()[count - 1] if element.tag == "ol" else ""
        label = element.get("bulletFormat", "%s").replace("%s", counted)
        body = Heard("LBody", list(_blocks(item, said)))
        items.append(Heard("LI", [Heard("Lbl", [label], {"any": element.tag == "ul"}), body]))
    return Heard("L", [*items], {"ListNumbering": numbering})


# --- tables ---------------------------------------------------------------------------------------


def _table(element: etree._Element, said: Said) -> Iterator[Heard]:
    rows = [list(row.iterchildren("td")) for row in element.iterchildren("tr")]
    repeated = int(element.get("repeatRows", "0"))
    heads = int(element.get("headerRows", str(repeated)))
    left = int(element.get("headerColumns", "0"))
    covered, spans = _spans(element, rows)
    found = []
    for y, row in enumerate(rows):
        cells = []
        for x, cell in enumerate(row):
            if (x, y) not in covered:
                cells.append(_cell(cell, said, _cell_role(x, y, heads, left), spans.get((x, y), (1, 1))))
        found.append(Heard("TR", [*cells]))
        if y < repeated:
            said.passed += [cell.text() for cell in cells]
    if heads or left:
        yield Heard("Table", [*found])
    else:
        yield from (kid for row in found for cell in row.kids for kid in _laid_out(cell))


def _laid_out(cell: Any) -> Iterator[Any]:
    """Yield what a cell says in a table that only lays out: text that stands by itself is a paragraph."""
    for kid in cell.kids:
        if isinstance(kid, Heard) and kid.role == "Link" and kid.kids and isinstance(kid.kids[0], str):
            kid.kids = [Heard("P", kid.kids)]
        yield Heard("P", [kid]) if isinstance(kid, str) else kid


def _cell_role(x: int, y: int, heads: int, left: int) -> tuple[str, dict[str, object]]:
    if y < heads:
        return "TH", {"Scope": "Column"}
    return ("TH", {"Scope": "Row"}) if x < left else ("TD", {})


def _cell(cell: Any, said: Said, kind: tuple[str, dict[str, object]], size: tuple[int, int]) -> Heard:
    role, more = kind[0], dict(kind[1])
    more |= {name: count for name, count in zip(("ColSpan", "RowSpan"), size, strict=True) if count > 1}
    kids: list[Heard | str] = list(_blocks(cell, said)) if len(cell) else [cell.text or ""]
    kids = [kid for kid in kids if not isinstance(kid, str) or bare(kid)]
    if cell.get("href"):
        kids = [Heard("Link", kids, {"target": cell.get("href")})]
    return Heard(role, kids, more)


def _spans(element: Any, rows: list[list[Any]]) -> tuple[set[tuple[int, int]], dict[tuple[int, int], tuple[int, int]]]:
    """Return the cells that others cover, and the columns and rows of those."""
    covered, sizes = set(), {}
    for span in element.iterfind("blockTableStyle/blockSpan"):
        (left, top), (right, bottom) = (map(int, span.get(name).split(",")) for name in ("start", "stop"))
        sizes[left, top] = right - left + 1, bottom - top + 1
        covered |= {(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)} - {(left, top)}
    return covered, sizes


# --- text -----------------------------------------------------------------------------------------


def _paragraph(element: etree._Element) -> Iterator[Heard]:
    kids = [kid for kid in _inline(element) if not isinstance(kid, str) or bare(kid)]
    if not kids:
        return
    role = _ROLES.get(str(element.tag), "P")
    role = f"H{element.get('heading')}" if element.get("heading") else role
    more: dict[str, object] = {"lang": element.get("lang")} if element.get("lang") else {}
    more |= {"case": True} if element.get("textTransform") else {}
    yield Heard(role, [*([element.get("bulletText")] if element.get("bulletText") else []), *kids], more)


def _texts(element: etree._Element) -> Iterator[str]:
    for kid in _inline(element):
        assert isinstance(kid, str)
        yield kid


def _inline(element: etree._Element) -> Iterator[Heard | str]:
    yield element.text or ""
    for child in element:
        yield from _inline_element(child)
        yield child.tail or ""


def _inline_element(element: etree._Element) -> Iterator[Heard | str]:
    match element.tag:
        case "pageNumber" | "seq":
            yield _NUMBER
        case "getName":
            yield _NAME
        case "unichar":
            yield chr(int(element.get("code", ""), 0))
        case "img":
            yield from _figure(element)
        case "a" if element.get("href"):
            kids = [kid for kid in _inline(element) if not isinstance(kid, str) or bare(kid)]
            target = element.get("href", "")
            if kids:
                yield Heard("Link", kids, {"target": "#" if target.startswith("#") else target})
        case _:
            yield from _inline(element)
