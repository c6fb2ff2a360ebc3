"""Floor 1, rules: the figures of a pro-forma invoice, which asks for nothing and is none to the tax office.

It has no code in docgen: EN 16931 knows it as no document of its own, and no electronic invoice is made of it.
"""

from __future__ import annotations

from datetime import date

from docgen.errors import WrongValue
from docgen.kinds.base import Kind, Values
from docgen.kinds.billing import HEAD_READS, TOTAL_HINT, read_currency, read_day, read_issued
from docgen.kinds.choices import ORDER_READS, price_order
from docgen.kinds.totals import PRICE_COMPUTED, check_total


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute lines, VAT breakdown and totals as the invoice will have them.

    Args:
        values: as for an invoice, without payment; `valid_until`.
        company: `currency` is the default.
        today: the default of `date`.

    Raises:
        RecordError: a line that cannot be, a `total` that differs, a last day before the first; several as Faults.
    """
    currency = read_currency(values, company)
    totals = price_order(values, currency)
    check_total(values, "total", totals.gross, currency, hint=TOTAL_HINT)
    issued, until = read_issued(values, today), read_day(values, "valid_until")
    if until and until < issued:
        raise WrongValue("valid_until", until.isoformat(), f"on or after the date {issued.isoformat()}")
    return {**totals.fields(), "currency": currency, "date": issued}


PRO_FORMA = Kind(
    name="pro-forma",
    compute=compute,
    reads=ORDER_READS | HEAD_READS | {"valid_until"},
    computed=PRICE_COMPUTED | {"currency", "date"},
    help="What an invoice will say, for customs, a bank or an approval; nothing is owed by it.",
)
