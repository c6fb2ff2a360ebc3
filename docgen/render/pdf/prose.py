"""Floor 2, edges: formatted text from data (`docgen.prose`) as RML. Knows neither Markdown nor HTML, and draws nothing.

It is set in the styles `markdown`, `markdown-h1` ... where the body defines them, else in the shipped font.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from docgen.prose import (
    Block,
    Break,
    Code,
    Heading,
    Inline,
    Item,
    Listing,
    Look,
    Paragraph,
    Picture,
    Prose,
    Quote,
    Rule,
    Table,
    Text,
)
from docgen.prose.model import Align
from docgen.prose.tables import Slot, column_shares, lay_out
from docgen.render.pdf.fonts import DEFAULT_FONT

LINK_COLOUR = "#0563C1"
_HAIRLINE = "#BFBFBF"
_STRONGER = "#808080"
_SIZES = (16, 14, 12, 11, 10, 10)  # points, of headings
_SIZE, _LEADING = 10, 14
_ALIGNS = {"left": "left", "center": "center", "right": "right", "both": "justify"}
_TYPES = {"": "1", "decimal": "1", "lower-letter": "a", "upper-letter": "A", "lower-roman": "i", "upper-roman": "I"}
_INDENT = 14  # points
#: Blanks that would be lost: before a line, and all but the last of several.
_SPACES = re.compile(r"^ +| +(?= )")
#: Higher pictures stand between lines of text, points.
_HIGHEST_IN_LINE = 16
_PLAIN_CELL = f'fontName="{DEFAULT_FONT}" fontSize="9" leading="12"'

#: Returns the `<img>` of a picture.
DrawPicture: TypeAlias = Callable[[Picture], str]


def _plain(size: int, leading: int) -> str:
    return f'fontName="{DEFAULT_FONT}" fontSize="{size}" leading="{leading}"'


@dataclass(frozen=True)
class _Where:
    """Where a block stands.

    Attributes:
        look: of its paragraphs, where the body defines no style.
    """

    look: str
    align: Align = ""
    bold: bool = False
    in_cell: bool = False
    in_list: bool = False


_TEXT = _Where(f'{_plain(_SIZE, _LEADING)} spaceAfter="5"')
_ITEM = _Where(f'{_plain(_SIZE, _LEADING)} spaceBefore="2"', in_list=True)


@dataclass(frozen=True)
class RmlProse:
    """Writes blocks.

    Attributes:
        styles: paragraph styles that the body defines.
        draw: writes pictures.
    """

    styles: frozenset[str]
    draw: DrawPicture

    def write(self, prose: Prose) -> str:
        """Return RML."""
        return "".join(self._block(block, _TEXT) for block in prose)

    def _block(self, block: Block, where: _Where) -> str:
        match block:
            case Paragraph():
                return self._paragraph(block, where)
            case Heading():
                return self._heading(block)
            case Listing():
                space = "" if where.in_list else '<spacer length="5"/>'
                return self._list(block) + space
            case Table():
                return self._table(block)
            case Quote():
                return f'<indent left="{_INDENT}">{"".join(self._block(one, where) for one in block.blocks)}</indent>'
            case Code():
                return self._code(block)
            case Rule():
                return f'<hr width="100%" color="{_STRONGER}" spaceBefore="4" spaceAfter="8"/>'

    # --- paragraphs ----------------------------------------------------------------------------

    def _paragraph(self, block: Paragraph, where: _Where) -> str:
        """Return a paragraph, parted where a picture is too high to stand in a line."""
        own = ["markdown-cell"] if where.in_cell else ["markdown-item"] if where.in_list else []
        style = self._style(*own, "markdown")
        look = f"style={quoteattr(style)}" if style else where.look
        made, line = [], ""
        for piece in block.content:
            rml = self._piece(piece)
            if isinstance(piece, Picture) and _is_high(rml):
                made += [_para(line, look, block.align or where.align)] if line.strip() else []
                made.append(rml)
                line = ""
            else:
                line += f"<b>{rml}</b>" if where.bold else rml
        if line.strip() or not made:
            made.append(_para(line, look, block.align or where.align))
        return "".join(made)

    def _heading(self, block: Heading) -> str:
        content = self._line(block.content, bold=True)
        style = self._style(f"markdown-h{block.level}", "markdown")
        size = _SIZES[block.level - 1]
        plain = f'{_plain(size, size + 4)} spaceBefore="{size // 2 + 2}" spaceAfter="4" keepWithNext="1"'
        return _para(content, f"style={quoteattr(style)}" if style else plain, block.align)

    def _code(self, block: Code) -> str:
        lines = escape(block.text).replace("\t", "    ").split("\n")
        text = "<br/>".join(_SPACES.sub(lambda found: "\u00a0" * len(found[0]), line) for line in lines)
        style = self._style("markdown-code", "markdown")
        plain = f'{_plain(9, 12)} backColor="#F2F2F2" borderPadding="4" spaceBefore="6" spaceAfter="10"'
        return _para(text, f"style={quoteattr(style)}" if style else plain)

    def _style(self, *names: str) -> str | None:
        return next((name for name in names if name in self.styles), None)

    # --- lists and tables ----------------------------------------------------------------------

    def _list(self, block: Listing) -> str:
        font = f'bulletFontName="{DEFAULT_FONT}" bulletFontSize="{_SIZE}" leftIndent="{_INDENT}"'
        if not block.ordered:
            items = "".join(f"<li>{self._item(item)}</li>" for item in block.items)
            return f'<ul value="bulletchar" {font}>{items}</ul>'
        # z3c.rml starts anew with each item that does not say its number.
        numbered = enumerate(block.items, block.start)
        items = "".join(f'<li value="{number}">{self._item(item)}</li>' for number, item in numbered)
        return f'<ol bulletFormat="%s." bulletType="{_TYPES[block.numbers]}" {font}>{items}</ol>'

    def _item(self, item: Item) -> str:
        return "".join(self._block(block, _ITEM) for block in item.blocks) or _para("", _ITEM.look)

    def _table(self, block: Table) -> str:
        grid = lay_out(block)
        widths = ",".join(f"{share:.4%}" for share in column_shares(block))
        repeat = f' repeatRows="{block.head}"' if 0 < block.head < len(grid) else ""
        rows = "".join(f"<tr>{''.join(self._slot(slot) for slot in row)}</tr>" for row in grid)
        return (
            f'<blockTable colWidths="{widths}"{repeat}>{_table_style(block, grid)}{rows}</blockTable>'
            '<spacer length="8"/>'
        )

    def _slot(self, slot: Slot) -> str:
        blocks = () if slot.continued else slot.cell.blocks
        where = _Where(_PLAIN_CELL, slot.cell.align, slot.cell.header, in_cell=True, in_list=True)
        first = f"<td>{''.join(self._block(block, where) for block in blocks)}</td>"
        return first + "<td></td>" * (slot.columns - 1)

    # --- in the line ---------------------------------------------------------------------------

    def _line(self, content: tuple[Inline, ...], bold: bool = False) -> str:
        text = "".join(self._piece(piece) for piece in content)
        return f"<b>{text}</b>" if bold and text else text

    def _piece(self, piece: Inline) -> str:
        if isinstance(piece, Break):
            return "<br/>"
        if isinstance(piece, Picture) and not isinstance(piece.source, str):
            return self.draw(piece)
        if isinstance(piece, Picture):  # on the web, where nobody fetches it
            assert isinstance(piece.source, str)
            piece = Text(piece.alt or piece.source, link=piece.link or piece.source)
        rml = _marked(escape(piece.text).replace("\n", "<br/>"), piece.look)
        return f'<a href={quoteattr(piece.link)} color="{LINK_COLOUR}"><u>{rml}</u></a>' if piece.link else rml


def _para(content: str, look: str, align: Align = "") -> str:
    look += f' alignment="{_ALIGNS[align]}"' if align else ""
    return f"<para {look}>{content}</para>"


def _marked(rml: str, look: Look) -> str:
    for wanted, tag in (
        (look.script == "sub", "sub"), (look.script == "super", "super"), (look.strike, "strike"),
        (look.underline, "u"), (look.italic, "i"), (look.bold, "b"),
    ):  # fmt: skip
        rml = f"<{tag}>{rml}</{tag}>" if wanted else rml
    return f'<font color="#{look.colour}">{rml}</font>' if look.colour else rml


def _table_style(table: Table, grid: list[list[Slot]]) -> str:
    line = '<lineStyle kind="{}" colorName="{}" thickness="{}" start="0,{}" stop="-1,{}"/>'
    made = [
        '<blockTopPadding length="3"/><blockBottomPadding length="3"/>',
        '<blockLeftPadding length="4"/><blockRightPadding length="4"/><blockValign value="TOP"/>',
        '<blockLeftPadding length="0" start="0,0" stop="0,-1"/>',
        '<blockRightPadding length="0" start="-1,0" stop="-1,-1"/>',
        line.format("LINEBELOW", _HAIRLINE, "0.5", 0, -1),
        line.format("LINEABOVE", _HAIRLINE, "0.5", 0, 0),
    ]
    if table.head:
        made.append(line.format("LINEBELOW", _STRONGER, "1", table.head - 1, table.head - 1))
    for number, row in enumerate(grid):
        for slot in row:
            if not slot.continued and (slot.columns > 1 or slot.cell.rows > 1):
                right, below = slot.column + slot.columns - 1, number + slot.cell.rows - 1
                made.append(f'<blockSpan start="{slot.column},{number}" stop="{right},{below}"/>')
    return f'<blockTableStyle id="docgen-table">{"".join(made)}</blockTableStyle>'


def _is_high(rml: str) -> bool:
    found = re.search(r' height="([\d.]+)"', rml)
    return found is not None and float(found[1]) > _HIGHEST_IN_LINE
