"""Floor 1, rules: what elements and style attributes of HTML say about the look of text, as far as documents follow it.

Fonts and sizes are left to the template; so is black, which editors write for "no colour", and what
paper would not show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, TypeAlias, cast

from PIL import ImageColor

from docgen.prose.model import Align, Look

_Attributes: TypeAlias = Mapping[str, str]

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(px|pt|mm|cm|in|)\s*", re.IGNORECASE)
_MM = {"": 25.4 / 96, "px": 25.4 / 96, "pt": 25.4 / 72, "mm": 1.0, "cm": 10.0, "in": 25.4}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_ALIGNS: dict[str, Align] = {
    "left": "left", "start": "left", "center": "center", "middle": "center", "right": "right", "end": "right",
    "justify": "both",
}  # fmt: skip
#: Their `align` is about where they stand.
_PLACED = ("table", "img", "hr", "iframe")
#: Brighter than this, of 1, cannot be read on paper.
_TOO_BRIGHT = 0.85

_ELEMENTS: dict[str, Callable[[Look], Look]] = {
    **dict.fromkeys(("b", "strong", "dt"), lambda look: replace(look, bold=True)),
    **dict.fromkeys(("i", "em", "cite", "var", "dfn"), lambda look: replace(look, italic=True)),
    **dict.fromkeys(("u", "ins"), lambda look: replace(look, underline=True)),
    **dict.fromkeys(("s", "strike", "del"), lambda look: replace(look, strike=True)),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), lambda look: replace(look, code=True)),
    "sub": lambda look: replace(look, script="sub"),
    "sup": lambda look: replace(look, script="super"),
}


def look_of(tag: str, attributes: _Attributes, look: Look) -> Look:
    """Return the look within an element."""
    if tag in _ELEMENTS:
        look = _ELEMENTS[tag](look)
    if tag == "font" and "color" in attributes:
        look = replace(look, colour=_colour(attributes["color"], look.colour))
    style = attributes.get("style")
    return _styled(look, read_style(style)) if style else look


def _styled(look: Look, style: Mapping[str, str]) -> Look:
    if weight := style.get("font-weight"):
        look = replace(look, bold=weight in ("bold", "bolder") or (weight.isdigit() and int(weight[:5]) >= 600))
    if slant := style.get("font-style"):
        look = replace(look, italic=slant.startswith(("italic", "oblique")))
    if line := style.get("text-decoration") or style.get("text-decoration-line"):
        look = replace(look, underline="underline" in line, strike="line-through" in line)
    if (place := style.get("vertical-align")) in ("sub", "super"):
        look = replace(look, script=cast('Literal["sub", "super"]', place))
    if colour := style.get("color"):
        look = replace(look, colour=_colour(colour, look.colour))
    return look


def read_style(text: str) -> dict[str, str]:
    """Return the declarations of a style attribute in lower case."""
    pairs = (declaration.partition(":") for declaration in text.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs if value.strip()}


def _colour(text: str, around: str) -> str:
    """Return a colour as `RRGGBB`; that of the text around where it says none, "" for what is left to the template."""
    try:
        red, green, blue = ImageColor.getrgb(text.strip())[:3]
    except ValueError:
        return around
    brightness = (0.299 * red + 0.587 * green + 0.114 * blue) / 255
    return f"{red:02X}{green:02X}{blue:02X}" if 0 < brightness < _TOO_BRIGHT else ""


def align_of(tag: str, attributes: _Attributes, around: Align) -> Align:
    """Return how text within an element is aligned."""
    if tag == "center":
        return "center"
    said = read_style(attributes.get("style", "")).get("text-align")
    if not said and tag not in _PLACED:
        said = attributes.get("align", "").strip().lower()
    return _ALIGNS.get(said or "", around)


def is_hidden(attributes: _Attributes) -> bool:
    """Return whether an element is not shown."""
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style", "")))


def size_mm(attributes: _Attributes, name: str) -> float | None:
    """Return the `width` or `height` of an element; shares of what is around say nothing."""
    for said in (read_style(attributes.get("style", "")).get(name, ""), attributes.get(name, "")):
        if found := _SIZE.fullmatch(said):
            return float(found[1][:9]) * _MM[found[2].lower()]
    return None
