"""Floor 1, rules: the figures of an invoice, by the arithmetic of EN 16931. Knows no layout and no language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from docgen.errors import RecordError, WrongTotal, raise_faults
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_rows
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
from docgen.kinds.payment import PAY_COMPUTED, PAY_READS, ask_for
from docgen.kinds.totals import PRICE_COMPUTED, check_total
from docgen.money import round_money

COMMERCIAL = "380"


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute lines, VAT breakdown, totals, due date and how to pay.

    Args:
        values: what `price_order`, `ask_for` and `accounting_tax` read; `type_code` (BT-3), `date` (BT-2),
            `currency` (BT-5), `invoice_no` (BT-25) of a corrected invoice, `prepaid` (BT-113) or `prepayments` with
            an `amount` each, and `total` (BT-112) to compare with.
        company: `currency` is the default; the account and the address of who is paid.
        today: the default of `date`.

    Raises:
        RecordError: a line that cannot be, or a `total` that differs; several as Faults.
    """
    currency = read_currency(values, company)
    totals = price_order(values, currency)
    check_total(values, "total", totals.gross, currency, hint=TOTAL_HINT)
    issued, prepaid = read_issued(values, today), read_prepaid(values, currency)
    return {
        **totals.fields(),
        "type_code": read_type(values, COMMERCIAL, INVOICE_TYPES),
        "currency": currency,
        "date": issued,
        "prepaid": prepaid,
        **accounting_tax(values, totals.tax, currency),
        **ask_for(values, company, issued, totals.gross - prepaid, currency),
    }


def read_prepaid(values: Values, currency: str) -> Decimal:
    """Return what was paid before (BT-113): `prepaid`, or the sum of the rows of `prepayments`.

    Raises:
        WrongTotal: both are there, and they differ.
        RecordError: a row without an amount; several as Faults.
    """
    stated, rows = read_amount(values, "prepaid"), read_rows(values, "prepayments")
    amounts, faults = [], []
    for index, row in enumerate(rows):
        try:
            amounts.append(round_money(read_amount(row, "amount", f"prepayments[{index + 1}].") or ZERO, currency))
        except RecordError as fault:
            faults.append(fault)
    raise_faults(faults)
    paid = sum(amounts, ZERO)
    if rows and stated is not None and round_money(stated, currency) != paid:
        problem = f"prepaid: the data say {stated} {currency}, the prepayments add up to {paid}"
        raise WrongTotal(problem, field="prepaid", value=str(stated))
    return paid if rows else stated or ZERO


INVOICE = Kind(
    name="invoice",
    compute=compute,
    reads=ORDER_READS
    | HEAD_READS
    | ACCOUNTING_READS
    | PAY_READS
    | {"type_code", "invoice_no", "invoice_date", "prepaid", "prepayments[].amount"},
    computed=PRICE_COMPUTED | ACCOUNTING_COMPUTED | PAY_COMPUTED | {"type_code", "currency", "date", "prepaid"},
    help="What a customer owes: amounts per line, VAT per rate, totals and due date.",
)
