"""Floor 2, edges: a line of formatted text as runs, links and pictures of a Word text."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from lxml import etree

from docgen.pictures import read_picture
from docgen.prose import Break, Inline, Look, Picture, Text
from docgen.render.docx.spot import R, Spot, w
from docgen.render.docx.writing.inline import run_of
from docgen.render.docx.writing.looks import copy_look, put, remove, switch
from docgen.render.docx.writing.pictures import PlacedPicture
from docgen.render.docx.writing.stylesheet import StyleSheet

_CODE_STYLES = ("html code", "verbatim char", "source code char", "source text")
_CODE_FONT = "Courier New"
_LINK_COLOUR = "0563C1"
_TWIPS_PER_MM = 1440 / 25.4
#: Of the look around, what goes with the language rather than with the taste.
_LANGUAGE = ("noProof", "rtl", "cs", "lang")


class LineWriter:
    """Writes lines in the look of the text around the tag."""

    def __init__(self, spot: Spot, sheet: StyleSheet) -> None:
        self._spot = spot
        self._look = spot.look
        self._code = sheet.find("character", *_CODE_STYLES)
        self._link = sheet.find("character", "hyperlink")
        self._linked = next(spot.run.iterancestors(w("hyperlink")), None) is not None

    def runs(
        self, content: Iterable[Inline], *, look: etree._Element | None = None, room: int | None = None
    ) -> list[etree._Element]:
        """Return runs and links.

        Args:
            content: of a paragraph.
            look: of the runs; that of the text around by default.
            room: how wide the paragraph is in twips; pictures are no wider.
        """
        look = self.look() if look is None else look
        made: list[etree._Element] = []
        address = ""
        for piece in content:
            run = self._run(piece, look, room)
            link = "" if isinstance(piece, Break) or self._linked else _address(piece)
            if not link:
                made.append(run)
            elif link == address:
                made[-1].append(run)
            else:
                made.append(self._hyperlink(link, run))
            address = link
        return made

    def look(self) -> etree._Element:
        """Return a copy of the look of text."""
        return copy_look(self._look)

    def bold(self) -> LineWriter:
        """Return a writer of the same look, but bold."""
        made = copy.copy(self)
        made._look = self.look()
        switch(made._look, "b", True)
        return made

    def look_of_style(self) -> etree._Element:
        """Return the look for text that has a style of its own: only the language of the text around."""
        look = copy_look(self._look)
        remove(look, *{etree.QName(node).localname for node in look} - set(_LANGUAGE))
        return look

    def look_of_code(self, styled: bool) -> etree._Element:
        """Return the look of lines of code, in a paragraph style for it or not."""
        look = self.look_of_style() if styled else copy_look(self._look)
        if not styled:
            _set_code_font(look)
        put(look, "noProof")
        return look

    # --- pieces --------------------------------------------------------------------------------

    def _run(self, piece: Inline, look: etree._Element, room: int | None) -> etree._Element:
        if isinstance(piece, Break):
            run = etree.Element(w("r"))
            etree.SubElement(run, w("br"))
            return run
        if isinstance(piece, Picture) and not isinstance(piece.source, str):
            return self._picture(piece, room)
        if isinstance(piece, Picture):  # on the web, where nobody fetches it
            piece = Text(piece.alt or _address(piece), link=_address(piece))
        look = copy.deepcopy(look)
        self._apply(piece.look, look)
        if piece.link and not self._linked:
            self._look_linked(look, piece.look)
        return run_of(piece.text, look)

    def _apply(self, wanted: Look, look: etree._Element) -> None:
        if wanted.code and self._code is not None:
            put(look, "rStyle", val=self._code)
        elif wanted.code:
            _set_code_font(look)
        if wanted.code:
            put(look, "noProof")
        for name, on in (("b", wanted.bold), ("i", wanted.italic), ("strike", wanted.strike)):
            if on:
                switch(look, name, True)
        if wanted.colour:
            put(look, "color", val=wanted.colour)
        if wanted.underline:
            put(look, "u", val="single")
        if wanted.script:
            put(look, "vertAlign", val="superscript" if wanted.script == "super" else "subscript")

    def _look_linked(self, look: etree._Element, wanted: Look) -> None:
        if self._link is not None:
            remove(look, *(["u"] if wanted.colour else ["u", "color"]))
            put(look, "rStyle", val=self._link)
            return
        put(look, "u", val="single")
        if not wanted.colour:
            put(look, "color", val=_LINK_COLOUR)

    def _hyperlink(self, address: str, run: etree._Element) -> etree._Element:
        link = etree.Element(w("hyperlink"), nsmap={"r": R})
        link.set(f"{{{R}}}id", self._spot.story.link(address))
        link.append(run)
        return link

    def _picture(self, piece: Picture, room: int | None) -> etree._Element:
        assert not isinstance(piece.source, str)
        picture = read_picture(piece.source)
        width, height = picture.size(piece.width_mm, piece.height_mm)
        most = room / _TWIPS_PER_MM if room is not None else None
        if most is not None and width > most:
            width, height = most, height * most / width
        catcher = _Catcher(self._spot)
        PlacedPicture(picture, width, height, "stretch", piece.alt).place(catcher)
        return catcher.caught


class _Catcher(Spot):
    """Catches what a value would put into the line."""

    def __init__(self, spot: Spot) -> None:
        self.story = spot.story
        self.run = spot.run
        self.paragraph = spot.paragraph
        self.caught: etree._Element = None

    def inline(self, *elements: etree._Element) -> None:
        """Catch the run."""
        (self.caught,) = elements


def _address(piece: Text | Picture) -> str:
    if isinstance(piece, Picture) and isinstance(piece.source, str):
        return piece.link or piece.source
    return piece.link


def _set_code_font(look: etree._Element) -> None:
    put(look, "rFonts", ascii=_CODE_FONT, hAnsi=_CODE_FONT, cs=_CODE_FONT)
