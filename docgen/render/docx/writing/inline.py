"""Floor 2, edges: formatted text, links, page ends and check boxes within a line of a Word text. Knows no template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from docgen.errors import TemplateError, did_you_mean
from docgen.render.docx.package import Package, Story, parse_xml
from docgen.render.docx.spot import R, Spot, w
from docgen.render.docx.writing.looks import copy_look, put, remove, switch
from docgen.rich import Look

_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_LINK_COLOUR = "0563C1"
TICKED, EMPTY = "\u2612", "\u2610"
#: Word's own font for the boxes, which it sets when somebody ticks one.
_BOX_FONT = "MS Gothic"
_PIECES = re.compile(r"([\n\t])")
_SCRIPTS = {"super": "superscript", "sub": "subscript"}


def put_over(around: etree._Element | None, wanted: Look, style: str | None) -> etree._Element:
    """Return a `<w:rPr>`: the look wanted, with the id of its style, over the one around."""
    look = copy_look(around)
    if style is not None:
        put(look, "rStyle", val=style)
    if wanted.font is not None:
        put(look, "rFonts", ascii=wanted.font, hAnsi=wanted.font, eastAsia=wanted.font, cs=wanted.font)
    for name, on in (("b", wanted.bold), ("i", wanted.italic), ("strike", wanted.strike or None)):
        if on is not None:
            switch(look, name, on)
    if wanted.color is not None:
        put(look, "color", val=wanted.color)
    if wanted.size is not None:
        for name in ("sz", "szCs"):
            put(look, name, val=str(round(wanted.size * 2)))
    if wanted.underline:
        put(look, "u", val="single")
    if wanted.highlight is not None:
        remove(look, "highlight")
        put(look, "shd", val="clear", color="auto", fill=wanted.highlight)
    if wanted.script is not None:
        put(look, "vertAlign", val=_SCRIPTS[wanted.script])
    return look


@dataclass(frozen=True)
class FormattedText:
    """A piece of text in a look of its own; `style` is the id of the style that the look names."""

    text: str
    look: Look
    style: str | None

    def place(self, spot: Spot) -> None:
        """Put the text into the line."""
        spot.inline(run_of(self.text, put_over(spot.look, self.look, self.style)))


@dataclass(frozen=True)
class Link:
    """A link to the world outside; `style` is the id of the style for links, None where there is none."""

    address: str
    text: str
    style: str | None

    def place(self, spot: Spot) -> None:
        """Put the link into the line; within another link, only its text."""
        look = copy_look(spot.look)
        if self.style is not None:
            remove(look, "color", "u")
            put(look, "rStyle", val=self.style)
        else:
            put(look, "color", val=_LINK_COLOUR)
            put(look, "u", val="single")
        run = run_of(self.text, look)
        if next(spot.run.iterancestors(w("hyperlink")), None) is not None:
            spot.inline(run)
            return
        link = etree.Element(w("hyperlink"), nsmap={"r": R})
        link.set(f"{{{R}}}id", spot.story.link(self.address))
        link.append(run)
        spot.inline(link)


@dataclass(frozen=True)
class PageBreak:
    """The end of a page."""

    def place(self, spot: Spot) -> None:
        """End the page.

        Raises:
            TemplateError: no page can end here.
        """
        if spot.story.part != spot.story.assembly.package.main:
            raise TemplateError("a page cannot end in a header, footer or note", hint="put page_break() into the text")
        if next(spot.paragraph.iterancestors(w("tc"), w("txbxContent")), None) is not None:
            raise TemplateError("a page cannot end in a table or text box", hint="put page_break() before or after it")
        run = etree.Element(w("r"))
        etree.SubElement(run, w("br")).set(w("type"), "page")
        spot.inline(run)


@dataclass(frozen=True)
class Checkbox:
    """A box that a reader can tick in Word."""

    checked: bool
    label: str

    def place(self, spot: Spot) -> None:
        """Put box and label into the line."""
        box = etree.Element(w("sdt"), nsmap={"w14": _W14})
        properties = etree.SubElement(box, w("sdtPr"))
        if self.label:
            etree.SubElement(properties, w("alias")).set(w("val"), self.label[:64])
        etree.SubElement(properties, w("id")).set(w("val"), str(_next_id(spot.story)))
        state = etree.SubElement(properties, f"{{{_W14}}}checkbox")
        etree.SubElement(state, f"{{{_W14}}}checked").set(f"{{{_W14}}}val", "1" if self.checked else "0")
        for name, glyph in (("checkedState", TICKED), ("uncheckedState", EMPTY)):
            node = etree.SubElement(state, f"{{{_W14}}}{name}")
            node.set(f"{{{_W14}}}val", f"{ord(glyph):04X}")
            node.set(f"{{{_W14}}}font", _BOX_FONT)
        # No font is set: Word and LibreOffice take one that has the glyph, whichever there is.
        glyph = run_of(TICKED if self.checked else EMPTY, copy_look(spot.look))
        etree.SubElement(box, w("sdtContent")).append(glyph)
        spot.inline(box)
        if self.label:
            spot.inline(run_of(f"\u00a0{self.label}", copy_look(spot.look)))


def run_of(text: str, look: etree._Element) -> etree._Element:
    """Return a `<w:r>` that says a text, with line breaks and tabs, in a look."""
    run = etree.Element(w("r"))
    if len(look):
        run.append(look)
    for piece in _PIECES.split(text):
        if piece in ("\n", "\t"):
            etree.SubElement(run, w("br" if piece == "\n" else "tab"))
        elif piece:
            node = etree.SubElement(run, w("t"))
            node.set(_SPACE, "preserve")
            node.text = piece
    return run


def _next_id(story: Story) -> int:
    memory = story.assembly.memory
    memory["controls"] = number = memory.get("controls", 0) + 1
    return 1_000_000_000 + int(number)


# --- styles of characters -------------------------------------------------------------------------


class CharacterStyles:
    """The styles that a piece of text can have, by name."""

    def __init__(self, package: Package) -> None:
        self._ids, self._names = _read_styles(package)

    def get(self, name: str) -> str | None:
        """Return the id of a style, None where the template has none of that name."""
        return self._ids.get(name.lower())

    def find(self, name: str) -> str:
        """Return the id of a style.

        Raises:
            TemplateError: the template has none of that name.
        """
        found = self.get(name)
        if found is None:
            hint = did_you_mean(name, self._names) or "make it in Word, as a character style"
            raise TemplateError(f'there is no character style "{name}" in the Word template', hint=hint)
        return found


def _read_styles(package: Package) -> tuple[Mapping[str, str], list[str]]:
    """Return name in lower case -> id, and the names; a paragraph style stands for the character style tied to it."""
    ids: dict[str, str] = {}
    names: list[str] = []
    for part in package.related(package.main, "styles"):
        for style in parse_xml(package.parts[part]).iter(w("style")):
            name, tied = _value(style, "name"), _value(style, "link")
            kind = style.get(w("type"))
            target = style.get(w("styleId"), "") if kind == "character" else tied if kind == "paragraph" else ""
            if name and target and ids.setdefault(name.lower(), target) == target:
                names.append(name)
    return ids, names


def _value(style: etree._Element, name: str) -> str:
    node = style.find(w(name))
    return node.get(w("val"), "") if node is not None else ""
