"""Floor 1, rules: complaints: feedback reports (RFC 5965), and the form that Hotmail and Outlook.com use instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.message import Message

from docgen.model import ReplyKind
from docgen.replies.finding import Finding, shorten
from docgen.replies.parts import blocks, decoded, field, mailbox, raw_text, walk

#: Feedback-Type -> what it means. Source: RFC 5965 section 7.3, RFC 6430 (not-spam), RFC 6591 (auth-failure).
_TYPES: Mapping[str, ReplyKind] = {
    "not-spam": ReplyKind.OTHER,
    "auth-failure": ReplyKind.POLICY,
    "opt-out": ReplyKind.UNSUBSCRIBE,
    "opt-out-list": ReplyKind.UNSUBSCRIBE,
}
_HOTMAIL = "X-HmXmrOriginalRecipient"


def read_feedback(message: Message) -> list[Finding]:
    """Return what a feedback report says; nothing when it is none."""
    for part in walk(message):
        if part.get_content_type() == "message/feedback-report":
            fields = _fields(part)
            kind = _TYPES.get(fields.get("feedback-type", "").lower(), ReplyKind.COMPLAINT)
            address = fields.get("original-rcpt-to", "").strip().strip("<>")
            detail = f"{fields.get('feedback-type', 'abuse')} reported by {_who(fields, message)}"
            return [Finding(kind, address if "@" in address else "", detail=shorten(detail))]
    return _read_hotmail(message)


def _fields(part: Message) -> Mapping[str, str]:
    """Return the fields of a report; the parser takes them for the head of a message inside."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload and isinstance(payload[0], Message) else None
    if inner is not None and inner.keys():
        fields: dict[str, str] = {}
        for name, value in inner.items():
            fields.setdefault(name.lower(), decoded(value))
        return fields
    return next(iter(blocks(raw_text(part))), {})


def _who(fields: Mapping[str, str], message: Message) -> str:
    return fields.get("user-agent") or mailbox(message, "From") or "its provider"


def _read_hotmail(message: Message) -> list[Finding]:
    for inner in _attached(message):
        address = field(inner, _HOTMAIL)
        if address:
            return [Finding(ReplyKind.COMPLAINT, address, detail=f"junk reported by {mailbox(message, 'From')}")]
    return []


def _attached(message: Message) -> Iterator[Message]:
    for part in walk(message):
        payload = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(payload, list):
            yield from (inner for inner in payload if isinstance(inner, Message))
