"""Floor 1, rules: operators and text functions that cannot blow up.

Everything a template may call on text or numbers that could make much out of little is bounded here, before it is
done. What is not listed in `SAFE_METHODS` or made here cannot be called from a template at all.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice

from markupsafe import Markup

from docgen.errors import LimitExceeded, TemplateError
from docgen.limits import current_work

#: Type -> attributes that templates may use on its values; `TEXT_GUARDS` adds to those of text.
SAFE_METHODS: tuple[tuple[type, frozenset[str]], ...] = (
    (str, frozenset({
        "capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha", "isdecimal", "isdigit",
        "islower", "isnumeric", "isspace", "isupper", "lower", "lstrip", "partition", "removeprefix", "removesuffix",
        "rfind", "rindex", "rpartition", "rstrip", "startswith", "strip", "swapcase",
        "title", "upper",
    })),
    (datetime, frozenset({
        "day", "hour", "isocalendar", "isoformat", "isoweekday", "minute", "month", "second", "weekday", "year", "date",
    })),
    (date, frozenset({"day", "isocalendar", "isoformat", "isoweekday", "month", "weekday", "year"})),
    (time, frozenset({"hour", "isoformat", "minute", "second"})),
    (timedelta, frozenset({"days", "seconds"})),
    (Decimal, frozenset({"is_signed"})),
    (dict, frozenset({"get", "items", "keys", "values"})),
    (list, frozenset({"count", "index"})),
    (tuple, frozenset({"count", "index"})),
)  # fmt: skip

_INTEGER_BITS = 4096
_LINE_ENDS = dict.fromkeys(map(ord, "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"))
_WIDTH = re.compile(r"%(?!%)[^a-zA-Z%]*")


def _text_size(length: int) -> None:
    current_work().check_size(length)


def _list_size(length: int) -> None:
    work = current_work()
    work.check_time()
    if length > work.limits.loop:
        raise LimitExceeded(f"an expression builds a list of more than {work.limits.loop} elements")


def bounded_list(values: Iterable[object]) -> list[object]:
    """Return the values as a list that is not longer than all loops together may be."""
    work = current_work()
    elements = list(islice(values, work.limits.loop + 1))
    _list_size(len(elements))
    return elements


def _integer_size(bits: int) -> None:
    if bits > _INTEGER_BITS:
        raise LimitExceeded("an expression computes a number of more than a thousand digits")


def _add(left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        _text_size(len(left) + len(right))
    elif isinstance(left, list | tuple) and isinstance(right, list | tuple):
        _list_size(len(left) + len(right))
    return operator.add(left, right)


def _multiply(left: object, right: object) -> object:
    for many, times in ((left, right), (right, left)):
        if isinstance(times, int) and isinstance(many, str | bytes):
            _text_size(len(many) * times)
        elif isinstance(times, int) and isinstance(many, list | tuple):
            _list_size(len(many) * times)
    if isinstance(left, int) and isinstance(right, int):
        _integer_size(left.bit_length() + right.bit_length())
    return operator.mul(left, right)


def _power(left: object, right: object) -> object:
    if isinstance(left, int) and isinstance(right, int):
        _integer_size(left.bit_length() * abs(right))
    return operator.pow(left, right)


def _remainder(left: object, right: object) -> object:
    if isinstance(left, str):
        return format_text(left, *(right if isinstance(right, tuple) else (right,)))
    return operator.mod(left, right)


OPERATORS: dict[str, Callable[[object, object], object]] = {
    "+": _add,
    "*": _multiply,
    "**": _power,
    "%": _remainder,
}


def format_text(pattern: str, *values: object) -> str:
    """Fill `%s`-style places; widths of more than two digits are refused."""
    for found in _WIDTH.findall(pattern):
        if "*" in found or re.search(r"\d{3}", found):
            raise LimitExceeded(f'the width in "{found}" is too large')
    text = pattern % values
    _text_size(len(text))
    return text


def replace_text(text: str, old: str, new: str, count: int = -1) -> str:
    """Replace, after counting what comes of it."""
    found = text.count(old)
    _text_size(len(text) + (found if count < 0 else min(found, count)) * max(0, len(new) - len(old)))
    return text.replace(old, new, count)


def join_texts(separator: str, values: Iterable[object]) -> str:
    """Join values that are all known; Markup keeps its meaning."""
    parts = bounded_list(values)
    for part in parts:
        if part is None:
            raise TemplateError("one of the joined values is empty", hint="leave empty ones out: `| select | join`")
    texts = [part if isinstance(part, str) else str(part) for part in parts]
    _text_size(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _split(method: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def split(text: str, separator: str | None = None, limit: int = -1) -> list[str]:
        found = text.count(separator) if separator else len(text.split(None, current_work().limits.loop))
        _list_size(found if limit < 0 else min(found, limit))
        return method(text, separator, limit)

    return split


def _lines(text: str, keep_ends: bool = False) -> list[str]:
    _list_size(len(text) - len(text.translate(_LINE_ENDS)))
    return text.splitlines(keep_ends)


def _padded(method: Callable[..., str]) -> Callable[..., str]:
    def pad(text: str, width: int, *fill: str) -> str:
        _text_size(width)
        return method(text, width, *fill)

    return pad


def _no_format(text: str, *values: object, **named: object) -> str:
    raise TemplateError(
        "text has no format function in templates", hint="join with ~, or use the filters number, money and date"
    )


center_text = _padded(str.center)

#: Text methods that are replaced by bounded ones.
TEXT_GUARDS: dict[str, Callable[..., object]] = {
    "replace": replace_text,
    "join": join_texts,
    "center": center_text,
    "ljust": _padded(str.ljust),
    "rjust": _padded(str.rjust),
    "split": _split(str.split),
    "rsplit": _split(str.rsplit),
    "splitlines": _lines,
    "zfill": _padded(str.zfill),
    "format": _no_format,
    "format_map": _no_format,
}


def bounded_text(text: str) -> str:
    """Return `text` when a template may be that long."""
    _text_size(len(text))
    return text


def safe_range(*bounds: int) -> range:
    """Return a range that is not longer than all loops together may be."""
    numbers = range(*bounds)
    # len() fails above the machine's word size; the difference never does.
    _list_size(abs(numbers.stop - numbers.start) // max(1, abs(numbers.step)))
    return numbers


def indent_text(text: str, width: int = 4, first: bool = False, blank: bool = False) -> str:
    """Indent all lines, or all but the first."""
    _text_size(len(text) + (text.count("\n") + 1) * width)
    margin = " " * width
    lines = text.split("\n")
    moved = [margin + line if (blank or line) and (first or number) else line for number, line in enumerate(lines)]
    joined = "\n".join(moved)
    return Markup(joined) if isinstance(text, Markup) else joined  # noqa: S704 -- spaces added to what was markup
