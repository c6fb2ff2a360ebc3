"""Floor 2, edges: lists of a Word document: bullets and numbers that Word counts itself (ECMA-376 part 1, 17.9).

A template's own list styles say how lists look; where there are none, lists are defined here. Every list of the data
is a list of its own (`<w:num>`), so that it begins where the data say.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from docgen.render.docx.package import Assembly
from docgen.render.docx.spot import W, w
from docgen.render.docx.writing.stylesheet import number, style_sheet, value

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"
#: Levels of a list in Word, from 0.
DEEPEST = 8
#: Twips from one level to the next, and from a bullet to its text.
STEP = 360
_BULLETS = ("•", "–")
_FORMATS = ("decimal", "lowerLetter", "lowerRoman")
_WRITTEN = {
    "decimal": "decimal", "lower-letter": "lowerLetter", "upper-letter": "upperLetter", "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
}  # fmt: skip
_BULLET = "bullet"


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Where the paragraphs of a list belong.

    Attributes:
        num: the list.
        level: in it, from 0.
        left: where their text begins, in twips from the margin.
        style: their paragraph style, None where the template has none for lists.
    """

    num: str
    level: int
    left: int
    style: str | None


class Numbering:
    """The lists of a document in the making. Get it by `numbering_of`."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._sheet = style_sheet(assembly)
        self._part = next(iter(assembly.package.related(assembly.package.main, "numbering")), "")
        self._own: dict[str, str] = {}  # format -> abstractNumId
        self._bullets = ""  # numId
        self._last: dict[str, int] = {}

    # --- lists ---------------------------------------------------------------------------------

    def bullets(self, depth: int) -> ListPlace:
        """Return the place of a list with bullets; all of them are one list, since nothing is counted."""
        style, found = self._template_list("list bullet", depth)
        if found is not None:
            return self._place(*found, style, self._level(*found))
        if not self._bullets:
            self._bullets = self._add_num(self._define(_BULLET), {})
        return ListPlace(self._bullets, depth, STEP * (depth + 1), style)

    def numbers(self, depth: int, start: int, numbers: str) -> ListPlace:
        """Return the place of a new numbered list.

        Args:
            depth: how many lists it stands in.
            start: its first number.
            numbers: how they are written, as `prose.Numbers`; "" is as the template does, or by depth.
        """
        style, found = self._template_list("list number", depth)
        wanted = _WRITTEN.get(numbers, "")
        level = self._level(*found) if found is not None else None
        if found is not None and level is not None and wanted in ("", value(level.find(w("numFmt")))):
            definition = level.getparent().get(w("abstractNumId"))
            return self._place(self._add_num(definition, {found[1]: start}), found[1], style, level)
        num = self._add_num(self._define(wanted or _FORMATS[depth % len(_FORMATS)]), {depth: start})
        return ListPlace(num, depth, STEP * (depth + 1), style)

    def left_of(self, num: str, level: int) -> int | None:
        """Return where the text of a list's level begins, None where it does not say."""
        return _left(self._level(num, level))

    def _place(self, num: str, level: int, style: str | None, definition: etree._Element | None) -> ListPlace:
        left = _left(definition)
        if left is None:
            left = self._sheet.left_of(style)
        return ListPlace(num, level, STEP * (level + 1) if left is None else left, style)

    def _template_list(self, name: str, depth: int) -> tuple[str | None, tuple[str, int] | None]:
        """Return the template's style for a list, and its list and level where the style has some that are there."""
        sheet = self._sheet
        style = sheet.find("paragraph", name if depth == 0 else f"{name} {depth + 1}")
        found = sheet.list_of(style)
        if found is not None and self._level(*found) is None:
            found = None
        if found is None and depth:
            style = None
        return style or sheet.find("paragraph", "list paragraph"), found

    # --- the part ------------------------------------------------------------------------------

    @property
    def _root(self) -> etree._Element:
        if not self._part:  # a document that was put in may have brought the part
            relations = self._assembly.relations(self._assembly.package.main).values()
            self._part = next((one.target for one in relations if one.kind.endswith("/numbering")), "")
        if not self._part:
            name = "word/numbering.xml"
            pattern = "word/numbering{}.xml" if name in self._assembly else name
            self._part = self._assembly.add(pattern, f'<w:numbering xmlns:w="{W}"/>'.encode(), _MEDIA_TYPE)
            self._assembly.relate(self._assembly.package.main, "numbering", self._part)
        return self._assembly.tree(self._part)

    def _find(self, name: str, key: str, identity: str) -> etree._Element | None:
        return next((node for node in self._root.iter(w(name)) if node.get(w(key)) == identity), None)

    def _level(self, num: str, level: int) -> etree._Element | None:
        node = self._find("num", "numId", num) if self._part else None
        if node is None:
            return None
        definition = self._find("abstractNum", "abstractNumId", value(node.find(w("abstractNumId"))))
        levels = definition.findall(w("lvl")) if definition is not None else []
        return next((one for one in levels if one.get(w("ilvl")) == str(level)), None)

    def _define(self, kind: str) -> str:
        """Return the definition of a list with bullets, or with numbers of one format."""
        if kind not in self._own:
            identity = self._free("abstractNum", "abstractNumId")
            node = etree.Element(w("abstractNum"))
            node.set(w("abstractNumId"), identity)
            _add(node, "nsid", f"{0x0D0C0000 + int(identity):08X}")
            _add(node, "multiLevelType", "hybridMultilevel")
            for level in range(DEEPEST + 1):
                node.append(_make_level(kind, level))
            self._insert_definition(node)
            self._own[kind] = identity
        return self._own[kind]

    def _insert_definition(self, node: etree._Element) -> None:
        """Put a definition before the lists, as Word wants it."""
        following = next((one for one in self._root if one.tag in (w("num"), w("numIdMacAtCleanup"))), None)
        if following is None:
            self._root.append(node)
        else:
            following.addprevious(node)

    def _add_num(self, definition: str, starts: dict[int, int]) -> str:
        identity = self._free("num", "numId")
        node = etree.Element(w("num"))
        node.set(w("numId"), identity)
        _add(node, "abstractNumId", definition)
        for level, start in starts.items():
            override = etree.SubElement(node, w("lvlOverride"))
            override.set(w("ilvl"), str(level))
            _add(override, "startOverride", str(start))
        last = self._last_of("num")
        if last is not None:
            last.addnext(node)
        else:
            self._root.append(node)
        return identity

    def _last_of(self, name: str) -> etree._Element | None:
        return next(self._root.iterchildren(w(name), reversed=True), None)

    def _free(self, name: str, key: str) -> str:
        """Return a number that none has yet; others may have added some, with the largest number last."""
        if name in self._last:
            taken = number(self._last_of(name), key) or 0
        else:
            taken = max((number(node, key) or 0 for node in self._root.iter(w(name))), default=0)
        self._last[name] = max(taken, self._last.get(name, 0)) + 1
        return str(self._last[name])


def numbering_of(assembly: Assembly) -> Numbering:
    """Return the lists of a document in the making."""
    if Numbering not in assembly.memory:
        assembly.memory[Numbering] = Numbering(assembly)
    found: Numbering = assembly.memory[Numbering]
    return found


def _left(level: etree._Element | None) -> int | None:
    indent = level.find(f"{w('pPr')}/{w('ind')}") if level is not None else None
    left = number(indent, "left")
    return left if left is not None else number(indent, "start")


def _make_level(kind: str, level: int) -> etree._Element:
    node = etree.Element(w("lvl"))
    node.set(w("ilvl"), str(level))
    _add(node, "start", "1")
    _add(node, "numFmt", kind)
    _add(node, "lvlText", _BULLETS[level % len(_BULLETS)] if kind == _BULLET else f"%{level + 1}.")
    _add(node, "lvlJc", "left")
    indent = etree.SubElement(etree.SubElement(node, w("pPr")), w("ind"))
    indent.set(w("left"), str(STEP * (level + 1)))
    indent.set(w("hanging"), str(STEP))
    return node


def _add(parent: etree._Element, name: str, val: str) -> None:
    etree.SubElement(parent, w(name)).set(w("val"), val)
