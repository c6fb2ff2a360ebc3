"""Floor 2, edges: a text on one line, in any script: for cells of plain text, strings on pages, words in charts.

Paragraphs have their own ways; what comes here is never broken.
"""

from __future__ import annotations

from dataclasses import dataclass

from docgen.render.pdf.layout.blocks import FontUse, Lack
from docgen.render.pdf.layout.lacking import lacks_of_line
from docgen.render.pdf.layout.letters import Letters
from docgen.render.pdf.typeset.bidi import base_direction
from docgen.render.pdf.typeset.setting import is_simple, set_text


@dataclass(frozen=True, slots=True)
class LineText:
    """A line, set.

    Attributes:
        operators: select fonts and show glyphs, from the text position on.
        width: in points.
        lacks: characters that no font has.
    """

    operators: str
    width: float
    fonts: frozenset[FontUse]
    lacks: tuple[Lack, ...] = ()


def set_line(text: str, font: str, size: float, letters: Letters, language: str) -> LineText:
    """Return a text in a font and in those that stand in for it."""
    face = letters.face(font)
    number = letters.number(face)
    if is_simple(text) and face.covers(text):
        uses = frozenset((number, group) for group in face.groups(text))
        return LineText(f"/F{number} {size:.6g} Tf <{face.hex(text)}> Tj\n", face.width(text, size), uses)
    chain = letters.chain(font, language)
    missing = chain.missing(text)
    lacks = lacks_of_line(text, font, missing.chars) if missing else ()
    pieces = set_text(text, chain, size, language=language, rtl=base_direction(text) == 1)
    parts: list[str] = []
    fonts: set[FontUse] = set()
    for piece in pieces:
        number = letters.number(piece.face)
        fonts.update((number, group) for group in piece.groups)
        parts.append(f"/F{number} {size:.6g} Tf {piece.operators}\n")
    return LineText("".join(parts), sum(piece.width for piece in pieces), frozenset(fonts), lacks)


def line_width(text: str, font: str, size: float, letters: Letters, language: str) -> float:
    """Return the width of a text on one line."""
    face = letters.face(font)
    if is_simple(text) and face.covers(text):
        return face.width(text, size)
    return set_line(text, font, size, letters, language).width
