"""What `find_shape` says of markup holds for whatever is merged into it."""

from __future__ import annotations

import pytest
from benchmarks.contract import SYNTAXES, build_template
from differential.compare import canonical
from differential.growing import bodies, body_of, contexts
from differential.wordml import p, r, tbl, tc, tr
from hypothesis import HealthCheck, assume, given, settings
from lxml import etree

from docgen.errors import DocgenError
from docgen.merge import Merger
from docgen.model import Where
from docgen.render.docx.package import Package, parse_xml
from docgen.render.docx.reference import fix_tables, patch, source_of
from docgen.render.docx.shape import Shape, find_shape

MERGER = Merger(None, "xml")


def shape_and_merged(markup: str, context: dict[str, object]) -> tuple[Shape, str]:
    source = patch(markup)
    try:
        merged = MERGER.compile(source).render(context)
    except DocgenError:
        assume(False)
    return find_shape(MERGER.environment.parse(source), markup), merged


@pytest.mark.parametrize("careful", [False, True])
def test_sound_markup_is_well_formed_and_fixed_tables_stay_whatever_is_merged(careful):
    found = set()

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(bodies(careful), contexts)
    def hold(inside: str, context: dict[str, object]) -> None:
        shape, merged = shape_and_merged(body_of(inside), context)
        found.add((shape.sound, shape.fixed_tables))
        merged = "".join(character for character in merged if character not in "\a\f")
        if shape.sound:
            parse_xml(merged.encode())
        if shape.fixed_tables:
            assert canonical(etree.tostring(fix_tables(merged))) == canonical(merged.encode())

    hold()
    assert {(True, True), (True, False)} <= found, "the templates are all of one sort, so nothing was tried"
    assert careful or (False, False) in found


def shape_of(*inside: str) -> Shape:
    markup = body_of("".join(inside))
    return find_shape(MERGER.environment.parse(patch(markup)), markup)


ROWS = tr("{%tr for w in words %}"), tr("{{ w }}", "x"), tr("{%tr endfor %}")
PLAIN = tr("a", "b")

QUICK = {
    "paragraphs": p("{{ a }} {% if b %}c{% else %}d{% endif %}"),
    "a condition over paragraphs": p("a {% if b %}c") + p("d{% endif %}"),
    "paragraphs in loops": p("{%p for a in b %}") + p("{{ a }}") + p("{%p endfor %}"),
    "a table": tbl(2, PLAIN, *ROWS),
    "a span": tbl(2, PLAIN, tr(tc("{{ a }}", look='<w:gridSpan w:val="2"/>'))),
    "a table in a condition": p("{%p if a %}") + tbl(2, PLAIN) + p("{%p endif %}"),
    "a tag in a look": tbl(2, PLAIN, tr("{% cellbg colour %}x", "y")),
}


@pytest.mark.parametrize("name", QUICK)
def test_what_is_common_goes_the_quick_way(name):
    shape = shape_of(QUICK[name])
    assert (shape.sound, shape.fixed_tables) == (True, True), shape.fault


MOVING = {
    "cells in a loop": tbl(2, tr("{%tc for c in d %}", "{{ c }}", "{%tc endfor %}")),
    "only rows that may go": tbl(2, *ROWS),
    "colspan": tbl(2, PLAIN, tr("{% colspan n %}a")),
    "a table in a table": tbl(1, tr(tc(tbl(2, PLAIN), p()))),
    "fewer cells than columns": tbl(3, PLAIN),
    "more cells than columns": tbl(1, PLAIN),
    "a cell in a content control": tbl(2, tr("a", f"<w:sdt><w:sdtContent>{tc('b')}</w:sdtContent></w:sdt>")),
    "a span that is no longer": tbl(
        2, tr(tc("a", look='<w:tcPrChange><w:tcPr><w:gridSpan w:val="2"/></w:tcPr></w:tcPrChange>'))
    ),
    "a condition from one table into another": tbl(2, tr("a{% if x %}", "b")) + tbl(3, tr("c{% endif %}", "d", "e")),
    "a loop from one table into another": tbl(2, tr("a{% for x in y %}", "b")) + tbl(3, tr("c{% endfor %}", "d", "e")),
}


@pytest.mark.parametrize("name", MOVING)
def test_tables_whose_grid_may_not_fit_are_looked_at(name):
    shape = shape_of(MOVING[name])
    assert shape.sound, shape.fault
    assert not shape.fixed_tables


UNSOUND = {
    "a condition that ends in a link": p("a{% if b %}", f"<w:hyperlink>{r('c{% endif %}')}</w:hyperlink>"),
    "a loop that ends in a cell": p("{% for a in b %}") + tbl(1, tr("{% endfor %}")),
    "a filter over markup": p("{% filter upper %}a{% endfilter %}"),
    "a loop that is left within a paragraph": p("{%p for a in b %}") + p("{% break %}") + p("{%p endfor %}"),
    "a file that is included": p("{% include 'a.txt' %}"),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_markup_that_may_break_is_looked_at(name):
    shape = shape_of(UNSOUND[name])
    assert not shape.sound
    assert shape.fault is not None


def test_the_contract_of_the_benchmark_needs_no_look_afterwards():
    package = Package(build_template(SYNTAXES["jinja"]), Where("contract.docx"))
    markup = source_of(package, package.main)
    shape = find_shape(MERGER.environment.parse(patch(markup)), markup)
    assert shape == Shape(True, True, False)


def test_drawings_are_seen():
    assert shape_of('<w:p><w:r><w:drawing><wp:docPr id="1"/></w:drawing></w:r></w:p>').drawings
    assert not shape_of(p("{{ a }}")).drawings
