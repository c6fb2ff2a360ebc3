"""Floor 2, edges: what attributes of RML say: lengths, colours, switches. They mean here what they mean to z3c.rml.

Functions raise ValueError with what is wrong; who reads an element adds where.
"""

from __future__ import annotations

import re
from functools import lru_cache

from reportlab.lib.colors import Color, toColor
from reportlab.lib.pagesizes import __dict__ as _PAGE_SIZES

_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*(in|cm|mm|pt|px)?\s*")
_UNITS = {None: 1.0, "pt": 1.0, "px": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54}
_TRUE, _FALSE = ("true", "yes", "y", "1", "on"), ("false", "no", "n", "0", "off")

#: Red, green, blue and alpha, each 0 to 1.
Colour = tuple[float, float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0, 1.0)


@lru_cache(maxsize=4096)
def length(text: str) -> float:
    """Return a length in points: `12`, `4mm`, `1.5in`."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is not a length')
    return float(found[1]) * _UNITS[found[2]]


def relative(text: str, whole: float) -> float:
    """Return a length that may be a share of another: `50%`."""
    text = text.strip()
    return float(text[:-1]) / 100 * whole if text.endswith("%") else length(text)


def lengths(text: str) -> list[float]:
    """Return lengths divided by spaces or commas."""
    return [length(part) for part in text.replace(",", " ").split()]


def switch(text: str) -> bool:
    """Return yes or no."""
    lowered = text.strip().lower()
    if lowered not in (*_TRUE, *_FALSE):
        raise ValueError(f'"{text}" is neither yes nor no')
    return lowered in _TRUE


@lru_cache(maxsize=4096)
def colour(text: str) -> Colour | None:
    """Return a colour by its name or code, in RGB; None for `none`."""
    lowered = text.strip().lower()
    if lowered in ("none", "transparent"):
        return None
    if re.fullmatch("#[0-9a-f]{6}", lowered):
        return *(int(lowered[at : at + 2], 16) / 255 for at in (1, 3, 5)), 1.0  # type: ignore[return-value]
    try:
        found: Color = toColor(text)
    except Exception as error:  # it evaluates what it does not know
        raise ValueError(f'"{text}" is not a colour') from error
    return (*found.rgb(), float(found.alpha))


@lru_cache(maxsize=4096)
def fill_operator(rgb: Colour) -> str:
    """Return the operator that sets the colour of fills and letters."""
    red, green, blue, _ = rgb
    return f"{red:.4g} {green:.4g} {blue:.4g} rg\n"


@lru_cache(maxsize=4096)
def stroke_operator(rgb: Colour) -> str:
    """Return the operator that sets the colour of lines."""
    red, green, blue, _ = rgb
    return f"{red:.4g} {green:.4g} {blue:.4g} RG\n"


def page_size(text: str) -> tuple[float, float]:
    """Return width and height of `A4`, `letter landscape` or `(210mm, 297mm)`."""
    words = text.replace("(", " ").replace(")", " ").replace(",", " ").split()
    names = [word for word in words if word.lower() not in ("landscape", "portrait")]
    sizes = {name.lower(): size for name, size in _PAGE_SIZES.items() if isinstance(size, tuple)}
    if len(names) == 1 and names[0].lower() in sizes:
        width, height = sizes[names[0].lower()]
    elif len(names) == 2:
        width, height = map(length, names)
    else:
        raise ValueError(f'"{text}" is not a page size')
    return (height, width) if "landscape" in text.lower() and width < height else (width, height)
