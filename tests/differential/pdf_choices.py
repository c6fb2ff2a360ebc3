"""One grammar, two ways to choose: Hypothesis, which makes failing cases small, or a seed, which can be repeated."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar
from xml.sax.saxutils import quoteattr

from hypothesis import strategies as st

T = TypeVar("T")


class Choices(Protocol):
    """Where the decisions come from."""

    def number(self, low: int, high: int) -> int:
        """Return a number from low to high; low is the simplest."""


class Drawn:
    """Decisions of Hypothesis."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        """Return a number."""
        return self._draw(st.integers(low, high))


class Seeded:
    """Decisions of a generator of random numbers."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def number(self, low: int, high: int) -> int:
        """Return a number."""
        return self._random.randint(low, high)


class Chooser:
    """What a grammar asks."""

    def __init__(self, choices: Choices) -> None:
        self.number = choices.number

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options; the first is the simplest."""
        return options[self.number(0, len(options) - 1)]

    def chance(self, one_in: int) -> bool:
        """Return True in one of so many cases."""
        return self.number(0, one_in - 1) == one_in - 1

    def attributes(self, options: Mapping[str, str], one_in: int = 5) -> str:
        """Return attributes, each in one of so many cases; the values to choose from are parted by `|`."""
        written = {name: self.pick(values.split("|")) for name, values in options.items() if self.chance(one_in)}
        return "".join(f" {name}={quoteattr(value)}" for name, value in written.items())
