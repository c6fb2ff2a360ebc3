"""Floor 1, rules: a proposal that answers a request for proposals: chapters, compliance, schedule and prices.

Prices are those of an estimate: options and alternatives are priced and in no total. Knows no layout and no language.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from docgen.errors import DocgenError, Faults, MissingValue, RecordError, WrongValue, flatten, raise_faults
from docgen.kinds.base import Kind, Values, read_rows, read_text
from docgen.kinds.compliance import (
    ANSWER_INPUT,
    MATRIX_FIGURES,
    REQUIREMENT_INPUT,
    STATUSES,
    count_statuses,
    find_unmet,
    group_matrix,
    read_matrix,
)
from docgen.kinds.estimate import ESTIMATE
from docgen.kinds.schedule import MONTH_FIGURES, SCHEDULE_FIGURES, SCHEDULE_INPUT, read_schedule

#: Chapters before and behind a proposal's own sections: key -> the list that it shows; those without are always there.
FIRST = {"summary": ""}
LAST = {"team": "team", "schedule": "schedule", "compliance": "requirements", "pricing": "lines", "terms": ""}


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute chapters with their numbers, the compliance matrix and its counts, the schedule, prices and validity.

    Args:
        values: what an estimate reads; `sections` with `key`, `title` and `text`; `team`; `requirements` and
            `answers` as `read_matrix` reads them; `schedule` as `read_schedule` does.
        company: its currency is the default.
        today: the default of `date`.

    Raises:
        RecordError: faults of requirements, sections, schedule and prices, all at once as Faults.
    """
    faults: list[DocgenError] = []
    chapters = _chapters(values, faults)
    made: dict[str, object] = {"chapters": chapters}
    parts: tuple[Callable[[], Values], ...] = (
        lambda: _compliance(values, {str(chapter["key"]) for chapter in chapters}),
        lambda: dict(zip(("schedule", "months"), read_schedule(values), strict=True)),
        lambda: ESTIMATE.compute(values, company, today),
    )
    for part in parts:
        try:
            made |= part()
        except (RecordError, Faults) as fault:
            faults += flatten(fault)
    raise_faults(faults)
    return made


def _chapters(values: Values, faults: list[DocgenError]) -> list[dict[str, object]]:
    """Return the chapters that there is something for, numbered; `own` marks those from the library."""
    own = _sections(values, faults)
    keys = [
        *FIRST,
        *own,
        *(key for key, field in LAST.items() if not field or values.get(field)),
    ]
    return [
        {"key": key, "number": number, "own": key in own, "title": own.get(key, {}).get("title"),
         "text": own.get(key, {}).get("text")}
        for number, key in enumerate(keys, 1)
    ]  # fmt: skip


def _sections(values: Values, faults: list[DocgenError]) -> dict[str, Values]:
    sections: dict[str, Values] = {}
    for index, row in enumerate(read_rows(values, "sections")):
        key, path = read_text(row, "key").strip(), f"sections[{index + 1}].key"
        if not key:
            faults.append(MissingValue(path))
        elif key in sections or key in FIRST or key in LAST:
            faults.append(WrongValue(path, key, "a key that no other chapter has"))
        sections.setdefault(key, row)
    return sections


def _compliance(values: Values, keys: Collection[str]) -> dict[str, object]:
    matrix = read_matrix(values, keys)
    return {
        "matrix": group_matrix(matrix),
        "asked": len(matrix),
        "counts": dict(count_statuses(matrix)),
        "unmet": find_unmet(matrix),
    }


INPUT = {
    "requirements": REQUIREMENT_INPUT,
    "answers": ANSWER_INPUT,
    "sections": ("key", "title", "text"),
    "schedule": SCHEDULE_INPUT,
}
OUTPUT = {
    "chapters": ("key", "number", "own", "title", "text"),
    "matrix": ("name",),
    "matrix[].rows": MATRIX_FIGURES,
    "unmet": MATRIX_FIGURES,
    "schedule": (*SCHEDULE_FIGURES, *SCHEDULE_INPUT),
    "months": MONTH_FIGURES,
}

PROPOSAL = Kind(
    name="proposal",
    compute=compute,
    reads=ESTIMATE.reads | {"team"} | {f"{rows}[].{name}" for rows, names in INPUT.items() for name in names},
    computed=ESTIMATE.computed
    | {"asked", *(f"counts.{status}" for status in STATUSES)}
    | {f"{rows}[].{name}" for rows, names in OUTPUT.items() for name in names},
    help="An answer to a request for proposals: chapters, what is met and what is not, schedule, team and prices.",
)
