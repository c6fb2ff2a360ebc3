"""Floor 4, faces: what long work shows: a bar on a terminal, a line now and then elsewhere. Writes to stderr only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class Report(Protocol):
    """Told how far a step is, and in a sentence what is waited for."""

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Say how far a step is; `total`: None where it is not known."""
        ...

    def say(self, text: str) -> None:
        """Say what is waited for."""
        ...


@contextmanager
def show_progress(*, quiet: bool = False) -> Iterator[Report]:
    """Give what steps are reported to, and clear the bar at the end."""
    if quiet:
        yield _Silence()
    elif sys.stderr.isatty():
        with _bar() as bar:
            yield _Bars(bar)
    else:
        lines = _Lines()
        yield lines
        lines.end()


class _Silence:
    """Says nothing."""

    def __call__(self, step: str, done: int, total: int | None) -> None:
        return None

    def say(self, text: str) -> None:
        return None


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


class _Bars:
    """One bar per step."""

    def __init__(self, bar: Progress) -> None:
        self.bar = bar
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int | None) -> None:
        if step not in self.tasks:
            self.tasks[step] = self.bar.add_task(step, total=total)
        self.bar.update(self.tasks[step], completed=done, total=total)

    def say(self, text: str) -> None:
        self.bar.console.print(text, highlight=False, markup=False)


class _Lines:
    """A line when a step begins to take long, at each tenth of it, and when it ends."""

    def __init__(self) -> None:
        self.step = ""
        self.done = 0
        self.next = 1000

    def __call__(self, step: str, done: int, total: int | None) -> None:
        if step != self.step:
            self.end()
            self.step, self.next = step, max(1000, (total or 0) // 10)
        self.done = done
        if done >= self.next:
            self._write(f"{step}: {done}" + (f" of {total}" if total else ""))
            self.next = done + max(1000, (total or 0) // 10)

    def say(self, text: str) -> None:
        self._write(text)

    def end(self) -> None:
        if self.step:
            self._write(f"{self.step}: {self.done} done")
        self.step = ""

    def _write(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
