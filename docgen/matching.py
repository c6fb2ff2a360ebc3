"""Floor 3, work: which delivery an answer belongs to, and which of its recipients.

Nothing is believed that anybody could have made up: an answer belongs to a delivery by the signed token of its return
path, or by a Message-ID that only those who got the message have seen. Changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from docgen.model import Delivery, Outcome, ReplyKind
from docgen.protocols import Ledger
from docgen.replies import Answer, Finding
from docgen.returnpath import ReturnToken, Sending
from docgen.suppression import address_key
from docgen.tokens import Keys

#: Outcomes after which something may come back; an outbox may have been sent by other means.
_LEFT = frozenset({Outcome.SENT, Outcome.QUEUED, Outcome.UNKNOWN})


class Proof(StrEnum):
    """Why an answer is believed to be about a delivery."""

    TOKEN = "token"  # noqa: S105 - a word, no secret
    MESSAGE_ID = "message-id"
    NONE = ""


@dataclass(frozen=True)
class Match:
    """The delivery that an answer belongs to; none where nothing proves one.

    Attributes:
        address: the recipient that its return path stands for, "" where that is no single one.
    """

    delivery: Delivery | None = None
    proof: Proof = Proof.NONE
    address: str = ""


def find_match(answer: Answer, ledger: Ledger, keys: Keys | None) -> Match:
    """Return what an answer belongs to. `keys`: of return paths; None when messages have none of their own."""
    for token in answer.tokens if keys else ():
        assert keys is not None, "asked in the line above"
        found = _by_token(token, ledger, keys)
        if found:
            return found
    for delivery in ledger.deliveries_of(answer.message_ids):
        if delivery.outcome in _LEFT:
            return Match(delivery, Proof.MESSAGE_ID)
    return Match()


def _by_token(token: ReturnToken, ledger: Ledger, keys: Keys) -> Match | None:
    delivery = ledger.delivery(token.delivery)
    sending = sending_of(delivery) if delivery else None
    if sending is None or not token.is_genuine(sending, keys):
        return None
    return Match(delivery, Proof.TOKEN, token.address(sending))


def sending_of(delivery: Delivery) -> Sending:
    """Return what the return path of a delivery is bound to."""
    envelope: Any = delivery.payload.get("envelope")
    recipients = envelope.get("recipients", ()) if isinstance(envelope, dict) else ()
    return Sending(delivery.id, delivery.run, delivery.key, delivery.route, tuple(recipients))


def recipients_of(answer: Answer, match: Match) -> list[tuple[Finding, str]]:
    """Return each finding of an answer with the recipient it is about, "" where that is not sure.

    Of several findings about one recipient only that stays which says most.
    """
    order = list(ReplyKind)
    alone = len(answer.findings) == 1
    best: dict[str, tuple[Finding, str]] = {}
    for finding in sorted(answer.findings, key=lambda each: order.index(each.kind)):
        recipient = _recipient(finding, match, alone)
        best.setdefault(recipient or finding.address, (finding, recipient))
    return list(best.values())


def _recipient(finding: Finding, match: Match, alone: bool) -> str:
    """Return which of a delivery's recipients a finding is about.

    Mail is forwarded, so the address that failed may be another one than the one written to. When the message went to
    one and the answer speaks of one, it is that one all the same; but anybody may write that they want no more.
    """
    if match.delivery is None:
        return ""
    recipients = {address_key(each): each for each in sending_of(match.delivery).addresses}
    for claimed in (finding.original, finding.address):
        if claimed and address_key(claimed) in recipients:
            return recipients[address_key(claimed)]
    if not alone or finding.kind is ReplyKind.UNSUBSCRIBE:
        return ""
    return match.address or (next(iter(recipients.values())) if len(recipients) == 1 else "")
