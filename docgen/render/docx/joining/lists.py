"""Floor 2, edges: lists of joined documents: each document counts from the beginning again.

Word counts per list definition (`abstractNum`), and a list (`num`) may begin anew. So documents of one template share
the definitions, and every document but the first has lists of its own, which begin where the definitions do.
"""

from __future__ import annotations

import copy
import hashlib

from lxml import etree

from docgen.render.docx.joining.carry import Carrier
from docgen.render.docx.joining.order import value
from docgen.render.docx.package import Package, parse_xml
from docgen.render.docx.spot import W, w

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"
_EMPTY = f'<w:numbering xmlns:w="{W}"/>'.encode()
_LEVELS = 9
#: Documents with lists of their own are many at times; only so many are remembered.
_REMEMBERED = 50


class Numbering:
    """The lists of one document."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.part = next(iter(package.related(package.main, "numbering")), "")
        root = parse_xml(package.parts[self.part] if self.part else _EMPTY)
        self.nums = {value(num, "numId"): num for num in root.iter(w("num"))}
        self.definitions = {value(one, "abstractNumId"): one for one in root.iter(w("abstractNum"))}
        self.bullets = {value(one, "numPicBulletId"): one for one in root.iter(w("numPicBullet"))}
        links = [(one.find(w("styleLink")), one) for one in root.iter(w("abstractNum"))]
        self._linked = {value(link): one for link, one in links if link is not None}

    def definition(self, num: str) -> etree._Element | None:
        """Return the definition of a list, None where there is none; one that refers to a style's is followed."""
        if num not in self.nums:
            return None
        found = self.definitions.get(value(self.nums[num].find(w("abstractNumId"))))
        link = found.find(w("numStyleLink")) if found is not None else None
        return found if link is None else self._linked.get(value(link), found)

    def starts(self, num: str) -> list[str] | None:
        """Return where each level of a list begins; None for one that does not count, such as bullets."""
        definition = self.definition(num)
        if definition is None:
            return None
        levels = {value(level, "ilvl"): level for level in definition.iter(w("lvl"))}
        for override in self.nums[num].iter(w("lvlOverride")):
            if (level := override.find(w("lvl"))) is not None:
                levels[value(override, "ilvl")] = level
        kinds = {value(level.find(w("numFmt"))) for level in levels.values()}
        if levels and kinds <= {"bullet", "none"}:
            return None
        starts = {at: value(level.find(w("start"))) or "1" for at, level in levels.items()}
        for override in self.nums[num].iter(w("lvlOverride")):
            if (start := override.find(w("startOverride"))) is not None:
                starts[value(override, "ilvl")] = value(start)
        return [starts.get(str(level), "1") for level in range(_LEVELS)]


class Lists:
    """The lists of the document that the others are joined to."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.assembly = carrier.assembly
        self._first = Numbering(carrier.assembly.package)
        self._part = self._first.part
        self._content = self._bytes(carrier.assembly.package)
        self._sources: dict[bytes, Source] = {}
        self._definitions: dict[bytes, str] = {}
        self._next = {"num": 0, "abstractNum": -1, "numPicBullet": -1}
        self._last: dict[str, etree._Element] = {}
        self._root: etree._Element | None = None

    def source(self, package: Package, styles: bytes) -> Source:
        """Return the lists of a document, as this one has them.

        Args:
            package: the document.
            styles: tells whether its styles are those of another; "" for styles as here.
        """
        content = self._bytes(package)
        key = hashlib.sha256(content + styles).digest()
        if key not in self._sources:
            if len(self._sources) >= _REMEMBERED:
                self._sources.pop(next(iter(self._sources)))
            numbering = self._first if content == self._content else Numbering(package)
            self._sources[key] = Source(self, numbering, known=content == self._content, styled=not styles)
        return self._sources[key]

    @staticmethod
    def _bytes(package: Package) -> bytes:
        return b"".join(package.parts[name] for name in package.related(package.main, "numbering")[:1])

    # --- adding --------------------------------------------------------------------------------

    def add_num(self, model: etree._Element, definition: str, starts: list[str] | None) -> str:
        """Add a list and return its id.

        Args:
            model: the `<w:num>` it is a copy of.
            definition: the id of its definition.
            starts: where its levels begin; None continues.
        """
        num = copy.deepcopy(model)
        number = self._number("num")
        num.set(w("numId"), number)
        for link in num.iter(w("abstractNumId")):
            link.set(w("val"), definition)
        for level, start in enumerate(starts or ()):
            _restart(num, str(level), start)
        self._append("num", num)
        return number

    def define(self, numbering: Numbering, definition: etree._Element, *, styled: bool) -> str:
        """Return the id of a definition of another document, added unless an equal one is there."""
        self._open()
        key = _content(definition)
        if key not in self._definitions or not styled:
            added = copy.deepcopy(definition)
            for name in ("nsid", "styleLink", *(() if styled else ("pStyle",))):
                for node in list(added.iter(w(name))):
                    node.getparent().remove(node)
            for bullet in added.iter(w("lvlPicBulletId")):
                bullet.set(w("val"), self._bullet(numbering, value(bullet)))
            number = self._number("abstractNum")
            added.set(w("abstractNumId"), number)
            self._append("abstractNum", added)
            if not styled:
                return number
            self._definitions[key] = number
        return self._definitions[key]

    def _bullet(self, numbering: Numbering, number: str) -> str:
        if number not in numbering.bullets:
            return number
        bullet = copy.deepcopy(numbering.bullets[number])
        self._carrier.relate_anew(bullet, numbering.package, numbering.part, self._part)
        new = self._number("numPicBullet")
        bullet.set(w("numPicBulletId"), new)
        self._append("numPicBullet", bullet)
        return new

    def _number(self, name: str) -> str:
        self._open()
        self._next[name] += 1
        return str(self._next[name])

    def _append(self, name: str, node: etree._Element) -> None:
        names = ("numPicBullet", "abstractNum", "num")
        before = next((self._last[one] for one in names[names.index(name) :: -1] if one in self._last), None)
        if before is not None:
            before.addnext(node)
        elif self._root is not None:
            self._root.insert(0, node)
        self._last[name] = node

    def _open(self) -> None:
        """Read what is there already, once something is to be added."""
        if self._root is not None:
            return
        if not self._part:
            self._part = self.assembly.add("word/numbering{}.xml", _EMPTY, _MEDIA_TYPE)
            self.assembly.relate(self.assembly.package.main, "numbering", self._part)
        self._root = self.assembly.tree(self._part)
        for name, number in (("numPicBullet", "numPicBulletId"), ("abstractNum", "abstractNumId"), ("num", "numId")):
            for node in self._root.iter(w(name)):
                self._last[name] = node
                self._next[name] = max(self._next[name], int(value(node, number) or 0))
        for node in self._root.iter(w("abstractNum")):
            self._definitions.setdefault(_content(node), value(node, "abstractNumId"))


class Source:
    """The lists of a document in another one."""

    def __init__(self, lists: Lists, numbering: Numbering, *, known: bool, styled: bool) -> None:
        self.numbering = numbering
        self._lists = lists
        self._known = known
        self._styled = styled
        self._definitions: dict[str, str] = {}
        self._lasting: dict[str, str] = {}

    def definition(self, num: str) -> str:
        """Return the id that the definition of a list has in the other document."""
        if self._known:
            return value(self.numbering.nums[num].find(w("abstractNumId")))
        found = self.numbering.definition(num)
        assert found is not None, "asked for lists that are there"
        own = value(found, "abstractNumId")
        if own not in self._definitions:
            self._definitions[own] = self._lists.define(self.numbering, found, styled=self._styled)
        return self._definitions[own]

    def lasting(self, num: str) -> str:
        """Return the id of a list that all documents share: bullets, and what styles count."""
        if self._known or self.numbering.definition(num) is None:
            return num if self._known else "0"
        if num not in self._lasting:
            self._lasting[num] = self._lists.add_num(self.numbering.nums[num], self.definition(num), None)
        return self._lasting[num]

    def begin(self) -> Restart:
        """Return the lists of one more document of this sort."""
        return Restart(self, self._lists)


class Restart:
    """The lists of one document, which begin anew in it."""

    def __init__(self, source: Source, lists: Lists) -> None:
        self.source = source
        self._lists = lists
        self._fresh: dict[str, str] = {}
        self._begun: set[str] = set()

    def fresh(self, num: str) -> str:
        """Return the id of a list of this document."""
        if num in ("", "0"):
            return num
        if num not in self._fresh:
            self._fresh[num] = self._make(num)
        return self._fresh[num]

    def _make(self, num: str) -> str:
        starts = self.source.numbering.starts(num)
        if starts is None:
            return self.source.lasting(num)
        definition = self.source.definition(num)
        # Lists of one definition continue one another: only the first of them begins.
        begins = definition not in self._begun
        self._begun.add(definition)
        return self._lists.add_num(self.source.numbering.nums[num], definition, starts if begins else None)


def _restart(num: etree._Element, level: str, start: str) -> None:
    override = next((one for one in num.iter(w("lvlOverride")) if value(one, "ilvl") == level), None)
    if override is None:
        override = etree.SubElement(num, w("lvlOverride"))
        override.set(w("ilvl"), level)
    node = override.find(w("startOverride"))
    if node is None:
        node = etree.Element(w("startOverride"))
        override.insert(0, node)
    node.set(w("val"), start)


def _content(definition: etree._Element) -> bytes:
    """Return what equal definitions share: neither their ids nor what Word tells them apart by."""
    bare = copy.deepcopy(definition)
    bare.attrib.pop(w("abstractNumId"), None)
    for name in ("nsid", "styleLink"):
        for node in bare.findall(w(name)):
            bare.remove(node)
    return bytes(etree.tostring(bare, method="c14n"))
