"""A rendered mail becomes a message that says what was meant and nothing else."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32
from email.policy import default as reference
from email.utils import parseaddr
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from messages import tell

from docgen.errors import AddressError
from docgen.headers import ascii_domain, clean_text
from docgen.message import Letterhead, build_message, make_message_id, write_message
from docgen.mimeparts import content_id
from docgen.model import Artifact, Envelope, Mail, MessageClass, Recipient

SHOP = Recipient("Baltic Lamps", "shop@example.com")
JANE = Recipient("Jane Doe", "jane@example.org")
MAIL = Mail("Your invoice", "<p>Hello Jane</p>", "Hello Jane\n")
PDF = Artifact(b"%PDF-1.7 \x00\xff\r\n.\r\n", "application/pdf", "invoice.pdf")
ID = make_message_id("invoices", "", "4711", "email", "example.com")


def _build(mail: Mail = MAIL, **changes: Any) -> tuple[bytes, Envelope]:
    settled: dict[str, Any] = {
        "sender": SHOP,
        "to": [JANE],
        "date": datetime(2026, 5, 3, 9, 30, tzinfo=UTC),
        "message_id": ID,
        "message_class": MessageClass.TRANSACTIONAL,
        "language": "en",
    }
    attachments = changes.pop("attachments", ())
    letterhead = Letterhead(**(settled | changes))
    reference = build_message(mail, letterhead, attachments)
    written = write_message(mail, letterhead, attachments)
    assert tell(written[0]) == tell(reference[0])
    assert written[1] == reference[1]
    return written


def _parsed(mail: Mail = MAIL, **changes: Any) -> EmailMessage:
    content, _ = _build(mail, **changes)
    return cast(EmailMessage, email.message_from_bytes(content, policy=reference))


def _fields(message: EmailMessage) -> list[str]:
    return [name for name in message if not name.lower().startswith(("content-t", "mime"))]


# --- headers ---------------------------------------------------------------------------------------


def test_the_headers_are_those_of_a_business_message() -> None:
    message = _parsed(reply_to=Recipient("", "answers@example.com"), cc=[Recipient("", "copy@example.net")])
    assert _fields(message) == [
        "From",
        "To",
        "Cc",
        "Subject",
        "Reply-To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "Content-Language",
    ]
    assert message["From"] == "Baltic Lamps <shop@example.com>"
    assert message["To"] == "Jane Doe <jane@example.org>"
    assert message["Date"] == "Sun, 03 May 2026 09:30:00 +0000"
    assert message["Message-ID"] == ID
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "answers@example.com"


@pytest.mark.parametrize(
    ("message_class", "said"),
    [
        (MessageClass.TRANSACTIONAL, "auto-generated"),
        (MessageClass.DUNNING, "auto-generated"),
        (MessageClass.MARKETING, None),
    ],
)
def test_a_message_that_nobody_wrote_says_so(message_class: MessageClass, said: str | None) -> None:
    assert _parsed(message_class=message_class)["Auto-Submitted"] == said


def test_the_language_is_written_as_the_internet_writes_it() -> None:
    assert _parsed(language="pt_BR")["Content-Language"] == "pt-BR"
    assert _parsed(Mail("s", None, "t"), language="lt")["Content-Language"] == "lt"


def test_the_same_input_gives_the_same_bytes() -> None:
    assert _build(attachments=[PDF]) == _build(attachments=[PDF])
    assert _build()[0] != _build(message_id="<other@example.com>")[0]


def test_every_line_is_short_and_ends_as_the_standard_asks() -> None:
    content, _ = _build(Mail("ė" * 300, "<p>" + "ė" * 3000, "x" * 3000), attachments=[PDF])
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert max(len(line) for line in content.split(b"\r\n")) <= 78


def test_a_block_subject_becomes_one_line() -> None:
    assert _parsed(replace(MAIL, subject="Your invoice\nof May\n"))["Subject"] == "Your invoice of May"


def _display_name(content: bytes) -> str:
    # The newer parser of Python 3.11 leaves the space between two encoded words of a phrase, which RFC 2047 drops.
    phrase, _ = parseaddr(email.message_from_bytes(content, policy=compat32)["To"])
    return str(make_header(decode_header(phrase)))


#: Texts that have broken mailers: line breaks of all kinds, encoded words, comments, quotes, lone surrogates.
_NASTY = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(["\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028", "Bcc: eve@example.com", '"', "\\", "<"]),
        st.sampled_from(
            [">", ",", ";", "(", ")", "@", ":", "=?utf-8?q?=0D=0ABcc=3A_eve=40example=2Ecom?=", "=?", "?="]
        ),
        st.sampled_from(
            ["\ud800", "\u202e", "é", "日本語", "🙂", " ", "  ", "\t", "x" * 100, "=?us-ascii?b?DQpYOiB5?="]
        ),
    ),
    max_size=12,
).map("".join)


@given(_NASTY, _NASTY)
@example("=?utf-8?q?=0D=0ABcc=3A_eve=40example=2Ecom?=", "=?utf-8?b?DQpCY2M6IGV2ZUBleGFtcGxlLmNvbQ==?= x")
@example("a\r\nBcc: eve@example.com", 'Jane "J" Doe\r\nBcc: eve@example.com')
@example("a" * 1200, "b" * 1200)
@settings(deadline=None, max_examples=400)
def test_whatever_the_texts_the_headers_are_those_intended(subject: str, name: str) -> None:
    plain = _fields(_parsed(headers={"X-Job": "x"}, cc=[SHOP]))
    to = Recipient(name, JANE.address)
    content, envelope = _build(Mail(subject, None, "x"), to=[to], cc=[to], headers={"X-Job": subject})
    message = cast(EmailMessage, email.message_from_bytes(content, policy=reference))
    assert _fields(message) == plain
    assert message["Subject"] == clean_text(subject)
    assert [a.addr_spec for a in message["To"].addresses] == [JANE.address]
    assert _display_name(content) == clean_text(name)
    assert [a.addr_spec for a in message["Cc"].addresses] == [JANE.address]
    assert message["X-Job"] == clean_text(subject)
    assert envelope.recipients == (JANE.address,)
    assert max(len(line) for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n")) <= 100


@pytest.mark.parametrize(
    "address",
    [
        "jane@example.org\r\nBcc: eve@example.com",
        "jane@example.org>, <eve@example.com",
        "jane@example.org\x00",
        "jane@exa mple.org",
        "jane doe@example.org",
        "jane@",
        "@example.org",
        "jane",
        "",
        "jane@example..org",
        "jane\u2028@example.org",
        '"jane\r\n"@example.org',
        "jane@example.org> SIZE=1",
        "jane@" + "x" * 64 + ".org",
        "jane@" + "é" * 64 + ".org",
        ".jane@example.org",
    ],
)
@pytest.mark.parametrize("field", ["sender", "to", "cc", "bcc", "reply_to", "redirect_to"])
def test_what_is_not_an_address_is_refused(address: str, field: str) -> None:
    bad = Recipient("", address)
    with pytest.raises(AddressError, match="is not an e-mail address"):
        _build(**{field: [bad] if field in ("to", "cc", "bcc") else bad})


def test_an_international_domain_is_ascii_in_envelope_and_headers() -> None:
    content, envelope = _build(to=[Recipient("", "jane@müller.example")], sender=Recipient("", "shop@straße.example"))
    assert envelope == Envelope("shop@xn--strae-oqa.example", ("jane@xn--mller-kva.example",))
    assert content.isascii()


@pytest.mark.parametrize(
    "address", ["o'neil+x@example.org", '"jane doe"@example.org', "a@localhost", "a@b.test", "a@[10.0.0.1]"]
)
def test_odd_addresses_come_through(address: str) -> None:
    assert _build(to=[Recipient("", address)])[1].recipients == (address,)
    assert _parsed(to=[Recipient("Jane", address)])["To"].addresses[0].addr_spec == address


def test_an_international_mailbox_is_written_in_its_own_script() -> None:
    content, envelope = _build(to=[Recipient("Jürgen", "jürgen@example.org")])
    assert envelope.recipients == ("jürgen@example.org",)
    assert "<jürgen@example.org>".encode() in content


def test_the_envelope_names_each_address_once_and_bcc_stays_there() -> None:
    boss = Recipient("Boss", "boss@example.com")
    content, envelope = _build(to=[JANE], cc=[Recipient("J.", "Jane@Example.ORG"), boss], bcc=[boss, SHOP])
    assert envelope == Envelope(SHOP.address, (JANE.address, boss.address, SHOP.address))
    message = cast(EmailMessage, email.message_from_bytes(_build(bcc=[boss])[0], policy=reference))
    assert message["Bcc"] is None
    assert b"boss@" not in _build(bcc=[boss])[0]
    assert content.count(b"boss@example.com") == 1


def test_a_message_to_nobody_is_refused() -> None:
    with pytest.raises(AddressError, match="no recipient"):
        _build(to=[])


def test_a_trial_goes_to_one_address_only_and_says_whom_it_was_for() -> None:
    content, envelope = _build(
        to=[JANE],
        cc=[Recipient("", "copy@example.net")],
        bcc=[Recipient("", "hidden@example.net")],
        redirect_to=Recipient("Trial", "trial@example.com"),
        unsubscribe=["https://example.com/u/1"],
    )
    message = cast(EmailMessage, email.message_from_bytes(content, policy=reference))
    assert envelope.recipients == ("trial@example.com",)
    assert message["To"] == "Trial <trial@example.com>"
    assert message["Cc"] is None
    assert message["Subject"] == "[jane@example.org] Your invoice"
    assert message["X-Original-To"] == "jane@example.org"
    assert message["X-Original-Cc"] == "copy@example.net"
    # A click in a trial must not unsubscribe the customer.
    assert message["List-Unsubscribe"] is None
    assert b"hidden@" not in content


def test_unsubscribing_needs_one_click_where_there_is_a_page() -> None:
    long = "https://example.com/u/" + "x" * 90
    message = _parsed(unsubscribe=[long, "mailto:stop@example.com"])
    assert message["List-Unsubscribe"] == f"<{long}>, <mailto:stop@example.com>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert _parsed(unsubscribe=["mailto:stop@example.com"])["List-Unsubscribe-Post"] is None
    assert f"<{long}>,\r\n <mailto".encode() in _build(unsubscribe=[long, "mailto:stop@example.com"])[0]


@pytest.mark.parametrize("uri", ["https://example.com/>\r\nBcc: x", "https://example.com/ė", "https://example.com/a b"])
def test_an_unsafe_unsubscribe_address_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="percent-encode"):
        _build(unsubscribe=[uri])


@pytest.mark.parametrize("name", ["Bcc", "subject", "Content-Type", "X: y", "X\r\nY", ""])
def test_a_further_header_cannot_replace_ours(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be added"):
        _build(headers={name: "x"})


def test_a_date_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        _build(date=datetime(2026, 5, 3))


def test_a_wrong_message_id_is_refused() -> None:
    with pytest.raises(ValueError, match="not a Message-ID"):
        _build(message_id="<a@b>\r\nBcc: x")


def test_a_message_id_is_the_delivery_s_own() -> None:
    base = ("invoices", "may", "4711", "email")
    ids = {make_message_id(*base, "example.com")}
    for position in range(4):
        ids.add(make_message_id(*[part + "x" if i == position else part for i, part in enumerate(base)], "example.com"))
    ids.add(make_message_id("invoice", "smay", "4711", "email", "example.com"))
    assert len(ids) == 6
    assert make_message_id(*base, "example.com") == make_message_id(*base, "example.com")
    assert make_message_id(*base, "müller.example").endswith("@xn--mller-kva.example>")


def test_text_of_an_address_is_kept_but_for_its_domain() -> None:
    assert ascii_domain("Jane.Doe@MÜLLER.example") == "Jane.Doe@xn--mller-kva.example"


# --- bodies ----------------------------------------------------------------------------------------


def _types(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_text_and_page_are_alternatives() -> None:
    message = _parsed()
    assert _types(message) == ["multipart/alternative", "text/plain", "text/html"]
    assert _text(message, "plain") == "Hello Jane\n"
    assert _text(message, "html") == "<p>Hello Jane</p>\n"


def _text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return cast(str, part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("mail", "types"),
    [(Mail("s", None, "t"), ["text/plain"]), (Mail("s", "<p>", None), ["text/html"])],
)
def test_one_body_stands_alone(mail: Mail, types: list[str]) -> None:
    assert _types(_parsed(mail)) == types


def test_pictures_stand_beside_the_page_that_shows_them() -> None:
    logo = Artifact(b"\x89PNG", "image/png", "logo.png")
    mail = Mail("s", f'<img src="cid:{content_id(logo.file_name)}">', "t", (logo,))
    message = _parsed(mail, attachments=[PDF])
    assert _types(message) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    picture = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert picture["Content-ID"] == "<logo.png>"
    assert picture.get_content() == b"\x89PNG"
    assert picture.get_content_disposition() == "inline"
    assert 'src="cid:logo.png"' in _text(message, "html")


def test_a_page_alone_keeps_its_pictures() -> None:
    mail = Mail("s", "<p>", None, (Artifact(b"GIF", "image/gif", "a.gif"),))
    assert _types(_parsed(mail)) == ["multipart/related", "text/html", "image/gif"]


@given(st.text(max_size=300), st.binary(max_size=300))
@example("From here\n.\n..\n--=_x\r\n", b".\r\n")
@settings(deadline=None, max_examples=150)
def test_bodies_and_files_come_out_as_they_went_in(text: str, content: bytes) -> None:
    text = text.encode("utf-8", "ignore").decode()
    message = _parsed(Mail("s", text, text), attachments=[Artifact(content, "application/pdf", "a.pdf")])
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    wanted = "\n".join(lines[:-1] if lines[-1] == "" else lines) + ("\n" if text else "")
    assert _text(message, "plain").rstrip("\n") == wanted.rstrip("\n")
    assert _text(message, "html").rstrip("\n") == wanted.rstrip("\n")
    assert [part.get_content() for part in message.iter_attachments()] == [content]


def test_text_cannot_forge_a_part() -> None:
    honest, _ = _build(attachments=[PDF])
    boundary = honest.split(b'boundary="', 1)[1].split(b'"', 1)[0].decode()
    forged = f"\n--{boundary}\nContent-Type: text/html\n\nforged\n--{boundary}--\n"
    message = _parsed(Mail("s", forged, forged), attachments=[PDF])
    assert _types(message) == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"]


@pytest.mark.parametrize(
    "name",
    [
        "Rechnung Müller 2026.pdf",
        "Sąskaita Nr. 7.pdf",
        "a'b & c (1).pdf",
        "日本語の請求書.pdf",
        "x" * 150 + "ė" * 20 + ".pdf",
    ],
)
def test_attachment_names_come_through(name: str) -> None:
    content, _ = _build(attachments=[replace(PDF, file_name=name)])
    assert content.isascii()
    (part,) = cast(EmailMessage, email.message_from_bytes(content, policy=reference)).iter_attachments()
    assert part.get_filename() == name
    assert part.get_content() == PDF.content


def test_an_unsafe_attachment_name_is_made_safe() -> None:
    (part,) = _parsed(attachments=[replace(PDF, file_name='../a"\r\nX: y=?utf-8?q?b?=.pdf')]).iter_attachments()
    assert part.get_filename() == "-a- X- y=-utf-8-q-b-=.pdf"
    assert part["X"] is None


def test_a_text_attachment_names_its_encoding() -> None:
    (part,) = _parsed(attachments=[Artifact("ė".encode(), "text/csv", "a.csv")]).iter_attachments()
    assert part.get_content() == "ė"


def test_a_content_id_is_plain() -> None:
    assert content_id("Logo groß (1).png") == "Logo_gro___1_.png"
