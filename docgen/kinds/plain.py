"""Floor 1, rules: the kinds whose records say it all. Computes nothing but the document's date."""

from __future__ import annotations

from datetime import date

from docgen.kinds.base import Kind, Values, nothing


def dated(values: Values, company: Values, today: date) -> Values:
    """Supply `date` where the record has none."""
    return {"date": values.get("date") or today}


DATE = frozenset({"date"})

NEWSLETTER = Kind("newsletter", dated, DATE, DATE, "News to many readers, with articles.")
LETTER = Kind("letter", dated, DATE, DATE, "A dated letter to one person or firm.")
MESSAGE = Kind("message", nothing, frozenset(), frozenset(), "The body of an e-mail that carries documents.")
REPORT = Kind("report", nothing, frozenset(), frozenset(), "Anything else: what the data say, as they say it.")
