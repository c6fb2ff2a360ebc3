"""Floor 1, rules: VAT by category and rate, as EN 16931 breaks it down. Knows no rates: they come with the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Literal, TypeAlias, TypedDict

from docgen.errors import WrongValue, did_you_mean
from docgen.kinds.base import ZERO, Values, read_amount, read_text
from docgen.money import currency_places, round_money

#: UNCL5305 codes that EN 16931 allows -> what the document must say, as a key of the template's texts.
CATEGORY_NOTES = {
    "S": "",  # standard and reduced rates
    "Z": "",  # zero rated goods
    "E": "vat_exempt",
    "AE": "vat_reverse_charge",
    "K": "vat_intra_community",
    "G": "vat_export",
    "O": "vat_outside_scope",
    "L": "",  # IGIC, Canary Islands
    "M": "",  # IPSI, Ceuta and Melilla
    "": "",  # the data says nothing of VAT, and nothing is guessed
}
#: VATEX codes of categories that have but one reason (BT-121); those of E come with the data.
EXEMPTION_CODES = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}
_ANY_RATE = frozenset({"L", "M"})
HUNDRED = Decimal(100)

Group: TypeAlias = tuple[Decimal, str]
Prices: TypeAlias = Literal["net", "gross"]
Rounding: TypeAlias = Literal["total", "line"]


class VatGroup(TypedDict):
    """A row of the VAT breakdown (BG-23).

    Attributes:
        category: BT-118.
        rate: percent, BT-119.
        net: the taxable amount, BT-116.
        tax: BT-117.
        note: the text that the law wants, by name; "" where the data give their own `reason`.
        reason: the data's own reason of an exemption, BT-120.
        exemption_code: VATEX code, BT-121.
    """

    category: str
    rate: Decimal
    net: Decimal
    tax: Decimal
    note: str
    reason: str
    exemption_code: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a line, an allowance or a charge adds to the total; an allowance has an amount below zero.

    Attributes:
        row: what templates see.
        amount: as the prices are, with or without VAT; in the currency's decimals.
    """

    row: Mapping[str, object]
    group: Group
    amount: Decimal


def read_group(values: Values, row: Values, path: str) -> Group:
    """Return the VAT rate and category of a line, allowance or charge.

    The row's own category wins over the record's. A rate above 0 without a category is `S`; without either, nothing
    is said of VAT.

    Raises:
        WrongValue: there is no such category, or the rate contradicts it (BR-S-5, BR-Z-5, BR-E-5, ...).
    """
    rate = read_amount(row, "vat_rate", path)
    category = read_text(row, "vat_category", read_text(values, "vat_category")) or ("S" if rate else "")
    if category not in CATEGORY_NOTES:
        choices = [code for code in CATEGORY_NOTES if code]
        raise WrongValue(f"{path}vat_category", category, "a VAT category", hint=did_you_mean(category, choices))
    shown = str(ZERO if rate is None else rate)
    if rate is not None and rate < 0:
        raise WrongValue(f"{path}vat_rate", shown, "0 or more")
    if category not in _ANY_RATE and (category == "S") != bool(rate):
        expected = "above 0 in VAT category S" if category == "S" else f"0 in VAT category {category}"
        raise WrongValue(f"{path}vat_rate", shown, expected)
    return rate or ZERO, category


def tax_parts(parts: Sequence[Part], currency: str, prices: Prices, rounding: Rounding) -> list[Decimal]:
    """Return the tax of each part of one rate; together they are the tax of the rate.

    Args:
        parts: those of one category and rate.
        currency: gives the decimals.
        prices: whether the amounts have the tax in them.
        rounding: `total` rounds the tax of the sum and shares it among the parts by the largest remainder;
            `line` rounds that of each part.

    Source: of a net amount EN 16931 BR-CO-17; the tax within a gross amount is amount x rate / (100 + rate), since
    the taxable amount has no VAT in it (Directive 2006/112/EC, Article 78 (a); CJEU C-249/12, Tulica).
    """
    rate = parts[0].group[0]
    divisor = HUNDRED if prices == "net" else HUNDRED + rate
    exact = [part.amount * rate / divisor for part in parts]
    if rounding == "line":
        return [round_money(tax, currency) for tax in exact]
    total = round_money(sum((part.amount for part in parts), ZERO) * rate / divisor, currency)
    return share(total, exact, currency)


def share(total: Decimal, exact: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Return `exact` in whole units of the currency that add up to `total`, each less than a unit away.

    Each is rounded down, and the units that are left go to the largest remainders, the first of equal ones first
    (Hamilton's method).

    Args:
        total: the rounded sum of `exact`.
        exact: unrounded amounts.
        currency: gives the unit.
    """
    unit = Decimal(1).scaleb(-currency_places(currency))
    floors = [amount.quantize(unit, ROUND_FLOOR) for amount in exact]
    left = int((total - sum(floors, ZERO)) / unit)
    largest = sorted(range(len(exact)), key=lambda index: floors[index] - exact[index])[:left]
    return [floor + unit if index in largest else floor for index, floor in enumerate(floors)]


def group_parts(parts: Iterable[Part]) -> dict[Group, list[int]]:
    """Return the places of the parts of each category and rate, the highest rate first."""
    places: dict[Group, list[int]] = {}
    for place, part in enumerate(parts):
        places.setdefault(part.group, []).append(place)
    return dict(sorted(places.items(), key=lambda entry: (-entry[0][0], entry[0][1])))


def vat_group(group: Group, net: Decimal, tax: Decimal, reason: str, code: str) -> VatGroup:
    """Return a row of the breakdown; `reason` and `code` are the data's own, where it has them."""
    rate, category = group
    note = CATEGORY_NOTES[category]
    return {
        "category": category,
        "rate": rate,
        "net": net,
        "tax": tax,
        "note": "" if reason else note,
        "reason": reason if note else "",
        "exemption_code": (code or EXEMPTION_CODES.get(category, "")) if note else "",
    }
