"""Floor 2, edges: lines of text where ReportLab loses something on the way.

Of text of several looks that is centred or stands at the right it forgets the indent of a first line whose spaces are
narrower than usual, and moves all lines below by as much. A word it has divided stays in pieces: its width becomes
their sum, which is another one by its last digit, so that a paragraph laid out twice has other lines than it was
measured with, and a background behind it has seams. It breaks such a paragraph anew from the pieces, which may make
other lines even so: here it begins with the text each time.
"""

from __future__ import annotations

from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import paragraph

_TINY = 1e-8

_rejoin = paragraph._rejoinSplitFragWords
_wrap = paragraph.Paragraph.wrap


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
    """Return a word as it was before it was divided, if no hyphen did it."""
    word = _rejoin(pieces)
    if any(type(text) is not str for _, text in word[1:]) or any(
        isinstance(piece, paragraph._SplitFragHY) for piece in pieces
    ):
        return word
    parts: list[Any] = []
    for look, text in word[1:]:
        if parts and paragraph.sameFrag(parts[-1][0], look):
            parts[-1] = parts[-1][0], parts[-1][1] + text
        else:
            parts.append((look, text))
    width = 0.0
    for look, text in parts:  # in the order in which it was measured, since the last digit counts
        width += stringWidth(text, look.fontName, look.fontSize)
    word[:] = width, *parts
    return word


def _wrapped(block: Any, width: float, height: float) -> Any:
    """Break a paragraph, from its text if it was broken before."""
    text, made = getattr(block, "_broken_from", (None, None))
    if text is not None and block.frags is made:
        block.frags = text
    text = block.frags
    size = _wrap(block, width, height)
    block._broken_from = text, block.frags
    return size


def install() -> None:
    """Let ReportLab keep indents and widths."""
    paragraph._centerDrawParaLineX = _kept(paragraph._centerDrawParaLineX)
    paragraph._rightDrawParaLineX = _kept(paragraph._rightDrawParaLineX)
    paragraph._rejoinSplitFragWords = _rejoined
    paragraph.Paragraph.wrap = _wrapped
