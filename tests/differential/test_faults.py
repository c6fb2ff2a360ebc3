"""What is wrong with a template or a record is the same fault on both paths; neither writes a broken document."""

from __future__ import annotations

import pytest
from differential.compare import outcome
from differential.wordml import document, note, p, r, tbl, tr

from docgen.model import Making

FAULTS = {
    "a field that is missing": (document(p("{{ absent }}")), "FieldMissing"),
    "a field that is missing in a row": (
        document(tbl(1, tr("{%tr for x in words %}"), tr("{{ x.no }}"), tr("{%tr endfor %}"))),
        "Missing",
    ),
    "a field that is missing in a header": (document(p("x"), headers={"default": p("{{ absent }}")}), "header 1"),
    "a field that is missing in a note": (document(p("x"), footnotes=[note(1, p("{{ absent }}"))]), "footnotes"),
    "a field that is empty": (document(p("{{ hole }}")), "is empty"),
    "a block that is not closed": (document(p("{%p if yes %}"), p("x")), "if yes"),
    "a block that is not open": (document(p("{%p endif %}")), "endif"),
    "an unknown filter": (document(p("{{ name | shout }}")), "shout"),
    "text beside a paragraph tag": (document(p("lost {%p if yes %}"), p("x"), p("{%p endif %}")), "lost"),
    "a filter that breaks markup": (document(p("{% filter upper %}a & b{% endfilter %}")), "not well-formed"),
    "a filter that breaks what a macro wrote": (
        document(p("{% macro m() %}a & b{% endmacro %}{{ m() | upper }}")),
        "not well-formed",
    ),
    "a text that is cut within an entity": (document(p("{% set x %}a & b{% endset %}{{ x[:4] }}")), "not well-formed"),
    "a filter that breaks a header": (
        document(
            p("x"),
            headers={
                "default": p("{{ (name | escape | string)[:7] | upper }}") + p("{% filter upper %}&{% endfilter %}")
            },
        ),
        "header 1",
    ),
    "a loop over the end of an element": (
        document(p("{% for w in words %}a", f"<w:hyperlink>{r('b{% endfor %}')}</w:hyperlink>")),
        "",
    ),
    "a table without a grid": (document("<w:tbl><w:tblPr/>" + tr("{{ name }}") + "</w:tbl>"), ""),
    "more rounds than a loop may make": (document(p("{% for a in range(200000) %}x{% endfor %}")), "Limit"),
    "a property that is missing": (document(p("x"), properties={"title": "{{ absent }}"}), "properties"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_the_same_on_both_paths(name, tmp_path):
    content, expected = FAULTS[name]
    values = {"name": "Smith & Sons", "words": ["a", "b"], "yes": True, "hole": None}
    compiled, reference = (outcome(tmp_path / "t", content, values, making) for making in Making)
    assert isinstance(compiled, str), "a document was made"
    assert compiled == reference
    assert expected in compiled
