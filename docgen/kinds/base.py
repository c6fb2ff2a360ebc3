"""Floor 1, rules: what a kind is, and how kinds read figures. Knows no templates, files or languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from docgen.errors import WrongValue

Values: TypeAlias = Mapping[str, object]

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Kind:
    """A document in business terms.

    Attributes:
        compute: (typed values of the record, company, today) -> new top-level fields; they win over the record's.
            Pure. Raises RecordError or Faults for figures that contradict each other.
        reads: dotted paths that `compute` looks at, `[]` after lists: a template that declares one of them uses it.
        computed: dotted paths that `compute` supplies, `[]` after lists, so that templates may use them undeclared.
        help: one sentence for `docgen templates`.
    """

    name: str
    compute: Callable[[Values, Values, date], Values]
    reads: frozenset[str]
    computed: frozenset[str]
    help: str


def nothing(values: Values, company: Values, today: date) -> Values:
    """Compute no fields: the record says it all."""
    return {}


def read_amount(values: Values, name: str, path: str = "", default: Decimal | None = None) -> Decimal | None:
    """Return a figure of a record or row; `default` where it is absent or empty.

    Args:
        values: the record or one row of a list.
        name: the field.
        path: the row, for messages: `lines[2].`.
        default: for an empty value.

    Raises:
        WrongValue: something else than a number, or a float, which cannot hold money exactly.
    """
    value = values.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise WrongValue(
        f"{path}{name}", str(value), "a number", hint=f"declare {name} as money or decimal in template.yaml"
    )


def read_rows(values: Values, name: str) -> list[Values]:
    """Return the rows of a list field; none where it is absent.

    Raises:
        WrongValue: the field is not a list of rows.
    """
    rows = values.get(name)
    if rows is None:
        return []
    if isinstance(rows, Sequence) and not isinstance(rows, str) and all(isinstance(row, Mapping) for row in rows):
        return list(rows)
    raise WrongValue(name, str(rows), "a list of rows", hint=f"nest the table of {name} in the job's data")


def read_text(values: Values, name: str, default: str = "") -> str:
    """Return a text, `default` where it is absent or blank."""
    value = values.get(name)
    return default if value is None or not str(value).strip() else str(value)
