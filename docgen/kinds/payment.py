"""Floor 1, rules: what to pay, until when, and how. Knows no layout and no language; guesses no account.

The business terms (BT, BG) are those of EN 16931-1.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from docgen.errors import MissingValue, WrongValue
from docgen.kinds.base import ZERO, Values, read_amount, read_text
from docgen.kinds.billing import read_day
from docgen.kinds.epc import payment_code
from docgen.kinds.swissbill import (
    CURRENCIES,
    MAXIMUM,
    group_reference,
    is_swiss_account,
    party,
    swiss_code,
    swiss_reference,
)
from docgen.kinds.vat import HUNDRED
from docgen.money import round_money


def ask_for(values: Values, company: Values, issued: date, owed: Decimal, currency: str) -> dict[str, object]:
    """Return what to pay of what is owed, until when, and how.

    Args:
        values: the record.
        company: who is paid.
        issued: BT-2.
        owed: BT-112 less BT-113.
        currency: BT-5.
    """
    added = rounding(values, owed, currency)
    due = owed + added
    return {
        "rounding": added,
        "amount_due": due,
        "due_date": read_due_date(values, issued),
        **early_payment(values, issued, due, currency),
        **how_to_pay(values, company, currency, due),
    }


def read_due_date(values: Values, issued: date) -> date:
    """Return BT-9: as the data say, or after the terms; without terms on the day of the invoice."""
    due = read_day(values, "due_date")
    if due is None:
        terms = read_amount(values, "payment_terms_days", default=ZERO) or ZERO
        due = issued + timedelta(days=int(terms))
    if due < issued:
        raise WrongValue("due_date", due.isoformat(), f"on or after the invoice's date {issued.isoformat()}")
    return due


def rounding(values: Values, due: Decimal, currency: str) -> Decimal:
    """Return BT-114, what is added so that the amount due is a multiple of `round_to`, half up; or the data's own.

    Swiss cash and card bills, for example, are rounded to 0.05. VAT stays as it is.
    """
    stated = read_amount(values, "rounding")
    if stated is not None:
        return round_money(stated, currency)
    unit = read_amount(values, "round_to")
    if unit is None:
        return ZERO
    if unit <= 0:
        raise WrongValue("round_to", str(unit), "above 0")
    steps = round_money(due / unit, "JPY")
    return round_money(steps * unit, currency) - due


def early_payment(values: Values, issued: date, due: Decimal, currency: str) -> dict[str, object]:
    """Return until when less is to be paid, how much less, and how much (part of BT-20).

    Args:
        values: `early_payment_days` and `early_payment_percent`; both or neither.
        issued: BT-2, from which the days are counted.
        due: BT-115.
        currency: gives the decimals.
    """
    days, percent = (read_amount(values, name) for name in ("early_payment_days", "early_payment_percent"))
    if days is None and percent is None:
        return {"early_payment_date": None, "early_payment_discount": ZERO, "early_payment_amount": due}
    if days is None or percent is None:
        raise MissingValue("early_payment_days" if days is None else "early_payment_percent")
    if not ZERO < percent < HUNDRED:
        raise WrongValue("early_payment_percent", str(percent), "above 0 and below 100")
    discount = round_money(due * percent / HUNDRED, currency)
    until = issued + timedelta(days=int(days))
    return {"early_payment_date": until, "early_payment_discount": discount, "early_payment_amount": due - discount}


def how_to_pay(values: Values, company: Values, currency: str, amount: Decimal) -> dict[str, object]:
    """Return the account (BG-17), the reference (BT-83) and the payment codes.

    Args:
        values: `account_iban` (BT-84), `account_bic` (BT-86), `account_bank`, the company's where they are empty;
            `payment_reference`, the number where it is empty.
        company: who is paid (BT-85).
        currency: of the amount.
        amount: BT-115.
    """
    account = _account(values, company)
    number, reference = read_text(values, "number"), read_text(values, "payment_reference")
    swiss = _swiss(values, company, account["account_iban"], currency, amount)
    payee = {"name": read_text(company, "name"), "iban": account["account_iban"], "bic": account["account_bic"]}
    return {
        **account,
        **swiss,
        "payment_reference": swiss["swiss_reference"] or reference or number,
        "payment_code": "" if swiss["swiss_code"] else payment_code(payee, currency, amount, reference or number),
    }


def _account(values: Values, company: Values) -> dict[str, str]:
    source, prefix = (values, "account_") if read_text(values, "account_iban") else (company, "")
    found = {f"account_{name}": read_text(source, f"{prefix}{name}") for name in ("iban", "bic", "bank")}
    return found | {"account_iban": found["account_iban"].replace(" ", "").upper()}


def _swiss(values: Values, company: Values, iban: str, currency: str, amount: Decimal) -> dict[str, str]:
    """Return the Swiss QR code and what is printed beside it; empty where there is no QR-bill."""
    if currency not in CURRENCIES or not is_swiss_account(iban) or not ZERO < amount <= MAXIMUM:
        return {"swiss_code": "", "swiss_reference": "", "swiss_amount": ""}
    number = read_text(values, "number")
    reference = swiss_reference(iban, read_text(values, "payment_reference"), number)
    creditor, debtor = party(company, "company."), party(values)
    return {
        "swiss_code": swiss_code(iban, creditor, amount, currency, debtor, reference, number),
        "swiss_reference": group_reference(reference),
        "swiss_amount": f"{amount:,.2f}".replace(",", " "),
    }


PAY_READS = frozenset(
    {
        *("payment_terms_days", "due_date", "round_to", "rounding", "early_payment_days", "early_payment_percent"),
        *("account_iban", "account_bic", "account_bank", "payment_reference"),
        *("name", "street", "postcode", "city", "country"),
    }
)
PAY_COMPUTED = frozenset(
    {
        *("due_date", "rounding", "amount_due", "early_payment_date", "early_payment_discount", "early_payment_amount"),
        *("account_iban", "account_bic", "account_bank", "payment_reference", "payment_code"),
        *("swiss_code", "swiss_reference", "swiss_amount"),
    }
)
