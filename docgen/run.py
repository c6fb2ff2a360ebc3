"""Floor 3, work: one run, step by step: take the records, merge them all, publish, deliver, report.

Each step can be entered again after a crash and does only what is not done yet; what is done stands in the ledger.
Nothing is delivered before every record is merged. Chooses no plug-in and reads no configuration file.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path

from docgen import loops
from docgen.barred import barred
from docgen.batch import Made, OpenWorker
from docgen.bundles import Bundling, read_notes
from docgen.contest import Contests, unsent_files
from docgen.dispatch import Dispatcher, Halt, parcel_of, to_whom_it_has_not_reached
from docgen.draft import same_name, staged_path
from docgen.errors import AddressError, DocgenError, FileCollision, StoreError
from docgen.files import new_file, remove_file, remove_leftovers, sha256_of, writing
from docgen.job import EmailStep, NumberSpec
from docgen.matching import sending_of
from docgen.model import (
    ENDED,
    ArtifactNote,
    Asked,
    Delivery,
    Earlier,
    Fault,
    Item,
    ItemResult,
    ItemState,
    MessageClass,
    Moves,
    NewDelivery,
    NewItem,
    Outcome,
    Receipt,
    Record,
    Run,
    RunState,
    Wish,
)
from docgen.paging import each_delivery, each_item
from docgen.plan import Plan
from docgen.protocols import BatchTransport, Clock, Engine, Feature, Ledger, Source, Transport
from docgen.report import CHANGED, summarise, write_manifest, write_page, write_quarantine
from docgen.returnpath import ascii_return_path, make_return_path
from docgen.sendconfig import SendingConfig
from docgen.sending.allowances import Allowances
from docgen.sending.governor import Governor
from docgen.spool import Spool, data_sha256, dumps, loads
from docgen.suppression import lookups, reason_not_to_send
from docgen.tokens import Keys
from docgen.workshop import Task, Workshop

BATCH = 100
#: Records that the ledger is told of at once.
REGISTERED = 1000

Progress = Callable[[str, int, int | None], None]
"""Told of long work: the step, how many are done, how many there are (None: not known)."""


class WishHeard(Exception):
    """A person asks from another process that the run pauses or ends while records are merged."""

    def __init__(self, asked: Asked) -> None:
        """Keep whose wish it is."""
        super().__init__(asked)
        self.asked = asked

    @property
    def words(self) -> str:
        """What becomes of the run."""
        return "cancelled" if self.asked.wish is Wish.CANCEL else "paused"


class Refused(Exception):
    """Messages lack what their class must have: nothing of the run may go out."""

    def __init__(self, faults: Sequence[DocgenError]) -> None:
        """Keep what is wrong."""
        super().__init__(faults)
        self.faults = list(faults)


@dataclass
class Runner:
    """Carries one run.

    Attributes:
        run: as the ledger has it; its state is kept up to date.
        shop: compiled in this process, for numbers and small runs.
        reference: the ledger that knows what earlier runs delivered; in a dry run another one than `ledger`.
        source: open while records are taken and merged for the first time; None on resume.
        notice: told in a sentence what is waited for.
        sleep: waits for seconds, as `clock` counts them.
    """

    run: Run
    plan: Plan
    shop: Workshop
    ledger: Ledger
    reference: Ledger
    engine: Callable[[int], Engine]
    clock: Clock
    progress: Progress
    source: Source | None = None
    notice: Callable[[str], None] = lambda text: None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _records: deque[Record] = field(default_factory=deque)

    @property
    def folder(self) -> Path:
        """Where this run's files lie."""
        return self.run.folder

    @property
    def spool(self) -> Spool:
        """The records this run began with."""
        return Spool(self.folder / "work" / "records")

    # --- taking records ---

    def take(self, source: Source, only: Collection[str] | None = None, limit: int | None = None) -> None:
        """Copy the records of the source, so that a resume merges the same data.

        Args:
            source: read to its end.
            only: keys to take; None = all.
            limit: how many at most.
        """
        self.source = source
        # First: once the records are complete, a resume does not open the source again.
        self._write_bad_rows(source, only)
        total = None if only is not None or limit is not None else source.count()
        taken = 0
        for size in self.spool.write(_limited(_chosen(source.batches(BATCH), only), limit)):
            taken += size
            self.progress("reading", taken, total)

    def _write_bad_rows(self, source: Source, only: Collection[str] | None) -> None:
        path = self.folder / "work" / "bad-rows.jsonl"
        with new_file(path) as file:
            file.write(f"{dumps(list(source.columns))}\n".encode())
            for values, error in source.bad_rows():
                if only is None or error.key in only:
                    fault = error.as_fault()
                    file.write(f"{dumps([values, fault.code, fault.text, fault.field, fault.value])}\n".encode())

    def register(self) -> None:
        """Tell the ledger of every record taken."""
        new: list[NewItem] = []
        for batch in self.spool.batches():
            new += [NewItem(r.ordinal, r.key, data_sha256(r.values)) for r in batch]
            if len(new) >= REGISTERED:
                self.ledger.add_items(self.run.id, new)
                new = []
        if new:
            self.ledger.add_items(self.run.id, new)

    # --- merging ---

    def merge(self) -> None:
        """Make what is not made yet, until names and numbers of all items agree."""
        counts = self.ledger.count_items(self.run.id)
        total = sum(counts.values())
        self._merge(self.spool.batches() if counts.keys() == {ItemState.PLANNED} else self._planned(), total)
        rounds = 0
        while True:
            bad = [item.key for item in each_item(self.ledger, self.run.id, ItemState.QUARANTINED)]
            bad += self._quarantine_collisions()
            changed: set[str] = set()
            if self.plan.job.numbers and bad:
                self.ledger.release_numbers(self.run.id, bad)
                changed = {key for keys in self.ledger.close_gaps(self.run.id).values() for key in keys}
            if not changed:
                break
            self._merge(self._planned(), len(changed), "renumbering")
            rounds += 1
            if rounds > total:
                # Numbers only ever move down, so this cannot be; a ledger that says so must not keep us for ever.
                raise StoreError(
                    "the ledger never stops moving numbers", hint="nothing was delivered; please report it"
                )

    def _merge(self, batches: Iterable[list[Record]], total: int, step: str = "merging") -> None:
        tasks = self._tasks(batches)
        engine = self.engine(-(-total // BATCH))
        done = 0
        for made in engine.map(OpenWorker(self.plan), tasks):
            results = self._conclude(made)
            self.ledger.put_results(self.run.id, results)
            done += len(results)
            self.progress(step, done, total)
            self._heed_wishes()

    def _heed_wishes(self) -> None:
        if asked := self.ledger.asked(self.run.id):
            self.ledger.ask(self.run.id, None)
            raise WishHeard(asked)

    def _planned(self) -> Iterator[list[Record]]:
        """Yield the records that are not made yet."""
        for batch in self.spool.batches():
            first = batch[0].ordinal
            waiting = self.ledger.items(self.run.id, state=ItemState.PLANNED, after=first - 1, limit=len(batch))
            ordinals = {item.ordinal for item in waiting}
            if chosen := [record for record in batch if record.ordinal in ordinals]:
                yield chosen

    def remake_damaged(self) -> None:
        """Make again what the ledger has as made and the disk does not: a power cut may take what a kill leaves."""
        if damaged := self._damaged():
            self._merge(_chosen(self.spool.batches(), damaged), len(damaged), "making again")

    def _damaged(self) -> set[str]:
        damaged = set()
        for item in each_item(self.ledger, self.run.id, ItemState.READY):
            places = ((_places(self.folder, item, note), note.sha256) for note in item.artifacts)
            if not all(any(_is_whole(path, sha256) for path in paths) for paths, sha256 in places):
                damaged.add(item.key)
        for delivery in each_delivery(self.ledger, self.run.id):
            parcel = parcel_of(delivery, self.folder)
            if parcel.envelope and not all(_is_whole(file.path, file.sha256) for file in parcel.files):
                damaged.add(delivery.key)
        return damaged

    def _tasks(self, batches: Iterable[list[Record]]) -> Iterator[list[Task]]:
        for batch in batches:
            self._records.extend(batch)
            numbers = self._reserve(batch) if self.plan.job.numbers else {}
            yield [Task(record, numbers.get(record.key, self._no_numbers)) for record in batch]

    @property
    def _no_numbers(self) -> Mapping[str, str]:
        return dict.fromkeys(self.plan.job.numbers, "–")

    def _reserve(self, batch: Sequence[Record]) -> dict[str, dict[str, str]]:
        """Give a number to every record whose data is right; a faulty one must not use one up."""
        numbers: dict[str, dict[str, str]] = {}
        values = {}
        for record in batch:
            typed, faults = self.shop.read(Task(record, self._no_numbers))
            if not faults:
                values[record.key] = typed
        today = self.plan.started.date()
        for name, spec in self.plan.job.numbers.items():
            wanted = [(key, spec.sequence(_numbered_on(spec, typed, today))) for key, typed in values.items()]
            given = self.ledger.reserve_numbers(self.run.id, spec.pattern, wanted, spec.start)
            for key, (sequence, n) in given.items():
                numbers.setdefault(key, {})[name] = spec.number(sequence, n)
        return numbers

    def _conclude(self, batch: Sequence[Made]) -> list[ItemResult]:
        """Add to what the workers made what only this process knows: places of faults, what was delivered before."""
        if refusals := [fault for made in batch for fault in made.refusals]:
            raise Refused(refusals)
        identities = [delivery.identity for made in batch for delivery in made.result.deliveries]
        earlier = self.reference.earlier(identities) if identities else {}
        batch = self._to_the_others(batch)
        results = []
        for made in batch:
            record = self._records.popleft()
            faults = tuple(place_error(error, record, self.source).as_fault() for error in made.errors)
            if faults:
                results.append(replace(made.result, faults=faults))
            else:
                results.append(self._against_earlier(made.result, record, earlier))
        return results

    def _to_the_others(self, batch: Sequence[Made]) -> Sequence[Made]:
        """Leave out who got a copy of a message that its first recipient did not get."""
        several = {d.message_id for made in batch for d in made.result.deliveries if len(_addresses(d)) > 1}
        before = self.reference.deliveries_of(sorted(several)) if several else []
        if not before:
            return batch
        return [
            replace(
                made,
                result=replace(
                    made.result,
                    deliveries=tuple(to_whom_it_has_not_reached(each, before) for each in made.result.deliveries),
                ),
            )
            for made in batch
        ]

    def _against_earlier(self, result: ItemResult, record: Record, earlier: Mapping[str, Earlier]) -> ItemResult:
        deliveries = []
        for delivery in result.deliveries:
            before = earlier.get(delivery.identity)
            # A dry run has a ledger of its own, where its id says nothing about the real one's.
            if before is not None and (self.reference is not self.ledger or before.run != self.run.id):
                changed = before.data_sha256 != data_sha256(record.values)
                deliveries.append(replace(delivery, skip=_why_skipped(before, changed)))
            elif clash := self._folder_clash(delivery, result.key):
                return replace(result, artifacts=(), deliveries=(), faults=(clash,))
            else:
                deliveries.append(delivery)
        return replace(result, deliveries=tuple(deliveries)) if earlier else result

    def _folder_clash(self, delivery: NewDelivery, key: str) -> Fault | None:
        if delivery.transport != "folder" or self.plan.again:
            return None
        for file in delivery.payload["files"]:  # type: ignore[attr-defined]
            path = self.plan.config.outputs / delivery.recipient / file["name"]
            if path.exists() and sha256_of(path) != file["sha256"]:
                return FileCollision(
                    f"{path} is there already with other content",
                    key=key,
                    hint="move it away, or change `file:` of the document or `path:` of the folder",
                ).as_fault()
        return None

    def _quarantine_collisions(self) -> list[str]:
        """Set aside all items that share a file name; return their keys."""
        keys = []
        for document, name, sharing in self.ledger.file_collisions(self.run.id):
            results = []
            for ordinal, key in dict.fromkeys(sharing):
                others = [other for _, other in sharing if other != key]
                error = same_name(self.plan, document, name, others, key)
                results.append(ItemResult(ordinal, key, faults=(error.as_fault(),)))
                keys.append(key)
            self.ledger.put_results(self.run.id, results)
        return keys

    # --- publishing and delivering ---

    def publish(self) -> None:
        """Move the staged documents under their names; from here on they are final."""
        if self.plan.job.documents:
            with writing(self.folder / "documents"):
                (self.folder / "documents").mkdir(parents=True, exist_ok=True)
            for done, item in enumerate(each_item(self.ledger, self.run.id, ItemState.READY), start=1):
                for note in item.artifacts:
                    _publish(self.folder, item, note)
                self.progress("publishing", done, None)
        if hasattr(os, "sync"):
            os.sync()  # one for all: what is delivered from here on must be on the disk

    def bundle(self) -> None:
        """Make the job's bundles that are not there yet."""
        if self.plan.job.bundles:
            # Compiled anew: a resumed run's documents bear the date of its beginning.
            Bundling(Workshop(self.plan), self.ledger, self.progress).make()

    def deliver(self, transports: Mapping[str, Transport | BatchTransport]) -> None:
        """Deliver what is pending, step by step; leaves the run done or paused."""
        self.ledger.seal_numbers(self.run.id)
        self.set_state(RunState.DELIVERING)
        dispatcher = self._dispatcher()
        repeatable = {name for name, transport in transports.items() if Feature.IDEMPOTENT in transport.features}
        dispatcher.settle_leftovers(repeatable)
        contests = Contests(self.ledger, self.run, self.plan.job, self.why_not)
        contests.settle(self.clock())
        for name, transport in transports.items():
            if dispatcher.halt:
                break
            if isinstance(transport, Transport):
                governor = None if name in repeatable else self._governor()
                loops.run(dispatcher.send_each(transport, name, governor))
            else:
                dispatcher.send_batch(transport, name)
        dispatcher.halt.reason = dispatcher.halt.reason or contests.why_waiting(self.clock())
        dispatcher.halt_if_some_are_left()
        self._conclude_deliveries(dispatcher.halt)

    def _conclude_deliveries(self, halt: Halt) -> None:
        if halt.broken is not None:
            # Without the ledger nothing can be noted either; the run stays as it stands there.
            with suppress(StoreError):
                self.set_state(RunState.PAUSED, halt.reason)
            raise halt.broken
        if halt.cancelled:
            self.set_state(RunState.CANCELLED, halt.reason)
        else:
            self.set_state(RunState.PAUSED if halt else RunState.DONE, halt.reason)
        if halt.interrupted:
            raise KeyboardInterrupt

    def _dispatcher(self) -> Dispatcher:
        settled = 0

        def on_settled(delivery: Delivery, receipt: Receipt) -> None:
            nonlocal settled
            settled += 1
            self.progress("delivering", settled, None)

        return Dispatcher(
            ledger=self.ledger,
            run=self.run.id,
            folder=self.folder,
            clock=self.clock,
            why_not=self.why_not,
            on_settled=on_settled,
            pause_after=self.plan.job.policy.pause_after_failures,
            return_path=self._return_path(),
            sleep=self.sleep,
            tell=self.notice,
            longest_wait=self._longest_wait(),
        )

    def _longest_wait(self) -> timedelta | None:
        rules = self.plan.config.email.sending
        minutes = rules.longest_wait_minutes if rules else None
        return None if minutes is None else timedelta(minutes=minutes)

    def _return_path(self) -> Callable[[Delivery], str] | None:
        """Return what makes a message's own return path, so that its bounces tell which one they are of."""
        bounce = self.plan.config.email.bounce
        if bounce is None:
            return None
        base, keys = ascii_return_path(bounce.address), Keys.parse(bounce.key.get_secret_value())
        return lambda delivery: make_return_path(base, sending_of(delivery), keys)

    def _governor(self) -> Governor | None:
        """Return what says when messages may go; None where nobody has asked for anything."""
        rules = self.plan.config.email.sending
        steps = [step for step in self.plan.job.deliver if isinstance(step, EmailStep)]
        starts = {step.name: step.start_at for step in steps if step.start_at}
        if rules is None and not starts and not self.allowances.longest:
            return None
        return Governor(
            rules or SendingConfig(),
            random.random,
            starts_at=starts,
            allowances=self.allowances,
            judges=rules is not None,
            tries=self.ledger.tries(self.run.id),
            has_zones=any(step.timezone for step in steps),
        )

    @cached_property
    def allowances(self) -> Allowances:
        """What the mail accounts may still carry; the transport and whoever lets messages go look at the same."""
        return Allowances(self.plan.config.email.ways_out, self.clock)

    def why_not(self, deliveries: Sequence[Delivery]) -> list[str]:
        """Ask once more before claims: people unsubscribe while a run is under way."""
        secret = self.plan.config.email.erasure_key
        keys = Keys.parse(secret.get_secret_value()) if secret else None
        addresses = [_addresses(delivery) for delivery in deliveries]
        forms = [form for each in addresses for address in each for form in lookups(address, keys)]
        if not forms:
            return [""] * len(deliveries)
        marketing = self.plan.job.message_class is MessageClass.MARKETING
        suppressed = self.reference.suppressed(forms)
        if not suppressed and not marketing:
            return [""] * len(deliveries)
        consents = self.reference.consents(forms) if marketing else ()
        return [
            reason_not_to_send(
                recipients,
                self.plan.job.message_class,
                suppressed,
                consent if isinstance(consent := delivery.payload.get("consent"), bool) else None,
                topic=self.plan.job.topic,
                consents=consents,
                keys=keys,
            )
            if recipients
            else ""
            for delivery, recipients in zip(deliveries, addresses, strict=True)
        ]

    def skip_barred(self) -> None:
        """Settle what would be skipped as things stand: for a dry run, which has a ledger of its own."""
        for page in barred(self.ledger, self.run.id, self.why_not):
            self.ledger.move(Moves(skipped=[(each.id, reason) for each, reason in page]), self.clock())

    # --- ending ---

    def finish(self) -> None:
        """Write manifest, quarantine file and page; an ended run is told to the ledger and loses its staging folder."""
        _remove_leftovers(self.folder)
        bundles = read_notes(self.folder)
        write_manifest(self.ledger, self.run, self.folder / "manifest.jsonl", bundles)
        if self.has_records:
            columns, bad = self._bad_rows()
            write_quarantine(bad, columns, self.folder / "quarantine.csv")
        title = self.plan.job.title or self.plan.job.name
        page = self.folder / "report.html"
        write_page(self.ledger, summarise(self.ledger, self.run, title), page, bundles)
        if self.run.state in ENDED:
            # After the files: a run that the ledger calls ended has them, whole, whenever docgen was killed.
            self.ledger.set_state(self.run.id, self.run.state, self.run.note, self.run.finished)
            for path in unsent_files(self.ledger, self.run.id):
                remove_file(self.folder / path)
            clear_staging(self.folder, messages=self.plan.mail_transport.startswith("outbox"))

    def _bad_rows(self) -> tuple[list[str], Iterator[tuple[Mapping[str, object], Sequence[Fault]]]]:
        path = self.folder / "work" / "bad-rows.jsonl"
        with path.open(encoding="utf-8") as file:
            columns = loads(file.readline())
            rows = [loads(line) for line in file]
        assert isinstance(columns, list)

        def each() -> Iterator[tuple[Mapping[str, object], Sequence[Fault]]]:
            for row in rows:
                assert isinstance(row, list)
                values, *fault = row
                yield values, [Fault(*fault)]
            yield from self._quarantined_rows()

        return columns, each()

    def _quarantined_rows(self) -> Iterator[tuple[Mapping[str, object], Sequence[Fault]]]:
        if not self.ledger.count_items(self.run.id).get(ItemState.QUARANTINED):
            return
        for batch in self.spool.batches():
            first = batch[0].ordinal
            bad = self.ledger.items(self.run.id, state=ItemState.QUARANTINED, after=first - 1, limit=len(batch))
            faults = {item.ordinal: item.faults for item in bad}
            for record in batch:
                if record.ordinal in faults:
                    yield record.values, faults[record.ordinal]

    @property
    def has_bad_rows(self) -> bool:
        """Whether rows were left out because of their keys."""
        if not self.has_records:
            return False
        path = self.folder / "work" / "bad-rows.jsonl"
        with path.open(encoding="utf-8") as file:
            return sum(1 for _ in islice(file, 2)) > 1

    @property
    def has_records(self) -> bool:
        """False in a run that had ended and goes on: bundles and the rows that were set aside are files already."""
        return (self.folder / "work" / "bad-rows.jsonl").exists()

    def set_state(self, state: RunState, note: str = "") -> None:
        """Move the run on, in the ledger and here; of its end the ledger hears from `finish`."""
        if state not in ENDED:
            self.ledger.set_state(self.run.id, state, note)
        self.run = replace(self.run, state=state, note=note, finished=self.clock() if state in ENDED else None)


def _addresses(delivery: Delivery | NewDelivery) -> list[str]:
    """Return whom a message goes to; nobody where it is none."""
    envelope = delivery.payload.get("envelope")
    return list(envelope["recipients"]) if isinstance(envelope, dict) else []


def place_error(error: DocgenError, record: Record, source: Source | None) -> DocgenError:
    """Add file, row and column of the value at fault, where they are known.

    An address is a fault of the data wherever it is printed: its row helps more than the template's line.
    """
    if source is not None and error.field and (error.where is None or isinstance(error, AddressError)):
        error.where = source.locate(record, error.field) or error.where
    return error


def _chosen(batches: Iterable[list[Record]], keys: Collection[str] | None) -> Iterator[list[Record]]:
    for batch in batches:
        if chosen := batch if keys is None else [record for record in batch if record.key in keys]:
            yield chosen


def _limited(batches: Iterable[list[Record]], limit: int | None) -> Iterator[list[Record]]:
    left = limit
    for batch in batches:
        if left is None:
            yield batch
            continue
        if left <= 0:
            return
        yield batch[:left]
        left -= len(batch)


def _why_skipped(before: Earlier, changed: bool) -> str:
    if before.outcome is None:
        return f"the run {before.run} broke off while delivering it: docgen resume {before.run}"
    if before.outcome is Outcome.UNKNOWN:
        return f"the run {before.run} may have delivered it already: the outcome is unknown"
    when = f" on {before.settled:%Y-%m-%d}" if before.settled else ""
    text = f"delivered already by the run {before.run}{when}"
    return f"{text}{CHANGED}" if changed else text


def _numbered_on(spec: NumberSpec, values: Mapping[str, object], today: date) -> date:
    found = values.get(spec.date) if spec.date else today
    return found if isinstance(found, date) else today


def clear_staging(folder: Path, *, messages: bool) -> None:
    """Remove what only an open run needs; of messages, too, where the outbox has them all."""
    if messages:
        shutil.rmtree(folder / "messages", ignore_errors=True)
    shutil.rmtree(folder / "work", ignore_errors=True)
    _remove_leftovers(folder)


def _remove_leftovers(folder: Path) -> None:
    for place in (folder, folder / "messages", folder / "outbox", folder / "print", folder / "bundles"):
        remove_leftovers(place)


def _places(folder: Path, item: Item, note: ArtifactNote) -> tuple[Path, Path]:
    """Return where a document waits, and where it is published."""
    return folder / staged_path(item.ordinal, note.document, note.file_name), folder / "documents" / note.file_name


def _is_whole(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256


def _publish(folder: Path, item: Item, note: ArtifactNote) -> None:
    staged, final = _places(folder, item, note)
    if staged.exists():
        with writing(final):
            staged.replace(final)
