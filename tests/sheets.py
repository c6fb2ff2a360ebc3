"""Documents drawn by hand, for tests of the PDF file: no RML, no layout."""

from __future__ import annotations

import io
import zlib
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image

from docgen.render.pdf.file import write_file
from docgen.render.pdf.fonts import DEFAULT_FONT, load_fonts
from docgen.render.pdf.layout.blocks import Bookmark, Document, Ink, Node, OutlineEntry, Sheet
from docgen.render.pdf.layout.letters import Letters
from docgen.render.pdf.layout.resources import Form, Opacity, Picture, Store

TODAY = date(2026, 3, 4)
A4 = (595.276, 841.89)


class Draft:
    """A document being drawn, line by line."""

    def __init__(self, title: str = "Invoice 17", language: str = "en", letters: Letters | None = None) -> None:
        self.letters = letters or Letters(load_fonts(Path(".")))
        self.document = Document(self.letters, language, title, author="Ahorn & Söhne")
        self.store = Store()
        self.sheet = self.next_sheet()

    def next_sheet(self, size: tuple[float, float] = A4) -> Sheet:
        self.sheet = self.document.new_sheet(*size)
        self._y = size[1] - 60
        return self.sheet

    def ink(self, text: str, font: str = DEFAULT_FONT, size: float = 10) -> Ink:
        face = self.letters.face(font)
        number = self.letters.number(face)
        ops = f"BT 0 0 0 rg /F{number} {size} Tf <{face.hex(text)}> Tj ET\n"
        return Ink(ops, frozenset((number, group) for group in face.groups(text)))

    def line(self, text: str, node: Node | None = None, x: float = 50, **more: Any) -> float:
        """Write a line below the last; return its height above the page's foot."""
        self._y -= 14
        self.sheet.put(self.ink(text, **more), x, self._y, node)
        return self._y

    def text(self, role: str, text: str, parent: Node | None = None, **more: Any) -> Node:
        node = (parent or self.document.root).add(role)
        for name, value in more.items():
            setattr(node, name, value)
        self.line(text, node)
        return node

    def link(self, text: str, target: str, said: str = "") -> Node:
        node = self.document.root.add("P").add("Link")
        y = self.line(text, node)
        self.sheet.link(node, 50, y - 2, 150, y + 10, target, said)
        return node

    def place(self, name: str, node: Node | None, width: float = 60, height: float = 40) -> None:
        """Draw a picture, or what else has a box of 1 by 1."""
        self._y -= height
        self.sheet.put(Ink(f"{width} 0 0 {height} 0 0 cm /{name} Do\n", resources=frozenset({name})), 50, self._y, node)

    def table(self, rows: list[list[str]], parent: Node | None = None) -> Node:
        table = (parent or self.document.root).add("Table")
        for index, row in enumerate(rows):
            line = table.add("TR")
            for column, cell in enumerate(row):
                node = line.add("TH" if index == 0 else "TD")
                if index == 0:
                    node.attributes["Scope"] = "Column"
                y = self._y - 14 if column == 0 else self._y
                self._y = y
                self.sheet.put(self.ink(cell), 50 + 100 * column, y, node.add("P"))
        return table

    def write(self, today: date | None = TODAY, **more: Any) -> bytes:
        return write_file(self.document, self.store, today, file="body.rml", **more)


def flate(mode: str = "RGB", colour: Any = (200, 30, 60), **more: Any) -> Picture:
    image = Image.new(mode, (8, 6), colour)
    colours = "DeviceGray" if mode == "L" else "DeviceRGB"
    return Picture(8, 6, zlib.compress(image.tobytes()), "FlateDecode", colours, **more)


def jpeg() -> Picture:
    output = io.BytesIO()
    Image.new("RGB", (16, 16), (10, 120, 60)).save(output, "JPEG")
    return Picture(16, 16, output.getvalue(), "DCTDecode")


def palette() -> Picture:
    data = zlib.compress(bytes(y % 3 for y in range(6) for _ in range(8)))
    return Picture(8, 6, data, "FlateDecode", bytes([255, 0, 0, 0, 255, 0, 0, 0, 255]))


def predicted() -> Picture:
    """Rows as PNG writes them, each with its filter."""
    rows = b"".join(b"\x01" + bytes([40 * y, 0, 0]) + bytes(21) for y in range(6))
    return Picture(8, 6, zlib.compress(rows), "FlateDecode", predictor=15)


def everything(letters: Letters | None = None) -> Draft:
    """Two pages with all kinds of content."""
    draft = Draft("Invoice 17 – März", "en", letters)
    document, root = draft.document, draft.document.root
    document.subject, document.keywords, document.creator = "Żółć", "a, b", "docgen"
    draft.text("H1", "Invoice 17")
    document.bookmarks["top"] = Bookmark(0, 50, 780)
    draft.text("H3", "A level left out")
    draft.text("P", "Kurzer Satz, Žemaitė.", language="de")
    draft.link("Ahorn", "https://example.com/a b?x=é", "Ahorn's page")
    draft.link("below", "#totals")
    draft.table([["Item", "Price"], ["Oak (3)", "12.00"], ["Elm", "7.50"]])
    items = root.add("L")
    items.attributes["ListNumbering"] = "Decimal"
    for number in (1, 2):
        item = items.add("LI")
        draft.text("Lbl", f"{number}.", item)
        draft.text("LBody", f"point {number}", item)
    for picture in (jpeg(), palette(), predicted(), flate(mask=flate("L", 90))):
        figure = root.add("Figure", alt="A (leaf) – Blatt")
        figure.attributes["BBox"] = (50, 100, 110.5, 140)
        draft.place(draft.store.add(picture), figure)
    inner = draft.store.add(flate("L", 10))
    state = draft.store.add(Opacity(0.5, 0.25))
    box = Ink(f"/{state} gs 1 0 0 rg 0 0 1 1 re f /{inner} Do\n", resources=frozenset({state, inner}))
    draft.place(draft.store.add(Form(box, (0, 0, 1, 1))), None)
    draft.next_sheet((400, 500))
    draft.line("Seite 2", None)
    with document.decoration():
        draft.sheet.link(Node("Link"), 50, 400, 90, 420, "mailto:a@example.com", "Write")
    document.bookmarks["totals"] = Bookmark(1, None, 300, fit="FitH")
    draft.text("H2", "Totals")
    across = root.add("P")
    document.sheets[0].put(draft.ink("begins here"), 50, 60, across)
    draft.line("goes on there", across)
    draft.text("Note", "A note")
    draft.text("Aside", "Beside", actual="beside it")
    document.outline += [
        OutlineEntry("Invoice", 0, "top"),
        OutlineEntry("Totals (all)", 1, "totals", closed=True),
        OutlineEntry("Deep", 3, "totals"),
        OutlineEntry("Ende", 0, "totals"),
    ]
    return draft
