"""Beside the floors: public doubles for tests. They keep the same promises as the real things, in this process only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from docgen.store.memory import MemoryLedger

__all__ = ["FixedClock", "MemoryLedger"]


class FixedClock:
    """A clock that stands still until it is told to move on."""

    def __init__(self, now: datetime = datetime(2026, 5, 4, 10, 32, tzinfo=UTC)) -> None:
        """Begin at `now`, which has to be aware."""
        if now.utcoffset() is None:
            raise ValueError("a clock's time needs a time zone")
        self.now = now

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
