"""Floor 2, edges: what becomes of a table's commands where it is split between two rows, as in ReportLab.

A command is anything with an `area`; `cut` is the number of rows above the split.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from docgen.render.pdf.layout.tablestyle import Area, Fill, Line

Command = TypeVar("Command", Fill, Line)


def split_lines(lines: Iterable[Line], cut: int, rows: int, columns: int, in_row: bool = False) -> list[Line]:
    """Return lines of the whole table such that those that meet the split are drawn on both sides of it."""
    found: list[Line] = []
    for line in lines:
        found += _split_line(_settle(line, cut, rows, columns), cut, in_row)
    return found


def _settle(line: Line, cut: int, rows: int, columns: int) -> Line:
    left, top, right, bottom, at = line.area
    if at:
        top = bottom = cut - 1 if at == "splitlast" else cut
    left, right = (x + columns if x < 0 else x for x in (left, right))
    top, bottom = (y + rows if y < 0 else y for y in (top, bottom))
    return line._replace(area=Area(left, top, right, bottom))


def _split_line(line: Line, cut: int, in_row: bool) -> Iterator[Line]:
    left, top, right, bottom, _ = line.area
    crossed = top < cut <= bottom

    def side(kind: str, left: int, top: int, right: int, bottom: int) -> Line:
        return line._replace(kind=kind, area=Area(left, top, right, bottom))

    above_cut, below_cut = side("LINEBELOW", left, cut - 1, right, cut - 1), side("LINEABOVE", left, cut, right, cut)
    if line.kind in ("BOX", "OUTLINE", "GRID") and (crossed or (in_row and top == cut)):
        yield side("LINEABOVE", left, top, right, top)
        yield side("LINEBEFORE", left, top, left, bottom)
        yield side("LINEAFTER", right, top, right, bottom)
        yield side("LINEBELOW", left, bottom, right, bottom)
        if line.kind == "GRID" and in_row:
            yield side("INNERGRID", left, top, right, cut - 1)
            yield side("INNERGRID", left, cut, right, bottom)
        elif line.kind == "GRID":
            yield from (above_cut, below_cut, side("INNERGRID", left, top, right, bottom))
        return
    if line.kind == "INNERGRID" and crossed and not in_row:
        yield from (above_cut, below_cut)
    elif line.kind == "LINEBELOW" and top < cut <= bottom + 1:
        yield below_cut
    elif line.kind == "LINEABOVE" and top <= cut <= bottom:
        yield above_cut
    yield line


def above(area: Area, cut: int, rows: int) -> Iterator[Area]:
    """Return what is left of an area above the split."""
    left, top, right, bottom, _ = area
    top = top + rows if top < 0 else top
    if top < cut:
        yield Area(left, top, right, min(bottom, cut - 1))


def below(area: Area, cut: int, rows: int, repeated: int) -> Iterator[Area]:
    """Return what is left of an area below the split, where the first `repeated` rows stand once more."""
    left, top, right, bottom, _ = area
    if not repeated:
        if not 0 <= bottom < cut:
            top = 0 if 0 <= top < cut else top - cut if top >= cut else top
            yield Area(left, top, right, bottom - cut if bottom >= cut else bottom)
        return
    top, bottom = (y + rows if y < 0 else y for y in (top, bottom))
    first, last = max(top, 0), min(bottom, repeated - 1)
    if first <= last:
        yield Area(left, first, right, last)
    if bottom >= cut:
        yield Area(left, max(top - cut, 0) + repeated, right, max(bottom - cut, 0) + repeated)


def fills_above(fills: Iterable[Fill], cut: int, rows: int) -> list[Fill]:
    """Return the backgrounds above the split."""
    found = []
    for fill in fills:
        if fill.area.at:
            found.append(fill)
        area = fill.area
        if area.at == "splitfirst":
            continue
        if area.at:
            area = Area(area.left, cut - 1, area.right, cut - 1)
        found += [fill._replace(area=part) for part in above(area, cut, rows)]
    return found


def fills_below(fills: Iterable[Fill], cut: int, rows: int, repeated: int) -> list[Fill]:
    """Return the backgrounds below the split."""
    found = []
    for fill in fills:
        if fill.area.at:
            found.append(fill)
        area = fill.area
        if area.at == "splitlast":
            continue
        if area.at:
            area = Area(area.left, cut, area.right, cut)
        found += [fill._replace(area=part) for part in below(area, cut, rows, repeated)]
    return found


def lines_above(lines: Iterable[Line], cut: int, rows: int) -> list[Line]:
    """Return the lines above the split, of those that `split_lines` gave."""
    return [line._replace(area=part) for line in lines for part in above(line.area, cut, rows)]


def lines_below(lines: Iterable[Line], cut: int, rows: int, repeated: int) -> list[Line]:
    """Return the lines below the split, of those that `split_lines` gave."""
    return [line._replace(area=part) for line in lines for part in below(line.area, cut, rows, repeated)]
