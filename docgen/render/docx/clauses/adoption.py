"""Floor 2, edges: styles and lists that text brings along into another document. Changes attributes, moves no text."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from docgen.render.docx.clauses.inventory import Styles, lists_of, styles_of
from docgen.render.docx.package import Assembly
from docgen.render.docx.spot import w
from docgen.render.docx.writing.stylesheet import value

#: What names a style -> the type of style it names.
_NAMES = {"pStyle": "paragraph", "rStyle": "character", "tblStyle": "table", "numStyleLink": "numbering"}
_WITHOUT_COUNT = ("bullet", "none")


@dataclass
class Adoption:
    """One document's styles and lists on their way into another's."""

    guest: Assembly
    host: Assembly
    _styles: dict[tuple[str, str], str] = field(default_factory=dict)
    _nums: dict[str, str] = field(default_factory=dict)
    _restarted: dict[str, str] = field(default_factory=dict)
    _counting: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._ours, self._theirs = styles_of(self.host), styles_of(self.guest)
        self._our_lists, self._their_lists = lists_of(self.host), lists_of(self.guest, is_template=True)

    def adopt(self, root: etree._Element) -> None:
        """Have text of the guest name styles and lists of the host."""
        for node in root.iter(w("numId")):
            node.set(w("val"), self._num(value(node)))
        self._name_styles(root)
        for paragraph in root.iter(w("p")):
            self._restart(paragraph)

    def _name_styles(self, root: etree._Element) -> None:
        for node, kind in list(_named(root)):
            style = self._style(kind, value(node))
            if style:
                node.set(w("val"), style)
            else:
                node.getparent().remove(node)

    def _style(self, kind: str, identity: str) -> str:
        """Return the host's id of a style; "" for one that the guest does not define."""
        key = (kind, identity)
        if key not in self._styles:
            theirs = self._theirs.by_id.get(identity)
            ours = self._ours.by_name.get((kind, value(theirs.find(w("name"))).lower())) if theirs is not None else ""
            if ours is None and theirs is not None:
                self._bring_style(key, theirs)
            else:
                self._styles[key] = ours or ""
        return self._styles[key]

    def _bring_style(self, key: tuple[str, str], theirs: etree._Element) -> None:
        style = copy.deepcopy(theirs)
        style.attrib.pop(w("default"), None)
        self._styles[key] = self._ours.add(style)
        for name, kind in (("basedOn", key[0]), ("link", _linked(key[0])), ("next", "paragraph")):
            for node in style.findall(w(name)):
                wanted = self._style(kind, value(node))
                if wanted:
                    node.set(w("val"), wanted)
                else:
                    style.remove(node)
        for node in style.iter(w("numId")):
            node.set(w("val"), self._num(value(node), counts_anew=False))

    # --- lists ---------------------------------------------------------------------------------

    def _num(self, number: str, *, counts_anew: bool = True) -> str:
        """Return the host's number of a list of the guest; 0, which is no list, stays."""
        theirs = self._their_lists.num(number)
        if theirs is None:
            return "0"
        if number not in self._nums:
            theirs_abstract = value(theirs.find(w("abstractNumId")))
            num = copy.deepcopy(theirs)
            abstract = self._abstract(theirs_abstract, number)
            if counts_anew and theirs_abstract not in self._counting:
                self._counting.add(theirs_abstract)
                _count_anew(num, self._their_lists.abstract(number))
            self._nums[number] = self._our_lists.add_num(num, abstract)
        return self._nums[number]

    def _abstract(self, theirs: str, number: str) -> str:
        """Return the host's number of a list's definition, which comes along once for one file."""
        key = (Adoption, self.guest.package, theirs)
        if key not in self.host.memory:
            definition = copy.deepcopy(self._their_lists.abstract(number))
            if definition is None:
                definition = etree.Element(w("abstractNum"))
            self.host.memory[key] = self._our_lists.add_abstract(definition)
            self._fit(definition)
        found: str = self.host.memory[key]
        return found

    def _fit(self, definition: etree._Element) -> None:
        """A level belongs to a style that came along only: the host's styles have lists of their own."""
        for node in [*definition.iter(w("lvlPicBulletId")), *definition.findall(w("styleLink"))]:
            node.getparent().remove(node)
        for node in list(definition.iter(w("pStyle"))):
            theirs = self._theirs.by_id.get(value(node))
            name = value(theirs.find(w("name"))).lower() if theirs is not None else ""
            ours = self._ours.by_name.get(("paragraph", name)) if name else None
            if ours is not None and self._styles.get(("paragraph", value(node))) != ours:
                node.getparent().remove(node)
        self._name_styles(definition)

    def _restart(self, paragraph: etree._Element) -> None:
        """Give a paragraph whose style counts a list of its own; headings count on, bullets do not count."""
        look = paragraph.find(w("pPr"))
        style = value(look.find(w("pStyle"))) if look is not None else ""
        if not style or look is None or look.find(w("numPr")) is not None:
            return
        found = _numbering_of(self._ours, style)
        if found is None:
            return
        number, level = found
        if number not in self._restarted:
            self._restarted[number] = self._counted_anew(number)
        if self._restarted[number]:
            _set_list(look, self._restarted[number], level)

    def _counted_anew(self, number: str) -> str:
        """Return a new list of the host that begins anew; "" where nothing is counted."""
        num, definition = self._our_lists.num(number), self._our_lists.abstract(number)
        if num is None or definition is None:
            return ""
        anew = copy.deepcopy(num)
        if not _count_anew(anew, definition):
            return ""
        return self._our_lists.add_num(anew, value(num.find(w("abstractNumId"))))


def _named(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for node in root.iter(*(w(name) for name in _NAMES)):
        yield node, _NAMES[etree.QName(node).localname]


def _linked(kind: str) -> str:
    return "character" if kind == "paragraph" else "paragraph"


def _count_anew(num: etree._Element, definition: etree._Element | None) -> bool:
    """Have every level of a list that counts begin at its start; tell whether one does."""
    levels = list(definition.iter(w("lvl"))) if definition is not None else []
    counting = [level for level in levels if value(level.find(w("numFmt"))) not in _WITHOUT_COUNT]
    for level in counting:
        number = level.get(w("ilvl"), "0")
        override = next((one for one in num.findall(w("lvlOverride")) if one.get(w("ilvl")) == number), None)
        if override is None:
            override = etree.SubElement(num, w("lvlOverride"))
            override.set(w("ilvl"), number)
        if override.find(w("startOverride")) is None:
            start = etree.Element(w("startOverride"))
            start.set(w("val"), value(level.find(w("start"))) or "1")
            override.insert(0, start)
    return bool(counting)


def _numbering_of(styles: Styles, identity: str) -> tuple[str, str] | None:
    """Return list and level of a paragraph style; None where it has none, or is a heading's."""
    found: tuple[str, str] | None = None
    for _ in range(12):
        style = styles.by_id.get(identity)
        look = style.find(w("pPr")) if style is not None else None
        if look is not None and look.find(w("outlineLvl")) is not None:
            return None
        list_ = look.find(w("numPr")) if look is not None else None
        if found is None and list_ is not None and list_.find(w("numId")) is not None:
            found = (value(list_.find(w("numId"))), value(list_.find(w("ilvl"))) or "0")
        if style is None:
            break
        identity = value(style.find(w("basedOn")))
    return found


#: Elements of a paragraph's properties that stand before its list.
_BEFORE_LIST = ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl")


def _set_list(look: etree._Element, number: str, level: str) -> None:
    list_ = etree.Element(w("numPr"))
    for name, said in (("ilvl", level), ("numId", number)):
        etree.SubElement(list_, w(name)).set(w("val"), said)
    look.insert(sum(1 for node in look if node.tag in {w(name) for name in _BEFORE_LIST}), list_)
