"""Floor 2, edges: CSV, TSV and their relatives, read as the text they are. Refuses to guess types.

Finds encoding, delimiter and quoting; what is found can be overridden. A row that has more or fewer values than the
header is a fault: padding it would move values under the wrong names.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from docgen.errors import SourceError, counted
from docgen.model import Where
from docgen.source.encodings import check_encoding, encoding_fault, find_encoding
from docgen.source.tables import Row, RowFaults, Table, check_columns, numbered_columns, trim_unnamed

_SAMPLE_CHARACTERS = 1 << 18
_SAMPLE_ROWS = 500
#: In order of preference: of equals, the first wins.
_DELIMITERS = ("\t", ";", "|", ",")
_DELIMITER_NAMES = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " ", "\\t": "\t"}
_SEP_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)

# The default of 128 KB refuses long texts; a row is held in memory either way.
csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Layout:
    """How a text file marks its columns.

    Attributes:
        skip: characters before the header: Excel's `sep=;` line.
    """

    delimiter: str
    quote: str
    escape: str | None = None
    skip: int = 0

    def reader(self, lines: Iterator[str] | TextIO) -> Iterator[list[str]]:
        """Return a reader that refuses broken quoting."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar=self.escape,
            doublequote=self.escape is None,
            strict=True,
        )


def read_text_file(
    path: Path,
    shown: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    quote: str | None = None,
    header: bool = True,
) -> Table:
    """Open a delimited text file.

    Args:
        path: the file.
        shown: its name for people.
        encoding: overrides what is found, as the next two do.
        delimiter: one character or its name.
        quote: one character.
        header: the first row has the names.

    Raises:
        SourceError, Faults: empty, wrongly encoded, without usable column names. Faults of rows come while reading.
    """
    codec = check_encoding(encoding, shown) if encoding else find_encoding(path, shown)
    with path.open(encoding=codec, newline="") as file:
        sample = _decode(file, _SAMPLE_CHARACTERS, path, codec, shown)
    if not sample.strip():
        raise SourceError("the file is empty", where=Where(shown))
    layout = find_layout(sample, delimiter=_named_delimiter(delimiter, shown), quote=quote)
    rows = _read_rows(path, codec, layout, shown)
    try:
        first_row, first = next(rows)
    except StopIteration as error:
        raise SourceError("the file is empty", where=Where(shown)) from error
    if not header:
        columns = numbered_columns(len(first))
        return Table(
            shown,
            columns,
            _check_widths(itertools.chain([(first_row, first)], rows), len(first), len(first), shown),
            True,
        )
    named = trim_unnamed(first)
    columns = check_columns(first[:named], shown, first_row)
    return Table(shown, columns, _check_widths(rows, len(first), named, shown), True)


def find_layout(sample: str, delimiter: str | None = None, quote: str | None = None) -> Layout:
    """Return the layout under which the rows of a sample agree best about the number of their columns.

    Args:
        sample: the beginning of a file; an unfinished last line is left out of account.
        delimiter: known already.
        quote: known already.
    """
    mark = _SEP_LINE.match(sample)
    skip = mark.end() if mark else 0
    if mark and not delimiter:
        delimiter = mark[1]
    delimiters = (delimiter,) if delimiter else _DELIMITERS
    quotes = (quote,) if quote else ('"', "'")
    layouts = [
        Layout(sign, mark_of_text, escape, skip)
        for mark_of_text in quotes
        # A reader with an escape lets text follow a closing quote; only files that need it get one.
        for escape in ((None, "\\") if "\\" + mark_of_text in sample else (None,))
        for sign in delimiters
    ]
    scores = {layout: _agreement(sample[skip:], layout) for layout in layouts}
    best = max(layouts, key=lambda layout: scores[layout])
    if scores[best][0] > 0:
        return best
    # One column: no delimiter may cut it.
    return Layout(delimiter or "\t", quote or '"', None, skip)


def _agreement(sample: str, layout: Layout) -> tuple[float, float, int]:
    """Return how well a layout fits: share of rows as wide as the first, use of its quotes, width; 0 for one column."""
    widths: list[int] = []
    lines = sample.splitlines(keepends=True)
    whole = len(sample) < _SAMPLE_CHARACTERS
    rows = layout.reader(iter(lines if whole else lines[:-1]))
    broken = False
    try:
        for row in itertools.islice(rows, _SAMPLE_ROWS):
            if row:
                widths.append(len(row))
    except csv.Error:
        # A sample that was cut may end inside quotes.
        broken = whole
    if not widths or widths[0] < 2:
        return (0.0, 0.0, 0)
    share = sum(width == widths[0] for width in widths) / len(widths)
    if share < 0.3:
        return (0.0, 0.0, 0)
    used = sample.count(layout.quote) if layout.quote in _enclosing(sample, layout.delimiter) else 0
    return (share * (0.5 if broken else 1.0), min(used, 1), widths[0])


def _enclosing(sample: str, delimiter: str) -> set[str]:
    """Return the quoting characters that open a value somewhere."""
    opening = re.findall(rf"(?:^|\n|{re.escape(delimiter)})([\"'])", sample)
    return set(opening)


def _named_delimiter(delimiter: str | None, shown: str) -> str | None:
    if delimiter is None:
        return None
    sign = _DELIMITER_NAMES.get(delimiter.lower(), delimiter)
    if len(sign) != 1 or sign in "\r\n":
        hint = 'write ";" or "tab", for example'
        raise SourceError(f'the delimiter "{delimiter}" is not one character', where=Where(shown), hint=hint)
    return sign


def _decode(file: TextIO, size: int, path: Path, codec: str, shown: str) -> str:
    try:
        return file.read(size)
    except UnicodeError as error:
        raise encoding_fault(path, codec, shown) from error


def _read_rows(path: Path, codec: str, layout: Layout, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Yield rows with their number; blank lines count and are left out."""
    with path.open(encoding=codec, newline="") as file:
        file.read(layout.skip)
        reader = layout.reader(file)
        offset = 1 if layout.skip else 0
        try:
            for number, row in enumerate(reader, start=1 + offset):
                if row:
                    yield number, row
        except UnicodeError as error:
            raise encoding_fault(path, codec, shown) from error
        except csv.Error as error:
            line = reader.line_num + offset  # type: ignore[attr-defined]
            raise SourceError(
                f"the quoting is broken: {_explain(error)}",
                where=Where(shown, line),
                hint="close every quote, and write a quote inside quotes twice; or set `quote:` in the job",
            ) from error


def _explain(error: csv.Error) -> str:
    if "unexpected end of data" in str(error):
        return "a quote is opened and never closed"
    if "expected after" in str(error):
        return "text follows a closing quote"
    return str(error)


def _check_widths(rows: Iterator[tuple[int, list[str]]], width: int, named: int, shown: str) -> Iterator[Row]:
    """Yield rows of the right width, cut to the named columns; raise all others at the end."""
    faults = RowFaults(shown)
    for number, row in rows:
        if len(row) != width:
            held = f"the row has {counted(len(row), 'value')}, the header has {counted(width, 'column')}"
            faults.add(held, number, _width_hint(row, width))
        elif any(row[named:]):
            faults.add("the row has a value in a column without a name", number)
        elif not faults:
            yield number, row[:named] if named < width else row
    faults.check()


def _width_hint(row: Sequence[str], width: int) -> str:
    if len(row) > width:
        return "put a value that contains the delimiter in quotes"
    return "every row needs as many delimiters as the header"
