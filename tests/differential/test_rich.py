"""What docgen's own filters write is the same on both paths, in every part and place."""

from __future__ import annotations

import pytest
from differential.cases import VALUES
from differential.cases_pairs import in_every_part, surrounded
from differential.compare import differences, outcome, render
from differential.wordml import document, drawing, p, png, r, tbl, tr

from docgen.model import Making

TEXT = "# Title\n\nOne *two* **three** & <four>\n\n1. a\n2. b\n   - c\n\n| x | y |\n|---|---|\n| 1 | 2 |\n"
#: Filter -> what is written in a paragraph.
FILTERS = {
    "rich": "a {{ name | rich(bold=true, color='#B00020', size=14) }} b",
    "link": "see {{ url | link(name) }}.",
    "checkbox": "{{ yes | checkbox('yes & no') }} {{ no | checkbox }}",
    "page_break": "a{{ page_break() }}b",
    "qr": "{{ qr(name) }}",
    "image": "{{ photo | image(width_mm=10, alt=name) }}",
    "markdown": "{{ text | markdown }}",
    "html": "{{ page | html }}",
    "chart": "{{ chart('column', points, x='month', y=['sales']) }}",
}
MORE = {
    **VALUES, "text": TEXT, "page": "<h2>A</h2><p>b <b>c</b></p><ul><li>d</li></ul>", "photo": png(50, 9),
    "points": [{"month": "May", "sales": 3}, {"month": "June", "sales": 5}],
}  # fmt: skip


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_writes_the_same_on_both_paths(name, tmp_path):
    paragraph = p(r(FILTERS[name], look="<w:i/>"))
    looped = document(paragraph, p("{%p for w in words %}"), paragraph, p("{{ w }}"), p("{%p endfor %}"))
    for content in (in_every_part(paragraph), surrounded(paragraph), looped):
        compiled, reference = (outcome(tmp_path / "t", content, MORE, making) for making in Making)
        if isinstance(compiled, bytes) and isinstance(reference, bytes):
            assert not differences(compiled, reference)
        else:  # a page cannot end in a header or a table
            assert (compiled, name) == (reference, "page_break")
    assert isinstance(compiled, bytes), "the last one can hold everything"


def test_filters_side_by_side_in_tables_and_beside_drawings_write_the_same(tmp_path):
    in_cells = [text for name, text in FILTERS.items() if name != "page_break"]
    content = document(
        *(p(text) for text in FILTERS.values()),
        p(drawing(4, alt="{{ photo | image }}")),
        tbl(len(in_cells), tr("{%tr for w in words %}"), tr(*in_cells), tr("{%tr endfor %}")),
        headers={"default": p(drawing(4, alt="{{ photo | image }}")) + p(FILTERS["markdown"]) + p()},
    )
    compiled, reference = (render(tmp_path, content, MORE, making) for making in Making)
    assert not differences(compiled, reference)
