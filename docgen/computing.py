"""Floor 1, rules: what Python says of an expression that cannot be computed, in words of fields and numbers.

Reads messages only; knows no template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_JOINED = re.compile(r"unsupported operand type\(s\) for (.+): '(.+)' and '(.+)'")
_TEXT_AND = re.compile(r'can only concatenate (\w+) \(not "(.+)"\) to \w+')
_ORDERED = re.compile(r"'.+' not supported between instances of '(.+)' and '(.+)'")
_NO_NUMBER = re.compile(r"must be real number, not (\w+)|%d format: a (?:real )?number is required, not (\w+)")
_KINDS: Mapping[str, str] = {
    "str": "a text",
    "Markup": "a text",
    "int": "a whole number",
    "float": "a number with a point",
    "Decimal": "an exact number",
    "bool": "a yes or no",
    "NoneType": "nothing",
    "date": "a date",
    "datetime": "a date with its time",
    "timedelta": "a span of time",
    "list": "a list",
    "tuple": "a list",
    "dict": "a group of fields",
}
_INEXACT = 'write the number with a point as {{ "0.19" | float }}, which is exact here'
_TYPES = "declare the field's type in template.yaml: money, decimal or integer"


def in_words(error: Exception) -> tuple[str, str]:
    """Return what is wrong, and what to do about it, which may be empty."""
    text = str(error).strip().rstrip(".") or "something is wrong"
    if found := _JOINED.fullmatch(text):
        sign, one, other = found.groups()
        return f"{_kind(one)} and {_kind(other)} cannot be joined by {sign.split()[0]}", _advice(one, other)
    if found := _TEXT_AND.fullmatch(text):
        return f"{_kind(found[1])} and {_kind(found[2])} cannot be joined by +", _advice(found[1], found[2])
    if found := _ORDERED.fullmatch(text):
        return f"{_kind(found[1])} and {_kind(found[2])} cannot be compared", _advice(found[1], found[2])
    if found := _NO_NUMBER.fullmatch(text):
        return f"a number is asked for, and there is {_kind(found[1] or found[2])}", _TYPES
    return text, ""


def _kind(name: str) -> str:
    return _KINDS.get(name.rpartition(".")[2], name)


def _advice(one: str, other: str) -> str:
    kinds = {one.rpartition(".")[2], other.rpartition(".")[2]}
    if kinds == {"float", "Decimal"}:
        return _INEXACT
    if kinds & {"str", "Markup"} and kinds & {"int", "float", "Decimal"}:
        return f"~ puts texts together; to reckon, {_TYPES}"
    return ""
