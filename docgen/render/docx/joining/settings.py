"""Floor 2, edges: the settings of joined documents: those of the first, and what another cannot do without."""

from __future__ import annotations

from lxml import etree

from docgen.render.docx.joining.order import NOTES, SETTINGS, child, value
from docgen.render.docx.package import Assembly, Package, parse_xml
from docgen.render.docx.properties import KIND
from docgen.render.docx.spot import w

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"
_ON = ("", "1", "true", "on")
#: Properties that name one document.
_OF_ONE = ("title", "subject", "description", "identifier", "keywords")


class Settings:
    """Collects what the joined document must be told."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._known: dict[bytes, frozenset[str]] = {}
        self._wanted: set[str] = set()
        self._own = self._properties(assembly.package)
        self._differ: set[str] = set()

    def add(self, package: Package) -> bool:
        """Take note of a document's settings; return whether it tells even pages apart."""
        content = b"".join(package.parts[name] for name in package.related(package.main, "settings")[:1])
        if content not in self._known:
            self._known[content] = _flags(content)
        self._wanted |= self._known[content]
        properties = self._properties(package)
        self._differ |= {name for name, text in self._own.items() if properties.get(name) != text}
        return "evenAndOddHeaders" in self._known[content]

    @property
    def evens(self) -> bool:
        """Whether the joined document tells even pages apart."""
        return "evenAndOddHeaders" in self._wanted

    def write(self, *, endnotes: bool) -> None:
        """Change the settings; and drop the title where each document has another."""
        if self._wanted or endnotes:
            root = self._tree()
            for name in sorted(self._wanted):
                child(root, name, SETTINGS).attrib.pop(w("val"), None)
            if endnotes:  # at the end of a document, not of all of them
                child(child(root, "endnotePr", SETTINGS), "pos", NOTES).set(w("val"), "sectEnd")
        name = self._core(self._assembly.package)
        if name and self._differ:
            root = self._assembly.tree(name)
            for node in list(root):
                if etree.QName(node).localname in self._differ:
                    root.remove(node)

    def _tree(self) -> etree._Element:
        main = self._assembly.package.main
        name = next(iter(self._assembly.package.related(main, "settings")), "")
        if not name:
            name = self._assembly.add("word/settings{}.xml", _empty(), _MEDIA_TYPE)
            self._assembly.relate(main, "settings", name)
        return self._assembly.tree(name)

    @staticmethod
    def _core(package: Package) -> str:
        return next((one.target for one in package.relations("").values() if one.kind == KIND), "")

    def _properties(self, package: Package) -> dict[str, str]:
        name = self._core(package)
        root = parse_xml(package.parts[name]) if name in package.parts else ()
        return {tag: node.text or "" for node in root if (tag := str(etree.QName(node).localname)) in _OF_ONE}


def _flags(content: bytes) -> frozenset[str]:
    root = parse_xml(content or _empty())
    found = ((name, root.find(w(name))) for name in ("evenAndOddHeaders", "updateFields"))
    return frozenset(name for name, node in found if node is not None and value(node) in _ON)


def _empty() -> bytes:
    return b'<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
