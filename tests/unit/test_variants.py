"""A/B tests as rules: who gets which variant, and which one has won."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from docgen.job import AbTest
from docgen.variants import MEASURES, Figures, Measure, draw, find_winner

TEST = ("autumn", "2026", "email")


def drawn(share: int, names: tuple[str, ...] = ("a", "b"), test: tuple[str, ...] = TEST) -> list[str]:
    return [draw(test, str(n), names, share) for n in range(4000)]


@pytest.mark.parametrize("share", [1, 20, 50, 99])
def test_the_test_goes_to_its_share_in_equal_parts(share: int) -> None:
    found = Counter(drawn(share))
    expected = 4000 * share / 200
    assert all(abs(found[name] - expected) < 4 * expected**0.5 for name in "ab")
    assert sum(found.values()) == 4000


def test_with_all_recipients_in_the_test_nobody_waits() -> None:
    assert set(drawn(100, ("a", "b", "c"))) == {"a", "b", "c"}


def test_a_record_is_drawn_the_same_again_and_otherwise_in_another_edition() -> None:
    assert drawn(50) == drawn(50)
    assert drawn(50) != drawn(50, test=("autumn", "2027", "email"))
    assert drawn(50, test=("ab", "c", "email")) != drawn(50, test=("a", "bc", "email"))


def test_a_larger_share_keeps_those_who_were_in_the_test() -> None:
    small, large = drawn(10), drawn(40)
    assert all(later for before, later in zip(small, large, strict=True) if before)


@pytest.mark.parametrize(
    ("counts", "winner"),
    [([(100, 3), (100, 4)], "b"), ([(100, 3), (50, 2)], "b"), ([(200, 6), (100, 3)], ""), ([(100, 3), (0, 0)], "")],
)
def test_the_best_rate_wins_and_nobody_where_two_are_level_or_one_was_not_sent(
    counts: list[tuple[int, int]], winner: str
) -> None:
    figures = [Figures(name, sent, {"replies": number}) for name, (sent, number) in zip("ab", counts, strict=True)]
    assert find_winner(figures, Measure("replies", most=True)) == winner
    assert find_winner(figures, Measure("replies", most=False)) == {"b": "a", "": ""}[winner]


def test_every_measure_can_be_asked_for_in_a_job() -> None:
    assert set(get_args(AbTest.model_fields["winner"].annotation)) == {"person", *MEASURES}
