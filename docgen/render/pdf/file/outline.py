"""Floor 2, edges: places in a document and what leads there: destinations, links, the reader's table of contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import quote

from docgen.errors import TemplateError, did_you_mean
from docgen.model import Where
from docgen.pdfobjects import Pool, number, text
from docgen.render.pdf.layout.blocks import Bookmark, Link, OutlineEntry
from docgen.render.pdf.links import leads_out

#: What stays as it is in an address, besides letters and digits (RFC 3986, 2.2 and 2.4).
_KEPT_IN_ADDRESSES = "!#$%&'()*+,/:;=?@[]~-._"


class Places:
    """The bookmarks of a document."""

    def __init__(self, bookmarks: Mapping[str, Bookmark], pages: Sequence[int], file: str) -> None:
        """Keep them; `pages` are the numbers of the pages' objects, `file` is the body as shown in faults."""
        self._bookmarks = bookmarks
        self._pages = pages
        self._file = file

    def find(self, name: str) -> str:
        """Return the destination of a bookmark.

        Raises:
            TemplateError: the document has none of that name.
        """
        place = self._bookmarks.get(name)
        if place is None:
            hint = did_you_mean(name, self._bookmarks) or f'set <bookmark name="{name}"/> where it is to lead'
            raise TemplateError(f'no bookmark "{name}" is in the document', where=Where(self._file), hint=hint)
        return f"[{self._pages[place.sheet]} 0 R{_fit(place)}]"

    def annotation(self, link: Link, key: int) -> str:
        """Return the annotation of a link; `key` is its entry in the parent tree. Raises TemplateError."""
        box = " ".join(map(number, (link.left, link.bottom, link.right, link.top)))
        if link.target.startswith("#"):
            action = f"/Dest{self.find(link.target[1:])}"
        elif not leads_out(link.target):
            raise TemplateError(f'the link "{link.target[:80]}" is not allowed', where=Where(self._file))
        else:
            action = f"/A<</S/URI/URI{text(quote(link.target, safe=_KEPT_IN_ADDRESSES))}>>"
        said = text(link.text or link.target)
        return f"<</Type/Annot/Subtype/Link/Rect[{box}]/Border[0 0 0]/F 4/Contents{said}/StructParent {key}{action}>>"


def _fit(place: Bookmark) -> str:
    left, top, zoom = (
        " null" if value is None else f" {number(value)}" for value in (place.left, place.top, place.zoom)
    )
    match place.fit:
        case "FitH" | "FitBH":
            return f"/{place.fit}{top}"
        case "FitV" | "FitBV":
            return f"/{place.fit}{left}"
        case "Fit" | "FitB":
            return f"/{place.fit}"
        case _:
            return f"/XYZ{left}{top}{zoom}"


@dataclass(slots=True)
class _Line:
    """A line of the table of contents, and what stands below it. `shown` counts the lines seen below while open."""

    number: int
    closed: bool = False
    kids: list[_Line] = field(default_factory=list)
    shown: int = 0

    def links(self) -> str:
        """Return what leads to the lines below."""
        if not self.kids:
            return ""
        count = -self.shown if self.closed else self.shown
        return f"/First {self.kids[0].number} 0 R/Last {self.kids[-1].number} 0 R/Count {count}"


def put_outline(pool: Pool, entries: Sequence[OutlineEntry], places: Places) -> int:
    """Add a table of contents; return the number of its root, 0 where there are no entries.

    A level that is left out closes up.

    Raises:
        TemplateError: an entry leads to no bookmark.
    """
    if not entries:
        return 0
    root = _Line(pool.reserve())
    lines = [_Line(pool.reserve(), entry.closed) for entry in entries]
    parents = _nest(root, lines, entries)
    for line, parent in zip(reversed(lines), reversed(parents), strict=True):
        parent.shown += 1 + (0 if line.closed else line.shown)
    beside: dict[int, str] = {}
    for line in (root, *lines):
        beside |= _neighbours(line.kids)
    for entry, line, parent in zip(entries, lines, parents, strict=True):
        head = f"<</Title{text(entry.title)}/Parent {parent.number} 0 R{beside[line.number]}"
        pool.add(f"{head}{line.links()}/Dest{places.find(entry.bookmark)}>>", line.number)
    pool.add(f"<</Type/Outlines{root.links()}>>", root.number)
    return root.number


def _nest(root: _Line, lines: Sequence[_Line], entries: Sequence[OutlineEntry]) -> list[_Line]:
    """Put each line below the last one before it of a lower level; return what each stands below."""
    above: list[tuple[int, _Line]] = [(-1, root)]
    parents = []
    for line, entry in zip(lines, entries, strict=True):
        while above[-1][0] >= max(entry.level, 0):
            above.pop()
        parents.append(above[-1][1])
        above[-1][1].kids.append(line)
        above.append((max(entry.level, 0), line))
    return parents


def _neighbours(kids: Sequence[_Line]) -> dict[int, str]:
    """Return what leads from each line to those beside it."""
    found = dict.fromkeys([line.number for line in kids], "")
    for before, after in pairwise(kids):
        found[before.number] += f"/Next {after.number} 0 R"
        found[after.number] += f"/Prev {before.number} 0 R"
    return found
