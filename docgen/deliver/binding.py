"""Floor 2, edges: many PDF files become one, with bookmarks. Knows bytes and pages, nothing of letters and records.

What is bound is written at once into a temporary file: a book of ten thousand letters needs no more memory than one of
a hundred.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from docgen.deliver.joined import JoinedFile
from docgen.deliver.parts import read_part
from docgen.errors import DeliveryError
from docgen.files import new_file

#: So many bytes of the book wait in memory.
_KEPT = 16_000_000


class PdfBinder:
    """A PDF that grows by whole documents; a context manager."""

    def __init__(self, kept: int = _KEPT, title: str = "") -> None:
        """Begin; `kept` is how many bytes of the book may wait in memory, `title` that of the book."""
        self._spool = tempfile.SpooledTemporaryFile(kept)  # noqa: SIM115 - closed with the binder
        self._joined = JoinedFile(self._spool, title)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spool.close()

    @property
    def pages(self) -> int:
        """How many there are."""
        return self._joined.pages

    def add(self, documents: Sequence[bytes]) -> int:
        """Append documents that belong together, or nothing of them; return how many pages they have.

        Raises:
            DeliveryError: one is not a PDF that can be read, or they have no pages.
        """
        parts = [read_part(content) for content in documents]
        if not parts:
            raise DeliveryError("the documents have no pages")
        return sum(self._joined.add_part(part) for part in parts)

    def add_blank(self) -> None:
        """Append an empty page of the size of the last one."""
        self._joined.add_blank()

    def save(self, path: Path, bookmarks: Iterable[tuple[str, int]], preferences: Mapping[str, str]) -> int:
        """Write the file and return its number of pages.

        Args:
            path: the file.
            bookmarks: title and page, from 1.
            preferences: for viewers (ISO 32000-1, 12.2): name -> name.

        Raises:
            WriteError: disk full, no permission.
        """
        pages = self._joined.close(bookmarks, preferences)
        self._spool.seek(0)
        with new_file(path) as file:
            shutil.copyfileobj(self._spool, file, 1 << 20)
        return pages
