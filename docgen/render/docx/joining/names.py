"""Floor 2, edges: what needs a name or number of its own in one document: bookmarks, drawings, changes, page counts."""

from __future__ import annotations

import re

from lxml import etree

from docgen.render.body import words
from docgen.render.docx.joining.order import value
from docgen.render.docx.spot import WP, w

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_MARKS = frozenset(
    w(name)
    for name in words("""bookmarkStart bookmarkEnd ins del moveFrom moveTo moveFromRangeStart moveFromRangeEnd
    moveToRangeStart moveToRangeEnd permStart permEnd rPrChange pPrChange sectPrChange tblPrChange tblPrExChange
    trPrChange tcPrChange tblGridChange numberingChange cellIns cellDel cellMerge""")
)
_DRAWING = f"{{{WP}}}docPr"
_FIELDS = (w("instrText"), w("fldSimple"))
_WORD = re.compile(r"[^\W\d][\w.]*")
_COUNT = re.compile(r"\bNUMPAGES\b", re.IGNORECASE)
_CONTENTS = re.compile(r"^\s*TOC\b(?!.*\\b)", re.IGNORECASE | re.DOTALL)
_LONGEST = 40  # characters of a bookmark


class Names:
    """Names and numbers of the document that the others are joined to."""

    def __init__(self) -> None:
        self._bookmarks: set[str] = set()
        self._mark = 0
        self._drawing = 0
        self._parts = 0

    def learn(self, root: etree._Element) -> None:
        """Take note of what is in a text of the first document, which stays as it is."""
        for node in root.iter(_DRAWING, *_MARKS):
            number = node.get("id", "") if node.tag == _DRAWING else value(node, "id")
            if not number.lstrip("-").isdigit():
                continue
            if node.tag == _DRAWING:
                self._drawing = max(self._drawing, int(number))
            else:
                self._mark = max(self._mark, int(number))
        self._bookmarks |= {value(node, "name").lower() for node in root.iter(w("bookmarkStart"))}

    def adapt(self, root: etree._Element) -> None:
        """Give what is in a text of another document names and numbers that nothing else has."""
        marks: dict[str, str] = {}
        renamed: dict[str, str] = {}
        for node in root.iter(_DRAWING, w("p"), w("sdtPr"), *_MARKS):
            if node.tag == _DRAWING:
                self._drawing += 1
                node.set("id", str(self._drawing))
            elif node.tag == w("p"):
                node.attrib.pop(f"{_W14}paraId", None)
                node.attrib.pop(f"{_W14}textId", None)
            elif node.tag == w("sdtPr"):
                _unbind(node)
            else:
                self._renumber(node, marks)
                if node.tag == w("bookmarkStart"):
                    self._rename(node, renamed)
        if renamed:
            _follow(root, renamed)

    def _renumber(self, node: etree._Element, marks: dict[str, str]) -> None:
        number = value(node, "id")
        if number not in marks:
            self._mark += 1
            marks[number] = str(self._mark)
        node.set(w("id"), marks[number])

    def _rename(self, node: etree._Element, renamed: dict[str, str]) -> None:
        name, number = value(node, "name"), 2
        new = name
        while new.lower() in self._bookmarks:
            tail = f"_{number}"
            new, number = name[: _LONGEST - len(tail)] + tail, number + 1
        self._bookmarks.add(new.lower())
        if new != name:
            renamed[name] = new
            node.set(w("name"), new)

    def part_name(self) -> str:
        """Return a name for the bookmarks around one document."""
        self._parts += 1
        while (name := f"_part_{self._parts}") in self._bookmarks:
            self._parts += 1
        return name

    def enclose(self, body: etree._Element, name: str) -> None:
        """Put a bookmark around all of a document's text, and one at its end."""
        start, end = self._bookmark(name)
        body.insert(0, start)
        last = next((node for node in reversed(body) if node.tag != w("sectPr")), start)
        point = self._bookmark(_end(name))
        if last.tag == w("p"):
            # Before the last of it: LibreOffice loses a bookmark at the very end of a file.
            before = next(iter(last.findall(w("r"))[-1:]), last)
            for node in point:
                before.addprevious(node)
            last.append(end)
        else:
            for node in reversed([*point, end]):
                last.addnext(node)

    def _bookmark(self, name: str) -> tuple[etree._Element, etree._Element]:
        self._mark += 1
        start, end = etree.Element(w("bookmarkStart")), etree.Element(w("bookmarkEnd"))
        for node in (start, end):
            node.set(w("id"), str(self._mark))
        start.set(w("name"), name)
        self._bookmarks.add(name.lower())
        return start, end


def _end(name: str) -> str:
    return f"{name}_end"


def count_within(root: etree._Element, name: str) -> bool:
    """Let page counts and tables of contents mean one document of many; return whether there are any.

    Args:
        root: a text, changed in place.
        name: a bookmark around the document.
    """
    found = False
    for node in root.iter(*_FIELDS):
        field = _field(node)
        counted = _COUNT.sub(f"PAGEREF {_end(name)}", field)
        if _CONTENTS.match(counted):
            counted = f"{counted.rstrip()} \\b {name} "
        if counted != field:
            found = True
            _say(node, counted)
    return found


def _field(node: etree._Element) -> str:
    return value(node, "instr") if node.tag == w("fldSimple") else node.text or ""


def _say(node: etree._Element, field: str) -> None:
    if node.tag == w("fldSimple"):
        node.set(w("instr"), field)
    else:
        node.text = field


def _follow(root: etree._Element, renamed: dict[str, str]) -> None:
    """Let links and fields name bookmarks as they are called now."""
    for link in root.iter(w("hyperlink")):
        if value(link, "anchor") in renamed:
            link.set(w("anchor"), renamed[value(link, "anchor")])
    for node in root.iter(*_FIELDS):
        _say(node, _WORD.sub(lambda word: renamed.get(word[0], word[0]), _field(node)))


def _unbind(properties: etree._Element) -> None:
    """Let a content control keep its text: Word would fill it from the first document's data."""
    for node in list(properties):
        if etree.QName(node).localname in ("dataBinding", "id"):
            properties.remove(node)
