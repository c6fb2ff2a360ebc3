"""Floor 1, rules: amounts as Decimal with a currency code, rounded as invoices are and written as a language does."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.numbers import (
    NumberPattern,
    format_currency,
    format_decimal,
    get_currency_precision,
    is_currency,
    parse_pattern,
)

from docgen.errors import TemplateError, did_you_mean

#: The widest amount that is an amount: beyond it Decimal's 28 digits would round.
_LARGEST = Decimal(10) ** 18
#: Digits before and after the point together; Python's 28 are too few for a large number with many places.
_DIGITS = Context(prec=60)
_MOST_DECIMALS = 20
_UNITS = tuple(Decimal(1).scaleb(-places) for places in range(7))


@lru_cache(maxsize=512)
def currency_code(text: str) -> str:
    """Return an ISO 4217 code in upper case.

    Raises:
        TemplateError: there is no such currency.
    """
    code = text.strip().upper()
    if not (re.fullmatch("[A-Z]{3}", code) and is_currency(code)):
        hint = did_you_mean(code, ("EUR", "USD", "GBP", "CHF", "PHP", "PLN", "SEK", "NOK", "DKK", "CZK"))
        raise TemplateError(f'"{text}" is not a currency', hint=hint)
    return code


@lru_cache(maxsize=512)
def currency_places(code: str) -> int:
    """Return how many decimals a currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(code)


def to_decimal(value: object, name: str = "the value") -> Decimal:
    """Return a number exactly; a float by its shortest text.

    Raises:
        TemplateError: it is not a finite number, or text: a field that holds an amount is declared so.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        shown = f'"{value}"' if isinstance(value, str) else f"a {type(value).__name__}"
        hint = "declare the field's type in template.yaml: money, decimal or integer" if isinstance(value, str) else ""
        raise TemplateError(f"{name} is not a number: {shown}", hint=hint)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise TemplateError(f"{name} is not a number: {number}")
    return number


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Round as taught at school: 0.125 -> 0.13, -0.125 -> -0.13. Never gives a negative zero."""
    try:
        unit = _UNITS[places] if 0 <= places < len(_UNITS) else Decimal(1).scaleb(-places)
        rounded = value.quantize(unit, ROUND_HALF_UP, _DIGITS)
    except InvalidOperation as error:
        raise TemplateError(f"{value} is too large a number") from error
    return rounded if rounded else abs(rounded)


def round_money(value: Decimal, currency: str) -> Decimal:
    """Round to the decimals of the currency."""
    if abs(value) >= _LARGEST:
        raise TemplateError(f"{value} is too large an amount")
    return round_half_up(value, currency_places(currency))


def format_money(value: Decimal, currency: str, locale: Locale, *, symbol: bool = True, code: bool = False) -> str:
    """Write an amount: `1.234,50 €`, `$1,234.50`, with the spaces that the language does not break.

    Args:
        value: any number of decimals; rounded half up to those of the currency.
        currency: ISO 4217 code.
        locale: the language.
        symbol: False writes the number alone, for tables that name the currency once.
        code: the code rather than the sign: `1.234,50 EUR`.
    """
    amount = round_money(value, currency)
    return _amount_writer(locale, currency, symbol, code)(amount)


@lru_cache(maxsize=1024)
def _amount_writer(locale: Locale, currency: str, symbol: bool, code: bool) -> Callable[[Decimal], str]:
    places = currency_places(currency)
    if not symbol:
        return _number_writer(locale, places)
    pattern = _code_pattern(locale) if code else None

    def write(amount: Decimal) -> str:
        # CLDR wants a space between letters and digits, and Babel leaves it out: "KWD 1.000".
        return re.sub(r"(?<=[^\W\d_])(?=\d)", "\u00a0", format_currency(amount, currency, pattern, locale))

    return _quick(write, locale, places)


def _code_pattern(locale: Locale) -> NumberPattern:
    """Return the language's pattern with the code in place of the sign, a space between it and the digits."""
    text = locale.currency_formats["standard"].pattern.replace("¤", "¤¤")
    text = re.sub("¤¤(?=[#0])", "¤¤\u00a0", text)
    return parse_pattern(re.sub("(?<=[#0])¤¤", "\u00a0¤¤", text))


def format_number(value: Decimal, locale: Locale, decimals: int | None = None) -> str:
    """Write a number: `1.234,5`.

    Args:
        value: the number.
        locale: the language.
        decimals: how many; None writes those that the number has, without trailing zeros.
    """
    if decimals is None:
        decimals = max(0, -int(value.normalize().as_tuple().exponent))
    if not 0 <= decimals <= _MOST_DECIMALS:
        raise TemplateError(f"{decimals} decimals cannot be written", hint=f"0 to {_MOST_DECIMALS}")
    rounded = round_half_up(value, decimals)
    return _number_writer(locale, decimals)(rounded)


@lru_cache(maxsize=1024)
def _number_writer(locale: Locale, decimals: int) -> Callable[[Decimal], str]:
    pattern = re.sub(r"\.[0#]+", "", locale.decimal_formats[None].pattern)
    shape = re.sub(r"0(?!.*0)", f"0.{'0' * decimals}", pattern) if decimals else pattern
    return _quick(lambda number: format_decimal(number, format=shape, locale=locale), locale, decimals)


_PROBES = tuple(
    map(Decimal, ("0", "1", "-1", "12", "999", "1234", "-12345", "123456", "1234567890", "-98765432109876"))
)


def _quick(slow: Callable[[Decimal], str], locale: Locale, decimals: int) -> Callable[[Decimal], str]:
    """Return a function that writes like `slow` and takes a tenth of its time, or `slow` itself.

    Babel reads the pattern anew for each number. What stands around the digits is asked of it once for either sign,
    and the result is trusted only where it agrees with Babel on numbers of every size: Indian grouping does not.
    """
    probes = [round_half_up(probe + probe / 7, decimals) for probe in _PROBES]
    symbols = locale.number_symbols.get("latn", {})
    digits = f"{1:.{decimals}f}".replace(".", symbols.get("decimal", "."))
    before, _, after = slow(Decimal(1)).partition(digits)
    minus_before, _, minus_after = slow(Decimal(-1)).partition(digits)
    signs = str.maketrans({",": symbols.get("group", ","), ".": symbols.get("decimal", ".")})
    shape = f",.{decimals}f"

    def quick(number: Decimal) -> str:
        text = format(abs(number), shape).translate(signs)
        return f"{minus_before}{text}{minus_after}" if number < 0 else f"{before}{text}{after}"

    return quick if all(quick(probe) == slow(probe) for probe in probes) else slow


def format_percent(fraction: Decimal, locale: Locale, decimals: int | None = None) -> str:
    """Write a fraction as a percentage: 0.19 -> `19 %`. `decimals` as in `format_number`."""
    before, after = _around_percent(locale)
    # The pattern's sign and spaces, with our digits: Babel would round to whole percents.
    return f"{before}{format_number(fraction * 100, locale, decimals)}{after}"


@lru_cache(maxsize=1024)
def _around_percent(locale: Locale) -> tuple[str, str]:
    """Return what stands before and after the digits of a percentage."""
    sign = locale.number_symbols.get("latn", {}).get("percentSign", "%")
    before, after = re.split(r"[#0,.]+", locale.percent_formats[None].pattern, maxsplit=1)
    return before.replace("%", sign), after.replace("%", sign)
