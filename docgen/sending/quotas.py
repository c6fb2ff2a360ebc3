"""Floor 1, rules: how many messages may go within a time, and how many on a day while a server warms up. Pure."""

from __future__ import annotations

from collections import deque
from datetime import date, datetime, timedelta

from docgen.sendconfig import WarmUpConfig


class Window:
    """At most so many within any span of this length."""

    def __init__(self, most: int, length: timedelta) -> None:
        """Begin with nothing taken."""
        self._most, self._length = most, length
        self._taken: deque[datetime] = deque()

    def next_free(self, now: datetime) -> datetime:
        """Return `now`, or when the oldest of them is far enough back."""
        while self._taken and self._taken[0] + self._length <= now:
            self._taken.popleft()
        return now if len(self._taken) < self._most else self._taken[-self._most] + self._length

    def take(self, now: datetime) -> None:
        """Count one."""
        self._taken.append(now)


def allowed_on(plan: WarmUpConfig, day: date) -> int | None:
    """Return how many messages may go on a day; None when the plan is over.

    Before its start nothing goes: a plan for next week is not a permission for today.
    """
    position = (day - plan.start).days
    if position < 0:
        return 0
    return plan.messages_per_day[position] if position < len(plan.messages_per_day) else None
