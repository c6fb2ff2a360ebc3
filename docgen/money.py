"""Floor 1, rules: amounts as Decimal with a currency code, rounded as invoices are and written as a language does."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
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
        rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
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
    if not symbol:
        return format_number(amount, locale, currency_places(currency))
    pattern = _code_pattern(str(locale)) if code else None
    return format_currency(amount, currency, format=pattern, locale=locale, currency_digits=True)


@lru_cache(maxsize=256)
def _code_pattern(locale: str) -> NumberPattern:
    """Return the language's pattern with the code in place of the sign, a space between it and the digits."""
    text = Locale.parse(locale).currency_formats["standard"].pattern
    text = text.replace("¤", "¤¤")
    text = re.sub("¤¤(?=[#0])", "¤¤\u00a0", text)
    return parse_pattern(re.sub("(?<=[#0])¤¤", "\u00a0¤¤", text))


def format_number(value: Decimal, locale: Locale, decimals: int | None = None) -> str:
    """Write a number: `1.234,5`.

    Args:
        value: the number.
        locale: the language.
        decimals: how many; None writes those that the number has, without trailing zeros.
    """
    number = value if decimals is None else round_half_up(value, decimals)
    fraction = "0" * (decimals if decimals is not None else 0) or "###############"
    pattern = re.sub(r"\.[0#]+", "", locale.decimal_formats[None].pattern)
    shape = pattern if decimals == 0 else re.sub(r"0(?!.*0)", f"0.{fraction}", pattern)
    return format_decimal(number, format=shape, locale=locale, decimal_quantization=decimals is not None)


def format_percent(fraction: Decimal, locale: Locale, decimals: int | None = None) -> str:
    """Write a fraction as a percentage: 0.19 -> `19 %`. `decimals` as in `format_number`."""
    pattern = locale.percent_formats[None].pattern
    digits = format_number(fraction * 100, locale, decimals)
    # The pattern's sign and spaces, with our digits: Babel would round to whole percents.
    before, after = re.split(r"[#0,.]+", pattern, maxsplit=1)
    sign = locale.number_symbols.get("latn", {}).get("percentSign", "%")
    return f"{before}{digits}{after}".replace("%", sign)
