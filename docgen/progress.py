"""Floor 4, faces: what long work shows: a bar on a terminal, a line now and then elsewhere. Writes to stderr only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

Report = Callable[[str, int, int | None], None]


@contextmanager
def show_progress(*, quiet: bool = False) -> Iterator[Report]:
    """Give a function to report steps to, and clear the bar at the end."""
    if quiet:
        yield lambda step, done, total: None
    elif sys.stderr.isatty():
        with _bar() as bar:
            yield _Bars(bar)
    else:
        lines = _Lines()
        yield lines
        lines.end()


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
            self._say(f"{step}: {done}" + (f" of {total}" if total else ""))
            self.next = done + max(1000, (total or 0) // 10)

    def end(self) -> None:
        if self.step:
            self._say(f"{self.step}: {self.done} done")
        self.step = ""

    def _say(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
