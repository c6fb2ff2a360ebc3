"""Floor 0, words: the shapes of plug-ins, as structural protocols. No base classes to inherit from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeVar, runtime_checkable

from docgen.errors import DocgenError, RecordError
from docgen.model import (
    Approval,
    Artifact,
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
    Mail,
    Moves,
    NewItem,
    Outcome,
    Parcel,
    Receipt,
    Record,
    Reply,
    Run,
    RunSpec,
    RunState,
    Suppression,
    Try,
    Where,
    Winner,
)

B = TypeVar("B")
R = TypeVar("R")

Clock = Callable[[], datetime]
"""Returns an aware datetime. Passed in, so that tests and resumed runs have theirs."""


class Source(Protocol):
    """Records of one job, read from wherever they are. A context manager."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names of the records, nested ones included."""
        ...

    def count(self) -> int:
        """Return the number of rows, faulty keys included."""
        ...

    def key_faults(self) -> list[RecordError]:
        """Return every missing or duplicate key as MissingKey or DuplicateKey with its place."""
        ...

    def batches(self, size: int) -> Iterator[list[Record]]:
        """Yield records in source order, at most `size` at a time; those named by `key_faults` are left out."""
        ...

    def bad_rows(self) -> Iterator[tuple[Mapping[str, object], RecordError]]:
        """Yield the rows that `key_faults` names, as they came, for the quarantine file."""
        ...

    def locate(self, record: Record, column: str) -> Where | None:
        """Return file, row and column name (as `path`) of a record's value, where that is known."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...


class Prepared(Protocol):
    """A template made ready: all work that does not depend on the record is done."""

    @property
    def fields_used(self) -> frozenset[str]:
        """Dotted paths the body uses, `[]` after lists: `{"number", "lines[].description"}`."""
        ...

    def render(self, context: Mapping[str, object]) -> Artifact:
        """Return the document. Pure: same context, same bytes. The file name is a placeholder.

        Raises:
            TemplateError: the body asks for what the context does not have, or exceeds a limit.
            RenderError: the engine failed.
        """
        ...


@runtime_checkable
class Surveyed(Protocol):
    """A template whose body is no plain text, prepared or not, and which knows where in it names stand."""

    @property
    def fields_used(self) -> frozenset[str]:
        """As `Prepared.fields_used`; of what cannot be prepared, those of its sound tags."""
        ...

    def everywhere(self, fault: DocgenError) -> list[DocgenError]:
        """Return the fault of an unknown field once for each place that uses it, each with its place."""
        ...


@runtime_checkable
class ManyPrepared(Protocol):
    """A prepared template of which one document may be for many records, such as labels."""

    @property
    def takes_many(self) -> bool:
        """Whether the template goes on to the next record by itself."""
        ...

    def render_all(self, contexts: Iterable[Mapping[str, object]], left_out: Callable[[], None] = ...) -> Artifact:
        """Return one document for all records; tell of each that is left out. Raises as `Prepared.render`."""
        ...


class PreparedMail(Protocol):
    """A mail template made ready."""

    @property
    def fields_used(self) -> frozenset[str]:
        """As `Prepared.fields_used`, over subject, HTML and text."""
        ...

    @property
    def links_used(self) -> frozenset[str]:
        """Names of `optout.LINKS` that subject, HTML or text print."""
        ...

    def render(self, context: Mapping[str, object]) -> Mail:
        """Return subject and bodies. Raises as `Prepared.render`."""
        ...


class Feature(StrEnum):
    """What a transport can promise."""

    IDEMPOTENT = "idempotent"  # doing it twice is the same as once: safe to repeat after a crash
    SHARED = "shared"  # every run puts the same thing into the same place: another run may take over
    BATCH = "batch"  # wants all its parcels at once: `send_batch`


class NotClaimed(Exception):
    """A claim that cannot be had: another process has the delivery, or it must not go any more."""


Claim = Callable[[], Awaitable[None]]
"""Returns once it is on disk that a delivery is about to be handed over. Raises NotClaimed. May be asked again."""


async def unclaimed() -> None:
    """Be the claim of what no ledger keeps, such as a message to try."""


@runtime_checkable
class Transport(Protocol):
    """Carries one parcel at a time. An async context manager; entering may connect."""

    name: str
    features: frozenset[Feature]
    concurrency: int

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    async def send(self, parcel: Parcel, claim: Claim = unclaimed) -> Receipt:
        """Deliver. Safe to call `concurrency` times at once.

        Args:
            parcel: what to deliver, and to whom.
            claim: awaited right before the first byte goes that cannot be taken back, and never later.

        Returns:
            The outcome, refusals included; `unknown` when the other side may or may not have it.

        Raises:
            NotClaimed: nothing was handed over, since it must not be.
            TransportUnavailable: nothing was handed over; the claim may be given back.
        """
        ...


class BatchTransport(Protocol):
    """Makes one thing of many parcels, as a print run does. Always idempotent."""

    name: str
    features: frozenset[Feature]

    def send_batch(self, parcels: Iterable[Parcel]) -> Mapping[int, Receipt]:
        """Deliver all; return delivery id -> receipt.

        Raises:
            WriteError: nothing is delivered.
        """
        ...


class Binder(Protocol):
    """Makes one PDF of many. A context manager."""

    @property
    def pages(self) -> int:
        """How many there are so far."""
        ...

    def add(self, documents: Sequence[bytes]) -> int:
        """Append documents that belong together, or nothing of them; return how many pages they have.

        Raises:
            DeliveryError: one of them cannot be read.
        """
        ...

    def save(self, path: Path, bookmarks: Iterable[tuple[str, int]], preferences: Mapping[str, str]) -> int:
        """Write the file, with a bookmark (title, page from 1) each; return its number of pages."""
        ...


class Ledger(Protocol):
    """Durable memory. Every method is one transaction: when it returns, it is on disk."""

    # runs

    def open_run(self, spec: RunSpec) -> str:
        """Record a new run in state `merging`; return its id, `<job>/<YYYY-MM-DD>-<NNN>`, NNN per job and day."""
        ...

    def run(self, run: str) -> Run:
        """Return a run by its id or, where only one job has it, by the part after the slash.

        Raises:
            RunNotFound: no such run, or several jobs have one of that id; the hint lists them.
        """
        ...

    def runs(self, job: str | None = None, limit: int = 50) -> list[Run]:
        """Return the newest runs first."""
        ...

    def set_state(
        self,
        run: str,
        state: RunState,
        note: str = "",
        finished: datetime | None = None,
    ) -> None:
        """Move a run to another state; one that is stopped or cancelled gives up its unsealed numbers in that step."""
        ...

    def ask(self, run: str, asked: Asked | None) -> None:
        """Leave a wish for the process that works on a run, in place of an earlier one; None takes it back."""
        ...

    def asked(self, run: str) -> Asked | None:
        """Return the wish that was left for a run. Cheap: asked every second."""
        ...

    def lock(self, job: str) -> AbstractContextManager[None]:
        """Hold the job for this process; the lock ends with the process, kill -9 included.

        Raises:
            JobRunning: another process has it.
        """
        ...

    # items

    def add_items(self, run: str, items: Sequence[NewItem]) -> None:
        """Take records into a run; those it has already are left as they are."""
        ...

    def items(
        self,
        run: str,
        *,
        state: ItemState | None = None,
        after: int = -1,
        limit: int = 1000,
    ) -> list[Item]:
        """Return items by ascending ordinal greater than `after`, at most `limit`."""
        ...

    def put_results(self, run: str, results: Sequence[ItemResult]) -> None:
        """Replace what is known of these items: artifacts, deliveries, faults, and with them their state."""
        ...

    def count_items(self, run: str) -> Mapping[ItemState, int]:
        """Return how many items are in each state."""
        ...

    def count_segments(self, run: str) -> Mapping[str, int]:
        """Return how many ready items are in each segment; "" for those of none."""
        ...

    def file_collisions(self, run: str) -> list[tuple[str, str, list[tuple[int, str]]]]:
        """Return (document, file name, [(ordinal, key), ...]) where ready items share a name, case apart."""
        ...

    # numbers

    def reserve_numbers(
        self, run: str, name: str, wanted: Sequence[tuple[str, str]], start: int = 1
    ) -> dict[str, tuple[str, int]]:
        """Give each key its number, the one it had before or the lowest free one, in order of `wanted`.

        Args:
            run: who asks; its unsealed numbers can be released.
            name: the number pattern; a key has one number per name, for ever.
            wanted: (key, sequence); a sequence counts by itself without gaps, `INV-2026-`.
            start: the first number of a new sequence.

        Returns:
            key -> (sequence, number). An old number may be of another sequence than the wanted one.
        """
        ...

    def release_numbers(self, run: str, keys: Sequence[str] | None = None) -> int:
        """Take back this run's unsealed numbers (of these keys; None = all) and return how many."""
        ...

    def close_gaps(self, run: str) -> dict[str, list[str]]:
        """Give this run's unsealed numbers anew, in order, where releases left gaps.

        Returns:
            name -> keys whose number changed: their documents must be made again, and their items are `planned` again.
        """
        ...

    def seal_numbers(self, run: str) -> None:
        """Make this run's numbers final: they are about to leave the house."""
        ...

    def numbers(self, run: str) -> dict[str, dict[str, tuple[str, int]]]:
        """Return name -> key -> (sequence, number) for every key of this run."""
        ...

    # deliveries

    def earlier(self, identities: Sequence[str]) -> dict[str, Earlier]:
        """Return, for identities some delivery holds (claimed, sent, queued, unknown), which one."""
        ...

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
        """Return deliveries by ascending id greater than `after`, at most `limit`.

        Args:
            run: whose.
            state: those in this state; default: in any.
            transport: those of this transport; default: of any.
            outcomes: those that ended so; default: however they stand.
            last: those of records up to this ordinal; default: of all.
            after: the last id of the page before.
            limit: the page's size.
        """
        ...

    def pending(self, run: str, ids: Sequence[int]) -> list[Delivery]:
        """Return those of these deliveries of a run that are pending, by ascending id."""
        ...

    def count_pending(self, run: str, transport: str, after: int = 0) -> int:
        """Return how many deliveries of a run by a transport are pending whose id is greater than `after`."""
        ...

    def claim(self, delivery: int, now: datetime) -> bool:
        """Commit the intent to deliver. False when it is not pending or its identity is held by another."""
        ...

    def settle(self, delivery: int, receipt: Receipt, now: datetime) -> None:
        """Commit the outcome of a claimed delivery."""
        ...

    def release(self, delivery: int) -> None:
        """Give a claim back: nothing was attempted."""
        ...

    def skip(self, delivery: int, reason: str, now: datetime) -> None:
        """Settle a pending delivery as skipped, for this reason; one that is not pending is left as it is."""
        ...

    def move(self, moves: Moves, now: datetime) -> frozenset[int]:
        """Do for many deliveries what `settle`, `release`, `skip` and `claim` do for one, in this order.

        One commit, or one for each step where some of them cannot be done: one that fails keeps no other from it.

        Returns:
            The ids that are claimed now.

        Raises:
            RunStateError: of the first delivery that was not claimed; all others are settled and given back, and
                nothing is claimed.
        """
        ...

    def postpone(self, delivery: int, again: Try) -> None:
        """Give a claim back, and keep when the delivery may be tried again: every recipient was refused for now."""
        ...

    def tries(self, run: str) -> dict[int, Try]:
        """Return, for pending deliveries that were refused for now, by their id, what was kept of that."""
        ...

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Give deliveries the outcome that a person decided on, and keep who did so; all or nothing.

        What is unknown may become sent, failed or pending; what has failed, was rejected or bounced may become
        pending, and its tries begin anew.

        Raises:
            RunStateError: one of them is neither.
        """
        ...

    def decisions(self, run: str) -> list[Decision]:
        """Return what people decided about deliveries of a run, oldest first."""
        ...

    def departures(self, transports: Sequence[str], since: datetime) -> list[Departure]:
        """Return what was or may have been sent by these transports since then, by whatever run."""
        ...

    def count_outcomes(self, run: str) -> Mapping[tuple[str, Outcome | DeliveryState], int]:
        """Return (route, outcome; or state while unsettled) -> count."""
        ...

    def history(self, term: str, limit: int = 200) -> list[tuple[Run, Item, Delivery | None]]:
        """Return everything made for a record key or delivered to an address, newest first."""
        ...

    # tests of variants

    def tested(self, run: str, *, after: int = 0, limit: int = 1000) -> list[Delivery]:
        """Return, by ascending id greater than `after`, the deliveries that have a variant: drawn, or assigned."""
        ...

    def winner(self, test: str) -> Winner | None:
        """Return who won a test, None while that is open."""
        ...

    def choose(self, winner: Winner) -> None:
        """Keep who won a test, for ever.

        Raises:
            RunStateError: somebody has won it already.
        """
        ...

    def assign(self, run: str, route: str, variant: str) -> int:
        """Give this variant to the pending deliveries of a step that have none; return how many those are."""
        ...

    # people and what they answer

    def suppress(self, suppressions: Sequence[Suppression]) -> None:
        """Add or replace."""
        ...

    def unsuppress(self, address: str) -> bool:
        """Remove; False when there was none."""
        ...

    def suppressed(self, addresses: Sequence[str] | None = None) -> list[Suppression]:
        """Return those of these addresses (any case, any script of the domain), or all."""
        ...

    def add_consents(self, consents: Sequence[Consent]) -> None:
        """Add what people said about marketing; nothing that was said is ever changed."""
        ...

    def consents(self, addresses: Sequence[str] | None = None) -> list[Consent]:
        """Return what these people said, or all, in the order it was added."""
        ...

    def forget(self, address: str, instead: str) -> int:
        """Put a hash in the place of an address in suppressions, consents and replies; return how many rows had it."""
        ...

    def delivery(self, delivery: int) -> Delivery | None:
        """Return a delivery by its id, of whatever run; None if there is none."""
        ...

    def deliveries_of(self, message_ids: Sequence[str]) -> list[Delivery]:
        """Return the deliveries of messages by their Message-IDs, newest first."""
        ...

    def take_reply(
        self, found: Sequence[Reply], suppressions: Sequence[Suppression] = (), consents: Sequence[Consent] = ()
    ) -> bool:
        """Keep what one message says and what follows from it, all or nothing; False when it was read before.

        Args:
            found: at least one, all of the same message.
            suppressions: added as by `suppress`.
            consents: added as by `add_consents`.
        """
        ...

    def has_reply(self, message: str) -> bool:
        """Tell whether a message, by its digest, was read before."""
        ...

    def replies(self, run: str) -> list[Reply]:
        """Return what came back for a run, in order of its deliveries."""
        ...

    def replies_from(self, addresses: Sequence[str]) -> list[Reply]:
        """Return what came back from these addresses, by message."""
        ...

    def inbox_mark(self, source: str) -> str:
        """Return how far a mailbox was read, "" when it never was."""
        ...

    def set_inbox_mark(self, source: str, mark: str) -> None:
        """Keep how far a mailbox was read."""
        ...

    # approvals

    def approve(self, approval: Approval) -> None:
        """Record a person's yes."""
        ...

    def approval(self, run: str) -> Approval | None:
        """Return the newest approval of a run."""
        ...

    def fingerprint(self, run: str) -> str:
        """Return one hash over keys, artifact hashes and deliveries of a run, independent of row order."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class Engine(Protocol):
    """Carries batches through a function that each worker builds once."""

    def map(self, open_worker: Callable[[], Callable[[B], R]], batches: Iterable[B]) -> Iterator[R]:
        """Yield results in the order of the batches, holding only a few batches at a time."""
        ...
