"""Floor 2, edges: the cells of a table: how large their content is, and where it stands within them.

A cell holds plain text, or blocks that follow one another. Sizes of blocks are those of their last wrapping.
"""

from __future__ import annotations

from collections.abc import Sequence

from docgen.render.pdf.layout.blocks import Block, Document, Node, Sheet, Spacer
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.tablestyle import CellStyle
from docgen.render.pdf.layout.tabletext import before_mark, decimal_mark, text_ink, text_width

Content = str | tuple[Block, ...]
#: Widths and heights of the blocks of a cell.
Sizes = list[tuple[float, float]]
#: As much room as blocks could wish for.
BOUNDLESS = 72000.0
#: No content is as high as this.
_NEVER = 1e7


def measure(blocks: Sequence[Block], look: CellStyle, width: float | None) -> tuple[Sizes, float]:
    """Return the sizes of blocks within a column, and how high they stand together without paddings.

    Raises:
        ValueError: the column is narrower than its paddings.
    """
    if width is None:
        width = max(block.wrap(BOUNDLESS, BOUNDLESS)[0] for block in blocks)
    inner = width - look.left - look.right
    if inner < 0:
        raise ValueError(f"a column of {width:.4g} points is narrower than its paddings")
    room = BOUNDLESS - look.top - look.bottom
    if len(blocks) == 1:
        size = blocks[0].wrap(inner, room)
        check_room(size[1])
        return [size], size[1]
    sizes = [block.wrap(inner, room) for block in blocks]
    check_room(max(height for _, height in sizes))
    total = sum(height for _, height in sizes) + sum(block.space_before + block.space_after for block in blocks)
    return sizes, total - blocks[0].space_before - blocks[-1].space_after


def check_width(content: Content, look: CellStyle, width: float) -> None:
    """Refuse what stands in a column narrower than its paddings. Raises ValueError."""
    if content and width < look.left + look.right:
        raise ValueError(f"a column of {width:.4g} points is narrower than its paddings")


def check_room(height: float) -> None:
    """Refuse the height that text has where there is no width for it. Raises ValueError."""
    if height > _NEVER:
        raise ValueError("a column leaves no width for its content")


def text_height(text: str, look: CellStyle) -> float:
    """Return how high lines of text stand together without paddings."""
    return (look.leading or 1.2 * look.size) * (text.count("\n") + 1)


def least_width(content: Content, look: CellStyle, maker: Maker) -> float:
    """Return how wide a column must be for a cell, with its paddings."""
    if isinstance(content, str):
        width = text_width(content, look, maker)
    else:
        width = max((_block_width(block) for block in content), default=0.0)
    return width + (look.left + look.right)  # in this order, as the last digit counts


def _block_width(block: Block) -> float:
    if isinstance(block, Spacer):
        return block.width
    ask = getattr(block, "min_width", None)
    if ask is not None:
        return float(ask())
    return block.wrap(BOUNDLESS, BOUNDLESS)[0] if is_fixed(block) else 0.0


def is_fixed(block: Block) -> bool:
    """Return whether a block is as wide as it is: a picture, a code."""
    return isinstance(block, Spacer) or bool(getattr(block, "fixed_width", False))


def draw_text(sheet: Sheet, text: str, look: CellStyle, maker: Maker, rect: Sequence[float], node: Node | None) -> None:
    """Draw a cell's text within its rectangle: left, bottom, width, height."""
    left, bottom, width, height = rect
    if look.align == "LEFT":
        x = left + look.left
    elif look.align == "CENTER":
        x = left + (width + look.left - look.right) * 0.5
    else:
        x = left + width - look.right
    total = (text.count("\n") + 1) * look.leading
    if look.valign == "BOTTOM":
        y = bottom + look.bottom + total - look.size
    elif look.valign == "TOP":
        y = bottom + height - look.top - look.size
    else:
        y = bottom + (look.bottom + height - look.top + total) / 2.0 - look.size
    ink = text_ink(text, look, maker)
    if ink.fonts:
        sheet.put(ink, x, y, node)


def draw_blocks(sheet: Sheet, blocks: Sequence[Block], sizes: Sizes, look: CellStyle, rect: Sequence[float]) -> None:
    """Draw a cell's blocks within its rectangle: left, bottom, width, height. Raises ValueError."""
    left, bottom, width, height = rect
    total = sum(height for _, height in sizes) + sum(block.space_before + block.space_after for block in blocks)
    total -= blocks[0].space_before + blocks[-1].space_after
    if look.valign == "TOP":
        y = bottom + height - look.top
    elif look.valign == "BOTTOM":
        y = bottom + look.bottom + total
    else:
        y = bottom + (height + look.bottom - look.top + total) / 2.0
    y += blocks[0].space_before
    document = sheet.document
    for block, (block_width, block_height) in zip(blocks, sizes, strict=True):
        y -= block.space_before + block_height
        block.draw(sheet, left + _across(look, width, block, block_width, document), y)
        y -= block.space_after


def _across(look: CellStyle, width: float, block: Block, block_width: float, document: Document) -> float:
    """Return how far from the left of a cell a block stands."""
    if look.align == "LEFT":
        return look.left
    if look.align == "RIGHT":
        return width - look.right - block_width
    if look.align == "CENTER":
        return (width + look.left - look.right - block_width) / 2.0
    measure_start = getattr(block, "width_of_start", None)
    if measure_start is None:
        raise ValueError('only text and paragraphs can be aligned "decimal"')
    mark = decimal_mark(document.language)
    half = 0.5 * document.letters.face(look.font).width(mark, look.size)
    return float(width - look.right - half - measure_start(lambda text: len(before_mark(text, mark))))
