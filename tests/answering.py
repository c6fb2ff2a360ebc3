"""A clock that only sleeping moves, and a transport that answers as it is told: for tests of limits and retries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from docgen.model import Outcome, Parcel, Receipt
from docgen.protocols import Claim, Feature, unclaimed

START = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Clock:
    """Moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=max(seconds, 0.001))


class Answering:
    """A transport that answers by a function, "" for no answer, and notes when it was asked."""

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

    async def send(self, parcel: Parcel, claim: Claim = unclaimed) -> Receipt:
        await claim()
        self.asked.append((int(parcel.key), (self.clock.now - START).total_seconds()))
        words = self.answer(int(parcel.key), self.clock.now)
        if not words:
            return Receipt(Outcome.UNKNOWN, "no answer came", {parcel.recipient: Outcome.UNKNOWN})
        outcome = {"2": Outcome.SENT, "4": Outcome.FAILED, "5": Outcome.REJECTED}[words[0]]
        return Receipt(outcome, words, {parcel.recipient: outcome}, {parcel.recipient: words})
