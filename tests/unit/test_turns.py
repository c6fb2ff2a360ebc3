"""Whose turn it is, where limits hold most of a run back: nobody is forgotten, and nobody is read over and over."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from answering import START, Answering, Clock
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.dispatch import Dispatcher
from docgen.model import Asked, DeliveryState, ItemResult, NewDelivery, NewItem, Outcome, RunSpec, Wish
from docgen.sendconfig import SendingConfig, SmtpAccount
from docgen.sending.allowances import Allowances
from docgen.sending.governor import Governor
from docgen.store.memory import MemoryLedger

ROW_READERS = ("deliveries", "pending", "departures")


class CountingLedger(MemoryLedger):
    """Counts the rows that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = 0

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in ROW_READERS:
            return found

        def counted(*args: Any, **options: Any) -> Any:
            rows = found(*args, **options)
            self.rows += len(rows)
            return rows

        return counted


def _planned(recipients: Sequence[str], **more: Any) -> tuple[Dispatcher, Clock, CountingLedger]:
    clock, ledger = Clock(), CountingLedger()
    run = ledger.open_run(RunSpec("j", "1", "j", "", ".", START, again=False, options={}))
    ledger.add_items(run, [NewItem(n, str(n), "") for n in range(len(recipients))])
    _plan(ledger, run, dict(enumerate(recipients)), **more)
    dispatcher = Dispatcher(
        ledger=ledger,
        run=run,
        folder=Path(),
        clock=clock,
        why_not=lambda deliveries: [""] * len(deliveries),
        on_settled=lambda delivery, receipt: None,
        pause_after=10**6,
        sleep=clock.sleep,
    )
    return dispatcher, clock, ledger


def _plan(ledger: MemoryLedger, run: str, recipients: Mapping[int, str], **more: Any) -> None:
    """Plan a message for each record; several recipients are parted by blanks, a time zone comes after a slash."""
    results = []
    for n, text in recipients.items():
        addresses, _, zone = text.partition("/")
        envelope = {"sender": "s@example.com", "recipients": addresses.split()}
        payload = {"files": [], "timezone": zone, "envelope": envelope}
        plan = NewDelivery("email", "smtp", addresses.split()[0], f"i{n}", payload, **more)
        results.append(ItemResult(n, str(n), deliveries=(plan,)))
    ledger.put_results(run, results)


def _send(
    dispatcher: Dispatcher,
    clock: Clock,
    answer: Callable[[int, datetime], str] = lambda key, now: "250 ok",
    **rules: Any,
) -> Answering:
    transport = Answering(clock, answer)
    governor = Governor(SendingConfig.model_validate(rules), lambda: 0.5)
    asyncio.run(dispatcher.send_each(transport, "smtp", governor))
    return transport


def _outcomes(dispatcher: Dispatcher) -> Counter[Outcome | None]:
    return Counter(each.outcome for each in dispatcher.ledger.deliveries(dispatcher.run, limit=10**6))


# --- what is read ----------------------------------------------------------------------------------


def _until(dispatcher: Dispatcher, clock: Clock, end: timedelta, step: timedelta) -> Dispatcher:
    """Let time pass in steps of its own, and a person pause the run at last."""

    async def sleep(seconds: float) -> None:
        clock.now += max(step, timedelta(seconds=seconds))
        if clock.now - START > end:
            dispatcher.ledger.ask(dispatcher.run, Asked(Wish.PAUSE, "anna", clock.now))

    return replace(dispatcher, sleep=sleep)


def test_what_a_warm_up_reads_follows_from_what_it_sends_not_from_what_waits() -> None:
    rows = []
    for count in (600, 3000):
        dispatcher, clock, ledger = _planned([f"p{n}@d{n % 7}.example" for n in range(count)])
        dispatcher = _until(dispatcher, clock, timedelta(days=3), timedelta(hours=3))
        plan = {"start": "2026-05-04", "messages_per_day": [20] * 9}
        assert len(_send(dispatcher, clock, warm_up=plan).asked) == 80
        rows.append(ledger.rows)
    assert rows[1] == rows[0] < 1000


def test_a_limit_of_domains_reads_each_delivery_at_most_twice() -> None:
    count = 2000
    dispatcher, clock, ledger = _planned([f"p{n}@d{n % 4}.example" for n in range(count)])
    dispatcher = _until(dispatcher, clock, timedelta(minutes=40), timedelta(seconds=20))
    sent = len(_send(dispatcher, clock, per_domain={"*": {"messages": 5, "minutes": 1}}).asked)
    assert 700 < sent < 900
    departures_of_each_minute = 41 * 4 * 5
    assert ledger.rows < count + sent + departures_of_each_minute + 10


def test_an_account_s_limit_reads_on_only_as_far_as_it_sends() -> None:
    dispatcher, clock, ledger = _planned([f"p{n}@d{n}.example" for n in range(4000)])
    dispatcher = _until(dispatcher, clock, timedelta(hours=3), timedelta(minutes=5))
    account = SmtpAccount(host="one.test", messages_per_hour=30)
    transport, allowances = Carrying(clock, account)
    governor = Governor(SendingConfig(), lambda: 0.5, allowances=allowances)
    asyncio.run(dispatcher.send_each(transport, "smtp", governor))
    assert 90 <= len(transport.asked) <= 120
    assert ledger.rows < 2000


def Carrying(clock: Clock, account: SmtpAccount) -> tuple[Answering, Allowances]:
    """Return a transport that takes its places of an account, as SMTP does."""
    allowances = Allowances([account], clock)

    class _Carrying(Answering):
        async def send(self, parcel: Any, *args: Any) -> Any:
            places = len(parcel.envelope.recipients)
            assert allowances.is_free(account.label, places)
            allowances.take(account.label, parcel.delivery, places)
            return await super().send(parcel, *args)

    return _Carrying(clock, lambda key, now: "250 ok"), allowances


# --- order, and nobody forgotten ---------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    people=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["", "Asia/Tokyo", "America/Chicago"])), min_size=1, max_size=40
    ),
    rules=st.fixed_dictionaries(
        {},
        optional={
            "per_domain": st.sampled_from([{"*": {"messages": 2, "minutes": 1}}, {"d0.example": {"messages": 1}}]),
            "hours": st.just({"begin": "09:00", "end": "13:00"}),
            "warm_up": st.just({"start": "2026-05-04", "messages_per_day": [7, 9]}),
        },
    ),
    refused=st.sets(st.integers(0, 40)),
    words=st.sampled_from(["450 4.2.0 later", "421 4.7.0 slow down"]),
)
def test_everybody_gets_one_message_in_turn_however_long_it_takes(
    people: list[tuple[int, str]], rules: dict[str, Any], refused: set[int], words: str
) -> None:
    dispatcher, clock, _ = _planned([f"p{n}@d{domain}.example/{zone}" for n, (domain, zone) in enumerate(people)])
    tried: Counter[int] = Counter()

    async def sleep(seconds: float) -> None:
        clock.now += timedelta(seconds=max(600, seconds))

    def answer(key: int, now: datetime) -> str:
        tried[key] += 1
        return words if key in refused and tried[key] == 1 else "250 ok"

    transport = _send(replace(dispatcher, sleep=sleep), clock, answer, **rules)
    assert _outcomes(dispatcher) == {Outcome.SENT: len(people)}
    assert max(tried.values()) <= 2
    first_tries = list(dict.fromkeys(key for key, _ in transport.asked))
    if not refused & set(range(len(people))):
        for way in set(people):
            mine = [key for key in first_tries if people[key] == way]
            assert mine == sorted(mine)
    limit = rules.get("per_domain", {}).get("*")
    for domain in range(4) if limit else ():
        times = [at for key, at in transport.asked if people[key][0] == domain]
        assert all(sum(begin <= at < begin + 60 for at in times) <= 2 for begin in times)


def test_a_domain_s_limit_lets_others_past_and_keeps_the_order_within() -> None:
    dispatcher, clock, _ = _planned([f"p@{'big' if n % 3 else 'small'}.example" for n in range(12)])
    transport = _send(dispatcher, clock, per_domain={"big.example": {"messages": 3, "minutes": 1}})
    assert [key for key, _ in transport.asked] == [0, 1, 2, 3, 4, 6, 9, 5, 7, 8, 10, 11]


def test_what_others_make_pending_meanwhile_is_sent_too() -> None:
    dispatcher, clock, ledger = _planned([f"p{n}@example.org" for n in range(4)])
    ledger.claim(1, START)

    def answer(key: int, now: datetime) -> str:
        if key == 3:
            ledger.release(1)
        return "250 ok"

    transport = _send(dispatcher, clock, answer)
    assert [key for key, _ in transport.asked] == [1, 2, 3, 0]
    assert _outcomes(dispatcher) == {Outcome.SENT: 4}


def test_what_cannot_be_claimed_is_passed_by_and_ends_nothing() -> None:
    dispatcher, clock, ledger = _planned([f"p{n}@example.org" for n in range(3)])
    claim = ledger.claim
    ledger.claim = lambda delivery, now: delivery != 2 and claim(delivery, now)  # type: ignore[method-assign]
    transport = _send(dispatcher, clock)
    assert [key for key, _ in transport.asked] == [0, 2]
    assert len(ledger.deliveries(dispatcher.run, state=DeliveryState.PENDING)) == 1


def test_a_domain_at_rest_goes_on_as_soon_as_it_takes_a_message() -> None:
    dispatcher, clock, _ = _planned([f"p{n}@example.org" for n in range(30)])
    refused: list[int] = []

    def answer(key: int, now: datetime) -> str:
        if not refused:
            refused.append(key)
            return "421 4.7.0 slow down"
        return "250 ok"

    transport = _send(dispatcher, clock, answer, rest={"first_minutes": 60}, retry={"after_minutes": [10]})
    assert _outcomes(dispatcher) == {Outcome.SENT: 30}
    others = [at for key, at in transport.asked if key not in refused]
    assert max(others) < 60, "the second connection's message was taken: the rest is over"


# --- several recipients ------------------------------------------------------------------------------


def test_a_message_to_several_waits_for_room_and_none_that_is_smaller_is_always_first() -> None:
    people = ["a@example.org", "b@example.org", "c@example.org d@example.org e@example.org", *["f@example.org"] * 6]
    dispatcher, clock, _ = _planned(people)
    transport, allowances = Carrying(clock, SmtpAccount(host="one.test", messages_per_hour=3))
    asyncio.run(dispatcher.send_each(transport, "smtp", Governor(SendingConfig(), lambda: 0.5, allowances=allowances)))
    hours = {key: int(at // 3600) for key, at in transport.asked}
    places = Counter[int]()
    for key, hour in hours.items():
        places[hour] += len(people[key].split())
    assert max(places.values()) <= 3
    assert hours[2] <= 2
    assert len(hours) == 9


@pytest.mark.parametrize("has_zones", [True, False])
def test_a_wait_names_who_is_left_though_not_all_are_read(has_zones: bool) -> None:
    dispatcher, clock, ledger = _planned([f"p{n}@example.org" for n in range(1200)])
    said: list[str] = []
    dispatcher = _until(replace(dispatcher, tell=said.append), clock, timedelta(hours=1), timedelta(hours=2))
    rules = SendingConfig.model_validate(
        {"warm_up": {"start": "2026-05-04", "messages_per_day": [10]}, "hours": {"begin": "08:00", "end": "18:00"}}
    )
    governor = Governor(rules, lambda: 0.5, has_zones=has_zones)
    asyncio.run(dispatcher.send_each(Answering(clock, lambda key, now: "250 ok"), "smtp", governor))
    zones = "2026-05-05 00:00 UTC since the warm-up plan allows no more today"
    no_zones = (
        "2026-05-05 08:00 UTC since the warm-up plan allows no more today, then for the hours in which messages may go"
    )
    assert said == [f"waiting until {zones if has_zones else no_zones}; 1190 left"]
    assert ledger.rows < 1200
