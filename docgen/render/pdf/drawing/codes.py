"""Floor 2, edges: QR codes as ink, in a story and on a page."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from docgen.render.pdf.drawing.pictures import Figure
from docgen.render.pdf.layout.attributes import BLACK, colour, fill_operator, length
from docgen.render.pdf.layout.blocks import Block, Ink
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.qr import dark_runs

_DEFAULT_SIZE = "85"


def qr_ink(element: etree._Element) -> tuple[Ink, float]:
    """Return the code of a `<qr>` around its lower left corner, and its width."""
    size = length(element.get("size", _DEFAULT_SIZE))
    bars, count = dark_runs(element.get("value", ""), element.get("error", "m"), int(element.get("border", "0")))
    module = size / count
    drawn = "".join([f"{column} {row} {run} 1 re\n" for column, row, run in bars])
    paint = fill_operator(colour(element.get("color", "black")) or BLACK)
    # The modules are the units, counted from the upper left corner.
    return Ink(f"{paint}{module:.6f} 0 0 {-module:.6f} 0 {size:.3f} cm\n{drawn}f\n"), size


def build_qr(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<qr>` in a story."""
    ink, size = qr_ink(element)
    alt = element.get("alt", element.get("value", ""))
    yield Figure(ink, size, size, element.get("align", "left"), alt, maker)
