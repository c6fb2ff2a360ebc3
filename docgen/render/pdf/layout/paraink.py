"""Floor 2, edges: lines of text to ink, with what is under, through and behind it, and where its links are.

Places are ReportLab's. Words of justified text are set apart by offsets between glyphs, since the word space of PDF
knows fonts of one byte only. Knows no structure tree and no page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from docgen.render.pdf.layout.attributes import Colour, fill_operator, stroke_operator
from docgen.render.pdf.layout.blocks import FontUse, Ink
from docgen.render.pdf.layout.letters import Letters
from docgen.render.pdf.layout.lines import NO_BREAK_SPACE, SPACES, TEXT, Image, Line, Run
from docgen.render.pdf.layout.paramarks import Backs, Box, Links, Marks
from docgen.render.pdf.layout.parascript import SOFT_HYPHEN, Look, in_sight, is_plain, pieces_of, width_of
from docgen.render.pdf.layout.parastyle import ParaStyle
from docgen.render.pdf.typeset.bidi import has_right_to_left
from docgen.render.pdf.typeset.faces import Face
from docgen.render.pdf.typeset.setting import reads_back
from docgen.render.pdf.typeset.shaping import among_right_to_left

_FUZZ = 1e-8
_TRAILING = re.compile(f"[{SPACES}]+$")
#: Where all of ASCII is.
_FIRST_GROUP = frozenset({0})
_OBJECT = "\ufffc"
_WORDS = re.compile(r"[ \xa0]|[^ \xa0]+")


@dataclass(slots=True)
class Part:
    """A piece of a paragraph that the structure tree names: plain text, a piece of a link, or a picture.

    Attributes:
        ink: around the lower left corner of the paragraph.
        link: the number of the link it belongs to, -1 for none.
        text: what it says.
        alt: of a picture, which has a box; None where this is text. What is only there to be seen has an empty one.
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
        below: those of its parts that are drawn before all others, its pictures, and the decoration between them.
        links: number -> where it leads, and its boxes, one per line.
        anchors: names with x and y.
    """

    parts: tuple[Part, ...]
    back: Ink | None = None
    links: Mapping[int, tuple[str, list[Box]]] = field(default_factory=dict)
    anchors: tuple[tuple[str, float, float], ...] = ()
    below: tuple[Part, ...] = ()

    @property
    def says_nothing(self) -> bool:
        """Return whether all of it is decoration."""
        return not self.links and not any(part.text or part.alt for part in self.parts)


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


def draw_easy(lines: Sequence[Line], placing: Placing, look: Look, number: int) -> Drawing:
    """Return the ink of lines of one look with nothing along them: what `draw_lines` makes of them, sooner.

    Args:
        lines: each of one run, whose face has all of it.
        placing: without bullet.
        look: of all.
        number: of the face.
    """
    style, face, leading = placing.style, look.face, placing.style.leading
    left, indent, y, last = style.left_indent, placing.first, placing.height - look.size, len(lines) - 1
    ops = [f"BT\n/F{number} {look.size:.6g} Tf\n{fill_operator(look.colour)}"]
    groups: frozenset[int] = _FIRST_GROUP
    texts = []
    for index, line in enumerate(lines):
        move = gap = 0.0
        if style.alignment or line.extra < -_FUZZ:
            ends = index == last and placing.last
            ends = ends and not (style.justify_last_line and line.count > style.justify_last_line)
            move, gap = offset_of(line, style, ends, preformatted=False)
        text = line.runs[0].text
        ops.append(f"1 0 0 1 {left + indent + move:.3f} {y:.3f} Tm\n{text_operators(look, text, gap)}")
        texts.append(text)
        if not text.isascii() or not text.isprintable():
            groups |= face.groups(text)
        y -= leading
        indent = 0.0
    ops.append("ET\n")
    ink = Ink("".join(ops), frozenset([(number, group) for group in groups]))
    return Drawing((Part(ink, text=" ".join(texts)),))


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
    extra, alignment = line.extra, style.alignment or ("right" if line.rtl else "left")
    if alignment == "justify" and line.rtl and (line.forced or is_last):
        alignment = "right"
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
        self._open = _OpenPart(-1, placing.plain)
        self._links: dict[int, tuple[str, list[Box]]] = {}
        self._behind: list[str] = []
        self._under: list[str] = []
        self._both: list[str] = []
        self._anchors: list[tuple[str, float, float]] = []
        self._font_size = placing.style.font_size  # of the letters shown last
        self._rise = 0.0
        self._below: list[Part] = []  # pictures and lines along text, as ReportLab draws them, if there are pictures
        self._linked: list[tuple[int, str, Box]] = []  # pictures that lead somewhere: number, target, box
        self._edge = 0.0  # where dots at the end of a line end

    def finish(self, behind: list[str]) -> Drawing:
        self._close_part()
        alone = [found for found in self._linked if found[0] not in self._links]  # ReportLab has no links of those
        for number, target, box in alone:
            self._links.setdefault(number, (target, []))[1].append(box)
        if any(part.alt is not None for part in self._below):
            self._under = []
        else:
            self._below = []
        if self._under and self._behind:  # a background hides what is under the line above it
            self._behind, self._under = self._both, []
        if self._under:  # beneath all of the text, as ReportLab draws them
            self._parts = self._parts or [Part(Ink(""))]
            first = self._parts[0]
            first.ink = replace(first.ink, ops="".join([*self._under, first.ink.ops]))
        ops = "".join(behind + self._behind)
        back, anchors = Ink(ops) if ops else None, tuple(self._anchors)
        return Drawing(tuple(self._parts), back, self._links, anchors, tuple(self._below))

    def set_bullet(self, bullet: tuple[float, Sequence[Run]], y: float) -> None:
        x, runs = bullet
        self._open.move_to(x, y)
        for run in runs:
            if is_plain(run.look, run.text):
                self._show_plain(run, 0.0, hyphened=False)
            else:
                self._show_script(run, 0.0, x, y)

    def set_line(self, line: Line, y: float, indent: float, *, is_last: bool) -> None:
        """Set a line: first the places, in the order they are seen, then the letters, in the order they are read."""
        style, placing = self._style, self._placing
        ends = is_last and placing.last and not (style.justify_last_line and line.count > style.justify_last_line)
        move, gap = offset_of(line, style, ends, placing.preformatted)
        left = style.left_indent + indent
        placed = _Placed(line, gap, left + move)
        both_ways = line.rtl or any(not run.text.isascii() and has_right_to_left(run.text) for run in line.runs)
        marks, links, backs = Marks(both_ways), Links(both_ways), Backs()
        runs = _seen(line) if both_ways else enumerate(line.runs)
        self._edge = left + line.room
        for order, run in runs:
            self._meet(placed, order, run, y, marks, links, backs)
        self._write(placed, y, in_order=not both_ways)
        end = placed.x + (placed.spaces - 1) * gap
        if ends and style.end_dots and style.alignment != "right":
            self._set_dots(placed.x, end, self._edge, y, line.room)
        if placing.plain:
            links.finish(placed.x)
            marks.finish(placed.x + (line.extra if style.alignment == "justify" and not ends else 0.0))
        else:
            links.finish(end)
            marks.finish(end)
        backs.finish(end)
        drawn = [mark for mark in marks.done.values() if abs(mark.right - mark.left) > _FUZZ]
        drawn.sort(key=lambda mark: mark.mark.number)
        under = [mark.operators(y, self._size) for mark in drawn]
        if under:
            self._below.append(Part(Ink("".join(under))))
        for number, target, box in links.done.values():
            if box[2] > box[0]:
                self._links.setdefault(number, (target, []))[1].append(box)
        foot, height = y + self._size - leading_of(line, style), leading_of(line, style)
        behind = [
            f"{fill_operator(colour)}{x1:.3f} {foot:.3f} {x2 - x1:.3f} {height:.3f} re f\n"
            for x1, x2, colour in backs.done
        ]
        self._under += under
        self._behind += behind
        self._both += behind + under

    def _meet(self, placed: _Placed, order: int, run: Run, y: float, marks: Marks, links: Links, backs: Backs) -> None:
        """Find the place of a run, and what goes along it."""
        start = placed.x + placed.spaces * placed.gap
        if isinstance(run.extra, Image):
            placed.add(order, run, start)
            placed.x += run.extra.width
            if self._style.alignment != "center":  # ReportLab counts from the last picture
                self._edge = start + run.extra.width + placed.line.room
            placed.before = None
            return
        if isinstance(run.extra, str):
            self._anchors.append((run.extra, placed.x, y + leading_of(placed.line, self._style)))
            placed.before = None
            return
        look, before = run.look, placed.before
        end = start - (_trailing(before) if before is not None else 0.0)
        if look.marks or marks.open:
            marks.meet(look.marks, look.size, look.colour, start, end)
        if look.links or links.open:
            links.meet(look.links, placed.x, end, self._link_range(look, y))
        if look.back or backs.colour:
            backs.meet(look.back, start, end)
        placed.add(order, run, start)
        placed.before = run
        if run.text:
            placed.x += width_of(look, run.text) if is_plain(look, run.text) else _width_seen(run)
            placed.spaces += run.text.count(" ") + run.text.count(NO_BREAK_SPACE)

    def _write(self, placed: _Placed, y: float, *, in_order: bool) -> None:
        at: float | None = None
        items = placed.items if in_order else sorted(placed.items, key=lambda item: item[0])
        for index, (_, run, start) in enumerate(items):
            link = run.look.links[-1][0] if run.look.links else -1
            if isinstance(run.extra, Image):
                self._set_image(run.extra, start, y, link)
                if run.look.links:
                    self._linked.append((*run.look.links[-1], self._parts[-1].box))
                at = None
                continue
            if link != self._open.link:
                self._close_part()
                self._open = _OpenPart(link, self._placing.plain)
                at = None
            self._font_size, self._rise = run.look.size, run.look.rise
            if not run.text:
                continue
            if at is None or not in_order:
                self._open.move_to(start, y)
            at = start
            hyphened = placed.line.hyphened and run is placed.line.runs[-1]
            if is_plain(run.look, run.text.replace(SOFT_HYPHEN, "")) and not run.rtl:
                if placed.line.rtl and not in_order and index + 1 < len(items):
                    run = self._show_turned(run, alone=not any(has_right_to_left(r.text) for r in placed.line.runs))
                self._show_plain(run, placed.gap, hyphened=hyphened)
            else:
                self._show_script(run, placed.gap, start, y)

    def _show_plain(self, run: Run, gap: float, *, hyphened: bool) -> None:
        look, text = run.look, run.text
        if not text:
            return
        if hyphened:
            ops = text_operators(look, text[:-1], gap) + _HYPHEN.format(look.face.hex("-"))
        else:
            ops = text_operators(look, text, gap)
        self._open.show(look, look.face, ops, self._letters, text, look.face.groups(text))

    def _show_turned(self, run: Run, *, alone: bool) -> Run:
        """Show the first word of what goes from left to right among the rest, and return what is left.

        The word says that it stands in text from right to left. Readers that make sentences of what they see from
        left to right would take the signs and the space after a number for a part of it.
        """
        look, first = run.look, run.text.split(" ", 1)[0].replace(SOFT_HYPHEN, "")
        if not first or NO_BREAK_SPACE in first:
            return run
        actual = among_right_to_left(first, alone=alone).encode("utf-16-be").hex().upper()
        ops = f"/Span <</ActualText <FEFF{actual}>>> BDC\n<{look.face.hex(first)}> Tj\nEMC\n"
        self._open.show(look, look.face, ops, self._letters, first, look.face.groups(first))
        return run.like(run.text[len(run.text.split(" ", 1)[0]) :])

    def _show_script(self, run: Run, gap: float, x: float, y: float) -> None:
        """Show shaped text word by word; the spaces between are those of the paragraph's own font."""
        look = run.look
        words = _WORDS.findall(run.text)
        for word in reversed(words) if run.rtl else words:
            self._open.move_to(x, y)
            if word in (" ", NO_BREAK_SPACE):
                self._open.show(look, look.face, text_operators(look, " "), self._letters, " ", look.face.groups(" "))
                x += look.face.width(" ", look.size) + gap
                continue
            for piece in pieces_of(look, word, run.rtl):
                ops = f"{piece.operators}\n"
                self._open.show(look, piece.face, ops, self._letters, piece.text, piece.groups)
                x += piece.width

    def _link_range(self, look: Look, y: float) -> tuple[float, float]:
        if self._placing.plain:
            return y - look.size / 8, y - look.size / 8 + self._style.leading
        return y + look.rise - 0.2 * look.size, y + look.rise + look.size

    def _set_image(self, image: Image, x: float, y: float, link: int) -> None:
        """Draw a picture; it stands by the size of the letters before it, as in ReportLab."""
        self._close_part()
        self._open = _OpenPart(link, False)
        width, height = image.size(self._font_size)
        low = y + image.rise(self._font_size)
        ops = f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {low:.3f} cm /{image.name} Do Q\n"
        ink = Ink(ops, resources=frozenset({image.name}))
        box = x, low, x + width, low + height
        self._parts.append(Part(ink, link, alt=image.alt or "", box=box))
        self._below.append(self._parts[-1])

    def _set_dots(self, x: float, end: float, edge: float, y: float, room: float) -> None:
        style = self._style
        look = Look(self._letters.face(style.font_name), style.font_size, style.text_color, self._rise)
        width = look.face.width(style.end_dots, look.size)
        if width <= 0 or end + width > room:
            return
        count = int((edge - end) / width)
        dots = style.end_dots * count
        self._close_part()
        self._open = _OpenPart(-1, self._placing.plain)
        self._open.move_to(edge - width * count, y)
        self._open.show(look, look.face, text_operators(look, dots), self._letters, "", look.face.groups(dots))
        self._parts.append(replace(self._open.finish(), alt=""))
        self._open = _OpenPart(-1, self._placing.plain)
        if style.back_color:
            foot = y + self._size - style.leading
            ops = f"{fill_operator(style.back_color)}{x:.3f} {foot:.3f} {edge - x:.3f} {style.leading:.3f} re f\n"
            self._behind.append(ops)
            self._both.append(ops)

    def _close_part(self) -> None:
        if self._open.ops:
            self._parts.append(self._open.finish())


class _OpenPart:
    def __init__(self, link: int, flat: bool) -> None:
        self.link = link
        self._flat = flat  # ReportLab raises no text that is all of one look
        self.ops: list[str] = []
        self._fonts: set[FontUse] = set()
        self._texts: list[str] = []
        self._look: tuple[int, float] | None = None
        self._colour: Colour | None = None
        self._rise = 0.0

    def move_to(self, x: float, y: float) -> None:
        if self._texts and not self._texts[-1].endswith(" "):
            self._texts.append(" ")
        self.ops.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm\n")

    def show(self, look: Look, face: Face, ops: str, letters: Letters, text: str, groups: Iterable[int]) -> None:
        number = letters.number(face)
        if (number, look.size) != self._look:
            self._look = number, look.size
            self.ops.append(f"/F{number} {look.size:.6g} Tf\n")
        if look.colour != self._colour:
            self._colour = look.colour
            self.ops.append(fill_operator(look.colour))
        if look.rise != self._rise and not self._flat:
            self._rise = look.rise
            self.ops.append(f"{look.rise:.3f} Ts\n")
        self.ops.append(ops)
        self._texts.append(text)
        self._fonts.update((number, group) for group in groups)

    def finish(self) -> Part:
        ops = f"BT\n{''.join(self.ops)}ET\n"
        text = "".join(self._texts).strip()
        return Part(Ink(ops, frozenset(self._fonts)), self.link, text)


class _Placed:
    """The runs of a line with their places."""

    __slots__ = ("before", "gap", "items", "line", "spaces", "x")

    def __init__(self, line: Line, gap: float, x: float) -> None:
        self.line = line
        self.gap = gap
        self.x = x  # without what is added to spaces
        self.spaces = 0
        self.before: Run | None = None
        self.items: list[tuple[int, Run, float]] = []

    def add(self, order: int, run: Run, start: float) -> None:
        self.items.append((order, run, start))


def _seen(line: Line) -> Iterator[tuple[int, Run]]:
    """Yield the runs of a line that goes both ways, from left to right, each with its place in the reading."""
    texts = [run.text if run.kind == TEXT else _OBJECT for run in line.runs]
    found = in_sight(texts, line.rtl)
    reading = {(number, start): order for order, (number, start, *_) in enumerate(sorted(found))}
    for number, start, end, rtl in found:
        run = line.runs[number]
        if run.kind == TEXT:
            run = run.like(run.text[start:end])
            run.rtl = rtl
        yield reading[number, start], run


def _width_seen(run: Run) -> float:
    """Return the width of a text set word by word."""
    look, width = run.look, 0.0
    for word in _WORDS.findall(run.text):
        if word in (" ", NO_BREAK_SPACE):
            width += look.face.width(" ", look.size)
        else:
            width += sum(piece.width for piece in pieces_of(look, word, run.rtl))
    return width


def _trailing(run: Run) -> float:
    found = _TRAILING.search(run.text)
    return run.look.face.width(found[0], run.look.size) if found else 0.0


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
