"""Floor 2, edges: typed values on their way into DuckDB, none of them altered.

A column's type is known only when its last value was seen, so values wait as text with a mark of their type. A column
of one type becomes a column of that type; a mixed one, as spreadsheets have them, a union that keeps each value as it
is. Refuses to know files and to run SQL.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

_EXACT_FLOAT = 1 << 53
_BIGINT = 1 << 63
_HUGEINT = 1 << 127

#: Mark -> member of a union, and the SQL type; DECIMAL gets its size.
_MEMBERS = {
    "s": ("text", "VARCHAR"),
    "i": ("whole", "HUGEINT"),
    "d": ("exact", "DECIMAL"),
    "f": ("number", "DOUBLE"),
    "b": ("truth", "BOOLEAN"),
    "D": ("day", "DATE"),
    "T": ("moment", "TIMESTAMP"),
    "Z": ("instant", "TIMESTAMPTZ"),
    "x": ("bytes", "BLOB"),
}


class Column:
    """What was seen in one column so far."""

    def __init__(self) -> None:
        self.marks: set[str] = set()
        self.zone: str = ""
        self._largest = 0
        self._whole_digits = 1
        self._places = 0

    def encode(self, value: object) -> str | None:
        """Return the value as marked text, and remember its type."""
        if value is None:
            return None
        mark, text = self._mark(value)
        self.marks.add(mark)
        return mark + text

    def _mark(self, value: object) -> tuple[str, str]:
        if isinstance(value, str):
            return "s", value
        if isinstance(value, bool):
            return "b", str(value).lower()
        if isinstance(value, int):
            return self._mark_whole(value)
        if isinstance(value, float):
            # A spreadsheet has no whole numbers, only floats that happen to be whole.
            if value.is_integer() and abs(value) < _EXACT_FLOAT:
                return self._mark_whole(int(value))
            return ("f" if math.isfinite(value) else "s"), repr(value)
        if isinstance(value, Decimal):
            return self._mark_exact(value)
        return self._mark_other(value)

    def _mark_whole(self, value: int) -> tuple[str, str]:
        if abs(value) >= _HUGEINT:
            return "j", str(value)
        self._largest = max(self._largest, abs(value))
        self._whole_digits = max(self._whole_digits, len(str(abs(value))))
        return "i", str(value)

    def _mark_exact(self, value: Decimal) -> tuple[str, str]:
        if not value.is_finite():
            return "s", str(value)
        text = format(value, "f")
        whole, _, places = text.lstrip("-").partition(".")
        if len(whole) + len(places) > 38:
            return "j", text
        self._whole_digits = max(self._whole_digits, len(whole))
        self._places = max(self._places, len(places))
        return "d", text

    def _mark_other(self, value: object) -> tuple[str, str]:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                return "T", value.isoformat(sep=" ")
            self.zone = self.zone or (value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else "")
            return "Z", value.isoformat(sep=" ")
        if isinstance(value, date):
            return "D", value.isoformat()
        if isinstance(value, bytes | bytearray | memoryview):
            return "x", bytes(value).hex()
        if isinstance(value, Mapping | list | tuple | set | frozenset):
            return "j", dump_json(value)
        # Times, durations, UUIDs and whatever else a driver knows: as the source writes it.
        return "s", str(value)

    @property
    def exact(self) -> str | None:
        """The DECIMAL that holds every exact number of the column, None if none does."""
        width = self._whole_digits + self._places
        return f"DECIMAL({max(width, 18)},{self._places})" if width <= 38 else None

    def sql(self, name: str) -> str:
        """Return the SQL expression that makes the column of its marked text."""
        kinds = self.marks
        rest = f"substr({name}, 2)"
        if kinds <= {"s"}:
            return rest
        if "j" in kinds or ("d" in kinds and self.exact is None):
            return self._json_sql(name)
        kind = self._single_type()
        if kind == "BLOB":
            return f"from_hex({rest})"
        return f"cast({rest} as {kind})" if kind else self._union_sql(name)

    def _single_type(self) -> str | None:
        whole = "BIGINT" if self._largest < _BIGINT else "HUGEINT"
        for kinds, kind in (
            ({"b"}, "BOOLEAN"),
            ({"i"}, whole),
            ({"d", "i"}, self.exact),
            ({"D"}, "DATE"),
            ({"D", "T"}, "TIMESTAMP"),
            ({"Z"}, "TIMESTAMPTZ"),
            ({"x"}, "BLOB"),
        ):
            if self.marks <= kinds:
                return kind
        return "DOUBLE" if self.marks <= {"f", "i"} and self._largest < _EXACT_FLOAT else None

    def _union_sql(self, name: str) -> str:
        members = {mark: self._member(mark) for mark in _MEMBERS if mark in self.marks}
        union = f"UNION({', '.join(f'{label} {kind}' for label, kind in members.values())})"
        rest = f"substr({name}, 2)"
        cases = []
        for mark, (label, kind) in members.items():
            value = f"from_hex({rest})" if mark == "x" else f"cast({rest} as {kind})"
            cases.append(f"when '{mark}' then cast(union_value({label} := {value}) as {union})")
        return f"case left({name}, 1) {' '.join(cases)} end"

    def _member(self, mark: str) -> tuple[str, str]:
        label, kind = _MEMBERS[mark]
        return label, (self.exact or kind) if mark == "d" else kind

    def _json_sql(self, name: str) -> str:
        """Return SQL for a column that has objects, or numbers too long for any other type."""
        rest = f"substr({name}, 2)"
        return (
            f"cast(case when left({name}, 1) in ('j', 'i', 'd', 'f', 'b') then {rest} else to_json({rest}) end as JSON)"
        )


def dump_json(value: object) -> str:
    """Return JSON text with exact numbers; dates and others as plain text."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(k))}:{dump_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ",".join(map(dump_json, value)) + "]"
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if value is None or isinstance(value, bool | int | float | str):
        return json.dumps(value)
    return json.dumps(str(value))


def select_list(names: Iterable[str], columns: Iterable[Column]) -> str:
    """Return the select list that turns marked text into columns."""
    return ", ".join(f"{column.sql(name)} as {name}" for name, column in zip(names, columns, strict=True))
