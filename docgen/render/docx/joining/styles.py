"""Floor 2, edges: styles of joined documents: those of one template share them, others bring their own.

A style of another template is the same when everything that it means is; else it is added, under another name where its
own is taken. What such a document has without a style, and by its defaults, is said in the styles it brings.
"""

from __future__ import annotations

import copy
import hashlib
from functools import cached_property

from lxml import etree

from docgen.render.docx.joining.lists import Lists, Restart, Source
from docgen.render.docx.joining.order import PARAGRAPH, RUN, STYLE, TABLE, child, value
from docgen.render.docx.joining.sheet import StyleSheet, style_bytes, theme_bytes, write_out
from docgen.render.docx.package import Assembly, Package
from docgen.render.docx.spot import w

_USES = {w("pStyle"): "paragraph", w("rStyle"): "character", w("tblStyle"): "table"}
_REFERS = ("basedOn", "next", "link")
#: What Word does where a document's defaults say nothing.
_SILENT: dict[str, dict[str, dict[str, str]]] = {
    "pPr": {"spacing": {"before": "0", "after": "0", "line": "240", "lineRule": "auto"}},
    "rPr": {
        "sz": {"val": "20"},
        "szCs": {"val": "20"},
        "kern": {"val": "0"},
        "rFonts": dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), "Times New Roman"),
    },
}
_ORDERS = {"pPr": PARAGRAPH, "rPr": RUN}


class StyleBook:
    """The styles of the document that the others are joined to."""

    def __init__(self, assembly: Assembly, lists: Lists) -> None:
        package = assembly.package
        self.lists = lists
        self._assembly = assembly
        self._bytes = style_bytes(package), theme_bytes(package)
        self._part = next(iter(package.related(package.main, "styles")), "")
        self._looks: dict[bytes, Look] = {}
        self.own = Look(self, package, b"")

    def look(self, package: Package) -> Look:
        """Return how the styles of a document are called here."""
        styles, theme = style_bytes(package), theme_bytes(package)
        if (styles, theme) == self._bytes or not self._part:
            return self.own
        key = hashlib.sha256(styles + b"\0" + theme).digest()
        if key not in self._looks:
            self._looks[key] = Look(self, package, key)
        return self._looks[key]

    @cached_property
    def taken(self) -> tuple[set[str], set[str]]:
        """Ids and names of styles, in lower case."""
        return {key.lower() for key in self.own.sheet.styles}, set(self.own.sheet.names)

    def add(self, style: etree._Element) -> None:
        """Add a style."""
        self._assembly.tree(self._part).append(style)


class Look:
    """The styles of one template, and what they are called in the joined document."""

    def __init__(self, book: StyleBook, package: Package, key: bytes) -> None:
        """Begin.

        Args:
            book: where its styles go.
            package: a document of the template.
            key: tells templates apart; empty for the styles of the book itself.
        """
        self._book = book
        self.key = key
        self._contents = style_bytes(package), theme_bytes(package)
        self._names: dict[str, str] = {}
        self._same: dict[str, bool] = {}
        self._package = package

    @cached_property
    def sheet(self) -> StyleSheet:
        """The styles."""
        return StyleSheet(*self._contents)

    @cached_property
    def counts(self) -> bool:
        """Whether a style numbers its paragraphs."""
        return self.sheet.counts

    def lists(self, package: Package) -> Source:
        """Return the lists of a document of this template."""
        return self._book.lists.source(package, self.key)

    # --- texts ---------------------------------------------------------------------------------

    def renumber(self, root: etree._Element, restart: Restart) -> None:
        """Give the paragraphs of a text lists that begin with it; before `restyle`."""
        for paragraph in root.iter(w("p")):
            look = paragraph.find(w("pPr"))
            numbering = look.find(w("numPr")) if look is not None else None
            own = numbering.find(w("numId")) if numbering is not None else None
            if own is not None:
                own.set(w("val"), restart.fresh(value(own)))
            elif self.counts:
                self._number_by_style(paragraph, restart)

    def _number_by_style(self, paragraph: etree._Element, restart: Restart) -> None:
        """Say in a paragraph which list its style counts it in: another one than in the document before."""
        look = paragraph.find(w("pPr"))
        style = value(look.find(w("pStyle"))) if look is not None else ""
        counted = self.sheet.counted(style or self.sheet.defaults.get("paragraph", ""))
        if counted is None or (num := restart.fresh(counted.num)) == restart.source.lasting(counted.num):
            return
        if look is None:
            look = etree.Element(w("pPr"))
            paragraph.insert(0, look)
        numbering = child(look, "numPr", PARAGRAPH)
        level = child(numbering, "ilvl", ("ilvl", "numId"))
        level.set(w("val"), value(level) or counted.level)
        child(numbering, "numId", ("ilvl", "numId")).set(w("val"), num)
        # A list named in the paragraph goes before the style's indents, one named in the style behind them.
        if counted.indent is not None and look.find(w("ind")) is None:
            child(look, "ind", PARAGRAPH).attrib.update(counted.indent.attrib)

    def restyle(self, root: etree._Element) -> None:
        """Name the styles that a text uses as they are called here."""
        if self is self._book.own:
            return
        for node in list(root.iter(*_USES)):
            new = self.style(value(node))
            if new:
                node.set(w("val"), new)
            else:
                node.getparent().remove(node)
        self._say_defaults(root, "paragraph", "p", "pPr", "pStyle", PARAGRAPH)
        self._say_defaults(root, "table", "tbl", "tblPr", "tblStyle", TABLE)
        if self._contents[1] != self._book.own._contents[1]:
            write_out(root, self.sheet.fonts)

    def _say_defaults(
        self, root: etree._Element, kind: str, element: str, look: str, style: str, order: tuple[str, ...]
    ) -> None:
        default = self.style(self.sheet.defaults.get(kind, ""))
        if not default or default == self._book.own.sheet.defaults.get(kind):
            return
        for node in root.iter(w(element)):
            known = child(child(node, look, (look,)), style, order)
            known.set(w("val"), value(known) or default)

    # --- styles --------------------------------------------------------------------------------

    def style(self, key: str) -> str:
        """Return what a style is called here, "" where the document has none of that id."""
        if key not in self.sheet.styles:
            return ""
        if key not in self._names:
            if self._is_same(key):
                self._names[key] = key
            else:
                self._bring(key)
        return self._names[key]

    def _is_same(self, key: str) -> bool:
        if key not in self._same:
            own, here = self.sheet, self._book.own.sheet
            self._same[key] = key in here.styles and own.content(key) == here.content(key)
            base = value(own.styles[key].find(w("basedOn")))
            if self._same[key] and base in own.styles:
                self._same[key] = self._is_same(base)
            elif self._same[key] and value(own.styles[key], "type") == "paragraph":
                self._same[key] = not any(self._differing(kind) for kind in _ORDERS)
        return self._same[key]

    def _bring(self, key: str) -> None:
        style = copy.deepcopy(self.sheet.styles[key])
        ids, names = self._book.taken
        label = child(style, "name", STYLE)
        self._names[key] = _free(key, ids, "{}{}")
        style.set(w("styleId"), self._names[key])
        label.set(w("val"), _free(value(label), names, "{} ({})"))
        style.attrib.pop(w("default"), None)
        if value(style, "type") == "paragraph" and style.find(w("basedOn")) is None:
            self._say_basics(style)
        for name in _REFERS:
            for node in style.findall(w(name)):
                if other := self.style(value(node)):
                    node.set(w("val"), other)
                else:
                    style.remove(node)
        source = self.lists(self._package)
        for node in style.iter(w("numId")):
            node.set(w("val"), source.lasting(value(node)))
        self._book.add(style)

    def _say_basics(self, style: etree._Element) -> None:
        """Say in a style that is based on nothing what the document has by its defaults, where the other has not."""
        for kind, order in _ORDERS.items():
            differing = self._differing(kind)
            if differing:
                look = child(style, kind, STYLE)
                for name, attributes in differing.items():
                    node = child(look, name, order)
                    for attribute, text in attributes.items():
                        node.set(attribute, node.get(attribute, text))

    def _differing(self, kind: str) -> dict[str, dict[str, str]]:
        own, other = (_basics(kind, one.sheet.basics[kind]) for one in (self, self._book.own))
        return {name: said for name in (*own, *other) if (said := own.get(name, {})) != other.get(name, {}) and said}


def _basics(kind: str, look: etree._Element | None) -> dict[str, dict[str, str]]:
    """Return name of a property -> its attributes, as the defaults of a document have them."""
    found = {name: {w(key): text for key, text in silent.items()} for name, silent in _SILENT[kind].items()}
    for node in look if look is not None else ():
        name = etree.QName(node).localname
        found[name] = {**found.get(name, {}), **{str(key): str(text) for key, text in node.attrib.items()}}
    return found


def _free(wanted: str, taken: set[str], pattern: str) -> str:
    name, number = wanted, 1
    while name.lower() in taken:
        number += 1
        name = pattern.format(wanted, number)
    taken.add(name.lower())
    return name
