"""Whether a message may go to its recipients."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from docgen.model import MessageClass, Suppression
from docgen.suppression import reason_not_to_send

SINCE = datetime(2026, 5, 3, 9, 0, tzinfo=UTC)


def _suppressed(address: str, *classes: MessageClass, reason: str = "bounce", note: str = "") -> Suppression:
    return Suppression(address, reason, frozenset(classes), SINCE, note)


def test_nothing_speaks_against_a_transactional_message() -> None:
    assert reason_not_to_send(["jane@example.com"], MessageClass.TRANSACTIONAL, [], None) == ""


def test_a_suppressed_address_is_named_with_date_and_reason() -> None:
    reason = reason_not_to_send(
        ["jane@example.com"],
        MessageClass.TRANSACTIONAL,
        [_suppressed("jane@example.com", note="550 no such user")],
        None,
    )
    assert reason == "jane@example.com is suppressed since 2026-05-03: messages to it came back (550 no such user)"


def test_one_suppressed_copy_holds_the_message() -> None:
    addresses = ["jane@example.com", "copy@example.com"]
    assert reason_not_to_send(addresses, MessageClass.DUNNING, [_suppressed("copy@example.com")], None)


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("Jane@Example.COM", "jane@example.com"),
        (" jane@example.com ", "jane@example.com"),
        ("jane@müller.example", "jane@xn--mller-kva.example"),
        ("jane@xn--mller-kva.example", "jane@müller.example"),
    ],
)
def test_addresses_are_compared_whatever_their_writing(address: str, known: str) -> None:
    assert reason_not_to_send([address], MessageClass.TRANSACTIONAL, [_suppressed(known)], None)


def test_another_address_is_not_held() -> None:
    known = [_suppressed("jane@example.com")]
    assert reason_not_to_send(["jane@example.org"], MessageClass.TRANSACTIONAL, known, None) == ""


def test_a_suppression_holds_only_for_its_classes() -> None:
    known = [_suppressed("jane@example.com", MessageClass.MARKETING, reason="unsubscribed")]
    assert "unsubscribed" in reason_not_to_send(["jane@example.com"], MessageClass.MARKETING, known, True)
    assert reason_not_to_send(["jane@example.com"], MessageClass.TRANSACTIONAL, known, None) == ""


@pytest.mark.parametrize(
    ("consent", "reason"),
    [
        (True, ""),
        (False, "the recipient declined marketing"),
        (None, "no consent to marketing is recorded"),
    ],
)
def test_marketing_needs_consent(consent: bool | None, reason: str) -> None:
    assert reason_not_to_send(["jane@example.com"], MessageClass.MARKETING, [], consent) == reason


@pytest.mark.parametrize("message_class", [MessageClass.TRANSACTIONAL, MessageClass.DUNNING])
def test_declined_marketing_does_not_hold_what_the_contract_requires(message_class: MessageClass) -> None:
    assert reason_not_to_send(["jane@example.com"], message_class, [], False) == ""


def test_an_address_that_cannot_be_a_domain_is_still_compared() -> None:
    odd = "jane@" + "x" * 80 + ".example"
    assert reason_not_to_send([odd], MessageClass.TRANSACTIONAL, [_suppressed(odd.upper())], None)
