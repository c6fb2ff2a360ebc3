"""Floor 2, edges: pictures of a body as resources of the file, and `<img>` as a block."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from docgen.errors import TemplateError
from docgen.pictures import read_picture
from docgen.render.pdf.drawing.samples import read_samples
from docgen.render.pdf.drawing.vectors import unit_form, vector_of
from docgen.render.pdf.layout.attributes import length, switch
from docgen.render.pdf.layout.blocks import Block, Document, Ink, Node, Sheet
from docgen.render.pdf.layout.edges import stay_on_page
from docgen.render.pdf.layout.maker import Maker, needed

_DATA = "data:"


#: Left, bottom, right and top on a page.
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture in the store: its name, and its size in samples, which z3c.rml takes for points."""

    name: str
    width: float
    height: float


def find(source: str, maker: Maker) -> Placed:
    """Return the picture of a file or a `data:` address that `safety` has allowed.

    Raises:
        TemplateError: it is damaged, too large, or no picture.
    """
    name = hashlib.sha256(source.encode()).digest() if source.startswith(_DATA) else source
    key = ("picture", name, stamp(source))
    found: Placed | None = maker.cache.get(key)
    return found or maker.cache.keep(key, _load(source, maker))


def stamp(source: str) -> tuple[int, int] | None:
    """Return what tells a file from the one that had its name before; None for a `data:` address.

    Raises:
        TemplateError: the file is gone.
    """
    if source.startswith(_DATA):
        return None
    try:
        stat = Path(source).stat()
    except OSError as error:
        raise TemplateError(f'the picture "{Path(source).name}" cannot be read: {error.strerror}') from error
    return stat.st_mtime_ns, stat.st_size


def _load(source: str, maker: Maker) -> Placed:
    content = base64.b64decode(source.partition(",")[2]) if source.startswith(_DATA) else Path(source)
    shown = read_picture(content)
    vector = vector_of(shown.vector, maker) if shown.vector else None
    if vector is not None:
        return Placed(maker.store.add(unit_form(vector)), vector.width, vector.height)
    made = read_samples(shown.content)
    return Placed(maker.store.add(made), made.width, made.height)


def picture_ink(placed: Placed, width: float, height: float) -> Ink:
    """Return ink that draws a picture with its lower left corner at the origin."""
    ops = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /{placed.name} Do Q\n"
    return Ink(ops, resources=frozenset({placed.name}))


def figure(document: Document, alt: str | None, sheet: Sheet, box: Box) -> Node | None:
    """Return the node of a picture that stands for something; one that says nothing by its `alt` is decoration."""
    if not alt or document.silent:
        return None
    node = document.at.add("Figure", alt=alt)
    node.attributes["BBox"] = box
    return node


class Figure:
    """A picture, a code or a chart in a story: ink of a size, aligned in its frame."""

    space_before = space_after = 0.0
    keep_with_next = False
    fixed_width = False  # to columns of tables that are as wide as their content

    def __init__(self, ink: Ink, width: float, height: float, align: str, alt: str | None, maker: Maker) -> None:
        self._ink = ink
        self._size = width, height
        self._align = align.lower()
        self._alt = alt
        self._document = maker.document

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its size."""
        return self._size

    def min_width(self) -> float:
        """Return its width."""
        return self._size[0]

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return nothing: a picture is not split."""
        return ()

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it."""
        x += {"left": 0.0, "right": spare}.get(self._align, spare / 2)
        width, height = self._size
        if spare <= 0:
            stay_on_page(sheet, x, width)
        node = figure(self._document, self._alt, sheet, (x, y, x + width, y + height))
        sheet.put(self._ink, x, y, node)


def build(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of an `<img>`."""
    placed = find(needed(element, "src"), maker)
    width, height = _size(element, placed)
    align = element.get("align") or "center"
    made = Figure(picture_ink(placed, width, height), width, height, align, element.get("alt"), maker)
    made.fixed_width = True
    yield made


def _size(element: etree._Element, placed: Placed) -> tuple[float, float]:
    wanted = [length(text) if (text := element.get(name)) else None for name in ("width", "height")]
    width, height = wanted
    if not switch(element.get("preserveAspectRatio", "no")):
        return placed.width if width is None else width, placed.height if height is None else height
    ratio = placed.height / placed.width
    if width is None:
        return (placed.width, placed.height) if height is None else (height / ratio, height)
    if height is None or width * ratio <= height:
        return width, width * ratio
    return height / ratio, height
