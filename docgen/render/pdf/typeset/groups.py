"""Floor 2, edges: which glyphs are embedded together.

A file embeds whole groups of a face's glyphs, so that the same text gives the same subset whatever came before, and
letters that differ in a name share a font. Knows code points and glyph numbers; nothing of font files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

#: ASCII and what European offices type besides; nearly every document needs it.
OFFICE = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("\u00a0§©«®°±·»×÷–—‘’‚“”„†•…‰‹›€№™−")

_WINDOW = 128
_SLICE = 64
_ALONE = 1 << 20
_UNNAMED = 1 << 16
#: Faces with more glyphs than this have ideographs; their other glyphs are embedded one by one too.
_LARGE = 8_000


def group_of_char(char: str, glyph: int) -> int:
    """Return the group of a glyph that stands for a character.

    Scripts go by windows of Unicode. Ideographs and Hangul, of which a text uses a few hundred out of tens of
    thousands, are alone.
    """
    if char in OFFICE:
        return 0
    code = ord(char)
    if code < 0x3100 or 0xFB00 <= code < 0x10000:
        return 1 + code // _WINDOW
    return _ALONE + glyph


def group_of_unnamed(glyph: int, glyph_count: int) -> int:
    """Return the group of a glyph that no character leads to: a ligature, a form within a word."""
    return _ALONE + glyph if glyph_count > _LARGE else _UNNAMED + glyph // _SLICE


def candidates(group: int, glyphs: Mapping[int, int]) -> Iterator[int]:
    """Yield the glyphs that may be in a group.

    Args:
        group: as the other functions give it.
        glyphs: code point -> glyph of a face.
    """
    if group >= _ALONE:
        yield group - _ALONE
    elif group >= _UNNAMED:
        start = (group - _UNNAMED) * _SLICE
        yield from range(start, start + _SLICE)
    else:
        codes = map(ord, OFFICE) if group == 0 else range((group - 1) * _WINDOW, group * _WINDOW)
        yield from (glyphs[code] for code in codes if code in glyphs)
