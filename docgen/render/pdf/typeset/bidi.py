"""Floor 2, edges: the Unicode bidirectional algorithm (UAX 9): levels of a paragraph, order of a line.

Even levels go from left to right, odd ones from right to left. Knows characters, not fonts or lines; mirrored
glyphs are HarfBuzz's affair.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_MAX_DEPTH = 125
_MOST_BRACKETS = 63
_LONGEST_KEPT = 4_000  # characters; what is longer is worked out each time, so that memory stays bounded
_ISOLATES = frozenset({"LRI", "RLI", "FSI"})
_REMOVED = frozenset({"RLE", "LRE", "RLO", "LRO", "PDF", "BN"})
_NEUTRAL = frozenset({"B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI"})
_TRAILING = frozenset({"WS", "LRI", "RLI", "FSI", "PDI", *_REMOVED})
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ODD_PAIRS = {"\u298d": "\u2990", "\u298f": "\u298e"}
_ODD_CLOSING = {close: opening for opening, close in _ODD_PAIRS.items()}


@lru_cache(maxsize=1 << 14)
def _type(char: str) -> str:
    return unicodedata.bidirectional(char) or "L"


def has_right_to_left(text: str) -> bool:
    """Return whether some of a text goes from right to left, so that its order has to be worked out."""
    return _RIGHT_TO_LEFT.search(text) is not None


def base_direction(text: str) -> int:
    """Return the level of a paragraph by its first strong letter (rules P2 and P3): 0 or 1, 0 where there is none."""
    return _first_strong([_type(char) for char in text]) or 0


def levels(text: str, base: int | None = None) -> tuple[int, ...]:
    """Return the level of every character of a paragraph, before it is broken into lines.

    Args:
        text: the paragraph.
        base: its own level, 0 or 1; by its first strong letter without it.
    """
    base = base_direction(text) if base is None else base
    if not base and not has_right_to_left(text):
        return (0,) * len(text)
    return _levels(text, base) if len(text) <= _LONGEST_KEPT else _levels.__wrapped__(text, base)


@lru_cache(maxsize=1 << 12)
def _levels(text: str, base: int) -> tuple[int, ...]:
    types = [_type(char) for char in text]
    found, resolved = _explicit(types, base)
    for sequence in _sequences(types, resolved, found, base):
        _resolve_weak(sequence, resolved)
        _resolve_brackets(text, types, sequence, resolved)
        _resolve_neutral(sequence, resolved)
    for index, kind in enumerate(resolved):
        if types[index] not in _REMOVED:
            found[index] += _implicit(kind, found[index])
    _reset_separators(types, found, base)
    return tuple(found)


def line_levels(text: str, paragraph_levels: Sequence[int], start: int, end: int, base: int) -> tuple[int, ...]:
    """Return the levels of one line: spaces at its end go with the paragraph (rule L1).

    Args:
        text: the whole paragraph.
        paragraph_levels: what `levels` gave for it.
        start: where the line begins.
        end: where it ends.
        base: the paragraph's level.
    """
    found = list(paragraph_levels[start:end])
    for index in range(end - 1, start - 1, -1):
        if _type(text[index]) not in _TRAILING:
            break
        found[index - start] = base
    return tuple(found)


def visual_runs(line: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return the runs of a line from left to right, as (start, end, level) (rule L2).

    A run of an odd level is shown from its end to its start.
    """
    runs: list[tuple[int, int, int]] = []
    for index, level in enumerate(line):
        if runs and runs[-1][2] == level:
            runs[-1] = (runs[-1][0], index + 1, level)
        else:
            runs.append((index, index + 1, level))
    odd = [level for _, _, level in runs if level % 2]
    if not odd:
        return runs
    for level in range(max(run[2] for run in runs), min(odd) - 1, -1):
        runs = _reversed_from(runs, level)
    return runs


def _reversed_from(runs: list[tuple[int, int, int]], level: int) -> list[tuple[int, int, int]]:
    ordered: list[tuple[int, int, int]] = []
    stretch: list[tuple[int, int, int]] = []
    for run in runs:
        if run[2] >= level:
            stretch.append(run)
        else:
            ordered += [*reversed(stretch), run]
            stretch = []
    return [*ordered, *reversed(stretch)]


# --- paragraphs and explicit levels: P, X ------------------------------------------------------------


def _first_strong(types: Sequence[str]) -> int | None:
    depth = 0
    for kind in types:
        if kind in _ISOLATES:
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif not depth and kind in {"L", "R", "AL"}:
            return int(kind != "L")
    return None


def _matching(types: Sequence[str]) -> dict[int, int]:
    """Isolate initiator -> its PDI (rule BD9)."""
    opened: list[int] = []
    found: dict[int, int] = {}
    for index, kind in enumerate(types):
        if kind in _ISOLATES:
            opened.append(index)
        elif kind == "PDI" and opened:
            found[opened.pop()] = index
    return found


@dataclass(frozen=True)
class _Status:
    level: int
    override: str = ""
    isolate: bool = False


class _Stack:
    """The directional status stack of rules X1 to X8."""

    def __init__(self, base: int) -> None:
        self.entries = [_Status(base)]
        self.overflow_isolates = self.overflow_embeddings = self.valid_isolates = 0

    @property
    def last(self) -> _Status:
        return self.entries[-1]

    def push(self, rtl: bool, override: str = "", isolate: bool = False) -> None:
        level = self.last.level + 1 + (self.last.level % 2 == rtl)
        if level <= _MAX_DEPTH and not self.overflow_isolates and not self.overflow_embeddings:
            self.valid_isolates += isolate
            self.entries.append(_Status(level, override, isolate))
        elif isolate:
            self.overflow_isolates += 1
        elif not self.overflow_isolates:
            self.overflow_embeddings += 1

    def end_isolate(self) -> None:
        if self.overflow_isolates:
            self.overflow_isolates -= 1
        elif self.valid_isolates:
            self.overflow_embeddings = 0
            while not self.last.isolate:
                self.entries.pop()
            self.entries.pop()
            self.valid_isolates -= 1

    def end_embedding(self) -> None:
        if self.overflow_isolates:
            return
        if self.overflow_embeddings:
            self.overflow_embeddings -= 1
        elif not self.last.isolate and len(self.entries) > 1:
            self.entries.pop()


def _explicit(types: Sequence[str], base: int) -> tuple[list[int], list[str]]:
    """Return level and type of each character after rules X1 to X8."""
    stack, matching = _Stack(base), _matching(types)
    found, resolved = [base] * len(types), list(types)
    for index, kind in enumerate(types):
        if kind == "PDI":
            stack.end_isolate()
        found[index] = base if kind == "B" else stack.last.level
        if kind not in _REMOVED and kind != "B":
            resolved[index] = stack.last.override or kind
        if kind in _ISOLATES:
            inside = types[index + 1 : matching.get(index, len(types))]
            stack.push(kind == "RLI" or (kind == "FSI" and bool(_first_strong(inside))), isolate=True)
        elif kind in {"RLE", "LRE"}:
            stack.push(kind == "RLE")
        elif kind in {"RLO", "LRO"}:
            stack.push(kind == "RLO", override="R" if kind == "RLO" else "L")
        elif kind == "PDF":
            stack.end_embedding()
    return found, resolved


@dataclass(frozen=True)
class _Sequence:
    """An isolating run sequence (rule X10): the places of its characters, and what stands before and after."""

    places: tuple[int, ...]
    level: int
    before: str
    after: str

    @property
    def direction(self) -> str:
        return "R" if self.level % 2 else "L"


def _sequences(types: Sequence[str], resolved: Sequence[str], found: Sequence[int], base: int) -> Iterator[_Sequence]:
    kept = [index for index, kind in enumerate(types) if kind not in _REMOVED]
    runs: list[list[int]] = []
    for index in kept:
        if runs and found[runs[-1][-1]] == found[index]:
            runs[-1].append(index)
        else:
            runs.append([index])
    position = {index: place for place, index in enumerate(kept)}
    matching = _matching(types)
    closing = set(matching.values())
    by_start = {run[0]: run for run in runs}
    for run in runs:
        if types[run[0]] == "PDI" and run[0] in closing:
            continue
        places = list(run)
        while types[places[-1]] in _ISOLATES and places[-1] in matching:
            places += by_start.get(matching[places[-1]], [])
            if types[places[-1]] in _ISOLATES and places[-1] not in matching:
                break
        yield _sequence(types, kept, position, found, places, base)


def _sequence(
    types: Sequence[str],
    kept: Sequence[int],
    position: dict[int, int],
    found: Sequence[int],
    places: list[int],
    base: int,
) -> _Sequence:
    level = found[places[0]]
    first, last = position[places[0]], position[places[-1]]
    before = found[kept[first - 1]] if first else base
    unclosed = types[places[-1]] in _ISOLATES
    after = base if unclosed or last + 1 == len(kept) else found[kept[last + 1]]
    return _Sequence(
        tuple(places), level, "R" if max(level, before) % 2 else "L", "R" if max(level, after) % 2 else "L"
    )


# --- weak types: W ---------------------------------------------------------------------------------


def _resolve_weak(sequence: _Sequence, resolved: list[str]) -> None:
    _resolve_marks_and_numbers(sequence, resolved)
    places = sequence.places
    for at in range(1, len(places) - 1):  # W4
        kind, around = resolved[places[at]], (resolved[places[at - 1]], resolved[places[at + 1]])
        if kind in {"ES", "CS"} and around == ("EN", "EN"):
            resolved[places[at]] = "EN"
        elif kind == "CS" and around == ("AN", "AN"):
            resolved[places[at]] = "AN"
    _resolve_terminators(places, resolved)
    strong = sequence.before
    for index in places:  # W6, W7
        kind = resolved[index]
        if kind in {"ES", "CS", "ET"}:
            resolved[index] = "ON"
        elif kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":
            resolved[index] = "L"


def _resolve_marks_and_numbers(sequence: _Sequence, resolved: list[str]) -> None:
    previous = strong = sequence.before
    for index in sequence.places:
        kind = resolved[index]
        if kind == "NSM":  # W1
            kind = "ON" if previous in _ISOLATES or previous == "PDI" else previous
        previous = kind
        if kind in {"L", "R", "AL"}:
            strong = kind
        elif kind == "EN" and strong == "AL":  # W2
            kind = "AN"
        resolved[index] = kind
    for index in sequence.places:  # W3
        if resolved[index] == "AL":
            resolved[index] = "R"


def _resolve_terminators(places: Sequence[int], resolved: list[str]) -> None:
    """Rule W5: signs such as % or € beside a number belong to it."""
    at = 0
    while at < len(places):
        if resolved[places[at]] != "ET":
            at += 1
            continue
        end = at
        while end < len(places) and resolved[places[end]] == "ET":
            end += 1
        beside = (at > 0 and resolved[places[at - 1]] == "EN") or (end < len(places) and resolved[places[end]] == "EN")
        if beside:
            for index in places[at:end]:
                resolved[index] = "EN"
        at = end


# --- brackets and neutrals: N ------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _closing_of(char: str) -> str:
    """Return the bracket that closes an opening one, "" for other characters. Pairs are neighbours in Unicode."""
    if unicodedata.category(char) != "Ps" or not unicodedata.mirrored(char):
        return ""
    close = _ODD_PAIRS.get(char) or chr(ord(char) + 1 + (unicodedata.category(chr(ord(char) + 1)) != "Pe"))
    return _canonical(close) if unicodedata.category(close) == "Pe" else ""


@lru_cache(maxsize=1024)
def _is_closing(char: str) -> bool:
    return unicodedata.category(char) == "Pe" and bool(unicodedata.mirrored(char))


def _canonical(char: str) -> str:
    return unicodedata.normalize("NFC", char)


def _pairs(text: str, sequence: _Sequence, resolved: Sequence[str]) -> list[tuple[int, int]]:
    """Return the matching brackets, as positions within the sequence (rule BD16)."""
    opened: list[tuple[str, int]] = []
    found: list[tuple[int, int]] = []
    for at, index in enumerate(sequence.places):
        if resolved[index] != "ON":
            continue
        char = text[index]
        if close := _closing_of(char):
            if len(opened) == _MOST_BRACKETS:
                return []
            opened.append((close, at))
        elif _is_closing(char):
            char = _canonical(char)
            depth = next((depth for depth in range(len(opened) - 1, -1, -1) if opened[depth][0] == char), None)
            if depth is not None:
                found.append((opened[depth][1], at))
                del opened[depth:]
    return sorted(found)


def _strong(kind: str) -> str:
    return "R" if kind in {"R", "EN", "AN"} else "L" if kind == "L" else ""


def _resolve_brackets(text: str, types: Sequence[str], sequence: _Sequence, resolved: list[str]) -> None:
    """Rule N0: brackets take the direction of what they hold."""
    places = sequence.places
    for start, end in _pairs(text, sequence, resolved):
        inside = {_strong(resolved[index]) for index in places[start + 1 : end]} - {""}
        if not inside:
            continue
        direction = sequence.direction
        if direction not in inside:
            before = next((found for at in range(start - 1, -1, -1) if (found := _strong(resolved[places[at]]))), "")
            other = "L" if direction == "R" else "R"
            direction = other if (before or sequence.before) == other else direction
        for at in (start, end):
            resolved[places[at]] = direction
            for index in places[at + 1 :]:
                if types[index] != "NSM":
                    break
                resolved[index] = direction


def _resolve_neutral(sequence: _Sequence, resolved: list[str]) -> None:
    """Rules N1 and N2."""
    places, at, before = sequence.places, 0, sequence.before
    while at < len(places):
        if resolved[places[at]] not in _NEUTRAL:
            before = _strong(resolved[places[at]]) or before
            at += 1
            continue
        end = at
        while end < len(places) and resolved[places[end]] in _NEUTRAL:
            end += 1
        after = _strong(resolved[places[end]]) if end < len(places) else sequence.after
        for index in places[at:end]:
            resolved[index] = before if before == after else sequence.direction
        at = end


# --- levels: I, L -----------------------------------------------------------------------------------


def _implicit(kind: str, level: int) -> int:
    if level % 2:
        return int(kind in {"L", "EN", "AN"})
    return {"R": 1, "EN": 2, "AN": 2}.get(kind, 0)


def _reset_separators(types: Sequence[str], found: list[int], base: int) -> None:
    """Rule L1 for tabs and ends of paragraphs, and levels for what rule X9 removed."""
    trailing = False
    for index in range(len(types) - 1, -1, -1):
        if types[index] in {"B", "S"}:
            found[index], trailing = base, True
        elif types[index] not in _TRAILING:
            trailing = False
        elif trailing:
            found[index] = base
    for index, kind in enumerate(types):
        if kind in _REMOVED:
            found[index] = found[index - 1] if index else base
