"""Floor 1, rules: values as Word's fields read, change and compare them. Pure; knows no template.

Rules: ECMA-376 part 1, 17.16.4.3 (general formats) and 17.16.5.26 (comparisons). Words for numbers are in the record's
language, as Word's are in the language of the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from babel import Locale

from docgen.errors import TemplateError, UnsupportedFeature, did_you_mean
from docgen.money import round_half_up
from docgen.scalars import Misfit, read_date, read_datetime, read_money
from docgen.wordpictures import LARGEST
from docgen.words import LANGUAGES, number_in_words

_PLAIN = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?")
#: What num2words counts to.
_LARGEST_IN_WORDS = 10**15


def number_of(value: object, locale: Locale) -> Decimal | None:
    """Return a value as a number, None where it is none: text as the locale writes numbers and amounts, or plainly."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return number if number.is_finite() else None
    if not isinstance(value, str) or not any(letter.isdigit() for letter in value):
        return None
    text = value.strip()
    try:
        return read_money(text, str(locale))
    except Misfit:
        return Decimal(text) if _PLAIN.fullmatch(text) else None


def moment_of(value: object, locale: Locale) -> date | None:
    """Return a value as a day or a moment, None where it is neither."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not any(letter.isdigit() for letter in value):
        return None
    for read in (read_datetime, read_date):
        try:
            return read(value.strip(), str(locale))
        except Misfit:
            continue
    return None


# --- general formats ------------------------------------------------------------------------------


def _letters(text: str, change: Callable[[str], str]) -> str:
    """Change each letter by itself: as in Word, ß has no capital."""
    return "".join(change(letter) if len(change(letter)) == 1 else letter for letter in text)


_OF_TEXT: Mapping[str, Callable[[str], str]] = {
    "upper": lambda text: _letters(text, str.upper),
    "lower": str.lower,
    "firstcap": lambda text: re.sub(r"[^\W\d_]", lambda first: _letters(first[0], str.upper), text, count=1),
    "caps": lambda text: re.sub(r"(?<![^\s(\"'“„-])[^\W\d_]", lambda first: _letters(first[0], str.upper), text),
}

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_AND = {"de": "und", "fr": "et", "es": "con", "it": "e", "nl": "en", "pl": "i", "lt": "ir", "lv": "un"}


def _roman(number: int) -> str:
    if not 0 < number < 32768:
        return str(number)
    text = ""
    for value, sign in _ROMAN:
        many, number = divmod(number, value)
        text += sign * many
    return text


def _alphabetic(number: int) -> str:
    if not 0 < number <= 780:
        return str(number)
    many, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * (many + 1)


def _in_words(number: int, locale: Locale, to: str = "cardinal") -> str:
    if abs(number) >= _LARGEST_IN_WORDS:
        raise TemplateError("the number is too large to write in words")
    if to != "cardinal" and number < 0:
        return str(number)
    if to == "cardinal" and locale.language in LANGUAGES and locale.language != "en":
        return number_in_words(number, locale)
    from num2words import CONVERTER_CLASSES, num2words  # loaded late: few templates write numbers in words

    try:
        if locale.language not in CONVERTER_CLASSES:  # num2words would take another language for it
            raise NotImplementedError
        text = str(num2words(number, lang=locale.language, to=to))
    except (NotImplementedError, OverflowError, TypeError, ValueError) as error:
        name, what = locale.get_language_name("en"), "ordinal numbers" if to == "ordinal" else "numbers"
        raise UnsupportedFeature(f"{what} cannot be written in words in {name}") from error
    text = text.replace(",", "")
    return text.replace(" and ", " ") if locale.language == "en" else text


def _dollars(value: Decimal, locale: Locale) -> str:
    whole, hundredths = divmod(int(round_half_up(abs(value), 2) * 100), 100)
    words = _in_words(whole, locale)
    return f"{'-' if value < 0 else ''}{words} {_AND.get(locale.language, 'and')} {hundredths:02}/100"


def _ordinal(value: Decimal, locale: Locale) -> str:
    number = int(round_half_up(value, 0))
    if locale.language == "en":
        return _in_words(number, locale, "ordinal_num")
    return f"{number}."


def _whole(write: Callable[[int], str]) -> Callable[[Decimal, Locale], str]:
    return lambda value, _: write(int(round_half_up(value, 0)))


_OF_NUMBERS: Mapping[str, Callable[[Decimal, Locale], str]] = {
    "arabic": _whole(str),
    "arabicdash": _whole(lambda number: f"- {number} -"),
    "ordinal": _ordinal,
    "cardtext": lambda value, locale: _in_words(int(round_half_up(value, 0)), locale),
    "ordtext": lambda value, locale: _in_words(int(round_half_up(value, 0)), locale, "ordinal"),
    "dollartext": _dollars,
    "roman": _whole(_roman),
    "alphabetic": _whole(_alphabetic),
    "hex": _whole(lambda number: f"{number:X}"),
}
#: Their own writing says whether the result is in capitals: `\\* ROMAN`.
_CASED = ("roman", "alphabetic")
FORMATS = frozenset({*_OF_TEXT, *_OF_NUMBERS})


def check_format(name: str) -> None:
    r"""Raise TemplateError where `\* name` is not a format that docgen knows."""
    if name.lower() not in FORMATS:
        raise TemplateError(rf'"\* {name}" is not a format', hint=did_you_mean(name.lower(), FORMATS))


def apply_format(text: str, number: Decimal | None, name: str, locale: Locale) -> str:
    r"""Return a text as `\* name` asks for.

    Args:
        text: as it is without the switch.
        number: what the text says where it is a number; formats of numbers leave other text alone.
        name: such as `Upper` or `CardText`, in any case; `ROMAN` and `ALPHABETIC` write capitals.
        locale: its words are written.

    Source: ECMA-376 part 1, 17.16.4.3.
    """
    check_format(name)
    key = name.lower()
    if key in _OF_TEXT:
        return _OF_TEXT[key](text)
    if number is None or abs(number) >= LARGEST:
        return text
    written = _OF_NUMBERS[key](number, locale)
    return written.upper() if key in _CASED and name[0].isupper() else written


# --- comparing ------------------------------------------------------------------------------------

OPERATORS: Mapping[str, Callable[[int], bool]] = {
    "eq": lambda order: order == 0,
    "ne": lambda order: order != 0,
    "lt": lambda order: order < 0,
    "le": lambda order: order <= 0,
    "gt": lambda order: order > 0,
    "ge": lambda order: order >= 0,
}


def compare_texts(left: str, operator: str, right: str, *, pattern: bool = False) -> bool:
    """Compare as an IF field does: `=` and `<>` see capitals; the order is that of the alphabet.

    Args:
        left: the value.
        operator: a key of `OPERATORS`.
        right: what it is compared with.
        pattern: for `eq` and `ne`, `?` in `right` stands for any letter and `*` for any letters.

    Source: ECMA-376 part 1, 17.16.5.26; that only the right side has wildcards: [MS-OI29500] 2.1.478.
    """
    if operator in ("eq", "ne"):
        wild = pattern and ("*" in right or "?" in right)
        same = _matches(left, right) if wild else left == right
        return same == (operator == "eq")
    first, second = (left.casefold(), left), (right.casefold(), right)
    return OPERATORS[operator]((first > second) - (first < second))


def _matches(text: str, pattern: str) -> bool:
    """Match with wildcards, in time that grows with the product of the lengths at most."""
    at = start = 0
    star, resumed = -1, 0
    while start < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resumed = at, start
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[start]):
            at += 1
            start += 1
        elif star >= 0:
            resumed += 1
            at, start = star + 1, resumed
        else:
            return False
    return not pattern[at:].strip("*")
