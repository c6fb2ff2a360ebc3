"""What every ledger promises of segments, tests of variants and what an approval is bound to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from ledgers import NOW, a_plan, a_spec, open_run_with

from docgen.errors import RunStateError
from docgen.model import Approval, ItemResult, NewItem, Outcome, Receipt, Winner
from docgen.protocols import Ledger

WINNER = Winner("autumn", "b", "ana", NOW, "12 of 100 answered")


def held(identity: str, **more: str) -> dict[str, object]:
    files = [{"path": f"{identity}={name}.eml", "variant": name} for name in "ab"]
    return {"identity": identity, "payload": {"files": files}} | more


def test_segments_of_ready_items_are_counted(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    ledger.add_items(run, [NewItem(n, f"K{n}", "") for n in range(5)])
    results = [ItemResult(n, f"K{n}", segment=name) for n, name in enumerate(["vip", "", "vip", "rest"])]
    ledger.put_results(run, results)
    assert dict(ledger.count_segments(run)) == {"vip": 2, "rest": 1, "": 1}
    assert [item.segment for item in ledger.items(run)] == ["vip", "", "vip", "rest", ""]
    assert dict(ledger.count_segments("x/2026-05-04-001")) == {}


def test_what_is_drawn_for_a_test_is_found_and_what_is_held_is_not(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0", variant="a"), a_plan(**held("i1")), a_plan("i2", variant="b"))
    assert [each.variant for each in ledger.tested(run)] == ["a", "b"]
    assert [each.is_held for each in ledger.deliveries(run)] == [False, True, False]
    first = ledger.tested(run, limit=1)[0]
    assert [each.variant for each in ledger.tested(run, after=first.id)] == ["b"]


def test_a_winner_is_given_to_what_is_held_in_this_step_and_run_and_to_nothing_else(ledger: Ledger) -> None:
    plans = [a_plan("i0", variant="a"), a_plan(**held("i1")), a_plan(**held("i2")), a_plan(**held("i3", route="other"))]
    run, other = open_run_with(ledger, *plans), open_run_with(ledger, a_plan(**held("i4")))
    ledger.skip(ledger.deliveries(run)[2].id, "unsubscribed", NOW)
    before = ledger.fingerprint(run)
    assert ledger.assign(run, "email", "b") == 1
    assert ledger.assign(run, "email", "a") == 0
    assert [each.variant for each in ledger.deliveries(run)] == ["a", "b", "", ""]
    assert [each.variant for each in ledger.deliveries(other)] == [""]
    assert ledger.deliveries(run)[1].is_of_the_rest
    assert ledger.fingerprint(run) == before


def test_a_variant_stays_through_claim_and_settling(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0", variant="a"))
    ledger.claim(ledger.deliveries(run)[0].id, NOW)
    ledger.settle(ledger.deliveries(run)[0].id, Receipt(Outcome.SENT), NOW)
    assert [(each.variant, each.outcome) for each in ledger.tested(run)] == [("a", Outcome.SENT)]


def test_a_test_is_won_once(ledger: Ledger) -> None:
    assert ledger.winner("autumn") is None
    ledger.choose(WINNER)
    with pytest.raises(RunStateError, match='ana chose the variant "b" on 2026-05-04 10:32 already'):
        ledger.choose(replace(WINNER, variant="a", by="bo", at=NOW + timedelta(days=1)))
    assert ledger.winner("autumn") == WINNER
    assert ledger.winner("spring") is None


def test_an_approval_keeps_what_it_is_bound_to(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    ledger.approve(Approval(run, "ana", NOW, "f", {"the data": "0f"}))
    assert ledger.approval(run) == Approval(run, "ana", NOW, "f", {"the data": "0f"})
