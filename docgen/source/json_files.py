"""Floor 2, edges: a JSON array of objects, or JSON Lines. Numbers stay exact, text stays text.

Read piece by piece, so that a long file needs little memory. Refuses to know SQL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from docgen.errors import SourceError
from docgen.model import Where
from docgen.source.encodings import check_encoding, encoding_fault
from docgen.source.tables import Row, RowFaults, Table, check_columns

Items = Iterator[tuple[int, object]]
_Read = Callable[[Path, str, str], Items]
_CHUNK = 1 << 18
_BLANK = re.compile(r"[\s\ufeff]*")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("an object has the same name twice")
    return value


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique)


def read_json(path: Path, shown: str, *, encoding: str | None = None) -> Table:
    """Open a file that is a JSON array of objects. Rows are the lines that the objects begin in."""
    return _open(path, shown, encoding, _read_array)


def read_json_lines(path: Path, shown: str, *, encoding: str | None = None) -> Table:
    """Open a file of one JSON object a line."""
    return _open(path, shown, encoding, _read_lines)


def _open(path: Path, shown: str, encoding: str | None, read: _Read) -> Table:
    codec = check_encoding(encoding, shown) if encoding else _find_encoding(path)
    try:
        columns = _collect_columns(read(path, codec, shown), shown)
    except UnicodeError as error:
        raise encoding_fault(path, codec, shown) from error
    return Table(shown, check_columns(columns, shown, None), _rows(read(path, codec, shown), columns), False)


def _rows(items: Items, columns: tuple[str, ...]) -> Iterator[Row]:
    for line, item in items:
        if isinstance(item, Mapping):
            yield line, tuple(item.get(name) for name in columns)


def _find_encoding(path: Path) -> str:
    with path.open("rb") as file:
        return json.detect_encoding(file.read(4))


def _collect_columns(items: Items, shown: str) -> tuple[str, ...]:
    """Return every name of every object, in the order they first come: objects may leave names out."""
    names: dict[str, None] = {}
    faults = RowFaults(shown, by_line=True)
    empty = True
    for line, item in items:
        empty = False
        if isinstance(item, Mapping):
            names |= dict.fromkeys(item)
        else:
            faults.add("this is not an object with named values", line, 'write {"name": "value", ...}')
    faults.check()
    if empty or not names:
        raise SourceError("the file has no records", where=Where(shown))
    return tuple(names)


def _read_lines(path: Path, codec: str, shown: str) -> Items:
    with path.open(encoding=codec, newline="\n") as file:
        for number, line in enumerate(file, start=1):
            text = line.lstrip("\ufeff").strip()
            if not text:
                continue
            try:
                yield number, _DECODER.decode(text)
            except json.JSONDecodeError as error:
                raise _fault(_lower_first(error.msg), shown, number, error.colno) from error
            except ValueError as error:
                raise _fault(str(error), shown, number) from error


def _read_array(path: Path, codec: str, shown: str) -> Items:
    with path.open(encoding=codec) as file:
        text = _Text(file)
        if text.skip_blank() != "[":
            raise SourceError(
                "the file is not a JSON array",
                where=Where(shown, text.line),
                hint="it has to begin with [; a file of one object a line is called .jsonl",
            )
        text.take(1)
        while text.skip_blank() != "]":
            line = text.line
            yield line, text.decode(shown)
            if text.skip_blank() == ",":
                text.take(1)
            elif text.skip_blank() != "]":
                raise SourceError("a comma or ] is missing here", where=Where(shown, text.line))
        text.take(1)
        if text.skip_blank():
            raise SourceError("text follows after the end of the array", where=Where(shown, text.line))


class _Text:
    """A window on a long text that moves forward and counts lines."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._window = ""
        self._place = 0
        self._at_end = False
        self.line = 1

    def skip_blank(self) -> str:
        """Move to the next character that is not blank and return it, "" at the end."""
        while True:
            blank = _BLANK.match(self._window, self._place)
            self._move(blank.end() if blank else self._place)
            if self._place < len(self._window) or not self._fill():
                return self._window[self._place : self._place + 1]

    def take(self, count: int) -> None:
        """Move forward."""
        self._move(self._place + count)

    def decode(self, shown: str) -> object:
        """Read one value."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._window, self._place)
            except ValueError as error:
                if self._fill():
                    continue
                raise self._syntax_fault(error, shown) from error
            # A number at the very end of the window may go on.
            if end < len(self._window) or not self._fill():
                self._move(end)
                return value

    def _move(self, place: int) -> None:
        self.line += self._window.count("\n", self._place, place)
        self._place = place

    def _fill(self) -> bool:
        kept = self._window[self._place :]
        # Twice as much each time: a long object is scanned again only a few times.
        more = "" if self._at_end else self._file.read(max(_CHUNK, len(kept)))
        self._at_end = not more
        self._window, self._place = kept + more, 0
        return bool(more)

    def _syntax_fault(self, error: ValueError, shown: str) -> SourceError:
        if not isinstance(error, json.JSONDecodeError):
            return _fault(str(error), shown, self.line)
        line = self.line + self._window.count("\n", self._place, error.pos)
        return _fault(_lower_first(error.msg), shown, line)


def _fault(problem: str, shown: str, line: int, column: int | None = None) -> SourceError:
    return SourceError(f"this is not JSON: {problem}", where=Where(shown, line, column))


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
