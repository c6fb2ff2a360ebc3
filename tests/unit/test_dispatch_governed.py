"""Deliveries that must wait, come again, suppress and pause: on a clock that only sleeping moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from answering import START, Answering, Clock

from docgen.dispatch import Dispatcher, Halt
from docgen.errors import TransportUnavailable
from docgen.model import (
    Asked,
    Delivery,
    DeliveryState,
    ItemResult,
    NewDelivery,
    NewItem,
    Outcome,
    Parcel,
    Receipt,
    RunSpec,
    Wish,
)
from docgen.protocols import Claim, unclaimed
from docgen.sendconfig import SendingConfig
from docgen.sending.governor import Governor
from docgen.store.memory import MemoryLedger

JANE = "jane@example.org"


def _run(count: int, answer: Callable[[int, datetime], str], **rules: object) -> tuple[Dispatcher, Answering]:
    dispatcher, clock = _planned(count)
    return dispatcher, _send(dispatcher, clock, answer, Governor(SendingConfig.model_validate(rules), lambda: 0.5))


def _send(
    dispatcher: Dispatcher, clock: Clock, answer: Callable[[int, datetime], str], governor: Governor | None
) -> Answering:
    transport = Answering(clock, answer)
    asyncio.run(dispatcher.send_each(transport, "smtp", governor))
    return transport


def _planned(count: int) -> tuple[Dispatcher, Clock]:
    clock, ledger = Clock(), MemoryLedger()
    run = ledger.open_run(
        RunSpec(job="j", edition="1", job_file="j", job_sha256="", outputs=".", started=START, again=False, options={})
    )
    ledger.add_items(run, [NewItem(n, str(n), "") for n in range(count)])
    plans = [NewDelivery("email", "smtp", f"p{n}@example.org", f"i{n}", {"files": []}) for n in range(count)]
    ledger.put_results(run, [ItemResult(n, str(n), deliveries=(plan,)) for n, plan in enumerate(plans)])
    dispatcher = Dispatcher(
        ledger=ledger,
        run=run,
        folder=Path(),
        clock=clock,
        why_not=lambda deliveries: [""] * len(deliveries),
        on_settled=lambda delivery, receipt: None,
        pause_after=100,
        sleep=clock.sleep,
    )
    return dispatcher, clock


def _deliveries(dispatcher: Dispatcher) -> list[Delivery]:
    return dispatcher.ledger.deliveries(dispatcher.run)


def test_a_greylisted_message_comes_again_and_is_sent_once() -> None:
    def greylisted(key: int, now: datetime) -> str:
        return "450 4.2.0 later" if key == 1 and now < START + timedelta(minutes=4) else "250 ok"

    dispatcher, transport = _run(3, greylisted, retry={"after_minutes": [5]})
    assert {d.outcome for d in _deliveries(dispatcher)} == {Outcome.SENT}
    assert [key for key, _ in transport.asked] == [0, 1, 2, 1]
    assert transport.asked[-1][1] >= 300


class Late(Answering):
    """Notes what is claimed before it claims; cannot be reached where it is told so."""

    def __init__(self, clock: Clock, dispatcher: Dispatcher, problem: str = "") -> None:
        super().__init__(clock, lambda key, now: "250 ok")
        self.dispatcher, self.problem = dispatcher, problem
        self.seen: list[DeliveryState] = []

    async def send(self, parcel: Parcel, claim: Claim = unclaimed) -> Receipt:
        await asyncio.sleep(0)
        self.seen.append(_deliveries(self.dispatcher)[int(parcel.key)].state)
        if self.problem:
            raise TransportUnavailable(self.problem)
        return await super().send(parcel, claim)


def test_nothing_is_claimed_while_a_transport_is_not_at_the_handing_over() -> None:
    dispatcher, clock = _planned(5)
    transport = Late(clock, dispatcher)
    asyncio.run(dispatcher.send_each(transport, "smtp"))
    assert transport.seen == [DeliveryState.PENDING] * 5
    assert {d.outcome for d in _deliveries(dispatcher)} == {Outcome.SENT}


def test_a_transport_that_cannot_be_reached_leaves_everything_pending() -> None:
    dispatcher, clock = _planned(5)
    asyncio.run(dispatcher.send_each(Late(clock, dispatcher, "nobody there"), "smtp"))
    assert {(d.state, d.claimed) for d in _deliveries(dispatcher)} == {(DeliveryState.PENDING, None)}
    assert dispatcher.halt.reason == "nobody there"


def test_no_server_hears_of_whom_nothing_may_be_sent_to() -> None:
    dispatcher, clock = _planned(4)
    dispatcher = replace(dispatcher, why_not=lambda each: ["unsubscribed" if d.key in "02" else "" for d in each])
    transport = _send(dispatcher, clock, _ok, None)
    assert [key for key, _ in transport.asked] == [1, 3]
    assert [d.detail for d in _deliveries(dispatcher)] == ["unsubscribed", "250 ok", "unsubscribed", "250 ok"]


def test_a_message_refused_to_the_last_has_failed() -> None:
    rules = {"after_minutes": [10], "jitter": 0, "give_up_after_hours": 1}
    dispatcher, transport = _run(1, lambda key, now: "451 4.3.0 later", retry=rules, rest={"break_minutes": 1})
    (delivery,) = _deliveries(dispatcher)
    assert (delivery.outcome, delivery.detail) == (Outcome.FAILED, "451 4.3.0 later")
    assert len(transport.asked) == 7
    assert not dispatcher.halt


def test_a_limit_spreads_messages_over_time() -> None:
    limit = {"messages": 2, "minutes": 1}
    dispatcher, transport = _run(5, lambda key, now: "250 ok", per_domain={"*": limit})
    assert {d.outcome for d in _deliveries(dispatcher)} == {Outcome.SENT}
    assert [round(at / 60) for _, at in transport.asked] == [0, 0, 1, 1, 2]


def test_a_warm_up_goes_on_the_next_day() -> None:
    plan = {"start": "2026-05-04", "messages_per_day": [1, 2]}
    _, transport = _run(4, lambda key, now: "250 ok", warm_up=plan)
    days = [(START + timedelta(seconds=at)).day for _, at in transport.asked]
    assert days == [4, 5, 5, 6]


def test_an_address_that_does_not_exist_is_not_written_to_again() -> None:
    dispatcher, _ = _run(1, lambda key, now: "550 5.1.1 user unknown")
    (found,) = dispatcher.ledger.suppressed()
    assert (found.address, found.reason, found.note) == ("p0@example.org", "bounce", "550 5.1.1 user unknown")
    assert _deliveries(dispatcher)[0].outcome is Outcome.REJECTED


def test_a_refusal_for_policy_pauses_the_run_and_says_why() -> None:
    dispatcher, transport = _run(50, lambda key, now: "550 5.7.1 blocked")
    assert "refused for the server's policy" in dispatcher.halt.reason
    assert len(transport.asked) <= 2
    assert len(dispatcher.ledger.deliveries(dispatcher.run, state=DeliveryState.PENDING)) >= 48


@pytest.mark.parametrize("judges", [None, False])
def test_without_rules_bad_addresses_and_policy_are_heeded_and_nothing_is_tried_again(judges: bool | None) -> None:
    answers = ["550 5.1.1 user unknown", "450 4.2.0 later", "550 5.7.1 blocked"]
    dispatcher, clock = _planned(50)
    governor = None if judges is None else Governor(SendingConfig(), lambda: 0.5, judges=judges)
    transport = _send(dispatcher, clock, lambda key, now: answers[min(key, 2)], governor)
    assert [found.address for found in dispatcher.ledger.suppressed()] == ["p0@example.org"]
    assert "refused for the server's policy" in dispatcher.halt.reason
    assert len(transport.asked) <= 4
    assert [d.outcome for d in _deliveries(dispatcher)][:3] == [Outcome.REJECTED, Outcome.FAILED, Outcome.REJECTED]


def test_a_server_that_never_answers_what_was_handed_over_pauses_the_run() -> None:
    dispatcher, clock = _planned(50)
    transport = _send(dispatcher, clock, lambda key, now: "250 ok" if key < 10 or key == 11 else "", None)
    assert "nobody knows whether 2 messages in a row have gone; the last one: no answer came" in dispatcher.halt.reason
    unknown = [int(d.key) for d in _deliveries(dispatcher) if d.outcome is Outcome.UNKNOWN]
    assert unknown[:3] == [10, 12, 13]
    assert len(unknown) <= 2 + transport.concurrency


# --- what a person asks meanwhile, and what is said of waits -----------------------------------------


def _ok(key: int, now: datetime) -> str:
    return "250 ok"


@pytest.mark.parametrize("wish", Wish)
def test_a_wish_is_heeded_between_messages_and_leaves_nothing_in_doubt(wish: Wish) -> None:
    dispatcher, clock = _planned(40)

    def asked_midway(key: int, now: datetime) -> str:
        clock.now += timedelta(seconds=0.3)
        if key == 5:
            dispatcher.ledger.ask(dispatcher.run, Asked(wish, "anna", now))
        return "250 ok"

    transport = _send(dispatcher, clock, asked_midway, None)
    assert 6 <= len(transport.asked) < 20
    assert {d.state for d in _deliveries(dispatcher)} == {DeliveryState.SETTLED, DeliveryState.PENDING}
    word = "cancelled" if wish is Wish.CANCEL else "paused"
    assert (dispatcher.halt.reason, dispatcher.halt.cancelled) == (f"{word} by anna", wish is Wish.CANCEL)
    assert dispatcher.ledger.asked(dispatcher.run) is None, "a wish is heeded once"


def test_a_wish_ends_a_wait() -> None:
    dispatcher, clock = _planned(2)

    async def impatient(seconds: float) -> None:
        await clock.sleep(seconds)
        if clock.now - START > timedelta(minutes=5):
            dispatcher.ledger.ask(dispatcher.run, Asked(Wish.PAUSE, "anna", clock.now))

    dispatcher = replace(dispatcher, sleep=impatient)
    start = {"email": START + timedelta(hours=3)}
    transport = _send(dispatcher, clock, _ok, Governor(SendingConfig(), lambda: 0.5, starts_at=start))
    assert (dispatcher.halt.reason, transport.asked) == ("paused by anna", [])
    assert clock.now < START + timedelta(minutes=6)


def test_a_wait_says_until_when_and_why_for_how_many() -> None:
    dispatcher, clock = _planned(3)
    said: list[str] = []
    dispatcher = replace(dispatcher, tell=said.append)
    hours = SendingConfig.model_validate({"hours": {"begin": "08:00", "end": "11:00"}})
    _send(dispatcher, clock, _ok, Governor(hours, lambda: 0.5))
    assert said == ["waiting until 2026-05-05 08:00 UTC for the hours in which messages may go; 3 left"]
    assert {d.outcome for d in _deliveries(dispatcher)} == {Outcome.SENT}


def test_a_domain_that_asks_for_patience_is_named() -> None:
    dispatcher, clock = _planned(1)
    said: list[str] = []
    dispatcher = replace(dispatcher, tell=said.append)
    rules = {"rest": {"first_minutes": 30}, "retry": {"after_minutes": [1], "jitter": 0}}
    governor = Governor(SendingConfig.model_validate(rules), lambda: 0.0)
    _send(dispatcher, clock, lambda key, now: "250 ok" if now > START else "421 4.7.0 slow down", governor)
    assert said == ["waiting until 12:30 UTC since example.org asks for patience; 1 left"]


def test_a_wait_that_is_too_long_stops_the_run_instead() -> None:
    dispatcher, clock = _planned(2)
    dispatcher = replace(dispatcher, longest_wait=timedelta(hours=1))
    start = {"email": START + timedelta(hours=3)}
    _send(dispatcher, clock, _ok, Governor(SendingConfig(), lambda: 0.5, starts_at=start))
    assert dispatcher.halt.reason == "nothing may go until 15:00 UTC for the start that the job names; 2 left"
    assert clock.now == START


def test_a_run_before_the_first_day_of_its_warm_up_names_that_day() -> None:
    dispatcher, clock = _planned(2)
    dispatcher = replace(dispatcher, longest_wait=timedelta(minutes=1))
    rules = {"warm_up": {"start": "2026-06-03", "messages_per_day": [1]}, "timezone": "Europe/Berlin"}
    governor = Governor(SendingConfig.model_validate(rules), lambda: 0.5)
    assert not _send(dispatcher, clock, _ok, governor).asked
    why = "since the warm-up plan begins on 2026-06-03"
    assert dispatcher.halt.reason == f"nothing may go until 2026-06-02 22:00 UTC {why}; 2 left"
    assert clock.now == START


def test_limits_count_what_went_before_the_process_began() -> None:
    dispatcher, clock = _planned(6)
    limit = SendingConfig.model_validate({"per_domain": {"example.org": {"messages": 2, "minutes": 60}}})
    dispatcher = replace(dispatcher, longest_wait=timedelta(minutes=1))
    first = _send(dispatcher, clock, _ok, Governor(limit, lambda: 0.5))
    clock.now += timedelta(minutes=30)
    second = _send(replace(dispatcher, halt=Halt()), clock, _ok, Governor(limit, lambda: 0.5))
    clock.now += timedelta(minutes=31)
    third = _send(replace(dispatcher, halt=Halt()), clock, _ok, Governor(limit, lambda: 0.5))
    assert [len(each.asked) for each in (first, second, third)] == [2, 0, 2]


def test_what_was_refused_for_now_is_kept_for_the_next_process() -> None:
    dispatcher, clock = _planned(1)
    rules = SendingConfig.model_validate(
        {"retry": {"after_minutes": [10, 60], "jitter": 0}, "rest": {"first_minutes": 1}}
    )
    dispatcher = replace(dispatcher, longest_wait=timedelta(minutes=30))
    _send(dispatcher, clock, lambda key, now: "450 4.2.0 later", Governor(rules, lambda: 0.5))
    kept = dispatcher.ledger.tries(dispatcher.run)
    (again,) = kept.values()
    assert (again.first, again.attempts, again.detail) == (START, 2, "450 4.2.0 later")
    clock.now = again.due
    governor = Governor(rules, lambda: 0.5, tries=kept)
    transport = _send(replace(dispatcher, halt=Halt()), clock, _ok, governor)
    assert len(transport.asked) == 1
    assert _deliveries(dispatcher)[0].outcome is Outcome.SENT
