"""Floor 1, rules: says of each delivery when it may go, and remembers what went. Pure: clock and chance are passed in.

Holds one small thing for each domain and for each message that is to be tried again, never one for each delivery.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from docgen.model import Delivery, Departure, Receipt, Try
from docgen.sendconfig import SendingConfig, WarmUpConfig
from docgen.sending.allowances import Allowances
from docgen.sending.backoff import Chance, Rest, next_try
from docgen.sending.hours import midnight_of, next_allowed
from docgen.sending.quotas import Window, allowed_on, next_day
from docgen.sending.verdicts import Step, Verdict, decide, decide_finally
from docgen.suppression import address_key

#: Messages that try whether a domain takes something again.
FEW = 20

_HOURS = "for the hours in which messages may go"


@dataclass(frozen=True, slots=True)
class Hold:
    """When a delivery may go, and what keeps it until then."""

    until: datetime
    why: str = ""


class Way(NamedTuple):
    """What deliveries share that may go at the same time: their domain, their readers' time zone and their step."""

    domain: str
    zone: str
    route: str


@dataclass
class Governor:
    """Limits, hours and retries of one run.

    Attributes:
        chance: for jitter.
        sent_on: day, by the clock of `rules.timezone` -> messages, for the warm-up plan.
        starts_at: step -> when it begins.
        allowances: what the accounts may still carry; None where that is nobody's business.
        judges: False: what a server answers is final, since nobody has asked for further tries.
        tries: delivery -> what is known of it from an earlier process, or since then.
        has_zones: False: no delivery names a time zone, so that the hours are the same for all.
        eased: domains that may get messages again before their rest is over.
        refused: deliveries that are to be tried again; whoever keeps the order takes them from here.
    """

    rules: SendingConfig
    chance: Chance
    sent_on: dict[date, int] = field(default_factory=dict)
    starts_at: Mapping[str, datetime] = field(default_factory=dict)
    allowances: Allowances | None = None
    judges: bool = True
    tries: dict[int, Try] = field(default_factory=dict)
    has_zones: bool = True
    eased: list[str] = field(default_factory=list)
    refused: list[Delivery] = field(default_factory=list)
    _windows: dict[str, Window] = field(default_factory=dict)
    _rests: dict[str, Rest] = field(default_factory=dict)

    def due(self, delivery: Delivery, now: datetime) -> datetime:
        """Return when a delivery may go: `now` when at once."""
        return self.hold(delivery, now).until

    def hold(self, delivery: Delivery, now: datetime) -> Hold:
        """Return when a delivery may go, and what keeps it the longest."""
        way = way_of(delivery)
        moments = chain(self._of_all(now, places_of(delivery)), self._of_one(delivery.id), self._of_way(way, now))
        return self._in_hours(_longest(moments, now), way.zone)

    def hold_of_all(self, now: datetime, places: int = 1) -> Hold:
        """Return when anything may go that has so many recipients, and what keeps it."""
        longest = _longest(self._of_all(now, places), now)
        return longest if self.has_zones else self._in_hours(longest, "")

    def hold_of(self, way: Way, now: datetime, after: datetime | None = None) -> Hold:
        """Return when something may go this way, were it not for what holds all; not before `after`."""
        return self._in_hours(_longest(self._of_way(way, now), max(now, after or now)), way.zone)

    def _in_hours(self, hold: Hold, zone: str) -> Hold:
        if self.rules.hours and (open_at := next_allowed(self.rules.hours, hold.until, zone)) > hold.until:
            return Hold(open_at, f"{hold.why}, then {_HOURS}" if hold.why else _HOURS)
        return hold

    def _of_all(self, now: datetime, places: int) -> Iterator[tuple[datetime, str]]:
        if self.rules.warm_up:
            yield self._warm_up(self.rules.warm_up, now)
        if self.allowances:
            yield self.allowances.next_free(now, places), "for the limit of the mail account"

    def _of_one(self, delivery: int) -> Iterator[tuple[datetime, str]]:
        if again := self.tries.get(delivery):
            yield again.due, "to try again what was refused for now"

    def _of_way(self, way: Way, now: datetime) -> Iterator[tuple[datetime, str]]:
        yield self._rest(way.domain).next_free(now), f"since {way.domain} asks for patience"
        if window := self._window(way.domain):
            yield window.next_free(now), f"for the limit of {way.domain}"
        if start := self.starts_at.get(way.route):
            yield start, "for the start that the job names"

    def room(self, now: datetime, most: int) -> int:
        """Return how many messages may go before all are held, at most `most`; no promise."""
        if self.rules.warm_up and (allowed := allowed_on(self.rules.warm_up, self._day(now))) is not None:
            most = min(most, allowed - self.sent_on.get(self._day(now), 0))
        if self.allowances and self.allowances.has_limits:
            most = min(most, self.allowances.room(now))
        return max(0, most)

    def room_of(self, domain: str, now: datetime, most: int) -> int:
        """Return how many messages may go to a domain, at most `most`: few while it has not taken one after a rest."""
        if self._rest(domain).refusals:
            most = min(most, FEW)
        if window := self._window(domain):
            most = min(most, window.room(now))
        return max(0, most)

    def starts(self, delivery: Delivery, now: datetime) -> None:
        """Count an attempt that begins."""
        if window := self._window(domain_of(delivery.recipient)):
            window.take(now)
        if self.allowances:
            self.allowances.promise(delivery.id, places_of(delivery))
        day = self._day(now)
        self.sent_on = {day: self.sent_on.get(day, 0) + 1}

    def ends(self, delivery: Delivery) -> None:
        """Note that an attempt is over, or never came about."""
        if self.allowances:
            self.allowances.forgo(delivery.id)

    @property
    def memory(self) -> timedelta:
        """How far back departures count; zero where nothing counts them."""
        spans = [timedelta(minutes=each.minutes) for each in self.rules.per_domain.values()]
        spans += [timedelta(days=1)] * bool(self.rules.warm_up)
        spans += [self.allowances.longest] if self.allowances else []
        return max(spans, default=timedelta())

    def recount(self, departures: Sequence[Departure]) -> None:
        """Begin anew with what the ledger knows, other runs and processes that have ended included."""
        if self.allowances:
            self.allowances.recount(departures)
        self.sent_on = dict(Counter(self._day(each.at) for each in departures))
        by_domain: dict[str, list[datetime]] = {}
        for each in departures:
            by_domain.setdefault(domain_of(each.address), []).append(each.at)
        for domain in {*by_domain, *self._windows}:
            if window := self._window(domain):
                window.refill(by_domain.get(domain, ()))

    def judge(self, delivery: Delivery, receipt: Receipt, now: datetime) -> Verdict:
        """Return what follows from an attempt; a retry whose last date is past becomes final."""
        if not self.judges:
            return decide_finally(receipt)
        verdict = self._obeyed(decide(receipt))
        rest = self._rest(domain_of(delivery.recipient))
        if verdict.back_off:
            rest.refused(now, self.chance)
        elif receipt.answers:
            self.eased += [domain_of(delivery.recipient)] * bool(rest.until)
            rest.took_one()
        if verdict.step is not Step.RETRY or not self._try_later(delivery.id, receipt.detail, now):
            self.tries.pop(delivery.id, None)
            return Verdict(Step.SETTLE, verdict.suppress) if verdict.step is Step.RETRY else verdict
        self.refused.append(delivery)
        return verdict

    def _obeyed(self, verdict: Verdict) -> Verdict:
        """Leave out what the configuration does not want."""
        if not self.rules.suppress_bad_addresses:
            verdict = replace(verdict, suppress=())
        if verdict.step is Step.PAUSE and not self.rules.pause_on_policy:
            verdict = replace(verdict, step=Step.SETTLE)
        return verdict

    def _try_later(self, delivery: int, words: str, now: datetime) -> bool:
        before = self.tries.get(delivery)
        first, attempts = (before.first, before.attempts + 1) if before else (now, 1)
        due = next_try(self.rules.retry, attempts, first, now, self.chance)
        if due is not None:
            self.tries[delivery] = Try(first, attempts, due, words)
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

    def _warm_up(self, plan: WarmUpConfig, now: datetime) -> tuple[datetime, str]:
        day = self._day(now)
        most = allowed_on(plan, day)
        if most is None or self.sent_on.get(day, 0) < most:
            return now, ""
        opens = midnight_of(next_day(plan, day), self.rules.timezone)
        begins = f"since the warm-up plan begins on {plan.start}"
        return opens, begins if day < plan.start else "since the warm-up plan allows no more today"

    def _day(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.rules.timezone)).date()


def _longest(moments: Iterable[tuple[datetime, str]], begin: datetime) -> Hold:
    until, why = begin, ""
    for moment, reason in moments:
        if moment > until:
            until, why = moment, reason
    return Hold(until, why)


def way_of(delivery: Delivery) -> Way:
    """Return what decides when a delivery may go, apart from its own tries."""
    return Way(domain_of(delivery.recipient), str(delivery.payload.get("timezone") or ""), delivery.route)


def places_of(delivery: Delivery) -> int:
    """Return how many recipients a message has, copies included."""
    envelope = delivery.payload.get("envelope")
    return len(envelope["recipients"]) if isinstance(envelope, dict) else 1


def domain_of(address: str) -> str:
    """Return the part after the last @, as it is compared: in small letters, and in ASCII (`xn--`)."""
    domain = address.rpartition("@")[2]
    return domain.lower() if domain.isascii() else address_key(f"x@{domain}")[2:]
