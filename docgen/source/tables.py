"""Floor 2, edges: what a reader of a data source hands over. Refuses to know formats and SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from docgen.errors import DocgenError, SourceError, raise_faults
from docgen.model import Where

#: So many faults of one file are told one by one.
FAULT_CAP = 50
#: Hidden columns, quoted: no header can have these names, since headers lose their line breaks.
FILE, ROW = '"docgen\nfile"', '"docgen\nrow"'

Row = tuple[int, Sequence[object]]
"""The row as a person counts it, and its values in the order of the columns."""


@dataclass(frozen=True)
class Table:
    """One file, sheet or query, open for reading once.

    Attributes:
        shown: the source's name for people: the path as the job gives it.
        columns: unique, also without regard to case.
        rows: in the order of the source; faults are raised while reading, all of a file at once.
        is_text: every value is text as it stands in the file.
    """

    shown: str
    columns: tuple[str, ...]
    rows: Iterator[Row]
    is_text: bool


class RowFaults:
    """Collects the faults of one file, up to a cap, and raises them together."""

    def __init__(self, shown: str, *, by_line: bool = False) -> None:
        self.shown = shown
        self._by_line = by_line
        self._faults: list[DocgenError] = []
        self._count = 0

    def add(self, problem: str, row: int, hint: str = "") -> None:
        """Keep a fault of a row."""
        self._count += 1
        if self._count <= FAULT_CAP:
            place = Where(self.shown, line=row) if self._by_line else Where(self.shown, row=row)
            self._faults.append(SourceError(problem, where=place, hint=hint))

    def __bool__(self) -> bool:
        return self._count > 0

    def check(self) -> None:
        """Raise what was collected, if anything was."""
        if self._count > FAULT_CAP:
            more = self._count - FAULT_CAP
            self._faults.append(SourceError(f"and {more} more rows like these", where=Where(self.shown)))
        raise_faults(self._faults)


def check_columns(
    names: Iterable[str], shown: str, row: int | None = 1, hint: str = "give each column its own name"
) -> tuple[str, ...]:
    """Return column names without surrounding blanks; every name has to be there, and once.

    Args:
        names: as the source has them.
        shown: the source's name for people.
        row: of the header, None where there is none.
        hint: what to do about names that come twice.

    Raises:
        SourceError, Faults: an empty name, or names that are equal but for case (SQL cannot tell them apart).
    """
    columns = tuple(" ".join(name.replace("\ufeff", "").split()) for name in names)
    where = Where(shown, row)
    faults: list[DocgenError] = [
        SourceError(f"column {number} has no name", where=where, hint="write a name in the first row")
        for number, name in enumerate(columns, start=1)
        if not name
    ]
    counts = Counter(name.casefold() for name in columns if name)
    told: set[str] = set()
    for name in columns:
        if counts[name.casefold()] > 1 and name.casefold() not in told:
            told.add(name.casefold())
            places = [str(n) for n, other in enumerate(columns, start=1) if other.casefold() == name.casefold()]
            problem = f'{len(places)} columns are called "{name}" (columns {", ".join(places)})'
            faults.append(SourceError(problem, where=where, hint=hint))
    raise_faults(faults)
    return columns


def numbered_columns(count: int) -> tuple[str, ...]:
    """Return names for a file without a header."""
    return tuple(f"column{number}" for number in range(1, count + 1))


def trim_unnamed(names: Sequence[str]) -> int:
    """Return how many columns are left without the unnamed ones at the end."""
    width = len(names)
    while width and not names[width - 1].strip():
        width -= 1
    return width


def check_same_columns(first: Table, table: Table) -> None:
    """Raise a SourceError where a file of a pattern has other columns than the first file, in whatever order."""
    if table.is_text != first.is_text:
        raise SourceError(f"{first.shown} is of another kind of file", where=Where(table.shown))
    missing = [column for column in first.columns if column not in table.columns]
    extra = [column for column in table.columns if column not in first.columns]
    parts = [f"{word} {', '.join(names)}" for word, names in (("it lacks", missing), ("it has also", extra)) if names]
    if parts:
        problem = f"the columns are not those of {first.shown}: {'; '.join(parts)}"
        raise SourceError(problem, where=Where(table.shown, 1))
