"""Floor 2, edges: cells of plain text: set in the table's font, lines as they are, cached as ink."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

from docgen.render.pdf.layout.attributes import fill_operator
from docgen.render.pdf.layout.blocks import Ink, Lack
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.tablestyle import CellStyle
from docgen.render.pdf.typeset.faces import Face

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
    face = maker.letters.face(look.font)
    return max(face.width(line, look.size) for line in text.split("\n"))


def text_ink(text: str, look: CellStyle, maker: Maker) -> Ink:
    """Return the lines of a text: the first on the origin, which its alignment stands on."""
    mark = decimal_mark(maker.document.language) if look.align == "DECIMAL" else ""
    key = ("cell", text, mark, look.font, look.size, look.leading, look.colour, look.align)
    found: Ink | None = maker.cache.get(key)
    if found is None:
        found = _set(text, look, maker, mark)
        if maker.letters.face(look.font).covers(text.replace("\n", "")):
            maker.cache.keep(key, found)
    return found


def _set(text: str, look: CellStyle, maker: Maker, mark: str) -> Ink:
    face = maker.letters.face(look.font)
    number = maker.letters.number(face)
    out = [f"BT {fill_operator(look.colour)}/F{number} {look.size:.4g} Tf\n"]
    groups: set[int] = set()
    at_x = at_y = 0.0
    for count, line in enumerate(text.split("\n")):
        if not line:
            continue
        _find_lacks(line, face, look, maker)
        x, y = _start(line, face, look, mark), -count * look.leading
        left = before_mark(line, mark) if mark else line
        out.append(f"{x - at_x:.4f} {y - at_y:.4f} Td <{face.hex(left)}> Tj\n")
        if left != line:
            out.append(f"<{face.hex(line[len(left) :])}> Tj\n")
        at_x, at_y = x, y
        groups |= face.groups(line)
    return Ink("".join([*out, "ET\n"]), frozenset((number, group) for group in groups))


def _start(line: str, face: Face, look: CellStyle, mark: str) -> float:
    if look.align == "RIGHT":
        return -face.width(line, look.size)
    if look.align == "CENTER":
        return -0.5 * face.width(line, look.size)
    if look.align == "DECIMAL":
        return -0.5 * face.width(mark, look.size) - face.width(before_mark(line, mark), look.size)
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


def _find_lacks(line: str, face: Face, look: CellStyle, maker: Maker) -> None:
    if not face.covers(line):
        maker.document.lacks.extend(Lack(char, look.font, line) for char in line if not face.covers(char))
