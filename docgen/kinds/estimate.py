"""Floor 1, rules: the figures of an estimate (quotation), and how long it is valid. Knows no layout and no language."""

from __future__ import annotations

from datetime import date, timedelta

from docgen.errors import WrongValue
from docgen.kinds.base import Kind, Values, read_amount, read_text
from docgen.kinds.choices import CARRIED, ORDER_READS, price_offer
from docgen.kinds.totals import PRICE_COMPUTED, check_total


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute lines, totals, the choices beside them, and the last day of the offer.

    Args:
        values: what `compute_totals` reads; of lines also `optional` and `alternative_to`; `currency`, `date`,
            `valid_days`, `valid_until` and `total`.
        company: `currency` is the default.
        today: the default of `date`.

    Returns:
        `choices` are the options and alternatives, which no total counts. `valid_until` is none where the data do
        not say it: whoever is silent is bound for as long as the law of the place says.

    Raises:
        RecordError: a line or choice that cannot be, a `total` that differs; several as Faults.
    """
    currency = read_text(values, "currency", read_text(company, "currency", "EUR"))
    totals, choices = price_offer(values, currency)
    check_total(values, "total", totals.gross, currency, hint="options and alternatives are not counted")
    issued = read_day(values, "date") or today
    return {
        **totals.fields(),
        "currency": currency,
        "date": issued,
        "valid_until": _last_day(values, issued),
        "choices": choices,
    }


def read_day(row: Values, name: str, path: str = "") -> date | None:
    """Return a day of a record or row, none where it is empty.

    Raises:
        WrongValue: something else than a date.
    """
    value = row.get(name)
    if value is None or isinstance(value, date):
        return value
    raise WrongValue(f"{path}{name}", str(value), "a date", hint=f"declare {name} as date in template.yaml")


def _last_day(values: Values, issued: date) -> date | None:
    """Return the last day on which the offer can be accepted: as the data say, or so many days after its own."""
    last, days = read_day(values, "valid_until"), read_amount(values, "valid_days")
    if last is None and days is not None:
        last = issued + timedelta(days=int(days))
    if last is not None and last < issued:
        raise WrongValue("valid_until", last.isoformat(), f"on or after the estimate's date {issued.isoformat()}")
    return last


FIGURES = ("currency", "date", "valid_until")
_LINES = [path for path in PRICE_COMPUTED if path.startswith("lines[].")]

ESTIMATE = Kind(
    name="estimate",
    compute=compute,
    reads=ORDER_READS | {"currency", "date", "valid_days", "valid_until", "total"},
    computed=PRICE_COMPUTED
    | set(FIGURES)
    | {f"choices[].{path.removeprefix('lines[].')}" for path in _LINES}
    | {f"choices[].{name}" for name in (*CARRIED, "optional", "alternative_to", "accepted", "difference")},
    help="What something would cost: lines with discounts, options and alternatives, and until when it holds.",
)
