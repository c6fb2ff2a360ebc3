"""Floor 2, edges: blocks that hold others: kept together, shrunk into a box, one below the other.

How high they are together, and where each stands, follows Platypus to the point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import sqrt

from lxml import etree

from docgen.limits import current_work
from docgen.render.pdf.layout.actions import Indent, ItemIndent, Mark, NextFrame, Nothing
from docgen.render.pdf.layout.attributes import length, switch
from docgen.render.pdf.layout.blocks import IDENTITY, TINY, Action, Block, Matrix, Sheet, times
from docgen.render.pdf.layout.maker import Maker, needed, number_or_text, optional
from docgen.render.pdf.overfull import overfull

#: As high as a page can be: what is measured with it is not limited.
ENDLESS = float(0xFFFFFFF)
#: Higher than any frame, so that the flow asks for parts.
_UNFITTING = float(0xFFFFFF)


@dataclass(frozen=True, slots=True)
class Stack:
    """What blocks take, one below the other."""

    width: float
    height: float
    first: float


def measure(blocks: Iterable[Block], width: float) -> Stack:
    """Return what blocks take: the space before the first and after the last is not counted."""
    widest = total = first = after = 0.0
    below = seen = False
    check_time = current_work().check_time
    for block in blocks:
        check_time()
        if isinstance(block, Indent):
            width -= block.left + block.right
            continue
        used_width, used = block.wrap(width, ENDLESS)
        first = first if seen else used
        seen = True
        if used <= TINY:
            continue
        widest = max(widest, min(used_width, width))
        total += used + (max(block.space_before - after, 0.0) if below else 0.0)
        below = True
        after = block.space_after
        total += after
    return Stack(widest, total - after, first)


def draw_stack(blocks: Sequence[Block], sheet: Sheet, x: float, y: float, width: float, *, scale: float = 1.0) -> None:
    """Draw blocks one below the other, the first below `y`; indents are drawn larger by `scale`, as in Platypus."""
    top, after = y, 0.0
    for block in blocks:
        if isinstance(block, Indent):
            x += block.left * scale
            width -= (block.left + block.right) * scale
            continue
        used_width, used = block.wrap(width, ENDLESS)
        if used < TINY:
            mark = block if isinstance(block, Mark) else getattr(block, "mark", None)
            if mark is not None:
                mark.draw(sheet, x, y)
            continue
        if y != top:
            used += max(block.space_before - after, 0.0)
        y -= used
        block.draw(sheet, x, y, width - used_width)
        after = block.space_after
        if block is not blocks[-1]:
            y -= after


class Container:
    """Blocks that stand as one: their outer spaces are those of the first and the last."""

    keep_with_next = False

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = list(blocks)
        upright = [block for block in blocks if not isinstance(block, (Indent, ItemIndent))]
        self.space_before = upright[0].space_before if upright else 0.0
        self.space_after = upright[-1].space_after if upright else 0.0


class KeepTogether(Container):
    """Blocks that are not parted from one another by the end of a frame, where that can be had."""

    splits_by_frame = True

    def __init__(self, blocks: Sequence[Block], maker: Maker, limit: float | None = None) -> None:
        super().__init__(blocks or [Nothing()])
        self._maker = maker
        self._limit = limit
        self._measured: tuple[tuple[float, float], Stack] | None = None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return a height that never fits, so that the flow asks for the parts."""
        stack = measure(_opened(self.blocks), width)
        self._measured = (width, height), stack
        return stack.width, _UNFITTING

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return its blocks, a frame's end before them where they do not fit."""
        if self._measured is None or self._measured[0] != (width, height):
            self.wrap(width, height)
        assert self._measured is not None
        begin = self.begin(self._measured[1], height)
        return [*([begin] if begin else []), *self.blocks]

    def begin(self, stack: Stack, height: float) -> Action | None:
        """Return what comes before its blocks; a frame's end where they have no room in this one."""
        too_high = stack.height > height and (not self._limit or height > self._limit)
        pouring = self._maker.pouring
        at_top = pouring is not None and pouring.frame.at_top
        if not (too_high or stack.first > height):
            return None
        if pouring is None:
            return Nothing()
        now, then = pouring.frame.plan, pouring.next_frame()
        if too_high:
            no_better = at_top and now.width >= then.width and now.height >= then.height
            return Nothing() if no_better else NextFrame()
        return NextFrame() if then.width >= now.width and then.height >= stack.height else Nothing()

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw the blocks where they stand in something that does not flow."""
        assert self._measured is not None
        (width, _), stack = self._measured
        draw_stack(self.blocks, sheet, x, y + stack.height, width)


def _opened(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks, those kept together among them one by one: they are as high as what is in them."""
    for block in blocks:
        if isinstance(block, KeepTogether):
            yield from _opened(block.blocks)
        else:
            yield block


class KeepInFrame(Container):
    """Blocks made to stand within a box."""

    def __init__(
        self,
        blocks: Sequence[Block],
        maker: Maker,
        element: etree._Element,
        mode: str,
        size: tuple[float | None, float | None],
    ) -> None:
        super().__init__(blocks)
        self._maker, self._element = maker, element
        self._mode, self._box = mode, size
        self._scale = 1.0
        self._size = 0.0, 0.0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size that the blocks take, shrunk where that is asked for."""
        room = min(self._box[0] or width, width), min(self._box[1] or height, height)
        stack = measure(self.blocks, room[0])
        wide, high = stack.width, stack.height
        if wide <= room[0] + TINY and high <= room[1] + TINY:
            self._size = wide - TINY, high - TINY
        elif self._mode == "error":
            raise overfull(self._maker.place(self._element))
        elif self._mode in ("overflow", "truncate"):
            self._size = min(room[0], wide) - TINY, min(room[1], high) - TINY
        else:
            return self._shrink(room, wide, high)
        return self._size

    def _scaled(self, scale: float, width: float) -> tuple[float, float]:
        stack = measure(self.blocks, scale * width)
        return stack.width / scale, stack.height / scale

    def _take(self, scale: float, size: tuple[float, float]) -> tuple[float, float]:
        self._scale = scale
        self._size = size[0] - TINY, size[1] - TINY
        return self._size

    def _shrink(self, room: tuple[float, float], wide: float, high: float) -> tuple[float, float]:
        """Find a scale at which the blocks fit: first for the width, then by a model of how height goes with it."""
        if min(*room, wide, high) <= 0:
            raise overfull(self._maker.place(self._element))
        before, before_high = 1.0, high
        if wide > room[0] + TINY:
            scale = wide / room[0]
            size = self._scaled(scale, room[0])
            if size[1] <= room[1] + TINY:
                self._take(scale, size)
                return size
            before, before_high, high = scale, size[1], size[1]
        first = high / room[1]
        size = self._scaled(first, room[0])
        self._take(first, size)
        if size[1] < min(0.95 * room[1], room[1] - 10) or size[1] >= room[1] + TINY:
            model = _height_model(before, first, before_high, size[1])
            self._try_scales(model, room)
        return self._size

    def _try_scales(self, model: tuple[float, float], room: tuple[float, float]) -> None:
        for less in (0, 0.01, 0.05, 0.10, 0.15):
            scale = _solve(room[1] * (1 - less), model)
            if scale is None:
                continue
            size = self._scaled(scale, room[0])
            if size[1] <= room[1] + TINY and size[0] <= room[0] + TINY:
                self._take(scale, size)
                return

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return nothing: it stands in one piece."""
        return ()

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw the blocks, shrunk or cut off."""
        width, height = self._size
        if self._mode == "truncate":
            with _changed(sheet, f"{x:.3f} {y:.3f} {width:.3f} {height:.3f} re W n\n", IDENTITY):
                draw_stack(self.blocks, sheet, x, y + height, width)
        elif self._scale != 1.0:
            by = 1 / self._scale
            with _changed(sheet, f"{by:.6f} 0 0 {by:.6f} {x:.3f} {y:.3f} cm\n", (by, 0.0, 0.0, by, x, y)):
                draw_stack(self.blocks, sheet, 0.0, height * self._scale, width * self._scale, scale=self._scale)
        else:
            draw_stack(self.blocks, sheet, x, y + height, width)


@contextmanager
def _changed(sheet: Sheet, ops: str, matrix: Matrix) -> Iterator[None]:
    """Draw what follows within other coordinates or a clipping path."""
    before = sheet.matrix
    sheet.out.append(f"q {ops}")
    sheet.matrix = before if matrix is IDENTITY else times(matrix, before)
    try:
        yield
    finally:
        sheet.matrix = before
        sheet.out.append("Q\n")


def _height_model(scale: float, other: float, high: float, other_high: float) -> tuple[float, float]:
    """Return a and b of height = a / scale^2 + b / scale through two points."""
    squares, lines = (1 / scale**2, 1 / other**2), (1 / scale, 1 / other)
    by = squares[0] * lines[1] - lines[0] * squares[1]
    if not by:
        return 0.0, high * scale
    return (lines[1] * high - lines[0] * other_high) / by, (squares[0] * other_high - squares[1] * high) / by


def _solve(high: float, model: tuple[float, float]) -> float | None:
    a, b = model
    if abs(a) <= TINY:
        return b / high
    half, rest = 0.5 * b / a, -high / a
    root = half * half - rest
    if root < 0:
        return None
    one = -half - sqrt(root) if half >= 0 else -half + sqrt(root)
    return max(1 / one, one / rest)


class BottomStack:
    """A block set at the foot of the frame."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._spare = 0.0
        self.space_before, self.space_after = block.space_before, block.space_after
        self.keep_with_next = block.keep_with_next
        self.style = getattr(block, "style", None)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its size, and note how much room is left below it."""
        used_width, used = self._block.wrap(width, height)
        self._spare = height - used
        return used_width, used

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return its parts; the first goes to the foot."""
        first, *rest = self._block.split(width, height) or (None,)
        if first is None:
            return ()
        return [BottomStack(first) if rest else first, *rest]

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it at the foot."""
        self._block.draw(sheet, x, y - max(0.0, self._spare - 1e-8), spare)


class Indented:
    """A block between an `<indent>`'s edges where no frame has them: in a cell."""

    keep_with_next = False

    def __init__(self, block: Block, left: float, right: float) -> None:
        self._block, self._left, self._right = block, left, right
        self.space_before, self.space_after = block.space_before, block.space_after

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its size, indents included."""
        used_width, used = self._block.wrap(width - self._left - self._right, height)
        return used_width + self._left + self._right, used

    def min_width(self) -> float:
        """Return the least width of the block, indents included."""
        ask = getattr(self._block, "min_width", None)
        return self._left + self._right + (float(ask()) if ask else 0.0)

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return its parts, indented alike."""
        parts = self._block.split(width - self._left - self._right, height)
        return [Indented(part, self._left, self._right) for part in parts]

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw the block."""
        self._block.draw(sheet, x + self._left, y, max(0.0, spare - self._left - self._right))


def indented(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks with the indents that begin and end among them."""
    left = right = 0.0
    for block in blocks:
        if isinstance(block, Indent):
            left, right = left + block.left, right + block.right
        elif left > TINY or right > TINY:
            yield Indented(block, left, right)
        else:
            yield block


# --- builders -------------------------------------------------------------------------------------


def inside(element: etree._Element, maker: Maker) -> list[Block]:
    """Return the blocks inside an element that holds them together. Raises TemplateError: one ends a frame."""
    blocks = maker.flow(element)
    if any(isinstance(block, NextFrame) for block in blocks):
        raise maker.fault(element, f"a frame cannot end inside <{element.tag}>", "end it between paragraphs")
    return blocks


def keep_together(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<keepTogether>`."""
    yield KeepTogether(inside(element, maker), maker, optional(element, "maxHeight"))


def _side(value: float | None, name: str) -> float | None:
    """Return a side of a box; none has less than nothing. Raises ValueError."""
    if value is not None and value < 0:
        raise ValueError(f"{name} is less than 0")
    return value


_MODES = ("error", "overflow", "shrink", "truncate")


def keep_in_frame(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<keepInFrame>`, and the frame's end before it where it names its frame."""
    mode = element.get("onOverflow", "shrink").lower()
    if mode not in _MODES:
        raise ValueError(f'onOverflow is one of {", ".join(_MODES)}, not "{mode}"')
    switch(element.get("mergeSpace", "yes"))
    if element.get("frame"):
        yield NextFrame(number_or_text(element.get("frame")))
    width, height = (_side(optional(element, name), name) for name in ("maxWidth", "maxHeight"))
    yield KeepInFrame(maker.flow(element), maker, element, mode, (width, height))


def fixed_size(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<fixedSize>`."""
    width, height = (_side(length(needed(element, name)), name) for name in ("width", "height"))
    yield KeepInFrame(maker.flow(element), maker, element, "shrink", (width, height))


def top_padder(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<topPadder>`: the one inside it, at the foot of its frame."""
    blocks = maker.flow(element)
    if len(blocks) != 1:
        raise ValueError("it holds more than one element" if blocks else "there is nothing in it")
    yield BottomStack(blocks[0])
