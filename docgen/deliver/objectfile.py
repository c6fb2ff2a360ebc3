"""Floor 2, edges: a PDF file written from front to end: objects, and where each of them stands. Knows no page."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from typing import IO

from docgen.deliver.pdftrees import ObjectTable
from docgen.pdfobjects import HEADER, IN_STREAM, STEADY, framed, object_stream, raw_stream


class ObjectFile:
    """A file being written; numbers are given from 1."""

    def __init__(self, output: IO[bytes]) -> None:
        """Begin where the output stands."""
        self._output = output
        self._offset = 0
        self._hash = hashlib.sha256()
        self._table = ObjectTable()
        self.reserve = self._table.reserve
        self._put(HEADER)

    @property
    def next(self) -> int:
        """The number that the next object gets."""
        return self._table.next

    def settle(self, at: int, body: bytes) -> None:
        """Write an object under a number reserved for it."""
        self._table.settle(at, self._offset)
        self._put(framed(at, body))

    def write_block(self, bodies: Sequence[bytes | str]) -> int:
        """Write objects with consecutive numbers, the streams as bytes; return the first number."""
        first = self.next
        streams, others, numbers = [], [], []
        for index, body in enumerate(bodies):
            if isinstance(body, bytes):
                streams.append((index, self._offset))
                self._put(framed(first + index, body))
            else:
                others.append(body)
                numbers.append(first + index)
        holders = [self._offset]
        if not others:
            self._put(framed(first + len(bodies), b"null"))
        for start in range(0, len(others), IN_STREAM):
            holders[start // IN_STREAM :] = [self._offset]
            held = slice(start, start + IN_STREAM)
            body = object_stream(numbers[held], others[held], STEADY)
            self._put(framed(first + len(bodies) + start // IN_STREAM, body))
        self._table.add(len(others), streams, holders)
        return first

    def finish(self, entries: str) -> None:
        """Write the end of the file; `entries` are those of the trailer, ID excepted, which comes from the content."""
        mark = self._hash.hexdigest()[:32]
        start = self._offset
        at = self._table.reserve()
        self._table.settle(at, start)
        packer = zlib.compressobj(6)
        data = b"".join([*map(packer.compress, self._table.rows()), packer.flush()])
        kind = f"/Type/XRef/Size {at + 1}/W[1 4 2]{entries}/ID[<{mark}><{mark}>]"
        packed = "/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 7>>"
        self._put(framed(at, raw_stream(data, kind + packed)) + b"startxref\n%d\n%%%%EOF\n" % start)

    def _put(self, data: bytes) -> None:
        self._output.write(data)
        self._hash.update(data)
        self._offset += len(data)
