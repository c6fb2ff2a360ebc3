"""Floor 2, edges: charts and bar codes: read by z3c.rml's own directives, drawn by ReportLab, recorded as ink.

z3c.rml takes long to load, and few documents need it: it is imported when the first chart is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from lxml import etree
from reportlab.pdfgen.canvas import Canvas

from docgen.errors import TemplateError
from docgen.render.pdf.charts import read_plan
from docgen.render.pdf.drawing.pictures import Figure
from docgen.render.pdf.drawing.recorder import record
from docgen.render.pdf.layout.attributes import length
from docgen.render.pdf.layout.blocks import Block, Ink
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.plainly import element_at_fault, plainly

#: Elements that stand on a page: charts, and the bar code with its place.
ON_PAGES = frozenset(
    {
        "barChart", "barChart3D", "linePlot", "linePlot3D", "pieChart", "pieChart3D", "spiderChart", "barCode",
    }
)  # fmt: skip

#: Elements that hold the names of what a chart compares.
_NAMING = ("categoryNames", "labels")
#: What Python takes for numbers and no drawing can hold.
_NO_NUMBER = re.compile(r"\b(?:nan|inf|infinity)\b", re.IGNORECASE)


def ink_of(element: etree._Element, maker: Maker) -> Ink:
    """Return what an element draws, in the coordinates of the page or illustration it stands in.

    Raises:
        TemplateError: z3c.rml or ReportLab refuse it; names the element within it, and its line.
    """
    key = ("borrowed", maker.document.language, etree.tostring(element, with_tail=False))
    found: Ink | None = maker.cache.get(key)
    if found is None:
        found = record(lambda canvas: _draw(element, canvas, maker), maker)
        _keep(key, found, found, maker)
    return found


def _keep(key: tuple[Any, ...], made: Any, ink: Ink, maker: Maker) -> None:
    """Keep what was recorded unless a character was missing: each document has to say so."""
    if not maker.document.lacks:
        maker.cache.keep(key, made, len(ink.ops) + len(key[-1]))


def _draw(element: etree._Element, canvas: Canvas, maker: Maker) -> None:
    if any(_NO_NUMBER.search(_text(data)) for data in element.iter("series", "data")):
        raise ValueError("its data hold nan or inf, which are no numbers")
    directive = _directives()[str(element.tag)](element, _holder()(canvas))
    try:
        directive.process()
    except Exception as error:  # zope.schema and ReportLab raise any kind, AssertionError included
        raise _fault(error, element, maker) from error


def _fault(error: Exception, element: etree._Element, maker: Maker) -> TemplateError:
    inner = element_at_fault(error)
    inner = element if inner is None else inner
    return maker.fault(inner, f"<{inner.tag}>: {plainly(error, inner)}")


@cache
def _directives() -> Mapping[str, Any]:
    from z3c.rml import canvas

    return {name: canvas.Drawing.factories[name] for name in ON_PAGES}


@cache
def _holder() -> Any:
    """Return the class that stands for the document around an element, as far as directives ask for it."""
    from z3c.rml import interfaces
    from zope.interface import implementer  # type: ignore[import-untyped]

    @implementer(interfaces.IManager, interfaces.ICanvasManager)
    class Holder:
        parent = None
        filename = "<body>"

        def __init__(self, canvas: Canvas) -> None:
            self.canvas = canvas
            self.names: dict[str, str] = {}
            self.styles: dict[str, Any] = {}
            self.colors: dict[str, Any] = {}
            self.svgs: dict[str, Any] = {}
            self.attributesCache: dict[str, Any] = {}

    return Holder


def build_chart(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<chart>` made by the function `chart`."""
    text = element.get("data", "")
    plan = read_plan(text)
    key = ("chart", maker.document.language, text)
    from docgen.render.pdf.chartdrawing import drawn  # loaded late, with ReportLab's charts

    ink = maker.cache.get(key)
    if ink is None:
        ink = record(lambda canvas: drawn(text).drawOn(canvas, 0, 0), maker)
        _keep(key, ink, ink, maker)
    yield Figure(ink, plan.width, plan.height, element.get("align", "left"), element.get("alt"), maker)


def build_bar_code(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<barCodeFlowable>`."""
    key = ("barcode", maker.document.language, etree.tostring(element, with_tail=False))
    made = maker.cache.get(key)
    if made is None:
        made = _bar_code(element, maker)
        _keep(key, made, made[0], maker)
    ink, width, height = made
    alt = element.get("alt", element.get("value", ""))
    yield Figure(ink, width, height, element.get("align", "left"), alt, maker)


def _bar_code(element: etree._Element, maker: Maker) -> tuple[Ink, float, float]:
    from z3c.rml import flowable

    class Flow:
        flow: list[Any]

    holder = _holder()(None)
    holder.flow = []
    size: list[float] = []

    def draw(canvas: Canvas) -> None:
        holder.canvas = canvas
        try:
            flowable.BarCodeFlowable(element, holder).process()
        except Exception as error:
            raise _fault(error, element, maker) from error
        (drawing,) = holder.flow
        size.extend(drawing.wrap(1e6, 1e6))
        drawing.drawOn(canvas, 0, 0)

    ink = record(draw, maker)
    return ink, size[0], size[1]


def said_of(element: etree._Element) -> str:
    """Return what a bar code or a chart without `alt` says: its value, or its series by their names and categories."""
    if element.tag == "barCode":
        return str(element.get("value") or _text(element))
    names = [_text(name) for name in element.iter("name", "label") if name.getparent().tag in _NAMING]
    titles = [str(part.get("name", "")) for part in element.iter("bar", "line", "strand")]
    rows = [_text(row) for row in element.iter("series")] or [_text(data) for data in element.iter("data")]
    titles += [""] * (len(rows) - len(titles))
    written = [f"{title}: {row}" if title else row for title, row in zip(titles, _paired(rows, names), strict=False)]
    return "; ".join(written)


def _paired(rows: Sequence[str], names: Sequence[str]) -> Iterable[str]:
    for row in rows:
        values = row.replace(",", " ").split()
        paired = len(values) == len(names)
        yield ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True)) if paired else row


def _text(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def place_of(element: etree._Element) -> tuple[float, float, float, float]:
    """Return the box of a chart or bar code as far as its attributes say it."""
    x, y = (length(element.get(name, element.get(name[1:], "0"))) for name in ("dx", "dy"))
    width, height = (length(element.get(name, "0")) for name in ("dwidth", "dheight"))
    return x, y, x + width, y + height
