"""Floor 2, edges: the file of a document as a form to be filled in: all but what its pages draw and what it is called.

Documents with the same structure, on the same pages, in the same fonts, have the same objects under the same numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from docgen.pdfobjects import LockedPool, ending, stream
from docgen.render.pdf.file.shared import Shared


@dataclass(frozen=True, slots=True)
class StandingFile:
    """A file but for its pages' content and its description.

    Attributes:
        objects: that are always the same.
        pages: numbers of the pages' content; `xmp` and `info` of the description.
        entries: of the trailer, with two places for the file's mark.
        language: of the document.
    """

    shared: Shared
    objects: LockedPool
    pages: tuple[int, ...]
    xmp: int
    info: int
    entries: str
    language: str

    @property
    def weight(self) -> int:
        """About how many bytes it has of its own."""
        return sum(map(len, self.objects.others))

    def fill(self, contents: Sequence[str], xmp: bytes, info: bytes) -> bytes:
        """Return the bytes of a file: what stands on its pages, and the two objects that describe it."""
        streams = {at: stream(content.encode("ascii")) for at, content in zip(self.pages, contents, strict=True)}
        streams[self.xmp], streams[self.info] = xmp, info
        return self.assemble(streams)

    def assemble(self, streams: dict[int, bytes]) -> bytes:
        """Return the bytes of a file of which all streams are known."""
        shared = self.shared
        own, rows = self.objects.write(len(shared.data), streams)
        mark = hashlib.sha256(shared.digest + own).hexdigest()[:32]
        end = ending(self.objects.next, len(shared.data) + len(own), shared.rows + rows, self.entries % (mark, mark))
        return b"".join((shared.data, own, end))
