"""Floor 1, rules: which lines of an offer count: options and alternatives do once the customer has accepted them.

One set of lines makes the estimate, the order confirmation and the invoice. A line is an option where `optional` holds,
and an alternative where `alternative_to` has the position of another line; both are priced, and neither is in the
estimate's total. After acceptance `accepted` marks those that are ordered; an alternative takes the place of its line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from docgen.errors import RecordError, WrongValue, raise_faults
from docgen.kinds.base import Values, read_rows, read_text
from docgen.kinds.lines import read_lines
from docgen.kinds.totals import PRICE_READS, Rows, Totals, compute_totals

#: What is read of lines that are priced by `price_order` or `price_offer`, and all else that they read.
ORDER_READS = PRICE_READS | {"lines[].optional", "lines[].alternative_to", "lines[].accepted"}

#: Columns of a line that say what it is; choices have them, empty or not.
CARRIED = ("sku", "description", "unit")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an offer.

    Attributes:
        row: as the data has it, with its position.
        optional: offered in addition.
        replaces: position of the line that it would replace; "" for none.
        accepted: whether the customer wants it; means nothing for other lines.
    """

    row: Mapping[str, object]
    optional: bool
    replaces: str
    accepted: bool

    @property
    def position(self) -> str:
        """The line's number, as text: data may have it as either."""
        return str(self.row["position"])

    @property
    def is_choice(self) -> bool:
        """Whether the customer is asked about it."""
        return self.optional or bool(self.replaces)


def price_order(values: Values, currency: str, name: str = "lines") -> Totals:
    """Return the totals of what is ordered; lines keep the positions that they have in the estimate.

    Args:
        values: what `compute_totals` reads, and the choices.
        currency: ISO 4217 code.
        name: where the lines stand, for documents that call them otherwise.

    Raises:
        RecordError: a line that cannot be, or alternatives that contradict each other; several as Faults.
    """
    lines = read_choices(values, name)
    if not any(line.is_choice for line in lines):
        return compute_totals(values, currency, name)
    read_lines(values, currency, name)  # Faults have to name the rows as they are numbered in the data.
    replaced = {line.replaces for line in lines if line.replaces and line.accepted}
    ordered = [line for line in lines if (line.accepted if line.is_choice else line.position not in replaced)]
    return _price(values, ordered, currency)


def price_offer(values: Values, currency: str) -> tuple[Totals, Rows]:
    """Return the totals of an estimate without its choices, and the choices with their own amounts.

    Allowances and charges of the whole document are not applied to choices.

    Returns:
        The rows of choices have `difference` too: what the net total changes by if it is accepted alone.

    Raises:
        RecordError: as `price_order`.
    """
    lines = read_choices(values)
    if not any(line.is_choice for line in lines):
        return compute_totals(values, currency), []
    read_lines(values, currency)
    totals = _price(values, [line for line in lines if not line.is_choice], currency)
    chosen = [line for line in lines if line.is_choice]
    alone = {name: value for name, value in values.items() if name not in ("allowances", "charges")}
    priced = _price(alone, chosen, currency).lines
    nets = {str(row["position"]): row["net"] for row in totals.lines}
    return totals, [
        {
            **row,
            **{name: line.row.get(name) for name in CARRIED},
            "optional": line.optional,
            "alternative_to": line.row.get("alternative_to"),
            "accepted": line.accepted,
            "difference": _difference(row["net"], nets.get(line.replaces)),
        }
        for row, line in zip(priced, chosen, strict=True)
    ]


def read_choices(values: Values, name: str = "lines") -> list[Line]:
    """Return the lines of a record with what they say of choices.

    Raises:
        WrongValue: an alternative to a line that is not there or is a choice itself, two accepted alternatives to one
            line, something else than yes or no; several as Faults.
    """
    rows = read_rows(values, name)
    faults: list[RecordError] = []
    lines = []
    for index, row in enumerate(rows):
        try:
            lines.append(_read(row, index, f"{name}[{index + 1}]."))
        except WrongValue as fault:
            faults.append(fault)
    raise_faults(faults)
    _check(lines, name)
    return lines


def _read(row: Values, index: int, path: str) -> Line:
    numbered = {**row, "position": row.get("position") or index + 1}
    optional, accepted = _flag(row, "optional", path), _flag(row, "accepted", path)
    return Line(numbered, optional, read_text(row, "alternative_to").strip(), accepted)


def _flag(row: Values, name: str, path: str) -> bool:
    value = row.get(name)
    if value is None or value == "":
        return False
    if isinstance(value, bool):
        return value
    raise WrongValue(f"{path}{name}", str(value), "yes or no", hint=f"declare {name} as boolean in template.yaml")


def _check(lines: Sequence[Line], name: str) -> None:
    faults: list[RecordError] = []
    firm = {line.position for line in lines if not line.is_choice}
    taken: set[str] = set()
    for index, line in enumerate(lines):
        if line.replaces and line.replaces not in firm:
            expected = "the position of a line that is no choice itself"
            faults.append(WrongValue(f"{name}[{index + 1}].alternative_to", line.replaces, expected))
        if line.replaces and line.accepted:
            if line.replaces in taken:
                expected = f"possible: another alternative to line {line.replaces} is accepted too"
                faults.append(WrongValue(f"{name}[{index + 1}].accepted", "yes", expected))
            taken.add(line.replaces)
    raise_faults(faults)


def _price(values: Values, lines: Sequence[Line], currency: str) -> Totals:
    return compute_totals({**values, "lines": [line.row for line in lines]}, currency)


def _difference(net: object, replaced: object) -> object:
    return net - replaced if isinstance(net, Decimal) and isinstance(replaced, Decimal) else net
