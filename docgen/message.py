"""Floor 1, rules: a rendered mail becomes an RFC 5322 message and its envelope. Pure: no clock, no chance, no network.

The message holds only 7-bit lines, so it passes every server and every signature; boundaries follow from the
Message-ID, so equal input gives equal bytes. Bcc lives in the envelope and nowhere else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

from docgen.errors import AddressError
from docgen.files import safe_name
from docgen.headers import WrittenHeader, ascii_domain, mailbox_header, text_header, uri_header
from docgen.model import Artifact, Envelope, Mail, MessageClass, Recipient

_POLICY = SMTP.clone(cte_type="7bit")
#: Fields that docgen writes itself: nobody may add a second one.
_OWN = frozenset(
    {"from", "sender", "to", "cc", "bcc", "reply-to", "return-path", "subject", "date", "message-id", "auto-submitted"}
    | {"list-unsubscribe", "list-unsubscribe-post", "mime-version", "content-language", "content-type"}
    | {"content-transfer-encoding", "content-disposition", "content-id"}
)
#: Source: RFC 3834 section 5: no person wrote these, so no vacation notice should answer. A newsletter has an author.
_AUTO_GENERATED = frozenset({MessageClass.TRANSACTIONAL, MessageClass.DUNNING})


def build_message(
    mail: Mail,
    *,
    sender: Recipient,
    to: Sequence[Recipient],
    cc: Sequence[Recipient] = (),
    bcc: Sequence[Recipient] = (),
    reply_to: Recipient | None = None,
    attachments: Sequence[Artifact] = (),
    date: datetime,
    message_id: str,
    message_class: MessageClass,
    language: str,
    redirect_to: Recipient | None = None,
    unsubscribe: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> tuple[bytes, Envelope]:
    """Write a message.

    Args:
        mail: subject and bodies.
        sender: author and envelope sender.
        to: at least one.
        cc: shown to all.
        bcc: shown to none: in the envelope only.
        reply_to: where answers go, when not to the sender.
        attachments: in order.
        date: aware.
        message_id: with angle brackets, as `make_message_id` gives it.
        message_class: decides whether the message says that a machine wrote it.
        language: of the text, `pt_BR` or `pt-BR`.
        redirect_to: for trials: the only one who gets it. The message shows whom it was for.
        unsubscribe: URIs for List-Unsubscribe; an https one must take the one-click POST of RFC 8058.
        headers: further fields.

    Returns:
        The message with CRLF line ends, all ASCII unless an address is not, and the envelope.

    Raises:
        AddressError: an address is not one, or there is none.
        ValueError: a further header that docgen writes itself, or a naive date.
    """
    if not to:
        raise AddressError("the message has no recipient")
    if date.tzinfo is None:
        raise ValueError("the date of a message needs a time zone")
    envelope = _envelope(sender, [redirect_to] if redirect_to else [*to, *cc, *bcc])
    message = EmailMessage(
        _policy([sender, *([redirect_to] if redirect_to else [*to, *cc]), *([reply_to] if reply_to else [])])
    )
    for header in [
        mailbox_header("From", [sender]),
        *(_redirected(mail.subject, to, cc, redirect_to) if redirect_to else _addressed(mail.subject, to, cc)),
        *([mailbox_header("Reply-To", [reply_to])] if reply_to else []),
        WrittenHeader("Date", *[format_datetime(date)] * 2),
        WrittenHeader("Message-ID", *[_check_message_id(message_id)] * 2),
        *([text_header("Auto-Submitted", "auto-generated")] if message_class in _AUTO_GENERATED else []),
        *(_unsubscribe(unsubscribe) if unsubscribe and not redirect_to else []),
        *_further(headers or {}),
    ]:
        message[header.name] = header
    _add_bodies(message, mail)
    for attachment in attachments:
        _attach(message, attachment)
    # Last: the email package moves fields of this kind into the parts it makes.
    message["Content-Language"] = text_header("Content-Language", language.replace("_", "-"))
    _settle_parts(message, message_id)
    return message.as_bytes(), envelope


def make_message_id(job: str, edition: str, key: str, route: str, domain: str) -> str:
    """Return the Message-ID of a delivery: always the same, so that a repeat can be recognised."""
    identity = "".join(f"{len(part)}:{part}" for part in (job, edition, key, route))
    return f"<{hashlib.sha256(identity.encode()).hexdigest()[:40]}@{ascii_domain(f'x@{domain}')[2:]}>"


def content_id(file_name: str) -> str:
    """Return what an HTML body writes after `cid:` to show an inline image."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", file_name)


def _envelope(sender: Recipient, recipients: Sequence[Recipient]) -> Envelope:
    unique: dict[str, str] = {}
    for recipient in recipients:
        address = ascii_domain(recipient.address)
        unique.setdefault(address.casefold(), address)
    return Envelope(ascii_domain(sender.address), tuple(unique.values()))


def _policy(shown: Sequence[Recipient]) -> EmailPolicy[Any]:
    """Choose RFC 6532 headers only where an address cannot be written without: not every server takes them."""
    return _POLICY if all(ascii_domain(r.address).isascii() for r in shown) else _POLICY.clone(utf8=True)


def _addressed(subject: str, to: Sequence[Recipient], cc: Sequence[Recipient]) -> list[WrittenHeader]:
    copies = [mailbox_header("Cc", cc)] if cc else []
    return [mailbox_header("To", to), *copies, text_header("Subject", subject)]


def _redirected(
    subject: str, to: Sequence[Recipient], cc: Sequence[Recipient], redirect_to: Recipient
) -> list[WrittenHeader]:
    """Write a trial's fields: an answer to all must not reach a customer, so they stand in no field of mailboxes."""
    copies = [text_header("X-Original-Cc", _addresses(cc))] if cc else []
    return [
        mailbox_header("To", [redirect_to]),
        text_header("X-Original-To", _addresses(to)),
        *copies,
        text_header("Subject", f"[{_addresses(to)}] {subject}"),
    ]


def _addresses(recipients: Sequence[Recipient]) -> str:
    return ", ".join(recipient.address for recipient in recipients)


def _check_message_id(message_id: str) -> str:
    if not re.fullmatch(r"<[!-;=?-~]+@[!-;=?-~]+>", message_id):
        raise ValueError(f"{message_id!r} is not a Message-ID")
    return message_id


def _unsubscribe(uris: Sequence[str]) -> list[WrittenHeader]:
    one_click = any(uri.startswith("https:") for uri in uris)
    post = [text_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")] if one_click else []
    return [uri_header("List-Unsubscribe", uris), *post]


def _further(headers: Mapping[str, str]) -> list[WrittenHeader]:
    for name in headers:
        if not re.fullmatch(r"[!-9;-~]+", name) or name.lower() in _OWN:
            raise ValueError(f"{name!r} cannot be added as a header")
    return [text_header(name, text) for name, text in headers.items()]


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


def _set_text(part: MIMEPart, text: str, subtype: str) -> None:
    # Never 7bit: encoded lines cannot hold `=_`, so no text can hold a boundary and forge a part.
    foreign = len(text.encode()) - len(text)
    part.set_content(text, subtype, cte="base64" if 3 * foreign > len(text) else "quoted-printable")


def _attach(message: EmailMessage, attachment: Artifact) -> None:
    maintype, _, subtype = attachment.media_type.partition("/")
    name = safe_name(attachment.file_name, "attachment")
    params = {"charset": "utf-8"} if maintype == "text" else None
    message.add_attachment(attachment.content, maintype, subtype, filename=name, params=params)


def _settle_parts(message: EmailMessage, message_id: str) -> None:
    digest = hashlib.sha256(message_id.encode()).hexdigest()[:32]
    for number, part in enumerate(message.walk()):
        if part is not message:
            del part["MIME-Version"]
        if part.is_multipart():
            part.set_boundary(f"=_{digest}_{number}")
