"""Floor 2, edges: how lists look: indents and bullets, by `<listStyle>` and by attributes of lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from docgen.errors import did_you_mean
from docgen.render.pdf.layout.attributes import BLACK, Colour, colour, length, whole
from docgen.render.pdf.layout.maker import number_or_text
from docgen.render.pdf.layout.styles import Styles

#: What a bullet may be called.
BULLETS: Mapping[str, str] = {
    "bulletchar": "\u2022", "bullet": "bullet", "circle": "\u25cf", "square": "\u25a0", "disc": "\u25cb",
    "diamond": "\u25c6", "diamondwx": "\u2756", "rarrowhead": "\u27a4", "sparkle": "\u2747", "squarelrs": "\u274f",
    "blackstar": "\u2605",
}  # fmt: skip
#: How items are numbered: `l` and `o` in words, `r` as 1st, the large ones in capitals.
NUMBERS = "1aAiIlLoOrR"


@dataclass(frozen=True)
class ListStyle:
    """A list's look.

    Attributes:
        dedent: how far the bullet stands left of the text; None for the whole indent.
        format: what is around the number, such as `%s.`
        start: the first number, or the name of the bullet.
        value: of items: the number or bullet of the first; None to go on counting.
    """

    left_indent: float = 18.0
    right_indent: float = 0.0
    bullet_type: str = "1"
    color: Colour = BLACK
    font: str = "Helvetica"
    size: float = 12.0
    offset_y: float = 0.0
    dedent: float | None = None
    direction: str = "ltr"
    format: str = ""
    start: str | int | None = None
    value: str | int | None = None


def _type(text: str) -> str:
    if text not in NUMBERS and text not in BULLETS:
        raise ValueError(f'"{text}" is no type of bullet')
    return text


def _dedent(text: str) -> float | None:
    return None if text == "auto" else float(whole(text))


def _direction(text: str) -> str:
    if text.lower() not in ("ltr", "rtl"):
        raise ValueError(f'bulletDir is ltr or rtl, not "{text}"')
    return text.lower()


def _colour(text: str) -> Colour:
    found = colour(text)
    if found is None:
        raise ValueError(f'"{text}" is not a colour')
    return found


_ATTRIBUTES: Mapping[str, tuple[str, Any]] = {
    "leftIndent": ("left_indent", length),
    "rightIndent": ("right_indent", length),
    "bulletColor": ("color", _colour),
    "bulletFontName": ("font", str),
    "bulletFontSize": ("size", length),
    "bulletOffsetY": ("offset_y", length),
    "bulletDedent": ("dedent", _dedent),
    "bulletDir": ("direction", _direction),
    "bulletFormat": ("format", str),
    "bulletType": ("bullet_type", _type),
    "start": ("start", number_or_text),
}


def with_attributes(style: ListStyle, items: Iterable[tuple[str, str]], ignore: tuple[str, ...] = ()) -> ListStyle:
    """Return a style changed by attributes of an element. Raises ValueError."""
    changes = {}
    for name, text in items:
        if name in _ATTRIBUTES and name not in ignore:
            key, convert = _ATTRIBUTES[name]
            changes[key] = convert(text)
    return replace(style, **changes) if changes else style


def find(name: str, styles: Styles) -> ListStyle:
    """Return a style by its name. Raises ValueError: there is none."""
    for spelled in (name, f"style.{name}", name.removeprefix("style.")):
        if spelled in styles.lists:
            found: ListStyle = styles.lists[spelled]
            return found
    raise ValueError(f'there is no list style "{name}"; {did_you_mean(name, styles.lists)}'.rstrip("; "))


def read(element: etree._Element, styles: Styles) -> ListStyle:
    """Return the style of a `<listStyle>`. Raises ValueError."""
    parent = find(element.get("parent"), styles) if element.get("parent") else ListStyle()
    return with_attributes(parent, element.items())


def bulleted(style: ListStyle) -> ListStyle:
    """Return a style whose items have bullets."""
    return style if style.bullet_type == "bullet" else replace(style, bullet_type="bullet")


def bullet_of(text: str) -> str:
    """Return the bullet that an item asks for: a name or a character. Raises ValueError."""
    if text.lower() in BULLETS:
        return text.lower()
    if len(text) > 1:
        raise ValueError(f'"{text}" is no bullet')
    return text
