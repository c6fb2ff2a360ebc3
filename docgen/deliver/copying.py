"""Floor 2, edges: objects of a PDF file written into another, those that are there already not again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Mapping

from docgen.deliver.objectfile import ObjectFile
from docgen.deliver.parts import Body
from docgen.pdfobjects import REFERENCE, renumber

#: So many objects are remembered for those that are equal to them; the oldest give way.
_KNOWN = 1 << 15


class Copier:
    """Copies into one file."""

    def __init__(self, file: ObjectFile) -> None:
        """Keep the file."""
        self._file = file
        self._known: OrderedDict[bytes, int] = OrderedDict()

    def copy(self, objects: Mapping[int, Body], pages: Collection[int] = (), parent: int = 0) -> dict[int, int]:
        """Write objects, and return the new number of each.

        Args:
            objects: by number.
            pages: those that are pages: each is written, even if it is equal to another, and hangs from `parent`.
            parent: a node of the page tree.
        """
        work = _Copy(self._known, objects, self._file.next, frozenset(pages), parent)
        for at in objects:
            work.run(at)
        if work.slots:
            self._file.write_block(work.slots)
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        return work.numbers


class _Copy:
    """The objects of one document on their way; each after those it leads to, so that equal ones are found."""

    def __init__(
        self,
        known: OrderedDict[bytes, int],
        objects: Mapping[int, Body],
        first: int,
        pages: frozenset[int],
        parent: int,
    ) -> None:
        self._known = known
        self._objects = objects
        self._first = first
        self._pages = pages
        self._parent = parent
        self.numbers: dict[int, int] = {}
        self.slots: list[bytes | str] = []
        self._begun: set[int] = set()
        for at in sorted(pages):
            self._reserve(at)

    def run(self, start: int) -> None:
        """Write an object after all that it leads to."""
        waiting = [(start, False)]
        while waiting:
            at, is_ready = waiting.pop()
            if is_ready:
                self._write(at)
            elif at not in self._begun:
                self._begun.add(at)
                waiting.append((at, True))
                waiting += [(inner, False) for inner in self._inner(at) if inner not in self._begun]

    def _inner(self, at: int) -> list[int]:
        found = (int(link[1]) for link in REFERENCE.finditer(self._objects[at].entries) if link[1])
        return [inner for inner in found if inner in self._objects]

    def _reserve(self, at: int) -> int:
        self.slots.append("null ")
        self.numbers[at] = self._first + len(self.slots) - 1
        return self.numbers[at]

    def _write(self, at: int) -> None:
        for inner in self._inner(at):
            if inner not in self.numbers and inner != at:
                self._reserve(inner)  # they lead to each other
        body = self._objects[at]
        if at in self.numbers or at in self._inner(at):
            number = self.numbers.get(at) or self._reserve(at)
            self.slots[number - self._first] = self._written(at, body)
            return
        written = self._written(at, body)
        digest = hashlib.sha256(written if isinstance(written, bytes) else written.encode("latin-1")).digest()
        number = self._known.get(digest, 0)
        if number:
            self._known.move_to_end(digest)
            self.numbers[at] = number
        else:
            self._known[digest] = number = self._reserve(at)
            self.slots[number - self._first] = written

    def _written(self, at: int, body: Body) -> bytes | str:
        entries = renumber(body.entries, self.numbers)
        if at in self._pages:
            entries = b"<</Parent %d 0 R" % self._parent + entries.lstrip().removeprefix(b"<<")
        if body.data is None:
            return entries.decode("latin-1") + "\n"
        return entries + b"stream\n" + body.data + b"\nendstream"
