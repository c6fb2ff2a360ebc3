"""Floor 1, rules: whether a message may go to its recipients. Pure: the ledger and the job bring what is known.

Asked twice, in the plan and again right before the claim, because people unsubscribe while a run is under way. Also
says when two addresses are the same, and what is left of one that was erased.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache

import idna

from docgen.consent import AGREED, decide
from docgen.model import Consent, ConsentState, MessageClass, Suppression
from docgen.tokens import Keys

#: Reasons as the ledger keeps them -> as a person reads them.
REASONS: Mapping[str, str] = {
    "bounce": "messages to it came back",
    "complaint": "its owner complained",
    "unsubscribed": "its owner unsubscribed",
    "manual": "it was blocked by hand",
}
#: What stands in the place of an erased address. No address begins so, since it has no @.
HASHED = "hmac-sha256:"
_DOT_ATOM = re.compile(r'[^\x00-\x20\x7f()<>\[\]:;@\\,."]+(?:\.[^\x00-\x20\x7f()<>\[\]:;@\\,."]+)*')


def reason_not_to_send(
    addresses: Sequence[str],
    message_class: MessageClass,
    suppressions: Iterable[Suppression],
    consent: bool | None,
    *,
    topic: str = "",
    consents: Iterable[Consent] = (),
    keys: Keys | None = None,
) -> str:
    """Return why a message must not go out, or "" when it may.

    Args:
        addresses: all envelope recipients: one that is suppressed holds the whole message.
        message_class: of the job; a suppression may hold for some classes only.
        suppressions: at least those of these addresses, and of what `lookups` gives for them.
        consent: what the record says about marketing; None when it says nothing. Only marketing asks: what a
            contract or the law requires goes out without.
        topic: of the job, for consent by topic.
        consents: what the ledger knows these people said; it counts before the record.
        keys: those that erased addresses were hashed with.
    """
    known = [each for each in suppressions if not each.classes or message_class in each.classes]
    marketing = message_class is MessageClass.MARKETING
    words = list(consents) if marketing else []
    forms = {address: set(lookups(address, keys)) for address in addresses}
    said = {address: [each for each in words if address_key(each.address) in forms[address]] for address in addresses}
    for address in addresses:
        for found in known:
            if address_key(found.address) in forms[address] and not is_lifted(found, said[address], topic):
                return _describe(address, found)
    for address in addresses if marketing else ():
        decision = decide(said[address], topic)
        if reason := _not_agreed(consent if decision is None else decision):
            return reason
    return ""


def is_lifted(found: Suppression, said: Sequence[Consent], topic: str) -> bool:
    """Tell whether its owner has come back: unsubscribed, then confirmed a double opt-in for this topic or for all.

    Nothing less lifts it: a consent that somebody else wrote down, by an import or at a fair, may be older than it
    looks. Bounces, complaints and what was blocked by hand stay.
    """
    if found.reason != "unsubscribed" or decide(said, topic) not in AGREED:
        return False
    confirmed = [each.at for each in said if each.state is ConsentState.CONFIRMED and each.topic in ("", topic)]
    return max(confirmed, default=found.since) > found.since


def _not_agreed(consent: bool | ConsentState | None) -> str:
    """Return why marketing must not go out by what is known of somebody's consent, "" when it may."""
    if consent is None:
        return "no consent to marketing is recorded"
    if consent is False or consent is ConsentState.WITHDRAWN:
        return "the recipient declined marketing"
    return "the double opt-in to marketing is not confirmed" if consent is ConsentState.PENDING else ""


@lru_cache(maxsize=4096)  # an address is compared several times before its message goes
def address_key(address: str) -> str:
    """Return the form in which addresses are compared, and which is hashed when one is erased.

    Case does not count, nor does whether a domain is written in its own script or as `xn--`, nor quotes that need not
    be. A plus sign and what follows do: they may well be another mailbox.

    Source: RFC 5321 section 4.1.2 (quoted pairs and strings), RFC 5891 and UTS 46 (domains).
    """
    text = unicodedata.normalize("NFC", address.strip())
    local, at, domain = text.rpartition("@")
    if not at:
        return text.casefold()
    domain = domain.rstrip(".").lower()  # case-folded, a German ß would be another domain
    with suppress(UnicodeError):
        domain = idna.encode(domain, uts46=True).decode() if not domain.isascii() else domain
    return f"{unicodedata.normalize('NFC', _plain_local(local).casefold())}@{domain}"


def _plain_local(local: str) -> str:
    """Return a local part with quotes only where it needs them, and in one way."""
    if not re.fullmatch(r'"(?:[^"\\]|\\.)*"', local, re.DOTALL):
        return local
    inner = re.sub(r"\\(.)", r"\1", local[1:-1], flags=re.DOTALL)
    if _DOT_ATOM.fullmatch(inner):
        return inner
    return '"' + re.sub(r'(["\\])', r"\\\1", inner) + '"'


def lookups(address: str, keys: Keys | None) -> list[str]:
    """Return all that may stand for an address in the ledger: itself, and its hash by each key."""
    return [address_key(address), *(hash_address(address, keys) if keys else [])]


def hash_address(address: str, keys: Keys) -> list[str]:
    """Return what stays of an erased address, by each key, newest first.

    A plain hash of an address is undone by hashing all addresses one can think of; this one needs the key as well.
    """
    return [HASHED + full.hex() for full in keys.signatures("erased address", address_key(address))]


def _describe(address: str, found: Suppression) -> str:
    reason = REASONS.get(found.reason, found.reason)
    note = f" ({found.note})" if found.note else ""
    return f"{address} is suppressed since {found.since:%Y-%m-%d}: {reason}{note}"
