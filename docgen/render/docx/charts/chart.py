"""Floor 2, edges: charts as values: native ones, which Word draws itself and whose data can be edited in Word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale
from lxml import etree

from docgen.errors import TemplateError
from docgen.render.chartdata import Axis, ChartData, read_data
from docgen.render.docx.charts.look import date_format, find_look, number_format
from docgen.render.docx.charts.markup import WORKBOOK_ID, A, C, ChartText, chart_markup
from docgen.render.docx.charts.workbook import write_workbook
from docgen.render.docx.package import Package, Story
from docgen.render.docx.spot import WP, R, Spot, w
from docgen.sandbox import clean_text
from docgen.texts import babel_locale

_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EMU_PER_MM = 36_000
_SIZES_MM = (10, 1_000)
_LONGEST = 1_000
#: Axes of values up to this have steps that need decimals.
_LARGE = 10
#: Drawings of the text are counted anew after this; elsewhere they begin here.
_FIRST_ID = 5001


@dataclass(frozen=True)
class Chart:
    """A chart, read and checked.

    Attributes:
        markup: the chart's part.
        workbook: the data, as a file of Excel's.
        alt: says what it shows to those who cannot see it.
    """

    markup: bytes
    workbook: bytes
    width_mm: float
    height_mm: float
    alt: str

    def place(self, spot: Spot) -> None:
        """Put it in the line of text."""
        run = etree.Element(w("r"))
        etree.SubElement(run, w("drawing")).append(self._inline(spot.story))
        spot.inline(run)

    def replace(self, holder: etree._Element, story: Story) -> None:
        """Put it in place of a picture, in its size."""
        graphic = next(holder.iter(f"{{{A}}}graphic"), None)
        if holder.tag != w("drawing") or graphic is None:
            raise TemplateError("a chart cannot take the place of this picture", hint="use one that stands by itself")
        graphic.getparent().replace(graphic, self._graphic(story))
        for properties in holder.iter(f"{{{WP}}}docPr"):
            properties.set("descr", self.alt)

    def _inline(self, story: Story) -> etree._Element:
        number = _next_number(story)
        size = {"cx": self.width_mm, "cy": self.height_mm}
        inline = etree.Element(f"{{{WP}}}inline", dict.fromkeys(("distT", "distB", "distL", "distR"), "0"), {"wp": WP})
        _add(inline, "extent", **{name: str(round(mm * _EMU_PER_MM)) for name, mm in size.items()})
        _add(inline, "effectExtent", l="0", t="0", r="0", b="0")
        _add(inline, "docPr", id=str(_FIRST_ID + number), name=f"Chart {number}", descr=self.alt)
        _add(inline, "cNvGraphicFramePr")
        inline.append(self._graphic(story))
        return inline

    def _graphic(self, story: Story) -> etree._Element:
        graphic = etree.Element(f"{{{A}}}graphic", nsmap={"a": A})
        data = etree.SubElement(graphic, f"{{{A}}}graphicData", uri=C)
        chart = etree.SubElement(data, f"{{{C}}}chart", nsmap={"c": C, "r": R})
        chart.set(f"{{{R}}}id", self._attach(story))
        return graphic

    def _attach(self, story: Story) -> str:
        assembly = story.assembly
        chart = assembly.add("word/charts/chart{}.xml", self.markup, _CHART_TYPE)
        book = assembly.add("word/embeddings/Microsoft_Excel_Worksheet{}.xlsx", self.workbook, _BOOK_TYPE)
        assembly.relate(chart, "package", book, name=WORKBOOK_ID)
        return assembly.relate(story.part, "chart", chart)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a template asks for.

    Attributes:
        kind: of chart, a key of `markup.KINDS`.
        rows: records.
        x: the field of the categories.
        y: the fields of the series.
        names: what the series are called; without them, after their fields.
        x_title: what is written beside the categories, and `y_title` beside the values.
        legend: None: where there is more than one series, or piece.
        labels: whether each value is written where it is drawn.
        colors: `#RRGGBB`; without them, the company's or the template's.
        number_format: as `look.number_format` has it; "" fits the values.
        alt: says what it shows; without it, the title does.
    """

    kind: str
    rows: Sequence[object]
    x: str
    y: Sequence[str]
    names: Sequence[object] = ()
    title: str = ""
    x_title: str = ""
    y_title: str = ""
    width_mm: float = 150
    height_mm: float = 80
    legend: bool | None = None
    labels: bool = False
    colors: Sequence[object] = ()
    number_format: str = ""
    alt: str = ""


def make_chart(wish: Wish, context: Mapping[str, object], package: Package) -> Chart:
    """Read and check what a template asks for.

    Args:
        wish: the chart.
        context: what the template sees: language, currency, the company's colours.
        package: the template: its font and the colours of its theme.

    Raises:
        TemplateError: something of it cannot be drawn.
    """
    _check_size("width_mm", wish.width_mm)
    _check_size("height_mm", wish.height_mm)
    language = babel_locale(str(context.get("locale") or "en"))
    data = read_data(wish.kind, wish.rows, wish.x, wish.y, [_short(name) for name in wish.names])
    text = _text_of(wish, data, language, context)
    header = [data.label, *(one.name for one in data.series)]
    formats = [text.category_format, *[text.value_format] * len(data.series)]
    book = write_workbook(header, [data.categories, *(one.values for one in data.series)], formats)
    markup = chart_markup(wish.kind, data, text, find_look(wish.colors, context, package))
    alt = _short(wish.alt) or text.title or ", ".join(header[1:])
    return Chart(markup, book, float(wish.width_mm), float(wish.height_mm), alt)


def _check_size(name: str, size: object) -> None:
    if isinstance(size, bool) or not isinstance(size, int | float | Decimal):
        raise TemplateError(f"{name} of the chart is not a number: {size}")
    if not _SIZES_MM[0] <= size <= _SIZES_MM[1]:
        raise TemplateError(f"{name} of the chart is {size}", hint=f"between {_SIZES_MM[0]} and {_SIZES_MM[1]}")


def _text_of(wish: Wish, data: ChartData, language: Locale, context: Mapping[str, object]) -> ChartText:
    many = len(data.series) > 1 or wish.kind in ("pie", "doughnut")
    return ChartText(
        title=_short(wish.title),
        x_title=_short(wish.x_title),
        y_title=_short(wish.y_title),
        legend=many if wish.legend is None else bool(wish.legend),
        labels=bool(wish.labels),
        value_format=_value_format(wish.number_format, data, data.values, language, context),
        axis_format=_value_format(wish.number_format, data, _ticks(data.values), language, context),
        category_format=_category_format(data, language),
        percent_format=number_format("percent", (), language),
        language=str(language).replace("_", "-"),
    )


def _value_format(
    wanted: str, data: ChartData, values: Sequence[Decimal], language: Locale, context: Mapping[str, object]
) -> str:
    if data.dated and not wanted:
        return date_format(values, language)
    company = context.get("company")
    default = company.get("currency") if isinstance(company, Mapping) else None
    return number_format(wanted or "number", values, language, context.get("currency") or default)


def _ticks(values: Sequence[Decimal]) -> list[Decimal]:
    """Return numbers as an axis has them: without decimals where the values are large or whole."""
    large = max((abs(value) for value in values), default=Decimal(0)) >= _LARGE
    return [Decimal(round(value)) for value in values] if large else list(values)


def _category_format(data: ChartData, language: Locale) -> str:
    numbers = [value for value in data.categories if isinstance(value, Decimal)]
    if data.axis is Axis.DATE:
        return date_format(numbers, language)
    return number_format("number", numbers, language) if data.axis is Axis.NUMBER else "General"


def _short(text: object) -> str:
    return clean_text(" ".join(str(text).splitlines()))[:_LONGEST]


def _next_number(story: Story) -> int:
    number = int(story.assembly.memory.get(Chart, 0)) + 1
    story.assembly.memory[Chart] = number
    return number


def _add(parent: etree._Element, element: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{WP}}}{element}", attributes)
