"""Floor 2, edges: one PDF of many, written as a stream: what is added is written at once, and little of it is kept.

What documents have in common, fonts, pictures, letterhead, output intent, is written once. Documents of docgen keep
their structure, each as a part of one tree, and when there are no others, the whole keeps to PDF/A-3a and PDF/UA-1.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import IO

from docgen.deliver.copying import Copier
from docgen.deliver.joinedtags import JoinedTags
from docgen.deliver.objectfile import ObjectFile
from docgen.deliver.parts import Body, ForeignPart, OwnPart, read_foreign, read_part
from docgen.deliver.pdftrees import Tree
from docgen.pdfmetadata import UNTITLED, Claim, clean, describe
from docgen.pdfobjects import outside_texts, raw_stream, text

_BOX = outside_texts(rb"/MediaBox ?\[([-+.\d ]+)\]")
_A4 = b"0 0 595.276 841.89"
#: So many shared parts are remembered; the oldest give way.
_KNOWN = 256
#: So many lines of the table of contents stand in one object stream.
_CHUNK = 500
_PROFILE = re.compile(rb"/DestOutputProfile (\d+) 0 R")
_INTENT = (
    "<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)"
    + "/DestOutputProfile %d 0 R>>"
)


class JoinedFile:
    """A PDF that grows by whole documents; the output gets it from front to end."""

    def __init__(self, output: IO[bytes], title: str = "", language: str = "") -> None:
        """Begin.

        Args:
            output: gets the file, from where it stands.
            title: of the whole; default: that of the first document of docgen.
            language: of what says no other, a BCP 47 tag; default likewise.
        """
        self._file = ObjectFile(output)
        self._title = title
        self._language = language
        self._copier = Copier(self._file)
        self._tree = Tree(self._file.reserve, self._write_pages)
        self._tags = JoinedTags(self._file)
        self._numbers = array("L")
        self._last = ""
        self._bookmarks: list[tuple[str, int]] = []
        self._known: OrderedDict[bytes, dict[int, int]] = OrderedDict()
        self._claim: Claim = "A"
        self._profile = b""
        self._intent = 0

    @property
    def pages(self) -> int:
        """How many there are."""
        return len(self._numbers)

    def add(self, content: bytes, bookmark: str = "") -> int:
        """Append a document, and a bookmark to it; return how many pages it has.

        Raises:
            DeliveryError: it is no PDF that can be read.
        """
        return self.add_part(read_part(content), bookmark)

    def add_part(self, part: OwnPart | ForeignPart, bookmark: str = "") -> int:
        """Append a document that is read already, see `add`."""
        before = self.pages
        if bookmark:
            self._bookmarks.append((bookmark, before + 1))
        if isinstance(part, OwnPart):
            try:
                self._add_own(part)
            except (LookupError, ValueError, zlib.error):  # it only looks like one of ours
                self._add_foreign(read_foreign(part.content))
        else:
            self._add_foreign(part)
        return self.pages - before

    def add_blank(self) -> None:
        """Append an empty page of the size of the last one."""
        found = next((found[1] for found in _BOX.finditer(self._last.encode("latin-1")) if found[1]), _A4)
        box = f"/MediaBox[{found.decode()}]"
        page = f"<</Type/Page/Parent {self._tree.parent()} 0 R{box}/Resources<<>>>>"
        self._hang([self._file.write_block([page])])

    def close(self, bookmarks: Iterable[tuple[str, int]] = (), preferences: Mapping[str, str] | None = None) -> int:
        """Write the rest; return the number of pages.

        Args:
            bookmarks: more of them: title and page, from 1.
            preferences: for viewers (ISO 32000-1, 12.2): name -> name.
        """
        file = self._file
        outline = self._write_outline([*self._bookmarks, *bookmarks])
        tree = self._tree.close()
        language = self._language or "en"
        claim = self._claim if self._intent else ""
        more = [f"/OutputIntents[{self._intent} 0 R]" if claim else "", self._tags.close(is_whole=claim == "A")]
        more.append(f"/Outlines {outline} 0 R" if outline else "")
        shown = "".join(f"/{name}/{value}" for name, value in (preferences or {}).items())
        packet, info = describe((("Title", clean(self._title) or UNTITLED),), language, None, claim=claim)
        first = file.write_block([raw_stream(packet, "/Type/Metadata/Subtype/XML"), info])
        catalog = (
            f"<</Type/Catalog/Pages {tree} 0 R/Metadata {first} 0 R/Lang{text(language)}"
            f"/ViewerPreferences<</DisplayDocTitle true{shown}>>{''.join(more)}>>"
        )
        root = file.write_block([catalog])
        file.finish(f"/Root {root} 0 R/Info {first + 1} 0 R")
        return self.pages

    # --- documents ---------------------------------------------------------------------------------

    def _add_own(self, part: OwnPart) -> None:
        shared = self._share(part)
        parent = self._tree.parent()
        node = parent if part.pages == 1 else self._file.reserve()
        self._tags.open()
        self._language = self._language or part.language
        self._title = self._title or part.title
        delta = self._file.next - part.first
        own = range(part.first, part.first + len(part.objects) + len(part.streams))
        numbers = {**shared, **{at: at + delta for at in own}, part.tree: node}
        bodies = self._tags.join(part, numbers)
        self._last = bodies[1 + part.pages]
        others = iter(bodies)
        first = self._file.write_block([part.streams.get(at) or next(others) for at in own]) + 2
        pages = range(first, first + part.pages)
        if part.pages != 1:
            self._write_pages(node, pages, (0, 0), part.pages, parent)
        self._hang(pages, node if part.pages != 1 else 0)

    def _share(self, part: OwnPart) -> dict[int, int]:
        """Return the numbers of what a document shares with others; it is written with the first of them."""
        key = part.prefix + part.table  # equal bytes say little if they are cut otherwise
        known = self._known.get(key)
        if known is None:
            objects = part.shared()
            known = self._known[key] = self._copier.copy(objects)
            self._note_intent(objects[_profile_of(objects[part.intent])], known[part.intent])
            if len(self._known) > _KNOWN:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return known

    def _add_foreign(self, part: ForeignPart) -> None:
        parent = self._tree.parent()
        if part.intent is None:
            self._claim = ""
        elif self._claim:
            self._claim = "B"
        numbers = self._copier.copy(part.objects, part.pages, parent)
        if part.intent is not None:
            profile = self._copier.copy({0: part.intent})[0]
            self._note_intent(part.intent, self._intent or self._file.write_block([_INTENT % profile]))
        self._last = part.objects[part.pages[-1]].entries.decode("latin-1")
        self._hang([numbers[at] for at in part.pages])

    def _note_intent(self, profile: Body, number: int) -> None:
        """Remember the output intent; files that mean different ones cannot be archived together."""
        assert profile.data is not None, "a stream"
        content = zlib.decompress(profile.data) if b"/FlateDecode" in profile.entries else profile.data
        self._profile = self._profile or content
        self._intent = self._intent or number
        if content != self._profile:
            self._claim = ""

    def _hang(self, pages: Sequence[int], node: int = 0) -> None:
        self._numbers.extend(pages)
        if node:
            self._tree.add(node, count=len(pages))
        else:
            for page in pages:
                self._tree.add(page)

    # --- the whole ---------------------------------------------------------------------------------

    def _write_pages(self, at: int, kids: Sequence[int], keys: tuple[int, int], count: int, parent: int) -> None:
        above = f"/Parent {parent} 0 R" if parent else ""
        listed = " ".join([f"{kid} 0 R" for kid in kids])
        self._file.settle(at, f"<</Type/Pages{above}/Count {count}/Kids[{listed}]>>".encode())

    def _write_outline(self, bookmarks: Sequence[tuple[str, int]]) -> int:
        if not bookmarks:
            return 0
        root = self._file.reserve()
        last = 0
        for start in range(0, len(bookmarks), _CHUNK):
            lines = bookmarks[start : start + _CHUNK]
            first = self._file.next
            bodies = []
            for index, (title, page) in enumerate(lines):
                at = first + index
                body = f"<</Title{text(clean(title))}/Parent {root} 0 R/Dest[{self._numbers[page - 1]} 0 R/Fit]"
                before = at - 1 if index else last
                is_end = start + index + 1 == len(bookmarks)
                # The object stream of this chunk takes the number between its lines and those of the next.
                after = 0 if is_end else at + 1 if index + 1 < len(lines) else at + 2
                body += f"/Prev {before} 0 R" if before else ""
                bodies.append(body + (f"/Next {after} 0 R>>" if after else ">>"))
            last = self._file.write_block(bodies) + len(lines) - 1
        head = f"<</Type/Outlines/First {root + 1} 0 R/Last {last} 0 R/Count {len(bookmarks)}>>"
        self._file.settle(root, head.encode())
        return root


def _profile_of(intent: Body) -> int:
    return int(_PROFILE.findall(intent.entries)[0])
