"""Floor 1, rules: a contract's parties, clauses, total, end, and whether it is a draft. Knows no wording."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal
from typing import TypedDict

from docgen.errors import WrongValue
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_rows, read_text
from docgen.kinds.choices import ORDER_READS, price_order
from docgen.kinds.clauses import CLAUSE_FIGURES, CLAUSE_INPUT, Deal, choose_clauses, references_to
from docgen.kinds.signing import PARTY_FIELDS, SIGNATORY_FIELDS, read_parties
from docgen.kinds.totals import PRICE_COMPUTED, Rows, check_total


class Priced(TypedDict):
    """What the items come to, all of it net."""

    items: Rows
    allowances: Rows
    charges: Rows
    total: Decimal


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute the parties, the clauses that hold for the deal, the items' amounts and total, and the last day.

    Args:
        values: `items`, `allowances` and `charges` as `price_order` reads them, and `sku` of items; `start_date`,
            `duration_months`, `end_date`, `currency`, `total`, `revision`, `approved_on`; `clauses` as
            `choose_clauses` reads them; the customer's name and address, and what `read_parties` reads.
        company: the provider.
        today: the default of `date`.

    Returns:
        `total` is net: VAT is what the law of the day of supply says. `draft` is true until somebody has approved;
        `references` has the numbers of clauses for their texts.

    Raises:
        RecordError: an item that is no number, a `total` that differs, an end before the start, a plan or parties
            that cannot be; several as Faults.
    """
    currency = read_text(values, "currency", read_text(company, "currency", "EUR"))
    priced = _price(values, currency)
    items, total = priced["items"], priced["total"]
    check_total(values, "total", total, currency)
    clauses = choose_clauses(values, _deal(values, items, total))
    return {
        "currency": currency,
        "date": values.get("date") or today,
        "revision": _revision(values),
        "draft": not values.get("approved_on"),
        "parties": read_parties(values, company),
        "clauses": clauses,
        "references": references_to(clauses),
        **priced,
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


def _price(values: Values, currency: str) -> Priced:
    if not read_rows(values, "items"):
        return {"items": [], "allowances": [], "charges": [], "total": ZERO}
    totals = price_order(values, currency, "items")
    items = [{**row, "amount": row["net"]} for row in totals.lines]
    return {"items": items, "allowances": totals.allowances, "charges": totals.charges, "total": totals.net}


def _deal(values: Values, items: list[dict[str, object]], total: Decimal) -> Deal:
    return Deal(read_text(values, "country").upper(), total, [read_text(item, "sku") for item in items])


def _revision(values: Values) -> int:
    """Return which version this is: 1 for the first that the other side sees."""
    revision = read_amount(values, "revision", default=Decimal(1)) or ZERO
    if revision < 1 or revision != int(revision):
        raise WrongValue("revision", str(revision), "a whole number from 1")
    return int(revision)


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
    "items": ("sku",),
    "clauses": CLAUSE_INPUT,
    "signatories": ("party", "name", "function"),
    "more_parties": ("role", *PARTY_FIELDS),
}
FIGURES = ("currency", "date", "total", "end_date", "revision", "draft", "references")
ROW_FIGURES = {
    "clauses": CLAUSE_FIGURES,
    "clauses[].paragraphs": CLAUSE_FIGURES,
    "parties": ("role", *PARTY_FIELDS),
    "parties[].signatories": SIGNATORY_FIELDS,
}
PRICED_READS = {path.replace("lines[]", "items[]") for path in ORDER_READS}
PRICED_FIGURES = {
    path.replace("lines[]", "items[]") for path in PRICE_COMPUTED if "[]." in path and "vat[]" not in path
}

CONTRACT = Kind(
    name="contract",
    compute=compute,
    reads=frozenset(RECORD_INPUT)
    | PRICED_READS
    | {f"{rows}[].{name}" for rows, names in ROW_INPUT.items() for name in names},
    computed=frozenset(FIGURES)
    | PRICED_FIGURES
    | {f"{rows}[].{name}" for rows, names in ROW_FIGURES.items() for name in names},
    help="An agreement: parties, clauses by the deal, items with a total, a term, and who signs.",
)
