"""Floor 1, rules: what a house decides about a complaint, and what it must then say. Knows no wording."""

from __future__ import annotations

from datetime import date

from docgen.errors import MissingValue, RecordError, WrongValue, did_you_mean, raise_faults
from docgen.kinds.base import Kind, Values, read_amount, read_text

DECLINED = "declined"
#: Decision -> fields that it cannot do without.
DECISIONS = {
    "replacement": ("until",),
    "repair": ("until",),
    "refund": ("until", "amount"),
    "discount": ("until", "amount"),
    DECLINED: ("reason",),
}


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute `date`, `currency`, and whether the complaint is `declined`.

    Args:
        values: `decision`, one of `DECISIONS`, and what it needs: `until`, `amount`, `reason`.
        company: its `currency` is the default.
        today: the default of `date`.

    Raises:
        RecordError: a decision that is none, or lacks what it needs; several as Faults.
    """
    decision = read_text(values, "decision")
    faults: list[RecordError] = []
    if decision not in DECISIONS:
        hint = did_you_mean(decision, DECISIONS)
        faults.append(WrongValue("decision", decision, f"one of {', '.join(DECISIONS)}", hint=hint))
    faults += [MissingValue(name) for name in DECISIONS.get(decision, ()) if not values.get(name)]
    written, until = values.get("date") or today, values.get("until")
    if isinstance(until, date) and isinstance(written, date) and until < written:
        faults.append(WrongValue("until", until.isoformat(), f"on or after the letter's date, {written.isoformat()}"))
    raise_faults(faults)
    return {
        "date": written,
        "currency": read_text(values, "currency", read_text(company, "currency", "EUR")),
        "amount": read_amount(values, "amount"),
        "declined": decision == DECLINED,
    }


COMPLAINT_ANSWER = Kind(
    name="complaint-answer",
    compute=compute,
    reads=frozenset({"date", "currency", "decision", "until", "amount", "reason"}),
    computed=frozenset({"date", "currency", "amount", "declined"}),
    help="An answer to a complaint: what is done about it, and by when.",
)
