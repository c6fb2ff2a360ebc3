"""Floor 1, rules: how much each mail account may still carry in this hour and day. Pure: time is passed in.

Counted as providers do: a message takes one place for each of its recipients. Whoever lets a delivery go promises it
its places first; the transport takes those of an account when it sends.
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
        self._promised: dict[int, int] = {}

    @property
    def longest(self) -> timedelta:
        """How far back counts; zero where no account has a limit."""
        return max((window.length for each in self._windows.values() for window in each), default=timedelta())

    @property
    def has_limits(self) -> bool:
        """Whether no account is always free."""
        return all(self._windows.values())

    def recount(self, departures: Iterable[Departure]) -> None:
        """Begin anew with what the ledger knows; what nobody knows the account of counts for all."""
        known = list(departures)
        for label, windows in self._windows.items():
            mine = [each for each in known if each.account in (label, "")]
            for window in windows:
                window.refill(each.at for each in mine for _ in range(each.recipients))

    def room(self, now: datetime) -> int:
        """Return how many places of all accounts are neither taken nor promised; only where `has_limits`."""
        return sum(self._rooms(now)) - sum(self._promised.values())

    def next_free(self, now: datetime, places: int = 1) -> datetime:
        """Return `now`, or when some account may carry a message of so many recipients beside what is promised."""
        if not self.has_limits or self._fits(now, places):
            return now
        free = min(max(window.next_free(now, places) for window in each) for each in self._windows.values())
        return max(free, now + _SOON)

    def _fits(self, now: datetime, places: int) -> bool:
        """A message is carried by one account as a whole: where some are larger, one account has to have room for all.

        What has one recipient each fits in wherever a place is left.
        """
        promised = sum(self._promised.values())
        if places == 1 and promised == len(self._promised):
            return sum(self._rooms(now)) > promised
        return any(all(window.fits_beside(now, places, promised) for window in each) for each in self._windows.values())

    def _rooms(self, now: datetime) -> list[int]:
        return [max(0, min(window.room(now) for window in each)) for each in self._windows.values()]

    def promise(self, delivery: int, places: int = 1) -> None:
        """Keep places for a delivery."""
        self._promised[delivery] = places

    def forgo(self, delivery: int) -> None:
        """Give promised places back, if they are not taken."""
        self._promised.pop(delivery, None)

    def is_free(self, label: str, places: int = 1) -> bool:
        """Whether an account may carry a message of so many recipients now."""
        now = self._clock()
        return all(window.fits_beside(now, places) for window in self._windows.get(label, ()))

    def take(self, label: str, delivery: int, places: int = 1) -> None:
        """Count a message that an account begins to carry."""
        self.forgo(delivery)
        for window in self._windows.get(label, ()):
            window.take(self._clock(), places)

    def give_back(self, label: str, places: int = 1) -> None:
        """Uncount recipients that the account's server did not take."""
        for window in self._windows.get(label, ()):
            window.give_back(places)


def _windows_of(account: SmtpAccount) -> list[Window]:
    limits = ((account.messages_per_hour, timedelta(hours=1)), (account.messages_per_day, timedelta(days=1)))
    return [Window(most, length) for most, length in limits if most is not None]
