"""Floor 2, edges: the text of glyphs that no character leads to: ligatures and forms within words.

They are found through the font's own substitutions, so that a PDF gives back what was set. Knows fontTools, which
is loaded when a text first needs this.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from docgen.render.pdf.typeset.faces import Face

#: Fonts of East Asia have tens of thousands of substitutions that no text here asks for.
_LARGEST = 8_000
_ROUNDS = 6
_LONGEST_TEXT = 12


def text_of(face: Face, glyph: int) -> str:
    """Return the text a glyph stands for, "" if that is unknown."""
    char = face.text_of(glyph)
    return _letters(char) if char else _substituted(face).get(glyph, "")


@lru_cache(maxsize=4096)
def _letters(char: str) -> str:
    """Return the letters of a character that Unicode has for a form within words, such as Arabic's."""
    is_form = "\ufb00" <= char <= "\ufdff" or "\ufe70" <= char <= "\ufefc"
    return unicodedata.normalize("NFKC", char).strip() if is_form else char


@lru_cache(maxsize=64)
def _substituted(face: Face) -> dict[int, str]:
    if face.glyph_count > _LARGEST:
        return {}
    try:
        rules = list(_rules(face))
    except Exception:  # without these texts a file is right, only longer
        return {}
    found: dict[int, str] = {}
    for _ in range(_ROUNDS):
        before = len(found)
        for sources, target in rules:
            texts = [_letters(face.text_of(glyph)) or found.get(glyph, "") for glyph in sources]
            if all(texts) and not face.text_of(target) and sum(map(len, texts)) <= _LONGEST_TEXT:
                found.setdefault(target, "".join(texts))
        if len(found) == before:
            break
    return found


def _rules(face: Face) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield what a font puts for what: (glyphs, glyph)."""
    from fontTools.ttLib import TTFont

    with face.path.open("rb") as opened, TTFont(opened, fontNumber=face.number, lazy=True) as font:
        if "GSUB" not in font or not font["GSUB"].table.LookupList:
            return
        number = font.getGlyphID
        for lookup in font["GSUB"].table.LookupList.Lookup:
            for table in lookup.SubTable:
                inner: Any = getattr(table, "ExtSubTable", table)
                if inner.LookupType == 1:
                    yield from (((number(a),), number(b)) for a, b in sorted(inner.mapping.items()))
                elif inner.LookupType == 4:
                    for first, ligatures in sorted(inner.ligatures.items()):
                        for ligature in ligatures:
                            parts = (first, *ligature.Component)
                            yield tuple(map(number, parts)), number(ligature.LigGlyph)
