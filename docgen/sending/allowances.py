"""Floor 1, rules: how many messages each mail account may still carry in this hour and day. Pure: time is passed in.

Whoever lets a delivery go promises it a place first; the transport takes the place of an account when it sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from docgen.model import Departure
from docgen.protocols import Clock
from docgen.sendconfig import SmtpAccount
from docgen.sending.quotas import Window

#: Looked at again after so long, where all places are promised but none is taken yet.
_SOON = timedelta(seconds=1)


class Allowances:
    """The windows of all accounts; one without limits is always free."""

    def __init__(self, accounts: Sequence[SmtpAccount], clock: Clock) -> None:
        """Begin with nothing carried."""
        self._clock = clock
        self._windows = {account.label: _windows_of(account) for account in accounts}
        self._promised: set[int] = set()

    @property
    def longest(self) -> timedelta:
        """How far back counts; zero where no account has a limit."""
        return max((window.length for each in self._windows.values() for window in each), default=timedelta())

    def recount(self, departures: Iterable[Departure]) -> None:
        """Begin anew with what the ledger knows; what nobody knows the account of counts for all."""
        known = list(departures)
        for label, windows in self._windows.items():
            times = [each.at for each in known if each.account in (label, "")]
            for window in windows:
                window.refill(times)

    def next_free(self, now: datetime) -> datetime:
        """Return `now`, or when some account may carry one more message than is promised."""
        if any(not windows for windows in self._windows.values()):
            return now
        room = sum(min(window.room(now) for window in windows) for windows in self._windows.values())
        if room > len(self._promised):
            return now
        free = min(max(window.next_free(now) for window in windows) for windows in self._windows.values())
        return max(free, now + _SOON)

    def promise(self, delivery: int) -> None:
        """Keep a place for a delivery."""
        self._promised.add(delivery)

    def forgo(self, delivery: int) -> None:
        """Give a promised place back, if it is not taken."""
        self._promised.discard(delivery)

    def is_free(self, label: str) -> bool:
        """Whether an account may carry one message now."""
        now = self._clock()
        return all(window.room(now) > 0 for window in self._windows.get(label, ()))

    def take(self, label: str, delivery: int) -> None:
        """Count a message that an account begins to carry."""
        self._promised.discard(delivery)
        for window in self._windows.get(label, ()):
            window.take(self._clock())

    def give_back(self, label: str) -> None:
        """Uncount a message that the account's server did not take."""
        for window in self._windows.get(label, ()):
            window.give_back()


def _windows_of(account: SmtpAccount) -> list[Window]:
    limits = ((account.messages_per_hour, timedelta(hours=1)), (account.messages_per_day, timedelta(days=1)))
    return [Window(most, length) for most, length in limits if most is not None]
