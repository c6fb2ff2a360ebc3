"""Floor 1, rules: deposits that were invoiced and paid, and what is left of VAT and total. Knows no wording.

Source: German UStG section 14 (5), sentence 2, as other states of the EU have it under Directive 2006/112/EC, Articles
65 and 220 (1) (4): the final invoice shows the whole supply with its VAT, and takes off the deposits and the VAT in
them, so that no tax is owed twice. In EN 16931 the whole VAT is BT-110, and the deposits are the paid amount, BT-113.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypedDict

from docgen.errors import MissingValue, RecordError, WrongTotal, raise_faults
from docgen.kinds.base import ZERO, Values, read_amount, read_rows
from docgen.kinds.vat import HUNDRED, Group, VatGroup, read_group
from docgen.money import round_money

Rows = list[dict[str, object]]


class Left(TypedDict):
    """What is left of a category and rate when the deposits are taken off; below zero where they were more."""

    category: str
    rate: Decimal
    net: Decimal
    tax: Decimal


def read_deposits(values: Values, vat: Sequence[VatGroup], currency: str) -> Rows:
    """Return the rows of `deposits`, each with `vat_rate`, `vat_category`, `net`, `tax` and `gross`.

    A row has `gross` or `net`; `tax` is computed where it is empty. A deposit of several rates is a row for each.

    Raises:
        RecordError: a row that cannot be; several as Faults.
    """
    groups = [(group["rate"], group["category"]) for group in vat]
    rows, faults = [], []
    for index, row in enumerate(read_rows(values, "deposits")):
        try:
            rows.append(_deposit(values, row, f"deposits[{index + 1}].", groups, currency))
        except RecordError as fault:
            faults.append(fault)
    raise_faults(faults)
    return rows


def _deposit(values: Values, row: Values, path: str, groups: Sequence[Group], currency: str) -> dict[str, object]:
    said = any(row.get(name) not in (None, "") for name in ("vat_rate", "vat_category"))
    if not said and len(groups) > 1:
        raise MissingValue(f"{path}vat_rate")
    rate, category = read_group(values, row, path) if said else groups[0]
    gross, net, tax = (_rounded(row, name, path, currency) for name in ("gross", "net", "tax"))
    if gross is None and net is None:
        raise MissingValue(f"{path}gross")
    if tax is None:
        tax = _tax(net, gross, rate, currency)
    gross = (net or ZERO) + tax if gross is None else gross
    if net is not None and net + tax != gross:
        problem = f"{path}gross: the data say {gross} {currency}, net and tax come to {net + tax}"
        raise WrongTotal(problem, field=f"{path}gross", value=str(gross))
    return {**row, "vat_rate": rate, "vat_category": category, "net": gross - tax, "tax": tax, "gross": gross}


def _rounded(row: Values, name: str, path: str, currency: str) -> Decimal | None:
    amount = read_amount(row, name, path)
    return None if amount is None else round_money(amount, currency)


def _tax(net: Decimal | None, gross: Decimal | None, rate: Decimal, currency: str) -> Decimal:
    if net is not None and gross is not None:
        return gross - net
    if net is not None:
        return round_money(net * rate / HUNDRED, currency)
    return round_money((gross or ZERO) * rate / (HUNDRED + rate), currency)


def what_is_left(vat: Sequence[VatGroup], deposits: Rows) -> list[Left]:
    """Return the VAT breakdown without the deposits, the highest rate first."""
    left: dict[Group, tuple[Decimal, Decimal]] = {
        (group["rate"], group["category"]): (group["net"], group["tax"]) for group in vat
    }
    for row in deposits:
        key = (Decimal(str(row["vat_rate"])), str(row["vat_category"]))
        net, tax = left.get(key, (ZERO, ZERO))
        left[key] = (net - Decimal(str(row["net"])), tax - Decimal(str(row["tax"])))
    ordered = sorted(left.items(), key=lambda entry: (-entry[0][0], entry[0][1]))
    return [{"category": key[1], "rate": key[0], "net": net, "tax": tax} for key, (net, tax) in ordered]
