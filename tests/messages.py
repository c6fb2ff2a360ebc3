"""What a message says, whatever way it is written: its parsed header fields, parts and payloads."""

from __future__ import annotations

import email
import re
from email.header import decode_header
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast

#: Line ends as in the message, and UTF-8 in addresses.
_POLICY = SMTP.clone(utf8=True)


def parse(content: bytes) -> EmailMessage:
    """Return a message as Python's email package reads it."""
    return cast(EmailMessage, email.message_from_bytes(content, policy=_POLICY))


def tell(content: bytes) -> list[Any]:
    """Return what a reader of the message gets: for each part its fields and its decoded content."""
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content), "a bare line end"
    return [_tell_part(part) for part in parse(content).walk()]


def _tell_part(part: EmailMessage) -> Any:
    assert not part.defects
    fields = sorted((name.lower(), _decoded(value)) for name, value in part.raw_items())
    fields = [(name, value) for name, value in fields if name not in ("content-type", "content-disposition")]
    kind = part.get_content_type(), sorted(part.get_params() or [], key=str)
    shown = part.get_content_disposition(), part.get_filename()
    return fields, kind, shown, None if part.is_multipart() else part.get_payload(decode=True)


def _decoded(value: str) -> str:
    # Not by the policy's parser: Python before 3.13 keeps the spaces between encoded words of a name.
    text = value.encode("ascii", "surrogateescape").decode() if not value.isascii() else value
    parts = decode_header(" ".join(text.split()))
    shown = (part if isinstance(part, str) else part.decode(charset or "raw-unicode-escape") for part, charset in parts)
    return " ".join("".join(shown).split())
