"""Floor 1, rules: the requirements of a request for proposals, and how an offer answers each. Knows no layout.

Requirements come as the customer numbered them, answers by that number; the two are put together here, so that the
customer's list can be read as it was sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from docgen.errors import MissingValue, RecordError, WrongValue, did_you_mean, raise_faults
from docgen.kinds.base import Values, read_rows, read_text

#: How far an answer meets its requirement, best first.
STATUSES = ("met", "partly", "alternative", "not_met")
REQUIREMENT_INPUT = ("no", "group", "text", "mandatory")
ANSWER_INPUT = ("no", "status", "answer", "section")
MATRIX_FIGURES = (*REQUIREMENT_INPUT, "status", "answer", "section")

Row = dict[str, object]


def read_matrix(values: Values, sections: Collection[str]) -> list[Row]:
    """Return each requirement with its answer, in the customer's order.

    Args:
        values: `requirements` with `no`, `group`, `text` and `mandatory`; `answers` with `no`, `status`, `answer` and
            `section`, the key of the chapter that says more.
        sections: keys of the chapters that the document has.

    Raises:
        RecordError: a requirement without a number or an answer, a number twice, an answer to nothing, a status or
            section that there is not; several as Faults, so that all gaps are seen at once.
    """
    faults: list[RecordError] = []
    requirements = _numbered(values, "requirements", faults)
    answers = _numbered(values, "answers", faults)
    faults += [
        WrongValue(f"answers.{no}", no, "the number of a requirement", hint=did_you_mean(no, requirements))
        for no in answers
        if no not in requirements
    ]
    matrix = [_row(no, row, answers.get(no, {}), sections, faults) for no, row in requirements.items()]
    raise_faults(faults)
    return matrix


def _numbered(values: Values, name: str, faults: list[RecordError]) -> dict[str, Values]:
    rows: dict[str, Values] = {}
    for index, row in enumerate(read_rows(values, name)):
        no = read_text(row, "no").strip()
        if not no:
            faults.append(MissingValue(f"{name}[{index + 1}].no"))
        elif no in rows:
            faults.append(WrongValue(f"{name}[{index + 1}].no", no, "a number that is there once"))
        else:
            rows[no] = row
    return rows


def _row(no: str, asked: Values, answered: Values, sections: Collection[str], faults: list[RecordError]) -> Row:
    status = read_text(answered, "status").strip().lower().replace(" ", "_").replace("-", "_")
    answer, section = read_text(answered, "answer"), read_text(answered, "section").strip()
    path = f"answers.{no}"
    if not answer or not status:
        lacking = "answer" if not answer else "status"
        faults.append(RecordError(f"requirement {no} has no {lacking}", field=f"{path}.{lacking}"))
    if status and status not in STATUSES:
        hint = did_you_mean(status, STATUSES)
        faults.append(WrongValue(f"{path}.status", status, " or ".join(STATUSES), hint=hint))
    if section and section not in sections:
        hint = did_you_mean(section, sections)
        faults.append(WrongValue(f"{path}.section", section, "a chapter of this proposal", hint=hint))
    return {
        "no": no,
        "group": read_text(asked, "group"),
        "text": read_text(asked, "text"),
        "mandatory": _yes(asked, f"requirements.{no}.mandatory", faults),
        "status": status,
        "answer": answer,
        "section": section,
    }


def _yes(row: Values, path: str, faults: list[RecordError]) -> bool:
    value = row.get("mandatory")
    if not isinstance(value, bool | None) and value != "":
        hint = "declare mandatory as boolean in template.yaml"
        faults.append(WrongValue(path, str(value), "yes or no", hint=hint))
    return value is True


def group_matrix(matrix: list[Row]) -> list[Row]:
    """Return the requirements under the customer's own headings: `name` and `rows`, in order of first mention."""
    groups: dict[str, list[Row]] = {}
    for row in matrix:
        groups.setdefault(str(row["group"]), []).append(row)
    return [{"name": name, "rows": rows} for name, rows in groups.items()]


def count_statuses(matrix: list[Row]) -> Mapping[str, int]:
    """Return how many requirements have each status; the counts add up to the number of requirements."""
    return {status: sum(row["status"] == status for row in matrix) for status in STATUSES}


def find_unmet(matrix: list[Row]) -> list[Row]:
    """Return the mandatory requirements that the offer does not meet in full."""
    return [row for row in matrix if row["mandatory"] and row["status"] != "met"]
