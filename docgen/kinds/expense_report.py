"""Floor 1, rules: one employee's expense report. Knows no layout, no tax law and no rates; see `expenses`."""

from __future__ import annotations

from datetime import date

from docgen.errors import MissingValue
from docgen.kinds.base import Kind, Values, read_rows, read_text
from docgen.kinds.expenses import COMPUTED, READS, Row, settle

LISTS = ("items", "per_diems", "mileage")


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute every row in the report's currency, the totals and what is paid out.

    Args:
        values: `items`, `per_diems`, `mileage` and `advances`; `currency`, `date`, `total`; declared rates.
        company: `currency` is the default.
        today: the default of `date`.

    Raises:
        RecordError: a row that cannot be, no rows, or a `total` that differs; several as Faults.
    """
    if not any(read_rows(values, name) for name in LISTS):
        raise MissingValue("items")
    currency = read_text(values, "currency", read_text(company, "currency", "EUR")).upper()
    made: Row = {"currency": currency, "date": values.get("date") or today, **settle(values, currency)}
    items = made["items"]
    assert isinstance(items, list)
    return {**made, **_receipts(items)}


def _receipts(items: list[Row]) -> Row:
    """Return which items carry a picture of their receipt, and how many have no receipt at all."""
    return {
        "pictured": [item for item in items if item.get("picture")],
        "unreceipted": sum(1 for item in items if not read_text(item, "receipt") and not item.get("picture")),
    }


EXPENSE_REPORT = Kind(
    name="expense-report",
    compute=compute,
    reads=READS | {"currency", "date", "items[].receipt", "items[].picture"},
    computed=COMPUTED
    | {"currency", "date", "unreceipted"}
    | {
        f"pictured[].{name}"
        for name in ("position", "picture", "receipt", "date", "merchant", "category", "amount", "currency")
    },
    help="What an employee spent and gets back: receipts, per-diems, kilometres, less advances.",
)
