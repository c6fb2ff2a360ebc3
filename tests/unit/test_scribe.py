"""Claims and outcomes of many connections: one commit for all, each in the order that exactly-once needs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from docgen.errors import StoreError
from docgen.model import Delivery, DeliveryState, ItemResult, Moves, NewDelivery, NewItem, Outcome, Receipt, RunSpec
from docgen.scribe import Scribe
from docgen.store.memory import MemoryLedger

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SENT = Receipt(Outcome.SENT, "250 ok")


class Counting(MemoryLedger):
    """Counts commits, and fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.moved: list[Moves] = []
        self.fault: Exception | None = None

    def move(self, moves: Moves, now: datetime) -> frozenset[int]:
        if self.fault is not None:
            raise self.fault
        self.moved.append(moves)
        return super().move(moves, now)


class Desk:
    """A scribe, its ledger, and what it told."""

    def __init__(self, count: int) -> None:
        self.ledger = Counting()
        self.run = self.ledger.open_run(RunSpec("j", "1", "j", "", ".", NOW, False, {}))
        self.plan(self.run, count)
        self.blocked: set[str] = set()
        self.told: list[tuple[str, Receipt]] = []
        self.faults: list[Exception] = []
        self.scribe = Scribe(
            self.ledger,
            self.run,
            lambda: NOW,
            self._why_not,
            lambda delivery, receipt: self.told.append((delivery.key, receipt)),
            self.faults.append,
            linger_s=0,
        )

    def plan(self, run: str, count: int) -> None:
        self.ledger.add_items(run, [NewItem(n, str(n), "") for n in range(count)])
        plans = [NewDelivery("email", "smtp", f"p{n}@example.org", f"i{n}", {"files": []}) for n in range(count)]
        self.ledger.put_results(run, [ItemResult(n, str(n), deliveries=(plan,)) for n, plan in enumerate(plans)])

    def _why_not(self, deliveries: Sequence[Delivery]) -> list[str]:
        return ["unsubscribed" if each.key in self.blocked else "" for each in deliveries]

    @property
    def deliveries(self) -> list[Delivery]:
        return self.ledger.deliveries(self.run)

    @property
    def states(self) -> list[str]:
        return [each.state.value for each in self.deliveries]


def test_claims_of_many_connections_are_one_commit() -> None:
    desk = Desk(5)

    async def work() -> list[bool]:
        return list(await asyncio.gather(*(desk.scribe.claim(each) for each in desk.deliveries)))

    assert asyncio.run(work()) == [True] * 5
    assert len(desk.ledger.moved) == 1
    assert desk.states == ["claimed"] * 5


def test_an_outcome_is_written_no_later_than_the_next_claim_of_its_connection() -> None:
    desk, seen = Desk(6), []

    async def connection(own: Sequence[Delivery]) -> None:
        for delivery in own:
            assert await desk.scribe.claim(delivery)
            seen.append(desk.states.count("claimed"))
            desk.scribe.settle(delivery, SENT)

    async def work() -> None:
        await asyncio.gather(connection(desk.deliveries[:3]), connection(desk.deliveries[3:]))

    asyncio.run(work())
    desk.scribe.write()
    assert max(seen) == 2
    assert desk.states == ["settled"] * 6
    assert len(desk.ledger.moved) == 4
    assert sorted(key for key, _ in desk.told) == ["0", "1", "2", "3", "4", "5"]


def test_outcomes_are_written_though_nobody_claims_any_more() -> None:
    desk = Desk(1)

    async def work() -> None:
        (delivery,) = desk.deliveries
        await desk.scribe.claim(delivery)
        desk.scribe.settle(delivery, SENT)
        for _ in range(10):
            await asyncio.sleep(0)

    asyncio.run(work())
    assert desk.states == ["settled"]


def test_who_must_not_be_sent_to_is_skipped_and_not_claimed() -> None:
    desk = Desk(2)
    desk.blocked = {"0"}

    async def work() -> list[bool]:
        return list(await asyncio.gather(*(desk.scribe.claim(each) for each in desk.deliveries)))

    assert asyncio.run(work()) == [False, True]
    assert [each.detail for each in desk.deliveries] == ["unsubscribed", ""]


def test_what_another_run_has_delivered_meanwhile_is_skipped() -> None:
    desk = Desk(2)
    other = desk.ledger.open_run(RunSpec("j", "1", "j", "", ".", NOW, False, {}))
    desk.plan(other, 1)
    desk.ledger.claim(desk.ledger.deliveries(other)[0].id, NOW)

    async def work() -> list[bool]:
        return list(await asyncio.gather(*(desk.scribe.claim(each) for each in desk.deliveries)))

    assert asyncio.run(work()) == [False, True]
    assert desk.deliveries[0].detail == f"already delivered by the run {other}"


def test_a_claim_that_nobody_waits_for_any_more_is_not_taken() -> None:
    desk = Desk(2)

    async def work() -> None:
        gone, waiting = (asyncio.ensure_future(desk.scribe.claim(each)) for each in desk.deliveries)
        await asyncio.sleep(0)
        gone.cancel()
        assert await waiting
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(work())
    assert desk.states == ["pending", "claimed"]


def test_a_claim_given_to_somebody_who_is_being_stopped_is_given_back() -> None:
    desk = Desk(1)

    async def work() -> None:
        gone = asyncio.ensure_future(desk.scribe.claim(desk.deliveries[0]))
        await asyncio.sleep(0)
        desk.scribe.write()
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(work())
    assert desk.deliveries[0].state is DeliveryState.PENDING


def test_all_who_wait_hear_that_the_ledger_cannot_be_written() -> None:
    desk = Desk(3)
    desk.ledger.fault = StoreError("the disk is full")

    async def work() -> list[object]:
        first = await asyncio.gather(*(desk.scribe.claim(each) for each in desk.deliveries[:2]), return_exceptions=True)
        desk.ledger.fault = None
        return [*first, *await asyncio.gather(desk.scribe.claim(desk.deliveries[2]), return_exceptions=True)]

    assert [str(each) for each in asyncio.run(work())] == ["the disk is full"] * 3
    assert len(desk.faults) == 1
    assert desk.states == ["pending"] * 3


def test_connections_fall_into_step() -> None:
    desk, early = Desk(5), asyncio.Event()
    desk.scribe.most, desk.scribe.company_s = 3, 60.0

    async def connection(own: Sequence[Delivery], *, late: bool = False) -> None:
        if late:
            await early.wait()
        for delivery in own:
            assert await desk.scribe.claim(delivery)
            early.set()
            for _ in range(10):  # a server takes some turns
                await asyncio.sleep(0)
            desk.scribe.settle(delivery, SENT)

    async def work() -> None:
        first, second, third = desk.deliveries[:2], desk.deliveries[2:4], desk.deliveries[4:]
        await asyncio.gather(connection(first), connection(second), connection(third, late=True))

    asyncio.run(work())
    assert [len(moves.claims) for moves in desk.ledger.moved if moves.claims] == [2, 3]


def test_a_claim_does_not_wait_long_for_company() -> None:
    desk = Desk(3)
    desk.scribe.most, desk.scribe.company_s = 3, 0.0

    async def work() -> None:
        await asyncio.gather(*(desk.scribe.claim(each) for each in desk.deliveries[:2]))
        assert await desk.scribe.claim(desk.deliveries[2])

    asyncio.run(work())
    assert [len(moves.claims) for moves in desk.ledger.moved] == [2, 1]
