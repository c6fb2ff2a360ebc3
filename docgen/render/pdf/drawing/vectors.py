"""Floor 2, edges: SVG drawings as ink, where all they hold is shapes in plain colours; others are shown as pictures.

svglib leaves out what it does not know without a word, so what it may be given is listed here.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass, replace

from lxml import etree

from docgen.render.body import words
from docgen.render.pdf.drawing.recorder import record
from docgen.render.pdf.layout.blocks import Ink
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.resources import Form

_SHAPES = words("svg g path rect circle ellipse line polyline polygon title desc defs metadata")
_PLAIN = words(
    """
    id class version viewBox width height x y x1 y1 x2 y2 cx cy r rx ry d points transform fill stroke stroke-width
    stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray opacity fill-opacity stroke-opacity fill-rule
    style preserveAspectRatio role aria-label data-name
    """
)
_COLOUR = re.compile(r"none|currentColor|#[0-9A-Fa-f]{3}|#[0-9A-Fa-f]{6}|[A-Za-z]+|rgb\([\d\s,.%]+\)")


@dataclass(frozen=True, slots=True)
class Vector:
    """A drawing around its lower left corner, in points."""

    ink: Ink
    width: float
    height: float


def vector_of(content: bytes, maker: Maker) -> Vector | None:
    """Return a safe SVG drawing as ink; None where it has more than shapes in plain colours."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    if not all(_is_plain(element) for element in root.iter(etree.Element)):
        return None
    from svglib.svglib import svg2rlg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawing = svg2rlg(io.BytesIO(content))
    if drawing is None or drawing.width <= 0 or drawing.height <= 0:
        return None
    ink = record(lambda canvas: drawing.drawOn(canvas, 0, 0), maker)
    return Vector(ink, float(drawing.width), float(drawing.height))


def unit_form(vector: Vector) -> Form:
    """Return a drawing as a form one point wide and high, which is placed as a picture is."""
    ops = f"q {1 / vector.width:.8f} 0 0 {1 / vector.height:.8f} 0 0 cm\n{vector.ink.ops}Q\n"
    return Form(replace(vector.ink, ops=ops), (0.0, 0.0, 1.0, 1.0))


def _is_plain(element: etree._Element) -> bool:
    if etree.QName(element).localname not in _SHAPES:
        return False
    for name, value in element.attrib.items():
        if name.startswith("{"):
            continue
        if name not in _PLAIN or (name in ("fill", "stroke") and not _COLOUR.fullmatch(value.strip())):
            return False
        if name == "style" and "url(" in value:
            return False
    return True
