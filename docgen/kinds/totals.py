"""Floor 1, rules: the totals of a document with priced lines, by the arithmetic of EN 16931. Knows no kind of document.

Line amounts are rounded one by one (BT-131); VAT is computed per category and rate on the sum of their lines,
allowances and charges (BR-S-8, BR-CO-17); the totals follow BR-CO-10 to 15. A record may declare `vat_rounding: line`,
which rounds the tax of each line, and `prices: gross`, for prices that have the tax in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from docgen.errors import DocgenError, Faults, RecordError, WrongTotal, WrongValue, flatten, raise_faults
from docgen.kinds.base import ZERO, Values, read_amount, read_text
from docgen.kinds.lines import read_adjustments, read_lines
from docgen.kinds.vat import Part, Prices, Rounding, VatGroup, group_parts, tax_parts, vat_group
from docgen.money import round_money

Rows = list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a document's lines come to.

    Attributes:
        prices: whether the amounts of `lines`, `allowances` and `charges` have VAT in them.
        lines: the rows with their figures; `amount` is in terms of `prices`, `net` is without VAT (BT-131).
        allowances: BG-20, with `amount` and `net`; `charges` BG-21.
        line_total: sum of the lines' `amount`; of net prices BT-106. `allowance_total` BT-107, `charge_total` BT-108.
        net: BT-109.
        tax: BT-110.
        gross: BT-112.
        vat: BG-23, the highest rate first.
    """

    prices: Prices
    lines: Rows
    allowances: Rows
    charges: Rows
    line_total: Decimal
    allowance_total: Decimal
    charge_total: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    vat: list[VatGroup]

    def fields(self) -> dict[str, object]:
        """Return all of it as a template sees it, with what the law wants said."""
        return {name: getattr(self, name) for name in Totals.__slots__} | {
            "taxed": any(group["category"] for group in self.vat),
            "vat_notes": list(dict.fromkeys(group["note"] for group in self.vat if group["note"])),
            "vat_reasons": list(dict.fromkeys(group["reason"] for group in self.vat if group["reason"])),
        }


def price(values: Values, currency: str) -> dict[str, object]:
    """Return the priced lines, allowances and charges, the VAT breakdown and the totals of a record.

    The keys are those of `Totals`, and `taxed`, `vat_notes` (names of texts) and `vat_reasons` (texts of the data).

    Raises:
        RecordError: a line that cannot be; several as Faults.
    """
    return compute_totals(values, currency).fields()


def compute_totals(values: Values, currency: str, name: str = "lines") -> Totals:
    """Return the same as `price`, typed.

    Args:
        values: `lines`; `allowances`, `charges`, `prices`, `vat_rounding`, `vat_category`, `exemption_reason`,
            `exemption_code`.
        currency: ISO 4217 code; gives the decimals.
        name: where the lines stand, for documents that call them otherwise.

    Raises:
        RecordError: a line that cannot be; several as Faults.
    """
    prices = cast(Prices, _choice(values, "prices", ("net", "gross")))
    rounding = cast(Rounding, _choice(values, "vat_rounding", ("total", "line")))
    lines = read_lines(values, currency, name)
    allowances, charges = _read_both(values, lines, currency)
    parts = [*lines, *allowances, *charges]
    taxes, vat = _tax(values, parts, currency, prices, rounding)
    rows = [_row(part, tax, prices) for part, tax in zip(parts, taxes, strict=True)]
    net = sum((group["net"] for group in vat), ZERO)
    tax = sum((group["tax"] for group in vat), ZERO)
    first = len(lines)
    second = first + len(allowances)
    return Totals(
        prices=prices,
        lines=rows[:first],
        allowances=rows[first:second],
        charges=rows[second:],
        line_total=_sum(lines),
        allowance_total=-_sum(allowances),
        charge_total=_sum(charges),
        net=net,
        tax=tax,
        gross=net + tax,
        vat=vat,
    )


def check_total(values: Values, name: str, computed: Decimal, currency: str, *, hint: str = "") -> None:
    """Compare a total with the data's own, where it has one.

    Raises:
        WrongTotal: they differ.
    """
    stated = read_amount(values, name)
    if stated is not None and round_money(stated, currency) != computed:
        problem = f"{name}: the data say {stated} {currency}, the lines add up to {computed}"
        raise WrongTotal(problem, field=name, value=str(stated), hint=hint)


def _choice(values: Values, name: str, choices: tuple[str, ...]) -> str:
    """Return a declared rule; the first where the record declares none."""
    chosen = read_text(values, name, choices[0])
    if chosen not in choices:
        raise WrongValue(name, chosen, " or ".join(choices))
    return chosen


def _read_both(values: Values, lines: Sequence[Part], currency: str) -> tuple[list[Part], list[Part]]:
    read: list[list[Part]] = []
    faults: list[DocgenError] = []
    for name in ("allowances", "charges"):
        try:
            read.append(read_adjustments(values, name, lines, currency))
        except (RecordError, Faults) as fault:
            faults += flatten(fault)
    raise_faults(faults)
    return read[0], read[1]


def _tax(
    values: Values, parts: Sequence[Part], currency: str, prices: Prices, rounding: Rounding
) -> tuple[list[Decimal], list[VatGroup]]:
    """Return the tax of each part, and the breakdown."""
    taxes, vat = [ZERO] * len(parts), []
    for group, places in group_parts(parts).items():
        chosen = [parts[place] for place in places]
        shares = tax_parts(chosen, currency, prices, rounding)
        for place, tax in zip(places, shares, strict=True):
            taxes[place] = tax
        tax, amount = sum(shares, ZERO), _sum(chosen)
        net = amount if prices == "net" else amount - tax
        reason, code = (_exemption(values, chosen, name) for name in ("exemption_reason", "exemption_code"))
        vat.append(vat_group(group, net, tax, reason, code))
    return taxes, vat


def _row(part: Part, tax: Decimal, prices: Prices) -> dict[str, object]:
    net = part.amount if prices == "net" else part.amount - tax
    return {**part.row, "net": net if part.amount == part.row["amount"] else -net}


def _exemption(values: Values, parts: Sequence[Part], name: str) -> str:
    """Return what a line says of its exemption, else what the record says of its own category, E or O."""
    category = parts[0].group[1]
    own = category in ("E", "O", read_text(values, "vat_category"))
    return next((text for part in parts if (text := read_text(part.row, name))), read_text(values, name) if own else "")


def _sum(parts: Sequence[Part]) -> Decimal:
    return sum((part.amount for part in parts), ZERO)


_ADJUSTMENT = ("amount", "percent", "base_amount", "vat_rate", "vat_category", "reason", "reason_code")
_LINE_INPUT = (
    *("quantity", "unit_price", "base_quantity", "discount", "discount_percent", "charge", "charge_percent"),
    *("vat_rate", "vat_category", "amount", "exemption_reason", "exemption_code"),
)
_LINE_FIGURES = (
    *("position", "quantity", "unit_price", "base_quantity", "subtotal", "discount", "discount_percent", "charge"),
    *("charge_percent", "vat_rate", "vat_category", "amount", "net"),
)
_SUMS = ("prices", "line_total", "allowance_total", "charge_total", "net", "tax", "gross", "taxed")

PRICE_READS = (
    frozenset({"vat_category", "prices", "vat_rounding", "exemption_reason", "exemption_code"})
    | {f"lines[].{name}" for name in _LINE_INPUT}
    | {f"{rows}[].{name}" for rows in ("allowances", "charges") for name in _ADJUSTMENT}
)
PRICE_COMPUTED = (
    frozenset(_SUMS)
    | {f"lines[].{name}" for name in _LINE_FIGURES}
    | {f"{rows}[].{name}" for rows in ("allowances", "charges") for name in (*_ADJUSTMENT, "net")}
    | {f"vat[].{name}" for name in VatGroup.__annotations__}
    | {"vat_notes[]", "vat_reasons[]"}
)
