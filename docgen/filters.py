"""Floor 1, rules: what templates may call. Reads the language from the context, decides nothing about layout.

Functions whose name a template cannot have in Python end in an underscore. `docgen.toolbox` hands them to templates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, parse_pattern
from babel.lists import format_list
from jinja2 import Undefined
from jinja2.runtime import Context
from jinja2.utils import missing

from docgen.address import PostalAddress, address_lines, read_address
from docgen.errors import FieldMissing, TemplateError
from docgen.guards import bounded_list
from docgen.limits import current_work
from docgen.money import (
    currency_code,
    format_money,
    format_number,
    format_percent,
    round_half_up,
    to_decimal,
)
from docgen.rich import Lines
from docgen.texts import Texts, babel_locale, choose_form
from docgen.words import amount_in_words, number_in_words

if TYPE_CHECKING:
    from docgen.sandbox import Sandbox

_LONGEST_PATTERN = 100
_MOST_DIGITS = 1000
_STYLES = ("short", "medium", "long", "full")


def locale_of(context: Context, locale: str | None = None) -> Locale:
    """Return the language to write in: the one asked for, else the record's."""
    return babel_locale(locale or str(from_context(context, "locale") or "en"))


def from_context(context: Context, name: str) -> object:
    """Look in the template's context, then in the rendering's: imported macros have a context of their own."""
    value = context.resolve_or_missing(name)
    if value is None or value is missing or isinstance(value, Undefined):
        return current_work().names.get(name)
    return value


def _currency(context: Context, currency: str | None) -> str:
    company = from_context(context, "company")
    default = company.get("currency") if isinstance(company, Mapping) else None
    found = currency or from_context(context, "currency") or default
    if not found:
        raise FieldMissing("no currency is known", field="currency", hint='write money("EUR")')
    return currency_code(str(found))


# --- numbers and dates ----------------------------------------------------------------------------


def money(
    context: Context,
    value: object,
    currency: str | None = None,
    *,
    symbol: bool = True,
    code: bool = False,
    locale: str | None = None,
) -> str:
    """Write an amount, `{{ total | money }}`, with its currency, the record's `currency` or the company's."""
    where, amount = locale_of(context, locale), to_decimal(value, "the amount")
    return format_money(amount, _currency(context, currency), where, symbol=symbol, code=code)


def number(context: Context, value: object, decimals: int | None = None, *, locale: str | None = None) -> str:
    """Write a number; without `decimals`, with those it has."""
    return format_number(to_decimal(value), locale_of(context, locale), decimals)


def percent(
    context: Context, value: object, decimals: int | None = None, *, of: object = 1, locale: str | None = None
) -> str:
    """Write a fraction as a percentage; with `of=100` the value counts hundredths already."""
    whole = to_decimal(of)
    if not whole:
        raise TemplateError("percent(of=0) has no meaning")
    return format_percent(to_decimal(value) / whole, locale_of(context, locale), decimals)


def rounded(value: object, decimals: int = 0) -> Decimal:
    """Round, `{{ price | round(2) }}`: half up, exactly."""
    return round_half_up(to_decimal(value), decimals)


def int_(value: object, default: object = None) -> object:
    """Read a whole number from text, cutting decimals off; without a default, other text is a fault."""
    number = decimal_(value, default)
    if not isinstance(number, Decimal):
        return number
    if number.adjusted() > _MOST_DIGITS:
        raise TemplateError("the number is too large")
    return int(number)


def decimal_(value: object, default: object = None) -> object:
    """Read a number from text with a decimal point, exactly; without a default, other text is a fault."""
    try:
        return to_decimal(Decimal(value.strip()) if isinstance(value, str) else value)
    except (InvalidOperation, TemplateError) as error:
        if default is not None:
            return default
        raise TemplateError(f'"{value}" is not a number') from error


def date_(context: Context, value: object, style: str = "medium", *, locale: str | None = None) -> str:
    """Write a date, `{{ due | date("long") }}`; or a pattern such as "d MMMM yyyy", or a skeleton such as "yMMMM"."""
    if not isinstance(value, date):
        raise TemplateError(
            f'"{value}" is not a date', hint="declare the field's type in template.yaml: date or datetime"
        )
    return _day(date(value.year, value.month, value.day), style, locale_of(context, locale))


@lru_cache(maxsize=4096)
def _day(value: date, style: str, locale: Locale) -> str:
    if style in _STYLES:
        return format_date(value, cast(Any, style), locale=locale)
    return _by_pattern(datetime(value.year, value.month, value.day), style, locale)


def datetime_(context: Context, value: object, style: str = "medium", *, locale: str | None = None) -> str:
    """Write a date with its time, in its own zone; styles and patterns as for `date`."""
    if not isinstance(value, datetime):
        raise TemplateError(f'"{value}" is not a date with a time', hint="declare the field's type: datetime")
    where = locale_of(context, locale)
    if style in _STYLES:
        zoned = style in ("long", "full") and value.tzinfo is None
        return format_datetime(value.replace(tzinfo=None) if zoned else value, cast(Any, style), value.tzinfo, where)
    return _by_pattern(value, style, where)


def _by_pattern(value: datetime, style: str, locale: Locale) -> str:
    if len(style) > _LONGEST_PATTERN:
        raise TemplateError("the date style is too long")
    if style in locale.datetime_skeletons:
        return format_skeleton(style, value, value.tzinfo, locale=locale)
    try:
        return parse_pattern(style).apply(value, locale)
    except (ValueError, KeyError) as error:
        raise TemplateError(
            f'"{style}" is not a date style', hint="use short, medium, long, full or d MMMM yyyy"
        ) from error


def localised(context: Context, value: object) -> str:
    """Write a bare number or date, one printed without a filter, in the record's language."""
    if isinstance(value, datetime):
        return datetime_(context, value)
    return date_(context, value) if isinstance(value, date) else number(context, value)


# --- words ----------------------------------------------------------------------------------------


def t(context: Context, key: str, *, locale: str | None = None, **placeholders: object) -> str:
    """Give a text of the template in the record's language; `n=` decides its plural."""
    texts = from_context(context, "texts")
    if not isinstance(texts, Texts):
        raise TemplateError("this text has no texts by language")
    if locale:
        texts = texts.in_language(locale)
    if not placeholders:
        return texts.say(str(key), {})
    count = placeholders.get("n", placeholders.get("count"))
    environment = cast("Sandbox", context.environment)
    shown = {name: str(environment.shown(context, value, name)) for name, value in placeholders.items()}
    return texts.say(str(key), shown, count)


def plural(
    context: Context, count: object, forms: Mapping[str, str] | None = None, *, locale: str | None = None, **more: str
) -> str:
    """Give the form that a number asks for (one="day", other="days"), without the number."""
    return choose_form(count, {**(forms or {}), **more}, str(locale_of(context, locale)))


def words(
    context: Context,
    value: object,
    currency: str | bool | None = None,
    *,
    minor: str | None = None,
    locale: str | None = None,
) -> str:
    """Write a number in words; with a currency, or with `true` for the record's own, an amount."""
    where, amount = locale_of(context, locale), to_decimal(value, "the amount")
    if currency:
        code = _currency(context, currency if isinstance(currency, str) else None)
        return amount_in_words(amount, code, where, minor)
    if abs(amount) >= 10**15:
        raise TemplateError("the number is too large to write in words")
    if amount != amount.to_integral_value():
        raise TemplateError(f"{amount} is not a whole number", hint='write words("EUR") for an amount')
    return number_in_words(int(amount), where)


def address(
    context: Context, of: object = None, from_country: str | None = None, *, language: str | None = None, **fields: str
) -> Lines:
    """Write a postal address, `of` an object or of the record itself, as lines.

    The sender's country and language decide what counts as abroad and how the country is called. A part that the
    country's addresses need and this one lacks is a fault, unless the job's policy lets missing values be blank.
    """
    company = from_context(context, "company")
    sender = company if isinstance(company, Mapping) else {}
    home = from_country or str(sender.get("country") or "")
    if isinstance(of, PostalAddress):
        found = of
    else:
        # Around the record's own fields, `company` is the sender.
        own = {name: value for name, value in context.get_all().items() if name != "company"}
        found = read_address(of if isinstance(of, Mapping) else fields or own)
    named = language or str(sender.get("language") or from_context(context, "language") or "en")
    complete = cast("Sandbox", context.environment).missing == "error"
    return Lines(address_lines(found, home or found.country, named, complete=complete))


class Listing(list[object]):
    """A list that prints as A, B and C."""

    def __init__(self, elements: Iterable[object], text: str) -> None:
        super().__init__(elements)
        self._text = text

    def __str__(self) -> str:
        return self._text


def list_(context: Context, values: Iterable[object], style: str = "standard", *, locale: str | None = None) -> Listing:
    """Write a list as A, B and C, with `style="or"` as A, B or C. It stays a list for loops and filters."""
    elements = bounded_list(values)
    environment = cast("Sandbox", context.environment)
    texts = [str(environment.shown(context, element, None)) for element in elements if element is not None]
    shown = [text for text in texts if text]
    return Listing(elements, format_list(shown, cast(Any, style), locale_of(context, locale)) if shown else "")


#: What CommonMark may read as a mark, and takes as it stands behind a backslash.
_MARKING = re.compile(r"[!-/:-@\[-`{-~]")
_LETTERS = str.maketrans({
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d",
    "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n",
})  # fmt: skip


def literal(value: object) -> str:
    """Write a text so that `markdown` shows it as it stands, in one line."""
    return _MARKING.sub(r"\\\g<0>", " ".join(str(value).split()))


def slug(value: object, separator: str = "-") -> str:
    """Reduce to lower-case ASCII letters and digits with `separator` between words; letters lose their marks."""
    plain = unicodedata.normalize("NFKD", str(value).translate(_LETTERS))
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return separator.join(re.findall(r"[^\W_]+", kept.lower()))
