"""Floor 1, rules: deliveries that wait, in a lane for each way: which are next, and when a lane is worth a look. Pure.

A lane keeps the numbers of its deliveries and nothing else of them: eight bytes each. Knows no limit and no ledger.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from heapq import heappop, heappush

from docgen.sending.governor import Hold, Way


class _State(Enum):
    OPEN = "open"  # as far as anybody knows, its first may go
    SHUT = "shut"  # not before a moment that is known
    ASIDE = "aside"  # has given what it may, for now


@dataclass
class _Lane:
    """Numbers by rising size: those that came in order, and those that came back."""

    state: _State = _State.OPEN
    until: datetime | None = None
    came: array[int] = field(default_factory=lambda: array("q"))
    back: list[int] = field(default_factory=list)
    place: int = 0

    @property
    def first(self) -> int:
        """The lowest number, 0 for none."""
        heads = self.back[:1] + list(self.came[self.place : self.place + 1])
        return min(heads, default=0)

    def take(self) -> int:
        if self.back and self.back[0] == self.first:
            return heappop(self.back)
        number = self.came[self.place]
        self.place += 1
        if self.place > 1000 and 2 * self.place > len(self.came):
            del self.came[: self.place]
            self.place = 0
        return number


@dataclass
class Lanes:
    """All that waits, in lanes."""

    waiting: int = 0
    _lanes: dict[Way, _Lane] = field(default_factory=dict)
    _of_domain: dict[str, list[Way]] = field(default_factory=dict)
    _open: list[tuple[int, Way]] = field(default_factory=list)
    _shut: list[tuple[datetime, int, Way, str]] = field(default_factory=list)

    def append(self, way: Way, number: int) -> None:
        """Put a delivery last; its number is higher than all that came before."""
        lane = self._lane(way)
        lane.came.append(number)
        self.waiting += 1
        if lane.first == number:
            self._offer(way, lane)

    def put_back(self, way: Way, number: int) -> None:
        """Put a delivery where its number belongs."""
        lane = self._lane(way)
        heappush(lane.back, number)
        self.waiting += 1
        if lane.first == number:
            self._offer(way, lane)

    def _lane(self, way: Way) -> _Lane:
        if way not in self._lanes:
            self._lanes[way] = _Lane()
            self._of_domain.setdefault(way.domain, []).append(way)
        return self._lanes[way]

    def _offer(self, way: Way, lane: _Lane) -> None:
        if lane.state is _State.OPEN and lane.first:
            heappush(self._open, (lane.first, way))

    def next(self) -> Way | None:
        """Return the open lane with the lowest number; None for none."""
        while self._open:
            number, way = self._open[0]
            lane = self._lanes[way]
            if lane.state is _State.OPEN and lane.first == number:
                return way
            heappop(self._open)  # it has been shut since, or another is its first
        return None

    def take(self, way: Way) -> int:
        """Take the first of a lane out."""
        lane = self._lanes[way]
        number = lane.take()
        self.waiting -= 1
        self._offer(way, lane)
        return number

    def set_aside(self, way: Way) -> None:
        """Pass a lane over until `open` names it again."""
        self._lanes[way].state = _State.ASIDE

    def shut(self, way: Way, hold: Hold) -> None:
        """Pass a lane over until a moment."""
        lane = self._lanes[way]
        lane.state, lane.until = _State.SHUT, hold.until
        heappush(self._shut, (hold.until, lane.first, way, hold.why))

    def open(self, way: Way) -> None:
        """Let a lane be looked at again."""
        lane = self._lanes[way]
        if lane.state is not _State.OPEN:
            lane.state, lane.until = _State.OPEN, None
            self._offer(way, lane)

    def open_domain(self, domain: str) -> None:
        """Let all lanes of a domain be looked at again."""
        for way in self._of_domain.get(domain, ()):
            self.open(way)

    def open_all(self) -> None:
        """Let every lane be looked at again."""
        for way in self._lanes:
            self.open(way)
        self._shut.clear()

    def open_until(self, now: datetime) -> None:
        """Let the lanes be looked at whose moment has come."""
        while (hold := self.soonest()) and hold.until <= now:
            self.open(self._shut[0][2])

    def soonest(self) -> Hold | None:
        """Return when the first of the shut lanes that are not empty is worth a look."""
        while self._shut:
            until, _, way, why = self._shut[0]
            lane = self._lanes[way]
            if lane.state is _State.SHUT and lane.until == until and lane.first:
                return Hold(until, why)
            heappop(self._shut)
            if lane.state is _State.SHUT and lane.until == until:
                lane.state = _State.OPEN  # empty: what comes next is looked at
        return None


@dataclass(order=True, frozen=True)
class _Later:
    until: datetime
    number: int
    way: Way = field(compare=False)
    why: str = field(compare=False)


@dataclass
class Later:
    """Deliveries that wait by themselves, whatever their lane may: they were refused, and are to be tried again."""

    _heap: list[_Later] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, way: Way, number: int, hold: Hold) -> None:
        """Let one wait until its moment."""
        heappush(self._heap, _Later(hold.until, number, way, hold.why))

    def pop_until(self, now: datetime) -> Iterator[tuple[Way, int]]:
        """Yield, and forget, those whose moment has come."""
        while self._heap and self._heap[0].until <= now:
            each = heappop(self._heap)
            yield each.way, each.number

    def first(self) -> tuple[Way, Hold] | None:
        """Return the first of them."""
        return (self._heap[0].way, Hold(self._heap[0].until, self._heap[0].why)) if self._heap else None

    def pop_first(self) -> tuple[Way, int]:
        """Return, and forget, the first of them."""
        each = heappop(self._heap)
        return each.way, each.number
