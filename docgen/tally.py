"""Floor 3, work: what became of the variants of a message in their test, counted from the ledger. Decides nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from docgen.model import DELIVERED, ConsentState, Delivery, Outcome, Reply, ReplyKind, Run
from docgen.paging import PAGE
from docgen.protocols import Ledger
from docgen.scoring import WEIGHTS
from docgen.suppression import address_key
from docgen.variants import Figures

#: Runs that are looked through for those of the edition.
_RUNS = 1000

Counter = Callable[[Ledger, str, Sequence[Delivery]], Iterable[tuple[int, str]]]
"""Tells of a run's deliveries what happened to which: (the ledger's id, the name of what is counted)."""


@dataclass(frozen=True)
class Contest:
    """A test whose winner some deliveries of a run wait for.

    Attributes:
        test: what it is known by, over all runs of the edition.
        route: the name of the job's step.
        names: of the variants.
    """

    test: str
    route: str
    names: tuple[str, ...]


def _count_replies(ledger: Ledger, run: str, deliveries: Sequence[Delivery]) -> Iterator[tuple[int, str]]:
    """What came back and is proved to belong to a delivery."""
    here = {each.id for each in deliveries}
    for reply in ledger.replies(run):
        if reply.delivery in here and (counted := _counted(reply)):
            yield reply.delivery, counted


def _counted(reply: Reply) -> str:
    named = {ReplyKind.COMPLAINT: "complaints", ReplyKind.UNSUBSCRIBE: "unsubscribes", ReplyKind.OTHER: "replies"}
    return "bounces" if reply.kind in WEIGHTS else named.get(reply.kind, "")


def _count_rejected(ledger: Ledger, run: str, deliveries: Sequence[Delivery]) -> Iterator[tuple[int, str]]:
    """What the server refused for good comes to the same as a bounce."""
    return ((each.id, "bounces") for each in deliveries if each.outcome is Outcome.REJECTED)


def _count_wishes(ledger: Ledger, run: str, deliveries: Sequence[Delivery]) -> Iterator[tuple[int, str]]:
    """Who got a message and since then wants no more, by whatever way they said so."""
    for start in range(0, len(deliveries), PAGE):
        some = deliveries[start : start + PAGE]
        said: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        addresses = [each.recipient for each in some]
        for suppression in ledger.suppressed(addresses):
            word = {"unsubscribed": "unsubscribes", "complaint": "complaints"}.get(suppression.reason)
            if word:
                said[address_key(suppression.address)].append((suppression.since, word))
        for consent in ledger.consents(addresses):
            if consent.state is ConsentState.WITHDRAWN:
                said[address_key(consent.address)].append((consent.at, "unsubscribes"))
        for each in some:
            for at, word in said.get(address_key(each.recipient), ()):
                if each.settled and at >= each.settled:
                    yield each.id, word


#: Whoever can count more, such as clicks, has a row here; a measure of `docgen.variants` then names it.
COUNTERS: tuple[Counter, ...] = (_count_replies, _count_rejected, _count_wishes)


def figures_of(ledger: Ledger, run: Run, contest: Contest) -> tuple[Figures, ...]:
    """Return what became of each variant in its test, over all runs of the edition."""
    sent: dict[str, int] = dict.fromkeys(contest.names, 0)
    counts: dict[str, dict[str, set[int]]] = {name: defaultdict(set) for name in contest.names}
    for id_ in runs_of_edition(ledger, run):
        drawn = [each for each in each_tested(ledger, id_) if is_in(each, contest.test)]
        tried = {each.id: each for each in drawn if each.outcome in {*DELIVERED, Outcome.REJECTED}}
        for each in tried.values():
            sent[each.variant] = sent.get(each.variant, 0) + 1
        for counter in COUNTERS if tried else ():
            for delivery, counted in counter(ledger, id_, list(tried.values())):
                counts[tried[delivery].variant][counted].add(delivery)
    return tuple(
        Figures(name, number, {counted: len(ids) for counted, ids in counts[name].items()})
        for name, number in sent.items()
    )


def runs_of_edition(ledger: Ledger, run: Run) -> list[str]:
    """Return the runs of the job that are of the same edition, newest first."""
    runs = ledger.runs(run.spec.job, limit=_RUNS)
    return [each.id for each in runs if each.spec.edition == run.spec.edition]


def each_tested(ledger: Ledger, run: str) -> Iterator[Delivery]:
    """Yield the deliveries of a run that have a variant, in order."""
    after = 0
    while page := ledger.tested(run, after=after, limit=PAGE):
        yield from page
        after = page[-1].id


def is_in(delivery: Delivery, test: str) -> bool:
    """Tell whether a delivery is a part of a test itself, and does not get what won it."""
    return delivery.payload.get("test") == test and not delivery.is_of_the_rest
