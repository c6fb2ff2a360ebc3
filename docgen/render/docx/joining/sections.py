"""Floor 2, edges: sections of joined documents, each of which begins on a page of its own.

A document keeps its margins, headers and page numbers, and shows no header of the one before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lxml import etree

from docgen.render.docx.joining.notes import begin_anew
from docgen.render.docx.joining.order import PARAGRAPH, SECTION, child, value
from docgen.render.docx.spot import R, W, w

_REFERENCES = (w("headerReference"), w("footerReference"))
_ID = f"{{{R}}}id"
_EVEN = "docgen-even"
_EVENS = re.compile(rf"<\?{_EVEN} (\w+) ([^?]*)\?>")

#: (element, `default` | `first` | `even`)
Shown = tuple[str, str]


class Sections:
    """Which headers and footers a following document would inherit."""

    def __init__(self) -> None:
        self._left: set[Shown] = set()
        self._blank: set[str] = set()

    def begin(
        self,
        sections: list[etree._Element],
        empty: Callable[[str], str],
        *,
        first: bool,
        evens: bool,
        notes: Mapping[str, bool],
    ) -> None:
        """Make the sections of a document those of a part of a larger one.

        Args:
            sections: its `<w:sectPr>`, in order.
            empty: gives, for the element of a reference, the id of a relation to a header or footer with nothing in it.
            first: nothing stands before it.
            evens: it has other headers on even pages.
            notes: `footnote` | `endnote` -> whether it has any.
        """
        if not first:
            self._begin(sections[0], empty, evens=evens)
            for sort in (sort for sort, there in notes.items() if there):
                begin_anew(sections[0], sort, SECTION)
        if notes.get("endnote"):
            for section in sections[:-1]:  # its endnotes stand at its end
                child(section, "noEndnote", SECTION)
        own = {shown for section in sections for shown, target in _shown(section).items() if target not in self._blank}
        if not evens:
            for section in sections:
                _repeat_on_even_pages(section)
            own = {shown for shown in own if shown[1] != "even"} | {
                (tag, "even") for tag, kind in own if kind == "default"
            }
        self._left = own

    def _begin(self, section: etree._Element, empty: Callable[[str], str], *, evens: bool) -> None:
        kind = section.find(w("type"))
        if value(kind) in ("continuous", "nextColumn") and kind is not None:
            section.remove(kind)
        numbers = child(section, "pgNumType", SECTION)
        numbers.set(w("start"), value(numbers, "start") or "1")
        missing = {one for one in self._left - _shown(section).keys() if evens or one[1] != "even"}
        for tag, kind_of_page in sorted(missing, reverse=True):
            reference = etree.Element(tag)
            reference.set(w("type"), kind_of_page)
            reference.set(_ID, empty(tag))
            self._blank.add(empty(tag))
            section.insert(0, reference)


def sections_of(body: etree._Element) -> list[etree._Element]:
    """Return the sections of a document; the last one, which may be missing, is made."""
    found = [node for node in body.iter(w("sectPr")) if node.getparent().tag == w("pPr")]
    last = body.find(w("sectPr"))
    if last is None:
        last = etree.SubElement(body, w("sectPr"))
    return [*found, last]


def references_of(section: etree._Element) -> list[etree._Element]:
    """Return a section's references to headers and footers."""
    return [node for node in section if node.tag in _REFERENCES]


def end_section(body: etree._Element) -> None:
    """Let the last section end in the text, so that another document can follow."""
    section = body.find(w("sectPr"))
    assert section is not None, "made by `sections_of`"
    body.remove(section)
    last = body[-1] if len(body) else None
    if last is None or last.tag != w("p") or last.find(f"{w('pPr')}/{w('sectPr')}") is not None:
        last = etree.SubElement(body, w("p"))
        _make_small(last)
    look = last.find(w("pPr"))
    if look is None:
        look = etree.Element(w("pPr"))
        last.insert(0, look)
    child(look, "rPr", PARAGRAPH)
    look.insert(look.index(look.find(w("rPr"))) + 1, section)
    if not len(look.find(w("rPr"))):
        look.remove(look.find(w("rPr")))


def settle_evens(content: bytes, *, evens: bool) -> bytes:
    """Return a text whose sections show on even pages what they do on the others, where that must be said."""
    if f"<?{_EVEN}".encode() not in content:
        return content

    def say(found: re.Match[bytes]) -> bytes:
        tag, target = found[1], found[2]
        return b'<w:%s w:type="even" r:id="%s"/>' % (tag, target) if evens else b""

    return re.sub(_EVENS.pattern.encode(), say, content)


def _shown(section: etree._Element) -> dict[Shown, str]:
    return {(str(node.tag), value(node, "type") or "default"): node.get(_ID, "") for node in references_of(section)}


def _repeat_on_even_pages(section: etree._Element) -> None:
    """Leave a note for `settle_evens`: whether even pages are told apart is known when all documents are."""
    for node in references_of(section):
        if value(node, "type") == "even":
            section.remove(node)
    for node in references_of(section):
        if value(node, "type") in ("", "default"):
            node.addnext(etree.ProcessingInstruction(_EVEN, f"{etree.QName(node).localname} {node.get(_ID)}"))


def _make_small(paragraph: etree._Element) -> None:
    """Let a paragraph that only ends a section take no room."""
    paragraph.append(
        etree.fromstring(
            f'<w:pPr xmlns:w="{W}"><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
            '<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr>'
        )
    )
