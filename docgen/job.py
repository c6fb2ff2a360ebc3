"""Floor 1, rules: a job file, one YAML that names data, documents and how each customer gets them.

Keeps every Jinja text and expression as it stands; compiling and template folders are the plan's business. Opens no
data and knows nothing of config.yaml.
"""

from __future__ import annotations

import codecs
import datetime
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, field_validator, model_validator

from docgen.errors import DocgenError, JobError
from docgen.jobrules import cross_check
from docgen.keytypes import LocaleId, Mailbox, Moment, Names
from docgen.model import Format, Making, MessageClass, Where
from docgen.strict import FileModel, StrictModel
from docgen.validation import collect, raise_in_order
from docgen.yamltree import load_yaml


class EnvelopeProfile(StrEnum):
    """Where an envelope's window shows the address."""

    DIN_5008_A = "din-5008-a"
    DIN_5008_B = "din-5008-b"
    SWISS_LEFT = "swiss-left"
    SWISS_RIGHT = "swiss-right"
    FRANCE_RIGHT = "france-right"
    US_10 = "us-10"
    US_10_DOUBLE = "us-10-double"


def _check_encoding(name: str) -> str:
    try:
        "".encode(name)  # some codecs are not for text
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError("{value} is not an encoding; utf-8, utf-16, windows-1252, windows-1257, ...") from None


def _check_quote(text: str) -> str:
    if len(text) > 1:
        raise ValueError("{value} is not one character; write '' where nothing is quoted")
    return text


def _check_delimiter(text: str) -> str:
    text = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(text) != 1:
        raise ValueError('{value} is not one character; use ";", "," or "tab"')
    return text


class TableSpec(StrictModel):
    """One table of the data. `customers: data/customers.csv` is short for `customers: {file: data/customers.csv}`."""

    shorthand: ClassVar[str] = "file"

    file: str | None = Field(
        None, description="File, `file.xlsx#Sheet` or pattern `orders/*.csv`, relative to the job file."
    )
    url: str | None = Field(None, repr=False, description="Database URL, best as a variable: ${SHOP_DB}.")
    query: str | None = Field(None, description="With url: the SQL to run there.")
    table: str | None = Field(None, description="With url: the table to read whole.")
    encoding: Annotated[str, AfterValidator(_check_encoding)] | None = Field(
        None, description="Encoding of a text file; found by itself without it."
    )
    delimiter: Annotated[str, AfterValidator(_check_delimiter)] | None = Field(
        None, description='What parts columns, one character or "tab"; found by itself.'
    )
    quote: Annotated[str, AfterValidator(_check_quote)] | None = Field(
        None, description="Quoting character of a text file, '' for none; found by itself."
    )
    header: bool = Field(True, description="The first row holds the column names.")

    @model_validator(mode="after")
    def _check_origin(self) -> Self:
        if (self.file is None) == (self.url is None):
            raise ValueError("a table comes either from a file or from a url")
        if self.url is None and (self.query or self.table):
            raise ValueError("query and table go with url; for a file, select in `records`")
        if self.url is not None and (self.query is None) == (self.table is None):
            raise ValueError("a url needs either a query or a table")
        return self


class NestSpec(StrictModel):
    """Rows of another table that become a list in each record."""

    table: str = Field(description="Name of the table whose rows are taken.")
    on: Names = Field(description="Column or columns that are equal in the record and in the rows.")
    order_by: Names = Field((), description="Column or columns to sort the rows by.")


class DataSpec(StrictModel):
    """Where the records come from."""

    tables: dict[str, TableSpec] = Field(min_length=1, description="Name -> source; each is a table for SQL.")
    records: str | None = Field(
        None, description="SQL over the tables that gives one row per record; default: the only table."
    )
    key: str = Field(description="Column that names a record for ever: an order or customer number.")
    nest: dict[str, NestSpec] = Field(
        default_factory=dict, description="Field name -> rows of another table as a list."
    )
    input_locale: LocaleId = Field("en", description="How the data writes numbers and dates: de, en_US, ...")


def _check_pattern(pattern: str) -> str:
    try:
        parts = [(name, spec) for _, name, spec, _ in string.Formatter().parse(pattern) if name is not None]
    except ValueError:
        raise ValueError("{value} has a brace without its partner; write INV-{year}-{n:05}") from None
    names = [name for name, _ in parts]
    if "{{" in pattern or "}}" in pattern:
        raise ValueError("{value} has double braces; a number takes single ones, as in INV-{year}-{n:05}")
    if names.count("n") != 1:
        raise ValueError("{value} must hold {n} exactly once; write INV-{year}-{n:05}")
    unknown = sorted(set(names) - {"n", "year", "month"})
    if unknown:
        raise ValueError(f"a number cannot hold {{{unknown[0]}}}; only {{n}}, {{year}} and {{month}}")
    if not all(re.fullmatch(r"(0[1-9][0-9]?)?", spec or "") for _, spec in parts):
        raise ValueError("{value} has a width that cannot be read; {n:05} means five digits")
    return pattern


class NumberSpec(StrictModel):
    """A gapless number. `number: "INV-{year}-{n:05}"` is short for `number: {pattern: "INV-{year}-{n:05}"}`."""

    shorthand: ClassVar[str] = "pattern"

    pattern: Annotated[str, AfterValidator(_check_pattern)] = Field(
        description="The number with {n}, {n:05} for five digits, and {year}, {month} if wanted."
    )
    start: int = Field(1, ge=0, description="The first number of a new sequence.")
    date: str | None = Field(None, description="Date field that gives year and month; default: the run's date.")

    def sequence(self, day: datetime.date) -> str:
        """Return what a number of this day has before {n}; with {n} and what follows, where something does."""
        width = {name: spec for _, name, spec, _ in string.Formatter().parse(self.pattern) if name}
        month = f"{day.month:{width.get('month') or '02'}}"
        marked = re.sub(r"\{n(:[0-9]*)?\}", "\0", self.pattern)
        text = marked.format(year=format(day.year, width.get("year") or ""), month=month)
        before, _, after = text.partition("\0")
        return f"{before}{{n}}{after}" if after else before

    def number(self, sequence: str, n: int) -> str:
        """Return the n-th number of a sequence, which need not be of today's."""
        spec = next(spec for _, name, spec, _ in string.Formatter().parse(self.pattern) if name == "n")
        digits = format(n, spec or "")
        return sequence.replace("{n}", digits) if "{n}" in sequence else sequence + digits


class ProtectSpec(StrictModel):
    """A PDF that asks for a password, or forbids what may be done with it; AES-256."""

    open_password: str | None = Field(
        None, min_length=1, repr=False, description="Asked for when the file is opened, as Jinja text."
    )
    owner_password: str | None = Field(
        None, min_length=1, repr=False, description="Opens it without restrictions, best as a variable: ${PDF_OWNER}."
    )
    permissions: tuple[Literal["print", "copy", "change", "comment", "fill"], ...] = Field(
        ("print", "copy"), description="What readers may do: print, copy, change, comment, fill."
    )


class DocumentSpec(StrictModel):
    """One document made for every record."""

    template: str = Field(description="Name of a folder in templates/.")
    format: Format = Field(description="What to make of it, of what the template's body can become.")
    file: str = Field(min_length=1, description="File name without ending, as Jinja text.")
    optional: bool = Field(
        False, description="Leave the document out where the program it needs (LibreOffice) is not installed."
    )
    protect: ProtectSpec | None = Field(None, description="Encrypt the PDF: with a password, or with restrictions.")

    @model_validator(mode="after")
    def _check_protection(self) -> Self:
        if self.protect is not None and self.format is not Format.PDF:
            raise ValueError("only PDF can be protected")
        return self


class BundleSpec(StrictModel):
    """One file made once per run, of all records together."""

    document: str | None = Field(None, description="Document of this job whose files are joined.")
    template: str | None = Field(None, description="Word template that is filled in for all records, such as labels.")
    format: Literal[Format.DOCX, Format.PDF] = Field(description="What to make: docx or pdf.")
    file: str = Field("", description="File name without ending, as Jinja text without fields; default: its name.")
    sort: Names = Field((), description="Fields to sort the records by; default: the order of the data.")
    when: str | None = Field(None, description="Expression, without braces; the bundle is of records where it holds.")

    @model_validator(mode="after")
    def _check_origin(self) -> Self:
        if (self.document is None) == (self.template is None):
            raise ValueError("a bundle is made either of a document or of a template")
        return self


class VariantSpec(StrictModel):
    """What differs in one variant of a message; what is not said is as in the step."""

    subject: str | None = Field(None, description="Subject as Jinja text; default: the step's.")
    template: str | None = Field(None, description="Template of the message's body; default: the step's.")


class AbTest(StrictModel):
    """Send variants of a message to a part of the recipients, and the one that did best to the rest."""

    variants: dict[str, VariantSpec] = Field(description="Name -> what differs; templates see the name as `variant`.")
    share: int = Field(ge=1, le=100, description="Percent of the recipients that the test goes to.")
    winner: Literal["person", "most-replies", "fewest-bounces", "fewest-complaints", "fewest-unsubscribes"] = Field(
        "person", description="Which variant the rest gets: one that a person names, or the best by this measure."
    )
    wait_hours: float = Field(
        24, ge=0, description="Hours after the last message of the test before the measure decides."
    )

    @field_validator("variants", mode="before")
    @classmethod
    def _take_empty_ones(cls, data: Any) -> Any:
        return {name: value or {} for name, value in data.items()} if isinstance(data, Mapping) else data

    @model_validator(mode="after")
    def _check_variants(self) -> Self:
        if len(self.variants) < 2:
            raise ValueError("a test needs at least two variants")
        return self


@dataclass(frozen=True, slots=True)
class Version:
    """A message of a step as it is made; `name` is that of its variant, "" where there is no test."""

    name: str
    template: str
    subject: str | None


class EmailStep(StrictModel):
    """Send a message."""

    channel: ClassVar[str] = "email"

    name: str = Field("email", description="Name of this step in reports; needed when two steps are of one sort.")
    when: str | None = Field(None, description="Expression, without braces; the step is for records where it holds.")
    to: str = Field(min_length=1, description="Recipients as Jinja text, parted by commas: {{ name }} <{{ email }}>.")
    cc: str | None = Field(None, description="Copies, as Jinja text.")
    bcc: str | None = Field(None, description="Blind copies, as Jinja text.")
    subject: str | None = Field(None, description="Subject as Jinja text; default: the template's.")
    template: str = Field(description="Template of the message's body.")
    attach: Names = Field((), description="Documents of this job to attach.")
    from_: Mailbox | None = Field(None, alias="from", description="Sender; default: `email.from` of config.yaml.")
    reply_to: str | None = Field(None, description="Where answers go, as Jinja text; default: as in config.yaml.")
    timezone: str | None = Field(
        None, description="Recipient's time zone or country, as Jinja text, for `email.sending.hours`: {{ country }}."
    )
    start_at: Moment | None = Field(
        None, description="Nothing goes before this date and time, which has a time zone: 2026-12-01T09:00+01:00."
    )
    ab_test: AbTest | None = Field(None, description="Try variants on some recipients first, then send the best one.")

    @property
    def versions(self) -> tuple[Version, ...]:
        """Return the messages that are made of this step: one, or its variants."""
        if self.ab_test is None:
            return (Version("", self.template, self.subject),)
        return tuple(
            Version(name, each.template or self.template, each.subject or self.subject)
            for name, each in self.ab_test.variants.items()
        )

    def template_places(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the templates of the step, each with the place in it that names it."""
        yield self.template, ("template",)
        for name, each in self.ab_test.variants.items() if self.ab_test else ():
            if each.template is not None:
                yield each.template, ("ab_test", "variants", name, "template")


class PrintStep(StrictModel):
    """Add the record's documents to one PDF for the printer."""

    channel: ClassVar[str] = "print"

    name: str = Field("print", description="Name of this step in reports; needed when two steps are of one sort.")
    when: str | None = Field(None, description="Expression, without braces; the step is for records where it holds.")
    documents: Names | None = Field(None, description="Documents of this job to print; default: all that are PDF.")
    envelope: EnvelopeProfile | None = Field(None, description="Window envelope that the letters go into.")
    sort: Names = Field((), description="Fields to sort the letters by, such as country, then postcode.")
    duplex: bool = Field(False, description="Printed on both sides: each letter begins on a front side.")
    address: str | None = Field(None, description="Postal address as Jinja text; default: from the record's fields.")


class FolderStep(StrictModel):
    """Put the record's documents into a folder."""

    channel: ClassVar[str] = "folder"

    name: str = Field("folder", description="Name of this step in reports; needed when two steps are of one sort.")
    when: str | None = Field(None, description="Expression, without braces; the step is for records where it holds.")
    path: str = Field(min_length=1, description="Folder below the output folder of config.yaml, as Jinja text.")
    documents: Names | None = Field(None, description="Documents of this job to put there; default: all.")


Step = EmailStep | PrintStep | FolderStep


class StepEntry(StrictModel):
    """One step of `deliver`: exactly one of these keys."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    email: EmailStep | None = Field(None, description="Send a message.")
    print: PrintStep | None = Field(None, description="Add to one PDF for the printer.")
    folder: FolderStep | None = Field(None, description="Put into a folder.")

    @model_validator(mode="before")
    @classmethod
    def _name_the_step(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        steps = [key for key in data if key in cls.model_fields]
        if len(steps) > 1:
            raise ValueError(f"{' and '.join(steps)} in one step; begin each step with a dash")
        if not data:
            raise ValueError("this step is empty; write email, print or folder")
        return {key: {} if value is None and key in steps else value for key, value in data.items()}

    @property
    def step(self) -> Step:
        """Return the step that is set."""
        step = self.email or self.print or self.folder
        assert step is not None, "checked on reading"
        return step


class Policy(StrictModel):
    """What to do when something is not as it should be."""

    missing: Literal["error", "blank"] = Field(
        "error", description="A template asks for an empty field: a fault of the record, or a blank."
    )
    bad_records: Literal["quarantine", "stop"] = Field(
        "quarantine", description="A faulty record is set aside and the rest goes on, or nothing is delivered."
    )
    approval: Literal["none", "required"] = Field(
        "none", description="required: everything is made, and delivered after `docgen approve`."
    )
    pause_after_failures: int = Field(20, ge=1, description="Deliveries that may fail in a row before the run pauses.")


class Job(FileModel):
    """A job file. Texts with {{ }} are Jinja over the record; `when` is an expression without braces."""

    name: str = Field("", description="Identity of the job across runs; default: the file's name without ending.")
    title: str = Field("", description="What a person calls this job; default: its name.")
    message_class: MessageClass = Field(
        MessageClass.TRANSACTIONAL,
        alias="class",
        description="Which consent gates and headers apply to its messages.",
    )
    edition: str = Field(
        "", description="Issue of a newsletter, such as 2026-05: a new edition is delivered anew to everyone."
    )
    data: DataSpec = Field(description="Where the records come from.")
    consent: str | None = Field(
        None, description="Expression, without braces: the recipient has agreed to such messages; for marketing."
    )
    topic: str = Field("", description="What marketing is about, for consent by topic: offers, events, ...")
    locale: str = Field("en", description="Language of a record's documents, as Jinja text: {{ language or 'en' }}.")
    numbers: dict[str, NumberSpec] = Field(
        default_factory=dict, description="Field name -> pattern of a gapless number, such as INV-{year}-{n:05}."
    )
    values: dict[str, Any] = Field(
        default_factory=dict, repr=False, description="Constants for the templates; a record's own field wins."
    )
    segments: dict[str, str] = Field(
        default_factory=dict,
        description="Name -> expression, without braces; a record's `segment` is the first one that holds.",
    )
    documents: dict[str, DocumentSpec] = Field(
        default_factory=dict, description="Name -> document made for every record."
    )
    bundles: dict[str, BundleSpec] = Field(
        default_factory=dict, description="Name -> file made once per run, of all records together."
    )
    entries: tuple[StepEntry, ...] = Field((), alias="deliver", description="How each customer gets the documents.")
    policy: Policy = Field(default_factory=Policy, description="What to do when something is not as it should be.")
    engine: Making = Field(
        Making.COMPILED,
        description="compiled, or reference: documents made by the libraries that define what templates mean, slowly.",
    )

    @property
    def deliver(self) -> tuple[Step, ...]:
        """Return the steps in their order."""
        return tuple(entry.step for entry in self.entries)

    @property
    def assigned(self) -> frozenset[str]:
        """Return the fields that the job itself gives to records."""
        tested = any(isinstance(step, EmailStep) and step.ab_test for step in self.deliver)
        return frozenset({"segment"} if self.segments else ()) | frozenset({"variant"} if tested else ())

    def where_step(self, name: str, *path: str | int) -> Where:
        """Return the place of a step, or of a key in it."""
        steps = self.deliver
        index = next(index for index, step in enumerate(steps) if step.name == name)
        return self.where("deliver", index, steps[index].channel, *path)


def load_job(path: Path, environ: Mapping[str, str], shown: str | None = None) -> Job:
    """Read a job file.

    Args:
        path: the file.
        environ: for `${NAME}` in the file.
        shown: what to call the file in messages; default: `path` as given.

    Raises:
        JobError: or `Faults`, with all that is wrong.
    """
    job, faults = read_job(path, environ, shown)
    raise_in_order(faults)
    assert job is not None, "no job means faults"
    return job


def read_job(path: Path, environ: Mapping[str, str], shown: str | None = None) -> tuple[Job | None, list[DocgenError]]:
    """Read a job file that may have faults, as `load_job`.

    Returns:
        The faults, and the job as far as it can be understood: None where it cannot.

    Raises:
        JobError: or `Faults`: the file cannot be read, or is not YAML.
    """
    tree = load_yaml(path, shown, environ, JobError)
    job, found = collect(Job, tree, JobError)
    faults: list[DocgenError] = [*tree.faults, *found, *cross_check(tree, path.stem)]
    if job is None:
        return None, faults
    name = job.name or path.stem
    return job.model_copy(update={"name": name, "title": job.title or name}).read_from(path, tree), faults
