"""Floor 2, edges: a ReportLab canvas that notes what it prints.

The check sits where ReportLab writes text, so each character is held against the very font it is set in. Knows
nothing of RML or templates.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from docgen.errors import LimitExceeded
from docgen.render.pdf.glyphs import Printed

#: As many as docgen's own layout makes.
_MOST_PAGES = 20_000


class CheckedCanvas(Canvas):  # type: ignore[misc]
    """A canvas that counts its pages and notes every character its fonts lack."""

    def __init__(self, *args: Any, printed: Printed, **options: Any) -> None:
        self._printed = printed
        printed.pages = 0  # layout may take several passes, each with a new canvas
        super().__init__(*args, **options)

    def beginText(self, x: float = 0, y: float = 0, direction: str | None = None) -> PDFTextObject:
        """Return a text object that checks what it writes."""
        return _CheckedText(self, x, y, direction=direction)

    def showPage(self) -> None:
        """End the page and count it."""
        self._printed.pages += 1
        if self._printed.pages > _MOST_PAGES:  # Platypus never ends where it can neither place nor refuse something
            raise LimitExceeded(f"the document has more than {_MOST_PAGES:,} pages", hint="look for what does not fit")
        super().showPage()

    def note(self, text: str, font: str) -> None:
        """Note the characters of `text` that `font` does not have."""
        for position, char in enumerate(text):
            if not _has(font, char):
                around = text[max(0, position - 20) : position + 20].strip()
                self._printed.missing.setdefault((char, font), around)


class _CheckedText(PDFTextObject):  # type: ignore[misc]
    def _formatText(self, text: str | bytes) -> str:
        text = text.decode() if isinstance(text, bytes) else text
        self._canvas.note(text, self._fontname)
        return str(super()._formatText(text))


def _has(name: str, char: str) -> bool:
    font = pdfmetrics.getFont(name)
    if getattr(font, "_dynamicFont", False):
        return char in " \u00a0\n" or ord(char) in font.face.charToGlyph
    # The built-in fonts stand in for one another where one lacks a letter: Symbol has the Greek ones.
    return any(_encodable(char, other.encName) for other in (font, *font.substitutionFonts))


@lru_cache(maxsize=4096)
def _encodable(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
