"""How fast things may follow one another."""

from __future__ import annotations

import asyncio

from docgen.pacing import Pacer


class Time:
    """A clock that moves only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        due = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, due)


def test_calls_are_spaced_evenly_however_many_come_at_once() -> None:
    time, turns = Time(), []

    async def call(pacer: Pacer) -> None:
        await pacer.wait()
        turns.append(time.now)

    async def scenario() -> None:
        pacer = Pacer(120, clock=time, sleep=time.sleep)
        await asyncio.gather(*(call(pacer) for _ in range(5)))

    asyncio.run(scenario())
    assert turns == [0.0, 0.5, 1.0, 1.5, 2.0]


def test_a_quiet_time_is_not_made_up_for() -> None:
    time, turns = Time(), []

    async def scenario() -> None:
        pacer = Pacer(60, clock=time, sleep=time.sleep)
        for pause in (0.0, 0.2, 10.0, 0.0):
            time.now += pause
            await pacer.wait()
            turns.append(time.now)

    asyncio.run(scenario())
    assert turns == [0.0, 1.0, 11.0, 12.0]


def test_without_a_rate_nothing_waits() -> None:
    time = Time()

    async def scenario() -> None:
        pacer = Pacer(None, clock=time, sleep=time.sleep)
        for _ in range(100):
            await pacer.wait()

    asyncio.run(scenario())
    assert time.now == 0.0
