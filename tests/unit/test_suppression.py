"""Whether a message may go to its recipients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from docgen.model import Consent, ConsentState, MessageClass, Suppression
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


LEFT = datetime(2026, 5, 4, tzinfo=UTC)


def _back(reason: str = "unsubscribed", **said: object) -> str:
    """Why ona@example.com gets no offers, who left all marketing and said something afterwards."""
    known = Suppression("ona@example.com", reason, frozenset({MessageClass.MARKETING}), LEFT)
    consent = {"topic": "", "state": ConsentState.CONFIRMED, "at": LEFT + timedelta(days=1), **said}
    words = [Consent("ona@example.com", "", ConsentState.WITHDRAWN, LEFT), Consent("ONA@example.com", **consent)]  # type: ignore[arg-type]
    return reason_not_to_send(
        ["ona@example.com"], MessageClass.MARKETING, [known], True, topic="offers", consents=words
    )


@pytest.mark.parametrize("topic", ["", "offers"])
def test_a_confirmed_opt_in_after_unsubscribing_brings_somebody_back(topic: str) -> None:
    assert _back(topic=topic) == ""


@pytest.mark.parametrize(
    "said",
    [
        {"at": LEFT},
        {"at": LEFT - timedelta(days=1)},
        {"state": ConsentState.GIVEN},
        {"state": ConsentState.PENDING},
        {"topic": "tips"},
        {"reason": "complaint"},
        {"reason": "bounce"},
        {"reason": "manual"},
    ],
)
def test_nothing_less_does(said: dict[str, object]) -> None:
    assert "is suppressed since" in _back(**said)  # type: ignore[arg-type]


def test_who_came_back_and_bounces_stays_out() -> None:
    known = [
        Suppression("ona@example.com", reason, frozenset(), LEFT) for reason in ("bounce", "unsubscribed", "bounce")
    ]
    said = [Consent("ona@example.com", "", ConsentState.CONFIRMED, LEFT + timedelta(days=1))]
    for order in (known[:2], known[1:]):
        assert "came back" in reason_not_to_send(
            ["ona@example.com"], MessageClass.MARKETING, order, None, consents=said
        )
        assert reason_not_to_send(["ona@example.com"], MessageClass.DUNNING, order, None)


def test_who_leaves_again_stays_out_though_the_date_of_the_suppression_stays() -> None:
    at = [LEFT + timedelta(days=day) for day in range(3)]
    known = Suppression("ona@example.com", "unsubscribed", frozenset({MessageClass.MARKETING}), at[0])
    said = [
        Consent("ona@example.com", "offers", ConsentState.CONFIRMED, at[1]),
        Consent("ona@example.com", "", ConsentState.WITHDRAWN, at[2]),
    ]
    arguments = (["ona@example.com"], MessageClass.MARKETING, [known], True)
    assert reason_not_to_send(*arguments, topic="offers", consents=said[:1]) == ""
    assert "unsubscribed" in reason_not_to_send(*arguments, topic="offers", consents=said)
