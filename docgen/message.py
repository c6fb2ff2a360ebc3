"""Floor 1, rules: a rendered mail becomes an RFC 5322 message and its envelope. Pure: no clock, no chance, no network.

The message holds only 7-bit lines, so it passes every server and every signature; boundaries follow from the
Message-ID, so equal input gives equal bytes. Bcc lives in the envelope and nowhere else. `write_message` puts the parts
together itself; `build_message` lets Python's email package do so, and is the reference of what a message means.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from docgen.encodedwords import encode_text
from docgen.errors import AddressError
from docgen.files import safe_name
from docgen.headers import (
    Encode,
    WrittenHeader,
    ascii_domain,
    encode_by_email,
    mailbox_header,
    text_header,
    uri_header,
)
from docgen.mimeparts import content_id, encoding_of, write_parts
from docgen.model import Artifact, Envelope, Mail, MessageClass, Recipient
from docgen.tokens import Keys

_POLICY = SMTP.clone(cte_type="7bit")
#: Fields that docgen writes itself: nobody may add a second one.
_OWN = frozenset(
    {"from", "sender", "to", "cc", "bcc", "reply-to", "return-path", "subject", "date", "message-id", "auto-submitted"}
    | {"list-id", "list-unsubscribe", "list-unsubscribe-post", "mime-version", "content-language", "content-type"}
    | {"content-transfer-encoding", "content-disposition", "content-id", "dkim-signature"}
    # Never: RFC 3834 section 3.1.8 calls it unreliable, and filters take it for bulk.
    | {"precedence"}
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
#: Source: RFC 3834 section 5: no person wrote these, so no vacation notice should answer. A newsletter has an author.
_AUTO_GENERATED = frozenset({MessageClass.TRANSACTIONAL, MessageClass.DUNNING})


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """All of a message that is not its text.

    Attributes:
        sender: author and envelope sender.
        to: at least one.
        cc: shown to all.
        bcc: shown to none: in the envelope only.
        reply_to: where answers go, when not to the sender.
        date: aware.
        message_id: with angle brackets, as `make_message_id` gives it.
        message_class: decides whether the message says that a machine wrote it.
        language: of the text, `pt_BR` or `pt-BR`.
        redirect_to: for trials: the only one who gets it. The message shows whom it was for.
        testers: the only ones who get it, to look at it: the subject says so.
        unsubscribe: URIs for List-Unsubscribe; an https one must take the one-click POST of RFC 8058.
        list_id: what mailings of this kind are told by, `newsletter.example.com`; "" for what is no mailing.
        headers: further fields.
    """

    sender: Recipient
    to: Sequence[Recipient]
    cc: Sequence[Recipient] = ()
    bcc: Sequence[Recipient] = ()
    reply_to: Recipient | None = None
    date: datetime
    message_id: str
    message_class: MessageClass
    language: str
    redirect_to: Recipient | None = None
    testers: Sequence[Recipient] = ()
    unsubscribe: Sequence[str] = ()
    list_id: str = ""
    headers: Mapping[str, str] | None = None

    @property
    def instead(self) -> Sequence[Recipient]:
        """Who gets it in the place of those it is for; empty for a message that is meant."""
        return self.testers or ([self.redirect_to] if self.redirect_to else [])

    @property
    def receivers(self) -> Sequence[Recipient]:
        """Who gets it."""
        return self.instead or [*self.to, *self.cc, *self.bcc]

    @property
    def needs_utf8(self) -> bool:
        """Whether an address cannot be written without RFC 6532: not every server takes that."""
        shown = self.instead or [*self.to, *self.cc]
        answers = [self.reply_to] if self.reply_to else []
        return not all(ascii_domain(r.address).isascii() for r in (self.sender, *shown, *answers))

    def envelope(self) -> Envelope:
        """Return who sends and who gets it.

        Raises:
            AddressError: an address is not one, or there is none.
        """
        if not self.to:
            raise AddressError("the message has no recipient")
        unique: dict[str, str] = {}
        for recipient in self.receivers:
            address = ascii_domain(recipient.address)
            unique.setdefault(address.casefold(), address)
        return Envelope(ascii_domain(self.sender.address), tuple(unique.values()))

    def fields(self, subject: str, encode: Encode) -> list[WrittenHeader]:
        """Return the header fields, in order, other than those that say what the parts are.

        Raises:
            ValueError: a further header that docgen writes itself, or a naive date.
        """
        if self.date.tzinfo is None:
            raise ValueError("the date of a message needs a time zone")
        return [
            _own_mailbox("From", self.sender, encode),
            *(self._redirected(subject, encode) if self.instead else self._addressed(subject, encode)),
            *([_own_mailbox("Reply-To", self.reply_to, encode)] if self.reply_to else []),
            WrittenHeader("Date", *[_written_date(self.date)] * 2),
            WrittenHeader("Message-ID", *[_check_message_id(self.message_id)] * 2),
            *(
                [WrittenHeader("Auto-Submitted", *["auto-generated"] * 2)]
                if self.message_class in _AUTO_GENERATED
                else []
            ),
            *(_list_fields(self.unsubscribe, self.list_id) if not self.instead else []),
            *_further(self.headers or {}, encode),
        ]

    def language_field(self) -> WrittenHeader:
        """Return what says which language the text is in."""
        return _language_field(self.language)

    def _addressed(self, subject: str, encode: Encode) -> list[WrittenHeader]:
        copies = [mailbox_header("Cc", self.cc, encode)] if self.cc else []
        return [mailbox_header("To", self.to, encode), *copies, text_header("Subject", subject, encode)]

    def _redirected(self, subject: str, encode: Encode) -> list[WrittenHeader]:
        """Write a trial's fields: an answer to all must not reach a customer: they stand in no field of mailboxes."""
        mark = "Test" if self.testers else _addresses(self.to)
        copies = [text_header("X-Original-Cc", _addresses(self.cc), encode)] if self.cc else []
        return [
            mailbox_header("To", self.instead, encode),
            text_header("X-Original-To", _addresses(self.to), encode),
            *copies,
            text_header("Subject", f"[{mark}] {subject}", encode),
        ]


def write_message(mail: Mail, letterhead: Letterhead, attachments: Sequence[Artifact] = ()) -> tuple[bytes, Envelope]:
    """Write a message, as `build_message` but by docgen itself: the same message, other line breaks.

    Returns:
        The message with CRLF line ends, all ASCII unless an address is not, and the envelope.

    Raises:
        AddressError: an address is not one, or there is none.
        ValueError: a further header that docgen writes itself, or a naive date.
    """
    envelope = letterhead.envelope()
    fields = [*letterhead.fields(mail.subject, encode_text), letterhead.language_field()]
    head = "".join(f"{field.name}: {field.wire}\r\n" for field in fields) + "MIME-Version: 1.0\r\n"
    parts = write_parts(mail, attachments, _digest(letterhead.message_id))
    return b"".join([head.encode(), *parts]), envelope


def build_message(mail: Mail, letterhead: Letterhead, attachments: Sequence[Artifact] = ()) -> tuple[bytes, Envelope]:
    """Write a message by Python's email package. As `write_message`."""
    envelope = letterhead.envelope()
    message = EmailMessage(_POLICY.clone(utf8=True) if letterhead.needs_utf8 else _POLICY)
    for header in letterhead.fields(mail.subject, encode_by_email):
        message[header.name] = header
    _add_bodies(message, mail)
    for attachment in attachments:
        _attach(message, attachment)
    # Last: the email package moves fields of this kind into the parts it makes.
    message["Content-Language"] = letterhead.language_field()
    _settle_parts(message, letterhead.message_id)
    return message.as_bytes(), envelope


@lru_cache(maxsize=64)
def make_list_id(job: str, domain: str) -> str:
    """Return what a job's mailings are told by, RFC 2919: its name below the sender's domain."""
    label = re.sub(r"[^a-z0-9]+", "-", job.lower()).strip("-") or "mailing"
    return f"{label}.{ascii_domain(f'x@{domain}')[2:]}"


def make_message_id(job: str, edition: str, key: str, route: str, domain: str, keys: Keys | None = None) -> str:
    """Return the Message-ID of a delivery at a sender's domain: always the same, so that a repeat can be recognised.

    The newest of the keys goes into it; without keys, whoever knows job, edition, key and route can work it out.
    """
    parts = (job, edition, key, route)
    identity = "".join(f"{len(part)}:{part}" for part in parts)
    full = keys.sign("message id", *parts).hex() if keys else hashlib.sha256(identity.encode()).hexdigest()
    return f"<{full[:40]}@{ascii_domain(f'x@{domain}')[2:]}>"


# What is the same in every message of a run is written once.


@lru_cache(maxsize=64)
def _own_mailbox(name: str, mailbox: Recipient, encode: Encode) -> WrittenHeader:
    return mailbox_header(name, [mailbox], encode)


@lru_cache(maxsize=64)
def _language_field(language: str) -> WrittenHeader:
    return text_header("Content-Language", language.replace("_", "-"), encode_text)


def _written_date(date: datetime) -> str:
    # Equal moments of different time zones are written differently, and a cache takes them for the same.
    return _dates(date, str(date.utcoffset()))


@lru_cache(maxsize=64)
def _dates(date: datetime, _offset: str) -> str:
    return format_datetime(date)


def _addresses(recipients: Sequence[Recipient]) -> str:
    return ", ".join(recipient.address for recipient in recipients)


def _check_message_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"{message_id!r} is not a Message-ID")
    return message_id


def _list_fields(uris: Sequence[str], list_id: str) -> list[WrittenHeader]:
    fields = [WrittenHeader("List-Id", *[f"<{list_id}>"] * 2)] if list_id else []
    if uris:
        fields.append(uri_header("List-Unsubscribe", uris))
    if any(uri.startswith("https:") for uri in uris):
        fields.append(WrittenHeader("List-Unsubscribe-Post", *["List-Unsubscribe=One-Click"] * 2))
    return fields


def _further(headers: Mapping[str, str], encode: Encode) -> list[WrittenHeader]:
    for name in headers:
        if not re.fullmatch(r"[!-9;-~]+", name) or name.lower() in _OWN:
            raise ValueError(f"{name!r} cannot be added as a header")
    return [text_header(name, text, encode) for name, text in headers.items()]


def _add_bodies(message: EmailMessage, mail: Mail) -> None:
    if mail.text is not None:
        _set_text(message, mail.text, "plain")
    if mail.html is None:
        return
    page: MIMEPart = message
    if mail.text is not None:
        message.make_alternative()
        page = EmailMessage(message.policy)
        message.attach(page)
    _set_text(page, mail.html, "html")
    for image in mail.images:
        maintype, _, subtype = image.media_type.partition("/")
        page.add_related(image.content, maintype, subtype, cid=f"<{content_id(image.file_name)}>", disposition="inline")
    if mail.images:
        page.set_param("type", "text/html")


def _set_text(part: MIMEPart, text: str, subtype: str) -> None:
    part.set_content(text, subtype, cte=encoding_of(text))


def _attach(message: EmailMessage, attachment: Artifact) -> None:
    maintype, _, subtype = attachment.media_type.partition("/")
    name = safe_name(attachment.file_name, "attachment")
    params = {"charset": "utf-8"} if maintype == "text" else None
    message.add_attachment(attachment.content, maintype, subtype, filename=name, params=params)


def _settle_parts(message: EmailMessage, message_id: str) -> None:
    digest = _digest(message_id)
    for number, part in enumerate(message.walk()):
        if part is not message:
            del part["MIME-Version"]
        if part.is_multipart():
            part.set_boundary(f"=_{digest}_{number}")


def _digest(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:32]
