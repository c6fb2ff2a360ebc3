"""Floor 1, rules: which stage of a reminder an account has reached, by a declared table. Knows no words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from docgen.errors import DocgenError, MissingValue, WrongValue, did_you_mean, raise_faults
from docgen.kinds.base import ZERO, Values, read_amount, read_rows, read_text

#: The stages that templates have words for, in order.
NAMES = ("friendly", "first", "second", "last")


@dataclass(frozen=True, slots=True)
class Stage:
    """A reminder of a certain tone.

    Attributes:
        name: one of `NAMES`.
        days: the fewest days overdue.
        amount: the smallest overdue sum.
        fee: what this letter costs the customer.
        interest: whether interest and the fixed compensation are claimed.
        days_to_pay: from the letter's day to the new last day.
    """

    name: str
    days: int
    amount: Decimal = ZERO
    fee: Decimal = ZERO
    interest: bool = False
    days_to_pay: int = 10


#: Where neither record nor job declares `stages`: every second week, without fees; interest from the second on.
DEFAULT = (
    Stage("friendly", 3),
    Stage("first", 14),
    Stage("second", 28, interest=True, days_to_pay=7),
    Stage("last", 42, interest=True, days_to_pay=7),
)


def read_stages(values: Values) -> tuple[Stage, ...]:
    """Return the declared stages in their order, `DEFAULT` where none are.

    Raises:
        RecordError: a stage without words or days, or one that begins before an earlier one; several as Faults.
    """
    stages: list[Stage] = []
    faults: list[DocgenError] = []
    for number, row in enumerate(read_rows(values, "stages"), start=1):
        try:
            stages.append(_stage(row, f"stages[{number}]."))
        except DocgenError as error:
            faults.append(error)
    raise_faults(faults)
    stages.sort(key=lambda stage: NAMES.index(stage.name))
    for before, after in pairwise(stages):
        if before.name == after.name or before.days >= after.days:
            raise WrongValue("stages", after.name, f"later than {before.name}, from {before.days} days on")
    return tuple(stages) or DEFAULT


def choose_stage(stages: Sequence[Stage], accounts: Sequence[tuple[int, Decimal]], reminded: str = "") -> Stage | None:
    """Return the highest stage that one of the accounts has reached, None where nobody needs to be reminded.

    Args:
        stages: in order.
        accounts: days overdue of the oldest item, and the overdue sum, of each currency.
        reminded: the stage of the last letter: the next one is at most one stage above it. "": not known.

    Raises:
        WrongValue: `reminded` is no stage.
    """
    if reminded and reminded not in (*NAMES, "none"):
        raise WrongValue("reminded", reminded, "a stage", hint=did_you_mean(reminded, ("none", *NAMES)))
    reached = [
        stage
        for stage in stages
        if any(amount > 0 and days >= stage.days and amount >= stage.amount for days, amount in accounts)
    ]
    if reminded:
        before = [stage for stage in stages if reminded != "none" and stage.name in NAMES[: NAMES.index(reminded) + 1]]
        reached = reached[: len(before) + 1]
    return reached[-1] if reached else None


def _stage(row: Values, path: str) -> Stage:
    name = read_text(row, "stage").lower()
    if name not in NAMES:
        raise WrongValue(f"{path}stage", name, "a stage", hint=did_you_mean(name, NAMES))
    days = read_amount(row, "days", path)
    if days is None:
        raise MissingValue(f"{path}days")
    figures = {field: read_amount(row, field, path, ZERO) or ZERO for field in ("amount", "fee")}
    for field, figure in {"days": days, **figures}.items():
        if figure < 0:
            raise WrongValue(f"{path}{field}", str(figure), "0 or more")
    days_to_pay = read_amount(row, "days_to_pay", path, Decimal(10)) or ZERO
    claims = row.get("interest") is True
    return Stage(name, int(days), figures["amount"], figures["fee"], claims, int(days_to_pay))
