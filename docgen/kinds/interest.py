"""Floor 1, rules: simple interest on a late payment, by rates and a day count that somebody declared. Knows no law.

Sources: statutory interest is simple interest at a reference rate that holds for half a year, plus points (Directive
2011/7/EU, art. 2(5) to (7) and 3(2)); it runs from the day after the due day (art. 3(3); in Germany sections 187(1),
247 and 288 BGB). Which rate, and whether any, the data say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from docgen.errors import DocgenError, MissingValue, WrongValue, did_you_mean, raise_faults
from docgen.kinds.account import read_day
from docgen.kinds.base import ZERO, Values, read_amount, read_rows, read_text
from docgen.money import round_money

#: How many days the year has by which interest is divided. `act` counts the days as the calendar has them.
DAY_COUNTS = ("act/365", "act/360", "act/act")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Rate:
    """Percent a year from a day on, until the next rate."""

    from_date: date
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """What interest is computed by.

    Attributes:
        rates: in order of their days, points included; none: no interest.
        day_count: one of `DAY_COUNTS`.
    """

    rates: tuple[Rate, ...]
    day_count: str = "act/365"


def read_terms(values: Values) -> Terms:
    """Return the terms that the record or the job declares.

    Without `interest_margin` there is no interest; a rate by contract stands in `interest_rates` with a margin of 0.

    Raises:
        RecordError: a rate without a day or a figure, an unknown day count, a margin without rates.
    """
    day_count = read_text(values, "day_count", DAY_COUNTS[0]).lower()
    if day_count not in DAY_COUNTS:
        raise WrongValue("day_count", day_count, "a day count", hint=did_you_mean(day_count, DAY_COUNTS))
    margin = read_amount(values, "interest_margin")
    if margin is None:
        return Terms((), day_count)
    rates = _rates(values, margin)
    if not rates:
        raise MissingValue("interest_rates")
    return Terms(rates, day_count)


def _rates(values: Values, margin: Decimal) -> tuple[Rate, ...]:
    rates: list[Rate] = []
    faults: list[DocgenError] = []
    for number, row in enumerate(read_rows(values, "interest_rates"), start=1):
        path = f"interest_rates[{number}]."
        day, rate = read_day(row, "from_date", path), read_amount(row, "rate", path)
        if day is None or rate is None:
            faults.append(MissingValue(f"{path}{'from_date' if day is None else 'rate'}"))
        else:
            rates.append(Rate(day, rate + margin))
    raise_faults(faults)
    return tuple(sorted(rates, key=lambda rate: rate.from_date))


def interest(principal: Decimal, due: date, until: date, terms: Terms, currency: str) -> Decimal:
    """Return the interest on what is overdue, rounded once, half up.

    Args:
        principal: what is open.
        due: the last day to pay in time; interest runs from the day after it.
        until: the last day that counts; up to the due day there is no interest.
        terms: rates and day count.
        currency: decides the decimals.

    Raises:
        WrongValue: interest runs before the first rate.
    """
    if until <= due or not terms.rates:
        return round_money(ZERO, currency)
    parts = (rate.percent * days / year for days, year, rate in periods(due, until, terms))
    return round_money(principal * sum(parts, ZERO) / HUNDRED, currency)


def periods(due: date, until: date, terms: Terms) -> Iterator[tuple[int, int, Rate]]:
    """Yield days, days of the year and rate of each stretch without a change of either, the due day left out."""
    first = due + timedelta(days=1)
    if first < terms.rates[0].from_date:
        raise WrongValue(
            "interest_rates",
            terms.rates[0].from_date.isoformat(),
            f"early enough: interest runs from {first.isoformat()}",
            hint="add the rates that were in force before",
        )
    changes = {rate.from_date for rate in terms.rates} | {date(year, 1, 1) for year in range(due.year, until.year + 1)}
    starts = [first, *sorted(day for day in changes if first < day <= until)]
    for start, end in zip(starts, [*starts[1:], until + timedelta(days=1)], strict=True):
        rate = [rate for rate in terms.rates if rate.from_date <= start][-1]
        yield (end - start).days, _days_of_year(start.year, terms.day_count), rate


def _days_of_year(year: int, day_count: str) -> int:
    if day_count == "act/act":
        return (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return int(day_count.removeprefix("act/"))
