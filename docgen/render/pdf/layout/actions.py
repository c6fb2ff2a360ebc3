"""Floor 2, edges: what steers the flow from within a story, and the marks it leaves.

Breaks of pages and frames, the templates of pages, indents; bookmarks, outlines and names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from docgen.render.pdf.layout.attributes import length, number, switch, whole
from docgen.render.pdf.layout.blocks import Action, Block, Bookmark, Document, OutlineEntry, Sheet, moved
from docgen.render.pdf.layout.maker import Maker, needed, number_or_text, optional

#: How a reader shows what a bookmark names; of a rectangle it is the corner.
_FITS = {"xyz": "XYZ", "fit": "Fit", "fith": "FitH", "fitv": "FitV", "fitr": "XYZ"}


class Steering(Action):
    """An action that the flow carries out; it is never drawn. It is no part of what is kept together."""


@dataclass
class NextPage(Steering):
    """The page ends."""


@dataclass
class NextFrame(Steering):
    """The frame ends; the next one is that of a name or index, if one is given."""

    name: str | int = ""


@dataclass
class SetNextFrame(Steering):
    """Which frame follows when this one ends."""

    name: str | int


@dataclass
class SetNextTemplate(Steering):
    """Which page template the following pages have."""

    name: str | int


@dataclass
class Nothing(Steering):
    """Nothing, where something must stand."""


@dataclass
class RoomBreak(Action):
    """The frame ends if less than a height of it is left."""

    height: float


@dataclass
class Indent(Action):
    """The room for what follows becomes narrower, or wider again."""

    left: float
    right: float


@dataclass
class ItemIndent(Action):
    """An indent within an item of a list: as in Platypus, it holds only where items flow one by one."""

    left: float
    right: float


class Mark(Action):
    """An action that is done where it is drawn."""


class PageBookmark(Mark):
    """A name for a page, or a part of it."""

    def __init__(self, name: str, bookmark: Bookmark, document: Document) -> None:
        self._name, self._bookmark, self._document = name, bookmark, document

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Note the page."""
        said = self._bookmark
        self._document.bookmarks[self._name] = Bookmark(sheet.number, said.left, said.top, said.zoom, said.fit)


class PlaceBookmark(Mark):
    """A name for the place where it stands."""

    def __init__(self, name: str, x: float, y: float, document: Document) -> None:
        self._name, self._shift, self._document = name, (x, y), document

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Note the place."""
        left, top = moved(sheet.matrix, x + self._shift[0], y + self._shift[1])
        self._document.bookmarks[self._name] = Bookmark(sheet.number, left, top)


class OutlineMark(Mark):
    """A line in the reader's table of contents."""

    def __init__(self, title: str, level: int, key: str, closed: bool, document: Document) -> None:
        self._title, self._level, self._key, self._closed = title, level, key, closed
        self._document = document

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Note the page."""
        document = self._document
        key = self._key or f"outline-{len(document.outline) + 1}"
        document.bookmarks[key] = Bookmark(sheet.number, fit="Fit")
        document.outline.append(OutlineEntry(self._title, self._level, key, self._closed))


class NamedString(Mark):
    """A text that gets a name on the page where it stands."""

    def __init__(self, element: etree._Element, maker: Maker) -> None:
        self._element, self._maker = element, maker

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Give the text its name."""
        names = self._maker.document.names
        names[self._element.get("id", "")] = plain_text(self._element, sheet, self._maker)


def plain_text(element: etree._Element, sheet: Sheet, maker: Maker) -> str:
    """Return the text of an element with its page numbers and names filled in."""
    text = element.text or ""
    for child in element:
        if child.tag == "pageNumber":
            text += str(sheet.number + whole(child.get("countingFrom", "1")))
        elif child.tag == "getName":
            text += maker.document.name(child.get("id", ""), child.get("default", ""))
        text += child.tail or ""
    return text


# --- builders -------------------------------------------------------------------------------------


def next_page(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<nextPage>`."""
    yield NextPage()


def next_frame(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<nextFrame>`."""
    yield NextFrame(number_or_text(element.get("name", "")))


def set_next_frame(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<setNextFrame>`."""
    yield SetNextFrame(number_or_text(needed(element, "name")))


def set_next_template(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<setNextTemplate>`."""
    yield SetNextTemplate(number_or_text(needed(element, "name")))


def room_break(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<condPageBreak>`."""
    yield RoomBreak(length(needed(element, "height")))


def indent(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return what is inside an `<indent>`, between its beginning and its end."""
    left, right = length(element.get("left", "0")), length(element.get("right", "0"))
    yield Indent(left, right)
    yield from maker.flow(element)
    yield Indent(-left, -right)


def page_bookmark(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the mark of a `<bookmarkPage>`."""
    fit, zoom = element.get("fit", "Fit"), element.get("zoom")
    exact = _FITS[fit.lower()]
    bookmark = Bookmark(0, optional(element, "left"), optional(element, "top"), number(zoom) if zoom else None, exact)
    yield PageBookmark(needed(element, "name"), bookmark, maker.document)


def place_bookmark(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the mark of a `<bookmark>`."""
    x, y = length(element.get("x", "0")), length(element.get("y", "0"))
    yield PlaceBookmark(needed(element, "name"), x, y, maker.document)


def outline(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the mark of an `<outlineAdd>`."""
    level, closed = whole(element.get("level", "0")), switch(element.get("closed", "no"))
    title = (element.text or "").strip()
    yield OutlineMark(title, level, element.get("key", ""), closed, maker.document)


def named_string(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the mark of a `<namedString>`."""
    needed(element, "id")
    yield NamedString(element, maker)


def name(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Give a text its name right now; nothing stands in the story."""
    if maker.document.pages == 0:
        maker.document.names[needed(element, "id")] = needed(element, "value")
    return ()
