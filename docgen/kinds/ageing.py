"""Floor 1, rules: open items by how long they are overdue. Knows no accounts and no layout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypedDict

from docgen.errors import WrongValue
from docgen.kinds.base import ZERO, Values

#: Last days of the classes, where the data say nothing: 1-30, 31-60, 61-90, and more than 90 days overdue.
DAYS = (30, 60, 90)


class AgeClass(TypedDict):
    """What is overdue from the first to the last day, both included; 0 and 0: not overdue; no last day: for longer."""

    first_day: int
    last_day: int | None
    amount: Decimal


def read_classes(values: Values) -> tuple[int, ...]:
    """Return the last days of the classes, `ageing_days` of the record or the job.

    Raises:
        WrongValue: they are not whole numbers above 0 that rise.
    """
    days = values.get("ageing_days") or DAYS
    found = tuple(day for day in days if isinstance(day, int) and day > 0) if isinstance(days, Sequence) else ()
    if not found or list(found) != sorted(set(found)) or not isinstance(days, Sequence) or len(found) != len(days):
        raise WrongValue("ageing_days", str(days), "a list of days that rises, such as [30, 60, 90]")
    return found


def age(items: Iterable[tuple[int, Decimal]], last_days: Sequence[int] = DAYS) -> list[AgeClass]:
    """Sum open amounts by their days overdue.

    Args:
        items: days overdue (0: not overdue, the due day included) and what is open.
        last_days: of each class, rising; what is overdue for longer stands in one more class.

    Returns:
        What is not overdue, then the classes; every item is in exactly one of them.
    """
    edges = (0, *last_days)
    classes: list[AgeClass] = [{"first_day": 0, "last_day": 0, "amount": ZERO}]
    for before, last in zip(edges, (*last_days, None), strict=True):
        classes.append({"first_day": before + 1, "last_day": last, "amount": ZERO})
    for days, amount in items:
        place = sum(days > edge for edge in edges)
        classes[place]["amount"] += amount
    return classes
