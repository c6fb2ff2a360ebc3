"""Floor 2, edges: what a long PDF file is found its way in by: trees of nodes with few kids, and the table of objects.

Both are kept in little memory while the file is written as a stream. Bytes only; knows no pages.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from docgen.pdfobjects import IN_STREAM, in_file

_WIDTH = 64


class Tree:
    """Nodes of at most 64 kids over leaves that come one by one. A node that is full is written at once.

    The first and last key of each kid are kept for trees that need limits.
    """

    def __init__(
        self,
        reserve: Callable[[], int],
        write: Callable[[int, list[int], tuple[int, int], int, int], None],
    ) -> None:
        """Keep what writes it.

        Args:
            reserve: gives the number of an object to come.
            write: writes a node: its number, kids, first and last key, the leaves' count below it, its parent or 0.
        """
        self._reserve = reserve
        self._write = write
        self._levels: list[_Level] = []

    def parent(self) -> int:
        """Return the number of the node that the next leaf hangs from."""
        return self._open(0).number

    def add(self, leaf: int, keys: tuple[int, int] = (0, 0), count: int = 1) -> None:
        """Hang a leaf from the node that `parent` says; it has so many pages, or keys from one to another."""
        self._open(0).take(leaf, keys, count)

    def close(self) -> int:
        """Write what is open; return the number of the root, 0 of an empty tree."""
        index = 0
        while index < len(self._levels) - 1:
            if self._levels[index].kids:
                self._close(index)
            index += 1
        for level in self._levels[index:]:
            self._write(level.number, level.kids, level.keys, level.count, 0)
            return level.number
        return 0

    def _open(self, index: int) -> _Level:
        if index == len(self._levels):
            self._levels.append(_Level())
        elif len(self._levels[index].kids) >= _WIDTH:
            self._close(index)
        level = self._levels[index]
        level.number = level.number or self._reserve()
        return level

    def _close(self, index: int) -> None:
        level, above = self._levels[index], self._open(index + 1)
        self._write(level.number, level.kids, level.keys, level.count, above.number)
        above.take(level.number, level.keys, level.count)
        self._levels[index] = _Level()


@dataclass(slots=True)
class _Level:
    """The node of a level that is still open; its number is reserved when it gets its first kid."""

    number: int = 0
    kids: list[int] = field(default_factory=list)
    keys: tuple[int, int] = (0, 0)
    count: int = 0

    def take(self, kid: int, keys: tuple[int, int], count: int) -> None:
        self.keys = (self.keys[0] if self.kids else keys[0], keys[1])
        self.kids.append(kid)
        self.count += count


class ObjectTable:
    """Where each object of a file stands, as its cross-reference stream will say (ISO 32000-1, 7.5.8).

    Each row is written as what it differs in from the one before (7.4.4.4, "Up"): rows of one object stream differ in
    the same way, so that a letter of 130 objects adds 25 bytes.
    """

    def __init__(self) -> None:
        """Begin with number 1."""
        self.next = 1
        self._blocks: list[bytes] = []
        self._open: dict[int, int] = {}

    def reserve(self) -> int:
        """Return the next number; its object comes later, see `settle`."""
        self._open[self.next] = len(self._blocks)
        self._blocks.append(b"")
        self.next += 1
        return self.next - 1

    def settle(self, at: int, offset: int) -> None:
        """Say where an object with a reserved number stands."""
        self._blocks[self._open.pop(at)] = _BLOCK.pack(0, offset)

    def add(self, others: int, streams: Sequence[tuple[int, int]], holders: Sequence[int]) -> int:
        """Say where the next objects stand: some streams, others in object streams, and those, which are last.

        Args:
            others: how many are in the object streams.
            streams: place among all these objects and offset of each.
            holders: the offsets of the object streams, each full but the last.

        Returns:
            The number of the first.
        """
        first = self.next
        flat = [number for stream in streams for number in stream] + list(holders[1:])
        self._blocks.append(_BLOCK.pack(others, holders[0]) + struct.pack(f">{len(flat)}Q", *flat))
        self.next += others + len(streams) + len(holders)
        return first

    def rows(self) -> Iterator[bytes]:
        """Yield the rows from number 0 on, as differences; what was reserved and never came is free."""
        before = bytes(_WIDTHS)
        yield _differ(_FREE, before)
        before, at = _FREE, 1
        for block in self._blocks:
            for row, more in _spread(block, at):
                yield _differ(row, before) + _STEP * more
                before = row[:-2] + (int.from_bytes(row[-2:], "big") + more).to_bytes(2, "big")
                at += 1 + more


_BLOCK = struct.Struct(">QQ")
_WIDTHS = 7
_FREE = b"\0" * 5 + b"\xff\xff"
#: How a row of an object stream differs from the one before: its index is one higher.
_STEP = b"\2" + b"\0" * 6 + b"\1"


def _differ(row: bytes, before: bytes) -> bytes:
    return b"\2" + bytes([(new - old) & 0xFF for new, old in zip(row, before, strict=True)])


def _spread(block: bytes, at: int) -> Iterator[tuple[bytes, int]]:
    """Yield the rows of a block, each with how many steps follow it."""
    if not block:
        yield bytes(_WIDTHS), 0
        return
    others, holder = _BLOCK.unpack_from(block)
    end = len(block) - max(others - 1, 0) // IN_STREAM * 8
    streams = list(_BLOCK.iter_unpack(block[_BLOCK.size : end]))
    number = at + others + len(streams)
    index = place = 0
    for stop, offset in streams:
        yield from _held(number, index, index + stop - place)
        index, place = index + stop - place, stop + 1
        yield in_file(offset), 0
    yield from _held(number, index, others)
    for offset in (holder, *struct.unpack(f">{(len(block) - end) // 8}Q", block[end:])):
        yield in_file(offset), 0


def _held(number: int, start: int, stop: int) -> Iterator[tuple[bytes, int]]:
    """Yield the rows of a stretch of objects in streams; where the index grows a digit, a new stretch begins.

    Args:
        number: of the first stream.
        start: the place of the first object among all in these streams.
        stop: the place behind the last.
    """
    while start < stop:
        end = min(stop, (start | 0xFF) + 1)
        stream, index = divmod(start, IN_STREAM)
        yield b"\2" + (number + stream).to_bytes(4, "big") + index.to_bytes(2, "big"), end - start - 1
        start = end
