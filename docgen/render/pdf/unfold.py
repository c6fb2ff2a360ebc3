"""Floor 2, edges: what merging leaves in RML that z3c.rml cannot set as meant, put into a form that it can.

Values bring lines and Markdown into places without room for their elements, and colours in a short form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from docgen.errors import TemplateError
from docgen.model import Where
from docgen.render.body import words
from docgen.render.pdf.layout.attributes import no_colour

#: What Markdown makes and a paragraph cannot hold.
_BLOCKS = words("para ul ol li indent hr blockTable tr td spacer")
#: What holds blocks and begins no line itself.
_HOLDERS = ("ol", "ul", "indent", "blockTable")
_BETWEEN_CELLS = "\u2002"
#: What may stand before a block that begins in the same line: bullets, numbers, gaps between cells.
_BEGINNINGS = f" \n\t•0123456789.{_BETWEEN_CELLS}"
_CHARTS = ("barChart", "barChart3D", "linePlot", "linePlot3D", "pieChart", "pieChart3D", "spiderChart")
_SHORT_COLOUR = re.compile("#[0-9A-Fa-f]{3}")


#: What ReportLab reads as a number and prints in another colour, black most of the time.
_NO_COLOUR = re.compile("#(?!(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$).*|[0-9]+")
_COLOURS = ("color", "colorname", "background", "rgb")
_COLOUR_LISTS = words("colornames colorsbyrow colorsbycol")
_INSIDE_PARA = etree.XPath("//para//*")
_STYLES_INSIDE_PARA = etree.XPath("//para//blockTableStyle")


def spell_out_colours(element: etree._Element) -> None:
    """Write `#fa0` as `#ffaa00`: ReportLab would read it as a number, and print another colour."""
    for name, value in element.attrib.items():
        if name.lower().endswith(_COLOURS) and _SHORT_COLOUR.fullmatch(value):
            element.set(name, "#" + "".join(digit * 2 for digit in value[1:]))


def colour_faults(element: etree._Element, where: Where) -> Iterator[TemplateError]:
    """Yield a fault for each colour that is no code of one, and no name."""
    for name, value in element.attrib.items():
        lowered = str(name).lower()
        listed = lowered in _COLOUR_LISTS
        if listed or lowered.endswith(_COLOURS):
            for one in re.split(r"[\s,;]+", value) if listed else (value.strip(),):
                if _NO_COLOUR.fullmatch(one):
                    yield TemplateError(f"<{element.tag}>: {name}: {no_colour(one)}", where=where)


def unfold(root: etree._Element) -> None:
    """Let lines and Markdown stand where RML has no place for their elements."""
    for chart in root.iter(*_CHARTS):
        for name, value in (("dx", "0"), ("dy", "0"), ("dwidth", "100"), ("dheight", "100")):
            chart.set(name, chart.get(name, value))  # z3c.rml says they can be left out, and needs them
    for pages in root.iter("template", "pageTemplate"):
        if "pagesize" not in pages.attrib and pages.get("pageSize"):
            # Other makers of RML spell it so; z3c.rml would print on A4 without a word.
            pages.set("pagesize", pages.get("pageSize"))
    for story in root.iter("story"):
        if next(story.iterchildren(etree.Element), None) is None:
            etree.SubElement(story, "spacer", length="0")  # a file without pages cannot be opened
    for cell in root.iter("td"):
        if len(cell) and all(child.tag == "br" for child in cell):
            text = "\n".join([cell.text or "", *(child.tail or "" for child in cell)])
            del cell[:]
            cell.text = text
    for style in _STYLES_INSIDE_PARA(root):
        style.getparent().remove(style)
    inner = _INSIDE_PARA(root)
    for element in inner:
        if element.tag in _BLOCKS:
            _make_inline(element)
        elif element.tag == "img":
            element.attrib.pop("align", None)
    for element in inner:
        element.attrib.pop("docgen-list", None)


def _make_inline(element: etree._Element) -> None:
    """Turn a block within a paragraph into a new line of it."""
    outer = element.getparent()
    if element.tag in {"para", "li", "hr", "tr"} and not _is_first(element):
        _add_break(element)
    if element.tag == "td" and element.getprevious() is not None:
        element.text = _BETWEEN_CELLS + (element.text or "")
    if element.tag == "li":
        bullet = f"{element.get('value')}. " if outer.get("docgen-list") == "ol" else "• "
        element.text = bullet + (element.text or "").lstrip()
    kind = str(element.tag)
    element.tag = "span"
    element.attrib.clear()
    if kind in _HOLDERS:
        element.set("docgen-list", kind)


def _is_first(element: etree._Element) -> bool:
    """Return whether nothing stands before a block in its paragraph or list item."""
    outer = element.getparent()
    if element.getprevious() is not None or (outer.text or "").strip(_BEGINNINGS):
        return False
    return outer.tag != "span" or outer.get("docgen-list") is None or _is_first(outer)


def _add_break(element: etree._Element) -> None:
    line_break = etree.Element("br")
    line_break.sourceline = element.sourceline
    element.addprevious(line_break)
