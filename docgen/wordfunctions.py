"""Floor 1, rules: what Word's merge fields become: the functions that a translated template calls. Knows no XML.

A template in Word's own words is rewritten as Jinja before it is compiled (`docgen.render.docx.fields.translate`). What
Jinja has no words for is here: printing nothing for an empty field, switches, comparisons, formulas, and moving from
record to record within one document.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from babel import Locale
from jinja2 import Undefined
from jinja2.runtime import Context
from markupsafe import Markup

from docgen import filters
from docgen.errors import LeftOut, TemplateError, did_you_mean
from docgen.guards import bounded_list
from docgen.money import round_half_up
from docgen.rich import Lines
from docgen.scalars import Misfit, read_boolean
from docgen.wordformats import (
    OPERATORS,
    apply_format,
    compare_texts,
    moment_of,
    number_of,
)
from docgen.wordpictures import write_date, write_number, write_result

if TYPE_CHECKING:
    from docgen.sandbox import Sandbox

#: The context's key for the cursor; no tag can write it, for its blank, and `merge_field` does not give it.
CURSOR = "docgen cursor"
_LONGEST_PICTURE = 250
#: Elements, and the tokens of pictures and the like.
_NO_TEXT = re.compile("[<\ue0f0\ue0f1]")
_ESCAPED = re.compile(r'["“”\\]')
_BLANK = re.compile(r"[\t\r\n\a\f\v]+")


class Cursor:
    """Goes through the records of one document, or of many that follow each other: the sheets.

    Attributes:
        names: the record at hand; empty when there is none any more.
        done: there is no further record.
    """

    def __init__(self, records: Iterable[Mapping[str, object]]) -> None:
        self._records = enumerate(records, 1)
        self._sheet: list[tuple[int, Mapping[str, object]]] = []
        self._waiting: deque[tuple[int, Mapping[str, object]]] = deque()
        self._merged = 0
        self.names: Mapping[str, object] = {}
        self._first: Mapping[str, object] = {}
        self.done = False

    def begin(self) -> bool:
        """Begin a sheet with the next record; False when there is none."""
        self._sheet.clear()
        self.advance()
        self._first = self.names
        return not self.done

    def advance(self) -> bool:
        """Take the next record; False when there is none."""
        found = self._waiting.popleft() if self._waiting else next(self._records, None)
        self.done = found is None
        self.names = {}
        if found is not None:
            self._sheet.append(found)
            self._merged += 1
            self.names = {"merge_record": found[0], **found[1], "merge_sequence": self._merged}
        return not self.done

    def go_back(self) -> None:
        """Have the sheet's first record at hand again, for headers, footers and notes."""
        self.done = False
        self.names = self._first

    def leave_out(self) -> None:
        """Give the sheet up, and the record at hand with it: those before it are taken again for the next sheet."""
        self._merged -= len(self._sheet)
        self._waiting.extendleft(reversed(self._sheet[:-1]))
        self._sheet.clear()


def cursor_of(context: Context) -> Cursor | None:
    """Return what goes through the records of the document under way, None where it is of one record."""
    found = filters.from_context(context, CURSOR)
    return found if isinstance(found, Cursor) else None


def merge_field(context: Context, name: str) -> object:
    """Give the field of a name that has blanks or signs in it, such as "First Name"."""
    if name == CURSOR:
        return _absent(context, name)
    if cursor := cursor_of(context):
        if cursor.done:
            return ""
        names = cursor.names
        return names[name] if name in names else _absent(context, name)
    value = filters.from_context(context, name)
    if value is None and name not in context:
        return _absent(context, name)
    return value


def _absent(context: Context, name: str) -> Undefined:
    return cast("Sandbox", context.environment).undefined(hint=name, name=name)


def word_text(
    context: Context,
    value: object,
    *,
    number: str | None = None,
    day: str | None = None,
    format: Sequence[str] = (),
    before: object = "",
    after: object = "",
) -> object:
    r"""Print a value as a MERGEFIELD does: nothing where it is empty, else by its switches, `\#` to `\f`."""
    if value is None or isinstance(value, Undefined):
        return "" if value is None else _touch(value)
    if isinstance(value, Mapping):
        raise TemplateError("a merge field of this name means docgen's own, which is no text", hint="call it otherwise")
    shown = _written(context, value, number, day, format)
    if not hasattr(shown, "__html__"):
        text = str(shown)
        return f"{before}{text}{after}" if text else ""
    return Markup.escape(before) + Markup(shown) + Markup.escape(after)  # noqa: S704 - it is markup already


def field_code(context: Context, value: object) -> object:
    r"""Print a value within the code of one of Word's fields, where it may end no quotation and begin no switch."""
    if value is None or isinstance(value, Undefined):
        return None if value is None else _touch(value)
    shown = str(value) if isinstance(value, Lines) else cast("Sandbox", context.environment).shown(context, value, None)
    if hasattr(shown, "__html__"):
        markup = Markup(shown)  # noqa: S704 - looked at and unescaped
        if _NO_TEXT.search(markup):
            raise TemplateError("only text can stand in the code of a field", hint="put it beside the field")
        shown = markup.unescape()
    return _ESCAPED.sub(r"\\\g<0>", _BLANK.sub(" ", str(shown)))


def _touch(value: Undefined) -> str:
    """Raise for a name that is not there; under `missing: blank` it counts as empty."""
    bool(value)
    return ""


def _written(context: Context, value: object, number: str | None, day: str | None, formats: Sequence[str]) -> object:
    environment = cast("Sandbox", context.environment)
    if number is None and day is None and not formats:
        return environment.shown(context, value, None)
    locale = filters.locale_of(context)
    for picture in (number, day):
        if picture is not None and len(picture) > _LONGEST_PICTURE:
            raise TemplateError("the picture of a field is too long")
    counted = number_of(value, locale)
    text: object = None
    if day is not None and not isinstance(value, int | float | Decimal) and (moment := moment_of(value, locale)):
        text = write_date(moment, day, locale)
        counted = number_of(text, locale)
    elif number is not None and counted is not None:
        text = write_number(counted, number, locale)
    shown = environment.shown(context, value, None) if text is None else text
    if hasattr(shown, "__html__"):
        return shown
    for name in formats:
        shown = apply_format(str(shown), counted, name, locale)
    return shown


def word_filled(_: Context, *values: object) -> bool:
    """Tell whether any of the values prints something: Word leaves out lines of empty fields alone."""
    return any(isinstance(value, Undefined) or (value is not None and str(value) != "") for value in values)


def word_if(context: Context, left: object, operator: str, right: object, pattern: bool = False) -> bool:
    """Compare as an IF field does: `word_if(total, "gt", 100)`; numbers as numbers, days as days, else as text."""
    if operator not in OPERATORS:
        raise TemplateError(f'"{operator}" does not compare', hint=did_you_mean(operator, OPERATORS))
    values = [_plain(value) for value in (left, right)]
    if not (pattern and _has_wildcards(values[1])):
        first, second = _alike(values, filters.locale_of(context))
        if first is not None and second is not None:
            return OPERATORS[operator]((first > second) - (first < second))
    texts = [str(cast("Sandbox", context.environment).shown(context, value, None)) for value in values]
    return compare_texts(texts[0], operator, texts[1], pattern=pattern)


def _alike(values: Sequence[object], locale: Locale) -> list[Any]:
    """Read two values as what one of them is declared to be; undeclared ones as numbers."""
    if any(isinstance(value, bool) for value in values):
        return [_as_bool(value, locale) for value in values]
    if any(isinstance(value, date) for value in values):
        moments = [moment_of(value, locale) for value in values]
        return [moment and moment.isoformat() for moment in moments]
    return [number_of(value, locale) for value in values]


def _has_wildcards(value: object) -> bool:
    return isinstance(value, str) and ("*" in value or "?" in value)


def _plain(value: object) -> object:
    if isinstance(value, Undefined):
        return _touch(value)
    return "" if value is None else value


def _as_bool(value: object, locale: Locale) -> bool | None:
    try:
        return read_boolean(value, str(locale))
    except Misfit:
        return None


# --- formulas -------------------------------------------------------------------------------------


def word_number(context: Context, value: object) -> Decimal:
    """Give a value as the number that a formula computes with; an empty one is 0."""
    value = _plain(value)
    number = number_of(value, filters.locale_of(context))
    if number is None and str(value).strip():
        raise TemplateError(f'"{value}" is not a number')
    return number or Decimal(0)


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if abs(exponent) > 100:
        raise TemplateError("the exponent of a formula is too large")
    return base**exponent


def _average(*values: Decimal) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def _truth(test: Callable[..., bool]) -> Callable[..., Decimal]:
    return lambda *values: Decimal(int(test(*values)))


#: Name -> (function, least and most arguments).
FUNCTIONS: Mapping[str, tuple[Callable[..., Decimal], int, int]] = {
    "SUM": (lambda *values: sum(values, Decimal(0)), 1, 100),
    "PRODUCT": (lambda *values: _product(values), 1, 100),
    "AVERAGE": (_average, 1, 100),
    "MIN": (min, 1, 100),
    "MAX": (max, 1, 100),
    "COUNT": (lambda *values: Decimal(len(values)), 1, 100),
    "ABS": (abs, 1, 1),
    "INT": (lambda value: Decimal(int(value)), 1, 1),
    "SIGN": (lambda value: Decimal((value > 0) - (value < 0)), 1, 1),
    "MOD": (lambda value, by: value % by, 2, 2),
    "ROUND": (lambda value, places: round_half_up(value, int(places)), 2, 2),
    "POWER": (_power, 2, 2),
    "IF": (lambda test, first, second: first if test else second, 3, 3),
    "AND": (_truth(lambda first, second: bool(first and second)), 2, 2),
    "OR": (_truth(lambda first, second: bool(first or second)), 2, 2),
    "NOT": (_truth(lambda value: not value), 1, 1),
    "TRUE": (lambda *_: Decimal(1), 0, 1),
    "FALSE": (lambda *_: Decimal(0), 0, 1),
}


def _product(values: Iterable[Decimal]) -> Decimal:
    result = Decimal(1)
    for value in values:
        result *= value
    return result


def word_formula(context: Context, name: str, *values: object) -> object:
    """Compute a function of Word's formulas, `word_formula("ROUND", total, 1)`; `RESULT` writes a formula's result."""
    numbers = [word_number(context, value) for value in bounded_list(values)]
    if name in OPERATORS and len(numbers) == 2:
        first, second = numbers
        return Decimal(int(OPERATORS[name]((first > second) - (first < second))))
    if name == "RESULT" and len(numbers) == 1:
        return write_result(numbers[0], filters.locale_of(context))
    if name not in FUNCTIONS:
        raise TemplateError(f'"{name}" is no function of formulas', hint=did_you_mean(name, FUNCTIONS))
    function, least, most = FUNCTIONS[name]
    if not least <= len(numbers) <= most:
        raise TemplateError(f"{name} takes {least if least == most else f'{least} to {most}'} values")
    return function(*numbers)


# --- moving through records -----------------------------------------------------------------------


def next_record(context: Context, *, end: bool = False) -> str:
    """Go on to the next record within the document, as NEXT does, or at the text's end back to the first."""
    cursor = cursor_of(context)
    if cursor is not None and end:
        cursor.go_back()
    elif cursor is not None:
        before = cursor.names
        if cursor.advance():
            # Language and currency, which filters look for by themselves, are the record's too.
            for name in before:
                context.parent.pop(name, None)
            context.parent.update({**cursor.names, CURSOR: cursor})
    return ""


def skip_record(context: Context) -> str:
    """Leave the record out, as SKIPIF does; where no record is left, there is none to leave out."""
    cursor = cursor_of(context)
    if cursor is not None and cursor.done:
        return ""
    raise LeftOut("the template leaves this record out (SKIPIF)")


def word_address(context: Context) -> object:
    """Write the record's address, as ADDRESSBLOCK does."""
    cursor = cursor_of(context)
    if cursor is None:
        return filters.address(context)
    # In a record, `company` is the sender.
    own = {name: value for name, value in cursor.names.items() if name != "company"}
    return "" if cursor.done else filters.address(context, own)


WORD_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "merge_field": merge_field,
    "word_filled": word_filled,
    "word_if": word_if,
    "word_number": word_number,
    "word_formula": word_formula,
    "next_record": next_record,
    "skip_record": skip_record,
    "word_address": word_address,
}
