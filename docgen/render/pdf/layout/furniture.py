"""Floor 2, edges: what stands on pages outside their frames, and whether it is read.

What a page template draws is read the first time: before what the story says on that page or, where it stands below
the frames, behind the story. From then on it is decoration, and so is what was said before, and the number of a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from docgen.render.pdf.drawing.graphics import draw_graphics
from docgen.render.pdf.drawing.hearing import words_of
from docgen.render.pdf.layout.blocks import Node, Reading, Sheet
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.pagetemplates import Graphics, PageTemplate, read_graphics


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Graphics of a page that ask for names not known yet.

    Attributes:
        at: where they go among what is drawn on the sheet.
        names: known when the page began.
    """

    sheet: Sheet
    at: int
    graphics: Graphics
    reading: Reading | None
    names: dict[str, str]


class Furniture:
    """What page templates draw, on its way onto pages."""

    def __init__(self, maker: Maker, pages: etree._Element) -> None:
        self._maker, self._pages = maker, pages
        self._graphics: dict[int, Graphics] = {}  # by page template, in the order they were drawn
        self._waiting: list[_Waiting] = []
        self._readings: list[Reading] = []

    def draw(self, sheet: Sheet, template: PageTemplate) -> None:
        """Draw what stands on a new page, or leave a place for it until its names are known."""
        index, document = template.index, self._maker.document
        reading = None if index in self._graphics else self._new_reading(sheet, template)
        graphics = self._graphics.get(index)
        if graphics is None:
            graphics = self._graphics[index] = read_graphics(self._pages, index)
            if self._maker.ear is not None:
                self._maker.ear.drawn.add(index)
        if graphics.names <= document.names.keys():
            self._draw(sheet, graphics, reading)
        else:
            self._waiting.append(_Waiting(sheet, len(sheet.out), graphics, reading, dict(document.names)))
            sheet.out.append("")

    def finish(self) -> None:
        """Draw what waits for names, as a second pass over the story would; put what is read where it belongs."""
        self._draw_waiting()
        places = {id(reading.before): reading.before.kids for reading in self._readings}
        root = self._maker.document.root
        kids = [kid for each in root.kids for kid in places.get(id(each), (each,))]
        root.kids = [*kids, *(kid for reading in self._readings for kid in reading.after.kids)]

    def _new_reading(self, sheet: Sheet, template: PageTemplate) -> Reading:
        """Return where what a template draws for the first time is read, from here on in the story."""
        heard = frozenset(self._heard()) if sheet.number else frozenset()
        reading = Reading(template.foot, Node("Div"), Node("Div"), heard)
        self._readings.append(reading)
        self._maker.document.root.kids.append(reading.before)
        return reading

    def _heard(self) -> Iterator[str]:
        """Yield what was said before: by the file itself, by headings, on other pages outside the frames."""
        document = self._maker.document
        if self._maker.ear is not None:
            self._maker.ear.deaf = True  # texts are compared with one another
        yield from (document.title, document.author)
        yield from (heading.title for heading in document.headings)
        for graphics in self._graphics.values():
            for element in graphics.elements:
                yield from map(words_of, (element, *element.iterchildren(etree.Element)))

    def _draw(self, sheet: Sheet, graphics: Graphics, reading: Reading | None) -> None:
        document = self._maker.document
        for element in graphics.elements:
            if reading is None:
                with document.decoration():
                    draw_graphics(element, sheet, self._maker)
                continue
            document.reading = reading
            with document.inside(reading.before):
                draw_graphics(element, sheet, self._maker)
            document.reading = None

    def _draw_waiting(self) -> None:
        document = self._maker.document
        names, sheets = document.names, document.sheets
        for waiting in self._waiting:
            document.names = {**names, **waiting.names}
            document.sheets = sheets[: waiting.sheet.number + 1]  # <pageNumber> says how many there are so far
            drawn, waiting.sheet.out = waiting.sheet.out, []
            self._draw(waiting.sheet, waiting.graphics, waiting.reading)
            drawn[waiting.at] = "".join(waiting.sheet.out)
            waiting.sheet.out = drawn
        document.names, document.sheets = names, sheets
