"""Floor 1, rules: which event loop work runs on: uvloop where it is installed, else Python's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from importlib import import_module
from typing import Any, TypeVar, cast

T = TypeVar("T")


def loop_maker() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes event loops; None for Python's own."""
    try:
        uvloop = import_module("uvloop")
    except ImportError:
        return None
    return cast("Callable[[], asyncio.AbstractEventLoop]", uvloop.new_event_loop)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Do asynchronous work to its end."""
    with asyncio.Runner(loop_factory=loop_maker()) as runner:
        return runner.run(work)
