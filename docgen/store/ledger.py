"""Floor 2, edges: the ledger in a database. Knows where a transaction begins and ends; refuses to know SQL.

Every method is one transaction and one call of the module that has the noun. What each promises is said in
`docgen.protocols.Ledger`; only what goes beyond is said here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from docgen.model import (
    GIVEN_UP,
    Approval,
    Asked,
    Consent,
    Decision,
    Delivery,
    DeliveryState,
    Departure,
    Earlier,
    Item,
    ItemResult,
    ItemState,
    Moves,
    NewItem,
    Outcome,
    Receipt,
    Reply,
    Run,
    RunSpec,
    RunState,
    Suppression,
    Try,
    Winner,
)
from docgen.store import contests, deliveries, history, items, numbers, people, replies, runs, steering
from docgen.store.database import Database
from docgen.store.history import Entry
from docgen.store.items import Collision
from docgen.store.locks import FileLocks, ServerLocks
from docgen.store.moving import one_by_one


class _NotAtOnce(Exception):
    """Steps that cannot be taken together."""


class SqlLedger:
    """A `Ledger` in SQLite or PostgreSQL. Threads may share one; processes open their own."""

    def __init__(self, database: Database, locks: FileLocks | ServerLocks) -> None:
        """Take a database whose tables are there."""
        self.database = database
        self._locks = locks

    # runs

    def open_run(self, spec: RunSpec) -> str:
        """Record a new run."""
        with self.database.write(lock="runs") as connection:
            return runs.open_run(connection, spec)

    def run(self, run: str) -> Run:
        """Return a run by id or short id."""
        with self.database.read() as connection:
            return runs.find(connection, run)

    def runs(self, job: str | None = None, limit: int = 50) -> list[Run]:
        """Return the newest runs first."""
        with self.database.read() as connection:
            return runs.newest(connection, job, limit)

    def set_state(self, run: str, state: RunState, note: str = "", finished: datetime | None = None) -> None:
        """Set state, note and end of a run, whatever they were. Raises RunNotFound."""
        with self.database.write(lock="numbers" if state in GIVEN_UP else "") as connection:
            runs.set_state(connection, run, state, note, finished)
            if state in GIVEN_UP:
                numbers.release(connection, run, None)

    def ask(self, run: str, asked: Asked | None) -> None:
        """Leave a wish for whoever works on a run. Raises RunNotFound."""
        with self.database.write() as connection:
            runs.check_exists(connection, run)
            steering.ask(connection, run, asked)

    def asked(self, run: str) -> Asked | None:
        """Return the wish for a run."""
        with self.database.read() as connection:
            return steering.asked_of(connection, run)

    def lock(self, job: str) -> AbstractContextManager[None]:
        """Hold a job. Not reentrant: a second holder in this process is refused as well."""
        return self._locks.lock(job)

    # items

    def add_items(self, run: str, items_: Sequence[NewItem]) -> None:
        """Take records into a run.

        Raises:
            RunNotFound: no such run.
            RunStateError: a place or a key is taken by another record: the data moved under the run.
        """
        with self.database.write() as connection:
            runs.check_exists(connection, run)
            items.add(connection, run, items_)

    def items(self, run: str, *, state: ItemState | None = None, after: int = -1, limit: int = 1000) -> list[Item]:
        """Return items with their artifacts; none for an unknown run."""
        with self.database.read() as connection:
            return items.page(connection, run, state, after, limit)

    def put_results(self, run: str, results: Sequence[ItemResult]) -> None:
        """Replace what is known of these items; of quarantined ones no delivery is kept.

        Raises:
            RunStateError: an item is not in the run, or one of its deliveries has been claimed or tried (only
                pending and skipped ones may be planned anew). Then nothing at all is replaced.
        """
        with self.database.write() as connection:
            items.put_results(connection, run, results)

    def count_items(self, run: str) -> Mapping[ItemState, int]:
        """Return counts of the states that occur."""
        with self.database.read() as connection:
            return items.count(connection, run)

    def count_segments(self, run: str) -> Mapping[str, int]:
        """Return counts of the segments that occur."""
        with self.database.read() as connection:
            return items.count_segments(connection, run)

    def file_collisions(self, run: str) -> list[Collision]:
        """Return shared names, in order of document and first item."""
        with self.database.read() as connection:
            return items.collisions(connection, run)

    # numbers

    def reserve_numbers(
        self, run: str, name: str, wanted: Sequence[tuple[str, str]], start: int = 1
    ) -> dict[str, tuple[str, int]]:
        """Give each key its number. `start` has no effect on a sequence that has numbers. Raises RunNotFound."""
        with self.database.write(lock="numbers") as connection:
            runs.check_exists(connection, run)
            return numbers.reserve(connection, run, name, wanted, start)

    def release_numbers(self, run: str, keys: Sequence[str] | None = None) -> int:
        """Give up unsealed numbers; one that another open run has on its documents too stays, and is not counted."""
        with self.database.write(lock="numbers") as connection:
            return numbers.release(connection, run, keys)

    def close_gaps(self, run: str) -> dict[str, list[str]]:
        """Close gaps; a number that another open run counts on stays where it is."""
        with self.database.write(lock="numbers") as connection:
            changed = numbers.close_gaps(connection, run)
            items.plan_again(connection, run, {key for keys in changed.values() for key in keys})
            return changed

    def seal_numbers(self, run: str) -> None:
        """Make the numbers final that this run's documents show."""
        with self.database.write(lock="numbers") as connection:
            numbers.seal(connection, run)

    def numbers(self, run: str) -> dict[str, dict[str, tuple[str, int]]]:
        """Return the numbers of all records of a run, and of all keys it has reserved for."""
        with self.database.read() as connection:
            return numbers.of_run(connection, run)

    # deliveries

    def earlier(self, identities: Sequence[str]) -> dict[str, Earlier]:
        """Return who holds these identities."""
        with self.database.read() as connection:
            return deliveries.earlier(connection, identities)

    def deliveries(
        self,
        run: str,
        *,
        state: DeliveryState | None = None,
        transport: str | None = None,
        outcomes: Collection[Outcome] = (),
        last: int | None = None,
        after: int = 0,
        limit: int = 1000,
    ) -> list[Delivery]:
        """Return deliveries; none for an unknown run."""
        wanted = deliveries.wanted(run, state, transport, outcomes, last)
        with self.database.read() as connection:
            return deliveries.page(connection, wanted, after, limit)

    def pending(self, run: str, ids: Sequence[int]) -> list[Delivery]:
        """Return which of these deliveries are pending."""
        with self.database.read() as connection:
            return deliveries.pending(connection, run, ids)

    def count_pending(self, run: str, transport: str, after: int = 0) -> int:
        """Return how many deliveries are pending."""
        with self.database.read() as connection:
            return deliveries.count_pending(connection, run, transport, after)

    def claim(self, delivery: int, now: datetime) -> bool:
        """Commit the intent to deliver."""
        with self.database.write() as connection:
            try:
                return deliveries.claim(connection, delivery, now)
            except IntegrityError:  # `deliveries_held`: another delivery of the same identity was first
                return False

    def settle(self, delivery: int, receipt: Receipt, now: datetime) -> None:
        """Commit the outcome. Raises RunStateError when the delivery is not claimed."""
        with self.database.write() as connection:
            deliveries.settle(connection, delivery, receipt, now)

    def release(self, delivery: int) -> None:
        """Give a claim back. Raises RunStateError when there is none."""
        with self.database.write() as connection:
            deliveries.release(connection, delivery)

    def skip(self, delivery: int, reason: str, now: datetime) -> None:
        """Settle a pending delivery as skipped."""
        with self.database.write() as connection:
            deliveries.skip(connection, delivery, reason, now)

    def move(self, moves: Moves, now: datetime) -> frozenset[int]:
        """Take the steps of many deliveries, in one transaction where nothing stands in the way."""
        if moves and not self._move(moves, now):
            return one_by_one(self, moves, now)
        return frozenset(moves.claims)

    def _move(self, moves: Moves, now: datetime) -> bool:
        try:
            with self.database.write() as connection:
                try:
                    if deliveries.move(connection, moves, now):
                        return True
                except IntegrityError:  # as in `claim`
                    pass
                raise _NotAtOnce  # so that nothing of it is committed
        except _NotAtOnce:
            return False

    def postpone(self, delivery: int, again: Try) -> None:
        """Give a claim back until later. Raises RunStateError when there is none."""
        with self.database.write() as connection:
            deliveries.release(connection, delivery)
            steering.keep_try(connection, delivery, again)

    def tries(self, run: str) -> dict[int, Try]:
        """Return what waits for another try."""
        with self.database.read() as connection:
            return steering.of_run(connection, run)

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Do as a person decided. Raises RunStateError, and then nothing is changed."""
        with self.database.write() as connection:
            for decision in decisions:
                steering.decide(connection, decision)

    def decisions(self, run: str) -> list[Decision]:
        """Return what people decided."""
        with self.database.read() as connection:
            return steering.decided_of(connection, run)

    def departures(self, transports: Sequence[str], since: datetime) -> list[Departure]:
        """Return what was or may have been sent, in order of time."""
        with self.database.read() as connection:
            return steering.departures(connection, transports, since)

    def count_outcomes(self, run: str) -> Mapping[tuple[str, Outcome | DeliveryState], int]:
        """Return counts by route."""
        with self.database.read() as connection:
            return deliveries.count_outcomes(connection, run)

    def history(self, term: str, limit: int = 200) -> list[Entry]:
        """Return what was made for a record key (exactly) or went to an address (any case, copies too)."""
        with self.database.read() as connection:
            return history.of(connection, term, limit)

    # tests of variants

    def tested(self, run: str, *, after: int = 0, limit: int = 1000) -> list[Delivery]:
        """Return the deliveries that have a variant."""
        with self.database.read() as connection:
            return contests.tested(connection, run, after, limit)

    def winner(self, test: str) -> Winner | None:
        """Return who won."""
        with self.database.read() as connection:
            return contests.winner(connection, test)

    def choose(self, winner: Winner) -> None:
        """Keep who won. Raises RunStateError when somebody has."""
        with self.database.write(lock="winners") as connection:
            contests.choose(connection, winner)

    def assign(self, run: str, route: str, variant: str) -> int:
        """Give a variant to the pending deliveries that have none."""
        with self.database.write() as connection:
            return contests.assign(connection, run, route, variant)

    # people

    def suppress(self, suppressions: Sequence[Suppression]) -> None:
        """Add or replace. An address has one suppression per reason, so that a bounce does not undo a complaint."""
        with self.database.write() as connection:
            people.suppress(connection, suppressions)

    def unsuppress(self, address: str) -> bool:
        """Remove all suppressions of an address."""
        with self.database.write() as connection:
            return people.unsuppress(connection, address)

    def suppressed(self, addresses: Sequence[str] | None = None) -> list[Suppression]:
        """Return suppressions in order of address and reason."""
        with self.database.read() as connection:
            return people.suppressed(connection, addresses)

    def add_consents(self, consents: Sequence[Consent]) -> None:
        """Add what people said about marketing."""
        with self.database.write() as connection:
            people.add_consents(connection, consents)

    def consents(self, addresses: Sequence[str] | None = None) -> list[Consent]:
        """Return what these people said, or all, in the order it was added."""
        with self.database.read() as connection:
            return people.consents_of(connection, addresses)

    def forget(self, address: str, instead: str) -> int:
        """Put a hash in the place of an address in suppressions, consents and replies."""
        with self.database.write() as connection:
            return replies.forget(connection, address, instead)

    # what came back

    def delivery(self, delivery: int) -> Delivery | None:
        """Return a delivery by its id, of whatever run."""
        with self.database.read() as connection:
            return replies.delivery(connection, delivery)

    def deliveries_of(self, message_ids: Sequence[str]) -> list[Delivery]:
        """Return the deliveries of messages, newest first."""
        with self.database.read() as connection:
            return replies.by_message_id(connection, message_ids)

    def take_reply(
        self, found: Sequence[Reply], suppressions: Sequence[Suppression] = (), consents: Sequence[Consent] = ()
    ) -> bool:
        """Keep what one message says and what follows from it, all or nothing."""
        with self.database.write(lock="replies") as connection:
            if replies.is_known(connection, found[0].message):
                return False
            replies.insert(connection, found)
            people.suppress(connection, suppressions)
            people.add_consents(connection, consents)
            return True

    def has_reply(self, message: str) -> bool:
        """Tell whether a message was read before."""
        with self.database.read() as connection:
            return replies.is_known(connection, message)

    def replies(self, run: str) -> list[Reply]:
        """Return what came back for a run, in order of its deliveries."""
        with self.database.read() as connection:
            return replies.of_run(connection, run)

    def replies_from(self, addresses: Sequence[str]) -> list[Reply]:
        """Return what came back from these addresses."""
        with self.database.read() as connection:
            return replies.of_addresses(connection, addresses)

    def inbox_mark(self, source: str) -> str:
        """Return how far a mailbox was read."""
        with self.database.read() as connection:
            return replies.mark(connection, source)

    def set_inbox_mark(self, source: str, mark: str) -> None:
        """Keep how far a mailbox was read."""
        with self.database.write() as connection:
            replies.set_mark(connection, source, mark)

    # approvals

    def approve(self, approval: Approval) -> None:
        """Record a yes. Raises RunNotFound."""
        with self.database.write() as connection:
            runs.check_exists(connection, approval.run)
            people.approve(connection, approval)

    def approval(self, run: str) -> Approval | None:
        """Return the newest yes."""
        with self.database.read() as connection:
            return people.approval(connection, run)

    def fingerprint(self, run: str) -> str:
        """Return one hash over what a run made and planned; what became of the deliveries does not change it."""
        with self.database.read() as connection:
            return items.fingerprint(connection, run)

    def close(self) -> None:
        """Release connections."""
        self.database.close()
