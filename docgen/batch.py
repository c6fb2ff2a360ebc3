"""Floor 3, work: from a record to its documents, messages and planned deliveries.

A `Workshop` compiles everything once and then makes items, in this process or in a worker. It writes staged files
and nothing else: no ledger, no transport, no clock of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from babel.core import Locale, UnknownLocaleError

from docgen.address import parse_mailbox, postal_lines
from docgen.dispatch import payload_of
from docgen.errors import (
    AddressError,
    DocgenError,
    Faults,
    MissingValue,
    RecordError,
    RenderError,
    TextMissing,
    WrongValue,
)
from docgen.fields import read_values
from docgen.files import inside, safe_name, write_atomically
from docgen.job import DocumentSpec, EmailStep, FolderStep, PrintStep, Step
from docgen.kinds import Kind
from docgen.merge import Compiled, Expression, Merger, build_context
from docgen.message import build_message, make_message_id
from docgen.model import (
    Artifact,
    ArtifactNote,
    Envelope,
    Format,
    ItemResult,
    NewDelivery,
    Recipient,
    Record,
    StagedFile,
    Where,
)
from docgen.plan import Plan, kind_of, merge_specs
from docgen.protocols import Prepared, PreparedMail
from docgen.template import Template

log = logging.getLogger("docgen")

Context = Mapping[str, object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """A record to make documents for, and the numbers reserved for it: field -> number as printed."""

    record: Record
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a task: the result, and the errors that quarantine it."""

    result: ItemResult
    errors: tuple[DocgenError, ...] = ()
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)


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


def flatten(error: DocgenError) -> tuple[DocgenError, ...]:
    """Return the single faults of an error."""
    return error.faults if isinstance(error, Faults) else (error,)


@dataclass(frozen=True)
class StepTexts:
    """The compiled texts of one deliver step."""

    step: Step
    when: Expression | None
    texts: Mapping[str, Compiled]


class Workshop:
    """Makes the items of one plan. Build it once per process; `faults` says what does not compile."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.bench = Bench()
        self.specs, self.required = merge_specs(plan.templates)
        self._plain = Merger(None, "none", plan.config.limits, plan.job.policy.missing, plain=True)
        self.prepared: dict[str, Prepared] = {}
        self.mails: dict[str, PreparedMail] = {}
        self.names: dict[str, Compiled] = {}
        for name, document in self.documents.items():
            self._prepare_document(name, document)
        self.steps = [self._prepare_step(at, step) for at, step in enumerate(plan.job.deliver)]
        self.locale = self._compile(plan.job.locale, ("locale",))
        self.consent = self._expression(plan.job.consent, ("consent",)) if plan.job.consent else None

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
        return self.plan.config.company.model_dump()

    @cached_property
    def sender(self) -> Recipient:
        config = self.plan.config
        return parse_mailbox(config.email.from_ or f"{config.company.name} <{config.company.email}>")

    def _prepare_document(self, name: str, document: DocumentSpec) -> None:
        template = self.plan.templates[document.template]
        make = self.plan.tools.renderers.get((template.body.suffix, _made_as(template, document)))
        if make is not None:
            limits, missing = self.plan.config.limits, self.plan.job.policy.missing
            prepared = self.bench.attempt(lambda: make(template, limits, missing))
            if prepared is not None:
                self.prepared[name] = prepared
        compiled = self._compile(document.file, ("documents", name, "file"))
        if compiled is not None:
            self.names[name] = compiled

    def _prepare_step(self, position: int, step: Step) -> StepTexts:
        path = ("deliver", position, step.channel)
        when = self._expression(step.when, (*path, "when")) if step.when else None
        match step:
            case EmailStep():
                sources = {"to": step.to, "cc": step.cc, "bcc": step.bcc, "reply_to": step.reply_to}
                self._prepare_mail(step, path)
            case PrintStep():
                sources = {"address": step.address}
            case FolderStep():
                sources = {"path": step.path}
        texts = {key: self._compile(text, (*path, key)) for key, text in sources.items() if text}
        return StepTexts(step, when, {key: text for key, text in texts.items() if text is not None})

    def _prepare_mail(self, step: EmailStep, path: tuple[str | int, ...]) -> None:
        template = self.plan.templates.get(step.template)
        if template is None:
            return
        limits, missing = self.plan.config.limits, self.plan.job.policy.missing
        prepared = self.bench.attempt(
            lambda: self.plan.tools.prepare_mail(template, limits, missing, step.subject), self.plan.job.where(*path)
        )
        if prepared is not None:
            self.mails[step.name] = prepared

    def _compile(self, text: str, path: tuple[str | int, ...]) -> Compiled | None:
        return self.bench.attempt(lambda: self._plain.compile(text, self.plan.job.where(*path)))

    def _expression(self, text: str, path: tuple[str | int, ...]) -> Expression | None:
        return self.bench.attempt(lambda: self._plain.expression(text, self.plan.job.where(*path)))

    # --- once per record ---

    def __call__(self, tasks: Sequence[Task]) -> list[Made]:
        """Make the items of a batch. A record that fails fails alone."""
        drafts = [_Draft(self, task) for task in tasks]
        for draft in drafts:
            draft.attempt(draft.merge)
        self._convert(drafts)
        for draft in drafts:
            if not draft.errors:
                draft.attempt(draft.plan_deliveries)
        return [draft.made() for draft in drafts]

    def read(self, task: Task) -> tuple[dict[str, object], list[DocgenError]]:
        """Return a record's values, typed, and every fault in them."""
        job = self.plan.job
        raw = {**job.values, **task.record.values, **task.numbers}
        values, faults = read_values(raw, self.specs, job.data.input_locale, task.record.key, self.required)
        if job.policy.missing == "blank":
            return values, [fault for fault in faults if not isinstance(fault, MissingValue)]
        return values, list(faults)

    def _convert(self, drafts: Sequence[_Draft]) -> None:
        """Turn the Word documents that are wanted as PDF into PDF, all in one call."""
        pending = [(draft, name) for draft in drafts if not draft.errors for name in draft.to_convert]
        if not pending:
            return
        converted = self.plan.tools.convert_to_pdf([draft.artifacts[name] for draft, name in pending])
        for (draft, name), outcome in zip(pending, converted, strict=True):
            if isinstance(outcome, RenderError):
                draft.fail(outcome)
            else:
                draft.artifacts[name] = replace(outcome, file_name=draft.file_names[name])


def _made_as(template: Template, document: DocumentSpec) -> Format:
    """Return the format that the renderer itself makes: a Word body becomes PDF by way of DOCX."""
    if template.body.suffix == ".docx" and document.format is Format.PDF:
        return Format.DOCX
    return document.format


class _Draft:
    """One record on its way through the workshop."""

    def __init__(self, shop: Workshop, task: Task) -> None:
        self.shop = shop
        self.plan = shop.plan
        self.task = task
        self.record = task.record
        self.errors: list[DocgenError] = []
        self.locale = ""
        self.values: dict[str, object] = {}
        self.context: Context = {}
        self.artifacts: dict[str, Artifact] = {}
        self.file_names: dict[str, str] = {}
        self.to_convert: list[str] = []
        self.deliveries: list[NewDelivery] = []
        self._computed: dict[str, Context] = {}

    def attempt(self, step: Callable[[], None]) -> None:
        """Run a step; what fails belongs to this record alone."""
        try:
            step()
        except DocgenError as error:
            self.fail(error)
        except Exception as error:
            # A fault of ours on one record must not keep the other customers from their documents.
            log.exception("action=merge run=%s item=%s", self.plan.run, self.record.key)
            self.fail(RenderError(f"docgen failed on this record: {type(error).__name__}: {error}"))

    def fail(self, error: DocgenError) -> None:
        """Quarantine this record."""
        for fault in flatten(error):
            fault.key = fault.key or self.record.key
            self.errors.append(fault)

    # --- merging ---

    def merge(self) -> None:
        """Render every document."""
        self.values, faults = self.shop.read(self.task)
        self.errors.extend(faults)
        if self.errors:
            return
        self.locale = self._locale()
        names = {doc.template: None for doc in self.shop.documents.values()}
        computed: dict[str, object] = {}
        for name in names:
            computed.update(self._compute(kind_of(self.plan.templates[name])))
        self.context = self._context({**self.values, **computed}, {})
        for name, document in self.shop.documents.items():
            self.attempt(lambda name=name, document=document: self._render(name, document))  # type: ignore[misc]

    def _locale(self) -> str:
        assert self.shop.locale is not None
        context = {**self.plan.job.values, **self.values, "company": self.shop.company}
        text = self.shop.locale.render(context).strip().replace("-", "_")
        try:
            return str(Locale.parse(text))
        except (ValueError, UnknownLocaleError) as cause:
            raise WrongValue("locale", text, "a language, such as en or de") from cause

    def _compute(self, kind: Kind) -> Context:
        if kind.name not in self._computed:
            today = self.plan.started.date()
            self._computed[kind.name] = kind.compute(self.values, self.shop.company, today)
        return self._computed[kind.name]

    def _context(self, values: Context, texts: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
        return build_context(
            values,
            locale=self.locale,
            company=self.shop.company,
            today=self.plan.started.date(),
            texts=texts,
            extra=self.plan.job.values,
        )

    def template_context(self, template: Template) -> dict[str, object]:
        """Return what this template sees."""
        if template.texts and not {self.locale, self.locale.split("_")[0]} & template.texts.keys():
            raise TextMissing(
                f"the template {template.name} has no texts in the language {self.locale}",
                where=template.where("texts"),
                hint=f"it has: {', '.join(sorted(template.texts))}",
            )
        return self._context({**self.values, **self._compute(kind_of(template))}, template.texts)

    def _render(self, name: str, document: DocumentSpec) -> None:
        template = self.plan.templates[document.template]
        made = self.shop.prepared[name].render(self.template_context(template))
        if made.media_type != _media_type(document.format):
            self.to_convert.append(name)
        self.file_names[name] = self._file_name(name, document)
        self.artifacts[name] = replace(made, file_name=self.file_names[name])

    def _file_name(self, name: str, document: DocumentSpec) -> str:
        wanted = self.shop.names[name].render(self.context)
        return safe_name(f"{wanted}.{document.format}", fallback=f"{name} {self.record.key}")

    # --- planning deliveries ---

    def plan_deliveries(self) -> None:
        """Stage the files and list who gets what."""
        for name, artifact in self.artifacts.items():
            self._write(self._staged(name, artifact), artifact.content)
        for texts in self.shop.steps:
            if texts.when is None or texts.when.test(self.context):
                self.attempt(lambda texts=texts: self._plan_step(texts))  # type: ignore[misc]

    def _plan_step(self, texts: StepTexts) -> None:
        rendered = {key: text.render(self.context).strip() for key, text in texts.texts.items()}
        match texts.step:
            case EmailStep() as step:
                delivery = self._plan_email(step, rendered)
            case PrintStep() as step:
                delivery = self._plan_print(step, rendered)
            case FolderStep() as step:
                delivery = self._plan_folder(step, rendered)
        if delivery is not None:
            self.deliveries.append(delivery)

    def _plan_email(self, step: EmailStep, rendered: Mapping[str, str]) -> NewDelivery:
        plan, job = self.plan, self.plan.job
        people = {key: split_mailboxes(rendered.get(key, "")) for key in ("to", "cc", "bcc")}
        if not people["to"]:
            raise AddressError(
                f'the step "{step.name}" has no recipient', hint="give it `when:` with the address field"
            )
        sender = parse_mailbox(step.from_) if step.from_ else self.shop.sender
        edition = f"{job.edition}#{plan.run}" if plan.again else job.edition
        message_id = make_message_id(job.name, edition, self.record.key, step.name, sender.address.rpartition("@")[2])
        template = plan.templates[step.template]
        reply_to = rendered.get("reply_to") or plan.config.email.reply_to
        content, envelope = build_message(
            self.shop.mails[step.name].render(self.template_context(template)),
            sender=sender,
            to=people["to"],
            cc=people["cc"],
            bcc=people["bcc"],
            reply_to=parse_mailbox(reply_to) if reply_to else None,
            attachments=[self.artifacts[name] for name in step.attach if name in self.artifacts],
            date=plan.started,
            message_id=message_id,
            message_class=job.message_class,
            language=self.locale,
            redirect_to=parse_mailbox(plan.config.email.redirect_to) if plan.config.email.redirect_to else None,
        )
        return self._email_delivery(step, people["to"][0].address, content, envelope, message_id)

    def _email_delivery(
        self, step: EmailStep, recipient: str, content: bytes, envelope: Envelope, message_id: str
    ) -> NewDelivery:
        message = Artifact(content, "message/rfc822", safe_name(f"{self.record.key} {recipient}.eml", "message"))
        path = Path("messages") / safe_name(f"{self.record.ordinal:06}-{step.name}.eml", "message")
        self._write(path, content)
        payload = dict(payload_of([_staged_file(path, message)], envelope=envelope))
        if self.shop.consent is not None:
            payload["consent"] = self.shop.consent.test(self.context)
        transport = self.plan.mail_transport
        identity = self.plan.identity(self.record.key, step.name, transport)
        return NewDelivery(step.name, transport, recipient, identity, payload, message_id=message_id)

    def _plan_print(self, step: PrintStep, rendered: Mapping[str, str]) -> NewDelivery | None:
        names = (
            step.documents
            if step.documents is not None
            else [name for name, artifact in self.artifacts.items() if artifact.media_type == _media_type(Format.PDF)]
        )
        lines = self._address(rendered.get("address"))
        payload = payload_of(
            self._published(names),
            sort=[_as_text(self.context.get(column)) for column in step.sort],
            address=lines,
        )
        transport = f"print:{step.name}"
        identity = self.plan.identity(self.record.key, step.name, "print")
        return NewDelivery(step.name, transport, lines[0] if lines else self.record.key, identity, payload)

    def _address(self, text: str | None) -> list[str]:
        if text is not None:
            return [line.strip() for line in text.splitlines() if line.strip()]
        return list(postal_lines(self.context, self.plan.config.company.country, self.plan.config.company.language))

    def _plan_folder(self, step: FolderStep, rendered: Mapping[str, str]) -> NewDelivery:
        names = step.documents if step.documents is not None else list(self.artifacts)
        inside(self.plan.config.outputs, rendered["path"])
        identity = self.plan.identity(self.record.key, step.name, "folder")
        return NewDelivery(step.name, "folder", rendered["path"], identity, payload_of(self._published(names)))

    def _published(self, names: Sequence[str]) -> list[StagedFile]:
        return [
            _staged_file(Path("documents") / self.artifacts[name].file_name, self.artifacts[name])
            for name in names
            if name in self.artifacts
        ]

    def _staged(self, name: str, artifact: Artifact) -> Path:
        return staged_path(self.record.ordinal, name, artifact.file_name)

    def _write(self, path: Path, content: bytes) -> None:
        if self.plan.folder is not None:
            # Not forced to disk one by one: a crash before the run delivers makes them again.
            write_atomically(self.plan.folder / path, content, durable=False)

    def made(self) -> Made:
        """Return what came of it."""
        result = ItemResult(self.record.ordinal, self.record.key, locale=self.locale)
        if self.errors:
            return Made(result, tuple(self.errors))
        notes = tuple(self._notes())
        artifacts = self.artifacts if self.plan.folder is None and not self.plan.run else {}
        return Made(replace(result, artifacts=notes, deliveries=tuple(self.deliveries)), (), artifacts)

    def _notes(self) -> Iterator[ArtifactNote]:
        for name, artifact in self.artifacts.items():
            template = self.plan.templates[self.shop.documents[name].template]
            yield ArtifactNote(
                document=name,
                file_name=artifact.file_name,
                media_type=artifact.media_type,
                sha256=artifact.sha256,
                size=len(artifact.content),
                pages=artifact.pages,
                template=template.name,
                template_sha256=template.sha256,
            )


def staged_path(ordinal: int, document: str, file_name: str) -> Path:
    """Return where a document waits until the whole run is merged, relative to the run's folder."""
    suffix = Path(file_name).suffix
    return Path("work") / "documents" / f"{ordinal // 1000:05}" / f"{ordinal}-{safe_name(document, 'document')}{suffix}"


def _staged_file(path: Path, artifact: Artifact) -> StagedFile:
    return StagedFile(path, artifact.file_name, artifact.media_type, artifact.sha256, artifact.pages)


def _media_type(format_: Format) -> str:
    from docgen.model import MEDIA_TYPES

    return MEDIA_TYPES[format_]


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


def split_mailboxes(text: str) -> list[Recipient]:
    """Read `A <a@example.com>, b@example.com`; a comma inside a name does not part.

    Raises:
        AddressError: one of them is no address.
    """
    mailboxes, rest = [], ""
    for part in text.split(","):
        rest = f"{rest},{part}" if rest else part
        if "@" in part:
            mailboxes.append(parse_mailbox(rest.strip()))
            rest = ""
    if rest.strip():
        mailboxes.append(parse_mailbox(rest.strip()))
    return mailboxes


__all__ = ["Made", "RecordError", "Task", "Workshop", "flatten", "split_mailboxes", "staged_path"]
