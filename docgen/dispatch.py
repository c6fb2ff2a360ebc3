"""Floor 3, work: the deliveries of a run, each claimed before it is handed over and settled after.

The order is the point. A claim is on disk before the transport hands anything over, the outcome after it answered;
what a crash leaves claimed is *unknown* for transports that cannot repeat safely, and done again for those that can.
Knows nothing of templates and records.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from docgen.errors import DeliveryError, DocgenError, TransportUnavailable
from docgen.model import (
    DELIVERED,
    Delivery,
    DeliveryState,
    Envelope,
    Moves,
    NewDelivery,
    Outcome,
    Parcel,
    Receipt,
    StagedFile,
    Suppression,
    Wish,
)
from docgen.paging import delivery_pages
from docgen.protocols import BatchTransport, Claim, Clock, Ledger, NotClaimed, Transport
from docgen.scribe import Scribe
from docgen.sending.governor import Governor
from docgen.sending.verdicts import Step, decide_finally
from docgen.suppression import address_key
from docgen.turns import Turns, Wait

INTERRUPTED = "docgen was interrupted between handing the message over and the answer: it may or may not have gone"
LONGEST_SLEEP_S = 1.0
#: A server that breaks off after each message would leave all of them in doubt.
DOUBTS_IN_A_ROW = 2
#: Whoever runs docgen makes these a KeyboardInterrupt where it should stop cleanly: Ctrl-C, `kill`, a closed terminal.
_STOPPING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@dataclass
class Halt:
    """Why the deliveries of a run stop early; empty while they go on.

    Attributes:
        reason: for a person.
        error: what the transport said, if it was a transport.
        broken: what makes going on impossible: the ledger cannot be written, or a fault of ours.
        interrupted: a person pressed Ctrl-C, or the system asked docgen to end.
        cancelled: a person wants the run to end here, not to wait.
    """

    reason: str = ""
    error: DocgenError | None = None
    broken: Exception | None = None
    interrupted: bool = False
    cancelled: bool = False
    failures_in_a_row: int = 0
    doubts_in_a_row: int = 0

    def __bool__(self) -> bool:
        return bool(self.reason)


@dataclass(frozen=True)
class Dispatcher:
    """Delivers what is pending in one run.

    Attributes:
        folder: the run's folder, which payloads' paths are relative to.
        why_not: deliveries -> for each a reason not to send it now, "" if none; asked right before they are claimed.
        on_settled: told of every settled delivery.
        pause_after: failures in a row that pause the run.
        sleep: waits for seconds, until what is limited may go.
        passed_by: ids of deliveries that could not be claimed.
        return_path: the envelope sender of an e-mail, "" for that of its payload.
        tell: told of what is waited for, in a sentence.
        longest_wait: a longer wait pauses the run; None: however long it takes.
    """

    ledger: Ledger
    run: str
    folder: Path
    clock: Clock
    why_not: Callable[[Sequence[Delivery]], Sequence[str]]
    on_settled: Callable[[Delivery, Receipt], None]
    pause_after: int
    halt: Halt = field(default_factory=Halt)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    passed_by: set[int] = field(default_factory=set)
    return_path: Callable[[Delivery], str] | None = None
    tell: Callable[[str], None] = lambda text: None
    longest_wait: timedelta | None = None
    looked: list[datetime] = field(default_factory=list)

    def settle_leftovers(self, safe_to_repeat: Collection[str]) -> int:
        """Deal with what a crash left claimed; return how many deliveries are unknown.

        Args:
            safe_to_repeat: names of transports for which doing it twice is the same as once.
        """
        release_claims(self.ledger, self.run, safe_to_repeat.__contains__)
        return settle_unknown(self.ledger, self.run, self.clock())

    async def send_each(self, transport: Transport, name: str, governor: Governor | None = None) -> None:
        """Deliver one by one, as many at once as the transport allows.

        Args:
            transport: opened and closed here.
            name: its name in the ledger.
            governor: says when each may go and what follows from its receipt; None: at once, and that is that.
        """
        if not self.ledger.deliveries(self.run, state=DeliveryState.PENDING, transport=name, limit=1):
            return
        try:
            await self._send_each(transport, name, governor)
        except TransportUnavailable as error:
            self._stop(str(error), error)
        finally:
            self.scribe.write()

    async def _send_each(self, transport: Transport, name: str, governor: Governor | None) -> None:
        queue: asyncio.Queue[Delivery | None] = asyncio.Queue(maxsize=2 * transport.concurrency)
        self.scribe.most = transport.concurrency

        async def worker() -> None:
            while (delivery := await queue.get()) is not None:
                if not self.halt:
                    await self._attempt(transport, delivery, governor)
                if governor:
                    governor.ends(delivery)
                queue.task_done()

        async with transport, _stop_on_ctrl_c(self.halt), asyncio.TaskGroup() as group:
            for _ in range(transport.concurrency):
                group.create_task(worker())
            if governor is None:
                await self._feed(queue, name)
            else:
                turns = Turns(self.ledger, self.run, name, governor, self.passed_by)
                await self._feed_governed(queue, turns)
            for _ in range(transport.concurrency):
                await queue.put(None)

    async def _feed(self, queue: asyncio.Queue[Delivery | None], name: str) -> None:
        """Queue what is pending, each at once."""
        for page in _pages(self.ledger, self.run, DeliveryState.PENDING, name):
            for delivery in self._wanted([each for each in page if each.id not in self.passed_by]):
                self._heed_wishes()
                if self.halt:
                    return
                await queue.put(delivery)

    async def _feed_governed(self, queue: asyncio.Queue[Delivery | None], turns: Turns) -> None:
        """Queue what is pending when its turn comes; where nothing may go for now, wait."""
        while not self.halt:
            turns.recount(self.clock())
            while not self.halt and (page := turns.page(self.clock())) is not None:
                await self._queue(queue, page, turns)
            await queue.join()
            self.scribe.write()
            if self.halt:
                return
            if wait := turns.wait(self.clock()):
                await self._wait(wait)
            elif not turns.begin_again():
                return

    async def _queue(self, queue: asyncio.Queue[Delivery | None], page: Sequence[Delivery], turns: Turns) -> None:
        self._heed_wishes()
        await asyncio.sleep(0)  # a page may be empty, and the connections must go on
        for delivery in self._wanted(page):
            self._heed_wishes()
            if self.halt:
                return
            if turns.governor.due(delivery, now := self.clock()) <= now:
                turns.governor.starts(delivery, now)
                await queue.put(delivery)
            else:
                turns.put_back(delivery, now)

    def _wanted(self, page: Sequence[Delivery]) -> Iterator[Delivery]:
        """Yield a page, and skip all at once who must not be sent to: no server need hear of them."""
        reasons = self.why_not(page) if page else []
        if skipped := [(each.id, reason) for each, reason in zip(page, reasons, strict=True) if reason]:
            self.ledger.move(Moves(skipped=skipped), self.clock())
        yield from (each for each, reason in zip(page, reasons, strict=True) if not reason)

    def _heed_wishes(self) -> None:
        """Stop where a person asks for it from another process; looked at once a second."""
        now = self.clock()
        if self.looked and now - self.looked[0] < timedelta(seconds=LONGEST_SLEEP_S):
            return
        self.looked[:] = [now]
        if asked := self.ledger.asked(self.run):
            self.ledger.ask(self.run, None)
            self.halt.cancelled = asked.wish is Wish.CANCEL
            self._stop(f"{'cancelled' if self.halt.cancelled else 'paused'} by {asked.by}")

    async def _wait(self, wait: Wait) -> None:
        """Sleep in short pieces, since neither Ctrl-C nor a person's wish must wait for the morning."""
        now = self.clock()
        # Not at once: looking again costs time.
        wait = replace(wait, until=max(wait.until, now + timedelta(seconds=LONGEST_SLEEP_S)))
        if self.longest_wait is not None and wait.until - now > self.longest_wait:
            self._stop(f"nothing may go {wait.shown(now)}")
            return
        if wait.why and wait.until - now > timedelta(seconds=LONGEST_SLEEP_S):
            self.tell(f"waiting {wait.shown(now)}")
        while not self.halt and (left_s := (wait.until - self.clock()).total_seconds()) > 0:
            await self.sleep(min(left_s, LONGEST_SLEEP_S))
            self._heed_wishes()

    async def _attempt(self, transport: Transport, delivery: Delivery, governor: Governor | None) -> None:
        try:
            await self._deliver(transport, delivery, governor)
        except Exception as error:
            # Raised here it would cancel the other deliveries, midway: they end first. The claim stays as it is.
            self._break(error)

    def _parcel(self, delivery: Delivery) -> Parcel:
        parcel = parcel_of(delivery, self.folder)
        sender = self.return_path(delivery) if self.return_path and parcel.envelope else ""
        if not sender or parcel.envelope is None:
            return parcel
        return replace(parcel, envelope=replace(parcel.envelope, sender=sender))

    async def _deliver(self, transport: Transport, delivery: Delivery, governor: Governor | None) -> None:
        held = False

        async def claim() -> None:
            # On disk before anything is handed over: a crash after that must never send again.
            nonlocal held
            held = held or await self.scribe.claim(delivery)
            if not held:
                raise NotClaimed

        try:
            receipt = await self._send(transport, delivery, claim)
            await claim()  # what was refused before anything was handed over has an outcome all the same
        except NotClaimed:
            self.passed_by.add(delivery.id)
        except TransportUnavailable as error:
            if held:
                self.scribe.release(delivery)
            self._stop(str(error), error)
        else:
            self._conclude(delivery, receipt, governor)

    async def _send(self, transport: Transport, delivery: Delivery, claim: Claim) -> Receipt:
        try:
            return await transport.send(self._parcel(delivery), claim)
        except TransportUnavailable:
            raise
        except DocgenError as error:
            # Nothing was handed over: the transport says so by raising instead of answering.
            if error.exit_code == 3 and not isinstance(error, DeliveryError):
                self._stop(str(error), error)
            return Receipt(Outcome.FAILED, str(error))

    def _conclude(self, delivery: Delivery, receipt: Receipt, governor: Governor | None) -> None:
        verdict = governor.judge(delivery, receipt, self.clock()) if governor else decide_finally(receipt)
        if verdict.suppress:
            self.ledger.suppress([_bad_address(*each, self.clock()) for each in verdict.suppress])
        if verdict.step is Step.RETRY:
            # Every recipient was refused, so nobody has it: the claim may be given back.
            assert governor is not None
            self.ledger.postpone(delivery.id, governor.tries[delivery.id])
            return
        self._count(delivery, receipt)
        if verdict.step is Step.PAUSE:
            self._stop(
                f"{delivery.recipient} was refused for the server's policy, look before more go: {receipt.detail}"
            )

    def send_batch(self, transport: BatchTransport, name: str) -> None:
        """Claim everything, deliver it as one, settle everything."""
        claimed: dict[int, Delivery] = {}
        for page in _pages(self.ledger, self.run, DeliveryState.PENDING, name):
            ids = self.scribe.write_now(page)
            claimed |= {each.id: each for each in page if each.id in ids}
        if not claimed:
            return
        try:
            receipts = transport.send_batch(parcel_of(d, self.folder) for d in claimed.values())
        except DocgenError as error:
            self.scribe.write_now(released=list(claimed))
            self._stop(str(error), error)
            return
        self.scribe.write_now((), [(delivery, receipts[id_]) for id_, delivery in claimed.items()])

    def halt_if_some_are_left(self) -> None:
        """Say so when deliveries wait for a transport that is no longer there: nobody must be forgotten."""
        left = self.ledger.deliveries(self.run, state=DeliveryState.PENDING, limit=1)
        if left and not self.halt:
            self._stop(
                f'the run began with deliveries by "{left[0].transport}", which job and config.yaml no longer have; '
                "put it back to go on, or cancel the run and run the job again"
            )

    def _count(self, delivery: Delivery, receipt: Receipt) -> None:
        self.scribe.settle(delivery, receipt)
        if receipt.outcome in (Outcome.FAILED, Outcome.UNKNOWN):
            self.halt.failures_in_a_row += 1
        else:
            self.halt.failures_in_a_row = 0
        in_doubt = receipt.outcome is Outcome.UNKNOWN
        self.halt.doubts_in_a_row = self.halt.doubts_in_a_row + 1 if in_doubt else 0
        if self.halt.doubts_in_a_row >= DOUBTS_IN_A_ROW:
            times = self.halt.doubts_in_a_row
            self._stop(f"nobody knows whether {times} messages in a row have gone; the last one: {receipt.detail}")
        if self.halt.failures_in_a_row >= self.pause_after:
            times = self.halt.failures_in_a_row
            what = "a delivery has failed" if times == 1 else f"{times} deliveries in a row have failed; the last one"
            self._stop(f"{what}: {receipt.detail}")

    @cached_property
    def scribe(self) -> Scribe:
        """What writes claims and outcomes."""
        return Scribe(self.ledger, self.run, self.clock, self.why_not, self.on_settled, self._break)

    def _break(self, error: Exception) -> None:
        self._stop(str(error))
        self.halt.broken = self.halt.broken or error

    def _stop(self, reason: str, error: DocgenError | None = None) -> None:
        if not self.halt:
            self.halt.reason, self.halt.error = reason, error

    def _each(self, state: DeliveryState, transport: str | None = None) -> Iterator[Delivery]:
        return _each(self.ledger, self.run, state, transport)


def _bad_address(address: str, words: str, now: datetime) -> Suppression:
    return Suppression(address_key(address), "bounce", frozenset(), now, words)


def _each(ledger: Ledger, run: str, state: DeliveryState, transport: str | None = None) -> Iterator[Delivery]:
    return chain.from_iterable(_pages(ledger, run, state, transport))


def _pages(ledger: Ledger, run: str, state: DeliveryState, transport: str | None = None) -> Iterator[list[Delivery]]:
    for page in delivery_pages(ledger, run, state=state, transport=transport):
        # What waits for the winner of a test is nobody's to send yet.
        yield [each for each in page if not each.is_held]


def release_claims(ledger: Ledger, run: str, may_be_repeated: Callable[[str], bool]) -> None:
    """Give back what a process that is gone has claimed, where its transport allows to do it again."""
    for delivery in _each(ledger, run, DeliveryState.CLAIMED):
        if may_be_repeated(delivery.transport):
            ledger.release(delivery.id)


def settle_unknown(ledger: Ledger, run: str, now: datetime) -> int:
    """Settle what is still claimed, by a process that is gone, as unknown; return how many."""
    unknown, receipt = 0, Receipt(Outcome.UNKNOWN, INTERRUPTED)
    for page in _pages(ledger, run, DeliveryState.CLAIMED):
        ledger.move(Moves([(each, receipt, now) for each in page]), now)
        unknown += len(page)
    return unknown


@asynccontextmanager
async def _stop_on_ctrl_c(halt: Halt) -> AsyncIterator[None]:
    """Let what is under way end, so that Ctrl-C leaves nothing unknown; a second one is not caught."""
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {}

    def stop() -> None:
        halt.reason, halt.interrupted = halt.reason or "interrupted", True
        forget()

    def forget() -> None:
        while before:
            number, handler = before.popitem()
            loop.remove_signal_handler(number)
            signal.signal(number, handler)

    for number in _STOPPING:
        # Windows' loops and threads have no signal handlers: there Ctrl-C is a KeyboardInterrupt as usual.
        with suppress(NotImplementedError, RuntimeError, ValueError):
            handler = signal.getsignal(number)
            if callable(handler):
                loop.add_signal_handler(number, stop)
                before[number] = handler
    try:
        yield
    finally:
        forget()


# --- payloads: what the ledger keeps of a delivery, as JSON ----------------------------------------


def payload_of(
    files: Sequence[StagedFile],
    *,
    envelope: Envelope | None = None,
    sort: Sequence[str] = (),
    address: Sequence[str] = (),
) -> Mapping[str, object]:
    """Return the JSON-able form of a parcel; file paths are relative to the run's folder."""
    payload: dict[str, object] = {
        "files": [
            {
                "path": file.path.as_posix(),
                "name": file.name,
                "media_type": file.media_type,
                "sha256": file.sha256,
                "pages": file.pages,
            }
            | ({"variant": file.variant} if file.variant else {})
            for file in files
        ]
    }
    if envelope:
        payload["envelope"] = {"sender": envelope.sender, "recipients": list(envelope.recipients)}
    if sort:
        payload["sort"] = list(sort)
    if address:
        payload["address"] = list(address)
    return payload


def to_whom_it_has_not_reached(new: NewDelivery, before: Sequence[Delivery]) -> NewDelivery:
    """Leave out of a message's envelope who got it when others of its recipients did not.

    Args:
        new: planned, by a run whose record was delivered to nobody as a whole.
        before: deliveries of the same message.
    """
    got = [each.outcomes for each in before if each.identity == new.identity]
    reached = {address_key(a) for outcomes in got for a, outcome in outcomes.items() if outcome in DELIVERED}
    envelope = new.payload.get("envelope")
    if not reached or not isinstance(envelope, dict):
        return new
    left = [address for address in envelope["recipients"] if address_key(address) not in reached]
    if not left:
        return replace(new, skip="every recipient has it from an earlier run")
    return replace(new, payload={**new.payload, "envelope": {**envelope, "recipients": left}})


def parcel_of(delivery: Delivery, folder: Path) -> Parcel:
    """Invert `payload_of` for a transport; paths become absolute. Of a delivery that is held, all files are there."""
    payload: Mapping[str, Any] = delivery.payload
    envelope = payload.get("envelope")
    variants = {"", delivery.variant} if delivery.variant else {file.get("variant", "") for file in payload["files"]}
    return Parcel(
        delivery=delivery.id,
        key=delivery.key,
        recipient=delivery.recipient,
        files=tuple(
            StagedFile(**{**file, "path": folder / file["path"]})
            for file in payload["files"]
            if file.get("variant", "") in variants
        ),
        envelope=Envelope(envelope["sender"], tuple(envelope["recipients"])) if envelope else None,
        sort=tuple(payload.get("sort", ())),
        address=tuple(payload.get("address", ())),
    )
