"""Floor 1, rules: what a delivery holds, what is still to follow, and its weights. Knows no prices and no layout."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from decimal import Decimal

from docgen.errors import MissingValue, RecordError, WrongTotal, WrongValue, did_you_mean, raise_faults
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_rows, read_text

Row = dict[str, object]


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute what is back-ordered per line, the packages and the weights, all in kg.

    Args:
        values: `lines` with `quantity` (of this delivery), `ordered`, `delivered_before`, `weight` (net, of one piece)
            and `package` (one or several `package_no`, parted by commas); `packages` with `package_no` and `weight`
            (gross); `gross_weight` by your own system.
        company: nothing of it is read.
        today: the default of `date`.

    Raises:
        RecordError: more delivered than ordered, a package that is not there, weights that contradict each other;
            several as Faults.
    """
    packages = _each(read_rows(values, "packages"), "packages", _package)
    names = [str(package["package_no"]) for package in packages]
    lines = _each(read_rows(values, "lines"), "lines", lambda row, index: _line(row, index, names))
    if not lines:
        raise MissingValue("lines")
    net, gross = _sum(lines, "net_weight"), _sum(packages, "weight")
    _check_weights(net, gross, read_amount(values, "gross_weight"))
    back_orders = [line for line in lines if line["back_ordered"]]
    return {
        "date": values.get("date") or today,
        "lines": lines,
        "packages": packages,
        "package_count": len(packages),
        "net_weight": net,
        "gross_weight": gross if packages else read_amount(values, "gross_weight"),
        "back_orders": back_orders,
        "packed": any(read_text(line, "package") for line in lines),
        "partial": bool(back_orders) or any(line["delivered_before"] for line in lines),
    }


def _each(rows: Sequence[Values], name: str, make: Callable[[Values, int], Row]) -> list[Row]:
    """Return what is made of each row; all faulty rows together are the fault."""
    made, faults = [], []
    for index, row in enumerate(rows):
        try:
            made.append(make(row, index))
        except RecordError as fault:
            faults.append(fault)
    raise_faults(faults)
    return made


def _package(row: Values, index: int) -> Row:
    weight = read_amount(row, "weight", f"packages[{index + 1}].")
    if weight is not None and weight <= 0:
        raise WrongValue(f"packages[{index + 1}].weight", str(weight), "above 0")
    return {**row, "package_no": read_text(row, "package_no", str(index + 1)), "weight": weight}


def _line(row: Values, index: int, packages: Sequence[str]) -> Row:
    path = f"lines[{index + 1}]."
    quantity, weight = read_amount(row, "quantity", path), read_amount(row, "weight", path)
    if quantity is None:
        raise MissingValue(f"{path}quantity")
    before = read_amount(row, "delivered_before", path, ZERO) or ZERO
    ordered = read_amount(row, "ordered", path, before + quantity) or ZERO
    if not ZERO <= quantity <= ordered - before:
        raise WrongValue(
            f"{path}quantity", str(quantity), f"between 0 and {ordered - before}, what is left of the order"
        )
    _check_packages(row, path, packages)
    return {
        **row,
        "position": row.get("position") or index + 1,
        "quantity": quantity,
        "ordered": ordered,
        "delivered_before": before,
        "back_ordered": ordered - before - quantity,
        "net_weight": ZERO if not quantity else None if weight is None else quantity * weight,
    }


def _check_packages(row: Values, path: str, packages: Collection[str]) -> None:
    for name in read_text(row, "package").split(","):
        if packages and name.strip() and name.strip() not in packages:
            hint = did_you_mean(name.strip(), list(packages))
            raise WrongValue(f"{path}package", name.strip(), "a package of this delivery", hint=hint)


def _sum(rows: Sequence[Row], name: str) -> Decimal | None:
    """Return the sum of a column, none where a row does not say its part or there are no rows."""
    parts = [part for row in rows if isinstance(part := row[name], Decimal)]
    return sum(parts, ZERO) if parts and len(parts) == len(rows) else None


def _check_weights(net: Decimal | None, gross: Decimal | None, stated: Decimal | None) -> None:
    if stated is not None and gross is not None and stated != gross:
        raise WrongTotal(
            f"gross_weight: the data say {stated} kg, the packages add up to {gross}",
            field="gross_weight",
            value=str(stated),
        )
    if net is not None and gross is not None and gross < net:
        raise WrongTotal(
            f"packages: they weigh {gross} kg, less than their contents with {net} kg",
            field="packages",
            value=str(gross),
            hint="a package is missing, or a weight is not in kg",
        )


LINE_INPUT = ("quantity", "ordered", "delivered_before", "weight", "package")
LINE_FIGURES = ("position", "quantity", "ordered", "delivered_before", "back_ordered", "net_weight")
FIGURES = ("date", "package_count", "net_weight", "gross_weight", "packed", "partial")

DELIVERY_NOTE = Kind(
    name="delivery-note",
    compute=compute,
    reads=frozenset({"date", "gross_weight", "packages[].package_no", "packages[].weight"})
    | {f"lines[].{name}" for name in LINE_INPUT},
    computed=frozenset(FIGURES)
    | {f"lines[].{name}" for name in LINE_FIGURES}
    | {f"back_orders[].{name}" for name in LINE_FIGURES}
    | {"packages[].package_no", "packages[].weight"},
    help="What is in a delivery: quantities, packages, weights, and what is still to follow.",
)
