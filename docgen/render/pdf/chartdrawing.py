"""Floor 2, edges: a planned chart as a drawing of reportlab.graphics, in hairlines, without boxes.

Whoever draws it holds `alone.ALONE` and has registered the fonts: ReportLab measures text with its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.charts.doughnut import Doughnut
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.charts.lineplots import LinePlot
from reportlab.graphics.charts.piecharts import Pie
from reportlab.graphics.shapes import Drawing, Group, Rect, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib.colors import Color, HexColor, white
from reportlab.pdfbase.pdfmetrics import stringWidth

from docgen.render.pdf.chartlabels import Lettering, foot, thinned
from docgen.render.pdf.charts import ChartPlan, read_plan
from docgen.render.pdf.fonts import DEFAULT_FONT

_FONT, _STRONG = DEFAULT_FONT, f"{DEFAULT_FONT}-Semibold"
_SIZE, _TITLE = 7.5, 10.5
_LEADING = 10.0
_LETTERS = Lettering(_FONT, _SIZE, _LEADING)
#: Of the chart's height, what names below it may take.
_FOOT = 0.35
_GAP = 6.0
_KEY = 6.0  # the side of the square before a name in the legend
_LONGEST_LABEL = 0.35  # of the chart's width


def draw_chart(plan: ChartPlan) -> Drawing:
    """Return the drawing, `plan.width` wide and `plan.height` high."""
    drawing = Drawing(plan.width, plan.height)
    top = plan.height
    if plan.title:
        top -= _TITLE
        drawing.add(_string(0, top, plan.title, plan.text, size=_TITLE, font=_STRONG))
        top -= _GAP
    names = plan.categories if plan.kind in ("pie", "doughnut") else plan.names
    if plan.legend:
        top = _draw_legend(drawing, names, plan, top)
    _MAKERS[plan.kind](drawing, plan, top)
    return drawing


def _colour(code: str) -> Color:
    return HexColor(f"#{code}")


def _string(
    x: float, y: float, text: str, colour: str, *, size: float = _SIZE, font: str = _FONT, anchor: str = "start"
) -> String:
    return String(x, y, text, fontName=font, fontSize=size, fillColor=_colour(colour), textAnchor=anchor)


def _draw_legend(drawing: Drawing, names: list[str], plan: ChartPlan, top: float) -> float:
    """Draw squares and names in lines; return the height that is left below."""
    x, y = 0.0, top - _LEADING
    for at, name in enumerate(names):
        width = _KEY + 4 + stringWidth(name, _FONT, _SIZE)
        if x and x + width > plan.width:
            x, y = 0.0, y - _LEADING
        colour = _colour(plan.colours[at % len(plan.colours)])
        drawing.add(Rect(x, y, _KEY, _KEY, fillColor=colour, strokeColor=None, strokeWidth=0))
        drawing.add(_string(x + _KEY + 4, y, name, plan.muted))
        x += width + 12
    return y - _GAP


# --- charts with axes -----------------------------------------------------------------------------


def _frame(chart: Any, plan: ChartPlan, top: float, left: float) -> None:
    """Place the chart so that titles and the last label along the foot have room; lying bars have values there."""
    lying = plan.kind.endswith("bar")
    along, up = (plan.y_title, plan.x_title) if lying else (plan.x_title, plan.y_title)
    last = stringWidth(plan.tick_labels[-1], _FONT, _SIZE) / 2 if lying else 0.0
    chart.x = left
    chart.y = _LEADING + 4 + (_LEADING + 2 if along else 0)
    chart.width = plan.width - left - max(last, 8)
    chart.height = max(top - chart.y - (_LEADING if up else 2), 10)


def _left(labels: list[str], plan: ChartPlan) -> float:
    widest = max((stringWidth(label, _FONT, _SIZE) for label in labels), default=0.0)
    return float(min(widest, plan.width * _LONGEST_LABEL)) + 8


def _style_axis(axis: Any, plan: ChartPlan, values: bool) -> None:
    axis.strokeColor = _colour(plan.text) if not values else None
    axis.strokeWidth = 0.5
    axis.visibleTicks = 0
    axis.labels.fontName = _FONT
    axis.labels.fontSize = _SIZE
    axis.labels.fillColor = _colour(plan.muted)
    if values:
        axis.visibleAxis = 0
        axis.visibleGrid = 1
        axis.gridStrokeColor = _colour(plan.hairline)
        axis.gridStrokeWidth = 0.25


def _set_ticks(axis: Any, ticks: list[float], labels: list[str]) -> None:
    axis.valueMin, axis.valueMax = ticks[0], ticks[-1]
    axis.valueSteps = ticks
    texts = dict(zip(ticks, labels, strict=True))
    axis.labelTextFormat = lambda value: texts.get(value) or texts[min(texts, key=lambda tick: abs(tick - value))]


def _titles(drawing: Drawing, chart: Any, plan: ChartPlan, along: str, up: str) -> None:
    if up:
        drawing.add(_string(0, chart.y + chart.height + 5, up, plan.muted))
    if along:
        drawing.add(_string(chart.x + chart.width, 2, along, plan.muted, anchor="end"))


def _columns(drawing: Drawing, plan: ChartPlan, top: float) -> None:
    chart = VerticalBarChart()
    _frame(chart, plan, top, _left(plan.tick_labels, plan))
    _bars(drawing, chart, plan)
    _name_categories(chart, plan)
    _titles(drawing, chart, plan, plan.x_title, plan.y_title)


def _lying(drawing: Drawing, plan: ChartPlan, top: float) -> None:
    chart = HorizontalBarChart()
    _frame(chart, plan, top, _left(plan.categories, plan))
    chart.categoryAxis.reverseDirection = 1
    chart.categoryAxis.categoryNames = [_cut(name, plan) for name in plan.categories]
    chart.categoryAxis.labels.boxAnchor = "e"
    chart.categoryAxis.labels.dx = -6
    # Bars of a group stand from the foot up, and are read from the head down.
    turned = plan if plan.kind.startswith("stacked") else _turned(plan)
    _bars(drawing, chart, turned)
    _titles(drawing, chart, plan, plan.y_title, plan.x_title)


def _turned(plan: ChartPlan) -> ChartPlan:
    colours = plan.colours[: len(plan.values)][::-1]
    return replace(plan, values=plan.values[::-1], labels=plan.labels[::-1], colours=colours)


def _cut(name: str, plan: ChartPlan) -> str:
    room = plan.width * _LONGEST_LABEL
    while name and stringWidth(name, _FONT, _SIZE) > room:
        name = name.rstrip("…")[:-1] + "…"
    return name


def _bars(drawing: Drawing, chart: Any, plan: ChartPlan) -> None:
    chart.data = [[0 if value is None else value for value in row] for row in plan.values]
    if plan.kind.startswith("stacked"):
        chart.categoryAxis.style = "stacked"
    chart.groupSpacing, chart.barSpacing = 6, 0.5
    chart.bars.strokeColor = None
    chart.bars.strokeWidth = 0
    for at in range(len(plan.values)):
        chart.bars[at].fillColor = _colour(plan.colours[at])
    _style_axis(chart.categoryAxis, plan, values=False)
    _style_axis(chart.valueAxis, plan, values=True)
    lying = isinstance(chart, HorizontalBarChart)
    room = chart.width / max(len(plan.ticks) - 1, 1)
    labels = thinned(plan.tick_labels, room, _LETTERS) if lying else plan.tick_labels
    _set_ticks(chart.valueAxis, plan.ticks, labels)
    if plan.labelled:
        chart.barLabelFormat = "values"
        chart.barLabelArray = plan.labels
        chart.barLabels.fontName, chart.barLabels.fontSize = _FONT, _SIZE
        chart.barLabels.fillColor = _colour(plan.text)
        chart.barLabels.nudge = 12 if lying else 6
    drawing.add(chart)


def _name_categories(chart: Any, plan: ChartPlan) -> None:
    """Write the names below columns and lines, and make room for them."""
    room = chart.width / max(len(plan.categories), 1)
    names = foot(plan.categories, room, chart.x, plan.height * _FOOT, _LETTERS, dated=plan.dated)
    labels = chart.categoryAxis.labels
    chart.categoryAxis.categoryNames = names.texts
    labels.leading = _LEADING
    labels.dy = -4
    if names.turned:
        labels.angle, labels.boxAnchor, labels.textAnchor = 45, "ne", "end"
        labels.dx, labels.dy = 3, -3
    chart.y += names.height
    chart.height = max(chart.height - names.height, 10)


def _lines(drawing: Drawing, plan: ChartPlan, top: float) -> None:
    chart = HorizontalLineChart()
    _frame(chart, plan, top, _left(plan.tick_labels, plan))
    chart.data = [list(row) for row in plan.values]
    chart.joinedLines = 1
    for at in range(len(plan.values)):
        colour = _colour(plan.colours[at])
        chart.lines[at].strokeColor = colour
        chart.lines[at].strokeWidth = 1.5
    _style_axis(chart.categoryAxis, plan, values=False)
    _style_axis(chart.valueAxis, plan, values=True)
    _name_categories(chart, plan)
    _set_ticks(chart.valueAxis, plan.ticks, plan.tick_labels)
    if plan.labelled:
        chart.lineLabelFormat = "values"
        chart.lineLabelArray = plan.labels
        chart.lineLabels.fontName, chart.lineLabels.fontSize = _FONT, _SIZE
        chart.lineLabels.fillColor = _colour(plan.text)
        chart.lineLabels.dy = 6
    drawing.add(chart)
    _titles(drawing, chart, plan, plan.x_title, plan.y_title)


def _areas(drawing: Drawing, plan: ChartPlan, top: float) -> None:
    chart = LinePlot()
    _frame(chart, plan, top, _left(plan.tick_labels, plan))
    chart.data = [[(at, 0 if value is None else value) for at, value in enumerate(row)] for row in plan.values]
    for at in range(len(plan.values)):
        colour = _colour(plan.colours[at])
        chart.lines[at].strokeColor, chart.lines[at].strokeWidth = colour, 1.5
        chart.lines[at].inFill = True
        chart.lines[at].fillColor = Color(colour.red, colour.green, colour.blue, 0.35)
    _style_axis(chart.xValueAxis, plan, values=False)
    _style_axis(chart.yValueAxis, plan, values=True)
    _set_ticks(chart.xValueAxis, [float(at) for at in range(len(plan.categories))], plan.categories)
    texts = _name_ends(chart, plan)
    chart.xValueAxis.labelTextFormat = lambda value: texts[min(max(round(value), 0), len(texts) - 1)]
    _set_ticks(chart.yValueAxis, plan.ticks, plan.tick_labels)
    drawing.add(chart)
    _titles(drawing, chart, plan, plan.x_title, plan.y_title)


def _name_ends(chart: Any, plan: ChartPlan) -> list[str]:
    """Make room for names whose middles stand at the ends of the axis; return what is shown of all names."""
    first, last = (_LETTERS.width(plan.categories[at]) / 2 if plan.categories else 0.0 for at in (0, -1))
    before = min(max(first - chart.x, 0.0), chart.width / 4)
    after = min(max(last - 8, 0.0), chart.width / 4)
    chart.x += before
    chart.width -= before + after
    texts = thinned(plan.categories, chart.width / max(len(plan.categories) - 1, 1), _LETTERS)
    rooms = [2 * chart.x] + [chart.width] * (len(texts) - 2) + [2 * (after + 8)] * (len(texts) > 1)
    return [_LETTERS.cut(text, room) for text, room in zip(texts, rooms, strict=False)]


def _points(drawing: Drawing, plan: ChartPlan, top: float) -> None:
    chart = LinePlot()
    _frame(chart, plan, top, _left(plan.tick_labels, plan))
    chart.data = [[(x, y) for x, y in zip(plan.places, row, strict=True) if y is not None] for row in plan.values]
    chart.joinedLines = 0
    for at in range(len(plan.values)):
        chart.lines[at].symbol = makeMarker("FilledCircle", size=4)
        chart.lines[at].symbol.fillColor = chart.lines[at].symbol.strokeColor = _colour(plan.colours[at])
        chart.lines[at].strokeColor = _colour(plan.colours[at])
    _style_axis(chart.xValueAxis, plan, values=False)
    _style_axis(chart.yValueAxis, plan, values=True)
    _set_ticks(chart.xValueAxis, plan.place_ticks, plan.place_labels)
    _set_ticks(chart.yValueAxis, plan.ticks, plan.tick_labels)
    drawing.add(chart)
    _titles(drawing, chart, plan, plan.x_title, plan.y_title)


# --- round ones -----------------------------------------------------------------------------------


def _round(drawing: Drawing, plan: ChartPlan, top: float) -> None:
    pieces = [abs(value or 0) for value in plan.values[0]]
    whole = sum(pieces) or 1
    chart = Doughnut() if plan.kind == "doughnut" else Pie()
    side = max(min(top - 4, plan.width - 8) * 0.86, 10)
    chart.x, chart.y = (plan.width - side) / 2, (top - side) / 2
    chart.width = chart.height = side
    chart.data = pieces
    chart.slices.strokeColor, chart.slices.strokeWidth = white, 0.75
    for at in range(len(pieces)):
        chart.slices[at].fillColor = _colour(plan.colours[at % len(plan.colours)])
    if plan.kind == "doughnut":
        chart.innerRadiusFraction = 0.55
    chart.labels = None
    drawing.add(chart)
    drawing.add(_around(chart, pieces, whole, plan.labels[0], plan))


def _around(chart: Any, pieces: list[float], whole: float, texts: list[str], plan: ChartPlan) -> Group:
    """Return what is written beside the pieces of a pie, at the middle of each."""
    group, angle = Group(), 90.0
    radius = chart.width / 2 + 8
    for piece, text in zip(pieces, texts, strict=True):
        turn = 360 * piece / whole
        middle = math.radians(angle - turn / 2)
        x = chart.x + chart.width / 2 + radius * math.cos(middle)
        y = chart.y + chart.height / 2 + radius * math.sin(middle) - _SIZE / 3
        anchor = "middle" if abs(math.cos(middle)) < 0.3 else "start" if math.cos(middle) > 0 else "end"
        if piece:
            group.add(_string(x, y, text, plan.muted, anchor=anchor))
        angle -= turn
    return group


_MAKERS: dict[str, Callable[[Drawing, ChartPlan, float], None]] = {
    "column": _columns,
    "stacked-column": _columns,
    "bar": _lying,
    "stacked-bar": _lying,
    "line": _lines,
    "area": _areas,
    "pie": _round,
    "doughnut": _round,
    "scatter": _points,
}


@lru_cache(maxsize=64)
def drawn(text: str) -> Drawing:
    """Return the drawing of a plan's text; one that is drawn on every page is made once."""
    return draw_chart(read_plan(text))
