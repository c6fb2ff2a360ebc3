from __future__ import annotations

from pathlib import Path

import pytest

from docgen.errors import FieldMissing, FieldUnused
from docgen.fields import FieldSpec
from docgen.inspect_fields import compare_fields, find_fields
from docgen.merge import Merger, make_environment


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("plain", set()),
        ("{{ name }}", {"name"}),
        ("{{ customer.address.city }}", {"customer.address.city"}),
        ("{{ customer['vat_id'] }}", {"customer.vat_id"}),
        ("{% for l in lines %}{{ l.qty }}{% endfor %}", {"lines[].qty"}),
        ("{% for l in lines %}x{% endfor %}", {"lines"}),
        ("{% for tag in tags %}{{ tag }}{% endfor %}", {"tags[]"}),
        ("{% for l in order.lines %}{% for d in l.discounts %}{{ d.rate }}{% endfor %}{% endfor %}",
         {"order.lines[].discounts[].rate"}),
        ("{% for l in lines %}{{ loop.index }}{% if not loop.last %}{{ sep }}{% endif %}{% endfor %}",
         {"lines", "sep"}),
        ("{% for l in lines if l.qty > least %}{{ l.name }}{% else %}{{ none_yet }}{% endfor %}",
         {"lines[].qty", "lines[].name", "least", "none_yet"}),
        ("{% for k, v in parts.items() %}{{ k }}{{ v }}{% endfor %}", {"parts"}),
        ("{{ lines[0].price }}{{ lines[n].name }}", {"lines[].price", "lines[].name", "n"}),
        ("{{ number[:4] }}{{ name.upper() }}{{ name.split(sep)[0] }}", {"number", "name", "sep"}),
        ("{{ total | money(currency) }}", {"total", "currency"}),
        ("{{ total | number(decimals=places) }}", {"total", "places"}),
        ("{{ t('greeting', name=who) }}{{ plural(n, one='x') }}", {"who", "n"}),
        ("{{ x | default(y) }}{{ a or b }}{{ p if q else r }}", set("xyabpqr")),
        ("{% if x is defined and y %}{% elif z == w %}{% endif %}", set("xyzw")),
        ("{% set c = customer %}{{ c.name }}", {"customer.name"}),
        ("{% set n = 5 %}{{ n }}{% set m %}{{ inner }}{% endset %}{{ m }}", {"inner"}),
        ("{% set ns = namespace(total=0) %}{% set ns.total = ns.total + x %}{{ ns.total }}", {"x"}),
        ("{% with a = customer, b = 1 %}{{ a.name }}{{ b }}{% endwith %}{{ a }}", {"customer.name", "a"}),
        ("{% macro row(l, sep) %}{{ l.qty }}{{ sep }}{{ unit }}{% endmacro %}"
         "{% for l in lines %}{{ row(l, 'x') }}{% endfor %}{{ row(first, sep=gap) }}",
         {"lines[].qty", "first.qty", "unit", "gap"}),
        ("{% macro never(x) %}{{ x.y }}{% endmacro %}", set()),
        ("{% macro f(n) %}{{ n.v }}{{ f(n.next) }}{% endmacro %}{{ f(a) }}", {"a.v", "a.next"}),
        ("{% call(x) wrap(a) %}{{ x }}{{ b }}{% endcall %}", {"wrap", "a", "b"}),
        ("{% filter upper %}{{ a }}{% endfilter %}", {"a"}),
        ("{% for l in lines | sort(attribute='pos') | reverse %}{{ l.qty }}{% endfor %}",
         {"lines[].pos", "lines[].qty"}),
        ("{% for l in lines | selectattr('paid') | rejectattr('void', 'eq', v) %}{{ l.n }}{% endfor %}",
         {"lines[].paid", "lines[].void", "lines[].n", "v"}),
        ("{{ lines | sum(attribute='total') }}{{ lines | map(attribute='name') | join(', ') }}",
         {"lines[].total", "lines[].name"}),
        ("{% for n in lines | map(attribute='name') %}{{ n }}{% endfor %}", {"lines[].name"}),
        ("{% for k, rows in lines | groupby('vat') %}{% for r in rows %}{{ r.sum }}{% endfor %}{% endfor %}",
         {"lines[].vat", "lines[].sum"}),
        ("{% for row in lines | batch(2) %}{% for l in row %}{{ l.x }}{% endfor %}{% endfor %}", {"lines[].x"}),
        ("{{ (lines | first).name }}{{ (lines | last).price }}", {"lines[].name", "lines[].price"}),
        ("{% for l in lines or [] %}{{ l.x }}{% endfor %}", {"lines[].x"}),
        ("{% for n in tree recursive %}{{ n.name }}{{ loop(n.children) }}{% endfor %}",
         {"tree[].name", "tree[].children"}),
        ("{{ a ~ b }}{{ [c, d] | join }}{{ {'k': e}.k }}{{ f + g }}{{ not h }}", set("abcdefgh")),
        ("{{ customer | address }}{{ address }}", {"customer", "address"}),
        ("{{ address() }}", {"name", "street", "postcode", "city"}),
        ("{{ company.name }}{{ today }}{{ locale }}{{ texts.a }}", set()),
        ("{{ range(n) }}{{ words(x) }}{{ qr(url) }}{{ image('a.png') }}", {"n", "x", "url"}),
        ("{{ unknown(x) }}", {"unknown", "x"}),
    ],
)  # fmt: skip
def test_fields_are_found_wherever_they_stand(source: str, fields: set[str]) -> None:
    assert Merger(None, "none").fields_of(source) == fields


def test_includes_imports_and_parents_are_followed(tmp_path: Path) -> None:
    files = {
        "part.html": "{{ line.qty }}{{ note }}",
        "macros.html": "{% macro price(l) %}{{ l.price }}{{ vat }}{% endmacro %}",
        "base.html": "{{ head }}{% block body %}{{ old }}{% endblock %}{% block foot %}{{ foot }}{% endblock %}",
        "loop.html": "{{ a }}{% include 'loop.html' %}",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    merger = Merger(tmp_path, "html")
    source = "{% for line in lines %}{% include 'part.html' %}{% endfor %}"
    assert merger.fields_of(source) == {"lines[].qty", "note"}
    source = "{% import 'macros.html' as m %}{% from 'macros.html' import price as p %}{{ m.price(a) }}{{ p(b) }}"
    assert merger.fields_of(source) == {"a.price", "b.price", "vat"}
    source = "{% extends 'base.html' %}{% block body %}{{ new }}{{ super() }}{% endblock %}"
    assert merger.fields_of(source) == {"head", "new", "foot"}
    assert merger.fields_of("{% include 'loop.html' %}{% include 'not-there.html' ignore missing %}") == {"a"}


def test_an_environment_of_ones_own_will_do() -> None:
    assert find_fields(make_environment("none"), "{{ a }}{{ b.c }}", ignore=["b"]) == {"a"}


# --- comparing ------------------------------------------------------------------------------------


def specs(**fields: object) -> dict[str, FieldSpec]:
    return {name: FieldSpec.model_validate(spec) for name, spec in fields.items()}


LINES = {"type": "list", "fields": {"qty": "decimal", "price": "money"}}


def test_a_body_that_uses_what_is_declared_has_no_faults() -> None:
    declared = specs(number="text", lines=LINES, customer={"type": "object"}, tags={"type": "list", "of": "text"})
    used = {"number", "lines[].qty", "lines[].price", "customer.anything.at_all", "tags[]"}
    assert compare_fields(used, declared) == []


def test_a_field_that_is_not_declared_is_named_with_what_was_meant() -> None:
    faults = compare_fields({"nmber", "lines[].qyt", "lines[].qty", "lines[].price"}, specs(number="text", lines=LINES))
    assert [type(fault) for fault in faults] == [FieldMissing, FieldMissing, FieldUnused]
    assert [fault.field for fault in faults] == ["lines[].qyt", "nmber", "number"]
    assert [fault.hint for fault in faults[:2]] == ['did you mean "lines[].qty"?', 'did you mean "number"?']


def test_a_field_that_is_not_used_is_named_once() -> None:
    declared = specs(number="text", lines=LINES, customer={"type": "object", "fields": {"a": "text", "b": "text"}})
    assert [fault.field for fault in compare_fields({"number", "lines[].qty"}, declared)] == [
        "lines[].price",
        "customer",
    ]


def test_computed_fields_need_no_declaration_and_read_ones_no_use() -> None:
    declared = specs(due="date", lines=LINES)
    used = {"total", "vat[].rate", "lines[].amount", "lines[].qty", "notes[]"}
    computed = {"total", "vat[].rate", "vat[].sum", "lines[].amount", "notes[]"}
    assert compare_fields(used, declared, computed, {"due", "lines[].price"}) == []


def test_a_list_that_is_used_as_a_whole_uses_its_fields() -> None:
    assert compare_fields({"customer"}, specs(customer={"type": "object", "fields": {"a": "text"}})) == []


def test_an_address_may_have_its_parts_under_other_names() -> None:
    used = {"name", "street", "postcode", "city"}
    declared = specs(company_name="text", street="text", zip="text", city="text", country="country", state="text")
    assert compare_fields(used, declared) == []
    faults = compare_fields({"postcode"}, specs(zip="text"))
    assert [fault.field for fault in faults] == ["postcode", "zip"]
