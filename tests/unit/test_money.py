from __future__ import annotations

import re
from decimal import Decimal

import pytest
from babel import Locale
from babel.numbers import format_currency, parse_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import TemplateError
from docgen.money import (
    currency_code,
    currency_places,
    format_money,
    format_number,
    format_percent,
    round_half_up,
    round_money,
    to_decimal,
)

LANGUAGES = ("en", "de", "lt", "lv", "fil")
AMOUNTS = st.decimals(min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=2, allow_nan=False)


def money(amount: str, currency: str, locale: str, **how: bool) -> str:
    return format_money(Decimal(amount), currency, Locale.parse(locale), **how)


@pytest.mark.parametrize(
    ("locale", "currency", "text"),
    [
        ("en_US", "USD", "$1,234.50"),
        ("en_GB", "GBP", "£1,234.50"),
        ("de", "EUR", "1.234,50\u00a0€"),
        ("de_AT", "EUR", "€\u00a01.234,50"),
        ("de_CH", "CHF", "CHF\u00a01’234.50"),
        ("lt", "EUR", "1\u00a0234,50\u00a0€"),
        ("lv", "EUR", "1\u00a0234,50\u00a0€"),
        ("fil", "PHP", "₱1,234.50"),
        ("fr", "EUR", "1\u202f234,50\u00a0€"),
        ("pt_BR", "BRL", "R$\u00a01.234,50"),
        ("ja", "JPY", "¥1,235"),
        ("en", "KWD", "KWD\u00a01,234.500"),
    ],
)
def test_amounts_are_written_as_the_language_does(locale: str, currency: str, text: str) -> None:
    amount = "1234.500" if currency != "JPY" else "1234.5"
    assert money(amount, currency, locale).replace("￥", "¥") == text


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("de", "1.234,50\u00a0EUR"),
        ("en", "EUR\u00a01,234.50"),
        ("fil", "EUR\u00a01,234.50"),
        ("lv", "1\u00a0234,50\u00a0EUR"),
    ],
)
def test_the_code_can_stand_for_the_sign(locale: str, text: str) -> None:
    assert money("1234.5", "EUR", locale, code=True) == text


def test_the_currency_can_be_left_to_the_heading_of_a_table() -> None:
    assert money("1234.5", "EUR", "de", symbol=False) == "1.234,50"
    assert money("1234.5", "JPY", "en", symbol=False) == "1,235"


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [("0.125", 2, "0.13"), ("-0.125", 2, "-0.13"), ("2.5", 0, "3"), ("0.135", 2, "0.14"), ("-0.001", 2, "0.00")],
)
def test_halves_are_rounded_up_and_nought_has_no_sign(value: str, places: int, rounded: str) -> None:
    result = round_half_up(Decimal(value), places)
    assert str(result) == rounded


def test_currencies_know_their_decimals() -> None:
    assert [currency_places(code) for code in ("EUR", "JPY", "KWD")] == [2, 0, 3]
    assert round_money(Decimal("1234.5678"), "KWD") == Decimal("1234.568")


@pytest.mark.parametrize("text", ["EURO", "XX", "", "12", "€"])
def test_what_is_no_currency_is_refused(text: str) -> None:
    with pytest.raises(TemplateError, match="is not a currency"):
        currency_code(text)


def test_a_currency_may_be_written_small() -> None:
    assert currency_code(" eur ") == "EUR"


@pytest.mark.parametrize("value", ["12", None, True, [1], float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_not_a_number_is_refused(value: object) -> None:
    with pytest.raises(TemplateError, match="is not a number"):
        to_decimal(value)


def test_a_float_counts_as_it_is_written() -> None:
    assert to_decimal(0.1) == Decimal("0.1")


def test_an_amount_beyond_exact_arithmetic_is_refused() -> None:
    with pytest.raises(TemplateError, match="too large"):
        money("1e18", "EUR", "de")


@pytest.mark.parametrize(
    ("value", "decimals", "locale", "text"),
    [("1234.50", None, "de", "1.234,5"), ("1234.5", 2, "de", "1.234,50"), ("1234567", None, "en", "1,234,567"),
     ("0.1234567890123", None, "en", "0.1234567890123"), ("2.345", 2, "lt", "2,35"), ("1E+5", None, "en", "100,000"),
     ("1234567", None, "en_IN", "12,34,567"), ("2.5", 0, "en", "3"), ("12345678901234567890.5", None, "en",
     "12,345,678,901,234,567,890.5")],
)  # fmt: skip
def test_numbers_keep_their_decimals_or_get_those_asked_for(
    value: str, decimals: int | None, locale: str, text: str
) -> None:
    assert format_number(Decimal(value), Locale.parse(locale), decimals) == text


@pytest.mark.parametrize(
    ("fraction", "decimals", "locale", "text"),
    [("0.19", None, "de", "19\u00a0%"), ("0.075", None, "en", "7.5%"), ("0.21", 1, "lt", "21,0\u00a0%"),
     ("0.055", 0, "en", "6%"), ("-0.1", None, "en", "-10%"), ("12.5", None, "en", "1,250%")],
)  # fmt: skip
def test_percentages(fraction: str, decimals: int | None, locale: str, text: str) -> None:
    assert format_percent(Decimal(fraction), Locale.parse(locale), decimals) == text


@settings(deadline=None, max_examples=200)
@given(AMOUNTS, st.sampled_from(LANGUAGES))
def test_a_written_amount_reads_back_as_the_same_amount(amount: Decimal, locale: str) -> None:
    text = format_money(amount, "EUR", Locale.parse(locale), symbol=False)
    assert parse_decimal(text.replace("\u2212", "-"), locale=locale) == amount


@settings(deadline=None, max_examples=300)
@given(
    AMOUNTS,
    st.sampled_from((*LANGUAGES, "en_IN", "hi", "fr", "de_CH", "ar", "pt_BR", "sv", "nb", "ja", "es")),
    st.sampled_from(("EUR", "USD", "PHP", "JPY")),
)
def test_the_quick_way_writes_what_babel_writes(amount: Decimal, locale: str, currency: str) -> None:
    rounded = round_money(amount, currency)
    spaced = re.sub(r"(?<=[A-Z])(?=\d)", "\u00a0", format_currency(rounded, currency, locale=locale))
    assert format_money(amount, currency, Locale.parse(locale)) == spaced


@settings(deadline=None, max_examples=200)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_a_written_number_loses_nothing(number: Decimal) -> None:
    for locale in LANGUAGES:
        text = format_number(number, Locale.parse(locale)).replace("\u2212", "-")
        assert parse_decimal(text, locale=locale) == number
