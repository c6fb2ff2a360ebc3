"""Floor 1, rules: what invoices of all types have in common: type, dates, tax in another currency.

Knows no layout and no language. The business terms (BT, BG) are those of EN 16931-1.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from docgen.errors import MissingValue, WrongValue, did_you_mean
from docgen.kinds.base import ZERO, Values, read_amount, read_text
from docgen.money import round_money

#: BT-3: codes of UNTDID 1001 that EN 16931 and Peppol allow for invoices: 380 commercial, 326 partial, 384 corrected,
#: 386 prepayment, ...
# fmt: off
INVOICE_TYPES = frozenset((
    "71", "80", "82", "84", "102", "130", "202", "203", "204", "211", "218", "219", "295", "325", "326", "331",
    "380", "382", "383", "384", "385", "386", "387", "388", "389", "390", "393", "394", "395", "456", "457", "527",
    "553", "575", "623", "633", "751", "780", "817", "870", "875", "876", "877", "935",
))
# fmt: on
#: BT-3: those for credit notes: 381 credit note, 261 self-billed, 396 factored, ...
CREDIT_TYPES = frozenset(("81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"))
CORRECTED = "384"
TOTAL_HINT = "a line is missing, or a price, discount or VAT rate differs"


def read_currency(values: Values, company: Values) -> str:
    """Return BT-5, the company's where the record has none."""
    return read_text(values, "currency", read_text(company, "currency", "EUR"))


def read_type(values: Values, default: str, allowed: frozenset[str]) -> str:
    """Return BT-3.

    Raises:
        WrongValue: EN 16931 does not have this code for such a document.
        MissingValue: a corrected invoice that does not say what it corrects.
    """
    code = read_text(values, "type_code", default)
    if code not in allowed:
        raise WrongValue("type_code", code, "a document type of EN 16931 here", hint=did_you_mean(code, allowed))
    if code == CORRECTED and not read_text(values, "invoice_no"):
        raise MissingValue("invoice_no")
    return code


def read_day(values: Values, name: str) -> date | None:
    """Return a day; None where it is absent."""
    value = values.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value
    raise WrongValue(name, str(value), "a date", hint=f"declare {name} as date in template.yaml")


def read_issued(values: Values, today: date) -> date:
    """Return BT-2, and check the days that must not come after it or after each other.

    Raises:
        WrongValue: the period ends before it begins (BR-29), or the invoice referred to is of a later day.
    """
    issued = read_day(values, "date") or today
    start, end, before = (read_day(values, name) for name in ("period_start", "period_end", "invoice_date"))
    if start and end and end < start:
        raise WrongValue("period_end", end.isoformat(), f"on or after the period's start on {start.isoformat()}")
    if before and before > issued:
        raise WrongValue("invoice_date", before.isoformat(), f"on or before the date {issued.isoformat()}")
    return issued


def accounting_tax(values: Values, tax: Decimal, currency: str) -> dict[str, object]:
    """Return the tax total in the currency in which the seller accounts for VAT (BT-6, BT-111), at a declared rate.

    Args:
        values: `accounting_currency`, `exchange_rate`, and `exchange_unit`, the currency of which one unit is worth
            `exchange_rate` of the other. Without it that is the euro, as the European Central Bank quotes rates, and
            between two other currencies the document's own.
        tax: BT-110.
        currency: BT-5.

    Source: Council Regulation (EC) 1103/97: rates are neither rounded nor inverted (Article 4), the result is rounded
    to the nearest unit, half up (Article 5).
    """
    other = read_text(values, "accounting_currency")
    if not other or other == currency:
        return {"accounting_currency": "", "accounting_tax": ZERO, "exchange_unit": ""}
    rate = read_amount(values, "exchange_rate")
    if rate is None:
        raise MissingValue("exchange_rate")
    if rate <= 0:
        raise WrongValue("exchange_rate", str(rate), "above 0")
    unit = read_text(values, "exchange_unit", "EUR" if "EUR" in (other, currency) else currency)
    if unit not in (other, currency):
        raise WrongValue("exchange_unit", unit, f"{currency} or {other}")
    exact = tax / rate if unit == other else tax * rate
    return {"accounting_currency": other, "accounting_tax": round_money(exact, other), "exchange_unit": unit}


HEAD_READS = frozenset({"number", "date", "currency", "total", "period_start", "period_end"})
ACCOUNTING_READS = frozenset({"accounting_currency", "exchange_rate", "exchange_unit"})
ACCOUNTING_COMPUTED = frozenset({"accounting_currency", "accounting_tax", "exchange_unit"})
