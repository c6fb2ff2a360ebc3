from __future__ import annotations

import pickle
import re
import time
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment
from lxml import etree

from docgen.errors import DocgenError, FieldMissing, LimitExceeded, TemplateError, TemplateSyntax, TextMissing
from docgen.limits import Limits
from docgen.merge import Compiled, Merger, build_context, compile_expression, make_environment
from docgen.model import Where

COMPANY = {"name": "Acme", "currency": "EUR", "country": "DE", "language": "de", "logo": None}
BODY = Where(file="templates/invoice/body.rml")


def context(locale: str = "de", **values: object) -> dict[str, object]:
    return build_context(values, locale=locale, company=COMPANY, today=date(2026, 4, 3))


def render(source: str, *, escape: str = "none", missing: str = "error", locale: str = "de", **values: object) -> str:
    merger = Merger(None, escape, missing=missing)  # type: ignore[arg-type]
    return merger.compile(source, BODY).render(context(locale, **values))


def fault(source: str, **values: object) -> DocgenError:
    with pytest.raises(DocgenError) as caught:
        render(source, **values)
    return caught.value


# --- names ----------------------------------------------------------------------------------------


def test_a_misspelt_name_is_a_fault_with_file_line_and_what_was_meant() -> None:
    error = fault("one\n{{ nmber }}", number="7")
    assert isinstance(error, FieldMissing)
    assert error.field == "nmber"
    assert str(error).startswith('templates/invoice/body.rml, line 2: "nmber" is not there; did you mean "number"?')


def test_a_missing_part_is_named_by_its_whole_path_and_compared_with_its_neighbours() -> None:
    error = fault("{{ customer.vat_di }}", customer={"vat_id": "DE1", "name": "x"})
    assert (error.field, error.hint) == ("customer.vat_di", 'did you mean "vat_id"?')


def test_an_empty_part_of_a_row_is_named_with_the_number_of_the_row() -> None:
    rows = [{"price": Decimal(1)}, {"price": Decimal(2)}, {"price": None}]
    error = fault("{% for line in lines %}{{ line.price | money }}{% endfor %}", lines=rows)
    assert error.field == "lines[3].price"
    assert '"lines[3].price" is empty' in str(error)


def test_a_missing_part_of_a_row_is_named_with_the_number_of_the_row() -> None:
    error = fault("{% for line in lines %}{{ line.price }}{% endfor %}", lines=[{"price": 1}, {"pirce": 2}])
    assert (error.field, error.hint) == ("lines[2].price", 'did you mean "pirce"?')


def test_an_index_past_the_end_is_named() -> None:
    assert fault("{{ lines[5].price }}", lines=[{"price": 1}]).field == "lines[5]"


def test_a_field_passed_to_a_macro_keeps_its_name() -> None:
    macro = "{% macro show(value) %}{{ value }}{% endmacro %}"
    assert fault(macro + "{{ show(number) }}{{ show(order_no) }}", number="1", order_no=None).field == "order_no"


def test_fields_may_be_called_like_methods_of_mappings() -> None:
    row = {"items": "i", "count": "c", "values": "v", "keys": "k", "copy": "y"}
    assert render("{{ r.items }}{{ r.count }}{{ r['values'] }}{{ r.keys }}{{ r.copy }}", r=row) == "icvky"


def test_mappings_can_be_walked() -> None:
    assert render("{% for k, v in r.items() %}{{ k }}={{ v }};{% endfor %}", r={"a": 1, "b": 2}) == "a=1;b=2;"


@pytest.mark.parametrize(
    "source",
    ["{{ gone }}", "{{ gone.more }}", "{{ gone['more'] }}", "{% if gone %}{% endif %}", "{% if gone == 1 %}{% endif %}",
     "{% for x in gone %}{% endfor %}", "{{ gone | upper }}", "{{ gone | money }}", "{{ gone ~ 'x' }}",
     "{{ gone + 1 }}", "{{ 1 + gone }}", "{{ gone * 2 }}", "{{ -gone }}", "{{ gone() }}", "{{ gone[0] }}",
     "{{ [gone] | join }}", "{{ gone | length }}", "{{ 'x' in gone }}", "{{ gone | list }}", "{{ gone > 1 }}",
     "{% set x = gone %}{{ x }}", "{{ t(gone) }}"],
)  # fmt: skip
def test_an_unknown_name_is_a_fault_whatever_is_done_with_it(source: str) -> None:
    error = fault(source)
    assert isinstance(error, FieldMissing)
    assert error.field == "gone"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% if gone is defined %}a{% else %}b{% endif %}", "b"),
        ("{{ gone | default('d') }}", "d"),
        ("{{ empty or 'e' }}", "e"),
        ("{% if empty %}a{% else %}b{% endif %}", "b"),
        ("{% if not empty %}a{% endif %}", "a"),
        ("{% for x in empty %}a{% else %}none{% endfor %}", "none"),
        ("{{ 'x' if empty }}", ""),
        ("{{ empty is none }}", "true"),
        ("{{ [empty, 'b', 'c'] | select | join(', ') }}", "b, c"),
    ],
)
def test_what_may_be_missing_can_be_asked_for(source: str, text: str) -> None:
    assert render(source, empty=None) == text


@pytest.mark.parametrize(
    "source",
    ["{{ empty }}", "{{ empty | money }}", "{{ empty | upper }}", "{{ empty | date }}", "{{ 'x' ~ empty }}",
     "{{ empty | number(2) }}", "{{ empty | replace('a', 'b') }}", "{{ empty | markdown }}", "{{ empty | trim }}",
     "{{ empty | words }}", "{{ empty | slug }}", "{{ empty | e }}", "{{ empty | int }}"],
)  # fmt: skip
def test_an_empty_field_is_never_printed_as_a_blank_or_as_none(source: str) -> None:
    error = fault(source, empty=None)
    assert isinstance(error, FieldMissing)
    assert error.field == "empty"


# --- missing: blank -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    ["{{ gone }}", "{{ gone.more.and_more }}", "{{ gone['x'] }}", "{{ empty }}", "{{ empty | money }}",
     "{{ gone | money }}", "{{ empty | upper }}", "{% for x in gone %}y{% endfor %}", "{{ gone | date('long') }}",
     "{% if gone %}y{% endif %}", "{{ customer.nothing }}"],
)  # fmt: skip
def test_blank_leaves_a_blank_for_data(source: str) -> None:
    assert render(f"[{source}]", missing="blank", empty=None, customer={"name": "x"}) == "[]"


def test_blank_does_not_forgive_a_misspelt_filter() -> None:
    with pytest.raises(TemplateSyntax, match='there is no filter mony; did you mean "money"'):
        Merger(None, "none", missing="blank").compile("{{ total | mony }}")


# --- syntax ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "line"),
    [("a\nb\n{% for x in %}", 3), ("{% if x %}\n", 1), ("{{ x", 1), ("\n{{ x | nofilter }}", 2), ("{% nonsense %}", 1),
     ("\n{% autoescape false %}{% endautoescape %}", 2)],
)  # fmt: skip
def test_a_syntax_fault_has_file_and_line(source: str, line: int) -> None:
    with pytest.raises(TemplateSyntax) as caught:
        Merger(None, "xml").compile(source, BODY)
    assert caught.value.where == Where(file=BODY.file, line=line)


def test_a_syntax_fault_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "part.rml").write_text("one\n{{ x |  }}", encoding="utf-8")
    with pytest.raises(TemplateSyntax) as caught:
        Merger(tmp_path, "xml").compile("{% include 'part.rml' %}", BODY).render(context())
    assert str(caught.value.where) == "templates/invoice/part.rml, line 2"


def test_a_text_inside_yaml_keeps_the_line_of_its_key() -> None:
    where = Where(file="campaigns/a.yaml", line=12, column=9, path=("documents", "invoice", "file"))
    with pytest.raises(FieldMissing) as caught:
        Merger(None, "none").compile("{{ nmber }}", where).render(context(number=1))
    assert caught.value.where == where


def test_an_expression_that_cannot_be_computed_says_so_with_its_line() -> None:
    error = fault("\n{{ 1 / zero }}", zero=0)
    assert type(error) is TemplateError
    assert str(error) == "templates/invoice/body.rml, line 2: the expression cannot be computed: division by zero"


def test_faults_survive_the_border_of_a_process() -> None:
    error = fault("{{ gone }}")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


# --- printing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("1234.50"), "1.234,5"), (date(2026, 4, 3), "03.04.2026"), (2026, "2026"), (True, "true"),
     ("00123", "00123"), (1.25, "1,25"), (datetime(2026, 4, 3, 14, 5), "03.04.2026, 14:05:00")],
)  # fmt: skip
def test_bare_values_are_written_in_the_records_language(value: object, text: str) -> None:
    assert render("{{ value }}|{{ '' ~ value }}", value=value) == f"{text}|{text}"


def test_texts_of_jobs_are_written_as_data() -> None:
    plain = Merger(None, "none", plain=True).compile("{{ total }} {{ due }}")
    assert plain.render(context(total=Decimal("1234.50"), due=date(2026, 4, 3))) == "1234.50 2026-04-03"


@pytest.mark.parametrize("source", ["{{ lines }}", "{{ customer }}", "{{ customer.items }}"])
def test_what_is_not_a_text_is_not_printed(source: str) -> None:
    error = fault(source, lines=[{"a": 1}], customer={"name": "x"})
    assert "not a text" in str(error)


def test_a_trailing_newline_stays() -> None:
    assert render("a\n") == "a\n"


# --- escaping -------------------------------------------------------------------------------------


@pytest.mark.parametrize("escape", ["xml", "html"])
def test_values_are_escaped_wherever_they_come_from(escape: str) -> None:
    source = "{{ v }}{{ v ~ '' }}{{ [v] | join(',') }}{{ t('x', n=v) }}{% set w %}{{ v }}{% endset %}{{ w }}"
    made = Merger(None, escape).compile(source)  # type: ignore[arg-type]
    texts = {"en": {"x": "{n}"}}
    values = build_context({"v": "<&\"'>"}, locale="en", company=COMPANY, today=date(2026, 1, 1), texts=texts)
    assert made.render(values) == "&lt;&amp;&#34;&#39;&gt;" * 5


def test_the_end_of_a_cdata_section_is_no_end_in_a_value() -> None:
    root = etree.fromstring(render("<a>{{ v }}</a>", escape="xml", v="a]]>b"))
    assert root.text == "a]]>b"


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


@settings(deadline=None, max_examples=300)
@given(_ANY_TEXT)
def test_any_text_survives_escaping_into_a_document_that_parses(text: str) -> None:
    compiled = _DOCUMENT
    root = etree.fromstring(compiled.render({"v": text}).encode("utf-8"))
    # A parser turns every line end into one newline in text, and into a blank in an attribute: XML 1.0, 2.11 and 3.3.3.
    expected = _NOT_XML.sub("", text)
    line_ends = expected.replace("\r\n", "\n").replace("\r", "\n")
    assert (root.text or "") == line_ends
    assert root.get("b") == line_ends.replace("\n", " ").replace("\t", " ")


_DOCUMENT = Merger(None, "xml").compile('<a b="{{ v }}">{{ v }}</a>')


# --- compiled texts -------------------------------------------------------------------------------


def test_a_compiled_text_is_rendered_many_times_and_remembers_nothing() -> None:
    compiled = Merger(None, "none").compile("{% set ns = namespace(n=0) %}{% set ns.n = ns.n + n %}{{ ns.n }}")
    assert [compiled.render(context(n=n)) for n in (1, 2, 3)] == ["1", "2", "3"]


def test_renderings_do_not_parse_again(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = Merger(None, "none").compile("{{ n }}")
    monkeypatch.setattr(Environment, "_parse", lambda *_: pytest.fail("parsed in render"))
    assert compiled.render(context(n=1)) == "1"


def test_includes_and_imports_work_within_the_folder(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "sum.html").write_text("{% macro sum(x) %}<{{ x | money }}>{% endmacro %}", encoding="utf-8")
    (tmp_path / "foot.html").write_text("-- {{ company.name }}", encoding="utf-8")
    merger = Merger(tmp_path, "none")
    source = "{% from 'parts/sum.html' import sum %}{{ sum(total) }}{% include 'foot.html' %}"
    # An imported macro has no context of its own, and still writes in the record's language.
    assert merger.compile(source).render(context("en_GB", total=Decimal("1234.5"))) == "<€1,234.50>-- Acme"


def test_an_environment_alone_has_the_same_rules() -> None:
    environment = make_environment("xml", Limits(loop=10))
    merger = Merger(None, "xml", Limits(loop=10))
    assert environment.from_string("{{ v }}").render(v="<") == "&lt;"
    template = merger.environment.from_string("{% for i in range(11) %}{% endfor %}")
    with pytest.raises(LimitExceeded), merger.running({}, BODY):
        template.render({})


def test_a_picture_comes_from_the_folder_or_from_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"x")
    merger = Merger(tmp_path / "in", "none")
    made = merger.compile("{{ company.logo | image(alt='Acme') }}")
    company = {**COMPANY, "logo": logo}
    assert made.render(build_context({}, locale="en", company=company, today=date(2026, 1, 1))) == "Acme"
    with pytest.raises(TemplateError, match="outside the template's folder"):
        merger.compile("{{ image('../logo.png') }}", BODY).render(context())


# --- expressions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "truth"),
    [("email", True), ("not email", False), ("phone", False), ("total > 100 and country == 'DE'", True),
     ("country in ['LT', 'LV']", False), ("lines", False), ("lines | length == 0", True), ("'' ~ country", True)],
)  # fmt: skip
def test_conditions_are_computed(text: str, truth: bool) -> None:
    values = context(email="a@example.com", phone=None, total=Decimal(200), country="DE", lines=[])
    assert compile_expression(text).test(values) is truth


def test_a_condition_over_an_unknown_name_is_a_fault() -> None:
    where = Where(file="campaigns/a.yaml", line=9)
    with pytest.raises(FieldMissing) as caught:
        compile_expression("not emial", where).test(context(email="x"))
    assert str(caught.value) == 'campaigns/a.yaml, line 9: "emial" is not there; did you mean "email"?'
    with pytest.raises(FieldMissing):
        compile_expression("emial", where).evaluate(context(email="x"))


@pytest.mark.parametrize("text", ["", "a b", "a ==", "{{ a }}", "a }} {{ b"])
def test_a_condition_that_is_none_is_a_syntax_fault(text: str) -> None:
    with pytest.raises(TemplateSyntax) as caught:
        compile_expression(text, Where(file="campaigns/a.yaml", line=9))
    assert caught.value.where == Where(file="campaigns/a.yaml", line=9)


def test_an_expression_gives_its_value_and_its_fields() -> None:
    expression = compile_expression("customer.orders | sum(attribute='total')")
    values = context(customer={"orders": [{"total": 1}, {"total": 2}]})
    assert expression.evaluate(values) == 3
    assert expression.fields == {"customer.orders[].total"}


# --- the context ----------------------------------------------------------------------------------


def test_the_record_wins_over_the_jobs_constants_and_the_senders_name_is_kept() -> None:
    made = build_context(
        {"a": 1, "company": "theirs"}, locale="de-AT", company=COMPANY, today=date(2026, 1, 1), extra={"a": 0, "b": 2}
    )
    assert (made["a"], made["b"]) == (1, 2)
    assert made["company"] == COMPANY
    assert (made["locale"], made["language"]) == ("de_AT", "de")


def test_texts_fall_back_from_region_to_language_and_to_no_other() -> None:
    texts: Mapping[str, Mapping[str, object]] = {
        "de": {"a": "de", "b": "de"}, "de_AT": {"a": "at"}, "en": {"a": "en", "b": "en", "c": "en"},
    }  # fmt: skip
    values = build_context({}, locale="de_AT", company=COMPANY, today=date(2026, 1, 1), texts=texts)
    compiled = Merger(None, "none").compile("{{ t('a') }} {{ t('b') }} {{ texts.a }}")
    assert compiled.render(values) == "at de at"
    with pytest.raises(TextMissing, match=r'the text "c" is not there in German; add it in template.yaml: texts › de'):
        Merger(None, "none").compile("{{ t('c') }}").render(values)


def test_long_loops_cost_little_more_than_in_bare_jinja() -> None:
    rows = [{"name": "x", "n": i} for i in range(2_000)]
    source = "{% for r in rows %}{{ r.name }} {{ r.n }}\n{% endfor %}"
    ours = Merger(None, "xml").compile(source)
    bare = Environment(autoescape=True).from_string(source)
    assert ours.render({"rows": rows}) == bare.render({"rows": rows})
    assert _best(lambda: ours.render({"rows": rows})) < 3 * _best(lambda: bare.render({"rows": rows}))


def _best(work: object) -> float:
    times = []
    for _ in range(7):
        started = time.perf_counter()
        work()  # type: ignore[operator]
        times.append(time.perf_counter() - started)
    return min(times)


def test_a_compiled_text_knows_its_fields() -> None:
    compiled = Merger(None, "none").compile("{{ number }} {% for l in lines %}{{ l.price | money }}{% endfor %}")
    assert isinstance(compiled, Compiled)
    assert compiled.fields == {"number", "lines[].price"}
