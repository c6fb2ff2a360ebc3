"""Floor 1, rules: the figures of an invoice, by the arithmetic of EN 16931. Knows no layout and no language."""

from __future__ import annotations

from datetime import date, timedelta

from docgen.errors import WrongValue
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_text
from docgen.kinds.epc import payment_code
from docgen.kinds.totals import PRICE_COMPUTED, PRICE_READS, check_total, compute_totals


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute lines, VAT breakdown, totals, due date and payment code.

    Args:
        values: `lines` with `quantity`, `unit_price`, `discount`, `vat_rate`, `vat_category`; of the record
            `currency`, `date`, `payment_terms_days`, `due_date`, `prepaid`, `vat_category` and `total`.
        company: `currency` is the default; `name`, `iban` and `bic` go into the payment code.
        today: the default of `date`.

    Raises:
        RecordError: a line that cannot be, or a `total` that differs; several as Faults.
    """
    currency = read_text(values, "currency", read_text(company, "currency", "EUR"))
    totals = compute_totals(values, currency)
    check_total(values, "total", totals.gross, currency, hint=TOTAL_HINT)
    prepaid = read_amount(values, "prepaid", default=ZERO) or ZERO
    issued, due = _day(values, "date") or today, totals.gross - prepaid
    return {
        **totals.fields(),
        "currency": currency,
        "date": issued,
        "due_date": _due_date(values, issued),
        "prepaid": prepaid,
        "amount_due": due,
        "payment_code": payment_code(company, currency, due, read_text(values, "number")),
    }


def _due_date(values: Values, issued: date) -> date:
    """Return when to pay: as the data say, or after the terms; without terms on the day of the invoice."""
    due = _day(values, "due_date")
    if due is None:
        terms = read_amount(values, "payment_terms_days", default=ZERO) or ZERO
        due = issued + timedelta(days=int(terms))
    if due < issued:
        raise WrongValue("due_date", due.isoformat(), f"on or after the invoice's date {issued.isoformat()}")
    return due


def _day(values: Values, name: str) -> date | None:
    value = values.get(name)
    if value is None or isinstance(value, date):
        return value
    raise WrongValue(name, str(value), "a date", hint=f"declare {name} as date in template.yaml")


TOTAL_HINT = "a line is missing, or a price, discount or VAT rate differs"
RECORD_INPUT = ("number", "date", "currency", "payment_terms_days", "due_date", "prepaid", "total")
FIGURES = ("currency", "date", "due_date", "prepaid", "amount_due", "payment_code")

INVOICE = Kind(
    name="invoice",
    compute=compute,
    reads=PRICE_READS | set(RECORD_INPUT),
    computed=PRICE_COMPUTED | set(FIGURES),
    help="What a customer owes: amounts per line, VAT per rate, totals and due date.",
)
