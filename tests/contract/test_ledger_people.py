"""What every ledger promises of suppressions by any writing, consents, replies and erased addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from ledgers import NOW, a_plan, a_spec, only_delivery, open_run_with

from docgen.model import Consent, ConsentState, MessageClass, Reply, ReplyKind, Suppression
from docgen.protocols import Ledger

HASH = "hmac-sha256:" + "0f" * 32


def a_suppression(address: str = "ana@example.com", reason: str = "bounce", note: str = "no such user") -> Suppression:
    return Suppression(address, reason, frozenset({MessageClass.MARKETING}), NOW, note)


def a_consent(address: str = "ana@example.com", topic: str = "", state: str = "confirmed") -> Consent:
    return Consent(address, topic, ConsentState(state), NOW, "I want the newsletter", "form 3", "ana")


def a_reply(message: str = "m1", address: str = "ana@example.com", delivery: int | None = None) -> Reply:
    return Reply(message, address, ReplyKind.SOFT, NOW, "5.2.2", f"{address} is full", delivery)


@pytest.mark.parametrize("kept", ["jane@müller.example", "JANE@xn--mller-kva.example", '"jane"@müller.example.'])
@pytest.mark.parametrize("asked", ["Jane@Müller.example", "jane@xn--mller-kva.example"])
def test_a_suppression_is_found_and_removed_however_its_address_is_written(
    ledger: Ledger, kept: str, asked: str
) -> None:
    ledger.suppress([a_suppression(kept)])
    assert [each.address for each in ledger.suppressed([asked])] == ["jane@xn--mller-kva.example"]
    assert ledger.unsuppress(asked)
    assert ledger.suppressed() == []


def test_consents_are_added_and_none_is_replaced(ledger: Ledger) -> None:
    ledger.add_consents([a_consent("Ana@Example.com", state="pending"), a_consent(), a_consent("bo@example.com")])
    ledger.add_consents([])
    found = ledger.consents(["ANA@example.com"])
    assert [each.state for each in found] == [ConsentState.PENDING, ConsentState.CONFIRMED]
    assert found[1] == a_consent()
    assert [each.address for each in ledger.consents()] == ["ana@example.com", "ana@example.com", "bo@example.com"]
    assert ledger.consents([]) == []


def test_deliveries_are_found_by_number_and_by_message_id_newest_first(ledger: Ledger) -> None:
    first = open_run_with(ledger, a_plan("i0", message_id="<a@x>"))
    second = open_run_with(ledger, a_plan("i1", message_id="<a@x>"), a_plan("i2", message_id="<b@x>"))
    number = only_delivery(ledger, first)
    found = ledger.delivery(number)
    assert found is not None
    assert (found.run, found.message_id) == (first, "<a@x>")
    assert [each.run for each in ledger.deliveries_of(["<a@x>", "<c@x>", ""])] == [second, first]
    assert ledger.deliveries_of([]) == []


@pytest.mark.parametrize("number", [0, 999_999, 2**63, 2**64 - 1])
def test_a_number_that_is_no_delivery_finds_nothing(ledger: Ledger, number: int) -> None:
    assert ledger.delivery(number) is None


def test_a_message_is_taken_once_with_all_that_follows_from_it(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    number = only_delivery(ledger, run)
    two = [a_reply(delivery=number), a_reply(address="Bo@example.com", delivery=number)]
    assert ledger.take_reply(two, [a_suppression()], [a_consent(state="withdrawn")])
    assert not ledger.take_reply([a_reply(address="eve@example.com")], [a_suppression("eve@example.com")])
    assert ledger.has_reply("m1")
    assert not ledger.has_reply("m2")
    assert [each.address for each in ledger.replies(run)] == ["ana@example.com", "bo@example.com"]
    assert [each.address for each in ledger.suppressed()] == ["ana@example.com"]
    assert [each.state for each in ledger.consents()] == [ConsentState.WITHDRAWN]


def test_replies_are_found_by_run_and_by_address(ledger: Ledger) -> None:
    run = open_run_with(ledger, a_plan("i0"))
    ledger.take_reply([a_reply("m2", delivery=only_delivery(ledger, run))])
    ledger.take_reply([replace(a_reply("m1"), at=NOW + timedelta(days=1))])
    assert [each.message for each in ledger.replies(run)] == ["m2"]
    assert [each.message for each in ledger.replies_from(["ANA@example.com"])] == ["m1", "m2"]
    assert ledger.replies(ledger.open_run(a_spec())) == []


def test_how_far_a_mailbox_was_read_is_kept(ledger: Ledger) -> None:
    assert ledger.inbox_mark("imap://mail/INBOX") == ""
    ledger.set_inbox_mark("imap://mail/INBOX", "7:1")
    ledger.set_inbox_mark("imap://mail/INBOX", "7:12")
    assert ledger.inbox_mark("imap://mail/INBOX") == "7:12"


def test_a_forgotten_address_is_nowhere_but_its_hash_is(ledger: Ledger) -> None:
    ledger.suppress([a_suppression("Ana@Example.com"), a_suppression("bo@example.com")])
    ledger.add_consents([a_consent()])
    ledger.take_reply([a_reply()])
    assert ledger.forget("ANA@example.com", HASH) == 3
    assert ledger.suppressed(["ana@example.com"]) == []
    assert ledger.suppressed([HASH]) == [a_suppression(HASH, note="")]
    assert [each.address for each in ledger.consents()] == [HASH]
    [reply] = ledger.replies_from([HASH])
    assert reply.detail == ""
    assert ledger.forget("ana@example.com", HASH) == 0


def test_forgetting_twice_keeps_the_first_hash_of_a_reason(ledger: Ledger) -> None:
    ledger.suppress([a_suppression()])
    ledger.forget("ana@example.com", HASH)
    later = replace(a_suppression(), since=NOW + timedelta(days=1))
    ledger.suppress([later, replace(later, reason="complaint")])
    assert ledger.forget("ana@example.com", HASH) == 1
    assert [(each.reason, each.since) for each in ledger.suppressed()] == [
        ("bounce", NOW),
        ("complaint", NOW + timedelta(days=1)),
    ]
