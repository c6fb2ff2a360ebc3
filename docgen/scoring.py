"""Floor 1, rules: what an address's bounces count together. Pure.

As in Mailman: a hard bounce counts 1, a soft one half, each day once whatever came that day, and an address that was
quiet for a while begins anew. So one bad day of a server suppresses nobody, and a mailbox that stays full is let be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date

from docgen.model import Reply, ReplyKind

#: Only what speaks of the address counts: policies and faulty messages are not its fault.
WEIGHTS: Mapping[ReplyKind, float] = {ReplyKind.BAD_ADDRESS: 1.0, ReplyKind.HARD: 1.0, ReplyKind.SOFT: 0.5}


def score(replies: Iterable[Reply], today: date, stale_days: int) -> float:
    """Return the score of one address.

    Args:
        replies: from it; those that belong to no delivery of ours do not count, since anybody can write one.
        today: by universal time.
        stale_days: days without a bounce after which it begins anew.
    """
    days: dict[date, float] = {}
    for each in replies:
        if each.delivery is not None and each.kind in WEIGHTS:
            day = each.at.astimezone(UTC).date()
            days[day] = max(days.get(day, 0.0), WEIGHTS[each.kind])
    total, last = 0.0, None
    for day in sorted(day for day in days if day <= today):
        total = days[day] if last is None or (day - last).days > stale_days else total + days[day]
        last = day
    return total if last is not None and (today - last).days <= stale_days else 0.0
