"""Floor 0, words: a function that is imported when it is first called. Knows no function.

The libraries behind a plug-in take up to a second to load, and few jobs need them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class Later:
    """A function, or a class that is called, by the names of its module and its own; pickles.

    Attributes:
        options: keyword arguments of every call.
    """

    module: str
    name: str
    options: tuple[tuple[str, object], ...] = ()

    def __call__(self, *values: Any, **named: Any) -> Any:
        """Call it."""
        return getattr(import_module(self.module), self.name)(*values, **dict(self.options), **named)
