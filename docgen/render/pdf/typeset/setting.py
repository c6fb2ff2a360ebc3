"""Floor 2, edges: text to what a page shows of it: the front door of this folder for the layout of lines.

`is_simple` says whether a text is set glyph by glyph, as `Face.width` and `Face.hex` do it; all other text comes
here. Knows nothing of lines, styles or PDF files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from docgen.limits import current_work
from docgen.render.pdf.typeset import bidi
from docgen.render.pdf.typeset.chains import Chain
from docgen.render.pdf.typeset.faces import UNPRINTED, Face
from docgen.render.pdf.typeset.glyphtexts import text_of
from docgen.render.pdf.typeset.scripts import COMMON
from docgen.render.pdf.typeset.shaping import shape

#: Latin, Greek and Cyrillic with their punctuation and signs; no marks to be put on letters, nothing invisible.
_SIMPLE = (
    "\\n -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u1d00-\u1dbf\u1e00-\u200a\u2010-\u2027\u202f-\u205f"
    "\u2070-\u20cf\u2100-\u2bff\u2c60-\u2c7f\ua720-\ua7ff"
)
_NOT_SIMPLE = re.compile(f"[^{_SIMPLE}]")
#: What steers text has done so before glyphs are chosen. Joiners are left to HarfBuzz.
_INVISIBLE = dict.fromkeys(map(ord, UNPRINTED - {"\u200c", "\u200d", "\u200e", "\u200f"}))
_KEPT_PIECES = 1 << 14
_LONGEST_KEPT = 1_000  # characters; no line holds so many


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of one face as it stands on a line.

    Attributes:
        face: to be selected, with the size, before the operators.
        width: in points; the text position is so much further after the operators.
        operators: what shows it. Where glyphs alone do not give back their text, they carry it as ActualText, so
            nothing has to be put around them for that.
        text: in the order it is read.
        groups: what the file has to embed of the face.
        rtl: whether it goes from right to left.
    """

    face: Face
    width: float
    operators: str
    text: str
    groups: frozenset[int]
    rtl: bool = False


def is_simple(text: str) -> bool:
    """Return whether a text needs no shaping, no reordering and no breaks without spaces."""
    return text.isascii() or _NOT_SIMPLE.search(text) is None


def set_text(
    text: str, chain: Chain, size: float, *, language: str = "", rtl: bool = False, kerning: bool = False
) -> tuple[Piece, ...]:
    """Return a text on one line, in pieces from left to right.

    Args:
        text: part of a line, in the order it is read.
        chain: the font and those that stand in for it.
        size: in points.
        language: tag such as `hi` or `zh-TW`.
        rtl: whether the paragraph, or the run given, goes from right to left.
        kerning: whether pairs of letters of simple text are moved together, and ligatures made.

    Raises:
        TemplateError: a font turns out to be broken.
    """
    make = _set_text if len(text) <= _LONGEST_KEPT else _set_text.__wrapped__
    return make(text, chain, size, language, rtl, kerning)


def measure(
    text: str, chain: Chain, size: float, *, language: str = "", rtl: bool = False, kerning: bool = False
) -> float:
    """Return the width of a text on one line, as `set_text` sets it."""
    if not kerning and chain.first.covers(text) and is_simple(text):
        return chain.first.width(text, size)
    pieces = set_text(text, chain, size, language=language, rtl=rtl, kerning=kerning)
    return sum(piece.width for piece in pieces)


@lru_cache(maxsize=_KEPT_PIECES)
def _set_text(text: str, chain: Chain, size: float, language: str, rtl: bool, kerning: bool) -> tuple[Piece, ...]:
    if is_simple(text) and not rtl:
        return tuple(_one_way(text, chain, size, language, False, kerning))
    base = int(rtl)
    found = bidi.line_levels(text, bidi.levels(text, base), 0, len(text), base)
    pieces: list[Piece] = []
    for start, end, level in bidi.visual_runs(found):
        run = _one_way(text[start:end], chain, size, language, bool(level % 2), kerning)
        pieces += reversed(run) if level % 2 else run
    return tuple(pieces)


def _one_way(text: str, chain: Chain, size: float, language: str, rtl: bool, kerning: bool) -> list[Piece]:
    """Return the pieces of a run of one direction, in the order they are read."""
    pieces = []
    check_time = current_work().check_time
    for face, script, part in chain.runs(text.translate(_INVISIBLE) if not text.isascii() else text):
        check_time()
        if not rtl and not kerning and _is_plain(part):
            pieces.append(_plain(part, face, size))
        else:
            pieces.append(_shaped(part, face, size, language, script, rtl, kerning))
    return pieces


_UNSHAPED = re.compile(
    f"[{_SIMPLE}\u3000-\u3029\u3030-\u3098\u309b-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uffee\U00020000-\U0003ffff]*"
)


def _is_plain(text: str) -> bool:
    return _UNSHAPED.fullmatch(text) is not None


def _plain(text: str, face: Face, size: float) -> Piece:
    operators = f"<{face.hex(text)}> Tj" if reads_back(face, text) else _with_actual_text(text, face)
    return Piece(face, face.width(text, size), operators, text, face.groups(text))


def _with_actual_text(text: str, face: Face) -> str:
    actual = text.encode("utf-16-be").hex().upper()
    return f"/Span <</ActualText <FEFF{actual}>>> BDC <{face.hex(text)}> Tj EMC"


def reads_back(face: Face, text: str) -> bool:
    """Return whether glyphs set one by one give back their text: a few characters share a glyph with another."""
    return _misread(face).isdisjoint(text)


@lru_cache(maxsize=64)
def _misread(face: Face) -> frozenset[str]:
    """Return the characters of a face whose glyphs stand for another one."""
    return frozenset(char for char in face.chars if text_of(face, face.glyph(char)) != char and char != "\u00a0")


def _shaped(text: str, face: Face, size: float, language: str, script: str, rtl: bool, kerning: bool) -> Piece:
    joins = kerning or script not in {"Latn", "Grek", "Cyrl", COMMON}
    known = script if script != COMMON else ("Arab" if rtl else "")
    make = shape if len(text) <= _LONGEST_KEPT else shape.__wrapped__
    run = make(text, face, language=language, script=known, rtl=rtl, kerning=joins)
    return Piece(face, run.width(size), run.operators(size), text, run.groups, rtl)
