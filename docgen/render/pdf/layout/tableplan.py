"""Floor 2, edges: what drawing rows needs to know of their cells, reckoned once for rows that look alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from docgen.render.pdf.layout.kept import Cache
from docgen.render.pdf.layout.tablegrid import Looks, change
from docgen.render.pdf.layout.tablestyle import CellStyle


class Step(NamedTuple):
    """A cell of a row.

    Attributes:
        inner: the width of its content; `pad` is what stands above and below it.
        left: where its column begins, and `width` how wide that is.
        start: where its content begins.
        line: from a line of plain text to the next.
        quick: its content begins at its upper left corner.
        linked: it leads somewhere.
    """

    look: CellStyle
    inner: float
    pad: float
    left: float
    width: float
    start: float
    line: float
    quick: bool
    linked: bool


Plan = tuple[Step, ...]


def plan_of(looks: Looks, xs: Sequence[float], widths: Sequence[float], cache: Cache) -> Plan:
    """Return the plan of rows with some looks; `xs` are the edges of their columns, which are rounded sums of widths.

    Looks are not to be made anew for each row: plans are kept by which object they are.
    """
    key = ("table plan", id(looks))
    found = cache.get(key)
    if found is not None and found[0] is looks and found[1] == widths:
        plan: Plan = found[2]
        return plan
    plan = tuple(_step(look, xs[at], widths[at]) for at, look in enumerate(looks))
    cache.keep(key, (looks, widths, plan))
    return plan


def changed(looks: Looks, column: int, changes: tuple[tuple[str, Any], ...], cache: Cache) -> Looks:
    """Return the looks of a row where one cell has its own; the same object for the same changes."""
    key = ("table looks", id(looks), column, changes)
    found = cache.get(key)
    if found is None or found[0] is not looks:
        found = cache.keep(key, (looks, change(looks, (column,), changes)))
    new: Looks = found[1]
    return new


def _step(look: CellStyle, left: float, width: float) -> Step:
    return Step(
        look,
        width - look.left - look.right,
        look.top + look.bottom,
        left,
        width,
        left + look.left,
        look.leading or 1.2 * look.size,
        look.align == "LEFT" and look.valign == "TOP",
        bool(look.href or look.destination),
    )
