"""Floor 3, work: every record of a job through all that can go wrong before a document is made, nothing kept.

Every record is read, and its language, file names, conditions, addresses and folders are worked out. The first record
of each language is made as a whole, since what fails in a template fails for all of that language. Knows no ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import PurePath
from unicodedata import normalize

from docgen.config import TransportName
from docgen.draft import Draft, WrittenMail, same_name
from docgen.errors import AddressError, DocgenError, MailError, MissingValue, RecordError
from docgen.headers import ascii_domain
from docgen.mailcheck import Duties, Finding, examine, examine_sender
from docgen.model import Record, Where
from docgen.protocols import Source
from docgen.workshop import Task, Workshop

Progress = Callable[[str, int, int | None], None]
BATCH = 500


class Rehearsal:
    """Checks the records of one job; `faults` has what was found, in order of the records."""

    def __init__(self, shop: Workshop, source: Source, *, whole: bool) -> None:
        """Begin.

        Args:
            shop: built from the plan, which keeps nothing: its `folder` is None.
            source: the records.
            whole: go beyond the values; False where job or templates have faults, which every record would repeat.
        """
        self.shop = shop
        self.source = source
        self.whole = whole
        self.faults: list[DocgenError] = []
        self._rendered: set[str] = set()
        self._names: dict[tuple[str, str], str] = {}
        self.notes: list[str] = []
        self.segments: Counter[str] = Counter()
        self._told: dict[tuple[object, ...], DocgenError] = {}
        self._counter = count()

    def run(self, progress: Progress) -> list[DocgenError]:
        """Check all records; return the faults: those of keys first."""
        self.faults += self.source.key_faults()
        total, done = self.source.count(), 0
        for batch in self.source.batches(BATCH):
            for record in batch:
                for fault in self._check(record):
                    self._tell(fault, record)
            done += len(batch)
            progress("checking", done, total)
        return self.faults

    @property
    def in_segments(self) -> dict[str, int]:
        """How many records each segment of the job has, those of none last; empty where there are no segments."""
        names = self.shop.plan.job.segments
        rest = {"": self.segments[""]} if self.segments[""] and names else {}
        return {name: self.segments[name] for name in names} | rest

    def _check(self, record: Record) -> Iterator[DocgenError]:
        task = Task(record, self._numbers())
        if not self.whole:
            yield from filter(self._is_own, self.shop.read(task)[1])
            return
        draft = Draft(self.shop, task)
        draft.attempt(draft.prepare)
        if not draft.errors and not draft.left_out:
            if draft.locale in self._rendered:
                draft.examine()
            else:
                draft.attempt(draft.render)
                if not draft.errors:
                    draft.attempt(draft.plan_deliveries)
                if not any(isinstance(error, RecordError | AddressError) for error in draft.errors):
                    # Also when it failed: a fault of the template would be the same for every record.
                    self._rendered.add(draft.locale)
        self.segments[draft.segment] += 1
        yield from draft.errors
        for written in draft.written:
            yield from self._examine(written)
        yield from self._collisions(draft)

    def _examine(self, written: WrittenMail) -> Iterator[DocgenError]:
        """Look a made message over; notes are kept, faults are yielded."""
        plan = self.shop.plan
        template = plan.templates[written.template]
        where = Where(template.where().file and str(PurePath(template.where().file or "").parent / template.body.name))
        company = plan.config.company
        ways_out, signed = written.letterhead.unsubscribe, self.shop.exits.keys is not None
        duties = Duties(plan.job.message_class, company.street, company.city, ways_out, signed)
        for finding in examine(written.mail, written.size, duties):
            if finding.fault:
                yield MailError(finding.text, where=where, hint=finding.hint)
            else:
                self._note(finding, where)
        self._examine_sender(written)

    def _examine_sender(self, written: WrittenMail) -> None:
        config, sender = self.shop.plan.config.email, written.letterhead.sender
        sends, signs = config.transport is TransportName.SMTP, bool(self.shop.signers_of(sender))
        domain = ascii_domain(sender.address).rpartition("@")[2].lower()
        for finding in examine_sender(domain, sends=sends, host=config.host or "", signs=signs):
            self._note(finding, self.shop.plan.job.where_step(written.step.name))
        for position, key in enumerate(config.dkim):
            if key.is_exposed():
                hint = f"chmod 600 {key.key_file}"
                finding = Finding("others on this machine can read the private key, or put another in its place", hint)
                self._note(finding, self.shop.plan.config.where("email", "dkim", position))

    def _note(self, finding: Finding, where: Where) -> None:
        note = f"{where}: {finding.text}" + (f"; {finding.hint}" if finding.hint else "")
        if note not in self.notes:
            self.notes.append(note)

    def _is_own(self, fault: DocgenError) -> bool:
        """Leave out what follows from a column that is not there at all: that is told once."""
        return not isinstance(fault, MissingValue) or fault.field.split("[")[0].split(".")[0] in self._supplied

    @property
    def _supplied(self) -> set[str]:
        job = self.shop.plan.job
        return {*self.source.columns, *job.values, *job.numbers}

    def _numbers(self) -> dict[str, str]:
        """Return numbers as they might be, each record its own, so that names made of them differ."""
        job, today, n = self.shop.plan.job, self.shop.plan.started.date(), next(self._counter)
        return {name: spec.number(spec.sequence(today), spec.start + n) for name, spec in job.numbers.items()}

    def _collisions(self, draft: Draft) -> Iterator[DocgenError]:
        for document, name in draft.file_names.items():
            first = self._names.setdefault((document, normalize("NFC", name.casefold())), draft.record.key)
            if first != draft.record.key:
                yield same_name(self.shop.plan, document, name, [first], draft.record.key)

    def _tell(self, fault: DocgenError, record: Record) -> None:
        if fault.where is None and fault.field:
            fault.where = self.source.locate(record, fault.field)
        in_job = fault.where is not None and fault.where.file == self.shop.plan.job.where().file
        if isinstance(fault, RecordError) and not in_job:
            self.faults.append(fault)
            return
        # What is wrong in a template or the job is wrong for many records: told once.
        same = (fault.code, fault.where, fault.problem)
        if same not in self._told:
            self._told[same] = fault
            self.faults.append(fault)
