"""Floor 2, edges: what attributes of RML say: lengths, colours, switches. They mean here what they mean to z3c.rml.

Functions raise ValueError with what is wrong; who reads an element adds where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from reportlab.lib.colors import Color, getAllNamedColors, toColor
from reportlab.lib.pagesizes import __dict__ as _PAGE_SIZES

from docgen.errors import did_you_mean
from docgen.render.pdf.layout.wrong import shortened

_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*(in|cm|mm|pt|px)?\s*")
_BEGINS_AS_LENGTH = re.compile(r"\s*[+-]?[\d.]+\s*[A-Za-z]+\s*$")
_UNITS = {None: 1.0, "pt": 1.0, "px": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54}
#: In points. What is between them can be written in a PDF file with the digits it is given there.
_LONGEST, _SHORTEST = 200_000.0, 0.0001
#: So much can be multiplied and added up and still be written.
_LARGEST = 1_000_000
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,7}", re.ASCII)
#: Colours by code or in one of CSS's forms; what is neither that nor a name would be evaluated as Python.
_COLOUR_CODE = re.compile("(?:#|0x)(?:[0-9a-f]{3}|[0-9a-f]{6})")
_COLOUR_FORM = re.compile(r"(?:p?cmyka?|rgba?|hsla?)?\((?:\s*[\d.]+%?\s*,){2,4}\s*[\d.]+%?\s*\)", re.ASCII)
_COLOUR_NAMES = frozenset(getAllNamedColors())
_TRUE, _FALSE = ("true", "yes", "y", "1", "on"), ("false", "no", "n", "0", "off")

#: Red, green, blue and alpha, each 0 to 1.
Colour = tuple[float, float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0, 1.0)


def no_length(text: str) -> str:
    """Return the problem of what is written where a length should stand, and how lengths are written."""
    begun = _BEGINS_AS_LENGTH.match(text)
    if not begun:
        return f'"{shortened(text)}" is not a length, such as 12, 4mm, 1.5cm or 0.5in'
    return f'"{shortened(text)}" is not a length; its unit is in, cm, mm, pt or px, and none for points'


def no_colour(text: str) -> str:
    """Return the problem of what is written where a colour should stand, and what was meant, as far as one can tell."""
    if text.startswith("#"):
        return f'"{shortened(text)}" is not a colour; behind # stand three or six signs of 0-9 and a-f'
    meant = did_you_mean(text.strip().lower(), _COLOUR_NAMES)
    return (
        f'"{shortened(text)}" is not a colour; {meant or "write #14586A, a name such as white, or the id of a <color>"}'
    )


@lru_cache(maxsize=4096)
def length(text: str) -> float:
    """Return a length in points: `12`, `4mm`, `1.5in`."""
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise ValueError(no_length(text))
    points = float(found[1]) * _UNITS[found[2]]
    if abs(points) > _LONGEST:
        raise ValueError(f'"{shortened(text)}" is longer than any page')
    return points if abs(points) >= _SHORTEST else 0.0


def relative(text: str, whole: float) -> float:
    """Return a length that may be a share of another: `50%`."""
    text = text.strip()
    return share(text) * whole if text.endswith("%") else length(text)


def share(text: str) -> float:
    """Return what `50%` says: 0.5."""
    return number(text.strip().removesuffix("%")) / 100


def number(text: str) -> float:
    """Return a number that is no length."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise ValueError(f'"{shortened(text)}" is not a number')
    value = float(found[0])
    if abs(value) > _LARGEST:
        raise ValueError(f'"{shortened(text)}" is more than {_LARGEST:,}')
    return value


def whole(text: str) -> int:
    """Return a whole number."""
    if not _WHOLE.fullmatch(text.strip()):
        raise ValueError(f'"{shortened(text)}" is not a whole number')
    return int(text)


def count(text: str, least: int = 0) -> int:
    """Return how many of something there are."""
    value = whole(text)
    if value < least:
        raise ValueError(f"{value} is less than {least}")
    return value


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
    if re.fullmatch("#[0-9a-f]{8}", lowered):  # as lists write it, whose commas part colours
        return tuple(int(lowered[at : at + 2], 16) / 255 for at in (1, 3, 5, 7))  # type: ignore[return-value]
    found = _spelled_colour(lowered)
    shares = (*found.rgb(), float(found.alpha)) if found is not None else ()
    if not shares or not all(0 <= one <= 1 for one in shares):
        raise ValueError(no_colour(text))
    return shares


def _spelled_colour(text: str) -> Color | None:
    if not (text in _COLOUR_NAMES or _COLOUR_CODE.fullmatch(text) or _COLOUR_FORM.fullmatch(text)):
        return None
    try:
        return toColor(text)
    except ValueError:
        return None


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
        raise ValueError(f'"{text}" is not a page size; {_page_size_meant(names, sizes)}')
    return (height, width) if "landscape" in text.lower() and width < height else (width, height)


def _page_size_meant(words: list[str], known: Iterable[str]) -> str:
    meant = did_you_mean(words[0].upper(), [name.upper() for name in known]) if len(words) == 1 else ""
    return meant or "write A4, letter, or width and height: (210mm, 297mm)"
