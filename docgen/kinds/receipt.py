"""Floor 1, rules: a receipt: what was paid, how, and for what. Knows no wording; amounts in words are a filter's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from docgen.errors import DocgenError, MissingValue, WrongTotal, WrongValue, did_you_mean, flatten, raise_faults
from docgen.kinds.account import read_day, read_exact
from docgen.kinds.base import ZERO, Kind, Values, read_rows, read_text
from docgen.money import currency_code

#: Ways to pay that templates have words for -> the codes of UNCL4461 that EN 16931 uses (BT-81).
METHODS: Mapping[str, tuple[str, ...]] = {
    "cash": ("10",),
    "cheque": ("20",),
    "transfer": ("30", "31", "58"),
    "card": ("48", "54", "55"),
    "direct_debit": ("49", "59"),
}
_BY_CODE = {code: name for name, codes in METHODS.items() for code in codes}

Row = dict[str, object]


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute what a payment settles, and what is left of it and of each invoice.

    Args:
        values: `amount`; `currency`; `paid_on`, the day of the payment; `method`, a name or a code of `METHODS`;
            `pays`, rows with `number`, `date`, `total` (of the invoice), `paid_before` and `amount` (of this payment).
        company: `currency` is the default.
        today: the default of `date` and `paid_on`.

    Raises:
        RecordError: no amount, or rows that settle more than was paid or owed; several as Faults.
    """
    currency = currency_code(read_text(values, "currency", read_text(company, "currency", "EUR")))
    amount = read_exact(values, "amount", "", currency)
    if amount is None:
        raise MissingValue("amount")
    if amount <= 0:
        raise WrongValue("amount", str(amount), "above 0", hint="money that goes back needs a credit note")
    rows = _rows(values, currency)
    settled = sum((Decimal(str(row["amount"])) for row in rows), ZERO)
    if settled > amount:
        raise WrongTotal(
            f"pays: the rows add up to {settled}, the payment is {amount} {currency}", field="amount", value=str(amount)
        )
    day = read_day(values, "date") or today
    return {
        "currency": currency,
        "date": day,
        "paid_on": read_day(values, "paid_on") or day,
        "method": _method(values),
        "amount": amount,
        "pays": rows,
        "settled": settled,
        "on_account": amount - settled,
        "still_open": sum((Decimal(str(row["remaining"])) for row in rows), ZERO),
    }


def _method(values: Values) -> str:
    """Return the way to pay by its name, "" where the data do not say."""
    text = read_text(values, "method").strip().lower().replace("-", "_").replace(" ", "_")
    method = _BY_CODE.get(text, text)
    if method and method not in METHODS:
        raise WrongValue("method", text, "a way to pay", hint=did_you_mean(text, METHODS))
    return method


def _rows(values: Values, currency: str) -> list[Row]:
    rows: list[Row] = []
    faults: list[DocgenError] = []
    for number, row in enumerate(read_rows(values, "pays"), start=1):
        try:
            rows.append(_row(row, f"pays[{number}].", currency))
        except DocgenError as error:
            faults.extend(flatten(error))
    raise_faults(faults)
    return rows


def _row(row: Values, path: str, currency: str) -> Row:
    """Return a settled invoice with what remains of it; without its total nothing is said to remain."""
    amount = read_exact(row, "amount", path, currency)
    if amount is None:
        raise MissingValue(f"{path}amount")
    before = read_exact(row, "paid_before", path, currency) or ZERO
    total = read_exact(row, "total", path, currency)
    if total is None:
        total = before + amount
    if not 0 < amount <= total - before:
        raise WrongValue(f"{path}amount", str(amount), f"above 0 and at most {total - before}, what was open")
    figures = {"amount": amount, "paid_before": before, "total": total, "remaining": total - before - amount}
    return {**row, **figures}


ROW_INPUT = ("amount", "paid_before", "total")
FIGURES = ("currency", "date", "paid_on", "method", "amount", "settled", "on_account", "still_open")

RECEIPT = Kind(
    name="receipt",
    compute=compute,
    reads=frozenset({"currency", "date", "paid_on", "method", "amount"}) | {f"pays[].{name}" for name in ROW_INPUT},
    computed=frozenset(FIGURES) | {f"pays[].{name}" for name in (*ROW_INPUT, "remaining")},
    help="A payment that came in: amount, way to pay, what it settles and what is left.",
)
