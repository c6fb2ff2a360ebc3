"""Every ledger keeps the same promises: in memory, in a SQLite file, in PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from ledgers import NOW, a_note, a_plan, a_spec, only_delivery, open_run_with

from docgen.errors import JobRunning, RunNotFound, RunStateError
from docgen.model import (
    Approval,
    DeliveryState,
    Earlier,
    Fault,
    ItemResult,
    ItemState,
    MessageClass,
    NewItem,
    Outcome,
    Receipt,
    RunState,
    Suppression,
)
from docgen.protocols import Ledger

LATER = NOW + timedelta(minutes=5)
FAULT = Fault("missing-value", "orders.csv, row 7: postcode is empty", "postcode", "")


# --- runs ----------------------------------------------------------------------------------------


def test_run_ids_count_by_job_and_day(ledger: Ledger) -> None:
    tomorrow = NOW + timedelta(days=1)
    ids = [ledger.open_run(a_spec(job, day)) for job, day in (("a", NOW), ("a", NOW), ("b", NOW), ("a", tomorrow))]
    assert ids == ["a/2026-05-04-001", "a/2026-05-04-002", "b/2026-05-04-001", "a/2026-05-05-001"]


def test_the_day_of_a_run_is_that_of_its_own_wall_clock(ledger: Ledger) -> None:
    just_after_midnight = datetime(2026, 5, 4, 0, 30, tzinfo=timezone(timedelta(hours=3)))
    run = ledger.run(ledger.open_run(a_spec(started=just_after_midnight)))
    assert run.id == "invoices/2026-05-04-001"
    assert run.spec.started.isoformat() == "2026-05-04T00:30:00+03:00"


def test_a_run_comes_back_as_it_was_opened(ledger: Ledger) -> None:
    spec = replace(a_spec(again=True, options={"limit": 5, "record": ["K1"]}), edition="spring", job_sha256="f" * 64)
    run = ledger.run(ledger.open_run(spec))
    assert run.spec == spec
    assert (run.state, run.note, run.finished) == (RunState.MERGING, "", None)


def test_a_run_is_found_by_the_part_after_the_slash(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec("letters"))
    assert ledger.run("2026-05-04-001").id == run


def test_a_short_id_that_two_jobs_have_is_refused_with_both(ledger: Ledger) -> None:
    ledger.open_run(a_spec("letters"))
    ledger.open_run(a_spec("invoices"))
    with pytest.raises(RunNotFound) as caught:
        ledger.run("2026-05-04-001")
    assert "invoices/2026-05-04-001, letters/2026-05-04-001" in str(caught.value)


def test_an_unknown_run_is_refused_with_a_near_one(ledger: Ledger) -> None:
    ledger.open_run(a_spec())
    with pytest.raises(RunNotFound) as caught:
        ledger.run("invoice/2026-05-04-001")
    assert str(caught.value) == ('there is no run "invoice/2026-05-04-001"; did you mean "invoices/2026-05-04-001"?')


def test_runs_come_newest_first_and_by_job(ledger: Ledger) -> None:
    ids = [ledger.open_run(a_spec(job)) for job in ("a", "b", "a")]
    assert [run.id for run in ledger.runs()] == ids[::-1]
    assert [run.id for run in ledger.runs("a")] == [ids[2], ids[0]]
    assert [run.id for run in ledger.runs(limit=1)] == [ids[2]]


def test_state_note_and_end_are_set_together(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    ledger.set_state(run, RunState.DONE, "all sent", LATER)
    done = ledger.run(run)
    assert (done.state, done.note, done.finished) == (RunState.DONE, "all sent", LATER)
    ledger.set_state(run, RunState.DELIVERING)
    assert (ledger.run(run).note, ledger.run(run).finished) == ("", None)


@pytest.mark.parametrize(
    "step",
    [
        lambda ledger: ledger.set_state("x/2026-05-04-001", RunState.DONE),
        lambda ledger: ledger.add_items("x/2026-05-04-001", [NewItem(0, "K0", "")]),
        lambda ledger: ledger.reserve_numbers("x/2026-05-04-001", "INV", [("K0", "INV-")]),
        lambda ledger: ledger.approve(Approval("x/2026-05-04-001", "ana", NOW, "f")),
    ],
    ids=["set_state", "add_items", "reserve_numbers", "approve"],
)
def test_nothing_is_written_for_an_unknown_run(ledger: Ledger, step: object) -> None:
    with pytest.raises(RunNotFound):
        step(ledger)  # type: ignore[operator]


# --- locks ---------------------------------------------------------------------------------------


def test_a_job_has_one_holder_and_is_free_afterwards(ledger: Ledger) -> None:
    with ledger.lock("invoices"):
        with pytest.raises(JobRunning, match=r'the job "invoices" is taken: .* has been working on it'):
            ledger.lock("invoices").__enter__()
        with ledger.lock("letters"):
            pass
    with ledger.lock("invoices"):
        pass


def test_a_lock_is_given_back_when_the_work_fails(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError, match="broke"), ledger.lock("invoices"):
        raise RuntimeError("broke")
    with ledger.lock("invoices"):
        pass


# --- items ---------------------------------------------------------------------------------------


def test_items_come_by_ordinal_in_pages(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    ledger.add_items(run, [NewItem(n, f"K{n}", f"data{n}") for n in (3, 1, 2, 0)])
    first = ledger.items(run, limit=3)
    assert [item.key for item in first] == ["K0", "K1", "K2"]
    assert first[0].data_sha256 == "data0"
    assert first[0].state is ItemState.PLANNED
    assert [item.key for item in ledger.items(run, after=first[-1].ordinal, limit=3)] == ["K3"]
    assert ledger.items("x/2026-05-04-001") == []


def test_items_that_are_there_already_are_left_as_they_are(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    ledger.add_items(run, [NewItem(0, "K0", "changed"), NewItem(1, "K1", "new")])
    items = ledger.items(run)
    assert [(item.key, item.data_sha256, item.state) for item in items] == [
        ("K0", "data0", ItemState.READY),
        ("K1", "new", ItemState.PLANNED),
    ]


@pytest.mark.parametrize("moved", [NewItem(0, "K1", ""), NewItem(7, "K0", "")], ids=["place taken", "key elsewhere"])
def test_a_record_that_moved_under_the_run_is_refused_and_nobody_is_lost(ledger: Ledger, moved: NewItem) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    with pytest.raises(RunStateError, match="when the run began"):
        ledger.add_items(run, [NewItem(1, "K9", ""), moved])
    assert [item.key for item in ledger.items(run)] == ["K0"]


def test_results_make_an_item_ready_with_its_artifacts_in_order(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    notes = (a_note("b.pdf", "second"), replace(a_note("a.pdf", "first"), pages=None))
    ledger.put_results(run, [ItemResult(0, "K0", artifacts=notes, locale="de_AT")])
    [item] = ledger.items(run, state=ItemState.READY)
    assert item.artifacts == notes
    assert (item.locale, item.faults) == ("de_AT", ())


def test_a_faulty_item_is_quarantined_and_delivers_nothing(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    ledger.put_results(run, [ItemResult(0, "K0", deliveries=(a_plan("i0"),), faults=(FAULT,))])
    [item] = ledger.items(run, state=ItemState.QUARANTINED)
    assert item.faults == (FAULT,)
    assert ledger.deliveries(run) == []
    assert ledger.count_items(run) == {ItemState.QUARANTINED: 1}


def test_results_replace_what_was_known(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"), a_plan("i1", skip="no consent"))
    ledger.put_results(run, [ItemResult(0, "K0", (a_note(),), (a_plan("x"),)), ItemResult(1, "K1", (), (a_plan("y"),))])
    ledger.put_results(run, [ItemResult(0, "K0", (), (a_plan("z", "bo@example.com"),), (), "lt")])
    assert [(each.key, each.identity) for each in ledger.deliveries(run)] == [("K1", "y"), ("K0", "z")]
    assert ledger.items(run)[0].artifacts == ()


def test_a_replaced_deliverys_id_is_not_used_again(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    old = only_delivery(ledger, run)
    ledger.put_results(run, [ItemResult(0, "K0", deliveries=(a_plan("i0"),))])
    assert only_delivery(ledger, run) > old


@pytest.mark.parametrize("outcome", [None, Outcome.SENT, Outcome.FAILED, Outcome.REJECTED, Outcome.UNKNOWN])
def test_what_was_tried_is_not_planned_anew(ledger: Ledger, outcome: Outcome | None) -> None:
    run = open_run_with(ledger, a_plan("i0"), a_plan("i1"))
    tried = ledger.deliveries(run)[1].id
    assert ledger.claim(tried, NOW)
    if outcome:
        ledger.settle(tried, Receipt(outcome), LATER)
    with pytest.raises(RunStateError, match="K1 have been tried"):
        ledger.put_results(run, [ItemResult(0, "K0", faults=(FAULT,)), ItemResult(1, "K1")])
    assert len(ledger.deliveries(run)) == 2
    assert ledger.count_items(run) == {ItemState.READY: 2}


def test_results_of_a_record_that_is_not_in_the_run_are_refused(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    with pytest.raises(RunStateError, match="no record 8"):
        ledger.put_results(run, [ItemResult(7, "K7")])
    with pytest.raises(RunStateError, match='was "K0"'):
        ledger.put_results(run, [ItemResult(0, "K7")])


def test_ready_items_that_share_a_file_name_are_found_case_apart(ledger: Ledger) -> None:
    run = open_run_with(ledger, *[a_plan(f"i{n}") for n in range(5)])
    names = ["Müller.pdf", "MÜLLER.PDF", "Mu\u0308ller.pdf", "other.pdf", "müller.pdf"]
    results = [ItemResult(n, f"K{n}", (a_note(name), a_note("copy.txt", f"d{n}"))) for n, name in enumerate(names)]
    results[4] = replace(results[4], faults=(FAULT,))
    ledger.put_results(run, results)
    assert ledger.file_collisions(run) == [("invoice", "Müller.pdf", [(0, "K0"), (1, "K1"), (2, "K2")])]


def test_a_name_in_another_run_or_document_is_no_collision(ledger: Ledger) -> None:
    for _ in range(2):
        run = open_run_with(ledger, a_plan("i0"), a_plan("i1"))
        results = [ItemResult(n, f"K{n}", (a_note("same.pdf", f"document{n}"),)) for n in range(2)]
        ledger.put_results(run, results)
    assert ledger.file_collisions(run) == []


# --- deliveries ----------------------------------------------------------------------------------


def test_a_delivery_comes_back_as_it_was_planned(ledger: Ledger) -> None:
    payload = {"files": [{"path": "/x/a b.eml", "pages": None}], "text": "Žalgirio g. – Ω"}
    plan = a_plan("i0", "Ana <ana@example.com>", payload=payload, message_id="<1@example.com>")
    run = open_run_with(ledger, plan)
    [delivery] = ledger.deliveries(run)
    assert (delivery.run, delivery.ordinal, delivery.key) == (run, 0, "K0")
    assert (delivery.route, delivery.transport, delivery.recipient) == ("email", "smtp", "Ana <ana@example.com>")
    assert (delivery.identity, delivery.payload, delivery.message_id) == ("i0", payload, "<1@example.com>")
    assert (delivery.state, delivery.outcome, delivery.claimed) == (DeliveryState.PENDING, None, None)


def test_a_planned_skip_is_settled_at_once_and_holds_nothing(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0", skip="unsubscribed on 3 May"), a_plan("i0"))
    skipped, pending = ledger.deliveries(run)
    assert (skipped.state, skipped.outcome) == (DeliveryState.SETTLED, Outcome.SKIPPED)
    assert skipped.detail == "unsubscribed on 3 May"
    assert not ledger.claim(skipped.id, NOW)
    assert ledger.claim(pending.id, NOW)


def test_deliveries_come_by_id_in_pages_by_state_and_transport(ledger: Ledger) -> None:
    plans = [a_plan(f"i{n}", transport="print" if n % 2 else "smtp") for n in range(6)]
    run = open_run_with(ledger, *plans)
    open_run_with(ledger, a_plan("other"))
    ledger.claim(ledger.deliveries(run)[0].id, NOW)
    assert [each.identity for each in ledger.deliveries(run, state=DeliveryState.CLAIMED)] == ["i0"]
    letters = ledger.deliveries(run, transport="print", state=DeliveryState.PENDING, limit=2)
    assert [each.identity for each in letters] == ["i1", "i3"]
    rest = ledger.deliveries(run, transport="print", after=letters[-1].id)
    assert [each.identity for each in rest] == ["i5"]


def test_deliveries_come_by_how_they_ended_and_by_record(ledger: Ledger) -> None:
    run = open_run_with(ledger, *(a_plan(f"i{n}") for n in range(3)))
    first, second, *_ = ledger.deliveries(run)
    for delivery, outcome in ((first, Outcome.FAILED), (second, Outcome.SENT)):
        ledger.claim(delivery.id, NOW)
        ledger.settle(delivery.id, Receipt(outcome), NOW)
    assert [each.identity for each in ledger.deliveries(run, outcomes=[Outcome.FAILED])] == ["i0"]
    assert len(ledger.deliveries(run, outcomes=[Outcome.FAILED, Outcome.SENT])) == 2
    assert [each.identity for each in ledger.deliveries(run, last=1)] == ["i0", "i1"]


def test_a_delivery_is_claimed_once_and_settled_once(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    delivery = only_delivery(ledger, run)
    assert ledger.claim(delivery, NOW)
    assert not ledger.claim(delivery, NOW)
    receipt = Receipt(Outcome.SENT, "250 ok", {"ana@example.com": Outcome.SENT, "bo@example.com": Outcome.REJECTED})
    ledger.settle(delivery, receipt, LATER)
    [settled] = ledger.deliveries(run, state=DeliveryState.SETTLED)
    assert (settled.outcome, settled.detail, settled.outcomes) == (Outcome.SENT, "250 ok", receipt.outcomes)
    assert (settled.claimed, settled.settled) == (NOW, LATER)
    assert not ledger.claim(delivery, NOW)
    with pytest.raises(RunStateError, match="is settled; only a claimed one can be settled"):
        ledger.settle(delivery, Receipt(Outcome.FAILED), LATER)
    assert ledger.deliveries(run)[0].outcome is Outcome.SENT


def test_only_a_claimed_delivery_is_settled_or_given_back(ledger: Ledger) -> None:
    delivery = only_delivery(ledger, open_run_with(ledger, a_plan("i0")))
    with pytest.raises(RunStateError, match="is pending; only a claimed one can be settled"):
        ledger.settle(delivery, Receipt(Outcome.SENT), NOW)
    with pytest.raises(RunStateError, match="is pending; only a claimed one can be given back"):
        ledger.release(delivery)
    with pytest.raises(RunStateError, match="there is no delivery 999"):
        ledger.settle(999, Receipt(Outcome.SENT), NOW)
    assert not ledger.claim(999, NOW)


def test_a_claim_given_back_can_be_taken_again(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    delivery = only_delivery(ledger, run)
    assert ledger.claim(delivery, NOW)
    ledger.release(delivery)
    [pending] = ledger.deliveries(run)
    assert (pending.state, pending.claimed) == (DeliveryState.PENDING, None)
    assert ledger.claim(delivery, LATER)


@pytest.mark.parametrize("outcome", [None, Outcome.SENT, Outcome.QUEUED, Outcome.UNKNOWN])
def test_an_identity_has_one_holder_in_all_runs(ledger: Ledger, outcome: Outcome | None) -> None:
    first = only_delivery(ledger, open_run_with(ledger, a_plan("same")))
    second_run = open_run_with(ledger, a_plan("same"))
    second = only_delivery(ledger, second_run)
    assert ledger.claim(first, NOW)
    if outcome:
        ledger.settle(first, Receipt(outcome), LATER)
    assert not ledger.claim(second, LATER)
    assert ledger.deliveries(second_run)[0].state is DeliveryState.PENDING


@pytest.mark.parametrize("outcome", [None, Outcome.FAILED, Outcome.REJECTED, Outcome.SKIPPED])
def test_an_identity_that_was_not_delivered_is_free(ledger: Ledger, outcome: Outcome | None) -> None:
    first = only_delivery(ledger, open_run_with(ledger, a_plan("same")))
    second = only_delivery(ledger, open_run_with(ledger, a_plan("same")))
    assert ledger.claim(first, NOW)
    if outcome:
        ledger.settle(first, Receipt(outcome), LATER)
    else:
        ledger.release(first)
    assert ledger.claim(second, LATER)


def test_threads_that_claim_the_same_delivery_get_it_once(ledger: Ledger) -> None:
    deliveries = [only_delivery(ledger, open_run_with(ledger, a_plan("same"))) for _ in range(2)]
    won: list[int] = []
    barrier = threading.Barrier(8)

    def work(delivery: int) -> None:
        barrier.wait()
        if ledger.claim(delivery, NOW):
            won.append(delivery)

    threads = [threading.Thread(target=work, args=(deliveries[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_earlier_names_the_holder_with_the_hash_of_its_data(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"), a_plan("i1"), a_plan("i2"), a_plan("i3", skip="no"))
    first, second, *_ = (each.id for each in ledger.deliveries(run))
    ledger.claim(first, NOW)
    ledger.settle(first, Receipt(Outcome.SENT), LATER)
    ledger.claim(second, NOW)
    assert ledger.earlier(["i0", "i1", "i2", "i3", "i9"]) == {
        "i0": Earlier(run, Outcome.SENT, LATER, "data0"),
        "i1": Earlier(run, None, None, "data1"),
    }
    assert ledger.earlier([]) == {}


def test_many_identities_can_be_asked_for_at_once(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    ledger.claim(only_delivery(ledger, run), NOW)
    assert list(ledger.earlier([f"x{n}" for n in range(1500)] + ["i0"])) == ["i0"]


def test_a_pending_delivery_is_skipped_for_a_reason(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    ledger.skip(only_delivery(ledger, run), "unsubscribed meanwhile", LATER)
    [skipped] = ledger.deliveries(run)
    assert (skipped.state, skipped.outcome) == (DeliveryState.SETTLED, Outcome.SKIPPED)
    assert (skipped.detail, skipped.settled) == ("unsubscribed meanwhile", LATER)
    assert ledger.earlier(["i0"]) == {}


def test_a_delivery_that_is_not_pending_is_not_skipped(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    delivery = only_delivery(ledger, run)
    ledger.claim(delivery, NOW)
    ledger.skip(delivery, "too late", LATER)
    assert ledger.deliveries(run)[0].state is DeliveryState.CLAIMED
    ledger.settle(delivery, Receipt(Outcome.SENT, "250"), LATER)
    ledger.skip(delivery, "too late", LATER)
    assert (ledger.deliveries(run)[0].outcome, ledger.deliveries(run)[0].detail) == (Outcome.SENT, "250")


def test_outcomes_are_counted_by_route(ledger: Ledger) -> None:
    plans = [a_plan(f"i{n}", route="print" if n == 4 else "email") for n in range(5)]
    run = open_run_with(ledger, *plans, a_plan("x", skip="no"))
    first, second, *_ = (each.id for each in ledger.deliveries(run))
    ledger.claim(first, NOW)
    ledger.settle(first, Receipt(Outcome.SENT), NOW)
    ledger.claim(second, NOW)
    assert ledger.count_outcomes(run) == {
        ("email", Outcome.SENT): 1,
        ("email", Outcome.SKIPPED): 1,
        ("email", DeliveryState.CLAIMED): 1,
        ("email", DeliveryState.PENDING): 2,
        ("print", DeliveryState.PENDING): 1,
    }


# --- history -------------------------------------------------------------------------------------


def test_history_of_a_record_is_newest_first_with_all_that_was_made(ledger: Ledger) -> None:
    old = open_run_with(ledger, a_plan("i0"), a_plan("i1"))
    new = ledger.open_run(a_spec("letters"))
    ledger.add_items(new, [NewItem(5, "K1", "data")])
    ledger.put_results(new, [ItemResult(5, "K1", (a_note(),))])
    entries = ledger.history("K1")
    assert [(run.id, item.ordinal, delivery and delivery.identity) for run, item, delivery in entries] == [
        (new, 5, None),
        (old, 1, "i1"),
    ]
    assert entries[0][1].artifacts == (a_note(),)
    assert [run.id for run, _, _ in ledger.history("K1", limit=1)] == [new]
    assert ledger.history("k1") == []


@pytest.mark.parametrize(
    "recipient", ["Ana@Example.com", "Ana Ruiz <ANA@example.com>", '"Ruiz, Ana" <ana@example.COM>']
)
def test_history_of_an_address_takes_any_case_and_leaves_names_out(ledger: Ledger, recipient: str) -> None:
    run = open_run_with(ledger, a_plan("i0", recipient), a_plan("i1", "bo@example.com"))
    [(found, item, delivery)] = ledger.history("ana@EXAMPLE.com")
    assert delivery is not None
    assert (found.id, item.key, delivery.recipient) == (run, "K0", recipient)


def test_history_of_an_address_has_copies_too_once_they_were_sent(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    delivery = only_delivery(ledger, run)
    ledger.claim(delivery, NOW)
    outcomes = {"ana@example.com": Outcome.SENT, "Boss@example.com": Outcome.SENT}
    ledger.settle(delivery, Receipt(Outcome.SENT, "", outcomes), LATER)
    assert len(ledger.history("boss@example.com")) == 1
    assert len(ledger.history("ana@example.com")) == 1


def test_history_shows_an_item_once_a_delivery(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    ledger.add_items(run, [NewItem(0, "ana@example.com", "")])
    plans = (a_plan("i0"), a_plan("i1", "/srv/archive", transport="folder", route="folder"))
    ledger.put_results(run, [ItemResult(0, "ana@example.com", deliveries=plans)])
    assert [each.identity for _, _, each in ledger.history("ana@example.com") if each] == ["i1", "i0"]


# --- suppressions and approvals ------------------------------------------------------------------


def a_suppression(address: str = "Ana@Example.com", reason: str = "bounce", *classes: MessageClass) -> Suppression:
    return Suppression(address, reason, frozenset(classes), NOW, "5.1.1 no such user")


def test_a_suppression_is_found_in_any_case(ledger: Ledger) -> None:
    ledger.suppress([a_suppression("Ana@Example.com", "unsubscribed", MessageClass.MARKETING)])
    [found] = ledger.suppressed(["ANA@example.COM", "bo@example.com"])
    assert found.address == "ana@example.com"
    assert (found.classes, found.since, found.note) == ({MessageClass.MARKETING}, NOW, "5.1.1 no such user")
    assert ledger.suppressed(["bo@example.com"]) == []
    assert ledger.suppressed([]) == []


def test_a_suppression_replaces_that_of_the_same_reason_only(ledger: Ledger) -> None:
    ledger.suppress([a_suppression(reason="unsubscribed"), a_suppression(reason="bounce")])
    ledger.suppress([replace(a_suppression(reason="bounce"), note="mailbox full")])
    assert [(each.reason, each.note) for each in ledger.suppressed()] == [
        ("bounce", "mailbox full"),
        ("unsubscribed", "5.1.1 no such user"),
    ]


def test_unsuppressing_frees_an_address_and_says_whether_it_was_held(ledger: Ledger) -> None:
    ledger.suppress([a_suppression("a@example.com"), a_suppression("b@example.com")])
    assert ledger.unsuppress("A@example.com")
    assert not ledger.unsuppress("a@example.com")
    assert [each.address for each in ledger.suppressed()] == ["b@example.com"]


def test_the_newest_approval_of_a_run_counts(ledger: Ledger) -> None:
    run = ledger.open_run(a_spec())
    assert ledger.approval(run) is None
    ledger.approve(Approval(run, "ana", LATER, "one"))
    ledger.approve(Approval(run, "bo", NOW, "two"))
    assert ledger.approval(run) == Approval(run, "bo", NOW, "two")


# --- fingerprint ---------------------------------------------------------------------------------


def fill(ledger: Ledger, order: tuple[int, ...], **change: str) -> str:
    """Make a run of three records, results put in this order; `change` alters the first record."""
    run = ledger.open_run(a_spec())
    ledger.add_items(run, [NewItem(n, f"K{n}", "") for n in range(3)])
    for n in order:
        fields = {"sha256": "a" * 64, "identity": f"i{n}", "skip": ""} | (change if n == 0 else {})
        plans = (a_plan(fields["identity"], skip=fields["skip"]), a_plan(f"j{n}", route="folder"))
        plans = plans if order == (0, 1, 2) else plans[::-1]
        ledger.put_results(run, [ItemResult(n, f"K{n}", (a_note(sha256=fields["sha256"]),), plans)])
    return run


def test_a_fingerprint_does_not_depend_on_the_order_of_writing(ledger: Ledger) -> None:
    assert ledger.fingerprint(fill(ledger, (0, 1, 2))) == ledger.fingerprint(fill(ledger, (2, 0, 1)))


@pytest.mark.parametrize("change", [{"sha256": "c" * 64}, {"identity": "other"}, {"skip": "no consent"}])
def test_a_fingerprint_changes_with_what_would_be_sent(ledger: Ledger, change: dict[str, str]) -> None:
    before = ledger.fingerprint(fill(ledger, (0, 1, 2)))
    assert ledger.fingerprint(fill(ledger, (0, 1, 2), **change)) != before


def test_a_fingerprint_stays_while_deliveries_go_out(ledger: Ledger) -> None:
    run = fill(ledger, (0, 1, 2))
    before = ledger.fingerprint(run)
    first, second, *_ = (each.id for each in ledger.deliveries(run))
    ledger.claim(first, NOW)
    ledger.settle(first, Receipt(Outcome.SENT), LATER)
    ledger.skip(second, "unsubscribed", LATER)
    assert ledger.fingerprint(run) == before


def test_every_ledger_computes_the_same_fingerprint(ledger: Ledger) -> None:
    expected = "6cbde6c06978dfcef79a71effc78baf6bd74fcc3ef33dd0211394658c8957da3"
    assert ledger.fingerprint(fill(ledger, (0, 1, 2))) == expected


def test_times_come_back_aware(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    ledger.claim(only_delivery(ledger, run), datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC))
    claimed = ledger.deliveries(run)[0].claimed
    assert claimed is not None
    assert claimed.isoformat() == "2026-05-04T12:00:00.123456+00:00"
