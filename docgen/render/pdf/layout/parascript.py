"""Floor 2, edges: text of paragraphs in scripts: what is set letter by letter and what is shaped, where words divide.

Text that a face covers and that needs no shaping goes the short way; all other text is handed to `typeset`. Knows no
lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from docgen.render.pdf.layout.attributes import Colour
from docgen.render.pdf.layout.paramarks import Mark
from docgen.render.pdf.typeset.bidi import levels as bidi_levels
from docgen.render.pdf.typeset.bidi import line_levels, visual_runs
from docgen.render.pdf.typeset.breaks import break_offsets
from docgen.render.pdf.typeset.chains import Chain
from docgen.render.pdf.typeset.faces import Face
from docgen.render.pdf.typeset.scripts import clusters
from docgen.render.pdf.typeset.setting import Piece, is_simple, measure, set_text

SOFT_HYPHEN = "\u00ad"


class Look(NamedTuple):
    """What letters look like: of one look, they are one run.

    Attributes:
        chain: the face and those that stand in for it.
        font: what the author calls the font.
        language: of the text, as a tag.
        rtl: whether the paragraph goes from right to left.
    """

    face: Face
    size: float
    colour: Colour
    rise: float = 0.0
    marks: tuple[Mark, ...] = ()
    links: tuple[tuple[int, str], ...] = ()
    back: Colour | None = None
    nobr: bool = False
    chain: Chain | None = None
    language: str = ""
    kerning: bool = False
    rtl: bool = False
    font: str = ""


def is_plain(look: Look, text: str) -> bool:
    """Return whether a text is set letter by letter in its face."""
    return not look.kerning and look.face.covers(text) and is_simple(text)


def width_of(look: Look, text: str) -> float:
    """Return the width of text; soft hyphens have none."""
    if SOFT_HYPHEN in text:
        text = text.replace(SOFT_HYPHEN, "")
    if look.chain is None or is_plain(look, text):
        return look.face.width(text, look.size)
    return measure(text, look.chain, look.size, language=look.language, rtl=look.rtl, kerning=look.kerning)


def pieces_of(look: Look, text: str, rtl: bool) -> Sequence[Piece]:
    """Return a text of one direction as it stands on a line, from left to right."""
    assert look.chain is not None
    text = text.replace(SOFT_HYPHEN, "")
    return set_text(text, look.chain, look.size, language=look.language, rtl=rtl, kerning=look.kerning)


def unspaced_parts(text: str) -> Iterator[str]:
    """Yield the parts of a text without spaces between which a line may end."""
    if is_simple(text):
        yield text
        return
    start = 0
    for end in (*break_offsets(text), len(text)):
        yield text[start:end]
        start = end


def letters_of(text: str) -> Sequence[str]:
    """Return the pieces of a text that cannot be divided."""
    return text if is_simple(text) else clusters(text)


def in_sight(texts: Iterable[str], rtl: bool) -> list[tuple[int, int, int, bool]]:
    """Return texts that follow one another on a line as they are seen, from left to right.

    Returns:
        Which text, from where to where in it, and whether it goes from right to left.
    """
    parts = list(texts)
    whole = "".join(parts)
    base = int(rtl)
    found: list[tuple[int, int, int, bool]] = []
    bounds = _bounds(parts)
    for start, end, level in visual_runs(line_levels(whole, bidi_levels(whole, base), 0, len(whole), base)):
        inside = [
            (number, max(start, low) - low, min(end, high) - low, bool(level % 2))
            for number, (low, high) in enumerate(bounds)
            if min(end, high) > max(start, low)
        ]
        found += reversed(inside) if level % 2 else inside
    return found


def _bounds(parts: Iterable[str]) -> list[tuple[int, int]]:
    bounds, at = [], 0
    for part in parts:
        bounds.append((at, at + len(part)))
        at += len(part)
    return bounds
