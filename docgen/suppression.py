"""Floor 1, rules: whether a message may go to its recipients. Pure: the ledger and the job bring what is known.

Asked twice, in the plan and again right before the claim, because people unsubscribe while a run is under way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from docgen.model import MessageClass, Suppression

#: Reasons as the ledger keeps them -> as a person reads them.
_REASONS: Mapping[str, str] = {
    "bounce": "messages to it came back",
    "complaint": "its owner complained",
    "unsubscribed": "its owner unsubscribed",
    "manual": "it was blocked by hand",
}


def reason_not_to_send(
    addresses: Sequence[str],
    message_class: MessageClass,
    suppressions: Iterable[Suppression],
    consent: bool | None,
) -> str:
    """Return why a message must not go out, or "" when it may.

    Args:
        addresses: all envelope recipients: one that is suppressed holds the whole message.
        message_class: of the job; a suppression may hold for some classes only.
        suppressions: at least those of these addresses.
        consent: what the record says about marketing; None when it says nothing. Only marketing asks: what a
            contract or the law requires goes out without.
    """
    known = {_key(s.address): s for s in suppressions if not s.classes or message_class in s.classes}
    for address in addresses:
        if found := known.get(_key(address)):
            return _describe(address, found)
    if message_class is MessageClass.MARKETING and consent is not True:
        return "the recipient declined marketing" if consent is False else "no consent to marketing is recorded"
    return ""


def _key(address: str) -> str:
    """Return the form in which addresses are compared; a domain may be written in its own script or as xn--."""
    local, _, domain = address.strip().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{local}@{domain}".casefold()


def _describe(address: str, found: Suppression) -> str:
    reason = _REASONS.get(found.reason, found.reason)
    note = f" ({found.note})" if found.note else ""
    return f"{address} is suppressed since {found.since:%Y-%m-%d}: {reason}{note}"
