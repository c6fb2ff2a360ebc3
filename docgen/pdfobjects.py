"""Floor 1, rules: the syntax of PDF files (ISO 32000-1, 7): texts, streams, object streams, cross-reference streams.

Bytes in, bytes out; knows no page. libdeflate packs: it is four times as fast as zlib, and its bytes are the same on
every machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, repeat

from deflate import zlib_compress

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
#: The entry of the trailer by which joining knows the files of docgen: how long the shared part is, its highest number,
#: the number of pages, and the first object that a joined file leaves out.
OWN_KEY = "DocgenParts"
#: How hard data is packed: what a document alone holds in a hurry (40 us a page), what is joined a tenth smaller in
#: twice the time, what thousands share as small as can be.
QUICK, STEADY, THOROUGH = 1, 6, 12
#: An object stream holds so many objects at most: a cross-reference stream counts them in two bytes.
IN_STREAM = 1 << 14
#: Streams of more objects are not remembered, which would hold whole lists of thousands of items.
_SMALL = 1_000
_UNESCAPED = re.compile(r"\\(.)")
_ESCAPED = re.compile(r"[\\()]")


def text(value: str) -> str:
    """Return a text string: as it stands where it is ASCII, UTF-16 in hex otherwise. Only ASCII comes out.

    Nothing in it looks like a reference, see `renumber_own`.
    """
    if value.isascii() and value.isprintable() and " 0 R" not in value:
        return f"({_ESCAPED.sub(_escape, value)})"
    return f"<FEFF{value.encode('utf-16-be', 'replace').hex()}>"


def _escape(found: re.Match[str]) -> str:
    return "\\" + found[0]


def read_text(written: bytes) -> str:
    """Return the text that `text` wrote."""
    if written.startswith(b"<"):
        return bytes.fromhex(written[5:-1].decode()).decode("utf-16-be")
    return _UNESCAPED.sub(r"\1", written[1:-1].decode())


def text_order(value: str) -> bytes:
    """Return what a text string is sorted by in a name tree (7.9.6): its bytes, however they are written."""
    written = text(value)
    return bytes.fromhex(written[1:-1]) if written.startswith("<") else value.encode()


def name(value: str) -> str:
    """Return a name with its slash; characters that names cannot hold are written by number."""
    return "/" + "".join(
        char if char.isascii() and (char.isalnum() or char in "+-_.") else "".join(f"#{b:02X}" for b in char.encode())
        for char in value
    )


def number(value: float) -> str:
    """Return a number to a thousandth, without zeros at its end."""
    if value == int(value):
        return str(int(value))
    return f"{round(value, 3) + 0.0:.3f}".rstrip("0").rstrip(".")


def pack(data: bytes, level: int = QUICK) -> bytes:
    """Return data for FlateDecode."""
    return bytes(zlib_compress(data, level))


def stream(data: bytes, entries: str = "", level: int = QUICK) -> bytes:
    """Return a stream object's body, packed."""
    return raw_stream(pack(data, level), f"{entries}/Filter/FlateDecode")


def raw_stream(data: bytes, entries: str) -> bytes:
    """Return a stream object's body of data that is written as it is."""
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(data), entries.encode("latin-1"), data)


def framed(at: int, body: bytes) -> bytes:
    """Return an object as it stands in a file."""
    return b"%d 0 obj\n%b\nendobj\n" % (at, body)


def object_stream(numbers: Sequence[int], bodies: Sequence[str], level: int = QUICK) -> bytes:
    """Return the body of a stream that holds objects (7.5.7); each has to end in a bracket or in space."""
    count = len(bodies)
    places = accumulate(map(len, bodies), initial=0)
    head = ("%d %d " * count) % tuple(chain.from_iterable(zip(numbers, places, strict=False)))
    data = "".join((head, *bodies)).encode("latin-1")
    return stream(data, f"/Type/ObjStm/N {count}/First {len(head)}", level)


#: Documents of one kind often have the same elements in the same order, and objects like these are packed already.
_object_stream = lru_cache(maxsize=64)(object_stream)


def _any_object_stream(numbers: Sequence[int], bodies: Sequence[str], level: int) -> bytes:
    if len(numbers) > _SMALL:
        return object_stream(numbers, bodies, level)
    return _object_stream(tuple(numbers), tuple(bodies), level)


def in_file(offset: int) -> bytes:
    """Return the row of an object that stands in the file itself."""
    return b"\x01" + offset.to_bytes(4, "big") + b"\0\0"


def in_stream(at: int, count: int) -> list[bytes]:
    """Return the rows of all objects of an object stream."""
    head = b"\x02" + at.to_bytes(4, "big")
    return [head + index.to_bytes(2, "big") for index in range(count)]


_in_stream = lru_cache(maxsize=1024)(in_stream)


def ending(at: int, offset: int, rows: bytes, entries: str) -> bytes:
    """Return the end of a file: its cross-reference stream, and where that is.

    Args:
        at: the stream's number, the highest of the file.
        offset: where it begins.
        rows: of the objects from 1 to the one before it.
        entries: of the trailer: Root, Info, ID.
    """
    table = bytes(7) + rows + in_file(offset)
    table = table[:5] + b"\xff\xff" + table[7:]  # the head of the list of free objects
    body = stream(table, f"/Type/XRef/Size {at + 1}/W[1 4 2]{entries}")
    return framed(at, body) + b"startxref\n%d\n%%%%EOF\n" % offset


class Pool:
    """Objects that are written together: streams as they are, the others in object streams behind them.

    Attributes:
        next: the number that the next object gets.
        streams: those added, by number.
    """

    def __init__(self, first: int = 1) -> None:
        self._first = self.next = first
        self.streams: dict[int, bytes] = {}
        self._others: dict[int, str] = {}

    def reserve(self) -> int:
        """Return a number whose object comes later."""
        at = self.next
        self.next = at + 1
        return at

    def add_stream(self, body: bytes, at: int = 0) -> int:
        """Add a stream, under a number reserved for it or the next; return the number."""
        at = at or self.reserve()
        self.streams[at] = body
        return at

    def add(self, body: str, at: int = 0) -> int:
        """Add another object, likewise."""
        at = at or self.reserve()
        self._others[at] = body
        return at

    def extend(self, bodies: Sequence[str]) -> None:
        """Add objects that are no streams under the next numbers."""
        self._others.update(enumerate(bodies, self.next))
        self.next += len(bodies)

    def write(self, start: int, level: int = QUICK) -> tuple[bytes, bytes]:
        """Return the objects as they stand in a file from an offset on, and their rows; object streams take numbers.

        All reserved numbers must have got their objects.
        """
        return self.lock(level).write(start, self.streams)

    def lock(self, level: int = QUICK) -> LockedPool:
        """Return the pool with all its objects in place; only what its streams hold may still become another."""
        others = sorted(self._others)
        chunks = [others[at : at + IN_STREAM] for at in range(0, len(others), IN_STREAM)] or [[]]
        holders = [self.reserve() for _ in chunks]
        rows: list[bytes] = []
        for holder, chunk in zip(holders, chunks, strict=True):
            rows += (_in_stream if len(chunk) <= _SMALL else in_stream)(holder, len(chunk))
        streams = tuple(sorted(self.streams))
        between, done = [], 0
        for count, at in enumerate(streams):
            index = at - self._first - count
            between.append(b"".join(rows[done:index]))
            done = index
        between.append(b"".join(rows[done:]))
        bodies = [list(map(self._others.__getitem__, chunk)) for chunk in chunks]
        packed = [
            framed(*one) for one in zip(holders, map(_any_object_stream, chunks, bodies, repeat(level)), strict=True)
        ]
        return LockedPool(streams, tuple(between), tuple(packed), self.next)


@dataclass(frozen=True, slots=True)
class LockedPool:
    """Objects that are written together, each in its place but for what streams hold.

    Attributes:
        streams: the numbers of those.
        between: rows before each of them, and those behind the last.
        others: object streams, as they stand in a file.
        next: the first number behind them.
    """

    streams: tuple[int, ...]
    between: tuple[bytes, ...]
    others: tuple[bytes, ...]
    next: int

    def write(self, start: int, bodies: Mapping[int, bytes]) -> tuple[bytes, bytes]:
        """Return the objects as they stand in a file from an offset on, and their rows."""
        rows, parts = [self.between[0]], []
        for at, later in zip(self.streams, self.between[1:], strict=True):
            part = b"%d 0 obj\n%b\nendobj\n" % (at, bodies[at])
            rows += (in_file(start), later)
            parts.append(part)
            start += len(part)
        for part in self.others:
            rows.append(in_file(start))
            parts.append(part)
            start += len(part)
        return b"".join(parts), b"".join(rows)


_TEXTS = rb"\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f]*>|"


def outside_texts(pattern: bytes) -> re.Pattern[bytes]:
    """Return what finds a pattern, and texts too, so that nothing is found in them; groups are those of the pattern."""
    return re.compile(_TEXTS + pattern, re.DOTALL)


#: A reference in an object, its number in the group.
REFERENCE = outside_texts(rb"\b([0-9]+) 0 R\b")


def renumber(body: bytes, numbers: Mapping[int, int]) -> bytes:
    """Return an object with other numbers in its references; its texts stay as they are.

    In texts in brackets, brackets have to be escaped. What a reference without a new number leads to becomes null.
    """

    def replace(found: re.Match[bytes]) -> bytes:
        if found[1] is None:
            return found[0]
        at = numbers.get(int(found[1]))
        return b"null" if at is None else b"%d 0 R" % at

    return REFERENCE.sub(replace, body)


#: Longer bodies are not kept.
_MOST_KEPT = 100_000
_OWN_REFERENCE = re.compile(rb"([0-9]+) 0 R")


def renumber_own(body: bytes, numbers: Mapping[int, int]) -> bytes:
    """Return objects that this module wrote with other numbers in their references, in half the time.

    Raises:
        KeyError: a reference has no new number.
    """
    take = _take_references if len(body) < _MOST_KEPT else _take_references.__wrapped__
    texts, references = take(body)
    written = {old: b"%d 0 R" % numbers[old] for old in set(references)}
    pieces = list(texts)
    pieces[1::2] = map(written.__getitem__, references)
    return b"".join(pieces)


@lru_cache(maxsize=16)
def _take_references(body: bytes) -> tuple[list[bytes], list[int]]:
    """Return the texts with the references between them, and the references' numbers; documents are often alike."""
    pieces = _OWN_REFERENCE.split(body)
    return pieces, list(map(int, pieces[1::2]))
