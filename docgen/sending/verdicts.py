"""Floor 1, rules: what to do after a server's answer. Pure; whose fault it is, `replies.status` says."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from docgen.model import Outcome, Receipt, ReplyKind
from docgen.replies.status import STATUS, judge

#: The server, or the road to it, is what is wrong, not this message. Source: RFC 5321 section 4.2.2.
_SLOW_DOWN = frozenset({421, 450, 451, 452, 454})
_FULL = re.compile(r"(?<![\d.])[45]\.2\.2(?![\d.])")


class Step(StrEnum):
    """What follows."""

    SETTLE = "settle"  # the outcome stands
    RETRY = "retry"  # nobody has it; later they may
    PAUSE = "pause"  # a person has to look before more go


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from one receipt.

    Attributes:
        suppress: address -> the server's words, for those that do not exist.
        back_off: whether the recipient's domain should have a rest.
    """

    step: Step = Step.SETTLE
    suppress: tuple[tuple[str, str], ...] = ()
    back_off: bool = False


def decide(receipt: Receipt) -> Verdict:
    """Judge a receipt. What is sent or in doubt, even for one recipient of several, is never done again."""
    bad = tuple(
        (address, words)
        for address, words in receipt.answers.items()
        if receipt.outcomes.get(address) is Outcome.REJECTED and _kind(words) is ReplyKind.BAD_ADDRESS
    )
    reached = set(receipt.outcomes.values()) & {Outcome.SENT, Outcome.QUEUED, Outcome.UNKNOWN}
    words = list(receipt.answers.values())
    back_off = any(_code(each) in _SLOW_DOWN and not _FULL.search(each) for each in words)
    if not reached and words and any(_may_come(each) for each in words):
        return Verdict(Step.RETRY, bad, back_off)
    if any(_is_policy(each) for each in words):
        return Verdict(Step.PAUSE, bad, back_off)
    return Verdict(Step.SETTLE, bad, back_off)


def decide_finally(receipt: Receipt) -> Verdict:
    """Judge a receipt where nothing is tried again."""
    if all(outcome is Outcome.SENT for outcome in receipt.outcomes.values()):
        return Verdict()
    verdict = decide(receipt)
    return replace(verdict, step=Step.SETTLE) if verdict.step is Step.RETRY else verdict


def _may_come(words: str) -> bool:
    """A 4xx, and a full mailbox whatever its code (RFC 3463: X.2.2)."""
    return 400 <= _code(words) < 500 or bool(_FULL.search(words))


def _is_policy(words: str) -> bool:
    found = STATUS.search(words)
    return 500 <= _code(words) < 600 and found is not None and found[0].startswith("5.7.")


def _kind(words: str) -> ReplyKind:
    found = STATUS.search(words)
    return judge(found[0] if found else "", words)


def _code(words: str) -> int:
    head = words[:3]
    return int(head) if head.isdigit() else 0
