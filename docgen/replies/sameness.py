"""Floor 1, rules: when two messages are one and the same, read twice. Pure; knows no mailbox and no ledger."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.message import Message
from email.parser import HeaderParser

from docgen.replies.parts import DELIVERED, MOST_BYTES, field, mailboxes, message_ids, parse_message
from docgen.returnpath import find_tokens
from docgen.tokens import find_unsubscribe

#: What its writer says of a message, and nobody on its way adds to. Source: RFC 5322 section 3.6; Exim for the last.
_WRITTEN = (
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "In-Reply-To",
    "References",
    "X-Original-Message-ID",
    "X-Failed-Recipients",
)
#: Bytes of a body that count. Of a long message the ways into a mailbox read more or less: line ends have one byte or
#: two, and a mail program's marks in the head take room.
_COUNTED = MOST_BYTES // 4
_FOLDS = re.compile(r"[ \t\r\n]+")


def digest(content: bytes) -> str:
    """Return what stays the same when a message is moved, stored as mbox, or goes through one more server.

    Its Message-ID and its body tell it from others: the former alone would do, if those who send bounces never made
    one twice. Many make none: then what stands in its head counts, since bounces to two return paths may have one body.
    """
    head, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    named = field(parse_message(head + b"\n\n"), "Message-ID")
    plain = re.sub(rb"^>+(?=From )", b"", body.strip(), flags=re.MULTILINE)[:_COUNTED]
    found = hashlib.sha256(named.encode("utf-8", "replace") + b"\n" + plain)
    for line in () if message_ids(named) else _written(head):
        found.update(b"\n" + line.encode("utf-8"))
    return found.hexdigest()


def _written(head: bytes) -> Iterator[str]:
    """Yield what tells a message without a Message-ID from others, one line each."""
    message = _parse_head(head)
    for name in _WRITTEN:
        for value in message.get_all(name, []):
            yield f"{name}: {_FOLDS.sub(' ', value).strip()}"
    for address in sorted(set(mailboxes(message, *DELIVERED))):
        if find_tokens([address]) or find_unsubscribe(address):
            yield address


def _parse_head(head: bytes) -> Message:
    """Parse a head whose bytes all stay, whatever they are: each is a character."""
    try:
        return HeaderParser().parsestr(head.decode("latin-1") + "\n\n")
    except (ValueError, TypeError, LookupError, RecursionError, HeaderParseError):
        return Message()
