"""Floor 2, edges: lines under and through an indented paragraph: ReportLab draws all but the first too far left."""

from __future__ import annotations

from typing import Any

from reportlab.platypus import paragraph

_draw = paragraph._do_under_line


def _under_line(line: int, left: float, extra: float, text: Any, marks: Any) -> None:
    """Draw the lines of one line of text; ReportLab leaves out the indent of those after the first."""
    _draw(line, left + (text.XtraState.style.leftIndent if line else 0), extra, text, marks)


def install() -> None:
    """Let ReportLab draw them in their place."""
    paragraph._do_under_line = _under_line
