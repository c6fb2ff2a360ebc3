"""Floor 2, edges: `<docinit>`, `<stylesheet>` and `<template>`: what holds for a whole document.

They are the same from record to record, so each text is read once and kept; what is kept does not change.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from lxml import etree

from docgen.errors import DocgenError
from docgen.render.pdf.layout import liststyles, parastyle, tablestyle
from docgen.render.pdf.layout.attributes import Colour, colour, number
from docgen.render.pdf.layout.maker import Maker, needed
from docgen.render.pdf.layout.pagetemplates import Book, frames_key, read_book
from docgen.render.pdf.layout.styles import Styles
from docgen.render.pdf.layout.viewing import read_viewing
from docgen.render.pdf.layout.wrong import WRONG, in_words

_Kept = TypeVar("_Kept")
#: Texts that are kept. Where a style holds a value, each record has its own, which serves its passes only.
_KEPT = 8
_COLOURS = ("color", "colorname", "background", "rgb", "colors", "fill", "stroke")
_COLOUR_LISTS = ("colornames", "colorsbyrow", "colorsbycol")


def read_styles(root: etree._Element, maker: Maker) -> Book:
    """Give the maker the styles of a document and return its page templates.

    Raises:
        TemplateError: an element says something wrong; names it and its line.
    """
    begin, sheet = root.find("docinit"), root.find("stylesheet")
    _spell_out_colours(root, begin, sheet)
    written = tuple(_written(part, maker.source) for part in (begin, sheet) if part is not None)
    maker.styles = _once("styles", written, maker, lambda: _styles(begin, sheet, maker))
    document = maker.document
    document.names = dict(maker.styles.names)
    document.viewer = _viewing(begin, maker)
    template = root.find("template")
    return _once("book", frames_key(template), maker, lambda: read_book(template, maker))


def _viewing(begin: etree._Element | None, maker: Maker) -> dict[str, str]:
    if begin is None:
        return {}
    try:
        return read_viewing(dict(begin.items()))
    except ValueError as error:
        raise maker.fault(begin, f"<docinit>: {error}") from error


def _written(place: etree._Element, source: str) -> str | bytes:
    """Return how an element that stands once in a document is written, from the source if that is sure to tell."""
    end = f"</{place.tag}>"
    start, stop = source.find(f"<{place.tag}"), source.find(end)
    if 0 <= start < stop and "<!" not in source and source.find("<?", 1) < 0:
        return source[start : stop + len(end)]
    found: bytes = etree.tostring(place, with_tail=False)
    return found


def _once(kind: str, written: Hashable, maker: Maker, read: Callable[[], _Kept]) -> _Kept:
    """Return what elements say, from before where they say the same."""
    kept: OrderedDict[Hashable, _Kept] = maker.cache.get((kind,)) or maker.cache.keep((kind,), OrderedDict())
    found = kept.get(written)
    if found is None:
        found = kept[written] = read()
        if len(kept) > _KEPT:
            kept.popitem(last=False)
    return found


def _spell_out_colours(root: etree._Element, *places: etree._Element | None) -> None:
    """Write the colours that a document names by what they are, in place."""
    named = [one for place in places if place is not None for one in place.iter("color")]
    colours = {one.get("id"): spelt for one in named if (spelt := _spelt(one))}
    if not colours:
        return
    for element in root.iter(etree.Element):
        for name, value in element.items():
            if name.lower().endswith(_COLOURS) and value in colours:
                element.set(name, colours[value])
            elif name.lower() in _COLOUR_LISTS:
                element.set(name, re.sub(r"[\w.-]+", lambda word: _in_list(colours.get(word[0]), word[0]), value))


def _spelt(element: etree._Element) -> str:
    """Return what a `<color>` stands for as an attribute says it, see-through ones with their alpha."""
    written = str(next((element.get(how) for how in ("RGB", "CMYK", "value") if element.get(how)), ""))
    found, alpha = _read(written), element.get("alpha")
    if found is None or alpha is None:
        return written
    red, green, blue = (round(share * 255) for share in found[:3])
    return f"rgba({red},{green},{blue},{alpha})"


def _in_list(spelt: str | None, word: str) -> str:
    """Return a colour of a list, whose commas part colours."""
    found = _read(spelt or "")
    return "#" + "".join(f"{round(share * 255):02x}" for share in found) if found else spelt or word


def _read(text: str) -> Colour | None:
    try:
        return colour(text)
    except ValueError:
        return None  # is a fault where the element is read


def _styles(begin: etree._Element | None, sheet: etree._Element | None, maker: Maker) -> Styles:
    styles = Styles()
    # Styles are looked up among those read before.
    maker.styles = styles
    for place, readers in ((begin, _BEGIN), (sheet, _SHEET)):
        if place is not None:
            _read_all(place, readers, styles, maker)
    return styles


_Reader = Callable[[etree._Element, Styles, Maker], None]


def _read_all(place: etree._Element, readers: Mapping[str, _Reader], styles: Styles, maker: Maker) -> None:
    for element in place.iterchildren(etree.Element):
        reader = readers.get(str(element.tag))
        if reader is None:
            raise maker.fault(element, f"<{element.tag}> cannot stand inside <{place.tag}>")
        try:
            reader(element, styles, maker)
        except DocgenError:
            raise
        except WRONG as error:
            raise maker.fault(element, f"<{element.tag}>: {in_words(error, element)}") from error


def _initialize(element: etree._Element, styles: Styles, maker: Maker) -> None:
    _read_all(element, _INITIALIZE, styles, maker)


def _name(element: etree._Element, styles: Styles, maker: Maker) -> None:
    styles.names[needed(element, "id")] = needed(element, "value")


def _alias(element: etree._Element, styles: Styles, maker: Maker) -> None:
    key, value = needed(element, "id"), needed(element, "value")
    kinds: tuple[dict[str, Any], ...] = (styles.tables, styles.lists)
    for kind in kinds:
        if value in kind:
            kind[key] = kind[value]
            return
    styles.paragraphs[key] = parastyle.find(value, styles)


def _colour(element: etree._Element, styles: Styles, maker: Maker) -> None:
    needed(element, "id")
    if not 0 <= number(element.get("alpha", "1")) <= 1:
        raise ValueError(f'alpha="{element.get("alpha")}" is not a share from 0 to 1')
    if not _spelt(element):
        raise ValueError("it says no colour")


def _paragraph(element: etree._Element, styles: Styles, maker: Maker) -> None:
    styles.paragraphs[needed(element, "name").removeprefix("style.")] = parastyle.read(element, styles)


def _span(element: etree._Element, styles: Styles, maker: Maker) -> None:
    styles.paragraphs[needed(element, "name").removeprefix("style.")] = parastyle.read_span(element, styles)


def _table(element: etree._Element, styles: Styles, maker: Maker) -> None:
    styles.tables[needed(element, "id")] = tablestyle.read(element, maker)


def _list(element: etree._Element, styles: Styles, maker: Maker) -> None:
    styles.lists[needed(element, "name").removeprefix("style.")] = liststyles.read(element, styles)


_INITIALIZE: Mapping[str, _Reader] = {"name": _name, "alias": _alias, "color": _colour}
_BEGIN: Mapping[str, _Reader] = {"name": _name, "color": _colour}
_SHEET: Mapping[str, _Reader] = {
    "initialize": _initialize,
    "paraStyle": _paragraph,
    "spanStyle": _span,
    "blockTableStyle": _table,
    "listStyle": _list,
}
#: Every element that is read here.
ELEMENTS = frozenset({*_INITIALIZE, *_BEGIN, *_SHEET, "docinit", "stylesheet"})
