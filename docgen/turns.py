"""Floor 3, work: whose turn it is: which pending deliveries of a run may go now, and until when the others wait.

Reads each delivery from the ledger once to see which way it goes, and at most once more when its turn comes, however
many wait and however often limits let some of them go. Says only what may go; sends and claims nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from docgen.model import Delivery, DeliveryState
from docgen.paging import PAGE
from docgen.protocols import Ledger
from docgen.sending.governor import Governor, Hold, Way, places_of, way_of
from docgen.sending.lanes import Lanes, Later

#: What other runs have sent meanwhile is asked for no more often, since the answer takes as long as much was sent.
RECOUNT = timedelta(minutes=1)


@dataclass(frozen=True)
class Wait:
    """Nothing may go until then.

    Attributes:
        why: what keeps the first of those that are left.
    """

    until: datetime
    why: str
    left: int

    def shown(self, now: datetime) -> str:
        """Return it in words, by the clock of `now`."""
        until = self.until.astimezone(now.tzinfo)
        day = "" if until.date() == now.date() else f"{until:%Y-%m-%d} "
        return f"until {day}{until:%H:%M %Z}".rstrip() + f" {self.why}; {self.left} left"


@dataclass
class _Pick:
    """What one page takes.

    Attributes:
        want: how many more.
        looked: lanes that were found open.
        of_domain: how many go to each.
    """

    want: int
    numbers: list[int] = field(default_factory=list)
    looked: set[Way] = field(default_factory=set)
    aside: list[Way] = field(default_factory=list)
    of_domain: Counter[str] = field(default_factory=Counter)


@dataclass
class Turns:
    """The order in which a run's deliveries by one transport go: by their numbers, as far as each may.

    Attributes:
        passed_by: ids of deliveries that could not be claimed; left out.
    """

    ledger: Ledger
    run: str
    transport: str
    governor: Governor
    passed_by: Collection[int]
    _lanes: Lanes = field(default_factory=Lanes)
    _later: Later = field(default_factory=Later)
    _read: int = 0
    _is_read: bool = False
    _unread: int | None = None
    _has_given: bool = False
    _counted: datetime | None = None
    _all: Hold | None = None

    def page(self, now: datetime) -> list[Delivery] | None:
        """Return what may go now, some of it; an empty list: ask again; None: nothing more for now.

        Whoever lets one go asks the governor right before, since each that goes takes a place.
        """
        self._hear(now)
        want = self.governor.room(now, PAGE)
        if self._hold_of_all(now).until > now or want == 0:
            return None
        pick, loaded = _Pick(want), dict[int, Delivery]()
        self._choose(pick, now)
        if pick.want and not self._is_read:
            loaded = self._read_on(now)
            self._choose(pick, now)
        elif not pick.numbers:
            return None
        for way in pick.aside:
            self._lanes.open(way)
        self._has_given = self._has_given or bool(pick.numbers)
        return self._load(pick.numbers, loaded)

    def _hear(self, now: datetime) -> None:
        """Take in what came about since: refusals, rests that ended, moments that have come."""
        while self.governor.refused:
            delivery = self.governor.refused.pop()
            if again := self.governor.tries.get(delivery.id):
                self._later.add(way_of(delivery), delivery.id, _again(again.due))
        while self.governor.eased:
            self._lanes.open_domain(self.governor.eased.pop())
        self._lanes.open_until(now)
        for way, number in self._later.pop_until(now):
            self._lanes.put_back(way, number)

    def _choose(self, pick: _Pick, now: datetime) -> None:
        """Take from the lanes, lowest number first, as many as their domains have room for."""
        while pick.want and (way := self._lanes.next()):
            if way not in pick.looked:
                if (hold := self.governor.hold_of(way, now)).until > now:
                    self._lanes.shut(way, hold)
                    continue
                pick.looked.add(way)
            if pick.of_domain[way.domain] >= self.governor.room_of(way.domain, now, PAGE):
                self._lanes.set_aside(way)
                pick.aside.append(way)
                continue
            pick.numbers.append(self._lanes.take(way))
            pick.of_domain[way.domain] += 1
            pick.want -= 1

    def _read_on(self, now: datetime) -> dict[int, Delivery]:
        """Read the next page of the ledger, and line it up."""
        page = self.ledger.deliveries(
            self.run, state=DeliveryState.PENDING, transport=self.transport, after=self._read, limit=PAGE
        )
        self._is_read = len(page) < PAGE
        self._read = page[-1].id if page else self._read
        self._unread = None if self._unread is None else max(0, self._unread - len(page))
        # What waits for the winner of a test is nobody's to send yet.
        free = {each.id: each for each in page if not each.is_held and each.id not in self.passed_by}
        for each in free.values():
            again = self.governor.tries.get(each.id)
            if again and again.due > now:
                self._later.add(way_of(each), each.id, _again(again.due))
            else:
                self._lanes.append(way_of(each), each.id)
        return free

    def _load(self, numbers: list[int], loaded: dict[int, Delivery]) -> list[Delivery]:
        missing = [number for number in numbers if number not in loaded]
        if missing:
            loaded = loaded | {each.id: each for each in self.ledger.pending(self.run, missing)}
        return [loaded[number] for number in sorted(numbers) if number in loaded]

    def put_back(self, delivery: Delivery, now: datetime) -> None:
        """Take back what may not go after all."""
        way = way_of(delivery)
        if (hold := self.governor.hold_of(way, now)).until > now:
            self._lanes.put_back(way, delivery.id)
            self._lanes.shut(way, hold)
        elif (hold := self.governor.hold_of_all(now, places_of(delivery))).until > now:
            self._lanes.put_back(way, delivery.id)
            self._all = hold  # it has more recipients than there is room for: else smaller ones would always be first
        else:
            self._later.add(way, delivery.id, self.governor.hold(delivery, now))

    def wait(self, now: datetime) -> Wait | None:
        """Return until when nothing may go; None where nothing waits."""
        self._hear(now)
        left = self._lanes.waiting + len(self._later) + self._count_unread()
        if not left:
            return None
        hold = self._hold_of_all(now)
        # What has not been read may be free as soon as anything is.
        if self._is_read and (first := self._first(now, hold.until)) and first.until > hold.until:
            hold = first
        return Wait(hold.until, hold.why, left)

    def _hold_of_all(self, now: datetime) -> Hold:
        hold = self.governor.hold_of_all(now)
        return self._all if self._all and self._all.until > hold.until else hold

    def _first(self, now: datetime, after: datetime) -> Hold | None:
        """Return what keeps the first of those in lanes or by themselves; None where a lane is free by `after`."""
        while way := self._lanes.next():
            if (hold := self.governor.hold_of(way, now, after)).until <= after:
                return None
            self._lanes.shut(way, hold)
        while first := self._later.first():
            way, hold = first
            soonest = self._lanes.soonest()
            if soonest and soonest.until <= hold.until:
                return soonest
            if (longer := self.governor.hold_of(way, now, after)).until <= hold.until:
                return hold
            # Its lane is shut for longer than it: it waits there.
            self._lanes.put_back(*self._later.pop_first())
            self._lanes.shut(way, longer)
        return self._lanes.soonest()

    def _count_unread(self) -> int:
        if self._is_read:
            return 0
        if self._unread is None:
            self._unread = self.ledger.count_pending(self.run, self.transport, after=self._read)
        return self._unread

    def recount(self, now: datetime) -> None:
        """Ask the ledger what has gone, by other runs too, where limits count it and the last answer is old."""
        memory = self.governor.memory
        if not memory or (self._counted and now - self._counted < RECOUNT):
            return
        self._counted, self._all = now, None
        self.governor.recount(self.ledger.departures([self.transport], now - memory))
        self._lanes.open_all()

    def begin_again(self) -> bool:
        """Read the ledger from its beginning, since others may have made deliveries pending; False: nothing came."""
        if not self._has_given:
            return False
        self._has_given, self._read, self._is_read, self._unread = False, 0, False, None
        return True


def _again(due: datetime) -> Hold:
    return Hold(due, "to try again what was refused for now")
