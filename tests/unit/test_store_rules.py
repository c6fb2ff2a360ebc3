"""The rules that all ledgers share."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.model import Outcome, Receipt
from docgen.store import rules

NUMBERS = st.sets(st.integers(1, 40), max_size=25)


@pytest.mark.parametrize(
    ("taken", "low", "free"),
    [([], 1, [1, 2, 3]), ([1, 2, 4], 1, [3, 5, 6]), ([1, 2, 9], 3, [3, 4, 5]), ([5], 5, [6, 7, 8])],
)
def test_free_numbers_are_the_lowest_ones(taken: list[int], low: int, free: list[int]) -> None:
    assert list(islice(rules.free_numbers(taken, low), 3)) == free


@settings(deadline=None, max_examples=200)
@given(NUMBERS, NUMBERS)
def test_moves_close_every_gap_below_ones_own_and_touch_no_other(own: set[int], others: set[int]) -> None:
    others -= own
    here = set(own) | others
    for old, new in rules.moves_down(own, others, 1):
        assert new < old
        assert new not in here, "each target is free when its turn comes"
        here = (here - {old}) | {new}
    mine = here - others
    assert len(mine) == len(own)
    assert others <= here
    assert set(range(1, max(mine, default=0) + 1)) <= here


@pytest.mark.parametrize(
    ("recipient", "folded"),
    [
        ("Ana@Example.com", "ana@example.com"),
        ('"Ruiz, Ana" <ANA@example.com>', "ana@example.com"),
        ("archive/INV-2026", "archive/inv-2026"),
        ("Straße 5", "strasse 5"),
        ("<>", "<>"),
    ],
)
def test_recipients_are_folded_for_looking_up(recipient: str, folded: str) -> None:
    assert rules.fold_address(recipient) == folded


def test_others_are_those_besides_the_recipient_unless_nothing_was_sent() -> None:
    outcomes = {"ANA@example.com": Outcome.SENT, "Bo@example.com": Outcome.REJECTED}
    assert rules.other_addresses("Ana <ana@example.com>", Receipt(Outcome.SENT, "", outcomes)) == ["bo@example.com"]
    assert rules.other_addresses("ana@example.com", Receipt(Outcome.SKIPPED, "", outcomes)) == []


def test_file_names_that_one_disk_cannot_hold_apart_fold_alike() -> None:
    assert len({rules.fold_name(name) for name in ("MÜLLER.pdf", "müller.PDF", "mu\u0308ller.pdf")}) == 1
    assert rules.fold_name("muller.pdf") != rules.fold_name("müller.pdf")


def test_slugs_are_safe_names_and_distinct() -> None:
    jobs = ["invoices", "Invoices", "a/b", "a-b", "..", "", "x" * 300, "sąskaitos"]
    slugs = [rules.slug(job) for job in jobs]
    assert len(set(slugs)) == len(jobs)
    assert all(len(slug) < 80 and set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for slug in slugs)


def test_chunks_cover_everything_once() -> None:
    assert [list(some) for some in rules.chunks([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
    assert list(rules.chunks([])) == []
