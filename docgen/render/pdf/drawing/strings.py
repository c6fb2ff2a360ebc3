"""Floor 2, edges: single lines of text on a page: `<drawString>` and its kin."""

from __future__ import annotations

import re

from lxml import etree

from docgen.render.pdf.layout.attributes import length, whole
from docgen.render.pdf.layout.blocks import Sheet
from docgen.render.pdf.layout.linetext import line_width, set_line
from docgen.render.pdf.layout.maker import Maker

_DIGIT = re.compile("[0-9]")
#: Ends of lines and tabs have no glyph.
_BLANK = re.compile("[\t\n\r]")


def draw_string(element: etree._Element, font: str, size: float, sheet: Sheet, maker: Maker) -> None:
    """Draw a string in the colour that is set."""
    text = _BLANK.sub(" ", text_of(element, sheet, maker).strip())
    if not text:
        return
    x, y = length(element.get("x", "")), length(element.get("y", ""))
    letters, language = maker.letters, maker.document.language
    before, after = _parts(element, text)
    shown = [set_line(part, font, size, letters, language) for part in (before, after) if part]
    shift = shown[0].width if before else 0.0
    if element.tag == "drawAlignedString":
        shift += 0.5 * line_width(element.get("pivotChar", "."), font, size, letters, language)
    elif element.tag in ("drawCenteredString", "drawCentredString"):
        shift /= 2
    for part in shown:
        maker.document.lacks += part.lacks
        sheet.fonts.update(part.fonts)
    ops = f"BT 1 0 0 1 {x - shift:.3f} {y:.3f} Tm {''.join(part.operators for part in shown)}ET\n"
    changes = element.find(".//pageNumber") is not None
    sheet.draw(ops, None if changes or maker.document.silent else maker.document.at.add("P"))


def _parts(element: etree._Element, text: str) -> tuple[str, str]:
    """Return what stands left of x and what right of it; for a centred string all of it is the first."""
    if element.tag == "drawString":
        return "", text
    if element.tag != "drawAlignedString":
        return text, ""
    pivot = element.get("pivotChar", ".")
    whole, found, rest = text.partition(pivot)
    if found:
        return whole, found + rest
    last = max((match.end() for match in _DIGIT.finditer(text)), default=len(text))
    return text[:last], text[last:]


def text_of(element: etree._Element, sheet: Sheet, maker: Maker) -> str:
    """Return the text of an element, its page numbers and names filled in; the text behind it is printed as well."""
    parts = [element.text or ""]
    for child in element:
        parts += [_value(child, sheet, maker), child.tail or ""]
    return "".join([*parts, element.tail or ""])


def _value(element: etree._Element, sheet: Sheet, maker: Maker) -> str:
    if element.tag == "pageNumber":
        return str(sheet.number + whole(element.get("countingFrom", "1")))
    if element.tag == "getName":
        return maker.document.name(element.get("id", ""), element.get("default", ""))
    if element.tag == "namedString":
        maker.document.names[element.get("id", "")] = text_of(element, sheet, maker)
    elif element.tag == "name":
        maker.document.names[element.get("id", "")] = element.get("value", "")
    return ""
