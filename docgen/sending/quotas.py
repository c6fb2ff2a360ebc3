"""Floor 1, rules: how many messages may go within a time, and how many on a day while a server warms up. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from docgen.sendconfig import WarmUpConfig


class Window:
    """At most so many within any span of this length."""

    def __init__(self, most: int, length: timedelta) -> None:
        """Begin with nothing taken."""
        self._most, self.length = most, length
        self._taken: deque[datetime] = deque()

    def next_free(self, now: datetime, places: int = 1) -> datetime:
        """Return `now`, or when enough of them are far enough back; who wants more than all gets all."""
        wanted = min(places, self._most)
        return now if self.room(now) >= wanted else self._taken[wanted - self._most - 1] + self.length

    def fits_beside(self, now: datetime, places: int, others: int = 0) -> bool:
        """Tell whether so many may be taken now, and others too; who wants more than all gets all."""
        return self.room(now) >= others + min(places, self._most)

    def room(self, now: datetime) -> int:
        """Return how many more there may be now; less than 0 where the limit was higher once."""
        while self._taken and self._taken[0] + self.length <= now:
            self._taken.popleft()
        return self._most - len(self._taken)

    def take(self, now: datetime, places: int = 1) -> None:
        """Count so many."""
        self._taken.extend([now] * places)

    def give_back(self, places: int = 1) -> None:
        """Uncount the newest."""
        for _ in range(min(places, len(self._taken))):
            self._taken.pop()

    def refill(self, times: Iterable[datetime]) -> None:
        """Begin anew with what was taken at these times, in their order."""
        self._taken = deque(times)


def allowed_on(plan: WarmUpConfig, day: date) -> int | None:
    """Return how many messages may go on a day; None when the plan is over.

    Before its start nothing goes: a plan for next week is not a permission for today.
    """
    position = (day - plan.start).days
    if position < 0:
        return 0
    return plan.messages_per_day[position] if position < len(plan.messages_per_day) else None


def next_day(plan: WarmUpConfig, day: date) -> date:
    """Return the next day after this one on which any message may go."""
    day = max(day + timedelta(days=1), plan.start)
    while allowed_on(plan, day) == 0:
        day += timedelta(days=1)
    return day
