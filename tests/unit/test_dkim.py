"""Signatures hold for what was signed and for nothing else; dkimpy, written by others, is the judge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.dkim import Algorithm, Body, Signer, canonical_body, dns_record, new_key, sign_message, zone_line
from docgen.message import Letterhead, write_message
from docgen.model import Artifact, Mail, MessageClass, Recipient

NOW = datetime(2026, 5, 3, 9, 30, tzinfo=UTC)
DOMAIN = "example.com"
SELECTORS = {Algorithm.RSA: "r1", Algorithm.ED25519: "e1"}
MESSAGE = (
    b"From: Shop <shop@example.com>\r\nTo: jane@example.org\r\nSubject: Your\r\n  invoice \r\n"
    b"List-Unsubscribe: <https://example.com/u/1>\r\n\r\nHello  Jane \t\r\n\r\nbye\r\n\r\n\r\n"
)


@lru_cache
def key(algorithm: Algorithm) -> bytes:
    return new_key(algorithm)


def signer(algorithm: Algorithm = Algorithm.RSA, body: Body = Body.SIMPLE) -> Signer:
    return Signer.open(key(algorithm), DOMAIN, SELECTORS[algorithm], algorithm, body)


def dns(name: bytes, timeout: int = 5) -> bytes | None:
    for algorithm, selector in SELECTORS.items():
        if name == f"{selector}._domainkey.{DOMAIN}.".encode():
            return dns_record(key(algorithm)).encode()
    return None


def holds(message: bytes) -> list[bool]:
    """Return whether each signature of a message is good."""
    count = len(re.findall(rb"^DKIM-Signature:", message, re.MULTILINE))
    return [_holds(message, at) for at in range(count)]


def _holds(message: bytes, at: int) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(at, dnsfunc=dns))
    except dkim.ValidationError:
        return False


def sign(message: bytes, *signers: Signer) -> bytes:
    return sign_message(message, signers or [signer()], NOW)


@pytest.mark.parametrize("body", Body)
@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_receiver_finds_the_signature_good(algorithm: Algorithm, body: Body) -> None:
    signed = sign(MESSAGE, signer(algorithm, body))
    assert holds(signed) == [True]
    assert signed.endswith(MESSAGE)
    assert max(map(len, signed.split(b"\r\n"))) <= 78


def test_two_signatures_hold_side_by_side() -> None:
    assert holds(sign(MESSAGE, signer(), signer(Algorithm.ED25519))) == [True, True]


def test_the_length_is_never_told_and_list_fields_are_signed() -> None:
    (field,) = re.findall(rb"DKIM-Signature:.*?(?=\r\nFrom)", sign(MESSAGE), re.DOTALL)
    flat = re.sub(rb"\s", b"", field)
    assert b";l=" not in flat
    (names,) = re.findall(rb";h=([^;]*);", flat)
    assert names.split(b":").count(b"from") == 2
    assert names.split(b":").count(b"list-unsubscribe") == 2
    assert names.split(b":").count(b"list-unsubscribe-post") == 1


@pytest.mark.parametrize(
    "name", [b"From", b"To", b"Cc", b"Subject", b"Date", b"Reply-To", b"Content-Type", b"List-Unsubscribe"]
)
def test_a_field_added_on_the_way_breaks_the_signature(name: bytes) -> None:
    head, _, rest = sign(MESSAGE).partition(b"From:")
    assert holds(head + name + b": evil <evil@example.net>\r\nFrom:" + rest) == [False]


@pytest.mark.parametrize(("old", "new"), [(b"Jane", b"Joan"), (b"Your", b"My"), (b"/u/1", b"/u/2")])
def test_a_change_on_the_way_breaks_the_signature(old: bytes, new: bytes) -> None:
    assert holds(sign(MESSAGE).replace(old, new)) == [False]


def test_what_relays_do_to_white_space_breaks_no_relaxed_signature() -> None:
    relayed = sign(MESSAGE, signer(body=Body.RELAXED)).replace(b"Hello  Jane \t", b"Hello Jane")
    assert holds(relayed.replace(b"Your\r\n  invoice ", b"Your invoice")) == [True]


LINES = st.lists(st.text(st.sampled_from("ab.= \t"), max_size=8), max_size=6).map("\r\n".join).map(str.encode)


@settings(max_examples=60, deadline=None)
@given(LINES, st.sampled_from(Body))
def test_any_body_is_hashed_as_receivers_hash_it(lines: bytes, body: Body) -> None:
    message = b"From: a@example.com\r\n\r\n" + lines + b"\r\n"
    assert holds(sign(message, signer(Algorithm.ED25519, body))) == [True]


@pytest.mark.parametrize(
    ("body", "simple", "relaxed"),
    [
        (b"", b"\r\n", b""),
        (b"\r\n\r\n", b"\r\n", b""),
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C \r\nD \t E\r\n", b" C\r\nD E\r\n"),  # RFC 6376 section 3.4.5
        (b"a", b"a\r\n", b"a\r\n"),
        (b" \r\n", b" \r\n", b""),
    ],
)
def test_the_examples_of_the_standard(body: bytes, simple: bytes, relaxed: bytes) -> None:
    assert canonical_body(body, Body.SIMPLE) == simple
    assert canonical_body(body, Body.RELAXED) == relaxed


NAMES = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES, st.text(max_size=200), st.binary(max_size=300), st.sampled_from(Body), st.sampled_from(Algorithm))
def test_whatever_docgen_writes_can_be_signed(
    name: str, subject: str, text: str, pdf: bytes, body: Body, algorithm: Algorithm
) -> None:
    letterhead = Letterhead(
        sender=Recipient("Baltic Lamps", "shop@example.com"),
        to=[Recipient(name, "jane@example.org")],
        date=NOW,
        message_id="<1@example.com>",
        message_class=MessageClass.MARKETING,
        language="en",
        unsubscribe=["https://example.com/u/1", "mailto:u@example.com"],
    )
    content, _ = write_message(Mail(subject, None, text), letterhead, [Artifact(pdf, "application/pdf", f"{name}.pdf")])
    signed = sign(content, signer(algorithm, body))
    assert holds(signed) == [True]


# --- keys ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "aligned"),
    [("example.com", True), ("News.Example.com", True), ("example.net", False), ("notexample.com", False)],
)
def test_a_domain_answers_for_itself_and_what_is_below(domain: str, aligned: bool) -> None:
    assert signer().is_aligned(domain) is aligned


def _short() -> bytes:
    return generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("pem", "selector", "said"),
    [
        (b"nonsense", "s", "no private key"),
        (b"", "s", "no private key"),
        (key(Algorithm.ED25519), "s", "no rsa key"),
        (_short(), "s", "1024 bits"),
        (key(Algorithm.RSA), "a b", "no selector"),
    ],
)
def test_a_key_that_cannot_sign_is_refused(pem: bytes, selector: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Signer.open(pem, DOMAIN, selector, Algorithm.RSA)


def test_a_long_record_is_written_as_several_texts_for_a_zone() -> None:
    record = dns_record(key(Algorithm.RSA))
    line = zone_line(DOMAIN, "s", record)
    texts: Sequence[str] = re.findall(r'"([^"]*)"', line)
    assert line.startswith("s._domainkey.example.com. IN TXT (")
    assert "".join(texts) == record
    assert all(len(text) <= 255 for text in texts)
    assert len(texts) == 2
