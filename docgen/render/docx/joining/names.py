"""Floor 2, edges: what needs a name or number of its own in one document: bookmarks, drawings, changes, page counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
_ARGUMENT = re.compile(r'"(?P<quoted>(?:\\.|[^"\\])*)"?|(?P<switch>\\\S?)|(?P<plain>[^\s"\\]+)', re.DOTALL)
#: Fields whose first word is a bookmark; those with a switch that names one; those that compare what bookmarks hold.
_REFERRING = frozenset({"REF", "PAGEREF", "NOTEREF", "FTNREF", "GOTOBUTTON"})
_SWITCHES = {"HYPERLINK": "\\l", "TOC": "\\b", "INDEX": "\\b", "TOA": "\\b"}
_COMPARING = frozenset({"IF", "COMPARE"})
#: Switches that a word belongs to.
_TAKING = ("\\*", "\\#", "\\@", "\\d")
#: Whose first word is no bookmark, although one may be called the same.
_OTHERS = frozenset(
    words("""ADDRESSBLOCK ADVANCE ASK AUTHOR AUTONUM AUTONUMLGL AUTONUMOUT AUTOTEXT AUTOTEXTLIST BARCODE BIBLIOGRAPHY
    BIDIOUTLINE CITATION COMMENTS COMPARE CREATEDATE DATABASE DATE DISPLAYBARCODE DOCPROPERTY DOCVARIABLE EDITTIME EQ
    FILENAME FILESIZE FILLIN FORMCHECKBOX FORMDROPDOWN FORMTEXT GREETINGLINE HYPERLINK IF INDEX INFO KEYWORDS
    LASTSAVEDBY LISTNUM MACROBUTTON MERGEBARCODE MERGEFIELD MERGEREC MERGESEQ NEXT NEXTIF NUMCHARS NUMPAGES NUMWORDS
    PAGE PRINT PRINTDATE QUOTE REVNUM SAVEDATE SECTION SECTIONPAGES SEQ SET SKIPIF STYLEREF SUBJECT SYMBOL TA TC
    TEMPLATE TIME TITLE TOA TOC USERADDRESS USERINITIALS USERNAME XE""")
)


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
    for nodes in _codes(root):
        code = "".join(_field(node) for node in nodes)
        for start, end in reversed([*_named(code)]):
            if code[start:end] in renamed:
                _put(nodes, start, end, renamed[code[start:end]])


def _codes(root: etree._Element) -> Iterator[list[etree._Element]]:
    """Yield the elements that the code of each field is spread over."""
    open_: list[list[etree._Element]] = []
    over: list[bool] = []  # of those: what the field last showed follows
    for node in root.iter(w("fldChar"), *_FIELDS):
        sort = value(node, "fldCharType")
        if node.tag == w("fldSimple"):
            yield [node]
        elif node.tag == w("instrText"):
            if open_ and not over[-1]:
                open_[-1].append(node)
        elif sort == "begin":
            open_.append([])
            over.append(False)
        elif open_ and sort == "separate":
            over[-1] = True
        elif open_ and sort == "end":
            over.pop()
            yield open_.pop()


def _named(code: str) -> Iterator[tuple[int, int]]:
    """Yield where in a code names of bookmarks stand, from left to right; not what is text or a switch's."""
    kind = ""
    switch = ""
    place = 0
    for word in _ARGUMENT.finditer(code):
        kind = kind or word[0].upper()
        before, switch = switch, (word["switch"] or "").lower()
        if switch:
            continue
        if kind in _SWITCHES:
            if before == _SWITCHES[kind]:
                yield _inside(word)
        elif before not in _TAKING:
            if word["plain"] and (kind.startswith("=") or (kind in _COMPARING and place)):
                yield from ((word.start() + one.start(), word.start() + one.end()) for one in _WORD.finditer(word[0]))
            elif place == (kind in _REFERRING) and kind not in _OTHERS:  # { Total } is short for { REF Total }
                yield _inside(word)
            place += 1


def _inside(word: re.Match[str]) -> tuple[int, int]:
    return word.span("plain" if word["quoted"] is None else "quoted")


def _put(nodes: list[etree._Element], start: int, end: int, name: str) -> None:
    """Put a name in the place of letters that may be spread over elements."""
    at = 0
    for node in nodes:
        text = _field(node)
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            _say(node, text[:first] + name + text[last:])
            name = ""
        at += len(text)


def _unbind(properties: etree._Element) -> None:
    """Let a content control keep its text: Word would fill it from the first document's data."""
    for node in list(properties):
        if etree.QName(node).localname in ("dataBinding", "id"):
            properties.remove(node)
