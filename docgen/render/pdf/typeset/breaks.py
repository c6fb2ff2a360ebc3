"""Floor 2, edges: where a line may end in text without spaces: East Asian by UAX 14, Thai by its words.

Rules are those of Unicode's line breaking algorithm in their strict form, so that no line begins with a small kana
or a closing bracket. Knows characters; nothing of widths or fonts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product

from docgen.render.pdf.typeset.thai import thai_breaks

_KEPT = 1 << 12
_LONGEST_KEPT = 4_000
_LETTERS = ("AL", "HL")
_HANGUL = ("JL", "JV", "JT", "H2", "H3")
_HARD = frozenset({"BK", "CR", "LF", "NL"})
_NO_BASE = _HARD | {"SP", "ZW"}
_OUTSIDE_QUOTE = _HARD | {"OP", "QU", "GL", "SP", "ZW", ""}
_AFTER_QUOTE = _HARD | {"SP", "GL", "WJ", "CL", "QU", "CP", "EX", "IS", "SY", "ZW", ""}


def break_offsets(text: str) -> tuple[int, ...]:
    """Return the places within a text where a line may end and the next begin, spaces belonging to the line before."""
    if len(text) < 2:
        return ()
    return _break_offsets(text) if len(text) <= _LONGEST_KEPT else _break_offsets.__wrapped__(text)


@lru_cache(maxsize=_KEPT)
def _break_offsets(text: str) -> tuple[int, ...]:
    raw = [_raw_class(char) for char in text]
    starts, kinds = _units(text, raw)
    found = [starts[at] for at in _breaks(text, starts, kinds)]
    if "SA" in raw:
        found = sorted({*found, *_within_words(text, raw)})
    return tuple(found)


@lru_cache(maxsize=1 << 15)
def _raw_class(char: str) -> str:
    from uniseg.linebreak import line_break

    return str(line_break(char).value)


@lru_cache(maxsize=1 << 15)
def _class(char: str) -> str:
    """Return the class of a character, those resolved that depend on language (rule LB1)."""
    kind = _raw_class(char)
    if kind == "SA":
        return "CM" if unicodedata.category(char) in {"Mn", "Mc"} else "AL"
    return {"AI": "AL", "SG": "AL", "XX": "AL", "CJ": "NS"}.get(kind, kind)


@lru_cache(maxsize=1 << 15)
def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"F", "W", "H"}


def _units(text: str, raw: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return starts and classes of letters with their marks (rules LB9 and LB10)."""
    starts: list[int] = []
    kinds: list[str] = []
    for index, char in enumerate(text):
        kind = _class(char)
        if kind in {"CM", "ZWJ"}:
            if kinds and kinds[-1] not in _NO_BASE:
                continue
            kind = "AL"
        elif index and raw[index - 1] == "ZWJ":  # LB8a
            continue
        starts.append(index)
        kinds.append(kind)
    return starts, kinds


def _pairs(*rules: tuple[Iterable[str], Iterable[str]]) -> frozenset[tuple[str, str]]:
    return frozenset(pair for before, after in rules for pair in product(before, after))


#: Classes that stay together whatever is around them (rules LB21 to LB30b).
_TOGETHER = _pairs(
    (("SY",), ("HL",)),
    (_LETTERS, ("NU", "PR", "PO", *_LETTERS)),
    (("NU",), _LETTERS),
    (("PR",), ("ID", "EB", "EM", *_HANGUL)),
    (("ID", "EB", "EM", *_HANGUL), ("PO",)),
    (("PR", "PO"), (*_LETTERS, "NU")),
    (("HY", "IS", "NU"), ("NU",)),
    (("JL",), ("JL", "JV", "H2", "H3")),
    (("JV", "H2"), ("JV", "JT")),
    (("JT", "H3"), ("JT",)),
    (("IS",), _LETTERS),
    (("EB",), ("EM",)),
)
#: Nothing before these begins a line, even after spaces (LB13, LB15d).
_NEVER_FIRST = frozenset({"WJ", "CL", "CP", "EX", "SY"})
_NEVER_FIRST_UNSPACED = frozenset({"BA", "HY", "NS", "IN"})


def _breaks(text: str, starts: Sequence[int], kinds: Sequence[str]) -> list[int]:
    line = _Line(text, starts, kinds)
    return [at for at in range(1, len(kinds)) if line.may_break(at)]


class _Line:
    """Decides for each place, by the rules in their order."""

    def __init__(self, text: str, starts: Sequence[int], kinds: Sequence[str]) -> None:
        self._chars = [text[start] for start in starts]
        self._kinds = kinds

    def _kind(self, at: int) -> str:
        return self._kinds[at] if 0 <= at < len(self._kinds) else ""

    def _before_spaces(self, at: int) -> int:
        while self._kind(at) == "SP":
            at -= 1
        return at

    def may_break(self, at: int) -> bool:
        before, after = self._kinds[at - 1], self._kinds[at]
        if before in _HARD:  # LB4, LB5
            return not (before == "CR" and after == "LF")
        if after in _HARD or after in {"SP", "ZW"}:  # LB6, LB7
            return False
        base = self._before_spaces(at - 1)
        if self._kind(base) == "ZW":  # LB8
            return True
        if after in _NEVER_FIRST or before in {"WJ", "GL"}:  # LB11, LB12, LB13
            return False
        if after == "GL" and before not in {"SP", "BA", "HY"}:  # LB12a
            return False
        if self._joined_over_spaces(base, at):
            return False
        if before == "SP":  # LB18
            return True
        return self._may_break_unspaced(at, before, after)

    def _joined_over_spaces(self, base: int, at: int) -> bool:
        kind, after = self._kind(base), self._kinds[at]
        if kind == "OP":  # LB14
            return True
        if kind == "QU" and self._category(base) == "Pi" and self._kind(base - 1) in _OUTSIDE_QUOTE:  # LB15a
            return True
        if after == "QU" and self._category(at) == "Pf" and self._kind(at + 1) in _AFTER_QUOTE:  # LB15b
            return True
        if after == "IS":  # LB15c, LB15d
            return not (self._kinds[at - 1] == "SP" and self._kind(at + 1) == "NU")
        return (kind in {"CL", "CP"} and after == "NS") or kind == after == "B2"  # LB16, LB17

    def _may_break_unspaced(self, at: int, before: str, after: str) -> bool:
        if "QU" in (before, after) and self._clings_to_quote(at, before, after):
            return False
        if "CB" in (before, after):  # LB20
            return True
        if self._begins_with_hyphen(at, before, after):
            return False
        if after in _NEVER_FIRST_UNSPACED or before == "BB":  # LB21, LB22
            return False
        if before in {"HY", "BA"} and self._kind(at - 2) == "HL" and after != "HL":  # LB21a
            return False
        if (before, after) in _TOGETHER:
            return False
        return not (self._is_number(at, before, after) or self._is_bracketed(at, before, after) or self._is_flag(at))

    def _category(self, at: int) -> str:
        return unicodedata.category(self._chars[at])

    def _clings_to_quote(self, at: int, before: str, after: str) -> bool:
        """Rules LB19 and LB19a: quotation marks stay with what is beside them, but for East Asian text."""
        if after == "QU":
            narrow_after = at + 1 >= len(self._chars) or not _is_wide(self._chars[at + 1])
            if self._category(at) != "Pi" or not _is_wide(self._chars[at - 1]) or narrow_after:
                return True
        if before == "QU":
            narrow_before = at < 2 or not _is_wide(self._chars[at - 2])
            return self._category(at - 1) != "Pf" or not _is_wide(self._chars[at]) or narrow_before
        return False

    def _begins_with_hyphen(self, at: int, before: str, after: str) -> bool:
        """Rule LB20a: a hyphen at the beginning of a word is part of it."""
        hyphen = before == "HY" or self._chars[at - 1] == "\u2010"
        return hyphen and after == "AL" and self._kind(at - 2) in {"", "SP", "ZW", "CB", "GL", *_HARD}

    def _is_number(self, at: int, before: str, after: str) -> bool:
        """Rule LB25: digits stay together with their signs and separators."""
        if before in {"PO", "PR"} and after == "OP":
            following = self._kind(at + 1)
            return following == "NU" or (following == "IS" and self._kind(at + 2) == "NU")
        if after not in {"PO", "PR", "NU"}:
            return False
        back = at - 1
        if before in {"CL", "CP"} and after != "NU":
            back -= 1
        while self._kind(back) in {"SY", "IS"}:
            back -= 1
        return self._kind(back) == "NU"

    def _is_bracketed(self, at: int, before: str, after: str) -> bool:
        """Rule LB30: `person(s)` stays together."""
        if before in {*_LETTERS, "NU"} and after == "OP":
            return not _is_wide(self._chars[at])
        return before == "CP" and after in {*_LETTERS, "NU"} and not _is_wide(self._chars[at - 1])

    def _is_flag(self, at: int) -> bool:
        """Rule LB30a: regional indicators go by twos."""
        if self._kinds[at] != "RI":
            return False
        count = 0
        while self._kind(at - 1 - count) == "RI":
            count += 1
        return count % 2 == 1


# --- scripts of South East Asia ----------------------------------------------------------------------


def _within_words(text: str, raw: Sequence[str]) -> list[int]:
    """Return the breaks within runs of scripts that write no spaces: between words, or between syllables."""
    found: list[int] = []
    at = 0
    while at < len(text):
        if raw[at] != "SA":
            at += 1
            continue
        end = at
        while end < len(text) and raw[end] in {"SA", "CM", "ZWJ"}:
            end += 1
        run = text[at:end]
        inside = thai_breaks(run) if "\u0e00" <= run[0] <= "\u0e7f" else _between_clusters(run)
        found += [at + offset for offset in inside]
        at = end
    return found


def _between_clusters(text: str) -> list[int]:
    """Return the starts of letters with all that is written around them; no dictionary is asked."""
    found = []
    for index in range(1, len(text)):
        stacked = unicodedata.combining(text[index - 1]) == 9  # a sign that puts the next letter under this one
        leading = text[index - 1] in "\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4"  # vowels written before their consonant
        if unicodedata.category(text[index])[0] == "L" and not stacked and not leading:
            found.append(index)
    return found
