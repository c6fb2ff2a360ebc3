"""Floor 1, rules: what the lines of a priced document come to, and its allowances and charges. Knows no VAT sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from docgen.errors import MissingValue, RecordError, WrongTotal, WrongValue, raise_faults
from docgen.kinds.base import ZERO, Values, read_amount, read_rows, read_text
from docgen.kinds.vat import HUNDRED, Group, Part, read_group
from docgen.money import round_money


def read_lines(values: Values, currency: str, name: str = "lines") -> list[Part]:
    """Return the record's lines, which stand under `name`, each with its amount.

    Raises:
        MissingValue: there are none.
        RecordError: a line that cannot be; several as Faults.
    """
    rows = read_rows(values, name)
    if not rows:
        raise MissingValue(name)
    lines, faults = [], []
    for index, row in enumerate(rows):
        try:
            lines.append(
                _line(values, {**row, "position": row.get("position") or index + 1}, f"{name}[{index + 1}].", currency)
            )
        except RecordError as fault:
            faults.append(fault)
    raise_faults(faults)
    return lines


def _line(values: Values, row: Values, path: str, currency: str) -> Part:
    """Return a line: quantity x price / base quantity, less its discount, plus its charge (BT-131).

    Each of the three is rounded before they are added, so that what is printed adds up.

    Source: EN 16931, BT-129, 131, 136 to 138, 141 to 143, 146, 149; the rounding as in Peppol BIS rule R120.
    """
    quantity = read_amount(row, "quantity", path, Decimal(1)) or ZERO
    price = read_amount(row, "unit_price", path)
    if price is None:
        raise MissingValue(f"{path}unit_price")
    group = read_group(values, row, path)
    subtotal = round_money(quantity * price / _base_quantity(row, path), currency)
    discount = _amount_or_percent(row, "discount", "discount_percent", subtotal, path, currency)
    charge = _amount_or_percent(row, "charge", "charge_percent", subtotal, path, currency)
    amount = subtotal - discount + charge
    _check_amount(row, amount, path, currency)
    figures = {
        "quantity": quantity,
        "unit_price": price,
        "base_quantity": _base_quantity(row, path),
        "subtotal": subtotal,
        "discount": discount,
        "discount_percent": read_amount(row, "discount_percent", path),
        "charge": charge,
        "charge_percent": read_amount(row, "charge_percent", path),
        "vat_rate": read_amount(row, "vat_rate", path),
        "vat_category": group[1],
        "amount": amount,
    }
    return Part({**row, **figures}, group, amount)


def _base_quantity(row: Values, path: str) -> Decimal:
    base = read_amount(row, "base_quantity", path, Decimal(1)) or ZERO
    if base <= 0:
        raise WrongValue(f"{path}base_quantity", str(base), "above 0")
    return base


def _amount_or_percent(row: Values, amount: str, percent: str, base: Decimal, path: str, currency: str) -> Decimal:
    """Return an amount that is given as such or as a percentage of `base`; 0 where neither is.

    Raises:
        WrongTotal: both are given, and they differ.
    """
    stated, rate = read_amount(row, amount, path), read_amount(row, percent, path)
    if rate is None:
        return round_money(stated or ZERO, currency)
    computed = round_money(base * rate / HUNDRED, currency)
    if stated is not None and round_money(stated, currency) != computed:
        problem = f"{path}{amount}: the data say {stated} {currency}, {rate} % of {base} are {computed}"
        raise WrongTotal(problem, field=f"{path}{amount}", value=str(stated))
    return computed


def _check_amount(row: Values, amount: Decimal, path: str, currency: str) -> None:
    """Compare with the data's own amount of the line, where it is declared as one."""
    stated = row.get("amount")
    if isinstance(stated, Decimal) and round_money(stated, currency) != amount:
        problem = f"{path}amount: the data say {stated} {currency}, quantity and price come to {amount}"
        raise WrongTotal(problem, field=f"{path}amount", value=str(stated))


def read_adjustments(values: Values, name: str, lines: Sequence[Part], currency: str) -> list[Part]:
    """Return the allowances (BG-20) or charges (BG-21) of the whole document.

    One without a VAT rate and category belongs to the only rate of the lines. Of several rates, a percentage is one
    row for each rate, of the lines of that rate; an amount has to say its rate.

    Args:
        values: the record.
        name: `allowances` or `charges`. Rows have `amount` (BT-92, 99) or `percent` (BT-94, 101) of `base_amount`
            (BT-93, 100), which is the sum of the lines where it is empty; `vat_rate` (BT-96, 103), `vat_category`
            (BT-95, 102), `reason` (BT-97, 104), `reason_code` (BT-98, 105).
        lines: the priced lines.
        currency: gives the decimals.

    Returns:
        Parts whose `row["amount"]` is above zero for both; `Part.amount` is below zero for allowances.

    Raises:
        RecordError: a row that cannot be; several as Faults.
    """
    sign = -1 if name == "allowances" else 1
    parts: list[Part] = []
    faults: list[RecordError] = []
    for index, row in enumerate(read_rows(values, name)):
        try:
            parts += _adjustment(values, row, f"{name}[{index + 1}].", lines, currency, sign)
        except RecordError as fault:
            faults.append(fault)
    raise_faults(faults)
    return parts


def _adjustment(values: Values, row: Values, path: str, lines: Sequence[Part], currency: str, sign: int) -> list[Part]:
    sums = _sums(lines)
    base, whole = read_amount(row, "base_amount", path), sum(sums.values(), ZERO)
    return [
        _priced(row, group, sums.get(group, whole) if base is None else base, path, currency, sign)
        for group in _groups(values, row, path, list(sums))
    ]


def _priced(row: Values, group: Group, base: Decimal, path: str, currency: str, sign: int) -> Part:
    amount = _amount_or_percent(row, "amount", "percent", base, path, currency)
    if not _given(row, "amount") and not _given(row, "percent"):
        raise MissingValue(f"{path}amount")
    if amount < 0:
        raise WrongValue(f"{path}amount", str(amount), "0 or more")
    rate, category = group
    figures: dict[str, object] = {
        "reason": read_text(row, "reason"),
        "reason_code": read_text(row, "reason_code"),
        "percent": read_amount(row, "percent", path),
        "base_amount": base if read_amount(row, "percent", path) is not None else None,
        "vat_rate": rate,
        "vat_category": category,
        "amount": amount,
    }
    return Part({**row, **figures}, group, -amount if sign < 0 else amount)


def _sums(lines: Sequence[Part]) -> Mapping[Group, Decimal]:
    sums: dict[Group, Decimal] = {}
    for line in lines:
        sums[line.group] = sums.get(line.group, ZERO) + line.amount
    return sums


def _groups(values: Values, row: Values, path: str, groups: list[Group]) -> list[Group]:
    """Return the category and rate that a row says; without, those of the lines.

    Raises:
        MissingValue: an amount, and lines of several rates.
    """
    if _given(row, "vat_rate") or _given(row, "vat_category"):
        return [read_group(values, row, path)]
    if len(groups) > 1 and (_given(row, "amount") or _given(row, "base_amount")):
        raise MissingValue(f"{path}vat_rate")
    return groups


def _given(row: Values, name: str) -> bool:
    return row.get(name) not in (None, "")
