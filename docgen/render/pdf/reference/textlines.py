"""Floor 2, edges: lines of text where ReportLab loses something on the way.

Of text of several looks that is centred or stands at the right it forgets the indent of a first line whose spaces are
narrower than usual, and moves all lines below by as much. The width of a word it has divided it takes to be the sum of
the pieces, which is another one by its last digit: a paragraph laid out twice then has other lines than it was
measured with.
"""

from __future__ import annotations

from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import paragraph

_TINY = 1e-8

_rejoin = paragraph._rejoinSplitFragWords


def _kept(draw: Any) -> Any:
    def draw_line(text: Any, indent: float, line: Any, last: int = 0) -> None:
        if indent and _is_narrowed(line):
            text.setXPos(indent)  # which drawing takes back
        draw(text, indent, line, last)

    return draw_line


def _is_narrowed(line: Any) -> bool:
    """Return whether ReportLab makes the spaces of a line narrower."""
    if line.extraSpace > -_TINY or getattr(line, "preformatted", False):
        return False
    texts = (word.text for word in line.words if not hasattr(word, "cbDefn"))
    return bool(line.wordCount + sum(text.count("\u00a0") for text in texts) > 1)


def _rejoined(pieces: Any) -> Any:
    """Return a word of its pieces, as wide as it was."""
    word = _rejoin(pieces)
    if not any(isinstance(piece, paragraph._SplitFragHY) for piece in pieces):
        word[0] = _width(word[1:])
    return word


def _width(parts: Any) -> float:
    width, look, text = 0.0, None, ""
    for own, more in parts:
        if look is not None and paragraph.sameFrag(look, own):
            text += more
            continue
        width += _text_width(look, text)
        look, text = own, more
    return width + _text_width(look, text)


def _text_width(look: Any, text: str) -> float:
    return float(stringWidth(text, look.fontName, look.fontSize)) if text else 0.0


def install() -> None:
    """Let ReportLab keep indents and widths."""
    paragraph._centerDrawParaLineX = _kept(paragraph._centerDrawParaLineX)
    paragraph._rightDrawParaLineX = _kept(paragraph._rightDrawParaLineX)
    paragraph._rejoinSplitFragWords = _rejoined
