"""Floor 1, rules: a contract's parties, clauses, total, end, and whether it is a draft. Knows no wording."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

from docgen.errors import RecordError, WrongTotal, WrongValue, raise_faults
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_rows, read_text
from docgen.kinds.clauses import CLAUSE_FIGURES, CLAUSE_INPUT, Deal, choose_clauses, references_to
from docgen.kinds.signing import PARTY_FIELDS, SIGNATORY_FIELDS, read_parties
from docgen.money import round_money


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute the parties, the clauses that hold for the deal, the items' amounts and total, and the last day.

    Args:
        values: `items` with `quantity`, `unit_price` and `sku`; `start_date`, `duration_months`, `end_date`,
            `currency`, `total`, `revision`, `approved_on`; `clauses` as `choose_clauses` reads them; the customer's
            name and address, and what `read_parties` reads.
        company: the provider.
        today: the default of `date`.

    Returns:
        `draft` is true until somebody has approved; `references` has the numbers of clauses for their texts.

    Raises:
        RecordError: an item that is no number, a `total` that differs, an end before the start, a plan or parties
            that cannot be; several as Faults.
    """
    currency = read_text(values, "currency", read_text(company, "currency", "EUR"))
    items = _items(values, currency)
    total = sum((Decimal(str(item["amount"])) for item in items), ZERO)
    _check_total(values, total, currency)
    clauses = choose_clauses(values, _deal(values, items, total))
    return {
        "currency": currency,
        "date": values.get("date") or today,
        "revision": _revision(values),
        "draft": not values.get("approved_on"),
        "parties": read_parties(values, company),
        "clauses": clauses,
        "references": references_to(clauses),
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


def _deal(values: Values, items: list[dict[str, object]], total: Decimal) -> Deal:
    return Deal(read_text(values, "country").upper(), total, [read_text(item, "sku") for item in items])


def _revision(values: Values) -> int:
    """Return which version this is: 1 for the first that the other side sees."""
    revision = read_amount(values, "revision", default=Decimal(1)) or ZERO
    if revision < 1 or revision != int(revision):
        raise WrongValue("revision", str(revision), "a whole number from 1")
    return int(revision)


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


RECORD_INPUT = (
    "date", "currency", "start_date", "duration_months", "end_date", "total", "revision", "approved_on",
    "signature_anchor", "date_anchor", *PARTY_FIELDS,
)  # fmt: skip
ROW_INPUT = {
    "items": ("quantity", "unit_price", "sku"),
    "clauses": CLAUSE_INPUT,
    "signatories": ("party", "name", "function"),
    "more_parties": ("role", *PARTY_FIELDS),
}
FIGURES = ("currency", "date", "total", "end_date", "revision", "draft", "references")
ROW_FIGURES = {
    "items": ("position", "quantity", "unit_price", "amount"),
    "clauses": CLAUSE_FIGURES,
    "clauses[].paragraphs": CLAUSE_FIGURES,
    "parties": ("role", *PARTY_FIELDS),
    "parties[].signatories": SIGNATORY_FIELDS,
}

CONTRACT = Kind(
    name="contract",
    compute=compute,
    reads=frozenset(RECORD_INPUT) | {f"{rows}[].{name}" for rows, names in ROW_INPUT.items() for name in names},
    computed=frozenset(FIGURES) | {f"{rows}[].{name}" for rows, names in ROW_FIGURES.items() for name in names},
    help="An agreement: parties, clauses by the deal, items with a total, a term, and who signs.",
)
