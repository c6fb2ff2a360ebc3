"""Floor 3, work: who of those who wait would get nothing as things stand: suppressed, or without consent.

Decides nothing: people change their minds until their message goes, so whoever sends asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from docgen.model import Delivery, DeliveryState
from docgen.paging import delivery_pages
from docgen.protocols import Ledger

WhyNot = Callable[[Sequence[Delivery]], Sequence[str]]


def barred(ledger: Ledger, run: str, why_not: WhyNot) -> Iterator[list[tuple[Delivery, str]]]:
    """Yield, by the page, the pending deliveries of a run that may not go, each with the reason."""
    for page in delivery_pages(ledger, run, state=DeliveryState.PENDING):
        yield [(each, reason) for each, reason in zip(page, why_not(page), strict=True) if reason]


def count_barred(ledger: Ledger, run: str, why_not: WhyNot, route: str = "") -> int:
    """Return how many may not go, of one step or of all."""
    return sum(route in ("", delivery.route) for page in barred(ledger, run, why_not) for delivery, _ in page)


def told(count: int) -> str:
    """Return what to say of so many, after a number that includes them; "" for none."""
    return f" ({count} of them without consent or suppressed, as things stand)" if count else ""
