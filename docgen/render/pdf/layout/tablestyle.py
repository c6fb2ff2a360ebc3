"""Floor 2, edges: what a table style says, as values: settings of cells, fills, lines, spans. Knows no sizes.

Rows and columns of an area count from 0; those below 0 count from the end, as the table's size says later. An area at
`splitfirst` or `splitlast` takes effect where a table is split over pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from lxml import etree

from docgen.errors import did_you_mean
from docgen.render.pdf.layout.attributes import BLACK, Colour, colour, length, switch, whole
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.wrong import WRONG, in_words

#: Side by side; more would be an area.
_MOST_LINES = 9
_BETWEEN = re.compile(r"[ \t\n,;]+")
CAPS = {"default": 0, "butt": 0, "round": 1, "square": 2}
JOINS = {"round": 1, "mitered": 0, "bevelled": 2}
ALIGNMENTS = {"left": "LEFT", "right": "RIGHT", "center": "CENTER", "centre": "CENTER", "decimal": "DECIMAL"}
VALIGNMENTS = {"top": "TOP", "middle": "MIDDLE", "bottom": "BOTTOM"}
LINE_KINDS = ("GRID", "BOX", "OUTLINE", "INNERGRID", "LINEBELOW", "LINEABOVE", "LINEBEFORE", "LINEAFTER")
SPLITS = ("splitfirst", "splitlast")


class Area(NamedTuple):
    """Cells of a table: two corners, both within. `at` is one of `SPLITS`, or "" where the rows say where."""

    left: int
    top: int
    right: int
    bottom: int
    at: str = ""


WHOLE = Area(0, 0, -1, -1)


class Setting(NamedTuple):
    """Attributes of cells that are set anew: names of `CellStyle` and values."""

    area: Area
    changes: tuple[tuple[str, Any], ...]


class Fill(NamedTuple):
    """A background; of `ROWS` and `COLUMNS` the colours follow one another in turn."""

    area: Area
    kind: str
    colours: tuple[Colour | None, ...]


class Line(NamedTuple):
    """Lines of a kind on an area, each drawn `times`, `space` apart. `dash` lists what is drawn and left out."""

    area: Area
    kind: str
    weight: float
    colour: Colour
    cap: int = 1
    dash: tuple[float, ...] = ()
    join: int = 1
    times: int = 1
    space: float = 1.0


class CellStyle(NamedTuple):
    """How a cell looks, as ReportLab begins; `font` is a name that RML writes."""

    font: str = "Helvetica"
    size: float = 10
    leading: float = 12
    left: float = 6
    right: float = 6
    top: float = 3
    bottom: float = 3
    colour: Colour = BLACK
    align: str = "LEFT"
    valign: str = "BOTTOM"
    href: str = ""
    destination: str = ""


@dataclass(frozen=True)
class TableStyle:
    """A table style. Commands are in the order in which they take effect.

    Attributes:
        resolved: number of rows and columns -> looks of their cells, kept by `tablegrid`.
    """

    settings: tuple[Setting, ...] = ()
    fills: tuple[Fill, ...] = ()
    lines: tuple[Line, ...] = ()
    spans: tuple[Area, ...] = ()
    nosplits: tuple[Area, ...] = ()
    keep_with_next: bool | None = None
    resolved: dict[tuple[int, int], Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def at_splits(self) -> tuple[Setting, ...]:
        """Return the settings that take effect where a table is split."""
        return tuple(setting for setting in self.settings if setting.area.at)

    def __add__(self, more: TableStyle) -> TableStyle:
        keep = self.keep_with_next if more.keep_with_next is None else more.keep_with_next
        return TableStyle(
            self.settings + more.settings,
            self.fills + more.fills,
            self.lines + more.lines,
            self.spans + more.spans,
            self.nosplits + more.nosplits,
            keep,
        )


PLAIN = TableStyle()


def read(element: etree._Element, maker: Maker) -> TableStyle:
    """Return the style of a `<blockTableStyle>`.

    Raises:
        TemplateError: a command says something wrong; names its line.
    """
    commands: dict[type, list[Any]] = {Setting: [], Fill: [], Line: [], _Span: [], _Nosplit: []}
    for child in element.iterchildren(etree.Element):
        reader = _READERS.get(str(child.tag))
        if reader is None:
            raise maker.fault(child, f"<{child.tag}> cannot stand inside <blockTableStyle>")
        try:
            command = reader(child, _read_area(child))
        except WRONG as error:
            raise maker.fault(child, f"<{child.tag}>: {in_words(error, child)}") from error
        commands[type(command)].append(command)
    spans, nosplits = ([command.area for command in commands[kind]] for kind in (_Span, _Nosplit))
    keep = element.get("keepWithNext")
    return TableStyle(
        tuple(commands[Setting]),
        tuple(commands[Fill]),
        tuple(commands[Line]),
        tuple(spans),
        tuple(nosplits),
        None if keep is None else switch(keep),
    )


class _Span(NamedTuple):
    area: Area


class _Nosplit(NamedTuple):
    area: Area


def words_of(text: str) -> list[str]:
    """Return the parts of a list as RML writes it: `1, 2`, `(1;2)`."""
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    return _BETWEEN.split(text.strip())


def _read_area(element: etree._Element) -> Area:
    left, top = _corner(element.get("start", "0,0"))
    right, bottom = _corner(element.get("stop", "-1,-1"))
    if isinstance(left, str) or isinstance(right, str):
        raise ValueError("a column is a number")
    if isinstance(top, str):
        return Area(left, 0, right, 0, top)
    if isinstance(bottom, str):
        raise ValueError(f'where stop says "{bottom}", start says so as well')
    return Area(left, top, right, bottom)


def _corner(text: str) -> tuple[int | str, int | str]:
    parts = words_of(text)
    if len(parts) != 2:
        raise ValueError(f'"{text}" is not a column and a row')
    return _coordinate(parts[0]), _coordinate(parts[1])


def _coordinate(text: str) -> int | str:
    if text.lower() in SPLITS:
        return text.lower()
    try:
        return whole(text)
    except ValueError:
        raise ValueError(f'"{text}" is neither a number nor {" or ".join(SPLITS)}') from None


def choose(text: str, choices: Mapping[str, Any]) -> Any:
    """Return what a word of a fixed list stands for. Raises ValueError."""
    try:
        return choices[text.lower()]
    except KeyError:
        raise ValueError(f'"{text}" is unknown; {did_you_mean(text, choices)}') from None


def need(element: etree._Element, name: str) -> str:
    """Return an attribute that must be there. Raises ValueError."""
    value = element.get(name)
    if value is None:
        raise ValueError(f"{name} is missing")
    return str(value)


def opaque(text: str) -> Colour:
    """Return a colour that is one: not `none`."""
    found = colour(text)
    if found is None:
        raise ValueError(f'"{text}" is not a colour')
    return found


def dashes(text: str) -> tuple[float, ...]:
    """Return the lengths of a dash pattern."""
    return tuple(length(part) for part in words_of(text))


def _set(field: str, attribute: str, convert: Callable[[str], Any]) -> Callable[[etree._Element, Area], Setting]:
    def reader(element: etree._Element, area: Area) -> Setting:
        return Setting(area, ((field, convert(need(element, attribute))),))

    return reader


def _font(element: etree._Element, area: Area) -> Setting:
    changes: list[tuple[str, Any]] = [("font", need(element, "name"))]
    size, leading = element.get("size"), element.get("leading")
    if size is None:
        # z3c.rml gives ReportLab what is there in order: a leading alone is taken for the size.
        size, leading = leading, None
    if size is not None:
        changes.append(("size", length(size)))
        changes.append(("leading", length(size) * 1.2 if leading is None else length(leading)))
    return Setting(area, tuple(changes))


def _background(element: etree._Element, area: Area) -> Fill:
    for attribute, kind in (("colorsByRow", "ROWS"), ("colorsByCol", "COLUMNS")):
        if element.get(attribute) is not None:
            return Fill(area, kind, tuple(colour(part) for part in words_of(element.get(attribute))))
    return Fill(area, "", (opaque(need(element, "colorName")),))


def _backgrounds(kind: str) -> Callable[[etree._Element, Area], Fill]:
    def reader(element: etree._Element, area: Area) -> Fill:
        return Fill(area, kind, tuple(colour(part) for part in words_of(need(element, "colorNames"))))

    return reader


def _line(element: etree._Element, area: Area) -> Line:
    weight = length(element.get("thickness", "1"))
    dash = element.get("dash")
    return Line(
        area,
        choose(need(element, "kind"), {kind.lower(): kind for kind in LINE_KINDS}),
        weight,
        opaque(need(element, "colorName")),
        choose(element.get("cap", "round"), CAPS),
        dashes(dash) if dash else (),
        choose(element.get("join", "round"), JOINS),
        positive(element.get("count", "1")),
        weight,
    )


def positive(text: str) -> int:
    """Return how many lines run side by side. Raises ValueError."""
    times = whole(text)
    if not 1 <= times <= _MOST_LINES:
        raise ValueError(f"{times} is not 1 to {_MOST_LINES}")
    return times


def _no_split(element: etree._Element, area: Area) -> _Nosplit:
    return _Nosplit(_on_rows(area))


def _span(element: etree._Element, area: Area) -> _Span:
    return _Span(_on_rows(area))


def _on_rows(area: Area) -> Area:
    if area.at:
        raise ValueError(f"{area.at} is not for spans")
    return area


_READERS: Mapping[str, Callable[[etree._Element, Area], Any]] = {
    "blockFont": _font,
    "blockLeading": _set("leading", "length", length),
    "blockTextColor": _set("colour", "colorName", opaque),
    "blockAlignment": _set("align", "value", lambda text: choose(text, ALIGNMENTS)),
    "blockValign": _set("valign", "value", lambda text: choose(text, VALIGNMENTS)),
    "blockLeftPadding": _set("left", "length", length),
    "blockRightPadding": _set("right", "length", length),
    "blockTopPadding": _set("top", "length", length),
    "blockBottomPadding": _set("bottom", "length", length),
    "blockBackground": _background,
    "blockRowBackground": _backgrounds("ROWS"),
    "blockColBackground": _backgrounds("COLUMNS"),
    "blockSpan": _span,
    "blockNosplit": _no_split,
    "lineStyle": _line,
}

# --- the attributes of a cell ---------------------------------------------------------------------

_CELL: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "fontName": ("font", str),
    "fontSize": ("size", length),
    "fontColor": ("colour", opaque),
    "leading": ("leading", length),
    "leftPadding": ("left", length),
    "rightPadding": ("right", length),
    "topPadding": ("top", length),
    "bottomPadding": ("bottom", length),
    "align": ("align", lambda text: choose(text, ALIGNMENTS)),
    "vAlign": ("valign", lambda text: choose(text, VALIGNMENTS)),
    "href": ("href", str),
    "destination": ("destination", str),
}
_SIDES = (("Below", "LINEBELOW"), ("Above", "LINEABOVE"), ("Left", "LINEBEFORE"), ("Right", "LINEAFTER"))
_CACHED: dict[tuple[tuple[str, str], ...], tuple[Any, ...]] = {}


def read_cell(element: etree._Element) -> tuple[tuple[tuple[str, Any], ...], Colour | None, tuple[Line, ...]]:
    """Return what the attributes of a `<td>` say: changes of its style, its background, its lines (on column 0, row 0).

    Raises:
        ValueError: an attribute says something wrong.
    """
    key = tuple(element.items())
    found = _CACHED.get(key)
    if found is None:
        if len(_CACHED) > 4096:
            _CACHED.clear()
        changes = [
            (field, convert(element.get(name))) for name, (field, convert) in _CELL.items() if name in element.attrib
        ]
        ground = element.get("background")
        found = _CACHED[key] = (tuple(changes), opaque(ground) if ground else None, tuple(_cell_lines(element)))
    return found


def _cell_lines(element: etree._Element) -> Iterator[Line]:
    for side, kind in _SIDES:
        said = {
            name: element.get(f"line{side}{name}")
            for name in ("Thickness", "Color", "Cap", "Count", "Dash", "Space")
            if element.get(f"line{side}{name}") is not None
        }
        if not said:
            continue
        if "Thickness" not in said or "Color" not in said:
            missing = "Color" if "Thickness" in said else "Thickness"
            raise ValueError(f"line{side}{missing} is missing")
        weight = length(said["Thickness"])
        yield Line(
            Area(0, 0, 0, 0),
            kind,
            weight,
            opaque(said["Color"]),
            choose(said["Cap"], CAPS) if "Cap" in said else 1,
            dashes(said["Dash"]) if "Dash" in said else (),
            1,
            positive(said["Count"]) if "Count" in said else 1,
            length(said["Space"]) if "Space" in said else weight,
        )
