"""Floor 2, edges: cells of plain text: set in the table's font, lines as they are, cached as ink."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

from docgen.render.pdf.layout.attributes import fill_operator
from docgen.render.pdf.layout.blocks import FontUse, Ink, Lack
from docgen.render.pdf.layout.linetext import line_width, set_line
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.tablestyle import CellStyle

#: Digits up to the last one, where what follows has none: `456)`, `13cm`.
_ENDS_OTHERWISE = re.compile(r"(.*[0-9])[^0-9]+", re.DOTALL)


@lru_cache(maxsize=64)
def decimal_mark(language: str) -> str:
    """Return what stands between the whole and its parts in a number: `,` in German, `.` where that is unknown."""
    try:
        return get_decimal_symbol(Locale.parse(language, sep="-"))
    except (ValueError, UnknownLocaleError):
        return "."


def text_width(text: str, look: CellStyle, maker: Maker) -> float:
    """Return the width of the widest line."""
    return max(_width(line, look, maker) for line in text.split("\n"))


def _width(line: str, look: CellStyle, maker: Maker) -> float:
    return line_width(line, look.font, look.size, maker.letters, maker.document.language)


def text_ink(text: str, look: CellStyle, maker: Maker) -> Ink:
    """Return the lines of a text: the first on the origin, which its alignment stands on."""
    mark = decimal_mark(maker.document.language) if look.align == "DECIMAL" else ""
    language = maker.document.language
    key = ("cell", text, mark, look.font, look.size, look.leading, look.colour, look.align, language)
    found: tuple[Ink, tuple[Lack, ...]] | None = maker.cache.get(key)
    if found is None:
        found = maker.cache.keep(key, _set(text, look, maker, mark))
    maker.document.lacks.extend(found[1])
    return found[0]


def _set(text: str, look: CellStyle, maker: Maker, mark: str) -> tuple[Ink, tuple[Lack, ...]]:
    out = [f"BT {fill_operator(look.colour)}"]
    fonts: set[FontUse] = set()
    lacks: list[Lack] = []
    for count, line in enumerate(text.split("\n")):
        if not line:
            continue
        left = before_mark(line, mark) if mark else line
        shown = [
            set_line(part, look.font, look.size, maker.letters, maker.document.language)
            for part in (left, line[len(left) :])
            if part
        ]
        width = shown[0].width if left else 0.0
        out.append(f"1 0 0 1 {_start(width, look, mark, maker):.4f} {-count * look.leading:.4f} Tm ")
        for part in shown:
            out.append(part.operators)
            fonts |= part.fonts
            lacks += part.lacks
    return Ink("".join([*out, "ET\n"]), frozenset(fonts)), tuple(lacks)


def _start(width: float, look: CellStyle, mark: str, maker: Maker) -> float:
    """Return where a line begins, of which so much stands left of the place that it is aligned on."""
    if look.align == "RIGHT":
        return -width
    if look.align == "CENTER":
        return -0.5 * width
    if look.align == "DECIMAL":
        return -0.5 * _width(mark, look, maker) - width
    return 0.0


def before_mark(text: str, mark: str) -> str:
    """Return what stands left of the place that numbers are aligned on.

    Where there is no decimal mark, that is all of it, but for what follows the last digit.
    """
    left, found, _ = text.partition(mark)
    if found:
        return left
    ends = _ENDS_OTHERWISE.fullmatch(text)
    return ends[1] if ends else text
