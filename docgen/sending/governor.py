"""Floor 1, rules: says of each delivery when it may go, and remembers what went. Pure: clock and chance are passed in.

Holds one small thing for each domain and for each message that is to be tried again, never one for each delivery.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from docgen.model import Delivery, Receipt
from docgen.sendconfig import SendingConfig
from docgen.sending.backoff import Chance, Rest, next_try
from docgen.sending.hours import next_allowed, until_midnight
from docgen.sending.quotas import Window, allowed_on
from docgen.sending.verdicts import Step, Verdict, decide


@dataclass
class Try:
    """A delivery that was refused for now."""

    first: datetime
    attempts: int
    due: datetime


@dataclass
class Governor:
    """Limits, hours and retries of one run.

    Attributes:
        chance: for jitter.
        sent_on: day, by the clock of `rules.timezone` -> messages, for the warm-up plan.
    """

    rules: SendingConfig
    chance: Chance
    sent_on: dict[date, int] = field(default_factory=dict)
    _windows: dict[str, Window] = field(default_factory=dict)
    _rests: dict[str, Rest] = field(default_factory=dict)
    _tries: dict[int, Try] = field(default_factory=dict)

    def due(self, delivery: Delivery, now: datetime) -> datetime:
        """Return when a delivery may go: `now` when at once."""
        domain = domain_of(delivery.recipient)
        times = [self._rest(domain).next_free(now), self._warm_up(now)]
        if delivery.id in self._tries:
            times.append(self._tries[delivery.id].due)
        if window := self._window(domain):
            times.append(window.next_free(now))
        due = max(now, *times)
        zone = str(delivery.payload.get("timezone") or "")
        return next_allowed(self.rules.hours, due, zone) if self.rules.hours else due

    def starts(self, delivery: Delivery, now: datetime) -> None:
        """Count an attempt that begins."""
        if window := self._window(domain_of(delivery.recipient)):
            window.take(now)
        day = self._day(now)
        self.sent_on = {day: self.sent_on.get(day, 0) + 1}

    def judge(self, delivery: Delivery, receipt: Receipt, now: datetime) -> Verdict:
        """Return what follows from an attempt; a retry whose last date is past becomes final."""
        verdict = self._obeyed(decide(receipt))
        rest = self._rest(domain_of(delivery.recipient))
        if verdict.back_off:
            rest.refused(now, self.chance)
        elif receipt.answers:
            rest.took_one()
        if verdict.step is not Step.RETRY or not self._try_later(delivery.id, now):
            self._tries.pop(delivery.id, None)
            return Verdict(Step.SETTLE, verdict.suppress) if verdict.step is Step.RETRY else verdict
        return verdict

    def is_to_try(self, delivery: int) -> bool:
        """Whether a delivery was refused for now and waits."""
        return delivery in self._tries

    def _obeyed(self, verdict: Verdict) -> Verdict:
        """Leave out what the configuration does not want."""
        if not self.rules.suppress_bad_addresses:
            verdict = replace(verdict, suppress=())
        if verdict.step is Step.PAUSE and not self.rules.pause_on_policy:
            verdict = replace(verdict, step=Step.SETTLE)
        return verdict

    def _try_later(self, delivery: int, now: datetime) -> bool:
        before = self._tries.get(delivery)
        first, attempts = (before.first, before.attempts + 1) if before else (now, 1)
        due = next_try(self.rules.retry, attempts, first, now, self.chance)
        if due is not None:
            self._tries[delivery] = Try(first, attempts, due)
        return due is not None

    def _rest(self, domain: str) -> Rest:
        return self._rests.setdefault(domain, Rest(self.rules.rest))

    def _window(self, domain: str) -> Window | None:
        limit = self.rules.per_domain.get(domain) or self.rules.per_domain.get("*")
        if limit is None:
            return None
        if domain not in self._windows:
            self._windows[domain] = Window(limit.messages, timedelta(minutes=limit.minutes))
        return self._windows[domain]

    def _warm_up(self, now: datetime) -> datetime:
        plan = self.rules.warm_up
        if plan is None:
            return now
        day = self._day(now)
        most = allowed_on(plan, day)
        if most is None or self.sent_on.get(day, 0) < most:
            return now
        return until_midnight(now, self.rules.timezone)

    def _day(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.rules.timezone)).date()


def domain_of(address: str) -> str:
    """Return the part after the last @, as it is compared."""
    return address.rpartition("@")[2].casefold()
