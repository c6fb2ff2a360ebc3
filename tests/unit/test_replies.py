"""What came back, read from its bytes: the corpus of tests/bounces, and whatever else a mailbox may hold."""

from __future__ import annotations

import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.model import ReplyKind
from docgen.replies import read_answer
from docgen.replies.finding import Finding
from docgen.replies.parts import MOST_BYTES
from docgen.replies.sameness import digest
from docgen.replies.status import best_status, judge
from docgen.returnpath import Sending, make_return_path
from docgen.tokens import Keys, Wish, make_unsubscribe, read_unsubscribe

CORPUS = Path(__file__).parents[1] / "bounces"
KEYS = Keys.parse("corpus-key-corpus-key-0123456789")
ORIGINAL = "<4f1c2d3e4b5a69788796a5b4c3d2e1f00f1e2d3c@shop.test>"
ONA = "ona@kunde.test"
#: What ties an answer to its message: its Message-ID, the token of its return path.
ID, TOKEN, BOTH, NOTHING = "id", "token", "id token", ""

#: file -> what it is, about whom, with which code, and what ties it to its message.
TABLE: dict[str, tuple[str, str, str, str]] = {
    "arf-abuse": ("complaint", ONA, "", ID),
    "arf-auth-failure": ("policy", ONA, "", ID),
    "arf-fraud": ("complaint", ONA, "", ID),
    "arf-not-spam": ("other", ONA, "", ID),
    "arf-opt-out": ("unsubscribe", ONA, "", ID),
    "arf-redacted": ("complaint", "", "", BOTH),
    "base64-report": ("bad-address", ONA, "5.1.1", ID),
    "challenge": ("other", "guard@challenge.test", "", ID),
    "dmarc-aggregate": ("other", "noreply-dmarc@provider.test", "", NOTHING),
    "domino-not-listed": ("bad-address", ONA, "5.1.1", ID),
    "exchange-away-german": ("auto-reply", ONA, "", ID),
    "exchange-online-access-denied": ("bad-address", ONA, "5.4.1", ID),
    "exchange-online-not-found": ("bad-address", ONA, "5.1.10", ID),
    "exchange-online-restricted": ("policy", ONA, "5.7.133", ID),
    "exchange-server-domain-gone": ("hard", ONA, "5.4.310", ID),
    "exchange-server-full-german": ("soft", ONA, "5.2.2", ID),
    "exchange-server-too-large": ("content", ONA, "5.2.3", ID),
    "exim-dsn-remote-general": ("policy", ONA, "5.7.1", ID),
    "exim-dsn-unrouteable": ("bad-address", ONA, "5.0.0", ID),
    "exim-plain-quota": ("soft", ONA, "", ID),
    "exim-plain-spam": ("policy", ONA, "", ID),
    "exim-plain-unknown": ("bad-address", ONA, "", ID),
    "exim-plain-warning": ("delayed", ONA, "", NOTHING),
    "forwarded-elsewhere": ("bad-address", "ona.privat@anderswo.test", "5.1.1", ID),
    "gmail-delay": ("delayed", ONA, "4.4.1", ID),
    "gmail-disabled": ("hard", ONA, "5.2.1", ID),
    "gmail-dmarc": ("policy", ONA, "5.7.26", ID),
    "gmail-quota-expired": ("soft", ONA, "4.2.2", ID),
    "gmail-rate-limited": ("policy", ONA, "4.7.28", ID),
    "gmail-unknown": ("bad-address", ONA, "5.1.1", ID),
    "gmx-plain": ("bad-address", ONA, "", ID),
    "hotmail-junk": ("complaint", ONA, "", ID),
    "html-only": ("bad-address", ONA, "", NOTHING),
    "icloud-full": ("soft", ONA, "5.2.2", ID),
    "mimecast-policy": ("policy", ONA, "", NOTHING),
    "no-returned-message": ("bad-address", ONA, "5.1.1", TOKEN),
    "old-autoresponder": ("auto-reply", ONA, "", NOTHING),
    "only-the-return-path": ("hard", "", "", TOKEN),
    "opensmtpd-unknown": ("bad-address", ONA, "5.0.0", ID),
    "orange-french": ("soft", ONA, "", NOTHING),
    "outlook-com-unavailable": ("bad-address", ONA, "5.5.0", ID),
    "person-on-delivery": ("other", "jan@kunde.test", "", NOTHING),
    "person-quotes-the-link": ("other", ONA, "", ID),
    "postfix-blocklist": ("policy", ONA, "5.7.1", ID),
    "postfix-blocklist-as-unknown-user": ("policy", ONA, "5.1.1", ID),
    "postfix-delayed": ("delayed", ONA, "4.4.1", ID),
    "postfix-expired": ("soft", ONA, "4.4.1", ID),
    "postfix-host-not-found": ("hard", ONA, "5.4.4", ID),
    "postfix-quota": ("soft", ONA, "5.2.2", ID),
    "postfix-relayed": ("delivered", ONA, "2.0.0", ID),
    "postfix-sender-rejected": ("policy", ONA, "5.1.8", ID),
    "postfix-two-recipients": ("bad-address", ONA, "5.1.1", ID),
    "postfix-unknown-user": ("bad-address", ONA, "5.1.1", ID),
    "qmail-host": ("bad-address", ONA, "5.1.2", BOTH),
    "qmail-no-code": ("bad-address", ONA, "", BOTH),
    "qmail-no-mailbox": ("bad-address", ONA, "5.1.1", BOTH),
    "qmail-quota": ("soft", ONA, "5.2.2", BOTH),
    "qmail-yahoo": ("bad-address", ONA, "", BOTH),
    "read-receipt": ("auto-reply", ONA, "", NOTHING),
    "sendmail-local-quota": ("soft", ONA, "4.2.2", ID),
    "sendmail-relaying": ("policy", ONA, "5.7.1", ID),
    "sendmail-unknown": ("bad-address", ONA, "5.1.1", ID),
    "sendmail-warning": ("delayed", ONA, "4.4.1", ID),
    "ses-style": ("bad-address", ONA, "5.1.1", ID),
    "t-online-german": ("bad-address", ONA, "", NOTHING),
    "unsubscribe-token": ("unsubscribe", ONA, "", NOTHING),
    "unsubscribe-token-folded": ("unsubscribe", "ona.anders@kunde.test", "", NOTHING),
    "unsubscribe-word-german": ("unsubscribe", ONA, "", ID),
    "utf8-address": ("bad-address", "öna@kunde.test", "5.1.1", ID),
    "vacation-sieve": ("auto-reply", ONA, "", BOTH),
    "virus-found": ("content", ONA, "5.6.0", ID),
}


def _read(name: str) -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def test_the_table_has_every_file_of_the_corpus() -> None:
    assert {path.stem for path in CORPUS.glob("*.eml")} == set(TABLE)
    assert len(TABLE) >= 30


@pytest.mark.parametrize("line_ends", ["unix", "network"])
@pytest.mark.parametrize("name", TABLE)
def test_the_corpus_is_read_right(name: str, line_ends: str) -> None:
    content = _read(name) if line_ends == "unix" else _read(name).replace(b"\n", b"\r\n")
    answer = read_answer(content)
    first = answer.findings[0]
    ties = [ID] if ORIGINAL in answer.message_ids else []
    ties += [TOKEN] if [token.delivery for token in answer.tokens] == [42] else []
    assert (str(first.kind), first.address, first.status, " ".join(ties)) == TABLE[name]


def test_each_recipient_of_a_report_is_told() -> None:
    assert [(f.kind, f.address) for f in read_answer(_read("postfix-two-recipients")).findings] == [
        (ReplyKind.BAD_ADDRESS, ONA),
        (ReplyKind.SOFT, "jan@kunde.test"),
    ]


def test_the_address_that_was_written_to_is_told_beside_that_it_was_forwarded_to() -> None:
    assert read_answer(_read("forwarded-elsewhere")).findings[0].original == ONA


@pytest.mark.parametrize("name", ["unsubscribe-token", "unsubscribe-token-folded"])
def test_the_wish_of_an_unsubscribe_token_is_found(name: str) -> None:
    [token] = read_answer(_read(name)).wishes
    answer = read_answer(_read(name))
    assert answer.date is not None
    wish = read_unsubscribe(token, KEYS, answer.date.date())
    assert wish == Wish(ONA, topic="offers")


def test_a_link_that_is_only_quoted_unsubscribes_nobody() -> None:
    assert read_answer(_read("person-quotes-the-link")).wishes == ()


def test_a_detail_is_the_servers_words_on_one_line() -> None:
    detail = read_answer(_read("postfix-unknown-user")).findings[0].detail
    assert detail == f"550 5.1.1 <{ONA}>: Recipient address rejected: User unknown in virtual mailbox table"


# --- codes and words ---


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.1.1", "", "bad-address"),
        ("5.1.2", "", "bad-address"),
        ("5.1.3", "", "bad-address"),
        ("5.1.6", "", "bad-address"),
        ("5.1.10", "", "bad-address"),
        ("5.1.7", "", "policy"),
        ("5.1.8", "", "policy"),
        ("5.1.0", "550 5.1.0 sender rejected by policy", "policy"),
        ("5.1.0", "550 5.1.0 no such user", "bad-address"),
        ("5.2.1", "", "hard"),
        ("5.2.2", "", "soft"),
        ("5.2.2", "552 5.2.2 spam folder is full", "soft"),
        ("5.3.4", "", "content"),
        ("5.4.6", "", "hard"),
        ("5.4.7", "", "soft"),
        ("5.5.2", "", "policy"),
        ("5.6.0", "", "content"),
        ("5.7.1", "550 5.7.1 user unknown", "policy"),
        ("4.2.2", "", "soft"),
        ("4.7.1", "greylisted", "policy"),
        ("4.1.1", "user unknown", "soft"),
        ("", "550 no such user here", "bad-address"),
        ("", "450 no such user here", "soft"),
        ("", "552 exceeded", "soft"),
        ("", "552 message size limit exceeded", "content"),
        ("", "", "hard"),
        ("5.0.0", "550 5.1.1 gone", "bad-address"),
        ("4.0.0", "5.1.1 no such user", "bad-address"),
    ],
)
def test_codes_count_before_words_and_the_recipient_is_not_blamed_in_doubt(status: str, words: str, kind: str) -> None:
    assert judge(status, words) == kind


@pytest.mark.parametrize("text", ["10.5.1.1", "5.1.1.9", "version 15.1.1", "4.5", "6.1.1", "5.1.1234"])
def test_what_only_looks_like_a_code_is_none(text: str) -> None:
    assert best_status("", text) == ""


# --- anything ---


def test_a_message_is_the_same_wherever_it_is_kept() -> None:
    content = _read("qmail-no-mailbox") + b"\nFrom here on.\n"
    moved = b"Received: by another.host; Mon, 4 May 2026 12:00:00 +0200\n" + content.replace(b"\nFrom h", b"\n>From h")
    assert digest(content) == digest(moved.replace(b"\n", b"\r\n") + b"\r\n")
    assert digest(content) != digest(content.replace(b"qm.test", b"qn.test"))


NAMELESS = b"""From: MAILER-DAEMON@kunde.test
To: %s
Subject: failed
Date: Mon, 04 May 2026 12:00:00 +0200
X-Failed-Recipients: %s

The address does not exist.
"""
PATHS = [make_return_path("bounces@shop.test", Sending(n, "r", "K", "email", (ONA,)), KEYS).encode() for n in (1, 2)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NAMELESS % (PATHS[0], b"p30@kunde.test"), NAMELESS % (PATHS[1], b"p30@kunde.test")),
        (NAMELESS % (b"b@shop.test", b"p30@kunde.test"), NAMELESS % (b"b@shop.test", b"p31@kunde.test")),
        (NAMELESS % (b"b@shop.test", "ąž@kunde.test".encode()), NAMELESS % (b"b@shop.test", "ęž@kunde.test".encode())),
        (b"From: ona@kunde.test\nSubject: unsubscribe\n\n", b"From: jan@kunde.test\nSubject: unsubscribe\n\n"),
        (
            b"From: a@b.test\nDelivered-To: " + PATHS[0] + b"\n\n",
            b"From: a@b.test\nDelivered-To: " + PATHS[1] + b"\n\n",
        ),
        (b"Message-ID: <>\nSubject: u1 x\n\n", b"Message-ID: <>\nSubject: u1 y\n\n"),
        (b"Date: Mon, 04 May 2026 12:00:00 +0200\n\nfull\n", b"Date: Tue, 05 May 2026 12:00:00 +0200\n\nfull\n"),
    ],
)
def test_messages_without_an_id_are_told_apart_by_what_their_heads_say(one: bytes, other: bytes) -> None:
    assert digest(one) != digest(other)


@pytest.mark.parametrize("name", [None, "<1@kunde.test>"])
@pytest.mark.parametrize(
    "mark", [b"Status: RO", b"X-Keywords: Junk", b"Delivered-To: office@shop.test", b"Received: x"]
)
def test_marks_and_further_servers_make_no_other_message(name: str | None, mark: bytes) -> None:
    content = NAMELESS % (PATHS[0] + b",\n\tb@shop.test", b"p30@kunde.test")
    content = (f"Message-ID: {name}\n".encode() if name else b"") + content
    for moved in (mark + b"\n" + content, content.replace(b"\n\n", b"\n" + mark + b"\n\n")):
        assert digest(moved) == digest(moved.replace(b"\n", b"\r\n")) == digest(content)
    assert digest(content.replace(b",\n\t", b",\n ")) == digest(content)


def test_a_message_with_an_id_is_the_same_whatever_a_server_writes_into_its_subject() -> None:
    content = b"Message-ID: <1@kunde.test>\n" + NAMELESS % (b"b@shop.test", b"p30@kunde.test")
    assert digest(content) == digest(content.replace(b"Subject: ", b"Subject: [SPAM?] "))


def test_a_message_of_which_only_the_beginning_is_read_is_the_same_however_much_that_is() -> None:
    content = NAMELESS % (b"b@shop.test", b"p30@kunde.test") + b"QUJD\n" * (MOST_BYTES // 4)
    marked = b"Status: RO\n" + content
    ways = [content, content.replace(b"\n", b"\r\n"), marked]
    assert len({digest(way[:MOST_BYTES]) for way in ways}) == 1


@given(st.binary(max_size=3000))
@settings(max_examples=150, deadline=None)
def test_no_bytes_are_too_much(content: bytes) -> None:
    assert read_answer(content).findings


def test_a_message_that_the_library_cannot_read_leaves_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    assert [each.kind for each in read_answer(b"Subject: nobody sent this\n\nHello\n").findings] == ["other"]
    assert caplog.records == []


@given(st.sampled_from(sorted(TABLE)), st.integers(0, 4000), st.integers(0, 400), st.binary(max_size=40))
@settings(max_examples=150, deadline=None)
def test_damaged_answers_are_read_as_something(name: str, begin: int, length: int, instead: bytes) -> None:
    content = _read(name)
    answer = read_answer(content[:begin] + instead + content[begin + length :])
    assert all(isinstance(finding, Finding) for finding in answer.findings)
    assert all(len(finding.detail) <= 300 and "\n" not in finding.detail for finding in answer.findings)


def test_parts_nested_without_end_are_read_as_something() -> None:
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000))
    assert read_answer(parts).findings


@pytest.mark.parametrize(
    "text",
    ["<" * 40_000, "a@" * 20_000, "mailbox " * 5_000, "exceeds " * 5_000, "1.1.1." * 6_000, "On " + "x " * 20_000],
)
def test_long_texts_of_one_kind_take_no_long_time(text: str) -> None:
    message = EmailMessage()
    message["From"], message["Subject"], message["Return-Path"] = "MAILER-DAEMON@x.test", "failure notice", "<>"
    message.set_content(text)
    begin = time.perf_counter()
    read_answer(message.as_bytes())
    assert time.perf_counter() - begin < 5


@given(st.text(max_size=60), st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_subjects_and_texts_of_any_kind_are_read(subject: str, text: str) -> None:
    token = make_unsubscribe(Wish("ona@kunde.test"), KEYS)
    raw = f"From: ona@kunde.test\nSubject: {subject}\n\n{text}\n> {token}\n"
    answer = read_answer(raw.encode("utf-8", "surrogateescape"))
    assert answer.kind in ReplyKind
