"""Floor 2, edges: many Word documents become one, each on pages of its own. Knows no template and no record.

Documents of one template cost little: styles, headers, pictures and definitions of lists that are equal are there once,
and only texts are gone through, one document at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from docgen.errors import RenderError, TemplateError
from docgen.model import Where
from docgen.render.docx.joining.carry import Carrier, pattern_of
from docgen.render.docx.joining.lists import Lists, Restart
from docgen.render.docx.joining.names import Names, count_within
from docgen.render.docx.joining.notes import SORTS, Notes
from docgen.render.docx.joining.sections import Sections, end_section, references_of, sections_of, settle_evens
from docgen.render.docx.joining.settings import Settings
from docgen.render.docx.joining.styles import Look, StyleBook
from docgen.render.docx.package import Assembly, Package, parse_xml, write_xml
from docgen.render.docx.spot import R, W, w

_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_BODY = re.compile(rb"<w:body\b[^>]*>")
_ID = f"{{{R}}}id"
_STORY = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"
#: A zip counts its members with 16 bits.
_MOST_PARTS = 65_000


def join_documents(documents: Iterable[bytes]) -> bytes:
    """Return one Word document of many: each begins on a new page, with its own headers, lists and page numbers.

    Settings and properties are those of the first. Equal documents in equal order give equal bytes.

    Args:
        documents: `.docx` files that docgen made, at least one; only one is held at a time.

    Raises:
        RenderError: one of them is no Word document, or there is none; or the parts are more than a file can hold.
    """
    joiner: _Joiner | None = None
    for number, content in enumerate(documents, 1):
        where = Where(f"document {number} of the bundle")
        try:
            package = Package(content, where, own=True)
        except TemplateError as error:
            raise RenderError(error.problem, where=where) from error
        if joiner is None:
            joiner = _Joiner(package)
        joiner.add(package)
    if joiner is None:
        raise RenderError("there are no documents to join")
    return joiner.save()


class _Joiner:
    """A document that grows by whole documents."""

    def __init__(self, package: Package) -> None:
        self._assembly = Assembly(package)
        self._main = package.main
        self._carrier = Carrier(self._assembly)
        self._lists = Lists(self._carrier)
        self._styles = StyleBook(self._assembly, self._lists)
        self._notes = {sort.note: Notes(sort, self._carrier) for sort in SORTS}
        self._names = Names()
        self._sections = Sections()
        self._settings = Settings(self._assembly)
        self._text = _Text()
        self._stories: dict[tuple[bytes, ...], str] = {}
        self._empty: dict[str, str] = {}
        self._endnotes = False

    def add(self, package: Package) -> None:
        """Take in one more document."""
        first = self._text.root is None
        root = parse_xml(package.parts[package.main])
        body = root.find(w("body"))
        if body is None:
            raise RenderError("has no body that docgen can read", where=package.where)
        if not first:
            self._text.end()
        look = self._styles.look(package)
        sections = sections_of(body)
        part = self._names.part_name()
        stories = [node for section in sections for node in references_of(section)]
        counted = [self._bring_story(package, node, look, part, first=first) for node in stories]
        notes = self._adapt(package, root, body, look, first=first)
        self._sections.begin(sections, self._empty_story, first=first, evens=self._settings.add(package), notes=notes)
        if count_within(body, part) or any(counted):
            self._names.enclose(body, part)
        self._text.add(root, body)
        if len(self._assembly.relations(self._main)) > _MOST_PARTS:
            raise RenderError("the bundle has more parts than a file can hold", hint="make several smaller bundles")

    def save(self) -> bytes:
        """Return the file."""
        self._settings.write(endnotes=self._endnotes)
        self._assembly.replace(self._main, settle_evens(self._text.content(), evens=self._settings.evens))
        return self._assembly.save()

    # --- the text ------------------------------------------------------------------------------

    def _adapt(
        self, package: Package, root: etree._Element, body: etree._Element, look: Look, *, first: bool
    ) -> dict[str, bool]:
        """Make a document's text part of ours; return which sorts of notes it has."""
        if first:
            self._names.learn(root)
            notes = {sort: notes.has(package) for sort, notes in self._notes.items()}
        else:
            restart = look.lists(package).begin()
            self._fit(root, package, package.main, self._main, look, restart)
            notes = {
                sort: notes.bring(
                    package, body, lambda note, part, home: self._fit(note, package, part, home, look, restart)
                )
                for sort, notes in self._notes.items()
            }
        self._endnotes = self._endnotes or notes["endnote"]
        return {sort: there for sort, there in notes.items() if sort != "comment"}

    def _fit(
        self, root: etree._Element, package: Package, part: str, home: str, look: Look, restart: Restart | None
    ) -> None:
        if restart is not None:
            look.renumber(root, restart)
        look.restyle(root)
        self._names.adapt(root)
        self._carrier.relate_anew(root, package, part, home)

    # --- headers and footers -------------------------------------------------------------------

    def _bring_story(self, package: Package, reference: etree._Element, look: Look, part: str, *, first: bool) -> bool:
        """Let a section refer to its header here; equal ones are there once. Return whether it counts pages."""
        relation = package.relations(package.main).get(reference.get(_ID, ""))
        if relation is None or relation.target not in package.parts:
            reference.getparent().remove(reference)
            return False
        content = package.parts[relation.target]
        counts = b"NUMPAGES" in content.upper()
        key = (self._carrier.digest(package, relation.target), look.key, part.encode() if counts else b"")
        if key not in self._stories:
            if first:
                self._stories[key] = relation.target
                self._names.learn(parse_xml(content))
                if counts:
                    count_within(self._assembly.tree(relation.target), part)
            else:
                self._stories[key] = self._add_story(package, relation.target, look, part)
        kind = etree.QName(reference).localname.removesuffix("Reference")
        reference.set(_ID, self._assembly.relate(self._main, kind, self._stories[key]))
        return counts

    def _add_story(self, package: Package, name: str, look: Look, part: str) -> str:
        root = parse_xml(package.parts[name])
        source = look.lists(package)
        for node in root.iter(w("numId")):
            node.set(w("val"), source.lasting(node.get(w("val"), "")))
        look.restyle(root)
        self._names.adapt(root)
        count_within(root, part)
        added = self._assembly.add(pattern_of(name), write_xml(root), package.media_type(name))
        self._carrier.relations(package, name, added)
        return added

    def _empty_story(self, tag: str) -> str:
        """Return the id of a relation to a header or footer with nothing in it, for the element of a reference."""
        if tag not in self._empty:
            kind = str(etree.QName(tag).localname).removesuffix("Reference")
            root = "hdr" if kind == "header" else "ftr"
            content = f'<w:{root} xmlns:w="{W}"><w:p/></w:{root}>'.encode()
            name = self._assembly.add(f"word/{kind}{{}}.xml", content, _STORY.format(kind))
            self._empty[tag] = self._assembly.relate(self._main, kind, name)
        return self._empty[tag]


class _Text:
    """The main part in pieces of markup; the last document stays a tree, since only its section stays at the end."""

    def __init__(self) -> None:
        self.root: etree._Element | None = None
        self._body: etree._Element | None = None
        self._before: list[etree._Element] = []
        self._pieces: list[bytes] = []
        self._prefixes: dict[str | None, str] = {}
        self._ignorable: list[str] = []

    def add(self, root: etree._Element, body: etree._Element) -> None:
        """Append a document."""
        if self.root is None:
            self._before = [node for node in root if node is not body]
        self.root, self._body = root, body
        self._ignorable += str(root.get(f"{{{_MC}}}Ignorable", "")).split()

    def end(self) -> None:
        """End the last document's section: another follows."""
        assert self._body is not None, "there is a document"
        end_section(self._body)
        self._flush()

    def _flush(self) -> None:
        assert self.root is not None, "there is a document"
        assert self._body is not None, "there is a document"
        prefixes = self.root.nsmap
        fits = all(self._prefixes.get(prefix, uri) == uri for prefix, uri in prefixes.items())
        if fits and prefixes.get("w") == W and self._body.nsmap == prefixes:
            self._prefixes.update(prefixes)
            markup = bytes(etree.tostring(self.root))
            begin = _BODY.search(markup)
            assert begin is not None, "it was found in the tree"
            end = markup.rfind(b"</w:body>")
            self._pieces.append(markup[begin.end() : end] if end > 0 else b"")
        else:
            self._pieces += [bytes(etree.tostring(node, with_tail=False)) for node in self._body]

    def content(self) -> bytes:
        """Return the part."""
        self._flush()
        prefixes = {**self._prefixes, "w": W}
        root = etree.Element(w("document"), nsmap=prefixes)
        known = dict.fromkeys(prefix for prefix in self._ignorable if prefix in prefixes)
        if known:
            root.set(f"{{{_MC}}}Ignorable", " ".join(known))
        root.extend(self._before)
        etree.SubElement(root, w("body")).text = "\ue0ff"
        before, after = write_xml(root).split("\ue0ff".encode())
        return b"".join([before, *self._pieces, after])
