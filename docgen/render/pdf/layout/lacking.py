"""Floor 2, edges: characters that no font has, each with the font as the author named it and the text around it.

Whoever sets text asks here; a document that lacks a character is not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from docgen.render.pdf.layout.blocks import Lack
from docgen.render.pdf.layout.parascript import Look

#: So many characters on either side of the one that is missing are quoted.
_AROUND = 20


def lacks_of_line(text: str, font: str, missing: Iterable[str]) -> tuple[Lack, ...]:
    """Return what a text lacks whose missing characters are known."""
    return tuple(Lack(char, font, _around(text, text.find(char))) for char in missing)


def lacks_of_parts(parts: Sequence[tuple[Look, str]]) -> tuple[Lack, ...]:
    """Return what texts lack that are read one after another; each quotes its neighbours as well."""
    lacking = [(number, chars) for number, part in enumerate(parts) if (chars := _missing(*part))]
    if not lacking:
        return ()
    texts = [text for _, text in parts]
    whole, starts = "".join(texts), [0, *accumulate(map(len, texts))]
    return tuple(
        Lack(char, parts[number][0].font, _around(whole, starts[number] + texts[number].find(char)))
        for number, chars in lacking
        for char in chars
    )


def lacks_of_dots(look: Look, dots: str) -> tuple[Lack, ...]:
    """Return what the text lacks that fills a line: none stands in for its font."""
    return lacks_of_line(dots, look.font, (char for char in dict.fromkeys(dots) if not look.face.covers(char)))


def _missing(look: Look, text: str) -> str:
    if look.face.covers(text) or look.chain is None:
        return ""
    missing = look.chain.missing(text)
    return missing.chars if missing else ""


def _around(text: str, at: int) -> str:
    return " ".join(text[max(0, at - _AROUND) : at + 1 + _AROUND].split())
