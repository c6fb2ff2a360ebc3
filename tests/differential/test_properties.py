"""Both paths make the same document, or find the same fault, whatever is merged and whatever the template is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

import pytest
from differential.compare import differences, outcome, render_docxtpl, text_differences
from differential.growing import bodies, contexts, texts
from differential.wordml import document, drawing, note, p, r, sect, tbl, tc, text_box, tr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rendering import make_context, make_template

from docgen.merge import Missing
from docgen.model import Making
from docgen.render.docx import prepare

_SETTINGS: Mapping[str, object] = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": list(HealthCheck),
}
_ROW = tr("{{ row.a }}", "{{ row.b }}", tc(p(r("{{ row.c }}", look="<w:b/>"), look='<w:jc w:val="right"/>')))
_LOOP = (tr("{%tr for row in rows %}"), _ROW, tr("{%tr endfor %}"))

TEMPLATES = {
    "a letter": document(
        p("{{ one }}, {{ two }}"),
        p("{% if one %}{{ one }}{% else %}nobody{% endif %} and {{ two | upper }}"),
        p(r("{{ one }}", look="<w:b/>"), " {{ two }}", look='<w:pStyle w:val="Quote"/>'),
        p("{%p if flag %}"),
        p("{{ two }}"),
        p("{%p endif %}"),
        headers={"default": p("{{ one }}"), "first": p("{{ two }}")},
        footnotes=[note(1, p("{{ one }}"))],
        comments=[note(0, p("{{ two }}"), kind="comment")],
        properties={"title": "{{ one }}", "description": "{{ two }}"},
    ),
    "rows": document(
        tbl(3, tr("A", "B", "C"), *_LOOP),
        tbl(3, *_LOOP),
        p("{% for row in rows %}{{ row.a }}; {% endfor %}"),
        footers={"default": tbl(3, *_LOOP) + p()},
    ),
    "columns": document(
        tbl(2, tr("{%tc for cell in cells %}", "{{ cell }}", "{%tc endfor %}"), width=1234),
        tbl(3, tr("x", "{%tc for cell in cells %}", "{{ cell }}", "{%tc endfor %}", "y"), tr("z")),
        tbl(
            4,
            tr("{% colspan cells|length + 1 %}{{ one }}"),
            tr("{%tr for row in rows %}"),
            tr(
                "{% vm %}{{ one }}",
                "{%tc for cell in cells %}",
                "{% cellbg 'FFEEDD' %}{{ cell }}{{ row.a }}",
                "{%tc endfor %}",
            ),
            tr("{%tr endfor %}"),
        ),
    ),
    "drawings and boxes": document(
        p("{%p for row in rows %}"),
        p(drawing(4, alt="{{ row.a }}"), "{{ row.b }}"),
        p(text_box(p("{{ row.c }}"))),
        p("{%p endfor %}"),
        p('<w:hyperlink w:anchor="x">', r("{{ one }}"), "</w:hyperlink>"),
        p(
            r("<w:instrText> PAGE </w:instrText>"), "{{ two }}"
        ),  # in field codes docgen escapes values, docxtpl does not
    ),
    "tables in tables, sections in loops": document(
        tbl(
            2,
            tr("{%tr for row in rows %}"),
            tr("{{ row.a }}", tc(tbl(3, tr("1", "2", "3"), *_LOOP), p("{{ row.b }}"))),
            tr("{%tr endfor %}"),
            tr("last", "{{ one }}"),
        ),
        p("{%p for cell in cells %}"),
        p("{{ cell }}"),
        p(look=sect()),
        p("{%p endfor %}"),
        p("{{ two }}"),
    ),
}

rows = st.lists(st.fixed_dictionaries({"a": texts, "b": texts, "c": texts}), max_size=5)
values = st.fixed_dictionaries(
    {
        "one": texts,
        "two": st.text(st.sampled_from("a\n\t\a\f<&\"'{}%_]>"), max_size=8),
        "flag": st.booleans(),
        "rows": rows,
        "cells": st.lists(texts, max_size=6),
    }
)


def renderer(
    folder, content: bytes, making: Making, missing: Missing = "error"
) -> Callable[[Mapping[str, object]], bytes]:
    prepared = prepare(make_template(folder, content, ".docx"), engine=making, missing=missing)
    return lambda record: prepared.render(make_context(record)).content


@pytest.mark.parametrize("name", TEMPLATES)
def test_any_values_give_the_same_document_on_both_paths(name, tmp_path):
    compiled, reference = (renderer(tmp_path / m.value, TEMPLATES[name], m) for m in Making)

    @settings(max_examples=25, **_SETTINGS)
    @given(values)
    def hold(record: Mapping[str, object]) -> None:
        assert not differences(compiled(record), reference(record))

    hold()


@pytest.mark.parametrize("name", TEMPLATES)
def test_any_values_give_the_text_that_docxtpl_itself_makes(name, tmp_path):
    compiled = renderer(tmp_path, TEMPLATES[name], Making.COMPILED)
    # In these docxtpl changes values, or leaves to the parser what XML cannot hold.
    other = re.compile("[{}%_\a\f]|[\x00-\x08\x0b-\x1f\ue0f0\ue0f1\ufffe\uffff]")

    @settings(max_examples=20, **_SETTINGS)
    @given(values.filter(lambda record: not other.search(repr_of(record))))
    def hold(record: Mapping[str, object]) -> None:
        assert not text_differences(compiled(record), render_docxtpl(TEMPLATES[name], record))

    hold()


def repr_of(value: object) -> str:
    """Return all texts of a record, one after the other."""
    if isinstance(value, Mapping):
        return "".join(repr_of(inner) for inner in value.values())
    return "".join(map(repr_of, value)) if isinstance(value, list) else str(value)


@pytest.mark.parametrize("careful", [True, False])
def test_any_template_gives_the_same_document_or_fault_on_both_paths(careful, tmp_path):
    made = set()

    @settings(max_examples=80 if careful else 40, **_SETTINGS)
    @given(bodies(careful), contexts)
    def hold(inside: str, context: dict[str, object]) -> None:
        content = document(inside, headers={"default": p("{{ name }}")})
        compiled, reference = (outcome(tmp_path / "t", content, context, making) for making in Making)
        made.add(type(compiled))
        if isinstance(compiled, bytes) and isinstance(reference, bytes):
            assert not differences(compiled, reference)
        else:
            assert compiled == reference

    hold()
    assert bytes in made, "no template was fit to be merged, so nothing was tried"


def test_the_same_record_gives_the_same_bytes(tmp_path):
    render = renderer(tmp_path, TEMPLATES["rows"], Making.COMPILED)
    record = {"rows": [{"a": "1", "b": "2", "c": "3"}], "one": "x", "two": "y", "cells": []}
    assert render(record) == render(dict(record, unused=date(2026, 1, 1)))
