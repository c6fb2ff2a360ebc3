"""Floor 2, edges: the RML element `<qr value="..." size="30mm"/>`, drawn as vectors.

In a story it is a flowable, in page drawings it takes `x` and `y` of its lower left corner. Optional: `error` (l, m,
q, h; default m), `border` in modules (default 0: the page is the quiet zone) and `color`.
"""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable
from z3c.rml import attr, canvas, flowable, interfaces
from z3c.rml.directive import RMLDirective

from docgen.render.pdf.qr import dark_runs


def draw_qr(canv: Canvas, value: str, x: float, y: float, size: float, error: str, border: int, color: Any) -> None:
    """Draw the code with its lower left corner at x, y; runs of dark modules become single rectangles."""
    bars, count = dark_runs(value, error, border)
    module = size / count
    path = canv.beginPath()
    for column, row, length in bars:
        path.rect(x + column * module, y + size - (row + 1) * module, length * module, module)
    canv.saveState()
    canv.setFillColor(color)
    canv.drawPath(path, stroke=0, fill=1)
    canv.restoreState()


class _QrFlowable(Flowable):  # type: ignore[misc]
    def __init__(self, align: str = "LEFT", **options: Any) -> None:
        super().__init__()
        self._options = options
        self.width = self.height = options["size"]
        self.hAlign = align

    def draw(self) -> None:
        draw_qr(self.canv, x=0, y=0, **self._options)


class IQrBase(interfaces.IRMLDirectiveSignature):  # type: ignore[misc]
    """A QR code."""

    value = attr.Text(title="Value", description="What the code says.", required=True)
    size = attr.Measurement(title="Size", description="Width and height.", default=85.0, required=False)
    error = attr.Choice(title="Error", description="Correction.", choices="lmqh", default="m", required=False)
    border = attr.Integer(title="Border", description="Quiet zone in modules.", default=0, required=False)
    color = attr.Color(title="Color", description="Colour of the dark modules.", default=black, required=False)


class IQr(IQrBase):
    """A QR code in a story."""

    align = attr.Choice(
        title="Alignment", description="In the frame.", choices=interfaces.ALIGN_TEXT_CHOICES, required=False
    )


class IPlacedQr(IQrBase):
    """A QR code on a page."""

    x = attr.Measurement(title="X", description="Left edge.", required=True)
    y = attr.Measurement(title="Y", description="Lower edge.", required=True)


class _Qr(flowable.Flowable):  # type: ignore[misc]
    signature = IQr
    klass = _QrFlowable


class _PlacedQr(RMLDirective):  # type: ignore[misc]
    signature = IPlacedQr

    def process(self) -> None:
        canv = attr.getManager(self, interfaces.ICanvasManager).canvas
        draw_qr(canv, **dict(self.getAttributeValues()))


def install() -> None:
    """Teach z3c.rml the element."""
    for story in (flowable.Flow, *subclasses(flowable.Flow)):
        story.factories["qr"] = _Qr
    for drawing in (canvas.Drawing, canvas.PageDrawing):
        drawing.factories["qr"] = _PlacedQr


def subclasses(kind: type) -> list[Any]:
    """Return all classes below one: z3c.rml copies its tables of elements into some of them."""
    children: list[Any] = kind.__subclasses__()
    return [cls for child in children for cls in (child, *subclasses(child))]
