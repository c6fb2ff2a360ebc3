"""Floor 2, edges: what a chart shows: categories and series, read from rows of data. Knows no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum

from docgen.errors import FieldMissing, LimitExceeded, TemplateError, did_you_mean
from docgen.money import to_decimal
from docgen.sandbox import clean_text

_LARGEST = Decimal("9.99e307")
_MAX_ROWS = 10_000
_MAX_SERIES = 50
_MAX_POINTS = 50_000
#: Day 0 of spreadsheets, as they count from March 1900 on.
_DAY_ZERO = datetime(1899, 12, 30)
_ROUND = ("pie", "doughnut")

#: A number, a text, or nothing: a gap.
Cell = Decimal | str | None


class Axis(Enum):
    """What stands along the categories."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True)
class Series:
    """One series: as many values as there are categories."""

    name: str
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class ChartData:
    """What a chart shows; dates are numbers of days, as in spreadsheets.

    Attributes:
        axis: what the categories are.
        label: what heads the categories.
        dated: the values of the series are dates, too.
    """

    axis: Axis
    label: str
    categories: tuple[Cell, ...]
    series: tuple[Series, ...]
    dated: bool = False

    @property
    def values(self) -> list[Decimal]:
        """Every value that is there."""
        return [value for one in self.series for value in one.values if value is not None]

    @property
    def unit(self) -> str:
        """The coarsest unit of time that keeps the dates apart: `days`, `months` or `years`."""
        dates = [moment(value) for value in self.categories if isinstance(value, Decimal)]
        if len({(one.year, one.month) for one in dates}) < len(dates):
            return "days"
        alike = len({(one.month, one.day) for one in dates}) == 1
        return "years" if alike and len(dates) > 1 else "months"


def read_data(kind: str, rows: Sequence[object], x: str, y: Sequence[str], names: Sequence[str]) -> ChartData:
    """Read the rows.

    Args:
        kind: of chart; pies and points want other data than columns.
        rows: records.
        x: the field of the categories.
        y: the fields of the series.
        names: what the series are called; without them, after their fields.

    Raises:
        FieldMissing: a row lacks a field.
        LimitExceeded: it is more than a person can read and Word can draw.
        TemplateError: a value is no number, or does not fit this kind of chart.
    """
    _check_bounds(rows, y, names)
    cells = {field: [_cell(row, number, field) for number, row in enumerate(rows, 1)] for field in (x, *y)}
    axis = _axis(kind, cells[x])
    dated = all(_is_date(value) or _is_blank(value) for field in y for value in cells[field])
    called = list(names) or [title_of(field) for field in y]
    series = tuple(
        Series(name, tuple(_number(value, number, field) for number, value in enumerate(cells[field], 1)))
        for name, field in zip(called, y, strict=True)
    )
    data = ChartData(axis, title_of(x), _categories(axis, cells[x], x), series, dated and _some_date(cells, y))
    _check_kind(kind, data)
    return data


def title_of(field: str) -> str:
    """Return what people call a field: `net_sales` is `Net sales`."""
    words = clean_text(field).replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def days(value: date) -> Decimal:
    """Return a day as spreadsheets count it, its time as a fraction."""
    at = value.replace(tzinfo=None) if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    passed = at - _DAY_ZERO
    return Decimal(passed.days) + Decimal(passed.seconds) / 86_400


def moment(number: Decimal) -> datetime:
    """Return the date that a number of days means."""
    return _DAY_ZERO + timedelta(days=float(number))


def _check_bounds(rows: Sequence[object], y: Sequence[str], names: Sequence[str]) -> None:
    if not rows:
        raise TemplateError("the chart has no rows", hint="leave it out then: {% if … %}")
    if not y or not all(isinstance(field, str) for field in y):
        raise TemplateError("the chart has no series", hint='name their fields: y=["sales", "costs"]')
    if names and len(names) != len(y):
        raise TemplateError(f"the chart has {len(y)} series and {len(names)} names for them")
    if len(rows) > _MAX_ROWS or len(y) > _MAX_SERIES or len(rows) * len(y) > _MAX_POINTS:
        raise LimitExceeded(
            f"the chart has {len(rows)} rows of {len(y)} series",
            hint=f"at most {_MAX_ROWS} rows, {_MAX_SERIES} series and {_MAX_POINTS} values together",
        )


def _cell(row: object, number: int, field: str) -> object:
    if not isinstance(row, Mapping):
        raise TemplateError(f"row {number} of the chart is no record with fields, but a {type(row).__name__}")
    if field not in row:
        hint = did_you_mean(field, [str(name) for name in row])
        raise FieldMissing(f'row {number} of the chart has no "{field}"', field=field, hint=hint)
    return row[field]


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _is_date(value: object) -> bool:
    return isinstance(value, date)


def _some_date(cells: Mapping[str, Sequence[object]], fields: Sequence[str]) -> bool:
    return any(_is_date(value) for field in fields for value in cells[field])


def _number(value: object, number: int, field: str) -> Decimal | None:
    if _is_blank(value):
        return None
    if isinstance(value, date):
        return days(value)
    place = f'"{field}" in row {number} of the chart'
    read = to_decimal(value, place)
    if abs(read) > _LARGEST:
        raise TemplateError(f"{place} is too large to be drawn: {read:.3E}", hint="at most 9.99E+307, as in Excel")
    return read


def _axis(kind: str, values: Sequence[object]) -> Axis:
    dates = all(_is_date(value) for value in values)
    if kind == "scatter":
        return Axis.DATE if dates else Axis.NUMBER
    # Two of one day would be drawn one over the other.
    return Axis.DATE if dates and kind not in _ROUND and len(set(values)) == len(values) else Axis.TEXT


def _categories(axis: Axis, values: Sequence[object], field: str) -> tuple[Cell, ...]:
    if axis is not Axis.TEXT:
        return tuple(_number(value, number, field) for number, value in enumerate(values, 1))
    return tuple("" if value is None else clean_text(str(value)) for value in values)


def _check_kind(kind: str, data: ChartData) -> None:
    if kind == "pie" and len(data.series) > 1:
        raise TemplateError("a pie shows one series", hint='y="sales", or a doughnut, which has a ring for each')
    if kind in _ROUND and any(value < 0 for value in data.values):
        raise TemplateError(f"a {kind} cannot show a value below 0", hint="columns can")
