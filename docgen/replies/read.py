"""Floor 1, rules: the door of the package: one message as it came -> what it is and what it is about. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import Message

from docgen.model import ReplyKind
from docgen.replies.dsn import read_dsn
from docgen.replies.feedback import read_feedback
from docgen.replies.finding import Finding, shorten
from docgen.replies.loose import read_loose
from docgen.replies.notices import is_automatic, read_unsubscribe_mail, unsubscribe_tokens
from docgen.replies.original import find_original
from docgen.replies.parts import DELIVERED, date_of, field, mailbox, mailboxes, parse_message
from docgen.replies.sameness import digest
from docgen.returnpath import ReturnToken, find_tokens


@dataclass(frozen=True)
class Answer:
    """A message that came back, read.

    Attributes:
        digest: the same whenever and wherever this message is read.
        findings: at least one; of other messages one of kind `other`.
        message_ids: of the message it is about, best first.
        tokens: of return paths, unchecked.
        wishes: unsubscribe tokens, unchecked.
        sender: who it says wrote it.
        date: when it says it was written; None if it does not.
    """

    digest: str
    findings: tuple[Finding, ...]
    message_ids: tuple[str, ...] = ()
    tokens: tuple[ReturnToken, ...] = ()
    wishes: tuple[str, ...] = ()
    sender: str = ""
    subject: str = ""
    date: datetime | None = None

    @property
    def kind(self) -> ReplyKind:
        """What it is, by its first finding."""
        return self.findings[0].kind


def read_answer(content: bytes) -> Answer:
    """Read a message; whatever its bytes are, something is returned."""
    message = parse_message(content)
    try:
        return _read(message, digest(content))
    except RecursionError:
        return Answer(digest(content), (Finding(ReplyKind.OTHER, detail="its parts are nested too deeply"),))


def _read(message: Message, name: str) -> Answer:
    original = find_original(message)
    findings = _findings(message)
    received = mailboxes(message, "To", *DELIVERED, "Cc")
    wished = findings[0].kind is ReplyKind.UNSUBSCRIBE
    return Answer(
        digest=name,
        findings=_with_original(findings, original.recipients),
        message_ids=original.message_ids,
        tokens=tuple(find_tokens([*received, *original.return_paths])),
        wishes=unsubscribe_tokens(message) if wished else (),
        sender=mailbox(message, "From"),
        subject=shorten(field(message, "Subject")),
        date=date_of(message),
    )


def _findings(message: Message) -> tuple[Finding, ...]:
    """Ask for the surest sign first: a report has a type, an automatic answer a field, the rest only words."""
    for read in (read_feedback, read_dsn):
        if found := read(message):
            return tuple(found)
    from_daemon = message.get("X-Failed-Recipients") is not None or "daemon" in mailbox(message, "From").casefold()
    if from_daemon and (found := read_loose(message)):
        return tuple(found)
    if is_automatic(message):
        return (Finding(ReplyKind.AUTO_REPLY, mailbox(message, "From"), detail=shorten(field(message, "Subject"))),)
    for read in (read_unsubscribe_mail, read_loose):
        if found := read(message):
            return tuple(found)
    return (Finding(ReplyKind.OTHER, mailbox(message, "From"), detail=shorten(field(message, "Subject"))),)


def _with_original(findings: tuple[Finding, ...], recipients: tuple[str, ...]) -> tuple[Finding, ...]:
    """Give the only finding without an address the only one the message was for."""
    if len(findings) == 1 and len(recipients) == 1 and not findings[0].address and not findings[0].original:
        only = findings[0]
        return (Finding(only.kind, recipients[0], only.original, only.status, only.detail),)
    return findings
