"""Floor 2, edges: a Word document as a zip of parts and their relations (ECMA-376 part 2). Knows no Word markup.

A `Package` is read once, with bounds, and never changes: what a template is. An `Assembly` is what one rendering makes
of it: parts replaced, parts and relations added. Parts that nobody touched are written as they were deflated when the
package was read, so that a document costs no more than what differs in it.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import struct
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from docgen.errors import LimitExceeded, TemplateError, TemplateSyntax
from docgen.model import Where
from docgen.render.docx.container import SAVE_AS_DOCX, check_xml, is_xml, read_members

#: Sets of members that stay as they are; each is kept zipped.
_MAX_KEPT = 32

TYPES = "[Content_Types].xml"
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
#: Begins the type of every relation that Word documents use.
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
#: What the numbers of a zip can say; the largest of each is a mark for a kind of zip that Word does not write.
_MOST_MEMBERS = 0xFFFE
_MOST_BYTES = 0xFFFF_FFFE
_DATE = 0x21  # 1 January 1980, where a zip's time begins
_UTF8 = 0x800
_UNIX = 3 << 8
#: Level 6 packs a letter 3 % better than level 1 and takes twice as long.
_LEVEL = 1


def parse_xml(content: bytes) -> etree._Element:
    """Return the tree of a part; nothing is loaded and no entity is unfolded.

    Raises:
        lxml.etree.XMLSyntaxError: it is not well-formed.
    """
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def write_xml(tree: etree._Element) -> bytes:
    """Return a tree as the content of a part."""
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a part.

    Attributes:
        kind: its type, a URI.
        target: the name of a part, `word/media/image1.png`; the address as it stands where `external`.
        within: an address all the same, `#Chapter1`, that the file does not say is one, as Word writes it.
    """

    id: str
    kind: str
    target: str
    external: bool = False
    within: bool = False


def relations_name(part: str) -> str:
    """Return the name of the part that lists a part's relations; "" is the package itself."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


class Package:
    """The parts of a document, by name (`word/document.xml`), those only that can be reached from its main part."""

    def __init__(self, content: bytes, where: Where, *, own: bool = False) -> None:
        """Read and check.

        Args:
            content: the file.
            where: what to call it.
            own: docgen made it: its parts can be parsed without harm, and need not be twice.

        Raises:
            TemplateError: it is no Word document, would fill memory, or cannot be trusted; says why.
        """
        self.where = where
        self._own = own
        members = _read_members(content, where, own=own)
        self._relations: dict[str, dict[str, Relation]] = {}
        self._kept: dict[frozenset[str], _Zip] = {}
        self._last: dict[str, tuple[bytes, _Entry]] = {}
        self.parts: dict[str, bytes] = {}
        try:
            self._defaults, self._overrides = _read_types(members[TYPES])
            self._collect(members, "")
        except etree.XMLSyntaxError as error:
            raise TemplateSyntax(f"is damaged: {error.msg}", where=where, hint=SAVE_AS_DOCX) from error
        main = next((one.target for one in self.relations("").values() if one.kind == f"{OFFICE}/officeDocument"), "")
        if main not in self.parts:
            raise TemplateSyntax("is not a Word document", where=where, hint=SAVE_AS_DOCX)
        self.main = main
        self._check_kind()

    def _check_kind(self) -> None:
        """Refuse what is a Word document, and none that letters are made of."""
        kind = self.media_type(self.main)
        macros = any(one.kind.endswith("/vbaProject") for part in self.parts for one in self.relations(part).values())
        if macros or "macroEnabled" in kind:
            raise TemplateError("holds macros, which are never run", where=self.where, hint=SAVE_AS_DOCX)
        if kind.endswith("template.main+xml"):
            raise TemplateSyntax("is a template of Word (.dotx)", where=self.where, hint=SAVE_AS_DOCX)
        if kind != _MAIN_TYPE:
            raise TemplateSyntax("is not a Word document", where=self.where, hint=SAVE_AS_DOCX)

    def _collect(self, members: Mapping[str, bytes], start: str) -> None:
        waiting = [start]
        while waiting:
            name = waiting.pop(0)
            relations = _read_relations(members.get(relations_name(name)), name, self.where)
            self._relations[name] = {one.id: one for one in relations}
            for relation in relations:
                target = relation.target
                if relation.external or target in self.parts:
                    continue
                if target in members:
                    self._take(target, members[target])
                    waiting.append(target)
                elif not relation.kind.endswith("/hyperlink"):
                    problem = f'refers to "{target}", which is not in the file'
                    raise TemplateSyntax(problem, where=self.where, hint=SAVE_AS_DOCX)

    def _take(self, name: str, content: bytes) -> None:
        if not self._own and is_xml(name, self.media_type(name)) and not is_xml(name, ""):
            check_xml(name, content, self.where)
        self.parts[name] = content

    def relations(self, part: str) -> Mapping[str, Relation]:
        """Return a part's relations by id; "" is the package itself."""
        return self._relations.get(part, {})

    def related(self, part: str, kind: str) -> list[str]:
        """Return the names of the parts that a part is related to, in order; `kind` is the last step of the type."""
        wanted = f"{OFFICE}/{kind}"
        found = [one.target for one in self.relations(part).values() if one.kind == wanted and not one.external]
        return [name for name in dict.fromkeys(found) if name in self.parts]

    def media_type(self, part: str) -> str:
        """Return the content type of a part."""
        ending = PurePosixPath(part).suffix[1:].lower()
        return self._overrides.get(part) or self._defaults.get(ending, "application/octet-stream")

    def rewritten(self, parts: Mapping[str, bytes], without: Iterable[tuple[str, str]] = ()) -> Package:
        """Return a package with other contents of parts, and without relations, named by part and id."""
        assembly = Assembly(self)
        for name, content in parts.items():
            assembly.replace(name, content)
        for part, relation in without:
            assembly.unrelate(part, relation)
        return Package(assembly.save(), self.where, own=True)

    @cached_property
    def members(self) -> dict[str, bytes]:
        """Every member as it is written when nothing is changed."""
        found = {TYPES: _write_types(self._defaults, self._overrides, self.parts)}
        for owner in ("", *self.parts):
            if self.relations(owner):
                found[relations_name(owner)] = _write_relations(owner, self.relations(owner).values())
            if owner:
                found[owner] = self.parts[owner]
        return found

    @cached_property
    def entries(self) -> dict[str, _Entry]:
        """The members, deflated."""
        return {name: _Entry.of(name, content, 9) for name, content in self.members.items()}

    def zipped(self, changed: Mapping[str, bytes]) -> bytes:
        """Return the file with these members changed or added: the others first, as they were deflated once."""
        key = frozenset(changed)
        if key not in self._kept:
            if len(self._kept) > _MAX_KEPT:
                self._kept.clear()
            kept = [entry for name, entry in self.entries.items() if name not in key]
            self._kept[key] = _Zip.of(kept)
        entries = [self._entry(name, content) for name, content in changed.items()]
        return self._kept[key].followed_by(entries, self.where)

    def _entry(self, name: str, content: bytes) -> _Entry:
        """Return a member, deflated; a header is often the same as in the document before."""
        last = self._last.get(name)
        if last is None or last[0] != content:
            last = self._last[name] = content, _Entry.of(name, content)
            if len(self._last) > _MAX_KEPT:
                self._last.pop(next(iter(self._last)))
        return last[1]

    @cached_property
    def styles(self) -> dict[str, str]:
        """Name of a style in lower case -> its id."""
        found: dict[str, str] = {}
        for name in self.related(self.main, "styles"):
            for style in parse_xml(self.parts[name]).iter("{*}style"):
                label = style.find("{*}name")
                if label is not None:
                    found.setdefault(_value(label).lower(), next(iter(_values(style, "styleId")), ""))
        return found


def _values(node: etree._Element, name: str) -> list[str]:
    return [str(value) for key, value in node.attrib.items() if etree.QName(key).localname == name]


def _value(node: etree._Element) -> str:
    return next(iter(_values(node, "val")), "")


class Assembly:
    """A document in the making: a package, and what differs from it."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._changed: dict[str, bytes] = {}
        self._trees: dict[str, etree._Element] = {}
        self._relations: dict[str, dict[str, Relation]] = {}
        self._overrides: dict[str, str] = {}
        self._known: dict[tuple[str, bytes], str] = {}
        self._related: dict[str, dict[tuple[str, str, bool], str]] = {}
        #: Names of parts in small letters, once one was asked for.
        self._taken: set[str] = set()
        #: How far numbers are used up, so that the thousandth of its sort is found as soon as the second.
        self._counters: dict[str, int] = {}
        #: What values note down while this one document is made, by a key of their own.
        self.memory: dict[object, Any] = {}

    # --- parts ---------------------------------------------------------------------------------

    def read(self, part: str) -> bytes:
        """Return a part as it is now.

        Raises:
            KeyError: there is no such part.
        """
        if part in self._trees:
            return write_xml(self._trees[part])
        return self._changed[part] if part in self._changed else self.package.parts[part]

    def tree(self, part: str) -> etree._Element:
        """Return the tree of a part; what is changed in it is saved."""
        if part not in self._trees:
            self._trees[part] = parse_xml(self.read(part))
        return self._trees[part]

    def replace(self, part: str, content: bytes) -> None:
        """Give a part that is there another content."""
        self._trees.pop(part, None)
        self._changed[part] = content

    def __contains__(self, part: object) -> bool:
        return part in self._changed or part in self.package.parts

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self.package.parts, *self._changed]))

    def add(self, pattern: str, content: bytes, media_type: str, *, shared: bool = False) -> str:
        """Add a part and return its name.

        Args:
            pattern: the name with `{}` for the first free number: `word/media/image{}.png`.
            content: the part.
            media_type: its content type.
            shared: a part that is there already with this content will do, as pictures do.
        """
        digest = hashlib.sha256(content).digest()
        folder = posixpath.dirname(pattern)
        if shared:
            self._know(folder)
            if (folder, digest) in self._known:
                return self._known[folder, digest]
        name = self._free_part(pattern)
        self._changed[name] = content
        self._overrides[name] = media_type
        if shared:
            self._known[folder, digest] = name
        return name

    def _free_part(self, pattern: str) -> str:
        """Return a part's name, free however it is written: names that differ in capitals only are one."""
        if not self._taken:
            self._taken = {name.casefold() for name in self}
        folded = self._first_free(pattern.casefold(), self._taken)
        self._taken.add(folded)
        return pattern.format(self._counters[f" {pattern.casefold()}"])

    def _know(self, folder: str) -> None:
        if ("", folder.encode()) not in self._known:
            self._known["", folder.encode()] = ""
            for name, content in self.package.parts.items():
                if posixpath.dirname(name) == folder:
                    self._known.setdefault((folder, hashlib.sha256(content).digest()), name)

    # --- relations -----------------------------------------------------------------------------

    def relations(self, part: str) -> Mapping[str, Relation]:
        """Return a part's relations by id."""
        return self._relations.get(part) or self.package.relations(part)

    def relate(self, part: str, kind: str, target: str, *, external: bool = False, name: str = "") -> str:
        """Relate a part to another or to an address, and return the id, the known one where it is related already.

        Args:
            part: from where.
            kind: the type, a URI, or the last step of one of `OFFICE`'s: `image`.
            target: a part's name, or an address.
            external: the target is an address.
            name: the id that it must have, because the part's content uses it already.
        """
        kind = kind if ":" in kind else f"{OFFICE}/{kind}"
        relations = self._own_relations(part)
        if part not in self._related:
            self._related[part] = {(one.kind, one.target, one.external): one.id for one in relations.values()}
        if not name and (known := self._related[part].get((kind, target, external), "")) in relations:
            return known
        name = name or self._first_free("rId{}", relations, part)
        relations[name] = Relation(name, kind, target, external)
        self._related[part][kind, target, external] = name
        return name

    def _first_free(self, pattern: str, taken: Container[str], owner: str = "") -> str:
        key = f"{owner} {pattern}"
        number = self._counters.get(key, 0) + 1
        while pattern.format(number) in taken:
            number += 1
        self._counters[key] = number
        return pattern.format(number)

    def unrelate(self, part: str, relation: str) -> None:
        """Take a relation away."""
        self._own_relations(part).pop(relation, None)

    def set_within(self, part: str, relation: str, within: bool) -> None:
        """Say whether an address is marked as one; see `Relation.within`."""
        relations = self._own_relations(part)
        if relation in relations:
            relations[relation] = replace(relations[relation], within=within)

    def _own_relations(self, part: str) -> dict[str, Relation]:
        if part not in self._relations:
            self._relations[part] = dict(self.package.relations(part))
        return self._relations[part]

    @cached_property
    def styles(self) -> dict[str, str]:
        """Name of a style in lower case -> its id; who adds a style enters it here."""
        return dict(self.package.styles)

    def story(self, part: str) -> Story:
        """Return a part as what is put into its text sees it."""
        return Story(self, part)

    # --- the file ------------------------------------------------------------------------------

    def save(self) -> bytes:
        """Return the file: the same bytes for the same document."""
        for name in self._trees:
            self._changed[name] = write_xml(self._trees[name])
        self._trees.clear()
        changed = dict(self._changed)
        for part, relations in self._relations.items():
            changed[relations_name(part)] = _write_relations(part, relations.values())
        if self._overrides:
            package = self.package
            overrides = {**package._overrides, **self._overrides}
            changed[TYPES] = _write_types(package._defaults, overrides, [*package.parts, *self._changed])
        return self.package.zipped(changed)


@dataclass(frozen=True)
class Story:
    """A part with text in it, and what may be hung on it.

    Attributes:
        assembly: the document.
        part: the part's name.
    """

    assembly: Assembly
    part: str

    def link(self, address: str) -> str:
        """Return the id of a relation to an address outside the document."""
        return self.assembly.relate(self.part, "hyperlink", address, external=True)

    def attach(self, kind: str, pattern: str, content: bytes, media_type: str, *, shared: bool = False) -> str:
        """Add a part, as `Assembly.add` does, and return the id of this part's relation to it."""
        name = self.assembly.add(pattern, content, media_type, shared=shared)
        return self.assembly.relate(self.part, kind, name)

    @property
    def styles(self) -> Mapping[str, str]:
        """Name of a style in lower case -> its id."""
        return self.assembly.styles


# --- reading --------------------------------------------------------------------------------------


def _read_members(content: bytes, where: Where, *, own: bool) -> dict[str, bytes]:
    members = read_members(content, where, own=own)
    if TYPES not in members:
        raise TemplateSyntax("is not a Word document", where=where, hint=SAVE_AS_DOCX)
    for name, member in members.items():
        if not own and is_xml(name, ""):
            check_xml(name, member, where)
    return members


def _read_types(content: bytes) -> tuple[dict[str, str], dict[str, str]]:
    tree = parse_xml(content)
    defaults = {
        str(node.get("Extension", "")).lower(): str(node.get("ContentType")) for node in tree.iter("{*}Default")
    }
    overrides = {
        str(node.get("PartName", "")).lstrip("/"): str(node.get("ContentType")) for node in tree.iter("{*}Override")
    }
    return defaults, overrides


def _read_relations(content: bytes | None, owner: str, where: Where) -> list[Relation]:
    if content is None:
        return []
    found = []
    for node in parse_xml(content).iter(f"{{{_RELATIONS_NS}}}Relationship"):
        target = str(node.get("Target", ""))
        within = target.startswith("#") and node.get("TargetMode") != "External"
        within = within and str(node.get("Type")).endswith("/hyperlink")
        external = within or node.get("TargetMode") == "External"
        if not external and _leads_out(owner, target):
            problem = f'refers to "{target[:80]}", which leads out of the file'
            raise TemplateError(problem, where=where, hint=SAVE_AS_DOCX)
        found.append(
            Relation(
                str(node.get("Id")),
                str(node.get("Type")),
                target if external else _name(owner, target),
                external,
                within,
            )
        )
    return found


def _leads_out(owner: str, target: str) -> bool:
    """Tell whether a relation's target is no part's name: a drive, a scheme, or more steps up than there are."""
    if "\\" in target or re.match(r"[A-Za-z][\w+.-]*:", target) or "\0" in target:
        return True
    path = posixpath.normpath(posixpath.join(posixpath.dirname(owner) or ".", target.split("#")[0]))
    return path == ".." or path.startswith("../")


def _name(owner: str, target: str) -> str:
    """Return the part that a relation's target means; what leads out of the package means none."""
    path = posixpath.normpath(posixpath.join("/", posixpath.dirname(owner), target.split("#")[0]))
    return path.lstrip("/")


# --- writing --------------------------------------------------------------------------------------


def _write_types(defaults: Mapping[str, str], overrides: Mapping[str, str], parts: Iterable[str]) -> bytes:
    root = etree.Element(f"{{{_TYPES_NS}}}Types", nsmap={None: _TYPES_NS})
    kinds = {"rels": _RELATIONS_TYPE, "xml": "application/xml", **defaults}
    for extension, kind in kinds.items():
        etree.SubElement(root, f"{{{_TYPES_NS}}}Default", Extension=extension, ContentType=kind)
    for part in parts:
        ending = PurePosixPath(part).suffix[1:].lower()
        kind = overrides.get(part, "")
        if kind and kinds.get(ending) != kind:
            etree.SubElement(root, f"{{{_TYPES_NS}}}Override", PartName=f"/{part}", ContentType=kind)
    return write_xml(root)


def _write_relations(owner: str, relations: Iterable[Relation]) -> bytes:
    root = etree.Element(f"{{{_RELATIONS_NS}}}Relationships", nsmap={None: _RELATIONS_NS})
    folder = posixpath.dirname(owner)
    for relation in relations:
        target = relation.target if relation.external else posixpath.relpath(relation.target, folder or ".")
        node = etree.SubElement(
            root, f"{{{_RELATIONS_NS}}}Relationship", Id=relation.id, Type=relation.kind, Target=target
        )
        if relation.external and not relation.within:
            node.set("TargetMode", "External")
    return write_xml(root)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A member of the zip: local header with deflated content, and its line of the directory without the offset."""

    local: bytes
    name: bytes
    facts: tuple[int, int, int]  # CRC-32, deflated size, size

    @classmethod
    def of(cls, name: str, content: bytes, level: int = _LEVEL) -> _Entry:
        packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        deflated = packer.compress(content) + packer.flush()
        encoded = name.encode()
        facts = (zlib.crc32(content), len(deflated), len(content))
        flags = 0 if name.isascii() else _UTF8
        local = _LOCAL.pack(b"PK\3\4", 20, flags, 8, 0, _DATE, *facts, len(encoded), 0)
        return cls(local + encoded + deflated, encoded, facts)

    def directory(self, offset: int) -> bytes:
        """Return the line of the directory of a zip where this entry stands at `offset`."""
        flags = 0 if self.name.isascii() else _UTF8
        return (
            _CENTRAL.pack(
                b"PK\1\2",
                _UNIX | 20,
                20,
                flags,
                8,
                0,
                _DATE,
                *self.facts,
                len(self.name),
                0,
                0,
                0,
                0,
                0o600 << 16,
                offset,
            )
            + self.name
        )


@dataclass(frozen=True, slots=True)
class _Zip:
    """Entries one after the other, and the lines of the directory for them."""

    content: bytes
    directory: bytes
    count: int

    @classmethod
    def of(cls, entries: Iterable[_Entry]) -> _Zip:
        return cls(b"", b"", 0)._with(list(entries))

    def _with(self, entries: Sequence[_Entry]) -> _Zip:
        pieces, lines, offset = [self.content], [self.directory], len(self.content)
        for entry in entries:
            lines.append(entry.directory(offset))
            pieces.append(entry.local)
            offset += len(entry.local)
        return _Zip(b"".join(pieces), b"".join(lines), self.count + len(entries))

    def followed_by(self, entries: Sequence[_Entry], where: Where) -> bytes:
        """Return the file of these entries and more.

        Raises:
            LimitExceeded: no zip holds so much.
        """
        self._check_room(entries, where)
        whole = self._with(entries)
        sizes = (whole.count, whole.count, len(whole.directory), len(whole.content))
        return whole.content + whole.directory + _END.pack(b"PK\5\6", 0, 0, *sizes, 0)

    def _check_room(self, entries: Sequence[_Entry], where: Where) -> None:
        count = self.count + len(entries)
        if count > _MOST_MEMBERS:
            problem = f"the document would have {count:,} parts, more than a Word document can hold"
            raise LimitExceeded(problem, where=where, hint="make several documents of it")
        size = len(self.content) + sum(len(entry.local) for entry in entries)
        if size > _MOST_BYTES:
            problem = f"the document would have {size // 1_000_000:,} MB, more than a Word document can hold"
            raise LimitExceeded(problem, where=where, hint="make several documents of it")
