"""Floor 1, rules: variants of a message: who gets which one in a test, and which one has won.

Pure. What is counted comes from the ledger or from whoever else can count; a measure only names it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Measure:
    """What decides: how often something happened for each message sent, and whether more of it is better."""

    counted: str
    most: bool


#: What docgen can know without watching what people open. A new one needs a name here and somebody who counts it.
MEASURES: Mapping[str, Measure] = {
    "most-replies": Measure("replies", most=True),
    "fewest-bounces": Measure("bounces", most=False),
    "fewest-complaints": Measure("complaints", most=False),
    "fewest-unsubscribes": Measure("unsubscribes", most=False),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of one variant in its test.

    Attributes:
        sent: messages that have left, or may have.
        counts: name of what was counted -> how many messages it happened to.
    """

    variant: str
    sent: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    def rate(self, counted: str) -> Fraction:
        """Return how often it happened for each message sent."""
        return Fraction(self.counts.get(counted, 0), self.sent)


def draw(identity: Sequence[str], key: str, names: Sequence[str], share: int) -> str:
    """Return the variant that a record gets in the test, "" for one that waits for the winner.

    The same for the same record whenever it is asked: it follows from a hash, so a resumed run and the next run of the
    edition say the same. The shares are equal on average, as when a coin is tossed.

    Args:
        identity: of the test: job, edition, step.
        key: of the record.
        names: of the variants.
        share: percent of the records that the test goes to.
    """
    digest = hmac.digest(json.dumps(list(identity)).encode(), key.encode("utf-8", "surrogatepass"), "sha256")
    place = Fraction(int.from_bytes(digest[:8], "big"), 2**64) * 100
    return names[int(place * len(names) / share)] if place < share else ""


def find_winner(figures: Sequence[Figures], measure: Measure) -> str:
    """Return the variant that is ahead of all others; "" where two are level or one was not sent to anybody."""
    if len(figures) < 2 or not all(each.sent for each in figures):
        return ""
    ranked = sorted(figures, key=lambda each: each.rate(measure.counted), reverse=measure.most)
    first, second = (each.rate(measure.counted) for each in ranked[:2])
    return ranked[0].variant if first != second else ""
