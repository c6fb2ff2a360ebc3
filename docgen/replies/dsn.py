"""Floor 1, rules: delivery status notifications (RFC 3464), the bounces that follow the standard. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import Message

from docgen.model import ReplyKind
from docgen.replies.finding import Finding, shorten
from docgen.replies.parts import blocks, raw_text, walk
from docgen.replies.status import best_status, judge

_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_DELIVERED = frozenset({"delivered", "relayed", "expanded"})
#: Source: RFC 6533 section 3: characters of an address that its carrier cannot hold.
_XTEXT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")


def read_dsn(message: Message) -> list[Finding]:
    """Return what a delivery status notification says of each recipient; nothing when it is none."""
    for part in walk(message):
        if part.get_content_type() in _REPORTS:
            found = [_finding(fields) for fields in blocks(raw_text(part)) if _is_of_recipient(fields)]
            if found:
                return found
    return []


def _is_of_recipient(fields: Mapping[str, str]) -> bool:
    return "final-recipient" in fields or "original-recipient" in fields or "action" in fields


def _finding(fields: Mapping[str, str]) -> Finding:
    words = _words(fields)
    status = best_status(fields.get("status", ""), words)
    return Finding(
        kind=_kind(fields.get("action", "").partition(" ")[0].lower(), status, words),
        address=_address(fields.get("final-recipient", "")),
        original=_address(fields.get("original-recipient", "")),
        status=status,
        detail=shorten(words),
    )


def _kind(action: str, status: str, words: str) -> ReplyKind:
    if action == "delayed":
        return ReplyKind.DELAYED
    if action in _DELIVERED or status.startswith("2."):
        return ReplyKind.DELIVERED
    return judge(status, words)


def _words(fields: Mapping[str, str]) -> str:
    """Return the diagnostic without its type, `smtp;`; some hosts put the words into a field of their own."""
    for name in ("diagnostic-code", "x-supplementary-info", "x-display-name", "status"):
        if text := fields.get(name, ""):
            return re.sub(r"^\s*(?:smtp|x-[\w-]+|dns|unix|lmtp)\s*;\s*", "", text, flags=re.IGNORECASE)
    return ""


def _address(text: str) -> str:
    """Return the address of `rfc822; <ana@example.com>`."""
    kind, semicolon, rest = text.partition(";")
    address = (rest if semicolon else kind).strip().strip("<>").strip()
    if kind.strip().lower() == "utf-8":
        address = _XTEXT.sub(_character, address)
    return address if "@" in address and len(address) <= 1000 else ""


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if 0x20 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
