"""Floor 3, work: what an answer means for the people of the ledger: judged, counted and kept, each message once.

What belongs to no delivery changes nothing, and is shown to a person. Knows no mailbox: messages come as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from docgen.matching import Match, Proof, find_match, recipients_of
from docgen.model import Consent, ConsentState, MessageClass, Reply, ReplyKind, Suppression
from docgen.protocols import Clock, Ledger
from docgen.replies import Answer, Finding, read_answer
from docgen.scoring import WEIGHTS, score
from docgen.suppression import address_key, lookups
from docgen.tokens import Keys, Wish, read_unsubscribe


@dataclass(frozen=True)
class Rules:
    """What config.yaml says of answers.

    Attributes:
        bounces: keys of return paths; None when messages have none of their own.
        wishes: keys of unsubscribe tokens.
        erased: keys of erased addresses.
        threshold: score at which an address is suppressed.
        stale_days: days without a bounce after which a score begins anew.
    """

    bounces: Keys | None = None
    wishes: Keys | None = None
    erased: Keys | None = None
    threshold: float = 3
    stale_days: int = 60


@dataclass(frozen=True)
class Taken:
    """What came of one address in one message.

    Attributes:
        place: where the message lies.
        address: whom it is about, "" where nobody can tell.
        run: of the delivery it belongs to, "" without one.
        key: of the record.
        effect: what was done about it, for people; "" for nothing.
        suppressed: whether the address is suppressed because of it.
    """

    place: str
    kind: ReplyKind
    address: str
    proof: Proof
    status: str = ""
    detail: str = ""
    run: str = ""
    key: str = ""
    effect: str = ""
    suppressed: bool = False


@dataclass(frozen=True)
class Intake:
    """Takes messages into the ledger, each once.

    Attributes:
        dry: only say what would be done.
    """

    ledger: Ledger
    rules: Rules
    clock: Clock
    dry: bool = False
    _seen: set[str] = field(default_factory=set)

    def take(self, content: bytes, place: str) -> list[Taken] | None:
        """Take a message; None when it was taken before."""
        answer = read_answer(content)
        if answer.digest in self._seen or self.ledger.has_reply(answer.digest):
            return None
        self._seen.add(answer.digest)
        match = find_match(answer, self.ledger, self.rules.bounces)
        found = recipients_of(answer, match)
        work = [self._settle(answer, finding, recipient, match, place) for finding, recipient in found]
        if not self.dry:
            kept = self.ledger.take_reply(
                [self._kept(each.reply) for each in work],
                [one for each in work for one in each.suppressions],
                [one for each in work for one in each.consents],
            )
            if not kept:
                return None  # another process was first
        return [each.taken for each in work]

    def _kept(self, reply: Reply) -> Reply:
        """Return a reply as the ledger shall have it: an address that was erased is not written down again."""
        hashes = lookups(reply.address, self.rules.erased)[1:]
        if hashes and self.ledger.suppressed(hashes):
            return replace(reply, address=hashes[0], detail="")
        return reply

    # --- what follows from it ---

    def _settle(self, answer: Answer, finding: Finding, recipient: str, match: Match, place: str) -> _Work:
        wish = self._wish(answer) if finding.kind is ReplyKind.UNSUBSCRIBE else None
        address = wish.address if wish else recipient
        proof = Proof.TOKEN if wish else match.proof if address else Proof.NONE
        delivery = match.delivery if match.proof and address else None
        reply = Reply(
            message=answer.digest,
            address=address or finding.address,
            kind=finding.kind,
            at=self._when(answer),
            status=finding.status,
            detail=finding.detail,
            delivery=delivery.id if delivery else None,
        )
        taken = Taken(
            place=place,
            kind=finding.kind,
            address=reply.address,
            proof=proof,
            status=finding.status,
            detail=finding.detail,
            run=delivery.run if delivery else "",
            key=delivery.key if delivery else "",
        )
        work = _Work(taken, reply)
        return self._decide(work, wish) if proof else _unproved(work)

    def _decide(self, work: _Work, wish: Wish | None) -> _Work:
        kind, reply = work.reply.kind, work.reply
        if kind is ReplyKind.UNSUBSCRIBE:
            return self._unsubscribe(work, wish or Wish(reply.address))
        if kind is ReplyKind.COMPLAINT:
            return self._suppress(work, "complaint", frozenset({MessageClass.MARKETING}), "no more marketing")
        if kind in WEIGHTS:
            return self._count(work)
        return work

    def _count(self, work: _Work) -> _Work:
        """Suppress a bad address at once, others when they have bounced often enough."""
        reply = work.reply
        # A Message-ID could be worked out by who knows how docgen makes them: where there are tokens, it only counts.
        sure = work.taken.proof is Proof.TOKEN or self.rules.bounces is None
        if reply.kind is ReplyKind.BAD_ADDRESS and sure:
            return self._suppress(work, "bounce", frozenset(), "suppressed", _words(reply))
        known = [each for each in self.ledger.replies_from([reply.address]) if each.message != reply.message]
        points = score([*known, reply], self.clock().astimezone(UTC).date(), self.rules.stale_days)
        if points >= self.rules.threshold:
            note = f"score {points:g}; {_words(reply)}"
            return self._suppress(work, "bounce", frozenset(), f"suppressed at score {points:g}", note)
        return work.with_effect(f"score {points:g} of {self.rules.threshold:g}")

    def _unsubscribe(self, work: _Work, wish: Wish) -> _Work:
        said = Consent(
            wish.address,
            wish.topic,
            ConsentState.WITHDRAWN,
            work.reply.at,
            source="unsubscribed by mail",
            by="recipient",
        )
        work = replace(work, consents=(said,))
        if wish.topic:
            return work.with_effect(f"unsubscribed from {wish.topic}")
        return self._suppress(work, "unsubscribed", frozenset({wish.message_class}), f"no more {wish.message_class}")

    def _suppress(
        self, work: _Work, reason: str, classes: frozenset[MessageClass], effect: str, note: str = ""
    ) -> _Work:
        """Suppress; whoever is suppressed for this reason already stays so, with the date it began."""
        address = work.reply.address
        for known in self.ledger.suppressed(lookups(address, self.rules.erased)):
            if known.reason == reason and (not known.classes or (classes and classes <= known.classes)):
                return work.with_effect("suppressed already")
            if known.reason == reason and classes:
                classes |= known.classes
        new = Suppression(address_key(address), reason, classes, self.clock(), note)
        return replace(work.with_effect(effect, suppressed=True), suppressions=(new,))

    def _wish(self, answer: Answer) -> Wish | None:
        today = self.clock().astimezone(UTC).date()
        for token in answer.wishes if self.rules.wishes else ():
            assert self.rules.wishes is not None, "asked in the line above"
            wish = read_unsubscribe(token, self.rules.wishes, today)
            if wish:
                return wish
        return None

    def _when(self, answer: Answer) -> datetime:
        """Return when it was written; never later than now, whatever it says."""
        now = self.clock()
        return answer.date if answer.date and answer.date <= now else now


@dataclass(frozen=True)
class _Work:
    """What one finding comes to."""

    taken: Taken
    reply: Reply
    suppressions: tuple[Suppression, ...] = ()
    consents: tuple[Consent, ...] = ()

    def with_effect(self, effect: str, *, suppressed: bool = False) -> _Work:
        return replace(self, taken=replace(self.taken, effect=effect, suppressed=suppressed))


def _unproved(work: _Work) -> _Work:
    asks = work.reply.kind in (*WEIGHTS, ReplyKind.COMPLAINT, ReplyKind.UNSUBSCRIBE)
    return work.with_effect("belongs to no delivery: look at it") if asks else work


def _words(reply: Reply) -> str:
    return " ".join(filter(None, (reply.status, reply.detail)))
