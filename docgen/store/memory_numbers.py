"""Floor 2, edges: number sequences in memory, for the ledger that forgets. Knows no threads; its owner does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from docgen.store import rules

Number = tuple[str, int]


@dataclass
class Given:
    """A number given to a key, and the runs that count on it."""

    sequence: str
    n: int
    uses: set[str]
    sealed: bool = False


class MemoryNumbers:
    """All numbers of a ledger. What each method promises is said in `docgen.protocols.Ledger`."""

    def __init__(self) -> None:
        """Begin empty."""
        self._given: dict[tuple[str, str], Given] = {}
        self._starts: dict[str, int] = {}

    def reserve(self, run: str, name: str, wanted: Sequence[tuple[str, str]], start: int) -> dict[str, Number]:
        """Give each key its number."""
        for key, sequence in wanted:
            if (name, key) not in self._given:
                taken = self._taken(sequence)
                low = self._starts[sequence] if taken else start
                self._starts[sequence] = low
                self._given[name, key] = Given(sequence, next(rules.free_numbers(taken, low)), set())
        asked = {key: self._given[name, key] for key, _ in wanted}
        for number in asked.values():
            number.uses.add(run)
        return {key: (number.sequence, number.n) for key, number in asked.items()}

    def _taken(self, sequence: str) -> list[int]:
        return sorted(number.n for number in self._given.values() if number.sequence == sequence)

    def release(self, run: str, keys: Sequence[str] | None) -> int:
        """Give up unsealed numbers."""
        free = 0
        for (name, key), number in list(self._given.items()):
            if run in number.uses and not number.sealed and (keys is None or key in keys):
                number.uses.discard(run)
                if not number.uses:
                    del self._given[name, key]
                    free += 1
        return free

    def close_gaps(self, run: str) -> dict[str, list[str]]:
        """Close gaps below the numbers that only this run counts on."""
        mine = {place: each for place, each in self._given.items() if each.uses == {run} and not each.sealed}
        changed: dict[str, list[str]] = defaultdict(list)
        for sequence in sorted({number.sequence for number in mine.values()}):
            own = {number.n: place for place, number in mine.items() if number.sequence == sequence}
            others = [n for n in self._taken(sequence) if n not in own]
            for old, new in rules.moves_down(own, others, self._starts[sequence]):
                name, key = own[old]
                mine[name, key].n = new
                changed[name].append(key)
        return dict(changed)

    def seal(self, run: str) -> None:
        """Make numbers final."""
        for number in self._given.values():
            number.sealed = number.sealed or run in number.uses

    def of_run(self, run: str, keys: Collection[str]) -> dict[str, dict[str, Number]]:
        """Return the numbers of these keys and of those the run has reserved for."""
        found: dict[str, dict[str, Number]] = defaultdict(dict)
        for (name, key), number in self._given.items():
            if key in keys or run in number.uses:
                found[name][key] = (number.sequence, number.n)
        return dict(found)
