"""Templates that mean harm, or make a mistake that would: each ends in a located fault, soon."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from docgen.errors import FieldMissing, LimitExceeded, TemplateError, TemplateMissing, TemplateSyntax
from docgen.limits import Limits
from docgen.merge import Merger, build_context
from docgen.model import Where

LIMITS = Limits(time_s=1.0, output_mb=0.5, loop=5_000)
WHERE = Where(file="templates/letter/body.html")

CONTEXT = build_context(
    {
        "name": "Rosa",
        "total": Decimal("10.50"),
        "rows": [{"x": 1}, {"x": 2}],
        "many": list(range(4_000)),
        "due": date(2026, 1, 1),
        "tree": {"children": []},
        "folder": Path("/tmp"),
    },
    locale="en",
    company={"name": "Acme", "currency": "EUR", "country": "GB", "language": "en"},
    today=date(2026, 1, 1),
)

NOT_ALLOWED = [
    "{{ name.__class__ }}",
    "{{ name['__class__'] }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ name.__class__.__base__.__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ range.__class__ }}",
    "{{ t.__globals__ }}",
    "{{ t.__wrapped__ }}",
    "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "{% for r in rows %}{{ loop._iterator.__class__ }}{% endfor %}",
    "{% for r in rows %}{{ loop.__init__.__globals__ }}{% endfor %}",
    "{{ ('%s' | format).__class__ }}",
    "{{ '{0.__class__}'.format(name) }}",
    "{{ '{0.__class__.__init__.__globals__}'.format_map({'a': 1}) }}",
    "{% set f = '{0.__class__}'.format %}{{ f(name) }}",
    "{{ rows | map(attribute='__class__') | list }}",
    "{{ rows | map('attr', '__class__') | list }}",
    "{{ rows | sort(attribute='__class__') }}",
    "{{ rows | sum(attribute='__class__') }}",
    "{{ rows | groupby('__class__') }}",
    "{{ rows | selectattr('__class__') | list }}",
    "{{ rows | join(',', attribute='__class__') }}",
    "{{ rows | min(attribute='__class__') }}",
    "{{ rows.append(1) }}",
    "{{ rows[0].update({'x': 9}) }}",
    "{{ rows[0].clear() }}",
    "{{ rows.sort() }}",
    "{{ folder.unlink() }}",
    "{{ folder.read_text() }}",
    "{{ folder.iterdir() }}",
    "{{ total.__reduce__() }}",
    "{{ due.__class__.today() }}",
    "{{ due.today() }}",
    "{{ (1).__class__ }}",
    "{{ namespace.__init__ }}",
    "{{ name.encode() }}",
    "{{ name.translate({}) }}",
    "{% include '/etc/passwd' %}",
    "{% include '../../../etc/passwd' %}",
    "{% include 'sub/../../outside.html' %}",
    "{% include '..\\\\outside.html' %}",
    "{% include 'link.html' %}",
    "{% import '/etc/passwd' as x %}",
    "{% extends '../outside.html' %}",
    "{{ image('/etc/passwd') }}",
    "{{ image('../outside.html') }}",
]

TOO_MUCH = [
    "{% for i in range(999999999) %}x{% endfor %}",
    "{% for i in range(10**30) %}x{% endfor %}",
    "{% for i in range(1000) %}{% for j in range(1000) %}{% endfor %}{% endfor %}",
    "{% for i in many %}{% for j in many %}{% for k in many %}x{% endfor %}{% endfor %}{% endfor %}",
    "{% for i in many | map('string') %}{% for j in many | map('string') %}{% endfor %}{% endfor %}",
    "{{ 'x' * 10**9 }}",
    "{{ 10**9 * 'x' }}",
    "{{ [0] * 10**9 }}",
    "{{ 10 ** (10 ** 10) }}",
    "{{ 9 ** 99999999 }}",
    "{% set ns = namespace(n=2) %}{% for i in range(60) %}{% set ns.n = ns.n * ns.n %}{% endfor %}",
    "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    "{% set ns = namespace(s=[1]) %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    "{% set ns = namespace(s='xx') %}{% for i in range(60) %}"
    "{% set ns.s %}{{ ns.s }}{{ ns.s }}{% endset %}{% endfor %}",
    "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s | replace('x', 'xxxx') %}{% endfor %}",
    "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s.replace('x', 'xxxx') %}{% endfor %}",
    "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = [ns.s, ns.s] | join(ns.s) %}{% endfor %}",
    "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s.join([ns.s, ns.s]) %}{% endfor %}",
    "{% set ns = namespace(s='\n\n') %}{% for i in range(60) %}"
    "{% set ns.s = ns.s | indent(9999, true, true) %}{% endfor %}",
    "{% for i in range(4000) %}{{ 'x' * 9999 }}{% endfor %}",
    "{{ 'x' | center(999999999) }}",
    "{{ 'x'.center(999999999) }}",
    "{{ 'x'.ljust(999999999) }}",
    "{{ 'x'.zfill(999999999) }}",
    "{{ 'x\ny' | indent(999999999) }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '%.999999999f' % 1.5 }}",
    "{{ '%*d' % (999999999, 1) }}",
    "{{ '%999999999d' | format(1) }}",
    "{{ rows | slice(999999999) | list }}",
    "{{ rows | batch(999999999, 0) | list }}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "{% for n in [tree] recursive %}{{ loop([tree]) }}{% endfor %}",
    "{% for n in [1] recursive %}{{ loop(many) }}{{ loop(many) }}{% endfor %}",
    "{{ ('x' * 400000) | map('upper') | join }}",
    "{{ ('x' * 400000) | list }}",
    "{{ ('x' * 400000) | sort | join }}",
    "{{ ('x ' * 200000).split() | length }}",
    "{{ ('x,' * 200000).split(',') | length }}",
    "{{ ('x\n' * 200000).splitlines() | length }}",
    "{{ range(4000) | map('string') | map('center', 400000) | map('replace', ' ', 'ab') | map('length') | sum }}",
    "{% include 'itself.html' %}",
    "{% include 'doubling.html' %}",
    "{% block a %}{{ self.a() }}{% endblock %}",
]


@pytest.fixture
def merger(tmp_path: Path) -> Merger:
    folder = tmp_path / "letter"
    folder.mkdir()
    (tmp_path / "outside.html").write_text("secret", encoding="utf-8")
    (folder / "itself.html").write_text("{% include 'itself.html' %}", encoding="utf-8")
    (folder / "doubling.html").write_text(
        "{% include 'doubling.html' %}{% include 'doubling.html' %}", encoding="utf-8"
    )
    (folder / "link.html").symlink_to(tmp_path / "outside.html")
    return Merger(folder, "html", LIMITS)


def outcome(merger: Merger, source: str) -> TemplateError:
    started = time.monotonic()
    with pytest.raises(TemplateError) as caught:
        merger.compile(source, WHERE).render(CONTEXT)
    assert time.monotonic() - started < 4 * LIMITS.time_s, "the limit on time does not hold"
    return caught.value


@pytest.mark.parametrize("source", NOT_ALLOWED)
def test_a_template_cannot_reach_what_it_was_not_given(merger: Merger, source: str) -> None:
    error = outcome(merger, source)
    assert not isinstance(error, LimitExceeded)
    assert "secret" not in str(error)
    assert error.where is not None
    assert error.where.file == WHERE.file
    assert error.where.line == 1


@pytest.mark.parametrize("source", TOO_MUCH)
def test_a_template_cannot_do_more_than_its_share(merger: Merger, source: str) -> None:
    error = outcome(merger, source)
    assert isinstance(error, LimitExceeded)
    assert error.where is not None
    assert error.where.file is not None
    assert error.where.line is not None


def test_the_line_is_that_of_the_loop_and_the_file_that_of_the_include(merger: Merger, tmp_path: Path) -> None:
    (tmp_path / "letter" / "part.html").write_text("one\ntwo\n{{ 'x' * 10**9 }}\n", encoding="utf-8")
    error = outcome(merger, "\n\n{% include 'part.html' %}")
    assert str(error.where) == "templates/letter/part.html, line 3"
    assert str(outcome(merger, "\n\n{% for i in range(10**6) %}{% endfor %}").where).endswith("body.html, line 3")


def test_time_is_looked_at_within_a_long_loop_of_slow_rounds() -> None:
    merger = Merger(None, "none", Limits(time_s=0.05, output_mb=20, loop=100_000))
    source = (
        "{% for i in range(99999) %}{% set x = ('ab' * 9999) | replace('a', 'c') | replace('c', 'a') %}{% endfor %}"
    )
    started = time.monotonic()
    with pytest.raises(LimitExceeded, match="ran longer"):
        merger.compile(source).render({})
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "source",
    [
        "{% autoescape false %}{{ name }}{% endautoescape %}",
        "{{ name | safe }}",
        "{{ lipsum() }}",
        "{{ rows | random }}",
    ],
)
def test_what_switches_escaping_off_or_differs_by_run_is_refused(merger: Merger, source: str) -> None:
    error = outcome(merger, source)
    assert isinstance(error, TemplateSyntax | FieldMissing)


def test_a_file_that_is_not_there_is_named_with_the_line(merger: Merger) -> None:
    error = outcome(merger, "a\n{% include 'nope.html' %}")
    assert isinstance(error, TemplateMissing)
    assert '"nope.html"' in str(error)
    assert str(error.where) == "templates/letter/body.html, line 2"


@pytest.mark.parametrize(
    "source",
    [
        "{{ 1 | number(999999999) }}",
        "{{ 1 | number(-1) }}",
        "{{ 1 | percent(999999999) }}",
        "{{ 1 | round(999999999) }}",
        "{{ (total ** 99999) | number }}",
        "{{ (total ** 99999) | words }}",
        "{{ (total ** 99999) | money }}",
        "{{ (1 / (total ** 99999)) | number }}",
        "{{ name | int }}",
        "{{ (total ** 99999) | int | string }}",
        "{{ due | date('y' * 400000) }}",
    ],
)
def test_numbers_beyond_all_measure_are_refused(merger: Merger, source: str) -> None:
    assert outcome(merger, source).where == Where(file=WHERE.file, line=1)


@pytest.mark.parametrize(
    "source",
    [
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "1 + " * 5000 + "1 }}",
        "{{ " + "9" * 5000 + " }}",
        "{% for i in [1] %}" * 60 + "{% endfor %}" * 60,
        "{% if 1 %}" * 2000 + "{% endif %}" * 2000,
    ],
    ids=("parentheses", "sum", "digits", "loops", "conditions"),
)
def test_what_is_nested_too_deeply_does_not_compile(merger: Merger, source: str) -> None:
    assert outcome(merger, source).where is not None


def test_limits_start_anew_with_each_rendering(merger: Merger) -> None:
    compiled = merger.compile("{% for i in range(3000) %}{% endfor %}ok", WHERE)
    assert [compiled.render(CONTEXT) for _ in range(4)] == ["ok"] * 4


def test_the_data_is_not_changed_by_a_rendering(merger: Merger) -> None:
    before = repr(CONTEXT)
    merger.compile("{% set rows = [] %}{% set name = 'x' %}{{ rows | length }}", WHERE).render(CONTEXT)
    assert repr(CONTEXT) == before
