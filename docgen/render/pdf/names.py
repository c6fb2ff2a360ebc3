"""Floor 2, edges: names in a body that lead nowhere: of styles, page templates, frames, bookmarks.

Asked once something has gone wrong, so that the fault names element and line, and what was meant. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from docgen.errors import TemplateError, did_you_mean
from docgen.model import Where
from docgen.render.body import words
from docgen.render.pdf.layout.parastyle import SAMPLE

_PARAGRAPHS = words("para title h1 h2 h3 h4 h5 h6 pre xpre codesnippet")
_LISTS = words("ol ul li")
_LINKS = words("href url link dest destination target")
#: Elements whose `destination` is the name itself.
_TO_BOOKMARKS = words("link td rect")


def missing_names(root: etree._Element, file: str) -> list[TemplateError]:
    """Return a fault for each name that is used and not given."""
    faults = []
    for element, kind, name, known in (*_styles(root), *_pages(root), *_bookmarks(root)):
        if name and name not in known:
            hint = did_you_mean(name, known)
            if kind == "bookmark" and not hint.startswith("did"):
                hint = f'set <bookmark name="{name}"/> where it is to lead'
            where = Where(file, element.sourceline)
            faults.append(TemplateError(f'<{element.tag}>: there is no {kind} "{name}"', where=where, hint=hint))
    return faults


_Used = tuple[etree._Element, str, str, frozenset[str]]


def _styles(root: etree._Element) -> Iterator[_Used]:
    aliases = _said(root, "alias", "id")
    texts = _said(root, "paraStyle", "name", "alias") | _said(root, "spanStyle", "name", "alias") | frozenset(SAMPLE)
    texts |= aliases
    tables, lists = _said(root, "blockTableStyle", "id") | aliases, _said(root, "listStyle", "name") | aliases
    for element in root.iter(etree.Element):
        name = element.get("style", "").removeprefix("style.")
        parent = element.get("parent", "").removeprefix("style.")
        if element.tag in _PARAGRAPHS or element.tag == "span":
            yield element, "style", name, texts
        elif element.tag == "blockTable":
            yield element, "table style", name, tables
        elif element.tag in _LISTS:
            yield element, "list style", name, lists
        elif element.tag in ("paraStyle", "spanStyle"):
            yield element, "style", parent, texts
        elif element.tag == "listStyle":
            yield element, "list style", parent, lists


def _pages(root: etree._Element) -> Iterator[_Used]:
    templates, frames = _said(root, "pageTemplate", "id"), _said(root, "frame", "id")
    for tag, attribute, kind, known in (
        ("setNextTemplate", "name", "page template", templates),
        ("pageTemplate", "autoNextTemplate", "page template", templates),
        ("story", "firstPageTemplate", "page template", templates),
        ("nextFrame", "name", "frame", frames),
        ("setNextFrame", "name", "frame", frames),
    ):
        for element in root.iter(tag):
            name = element.get(attribute, "")
            if not name.lstrip("-").isdecimal():  # which counts them
                yield element, kind, name, known


def _bookmarks(root: etree._Element) -> Iterator[_Used]:
    marked = [element.get("name", "") for element in root.iter("bookmark", "bookmarkPage", "a")]
    known = frozenset([*marked, *(element.get("key", "") for element in root.iter("outlineAdd"))])
    for element in root.iter(etree.Element):
        for attribute, value in element.items():
            lowered = str(attribute).lower()
            if lowered == "destination" and element.tag in _TO_BOOKMARKS:
                yield element, "bookmark", str(value).removeprefix("#"), known
            elif lowered in _LINKS and str(value).startswith("#"):
                yield element, "bookmark", str(value)[1:], known


def _said(root: etree._Element, tag: str, *attributes: str) -> frozenset[str]:
    found: Iterable[str] = (element.get(name) for element in root.iter(tag) for name in attributes)
    return frozenset(name.removeprefix("style.") for name in found if name)
