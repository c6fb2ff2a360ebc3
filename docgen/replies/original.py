"""Floor 1, rules: the message that an answer is about, as far as the answer shows it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message

from docgen.replies.parts import body_of, field, mailbox, mailboxes, message_ids, raw_text, text_of, walk

#: Types of parts that hold a returned message or its head. Source: RFC 6522, RFC 6533.
_RETURNED = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers"}
)
_ANSWERS = ("In-Reply-To", "References", "X-Original-Message-ID")
_LOOSE_ID = re.compile(r"^[>\s]*Message-ID:\s*(<[^<>\s@]+@[^<>\s@]+>)", re.IGNORECASE | re.MULTILINE)
_LOOSE_PATH = re.compile(r"^[>\s]*Return-Path:\s*<?([^<>\s]+@[^<>\s]+?)>?\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Original:
    """What is known of the message answered.

    Attributes:
        message_ids: its Message-ID; several where it cannot be told which.
        return_paths: where its bounces go.
        recipients: whom it was for, by its own header.
    """

    message_ids: tuple[str, ...] = ()
    return_paths: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()


def find_original(message: Message) -> Original:
    """Return what an answer shows of the message it is about."""
    for head in _returned(message):
        own = message_ids(field(head, "Message-ID"))
        if own:
            paths = [path for path in (mailbox(head, "Return-Path"), mailbox(head, "X-Return-Path")) if path]
            return Original(tuple(own[:1]), tuple(paths), tuple(_recipients(head)))
    text = body_of(message)
    loose = _LOOSE_ID.findall(text)
    named = message_ids(" ".join(field(message, name) for name in _ANSWERS))
    return Original(tuple(dict.fromkeys([*loose, *named[::-1]]))[:20], tuple(_LOOSE_PATH.findall(text)))


def _recipients(head: Message) -> list[str]:
    # Hotmail tells whose complaint it is in a field of its own.
    return mailboxes(head, "X-HmXmrOriginalRecipient", "To", "Cc")


def _returned(message: Message) -> Iterator[Message]:
    for part in walk(message):
        kind = part.get_content_type()
        if kind not in _RETURNED:
            continue
        payload = part.get_payload()
        if kind.startswith("text/"):
            yield message_from_string(text_of(part).lstrip())
        elif isinstance(payload, list) and payload and isinstance(payload[0], Message) and payload[0].keys():
            yield payload[0]
        else:
            yield message_from_string(raw_text(part).lstrip())
