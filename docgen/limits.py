"""Floor 1, rules: how long a template may run, how much it may loop and write.

One `Work` counts one rendering. It is found through a context variable, because Jinja gives imported macros a
context of their own. The module knows no Jinja and no file.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sized
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from docgen.errors import LimitExceeded

#: A loop of at most this many rounds is charged once; a longer one also looks at the clock.
_SHORT = 64


class WorkLimits(Protocol):
    """What bounds a rendering; `Limits` and the configuration's own section both fit."""

    @property
    def time_s(self) -> float:
        """Wall time of one rendering."""
        ...

    @property
    def output_mb(self) -> float:
        """Size of the longest text a rendering may build, in millions of characters."""
        ...

    @property
    def loop(self) -> int:
        """Rounds of all loops of one rendering together; also the longest list an expression may build."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """The defaults: far above any letter, far below what hurts."""

    time_s: float = 10.0
    output_mb: float = 20.0
    loop: int = 100_000


class Work:
    """What one rendering has left. Not shared between threads."""

    __slots__ = ("deadline", "limits", "names", "rounds", "size")

    def __init__(self, limits: WorkLimits, names: Mapping[str, object]) -> None:
        self.limits = limits
        self.names = names
        self.rounds = limits.loop
        self.size = int(limits.output_mb * 1_000_000)
        self.deadline = time.monotonic() + limits.time_s

    def share(self, outer: Work) -> None:
        """Have no more than what is left of the rendering that this one is a part of."""
        self.deadline = min(self.deadline, outer.deadline)
        self.rounds = min(self.rounds, outer.rounds)
        self.size = min(self.size, outer.size)

    def check_time(self) -> None:
        """Raise LimitExceeded when the time is over."""
        if time.monotonic() > self.deadline:
            raise LimitExceeded(
                f"the template ran longer than {self.limits.time_s:g} s",
                hint="look for loops inside loops, or raise limits.time_s in config.yaml",
            )

    def check_size(self, length: int) -> None:
        """Raise LimitExceeded when a text of `length` characters is too long."""
        if length > self.size:
            raise self.too_long()

    def too_long(self) -> LimitExceeded:
        """Return the fault of a template that writes too much."""
        return LimitExceeded(
            f"the template writes more than {self.limits.output_mb:g} million characters",
            hint="look for a loop that repeats itself, or raise limits.output_mb in config.yaml",
        )

    def charge(self, rounds: int) -> None:
        """Take loop rounds away and look at the clock."""
        self.rounds -= rounds
        if self.rounds < 0:
            raise LimitExceeded(
                f"the template's loops run more than {self.limits.loop} rounds",
                hint="look for loops inside loops, or raise limits.loop in config.yaml",
            )
        self.check_time()

    def loop(self, iterable: Iterable[object]) -> Iterable[object]:
        """Charge for a loop over `iterable` and return what to loop over."""
        if not isinstance(iterable, Sized):
            return self._counted(iterable)
        length = len(iterable)
        self.charge(length)
        return iterable if length <= _SHORT else _Watched(iterable, self, length)

    def _counted(self, iterable: Iterable[object]) -> Iterator[object]:
        for element in iterable:
            self.charge(1)
            yield element


class _Watched:
    """A long sized iterable that looks at the clock in every round; Jinja's `loop` may ask its length."""

    __slots__ = ("_iterable", "_length", "_work")

    def __init__(self, iterable: Iterable[object], work: Work, length: int) -> None:
        self._iterable = iterable
        self._work = work
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[object]:
        check = self._work.check_time
        for element in self._iterable:
            check()
            yield element


_WORK: ContextVar[Work | None] = ContextVar("docgen_work", default=None)


class Working:
    """Context manager: the work that `current_work` finds. Nests: a part of a rendering has what the whole has left."""

    __slots__ = ("_outer", "_token", "_work")

    def __init__(self, limits: WorkLimits, names: Mapping[str, object]) -> None:
        self._work = Work(limits, names)

    def __enter__(self) -> Work:
        self._outer = _WORK.get()
        if self._outer is not None:
            self._work.share(self._outer)
        self._token = _WORK.set(self._work)
        return self._work

    def __exit__(self, *_: object) -> None:
        _WORK.reset(self._token)
        if self._outer is not None:
            self._outer.rounds = min(self._outer.rounds, self._work.rounds)


_IDLE = Limits()


def current_work() -> Work:
    """Return the work of the rendering under way; outside of one, fresh default limits."""
    return _WORK.get() or Work(_IDLE, {})
