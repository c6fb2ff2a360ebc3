"""Floor 2, edges: what goes along a line of text besides its letters: lines under and through it, links, backgrounds.

Each begins where a run has it and ends where one has not, at the places of ReportLab. Knows no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from docgen.render.pdf.layout.attributes import Colour, length, stroke_operator
from docgen.render.pdf.layout.attributes import number as number_of

#: Left, bottom, right, top.
Box = tuple[float, float, float, float]
_FACTOR = re.compile(r"\s*(.*?)\s*\*\s*([PLfF])\s*")


class Mark(NamedTuple):
    """A line under or through text. Width, offset and gap are lengths or factors of the font's size, as in RML."""

    number: int
    kind: str
    colour: Colour | None
    width: str
    offset: str
    rise: float
    times: int
    gap: str


@dataclass(slots=True)
class DrawnMark:
    """A mark on one line: from where to where, and the letters it goes by."""

    mark: Mark
    size: float
    colour: Colour
    left: float
    largest: float
    right: float = 0.0

    def operators(self, y: float, first_size: float) -> str:
        """Return what draws it along a base line; `first_size` is that of the paragraph's first line."""
        mark = self.mark
        sizes = {"L": first_size, "P": first_size, "f": self.size, "F": self.largest}
        width = amount(mark.width, sizes, 1.0)
        under = mark.kind == "underline"
        step = (amount(mark.gap, sizes, 1.0) + width) * (1 if under else -1)
        y += mark.rise + amount(mark.offset or ("-0.125*L" if under else "0.25*L"), sizes, 0.0)
        lines = "".join(
            f"{self.left:.3f} {y - turn * step:.3f} m {self.right:.3f} {y - turn * step:.3f} l S\n"
            for turn in range(mark.times)
        )
        return f"{stroke_operator(mark.colour or self.colour)}{width:.4g} w\n{lines}"


def amount(text: str, sizes: dict[str, float], default: float) -> float:
    """Return a length, or a factor of a font's size."""
    if not text.strip():
        return default
    found = _FACTOR.fullmatch(text)
    return number_of(found[1]) * sizes[found[2]] if found else length(text)


def check_amount(text: str, what: str) -> str:
    """Return a width, offset or gap as it is written. Raises ValueError: it is none; nothing else can refuse it."""
    try:
        amount(text, dict.fromkeys("LPfF", 1.0), 0.0)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from error
    return text


@dataclass(slots=True)
class Marks:
    """The marks of a line of text. One that begins twice on a line is drawn once, by ReportLab; `each` draws both."""

    each: bool = False
    open: dict[int, DrawnMark] = field(default_factory=dict)
    done: dict[tuple[int, float], DrawnMark] = field(default_factory=dict)

    def meet(self, marks: Iterable[Mark], size: float, colour: Colour, start: float, end: float) -> None:
        """Go on with the marks of a run that starts at a place; others ended before."""
        wanted = {mark.number for mark in marks}
        for number in [number for number in self.open if number not in wanted]:
            self._close(number, end)
        for mark in marks:
            known = self.open.setdefault(mark.number, DrawnMark(mark, size, colour, start, size))
            known.largest = max(known.largest, size)

    def finish(self, end: float) -> None:
        """End the line."""
        for number in list(self.open):
            self._close(number, end)

    def _close(self, number: int, end: float) -> None:
        mark = self.open.pop(number)
        mark.right = end
        self.done[(number, mark.left if self.each else 0.0)] = mark


@dataclass(slots=True)
class Links:
    """The links of a line of text: number, target and box."""

    each: bool = False
    open: dict[int, tuple[str, float, float, float]] = field(default_factory=dict)
    done: dict[tuple[int, float], tuple[int, str, Box]] = field(default_factory=dict)

    def meet(self, links: tuple[tuple[int, str], ...], start: float, end: float, reach: tuple[float, float]) -> None:
        """Go on with the links of a run, which reaches from bottom to top."""
        wanted = dict(links)
        for number in [number for number in self.open if number not in wanted]:
            self._close(number, end)
        low, high = reach
        for number, target in links:
            _, left, bottom, top = self.open.get(number, (target, start, low, high))
            self.open[number] = target, left, min(bottom, low), max(top, high)

    def finish(self, end: float) -> None:
        """End the line."""
        for number in list(self.open):
            self._close(number, end)

    def _close(self, number: int, end: float) -> None:
        target, left, bottom, top = self.open.pop(number)
        self.done[(number, left if self.each else 0.0)] = number, target, (left, bottom, end, top)


@dataclass(slots=True)
class Backs:
    """The backgrounds of a line of text: left, right and colour."""

    colour: Colour | None = None
    left: float = 0.0
    done: list[tuple[float, float, Colour]] = field(default_factory=list)

    def meet(self, colour: Colour | None, start: float, end: float) -> None:
        """Begin that of a run; the one before has ended."""
        if self.colour:
            self.done.append((self.left, end, self.colour))
        self.colour, self.left = colour, start

    def finish(self, end: float) -> None:
        """End the line."""
        if self.colour:
            self.done.append((self.left, end, self.colour))
