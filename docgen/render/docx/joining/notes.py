"""Floor 2, edges: footnotes, endnotes and comments of joined documents, all in one part each, under new ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from docgen.render.docx.joining.carry import Carrier
from docgen.render.docx.joining.order import NOTES, SETTINGS, child, value
from docgen.render.docx.package import Package, parse_xml, write_xml
from docgen.render.docx.spot import w

#: What is done with the text of each note: (its element, its document's part, the part here).
Adapt = Callable[[etree._Element, str, str], None]


@dataclass(frozen=True)
class Sort:
    """One sort of notes.

    Attributes:
        kind: of the relation, and the part's name.
        note: the element.
        refers: elements in the text that name a note.
    """

    kind: str
    note: str
    refers: tuple[str, ...]


SORTS = (
    Sort("footnotes", "footnote", ("footnoteReference",)),
    Sort("endnotes", "endnote", ("endnoteReference",)),
    Sort("comments", "comment", ("commentReference", "commentRangeStart", "commentRangeEnd")),
)


class Notes:
    """The notes of one sort of the document that the others are joined to."""

    def __init__(self, sort: Sort, carrier: Carrier) -> None:
        self._sort = sort
        self._carrier = carrier
        self._assembly = carrier.assembly
        package = carrier.assembly.package
        self._part = next(iter(package.related(package.main, sort.kind)), "")
        self._next = -1

    def bring(self, package: Package, body: etree._Element, adapt: Adapt) -> bool:
        """Take in a document's notes and let its text refer to them; return whether it has any."""
        part = next(iter(package.related(package.main, self._sort.kind)), "")
        if not part:
            return False
        root = parse_xml(package.parts[part])
        notes = list(_real(root, self._sort))
        if notes:
            home = self._home(root, part, package)
            ids = {value(note, "id"): str(number) for number, note in enumerate(notes, self._first)}
            self._next += len(notes)
            for note in notes:
                note.set(w("id"), ids[value(note, "id")])
                adapt(note, part, self._part)
                home.append(note)
            for reference in body.iter(*map(w, self._sort.refers)):
                reference.set(w("id"), ids.get(value(reference, "id"), value(reference, "id")))
        return bool(notes)

    def has(self, package: Package) -> bool:
        """Whether a document has such notes."""
        parts = package.related(package.main, self._sort.kind)[:1]
        return any(True for part in parts for _ in _real(parse_xml(package.parts[part]), self._sort))

    @property
    def _first(self) -> int:
        if self._next < 0:
            root = self._assembly.tree(self._part)
            ids = [int(value(note, "id") or 0) for note in root.iter(w(self._sort.note))]
            self._next = max([0, *ids]) + 1
        return self._next

    def _home(self, root: etree._Element, part: str, package: Package) -> etree._Element:
        """Return the tree that the notes go to; made with the separators of the first document that has notes."""
        if not self._part:
            empty = parse_xml(write_xml(root))
            for note in list(_real(empty, self._sort)):
                empty.remove(note)
            pattern = f"word/{self._sort.kind}{{}}.xml"
            self._part = self._assembly.add(pattern, write_xml(empty), package.media_type(part))
            self._assembly.relate(self._assembly.package.main, self._sort.kind, self._part)
            self._name_separators(empty)
        return self._assembly.tree(self._part)

    def _name_separators(self, notes: etree._Element) -> None:
        """Tell the settings which notes are separators, as Word does."""
        package = self._assembly.package
        settings = next(iter(package.related(package.main, "settings")), "")
        ids = [value(note, "id") for note in notes.iter(w(self._sort.note))]
        if settings and ids and f"{self._sort.note}Pr" in SETTINGS:
            said = child(self._assembly.tree(settings), f"{self._sort.note}Pr", SETTINGS)
            for number in ids:
                separator = etree.SubElement(said, w(self._sort.note))
                separator.set(w("id"), number)


def _real(root: etree._Element, sort: Sort) -> Iterator[etree._Element]:
    """Yield the notes, without the lines that stand between them and the text."""
    return (note for note in root.iterchildren(w(sort.note)) if value(note, "type") in ("", "normal"))


def begin_anew(section: etree._Element, sort: str, order: tuple[str, ...]) -> None:
    """Let the notes of a section be counted from the beginning."""
    said = child(section, f"{sort}Pr", order)
    restart = child(said, "numRestart", NOTES)
    if value(restart) != "eachPage":
        restart.set(w("val"), "eachSect")
