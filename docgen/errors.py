"""Floor 0, words: every error docgen raises or collects, as values with fields.

An error knows *what* (its class and fields), *where* (`where`) and *what to do* (`hint`). It becomes text in one
place, `DocgenError.__str__`: place, sentence, hint. Faults that are collected rather than raised are instances of
these same classes; `Faults` carries many at once. All survive pickling, since they cross process borders.
`code` is the stable name that `--json`, the ledger and docs/errors.md use.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar, Self

from docgen.model import Fault, Where


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return `did you mean "x"?`, or the short list of choices, or ""."""
    known = sorted({str(choice) for choice in choices})
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    if 0 < len(known) <= 15:
        return f"one of: {', '.join(known)}"
    return ""


def counted(number: int, noun: str) -> str:
    """Return `1 message` or `2 messages`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


class DocgenError(Exception):
    """Base of all. Raised bare it is docgen's own fault (exit 3)."""

    code: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = 3
    retryable: ClassVar[bool] = False
    #: Sorts the faults of one file whose places are no lines, such as those of a Word document.
    order: tuple[int, ...] = ()

    def __init__(
        self,
        problem: str,
        *,
        where: Where | None = None,
        hint: str = "",
        key: str = "",
        field: str = "",
        value: str = "",
    ) -> None:
        """Keep the fields.

        Args:
            problem: one sentence without a full stop at its end.
            where: the place; outer levels are added by `at`.
            hint: what to do about it.
            key: the record it happened to.
            field: the record's field at fault.
            value: the offending value as it came.
        """
        super().__init__(problem)
        self.problem = problem
        self.where = where
        self.hint = hint
        self.key = key
        self.field = field
        self.value = value

    def __str__(self) -> str:
        place = str(self.where) if self.where else ""
        if self.key:
            place = f"{place}, record {self.key}" if place else f"record {self.key}"
        text = f"{place}: {self.problem}" if place else self.problem
        return f"{text}; {self.hint}" if self.hint else text

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.__dict__.copy()))

    def as_fault(self) -> Fault:
        """Return this error flat, for the ledger and the report."""
        return Fault(self.code, str(self), self.field, self.value)

    def as_dict(self) -> dict[str, object]:
        """Return the fields for `--json`."""
        fields: dict[str, object] = {
            "code": self.code,
            "message": str(self),
            "problem": self.problem,
        }
        if self.where:
            place = {
                "file": self.where.file,
                "line": self.where.line,
                "column": self.where.column,
                "row": self.where.row,
            }
            fields["where"] = {k: v for k, v in place.items() if v is not None} | (
                {"path": list(self.where.path)} if self.where.path else {}
            )
        for name in ("hint", "key", "field", "value"):
            if getattr(self, name):
                fields[name] = getattr(self, name)
        return fields

    def placed(self, outer: Where) -> Self:
        """Add an outer place in front of what is known, in place; inner knowledge wins.

        A fault that stands in a file of its own, such as a row of the data, keeps its place as it is.
        """
        inner = self.where or Where()
        if inner.file is not None and inner.file != outer.file:
            return self
        self.where = replace(
            inner,
            file=inner.file if inner.file is not None else outer.file,
            line=inner.line if inner.line is not None else outer.line,
            column=inner.column if inner.column is not None else outer.column,
            path=outer.path + inner.path,
        )
        return self


def _rebuild(kind: type[DocgenError], state: Mapping[str, object]) -> DocgenError:
    error = kind.__new__(kind)
    Exception.__init__(error, state.get("problem", ""))
    error.__dict__.update(state)
    return error


@contextmanager
def at(file: str | None = None, *path: str | int) -> Iterator[None]:
    """Add a place to every DocgenError that passes through."""
    try:
        yield
    except DocgenError as error:
        error.placed(Where(file=file, path=path))
        raise


# --- the reader can fix it: exit 1 ----------------------------------------------------------------


class UserError(DocgenError):
    """Something the person who runs docgen can put right."""

    code = "input"
    exit_code = 1


class Faults(UserError):
    """All faults of one pass, reported together, in order of place."""

    code = "faults"

    def __init__(self, faults: Sequence[DocgenError], summary: str = "") -> None:
        super().__init__(summary or ("1 fault" if len(faults) == 1 else f"{len(faults)} faults"))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults) or self.problem


def flatten(error: DocgenError) -> tuple[DocgenError, ...]:
    """Return the single faults of an error."""
    return error.faults if isinstance(error, Faults) else (error,)


def raise_faults(faults: Sequence[DocgenError]) -> None:
    """Raise the only fault itself, several as `Faults`, none not at all."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(faults)


class ConfigError(UserError):
    """A fault in config.yaml."""

    code = "config"


class JobError(UserError):
    """A fault in a job file."""

    code = "job"


class MailError(UserError):
    """A message that should not go out as it was made."""

    code = "mail"


class MissingVariable(UserError):
    """`${NAME}` stands in a YAML file and the environment does not have it."""

    code = "missing-variable"

    def __init__(self, name: str, *, where: Where | None = None) -> None:
        super().__init__(
            f"the environment variable {name} is not set",
            where=where,
            hint=f"set {name}, or write ${{{name}:-default}}",
        )
        self.name = name


class SourceError(UserError):
    """A data source that cannot be read: absent, empty, wrong encoding, wrong SQL."""

    code = "source"


class RecordError(UserError):
    """A record that cannot be used; it is quarantined and the others go on."""

    code = "record"


class MissingValue(RecordError):
    """A required field is empty."""

    code = "missing-value"

    def __init__(
        self,
        field: str,
        *,
        where: Where | None = None,
        key: str = "",
        template: str = "",
    ) -> None:
        needed = f", which the template {template} needs" if template else ""
        super().__init__(f"{field} is empty{needed}", where=where, key=key, field=field)


class WrongValue(RecordError):
    """A value that does not fit its declared type."""

    code = "wrong-value"

    def __init__(
        self,
        field: str,
        value: str,
        expected: str,
        *,
        where: Where | None = None,
        key: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(
            f'{field}: "{value}" is not {expected}',
            where=where,
            key=key,
            field=field,
            value=value,
            hint=hint,
        )
        self.expected = expected


class DuplicateKey(RecordError):
    """Two records have the same key."""

    code = "duplicate-key"


class MissingKey(RecordError):
    """A record has no key."""

    code = "missing-key"


class WrongTotal(RecordError):
    """Figures in the data contradict each other."""

    code = "wrong-total"


class FileCollision(RecordError):
    """Two records, or a record and a file that is there already, would be written to one name."""

    code = "file-collision"


class UnsafePath(UserError):
    """A name that would leave its folder."""

    code = "unsafe-path"


class TemplateError(UserError):
    """A fault in a template; `where.path` names part, paragraph, table, row, cell or the YAML key."""

    code = "template"


class TemplateMissing(TemplateError):
    """A job names a template that is not there."""

    code = "template-missing"


class TemplateSyntax(TemplateError):
    """The body is not a template: Jinja or markup faults."""

    code = "template-syntax"


class FieldMissing(TemplateError):
    """A template uses a name that nothing supplies."""

    code = "field-missing"


class FieldUnused(TemplateError):
    """The manifest declares a field that the body does not use."""

    code = "field-unused"


class TextMissing(TemplateError):
    """A template asks for a text that the record's language does not have."""

    code = "text-missing"


class LimitExceeded(TemplateError):
    """A template ran longer, looped more or wrote more than it may."""

    code = "limit"


class GlyphMissing(TemplateError):
    """No font has a character that the document needs."""

    code = "glyph-missing"


class FontMissing(TemplateError):
    """A Word template is set in a font that is not installed."""

    code = "font-missing"


class AddressError(UserError, ValueError):
    """An e-mail or postal address that cannot be used."""

    code = "address"


class UnsupportedFeature(UserError):
    """A template or transport is asked for something that it cannot do."""

    code = "unsupported"


class ToolMissing(UserError):
    """An optional program is needed and not installed; the hint says how to get it."""

    code = "tool-missing"


class RunNotFound(UserError):
    """No run of that name is in the ledger."""

    code = "run-not-found"


class RunStateError(UserError):
    """The run is not in a state that allows this."""

    code = "run-state"


class JobRunning(UserError):
    """Another docgen process works on this job now."""

    code = "job-running"


class Interrupted(DocgenError):
    """Somebody pressed Ctrl-C, or the system asked docgen to end."""

    code = "interrupted"
    exit_code = 130

    def __init__(self, go_on: str = "") -> None:
        super().__init__("interrupted", hint=f"to go on: {go_on}" if go_on else "")


# --- the world, and docgen itself -----------------------------------------------------------------


class LeftOut(DocgenError):
    """A kind or a template (SKIPIF) leaves this record out. No fault: nothing is made for it."""


class RenderError(DocgenError):
    """A renderer failed on a document; `where.path` names the part."""

    code = "render"


class DeliveryError(DocgenError):
    """A transport could not do what it was asked."""

    code = "delivery"
    exit_code = 4


class TransportUnavailable(DeliveryError):
    """Nothing was attempted: no connection, no permission to log in."""

    code = "transport-unavailable"
    retryable = True


class StoreError(DocgenError):
    """The ledger cannot be read or written: wrong file, no permission, disk full."""

    code = "store"
    exit_code = 1


class StoreBusy(StoreError):
    """Another process holds the ledger for too long."""

    code = "store-busy"
    retryable = True


class SchemaTooNew(StoreError):
    """The ledger was written by a newer docgen."""

    code = "schema-too-new"


class WriteError(DocgenError):
    """A file could not be written: disk full, no permission."""

    code = "write"
    exit_code = 1
