"""Floor 2, edges: where words may be divided, by language.

Knows pyphen, whose patterns are loaded when a language is first asked for; nothing of lines.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

SOFT_HYPHEN = "\u00ad"
_LEAST_BEFORE, _LEAST_AFTER = 2, 3
_LONGEST = 100
_KEPT = 1 << 15
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@lru_cache(maxsize=_KEPT)
def hyphen_offsets(word: str, language: str) -> tuple[int, ...]:
    """Return the places where a word may be divided.

    Where the author put soft hyphens, the places behind those and no others. Words with digits, in capitals only or
    of a language without rules are not divided.

    Args:
        word: with whatever punctuation stands at its ends.
        language: tag such as `de-AT`.
    """
    if SOFT_HYPHEN in word:
        return tuple(index + 1 for index, char in enumerate(word[:-1]) if char == SOFT_HYPHEN and index)
    rules = _rules(language)
    if rules is None or len(word) > _LONGEST or any(char.isdigit() for char in word) or word.isupper():
        return ()
    found: list[int] = []
    for match in _WORD.finditer(word):
        found += [match.start() + offset for offset in rules.positions(match[0]) if _in_bounds(offset, match[0])]
    return tuple(found)


def _in_bounds(offset: int, word: str) -> bool:
    return _LEAST_BEFORE <= offset <= len(word) - _LEAST_AFTER


@cache
def _rules(language: str) -> Any:
    from pyphen import Pyphen, language_fallback

    name = language_fallback(language.replace("-", "_")) if language else None
    return Pyphen(lang=name, left=_LEAST_BEFORE, right=_LEAST_AFTER) if name else None
