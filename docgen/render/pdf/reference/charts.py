"""Floor 2, edges: the element `<chart>`, which the function `chart(...)` makes, for z3c.rml."""

from __future__ import annotations

from reportlab.graphics.shapes import Drawing
from z3c.rml import attr, flowable, interfaces

from docgen.render.pdf.chartdrawing import drawn
from docgen.render.pdf.reference.codes import subclasses


class IChart(interfaces.IRMLDirectiveSignature):  # type: ignore[misc]
    """A chart."""

    data = attr.Text(title="Data", description="What is drawn.", required=True)
    align = attr.Choice(
        title="Alignment",
        description="In the frame.",
        choices=interfaces.ALIGN_TEXT_CHOICES,
        default="LEFT",
        required=False,
    )


def _flowable(data: str, align: str) -> Drawing:
    drawing = drawn(data).copy()
    drawing.hAlign = align
    return drawing


class _Chart(flowable.Flowable):  # type: ignore[misc]
    signature = IChart
    klass = staticmethod(_flowable)


def install() -> None:
    """Teach z3c.rml the element."""
    for story in (flowable.Flow, *subclasses(flowable.Flow)):
        story.factories["chart"] = _Chart
