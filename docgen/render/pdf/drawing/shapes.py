"""Floor 2, edges: shapes of page graphics as operators, with ReportLab's geometry of paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree
from reportlab.pdfgen.pathobject import PDFPathObject

from docgen.render.pdf.layout.attributes import length, lengths, switch

#: (fill, stroke) -> the operator that paints a path; areas by the even-odd rule, as ReportLab's canvas.
_PAINT = {(False, True): "S", (True, False): "f*", (True, True): "B*", (False, False): "n"}
_CLIP = {(False, True): "W* S", (True, False): "W* f*", (True, True): "W* B*", (False, False): "W* n"}


def _painted(element: etree._Element, operators: Mapping[tuple[bool, bool], str]) -> str:
    filled = switch(element.get("fill", "no"))
    return operators[filled, switch(element.get("stroke", "yes"))]


def _shape(element: etree._Element, path: PDFPathObject) -> str:
    return f"{path.getCode()} {_painted(element, _PAINT)}\n"


def _lines(element: etree._Element) -> str:
    rows = _rows(element.text or "", 4)
    return "".join(f"{x:.3f} {y:.3f} m {end:.3f} {up:.3f} l S\n" for x, y, end, up in rows)


def _rows(text: str, columns: int) -> list[list[float]]:
    values = lengths(text)
    if len(values) % columns:
        raise ValueError(f"it has {len(values)} numbers, which are not {columns} each")
    return [values[at : at + columns] for at in range(0, len(values), columns)]


def _values(element: etree._Element, *names: str) -> list[float]:
    lacking = [name for name in names if element.get(name) is None]
    if lacking:
        raise ValueError(f"{lacking[0]} is missing")
    return [length(element.get(name)) for name in names]


def _rect(element: etree._Element) -> str:
    x, y, width, height = _values(element, "x", "y", "width", "height")
    path = PDFPathObject()
    if element.get("round") is None:
        path.rect(x, y, width, height)
    else:
        path.roundRect(x, y, width, height, length(element.get("round")))
    return _shape(element, path)


def _ellipse(element: etree._Element) -> str:
    x, y, width, height = _values(element, "x", "y", "width", "height")
    path = PDFPathObject()
    # ReportLab's canvas turns corners into a box by itself.
    path.ellipse(x, y, width, height)
    return _shape(element, path)


def _circle(element: etree._Element) -> str:
    x, y, radius = _values(element, "x", "y", "radius")
    path = PDFPathObject()
    path.ellipse(x - radius, y - radius, 2 * radius, 2 * radius)
    return _shape(element, path)


def _grid(element: etree._Element) -> str:
    xs, ys = lengths(element.get("xs", "")), lengths(element.get("ys", ""))
    if len(xs) < 2 or len(ys) < 2:
        raise ValueError("a grid has two lines or more each way")
    upright = [f"{x:.3f} {ys[0]:.3f} m {x:.3f} {ys[-1]:.3f} l " for x in xs]
    level = [f"{xs[0]:.3f} {y:.3f} m {xs[-1]:.3f} {y:.3f} l " for y in ys]
    return "".join([*upright, *level, "S\n"])


def _curves(element: etree._Element) -> str:
    ops = []
    for row in _rows(element.text or "", 8):
        numbers = [f"{value:.3f}" for value in row]
        ops.append(f"{' '.join(numbers[:2])} m {' '.join(numbers[2:])} c S\n")
    return "".join(ops)


def _path(element: etree._Element) -> str:
    path = PDFPathObject()
    path.moveTo(*_values(element, "x", "y"))
    _line_on(path, element.text)
    for child in element:
        if child.tag == "moveto":
            path.moveTo(*_first_row(child))
        elif child.tag in ("curveto", "curvesto"):
            for row in _rows(child.text or "", 6):
                path.curveTo(*row)
        _line_on(path, child.tail)
    if switch(element.get("close", "no")):
        path.close()
    clips = switch(element.get("clip", "no"))
    return f"{path.getCode()} {_painted(element, _CLIP if clips else _PAINT)}\n"


def _first_row(element: etree._Element) -> list[float]:
    rows = _rows(element.text or "", 2)
    if not rows:
        raise ValueError("<moveto> says no place")
    return rows[0]


def _line_on(path: PDFPathObject, text: str | None) -> None:
    for x, y in _rows(text or "", 2):
        path.lineTo(x, y)


#: element -> the operators that draw it
SHAPES: Mapping[str, Callable[[etree._Element], str]] = {
    "lines": _lines,
    "rect": _rect,
    "ellipse": _ellipse,
    "circle": _circle,
    "grid": _grid,
    "curves": _curves,
    "path": _path,
}
