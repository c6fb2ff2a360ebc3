"""Values of docxtpl's own classes give the same document on both paths, and the one that docxtpl gives."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping

import pytest
from differential.cases_values import BROKEN, CASES, ValueCase
from differential.compare import differences, parts_of, text_differences
from docxtpl import DocxTemplate
from jinja2 import Environment
from rendering import make_context, make_template

from docgen.errors import TemplateError
from docgen.model import Making
from docgen.render.docx import prepare


def values_of(case: ValueCase, template: DocxTemplate) -> Mapping[str, object]:
    random.seed(7)  # docxcompose gives lists ids by chance
    return case.make(template)


def made(folder, case: ValueCase, making: Making) -> bytes:
    values = values_of(case, DocxTemplate(io.BytesIO(case.template)))
    prepared = prepare(make_template(folder, case.template, ".docx"), engine=making)
    return prepared.render(make_context(values)).content


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_values_of_docxtpls_classes_give_the_same_document(case: ValueCase, tmp_path):
    compiled, reference = (made(tmp_path / making.value, case, making) for making in Making)
    assert not differences(compiled, reference)
    template = DocxTemplate(io.BytesIO(case.template))
    template.render(make_context(values_of(case, template)), Environment(autoescape=True))
    expected = io.BytesIO()
    template.save(expected)
    assert not text_differences(compiled, expected.getvalue())
    media = ("word/media/", "word/embeddings/")
    ours, theirs = parts_of(compiled).parts, parts_of(expected.getvalue()).parts
    assert {n: c for n, c in ours.items() if n.startswith(media)} == {
        n: c for n, c in theirs.items() if n.startswith(media)
    }


def test_a_value_that_docxtpl_would_leave_without_its_picture_is_a_fault_on_both_paths(tmp_path):
    faults = set()
    for making in Making:
        with pytest.raises(TemplateError, match="header 1: a value refers to the relation") as caught:
            made(tmp_path, BROKEN, making)
        faults.add(str(caught.value))
    assert len(faults) == 1
