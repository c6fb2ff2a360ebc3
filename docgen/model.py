"""Floor 0, words: the values every other module speaks in. Frozen, picklable, free of I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path


class Outcome(StrEnum):
    """How a delivery ended. `queued` was handed over but has not left yet (outbox, print room)."""

    SENT = "sent"
    QUEUED = "queued"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    FAILED = "failed"
    UNKNOWN = "unknown"


#: Outcomes after which the same delivery must not happen again by itself.
DELIVERED = frozenset({Outcome.SENT, Outcome.QUEUED, Outcome.UNKNOWN})


class MessageClass(StrEnum):
    """Which consent gates and headers apply to a job's messages."""

    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"
    DUNNING = "dunning"


class Format(StrEnum):
    """What a document can be made as."""

    PDF = "pdf"
    DOCX = "docx"
    HTML = "html"
    TXT = "txt"


class Making(StrEnum):
    """How documents are made: the short way, or all of it by the library that defines what a template means."""

    COMPILED = "compiled"
    REFERENCE = "reference"


MEDIA_TYPES: Mapping[Format, str] = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.HTML: "text/html",
    Format.TXT: "text/plain",
}


class RunState(StrEnum):
    """Where a run stands. Each step may be entered again after a crash."""

    MERGING = "merging"  # records are being merged and rendered; nothing is delivered yet
    WAITING = "waiting"  # everything is made; a person has to approve
    DELIVERING = "delivering"
    PAUSED = "paused"  # too many failures, or a transport is unavailable: `docgen resume`
    DONE = "done"
    STOPPED = "stopped"  # faults in the data and `bad_records: stop`: nothing was delivered
    CANCELLED = "cancelled"


#: States of runs that have ended.
ENDED = frozenset({RunState.DONE, RunState.STOPPED, RunState.CANCELLED})
#: States in which a run has ended and what it did not deliver never goes out.
GIVEN_UP = frozenset({RunState.STOPPED, RunState.CANCELLED})


class ItemState(StrEnum):
    """Where one record of a run stands before delivery."""

    PLANNED = "planned"
    READY = "ready"  # merged and rendered; its deliveries are listed in the ledger
    QUARANTINED = "quarantined"


class DeliveryState(StrEnum):
    """A claim is committed before the delivery, the outcome after it."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Where:
    """A place a person can go to; `path` runs outermost first.

    Attributes:
        line: of a text, from 1.
        column: of the line, from 1.
        row: of a table as a spreadsheet counts: its header is row 1.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    path: tuple[str | int, ...] = ()
    row: int | None = None

    def __str__(self) -> str:
        parts = []
        if self.file is not None:
            parts.append(self.file)
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.path:
            parts.append(" › ".join(str(step) for step in self.path))
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Record:
    """One customer's data before merging.

    Attributes:
        key: stable and unique within the job: the identity of an item across runs.
        values: column -> value as the source gave it (str from text files; int, Decimal, bool, date,
            datetime, list, dict from typed sources). Never guessed from text.
        ordinal: position in the source's order, from 0.
    """

    key: str
    values: Mapping[str, object]
    ordinal: int


@dataclass(frozen=True)
class Artifact:
    """The bytes of one finished document.

    Attributes:
        content: the file.
        media_type: without parameters.
        file_name: a bare, safe name with its extension; never a path.
        pages: page count where the format has pages.
    """

    content: bytes = field(repr=False)
    media_type: str
    file_name: str
    pages: int | None = None

    @cached_property
    def sha256(self) -> str:
        """Lower-case hex digest of `content`."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Spliced:
    """A text as values of one record and what stands around them in many: `around[0] values[0] around[1] ...`."""

    around: tuple[str, ...]
    values: tuple[str, ...]

    def __str__(self) -> str:
        pieces = [""] * (len(self.around) + len(self.values))
        pieces[::2], pieces[1::2] = self.around, self.values
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail template renders to, before headers: at least one of `html` and `text` is there.

    Attributes:
        images: pictures inside `html`, which it shows as `cid:` and their file name.
        html_pieces: the same as `html`, where it is known which of it other records share; values hold no line breaks.
    """

    subject: str
    html: str | None
    text: str | None
    images: tuple[Artifact, ...] = ()
    html_pieces: Spliced | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A display name (may be empty) and an address of RFC 5321's Mailbox form."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """RFC 5321 sender and recipients, bare addresses. Bcc lives here and nowhere else."""

    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file made in the merge pass, waiting to be delivered.

    Attributes:
        path: where the bytes lie, absolute.
        name: the name the customer sees, bare.
        sha256: of the bytes when they were made; a transport refuses other bytes.
        pages: page count where the format has pages.
        variant: whose it is, of several that may be delivered until a test is won; "" for what is delivered anyway.
    """

    path: Path
    name: str
    media_type: str
    sha256: str
    pages: int | None = None
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """All that a transport needs for one delivery.

    Attributes:
        delivery: the ledger's id of the delivery.
        key: the record's key, for messages to people.
        recipient: who gets it: an address, a folder, a postal name.
        files: email: the one staged `.eml`; folder and print: the documents, in order.
        envelope: for e-mail only.
        sort: print order, compared element by element as text.
        address: the lines of the postal address, for print only.
    """

    delivery: int
    key: str
    recipient: str
    files: tuple[StagedFile, ...]
    envelope: Envelope | None = None
    sort: tuple[str, ...] = ()
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a transport says after trying.

    Attributes:
        outcome: of the delivery as a whole: that of its first recipient.
        detail: the server's own words, or the place where the file lies now.
        outcomes: address -> outcome, where there are several.
        answers: address -> what its server said of it, code first; only where a server was asked.
        account: which of several ways out carried it, "" where there is only one kind.
    """

    outcome: Outcome
    detail: str = ""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict, compare=False)
    account: str = field(default="", compare=False)


# --- what the ledger keeps -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What a run is opened with.

    Attributes:
        job: the job's name, stable across runs.
        edition: the job's `edition`, "" when it has none: newsletters are one edition each.
        job_file: the YAML, relative to config.yaml where it lies below: a run is resumed from any folder.
        job_sha256: of the YAML's bytes.
        outputs: the folder of all outputs, absolute; a run's own folder is `outputs/<run id>`.
        started: aware; the run's clock: documents are dated by it, on resume too.
        again: deliver even what an earlier run delivered.
        options: JSON-able command-line options the run was started with.
    """

    job: str
    edition: str
    job_file: str
    job_sha256: str
    outputs: str
    started: datetime
    again: bool = False
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the ledger has it. `id` is `<job>/<YYYY-MM-DD>-<NNN>`, unique in the ledger."""

    id: str
    spec: RunSpec
    state: RunState
    note: str = ""
    finished: datetime | None = None

    @property
    def folder(self) -> Path:
        """Where the run's files lie."""
        return Path(self.spec.outputs) / self.id


@dataclass(frozen=True, slots=True)
class NewItem:
    """A record taken into a run: its place, key and the hash of its data as JSON."""

    ordinal: int
    key: str
    data_sha256: str


@dataclass(frozen=True, slots=True)
class ArtifactNote:
    """What the ledger keeps of an artifact: hashes and names, never bytes."""

    document: str
    file_name: str
    media_type: str
    sha256: str
    size: int
    pages: int | None
    template: str
    template_sha256: str


@dataclass(frozen=True, slots=True)
class BundleNote:
    """What a run keeps of a bundle: one file made of many records.

    Attributes:
        name: its key in the job.
        records: how many are in it.
        pages: page count where the format has pages.
    """

    name: str
    file_name: str
    media_type: str
    sha256: str
    size: int
    records: int
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery planned in the merge pass.

    Attributes:
        route: the name of the job's deliver step.
        transport: `smtp`, `outbox`, `folder`, `print`, `smtp-trial`, ...
        recipient: what a person would call the receiver: address, folder, postal name.
        identity: equal for deliveries that must not both happen.
        payload: JSON-able: what is needed to build the Parcel (staged files, envelope, sort, address).
        skip: not to be delivered, for this reason; recorded at once as skipped.
        message_id: RFC 5322 Message-ID for e-mail, else "".
        variant: of the message that this record tests, "" where there is none or a test decides about it.
    """

    route: str
    transport: str
    recipient: str
    identity: str
    payload: Mapping[str, object]
    skip: str = ""
    message_id: str = ""
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """An error made flat for the ledger, the quarantine file and the report.

    Attributes:
        code: the error's stable name.
        text: the whole sentence, place included.
        field: the record's field at fault, "" if none.
        value: the value as it came, "" if none.
    """

    code: str
    text: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What the merge pass made of one record. With faults it is quarantined and delivers nothing."""

    ordinal: int
    key: str
    artifacts: tuple[ArtifactNote, ...] = ()
    deliveries: tuple[NewDelivery, ...] = ()
    faults: tuple[Fault, ...] = ()
    locale: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An item as the ledger has it."""

    run: str
    ordinal: int
    key: str
    data_sha256: str
    state: ItemState
    locale: str = ""
    faults: tuple[Fault, ...] = ()
    artifacts: tuple[ArtifactNote, ...] = ()
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as the ledger has it."""

    id: int
    run: str
    ordinal: int
    key: str
    route: str
    transport: str
    recipient: str
    identity: str
    payload: Mapping[str, object]
    message_id: str
    state: DeliveryState
    outcome: Outcome | None = None
    detail: str = ""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    claimed: datetime | None = None
    settled: datetime | None = None
    variant: str = ""

    @property
    def is_held(self) -> bool:
        """Whether it waits for a test to be won: several messages are made of it, and one of them will go."""
        return not self.variant and self.is_of_the_rest

    @property
    def is_of_the_rest(self) -> bool:
        """Whether it gets what won a test, and is no part of the test."""
        files = self.payload.get("files")
        return isinstance(files, list) and any(isinstance(file, dict) and file.get("variant") for file in files)


@dataclass(frozen=True, slots=True)
class Winner:
    """The variant of a message that all get who were not in the test.

    Attributes:
        test: what the test is known by, over all runs of an edition.
        by: who chose it: a person, or the rule of the job.
        why: the figures.
    """

    test: str
    variant: str
    by: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Moves:
    """Steps of many deliveries that are written together.

    Attributes:
        settled: claimed deliveries, what came of them, and when.
        released: ids of claims to give back.
        skipped: ids of pending deliveries, and why they do not go.
        claims: ids of pending deliveries that are wanted.
    """

    settled: Sequence[tuple[Delivery, Receipt, datetime]] = ()
    released: Sequence[int] = ()
    skipped: Sequence[tuple[int, str]] = ()
    claims: Sequence[int] = ()

    def __bool__(self) -> bool:
        return bool(self.settled or self.released or self.skipped or self.claims)


@dataclass(frozen=True, slots=True)
class Try:
    """A delivery that was refused for now: how often, and when it may come again.

    Attributes:
        first: of the first attempt; the last date counts from it.
        detail: the server's words at the last attempt.
    """

    first: datetime
    attempts: int
    due: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a delivery whose outcome is not to stay as it is.

    Attributes:
        delivery: the ledger's id of it.
        outcome: what it has from now on; None: it is pending again.
        was: what it had before, and `words` the detail of that; the ledger fills them in.
    """

    delivery: int
    outcome: Outcome | None
    by: str
    at: datetime
    why: str = ""
    was: Outcome | None = None
    words: str = ""


class Wish(StrEnum):
    """What a person asks of a run that another process works on."""

    PAUSE = "pause"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish, and whose it is."""

    wish: Wish
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Departure:
    """A message that has gone or may have: what limits by hour and day count.

    Attributes:
        account: what carried it; "" where docgen ended before it could say so.
        at: of its last attempt.
        address: whom it went to, first of all.
        recipients: how many servers may have taken it for, copies included.
    """

    account: str
    at: datetime
    address: str
    recipients: int = 1


@dataclass(frozen=True, slots=True)
class Earlier:
    """The delivery that already holds an identity: why a new one is skipped."""

    run: str
    outcome: Outcome | None
    settled: datetime | None
    data_sha256: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """A dated reason not to contact an address.

    Attributes:
        address: lower-cased address.
        reason: `bounce`, `complaint`, `unsubscribed`, `manual`, ...
        classes: the message classes it holds for; empty = all.
        since: aware.
    """

    address: str
    reason: str
    classes: frozenset[MessageClass]
    since: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes to what a run made.

    Attributes:
        fingerprint: binds it to the bytes of all artifacts and to the deliveries.
        bound: what else must still be as it was -> its SHA-256: job file, templates, data.
    """

    run: str
    by: str
    at: datetime
    fingerprint: str
    bound: Mapping[str, str] = field(default_factory=dict)


class ConsentState(StrEnum):
    """What somebody said about getting marketing. `pending`: a double opt-in that was asked for and not answered."""

    PENDING = "pending"
    GIVEN = "given"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Consent:
    """One thing that was said about getting marketing; the newest counts, the older ones are the proof.

    Attributes:
        address: whose it is.
        topic: what about; "" for all marketing.
        at: when, aware.
        wording: what was agreed to, word for word or by the name of its version.
        source: where it was said: a form, a fair, an import.
        by: who says so: the person, or whoever took it down.
    """

    address: str
    topic: str
    state: ConsentState
    at: datetime
    wording: str = ""
    source: str = ""
    by: str = ""


class ReplyKind(StrEnum):
    """What the world answered to a message."""

    BAD_ADDRESS = "bad-address"  # permanent, and the address is at fault
    HARD = "hard"  # permanent, and nobody says why
    SOFT = "soft"  # a full mailbox, or a server that gave up after a while
    POLICY = "policy"  # the sender is at fault, or its reputation
    CONTENT = "content"  # the message is at fault: too large, not wanted in this form
    DELAYED = "delayed"  # the server still tries
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    AUTO_REPLY = "auto-reply"
    OTHER = "other"  # for a person to read


@dataclass(frozen=True, slots=True)
class Reply:
    """What the ledger keeps of an answer about one address.

    Attributes:
        message: a digest that is the same whenever this message is read.
        address: which it is about; "" where nobody can tell.
        at: when it was written, aware.
        status: RFC 3463 code, "" if none.
        detail: the server's own words.
        delivery: the ledger's id of the delivery it belongs to; None where that is not proved.
    """

    message: str
    address: str
    kind: ReplyKind
    at: datetime
    status: str = ""
    detail: str = ""
    delivery: int | None = None
