from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from docgen.errors import AddressError, DocgenError, FieldMissing, TemplateError, TextMissing
from docgen.merge import Merger, build_context
from docgen.prose import parse_markdown, to_text

COMPANY = {"name": "Acme", "currency": "EUR", "country": "DE", "language": "de"}
TEXTS: Mapping[str, Mapping[str, object]] = {
    "en": {
        "greeting": "Dear {name},",
        "days": {"one": "{n} day", "other": "{n} days"},
        "cart": {"=0": "nothing", "one": "a thing", "other": "{n} things"},
        "brace": "{",
    },
    "lt": {
        "greeting": "Gerb. {name},",
        "days": {"one": "{n} diena", "few": "{n} dienos", "many": "{n} dienos", "other": "{n} dienų"},
    },
    "lv": {"days": {"zero": "{n} dienu", "one": "{n} diena", "other": "{n} dienas"}},
}


def render(source: str, locale: str = "en_GB", **values: object) -> str:
    made = build_context(values, locale=locale, company=COMPANY, today=date(2026, 4, 3), texts=TEXTS)
    return Merger(None, "none").compile(source).render(made)


def fault(source: str, **values: object) -> DocgenError:
    with pytest.raises(DocgenError) as caught:
        render(source, **values)
    return caught.value


# --- money, number, percent -----------------------------------------------------------------------


def test_the_currency_is_the_one_asked_for_else_the_records_else_the_companys() -> None:
    assert render("{{ x | money }}", x=1) == "€1.00"
    assert render("{{ x | money }}", x=1, currency="GBP") == "£1.00"
    assert render("{{ x | money('PHP') }}", x=1, currency="GBP") == "₱1.00"
    assert render("{{ x | money(code=true) }}", "de", x=Decimal("1234.5")) == "1.234,50\u00a0EUR"
    assert render("{{ x | money(symbol=false) }}", "de", x=Decimal("1234.5")) == "1.234,50"


def test_an_unknown_currency_is_a_fault() -> None:
    assert '"GBX" is not a currency; did you mean "GBP"?' in str(fault("{{ 1 | money('GBX') }}"))


def test_money_without_any_currency_is_a_fault() -> None:
    with pytest.raises(FieldMissing, match="no currency is known"):
        Merger(None, "none").compile("{{ 1 | money }}").render({"locale": "en"})


def test_text_is_no_amount() -> None:
    assert "declare the field's type" in str(fault("{{ x | money }}", x="12.50"))


def test_numbers_and_percentages_follow_the_language() -> None:
    assert render("{{ x | number }} {{ x | number(1) }} {{ x | round(1) }}", "de", x=Decimal("1234.25")) == (
        "1.234,25 1.234,3 1.234,3"
    )
    assert render("{{ 0.19 | percent }} {{ 19 | percent(of=100) }}", "de") == "19\u00a0% 19\u00a0%"


def test_a_filter_can_be_told_another_language() -> None:
    assert render("{{ x | number(2, locale='de') }} {{ today | date('long', locale='lt') }}", x=1) == (
        "1,00 2026 m. balandžio 3 d."
    )


def test_numbers_in_text_are_read_exactly_or_not_at_all() -> None:
    assert (
        render("{{ '12.9' | int }} {{ '0.1' | float + '0.2' | float }} {{ 'x' | int(7) }} {{ 2.5 | int }}")
        == "12 0.3 7 2"
    )
    assert '"12x" is not a number' in str(fault("{{ '12x' | int }}"))


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "style", "text"),
    [
        ("en_GB", "short", "03/04/2026"),
        ("en_US", "short", "4/3/26"),
        ("de", "medium", "03.04.2026"),
        ("de", "long", "3. April 2026"),
        ("de", "full", "Freitag, 3. April 2026"),
        ("lt", "long", "2026 m. balandžio 3 d."),
        ("lv", "long", "2026. gada 3. aprīlis"),
        ("fil", "long", "Abril 3, 2026"),
        ("de", "yMMMM", "April 2026"),
        ("en", "d MMMM yyyy", "3 April 2026"),
        ("de", "dd.MM.yy", "03.04.26"),
    ],
)
def test_dates_by_style_skeleton_and_pattern(locale: str, style: str, text: str) -> None:
    assert render("{{ today | date(style) }}", locale, style=style) == text


def test_times_are_written_in_their_own_zone() -> None:
    moment = datetime(2026, 4, 3, 14, 5, tzinfo=UTC)
    assert render("{{ x | datetime }}", "de", x=moment) == "03.04.2026, 14:05:00"
    assert render("{{ x | datetime('HH:mm') }}", "de", x=moment.replace(tzinfo=None)) == "14:05"
    assert render("{{ x | date }}", "de", x=moment) == "03.04.2026"
    assert render("{{ x | datetime('short') }}", "de", x=moment.replace(tzinfo=None)) == "03.04.26, 14:05"


@pytest.mark.parametrize("source", ["{{ '2026-04-03' | date }}", "{{ 5 | date }}", "{{ today | datetime }}",
                                    "{{ today | date('loong') }}"])  # fmt: skip
def test_what_is_no_date_or_no_style_is_a_fault(source: str) -> None:
    assert isinstance(fault(source), TemplateError)


# --- texts ----------------------------------------------------------------------------------------


def test_texts_take_placeholders() -> None:
    assert render("{{ t('greeting', name=name) }}", "lt", name="Rūta") == "Gerb. Rūta,"
    assert render("{{ t('greeting', name='{name}') }}") == "Dear {name},"
    assert render("{{ t('brace') }}{{ 'greeting' | t(name='X') }}") == "{Dear X,"


def test_placeholders_are_written_in_the_language_of_the_text() -> None:
    assert render("{{ t('greeting', name=today) }}", "lt") == "Gerb. 2026-04-03,"


def test_an_empty_placeholder_is_a_fault_that_names_it() -> None:
    assert fault("{{ t('greeting', name=name) }}", name=None).field == "name"


@pytest.mark.parametrize(
    ("locale", "n", "text"),
    [("en", 1, "1 day"), ("en", 0, "0 days"), ("lt", 1, "1 diena"), ("lt", 2, "2 dienos"), ("lt", 10, "10 dienų"),
     ("lt", 11, "11 dienų"), ("lt", 21, "21 diena"), ("lt", 22, "22 dienos"), ("lv", 0, "0 dienu"),
     ("lv", 1, "1 diena"), ("lv", 11, "11 dienu"), ("lv", 21, "21 diena"), ("lv", 22, "22 dienas"),
     ("lt", Decimal("1.5"), "1,5 dienos")],
)  # fmt: skip
def test_the_number_decides_the_form(locale: str, n: object, text: str) -> None:
    assert render("{{ t('days', n=n) }}", locale, n=n) == text


def test_a_form_can_be_given_for_a_number() -> None:
    assert [render("{{ t('cart', n=n) }}", n=n) for n in (0, 1, 2)] == ["nothing", "a thing", "2 things"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ t('greting') }}", 'did you mean "greeting"?'),
        ("{{ t('greeting') }}", 'needs {name}; write t("greeting", name=…)'),
        ("{{ t('greeting', nam='x') }}", 'did you mean "nam"?'),
        ("{{ t('greeting', name='x', locale='fil') }}", "is not there in Filipino; add it in template.yaml"),
    ],
)
def test_a_text_that_is_not_there_is_a_fault_that_says_what_to_do(source: str, words: str) -> None:
    error = fault(source)
    assert isinstance(error, TextMissing)
    assert words in str(error)


def test_a_plural_text_without_a_number_is_a_fault() -> None:
    assert "give it as n=…" in str(fault("{{ t('days') }}"))


@pytest.mark.parametrize(("n", "text"), [(1, "preke"), (3, "prekes"), (10, "prekių"), (21, "preke")])
def test_plural_gives_the_form_alone(n: int, text: str) -> None:
    assert render("{{ n | plural(one='preke', few='prekes', other='prekių') }}", "lt", n=n) == text
    assert render("{{ plural(n, {'one': 'preke', 'few': 'prekes', 'other': 'prekių'}) }}", "lt", n=n) == text


def test_a_plural_without_the_form_that_is_needed_is_a_fault() -> None:
    assert 'has no form for 2 (other); give "other" or "other"' in str(fault("{{ 2 | plural(one='x') }}"))


# --- lists and slugs ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "text"),
    [("en_GB", "A, B and C"), ("en_US", "A, B, and C"), ("de", "A, B und C"), ("lt", "A, B ir C"), ("lv", "A, B un C"),
     ("fil", "A, B, at C")],
)  # fmt: skip
def test_lists_in_the_language(locale: str, text: str) -> None:
    assert render("{{ names | list }}", locale, names=["A", "B", "C"]) == text


def test_lists_stay_lists() -> None:
    source = "{% for n in names | list %}{{ n }};{% endfor %}{{ names | list | length }}{{ (names | list)[0] }}"
    assert render(source, names=["A", "B"]) == "A;B;2A"
    assert render("{{ list(names, style='or') }}|{{ [] | list }}|{{ ['A'] | list }}", names=["A", "B"]) == "A or B||A"
    assert render("{{ rows | map(attribute='n') | list }}", rows=[{"n": "A"}, {"n": "B"}]) == "A and B"


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Größe & Łódź – Straße", "grosse-lodz-strasse"), ("  Žalia  Lapė!", "zalia-lape"), 
     ("INV/2026-00017", "inv-2026-00017"),     ("東京", "東京"), ("..", ""), ("a_b", "a-b")],
)  # fmt: skip
def test_slugs(text: str, slug: str) -> None:
    assert render("{{ x | slug }}", x=text) == slug


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=40))
def test_a_slug_is_a_name_that_no_folder_minds(text: str) -> None:
    slug = render("{{ x | slug }}", x=text)
    assert not set(slug) & set('/\\:*?"<>|. \n\x00')
    assert render("{{ x | slug }}", x=slug) == slug


# --- words and addresses --------------------------------------------------------------------------


def test_words_of_numbers_and_amounts() -> None:
    assert render("{{ 12 | words }}|{{ words(2, locale='de') }}", "lt") == "dvylika|zwei"
    assert render("{{ x | words('EUR') }}", "lt", x=Decimal("2.45")) == "du eurai 45 ct"
    assert render("{{ x | words(true) }}", x=Decimal("2.45"), currency="PHP") == (
        "two Philippine pesos and forty-five centavos"
    )
    assert render("{{ x | words('EUR', minor='figures') }}", x=2) == "two euros and 00 cents"


def test_a_broken_number_has_no_words_without_a_currency() -> None:
    assert 'write words("EUR") for an amount' in str(fault("{{ 2.5 | words }}"))


ADDRESS = {"name": "Jonas", "street": "Gedimino pr. 1", "postcode": "01103", "city": "Vilnius", "country": "LT"}


def test_the_address_of_the_record_of_an_object_or_of_parts() -> None:
    lines = "Jonas\nGedimino pr. 1\nLT-01103 VILNIUS\nLITAUEN"
    assert render("{{ address() }}", **ADDRESS) == lines
    assert render("{{ address(customer) }}|{{ customer | address }}", customer=ADDRESS) == f"{lines}|{lines}"
    assert render("{{ address(name='A', street='B', postcode='01067', city='C') }}") == "A\nB\n01067 C"


def test_the_sender_can_be_elsewhere() -> None:
    assert render("{{ address(c, 'LT') }}", c=ADDRESS) == "Jonas\nGedimino pr. 1\nLT-01103 Vilnius"
    assert render("{{ address(c, 'FR', language='fr') }}", c=ADDRESS).endswith("\nLITUANIE")


def test_an_address_can_be_walked_line_by_line() -> None:
    assert render("{% for line in address(c) %}[{{ line }}]{% endfor %}", c=ADDRESS).startswith("[Jonas][Gedimino")


def test_an_address_that_mail_cannot_reach_is_a_fault() -> None:
    error = fault("{{ address() }}", **{**ADDRESS, "postcode": None})
    assert isinstance(error, AddressError)
    assert error.field == "postcode"


# --- qr, image, markdown --------------------------------------------------------------------------


class Recorder:
    """A factory that shows what it was asked for."""

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> object:
        return Markup("<qr {}/>").format(f"{data} {size_mm:g} {error} {border}")

    def image(
        self, source: Path | bytes, *, width_mm: float | None, height_mm: float | None, alt: str, **_: object
    ) -> object:
        name = source.name if isinstance(source, Path) else f"{len(source)} bytes"
        return Markup("<img {}/>").format(f"{name} {width_mm} {height_mm} {alt}")

    def markdown(self, text: str, find: object) -> object:
        return Markup("<md>") + text + Markup("</md>")

    def lines(self, lines: Sequence[str]) -> object:
        return Markup("<br/>").join(map(escape, lines))


def test_the_body_decides_how_rich_things_are_written(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"x")
    merger = Merger(tmp_path, "xml", rich=Recorder())
    source = (
        "{{ qr(url, size_mm=30) }}{{ image('logo.png', width_mm=40, alt='A & B') }}{{ raw | image }}"
        "{{ terms | markdown }}{{ address(c) }}"
    )
    values = {"url": "a<b", "raw": b"1234", "terms": "*x* & y", "c": {**ADDRESS, "name": "A & B\x07"}}
    context = build_context(values, locale="en", company=COMPANY, today=date(2026, 1, 1))
    assert merger.compile(source).render(context) == (
        "<qr a&lt;b 30 M 4/><img logo.png 40 None A &amp; B/><img 4 bytes None None />"
        "<md>*x* &amp; y</md>A &amp; B<br/>Gedimino pr. 1<br/>LT-01103 VILNIUS<br/>LITAUEN"
    )


def test_plain_text_says_what_it_can() -> None:
    assert render("{{ qr('abc') }} {{ '*x*' | markdown }}") == "abc *x*"


def test_a_wrong_error_level_and_an_absent_picture_are_faults(tmp_path: Path) -> None:
    assert "one of: H, L, M, Q" in str(fault("{{ qr('x', error='X') }}")).replace("L, M, Q, H", "H, L, M, Q")
    with pytest.raises(DocgenError, match=r'there is no picture "no.png"'):
        Merger(tmp_path, "none").compile("{{ image('no.png') }}").render({})


# --- Jinja's own ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ 'a' | upper }}{{ 'B' | lower }}{{ 'ab cd' | title }}{{ ' x ' | trim }}", "AbAb Cdx"),
        ("{{ 'abc' | replace('b', 'x') }}{{ 'abc'.replace('b', 'y') }}", "axcayc"),
        ("{{ 'a\nb' | indent(2) }}", "a\n  b"),
        ("{{ [3, 1, 2] | sort | join(' ') }}{{ [1, 2] | sum }}{{ [1, 2] | first }}", "1 2 331"),
        ("{{ rows | sum(attribute='n') }} {{ rows | map(attribute='n') | max }}", "3 2"),
        ("{% for k, g in rows | groupby('k') %}{{ k }}{{ g | length }}{% endfor %}", "a2"),
        ("{{ rows | selectattr('n', 'gt', 1) | map(attribute='n') | join }}", "2"),
        ("{{ '%05.1f' | format(3.14159) }} {{ '%d %%' % 3 }}", "003.1 3 %"),
        ("{{ [1.0, 2.5] | map('number', 2) | join(' ') }}", "1.00 2.50"),
        ("{% for r in rows %}{{ loop.index }}/{{ loop.length }}{{ ', ' if not loop.last }}{% endfor %}", "1/2, 2/2"),
        ("{% for r in rows %}{% if loop.first %}{% continue %}{% endif %}{{ r.n }}{% endfor %}", "2"),
        ("{{ 'a-b'.split('-') | join('+') }}{{ 'abc'[1:] }}{{ 'x' ~ 1 }}", "a+bbcx1"),
        ("{{ 'Ab'.lower().startswith('a') }}", "true"),
        ("{% for row in [1, 2, 3] | batch(2, 0) %}{{ row | join }};{% endfor %}", "12;30;"),
        ("{% for c in [1, 2, 3] | slice(2) %}{{ c | join }};{% endfor %}", "12;3;"),
        ("{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}", "aba"),
        ("{{ 'a b' | urlencode }}", "a%20b"),
        ("{{ 2 ** 10 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ (1.5 * 2) | int }}", "1024 3 3 3"),
    ],
)
def test_what_templates_can_do_besides(source: str, text: str) -> None:
    assert render(source, rows=[{"n": 1, "k": "a"}, {"n": 2, "k": "a"}]) == text


@pytest.mark.parametrize(
    "text", ["A*B*C GmbH", "R_D_ & Co", "12. Oktober", "# 1", "- x", "a\\b", "[x](y)", "<b>", "`x`"]
)
def test_what_is_literal_is_shown_as_it_stands(text: str) -> None:
    source = render("so: {{ x | literal }}", x=text)
    assert to_text(parse_markdown(source)) == f"so: {text}"
    assert to_text(parse_markdown(render("{{ x | literal }}", x=text))) == text


@given(text=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_what_is_literal_keeps_every_sign(text: str) -> None:
    shown = to_text(parse_markdown(render("so: {{ x | literal }}", x=text)))
    assert shown.split() == f"so: {text}".split()
