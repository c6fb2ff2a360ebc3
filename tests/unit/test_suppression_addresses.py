"""Addresses are the same or not, whatever their writing, through suppressions, hashes and consent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from mailaddresses import addresses, anything

from docgen.consent import decide, preferences
from docgen.errors import AddressError
from docgen.headers import ascii_domain
from docgen.model import Consent, ConsentState, MessageClass, Suppression
from docgen.store import rules
from docgen.suppression import HASHED, address_key, hash_address, lookups, reason_not_to_send
from docgen.testing import MemoryLedger
from docgen.tokens import Keys

KEYS = Keys.parse("first-key-first-key")
SINCE = datetime(2026, 5, 3, 9, 0, tzinfo=UTC)


def _suppressed(address: str) -> Suppression:
    return Suppression(address, "bounce", frozenset(), SINCE)


@given(anything)
@settings(max_examples=300)
def test_the_form_addresses_are_compared_in_is_its_own_form(address: str) -> None:
    key = address_key(address)
    assert address_key(key) == key
    assert rules.person_key(key) == key or key.endswith(">")
    assert len(hash_address(address, KEYS)[0]) == len(HASHED) + 64


@given(addresses)
@settings(max_examples=200, deadline=None)
def test_a_suppressed_address_is_held_in_every_writing(address: str) -> None:
    ledger = MemoryLedger()
    ledger.suppress([_suppressed(address)])
    try:
        sent_to = ascii_domain(address)
    except AddressError:
        return  # nothing can be sent to it
    shouted = sent_to.upper() if sent_to.isascii() else sent_to
    for writing in (sent_to, shouted, f" {sent_to}"):
        known = ledger.suppressed([writing])
        assert reason_not_to_send([writing], MessageClass.DUNNING, known, None), writing


@given(addresses)
@settings(max_examples=200, deadline=None)
def test_an_erased_address_stays_suppressed_and_is_nowhere_in_the_ledger(address: str) -> None:
    ledger = MemoryLedger()
    ledger.suppress([_suppressed(address)])
    assert ledger.forget(address, hash_address(address, KEYS)[0]) == 1
    assert [each.address for each in ledger.suppressed()] == hash_address(address, KEYS)
    known = ledger.suppressed(lookups(address, KEYS))
    assert reason_not_to_send([address], MessageClass.DUNNING, known, None, keys=KEYS)
    assert not reason_not_to_send(["someone@else.example"], MessageClass.DUNNING, known, None, keys=KEYS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"jane"@example.com', "jane@example.com"),
        ('"j\\ane doe"@example.com', '"jane doe"@example.com'),
        ("jane@straße.example", "jane@xn--strae-oqa.example"),
        ("jane@example.com.", "jane@example.com"),
        ("jos\u00e9@example.com", "jose\u0301@example.com"),
    ],
)
def test_two_writings_of_one_address_are_the_same(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jane+news@example.com", "jane@example.com"),
        ("jane.doe@example.com", "janedoe@example.com"),
        ('"jane doe"@example.com', "janedoe@example.com"),
        ("jane@strasse.example", "jane@straße.example"),
    ],
)
def test_other_addresses_are_others(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


def test_a_new_key_still_knows_what_was_erased_with_the_old_one() -> None:
    both = Keys.parse("other-key-other-key first-key-first-key")
    assert hash_address("a@example.com", KEYS)[0] in lookups("A@example.com", both)


# --- consent ---


def _said(state: str, topic: str = "", days: int = 0, address: str = "a@example.com") -> Consent:
    return Consent(address, topic, ConsentState(state), SINCE + timedelta(days=days))


@pytest.mark.parametrize(
    ("said", "topic", "state"),
    [
        ([], "", None),
        ([("given", "", 0)], "", "given"),
        ([("given", "", 0)], "offers", "given"),
        ([("given", "offers", 0)], "", None),
        ([("given", "offers", 0)], "events", None),
        ([("pending", "", 0), ("confirmed", "", 1)], "", "confirmed"),
        ([("confirmed", "", 1), ("pending", "", 0)], "", "confirmed"),
        ([("given", "", 0), ("withdrawn", "offers", 1)], "offers", "withdrawn"),
        ([("given", "", 0), ("withdrawn", "offers", 1)], "events", "given"),
        ([("given", "offers", 0), ("withdrawn", "", 1)], "offers", "withdrawn"),
        ([("withdrawn", "", 0), ("given", "offers", 1)], "offers", "given"),
        ([("withdrawn", "offers", 0), ("given", "", 1)], "offers", "withdrawn"),
    ],
)
def test_the_newest_words_decide_a_topic_by_its_own_first(
    said: list[tuple[str, str, int]], topic: str, state: str | None
) -> None:
    assert decide([_said(*each) for each in said], topic) == state


def test_preferences_are_told_by_topic() -> None:
    said = [_said("confirmed"), _said("withdrawn", "offers", 1)]
    assert preferences(said) == {"": ConsentState.CONFIRMED, "offers": ConsentState.WITHDRAWN}


@pytest.mark.parametrize(
    ("said", "record", "reason"),
    [
        ("confirmed", None, ""),
        ("given", False, ""),
        ("withdrawn", True, "the recipient declined marketing"),
        ("pending", True, "the double opt-in to marketing is not confirmed"),
    ],
)
def test_what_the_ledger_knows_counts_before_the_record(said: str, record: bool | None, reason: str) -> None:
    known = [_said(said)]
    found = reason_not_to_send(["A@example.com"], MessageClass.MARKETING, [], record, consents=known)
    assert found == reason


def test_each_recipient_of_a_message_has_to_agree() -> None:
    two = ["a@example.com", "b@example.com"]
    known = [_said("confirmed"), _said("withdrawn", address="b@example.com")]
    assert reason_not_to_send(two, MessageClass.MARKETING, [], True, consents=known)
    assert not reason_not_to_send(two, MessageClass.TRANSACTIONAL, [], None, consents=known)


def test_consent_is_known_of_an_erased_address() -> None:
    known = [_said("withdrawn", address=hash_address("a@example.com", KEYS)[0])]
    assert reason_not_to_send(["a@example.com"], MessageClass.MARKETING, [], True, consents=known, keys=KEYS)
