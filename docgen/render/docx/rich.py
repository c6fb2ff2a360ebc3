"""Floor 2, edges: what makes rich values for Word documents; `spot.fill` places them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup

from docgen.limits import current_work
from docgen.pictures import Picture, read_picture
from docgen.prose import FindPicture, no_pictures, parse_html, parse_markdown
from docgen.render.docx import values
from docgen.render.docx.charts.chart import Wish, make_chart
from docgen.render.docx.clauses.subdocument import Library
from docgen.render.docx.package import Package
from docgen.render.docx.spot import leave
from docgen.render.docx.writing.inline import CharacterStyles, Checkbox, FormattedText, Link, PageBreak
from docgen.render.docx.writing.pictures import PlacedPicture
from docgen.render.docx.writing.prose import WordProse
from docgen.render.matrixcodes import code_modules, code_png
from docgen.rich import Look
from docgen.sandbox import clean_text


class DocxRich:
    """Leaves tokens; `spot.fill` replaces them."""

    lays_out = True

    def __init__(self, package: Package, library: Library) -> None:
        self._package = package
        self._library = library

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> Markup:
        """Return a picture of the code, fine enough to print."""
        picture = Picture(code_png(code_modules("qr", data, border, error), 10), "image/png", size_mm, size_mm)
        return leave(PlacedPicture(picture, alt=clean_text(data)))

    def image(
        self,
        source: Path | bytes,
        *,
        width_mm: float | None,
        height_mm: float | None,
        alt: str,
        fit: str = "contain",
        anchor: str = "",
    ) -> Markup:
        """Return a picture in the line of text, or in place of the one whose alternative text it is."""
        return leave(PlacedPicture(read_picture(source), width_mm, height_mm, fit, alt, anchor))

    def rich(self, text: str, look: Look) -> Markup:
        """Return text in another look."""
        style = self._styles.find(look.style) if look.style is not None else None
        return leave(FormattedText(text, look, style))

    def link(self, address: str, text: str) -> Markup:
        """Return a link, in the template's style for links where it has one."""
        return leave(Link(address, text, self._styles.get("hyperlink")))

    def checkbox(self, checked: bool, label: str) -> Markup:
        """Return a box that a reader can tick."""
        return leave(Checkbox(checked, label))

    def page_break(self) -> Markup:
        """Return the end of a page."""
        return leave(PageBreak())

    def adopt(self, value: object) -> object:
        """Return what docxtpl prints for a value of its own classes."""
        return values.adopt(value)

    @cached_property
    def _styles(self) -> CharacterStyles:
        return CharacterStyles(self._package)

    def markdown(self, text: str, find: FindPicture = no_pictures) -> Markup:
        """Return blocks, or a piece of text where it is one paragraph."""
        return leave(WordProse(parse_markdown(text, find)))

    def html(self, text: str, find: FindPicture = no_pictures) -> Markup:
        """Return blocks, as for Markdown."""
        return leave(WordProse(parse_html(text, find)))

    def subdocument(self, files: list[Path], names: Mapping[str, object]) -> Markup:
        """Return Word documents, merged."""
        return leave(self._library.merge(files, names))

    def chart(self, kind: str, rows: Sequence[object], **wanted: Any) -> Markup:
        """Return a chart; `wanted` as `chart.Wish` has it."""
        return leave(make_chart(Wish(kind=kind, rows=rows, **wanted), current_work().names, self._package))

    def lines(self, lines: Sequence[str]) -> str:
        """Return the lines; line breaks are made of them."""
        return "\n".join(lines)
