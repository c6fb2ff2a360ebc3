"""Floor 2, edges: what is kept over the documents of a template, within bounds. Knows nothing of what it is."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

_Shelf = TypeVar("_Shelf", bound="Shelf")


class Shelf:
    """What was made of texts in one way, in two generations: what is not asked for again goes with the older one."""

    __slots__ = ("older", "recent")

    def __init__(self) -> None:
        self.recent: dict[Any, Any] = {}
        self.older: dict[Any, Any] = {}

    def find(self, key: Hashable) -> Any:
        """Return what is kept under a key, or None."""
        found = self.recent.get(key)
        if found is None and key in self.older:
            found = self.recent[key] = self.older[key]
        return found

    def turn(self) -> None:
        """Begin a generation, and let go of the one before the last."""
        self.older, self.recent = self.recent, {}


class Cache(dict[tuple[Any, ...], Any]):
    """What is kept over the documents of a template: lines, ink, styles. The first item of a key says of what kind.

    It is emptied when it is full: what it holds can be made again. Texts are many, so they lie on shelves.

    Attributes:
        weight: about how many bytes its largest entries have, drawings.
        age: how often all shelves were let go.
        limit: so many entries make it full.
        shelf_limit: so many characters on all shelves make a generation.
        most_shelves: more are not kept.
    """

    limit = 10_000
    shelf_limit = 2_000_000
    most_shelves = 1_000

    def __init__(self) -> None:
        super().__init__()
        self.weight = 0
        self.shelves: dict[Hashable, Shelf] = {}
        self.age = 0
        self._on_shelves = 0

    def keep(self, key: tuple[Any, ...], value: Any, weight: int = 0) -> Any:
        """Return the value, kept; `weight` is how many bytes it has, where they are many."""
        self.weight += weight
        if len(self) >= self.limit:
            self.clear()
        self[key] = value
        return value

    def shelf(self, key: Hashable, make: Callable[[], _Shelf]) -> _Shelf:
        """Return a new shelf, to be found under its key from now on."""
        if len(self.shelves) >= self.most_shelves:
            self.shelves.clear()
            self.age += 1
        made = self.shelves[key] = make()
        return made

    def count(self, characters: int) -> None:
        """Count what was put on a shelf, and begin a generation where that is enough."""
        self._on_shelves += characters
        if self._on_shelves > self.shelf_limit:
            self._on_shelves = 0
            for shelf in self.shelves.values():
                shelf.turn()
