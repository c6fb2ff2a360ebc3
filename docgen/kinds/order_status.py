"""Floor 1, rules: how an order stands: what is shipped, what is open, and until when. Knows no wording."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from docgen.errors import MissingValue, RecordError, WrongValue, raise_faults
from docgen.kinds.base import ZERO, Kind, Values, read_amount, read_rows


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute what is open of each line, how many lines are, and when the last part leaves.

    Args:
        values: `lines` with `quantity`, `shipped` and `expected`.
        company: unused.
        today: the default of `date`.

    Raises:
        RecordError: no lines, more shipped than ordered, a negative figure; several as Faults.
    """
    lines = _lines(values)
    still_open = [line for line in lines if line["open"]]
    return {
        "date": values.get("date") or today,
        "lines": lines,
        "open_lines": len(still_open),
        "complete": not still_open,
        "last_date": _last(still_open),
    }


def _lines(values: Values) -> list[dict[str, object]]:
    rows = read_rows(values, "lines")
    if not rows:
        raise MissingValue("lines")
    lines, faults = [], []
    for index, row in enumerate(rows):
        try:
            lines.append(_line(row, index))
        except RecordError as fault:
            faults.append(fault)
    raise_faults(faults)
    return lines


def _line(row: Values, index: int) -> dict[str, object]:
    path = f"lines[{index + 1}]."
    quantity = read_amount(row, "quantity", path)
    if quantity is None:
        raise MissingValue(f"{path}quantity")
    shipped = read_amount(row, "shipped", path, ZERO) or ZERO
    if not 0 <= shipped <= quantity:
        raise WrongValue(f"{path}shipped", str(shipped), f"between 0 and the {quantity} ordered")
    return {
        **row,
        "position": row.get("position") or index + 1,
        "quantity": quantity,
        "shipped": shipped,
        "open": quantity - shipped,
    }


def _last(still_open: Sequence[Values]) -> date | None:
    """Return when the last part leaves; None where nothing is open, or a line has no date yet."""
    dates = [line.get("expected") for line in still_open]
    known = [day for day in dates if isinstance(day, date)]
    return max(known) if known and len(known) == len(dates) else None


ORDER_STATUS = Kind(
    name="order-status",
    compute=compute,
    reads=frozenset({"date", "lines[].quantity", "lines[].shipped", "lines[].expected"}),
    computed=frozenset({"date", "open_lines", "complete", "last_date"})
    | {f"lines[].{name}" for name in ("position", "quantity", "shipped", "open")},
    help="How an order stands: what is shipped, what is open, and when the rest follows.",
)
