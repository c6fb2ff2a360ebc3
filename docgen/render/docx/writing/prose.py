"""Floor 2, edges: formatted text from data (`docgen.prose`) as paragraphs, lists and tables of a Word text.

It looks as the template's own styles say: headings, lists, quotes, code, links and tables each take the style that Word
has for them. Where the template lacks one, they are set plainly. Knows neither Markdown nor HTML.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from docgen.pictures import read_picture
from docgen.prose import Block, Code, Heading, Item, Listing, Paragraph, Picture, Prose, Quote, Rule, Table, Text
from docgen.prose.builder import has_content
from docgen.prose.model import Align, Inline, pieces
from docgen.render.docx.spot import Spot, w
from docgen.render.docx.writing.lines import LineWriter
from docgen.render.docx.writing.looks import put, switch
from docgen.render.docx.writing.numbering import DEEPEST, STEP, ListPlace, numbering_of
from docgen.render.docx.writing.paragraphs import ParagraphLook
from docgen.render.docx.writing.room import room_twips
from docgen.render.docx.writing.stylesheet import is_on, style_sheet, value
from docgen.render.docx.writing.tables import TableWriter, make_gap

_CODE_STYLES = ("html preformatted", "source code", "preformatted text", "macro")
_QUOTE_STYLES = ("quote", "quotations", "block text")
_QUOTE_INDENT = 567  # twips: a centimetre
#: Where there are no styles for headings: how much larger than the text they are, and the space before, in twips.
_HEADINGS = ((1.5, 360), (1.3, 280), (1.15, 240), (1.0, 240), (1.0, 200), (1.0, 200))
#: What blocks with a style of their own take over from the paragraph around the tag.
_SHARED = ("bidi", "spacing", "jc")
#: What only the first paragraph can have.
_OF_THE_FIRST = ("pageBreakBefore", "numPr")


@dataclass(frozen=True)
class WordProse:
    """Blocks to be put into a Word text."""

    prose: Prose

    def __post_init__(self) -> None:
        for piece in pieces(self.prose):
            if isinstance(piece, Picture) and not isinstance(piece.source, str):
                read_picture(piece.source)  # its fault belongs to the tag

    def place(self, spot: Spot) -> None:
        """Put a single paragraph into its sentence, more blocks below what stands before the tag."""
        writer = _Writer(spot)
        blocks = list(self.prose)
        first = blocks[0] if blocks else None
        if isinstance(first, Paragraph) and (len(blocks) == 1 or writer.goes_on(first)):
            spot.inline(*writer.line(first.content, writer.room))
            del blocks[0]
        if blocks:
            made = list(writer.blocks(tuple(blocks), _Where(room=writer.room)))
            if made[0].tag == w("tbl") and _follows_table(spot):  # the two would grow together
                made.insert(0, make_gap())
            spot.blocks(*made)


def _follows_table(spot: Spot) -> bool:
    """Return whether a table stands before the paragraph of the tag, and in it nothing before the tag."""
    before = spot.paragraph.getprevious()
    begun = any(node.tag != w("pPr") for node in spot.run.itersiblings(preceding=True))
    return before is not None and before.tag == w("tbl") and not begun


@dataclass(frozen=True)
class _Where:
    """Where blocks stand.

    Attributes:
        indent: in twips, besides what the paragraph around the tag has.
        room: how wide they may be in twips, None where nobody knows.
        depth: how many lists are around them.
        style: their paragraph style where it is not that around the tag.
        last: no item of the lists around follows.
    """

    indent: int = 0
    room: int | None = None
    depth: int = 0
    style: str | None = None
    last: bool = True

    def deeper(self, indent: int) -> _Where:
        return replace(self, indent=self.indent + indent, room=self.room - indent if self.room is not None else None)


class _Writer:
    """Writes the blocks of one value."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        assembly = spot.story.assembly
        self._sheet = style_sheet(assembly)
        self._numbering = numbering_of(assembly)
        self._lines = LineWriter(spot, self._sheet)
        self._tables = TableWriter(self._sheet, self._cell)
        self._around = spot.paragraph_look
        self._base = ParagraphLook(self._around)
        self._unnumber()
        self.room = room_twips(spot.paragraph, spot.story)

    def _unnumber(self) -> None:
        """Let what is below a numbered paragraph stand below its text, without a number of its own."""
        base, style = self._base, value(self._base.get("pStyle"))
        own = base.get("numPr")
        found = self._sheet.list_of(style)
        if own is not None:
            level = value(own.find(w("ilvl"))) or "0"
            found = (value(own.find(w("numId"))), int(level) if level.isdigit() else 0)
        base.remove(*_OF_THE_FIRST)
        if found is None or found[0] in ("", "0"):
            return
        if self._sheet.list_of(style) is not None:
            base.list("0", 0)
        if base.get("ind") is None:
            left = self._numbering.left_of(*found)
            base.indent(left if left is not None else self._sheet.left_of(style) or 0)

    def goes_on(self, first: Paragraph) -> bool:
        """Return whether a first paragraph can stand in the paragraph of the tag."""
        return not first.align and has_content(first.content) and self._spot.run.getparent() is self._spot.paragraph

    def line(self, content: tuple[Inline, ...], room: int | None) -> list[etree._Element]:
        """Return a line's runs in the look around the tag."""
        return self._lines.runs(content, room=room)

    # --- blocks --------------------------------------------------------------------------------

    def blocks(self, blocks: tuple[Block, ...], where: _Where) -> Iterator[etree._Element]:
        """Yield paragraphs and tables."""
        for block in blocks:
            yield from self._block(block, where)

    def _block(self, block: Block, where: _Where) -> Iterator[etree._Element]:
        match block:
            case Paragraph():
                yield self._look(where, block.align).paragraph(*self.line(block.content, where.room))
            case Heading():
                yield self._heading(block, where)
            case Listing():
                yield from self._list(block, where)
            case Table():
                indent = self._base.left + where.indent
                yield from self._tables.write(block, self._room_for_table(where), indent, self._is_rtl)
            case Quote():
                yield from self._quote(block, where)
            case Code():
                yield self._code(block, where)
            case Rule():
                yield self._rule(where)

    def _look(self, where: _Where, align: Align = "") -> ParagraphLook:
        look = ParagraphLook(self._base.node)
        if where.style is not None:
            look = ParagraphLook(self._around, _SHARED).style(where.style)
        if where.indent:
            look.indent(self._base.left + where.indent)
        if align:
            look.put("jc", val=align)
        return look

    def _heading(self, block: Heading, where: _Where) -> etree._Element:
        style = self._sheet.find("paragraph", f"heading {block.level}")
        look = ParagraphLook(self._around, ("bidi",)) if style is not None else self._look(where)
        text = self._lines.look_of_style() if style is not None else self._lines.look()
        if style is not None:
            look.style(style)
            if where.indent:
                look.indent(self._base.left + where.indent)
        else:
            self._make_heading(block.level, look, text)
        if block.align:
            look.put("jc", val=block.align)
        return look.paragraph(*self._lines.runs(block.content, look=text, room=where.room))

    def _make_heading(self, level: int, look: ParagraphLook, text: etree._Element) -> None:
        factor, before = _HEADINGS[level - 1]
        said = value(text.find(w("sz")))
        size = int(said) if said.isdigit() else self._sheet.size_of(value(self._base.get("pStyle")) or None)
        look.put("keepNext").space(before, 100).put("outlineLvl", val=level - 1)
        switch(text, "b", True)
        for name in ("sz", "szCs"):
            put(text, name, val=str(round(size * factor)))

    def _quote(self, block: Quote, where: _Where) -> Iterator[etree._Element]:
        style = self._sheet.find("paragraph", *_QUOTE_STYLES)
        inner = where if style is not None and where.style != style else where.deeper(_QUOTE_INDENT)
        yield from self.blocks(block.blocks, replace(inner, style=style))

    def _code(self, block: Code, where: _Where) -> etree._Element:
        style = self._sheet.find("paragraph", *_CODE_STYLES)
        look = self._look(replace(where, style=style)).put("jc", val="left")
        text = self._lines.look_of_code(styled=style is not None)
        return look.paragraph(*self._lines.runs((Text(block.text),), look=text))

    def _rule(self, where: _Where) -> etree._Element:
        look = self._look(replace(where, style=None))
        border = etree.SubElement(look.make("pBdr"), w("bottom"))
        for name, said in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "auto")):
            border.set(w(name), said)
        return look.paragraph()

    # --- lists ---------------------------------------------------------------------------------

    def _list(self, block: Listing, where: _Where) -> Iterator[etree._Element]:
        depth = min(where.depth, DEEPEST)
        place = (
            self._numbering.numbers(depth, block.start, block.numbers)
            if block.ordered
            else self._numbering.bullets(depth)
        )
        for index, item in enumerate(block.items):
            last = where.last and index == len(block.items) - 1
            yield from self._item(item, place, replace(where, last=last))

    def _item(self, item: Item, place: ListPlace, where: _Where) -> Iterator[etree._Element]:
        first, *others = item.blocks or (None,)
        align: Align = first.align if isinstance(first, Paragraph) else ""
        content: tuple[Inline, ...] = ()
        if isinstance(first, Paragraph | Heading):
            content = first.content
        elif first is not None:
            others.insert(0, first)
        is_close = isinstance(others[0], Listing) if others else not where.last
        look, text = self._item_look(place, where, close=is_close), self._lines.look()
        if align:
            look.put("jc", val=align)
        if isinstance(first, Heading):
            switch(text, "b", True)
        room = where.room - place.left if where.room is not None else None
        yield look.paragraph(*self._lines.runs(content, look=text, room=room))
        yield from self._inside(tuple(others), place, where)

    def _inside(self, blocks: tuple[Block, ...], place: ListPlace, where: _Where) -> Iterator[etree._Element]:
        """Yield what stands in an item below its first line."""
        for index, block in enumerate(blocks):
            last = where.last and index == len(blocks) - 1
            if isinstance(block, Listing):
                yield from self._list(block, replace(where, depth=where.depth + 1, last=last))
            else:
                inner = replace(where.deeper(place.left), depth=where.depth + 1, last=last)
                yield from self._block(block, inner)

    def _item_look(self, place: ListPlace, where: _Where, *, close: bool) -> ParagraphLook:
        """Return the look of an item's first line; `close`: another item follows."""
        styled = place.style is not None
        look = ParagraphLook(self._around, _SHARED) if styled else ParagraphLook(self._base.node)
        if styled:
            look.style(place.style)
        if close and not styled:
            look.space(None, 60)
        elif close and self._sheet.is_close(place.style):  # Word does so among items of one level only
            look.space(None, 0)
        look.make("rPr").extend(self._lines.look())  # the look of the number
        shift = self._base.left + where.indent
        if shift or not styled:
            look.indent(shift + place.left, hanging=STEP)
        return look.list(place.num, place.level)

    # --- tables --------------------------------------------------------------------------------

    def _room_for_table(self, where: _Where) -> int | None:
        return where.room - self._base.left if where.room is not None else None

    @property
    def _is_rtl(self) -> bool:
        node = self._base.get("bidi")
        return node is not None and is_on(node)

    def _cell(self, blocks: tuple[Block, ...], align: Align, bold: bool, room: int | None) -> list[etree._Element]:
        """Return what stands in a cell, which ends in a paragraph."""
        inner = self._within_cell(align, bold)
        made = list(inner.blocks(blocks, _Where(room=room)))
        if not made or made[-1].tag != w("p"):
            made.append(inner._look(_Where()).paragraph())
        return made

    def _within_cell(self, align: Align, bold: bool) -> _Writer:
        """Return a writer of the same look, but without indents and with lines close together."""
        inner = copy.copy(self)
        look = ParagraphLook(self._base.node).remove("ind", "jc", "pBdr", "keepNext", "numPr").space(20, 20)
        if self._sheet.list_of(value(look.get("pStyle"))) is not None:
            look.style(None)
        if align:
            look.put("jc", val=align)
        inner._base, inner._around = look, look.node
        inner._tables = TableWriter(self._sheet, inner._cell)
        if bold:
            inner._lines = self._lines.bold()
        return inner
