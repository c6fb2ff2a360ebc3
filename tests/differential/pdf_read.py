"""What a PDF shows, read back through pypdfium2: words in their places, drawings, links, outline, document data.

Words do not depend on how a file groups its text: neighbours that touch and look alike are one word, and spaces only
part words, since one file writes them and another moves on.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
#: Letters further apart than this are two words, in points.
_GAP = 0.6
#: Words no further apart than this are one, nor those that overlap by less than a gap, as slanted letters do: pdfium
#: parts some where pages are turned, or lines lie over each other.
_SLIT = 0.3


@dataclass(frozen=True)
class Run:
    """One word, or a piece of one in one look.

    Attributes:
        text: its characters.
        x: origin of the first one.
        y: its baseline.
        end: where the last one ends, along the page's x.
        font: name without the prefix of a subset.
        size: in points, as it comes out on the page.
        colour: `#rrggbb`, with the opacity behind it where it is not full.
        angle: of the baseline in degrees.
    """

    text: str
    x: float
    y: float
    end: float
    font: str
    size: float
    colour: str
    angle: int = 0


@dataclass(frozen=True)
class Shape:
    """A drawing or a picture: `path`, `image` or `shading`; colours are empty where nothing is filled or drawn."""

    kind: str
    box: Box
    fill: str = ""
    stroke: str = ""
    width: float = 0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Link:
    """A place to click; `target` is an address, or `page N` with the place where it says one."""

    box: Box
    target: str


@dataclass(frozen=True)
class Page:
    """All that is on a page. Boxes are left, bottom, right, top."""

    size: Point
    runs: tuple[Run, ...]
    shapes: tuple[Shape, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Entry:
    """An entry of the outline; pages are counted from 1, `target` is as in links."""

    level: int
    title: str
    target: str
    closed: bool


@dataclass(frozen=True)
class Reading:
    """A whole file."""

    pages: tuple[Page, ...]
    outline: tuple[Entry, ...]
    info: dict[str, str]


def read(pdf: bytes) -> Reading:
    """Return all that a file shows."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = tuple(_page(document, number) for number in range(len(document)))
        return Reading(pages, tuple(_outline(document)), document.get_metadata_dict(skip_empty=True))
    finally:
        document.close()


def runs(pdf: bytes) -> list[Page]:
    """Return the pages of a file."""
    return list(read(pdf).pages)


def _page(document: Any, number: int) -> Page:
    page = document[number]
    text = page.get_textpage()
    try:
        shapes = tuple(_shapes(page))
        return Page(page.get_size(), tuple(_joined(_words(text))), shapes, tuple(_links(document, page)))
    finally:
        text.close()
        page.close()


# --- text -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Look:
    font: str
    size: float
    colour: str
    angle: int


def _words(text: Any) -> Iterator[Run]:
    word: list[str] = []
    looks: dict[int | None, _Look] = {}
    first, end, look = (0.0, 0.0), (0.0, 0.0), None
    for char, origin, after, here in _characters(text, looks):
        apart = math.dist(origin, end) > _GAP or here != look
        if word and (apart or char.isspace()):
            yield _run(word, first, end, look)
            word = []
        if not char.isspace():
            if not word:
                first = origin
            word.append(char)
            end, look = after, here
    if word:
        yield _run(word, first, end, look)


def _joined(words: Iterable[Run]) -> list[Run]:
    """Return words with those joined that touch."""
    lines: dict[tuple[Any, ...], list[Run]] = {}
    for word in words:
        lines.setdefault((round(word.y, 1), word.font, word.size, word.colour, word.angle), []).append(word)
    found: list[Run] = []
    for line in lines.values():
        first, *others = sorted(line, key=lambda word: word.x) if line[0].angle == 0 else line
        for word in others:
            if word.angle == 0 and -_GAP <= word.x - first.end <= _SLIT:
                first = replace(first, text=first.text + word.text, end=word.end)
            else:
                found.append(first)
                first = word
        found.append(first)
    return found


def _run(word: list[str], first: Point, end: Point, look: _Look | None) -> Run:
    assert look is not None
    return Run("".join(word), *first, end[0], look.font, look.size, look.colour, look.angle)


def _characters(text: Any, looks: dict[int | None, _Look]) -> Iterator[tuple[str, Point, Point, _Look]]:
    """Yield each character, its origin, that of what follows it, and its look; what pdfium made up is a space."""
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    for index in range(raw.FPDFText_CountChars(text)):
        code = raw.FPDFText_GetUnicode(text, index)
        drawn = raw.FPDFText_GetTextObject(text, index)
        key = ctypes.cast(drawn, ctypes.c_void_p).value
        if key not in looks:
            looks[key] = _look(text, index, drawn)
        char = "-" if raw.FPDFText_IsHyphen(text, index) == 1 else chr(code)
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        origin = (x.value, y.value)
        if raw.FPDFText_IsGenerated(text, index) == 1 and char != "-":
            yield " ", origin, origin, looks[key]
            continue
        raw.FPDFText_GetLooseCharBox(text, index, box)
        yield char, origin, _after(origin, box, looks[key].angle), looks[key]


def _after(origin: Point, box: Any, angle: int) -> Point:
    x, y = origin
    match angle % 360:
        case 0:
            return box.right, y
        case 90:
            return x, box.top
        case 180:
            return box.left, y
        case 270:
            return x, box.bottom
    turned = math.radians(angle)
    return (box.right if math.cos(turned) > 0 else box.left), (box.top if math.sin(turned) > 0 else box.bottom)


def _look(text: Any, index: int, drawn: Any) -> _Look:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text, index, matrix)
    size = raw.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
    angle = round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360
    return _Look(_font(text, index), round(size, 2), _colour(raw.FPDFPageObj_GetFillColor, drawn), angle)


def _font(text: Any, index: int) -> str:
    length = raw.FPDFText_GetFontInfo(text, index, None, 0, None)
    buffer = ctypes.create_string_buffer(max(length, 1))
    raw.FPDFText_GetFontInfo(text, index, buffer, length, None)
    return re.sub(r"^[A-Z]{6}\+", "", buffer.value.decode(errors="replace"))


def _colour(get: Callable[..., int], drawn: Any) -> str:
    parts = [ctypes.c_uint() for _ in range(4)]
    if not drawn or not get(drawn, *parts):
        return ""
    red, green, blue, alpha = (part.value for part in parts)
    return f"#{red:02x}{green:02x}{blue:02x}" + (f"/{alpha}" if alpha != 255 else "")


# --- drawings -------------------------------------------------------------------------------------

_KINDS = {raw.FPDF_PAGEOBJ_PATH: "path", raw.FPDF_PAGEOBJ_IMAGE: "image", raw.FPDF_PAGEOBJ_SHADING: "shading"}


def _shapes(page: Any) -> Iterator[Shape]:
    for number in range(raw.FPDFPage_CountObjects(page)):
        yield from _drawn(raw.FPDFPage_GetObject(page, number), _IDENTITY)


def _drawn(drawn: Any, outer: Matrix) -> Iterator[Shape]:
    kind = raw.FPDFPageObj_GetType(drawn)
    if kind == raw.FPDF_PAGEOBJ_FORM:
        inner = _times(_matrix(drawn), outer)
        for number in range(raw.FPDFFormObj_CountObjects(drawn)):
            yield from _drawn(raw.FPDFFormObj_GetObject(drawn, number), inner)
    elif kind in _KINDS:
        box = _placed(_bounds(drawn), outer)
        yield _path(drawn, box, outer) if kind == raw.FPDF_PAGEOBJ_PATH else Shape(_KINDS[kind], box)


def _path(drawn: Any, box: Box, outer: Matrix) -> Shape:
    fill, stroke, width = ctypes.c_int(), ctypes.c_int(), ctypes.c_float()
    raw.FPDFPath_GetDrawMode(drawn, fill, stroke)
    if not stroke.value:
        return Shape("path", box, fill=_colour(raw.FPDFPageObj_GetFillColor, drawn) if fill.value else "")
    raw.FPDFPageObj_GetStrokeWidth(drawn, width)
    count = max(raw.FPDFPageObj_GetDashCount(drawn), 0)
    dashes = (ctypes.c_float * count)()
    raw.FPDFPageObj_GetDashArray(drawn, dashes, count)
    return Shape(
        "path",
        box,
        _colour(raw.FPDFPageObj_GetFillColor, drawn) if fill.value else "",
        _colour(raw.FPDFPageObj_GetStrokeColor, drawn),
        round(width.value * math.hypot(outer[0], outer[1]), 2),
        tuple(round(dash, 2) for dash in dashes),
    )


def _matrix(drawn: Any) -> Matrix:
    found = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(drawn, found)
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _bounds(drawn: Any) -> Box:
    values = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(drawn, *values)
    left, bottom, right, top = (value.value for value in values)
    return (left, bottom, right, top)


def _placed(box: Box, matrix: Matrix) -> Box:
    if matrix == _IDENTITY:
        return box
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    across, up = zip(*corners, strict=True)
    return (min(across), min(up), max(across), max(up))


# --- links and outline ----------------------------------------------------------------------------


def _links(document: Any, page: Any) -> Iterator[Link]:
    position, link = ctypes.c_int(0), raw.FPDF_LINK()
    while raw.FPDFLink_Enumerate(page, position, link):
        rect = raw.FS_RECTF()
        raw.FPDFLink_GetAnnotRect(link, rect)
        target = _target(document, raw.FPDFLink_GetDest(document, link), raw.FPDFLink_GetAction(link))
        if rect.right > rect.left:  # one without width cannot be clicked
            yield Link((rect.left, rect.bottom, rect.right, rect.top), target)


def _target(document: Any, place: Any, action: Any) -> str:
    if not place and action:
        if raw.FPDFAction_GetType(action) == raw.PDFACTION_URI:
            return _text(lambda buffer, size: raw.FPDFAction_GetURIPath(document, action, buffer, size), "utf-8")
        place = raw.FPDFAction_GetDest(document, action)
    if not place:
        return "nothing"
    number = raw.FPDFDest_GetDestPageIndex(document, place) + 1
    return " ".join([f"page {number}", *_spot(place)])


def _spot(place: Any) -> Iterator[str]:
    has = [ctypes.c_int() for _ in range(3)]
    at = [ctypes.c_float() for _ in range(3)]
    if raw.FPDFDest_GetLocationInPage(place, *has, *at):
        for name, there, value in zip(("x", "y", "zoom"), has, at, strict=True):
            if there.value:
                yield f"{name}={value.value:.1f}"


def _text(get: Callable[[Any, int], int], encoding: str) -> str:
    buffer = ctypes.create_string_buffer(max(get(None, 0), 2))
    get(buffer, len(buffer))
    return buffer.raw.decode(encoding, errors="replace").rstrip("\0")


def _outline(document: Any) -> Iterator[Entry]:
    for mark in document.get_toc(max_depth=20):
        place = mark.get_dest()
        target = "nothing" if place is None else " ".join([f"page {place.get_index() + 1}", *_spot(place)])
        yield Entry(mark.level, mark.get_title(), target, mark.get_count() < 0)
