"""Floor 1, rules: the syntax of PDF files (ISO 32000-1, 7): texts, streams, object streams, cross-reference streams.

Bytes in, bytes out; knows no page. libdeflate packs: it is four times as fast as zlib, and its bytes are the same on
every machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain

from deflate import zlib_compress

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
#: The entry of the trailer by which joining knows the files of docgen: how long the shared part is, its highest number,
#: the number of pages, and the first object that a joined file leaves out.
OWN_KEY = "DocgenParts"
#: How hard data is packed: what a document alone holds in a hurry (40 us a page), what is joined a tenth smaller in
#: twice the time, what thousands share as small as can be.
QUICK, STEADY, THOROUGH = 1, 6, 12
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


def in_file(offset: int) -> bytes:
    """Return the row of an object that stands in the file itself."""
    return b"\x01" + offset.to_bytes(4, "big") + b"\0\0"


@lru_cache(maxsize=1024)
def in_stream(at: int, count: int) -> list[bytes]:
    """Return the rows of all objects of an object stream."""
    head = b"\x02" + at.to_bytes(4, "big")
    return [head + index.to_bytes(2, "big") for index in range(count)]


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
    """Objects that are written together: streams as they are, the others in one object stream behind them.

    Attributes:
        next: the number that the next object gets.
    """

    def __init__(self, first: int = 1) -> None:
        self._first = self.next = first
        self._streams: dict[int, bytes] = {}
        self._others: dict[int, str] = {}

    def reserve(self) -> int:
        """Return a number whose object comes later."""
        at = self.next
        self.next = at + 1
        return at

    def add_stream(self, body: bytes, at: int = 0) -> int:
        """Add a stream, under a number reserved for it or the next; return the number."""
        at = at or self.reserve()
        self._streams[at] = body
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
        """Return the objects as they stand in a file from an offset on, and their rows; one number more is taken.

        All reserved numbers must have got their objects.
        """
        holder = self.reserve()
        others = sorted(self._others)
        rows = list(in_stream(holder, len(others)))
        parts = []
        for at in sorted(self._streams):
            rows.insert(at - self._first, in_file(start))
            parts.append(framed(at, self._streams[at]))
            start += len(parts[-1])
        bodies = map(self._others.__getitem__, others)
        parts.append(framed(holder, _object_stream(tuple(others), tuple(bodies), level)))
        rows.append(in_file(start))
        return b"".join(parts), b"".join(rows)


#: A reference in an object, its number in the group; texts are matched too, so that what is in them is left alone.
REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f]+>|\b([0-9]+) 0 R\b", re.DOTALL)


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


_OWN_REFERENCE = re.compile(rb"([0-9]+) 0 R")


def renumber_own(body: bytes, numbers: Mapping[int, int]) -> bytes:
    """Return objects that this module wrote with other numbers in their references, in half the time.

    Raises:
        KeyError: a reference has no new number.
    """
    pieces = _OWN_REFERENCE.split(body)
    written = {b"%d" % old: b"%d 0 R" % new for old, new in numbers.items()}
    pieces[1::2] = map(written.__getitem__, pieces[1::2])
    return b"".join(pieces)
