"""Every tag in every part, in everything that may surround it, and beside every other tag."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from differential.cases import VALUES
from differential.cases_pairs import TAGS, beside_all, in_every_part, surrounded
from differential.compare import differences, outcome, render_docxtpl, text_differences

from docgen.model import Making


@pytest.mark.parametrize("arrange", [in_every_part, surrounded, beside_all], ids=lambda arrange: arrange.__name__)
@pytest.mark.parametrize("name", TAGS)
def test_a_tag_gives_the_same_wherever_it_stands(name: str, arrange: Callable[[str], bytes], tmp_path):
    content = arrange(TAGS[name])
    values = {**VALUES, "bare": "bare & text"}
    compiled, reference = (outcome(tmp_path / "t", content, values, making) for making in Making)
    assert isinstance(compiled, bytes), compiled
    assert isinstance(reference, bytes), reference
    assert not differences(compiled, reference)
    assert not text_differences(compiled, render_docxtpl(content, values))
