"""Floor 1, rules: the figures of a final invoice, which takes off the deposits and their VAT. Knows no layout."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from docgen.kinds.base import ZERO, Kind, Values
from docgen.kinds.billing import (
    ACCOUNTING_COMPUTED,
    ACCOUNTING_READS,
    HEAD_READS,
    INVOICE_TYPES,
    TOTAL_HINT,
    accounting_tax,
    read_currency,
    read_issued,
    read_type,
)
from docgen.kinds.choices import ORDER_READS, price_order
from docgen.kinds.deposits import Left, Rows, read_deposits, what_is_left
from docgen.kinds.invoice import COMMERCIAL
from docgen.kinds.payment import PAY_COMPUTED, PAY_READS, ask_for
from docgen.kinds.totals import PRICE_COMPUTED, check_total

DEPOSIT_FIGURES = ("vat_rate", "vat_category", "net", "tax", "gross")


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute the whole supply, the deposits, and what is left to pay with the VAT in it.

    Args:
        values: as for an invoice; `deposits` that were invoiced and paid, with `number`, `date`, `gross` or `net`,
            and `vat_rate`. They are the paid amount (BT-113).
        company: as for an invoice.
        today: the default of `date`.

    Returns:
        `net`, `tax`, `gross` and `vat` are those of the whole supply; `deposit_net`, `deposit_tax`, `deposit_gross`
        those of the deposits; `left` (per rate), `left_net` and `left_tax` are what is left.

    Raises:
        RecordError: a line or deposit that cannot be, or a `total` that differs; several as Faults.
    """
    currency = read_currency(values, company)
    totals = price_order(values, currency)
    check_total(values, "total", totals.gross, currency, hint=TOTAL_HINT)
    deposits = read_deposits(values, totals.vat, currency)
    left = what_is_left(totals.vat, deposits)
    sums = {name: _sum(deposits, name) for name in ("net", "tax", "gross")}
    issued = read_issued(values, today)
    return {
        **totals.fields(),
        "type_code": read_type(values, COMMERCIAL, INVOICE_TYPES),
        "currency": currency,
        "date": issued,
        "deposits": deposits,
        **{f"deposit_{name}": amount for name, amount in sums.items()},
        "prepaid": sums["gross"],
        "left": left,
        "left_net": totals.net - sums["net"],
        "left_tax": totals.tax - sums["tax"],
        **accounting_tax(values, totals.tax, currency),
        **ask_for(values, company, issued, totals.gross - sums["gross"], currency),
    }


def _sum(rows: Rows, name: str) -> Decimal:
    return sum((Decimal(str(row[name])) for row in rows), ZERO)


FINAL_INVOICE = Kind(
    name="final-invoice",
    compute=compute,
    reads=ORDER_READS
    | HEAD_READS
    | ACCOUNTING_READS
    | PAY_READS
    | {"type_code", "invoice_no", "invoice_date"}
    | {f"deposits[].{name}" for name in DEPOSIT_FIGURES},
    computed=PRICE_COMPUTED
    | ACCOUNTING_COMPUTED
    | PAY_COMPUTED
    | {"type_code", "currency", "date", "prepaid", "deposit_net", "deposit_tax", "deposit_gross"}
    | {"left_net", "left_tax"}
    | {f"left[].{name}" for name in Left.__annotations__}
    | {f"deposits[].{name}" for name in DEPOSIT_FIGURES},
    help="A whole supply less its deposits and their VAT: what is left to pay.",
)
