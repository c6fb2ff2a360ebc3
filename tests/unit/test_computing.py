"""What Python says of an expression, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from rendering import make_context, make_template

from docgen.errors import TemplateError
from docgen.render.text import prepare_text

VALUES: Mapping[str, object] = {"name": "q", "amount": Decimal(1), "day": date(2026, 1, 2)}


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("amount * 1.5", 'an exact number and a number with a point cannot be joined by *; write the number'),
        ("1.5 + amount", "a number with a point and an exact number cannot be joined by +"),
        ("name + 1", "a text and a whole number cannot be joined by +; ~ puts texts together"),
        ("1 - name", "a whole number and a text cannot be joined by -"),
        ("day + 1", "a date and a whole number cannot be joined by +"),
        ("name > 1", "a text and a whole number cannot be compared"),
        ('"%.2f" | format(name)', "a number is asked for, and there is a text; declare the field's type"),
        ('"%d" | format(name)', "a number is asked for, and there is a text"),
        ("1 / 0", "division by zero"),
    ],
)  # fmt: skip
def test_an_expression_that_cannot_be_computed_says_why_in_words(expression: str, said: str, tmp_path: Path):
    template = make_template(tmp_path / "t", f"{{{{ {expression} }}}}", ".txt")
    with pytest.raises(TemplateError) as caught:
        prepare_text(template).render(make_context(dict(VALUES)))
    assert f"the expression cannot be computed: {said}" in str(caught.value)


def test_what_the_advice_says_can_be_computed(tmp_path: Path):
    template = make_template(tmp_path / "t", '{{ amount * "0.19" | float }} {{ name ~ 1 }}', ".txt")
    assert prepare_text(template).render(make_context(dict(VALUES))).content.decode() == "0.19 q1"
