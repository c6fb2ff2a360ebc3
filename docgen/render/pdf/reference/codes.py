"""Floor 2, edges: the elements `<qr>` and `<dataMatrix>` for z3c.rml, drawn as vectors.

In a story they are flowables, in page drawings they take `x` and `y` of their lower left corner.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable
from z3c.rml import attr, canvas, flowable, interfaces
from z3c.rml.directive import RMLDirective

from docgen.render.matrixcodes import code_modules


def _draw(canv: Canvas, kind: str, x: float, y: float, size: float, color: Any, **options: Any) -> None:
    """Draw the code with its lower left corner at x, y; runs of dark modules become single rectangles."""
    code = code_modules(
        kind, options["value"], options["border"], options.get("error", "m"), options.get("square", True)
    )
    module = size / code.columns
    path = canv.beginPath()
    for column, row, length in code.runs:
        path.rect(x + column * module, y + (code.rows - row - 1) * module, length * module, module)
    canv.saveState()
    canv.setFillColor(color)
    canv.drawPath(path, stroke=0, fill=1)
    canv.restoreState()


class _Code(Flowable):  # type: ignore[misc]
    def __init__(self, kind: str, align: str = "LEFT", **options: Any) -> None:
        super().__init__()
        self._kind, self._options = kind, options
        code = code_modules(
            kind, options["value"], options["border"], options.get("error", "m"), options.get("square", True)
        )
        self.width = options["size"]
        self.height = self.width * code.rows / code.columns
        self.hAlign = align

    def draw(self) -> None:
        _draw(self.canv, self._kind, 0, 0, **self._options)


class ICode(interfaces.IRMLDirectiveSignature):  # type: ignore[misc]
    """A code of modules."""

    value = attr.Text(title="Value", description="What the code says.", required=True)
    size = attr.Measurement(title="Size", description="The width.", default=85.0, required=False)
    border = attr.Integer(title="Border", description="Quiet zone in modules.", default=0, required=False)
    color = attr.Color(title="Color", description="Colour of the dark modules.", default=black, required=False)


class IQrBase(ICode):
    """A QR code."""

    error = attr.Choice(title="Error", description="Correction.", choices="lmqh", default="m", required=False)


class IDataMatrixBase(ICode):
    """A Data Matrix code."""

    square = attr.Boolean(title="Square", description="Whether it is square.", default=True, required=False)


class _Aligned(interfaces.IRMLDirectiveSignature):  # type: ignore[misc]
    align = attr.Choice(
        title="Alignment", description="In the frame.", choices=interfaces.ALIGN_TEXT_CHOICES, required=False
    )


class _Placed(interfaces.IRMLDirectiveSignature):  # type: ignore[misc]
    x = attr.Measurement(title="X", description="Left edge.", required=True)
    y = attr.Measurement(title="Y", description="Lower edge.", required=True)


class IQr(IQrBase, _Aligned):
    """A QR code in a story."""


class IPlacedQr(IQrBase, _Placed):
    """A QR code on a page."""


class IDataMatrix(IDataMatrixBase, _Aligned):
    """A Data Matrix code in a story."""


class IPlacedDataMatrix(IDataMatrixBase, _Placed):
    """A Data Matrix code on a page."""


class _Qr(flowable.Flowable):  # type: ignore[misc]
    signature = IQr
    klass = staticmethod(partial(_Code, "qr"))


class _DataMatrix(flowable.Flowable):  # type: ignore[misc]
    signature = IDataMatrix
    klass = staticmethod(partial(_Code, "dataMatrix"))


class _PlacedCode(RMLDirective):  # type: ignore[misc]
    def process(self) -> None:
        canv = attr.getManager(self, interfaces.ICanvasManager).canvas
        _draw(canv, str(self.element.tag), **dict(self.getAttributeValues()))


class _PlacedQr(_PlacedCode):
    signature = IPlacedQr


class _PlacedDataMatrix(_PlacedCode):
    signature = IPlacedDataMatrix


def install() -> None:
    """Teach z3c.rml the elements."""
    for story in (flowable.Flow, *subclasses(flowable.Flow)):
        story.factories |= {"qr": _Qr, "dataMatrix": _DataMatrix}
    for drawing in (canvas.Drawing, canvas.PageDrawing):
        drawing.factories |= {"qr": _PlacedQr, "dataMatrix": _PlacedDataMatrix}


def subclasses(kind: type) -> list[Any]:
    """Return all classes below one: z3c.rml copies its tables of elements into some of them."""
    children: list[Any] = kind.__subclasses__()
    return [cls for child in children for cls in (child, *subclasses(child))]
