"""Floor 3, work: a pool of local processes, each of which builds its worker once.

Spawned, never forked: the parent holds database connections and threads. Only a few batches are under way at a time,
so memory does not grow with the run. A worker that dies takes the run down with a clear error; nothing is lost,
since results are committed batch by batch and a resume makes the rest.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any, TypeVar

from docgen.errors import RenderError

B = TypeVar("B")
R = TypeVar("R")

_work: Callable[[Any], Any] | None = None


def _open(open_worker: Callable[[], Callable[[Any], Any]]) -> None:
    global _work
    # Ctrl-C reaches the whole terminal group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work = open_worker()


def _end_with_parent() -> None:
    """Leave nobody behind who works on, or waits for ever, after the run was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Let a process be born deaf to Ctrl-C, which would end it with a traceback before `_open` can say so."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _call(batch: object) -> object:
    assert _work is not None
    return _work(batch)


class PoolEngine:
    """Calls the worker in `workers` processes; `open_worker`, batches and results must pickle."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def map(self, open_worker: Callable[[], Callable[[B], R]], batches: Iterable[B]) -> Iterator[R]:
        """Yield one result per batch, in order.

        Raises:
            RenderError: a worker process died.
        """
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_open, initargs=(open_worker,))
        under_way: deque[Future[Any]] = deque()
        try:
            for batch in batches:
                with _without_ctrl_c():
                    under_way.append(pool.submit(_call, batch))
                if len(under_way) > 2 * self.workers:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BrokenProcessPool as cause:
            raise RenderError(
                "a worker process ended unexpectedly",
                hint="probably out of memory: lower `workers` in config.yaml, then resume the run",
            ) from cause
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
