"""Floor 2, edges: `chart(...)` in RML: what a chart shows, read and written in the record's language, as one element.

The element `<chart>` carries its numbers and texts; `chartdrawing` draws it for either path.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from docgen.errors import FieldMissing, TemplateError
from docgen.money import currency_code, format_money, format_number, format_percent
from docgen.render.chartdata import Axis, ChartData, moment, read_data
from docgen.render.palette import chart_colour, palette
from docgen.sandbox import clean_text
from docgen.texts import babel_locale

_MM = 72 / 25.4
_SIZES_MM = (20, 400)
_LONGEST = 200
_LARGE = 100
_DEFAULTS = {"accent": "1D5C63", "text": "262626", "muted": "6B7280", "hairline": "D9D9D9"}
_ROUND = ("pie", "doughnut")


@dataclass(frozen=True)
class ChartPlan:
    """A chart, ready to draw: sizes in points, texts in the record's language.

    Attributes:
        places: of points along x, for scatter charts and dates; empty for categories side by side.
        values: a row for each series, None for gaps; `labels` likewise, what is written at each.
        ticks: of the axis of values, from its foot to its head; `tick_labels` what stands there.
        place_ticks: of the axis along x where there are places.
    """

    kind: str
    width: float
    height: float
    title: str
    x_title: str
    y_title: str
    categories: list[str]
    places: list[float]
    names: list[str]
    values: list[list[float | None]]
    labels: list[list[str]]
    ticks: list[float]
    tick_labels: list[str]
    place_ticks: list[float]
    place_labels: list[str]
    colours: list[str]
    text: str
    muted: str
    hairline: str
    legend: bool
    labelled: bool
    alt: str
    dated: bool = False

    def write(self) -> str:
        """Return it as text that `read_plan` reads."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def read_plan(text: str) -> ChartPlan:
    """Return a plan from its text.

    Raises:
        ValueError: it is none.
    """
    try:
        return ChartPlan(**json.loads(text))
    except (TypeError, json.JSONDecodeError) as error:
        raise ValueError("is made by the function chart(...) and cannot be written by hand") from error


def plan_chart(kind: str, rows: Sequence[object], context: Mapping[str, object], **wanted: Any) -> ChartPlan:
    """Read and check what a template asks for; `wanted` are the arguments of `richfilters.chart`.

    Raises:
        FieldMissing: a row lacks a field, or money has no currency.
        TemplateError: something of it cannot be drawn.
    """
    language = babel_locale(str(context.get("locale") or "en"))
    data = read_data(kind, rows, wanted["x"], wanted["y"], [_short(name) for name in wanted["names"]])
    write = _writer(wanted["number_format"], data, language, context)
    ticks = _ticks(_reached(kind, data))
    numeric = kind == "scatter"
    places = [float(value) for value in data.categories if isinstance(value, Decimal)] if numeric else []
    place_ticks = _ticks([min(places), max(places)], from_zero=False) if places else []
    colours = _colours(wanted["colors"], context)
    title = _short(wanted["title"])
    pieces = len(data.categories) if kind in _ROUND else len(data.series)
    return ChartPlan(
        kind=kind,
        width=_size("width_mm", wanted["width_mm"]),
        height=_size("height_mm", wanted["height_mm"]),
        title=title,
        x_title=_short(wanted["x_title"]),
        y_title=_short(wanted["y_title"]),
        categories=[] if numeric else _category_texts(data, language),
        places=places,
        names=[_short(one.name) for one in data.series],
        values=[[None if value is None else float(value) for value in one.values] for one in data.series],
        labels=_labels(data, write) if wanted["labels"] or kind not in _ROUND else _percentages(data, language),
        ticks=ticks,
        tick_labels=[write(_exact(tick)) for tick in ticks],
        place_ticks=place_ticks,
        place_labels=[_place_text(tick, data, language) for tick in place_ticks],
        colours=[colours["series"][at % len(colours["series"])] for at in range(max(pieces, 1))],
        text=colours["text"],
        muted=colours["muted"],
        hairline=colours["hairline"],
        legend=(pieces > 1 if wanted["legend"] is None else bool(wanted["legend"])),
        labelled=bool(wanted["labels"]),
        dated=data.axis is Axis.DATE,
        alt=_short(wanted["alt"]) or title or ", ".join(one.name for one in data.series),
    )


def _size(name: str, size: object) -> float:
    least, most = _SIZES_MM
    if isinstance(size, bool) or not isinstance(size, int | float | Decimal) or not least <= size <= most:
        raise TemplateError(f"{name} of the chart is {size}", hint=f"a number between {least} and {most}")
    return float(size) * _MM


def _labels(data: ChartData, write: Any) -> list[list[str]]:
    return [["" if value is None else write(value) for value in one.values] for one in data.series]


def _percentages(data: ChartData, language: Locale) -> list[list[str]]:
    """Return what each piece of a pie is of its whole, in whole percents."""
    wholes = [sum((abs(value) for value in one.values if value), Decimal(0)) or Decimal(1) for one in data.series]
    return [
        [format_percent(abs(value or Decimal(0)) / whole, language, 0) for value in one.values]
        for one, whole in zip(data.series, wholes, strict=True)
    ]


def _short(text: object) -> str:
    return clean_text(" ".join(str(text).splitlines()))[:_LONGEST]


def _colours(own: Sequence[object], context: Mapping[str, object]) -> dict[str, Any]:
    company = context.get("company")
    found = company.get("colours") if isinstance(company, Mapping) else None
    named = {str(name): chart_colour(value) for name, value in found.items()} if isinstance(found, Mapping) else {}
    colours: dict[str, Any] = {**_DEFAULTS, **named}
    series = tuple(chart_colour(value) for value in own) or palette(colours["accent"], colours["muted"])
    return {**colours, "series": series}


# --- axes -----------------------------------------------------------------------------------------


def _reached(kind: str, data: ChartData) -> list[float]:
    """Return the values that the axis must hold: sums, where series stand on one another."""
    if not kind.startswith("stacked"):
        return [float(value) for value in data.values]
    reached = []
    for at in range(len(data.categories)):
        there = [float(one.values[at] or 0) for one in data.series]
        reached += [sum(value for value in there if value > 0), sum(value for value in there if value < 0)]
    return reached


def _ticks(values: Sequence[float], from_zero: bool = True) -> list[float]:
    """Return four to seven round numbers, evenly spread, that hold all values."""
    low, high = min([*values, 0.0] if from_zero else values), max([*values, 0.0] if from_zero else values)
    if high - low < 1e-12:
        high = low + 1
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(_exact(at * step)) for at in range(first, last + 1)]


def _exact(number: float) -> Decimal:
    return Decimal(f"{number:.12g}")


# --- texts ----------------------------------------------------------------------------------------


def _writer(wanted: str, data: ChartData, language: Locale, context: Mapping[str, object]) -> Any:
    """Return what writes a value of the chart."""
    if data.dated and not wanted:
        return lambda value: format_date(moment(value), "short", language)
    large = max((abs(value) for value in data.values), default=Decimal(0)) >= _LARGE
    match wanted or "number":
        case "number":
            return lambda value: format_number(value, language, 0 if large else None)
        case "percent":
            return lambda value: format_percent(value, language)
        case "money":
            code = _currency(context)
            return lambda value: format_money(value, code, language)
        case pattern:
            return lambda value: _by_pattern(value, pattern, language)


def _by_pattern(value: Decimal, pattern: str, language: Locale) -> str:
    try:
        return str(format_decimal(value, format=pattern, locale=language))
    except ValueError as error:
        hint = 'number, money, percent or "#,##0.0"'
        raise TemplateError(f'"{pattern[:40]}" is not a number format', hint=hint) from error


def _currency(context: Mapping[str, object]) -> str:
    company = context.get("company")
    code = context.get("currency") or (company.get("currency") if isinstance(company, Mapping) else None)
    if not code:
        raise FieldMissing("no currency is known", field="currency", hint="give the record a currency")
    return currency_code(str(code))


def _category_texts(data: ChartData, language: Locale) -> list[str]:
    return [_place_text(float(one), data, language) if isinstance(one, Decimal) else _short(one or "")
            for one in data.categories]  # fmt: skip


def _place_text(place: float, data: ChartData, language: Locale) -> str:
    if data.axis is not Axis.DATE:
        return format_number(_exact(place), language)
    at = moment(_exact(place))
    skeleton = {"years": "y", "months": "yMMM"}.get(data.unit)
    return format_skeleton(skeleton, at, locale=language) if skeleton else format_date(at, "short", language)
