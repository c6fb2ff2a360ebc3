"""Floor 1, rules: what an answer says about one address. A value."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.model import ReplyKind

_LONGEST_DETAIL = 300


@dataclass(frozen=True)
class Finding:
    """What an answer says about one address.

    Attributes:
        address: the address that failed, complained or unsubscribed, as the answer has it; "" if it does not say.
        original: the address that was written to, where mail was forwarded and the answer says so.
        status: RFC 3463 code, "" if none.
        detail: the server's own words, shortened.
    """

    kind: ReplyKind
    address: str = ""
    original: str = ""
    status: str = ""
    detail: str = ""


def shorten(text: str) -> str:
    """Return text on one line, at most as much as a person wants to read."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_DETAIL else line[: _LONGEST_DETAIL - 1] + "…"
