"""Every ledger keeps what steers a run: tries to come, what people decided, wishes, who carried what."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from ledgers import NOW, a_plan, a_spec, only_delivery, open_run_with

from docgen.errors import RunNotFound, RunStateError
from docgen.model import (
    Asked,
    Decision,
    DeliveryState,
    Departure,
    Outcome,
    Receipt,
    Reply,
    ReplyKind,
    RunState,
    Try,
    Wish,
)
from docgen.protocols import Ledger

LATER = NOW + timedelta(minutes=5)
ANA = "ana@example.com"


def _settled(ledger: Ledger, run: str, outcome: Outcome, **more: object) -> int:
    delivery = ledger.deliveries(run, state=DeliveryState.PENDING)[0].id
    assert ledger.claim(delivery, NOW)
    ledger.settle(delivery, Receipt(outcome, f"it is {outcome}", **more), LATER)  # type: ignore[arg-type]
    return delivery


def _decide(ledger: Ledger, delivery: int, outcome: Outcome | None, why: str = "") -> None:
    ledger.decide([Decision(delivery, outcome, "anna", LATER, why)])


# --- tries ---------------------------------------------------------------------------------------


def test_a_try_is_kept_with_the_claim_that_is_given_back(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    delivery = only_delivery(ledger, run)
    assert ledger.claim(delivery, NOW)
    ledger.postpone(delivery, Try(NOW, 1, LATER, "451 later"))
    assert ledger.deliveries(run)[0].state is DeliveryState.PENDING
    assert ledger.tries(run) == {delivery: Try(NOW, 1, LATER, "451 later")}
    assert ledger.claim(delivery, LATER)
    assert ledger.tries(run) == {}
    ledger.postpone(delivery, Try(NOW, 2, LATER, "452 still"))
    assert ledger.tries(run) == {delivery: Try(NOW, 2, LATER, "452 still")}


def test_what_is_not_claimed_cannot_be_postponed(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    with pytest.raises(RunStateError):
        ledger.postpone(only_delivery(ledger, run), Try(NOW, 1, LATER))
    assert ledger.tries(run) == {}


# --- decisions -----------------------------------------------------------------------------------


def test_a_person_says_that_it_was_sent(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    delivery = _settled(ledger, run, Outcome.UNKNOWN, outcomes={ANA: Outcome.UNKNOWN})
    _decide(ledger, delivery, Outcome.SENT, "it is in the log")
    (after,) = ledger.deliveries(run)
    assert (after.state, after.outcome, after.outcomes) == (DeliveryState.SETTLED, Outcome.SENT, {ANA: Outcome.SENT})
    assert after.detail == "sent, says anna on 2026-05-04: it is in the log"
    assert ledger.earlier(["i0"])["i0"].outcome is Outcome.SENT
    (kept,) = ledger.decisions(run)
    assert (kept.by, kept.at, kept.was, kept.words) == ("anna", LATER, Outcome.UNKNOWN, "it is unknown")


def test_a_person_says_that_it_was_not_sent(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    delivery = _settled(ledger, run, Outcome.UNKNOWN, outcomes={ANA: Outcome.UNKNOWN, "b@example.com": Outcome.UNKNOWN})
    _decide(ledger, delivery, None)
    (after,) = ledger.deliveries(run)
    assert (after.state, after.outcome, after.outcomes, after.detail) == (DeliveryState.PENDING, None, {}, "")
    assert (after.claimed, after.settled) == (None, None)
    assert ledger.earlier(["i0"]) == {}
    assert ledger.history("b@example.com") == []
    assert ledger.claim(delivery, LATER)


def test_what_is_not_sent_may_have_failed_for_good(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    delivery = _settled(ledger, run, Outcome.UNKNOWN)
    _decide(ledger, delivery, Outcome.FAILED)
    assert ledger.deliveries(run)[0].outcome is Outcome.FAILED
    assert ledger.earlier(["i0"]) == {}


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.REJECTED])
def test_what_reached_nobody_may_come_again_from_the_beginning(ledger: Ledger, outcome: Outcome) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    delivery = only_delivery(ledger, run)
    assert ledger.claim(delivery, NOW)
    ledger.postpone(delivery, Try(NOW, 3, LATER))
    assert _settled(ledger, run, outcome) == delivery
    _decide(ledger, delivery, None)
    assert ledger.deliveries(run)[0].state is DeliveryState.PENDING
    assert ledger.tries(run) == {}


def test_what_reached_somebody_stays_as_it_is(ledger: Ledger) -> None:
    plans = [a_plan("i0"), a_plan("i1"), a_plan("i2"), a_plan("i3")]
    run = open_run_with(ledger, *plans)
    sent = _settled(ledger, run, Outcome.SENT)
    partly = _settled(ledger, run, Outcome.REJECTED, outcomes={ANA: Outcome.REJECTED, "b@x.org": Outcome.SENT})
    unknown = _settled(ledger, run, Outcome.UNKNOWN)
    (pending,) = ledger.deliveries(run, state=DeliveryState.PENDING)
    before = ledger.deliveries(run)
    for delivery, outcome in ((sent, None), (partly, None), (partly, Outcome.SENT), (pending.id, None), (99, None)):
        with pytest.raises(RunStateError):
            ledger.decide([Decision(unknown, None, "anna", LATER), Decision(delivery, outcome, "anna", LATER)])
    assert ledger.deliveries(run) == before
    assert ledger.decisions(run) == []


def test_what_came_back_may_go_again(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    delivery = _settled(ledger, run, Outcome.SENT, outcomes={ANA: Outcome.SENT})
    ledger.take_reply([Reply("m", ANA, ReplyKind.AUTO_REPLY, LATER, delivery=delivery)])
    with pytest.raises(RunStateError):
        _decide(ledger, delivery, None)
    ledger.take_reply([Reply("n", ANA, ReplyKind.SOFT, LATER, delivery=delivery)])
    _decide(ledger, delivery, None)
    assert ledger.claim(delivery, LATER)


# --- wishes --------------------------------------------------------------------------------------


def test_a_wish_is_left_replaced_and_taken_back(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    assert ledger.asked(run) is None
    ledger.ask(run, Asked(Wish.PAUSE, "anna", NOW))
    ledger.ask(run, Asked(Wish.CANCEL, "boris", LATER))
    assert ledger.asked(run) == Asked(Wish.CANCEL, "boris", LATER)
    ledger.ask(run, None)
    assert ledger.asked(run) is None
    with pytest.raises(RunNotFound):
        ledger.ask("x/2026-05-04-001", Asked(Wish.PAUSE, "anna", NOW))


# --- departures ----------------------------------------------------------------------------------


def test_departures_are_what_went_or_may_have_gone(ledger: Ledger) -> None:
    outcomes = (Outcome.SENT, Outcome.UNKNOWN, Outcome.FAILED, Outcome.REJECTED)
    run = open_run_with(ledger, *(a_plan(f"i{n}") for n in range(6)))
    for outcome in outcomes:
        _settled(ledger, run, outcome, account="" if outcome is Outcome.UNKNOWN else "mx:25")
    claimed, _ = ledger.deliveries(run, state=DeliveryState.PENDING)
    assert ledger.claim(claimed.id, NOW)
    gone = ledger.departures(["smtp"], NOW)
    assert gone == [Departure("", NOW, ANA), Departure("", NOW, ANA), Departure("mx:25", NOW, ANA)]
    assert ledger.departures(["outbox"], NOW) == []
    assert ledger.departures(["smtp"], NOW + timedelta(seconds=1)) == []


def test_departures_are_compared_as_moments_not_as_texts(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    east = NOW.astimezone(timezone(timedelta(hours=14)))
    assert ledger.claim(only_delivery(ledger, run), east)
    ledger.set_state(run, RunState.DONE, finished=NOW.astimezone(timezone(timedelta(hours=-11))))
    assert [each.at for each in ledger.departures(["smtp"], NOW)] == [east]


def test_departures_count_the_recipients_who_have_the_message_or_may(ledger: Ledger) -> None:
    cc = {"files": ["a.eml"], "envelope": {"sender": "s@example.com", "recipients": [ANA, "bo@example.com"]}}
    run = open_run_with(ledger, *(a_plan(f"i{n}", payload=cc) for n in range(4)))
    _settled(ledger, run, Outcome.SENT, outcomes={ANA: Outcome.SENT, "bo@example.com": Outcome.REJECTED})
    _settled(ledger, run, Outcome.SENT, outcomes={ANA: Outcome.SENT, "bo@example.com": Outcome.QUEUED})
    _settled(ledger, run, Outcome.UNKNOWN)
    assert ledger.claim(ledger.deliveries(run, state=DeliveryState.PENDING)[0].id, NOW)
    assert sorted(each.recipients for each in ledger.departures(["smtp"], NOW)) == [1, 2, 2, 2]


# --- what is pending -----------------------------------------------------------------------------


def test_of_some_deliveries_only_the_pending_ones_of_the_run_come_by_their_numbers(ledger: Ledger) -> None:
    run = open_run_with(ledger, *(a_plan(f"i{n}") for n in range(4)))
    other = only_delivery(ledger, open_run_with(ledger, a_plan("elsewhere")))
    sent = _settled(ledger, run, Outcome.SENT)
    ids = [each.id for each in ledger.deliveries(run)]
    assert [each.id for each in ledger.pending(run, [other, ids[3], sent, ids[1], 10**9])] == [ids[1], ids[3]]
    assert ledger.pending(run, []) == []


def test_pending_deliveries_are_counted_by_transport_from_a_number_on(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"), a_plan("i1"), a_plan("i2", transport="print"), a_plan("i3"))
    _settled(ledger, run, Outcome.SENT)
    second = ledger.deliveries(run)[1].id
    assert [ledger.count_pending(run, "smtp"), ledger.count_pending(run, "smtp", after=second)] == [2, 1]
    assert ledger.count_pending(run, "outbox") == 0
