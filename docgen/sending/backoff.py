"""Floor 1, rules: when to try again, one message and one domain. Pure: chance is passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from docgen.sendconfig import RestConfig, RetryConfig

Chance = Callable[[], float]
"""Returns a number of at least 0 and less than 1."""


def next_try(rules: RetryConfig, attempts: int, first: datetime, now: datetime, chance: Chance) -> datetime | None:
    """Return when to try again after so many attempts; None: give up.

    Args:
        rules: the schedule and its last date.
        attempts: at least 1. After the last step of the schedule its length is repeated.
        first: of the first attempt, which the last date counts from.
        now: of the last attempt.
        chance: spreads the times, so that what failed together does not come back together.
    """
    minutes = rules.after_minutes[min(attempts, len(rules.after_minutes)) - 1]
    spread = 1 + rules.jitter * (2 * chance() - 1)
    due = now + timedelta(minutes=minutes * spread)
    return due if due <= first + timedelta(hours=rules.give_up_after_hours) else None


@dataclass
class Rest:
    """A domain that asks for patience: each refusal doubles its rest, and after some it is left alone for long."""

    rules: RestConfig
    refusals: int = 0
    until: datetime | None = None

    def refused(self, now: datetime, chance: Chance) -> None:
        """Note that it asked to slow down."""
        self.refusals += 1
        minutes = self.rules.first_minutes * 2 ** (self.refusals - 1)
        if self.refusals >= self.rules.break_after:
            minutes = self.rules.break_minutes
        # Never less than asked: a rest that chance makes shorter is none.
        rest = timedelta(minutes=min(minutes, self.rules.break_minutes) * (1 + 0.1 * chance()))
        self.until = now + rest

    def took_one(self) -> None:
        """Note that it works again."""
        self.refusals, self.until = 0, None

    def next_free(self, now: datetime) -> datetime:
        """Return `now`, or when its rest ends."""
        return max(now, self.until) if self.until else now
