"""Floor 1, rules: parts, fields and texts of a message that may be anything. Never raises over what it holds.

The old policy of the email package is used: it keeps headers as they came, and its parser has no faults of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes, message_from_string
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr, parsedate_to_datetime

#: Bytes of a message that are looked at; what a bounce says stands before what it returns.
MOST_BYTES = 2_000_000
#: Characters of a text that are looked at.
MOST_TEXT = 40_000
#: Where servers write whom they deliver to: one more with each that a message goes through.
DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_DEEPEST = 20
_MESSAGE_ID = re.compile(r"<[^<>\s@]+@[^<>\s@]+>")
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def parse_message(content: bytes) -> Message:
    """Parse a message; one that cannot be is one without anything in it."""
    try:
        return message_from_bytes(content[:MOST_BYTES])
    except (ValueError, TypeError, LookupError, RecursionError, HeaderParseError):
        return Message()


def field(message: Message, name: str) -> str:
    """Return a header field as a person reads it, on one line; "" if there is none."""
    return decoded(message.get(name))


def decoded(raw: object) -> str:
    """Return the text of a header field's value, encoded words read."""
    if raw is None:
        return ""
    text = str(raw)
    with suppress(HeaderParseError, ValueError, LookupError, TypeError):
        text = str(make_header(decode_header(text)))
    return " ".join(_UNSAFE.sub(" ", text).encode("utf-8", "replace").decode().split())


def mailbox(message: Message, name: str) -> str:
    """Return the first address of a field, "" if there is none."""
    return parseaddr(str(message.get(name, "")))[1].strip()


def mailboxes(message: Message, *names: str) -> list[str]:
    """Return all addresses of these fields."""
    raw = [str(value) for name in names for value in message.get_all(name, [])]
    return [address.strip() for _, address in getaddresses(raw) if address.strip()]


def date_of(message: Message) -> datetime | None:
    """Return when a message says it was written, aware."""
    try:
        found = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def walk(message: Message, depth: int = 0) -> Iterator[Message]:
    """Yield a message and its parts, but not those of a message inside it."""
    yield message
    if depth < _DEEPEST and message.get_content_maintype() == "multipart" and isinstance(message.get_payload(), list):
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from walk(part, depth + 1)


def text_of(part: Message) -> str:
    """Return the text of a text part; HTML loses its tags."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    text = _decode(raw[: 4 * MOST_TEXT], part.get_content_charset())[:MOST_TEXT]
    if part.get_content_subtype() == "html":
        text = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL | re.IGNORECASE)
        text = re.sub(r"<(br|/p|/div|/tr|/h\d)\b[^>]*>", "\n", text, flags=re.IGNORECASE)
        text = re.sub(r"<[a-zA-Z/!][^>]{0,2000}>", "", text)
    return text


def body_of(message: Message) -> str:
    """Return the text a person reads: of all text parts that are shown, plain ones before HTML."""
    parts = [part for part in walk(message) if part.get_content_maintype() == "text"]
    plain = [part for part in parts if part.get_content_subtype() == "plain"]
    return "\n".join(text_of(part) for part in plain or parts)[:MOST_TEXT]


def raw_text(part: Message) -> str:
    """Return what stands below the fields of a part, decoded; also of parts that the parser took to pieces."""
    whole = part.as_string()
    body = whole.partition("\n\n")[2]
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding not in ("base64", "quoted-printable"):
        return body[:MOST_TEXT]
    shell = Message()
    shell["Content-Transfer-Encoding"] = encoding
    shell.set_payload(body)
    raw = shell.get_payload(decode=True)
    return _decode(raw, "utf-8")[:MOST_TEXT] if isinstance(raw, bytes) else body[:MOST_TEXT]


def blocks(text: str) -> list[Mapping[str, str]]:
    """Return the blocks of fields of a report, names in lower case; of a field that stands twice the first counts."""
    found: list[Mapping[str, str]] = []
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip()):
        fields: dict[str, str] = {}
        for name, value in message_from_string(block.lstrip()).items():
            fields.setdefault(name.lower(), decoded(value))
        if fields:
            found.append(fields)
    return found


def message_ids(text: str) -> list[str]:
    """Return the Message-IDs in a field such as References."""
    return _MESSAGE_ID.findall(text)


def _decode(raw: bytes, charset: str | None) -> str:
    try:
        return raw.decode(charset or "utf-8", "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")
