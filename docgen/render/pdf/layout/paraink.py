"""Floor 2, edges: lines of text to ink, with what is under, through and behind it, and where its links are.

Places are ReportLab's. Words of justified text are set apart by offsets between glyphs, since the word space of PDF
knows fonts of one byte only. Knows no structure tree and no page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from docgen.render.pdf.layout.attributes import BLACK, Colour, fill_operator, length, stroke_operator
from docgen.render.pdf.layout.blocks import FontUse, Ink
from docgen.render.pdf.layout.letters import Letters
from docgen.render.pdf.layout.lines import NO_BREAK_SPACE, SOFT_HYPHEN, TEXT, Image, Line, Look, Mark, Run
from docgen.render.pdf.layout.parastyle import ParaStyle
from docgen.render.pdf.typeset.setting import reads_back

#: Left, bottom, right, top.
Box = tuple[float, float, float, float]
_FUZZ = 1e-8
_FACTOR = re.compile(r"\s*(.*?)\s*\*\s*([PLfF])\s*")
_TRAILING = re.compile(r"\s+$")


@dataclass(slots=True)
class Part:
    """A piece of a paragraph that the structure tree names: plain text, a piece of a link, or a picture.

    Attributes:
        ink: around the lower left corner of the paragraph.
        link: the number of the link it belongs to, -1 for none.
        text: what it says.
        alt: of a picture, which has a box; None where this is none.
    """

    ink: Ink
    link: int = -1
    text: str = ""
    alt: str | None = None
    box: Box = (0.0, 0.0, 0.0, 0.0)


@dataclass(slots=True)
class Drawing:
    """What a paragraph puts on a page.

    Attributes:
        back: decoration behind it.
        links: number -> where it leads, and its boxes, one per line.
        anchors: names with x and y.
    """

    parts: tuple[Part, ...]
    back: Ink | None = None
    links: Mapping[int, tuple[str, list[Box]]] = field(default_factory=dict)
    anchors: tuple[tuple[str, float, float], ...] = ()


@dataclass(slots=True)
class Placing:
    """How lines stand in their paragraph.

    Attributes:
        height: of all lines; the first one hangs from it.
        first: the first line's indent, bullets considered.
        last: whether the last line ends the paragraph, so that it is not justified.
        bullet: runs and where they begin.
        plain: whether all is of one look. Lines under it then go as far as the text, and links by the leading.
    """

    style: ParaStyle
    width: float
    height: float
    first: float
    last: bool = True
    preformatted: bool = False
    bullet: tuple[float, Sequence[Run]] | None = None
    plain: bool = False


def draw_lines(lines: Sequence[Line], placing: Placing, letters: Letters) -> Drawing:
    """Return the ink of lines."""
    pen = _Pen(placing, letters, lines[0].size if lines else placing.style.font_size)
    if lines and placing.bullet:
        pen.set_bullet(placing.bullet, placing.height - lines[0].size)
    y, below = placing.height - (lines[0].size if lines else 0.0), 0.0
    for index, line in enumerate(lines):
        ascent, descent = _bounds(line, placing.style)
        if index:
            y -= below + ascent
        pen.set_line(line, y, placing.first if index == 0 else 0.0, is_last=index == len(lines) - 1)
        below = descent
    return pen.finish(_background(placing))


def leading_of(line: Line, style: ParaStyle) -> float:
    """Return how much height a line takes."""
    if style.auto_leading == "max":
        return max(line.ascent - line.descent, style.leading)
    return line.ascent - line.descent if style.auto_leading == "min" else style.leading


def _bounds(line: Line, style: ParaStyle) -> tuple[float, float]:
    if style.auto_leading == "max":
        return max(style.leading * 5 / 6, line.ascent), max(style.leading / 6, -line.descent)
    return (line.ascent, -line.descent) if style.auto_leading == "min" else (style.leading, 0.0)


def offset_of(line: Line, style: ParaStyle, is_last: bool, preformatted: bool) -> tuple[float, float]:
    """Return by how much a line is moved to the right, and what is added to each of its spaces."""
    extra, alignment = line.extra, style.alignment
    if alignment == "justify":
        simple = preformatted or line.forced or -_FUZZ < extra <= _FUZZ or (is_last and extra > -_FUZZ)
    else:
        simple = extra > -_FUZZ or preformatted
    spaces = 0 if simple else line.count - 1 + sum(run.text.count(NO_BREAK_SPACE) for run in line.runs)
    if spaces > 0:
        return 0.0, extra / spaces
    return {"center": 0.5 * extra, "right": extra}.get(alignment, 0.0), 0.0


def text_operators(look: Look, text: str, gap: float = 0.0) -> str:
    """Return what shows text of a face that has its characters; `gap` is added to each space."""
    face = look.face
    if SOFT_HYPHEN in text:
        text = text.replace(SOFT_HYPHEN, "")
    if gap and (" " in text or NO_BREAK_SPACE in text):
        # No empty string in the array: pdfium loses the offset before one.
        move = f" {-gap * 1000 / look.size:.2f} "
        words = text.replace(NO_BREAK_SPACE, " ").split(" ")
        spaced = move.join([f"<{face.hex(f'{word} ')}>" for word in words[:-1]])
        last = f"<{face.hex(words[-1])}>" if words[-1] else ""
        return f"[{spaced}{move}{last}] TJ\n"
    shown = f"<{face.hex(text)}> Tj\n"
    if text.isascii() or reads_back(face, text):
        return shown
    actual = text.encode("utf-16-be").hex().upper()
    return f"/Span <</ActualText <FEFF{actual}>>> BDC\n{shown}EMC\n"


_HYPHEN = "/Span <</ActualText <FEFF00AD>>> BDC\n<{}> Tj\nEMC\n"


class _Pen:
    """Writes lines one after another."""

    def __init__(self, placing: Placing, letters: Letters, size: float) -> None:
        self._placing = placing
        self._style = placing.style
        self._letters = letters
        self._size = size  # of the first line, which lines and backgrounds of all lines go by
        self._parts: list[Part] = []
        self._open = _OpenPart(-1)
        self._links: dict[int, tuple[str, list[Box]]] = {}
        self._behind: list[str] = []
        self._anchors: list[tuple[str, float, float]] = []
        self._font_size = placing.style.font_size  # of the letters shown last
        self._rise = 0.0

    def finish(self, behind: list[str]) -> Drawing:
        self._close_part()
        ops = "".join(behind + self._behind)
        return Drawing(tuple(self._parts), Ink(ops) if ops else None, self._links, tuple(self._anchors))

    def set_bullet(self, bullet: tuple[float, Sequence[Run]], y: float) -> None:
        x, runs = bullet
        self._open.move_to(x, y)
        for run in runs:
            self._open.show(run.look, text_operators(run.look, run.text), self._letters, run.text)

    def set_line(self, line: Line, y: float, indent: float, *, is_last: bool) -> None:
        style, placing = self._style, self._placing
        ends = is_last and placing.last and not (style.justify_last_line and line.count > style.justify_last_line)
        move, gap = offset_of(line, style, ends, placing.preformatted)
        left = style.left_indent + indent
        x, spaces, marks, links, backs = left + move, 0, _Marks(), _Links(), _Backs()
        end, before, has_moved = x, "", True
        for index, run in enumerate(line.runs):
            start = x + spaces * gap
            if isinstance(run.extra, Image):
                self._set_image(run.extra, start, y)
                x += run.extra.width
                before, has_moved = "", True
                continue
            if isinstance(run.extra, str):
                self._anchors.append((run.extra, x, y + leading_of(line, style)))
                before = ""
                continue
            look = run.look
            end = start - (_trailing(before, line.runs[index - 1].look) if index else 0.0)
            marks.meet(look, start, end)
            backs.meet(look.back, start, end)
            if look.links or links.open:
                links.meet(look.links, x, end, self._link_range(look, y))
            link = look.links[-1][0] if look.links else -1
            if link != self._open.link:
                self._close_part()
                self._open = _OpenPart(link)
                has_moved = True
            if has_moved and run.text:
                self._open.move_to(start, y)
                has_moved = False
            width = self._show(run, gap, hyphened=line.hyphened and index == len(line.runs) - 1)
            own = run.text.count(" ") + run.text.count(NO_BREAK_SPACE)
            x += width
            spaces += own
            before = run.text
        end = x + (spaces - 1) * gap
        if ends and style.end_dots and style.alignment != "right":
            self._set_dots(x, end, left + line.room, y, line.room)
        if placing.plain:
            justified = style.alignment == "justify" and not ends
            marks.finish(x + (line.extra if justified else 0.0))
            links.finish(x)
        else:
            marks.finish(end)
            links.finish(end)
        backs.finish(end)
        self._open.under += [mark.operators(y, self._size) for mark in marks.done.values()]
        for number, target, box in links.done:
            self._links.setdefault(number, (target, []))[1].append(box)
        foot = y + self._size - leading_of(line, style)
        for x1, x2, colour in backs.done:
            box = f"{x1:.3f} {foot:.3f} {x2 - x1:.3f} {leading_of(line, style):.3f} re f\n"
            self._behind.append(fill_operator(colour) + box)

    def _show(self, run: Run, gap: float, *, hyphened: bool) -> float:
        look, text = run.look, run.text
        self._font_size, self._rise = look.size, look.rise
        if not text:
            return 0.0
        if hyphened:
            ops = text_operators(look, text[:-1], gap) + _HYPHEN.format(look.face.hex("-"))
        else:
            ops = text_operators(look, text, gap)
        self._open.show(look, ops, self._letters, text)
        return look.face.width(text.replace(SOFT_HYPHEN, ""), look.size)

    def _link_range(self, look: Look, y: float) -> tuple[float, float]:
        if self._placing.plain:
            return y - look.size / 8, y - look.size / 8 + self._style.leading
        return y + look.rise - 0.2 * look.size, y + look.rise + look.size

    def _set_image(self, image: Image, x: float, y: float) -> None:
        """Draw a picture; it stands by the size of the letters before it, as in ReportLab."""
        self._close_part()
        self._open = _OpenPart(self._open.link)
        width, height = image.size(self._font_size)
        low = y + image.rise(self._font_size)
        ops = f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {low:.3f} cm /{image.name} Do Q\n"
        ink = Ink(ops, resources=frozenset({image.name}))
        box = x, low, x + width, low + height
        self._parts.append(Part(ink, self._open.link, alt=image.alt or "", box=box))

    def _set_dots(self, x: float, end: float, edge: float, y: float, room: float) -> None:
        style = self._style
        look = Look(self._letters.face(style.font_name), style.font_size, style.text_color, self._rise)
        width = look.face.width(style.end_dots, look.size)
        if width <= 0 or end + width > room:
            return
        count = int((edge - end) / width)
        dots = style.end_dots * count
        self._open.move_to(edge - width * count, y)
        self._open.show(look, text_operators(look, dots), self._letters, "")
        if style.back_color:
            self._behind.append(
                f"{fill_operator(style.back_color)}{x:.3f} {y + self._size - style.leading:.3f} "
                f"{edge - x:.3f} {style.leading:.3f} re f\n"
            )

    def _close_part(self) -> None:
        if self._open.ops or self._open.under:
            self._parts.append(self._open.finish())


class _OpenPart:
    def __init__(self, link: int) -> None:
        self.link = link
        self.ops: list[str] = []
        self.under: list[str] = []
        self._fonts: set[FontUse] = set()
        self._texts: list[str] = []
        self._look: tuple[int, float] | None = None
        self._colour: Colour | None = None
        self._rise = 0.0

    def move_to(self, x: float, y: float) -> None:
        if self._texts and not self._texts[-1].endswith(" "):
            self._texts.append(" ")
        self.ops.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm\n")

    def show(self, look: Look, ops: str, letters: Letters, text: str) -> None:
        number = letters.number(look.face)
        if (number, look.size) != self._look:
            self._look = number, look.size
            self.ops.append(f"/F{number} {look.size:.6g} Tf\n")
        if look.colour != self._colour:
            self._colour = look.colour
            self.ops.append(fill_operator(look.colour))
        if look.rise != self._rise:
            self._rise = look.rise
            self.ops.append(f"{look.rise:.3f} Ts\n")
        self.ops.append(ops)
        self._texts.append(text)
        self._fonts.update((number, group) for group in look.face.groups(text))

    def finish(self) -> Part:
        ops = f"{''.join(self.under)}BT\n{''.join(self.ops)}ET\n"
        text = "".join(self._texts).strip()
        return Part(Ink(ops, frozenset(self._fonts)), self.link, text)


def _trailing(text: str, look: Look) -> float:
    found = _TRAILING.search(text)
    return look.face.width(found[0], look.size) if found else 0.0


# --- lines under, through and behind text ------------------------------------------------------------


@dataclass(slots=True)
class _OpenMark:
    mark: Mark
    size: float
    colour: Colour
    left: float
    largest: float
    right: float = 0.0

    def operators(self, y: float, first_size: float) -> str:
        mark = self.mark
        sizes = {"L": first_size, "P": first_size, "f": self.size, "F": self.largest}
        width = amount(mark.width, sizes, 1.0)
        step = amount(mark.gap, sizes, 1.0) + width
        under = mark.kind == "underline"
        y += mark.rise + amount(mark.offset or ("-0.125*L" if under else "0.25*L"), sizes, 0.0)
        colour = mark.colour or self.colour
        drawn = (f"{self.left:.3f} {y - turn * step * (1 if under else -1):.3f} m " for turn in range(mark.times))
        ends = (f"{self.right:.3f} {y - turn * step * (1 if under else -1):.3f} l S\n" for turn in range(mark.times))
        lines = "".join(start + end for start, end in zip(drawn, ends, strict=True))
        return f"{stroke_operator(colour)}{width:.4g} w\n{lines}"


def amount(text: str, sizes: dict[str, float], default: float) -> float:
    """Return a length, or a factor of a font's size."""
    if not text.strip():
        return default
    found = _FACTOR.fullmatch(text)
    return float(found[1]) * sizes[found[2]] if found else length(text)


@dataclass(slots=True)
class _Marks:
    open: dict[int, _OpenMark] = field(default_factory=dict)
    done: dict[int, _OpenMark] = field(default_factory=dict)  # one a line: ReportLab draws the last

    def meet(self, look: Look, start: float, end: float) -> None:
        if not look.marks and not self.open:
            return
        wanted = {mark.number for mark in look.marks}
        for number in [number for number in self.open if number not in wanted]:
            self._close(number, end)
        for mark in look.marks:
            known = self.open.setdefault(mark.number, _OpenMark(mark, look.size, look.colour, start, look.size))
            known.largest = max(known.largest, look.size)

    def finish(self, end: float) -> None:
        for number in list(self.open):
            self._close(number, end)

    def _close(self, number: int, end: float) -> None:
        mark = self.open.pop(number)
        mark.right = end
        self.done[number] = mark


@dataclass(slots=True)
class _Links:
    open: dict[int, tuple[str, float, float, float]] = field(default_factory=dict)
    done: list[tuple[int, str, Box]] = field(default_factory=list)

    def meet(self, links: tuple[tuple[int, str], ...], start: float, end: float, reach: tuple[float, float]) -> None:
        wanted = dict(links)
        for number in [number for number in self.open if number not in wanted]:
            self._close(number, end)
        low, high = reach
        for number, target in links:
            _, left, bottom, top = self.open.get(number, (target, start, low, high))
            self.open[number] = target, left, min(bottom, low), max(top, high)

    def finish(self, end: float) -> None:
        for number in list(self.open):
            self._close(number, end)

    def _close(self, number: int, end: float) -> None:
        target, left, bottom, top = self.open.pop(number)
        self.done.append((number, target, (left, bottom, end, top)))


@dataclass(slots=True)
class _Backs:
    colour: Colour | None = None
    left: float = 0.0
    done: list[tuple[float, float, Colour]] = field(default_factory=list)

    def meet(self, colour: Colour | None, start: float, end: float) -> None:
        if self.colour:
            self.done.append((self.left, end, self.colour))
        self.colour, self.left = colour, start

    def finish(self, end: float) -> None:
        if self.colour:
            self.done.append((self.left, end, self.colour))


def _background(placing: Placing) -> list[str]:
    """Return the paragraph's own background and border."""
    style = placing.style
    border = style.border_color if style.border_width else None
    if not (style.back_color or border):
        return []
    top, right, bottom, left = style.border_padding
    x, y = style.left_indent - left, -bottom
    width = placing.width - (style.left_indent + style.right_indent) + left + right
    height = placing.height + top + bottom
    ops = ["q\n"]
    ops += [stroke_operator(border), f"{style.border_width:.4g} w\n"] if border else []
    ops += [fill_operator(style.back_color)] if style.back_color else []
    radius = style.border_radius if border else 0.0
    ops.append(_rounded(x, y, width, height, radius) if radius else f"{x:.3f} {y:.3f} {width:.3f} {height:.3f} re\n")
    ops.append({(True, True): "B\n", (True, False): "f\n"}.get((bool(style.back_color), bool(border)), "S\n"))
    return [*ops, "Q\n"]


def _rounded(x: float, y: float, width: float, height: float, radius: float) -> str:
    bend = radius * 0.4472
    right, top = x + width, y + height
    return (
        f"{x + radius:.3f} {y:.3f} m {right - radius:.3f} {y:.3f} l "
        f"{right - bend:.3f} {y:.3f} {right:.3f} {y + bend:.3f} {right:.3f} {y + radius:.3f} c "
        f"{right:.3f} {top - radius:.3f} l {right:.3f} {top - bend:.3f} {right - bend:.3f} {top:.3f} "
        f"{right - radius:.3f} {top:.3f} c {x + radius:.3f} {top:.3f} l "
        f"{x + bend:.3f} {top:.3f} {x:.3f} {top - bend:.3f} {x:.3f} {top - radius:.3f} c "
        f"{x:.3f} {y + radius:.3f} l {x:.3f} {y + bend:.3f} {x + bend:.3f} {y:.3f} {x + radius:.3f} {y:.3f} c h\n"
    )


__all__ = ["BLACK", "TEXT", "Box", "Drawing", "Part", "Placing", "amount", "draw_lines", "leading_of", "offset_of"]
