"""Floor 2, edges: what draws on ReportLab's canvas, as ink: charts, bar codes, vectors.

A canvas that writes no file: its text is set in the faces of the template, its colours are RGB, its pictures go to the
store. ReportLab keeps its fonts in module globals, so one drawing is recorded at a time.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from reportlab.lib.colors import Color, toColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from docgen.render.pdf.alone import ALONE
from docgen.render.pdf.drawing.samples import as_picture
from docgen.render.pdf.layout.blocks import FontUse, Ink
from docgen.render.pdf.layout.linetext import set_line
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.resources import Opacity

#: ReportLab's canvas begins with these states set.
_BEGIN = "q 1 w 0 J 0 j 0 0 0 rg 0 0 0 RG\n"


def record(draw: Callable[[Canvas], None], maker: Maker) -> Ink:
    """Return what `draw` draws on a canvas, around the canvas's origin."""
    with ALONE:
        maker.letters.register()
        canvas = _Recorder(maker)
        draw(canvas)
    return Ink(f"{_BEGIN}{canvas.operators}Q\n", frozenset(canvas.fonts), frozenset(canvas.resources))


class _Recorder(Canvas):  # type: ignore[misc]
    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self.fonts: set[FontUse] = set()
        self.resources: set[str] = set()
        self._alphas = [1.0, 1.0]
        self._kept_alphas: list[list[float]] = []
        super().__init__(io.BytesIO(), invariant=1, initialFontName="Helvetica")
        self._code.clear()

    @property
    def operators(self) -> str:
        """Return what was drawn."""
        return "".join(f"{line}\n" for line in self._code)

    def beginText(self, x: float = 0, y: float = 0, direction: str | None = None) -> PDFTextObject:
        """Return a text object that writes glyphs of the template's faces."""
        return _RecordedText(self, x, y, direction=direction)

    def setFont(self, psfontname: str, size: float, leading: float | None = None) -> None:
        """Note the font; it is written where text is."""
        self._fontname, self._fontsize = psfontname, size
        self._leading = leading if leading is not None else size * 1.2

    def saveState(self) -> None:
        """Keep the opacities too."""
        self._kept_alphas.append(list(self._alphas))
        super().saveState()

    def restoreState(self) -> None:
        """Take the opacities back."""
        if self._kept_alphas:
            self._alphas = self._kept_alphas.pop()
        super().restoreState()

    def setFillColor(self, aColor: object, alpha: float | None = None) -> None:
        """Set the colour in RGB."""
        super().setFillColor(_rgb(aColor), alpha)

    def setStrokeColor(self, aColor: object, alpha: float | None = None) -> None:
        """Set the colour in RGB."""
        super().setStrokeColor(_rgb(aColor), alpha)

    def setFillAlpha(self, a: float) -> None:
        """Set the opacity of fills."""
        self._set_alpha(0, a)

    def setStrokeAlpha(self, a: float) -> None:
        """Set the opacity of lines."""
        self._set_alpha(1, a)

    def _set_alpha(self, index: int, alpha: float) -> None:
        if self._alphas[index] != alpha:
            self._alphas[index] = alpha
            name = self._maker.store.add(Opacity(*self._alphas))
            self.resources.add(name)
            self._code.append(f"/{name} gs")

    def setFillOverprint(self, a: object) -> None:
        """Leave it out: colours are those of screens."""

    setStrokeOverprint = setOverprintMask = setBlendMode = setFillOverprint

    def drawImage(self, image: Any, x: float, y: float, *sizes: Any, **options: Any) -> None:
        """Draw a picture stretched to its box."""
        width, height = (*sizes, None, None)[:2]
        self._draw(image, x, y, options.get("width", width), options.get("height", height))

    drawInlineImage = drawImage

    def _draw(self, image: Any, x: float, y: float, width: float | None, height: float | None) -> None:
        opened = image if isinstance(image, Image.Image) else ImageReader(image)._image
        name = self._maker.store.add(as_picture(opened))
        self.resources.add(name)
        width, height = width or opened.width, height or opened.height
        self._code.append(f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {y:.3f} cm /{name} Do Q")

    def glyphs(self, text: str, font: str, size: float, leading: float) -> str:
        """Return the operators that show text."""
        line = set_line(text, font, size, self._maker.letters, self._maker.document.language)
        self.fonts |= line.fonts
        self._maker.document.lacks += line.lacks
        return f"{leading:.4g} TL {line.operators}"


class _RecordedText(PDFTextObject):  # type: ignore[misc]
    def _formatText(self, text: str | bytes) -> str:
        text = text.decode() if isinstance(text, bytes) else text
        return str(self._canvas.glyphs(text, self._fontname, self._fontsize, self._leading))

    def setFont(self, psfontname: str, size: float, leading: float | None = None) -> None:
        self._fontname, self._fontsize = psfontname, size
        self._leading = leading if leading is not None else size * 1.2


def _rgb(value: object) -> Color:
    found = toColor(value)
    return Color(*found.rgb(), alpha=found.alpha)
