"""Reading raw values as their declared types."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from docgen.errors import JobError, MissingValue, WrongValue
from docgen.fields import FieldSpec, FieldType, read_values

LOCALES = ["de", "en", "lt", "lv", "fil", "fr", "de_CH", "sv", "de_AT", "pl", "en_IN", "pt_PT", "en_GB"]


def read(kind: str, value: object, locale: str = "en", **spec: object) -> object:
    """Read one value that is expected to fit."""
    values, faults = read_values({"f": value}, {"f": FieldSpec.model_validate({"type": kind, **spec})}, locale, "K")
    assert faults == []
    return values["f"]


def refuse(kind: str, value: object, locale: str = "en") -> WrongValue:
    """Read one value that is expected not to fit."""
    values, faults = read_values({"f": value}, {"f": FieldSpec(type=FieldType(kind))}, locale, "K")
    assert values["f"] in (None, [])
    assert len(faults) == 1
    assert isinstance(faults[0], WrongValue)
    return faults[0]


# --- declaring ------------------------------------------------------------------------------------


class Manifest(BaseModel):
    fields: dict[str, FieldSpec]


def test_a_type_alone_is_short_for_a_spec_at_every_level() -> None:
    fields = Manifest.model_validate({"fields": {"a": "money", "b": {"type": "list", "fields": {"c": "date"}}}}).fields
    assert fields["a"] == FieldSpec(type=FieldType.MONEY)
    assert fields["b"].fields["c"].type is FieldType.DATE


def test_the_json_schema_allows_the_shorthand() -> None:
    shorthand, whole = Manifest.model_json_schema()["$defs"]["FieldSpec"]["anyOf"]
    assert "iban" in shorthand["enum"]
    assert whole["properties"]["required"]["description"]


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "decimul"},
        {"typ": "text"},
        {"type": "text", "fields": {"a": "text"}},
        {"type": "object", "of": "text"},
        {"type": "list", "of": "object"},
        {"type": "list", "of": "text", "fields": {"a": "text"}},
    ],
)
def test_a_contradictory_spec_is_refused(spec: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FieldSpec.model_validate(spec)


# --- text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["00123", "1E5", "TRUE", "1-2", "+49 171", "9" * 30, " padded ", "line\nbreak", "=1+1"]
)
def test_text_comes_out_as_it_went_in(text: str) -> None:
    assert read("text", text) == text


@given(st.text())
@settings(deadline=None, max_examples=200)
def test_any_text_is_either_itself_or_empty(text: str) -> None:
    assert read("text", text) == (text if text.strip() else None)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (123.0, "123"),
        (1.5, "1.5"),
        (0.1, "0.1"),
        (1e22, "10000000000000000000000"),
        (7, "7"),
        (Decimal("10.50"), "10.50"),
        (Decimal("1E+2"), "100"),
        (True, "true"),
        (date(2026, 4, 3), "2026-04-03"),
        (datetime(2026, 4, 3, 10, 20), "2026-04-03 10:20:00"),
    ],
)
def test_a_typed_value_is_written_plainly_into_text(value: object, text: str) -> None:
    assert read("text", value) == text


def test_a_list_is_no_text() -> None:
    assert "is not text" in str(refuse("text", ["a"]))


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "locale", "number"),
    [
        ("1.234,56", "de", "1234.56"),
        ("1,234.56", "en", "1234.56"),
        ("1\u00a0234,56", "lt", "1234.56"),
        ("1 234,56", "lv", "1234.56"),
        ("1\u202f234,5", "fr", "1234.5"),
        ("1’234.50", "de_CH", "1234.50"),
        ("1'234.50", "de_CH", "1234.50"),
        ("1,23,456.7", "en_IN", "123456.7"),
        ("1.500", "de", "1500"),
        ("1.500", "en", "1.500"),
        ("12.345.678,9", "de", "12345678.9"),
        (" -5 ", "en", "-5"),
        ("5-", "de", "-5"),
        ("\u22123,5", "sv", "-3.5"),
        ("+3", "en", "3"),
        ("00123", "en", "123"),
        ("1234567,5", "de", "1234567.5"),
        ("1.234,5", "de_AT", "1234.5"),
    ],
)
def test_a_number_is_read_by_the_locale_of_the_source(text: str, locale: str, number: str) -> None:
    value = read("decimal", text, locale)
    assert value == Decimal(number)
    assert str(value) == number


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("1.5", "de"),
        ("1,5", "en"),
        ("0.500", "de"),
        ("1,234.56", "de"),
        ("1.234.56", "de"),
        ("1.234 567", "de"),
        ("12.34", "de"),
        ("1.2345,6", "de"),
        ("1E5", "en"),
        ("0x10", "en"),
        ("-5-", "en"),
        (".5", "en"),
        ("5.", "en"),
        ("5%", "en"),
        ("NaN", "en"),
        ("five", "en"),
        ("1 2", "en"),
    ],
)
def test_a_number_in_doubtful_form_is_a_fault(text: str, locale: str) -> None:
    fault = refuse("decimal", text, locale)
    assert fault.value == text
    assert "numbers in this data are written like" in fault.hint


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=2),
    st.sampled_from(LOCALES),
)
@settings(deadline=None, max_examples=300)
def test_what_a_locale_writes_reads_back_as_the_same_number(number: Decimal, locale: str) -> None:
    written = format_decimal(number, format=None, locale=locale, decimal_quantization=False)
    assert read("decimal", written, locale) == number


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=2),
    st.sampled_from(LOCALES),
    st.sampled_from(["EUR", "USD", "CHF", "SEK", "PHP", "GBP"]),
)
@settings(deadline=None, max_examples=200)
def test_what_a_locale_writes_as_money_reads_back(number: Decimal, locale: str, currency: str) -> None:
    assert read("money", format_currency(number, currency, locale=locale), locale) == number


@pytest.mark.parametrize("text", ["€ 1.234,56", "1.234,56 €", "EUR 1.234,56", "1.234,56 EUR", "1.234,56€", "€1.234,56"])
def test_a_currency_beside_an_amount_is_left_off(text: str) -> None:
    assert read("money", text, "de") == Decimal("1234.56")


@pytest.mark.parametrize("text", ["5 XXQ", "EUR", "€ 5 EUR", "5 apples", "5 € 6", "1.5 €"])
def test_an_amount_with_anything_else_is_a_fault(text: str) -> None:
    assert refuse("money", text, "de").expected == "an amount of money"


@pytest.mark.parametrize(("value", "number"), [("5,00", 5), ("1.000", 1000), (5.0, 5), (Decimal("7"), 7), ("-3", -3)])
def test_a_whole_number_may_be_written_with_places(value: object, number: int) -> None:
    result = read("integer", value, "de")
    assert result == number
    assert type(result) is int


@pytest.mark.parametrize("value", ["5,5", 5.5, True, "x", float("nan"), [5]])
def test_what_is_not_whole_is_no_integer(value: object) -> None:
    assert refuse("integer", value, "de").expected == "a whole number"


def test_a_float_of_a_spreadsheet_becomes_its_shortest_decimal() -> None:
    assert read("decimal", 0.1) == Decimal("0.1")
    assert str(read("money", 19.99)) == "19.99"


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("2026-04-03", "de"),
        ("03.04.2026", "de"),
        ("3.4.2026", "de"),
        ("3. April 2026", "de"),
        ("4/3/2026", "en_US"),
        ("03/04/2026", "en_GB"),
        ("Apr 3, 2026", "en"),
        ("April 3, 2026", "fil"),
        ("2026-04-03", "lt"),
        ("2026. gada 3. apr.", "lv"),
        ("3 avr. 2026", "fr"),
        ("2026-04-03T00:00:00", "en"),
        (" 2026-04-03 ", "en"),
    ],
)
def test_a_date_is_iso_or_as_the_locale_writes_it(text: str, locale: str) -> None:
    assert read("date", text, locale) == date(2026, 4, 3)


@given(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 12, 31)),
    st.sampled_from(["de", "en", "en_GB", "lt", "lv", "fil", "fr", "sv", "pl", "de_CH"]),
    st.sampled_from(["medium", "long"]),
)
@settings(deadline=None, max_examples=200)
def test_what_a_locale_writes_reads_back_as_the_same_date(day: date, locale: str, length: str) -> None:
    assert read("date", format_date(day, length, locale=locale), locale) == day


@pytest.mark.parametrize(
    ("text", "locale", "hint"),
    [
        ("31.02.2026", "de", "there is no such day"),
        ("2026-02-30", "de", "there is no such day"),
        ("13/13/2026", "en", "there is no such day"),
        ("03.04.26", "de", "four digits"),
        ("04/03/2026", "de", "31.12.2026"),
        ("20260403", "de", "31.12.2026"),
        ("tomorrow", "en_US", "12/31/2026"),
    ],
)
def test_a_wrong_date_is_a_fault_that_says_why(text: str, locale: str, hint: str) -> None:
    assert hint in refuse("date", text, locale).hint


def test_dates_of_typed_sources_fit() -> None:
    assert read("date", date(2026, 4, 3)) == date(2026, 4, 3)
    assert read("date", datetime(2026, 4, 3, 23, 59)) == date(2026, 4, 3)
    assert read("datetime", date(2026, 4, 3)) == datetime(2026, 4, 3)
    assert refuse("date", 46115.0).expected == "a date"


@pytest.mark.parametrize(
    ("text", "locale", "moment"),
    [
        ("2026-04-03 10:20", "de", datetime(2026, 4, 3, 10, 20)),
        ("2026-04-03T10:20:30Z", "de", datetime(2026, 4, 3, 10, 20, 30, tzinfo=UTC)),
        ("03.04.2026 10:20", "de", datetime(2026, 4, 3, 10, 20)),
        ("4/3/2026, 1:05 PM", "en_US", datetime(2026, 4, 3, 13, 5)),
        ("4/3/2026 12:05 am", "en_US", datetime(2026, 4, 3, 0, 5)),
        ("2026-04-03", "de", datetime(2026, 4, 3)),
    ],
)
def test_a_moment_is_iso_or_a_date_with_a_time(text: str, locale: str, moment: datetime) -> None:
    assert read("datetime", text, locale) == moment


@pytest.mark.parametrize("text", ["03.04.2026 25:00", "2026-04-03T24:61", "03.04.2026 13:05 PM", "10:20"])
def test_an_impossible_time_is_a_fault(text: str) -> None:
    assert refuse("datetime", text, "de").expected == "a date and time"


# --- the others -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [True, "yes", "Ja", "TAIP", "jā", "oo", "WAHR", "1", 1, 1.0, " x "])
def test_yes_in_many_words(value: object) -> None:
    assert read("boolean", value) is True


@pytest.mark.parametrize("value", [False, "no", "Nein", "NE", "nē", "hindi", "FALSCH", "0", 0])
def test_no_in_many_words(value: object) -> None:
    assert read("boolean", value) is False


@pytest.mark.parametrize("value", ["maybe", "2", 2, []])
def test_other_words_are_neither(value: object) -> None:
    values, faults = read_values({"f": value}, {"f": FieldSpec(type=FieldType.BOOLEAN)}, "en", "K")
    assert values["f"] is None
    assert len(faults) == (0 if value == [] else 1)


@pytest.mark.parametrize("text", ["a@example.com", " ann.lee+x@example.test ", "jūratė@example.org", "a@exämple.com"])
def test_an_address_of_right_form_is_taken(text: str) -> None:
    assert read("email", text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "ann",
        "a@b..c",
        "Ann <a@example.com>",
        "a@example.com; b@example.com",
        "a@example.com\nBcc: b@example.com",
        "@x.y",
    ],
)
def test_an_address_of_wrong_form_is_a_fault(text: str) -> None:
    assert refuse("email", text).expected == "an e-mail address"


def test_links_are_for_web_and_mail_only() -> None:
    assert read("url", "https://example.com/a?b=c") == "https://example.com/a?b=c"
    assert read("url", "mailto:a@example.com") == "mailto:a@example.com"
    for text in (
        "www.example.com",
        "javascript:alert(1)",
        "https://",
        "https://a b",
        "http://x:99999999",
        "file:///etc",
    ):
        assert refuse("url", text).expected == "a web address"


@pytest.mark.parametrize(
    ("text", "locale", "code"),
    [
        ("de", "en", "DE"),
        ("DEU", "en", "DE"),
        ("Germany", "lt", "DE"),
        ("Vokietija", "lt", "DE"),
        ("Deutschland", "en", "DE"),
        ("UK", "en", "GB"),
        ("usa", "de", "US"),
        ("Pilipinas", "en", "PH"),
        (" united  kingdom ", "en", "GB"),
    ],
)
def test_a_country_is_known_by_code_and_name(text: str, locale: str, code: str) -> None:
    assert read("country", text, locale) == code


@pytest.mark.parametrize("text", ["Atlantis", "EU", "ZZ", "Germ", "001"])
def test_an_unknown_country_is_a_fault(text: str) -> None:
    assert refuse("country", text).expected == "a country"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("de", "de"),
        ("de-DE", "de_DE"),
        ("PT-br", "pt_BR"),
        ("German", "de"),
        ("Deutsch", "de"),
        ("lietuvių", "lt"),
        ("Filipino", "fil"),
        ("tl", "fil"),
        ("zh-Hans", "zh_Hans"),
    ],
)
def test_a_language_is_known_by_code_and_name(text: str, language: str) -> None:
    assert read("language", text) == language


@pytest.mark.parametrize("text", ["xx", "klingon", "de-XX", "d"])
def test_an_unknown_language_is_a_fault(text: str) -> None:
    assert refuse("language", text).expected == "a language"


def test_an_iban_is_proven_and_made_compact() -> None:
    assert read("iban", "DE89 3704 0044 0532 0130 00") == "DE89370400440532013000"
    for text in ("DE88 3704 0044 0532 0130 00", "DE89", "LT12", "hello"):
        assert refuse("iban", text).expected == "an IBAN"


# --- records --------------------------------------------------------------------------------------

LINES = {
    "number": FieldSpec(required=True),
    "lines": FieldSpec.model_validate(
        {"type": "list", "fields": {"quantity": {"type": "integer", "required": True}, "price": "money"}}
    ),
}


def test_all_faults_of_a_record_come_together_with_their_paths() -> None:
    raw = {"number": "  ", "lines": [{"quantity": "2", "price": "1,50"}, {"quantity": "", "price": "x"}]}
    values, faults = read_values(raw, LINES, "de", "C-7", {"number": "invoice"})
    assert [(type(fault), fault.field) for fault in faults] == [
        (MissingValue, "number"),
        (MissingValue, "lines[2].quantity"),
        (WrongValue, "lines[2].price"),
    ]
    assert str(faults[0]) == "record C-7: number is empty, which the template invoice needs"
    assert faults[2].value == "x"
    assert values["lines"][0] == {"quantity": 2, "price": Decimal("1.50")}  # type: ignore[index]


def test_a_field_that_a_template_needs_is_required_whatever_its_spec_says() -> None:
    _, faults = read_values(
        {"lines": [{"quantity": "1"}], "number": "1"}, LINES, "de", "K", {"lines[].price": "letter"}
    )
    assert [str(fault) for fault in faults] == ["record K: lines[1].price is empty, which the template letter needs"]


def test_columns_without_a_spec_pass_untouched_and_fields_without_a_column_are_empty() -> None:
    values, faults = read_values({"other": " 00 "}, {"a": FieldSpec(), "l": FieldSpec(type=FieldType.LIST)}, "en")
    assert values == {"other": " 00 ", "a": None, "l": []}
    assert faults == []


def test_lists_of_plain_values_and_objects_are_read_within() -> None:
    specs = {
        "sizes": FieldSpec.model_validate({"type": "list", "of": "decimal"}),
        "owner": FieldSpec.model_validate({"type": "object", "fields": {"born": "date"}}),
    }
    values, faults = read_values({"sizes": ["1,5", "x"], "owner": {"born": "3.4.1980", "etc": 1}}, specs, "de")
    assert values == {"sizes": [Decimal("1.5"), None], "owner": {"born": date(1980, 4, 3), "etc": 1}}
    assert [fault.field for fault in faults] == ["sizes[2]"]


def test_text_where_a_list_or_object_belongs_is_a_fault() -> None:
    assert refuse("list", "a; b").expected == "a list"
    assert refuse("object", "a").expected == "an object with named fields"


def test_a_required_list_without_rows_is_missing() -> None:
    _, faults = read_values({"l": []}, {"l": FieldSpec(type=FieldType.LIST, required=True)}, "en", "K")
    assert [type(fault) for fault in faults] == [MissingValue]


def test_an_unknown_locale_of_the_source_is_a_fault_of_the_job() -> None:
    with pytest.raises(JobError, match='"xx_YY" is not a known locale'):
        read_values({}, {}, "xx_YY")
