"""Floor 1, rules: the figures of an invoice for a deposit on an order, with the VAT in it. Knows no layout.

VAT is due on what is received before the supply (Directive 2006/112/EC, Article 65), at the rates of the supply.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from docgen.errors import MissingValue, WrongValue
from docgen.kinds.base import ZERO, Kind, Values, read_amount
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
from docgen.kinds.vat import HUNDRED, VatGroup, share
from docgen.money import round_money

PREPAYMENT = "386"


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute the order's total, the deposit with its VAT per rate, the due date and how to pay.

    Args:
        values: the `lines` of the whole order; `deposit_percent` of each rate's net amount, or `deposit_amount`, VAT
            included, which the rates share by their gross amounts; what an invoice reads for payment; `total` of the
            order to compare with.
        company: as for an invoice.
        today: the default of `date`.

    Returns:
        `net`, `tax`, `gross` and `vat` are those of the deposit; those of the order are `order_net`, `order_tax` and
        `order_gross`.

    Raises:
        RecordError: a line that cannot be, a deposit that is none or more than the order; several as Faults.
    """
    currency = read_currency(values, company)
    order = price_order(values, currency)
    check_total(values, "total", order.gross, currency, hint=TOTAL_HINT)
    vat = _deposit(values, order.vat, order.gross, currency)
    net, tax = (sum((group[name] for group in vat), ZERO) for name in ("net", "tax"))
    issued = read_issued(values, today)
    return {
        **order.fields(),
        "type_code": read_type(values, PREPAYMENT, INVOICE_TYPES),
        "currency": currency,
        "date": issued,
        "order_net": order.net,
        "order_tax": order.tax,
        "order_gross": order.gross,
        "vat": vat,
        "net": net,
        "tax": tax,
        "gross": net + tax,
        **accounting_tax(values, tax, currency),
        **ask_for(values, company, issued, net + tax, currency),
    }


def _deposit(values: Values, vat: Sequence[VatGroup], gross: Decimal, currency: str) -> list[VatGroup]:
    percent, amount = read_amount(values, "deposit_percent"), read_amount(values, "deposit_amount")
    if percent is not None:
        if not ZERO < percent <= HUNDRED:
            raise WrongValue("deposit_percent", str(percent), "above 0 and at most 100")
        return [_part(group, percent, currency) for group in vat]
    if amount is None:
        raise MissingValue("deposit_percent")
    if not ZERO < amount <= gross:
        raise WrongValue("deposit_amount", str(amount), f"above 0 and at most the order's {gross}")
    return _shared(round_money(amount, currency), vat, gross, currency)


def _part(group: VatGroup, percent: Decimal, currency: str) -> VatGroup:
    net = round_money(group["net"] * percent / HUNDRED, currency)
    return {**group, "net": net, "tax": round_money(net * group["rate"] / HUNDRED, currency)}


def _shared(amount: Decimal, vat: Sequence[VatGroup], gross: Decimal, currency: str) -> list[VatGroup]:
    """Return the deposit of each rate; together they are the amount to the unit."""
    shares = share(amount, [amount * (group["net"] + group["tax"]) / gross for group in vat], currency)
    parts: list[VatGroup] = []
    for group, part in zip(vat, shares, strict=True):
        tax = round_money(part * group["rate"] / (HUNDRED + group["rate"]), currency)
        parts.append({**group, "net": part - tax, "tax": tax})
    return parts


DEPOSIT_INVOICE = Kind(
    name="deposit-invoice",
    compute=compute,
    reads=ORDER_READS
    | HEAD_READS
    | ACCOUNTING_READS
    | PAY_READS
    | {"type_code", "invoice_no", "deposit_percent", "deposit_amount"},
    computed=PRICE_COMPUTED
    | ACCOUNTING_COMPUTED
    | PAY_COMPUTED
    | {"type_code", "currency", "date", "order_net", "order_tax", "order_gross"},
    help="A deposit on an order: the order's total, the deposit with its VAT per rate, and how to pay.",
)
