"""Deliveries that must wait, come again, suppress and pause: on a clock that only sleeping moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from docgen.dispatch import Dispatcher
from docgen.model import (
    Delivery,
    DeliveryState,
    ItemResult,
    NewDelivery,
    NewItem,
    Outcome,
    Parcel,
    Receipt,
    RunSpec,
)
from docgen.protocols import Feature
from docgen.sendconfig import SendingConfig
from docgen.sending.governor import Governor
from docgen.store.memory import MemoryLedger

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
JANE = "jane@example.org"


class Clock:
    """Moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=max(seconds, 0.001))


class Answering:
    """A transport that answers by a function and notes when it was asked."""

    name = "smtp"
    features: frozenset[Feature] = frozenset()
    concurrency = 2

    def __init__(self, clock: Clock, answer: Callable[[int, datetime], str]) -> None:
        self.clock, self.answer = clock, answer
        self.asked: list[tuple[int, float]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def send(self, parcel: Parcel) -> Receipt:
        self.asked.append((int(parcel.key), (self.clock.now - START).total_seconds()))
        words = self.answer(int(parcel.key), self.clock.now)
        outcome = {"2": Outcome.SENT, "4": Outcome.FAILED, "5": Outcome.REJECTED}[words[0]]
        return Receipt(outcome, words, {parcel.recipient: outcome}, {parcel.recipient: words})


def _run(count: int, answer: Callable[[int, datetime], str], **rules: object) -> tuple[Dispatcher, Answering]:
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
    transport = Answering(clock, answer)
    governor = Governor(SendingConfig.model_validate(rules), lambda: 0.5)
    asyncio.run(dispatcher.send_each(transport, "smtp", governor))
    return dispatcher, transport


def _deliveries(dispatcher: Dispatcher) -> list[Delivery]:
    return dispatcher.ledger.deliveries(dispatcher.run)


def test_a_greylisted_message_comes_again_and_is_sent_once() -> None:
    def greylisted(key: int, now: datetime) -> str:
        return "450 4.2.0 later" if key == 1 and now < START + timedelta(minutes=4) else "250 ok"

    dispatcher, transport = _run(3, greylisted, retry={"after_minutes": [5]})
    assert {d.outcome for d in _deliveries(dispatcher)} == {Outcome.SENT}
    assert [key for key, _ in transport.asked] == [0, 1, 2, 1]
    assert transport.asked[-1][1] >= 300


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
