"""Floor 1, rules: the figures of an invoice, by the arithmetic of EN 16931. Knows no layout and no language.

Line amounts are rounded one by one (BT-131); VAT is computed per category and rate on the sum of the line amounts
(BR-S-08, BR-CO-17), never line by line; the totals follow BR-CO-10, 13, 14, 15 and 16.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, TypedDict

from docgen.errors import MissingValue, RecordError, WrongTotal, WrongValue, did_you_mean, raise_faults
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_rows, read_text
from docgen.kinds.epc import payment_code
from docgen.money import round_money

#: UNCL5305 codes that EN 16931 allows -> what the invoice must say, as a key of the template's texts.
CATEGORY_NOTES = {
    "S": "",  # standard and reduced rates
    "Z": "",  # zero rated goods
    "E": "vat_exempt",
    "AE": "vat_reverse_charge",
    "K": "vat_intra_community",
    "G": "vat_export",
    "O": "vat_outside_scope",
    "": "",  # the data says nothing of VAT, and nothing is guessed
}
HUNDRED = Decimal(100)


class VatGroup(TypedDict):
    """A row of the VAT breakdown: `tax` is that of `net`, the sum of the lines of one category and rate."""

    category: str
    rate: Decimal
    net: Decimal
    tax: Decimal
    note: str


class Line(NamedTuple):
    """What the totals need of a line, beside the `row` that templates see."""

    row: dict[str, object]
    group: tuple[Decimal, str]
    net: Decimal


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
    lines = _lines(values, currency)
    vat = _breakdown(lines, currency)
    net = sum((group["net"] for group in vat), ZERO)
    tax = sum((group["tax"] for group in vat), ZERO)
    gross, prepaid = net + tax, read_amount(values, "prepaid", default=ZERO) or ZERO
    _check_total(values, gross, currency)
    issued = _day(values, "date") or today
    figures: dict[str, object] = {
        "currency": currency,
        "date": issued,
        "due_date": _due_date(values, issued),
        "lines": [line.row for line in lines],
        "vat": vat,
        "taxed": any(group["category"] for group in vat),
        "vat_notes": list(dict.fromkeys(group["note"] for group in vat if group["note"])),
        "net": net,
        "tax": tax,
        "gross": gross,
        "prepaid": prepaid,
        "amount_due": gross - prepaid,
    }
    return figures | {"payment_code": payment_code(company, currency, gross - prepaid, read_text(values, "number"))}


def _lines(values: Values, currency: str) -> list[Line]:
    rows = read_rows(values, "lines")
    if not rows:
        raise MissingValue("lines")
    lines, faults = [], []
    for index, row in enumerate(rows):
        try:
            lines.append(_line(values, row, index, currency))
        except RecordError as fault:
            faults.append(fault)
    raise_faults(faults)
    return lines


def _line(values: Values, row: Values, index: int, currency: str) -> Line:
    path = f"lines[{index}]."
    quantity = read_amount(row, "quantity", path, Decimal(1)) or ZERO
    price, rate = read_amount(row, "unit_price", path), read_amount(row, "vat_rate", path)
    discount = read_amount(row, "discount", path, ZERO) or ZERO
    if price is None:
        raise MissingValue(f"{path}unit_price")
    category, net = _category(values, row, rate, path), round_money(quantity * price - discount, currency)
    figures = {
        "position": row.get("position") or index + 1,
        "quantity": quantity,
        "unit_price": price,
        "discount": discount,
        "vat_rate": rate,
        "vat_category": category,
        "net": net,
    }
    return Line({**row, **figures}, (rate or ZERO, category), net)


def _category(values: Values, row: Values, rate: Decimal | None, path: str) -> str:
    """Return the line's VAT category; the line's own wins over the record's."""
    category = read_text(row, "vat_category", read_text(values, "vat_category"))
    if not category:
        return "S" if rate else ""
    if category not in CATEGORY_NOTES:
        choices = [code for code in CATEGORY_NOTES if code]
        raise WrongValue(f"{path}vat_category", category, "a VAT category", hint=did_you_mean(category, choices))
    if (category == "S") != bool(rate):
        expected = "above 0 in VAT category S" if category == "S" else f"0 in VAT category {category}"
        raise WrongValue(f"{path}vat_rate", str(ZERO if rate is None else rate), expected)
    return category


def _breakdown(lines: list[Line], currency: str) -> list[VatGroup]:
    """Return one group per category and rate, the highest rate first."""
    sums: dict[tuple[Decimal, str], Decimal] = {}
    for line in lines:
        sums[line.group] = sums.get(line.group, ZERO) + line.net
    return [
        {
            "category": category,
            "rate": rate,
            "net": net,
            "tax": round_money(net * rate / HUNDRED, currency),
            "note": CATEGORY_NOTES[category],
        }
        for (rate, category), net in sorted(sums.items(), key=lambda entry: (-entry[0][0], entry[0][1]))
    ]


def _check_total(values: Values, gross: Decimal, currency: str) -> None:
    """Compare with the data's own `total`, where it has one."""
    total = read_amount(values, "total")
    if total is not None and round_money(total, currency) != gross:
        raise WrongTotal(
            f"total: the data say {total} {currency}, the lines add up to {gross}",
            field="total",
            value=str(total),
            hint="a line is missing, or a price, discount or VAT rate differs",
        )


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


LINE_INPUT = ("quantity", "unit_price", "discount", "vat_rate", "vat_category")
RECORD_INPUT = ("number", "date", "currency", "payment_terms_days", "due_date", "prepaid", "vat_category", "total")
LINE_FIGURES = ("position", "quantity", "unit_price", "discount", "vat_rate", "vat_category", "net")
FIGURES = ("currency", "date", "due_date", "net", "tax", "gross", "prepaid", "amount_due", "taxed", "payment_code")

INVOICE = Kind(
    name="invoice",
    compute=compute,
    reads=frozenset(RECORD_INPUT) | {f"lines[].{name}" for name in LINE_INPUT},
    computed=frozenset(FIGURES)
    | {f"lines[].{name}" for name in LINE_FIGURES}
    | {f"vat[].{name}" for name in VatGroup.__annotations__}
    | {"vat_notes[]"},
    help="What a customer owes: amounts per line, VAT per rate, totals and due date.",
)
