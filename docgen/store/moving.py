"""Floor 2, edges: the steps of many deliveries, one after the other: the long way of every ledger. Knows no SQL."""

from __future__ import annotations

from datetime import datetime

from docgen.errors import RunStateError
from docgen.model import Moves
from docgen.protocols import Ledger


def one_by_one(ledger: Ledger, moves: Moves, now: datetime) -> frozenset[int]:
    """Take each step by itself, so that one that cannot be taken keeps no other from it; return who is claimed.

    Raises:
        RunStateError: of the first that was not claimed, after all others; then nothing is claimed.
    """
    wrong: list[RunStateError] = []
    for delivery, receipt, at in moves.settled:
        try:
            ledger.settle(delivery.id, receipt, at)
        except RunStateError as error:
            wrong.append(error)
    for id_ in moves.released:
        try:
            ledger.release(id_)
        except RunStateError as error:
            wrong.append(error)
    for id_, reason in moves.skipped:
        ledger.skip(id_, reason, now)
    if wrong:
        raise wrong[0]
    return frozenset(id_ for id_ in moves.claims if ledger.claim(id_, now))
