"""Floor 2, edges: page graphics: what `<pageGraphics>` draws straight onto a page, in the order it is written.

Text is content, the rest decoration; who begins a page says whether its text is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from lxml import etree

from docgen.errors import DocgenError
from docgen.render.pdf.drawing.borrowed import ON_PAGES, ink_of, place_of, said_of
from docgen.render.pdf.drawing.codes import code_ink
from docgen.render.pdf.drawing.codetexts import spoken
from docgen.render.pdf.drawing.hearing import words_of
from docgen.render.pdf.drawing.letterhead import draw_letterhead
from docgen.render.pdf.drawing.pictures import Box, figure, find
from docgen.render.pdf.drawing.replay import play, said_by
from docgen.render.pdf.drawing.shapes import SHAPES
from docgen.render.pdf.drawing.strings import draw_string
from docgen.render.pdf.fonts import DEFAULT_FONT
from docgen.render.pdf.layout.attributes import (
    BLACK,
    Colour,
    colour,
    fill_operator,
    length,
    lengths,
    number,
    stroke_operator,
    switch,
)
from docgen.render.pdf.layout.blocks import IDENTITY, Block, Bookmark, Ink, Matrix, Sheet, moved, times
from docgen.render.pdf.layout.edges import stay_on_page
from docgen.render.pdf.layout.maker import Maker, needed
from docgen.render.pdf.layout.resources import Opacity
from docgen.render.pdf.layout.wrong import WRONG, in_words

_JOINS = {"round": 1, "mitered": 0, "bevelled": 2}
_CAPS = {"default": 0, "butt": 0, "round": 1, "square": 2}


@dataclass(frozen=True)
class _State:
    """What `<saveState>` saves, beside the lines and colours that the file's own states keep."""

    font: str = DEFAULT_FONT
    size: float = 12.0
    matrix: Matrix = IDENTITY
    fill_alpha: float = 1.0
    stroke_alpha: float = 1.0


@dataclass
class Pen:
    """Page graphics under way on a sheet.

    Attributes:
        pending: operators that wait to be written as one piece of decoration.
    """

    sheet: Sheet
    maker: Maker
    state: _State = field(default_factory=_State)
    saved: list[_State] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)

    def write(self, ops: str) -> None:
        """Write operators that are decoration."""
        self.pending.append(ops)

    def flush(self) -> None:
        """Put what was written onto the sheet, before content follows."""
        if self.pending:
            self.sheet.draw("".join(self.pending))
            self.pending.clear()

    def move(self, matrix: Matrix) -> None:
        """Change the coordinates of what follows."""
        self.write(" ".join(f"{value:.8f}" for value in matrix) + " cm\n")
        self.state = replace(self.state, matrix=times(matrix, self.state.matrix))
        self.sheet.matrix = self.state.matrix


class Illustration:
    """A drawing in a story: page graphics with their origin at its lower left corner, read as one figure."""

    space_before = space_after = 0.0
    keep_with_next = False

    def __init__(self, element: etree._Element, maker: Maker) -> None:
        self._element = element
        self._maker = maker
        self._size = length(element.get("width", "")), length(element.get("height", "100"))

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its size."""
        return self._size

    def min_width(self) -> float:
        """Return its width."""
        return self._size[0]

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return nothing: a drawing is not split."""
        return ()

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it, and say of it what its `alt` says; without that its texts are read one by one."""
        document, alt = self._maker.document, self._element.get("alt")
        outer = sheet.matrix
        width, height = self._size
        if spare <= 0:
            stay_on_page(sheet, x, width)
        if alt is not None:
            with document.decoration():
                self._draw_at(sheet, x, y)
            node = figure(document, alt, sheet, (x, y, x + width, y + height))
            if node is not None:
                sheet.draw("", node)
        else:
            self._draw_at(sheet, x, y)
        sheet.matrix = outer

    def _draw_at(self, sheet: Sheet, x: float, y: float) -> None:
        state, cell = _State(matrix=sheet.matrix), sheet.cell
        sheet.out.append("q\n")
        if cell is not None:
            state = replace(state, font=cell.font, size=cell.size)
        pen = Pen(sheet, self._maker, state)
        if cell is not None and cell.colour != BLACK:
            pen.write(fill_operator(cell.colour))
        pen.move((1.0, 0.0, 0.0, 1.0, x, y))
        _draw_all(self._element, pen)


def build_illustration(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of an `<illustration>`."""
    yield Illustration(element, maker)


def draw_graphics(element: etree._Element, sheet: Sheet, maker: Maker) -> None:
    """Draw a `<pageGraphics>` onto a sheet; `<header>` and `<footer>` are places of their own, `<letterhead>` is paper.

    Raises:
        TemplateError: an element says something wrong; names it and its line.
    """
    if element.tag == "letterhead":
        draw_letterhead(element, sheet, maker)
        return
    sheet.out.append("q\n")
    _draw_all([element] if element.tag in ("header", "footer") else element, Pen(sheet, maker))
    sheet.matrix = IDENTITY


def _draw_all(elements: Iterable[etree._Element], pen: Pen) -> None:
    """Draw elements and end the state they were drawn in."""
    run: list[etree._Element] = []
    says: list[Hashable] = []
    document = pen.maker.document
    heard = document.reading.heard if document.reading is not None else frozenset()
    for child in elements:
        if not isinstance(child.tag, str):
            continue
        again = bool(heard) and words_of(child) in heard
        said = None if again else said_by(child)
        if said is not None:
            run.append(child)
            says.append(said)
            continue
        if run:
            play(run, says, pen, _draw)
            run, says = [], []
        with document.decoration() if again else nullcontext():
            _draw(child, pen)
    if run:
        play(run, says, pen, _draw)
    pen.flush()
    pen.sheet.out.append("Q\n" * (len(pen.saved) + 1))


def _draw(element: etree._Element, pen: Pen) -> None:
    shape = SHAPES.get(element.tag)
    try:
        if pen.maker.document.reading is not None and "y" in element.attrib:
            top = length(element.get("y", "0")) + length(element.get("height", "0"))
            pen.maker.document.read_at(moved(pen.state.matrix, 0.0, top)[1])
        if shape is not None:
            pen.write(shape(element))
            _lead_somewhere(element, pen)
        elif element.tag in _OTHERS:
            _OTHERS[element.tag](element, pen)
        else:
            raise pen.maker.fault(element, f"<{element.tag}> cannot stand inside <{element.getparent().tag}>")
    except DocgenError:
        raise
    except WRONG as error:
        raise pen.maker.fault(element, f"<{element.tag}>: {in_words(error, element)}") from error


def _lead_somewhere(element: etree._Element, pen: Pen) -> None:
    """Make a rectangle a link, where it says so."""
    address, bookmark = element.get("href"), element.get("destination")
    if element.tag != "rect" or not (address or bookmark):
        return
    pen.flush()
    x, y = length(element.get("x")), length(element.get("y"))
    right, top = x + length(element.get("width")), y + length(element.get("height"))
    node = pen.maker.document.at.add("Link")
    pen.sheet.link(node, x, y, right, top, address or f"#{bookmark}", element.get("alt") or address or bookmark)


# --- state ----------------------------------------------------------------------------------------


def _save(element: etree._Element, pen: Pen) -> None:
    pen.saved.append(pen.state)
    pen.write("q\n")


def _restore(element: etree._Element, pen: Pen) -> None:
    if not pen.saved:
        raise ValueError("no state was saved")
    pen.state = pen.saved.pop()
    pen.sheet.matrix = pen.state.matrix
    pen.write("Q\n")


def _fill(element: etree._Element, pen: Pen) -> None:
    rgb = colour(element.get("color", "")) or BLACK
    pen.write(fill_operator(rgb))
    _set_alpha(pen, replace(pen.state, fill_alpha=rgb[3]))


def _stroke(element: etree._Element, pen: Pen) -> None:
    rgb: Colour = colour(element.get("color", "")) or BLACK
    pen.write(stroke_operator(rgb))
    _set_alpha(pen, replace(pen.state, stroke_alpha=rgb[3]))


def _set_alpha(pen: Pen, state: _State) -> None:
    before = pen.state.fill_alpha, pen.state.stroke_alpha
    pen.state = state
    if (state.fill_alpha, state.stroke_alpha) != before:
        name = pen.maker.store.add(Opacity(state.fill_alpha, state.stroke_alpha))
        pen.sheet.resources.add(name)
        pen.write(f"/{name} gs\n")


def _set_font(element: etree._Element, pen: Pen) -> None:
    pen.state = replace(pen.state, font=element.get("name") or pen.state.font, size=length(element.get("size", "")))


def _line_mode(element: etree._Element, pen: Pen) -> None:
    if (text := element.get("width")) is not None:
        pen.write(f"{length(text):.4g} w\n")
    if (text := element.get("join")) is not None:
        pen.write(f"{_JOINS[text.lower()]} j\n")
    if (text := element.get("cap")) is not None:
        pen.write(f"{_CAPS[text.lower()]} J\n")
    if (text := element.get("miterLimit")) is not None:
        pen.write(f"{length(text):.4g} M\n")
    if (text := element.get("dash")) is not None:
        dashes = lengths(text)
        if dashes and (min(dashes) < 0 or sum(dashes) <= 0):
            raise ValueError(f'"{text}" is not a pattern of dashes')
        pen.write(f"[{' '.join(f'{dash:.4g}' for dash in dashes)}] 0 d\n")


# --- coordinates ----------------------------------------------------------------------------------


def _translate(element: etree._Element, pen: Pen) -> None:
    pen.move((1.0, 0.0, 0.0, 1.0, length(element.get("dx", "0")), length(element.get("dy", "0"))))


def _scale(element: etree._Element, pen: Pen) -> None:
    pen.move((_factor(element, "sx"), 0.0, 0.0, _factor(element, "sy"), 0.0, 0.0))


def _factor(element: etree._Element, name: str) -> float:
    value = number(element.get(name, "1"))
    if not value:
        raise ValueError(f"{name} is 0, which leaves nothing to see")
    return value


def _rotate(element: etree._Element, pen: Pen) -> None:
    angle = math.radians(length(element.get("degrees", "0")))
    sine, cosine = math.sin(angle), math.cos(angle)
    pen.move((cosine, sine, -sine, cosine, 0.0, 0.0))


def _skew(element: etree._Element, pen: Pen) -> None:
    across, up = (math.tan(math.radians(length(element.get(name, "0")))) for name in ("alpha", "beta"))
    pen.move((1.0, across, up, 1.0, 0.0, 0.0))


def _transform(element: etree._Element, pen: Pen) -> None:
    values = [number(part) for part in (element.text or "").replace(",", " ").split()]
    if len(values) != 6:
        raise ValueError("a matrix has six numbers")
    a, b, c, d, e, f = values
    pen.move((a, b, c, d, e, f))


# --- content --------------------------------------------------------------------------------------


def _string(element: etree._Element, pen: Pen) -> None:
    pen.flush()
    draw_string(element, pen.state.font, pen.state.size, pen.sheet, pen.maker)


def _image(element: etree._Element, pen: Pen) -> None:
    placed = find(needed(element, "file"), pen.maker)
    x, y = length(element.get("x", "")), length(element.get("y", ""))
    width = length(text) if (text := element.get("width")) else placed.width
    height = length(text) if (text := element.get("height")) else placed.height
    frame = x, y, width, height
    x, y, width, height = abs_box(*frame)
    if switch(element.get("preserveAspectRatio", "no")):
        x, y, width, height = _fitted(x, y, width, height, placed.width / placed.height, element.get("anchor", "c"))
    pen.flush()
    ops = f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {y:.3f} cm /{placed.name} Do Q\n"
    pen.sheet.resources.add(placed.name)
    alt = element.get("alt") or ""
    pen.sheet.draw(ops, figure(pen.maker.document, alt, pen.sheet, (x, y, x + width, y + height)))
    if switch(element.get("showBoundary", "no")):
        pen.write("{:.3f} {:.3f} {:.3f} {:.3f} re S\n".format(*frame))


def abs_box(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    """Return a box with its sides positive."""
    return min(x, x + width), min(y, y + height), abs(width), abs(height)


def _fitted(
    x: float, y: float, width: float, height: float, ratio: float, anchor: str
) -> tuple[float, float, float, float]:
    """Return the largest box of a ratio within another, at one of its corners, sides or its middle."""
    wide, high = min(width, height * ratio), min(height, width / ratio)
    right = 0.0 if "w" in anchor else 1.0 if "e" in anchor else 0.5
    up = 0.0 if "s" in anchor else 1.0 if "n" in anchor else 0.5
    return x + (width - wide) * right, y + (height - high) * up, wide, high


def place(element: etree._Element, pen: Pen) -> None:
    """Set blocks into a box on the page, one below the other."""
    pen.flush()
    x, width = length(element.get("x", "")), length(element.get("width", ""))
    room = length(element.get("height", ""))
    y = length(element.get("y", "")) + room
    for block in pen.maker.flow(element):
        wide, high = block.wrap(width, room)
        if wide > width or high > room:
            raise pen.maker.fault(
                element,
                f"<{element.tag}>: its content is larger than {width:.0f} x {length(element.get('height', '')):.0f} pt",
                "make it wider or higher, or the content smaller",
            )
        y -= high
        room -= high
        block.draw(pen.sheet, x, y)


def _bookmark(element: etree._Element, pen: Pen) -> None:
    place_on_page = [length(element.get(name, "0")) for name in ("x", "y")]
    left, top = moved(pen.state.matrix, place_on_page[0], place_on_page[1])
    zoom = number(text) if (text := element.get("zoom")) else None
    bookmark = Bookmark(pen.sheet.number, left, top, zoom, element.get("fit", "XYZ"))
    pen.maker.document.bookmarks[element.get("name", "")] = bookmark


def draw_ink(ink: Ink, x: float, y: float, alt: str | None, box: Box, pen: Pen) -> None:
    """Draw a code or a chart with its origin at (x, y); `box` is what it covers."""
    pen.flush()
    pen.sheet.put(ink, x, y, figure(pen.maker.document, alt, pen.sheet, box))


def _code(element: etree._Element, pen: Pen) -> None:
    ink, width, height = code_ink(element)
    x, y = length(element.get("x", "")), length(element.get("y", ""))
    alt = element.get("alt", spoken(element.get("value", ""), pen.maker.document.language))
    draw_ink(ink, x, y, alt, (x, y, x + width, y + height), pen)


def _borrowed(element: etree._Element, pen: Pen) -> None:
    alt = element.get("alt")
    alt = said_of(element) if alt is None else alt
    draw_ink(ink_of(element, pen.maker), 0.0, 0.0, alt, place_of(element), pen)


_OTHERS: Mapping[str, Callable[[etree._Element, Pen], None]] = {
    "saveState": _save,
    "restoreState": _restore,
    "fill": _fill,
    "stroke": _stroke,
    "setFont": _set_font,
    "setFontSize": _set_font,
    "lineMode": _line_mode,
    "translate": _translate,
    "scale": _scale,
    "rotate": _rotate,
    "skew": _skew,
    "transform": _transform,
    "drawString": _string,
    "drawRightString": _string,
    "drawCenteredString": _string,
    "drawCentredString": _string,
    "drawAlignedString": _string,
    "image": _image,
    "place": place,
    "header": place,
    "footer": place,
    "bookmark": _bookmark,
    "qr": _code,
    "dataMatrix": _code,
    **dict.fromkeys(ON_PAGES, _borrowed),
}
#: Every element that page graphics know.
ELEMENTS = frozenset(_OTHERS) | frozenset(SHAPES)
