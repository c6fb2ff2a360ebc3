from __future__ import annotations

from decimal import Decimal

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import TemplateError, UnsupportedFeature
from docgen.words import LANGUAGES, amount_in_words, number_in_words


def words(number: int, locale: str) -> str:
    return number_in_words(number, Locale.parse(locale))


def amount(value: str, currency: str, locale: str, minor: str | None = None) -> str:
    return amount_in_words(Decimal(value), currency, Locale.parse(locale), minor)


@pytest.mark.parametrize(
    ("locale", "number", "text"),
    [
        ("en", 0, "zero"),
        ("en", 123, "one hundred and twenty-three"),
        ("en", 1234567, "one million two hundred and thirty-four thousand five hundred and sixty-seven"),
        ("en_US", 1234, "one thousand two hundred thirty-four"),
        ("de", 1, "eins"),
        ("de", 21, "einundzwanzig"),
        ("de", 1001, "eintausendeins"),
        ("de", 2_000_000, "zwei Millionen"),
        ("lt", 0, "nulis"),
        ("lt", 111, "vienas šimtas vienuolika"),
        ("lt", 1_002, "vienas tūkstantis du"),
        ("lt", 21_000, "dvidešimt vienas tūkstantis"),
        ("lt", 3_010_000, "trys milijonai dešimt tūkstančių"),
        ("lv", 101, "simts viens"),
        ("lv", 111, "simts vienpadsmit"),
        ("lv", 2_345, "divi tūkstoši trīs simti četrdesmit pieci"),
        ("fil", 0, "sero"),
        ("fil", 11, "labing-isa"),
        ("fil", 14, "labing-apat"),
        ("fil", 17, "labimpito"),
        ("fil", 20, "dalawampu"),
        ("fil", 35, "tatlumpu't lima"),
        ("fil", 100, "isang daan"),
        ("fil", 400, "apat na raan"),
        ("fil", 600, "anim na raan"),
        ("fil", 1235, "isang libo dalawang daan tatlumpu't lima"),
        ("fil", 4000, "apat na libo"),
        ("fil", 10_000, "sampung libo"),
        ("fil", 14_000, "labing-apat na libo"),
        ("fil", 100_000, "isang daang libo"),
        ("fil", 250_000, "dalawang daan limampung libo"),
        ("fil", 3_000_001, "tatlong milyon isa"),
        ("tl", 5, "lima"),
        ("en", -5, "minus five"),
        ("lv", -5, "mīnus pieci"),
    ],
)
def test_numbers_in_words(locale: str, number: int, text: str) -> None:
    assert words(number, locale) == text


@pytest.mark.parametrize(
    ("locale", "currency", "value", "text"),
    [
        ("en", "EUR", "1", "one euro"),
        ("en", "EUR", "123.45", "one hundred and twenty-three euros and forty-five cents"),
        ("en", "GBP", "2.01", "two pounds sterling and one penny"),
        ("en", "EUR", "0.45", "zero euros and forty-five cents"),
        ("en_US", "USD", "101.01", "one hundred one US dollars and one cent"),
        ("de", "EUR", "1", "ein Euro"),
        ("de", "EUR", "101", "einhundertein Euro"),
        ("de", "EUR", "1001.01", "eintausendein Euro und ein Cent"),
        ("de", "EUR", "1000000", "eine Million Euro"),
        ("de", "SEK", "1", "eine schwedische Krone"),
        ("de", "CHF", "21.50", "einundzwanzig Schweizer Franken und fünfzig Rappen"),
        ("lt", "EUR", "1", "vienas euras 00 ct"),
        ("lt", "EUR", "11", "vienuolika eurų 00 ct"),
        ("lt", "EUR", "123.45", "vienas šimtas dvidešimt trys eurai 45 ct"),
        ("lt", "EUR", "1010.05", "vienas tūkstantis dešimt eurų 05 ct"),
        ("lt", "EUR", "121", "vienas šimtas dvidešimt vienas euras 00 ct"),
        ("lt", "SEK", "2", "dvi Švedijos kronos 00 erių"),
        ("lt", "SEK", "21.01", "dvidešimt viena Švedijos krona 01 erė"),
        ("lv", "EUR", "1", "viens eiro un 00 centu"),
        ("lv", "EUR", "123.45", "simts divdesmit trīs eiro un 45 centi"),
        ("lv", "EUR", "0.21", "nulle eiro un 21 cents"),
        ("lv", "GBP", "2.02", "divas sterliņu mārciņas un 02 pensi"),
        ("lv", "GBP", "21", "divdesmit viena sterliņu mārciņa un 00 pensu"),
        ("fil", "PHP", "1235.50", "isang libo dalawang daan tatlumpu't limang piso at limampung sentimo"),
        ("fil", "PHP", "1", "isang piso"),
        ("fil", "PHP", "4.09", "apat na piso at siyam na sentimo"),
        ("fil", "PHP", "100", "isang daang piso"),
        ("fil", "PHP", "3000000", "tatlong milyong piso"),
        ("fil", "PHP", "0.05", "serong piso at limang sentimo"),
        ("en", "JPY", "1234", "one thousand two hundred and thirty-four JPY"),
        ("en", "KWD", "5.5", "five KWD 500/1000"),
        ("de", "EUR", "-2.5", "minus zwei Euro und fünfzig Cent"),
    ],
)
def test_amounts_in_words(locale: str, currency: str, value: str, text: str) -> None:
    assert amount(value, currency, locale) == text


@pytest.mark.parametrize(
    ("locale", "minor", "text"),
    [
        ("lt", "words", "du eurai keturiasdešimt penki centai"),
        ("lv", "words", "divi eiro un četrdesmit pieci centi"),
        ("de", "figures", "zwei Euro und 45 Cent"),
        ("en", "figures", "two euros and 45 cents"),
        ("fil", "figures", "dalawang euro at 45 sentimo"),
    ],
)
def test_hundredths_in_words_or_in_figures(locale: str, minor: str, text: str) -> None:
    assert amount("2.45", "EUR", locale, minor) == text


def test_an_amount_is_rounded_half_up_before_it_is_written() -> None:
    assert amount("0.995", "EUR", "en") == "one euro"


def test_other_languages_and_other_ways_are_refused_with_what_there_is() -> None:
    with pytest.raises(UnsupportedFeature, match=r"not available in French; they are in en, de, lt, lv, fil"):
        words(1, "fr")
    with pytest.raises(TemplateError, match="one of: words, figures"):
        amount("1", "EUR", "en", "roman")
    with pytest.raises(TemplateError, match="too large"):
        words(10**15, "en")


@settings(deadline=None, max_examples=150)
@given(
    st.integers(0, 10**9),
    st.one_of(st.integers(0, 10**9), st.integers(-3, 3).map(lambda d: d)),
    st.sampled_from(LANGUAGES),
)
def test_different_numbers_have_different_words(number: int, other: int, locale: str) -> None:
    other = number + other if -3 <= other <= 3 else other
    first, second = words(number, locale), words(other, locale)
    assert (first == second) == (number == other)
    assert first == first.strip()
    assert "  " not in first


def test_the_first_two_thousand_numbers_all_differ() -> None:
    for locale in LANGUAGES:
        assert len({words(number, locale) for number in range(2001)}) == 2001


@settings(deadline=None, max_examples=150)
@given(
    st.decimals(0, 10**9, places=2),
    st.decimals(0, 10**9, places=2),
    st.sampled_from(LANGUAGES),
    st.sampled_from(("EUR", "USD", "GBP", "CHF", "PHP", "PLN", "SEK", "BRL", "JPY")),
)
def test_different_amounts_have_different_words(one: Decimal, other: Decimal, locale: str, currency: str) -> None:
    same = amount(str(one), currency, locale) == amount(str(other), currency, locale)
    places = 0 if currency == "JPY" else 2
    quantum = Decimal(1).scaleb(-places)
    assert same == (one.quantize(quantum, "ROUND_HALF_UP") == other.quantize(quantum, "ROUND_HALF_UP"))
