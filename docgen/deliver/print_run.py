"""Floor 2, edges: many letters become one PDF for the print room, with a list of what is in it. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from docgen.deliver.binding import PdfBinder
from docgen.deliver.print_manifest import Letter, PrintFile, read_manifest, write_manifest
from docgen.deliver.window import check_window
from docgen.envelopes import WINDOWS, Window
from docgen.errors import DeliveryError, JobError, did_you_mean
from docgen.files import read_verified, remove_file, remove_leftovers, safe_name
from docgen.model import MEDIA_TYPES, Format, Outcome, Parcel, Receipt
from docgen.protocols import Feature


class PrintTransport:
    """Writes `<folder>/<route>.pdf` with its `.csv` and `.json`, letters sorted by `Parcel.sort`, then key.

    Doing it twice is the same as once. When only a part of an earlier batch comes again, because the rest is settled,
    the earlier file stays as it is, and letters that it does not hold go to `<route>-2.pdf`.
    """

    name = "print"
    features = frozenset({Feature.IDEMPOTENT, Feature.BATCH})

    def __init__(
        self, folder: Path, route: str = "print", *, duplex: bool = False, envelope: str | None = None, title: str = ""
    ) -> None:
        """Keep the settings.

        Args:
            folder: for the print files of one run.
            route: the name of the job's step, which names the files.
            duplex: paper is printed on both sides: each letter begins on a front.
            envelope: profile of the window envelope; addresses that would not show are refused.
            title: of the print files; default: that of their first letter.

        Raises:
            JobError: no such envelope.
        """
        if envelope is not None and envelope not in WINDOWS:
            raise JobError(f'there is no envelope "{envelope}"', hint=did_you_mean(envelope, WINDOWS))
        self._folder = folder
        self._stem = safe_name(route, self.name)
        self._duplex = duplex
        self._envelope = envelope
        self._title = title

    def send_batch(self, parcels: Iterable[Parcel]) -> Mapping[int, Receipt]:
        """Print all: `queued` with file and pages, or `failed` and left out of the file.

        Raises:
            WriteError: nothing is delivered.
        """
        remove_leftovers(self._folder)
        ordered = sorted(parcels, key=lambda parcel: (parcel.sort, parcel.key, parcel.delivery))
        earlier = self._earlier()
        wanted = {_parcel_identity(parcel) for parcel in ordered}
        if all(_identity(letter) in wanted for file in earlier for letter in file.letters):
            # Nothing of it is settled, so nobody has been told of it: it is written anew, as one.
            earlier = []
        receipts = {letter.delivery: _receipt(file.path, letter) for file in earlier for letter in file.letters}
        fresh = [parcel for parcel in ordered if parcel.delivery not in receipts]
        path = self._path(len(earlier) + 1)
        self._remove_from(len(earlier) + 1)
        receipts |= self._print(path, fresh)
        return {parcel.delivery: receipts[parcel.delivery] for parcel in ordered}

    def _path(self, part: int) -> Path:
        return self._folder / f"{self._stem}{f'-{part}' if part > 1 else ''}.pdf"

    def _earlier(self) -> list[PrintFile]:
        files: list[PrintFile] = []
        while file := read_manifest(self._path(len(files) + 1)):
            files.append(file)
        return files

    def _remove_from(self, part: int) -> None:
        """Remove what an interrupted attempt left, so that no letter lies in two files."""
        while sum(remove_file(self._path(part).with_suffix(suffix)) for suffix in (".json", ".csv", ".pdf")):
            part += 1

    def _print(self, path: Path, parcels: Sequence[Parcel]) -> dict[int, Receipt]:
        window = WINDOWS[self._envelope] if self._envelope else None
        receipts: dict[int, Receipt] = {}
        with _Binder.open(self._duplex, self._title) as binder:
            for parcel in parcels:
                try:
                    letter = binder.add(parcel, _read_documents(parcel, window))
                except DeliveryError as error:
                    receipts[parcel.delivery] = Receipt(Outcome.FAILED, str(error))
                else:
                    receipts[parcel.delivery] = _receipt(path, letter)
            if binder.letters:
                pages = binder.save(path)
                write_manifest(PrintFile(path, pages, self._duplex, self._envelope, tuple(binder.letters)))
        return receipts


def _identity(letter: Letter) -> tuple[object, ...]:
    return letter.delivery, letter.key, letter.sha256


def _parcel_identity(parcel: Parcel) -> tuple[object, ...]:
    return parcel.delivery, parcel.key, tuple(file.sha256 for file in parcel.files)


def _receipt(path: Path, letter: Letter) -> Receipt:
    pages = f"page {letter.first_page}"
    if letter.last_page > letter.first_page:
        pages = f"pages {letter.first_page} to {letter.last_page}"
    return Receipt(Outcome.QUEUED, f"{path}, {pages}")


def _read_documents(parcel: Parcel, window: Window | None) -> list[bytes]:
    if not parcel.files:
        raise DeliveryError("there is no document to print")
    for file in parcel.files:
        if file.media_type != MEDIA_TYPES[Format.PDF]:
            raise DeliveryError(f"{file.name} is not a PDF, and only PDF can be printed", hint="set format: pdf")
    documents = [read_verified(file.path, file.sha256) for file in parcel.files]
    if window and parcel.address:
        check_window(documents[0], parcel.address, window)
    return documents


@dataclass
class _Binder:
    """A PDF that grows letter by letter."""

    pdf: PdfBinder
    duplex: bool
    letters: list[Letter] = field(default_factory=list)

    @classmethod
    @contextmanager
    def open(cls, duplex: bool, title: str) -> Iterator[_Binder]:
        with PdfBinder(title=title) as pdf:
            yield cls(pdf, duplex)

    def add(self, parcel: Parcel, documents: Sequence[bytes]) -> Letter:
        """Append a letter, or nothing of it.

        Raises:
            DeliveryError: a document is not a PDF that can be read.
        """
        before = self.pdf.pages
        pages = self.pdf.add(documents)
        if self.duplex and pages % 2:
            self.pdf.add_blank()
        letter = Letter(
            number=len(self.letters) + 1,
            delivery=parcel.delivery,
            key=parcel.key,
            recipient=parcel.recipient,
            address=parcel.address,
            first_page=before + 1,
            last_page=before + pages,
            sheets=(pages + 1) // 2 if self.duplex else pages,
            documents=tuple(file.name for file in parcel.files),
            sha256=tuple(file.sha256 for file in parcel.files),
        )
        self.letters.append(letter)
        return letter

    def save(self, path: Path) -> int:
        """Write the file and return its number of pages."""
        titles = ((f"{one.number}. {one.key} {one.recipient}", one.first_page) for one in self.letters)
        # Scaled to fit, an address would leave its window.
        preferences = {"PrintScaling": "None", "Duplex": "DuplexFlipLongEdge" if self.duplex else "Simplex"}
        return self.pdf.save(path, titles, preferences)
