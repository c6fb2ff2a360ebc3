"""Floor 2, edges: many PDF files become one, with bookmarks. Knows bytes and pages, nothing of letters and records.

What is bound is kept in memory up to a bound, then in temporary files: a book of a thousand letters needs no more of it
than one of a hundred.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import pikepdf

from docgen.errors import DeliveryError
from docgen.files import new_file
from docgen.headers import clean_text

#: So many bytes of documents wait in memory.
_KEPT = 64_000_000


class PdfBinder:
    """A PDF that grows by whole documents; a context manager."""

    def __init__(self, kept: int = _KEPT) -> None:
        """Begin; `kept` is how many bytes of documents may wait in memory."""
        self._kept = kept
        self._stack = ExitStack()
        self._pdf = self._stack.enter_context(pikepdf.new())
        self._folder: Path | None = None
        self._files: list[Path] = []
        self._before = 0
        self._waiting = 0
        self._size = (0.0, 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def pages(self) -> int:
        """How many there are."""
        return self._before + len(self._pdf.pages)

    def add(self, documents: Sequence[bytes]) -> int:
        """Append documents that belong together, or nothing of them; return how many pages they have.

        Raises:
            DeliveryError: one is not a PDF that can be read, or they have no pages.
        """
        before = len(self._pdf.pages)
        try:
            for content in documents:
                with pikepdf.open(io.BytesIO(content)) as document:
                    self._pdf.pages.extend(document.pages)
        except (pikepdf.PdfError, pikepdf.PasswordError) as error:
            del self._pdf.pages[before:]
            locked = isinstance(error, pikepdf.PasswordError)
            raise DeliveryError(
                f"a document cannot be printed: {'it is locked with a password' if locked else error}"
            ) from error
        pages = len(self._pdf.pages) - before
        if not pages:
            raise DeliveryError("the documents have no pages")
        left, bottom, right, top = (float(edge) for edge in self._pdf.pages[-1].mediabox.as_list())
        self._size = (right - left, top - bottom)
        self._waiting += sum(map(len, documents))
        if self._waiting > self._kept:
            self._spill()
        return pages

    def add_blank(self) -> None:
        """Append an empty page of the size of the last one."""
        self._pdf.add_blank_page(page_size=self._size)

    def save(self, path: Path, bookmarks: Iterable[tuple[str, int]], preferences: Mapping[str, str]) -> int:
        """Write the file and return its number of pages.

        Args:
            path: the file.
            bookmarks: title and page, from 1.
            preferences: for viewers (ISO 32000-1, 12.2): name -> name.

        Raises:
            WriteError: disk full, no permission.
        """
        pdf = self._whole()
        with pdf.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(clean_text(title), page - 1) for title, page in bookmarks)
        if preferences:
            names = {f"/{name}": pikepdf.Name(f"/{value}") for name, value in preferences.items()}
            pdf.Root.ViewerPreferences = pikepdf.Dictionary(names)
        with new_file(path) as file:
            pdf.save(file, deterministic_id=True)
        return len(pdf.pages)

    def _spill(self) -> None:
        """Put what is bound so far into a file."""
        if self._folder is None:
            self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="docgen-")))
        path = self._folder / f"{len(self._files)}.pdf"
        self._pdf.save(path, deterministic_id=True)
        self._before, self._waiting = self.pages, 0
        self._files.append(path)
        self._pdf.close()
        self._pdf = self._stack.enter_context(pikepdf.new())

    def _whole(self) -> pikepdf.Pdf:
        if not self._files:
            return self._pdf
        whole = self._stack.enter_context(pikepdf.new())
        for path in self._files:
            whole.pages.extend(self._stack.enter_context(pikepdf.open(path)).pages)
        whole.pages.extend(self._pdf.pages)
        return whole
