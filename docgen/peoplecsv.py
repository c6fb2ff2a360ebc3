"""Floor 1, rules: suppressions and consents as CSV, to and from other programs. Pure: text in, values out, and back.

Every faulty row is told at once, and nothing is guessed: what proves a consent has to be there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from docgen.address import parse_mailbox
from docgen.errors import (
    AddressError,
    DocgenError,
    MissingValue,
    SourceError,
    WrongValue,
    did_you_mean,
    flatten,
    raise_faults,
)
from docgen.model import Consent, ConsentState, MessageClass, Suppression, Where
from docgen.suppression import HASHED, REASONS, address_key

T = TypeVar("T")
Row = Mapping[str, str]

SUPPRESSION_COLUMNS = ("address", "reason", "classes", "since", "note")
CONSENT_COLUMNS = ("address", "topic", "state", "at", "wording", "source", "by")


def read_suppressions(text: str, file: str, now: datetime) -> list[Suppression]:
    """Read suppressions; all columns but `address` may be absent or empty.

    Args:
        text: of the file.
        file: its name, for messages.
        now: aware; for rows without `since`, and its zone for times without one.

    Raises:
        DocgenError: or Faults, of all rows.
    """

    def read(row: Row) -> Suppression:
        return Suppression(
            _address(row),
            _one_of(row, "reason", REASONS, "manual"),
            frozenset(_classes(row)),
            _moment(row, "since", now) if row.get("since") else now,
            row.get("note", ""),
        )

    return _read(text, file, SUPPRESSION_COLUMNS, read)


def read_consents(text: str, file: str, now: datetime) -> list[Consent]:
    """Read consents: who and when, and what `check_proof` asks. Raises and takes as `read_suppressions`."""

    def read(row: Row) -> Consent:
        if not row.get("at"):
            raise MissingValue("at")
        state = ConsentState(_one_of(row, "state", [each.value for each in ConsentState], "given"))
        at = _moment(row, "at", now)
        if at > now:
            raise WrongValue("at", row["at"], "a time that has been")
        rest = (row.get(name, "") for name in ("wording", "source", "by"))
        said = Consent(_address(row), row.get("topic", ""), state, at, *rest)
        check_proof(said)
        return said

    return _read(text, file, CONSENT_COLUMNS, read)


def check_proof(said: Consent) -> None:
    """Check that a consent says where it was given and to which words; who withdraws one agrees to none.

    Raises:
        MissingValue: or Faults, of both.

    Source: GDPR article 7(1): who relies on a consent must be able to show it.
    """
    words = said.wording.strip() or said.state is ConsentState.WITHDRAWN
    proof = {"wording": words, "source": said.source.strip()}
    raise_faults([MissingValue(name) for name, there in proof.items() if not there])


def write_suppressions(found: Iterable[Suppression]) -> str:
    """Return suppressions as `read_suppressions` reads them."""
    rows = ((s.address, s.reason, " ".join(sorted(s.classes)), s.since.isoformat(), s.note) for s in found)
    return _write(SUPPRESSION_COLUMNS, rows)


def write_consents(found: Iterable[Consent]) -> str:
    """Return consents as `read_consents` reads them."""
    rows = ((c.address, c.topic, c.state.value, c.at.isoformat(), c.wording, c.source, c.by) for c in found)
    return _write(CONSENT_COLUMNS, rows)


def _write(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)  # RFC 4180: lines end with CRLF
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _read(text: str, file: str, columns: Sequence[str], read: Callable[[Row], T]) -> list[T]:
    table = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text))
    found, faults = [], []
    try:
        header = [name.strip().casefold() for name in next(table, [])]
        _check_header(header, columns, file)
        for number, cells in enumerate(table, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
            try:
                found.append(read(row))
            except DocgenError as error:
                for fault in flatten(error):
                    fault.where = Where(file, row=number)
                    faults.append(fault)
    except csv.Error as error:
        raise SourceError(f"this is no CSV: {error}", where=Where(file, line=table.line_num)) from error
    raise_faults(faults)
    return found


def _delimiter(text: str) -> str:
    head = re.split(r"[\r\n]", text, maxsplit=1)[0]
    return max(",;\t", key=head.count)


def _check_header(header: Sequence[str], columns: Sequence[str], file: str) -> None:
    if "address" not in header:
        problem = "the first row names no column `address`"
        raise SourceError(problem, where=Where(file, row=1), hint=f"columns: {', '.join(columns)}")
    for name in header:
        if name not in columns:
            hint = did_you_mean(name, columns)
            raise SourceError(f'there is no column "{name}" here', where=Where(file, row=1), hint=hint)


def _address(row: Row) -> str:
    text = row.get("address", "")
    if text.startswith(HASHED):
        return text
    if not text:
        raise MissingValue("address")
    try:
        return address_key(parse_mailbox(text).address)
    except AddressError as error:
        raise WrongValue("address", text, "an e-mail address", hint=error.hint) from error


def _one_of(row: Row, name: str, words: Iterable[str], default: str) -> str:
    text = row.get(name) or default
    if text not in words:
        raise WrongValue(name, text, f"one of {', '.join(words)}")
    return text


def _classes(row: Row) -> list[MessageClass]:
    words = row.get("classes", "").replace(",", " ").split()
    return [MessageClass(_one_of({"classes": word}, "classes", [c.value for c in MessageClass], "")) for word in words]


def _moment(row: Row, name: str, now: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(row[name])
    except ValueError:
        raise WrongValue(name, row[name], "a date such as 2026-05-04 or 2026-05-04T10:30:00+02:00") from None
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)
