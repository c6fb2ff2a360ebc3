"""Floor 2, edges: the fault of what reaches over the edge of the page, where ReportLab cuts it off."""

from __future__ import annotations

from functools import wraps
from typing import Any

from reportlab.platypus import Image, Table
from reportlab.platypus.flowables import Flowable
from z3c.rml.platypus import Illustration

from docgen.render.pdf.layout.edges import check_edges


def _checked(draw_on: Any, size: str) -> Any:
    @wraps(draw_on)
    def checked(block: Flowable, canvas: Any, x: float, y: float, _sW: float = 0) -> None:
        if _sW <= 0:
            left = block._hAlignAdjust(x, _sW)
            width = getattr(block, size)
            (one, low), (other, high) = canvas.absolutePosition(left, y), canvas.absolutePosition(left + width, y)
            if low == high:
                check_edges(one, other, canvas._pagesize[0])
        draw_on(block, canvas, x, y, _sW)

    return checked


def install() -> None:
    """Let ReportLab look where it draws."""
    Table.drawOn = _checked(Table.drawOn, "_width")
    Image.drawOn = _checked(Image.drawOn, "drawWidth")
    Illustration.drawOn = _checked(Illustration.drawOn, "width")
