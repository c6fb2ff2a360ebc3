"""The bidirectional algorithm, against another implementation and against the rules' own examples."""

from __future__ import annotations

import unicodedata

import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.render.pdf.typeset import bidi

_REMOVED = {"RLE", "LRE", "RLO", "LRO", "PDF", "BN"}
_PLAIN = 'ab12אבعب٣ .,:+-/%€()[]<"\u0301\t'
_STEERED = _PLAIN + "\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u200e\u200f"


def shown(text: str, base: int) -> str:
    """The text from left to right, characters not mirrored."""
    line = bidi.line_levels(text, bidi.levels(text, base), 0, len(text), base)
    runs = bidi.visual_runs(line)
    return "".join(text[start:end][:: -1 if level % 2 else 1] for start, end, level in runs)


def printed(text: str) -> str:
    return "".join(char for char in text if unicodedata.bidirectional(char) not in _REMOVED)


# The other implementation leaves a paragraph as it is that has nothing from right to left, tabs included.
@settings(deadline=None)
@given(rest=st.text(_PLAIN, max_size=20), base=st.sampled_from([0, 1]))
def test_order_is_that_of_another_implementation(rest: str, base: int) -> None:
    text = f"א{rest}"
    assert shown(text, base) == get_display(text, base_dir="RL"[1 - base])


@settings(deadline=None)
@given(rest=st.text(_STEERED, max_size=20), base=st.sampled_from([0, 1]))
def test_embeddings_and_isolates_are_followed(rest: str, base: int) -> None:
    text = f"א{rest}"
    assert printed(shown(text, base)) == printed(get_display(text, base_dir="RL"[1 - base]))


@settings(deadline=None)
@given(text=st.text(_STEERED, max_size=40))
def test_every_character_is_shown_once(text: str) -> None:
    assert sorted(shown(text, bidi.base_direction(text))) == sorted(text)


@pytest.mark.parametrize(
    ("text", "base"),
    [("שלום", 1), ("12 שלום", 1), ("Hello שלום", 0), ("123", 0), ("", 0), ("\u2067שלום\u2069 abc", 0), ("«مرحبا»", 1)],
)
def test_a_paragraph_goes_as_its_first_letter(text: str, base: int) -> None:
    assert bidi.base_direction(text) == base


def test_numbers_in_hebrew_go_from_left_to_right() -> None:
    assert bidi.levels("סך 12.50 €", 1) == (1, 1, 1, 2, 2, 2, 2, 2, 1, 1)


def test_text_without_right_to_left_has_one_level() -> None:
    assert bidi.levels("Invoice (42)", 0) == (0,) * 12
    assert not bidi.has_right_to_left("Invoice – 42 €")


def test_spaces_at_the_end_of_a_line_go_with_the_paragraph() -> None:
    text = "שלום abc def"
    levels = bidi.levels(text, 1)
    assert bidi.line_levels(text, levels, 0, 9, 1)[-1] == 1
    assert bidi.line_levels(text, levels, 0, 12, 1)[8] == 2


@pytest.mark.timeout(20)
def test_hostile_nesting_ends() -> None:
    assert len(bidi.levels("\u2067" * 5_000 + "א" + "\u202b" * 5_000 + "(" * 5_000, 0)) == 15_001
