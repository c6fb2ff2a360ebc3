"""Floor 1, rules: how fast things may follow one another. Knows no transport; time is passed in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable


class Pacer:
    """Spaces calls evenly, so that no minute holds more than its share and none begins with a burst."""

    def __init__(
        self,
        per_minute: int | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Keep the pace.

        Args:
            per_minute: None for no limit.
            clock: seconds that only grow.
            sleep: waits for seconds.
        """
        self._gap_s = 60 / per_minute if per_minute else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = float("-inf")

    async def wait(self) -> None:
        """Return when the next call is due. Safe to call many times at once: each gets its own turn."""
        now = self._clock()
        turn = max(now, self._next)
        self._next = turn + self._gap_s
        if turn > now:
            await self._sleep(turn - now)
