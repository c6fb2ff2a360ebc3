"""Floor 1, rules: the figures of a credit note, which takes back an invoice or a part of it. Knows no layout.

As EN 16931 has it, the type says that the customer gets money back, and the amounts stay above zero.
"""

from __future__ import annotations

from datetime import date

from docgen.errors import MissingValue
from docgen.kinds.base import Kind, Values, read_text
from docgen.kinds.billing import (
    ACCOUNTING_COMPUTED,
    ACCOUNTING_READS,
    CREDIT_TYPES,
    HEAD_READS,
    TOTAL_HINT,
    accounting_tax,
    read_currency,
    read_issued,
    read_type,
)
from docgen.kinds.totals import PRICE_COMPUTED, PRICE_READS, check_total, compute_totals

CREDIT_NOTE_TYPE = "381"


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute lines, VAT breakdown and what the customer is credited.

    Args:
        values: as for an invoice, without payment; `invoice_no` (BT-25) and `invoice_date` (BT-26) of what is credited.
        company: `currency` is the default.
        today: the default of `date`.

    Raises:
        MissingValue: the invoice that is credited is not named (Directive 2006/112/EC, Article 219).
        RecordError: a line that cannot be, or a `total` that differs; several as Faults.
    """
    if not read_text(values, "invoice_no"):
        raise MissingValue("invoice_no")
    currency = read_currency(values, company)
    totals = compute_totals(values, currency)
    check_total(values, "total", totals.gross, currency, hint=TOTAL_HINT)
    return {
        **totals.fields(),
        "type_code": read_type(values, CREDIT_NOTE_TYPE, CREDIT_TYPES),
        "currency": currency,
        "date": read_issued(values, today),
        "amount_due": totals.gross,
        **accounting_tax(values, totals.tax, currency),
    }


CREDIT_NOTE = Kind(
    name="credit-note",
    compute=compute,
    reads=PRICE_READS | HEAD_READS | ACCOUNTING_READS | {"type_code", "invoice_no", "invoice_date"},
    computed=PRICE_COMPUTED | ACCOUNTING_COMPUTED | {"type_code", "currency", "date", "amount_due"},
    help="What a customer gets back of an invoice: amounts per line, VAT per rate and the credit.",
)
