"""The suite fails when the short way leaves out any one of its passes."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest
from differential.cases_values import CASES as VALUE_CASES
from differential.compare import differences, outcome
from differential.test_engines import CASES
from differential.test_values import values_of
from docxtpl import DocxTemplate
from lxml import etree

from docgen.model import Making
from docgen.render.docx import compiled
from docgen.render.docx.shape import Shape
from docgen.render.docx.values import Foreign


def unseen(self: Foreign, value: object, whole: Callable[[Foreign, object], object] = Foreign.adopt) -> object:
    """Print a value without noting that it was printed."""
    printed, made = self.printed, whole(self, value)
    self.printed = printed
    return made


#: What is broken -> where, under which name, by what, and whether values of docxtpl's classes show it.
BREAKS = {
    "drawings are not counted": (compiled, "number_drawings", lambda markup: markup, False),
    "grids are not fitted": (compiled, "fix_tables", etree.fromstring, False),
    "breaks and tabs are not made": (compiled, "lay_out", lambda markup: markup, False),
    "every part is taken for sound": (compiled, "find_shape", lambda tree, markup: Shape(True, True, True), False),
    "blanks are left in headers": (compiled, "without_blanks", lambda markup: markup, True),
    "what a value prints is not looked at": (Foreign, "adopt", unseen, True),
}


def _some_case_fails(folder: Path, values: bool) -> bool:
    if values:
        makes = (partial(values_of, case, DocxTemplate(io.BytesIO(case.template))) for case in VALUE_CASES)
        return any(_differ(folder, case.template, make) for case, make in zip(VALUE_CASES, makes, strict=True))
    return any(_differ(folder, case.template, partial(getattr, case, "context")) for case in CASES)


def _differ(folder: Path, template: bytes, make: Callable[[], Mapping[str, object]]) -> bool:
    try:
        one, other = (outcome(folder, template, make(), making) for making in Making)
        return one != other if isinstance(one, str) or isinstance(other, str) else bool(differences(one, other))
    except etree.XMLSyntaxError:
        return True


@pytest.mark.parametrize("broken", BREAKS)
def test_the_suite_finds_out_that(broken: str, monkeypatch, tmp_path):
    place, name, instead, values = BREAKS[broken]
    monkeypatch.setattr(place, name, instead)
    assert _some_case_fails(tmp_path / "t", values)
