"""Floor 1, rules: a contract's parties, total and end. Knows no wording."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

from docgen.errors import RecordError, WrongTotal, WrongValue, raise_faults
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_rows, read_text
from docgen.money import round_money

PARTY_FIELDS = ("name", "street", "postcode", "city", "region", "country", "vat_id", "signatory")


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute the two parties, the items' amounts and total, and the last day.

    Args:
        values: `items` with `quantity` and `unit_price`; `start_date`, `duration_months`, `end_date`, `currency`,
            `total`; the customer's name and address.
        company: the provider.
        today: the default of `date`.

    Raises:
        RecordError: an item that is no number, a `total` that differs, an end before the start.
    """
    currency = read_text(values, "currency", read_text(company, "currency", "EUR"))
    items = _items(values, currency)
    total = sum((Decimal(str(item["amount"])) for item in items), ZERO)
    _check_total(values, total, currency)
    return {
        "currency": currency,
        "date": values.get("date") or today,
        "parties": [_party("provider", company), _party("customer", values)],
        "items": items,
        "total": total,
        "end_date": _end_date(values),
    }


def last_day(start: date, months: int) -> date:
    """Return the last day of a term of whole months: 15 January and 1 month end on 14 February.

    A day that the end month does not have counts as its last: 31 January and 1 month end on 27 February
    (28 February in a leap year), as the term that began on the 28th does.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


def _items(values: Values, currency: str) -> list[dict[str, object]]:
    items, faults = [], []
    for index, row in enumerate(read_rows(values, "items")):
        path = f"items[{index}]."
        try:
            quantity = read_amount(row, "quantity", path, Decimal(1)) or ZERO
            price = read_amount(row, "unit_price", path, ZERO) or ZERO
        except RecordError as fault:
            faults.append(fault)
            continue
        figures = {"quantity": quantity, "unit_price": price, "amount": round_money(quantity * price, currency)}
        items.append({**row, "position": row.get("position") or index + 1, **figures})
    raise_faults(faults)
    return items


def _party(role: str, values: Values) -> dict[str, object]:
    return {"role": role, **{name: read_text(values, name) for name in PARTY_FIELDS}}


def _check_total(values: Values, total: Decimal, currency: str) -> None:
    stated = read_amount(values, "total")
    if stated is not None and round_money(stated, currency) != total:
        raise WrongTotal(
            f"total: the data say {stated} {currency}, the items add up to {total}", field="total", value=str(stated)
        )


def _end_date(values: Values) -> date | None:
    """Return the last day as the data say, or by the duration; None for a contract without a term."""
    start, end = values.get("start_date"), values.get("end_date")
    months = read_amount(values, "duration_months")
    if not isinstance(end, date) and isinstance(start, date) and months is not None:
        end = last_day(start, int(months))
    if isinstance(end, date) and isinstance(start, date) and end < start:
        raise WrongValue("end_date", end.isoformat(), f"on or after the start on {start.isoformat()}")
    return end if isinstance(end, date) else None


RECORD_INPUT = ("date", "currency", "start_date", "duration_months", "end_date", "total", *PARTY_FIELDS)
ITEM_INPUT = ("quantity", "unit_price")
FIGURES = ("currency", "date", "total", "end_date")

CONTRACT = Kind(
    name="contract",
    compute=compute,
    reads=frozenset(RECORD_INPUT) | {f"items[].{name}" for name in ITEM_INPUT},
    computed=frozenset(FIGURES)
    | {f"items[].{name}" for name in ("position", "quantity", "unit_price", "amount")}
    | {"parties[].role"}
    | {f"parties[].{name}" for name in PARTY_FIELDS},
    help="An agreement: parties, items with a total, and a term.",
)
