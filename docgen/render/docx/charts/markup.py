"""Floor 2, edges: the markup of a chart (DrawingML charts, ECMA-376 part 1, chapter 21.2). Computes no figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from docgen.render.chartdata import Axis, Cell, ChartData
from docgen.render.docx.charts.look import ChartLook
from docgen.render.docx.charts.workbook import SHEET, column_name, plain
from docgen.render.docx.spot import R

C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
#: The id of the chart's relation to its workbook.
WORKBOOK_ID = "rId1"
#: Points beyond which markers would hide a line.
_MARKED = 24
_HAIR = 6350  # half a point
_LINE = 28575


@dataclass(frozen=True)
class Kind:
    """How a kind of chart is drawn.

    Attributes:
        element: the element that holds its series.
        direction: of columns and bars.
        grouping: beside each other or stacked.
    """

    element: str
    direction: str = ""
    grouping: str = ""

    @property
    def is_round(self) -> bool:
        """Has pieces instead of axes."""
        return self.element in ("pieChart", "doughnutChart")


KINDS: Mapping[str, Kind] = {
    "column": Kind("barChart", "col", "clustered"),
    "stacked-column": Kind("barChart", "col", "stacked"),
    "bar": Kind("barChart", "bar", "clustered"),
    "stacked-bar": Kind("barChart", "bar", "stacked"),
    "line": Kind("lineChart", grouping="standard"),
    "area": Kind("areaChart", grouping="standard"),
    "pie": Kind("pieChart"),
    "doughnut": Kind("doughnutChart"),
    "scatter": Kind("scatterChart"),
}


@dataclass(frozen=True)
class ChartText:
    """What is written around a chart; formats as Excel writes them.

    Attributes:
        legend: whether the series are named beside it.
        labels: whether each value is written where it is drawn.
        language: of the document, `de-DE`.
    """

    title: str
    x_title: str
    y_title: str
    legend: bool
    labels: bool
    value_format: str
    axis_format: str
    category_format: str
    percent_format: str
    language: str


def chart_markup(kind: str, data: ChartData, text: ChartText, look: ChartLook) -> bytes:
    """Return the part."""
    root = _Drawing(KINDS[kind], data, text, look).space()
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _c(name: str, *children: etree._Element | None, val: object = None, **attributes: str) -> etree._Element:
    return _node(C, name, children, val, attributes)


def _a(name: str, *children: etree._Element | None, val: object = None, **attributes: str) -> etree._Element:
    return _node(A, name, children, val, attributes)


def _node(
    space: str, name: str, children: Sequence[etree._Element | None], val: object, attributes: Mapping[str, str]
) -> etree._Element:
    node = etree.Element(f"{{{space}}}{name}", dict(attributes), nsmap={"c": C, "a": A, "r": R})
    if val is not None:
        node.set("val", str(int(val)) if isinstance(val, bool) else str(val))
    node.extend(child for child in children if child is not None)
    return node


def _text(space: str, name: str, text: str) -> etree._Element:
    node = etree.Element(f"{{{space}}}{name}", nsmap={"c": C, "a": A})
    node.text = text
    return node


def _is_rgb(colour: str) -> bool:
    return all(letter in "0123456789ABCDEF" for letter in colour)


def _fill(colour: str, alpha: int | None = None) -> etree._Element:
    inner = _a("alpha", val=alpha) if alpha is not None else None
    return _a("solidFill", _a("srgbClr" if _is_rgb(colour) else "schemeClr", inner, val=colour))


def _line(colour: str | None, width: int = _HAIR) -> etree._Element:
    if colour is None:
        return _a("ln", _a("noFill"))
    return _a("ln", _fill(colour), _a("round"), w=str(width), cap="rnd")


@dataclass(frozen=True)
class _Drawing:
    kind: Kind
    data: ChartData
    text: ChartText
    look: ChartLook

    def space(self) -> etree._Element:
        workbook = _c("externalData", _c("autoUpdate", val=0))
        workbook.set(f"{{{R}}}id", WORKBOOK_ID)
        return _c(
            "chartSpace",
            _c("date1904", val=0),
            _c("lang", val=self.text.language) if self.text.language else None,
            _c("roundedCorners", val=0),
            self._chart(),
            _c("spPr", _a("noFill"), _line(None)),
            self._letters(9, self.look.muted),
            workbook,
        )

    def _chart(self) -> etree._Element:
        return _c(
            "chart",
            self._title(self.text.title, 11, self.look.text, bold=True) if self.text.title else None,
            _c("autoTitleDeleted", val=not self.text.title),
            _c("plotArea", _c("layout"), self._plot(), *self._axes(), _c("spPr", _a("noFill"), _line(None))),
            self._legend() if self.text.legend else None,
            _c("plotVisOnly", val=1),
            _c("dispBlanksAs", val="gap"),
        )

    def _legend(self) -> etree._Element:
        return _c(
            "legend",
            _c("legendPos", val="r" if self.kind.is_round else "b"),
            _c("overlay", val=0),
            self._letters(9, self.look.muted),
        )

    # --- letters -------------------------------------------------------------------------------

    def _letter(self, name: str, size: int, colour: str, *, bold: bool = False) -> etree._Element:
        fonts = [_a(script, typeface=self.look.font) for script in ("latin", "cs")] if self.look.font else []
        node = _a(name, _fill(colour), *fonts, sz=str(size * 100), b=str(int(bold)))
        if name == "rPr" and self.text.language:
            node.set("lang", self.text.language)
        return node

    def _letters(self, size: int, colour: str) -> etree._Element:
        look = _a("pPr", self._letter("defRPr", size, colour))
        return _c(
            "txPr", _a("bodyPr"), _a("lstStyle"), _a("p", look, _a("endParaRPr", lang=self.text.language or "en"))
        )

    def _title(self, text: str, size: int, colour: str, *, bold: bool = False, upright: bool = False) -> etree._Element:
        look = _a("pPr", self._letter("defRPr", size, colour, bold=bold))
        run = _a("r", self._letter("rPr", size, colour, bold=bold), _text(A, "t", text))
        body = _a("bodyPr", rot="-5400000", vert="horz") if upright else _a("bodyPr")
        rich = _c("rich", body, _a("lstStyle"), _a("p", look, run))
        return _c("title", _c("tx", rich), _c("overlay", val=0))

    # --- series --------------------------------------------------------------------------------

    def _plot(self) -> etree._Element:
        kind, stacked = self.kind, self.kind.grouping == "stacked"
        columns, round_ = kind.element == "barChart", kind.is_round
        return _c(
            kind.element,
            _c("barDir", val=kind.direction) if columns else None,
            _c("scatterStyle", val="lineMarker") if kind.element == "scatterChart" else None,
            _c("grouping", val=kind.grouping) if kind.grouping else None,
            _c("varyColors", val=round_),
            *(self._series(number) for number in range(len(self.data.series))),
            _c("gapWidth", val=55) if columns else None,
            _c("overlap", val=100 if stacked else -8) if columns else None,
            _c("marker", val=1) if kind.element == "lineChart" else None,
            _c("firstSliceAng", val=0) if round_ else None,
            _c("holeSize", val=62) if kind.element == "doughnutChart" else None,
            *([] if round_ else [_c("axId", val=1), _c("axId", val=2)]),
        )

    def _series(self, number: int) -> etree._Element:
        kind = self.kind.element
        series = self.data.series[number]
        colour = self.look.colours(number + 1)[number]
        figures = self._numbers(number + 1, series.values, self.text.value_format)
        return _c(
            "ser",
            _c("idx", val=number),
            _c("order", val=number),
            _c("tx", self._texts("strRef", number + 1, [series.name], head=True)),
            self._shape(colour),
            _c("invertIfNegative", val=0) if kind == "barChart" else None,
            self._marker(colour),
            *(self._pieces() if self.kind.is_round else ()),
            self._labels(),
            _c("xVal" if kind == "scatterChart" else "cat", self._categories()),
            _c("yVal" if kind == "scatterChart" else "val", figures),
            _c("smooth", val=0) if kind in ("lineChart", "scatterChart") else None,
        )

    def _shape(self, colour: str) -> etree._Element | None:
        match self.kind.element:
            case "lineChart":
                return _c("spPr", _line(colour, _LINE))
            case "scatterChart":
                return _c("spPr", _line(None))
            case "areaChart":
                return _c("spPr", _fill(colour, 60_000 if len(self.data.series) > 1 else None), _line(None))
            case "pieChart" | "doughnutChart":
                return None
        return _c("spPr", _fill(colour), _line(None))

    def _marker(self, colour: str) -> etree._Element | None:
        if self.kind.element not in ("lineChart", "scatterChart"):
            return None
        if self.kind.element == "lineChart" and len(self.data.categories) > _MARKED:
            return _c("marker", _c("symbol", val="none"))
        size = 5 if self.kind.element == "lineChart" else 7
        return _c("marker", _c("symbol", val="circle"), _c("size", val=size), _c("spPr", _fill(colour), _line(None)))

    def _pieces(self) -> Iterator[etree._Element]:
        for number, colour in enumerate(self.look.colours(len(self.data.categories))):
            shape = _c("spPr", _fill(colour), _line("FFFFFF", 2 * _HAIR))
            yield _c("dPt", _c("idx", val=number), _c("bubble3D", val=0), shape)

    def _labels(self) -> etree._Element | None:
        if not self.kind.is_round and not self.text.labels:
            return None
        on_pieces = self.kind.element == "doughnutChart"
        colours = self.look.colours(len(self.data.categories)) if on_pieces else []
        single = [
            _c("dLbl", _c("idx", val=number), *self._label("FFFFFF" if _is_dark(colour) else self.look.text))
            for number, colour in enumerate(colours)
        ]
        leaders = _c("showLeaderLines", val=0) if self.kind.is_round else None
        return _c("dLbls", *single, *self._label(self.look.text), leaders)

    def _label(self, colour: str) -> list[etree._Element]:
        percent = self.kind.is_round and not self.text.labels
        shown = {
            "showLegendKey": False, "showVal": not percent, "showCatName": False, "showSerName": False,
            "showPercent": percent, "showBubbleSize": False,
        }  # fmt: skip
        code = self.text.percent_format if percent else self.text.value_format
        return [
            _c("numFmt", formatCode=code, sourceLinked="0"),
            _c("spPr", _a("noFill"), _line(None)),
            self._letters(9, colour),
            *([_c("dLblPos", val="outEnd")] if self.kind.element == "pieChart" else []),
            *(_c(name, val=value) for name, value in shown.items()),
        ]

    # --- figures -------------------------------------------------------------------------------

    def _reference(self, column: int, *, head: bool = False) -> etree._Element:
        letters = column_name(column)
        cells = f"${letters}$1" if head else f"${letters}$2:${letters}${len(self.data.categories) + 1}"
        return _text(C, "f", f"{SHEET}!{cells}")

    def _texts(self, name: str, column: int, texts: Sequence[str], *, head: bool = False) -> etree._Element:
        points = [_c("pt", _text(C, "v", text), idx=str(at)) for at, text in enumerate(texts)]
        return _c(name, self._reference(column, head=head), _c("strCache", _c("ptCount", val=len(texts)), *points))

    def _numbers(self, column: int, values: Sequence[Cell], code: str) -> etree._Element:
        points = [
            _c("pt", _text(C, "v", plain(value)), idx=str(at))
            for at, value in enumerate(values)
            if isinstance(value, Decimal)
        ]
        cache = _c("numCache", _text(C, "formatCode", code), _c("ptCount", val=len(values)), *points)
        return _c("numRef", self._reference(column), cache)

    def _categories(self) -> etree._Element:
        if self.data.axis is Axis.TEXT:
            return self._texts("strRef", 0, [str(text) for text in self.data.categories])
        return self._numbers(0, self.data.categories, self.text.category_format)

    # --- axes ----------------------------------------------------------------------------------

    def _axes(self) -> list[etree._Element]:
        if self.kind.is_round:
            return []
        scatter, lying = self.kind.element == "scatterChart", self.kind.direction == "bar"
        name = "valAx" if scatter else "dateAx" if self.data.axis is Axis.DATE else "catAx"
        return [self._category_axis(name, lying), self._value_axis(lying)]

    def _category_axis(self, name: str, lying: bool) -> etree._Element:
        after = {
            "catAx": [_c("auto", val=0), _c("lblAlgn", val="ctr"), _c("noMultiLvlLbl", val=1)],
            "dateAx": [_c("auto", val=0), _c("baseTimeUnit", val=self.data.unit)],
            "valAx": [_c("crossBetween", val="midCat")],
        }
        return _c(
            name,
            _c("axId", val=1),
            _c("scaling", _c("orientation", val="maxMin" if lying else "minMax")),
            _c("delete", val=0),
            _c("axPos", val="l" if lying else "b"),
            self._axis_title(self.text.x_title, upright=lying),
            *self._axis_look("General" if name == "catAx" else self.text.category_format, line=True),
            _c("crossAx", val=2),
            _c("crosses", val="autoZero"),
            *after[name],
        )

    def _value_axis(self, lying: bool) -> etree._Element:
        between = self.kind.element not in ("areaChart", "scatterChart")
        return _c(
            "valAx",
            _c("axId", val=2),
            _c("scaling", _c("orientation", val="minMax")),
            _c("delete", val=0),
            _c("axPos", val="b" if lying else "l"),
            None if self.text.labels else _c("majorGridlines", _c("spPr", _line(self.look.hairline))),
            self._axis_title(self.text.y_title, upright=not lying),
            *self._axis_look(self.text.axis_format, line=False),
            _c("crossAx", val=1),
            _c("crosses", val="max" if lying else "autoZero"),
            _c("crossBetween", val="between" if between else "midCat"),
        )

    def _axis_title(self, text: str, *, upright: bool) -> etree._Element | None:
        return self._title(text, 9, self.look.muted, upright=upright) if text else None

    def _axis_look(self, code: str, *, line: bool) -> list[etree._Element]:
        """Return format, ticks, and letters; those of the categories stay at the edge where values are below 0."""
        return [
            _c("numFmt", formatCode=code, sourceLinked="0"),
            _c("majorTickMark", val="none"),
            _c("minorTickMark", val="none"),
            _c("tickLblPos", val="low" if line else "nextTo"),
            _c("spPr", _a("noFill"), _line(self.look.hairline if line else None)),
            self._letters(9, self.look.muted),
        ]


def _is_dark(colour: str) -> bool:
    """Tell whether white letters can be read on a colour; those of themes mostly are so."""
    if not _is_rgb(colour):
        return True
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 150
