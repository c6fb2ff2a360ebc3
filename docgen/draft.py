"""Floor 3, work: one record on its way: values, contexts, documents, messages, planned deliveries.

Stages files below the run's folder and touches nothing else. What fails belongs to this record alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from babel.core import Locale, UnknownLocaleError

from docgen.address import parse_mailbox, postal_lines, read_address
from docgen.dispatch import payload_of
from docgen.dkim import sign_message
from docgen.errors import (
    AddressError,
    DocgenError,
    FieldMissing,
    FileCollision,
    LeftOut,
    RecordError,
    RenderError,
    TextMissing,
    UnsafePath,
    WriteError,
    WrongValue,
    flatten,
)
from docgen.files import inside, is_full, is_lasting, safe_name, write_staged
from docgen.job import DocumentSpec, EmailStep, FolderStep, PrintStep, Version
from docgen.kinds import Kind
from docgen.merge import Compiled, build_context
from docgen.message import Letterhead, build_message, make_list_id, make_message_id, write_message
from docgen.model import (
    MEDIA_TYPES,
    Artifact,
    ArtifactNote,
    Envelope,
    Format,
    ItemResult,
    Mail,
    Making,
    MessageClass,
    NewDelivery,
    Recipient,
    StagedFile,
)
from docgen.optout import LINKS, WaysOut
from docgen.plan import Plan, kind_of
from docgen.recipients import read_mailboxes
from docgen.sending.hours import zone_of
from docgen.template import Template
from docgen.tokens import Wish
from docgen.variants import draw
from docgen.workshop import MAILBOXES, BundleTexts, StepTexts, Task, Workshop

log = logging.getLogger("docgen")

Context = Mapping[str, object]

#: Below the run's folder.
_MESSAGES = Path("messages")


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A message that was made: for those who look it over before anything is sent."""

    step: EmailStep
    template: str
    mail: Mail
    letterhead: Letterhead
    size: int


class Draft:
    """One record on its way through the workshop."""

    def __init__(self, shop: Workshop, task: Task) -> None:
        self.shop = shop
        self.plan = shop.plan
        self.task = task
        self.record = task.record
        self.errors: list[DocgenError] = []
        self.locale = ""
        self.segment = ""
        self.values: dict[str, object] = {}
        self.context: Context = {}
        self.artifacts: dict[str, Artifact] = {}
        self.file_names: dict[str, str] = {}
        self.to_convert: list[str] = []
        self.left_out = False
        self.deliveries: list[NewDelivery] = []
        self.written: list[WrittenMail] = []
        self._computed: dict[str, Context] = {}

    def attempt(self, step: Callable[[], object]) -> None:
        """Run a step; what fails belongs to this record alone."""
        try:
            step()
        except LeftOut:
            self._leave_out()
        except DocgenError as error:
            if isinstance(error, WriteError) and is_lasting(error):
                raise  # no fault of this record: the next one would fare no better
            self.fail(error)
        except Exception as error:
            if is_full(error):
                raise WriteError("the disk is full", hint="free some space") from error
            # A fault of ours on one record must not keep the other customers from their documents.
            log.exception("action=merge run=%s item=%s", self.plan.run, self.record.key)
            self.fail(RenderError(f"docgen failed on this record: {type(error).__name__}: {error}"))

    def _leave_out(self) -> None:
        """Make nothing of this record: a kind has no document for it, such as a reminder of what is paid."""
        self.left_out = True
        self.artifacts.clear()
        self.deliveries.clear()

    def fail(self, error: DocgenError) -> None:
        """Quarantine this record."""
        for fault in flatten(error):
            fault.key = fault.key or self.record.key
            if str(fault) not in map(str, self.errors):  # two documents of one template have the same faults
                self.errors.append(fault)

    # --- merging ---

    def merge(self) -> None:
        """Work out values and language, and render every document."""
        self.prepare()
        if not self.errors and not self.left_out:
            self.render()

    def prepare(self) -> None:
        """Work out what the documents are made of: values, language, computed fields."""
        self.values, faults = self.shop.read(self.task)
        self.errors.extend(faults)
        if self.errors:
            return
        self.locale = self._locale()
        templates = [self.plan.templates[doc.template] for doc in self.shop.documents.values()]
        templates += [texts.template for texts in self.shop.bundles if texts.template is not None]
        computed: dict[str, object] = {}
        try:
            for template in templates:
                computed.update(self._compute(kind_of(template)))
        except LeftOut:
            self._leave_out()
            return
        self.context = self._context({**self.values, **computed}, {})
        if self.plan.job.segments:
            self.segment = self.shop.segment_of(self.context)
            self.values["segment"] = self.segment
            self.context = {**self.context, "segment": self.segment}

    def render(self) -> None:
        """Render every document."""
        for name, document in self.shop.documents.items():
            self.attempt(partial(self._render, name, document))
        for texts in self.shop.bundles:
            self.attempt(partial(self._try_bundle, texts))

    def _locale(self) -> str:
        assert self.shop.locale is not None
        context = {**self.plan.job.values, **self.values, "company": self.shop.company}
        text = self.shop.locale.render(context).strip().replace("-", "_")
        try:
            return identifier_of(text)
        except (ValueError, UnknownLocaleError) as cause:
            error = WrongValue("locale", text, "a language, such as en or de")
            error.field = origin_of(self.shop.locale, text, context)
            error.where = None if error.field else self.shop.locale.where
            raise error from cause

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
            merge_record=self.record.ordinal + 1,
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
        try:
            made = self.shop.prepared[name].render(self.template_context(template))
        except LeftOut:
            self.left_out = True
            return
        if made.media_type != MEDIA_TYPES[document.format]:
            self.to_convert.append(name)
        self.file_names[name] = self._file_name(name, document)
        self.artifacts[name] = replace(made, file_name=self.file_names[name])

    def _try_bundle(self, texts: BundleTexts) -> None:
        """Fill in a bundle's template for this record alone: what fails must fail before anything is delivered."""
        if self._examine_bundle(texts) and texts.template is not None and texts.prepared is not None:
            with suppress(LeftOut):
                texts.prepared.render(self.template_context(texts.template))

    def _examine_bundle(self, texts: BundleTexts) -> bool:
        if texts.template is not None:
            self.template_context(texts.template)
        return texts.when is None or texts.when.test(self.context)

    def _file_name(self, name: str, document: DocumentSpec) -> str:
        wanted = self.shop.names[name].render(self.context)
        return safe_name(f"{wanted}.{document.format}", fallback=f"{name} {self.record.key}")

    # --- planning deliveries ---

    def plan_deliveries(self) -> None:
        """Stage the files and list who gets what: nobody anything, where a template leaves the record out."""
        if self.left_out:
            self.artifacts.clear()
            return
        self._protect()
        for name, artifact in self.artifacts.items():
            self._write(self._staged(name, artifact), artifact.content)
        for texts in self.shop.steps:
            if texts.when is None or texts.when.test(self.context):
                self.attempt(partial(self._plan_step, texts))

    def _protect(self) -> None:
        """Encrypt the documents of which the job says so."""
        for name, document in self.shop.documents.items():
            wanted = document.protect
            if wanted is None or name not in self.artifacts:
                continue
            password = self.shop.passwords[name].render(self.context).strip() if wanted.open_password else ""
            if wanted.open_password and not password:
                place = self.plan.job.where("documents", name, "protect", "open_password")
                raise RecordError("the password is empty, so anyone could open the document", where=place)
            locked = self.plan.tools.protect_pdf(
                self.artifacts[name].content, password, wanted.owner_password or "", wanted.permissions
            )
            self.artifacts[name] = replace(self.artifacts[name], content=locked)

    def examine(self) -> None:
        """Work out, instead of `render` and `plan_deliveries`, all that is said in the job; make nothing."""
        for name, document in self.shop.documents.items():
            self.attempt(partial(self._examine_document, name, document))
        for bundle in self.shop.bundles:
            self.attempt(partial(self._examine_bundle, bundle))
        for texts in self.shop.steps:
            self.attempt(partial(self._examine_step, texts))

    def _examine_document(self, name: str, document: DocumentSpec) -> None:
        self.template_context(self.plan.templates[document.template])
        self.file_names[name] = self._file_name(name, document)

    def _examine_step(self, texts: StepTexts) -> None:
        if texts.when is not None and not texts.when.test(self.context):
            return
        rendered = self._rendered(texts)
        match texts.step:
            case EmailStep() as step:
                for version in step.versions:
                    self.template_context(self.plan.templates[version.template])
                self._people(step, texts, rendered)
                self._zone(step, texts, rendered)
            case PrintStep():
                self._address(rendered.get("address"))
            case FolderStep():
                self._check_path(texts, rendered["path"])

    def _rendered(self, texts: StepTexts) -> dict[str, str]:
        return {key: text.render(self.context).strip() for key, text in texts.texts.items()}

    def _plan_step(self, texts: StepTexts) -> None:
        rendered = self._rendered(texts)
        delivery: NewDelivery | None
        match texts.step:
            case EmailStep() as step:
                delivery = self._plan_email(step, texts, rendered)
            case PrintStep() as step:
                delivery = self._plan_print(step, rendered)
            case FolderStep() as step:
                self._check_path(texts, rendered["path"])
                delivery = self._plan_folder(step, rendered)
        if delivery is not None:
            self.deliveries.append(delivery)

    def _people(
        self, step: EmailStep, texts: StepTexts, rendered: Mapping[str, str]
    ) -> tuple[dict[str, list[Recipient]], Recipient | None]:
        """Return `to`, `cc` and `bcc`, and who gets the answers."""
        people: dict[str, list[Recipient]] = {key: [] for key in MAILBOXES}
        for key in [key for key in MAILBOXES if key in rendered]:
            with self._from(texts, key):
                people[key] = read_mailboxes(rendered[key])
        if not people["to"]:
            raise AddressError(
                f'the step "{step.name}" has no recipient',
                where=self.plan.job.where_step(step.name, "to"),
                hint="give it `when:` with the address field",
            )
        answers = people.pop("reply_to")
        default = self.plan.config.email.reply_to
        return people, answers[0] if answers else configured_mailbox(default) if default else None

    @contextmanager
    def _from(self, texts: StepTexts, key: str) -> Iterator[None]:
        """Say which field of the record, or else which text of the job, a wrong address or path comes from."""
        try:
            yield
        except (AddressError, UnsafePath) as error:
            if key in texts.texts and not error.field:
                error.field = origin_of(texts.texts[key], error.value, self.context)
            if not error.field:
                error.where = self.plan.job.where_step(texts.step.name, key)
            raise

    def _check_path(self, texts: StepTexts, path: str) -> None:
        with self._from(texts, "path"):
            inside(self.plan.config.outputs, path)

    def _plan_email(self, step: EmailStep, texts: StepTexts, rendered: Mapping[str, str]) -> NewDelivery:
        plan, job = self.plan, self.plan.job
        people, reply_to = self._people(step, texts, rendered)
        redirect_to = plan.config.email.redirect_to
        sender = configured_mailbox(step.from_) if step.from_ else self.shop.sender
        domain = sender.address.rpartition("@")[2]
        ways_out = self._ways_out(people["to"][0], reply_to or sender)
        letterhead = Letterhead(
            sender=sender,
            to=people["to"],
            cc=people["cc"],
            bcc=people["bcc"],
            reply_to=reply_to,
            date=plan.started,
            message_id=self._message_id(step, domain),
            message_class=job.message_class,
            language=self.locale,
            redirect_to=configured_mailbox(redirect_to) if redirect_to else None,
            testers=plan.testers,
            unsubscribe=ways_out.uris,
            list_id=make_list_id(job.name, domain) if self._is_marketing else "",
        )
        drawn = self._draw(step)
        versions = [each for each in step.versions if not drawn or each.name == drawn]
        messages = {}
        for each in versions:
            variant = each.name if plan.testers else ""
            head = replace(letterhead, message_id=self._message_id(step, domain, variant)) if variant else letterhead
            messages[each.name] = self._write_mail(step, each, head, ways_out)
        delivery = self._email_delivery(step, letterhead, messages, drawn)
        zone = self._zone(step, texts, rendered)
        return replace(delivery, payload={**delivery.payload, "timezone": zone}) if zone else delivery

    def _zone(self, step: EmailStep, texts: StepTexts, rendered: Mapping[str, str]) -> str:
        """Return the recipient's time zone, "" where nothing is said of it."""
        try:
            return zone_of(rendered.get("timezone", ""))
        except WrongValue as error:
            error.field = origin_of(texts.texts["timezone"], error.value, self.context)
            error.where = None if error.field else self.plan.job.where_step(step.name, "timezone")
            raise

    def _message_id(self, step: EmailStep, domain: str, variant: str = "") -> str:
        """Return the Message-ID: of trials and tests one of their own, since a mailbox shows only one of several alike.

        A test sends all variants to the same people; of a run, each recipient gets one.
        """
        plan, job = self.plan, self.plan.job
        own = " ".join(filter(None, (plan.own_edition, variant)))
        edition = f"{job.edition}#{own}" if own else job.edition
        return make_message_id(job.name, edition, self.record.key, step.name, domain, self.shop.message_id_keys)

    def _draw(self, step: EmailStep) -> str:
        """Return the variant that this record tests; "" where all are made: it waits, or this is a preview."""
        test, job = step.ab_test, self.plan.job
        if test is None or not self.plan.run:
            return ""
        return draw((job.name, job.edition, step.name), self.record.key, list(test.variants), test.share)

    def _write_mail(
        self, step: EmailStep, version: Version, letterhead: Letterhead, ways_out: WaysOut
    ) -> tuple[bytes, Envelope]:
        mail = self._render_mail(step, version, ways_out)
        attachments = [self.artifacts[name] for name in step.attach if name in self.artifacts]
        write = build_message if self.plan.job.engine is Making.REFERENCE else write_message
        content, envelope = write(mail, letterhead, attachments)
        if signers := self.shop.signers_of(letterhead.sender):
            content = sign_message(content, signers, self.plan.started)
        self.written.append(WrittenMail(step, version.template, mail, letterhead, len(content)))
        return content, envelope

    def _render_mail(self, step: EmailStep, version: Version, ways_out: WaysOut) -> Mail:
        context = self.template_context(self.plan.templates[version.template])
        if version.name:
            context["variant"] = version.name
        try:
            return self.shop.mails[step.name, version.name].render({**context, **ways_out.links})
        except FieldMissing as error:
            error.hint = LINKS.get(error.field, error.hint)
            raise

    def _ways_out(self, recipient: Recipient, answers: Recipient) -> WaysOut:
        """Return what the message offers to who wants no more: nothing, unless it is marketing."""
        job = self.plan.job
        if not self._is_marketing:
            return WaysOut()
        return self.shop.exits.of(Wish(recipient.address, job.message_class, job.topic), answers.address)

    @property
    def _is_marketing(self) -> bool:
        return self.plan.job.message_class is MessageClass.MARKETING

    def _email_delivery(
        self, step: EmailStep, letterhead: Letterhead, messages: Mapping[str, tuple[bytes, Envelope]], drawn: str
    ) -> NewDelivery:
        recipient = letterhead.to[0].address
        files = [self._stage_message(step, recipient, name, content) for name, (content, _) in messages.items()]
        if drawn:
            files = [replace(file, variant="") for file in files]
        _, envelope = next(iter(messages.values()))
        payload = dict(payload_of(files, envelope=envelope))
        if self.shop.consent is not None:
            payload["consent"] = self.shop.consent.test(self.context)
        transport = self.plan.mail_transport
        if step.ab_test is not None:
            payload["test"] = self.plan.identity("", step.name, transport)
        identity = self.plan.identity(self.record.key, step.name, transport)
        message_id = letterhead.message_id
        return NewDelivery(step.name, transport, recipient, identity, payload, message_id=message_id, variant=drawn)

    def _stage_message(self, step: EmailStep, recipient: str, variant: str, content: bytes) -> StagedFile:
        message = Artifact(content, "message/rfc822", safe_name(f"{self.record.key} {recipient}.eml", "message"))
        name = f"{step.name}={variant}" if variant else step.name
        path = _MESSAGES / safe_name(f"{self.record.ordinal:06}-{name}.eml", "message")
        self._write(path, content)
        return _staged_file(path, message, variant)

    def _plan_print(self, step: PrintStep, rendered: Mapping[str, str]) -> NewDelivery | None:
        names = (
            step.documents
            if step.documents is not None
            else [name for name in self.artifacts if self._can_be_printed(name)]
        )
        lines = self._address(rendered.get("address"))
        payload = payload_of(
            self._published(names),
            sort=[_as_text(self.context.get(column)) for column in step.sort],
            address=lines,
        )
        transport = f"print:{step.name}"
        identity = self.plan.identity(self.record.key, step.name, "print")
        return NewDelivery(step.name, transport, _addressee(self.context, lines) or self.record.key, identity, payload)

    def _can_be_printed(self, name: str) -> bool:
        is_pdf = self.artifacts[name].media_type == MEDIA_TYPES[Format.PDF]
        return is_pdf and self.shop.documents[name].protect is None

    def _address(self, text: str | None) -> list[str]:
        if text is not None:
            return [line.strip() for line in text.splitlines() if line.strip()]
        company, complete = self.plan.config.company, self.plan.job.policy.missing == "error"
        return list(postal_lines(self.context, company.country, company.language, complete=complete))

    def _plan_folder(self, step: FolderStep, rendered: Mapping[str, str]) -> NewDelivery:
        names = step.documents if step.documents is not None else list(self.artifacts)
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
            # A crash before the run delivers makes them again.
            write_staged(self.plan.folder / path, content)

    def result(self) -> ItemResult:
        """Return what the ledger keeps of it."""
        record, made = self.record, not self.errors
        return ItemResult(
            record.ordinal,
            record.key,
            artifacts=tuple(self._notes()) if made else (),
            deliveries=tuple(self.deliveries) if made else (),
            locale=self.locale,
            segment=self.segment,
        )

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


@lru_cache(maxsize=256)
def identifier_of(locale: str) -> str:
    """Return Babel's name of a language: `pt_BR`, `sr_Latn`.

    Raises:
        ValueError: it is no such name.
        UnknownLocaleError: Babel knows no such language.
    """
    return str(Locale.parse(locale))


@lru_cache(maxsize=16)
def configured_mailbox(text: str) -> Recipient:
    """Return a mailbox that configuration or job names: the same for every record. Raises as `parse_mailbox`."""
    return parse_mailbox(text)


def staged_path(ordinal: int, document: str, file_name: str) -> Path:
    """Return where a document waits until the whole run is merged, relative to the run's folder."""
    suffix = Path(file_name).suffix
    return Path("work") / "documents" / f"{ordinal // 1000:05}" / f"{ordinal}-{safe_name(document, 'document')}{suffix}"


def _staged_file(path: Path, artifact: Artifact, variant: str = "") -> StagedFile:
    return StagedFile(path, artifact.file_name, artifact.media_type, artifact.sha256, artifact.pages, variant)


def origin_of(text: Compiled, value: str, context: Context) -> str:
    """Return the field that a text has a wrong value from, "" where that is not certain."""
    fields = {name: context.get(name) for name in sorted(text.fields)}
    found = [name for name, field in fields.items() if value and isinstance(field, str) and value in field]
    found = found or [name for name, field in fields.items() if field is None or not str(field).strip()]
    found = found or [name for name, field in fields.items() if isinstance(field, str) and not field.isprintable()]
    return found[0] if len(found) == 1 else ""


def same_name(plan: Plan, document: str, name: str, others: Sequence[str], key: str) -> FileCollision:
    """Return the fault of a record whose document has the name of another one's."""
    those = ", ".join(others) or "another document of this record"
    return FileCollision(
        f'the {document} would be named "{name}", like that of {those}',
        where=plan.job.where("documents", document, "file"),
        key=key,
        hint=f"put the key into `file:` of the document {document}",
    )


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


def _addressee(values: Mapping[str, object], lines: Sequence[str]) -> str:
    """Return who a postal address is of. Names stand first in it, but in Japan and its like, where they stand last."""
    address = read_address(values)
    return next((name for name in (address.name, address.company) if name in lines), lines[0] if lines else "")
