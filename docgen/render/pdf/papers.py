"""Floor 2, edges: what elements ask for that take pages of other PDFs.

These are `<letterhead>`, `<mergePage>` and `<includePdfPages>`. Reads and checks attributes; draws nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from docgen.errors import TemplateError
from docgen.model import Where
from docgen.render.pdf.layout.attributes import page_size
from docgen.render.pdf.stationery import Stationery, open_stationery

_ABSENT = ("", "none", "no")
#: By how much paper and page may differ, in points: both are rounded.
_TOLERANCE = 3.0
_MAX_PAGES = 500
_PAGES = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")
PAPERS = {"letterhead": "pdf", "mergePage": "filename", "includePdfPages": "filename"}


@dataclass(frozen=True)
class Letterhead:
    """Stationery: the pages of a PDF that lie under the pages of a document.

    Attributes:
        first: page of the PDF, from 1, under the first page of the document; none for plain paper.
        next: likewise, under all others.
        says_next: whether the body says `next`; else it is the second page of the PDF where there is one.
    """

    pdf: str
    first: int | None
    next: int | None
    says_next: bool

    def under(self, page: int, pages: int) -> int | None:
        """Return which page of the PDF, which has so many, lies under a page of the document, both from 1."""
        if page == 1:
            return self.first
        return self.next if self.says_next else min(2, pages)


def read_letterhead(element: etree._Element) -> Letterhead:
    """Return what a `<letterhead>` says.

    Raises:
        ValueError: a page is no number.
    """
    first, following = (_read_page(element, name) for name in ("first", "next"))
    says = element.attrib
    return Letterhead(says["pdf"], first if "first" in says else 1, following, "next" in says)


def _read_page(element: etree._Element, name: str) -> int | None:
    text = element.get(name, "").strip().lower()
    if text in _ABSENT:
        return None
    if not text.isdecimal() or text == "0":
        raise ValueError(f'{name}="{text}" is not the number of a page')
    return int(text)


def share_letterhead(element: etree._Element) -> None:
    """Give the stationery of all pages to each kind of page that has none of its own.

    Raises:
        ValueError: it stands in the wrong place, or a page is no number.
    """
    read_letterhead(element)
    parent = element.getparent()
    if parent is None or parent.tag not in ("template", "pageTemplate"):
        raise ValueError("stands in <template> or <pageTemplate>")
    if parent.tag == "pageTemplate":
        return
    for sheet in parent.iter("pageTemplate"):
        if sheet.find("letterhead") is None:
            sheet.insert(0, own := etree.Element("letterhead", dict(element.attrib)))
            own.sourceline = element.sourceline or 1
    parent.remove(element)


def page_size_around(element: etree._Element) -> tuple[float, float]:
    """Return the size of the page that an element is drawn on: of the first page, where it stands in a story."""
    root = element.getroottree().getroot()
    sheet = next(element.iterancestors("pageTemplate"), None)
    if sheet is None:
        story = next(iter(root.iter("story")), None)
        first = story.get("firstPageTemplate") if story is not None else None
        sheets = [*root.iter("pageTemplate")]
        sheet = next((one for one in sheets if one.get("id") == first), sheets[0] if sheets else None)
    sizes = [one.get("pagesize") for one in (sheet, root.find("template")) if one is not None]
    return page_size(next((size for size in sizes if size), "A4"))


def read_pages(text: str, count: int) -> Iterator[int]:
    """Yield the pages that `1-3, 5` names; all of `count` where it names none.

    Raises:
        ValueError: it names none that can be.
    """
    if not text.strip():
        yield from range(1, count + 1)
        return
    for piece in re.split(r"[\s,;]+", text.strip()):
        found = _PAGES.fullmatch(piece)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last:
            raise ValueError(f'pages="{text}" does not name pages, such as 1-3, 5')
        yield from range(first, max(first, min(last, count + 1)) + 1)  # one too many is enough to be found


def paper_faults(element: etree._Element, where: Where) -> Iterator[TemplateError]:
    """Yield what is wrong with the other PDF, whose path is absolute by now, or with the pages asked for."""
    tag = str(element.tag)
    try:
        paper = open_stationery(Path(element.get(PAPERS[tag], "")))
        asked = [*_asked(element, paper)]
        if len(asked) > _MAX_PAGES:
            raise TemplateError(f"<{tag}> takes in more than {_MAX_PAGES} pages")
        for number in asked:
            picture = paper.picture(number)
            if tag == "letterhead":
                _check_size(element, (picture.width, picture.height))
    except (TemplateError, ValueError) as error:
        problem, hint = (error.problem, error.hint) if isinstance(error, TemplateError) else (str(error), "")
        yield TemplateError(f"<{tag}>: {problem}", where=where, hint=hint)


def _asked(element: etree._Element, paper: Stationery) -> Iterator[int]:
    if element.tag == "includePdfPages":
        yield from read_pages(element.get("pages", ""), paper.pages)
    elif element.tag == "mergePage":
        text = element.get("page", "")
        if not text.isdecimal():
            raise ValueError(f'page="{text}" is not the number of a page, counted from 0')
        yield int(text) + 1
    else:
        letterhead = read_letterhead(element)
        yield from {one for one in (letterhead.under(page, paper.pages) for page in (1, 2)) if one is not None}


def _check_size(element: etree._Element, paper: tuple[float, float]) -> None:
    page = page_size_around(element)
    if any(abs(one - other) > _TOLERANCE for one, other in zip(page, paper, strict=True)):
        sizes = [" x ".join(f"{side * 25.4 / 72:.0f}" for side in size) for size in (paper, page)]
        raise TemplateError(f"the stationery is {sizes[0]} mm, the page {sizes[1]} mm", hint="make them the same size")
