"""Floor 1, rules: one raw value read as one declared type.

A raw value is text from a file, or what a typed source gave: int, float, Decimal, bool, date, datetime. Text fields
come out as they went in, letter by letter. This module refuses to know names, nesting and places of fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlsplit
from uuid import UUID

from babel.numbers import list_currencies
from email_validator import EmailNotValidError
from stdnum import iban
from stdnum.exceptions import ValidationError

from docgen.codes import parse_country, parse_language
from docgen.mailboxes import check_address
from docgen.numerals import NotWritten, parse_date, parse_datetime, parse_number, writing


class Misfit(ValueError):
    """A value that is not what its type asks for.

    Attributes:
        expected: completes the sentence `"x" is not ...`.
        hint: what to do about it, or "".
    """

    def __init__(self, expected: str, hint: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.hint = hint


#: What people write for yes and no, in the languages docgen speaks, and in spreadsheets.
_YES = frozenset(
    {"true", "yes", "y", "1", "on", "x", "✓", "ja", "j", "wahr", "taip", "t", "tiesa", "jā", "patiess"}
    | {"oo", "opo", "totoo", "vrai", "oui", "si", "sí", "sì", "tak", "prawda"}
)
_NO = frozenset(
    {"false", "no", "n", "0", "off", "f", "nein", "falsch", "ne", "netiesa", "nē", "aplams"}
    | {"hindi", "mali", "faux", "non", "nie", "fałsz", "nej"}
)

#: Currency signs that are letters.
_LETTER_SIGNS = frozenset(
    {"kr", "kr.", "Kč", "zł", "Ft", "lei", "лв.", "Fr.", "Fr", "Lt", "Ls", "RM", "Rp", "US$", "R$"}
)
_CURRENCY = re.compile(
    r"(?P<sign>[-\u2212+]?)\s*(?P<before>[^\d\s+\-\u2212.,'’]*\.?)\s*"
    r"(?P<number>.*?)\s*(?P<after>[^\d\s+\-\u2212,'’]*)"
)


def read_text(value: object, locale: str) -> str:
    """Return text; a text is never altered, and a typed value is written plainly: 123.0 as 123, a date in ISO form."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        value = read_decimal(value, locale)
        value = value.to_integral_value() if value == value.to_integral_value() else value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, int | date | time | timedelta | UUID):
        return str(value)
    raise Misfit("text")


def read_integer(value: object, locale: str) -> int:
    """Return a whole number; 5.0 and, in German data, `5,00` are whole."""
    try:
        number = read_decimal(value, locale)
    except Misfit as error:
        raise Misfit("a whole number", error.hint) from error
    if number != number.to_integral_value():
        raise Misfit("a whole number")
    return int(number)


def read_decimal(value: object, locale: str) -> Decimal:
    """Return an exact number; a float of a spreadsheet is the shortest decimal that names it."""
    if isinstance(value, str):
        try:
            return parse_number(value, locale)
        except NotWritten as error:
            raise Misfit("a number", str(error)) from error
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
    elif isinstance(value, float):
        number = Decimal(repr(value))
    else:
        raise Misfit("a number")
    if not number.is_finite():
        raise Misfit("a number")
    return number


def read_money(value: object, locale: str) -> Decimal:
    """Return an exact amount; a currency sign or code beside it is allowed and left off."""
    if not isinstance(value, str):
        return _as_amount(value, locale)
    match = _CURRENCY.fullmatch(value.strip())
    if not match or (match["before"] and match["after"]):
        raise Misfit("an amount of money")
    for sign in (match["before"], match["after"]):
        if sign and not _is_currency(sign, locale):
            raise Misfit("an amount of money", f'"{sign}" is not a currency')
    return _as_amount(match["sign"] + match["number"], locale)


def _as_amount(value: object, locale: str) -> Decimal:
    try:
        return read_decimal(value, locale)
    except Misfit as error:
        raise Misfit("an amount of money", error.hint) from error


def _is_currency(sign: str, locale: str) -> bool:
    return sign in _LETTER_SIGNS or sign in _currency_signs(locale)


@lru_cache(maxsize=32)
def _currency_signs(locale: str) -> frozenset[str]:
    symbols = writing(locale).locale.currency_symbols.values()
    return frozenset(list_currencies()) | frozenset(symbols) | frozenset("€$£¥₱₽₴₺₹₩₪¢₫฿")


def read_date(value: object, locale: str) -> date:
    """Return a day; of a moment, the day it falls on where it was written."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise Misfit("a date")
    try:
        return parse_date(value, locale)
    except NotWritten as error:
        return _day_of_moment(value, locale, error)


def _day_of_moment(text: str, locale: str, first: NotWritten) -> date:
    try:
        return parse_datetime(text, locale).date()
    except NotWritten as error:
        raise Misfit("a date", str(first)) from error


def read_datetime(value: object, locale: str) -> datetime:
    """Return a moment; a day alone is its midnight."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if not isinstance(value, str):
        raise Misfit("a date and time")
    try:
        return parse_datetime(value, locale)
    except NotWritten as error:
        raise Misfit("a date and time", str(error)) from error


def read_boolean(value: object, locale: str) -> bool:
    """Return yes or no, as several languages and spreadsheets write it."""
    if isinstance(value, bool):
        return value
    word = str(int(value)) if isinstance(value, int | float | Decimal) and value in (0, 1) else value
    folded = word.strip().casefold() if isinstance(word, str) else ""
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise Misfit("yes or no", "write yes or no, true or false, 1 or 0")


def read_email(value: object, locale: str) -> str:
    """Return one e-mail address that is well formed; whether it exists is not asked."""
    text = _stripped(value, "an e-mail address")
    try:
        return check_address(text).normalized
    except EmailNotValidError as error:
        raise Misfit("an e-mail address", str(error).rstrip(".")) from error


def read_url(value: object, locale: str) -> str:
    """Return a web or mail link."""
    text = _stripped(value, "a web address")
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError as error:
        raise Misfit("a web address") from error
    if parts.scheme.lower() not in {"http", "https", "mailto"}:
        raise Misfit("a web address", "it has to begin with https://, http:// or mailto:")
    target = parts.path if parts.scheme.lower() == "mailto" else parts.hostname
    if not target or re.search(r"[\s\x00-\x1f\x7f<>\"]", text):
        raise Misfit("a web address")
    return text


def read_country(value: object, locale: str) -> str:
    """Return a country's ISO 3166 code of two letters."""
    text = _stripped(value, "a country")
    try:
        return parse_country(text, locale)
    except KeyError as error:
        raise Misfit("a country", "write its code, such as DE or LT, or its name") from error


def read_language(value: object, locale: str) -> str:
    """Return a language's identifier, `de` or `pt_BR`."""
    text = _stripped(value, "a language")
    try:
        return parse_language(text)
    except KeyError as error:
        raise Misfit("a language", "write its code, such as de or en, or its name") from error


def read_iban(value: object, locale: str) -> str:
    """Return an IBAN without spaces, its check digits and length proven."""
    text = _stripped(value, "an IBAN")
    try:
        return str(iban.validate(text))
    except ValidationError as error:
        raise Misfit("an IBAN", str(error).rstrip(".").lower()) from error


def _stripped(value: object, expected: str) -> str:
    if not isinstance(value, str):
        raise Misfit(expected)
    return value.strip()


Reader = Callable[[object, str], object]
"""Takes a value that is not missing and the locale of the source."""

#: By the name of the field type.
READERS: Mapping[str, Reader] = {
    "text": read_text,
    "integer": read_integer,
    "decimal": read_decimal,
    "money": read_money,
    "date": read_date,
    "datetime": read_datetime,
    "boolean": read_boolean,
    "email": read_email,
    "url": read_url,
    "country": read_country,
    "language": read_language,
    "iban": read_iban,
}
