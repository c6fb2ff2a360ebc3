"""Steps of many deliveries at once: every ledger does with them what it does with each alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ledgers import NOW, a_plan, only_delivery, open_run_with

from docgen.errors import RunStateError
from docgen.model import DeliveryState, Moves, Outcome, Receipt
from docgen.protocols import Ledger

LATER = NOW + timedelta(minutes=5)
SENT = Receipt(Outcome.SENT, "250 ok", {"jane@example.org": Outcome.SENT})


def _claimed(ledger: Ledger, count: int) -> tuple[str, list[int]]:
    run = open_run_with(ledger, *(a_plan(f"i{n}") for n in range(count)))
    ids = [each.id for each in ledger.deliveries(run)]
    assert ledger.move(Moves(claims=ids), NOW) == set(ids)
    return run, ids


def test_outcomes_claims_and_reasons_are_written_together(ledger: Ledger) -> None:
    run = open_run_with(ledger, *(a_plan(f"i{n}") for n in range(4)))
    first, second, third, fourth = ledger.deliveries(run)
    assert ledger.move(Moves(claims=[first.id, second.id]), NOW) == {first.id, second.id}
    moves = Moves([(first, SENT, NOW)], [second.id], [(third.id, "no consent")], [second.id, fourth.id])
    assert ledger.move(moves, LATER) == {second.id, fourth.id}
    found = [(d.state, d.outcome, d.detail, d.claimed, d.settled) for d in ledger.deliveries(run)]
    assert found == [
        (DeliveryState.SETTLED, Outcome.SENT, "250 ok", NOW, NOW),
        (DeliveryState.CLAIMED, None, "", LATER, None),
        (DeliveryState.SETTLED, Outcome.SKIPPED, "no consent", None, LATER),
        (DeliveryState.CLAIMED, None, "", LATER, None),
    ]


def test_nothing_to_do_is_done(ledger: Ledger) -> None:
    assert ledger.move(Moves(), NOW) == frozenset()


def test_copies_are_found_in_the_history_of_their_addresses(ledger: Ledger) -> None:
    run, _ = _claimed(ledger, 2)
    outcomes = dict.fromkeys(("ana@example.com", "copy@example.org"), Outcome.SENT)
    settled = [(each, Receipt(Outcome.SENT, "", outcomes), NOW) for each in ledger.deliveries(run)]
    ledger.move(Moves(settled), NOW)
    assert len(ledger.history("Copy@example.org")) == 2


def test_who_is_not_free_keeps_nobody_from_being_claimed(ledger: Ledger) -> None:
    ledger.claim(only_delivery(ledger, open_run_with(ledger, a_plan("i1"))), NOW)
    run = open_run_with(ledger, *(a_plan(f"i{n}") for n in range(3)))
    free, held, taken = (each.id for each in ledger.deliveries(run))
    ledger.claim(taken, NOW)
    assert ledger.move(Moves(claims=[free, held, taken, 999]), LATER) == {free}
    assert [each.state.value for each in ledger.deliveries(run)] == ["claimed", "pending", "claimed"]


def test_an_outcome_that_cannot_be_written_keeps_no_other_from_it(ledger: Ledger) -> None:
    run, ids = _claimed(ledger, 3)
    ledger.release(ids[1])
    settled = [(each, SENT, NOW) for each in ledger.deliveries(run)[:2]]
    with pytest.raises(RunStateError, match=f"delivery {ids[1]} is pending; only a claimed one can be settled"):
        ledger.move(Moves(settled, [ids[2]], claims=[ids[1]]), LATER)
    assert [each.state.value for each in ledger.deliveries(run)] == ["settled", "pending", "pending"]


def test_hundreds_move_at_once(ledger: Ledger) -> None:
    run, ids = _claimed(ledger, 700)
    ledger.move(Moves([(each, SENT, NOW) for each in ledger.deliveries(run)]), NOW)
    assert ledger.count_outcomes(run) == {("email", Outcome.SENT): len(ids)}
