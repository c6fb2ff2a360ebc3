"""Floor 2, edges: what a print file holds, as a list for the print room and as JSON. Knows no PDF."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from docgen.files import sha256_of, write_atomically


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter in a print file.

    Attributes:
        number: running, from 1, in print order.
        delivery: the ledger's id of the delivery.
        address: the lines of the postal address.
        first_page: in the print file, from 1.
        last_page: in the print file; a blank back may follow.
        sheets: of paper.
        documents: names of the documents, in order.
        sha256: of each document.
    """

    number: int
    delivery: int
    key: str
    recipient: str
    address: tuple[str, ...]
    first_page: int
    last_page: int
    sheets: int
    documents: tuple[str, ...]
    sha256: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintFile:
    """A print file and its letters.

    Attributes:
        path: of the PDF; the lists stand beside it under the same name.
        pages: blank ones included.
    """

    path: Path
    pages: int
    duplex: bool
    envelope: str | None
    letters: tuple[Letter, ...]


def write_manifest(printed: PrintFile) -> None:
    """Write `<name>.csv` and `<name>.json` beside the PDF, the JSON last: it says that all three are whole.

    Raises:
        WriteError: disk full, no permission.
    """
    write_atomically(printed.path.with_suffix(".csv"), _csv(printed.letters))
    described = {
        "file": printed.path.name,
        "sha256": sha256_of(printed.path),
        "pages": printed.pages,
        "sheets": sum(letter.sheets for letter in printed.letters),
        "duplex": printed.duplex,
        "envelope": printed.envelope,
        "letters": [asdict(letter) for letter in printed.letters],
    }
    text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
    write_atomically(printed.path.with_suffix(".json"), text.encode())


def read_manifest(path: Path) -> PrintFile | None:
    """Read a print file from the JSON beside it; None unless the file is there, whole, with the bytes it tells of."""
    try:
        described = json.loads(path.with_suffix(".json").read_bytes())
        if sha256_of(path) != described["sha256"]:
            return None
        letters = tuple(_letter(fields) for fields in described["letters"])
        return PrintFile(path, described["pages"], described["duplex"], described["envelope"], letters)
    except (OSError, ValueError, KeyError, TypeError):
        # Half-written or edited by hand: as good as none, and written anew.
        return None


def _letter(fields: dict[str, object]) -> Letter:
    return Letter(**{name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()})  # type: ignore[arg-type]


def _csv(letters: Sequence[Letter]) -> bytes:
    """Write for spreadsheets, which take UTF-8 only behind a byte order mark."""
    most = max((len(letter.address) for letter in letters), default=0)
    text = io.StringIO()
    writer = csv.writer(text)
    lines = [f"address_{n}" for n in range(1, most + 1)]
    writer.writerow(["number", "key", "recipient", *lines, "first_page", "last_page", "sheets", "documents", "sha256"])
    for letter in letters:
        address = [*letter.address, *[""] * (most - len(letter.address))]
        whom = (letter.number, letter.key, letter.recipient, *address)
        documents = ", ".join(letter.documents), " ".join(letter.sha256)
        writer.writerow([*whom, letter.first_page, letter.last_page, letter.sheets, *documents])
    return text.getvalue().encode("utf-8-sig")
