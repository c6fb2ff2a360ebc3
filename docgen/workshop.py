"""Floor 3, work: everything of a plan that does not depend on the record, compiled once per process.

Writes nothing and knows no ledger; what fails to compile is collected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import TypeVar

from docgen.address import parse_mailbox
from docgen.dkim import Signer
from docgen.errors import DocgenError, MissingValue, flatten
from docgen.fields import read_values
from docgen.files import safe_name
from docgen.headers import ascii_domain
from docgen.job import BundleSpec, DocumentSpec, EmailStep, FolderStep, PrintStep, Step, Version
from docgen.merge import Compiled, Expression, Merger
from docgen.model import Format, Recipient, Record, Where
from docgen.optout import Exits
from docgen.plan import Plan, merge_specs
from docgen.protocols import Prepared, PreparedMail
from docgen.recipients import mark_value
from docgen.template import Template
from docgen.tokens import Keys

T = TypeVar("T")

#: Keys of an e-mail step that name people.
MAILBOXES = ("to", "cc", "bcc", "reply_to")


@dataclass(frozen=True, slots=True)
class Task:
    """A record to make documents for, and the numbers reserved for it: field -> number as printed."""

    record: Record
    numbers: Mapping[str, str] = field(default_factory=dict)


class Bench:
    """Collects faults while compiling, so that all of a job's are reported together."""

    def __init__(self) -> None:
        self.faults: list[DocgenError] = []

    def attempt(self, make: Callable[[], T], where: Where | None = None) -> T | None:
        """Return what `make` makes, or None and remember why."""
        try:
            return make()
        except DocgenError as error:
            for fault in flatten(error):
                self.faults.append(fault.placed(where) if where and not fault.where else fault)
            return None


@dataclass(frozen=True)
class StepTexts:
    """The compiled texts of one deliver step."""

    step: Step
    when: Expression | None
    texts: Mapping[str, Compiled]


@dataclass(frozen=True)
class BundleTexts:
    """A bundle of the job, compiled.

    Attributes:
        name: its key in the job.
        file: its file's name, of the job's constants, the company and the day.
        template: what is filled in for all records; None for a bundle of a document's files.
        prepared: the template, compiled; None where it cannot be.
    """

    name: str
    spec: BundleSpec
    when: Expression | None
    file: Compiled | None
    constants: Mapping[str, object]
    template: Template | None = None
    prepared: Prepared | None = None

    def file_name(self, today: date) -> str:
        """Return the name of the file.

        Raises:
            TemplateError: it asks for what is not there, such as a field of a record.
        """
        wanted = self.file.render({**self.constants, "today": today}) if self.file is not None else ""
        return safe_name(f"{wanted or self.name}.{self.spec.format}", fallback=self.name)


class Workshop:
    """Makes the items of one plan. Build it once per process; `faults` says what does not compile."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.bench = Bench()
        self.specs, self.required = merge_specs(plan.templates)
        self._plain = Merger(None, "none", plan.config.limits, plan.job.policy.missing, plain=True)
        self._mailboxes = Merger(None, "none", plan.config.limits, plan.job.policy.missing, plain=True)
        self._mailboxes.environment.hand_values_to(mark_value)
        self.prepared: dict[str, Prepared] = {}
        self.mails: dict[tuple[str, str], PreparedMail] = {}
        self.names: dict[str, Compiled] = {}
        self.passwords: dict[str, Compiled] = {}
        for name, document in self.documents.items():
            self._prepare_document(name, document)
        self.steps = [self._prepare_step(at, step) for at, step in enumerate(plan.job.deliver)]
        self.bundles = [
            self._prepare_bundle(name, bundle)
            for name, bundle in plan.job.bundles.items()
            if bundle.document is None or bundle.document in self.documents
        ]
        self.locale = self._compile(plan.job.locale, ("locale",))
        compiled = {name: self._expression(text, ("segments", name)) for name, text in plan.job.segments.items()}
        self.segments = {name: expression for name, expression in compiled.items() if expression is not None}
        self.consent = self._expression(plan.job.consent, ("consent",)) if plan.job.consent else None
        self.signers = self._open_signers()

    # --- once per run ---

    @cached_property
    def documents(self) -> dict[str, DocumentSpec]:
        """The job's documents that can be made here and whose templates are there."""
        plan = self.plan
        return {
            name: document
            for name, document in plan.job.documents.items()
            if document.template in plan.templates and name not in plan.left_out
        }

    @cached_property
    def company(self) -> Mapping[str, object]:
        """What templates see as `company`."""
        return self.plan.config.company.model_dump()

    @cached_property
    def sender(self) -> Recipient:
        """Who messages come from where a step does not say."""
        config = self.plan.config
        return parse_mailbox(config.email.from_ or f"{config.company.name} <{config.company.email}>")

    def _open_signers(self) -> list[Signer]:
        if not self.mails:
            return []
        place = self.plan.config.where("email", "dkim")
        opened = [self.bench.attempt(key.open, place) for key in self.plan.config.email.dkim]
        return [signer for signer in opened if signer is not None]

    def signers_of(self, sender: Recipient) -> list[Signer]:
        """Return whose signatures a message from this address bears: those that DMARC takes for its domain's."""
        domain = ascii_domain(sender.address).rpartition("@")[2]
        return [signer for signer in self.signers if signer.is_aligned(domain)]

    @cached_property
    def exits(self) -> Exits:
        """Where those turn to who want no more marketing."""
        config, trial = self.plan.config.email.unsubscribe, self.plan.is_for_show
        if config is None:
            return Exits(trial=trial)
        address = parse_mailbox(config.address).address if config.address else ""
        keys = Keys.parse(config.key.get_secret_value())
        return Exits(config.url or "", address, config.preferences or "", keys, trial)

    @cached_property
    def message_id_keys(self) -> Keys | None:
        """What makes Message-IDs hard to guess: the first key there is for what comes back."""
        email = self.plan.config.email
        found = next((config.key for config in (email.bounce, email.unsubscribe) if config is not None), None)
        return Keys.parse(found.get_secret_value()) if found is not None else None

    def _prepare_document(self, name: str, document: DocumentSpec) -> None:
        template = self.plan.templates[document.template]
        make = self.plan.tools.renderers.get((template.body.suffix, _made_as(template, document)))
        if make is not None:
            job, limits = self.plan.job, self.plan.config.limits
            prepared = self.bench.attempt(lambda: make(template, limits, job.policy.missing, job.engine))
            if prepared is not None:
                self.prepared[name] = prepared
        compiled = self._compile(document.file, ("documents", name, "file"))
        if compiled is not None:
            self.names[name] = compiled
        if document.protect is not None and document.protect.open_password is not None:
            path = ("documents", name, "protect", "open_password")
            password = self._compile(document.protect.open_password, path)
            if password is not None:
                self.passwords[name] = password

    def _prepare_bundle(self, name: str, bundle: BundleSpec) -> BundleTexts:
        job, limits = self.plan.job, self.plan.config.limits
        template = self.plan.templates.get(bundle.template or "")
        make = self.plan.tools.renderers.get((template.body.suffix, Format.DOCX)) if template else None
        prepared = None
        if make is not None:
            prepared = self.bench.attempt(lambda: make(template, limits, job.policy.missing, job.engine))
        return BundleTexts(
            name,
            bundle,
            when=self._expression(bundle.when, ("bundles", name, "when")) if bundle.when else None,
            file=self._compile(bundle.file, ("bundles", name, "file")) if bundle.file else None,
            constants={**job.values, "company": self.company, "edition": job.edition},
            template=template,
            prepared=prepared,
        )

    def _prepare_step(self, position: int, step: Step) -> StepTexts:
        path = ("deliver", position, step.channel)
        when = self._expression(step.when, (*path, "when")) if step.when else None
        match step:
            case EmailStep():
                sources = {"to": step.to, "cc": step.cc, "bcc": step.bcc, "reply_to": step.reply_to}
                sources["timezone"] = step.timezone
                self._prepare_mail(step, path)
            case PrintStep():
                sources = {"address": step.address}
            case FolderStep():
                sources = {"path": step.path}
        compilers = dict.fromkeys(MAILBOXES, self._compile_mailboxes)
        texts = {key: compilers.get(key, self._compile)(text, (*path, key)) for key, text in sources.items() if text}
        return StepTexts(step, when, {key: text for key, text in texts.items() if text is not None})

    def _prepare_mail(self, step: EmailStep, path: tuple[str | int, ...]) -> None:
        for version in step.versions:
            prepared = self.bench.attempt(partial(self._prepare_version, version), self.plan.job.where(*path))
            if prepared is not None:
                self.mails[step.name, version.name] = prepared

    def _prepare_version(self, version: Version) -> PreparedMail | None:
        template, job = self.plan.templates.get(version.template), self.plan.job
        if template is None:
            return None
        limits = self.plan.config.limits
        return self.plan.tools.prepare_mail(template, limits, job.policy.missing, version.subject, job.engine)

    def _compile(self, text: str, path: tuple[str | int, ...]) -> Compiled | None:
        return self.bench.attempt(lambda: self._plain.compile(text, self.plan.job.where(*path)))

    def _compile_mailboxes(self, text: str, path: tuple[str | int, ...]) -> Compiled | None:
        return self.bench.attempt(lambda: self._mailboxes.compile(text, self.plan.job.where(*path)))

    def _expression(self, text: str, path: tuple[str | int, ...]) -> Expression | None:
        return self.bench.attempt(lambda: self._plain.expression(text, self.plan.job.where(*path)))

    # --- once per record ---

    def read(self, task: Task) -> tuple[dict[str, object], list[DocgenError]]:
        """Return a record's values, typed, and every fault in them."""
        job = self.plan.job
        raw = {**job.values, **task.record.values, **task.numbers}
        values, faults = read_values(raw, self.specs, job.data.input_locale, task.record.key, self.required)
        faults = [fault for fault in faults if not (isinstance(fault, MissingValue) and fault.field in job.assigned)]
        if job.policy.missing == "blank":
            return values, [fault for fault in faults if not isinstance(fault, MissingValue)]
        return values, list(faults)

    def segment_of(self, context: Mapping[str, object]) -> str:
        """Return the first segment whose expression holds, "" where none does."""
        return next((name for name, expression in self.segments.items() if expression.test(context)), "")


def _made_as(template: Template, document: DocumentSpec) -> Format:
    """Return the format that the renderer itself makes: a Word body becomes PDF by way of DOCX."""
    if template.body.suffix == ".docx" and document.format is Format.PDF:
        return Format.DOCX
    return document.format
