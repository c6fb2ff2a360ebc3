"""What docgen makes the short way is what docxtpl defines: part by part, for templates of every sort."""

from __future__ import annotations

import pytest
from differential import cases_parts, cases_tables, cases_tags, cases_text
from differential.cases import Case
from differential.compare import differences, parts_of, render, render_docxtpl, text_differences
from jinja2 import TemplateSyntaxError

from docgen.model import Making

CASES = [*cases_tags.CASES, *cases_text.CASES, *cases_tables.CASES, *cases_parts.CASES]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@every_case
def test_both_paths_make_the_same_document(case: Case, tmp_path):
    compiled = render(tmp_path / "a", case.template, case.context, Making.COMPILED)
    reference = render(tmp_path / "b", case.template, case.context, Making.REFERENCE)
    assert not differences(compiled, reference)
    assert parts_of(compiled).parts


@every_case
def test_docxtpl_itself_makes_the_same_text(case: Case, tmp_path):
    compiled = render(tmp_path, case.template, case.context, Making.COMPILED)
    found: list[str] = []
    try:
        found = text_differences(compiled, render_docxtpl(case.template, case.context))
    except (TemplateSyntaxError, ValueError) as error:
        found = [str(error)]
    assert bool(found) == bool(case.differs), found or f"docxtpl does the same by now: {case.differs}"


def test_the_suite_is_as_large_as_promised():
    assert len({case.name for case in CASES}) == len(CASES) >= 40
