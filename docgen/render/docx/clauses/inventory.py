"""Floor 2, edges: which styles and lists a Word document has, and how more are added. Knows no text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from lxml import etree

from docgen.render.docx.package import Assembly, Package, parse_xml
from docgen.render.docx.spot import W, w
from docgen.render.docx.writing.stylesheet import value

_STYLES = "application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"
_NUMBERING = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"


def _part(assembly: Assembly, kind: str) -> str:
    """Return the name of the main part's only part of a kind; "" without one."""
    relations = assembly.relations(assembly.package.main).values()
    found = [one.target for one in relations if one.kind.endswith(f"/{kind}") and one.target in assembly]
    return found[0] if found else ""


def _tree(assembly: Assembly, kind: str, media_type: str) -> etree._Element:
    """Return the tree of such a part, which is made where there is none."""
    name = _part(assembly, kind)
    if not name:
        usual = f"word/{kind}.xml"
        pattern = f"word/{kind}{{}}.xml" if usual in assembly else usual
        name = assembly.add(pattern, f'<w:{kind} xmlns:w="{W}"/>'.encode(), media_type)
        assembly.relate(assembly.package.main, kind, name)
    return assembly.tree(name)


_read: WeakKeyDictionary[Package, dict[str, etree._Element]] = WeakKeyDictionary()


def _template_tree(package: Package, kind: str) -> etree._Element:
    """Return the tree of such a part as a template has it, read once; it must not be changed."""
    trees = _read.setdefault(package, {})
    if kind not in trees:
        name = next(iter(package.related(package.main, kind)), "")
        trees[kind] = parse_xml(package.parts[name]) if name else etree.Element(w(kind))
    return trees[kind]


@dataclass(frozen=True)
class _Index:
    """Where the styles of a document are found."""

    by_id: dict[str, etree._Element] = field(default_factory=dict)
    by_name: dict[tuple[str, str], str] = field(default_factory=dict)

    def know(self, style: etree._Element) -> None:
        identity = style.get(w("styleId"), "")
        self.by_id.setdefault(identity, style)
        self.by_name.setdefault((style.get(w("type"), "paragraph"), value(style.find(w("name"))).lower()), identity)


_indexes: WeakKeyDictionary[Package, _Index] = WeakKeyDictionary()


def _template_index(package: Package) -> _Index:
    if package not in _indexes:
        index = _indexes[package] = _Index()
        for style in _template_tree(package, "styles").iter(w("style")):
            index.know(style)
    return _indexes[package]


class Styles:
    """The styles of a document: those of its template, and those added."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        known = _template_index(assembly.package)
        self._index = _Index(dict(known.by_id), dict(known.by_name))
        self.by_id, self.by_name = self._index.by_id, self._index.by_name

    def add(self, style: etree._Element) -> str:
        """Add a style, under another id and name where those are taken, and return the id."""
        identity, label = str(style.get(w("styleId"), "")), style.find(w("name"))
        number, wanted = 2, identity
        while identity in self.by_id:
            identity, number = f"{wanted}{number}", number + 1
        style.set(w("styleId"), identity)
        taken = {name for _, name in self.by_name}
        number, name = 2, value(label)
        while value(label).lower() in taken:
            label.set(w("val"), f"{name} {number}")
            number += 1
        _tree(self._assembly, "styles", _STYLES).append(style)
        self._index.know(style)
        self._assembly.styles.setdefault(value(label).lower(), identity)
        return identity


class Lists:
    """The numbering of a document. Get it by `lists_of`."""

    def __init__(self, assembly: Assembly, *, is_template: bool = False) -> None:
        self._assembly = assembly
        self._is_template = is_template
        self._name = ""
        self._last: etree._Element | None = None  # the last list when all were looked through
        self._known: dict[tuple[str, str], etree._Element] = {}
        self._highest: dict[str, int] = {}

    @property
    def root(self) -> etree._Element | None:
        """The tree; None where the document has no lists."""
        if self._is_template:
            return _template_tree(self._assembly.package, "numbering")
        self._name = self._name or _part(self._assembly, "numbering")
        return self._assembly.tree(self._name) if self._name else None

    def num(self, number: str) -> etree._Element | None:
        """Return a `<w:num>`."""
        return self._find("num", "numId", number)

    def abstract(self, number: str) -> etree._Element | None:
        """Return the `<w:abstractNum>` that a `<w:num>` follows."""
        num = self.num(number)
        return None if num is None else self._find("abstractNum", "abstractNumId", value(num.find(w("abstractNumId"))))

    def _find(self, name: str, key: str, number: str) -> etree._Element | None:
        self._look_through()
        return self._known.get((w(name), number))

    def _look_through(self) -> None:
        """Know all lists: those that were there, and those that others added, who put a new one last."""
        root = self.root
        last = next(root.iterchildren(w("num"), reversed=True), None) if root is not None else None
        if root is None or (last is not None and last is self._last):
            return
        self._last = last
        for name, key in (("num", "numId"), ("abstractNum", "abstractNumId")):
            for node in root.iterchildren(w(name)):
                self._know(name, node.get(w(key), "0"), node)

    def _know(self, name: str, number: str, node: etree._Element) -> None:
        self._known.setdefault((w(name), number), node)
        self._highest[name] = max(self._highest.get(name, 0), int(number))

    def _next(self, name: str) -> str:
        self._look_through()
        return str(self._highest.get(name, 0) + 1)

    def add_abstract(self, abstract: etree._Element) -> str:
        """Add an `<w:abstractNum>` before all `<w:num>`, and return its id."""
        root = _tree(self._assembly, "numbering", _NUMBERING)
        number = self._next("abstractNum")
        abstract.set(w("abstractNumId"), number)
        for identity in abstract.findall(w("nsid")):  # Word takes lists of one nsid for the same list
            identity.set(w("val"), hashlib.sha256(f"{value(identity)} {number}".encode()).hexdigest()[:8].upper())
        leading = [one for one in root if one.tag in (w("numPicBullet"), w("abstractNum"))]
        root.insert(root.index(leading[-1]) + 1 if leading else 0, abstract)
        self._know("abstractNum", number, abstract)
        return number

    def add_num(self, num: etree._Element, abstract: str) -> str:
        """Add a `<w:num>` that follows an `<w:abstractNum>`, and return its id."""
        root = _tree(self._assembly, "numbering", _NUMBERING)
        number = self._next("num")
        num.set(w("numId"), number)
        num.find(w("abstractNumId")).set(w("val"), abstract)
        trailing = root[-1] if len(root) and root[-1].tag == w("numIdMacAtCleanup") else None
        if trailing is None:
            root.append(num)
        else:
            trailing.addprevious(num)
        self._know("num", number, num)
        self._last = num
        return number


def styles_of(assembly: Assembly) -> Styles:
    """Return the styles of a document in the making."""
    if Styles not in assembly.memory:
        assembly.memory[Styles] = Styles(assembly)
    styles: Styles = assembly.memory[Styles]
    return styles


def lists_of(assembly: Assembly, *, is_template: bool = False) -> Lists:
    """Return the lists of a document in the making, or of its template as it was."""
    key = (Lists, is_template)
    if key not in assembly.memory:
        assembly.memory[key] = Lists(assembly, is_template=is_template)
    lists: Lists = assembly.memory[key]
    return lists
