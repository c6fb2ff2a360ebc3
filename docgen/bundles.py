"""Floor 3, work: bundles, the files that a run makes once, of many records together.

They are made when all records are merged and published, before anything is delivered. What is made already and whole
stays, the rest is made again: so a run that broke off has its bundles in the end. Plans no delivery.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice
from pathlib import Path

from docgen.draft import Draft
from docgen.errors import DocgenError, LeftOut
from docgen.files import read_verified, remove_file, remove_leftovers, sha256_of, write_atomically
from docgen.model import MEDIA_TYPES, Artifact, BundleNote, Format, ItemState
from docgen.protocols import Ledger, ManyPrepared, Prepared
from docgen.spool import Spool
from docgen.workshop import BundleTexts, Task, Workshop

#: So many records become one Word document on their way to PDF: joined, each costs a fifth; more would take too long.
_CHUNK = 50
#: So many of these documents are converted by one call.
_CALL = 4

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A record that is in a bundle; in order of `sort`, then key.

    Attributes:
        sort: what the bundle is sorted by, as text.
        place: of the record in the spool.
        file: name and hash of the document's file, of a bundle of files.
    """

    sort: tuple[str, ...]
    key: str
    place: tuple[int, int]
    file: tuple[str, str] = ("", "")


class _NothingError(Exception):
    """The template leaves all records out."""


class Bundling:
    """Makes the bundles of one run."""

    def __init__(self, shop: Workshop, ledger: Ledger, progress: Progress) -> None:
        """Keep what is needed.

        Args:
            shop: of the run's plan.
            ledger: has the run.
            progress: told of each record.
        """
        folder = shop.plan.folder
        assert folder is not None, "a run that keeps nothing makes no bundles"
        self._shop = shop
        self._plan = shop.plan
        self._ledger = ledger
        self._folder = folder
        self._spool = Spool(folder / "work" / "records")
        self._progress = progress
        self._left_out = 0
        self._numbers: Mapping[str, Mapping[str, tuple[str, int]]] | None = None

    def make(self) -> list[BundleNote]:
        """Make what is not made yet; return what there is."""
        if not self._shop.bundles:
            return []
        remove_leftovers(self._folder / "bundles")
        known = {note.name: note for note in read_notes(self._folder)}
        notes: list[BundleNote] = []
        for texts in self._shop.bundles:
            note = known.get(texts.name)
            if note is None or not _is_whole(self._folder, note):
                note = self._make(texts)
            if note is not None:
                notes.append(note)
            _write_notes(self._folder, notes)
        return notes

    def _make(self, texts: BundleTexts) -> BundleNote | None:
        file_name = texts.file_name(self._plan.started.date())
        path = self._folder / "bundles" / file_name
        remove_file(path)
        entries = self._entries(texts)
        if not entries:
            return None
        made = 0

        def told() -> None:
            nonlocal made
            made += 1
            self._progress(f"bundling {texts.name}", made, len(entries))

        put_together = self._join_files if texts.spec.document is not None else self._fill_in
        self._left_out = 0
        try:
            pages = put_together(texts, entries, path, told)
        except _NothingError:
            return None
        size, records = path.stat().st_size, made - self._left_out
        return BundleNote(texts.name, file_name, MEDIA_TYPES[texts.spec.format], sha256_of(path), size, records, pages)

    # --- which records -------------------------------------------------------------------------

    def _entries(self, texts: BundleTexts) -> list[_Entry]:
        spec = texts.spec
        found: list[_Entry] = []
        for number, batch in enumerate(self._spool.batches()):
            first = batch[0].ordinal
            items = self._ledger.items(self._plan.run, state=ItemState.READY, after=first - 1, limit=len(batch))
            files = {item.ordinal: item.artifacts for item in items}
            for position, record in enumerate(batch):
                if record.ordinal not in files:
                    continue
                sort: tuple[str, ...] = ()
                if texts.when is not None or spec.sort:
                    draft = self._draft(Task(record, self._numbers_of(record.key)))
                    if draft.left_out or (texts.when is not None and not texts.when.test(draft.context)):
                        continue
                    sort = tuple(_as_text(draft.context.get(column)) for column in spec.sort)
                entry = _Entry(sort, record.key, (number, position))
                named = [note for note in files[record.ordinal] if note.document == spec.document]
                if spec.document is None:
                    found.append(entry)
                elif named:
                    found.append(replace(entry, file=(named[0].file_name, named[0].sha256)))
        return sorted(found, key=lambda entry: (entry.sort, entry.key)) if spec.sort else found

    def _draft(self, task: Task) -> Draft:
        draft = Draft(self._shop, task)
        draft.prepare()
        for error in draft.errors:
            error.key = error.key or task.record.key
            raise error
        return draft

    def _numbers_of(self, key: str) -> dict[str, str]:
        if self._numbers is None:
            self._numbers = self._ledger.numbers(self._plan.run) if self._plan.job.numbers else {}
        found: dict[str, str] = {}
        for name, spec in self._plan.job.numbers.items():
            sequence, n = self._numbers[spec.pattern][key]
            found[name] = spec.number(sequence, n)
        return found

    # --- a document's files --------------------------------------------------------------------

    def _join_files(
        self, texts: BundleTexts, entries: Sequence[_Entry], path: Path, told: Callable[[], None]
    ) -> int | None:
        if texts.spec.format is Format.PDF:
            titles = [Path(entry.file[0]).stem for entry in entries]
            return self._bind(path, self._files(entries, told), titles)
        write_atomically(path, self._plan.tools.join_word(self._files(entries, told)))
        return None

    def _files(self, entries: Sequence[_Entry], told: Callable[[], None]) -> Iterator[bytes]:
        for entry in entries:
            name, sha256 = entry.file
            yield read_verified(self._folder / "documents" / name, sha256)
            told()

    def _bind(self, path: Path, files: Iterable[bytes], titles: Sequence[str] = ()) -> int:
        """Write a PDF of many, with a bookmark where each begins."""
        bookmarks: list[tuple[str, int]] = []
        with self._plan.tools.bind_pdf() as binder:
            for number, content in enumerate(files):
                if titles:
                    bookmarks.append((titles[number], binder.pages + 1))
                binder.add([content])
            return binder.save(path, bookmarks, {})

    # --- a template over all records -----------------------------------------------------------

    def _fill_in(
        self, texts: BundleTexts, entries: Sequence[_Entry], path: Path, told: Callable[[], None]
    ) -> int | None:
        prepared = texts.prepared
        assert prepared is not None, "a bundle that cannot be prepared is a fault of the job"
        contexts = self._contexts(texts, entries, told)
        as_pdf = texts.spec.format is Format.PDF
        if isinstance(prepared, ManyPrepared) and prepared.takes_many:
            try:
                made = prepared.render_all(map(_uncounted, contexts), self._leave_out)
            except LeftOut as error:
                raise _NothingError from error
            if as_pdf:
                return self._bind(path, self._converted([made]))
            write_atomically(path, made.content)
            return None
        singles = self._singles(prepared, contexts)
        first = next(singles, None)
        if first is None:
            raise _NothingError
        singles = chain([first], singles)
        if as_pdf:
            return self._bind(path, self._converted(self._chunks(singles)))
        write_atomically(path, self._plan.tools.join_word(singles))
        return None

    def _contexts(
        self, texts: BundleTexts, entries: Sequence[_Entry], told: Callable[[], None]
    ) -> Iterator[dict[str, object]]:
        assert texts.template is not None, "a bundle of a template that is not there is a fault of the job"
        for number, record in enumerate(self._spool.read(entry.place for entry in entries), 1):
            draft = self._draft(Task(record, self._numbers_of(record.key)))
            if draft.left_out:
                self._leave_out()
                continue
            yield {**draft.template_context(texts.template), "merge_sequence": number}
            told()

    def _singles(self, prepared: Prepared, contexts: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
        """Yield a document for each record that the template does not leave out, and count those."""
        count = 1
        for context in contexts:
            try:
                made = prepared.render({**context, "merge_sequence": count})
            except LeftOut:
                self._leave_out()
                continue
            count += 1
            yield made.content

    def _leave_out(self) -> None:
        self._left_out += 1

    def _chunks(self, documents: Iterator[bytes]) -> Iterator[Artifact]:
        number = 0
        while chunk := list(islice(documents, _CHUNK)):
            number += 1
            content = self._plan.tools.join_word(chunk)
            yield Artifact(content, MEDIA_TYPES[Format.DOCX], f"part {number}.docx")

    def _converted(self, documents: Iterable[Artifact]) -> Iterator[bytes]:
        config = self._plan.config
        waiting = iter(documents)
        while call := list(islice(waiting, _CALL)):
            for made in self._plan.tools.convert_to_pdf(call, config.limits.convert_s, config.office.substitutes):
                if isinstance(made, DocgenError):
                    raise made
                yield made.content


def read_notes(folder: Path) -> list[BundleNote]:
    """Return the bundles that a run has made so far, as it noted them."""
    try:
        return [BundleNote(**fields) for fields in json.loads(_notes_path(folder).read_bytes())]
    except (OSError, ValueError, TypeError):
        return _manifest_notes(folder)


def _manifest_notes(folder: Path) -> list[BundleNote]:
    """Return the bundles of a run that has ended, whose notes are cleared away; none where nothing was made."""
    try:
        with (folder / "manifest.jsonl").open(encoding="utf-8") as file:
            lines = [json.loads(line) for line in file if '"bundle"' in line]
    except (OSError, ValueError):
        return []
    return [
        BundleNote(
            name=line["bundle"],
            file_name=(name := line["file"].partition("/")[2]),
            media_type=MEDIA_TYPES[Format(Path(name).suffix[1:])],
            sha256=line["sha256"],
            size=line["size"],
            records=line["records"],
            pages=line["pages"],
        )
        for line in lines
        if line["kind"] == "bundle"
    ]


def _write_notes(folder: Path, notes: Sequence[BundleNote]) -> None:
    write_atomically(_notes_path(folder), json.dumps([asdict(note) for note in notes]).encode())


def _notes_path(folder: Path) -> Path:
    return folder / "work" / "bundles.json"


def _is_whole(folder: Path, note: BundleNote) -> bool:
    path = folder / "bundles" / note.file_name
    return path.is_file() and sha256_of(path) == note.sha256


def _uncounted(context: Mapping[str, object]) -> dict[str, object]:
    """Leave the counting of merged records to a template that moves on by itself."""
    return {name: value for name, value in context.items() if name != "merge_sequence"}


def _as_text(value: object) -> str:
    return "" if value is None else str(value)
