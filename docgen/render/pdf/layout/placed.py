"""Floor 2, edges: rules, links around blocks, drawings in a story, blocks at a place of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree

from docgen.render.pdf.layout.actions import Mark
from docgen.render.pdf.layout.attributes import Colour, colour, length, lengths, relative, stroke_operator
from docgen.render.pdf.layout.blocks import Block, Ink, Sheet
from docgen.render.pdf.layout.keeping import Container, draw_stack, inside, measure
from docgen.render.pdf.layout.maker import Maker, needed
from docgen.render.pdf.layout.resources import Opacity

_LIGHT_GREY = "lightgrey"
_CAPS = {"butt": 0, "round": 1, "square": 2}
_SHARES = {"left": 0.0, "center": 0.5, "centre": 0.5, "right": 1.0}


class Rule:
    """A line across the frame, or part of it."""

    keep_with_next = False

    def __init__(self, element: etree._Element, maker: Maker) -> None:
        self._width = element.get("width", "80%").strip()
        relative(self._width, 1.0)
        self._thickness = length(element.get("thickness", "1"))
        self._cap = _CAPS[element.get("lineCap", "round").lower()]
        self._share = _SHARES[element.get("align", "center").lower()]
        self._dash = lengths(element.get("dash", "").strip("()"))
        self._color = self._read_colour(element.get("color", _LIGHT_GREY))
        self._maker = maker
        self.space_before = length(element.get("spaceBefore", "1"))
        self.space_after = length(element.get("spaceAfter", "1"))
        self._across = 0.0

    @staticmethod
    def _read_colour(text: str) -> Colour:
        found = colour(text)
        if found is None:
            raise ValueError(f'"{text}" is not a colour')
        return found

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its length and its thickness."""
        self._across = min(relative(self._width, width), width)
        return self._across, self._thickness

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return nothing: a line is not split."""
        return ()

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it as decoration."""
        ops = f"{stroke_operator(self._color)}{self._thickness:.4g} w {self._cap} J\n"
        resources: frozenset[str] = frozenset()
        if self._color[3] < 1:
            name = self._maker.store.add(Opacity(1.0, self._color[3]))
            ops += f"/{name} gs\n"
            resources = frozenset({name})
        if self._dash:
            ops += f"[{' '.join(f'{part:.4g}' for part in self._dash)}] 0 d\n"
        ops += f"0 0 m {self._across:.3f} 0 l S\n"
        sheet.put(Ink(ops, resources=resources), x + spare * self._share, y)


class LinkAround(Container):
    """Blocks that lead somewhere together."""

    def __init__(self, blocks: Sequence[Block], element: etree._Element, maker: Maker) -> None:
        super().__init__(blocks)
        address, bookmark = element.get("url"), element.get("destination")
        if not address and not bookmark:
            raise ValueError("it needs a url or a destination")
        self._target = address or f"#{bookmark}"
        self._text = element.get("alt") or address or bookmark or ""
        self._border = length(element.get("boxStrokeWidth", "0"))
        self._color = colour(element.get("boxStrokeColor", "black"))
        self._dash = lengths(element.get("boxStrokeDashArray", ""))
        self._maker = maker
        self._size = 0.0, 0.0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size of the blocks."""
        stack = measure(self.blocks, width)
        self._size = stack.width, stack.height
        return self._size

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return nothing: it stands in one piece."""
        return ()

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw the blocks and the rectangle that leads on."""
        width, height = self._size
        document = self._maker.document
        with document.inside(document.at.add("Link")) as node:
            draw_stack(self.blocks, sheet, x, y + height, width + spare)
        sheet.link(node, x, y, x + width, y + height, self._target, self._text)
        if self._border and self._color:
            box = f"{x:.3f} {y:.3f} {width:.3f} {height:.3f} re S\n"
            dash = f"[{' '.join(f'{part:.4g}' for part in self._dash)}] 0 d\n" if self._dash else ""
            sheet.draw(f"q {self._border:.4g} w {stroke_operator(self._color)}{dash}{box}Q\n")


class PlacedStory(Mark):
    """Blocks in a box at a place of the page, of the frame, or beside the place reached."""

    def __init__(self, blocks: Sequence[Block], element: etree._Element, maker: Maker) -> None:
        self._blocks, self._element, self._maker = blocks, element, maker
        self._box = [length(needed(element, name)) for name in ("x", "y", "width", "height")]
        self._origin = element.get("origin", "page").lower()
        if self._origin not in ("page", "frame", "local"):
            raise ValueError(f'origin is page, frame or local, not "{self._origin}"')

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw the blocks. Raises TemplateError: they are larger than the box."""
        left, bottom, width, height = self._box
        left, bottom = self._at(left, bottom)
        y = bottom + height
        for block in self._blocks:
            used_width, used = block.wrap(width, height)
            if used_width > width or used > height:
                hint = "make the place larger or the text smaller"
                raise self._maker.fault(self._element, "there is not enough room for what stands here", hint)
            y -= used
            block.draw(sheet, left, y)
            height -= used

    def _at(self, left: float, bottom: float) -> tuple[float, float]:
        pouring = self._maker.pouring
        if pouring is None or self._origin == "page":
            return left, bottom
        frame = pouring.frame
        if self._origin == "frame":
            return left + frame.plan.left, bottom + frame.plan.bottom
        return left + frame.plan.left + frame.plan.padding_left, bottom + frame.y


# --- builders -------------------------------------------------------------------------------------


def rule(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of an `<hr>`."""
    yield Rule(element, maker)


def link(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<link>`."""
    yield LinkAround(inside(element, maker), element, maker)


def story_place(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<storyPlace>`."""
    yield PlacedStory(maker.flow(element), element, maker)
