"""Floor 1, rules: the phases of a project as bars over its months. Draws nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from docgen.errors import MissingValue, RecordError, WrongValue, raise_faults
from docgen.kinds.base import Values, read_rows

SCHEDULE_INPUT = ("phase", "begin", "end")
SCHEDULE_FIGURES = ("begin", "end", "days", "at", "share", "milestone")
MONTH_FIGURES = ("month", "at", "share")
_PLACES = Decimal("0.0001")

Row = dict[str, object]


def read_schedule(values: Values) -> tuple[list[Row], list[Row]]:
    """Return the phases and the months that they span; empty for a record without `schedule`.

    A phase without an end, or one that ends when it begins, is a milestone.

    Returns:
        Phases with `begin`, `end`, `days`, and where on the chart they are: `at` and `share`, fractions of its width
        from 0 to 1; months with their first day and the same two. The chart spans whole months.

    Raises:
        RecordError: a phase without a beginning, or one that ends before it; several as Faults.
    """
    rows, faults = read_rows(values, "schedule"), list[RecordError]()
    spans = [_span(row, f"schedule[{index + 1}].", faults) for index, row in enumerate(rows)]
    raise_faults(faults)
    if not spans:
        return [], []
    first = min(begin for begin, _ in spans).replace(day=1)
    after = _next_month(max(end for _, end in spans))
    phases = [{**row, **_phase(span, first, after)} for row, span in zip(rows, spans, strict=True)]
    months: list[Row] = [
        {"month": month, **_place(month, _next_month(month), first, after)} for month in _months(first, after)
    ]
    return phases, months


def _span(row: Values, path: str, faults: list[RecordError]) -> tuple[date, date]:
    begin, end = row.get("begin"), row.get("end")
    if not isinstance(begin, date):
        faults.append(MissingValue(f"{path}begin"))
        return date.min, date.min
    last = end if isinstance(end, date) else begin
    if last < begin:
        faults.append(WrongValue(f"{path}end", last.isoformat(), f"on or after its beginning on {begin.isoformat()}"))
    return begin, last


def _phase(span: tuple[date, date], first: date, after: date) -> Row:
    begin, end = span
    days = (end - begin).days + 1
    place = _place(begin, end + timedelta(days=1), first, after)
    return {"begin": begin, "end": end, "days": days, "milestone": begin == end, **place}


def _place(begin: date, until: date, first: date, after: date) -> dict[str, object]:
    whole = (after - first).days
    return {
        "at": (Decimal((begin - first).days) / whole).quantize(_PLACES),
        "share": (Decimal((until - begin).days) / whole).quantize(_PLACES),
    }


def _months(first: date, after: date) -> Iterator[date]:
    while first < after:
        yield first
        first = _next_month(first)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
