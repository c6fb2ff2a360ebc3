"""Floor 2, edges: `<imageAndFlowables>`: a picture at one side, blocks beside it, and below it what is left of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from docgen.render.pdf.drawing.pictures import figure, find, picture_ink
from docgen.render.pdf.layout.actions import Indent
from docgen.render.pdf.layout.attributes import length
from docgen.render.pdf.layout.blocks import TINY, Block, Sheet
from docgen.render.pdf.layout.keeping import ENDLESS, Container, draw_stack, inside, measure
from docgen.render.pdf.layout.lists import List
from docgen.render.pdf.layout.maker import Maker, needed, optional
from docgen.render.pdf.layout.parastyle import ParaStyle


@dataclass(frozen=True)
class SidePicture:
    """A picture, its size and its margins."""

    source: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    side: str
    alt: str | None


class Beside(Container):
    """A picture with blocks beside and below it."""

    splits_by_frame = True

    def __init__(self, picture: SidePicture, blocks: Sequence[Block], maker: Maker) -> None:
        super().__init__(_spread(blocks))
        self._picture, self._maker = picture, maker
        self._beside: list[Block] = []
        self._below: list[Block] = []
        self._room = self._head = 0.0
        self._size = 0.0, 0.0
        self._shown = picture.width, picture.height

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its size: the picture's height and that of what goes below it."""
        picture = self._picture
        self._shown = _restricted(picture.width, picture.height, width, height)
        self._room = width - picture.right - self._shown[0] - picture.left
        self._head = picture.top + self._shown[1] + picture.bottom
        used_width, used = width, 0.0
        self._beside, self._below = [], self.blocks
        if self._room > TINY:
            used_width, used, self._beside, self._below = self._part(self._room, self._head)
        if used_width > self._room + TINY:
            self._beside, self._below = [], self.blocks
        self._head = max(self._head, used)
        below = measure(self._below, width).height if self._below else 0.0
        self._size = width, self._head + below
        last = self._below  # of what goes below the picture, if anything does
        self.space_after = last[-1].space_after if last else 0.0
        return self._size

    def _part(self, width: float, height: float) -> tuple[float, float, list[Block], list[Block]]:
        """Return the width and height used beside the picture, what stands there, and what goes below."""
        widest = total = after = 0.0
        first = True
        blocks = self.blocks
        for at, block in enumerate(blocks):
            if isinstance(block, Indent):
                width -= block.left + block.right
                continue
            used_width, used = block.wrap(width, ENDLESS)
            if used_width <= TINY or used <= TINY:
                continue
            widest = max(widest, used_width)
            total += 0.0 if first else max(block.space_before - after, 0.0)
            first = False
            if total >= height or used_width > width:
                return widest, height, blocks[:at], blocks[at:]
            total += used
            if total > height:
                room = height - (total - used)
                whole = _whole_lines(block, room)
                height += whole - room
                parts = list(block.split(width, whole))
                if not parts:
                    return widest, height, blocks[:at], blocks[at:]
                return widest, height, [*blocks[:at], parts[0]], [*parts[1:], *blocks[at + 1 :]]
            after = block.space_after
            total += after
        return widest, total - after, blocks, []

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return the picture with what stands beside it, and what goes below."""
        self.wrap(width, height)
        if self._head > height:
            return ()
        below, more = self._below, []
        if below:
            parts = list(below[0].split(width, height - self._head))
            if parts:
                more, below = parts[:1], [*parts[1:], *below[1:]]
        return [Beside(self._picture, [*self._beside, *more], self._maker), *below]

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw the picture and the blocks."""
        picture, (width, height) = self._picture, self._size
        wide, high = self._shown
        if picture.side == "left":
            left = x + picture.left
            text = left + picture.right + wide
        else:
            left, text = x + width - wide - picture.right, x
        bottom = y + height - picture.top - high
        box = (left, bottom, left + wide, bottom + high)
        ink = picture_ink(find(picture.source, self._maker), wide, high)
        sheet.put(ink, left, bottom, figure(self._maker.document, picture.alt, sheet, box))
        draw_stack(self._beside, sheet, text, y + height, self._room)
        draw_stack(self._below, sheet, x, y + height - self._head, width)


def _spread(blocks: Sequence[Block]) -> list[Block]:
    return [item for block in blocks for item in (block.blocks if isinstance(block, List) else [block])]


def _whole_lines(block: Block, room: float) -> float:
    """Return a height that whole lines of a paragraph fill, rather too high than too low."""
    style = getattr(block, "style", None)
    if not isinstance(style, ParaStyle) or not style.leading:
        return room
    lines = style.leading * int(room / style.leading) + TINY
    return lines + style.leading if lines < room else lines


def _restricted(width: float, height: float, room: float, room_height: float) -> tuple[float, float]:
    """Return the size of a picture that is no larger than the room it has."""
    if width <= room + TINY and height <= room_height + TINY:
        return width, height
    scale = min(room / width, room_height / height)
    return width * scale, height * scale


def build(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of an `<imageAndFlowables>`."""
    source = needed(element, "imageName")
    placed = find(source, maker)
    side = element.get("imageSide", "right").lower()
    if side not in ("left", "right"):
        raise ValueError(f'imageSide is left or right, not "{side}"')
    width, height = optional(element, "imageWidth"), optional(element, "imageHeight")
    margins = {
        name: length(element.get(f"image{name.title()}Padding", default))
        for name, default in (("left", "0"), ("right", "3"), ("top", "0"), ("bottom", "3"))
    }
    picture = SidePicture(
        source, width or placed.width, height or placed.height, **margins, side=side, alt=element.get("alt")
    )
    yield Beside(picture, inside(element, maker), maker)
