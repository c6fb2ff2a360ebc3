"""Floor 1, rules: sales of a week, month, quarter or year against target, last period and last year. Knows no layout.

The data say what was sold, as SQL summed it from order rows; this module compares, and checks that the breakdowns by
person, region and product add up to one and the same figure. It knows neither orders nor how targets are set.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from docgen.errors import MissingValue, RecordError, WrongTotal, WrongValue, did_you_mean, raise_faults
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_rows, read_text
from docgen.money import round_half_up, round_money

#: Lists whose rows add up to the whole.
BREAKDOWNS = ("people", "regions", "products")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
PERIODS = ("week", *MONTHS)
#: What must be the same whichever way it is broken down; targets may be set for people alone.
SUMMED = ("actual", "previous", "last_year")
_PLACES = 3  # of fractions: a tenth of a percent

Row = dict[str, object]
Figures = dict[str, Decimal | None]


def compute(values: Values, company: Values, today: date) -> Values:
    """Compare the whole and each row of each list; add what the top customers leave over.

    Args:
        values: `period` (week, month, quarter, year) and `start`; `actual`, `target`, `previous`, `last_year`;
            `people`, `regions`, `products`, `customers` with the same figures; `orders`, `previous_orders`.
        company: `currency` is the default.
        today: the default of `date`.

    Raises:
        RecordError: a period that is none or does not begin on `start`, a figure that is no number, breakdowns that
            differ from the whole or from each other; several as Faults.
    """
    currency = read_text(values, "currency", read_text(company, "currency", "EUR")).upper()
    lists = _lists(values, currency)
    whole = _whole(values, lists, currency)
    _check_sums(lists, whole)
    return {
        "currency": currency,
        "date": values.get("date") or today,
        **_period(values),
        **_compared(whole, whole["actual"]),
        **{name: [_row(row, whole["actual"]) for row in rows] for name, rows in lists.items()},
        **{f"{name}_total": _total(lists[name], whole["actual"]) for name in BREAKDOWNS},
        "others": _others(lists["customers"], whole),
        "average": _average(whole["actual"], read_amount(values, "orders"), currency),
        "previous_average": _average(whole["previous"], read_amount(values, "previous_orders"), currency),
    }


def last_day(start: date, period: str) -> date:
    """Return the last day of the week, month, quarter or year that begins on `start`."""
    if period == "week":
        return start + timedelta(days=6)
    month = start.month + MONTHS[period] - 1
    return date(start.year, month, calendar.monthrange(start.year, month)[1])


def _period(values: Values) -> Row:
    """Return the period's last day, its year, and the week that it begins in, as ISO 8601 counts them."""
    period, start = read_text(values, "period"), values.get("start")
    if period not in PERIODS:
        raise WrongValue("period", period, "a period", hint=did_you_mean(period, PERIODS))
    if not isinstance(start, date):
        raise MissingValue("start")
    first = start.weekday() == 0 if period == "week" else start.day == 1 and (start.month - 1) % MONTHS[period] == 0
    if not first:
        raise WrongValue("start", start.isoformat(), f"the first day of a {period}")
    year, week, _ = start.isocalendar()
    weekly = period == "week"
    numbers: Row = {"year": year if weekly else start.year, "week": week}
    return {"period": period, "start": start, "end": last_day(start, period), **numbers}


# --- figures --------------------------------------------------------------------------------------


class Line(NamedTuple):
    """A row of a list, and its figures: None where the data say nothing."""

    row: Values
    figures: Figures


def _lists(values: Values, currency: str) -> dict[str, list[Line]]:
    faults: list[RecordError] = []
    lists = {name: _figures_of(values, name, currency, faults) for name in (*BREAKDOWNS, "customers")}
    raise_faults(faults)
    return lists


def _figures_of(values: Values, name: str, currency: str, faults: list[RecordError]) -> list[Line]:
    made = []
    for index, row in enumerate(read_rows(values, name)):
        path = f"{name}[{index + 1}]."
        try:
            if read_amount(row, "actual", path) is None:
                raise MissingValue(f"{path}actual")
            made.append(Line(row, _figures(row, currency, path)))
        except RecordError as fault:
            faults.append(fault)
    return made


def _figures(row: Values, currency: str, path: str = "") -> Figures:
    found = {name: read_amount(row, name, path) for name in (*SUMMED, "target")}
    return {name: None if one is None else round_money(one, currency) for name, one in found.items()}


def _whole(values: Values, lists: dict[str, list[Line]], currency: str) -> Figures:
    """Return the figures of the whole: as the data say, else what the first breakdown that has them adds up to."""
    whole = _figures(values, currency)
    for name, stated in whole.items():
        if stated is None:
            sums = (_sum(lists[breakdown], name) for breakdown in BREAKDOWNS)
            whole[name] = next((one for one in sums if one is not None), None)
    if whole["actual"] is None:
        raise MissingValue("actual")
    return whole


def _sum(rows: list[Line], name: str) -> Decimal | None:
    """Return the sum of a column, None where no row has it; a row without counts as 0."""
    there = [figure for row in rows if (figure := row.figures[name]) is not None]
    return sum(there, ZERO) if there else None


def _check_sums(lists: dict[str, list[Line]], whole: Figures) -> None:
    faults: list[RecordError] = []
    for breakdown in BREAKDOWNS:
        for name in SUMMED:
            made = _sum(lists[breakdown], name)
            if made is not None and made != whole[name]:
                text = f"{breakdown}: {name} adds up to {made}, the whole is {whole[name]}"
                hint = "a row is missing, or counted twice"
                faults.append(WrongTotal(text, field=breakdown, value=str(made), hint=hint))
    raise_faults(faults)


def _row(line: Line, whole: Decimal | None) -> Row:
    return {**line.row, **_compared(line.figures, whole)}


def _total(lines: list[Line], whole: Decimal | None) -> Row | None:
    """Return the last row of a breakdown: what its rows add up to, targets too; None without rows."""
    return _compared({name: _sum(lines, name) for name in (*SUMMED, "target")}, whole) if lines else None


def _compared(figures: Figures, whole: Decimal | None) -> Row:
    """Return the figures with what they mean: share, attainment, change and growth.

    A change in percent is of a base above zero; what was 0 before is `new`, and no percentage says how much.
    """
    actual = figures["actual"] or ZERO
    return {
        **figures,
        "share": _fraction(actual, whole),
        "attainment": _fraction(actual, figures["target"]),
        "gap": None if figures["target"] is None else actual - figures["target"],
        "change": _change(actual, figures["previous"]),
        "trend": trend(actual, figures["previous"]),
        "growth": _change(actual, figures["last_year"]),
        "growth_trend": trend(actual, figures["last_year"]),
    }


def _fraction(part: Decimal, whole: Decimal | None) -> Decimal | None:
    """Return a part of a whole above zero; None for a target of zero, of which nothing is a percentage."""
    return round_half_up(part / whole, _PLACES) if whole is not None and whole > 0 else None


def _change(actual: Decimal, base: Decimal | None) -> Decimal | None:
    return _fraction(actual - base, base) if base is not None else None


def trend(actual: Decimal, base: Decimal | None) -> str:
    """Return `up`, `down`, `same`, `new` where there was nothing before, or `none` where there is nothing to compare.

    A change that rounds to 0.0 % is `same`, so that no arrow stands beside a zero.
    """
    if base is None or actual == base == 0:
        return "none"
    if base == 0:
        return "new" if actual > 0 else "down"
    if actual == base or _change(actual, base) == 0:
        return "same"
    return "up" if actual > base else "down"


def _others(customers: list[Line], whole: Figures) -> Row | None:
    """Return what all other customers bought, so that the table of the top ones adds up; None where there are none."""
    if not customers:
        return None
    rest: Figures = {**{name: _left(customers, whole, name) for name in SUMMED}, "target": None}
    return _compared(rest, whole["actual"]) if any(rest.values()) else None


def _left(customers: list[Line], whole: Figures, name: str) -> Decimal | None:
    total, listed = whole[name], _sum(customers, name)
    return None if total is None or listed is None else total - listed


def _average(amount: Decimal | None, orders: Decimal | None, currency: str) -> Decimal | None:
    return round_money(amount / orders, currency) if amount is not None and orders else None


_FIGURES = ("actual", "target", "previous", "last_year")
_COMPARED = (*_FIGURES, "share", "attainment", "gap", "change", "trend", "growth", "growth_trend")
_PERIOD = ("period", "start", "end", "year", "week")
SALES_REPORT = Kind(
    name="sales-report",
    compute=compute,
    reads=frozenset({"currency", "date", "period", "start", "orders", "previous_orders", *_FIGURES})
    | {f"{name}[].{figure}" for name in (*BREAKDOWNS, "customers") for figure in _FIGURES},
    computed=frozenset({"currency", "date", *_PERIOD, *_COMPARED, "others", "average", "previous_average"})
    | {f"{name}[].{figure}" for name in (*BREAKDOWNS, "customers") for figure in _COMPARED}
    | {f"{name}.{figure}" for name in ("others", *(f"{one}_total" for one in BREAKDOWNS)) for figure in _COMPARED}
    | {f"{name}_total" for name in BREAKDOWNS},
    help="Sales of a week, month or quarter against target, last period and last year.",
)
