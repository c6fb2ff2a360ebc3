"""Floor 1, rules: what a confirmed order comes to, and when it is expected. Knows no layout and no language."""

from __future__ import annotations

from datetime import date

from docgen.errors import RecordError, WrongValue, raise_faults
from docgen.kinds.base import Kind, Values, read_rows, read_text
from docgen.kinds.choices import ORDER_READS, price_order
from docgen.kinds.estimate import read_day
from docgen.kinds.totals import PRICE_COMPUTED, Rows, check_total


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute what is ordered, its totals, and the first and last day on which goods are expected.

    Args:
        values: what `price_order` reads, which may be the very record of the estimate; of lines also `expected_date`;
            `currency`, `date`, `expected_date` for lines that have none, and `total`.
        company: `currency` is the default.
        today: the default of `date`.

    Returns:
        `expected_from` and `expected_until` are none where no line has a date; `in_parts` holds where they differ.

    Raises:
        RecordError: a line or choice that cannot be, a day before the confirmation's, a `total` that differs; several
            as Faults.
    """
    currency = read_text(values, "currency", read_text(company, "currency", "EUR"))
    totals = price_order(values, currency)
    check_total(values, "total", totals.gross, currency, hint="are all accepted options and alternatives marked?")
    issued = read_day(values, "date") or today
    _check_days(values, issued)
    lines = _expected(totals.lines, read_day(values, "expected_date"))
    days = sorted(day for line in lines if isinstance(day := line["expected_date"], date))
    return {
        **totals.fields(),
        "lines": lines,
        "currency": currency,
        "date": issued,
        "expected_from": days[0] if days else None,
        "expected_until": days[-1] if days else None,
        "in_parts": len(set(days)) > 1,
    }


def _check_days(values: Values, issued: date) -> None:
    faults: list[RecordError] = []
    rows = [("", values), *((f"lines[{index + 1}].", row) for index, row in enumerate(read_rows(values, "lines")))]
    for path, row in rows:
        try:
            _check_day(row, path, issued)
        except RecordError as fault:
            faults.append(fault)
    raise_faults(faults)


def _check_day(row: Values, path: str, issued: date) -> None:
    day = read_day(row, "expected_date", path)
    if day is not None and day < issued:
        expected = f"on or after the confirmation's date {issued.isoformat()}"
        raise WrongValue(f"{path}expected_date", day.isoformat(), expected)


def _expected(lines: Rows, default: date | None) -> Rows:
    return [{**line, "expected_date": line.get("expected_date") or default} for line in lines]


FIGURES = ("currency", "date", "expected_from", "expected_until", "in_parts", "lines[].expected_date")

ORDER_CONFIRMATION = Kind(
    name="order-confirmation",
    compute=compute,
    reads=ORDER_READS | {"currency", "date", "expected_date", "total", "lines[].expected_date"},
    computed=PRICE_COMPUTED | set(FIGURES),
    help="What was ordered, accepted options and alternatives among it, what it costs, and when it is expected.",
)
