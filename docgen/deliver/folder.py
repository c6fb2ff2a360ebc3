"""Floor 2, edges: deliver documents into a folder, for archives and shares. Refuses to know what the documents are."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self

from docgen.errors import DocgenError, TransportUnavailable, WriteError
from docgen.files import inside, is_lasting, read_verified, remove_leftovers, write_atomically
from docgen.model import Outcome, Parcel, Receipt
from docgen.protocols import Claim, Feature, unclaimed


class FolderTransport:
    """Copies staged files into `root/<parcel.recipient>/<file name>`, each whole or not at all."""

    name = "folder"
    features = frozenset({Feature.IDEMPOTENT, Feature.SHARED})
    concurrency = 4

    def __init__(self, root: Path, *, replace: bool = False) -> None:
        """Keep the settings.

        Args:
            root: nothing is written outside it.
            replace: write over files of other content instead of failing.
        """
        self._root = root
        self._replace = replace
        self._tidied: set[Path] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def send(self, parcel: Parcel, claim: Claim = unclaimed) -> Receipt:
        """Copy the files; those that are there already with equal bytes are left as they are.

        Raises:
            TransportUnavailable: the disk is full or not writable: the next parcel would fare no better.
        """
        await claim()
        try:
            return await asyncio.to_thread(self._deliver, parcel)
        except WriteError as error:
            if is_lasting(error):
                raise TransportUnavailable(str(error)) from error
            return Receipt(Outcome.FAILED, str(error))
        except DocgenError as error:
            return Receipt(Outcome.FAILED, str(error))

    def _deliver(self, parcel: Parcel) -> Receipt:
        contents = {
            inside(self._root, f"{parcel.recipient}/{file.name}"): read_verified(file.path, file.sha256)
            for file in parcel.files
        }
        for folder in {path.parent for path in contents} - self._tidied:
            self._tidied.add(folder)
            remove_leftovers(folder)
        missing = {path: content for path, content in contents.items() if not _holds(path, content)}
        taken = [path for path in missing if path.exists()]
        if taken and not self._replace:
            names = ", ".join(str(path) for path in taken)
            return Receipt(Outcome.FAILED, f"there already with other content, and left as it was: {names}")
        for path, content in missing.items():
            write_atomically(path, content)
        return Receipt(Outcome.SENT, ", ".join(str(path) for path in contents))


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content
