"""Floor 3, work: everything in this process, for small runs and for reading a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

B = TypeVar("B")
R = TypeVar("R")


class InlineEngine:
    """Calls the worker here."""

    def map(self, open_worker: Callable[[], Callable[[B], R]], batches: Iterable[B]) -> Iterator[R]:
        """Yield one result per batch, in order."""
        work = open_worker()
        for batch in batches:
            yield work(batch)
