"""Floor 2, edges: pages of other PDFs under and between those that z3c.rml draws.

While pages are drawn it is noted what goes where; the finished file gets it in the pass that archives it. z3c.rml's own
way would add a page's paper once per pass of layout, and lose what follows pages taken in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak
from reportlab.platypus.doctemplate import NotAtTopPageBreak
from z3c.rml import attr, canvas, flowable, interfaces, page, pdfinclude
from z3c.rml import template as z3c_template
from z3c.rml.directive import RMLDirective

from docgen.render.pdf.papers import read_letterhead, read_pages
from docgen.render.pdf.reference.codes import subclasses
from docgen.render.pdf.stationery import Picture, open_stationery


@dataclass
class Sheets:
    """What lies where, by page of the document from 0.

    Attributes:
        under: file, page of it from 1, and whether the page takes its size.
        instead: file and page of it from 1.
    """

    under: dict[int, list[tuple[Path, int, bool]]] = field(default_factory=dict)
    instead: dict[int, tuple[Path, int]] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget everything: layout begins anew."""
        self.under.clear()
        self.instead.clear()

    def put(self, document: pikepdf.Pdf) -> None:
        """Put into a finished document what was noted for its pages."""
        if not (self.under or self.instead):
            return
        forms = _Forms(document)
        for index, sheet in enumerate(document.pages):
            if index in self.instead:
                forms.replace(sheet, *self.instead[index])
            else:
                for number, (path, page_number, takes_size) in enumerate(self.under.get(index, ())):
                    forms.lay_under(sheet, path, page_number, takes_size, f"/Sheet{number}")


class _Forms:
    """Copies each page of another file into the document once."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self._document = document
        self._copies: dict[tuple[Path, int], tuple[pikepdf.Object, Picture]] = {}

    def _copy(self, path: Path, number: int) -> tuple[pikepdf.Object, Picture]:
        key = (path, number)
        if key not in self._copies:
            picture = open_stationery(path).picture(number)
            self._copies[key] = self._document.copy_foreign(picture.form), picture
        return self._copies[key]

    def replace(self, sheet: pikepdf.Page, path: Path, number: int) -> None:
        form, picture = self._copy(path, number)
        sheet.obj.Resources = Dictionary(XObject=Dictionary({"/Sheet": form}))
        sheet.obj.Contents = self._document.make_stream(_drawing("/Sheet", picture))
        _resize(sheet, picture)
        if "/Annots" in sheet.obj:
            del sheet.obj.Annots

    def lay_under(self, sheet: pikepdf.Page, path: Path, number: int, takes_size: bool, name: str) -> None:
        form, picture = self._copy(path, number)
        if "/XObject" not in sheet.obj.Resources:
            sheet.obj.Resources.XObject = Dictionary()
        # ReportLab lets pages share their resources.
        name = f"{name}x{form.objgen[0]}"
        sheet.obj.Resources.XObject[name] = form
        # Crop marks make a page larger than its paper, which lies in the middle.
        box = sheet.mediabox
        over = (0.0, 0.0) if takes_size else (float(box[2]) - picture.width, float(box[3]) - picture.height)
        drawing = _drawing(name, picture, over[0] / 2, over[1] / 2)
        sheet.contents_add(self._document.make_stream(drawing), prepend=True)
        if takes_size:
            _resize(sheet, picture)


def _drawing(name: str, picture: Picture, x: float = 0, y: float = 0) -> bytes:
    return f"q 1 0 0 1 {x - picture.left:.4f} {y - picture.bottom:.4f} cm {name} Do Q\n".encode()


def _resize(sheet: pikepdf.Page, picture: Picture) -> None:
    sheet.obj.MediaBox = Array([0, 0, round(picture.width, 4), round(picture.height, 4)])
    for name in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox", "/Rotate"):
        if name in sheet.obj:
            del sheet.obj[name]


# --- elements -------------------------------------------------------------------------------------


def _sheets(directive: RMLDirective) -> Sheets:
    found = attr.getManager(directive, interfaces.IPostProcessorManager).sheets
    assert isinstance(found, Sheets)
    return found


class _Letterhead(RMLDirective):  # type: ignore[misc]
    signature = interfaces.IRMLDirectiveSignature

    def process(self) -> None:
        says = read_letterhead(self.element)
        path, sheets = Path(says.pdf), _sheets(self)
        pages = open_stationery(path).pages
        before = self.parent.pt.onPage

        def draw(drawn: Canvas, doc: Any) -> None:
            before(drawn, doc)
            number = drawn.getPageNumber()
            page_of_paper = says.under(number, pages)
            if page_of_paper is not None:
                sheets.under.setdefault(number - 1, []).append((path, page_of_paper, False))

        self.parent.pt.onPage = draw


class _MergePage(page.MergePage):  # type: ignore[misc]
    """On the page that is drawn."""

    def process(self) -> None:
        self.note(attr.getManager(self, interfaces.ICanvasManager).canvas)

    def note(self, drawn: Canvas) -> None:
        # z3c.rml counts pages of the other file from 0.
        number = int(self.element.get("page", "0")) + 1
        noted = (Path(self.element.get("filename")), number, True)
        _sheets(self).under.setdefault(drawn.getPageNumber() - 1, []).append(noted)


class _MergePageOfTemplate(_MergePage):
    def process(self) -> None:
        before = self.parent.pt.onPage

        def draw(drawn: Canvas, doc: Any) -> None:
            before(drawn, doc)
            self.note(drawn)

        self.parent.pt.onPage = draw


class _IncludedPage(Flowable):  # type: ignore[misc]
    """Fills a frame, whose page is then replaced."""

    def __init__(self, sheets: Sheets, path: Path, number: int) -> None:
        super().__init__()
        self._noted = (sheets, path, number)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return width, height

    def draw(self) -> None:
        sheets, path, number = self._noted
        sheets.instead[self.canv.getPageNumber() - 1] = (path, number)


class _IncludePages(pdfinclude.IncludePdfPages):  # type: ignore[misc]
    """Pages of their own; what follows begins a page."""

    def process(self) -> None:
        path = Path(self.element.get("filename"))
        numbers = [*read_pages(self.element.get("pages", ""), open_stationery(path).pages)]
        self.parent.flow.append(NotAtTopPageBreak())
        for number in numbers:
            self.parent.flow += [_IncludedPage(_sheets(self), path, number), PageBreak()]


def install() -> None:
    """Teach z3c.rml the elements."""
    z3c_template.PageTemplate.factories |= {"letterhead": _Letterhead, "mergePage": _MergePageOfTemplate}
    canvas.PageDrawing.factories["mergePage"] = _MergePage
    for story in (flowable.Flow, *subclasses(flowable.Flow)):
        story.factories["includePdfPages"] = _IncludePages
