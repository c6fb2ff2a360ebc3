"""Floor 2, edges: QR and Data Matrix codes as ink, in a story and on a page."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from docgen.render.matrixcodes import code_modules
from docgen.render.pdf.drawing.codetexts import spoken
from docgen.render.pdf.drawing.pictures import Figure
from docgen.render.pdf.layout.attributes import BLACK, colour, count, fill_operator, length, switch
from docgen.render.pdf.layout.blocks import Block, Ink
from docgen.render.pdf.layout.maker import Maker

_DEFAULT_SIZE = "85"
_WIDEST_BORDER = 100
_LEVELS = ("l", "m", "q", "h")


def code_ink(element: etree._Element) -> tuple[Ink, float, float]:
    """Return the code of a `<qr>` or `<dataMatrix>` around its lower left corner, its width and its height."""
    level = element.get("error", "m").lower()
    if level not in _LEVELS:
        raise ValueError(f'"{level}" is not one of {", ".join(_LEVELS)}')
    square = switch(element.get("square", "yes"))
    code = code_modules(str(element.tag), element.get("value", ""), _border(element), level, square)
    width = length(element.get("size", _DEFAULT_SIZE))
    module = width / code.columns
    height = module * code.rows
    drawn = "".join([f"{column} {row} {run} 1 re\n" for column, row, run in code.runs])
    paint = fill_operator(colour(element.get("color", "black")) or BLACK)
    # The modules are the units, counted from the upper left corner.
    return Ink(f"{paint}{module:.6f} 0 0 {-module:.6f} 0 {height:.3f} cm\n{drawn}f\n"), width, height


def _border(element: etree._Element) -> int:
    border = count(element.get("border", "0"))
    if border > _WIDEST_BORDER:
        raise ValueError(f"border is {_WIDEST_BORDER} modules at most")
    return border


def build_code(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a code in a story."""
    alt = element.get("alt", spoken(element.get("value", ""), maker.document.language))
    yield Figure(*code_ink(element), element.get("align", "left"), alt, maker)
