"""Floor 2, edges: lines under and through a paragraph's text.

Of an indented one ReportLab draws all but the first too far left; where an element has no text, it makes a speck.
"""

from __future__ import annotations

from typing import Any

from reportlab.platypus import paragraph

_SHORTEST = 1e-8
_draw = paragraph._do_under_line
_draw_one = paragraph._do_line


def _under_line(line: int, left: float, extra: float, text: Any, marks: Any) -> None:
    """Draw the lines of one line of text; ReportLab leaves out the indent of those after the first."""
    _draw(line, left + (text.XtraState.style.leftIndent if line else 0), extra, text, marks)


def _line(text: Any, x: float, y: float, right: float, top: float, width: float, colour: Any) -> None:
    """Draw a line, if it has any length."""
    if abs(right - x) > _SHORTEST:
        _draw_one(text, x, y, right, top, width, colour)


def install() -> None:
    """Let ReportLab draw them in their place."""
    paragraph._do_line = _line
    paragraph._do_under_line = _under_line
