"""Floor 2, edges: a body and the files it takes in, as one text with one numbering of lines.

A body may stand on a page layout that templates share (`{% extends "shared/letter.rml" %}`). The lines of what it takes
in count on after its own, so that a number alone says the file as well. Knows Jinja's statements, not RML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from jinja2 import TemplateError as JinjaError
from jinja2 import nodes
from jinja2.exceptions import SecurityError, TemplateNotFound

from docgen.errors import DocgenError, Faults
from docgen.model import Where
from docgen.place import beside
from docgen.render.marks import mark_lines, start_tags
from docgen.sandbox import FolderLoader, Sandbox

_TAKING = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the body.

    Attributes:
        file: as messages call it.
        before: how many lines stand before its own.
    """

    file: str
    text: str
    before: int

    @property
    def marked(self) -> str:
        """The text with the number of its line in each start tag."""
        return mark_lines(self.text, self.before + 1)


class Sources:
    """The parts of a body, itself first.

    Attributes:
        whole: all texts, one after the other.
        tags: name and line of each start tag in them.
    """

    def __init__(self, body: str, file: str, environment: Sandbox) -> None:
        self.file = file
        self._parts: dict[str, Part] = {"": Part(file, body, 0)}
        self._gather(body, environment)
        self.whole = "\n".join(part.text for part in self._parts.values())
        self.tags = [tag for part in self._parts.values() for tag in start_tags(part.marked)]

    @property
    def marked(self) -> str:
        """The body itself with the numbers of its lines."""
        return self._parts[""].marked

    def mark(self, name: str, text: str) -> str:
        """Return a file that the body names with the numbers of its lines, for `FolderLoader.change`."""
        part = self._parts.get(name)
        return part.marked if part is not None and part.text == text else text

    def where(self, line: int) -> Where:
        """Return the file and line of a number."""
        part = next(part for part in reversed(self._parts.values()) if part.before < max(line, 1))
        return Where(part.file, line - part.before)

    def settle(self, error: DocgenError) -> None:
        """Let a fault, and those in it, name the file that its line stands in."""
        for fault in error.faults if isinstance(error, Faults) else [error]:
            place = fault.where
            if place is not None and place.line and place.file == self.file:
                found = self.where(place.line)
                fault.where = replace(place, file=found.file, line=found.line)

    def _gather(self, text: str, environment: Sandbox) -> None:
        for name in _names(text, environment):
            if name not in self._parts and (taken := _read(name, environment)) is not None:
                last = [*self._parts.values()][-1]
                self._parts[name] = Part(beside(self.file, name), taken, last.before + last.text.count("\n") + 1)
                self._gather(taken, environment)


def _names(text: str, environment: Sandbox) -> Iterator[str]:
    try:
        tree = environment.parse(text)
    except JinjaError:
        return  # compiling says so, with the line
    for node in tree.find_all(_TAKING):
        name = getattr(node, "template", None)
        if isinstance(name, nodes.Const) and isinstance(name.value, str):
            yield name.value


def _read(name: str, environment: Sandbox) -> str | None:
    loader = environment.loader
    assert isinstance(loader, FolderLoader)
    try:
        return loader.get_source(environment, name)[0]
    except (TemplateNotFound, SecurityError):
        return None  # rendering says so, with the line
