"""Floor 2, edges: which script each part of a text is written in, and what belongs together in it.

Knows Unicode's script property through fontTools; nothing of fonts.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from fontTools.unicodedata import script

COMMON = "Zyyy"
_INHERITED = "Zinh"
_UNKNOWN = "Zzzz"
CJK = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo"})
_JOINERS = frozenset("\u200c\u200d")


@lru_cache(maxsize=1 << 15)
def script_of(char: str) -> str:
    """Return the script of a character as ISO 15924 has it, `COMMON` for digits, spaces and marks of many scripts."""
    code = ord(char)
    if 0x3000 <= code < 0x3040 or 0xFF00 <= code < 0xFF66 or code == 0x30FC:
        return "Hani"  # punctuation and full-width forms of East Asia, though others may use them
    found = str(script(char))
    return COMMON if found in (_INHERITED, _UNKNOWN) else found


@lru_cache(maxsize=1 << 15)
def _clings(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char)[0] == "M"


def clusters(text: str) -> list[str]:
    """Return a text in pieces that one font has to set: letters with their marks and joiners."""
    found: list[str] = []
    joined = False
    for char in text:
        if found and (joined or _clings(char)):
            found[-1] += char
        else:
            found.append(char)
        joined = char == "\u200d"
    return found


def cluster_script(cluster: str) -> str:
    """Return the script of a cluster: that of its first character that has one."""
    return next((name for name in map(script_of, cluster) if name != COMMON), COMMON)
