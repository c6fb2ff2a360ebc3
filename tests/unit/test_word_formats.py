"""What Word's switches make of values: examples of ECMA-376 part 1, 17.16.4, and "Format field results" (Microsoft)."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from babel import Locale
from hypothesis import example, given
from hypothesis import strategies as st

from docgen.errors import TemplateError, UnsupportedFeature
from docgen.merge import Merger
from docgen.wordformats import apply_format, compare_texts, moment_of, number_of
from docgen.wordpictures import LARGEST, plain_picture, write_date, write_number

EN, DE = Locale("en", "US"), Locale("de")
MOMENT = datetime(2026, 3, 5, 17, 4, 9)


@pytest.mark.parametrize(
    ("value", "picture", "written"),
    [
        ("9", "00.00", "09.00"),
        ("15", "$###", "$ 15"),
        ("222492", "x##", "492"),
        ("0.125", "0.00x", "0.125"),
        ("0.75", ".x", ".8"),
        ("3.75", ".x", "3.8"),
        ("95.4", "$###.00", "$ 95.40"),
        ("2456800", "$#,###,###", "$2,456,800"),
        ("-80", "-##", "-80"),
        ("80", "-##", " 80"),
        ("10", "+##", "+10"),
        ("-10", "+##", "-10"),
        ("0", "+##", "   "),
        ("33", "##%", "33%"),
        ("1245.65", "$#,##0.00;-$#,##0.00", "$1,245.65"),
        ("-345.56", "$#,##0.00;-$#,##0.00", "-$ 345.56"),
        ("0", "0.00;-0.00;'free'", "free"),
        ("-5", "0.00", "-5.00"),
        ("-0.001", "0.00", "0.00"),
        ("5", "0.00;(0.00)", "5.00"),
        ("-5", "0.00;(0.00)", "(5.00)"),
        ("5551234567", "(###) ###'-'####", "(555) 123-4567"),
        ("1234", "000,000", "001,234"),
        ("1.5", "0.##", "1.5 "),
        ("3.98", "$##0.00 'is the sales tax'", "$  3.98 is the sales tax"),
        ("1234567", "0", "1234567"),
        ("12", "'No.' 0", "No. 12"),
        ("7", "''", ""),
        ("0.5", "`table` 0.0", " 0.5"),
        ("1234.5", ",0.00", "1,234.50"),
    ],
)
def test_numeric_pictures(value, picture, written):
    assert write_number(Decimal(value), picture, EN) == written


@pytest.mark.parametrize(
    ("picture", "decimal", "plain"),
    [
        ("#.##0,00 €", ",", "#,##0.00 €"),
        ("#.##0,00 €", ".", "#,##0.00 €"),
        ("#,##0.00", ",", "#,##0.00"),
        ("0,00", ",", "0.00"),
        ("0.00", ",", "0.00"),
        ("0,0", ".", "0.0"),
        ("#.##0", ".", "#,##0"),
        ("#,##0", ",", "#,##0"),
        ("$,0", ".", "$,0"),
        (".0,00", ",", ",0.00"),
        (",x", ",", ".x"),
        ("0.000", ",", "0,000"),
        ("0.000", ".", "0.000"),
        ("0'.'0", ",", "0'.'0"),
        ("#.###.##0", ",", "#,###,##0"),
        ("0,00;-0,00", ",", "0.00;-0.00"),
    ],
)
def test_pictures_of_other_countries(picture, decimal, plain):
    assert plain_picture(picture, decimal) == plain


@pytest.mark.parametrize(
    ("picture", "english", "german"),
    [
        ("d.M.yy", "5.3.26", "5.3.26"),
        ("dddd, d. MMMM yyyy", "Thursday, 5. March 2026", "Donnerstag, 5. März 2026"),
        ("ddd DD.MM.YYYY", "Thu 05.03.2026", "Do 05.03.2026"),
        ("h:mm am/pm", "5:04 pm", "5:04 pm"),
        ("hh AM/PM", "05 PM", "05 PM"),
        ("HH:mm:ss", "17:04:09", "17:04:09"),
        ("HH:mm 'Greenwich mean time'", "17:04 Greenwich mean time", "17:04 Greenwich mean time"),
        ("HH:mm MMM-d, 'yy", "17:04 Mar-5, '26", "17:04 Mär-5, '26"),
        ("yyyyMMddHHmm", "202603051704", "202603051704"),
        ("", "", ""),
    ],
)
def test_date_pictures(picture, english, german):
    assert write_date(MOMENT, picture, EN) == english
    assert write_date(MOMENT, picture, DE) == german


def test_a_month_is_declined_beside_a_day_only():
    assert write_date(MOMENT, "d MMMM", Locale("pl")) == "5 marca"
    assert write_date(MOMENT, "MMMM yyyy", Locale("pl")) == "marzec 2026"
    assert write_date(MOMENT, "MMMM 'd'", Locale("pl")) == "marzec d"


@pytest.mark.parametrize(
    ("value", "name", "english", "german"),
    [
        ("123", "CardText", "one hundred twenty-three", "einhundertdreiundzwanzig"),
        ("21", "OrdText", "twenty-first", "einundzwanzigste"),
        ("30", "Ordinal", "30th", "30."),
        ("14.55", "DollarText", "fourteen and 55/100", "vierzehn und 55/100"),
        ("458", "Hex", "1CA", "1CA"),
        ("54", "ALPHABETIC", "BBB", "BBB"),
        ("52", "alphabetic", "zz", "zz"),
        ("0", "alphabetic", "0", "0"),
        ("123", "Roman", "CXXIII", "CXXIII"),
        ("123", "roman", "cxxiii", "cxxiii"),
        ("-1", "Roman", "-1", "-1"),
        ("31.4", "Arabic", "31", "31"),
        ("5", "ArabicDash", "- 5 -", "- 5 -"),
    ],
)
def test_formats_of_numbers(value, name, english, german):
    assert apply_format("x", Decimal(value), name, EN) == english
    assert apply_format("x", Decimal(value), name, DE) == german


def test_formats_leave_text_that_is_no_number_alone_and_know_their_names():
    assert apply_format("Bath", None, "Roman", EN) == "Bath"
    with pytest.raises(TemplateError, match='did you mean "cardtext"'):
        apply_format("1", Decimal(1), "CardTxt", EN)
    with pytest.raises(UnsupportedFeature, match="numbers cannot be written in words in Cebuano"):
        apply_format("1", Decimal(1), "CardText", Locale("ceb"))


@pytest.mark.parametrize(
    ("text", "locale", "number"),
    [
        ("1.234,50 €", "de", "1234.50"),
        ("1,234.50", "en", "1234.50"),
        ("$5", "en", "5"),
        ("-3", "de", "-3"),
        ("1.5", "de", "1.5"),
        ("01234", "en", "1234"),
        ("12 Mill Lane", "en", None),
        ("", "en", None),
        ("1,2,3", "en", None),
        ("x" * 50, "en", None),
    ],
)
def test_numbers_are_read_as_the_language_writes_them_or_plainly(text, locale, number):
    assert number_of(text, Locale(locale)) == (Decimal(number) if number else None)


def test_days_are_read_from_text_and_nothing_else_is():
    assert moment_of("5.12.2026", DE) == datetime(2026, 12, 5)
    assert moment_of("2026-12-05", EN) == datetime(2026, 12, 5)
    assert moment_of(date(2026, 12, 5), EN) == date(2026, 12, 5)
    assert moment_of("5th", EN) is None
    assert moment_of(20261205, EN) is None


@given(text=st.text(alphabet="ab", max_size=8), pattern=st.text(alphabet="ab?*", max_size=6))
def test_wildcards_match_as_regular_expressions_do(text, pattern):
    expected = re.fullmatch(pattern.replace("?", ".").replace("*", ".*"), text) is not None
    assert compare_texts(text, "eq", pattern, pattern=True) == expected
    assert compare_texts(text, "ne", pattern, pattern=True) != expected


@given(value=st.decimals(-(10**12), 10**12, places=3), locale=st.sampled_from(["en", "de", "fr", "lt", "hi"]))
def test_a_full_picture_says_the_number(value, locale):
    written = write_number(value, "0.000;-0.000", Locale(locale))
    plain = write_number(value, "0.000;-0.000", EN)
    assert Decimal(plain) == value
    assert [letter for letter in written if letter.isdigit()] == [letter for letter in plain if letter.isdigit()]


@example(value=Decimal(10) ** 27, picture=".0", decimal=".")
@example(value=Decimal(10) ** 29, picture="#.000000000000000000", decimal=".")
@given(
    value=st.decimals(allow_nan=False, allow_infinity=False),
    picture=st.text(alphabet="0#x.,+-;'`%$ €ab", max_size=20),
    decimal=st.sampled_from(".,"),
)
def test_any_numeric_picture_gives_a_text_or_says_that_the_number_is_too_large(value, picture, decimal):
    if abs(value) >= LARGEST:
        with pytest.raises(TemplateError, match="too large"):
            write_number(value, plain_picture(picture, decimal), DE)
    else:
        assert isinstance(write_number(value, plain_picture(picture, decimal), DE), str)


@given(moment=st.datetimes(), picture=st.text(alphabet="dMyYDhHmsS'/ap. `x", max_size=25))
def test_any_date_picture_gives_a_text(moment, picture):
    assert isinstance(write_date(moment, picture, EN), str)
    assert isinstance(write_date(moment.date(), picture, DE), str)


@given(
    value=st.decimals(-(10**10), 10**10),
    name=st.sampled_from(["CardText", "OrdText", "DollarText", "Ordinal", "Roman", "Hex"]),
)
def test_any_number_can_be_written_in_any_format(value, name):
    for locale in (EN, DE, Locale("fr")):
        assert apply_format("x", value, name, locale)


def said(source, **values):
    return Merger(None, "xml").compile(source).render({"locale": "en", **values})


def test_what_templates_call():
    assert said('{{ x | word_text(number="0.00", before="<", after=">") }}', x=1) == "&lt;1.00&gt;"
    assert said("{{ x | word_text }}{{ y | word_text }}{{ z | word_text }}", x=0, y=None, z="") == "0"
    assert said("{{ (word_number(x) + word_number(y)) | word_text }}", x="1,000.5", y=None) == "1,000.5"
    for wrong in (
        'word_formula("SUMM", 1)',
        'word_formula("ROUND", 1)',
        'word_if(1, "~", 2)',
        'word_number("x")',
        "word_number(1) / 0",
    ):
        with pytest.raises(TemplateError):
            said(f"{{{{ {wrong} }}}}")
    with pytest.raises(TemplateError, match="the exponent of a formula is too large"):
        said('{{ word_formula("POWER", 10, 1000) }}')
