"""Floor 2, edges: SVG drawings as pixels: what z3c.rml would do with a library that may load what a drawing names."""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path

from lxml import etree

from docgen.pictures import Picture, read_picture

_ATTRIBUTES = {"img": "src", "image": "file", "imageAndFlowables": "imageName"}
_SIZES = {"imageAndFlowables": ("imageWidth", "imageHeight")}
_MM = 72 / 25.4


def draw_vectors(root: etree._Element) -> None:
    """Let each SVG that a checked body names be a picture within the body, in place."""
    for element in root.iter(*_ATTRIBUTES):
        attribute = _ATTRIBUTES[str(element.tag)]
        source = element.get(attribute, "")
        if source.lower().endswith(".svg"):
            _draw(element, attribute, Path(source))


def _draw(element: etree._Element, attribute: str, path: Path) -> None:
    picture = read_picture(path)
    names = _SIZES.get(str(element.tag), ("width", "height"))
    own = (picture.width_mm * _MM, picture.height_mm * _MM)
    if not any(element.get(name) for name in names):
        for name, points in zip(names, own, strict=True):
            element.set(name, f"{points:.3f}")
    element.set(attribute, _address(picture))


@lru_cache(maxsize=8)
def _address(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.content).decode()}"
