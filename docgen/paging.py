"""Floor 3, work: what the ledger has of a run, read page by page: a hundred thousand need no more memory than ten.

Decides nothing, and may be read while others change the ledger: what has been passed is not seen again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain

from docgen.model import Delivery, DeliveryState, Item, ItemState, Outcome
from docgen.protocols import Ledger

#: Rows of one page.
PAGE = 500


def each_item(ledger: Ledger, run: str, state: ItemState | None = None) -> Iterator[Item]:
    """Yield a run's items in order."""
    after = -1
    while page := ledger.items(run, state=state, after=after, limit=PAGE):
        yield from page
        after = page[-1].ordinal


def delivery_pages(
    ledger: Ledger,
    run: str,
    *,
    state: DeliveryState | None = None,
    transport: str | None = None,
    outcomes: Collection[Outcome] = (),
    last: int | None = None,
) -> Iterator[list[Delivery]]:
    """Yield a run's deliveries in order, page by page: all, or those of which everything that is asked for holds.

    Args:
        ledger: has the run.
        run: its id.
        state: they are in.
        transport: they go by.
        outcomes: they ended with one of these.
        last: they are of records up to this ordinal.
    """
    after = 0
    while page := ledger.deliveries(
        run, state=state, transport=transport, outcomes=outcomes, last=last, after=after, limit=PAGE
    ):
        yield page
        after = page[-1].id


def each_delivery(
    ledger: Ledger, run: str, *, outcomes: Collection[Outcome] = (), last: int | None = None
) -> Iterator[Delivery]:
    """Yield a run's deliveries in order: all, those that ended so, those of records up to an ordinal."""
    return chain.from_iterable(delivery_pages(ledger, run, outcomes=outcomes, last=last))
