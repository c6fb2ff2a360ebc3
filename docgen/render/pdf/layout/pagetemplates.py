"""Floor 2, edges: `<template>`: sizes of pages, their frames, which follows which. Read once per text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from docgen.render.pdf.layout.attributes import length, page_size, relative, switch, whole
from docgen.render.pdf.layout.frames import FramePlan
from docgen.render.pdf.layout.maker import Maker, needed

_A4 = page_size("A4")
_PADDINGS = ("leftPadding", "bottomPadding", "rightPadding", "topPadding")
_DRAWN = ("letterhead", "pageGraphics", "header", "footer")


@dataclass(frozen=True, eq=False)
class PageTemplate:
    """A kind of page.

    Attributes:
        index: which of the page templates it is.
        size: None for that of the document.
        follower: the template of the pages after one of it, "" for the same.
    """

    index: int
    name: str
    size: tuple[float, float] | None
    frames: tuple[FramePlan, ...]
    follower: str

    @cached_property
    def foot(self) -> float:
        """The height below which no frame reaches."""
        return min(frame.bottom for frame in self.frames)


@dataclass(frozen=True)
class Book:
    """The page templates of a document. `size` is that of pages that do not say theirs."""

    size: tuple[float, float]
    rotation: int
    templates: tuple[PageTemplate, ...]

    def find(self, name: str | int) -> PageTemplate:
        """Return the template of a name or index. Raises KeyError."""
        if isinstance(name, int):
            if not -len(self.templates) <= name < len(self.templates):
                raise KeyError(name)
            return self.templates[name]
        return next(iter(template for template in self.templates if template.name == name), None) or self._none(name)

    def _none(self, name: str) -> PageTemplate:
        raise KeyError(name)


@dataclass(frozen=True)
class Graphics:
    """What stands on pages of a template outside their frames.

    Attributes:
        elements: drawn when a page begins, in their order.
        names: that they print; none where they give names as well, since then the order counts.
    """

    elements: tuple[etree._Element, ...]
    names: frozenset[str]


def read_graphics(template: etree._Element, index: int) -> Graphics:
    """Return what a page template draws."""
    page = template.findall("pageTemplate")[index]
    elements = tuple(child for child in page if child.tag in _DRAWN)
    if any(True for drawn in elements for _ in drawn.iter("namedString", "name")):
        return Graphics(elements, frozenset())
    return Graphics(elements, frozenset(asked.get("id", "") for drawn in elements for asked in drawn.iter("getName")))


def _size(element: etree._Element) -> str:
    """Return the size a template says, in either spelling."""
    return element.get("pagesize") or element.get("pageSize") or ""


def frames_key(template: etree._Element) -> tuple[object, ...]:
    """Return what a template says about pages and frames; what they draw may differ from record to record."""
    parts: list[object] = [_size(template), template.get("showBoundary"), template.get("rotation")]
    for page in template:
        parts.append((page.tag, *page.items()))
        parts += [(part.tag, *(part.items() if part.tag == "frame" else ())) for part in page]
    return tuple(parts)


def read_book(element: etree._Element, maker: Maker) -> Book:
    """Return what a `<template>` says.

    Raises:
        TemplateError: an element says something wrong; names it and its line.
    """
    try:
        size = page_size(_size(element) or "A4")
        boundary = switch(element.get("showBoundary", "no"))
        rotation = whole(element.get("rotation", "0"))
    except ValueError as error:
        raise maker.fault(element, f"<template>: {error}") from error
    pages = _only(element, ("pageTemplate",), maker)
    templates = tuple(_template(index, child, size, boundary, maker) for index, child in enumerate(pages))
    if not templates:
        raise maker.fault(element, "<template> has no <pageTemplate>")
    return Book(size, rotation, templates)


def _template(
    index: int, element: etree._Element, size: tuple[float, float], boundary: bool, maker: Maker
) -> PageTemplate:
    parts = _only(element, ("frame", *_DRAWN), maker)
    frames = tuple(_frame(child, size, boundary, maker) for child in parts if child.tag == "frame")
    if not frames:
        raise maker.fault(element, "<pageTemplate> has no <frame>")
    try:
        name = needed(element, "id")
        own = page_size(_size(element)) if _size(element) else None
    except ValueError as error:
        raise maker.fault(element, f"<pageTemplate>: {error}") from error
    return PageTemplate(index, name, own, frames, element.get("autoNextTemplate", ""))


def _frame(element: etree._Element, size: tuple[float, float], boundary: bool, maker: Maker) -> FramePlan:
    """Return a frame. Shares are of the document's page, whatever size the page template has."""
    try:
        x, width = (relative(needed(element, name), size[0]) for name in ("x1", "width"))
        y, height = (relative(needed(element, name), size[1]) for name in ("y1", "height"))
        left, bottom, right, top = (length(element.get(name, "0")) for name in _PADDINGS)
        boundary = boundary or switch(element.get("showBoundary", "no"))
    except ValueError as error:
        raise maker.fault(element, f"<frame>: {error}") from error
    return FramePlan(element.get("id", ""), x, y, width, height, left, bottom, right, top, boundary)


def _only(element: etree._Element, allowed: tuple[str, ...], maker: Maker) -> list[etree._Element]:
    children = [child for child in element if isinstance(child.tag, str)]
    for child in children:
        if child.tag not in allowed:
            raise maker.fault(child, f"<{child.tag}> cannot stand inside <{element.tag}>")
    return children
