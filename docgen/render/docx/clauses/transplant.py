"""Floor 2, edges: the text of one Word document moved into another, with everything that hangs on it.

Styles of the same name stay the receiving document's, others come along; lists count anew; pictures, charts, links and
embedded files are related anew; notes join the receiving document's notes; bookmarks get ids and names of their own.
Left behind are headers and footers, comments, and the layout of the last section: the text flows in its new place.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from docgen.errors import TemplateSyntax, UnsupportedFeature
from docgen.model import Where
from docgen.render.docx.clauses.adoption import Adoption
from docgen.render.docx.clauses.notes import notes_of
from docgen.render.docx.package import Assembly, Relation, Story
from docgen.render.docx.spot import R, RichValue, Spot, fill, w
from docgen.render.docx.writing.room import section_of

#: Where other files are named by the id of a relation besides attributes of the namespace of relations.
_OFFICE_ID = "{urn:schemas-microsoft-com:office:office}relid"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
#: Ids that Word gives anew; two that are equal would be a fault of the document.
_OWN_IDS = (f"{_W14}paraId", f"{_W14}textId")
_LEFT_OUT = ("headerReference", "footerReference", "commentRangeStart", "commentRangeEnd", "commentReference")
#: A part's name ends in a number where there are several of its sort.
_NUMBER = re.compile(r"\d*(\.\w+)$")
_POINTS_AT = re.compile(r'(\b(?:REF|PAGEREF|NOTEREF|\\l)\s+"?)([^\s"\\]+)')


def transplant(guest: Assembly, spot: Spot, values: Sequence[RichValue]) -> list[etree._Element]:
    """Return the paragraphs and tables of a document, ready to stand at a spot of another.

    Args:
        guest: where they come from; it stays as it is, for a template may print one value twice.
        spot: where they go.
        values: what tokens in them stand for.
    """
    body = next(copy.deepcopy(guest.tree(guest.package.main)).iter(w("body")))
    for section in body.findall(w("sectPr")):
        body.remove(section)
    moving = Transplant(guest, spot.story.assembly)
    moving.move(body, guest.package.main, spot.story)
    moving.move_notes(body, spot.story, values)
    fill(body, spot.story, values)
    return [*_section_before(body, spot), *body]


def _section_before(body: etree._Element, spot: Spot) -> list[etree._Element]:
    """End the section that the text before stands in, where sections come along; else it would take their layout."""
    inner = list(body.iter(w("sectPr")))
    if spot.paragraph.getparent().tag != w("body"):
        for section in inner:
            section.getparent().remove(section)
        return []
    here = section_of(spot.paragraph, spot.story) if inner else None
    if here is None or spot.paragraph.getprevious() is None:
        return []
    paragraph = etree.Element(w("p"))
    etree.SubElement(paragraph, w("pPr")).append(copy.deepcopy(here))
    return [paragraph]


@dataclass
class Transplant:
    """One document on its way into another."""

    guest: Assembly
    host: Assembly
    _brought: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._adoption = Adoption(self.guest, self.host)

    def move(self, root: etree._Element, part: str, story: Story) -> None:
        """Make what stands below `root`, of a part of the guest, fit for a part of the host."""
        _clean(root)
        self._relate(root, part, story)
        self._adoption.adopt(root)
        _rename_bookmarks(root, self.host)

    def move_notes(self, body: etree._Element, story: Story, values: Sequence[RichValue]) -> None:
        """Take over the footnotes and endnotes that a text refers to."""
        for kind in ("footnote", "endnote"):
            references = list(body.iter(w(f"{kind}Reference")))
            if not references:
                continue
            if story.part != self.host.package.main:
                raise UnsupportedFeature(
                    f"a document with {kind}s can be put into the text only", where=Where(path=(story.part,))
                )
            self._move_notes(kind, references, values)

    def _move_notes(self, kind: str, references: list[etree._Element], values: Sequence[RichValue]) -> None:
        notes = notes_of(self.host, kind)
        source = next(iter(self.guest.package.related(self.guest.package.main, f"{kind}s")), "")
        there = {note.get(w("id")): note for note in self.guest.tree(source)} if source else {}
        for reference in references:
            note = there.get(reference.get(w("id")))
            if note is None:
                raise self._damaged(f"{kind} {reference.get(w('id'))} is not there")
            taken = copy.deepcopy(note)
            self.move(taken, source, self.host.story(notes.part))
            fill(taken, self.host.story(notes.part), values)
            reference.set(w("id"), notes.add(taken))

    # --- relations -----------------------------------------------------------------------------

    def _relate(self, root: etree._Element, part: str, story: Story) -> None:
        relations = self.guest.relations(part)
        for node in root.iter(etree.Element):
            for name, value in node.attrib.items():
                if (name.startswith(f"{{{R}}}") or name == _OFFICE_ID) and value:
                    if value not in relations:
                        raise self._damaged(f"the relation {value} is not there")
                    node.set(name, self._related(relations[value], story))

    def _related(self, relation: Relation, story: Story) -> str:
        if relation.external:
            return self.host.relate(story.part, relation.kind, relation.target, external=True)
        return self.host.relate(story.part, relation.kind, self._bring(relation))

    def _bring(self, relation: Relation) -> str:
        """Return the name that a part of the guest has in the host, with all that it is related to."""
        name = relation.target
        if name in self._brought:
            return self._brought[name]
        if name not in self.guest or name == self.guest.package.main:
            raise self._damaged(f"{name} is not there")
        relations = self.guest.relations(name)
        pattern = _NUMBER.sub(r"{}\1", name.replace("{", "").replace("}", ""))
        media_type = self.guest.package.media_type(name)
        is_picture = relation.kind.endswith("/image")
        taken = self.host.add(pattern, self.guest.read(name), media_type, shared=is_picture)
        self._brought[name] = taken
        for one in relations.values():
            target = one.target if one.external else self._bring(one)
            self.host.relate(taken, one.kind, target, external=one.external, name=one.id)
        return taken

    def _damaged(self, problem: str) -> TemplateSyntax:
        return TemplateSyntax(f"is damaged: {problem}", where=self.guest.package.where, hint="save it anew in Word")


def _clean(root: etree._Element) -> None:
    for name in _LEFT_OUT:
        for node in list(root.iter(w(name))):
            node.getparent().remove(node)
    for node in root.iter(etree.Element):
        for name in _OWN_IDS:
            node.attrib.pop(name, None)
    for properties in root.iter(w("sdtPr")):  # ids must differ; bound data stays in the other document
        for name in ("id", "dataBinding"):
            for node in properties.findall(w(name)):
                properties.remove(node)


# --- bookmarks ------------------------------------------------------------------------------------


@dataclass
class _Bookmarks:
    """Ids and names that a document's bookmarks have."""

    highest: int = 0
    names: set[str] = field(default_factory=set)
    _numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, host: Assembly) -> _Bookmarks:
        if cls not in host.memory:
            found = cls()
            for node in host.tree(host.package.main).iter(w("bookmarkStart")):
                found.highest = max(found.highest, int(node.get(w("id"), "0")))
                found.names.add(node.get(w("name"), ""))
            host.memory[cls] = found
        known: _Bookmarks = host.memory[cls]
        return known

    def next_id(self) -> str:
        self.highest += 1
        return str(self.highest)

    def new_name(self, name: str) -> str:
        number, found = self._numbers.get(name, 2), name
        while found in self.names:
            found, number = f"{name[:34]}_{number}", number + 1  # Word keeps 40 characters
        self._numbers[name] = number
        self.names.add(found)
        return found


def _rename_bookmarks(root: etree._Element, host: Assembly) -> None:
    marks = list(root.iter(w("bookmarkStart")))
    if not marks:
        return
    known = _Bookmarks.of(host)
    ids = {mark.get(w("id")): known.next_id() for mark in marks}
    names = {name: known.new_name(name) for name in dict.fromkeys(mark.get(w("name"), "") for mark in marks)}
    for mark in marks:
        mark.set(w("name"), names[mark.get(w("name"), "")])
    for mark in (*marks, *root.iter(w("bookmarkEnd"))):
        mark.set(w("id"), ids.get(mark.get(w("id"))) or known.next_id())
    _follow(root, {old: new for old, new in names.items() if old != new})


def _follow(root: etree._Element, names: dict[str, str]) -> None:
    """Have links and references lead to the bookmarks under their new names."""
    if not names:
        return
    for link in root.iter(w("hyperlink")):
        anchor = link.get(w("anchor"))
        if anchor in names:
            link.set(w("anchor"), names[anchor])
    for code in root.iter(w("instrText")):
        code.text = _renamed(code.text or "", names)
    for simple in root.iter(w("fldSimple")):
        simple.set(w("instr"), _renamed(simple.get(w("instr"), ""), names))


def _renamed(code: str, names: dict[str, str]) -> str:
    return _POINTS_AT.sub(lambda found: f"{found[1]}{names.get(found[2], found[2])}", code)
