"""Floor 1, rules: a confirmed appointment, and its entry for calendars (RFC 5545). Draws nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from docgen.errors import MissingValue, WrongValue
from docgen.kinds.base import Kind, Values, read_amount, read_text

DEFAULT_MINUTES = Decimal(60)
_A_WEEK = Decimal(7 * 24 * 60)


def compute(values: Values, company: Values, today: date) -> Values:
    """Compute `date`, `end` and `calendar_code`.

    Args:
        values: `start`, local time of the place; `duration_minutes`, an hour where it is empty; `purpose`, `place`.
        company: its `name` goes into the calendar.
        today: the default of `date`.

    Raises:
        RecordError: no start, or a duration that cannot be.
    """
    start = values.get("start")
    if not isinstance(start, datetime):
        raise MissingValue("start")
    minutes = read_amount(values, "duration_minutes", default=DEFAULT_MINUTES) or Decimal(0)
    if not 0 < minutes <= _A_WEEK:
        raise WrongValue("duration_minutes", str(minutes), "a number of minutes above 0")
    end = start + timedelta(minutes=float(minutes))
    summary = f"{read_text(values, 'purpose')} ({read_text(company, 'name')})"
    code = calendar_entry(start, end, summary, read_text(values, "place"))
    return {"date": values.get("date") or today, "end": end, "calendar_code": code}


def calendar_entry(start: datetime, end: datetime, summary: str, place: str) -> str:
    """Return a VEVENT as telephones read it from a QR code: local time, whatever the zone of the reader.

    Source: RFC 5545, 3.3.5 form 1 (floating time), 3.3.11 (escapes), 3.6.1. Lines are not folded: readers of codes
    take each as it stands.
    """
    lines = [
        "BEGIN:VEVENT",
        f"SUMMARY:{_escaped(summary)}",
        f"DTSTART:{start:%Y%m%dT%H%M%S}",
        f"DTEND:{end:%Y%m%dT%H%M%S}",
        f"LOCATION:{_escaped(place)}",
        "END:VEVENT",
    ]
    return "\r\n".join(lines)


def _escaped(text: str) -> str:
    for mark in "\\;,":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


APPOINTMENT = Kind(
    name="appointment",
    compute=compute,
    reads=frozenset({"date", "start", "duration_minutes", "purpose", "place"}),
    computed=frozenset({"date", "end", "calendar_code"}),
    help="A confirmed visit or meeting: when it ends, and a code for calendars.",
)
