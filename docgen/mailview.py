"""Floor 1, rules: a message as a person looks at it: its fields, its text, its HTML with all pictures inside. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

_POLICY = SMTP.clone(utf8=True)
_CID = re.compile(r"cid:([^\"'\s()<>]+)")
_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
#: What is always true of a screen, and what never is.
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"


@dataclass(frozen=True, slots=True)
class MailView:
    """A message to look at.

    Attributes:
        html: as a file of its own: pictures are data inside it; "" for a message of text alone.
        attachments: their names.
        size: bytes of the message as it is sent.
    """

    sender: str
    to: str
    subject: str
    html: str
    text: str
    attachments: tuple[str, ...]
    size: int


def view_mail(content: bytes) -> MailView:
    """Return a message as docgen wrote it, to look at."""
    message = message_from_bytes(content, policy=_POLICY)
    assert isinstance(message, EmailMessage), "by its policy"
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    return MailView(
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        html=_with_pictures(html.get_content(), message) if html is not None else "",
        text=text.get_content() if text is not None else "",
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments() if _is_attached(part)),
        size=len(content),
    )


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment"


def _with_pictures(html: str, message: EmailMessage) -> str:
    pictures = dict(_pictures(message))
    return _CID.sub(lambda found: pictures.get(found[1], found[0]), html)


def _pictures(message: EmailMessage) -> Iterator[tuple[str, str]]:
    """Yield the id of each inline picture and its content as a URL of its own (RFC 2397)."""
    for part in message.walk():
        name, content = str(part["Content-ID"] or "").strip("<>"), part.get_payload(decode=True)
        if name and isinstance(content, bytes):
            data = base64.b64encode(content).decode()
            yield name, f"data:{part.get_content_type()};base64,{data}"


def in_scheme(html: str, *, dark: bool) -> str:
    """Return HTML that looks, wherever it is opened, as it does where people like it dark, or light."""
    wanted = "dark" if dark else "light"
    return _SCHEME.sub(lambda found: _ALWAYS if found[1].lower() == wanted else _NEVER, html)
