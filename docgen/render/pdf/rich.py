"""Floor 2, edges: QR codes, pictures, Markdown and lines as RML elements."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from docgen import prose
from docgen.errors import UnsupportedFeature
from docgen.limits import current_work
from docgen.pictures import Picture, read_picture
from docgen.prose import FindPicture, no_pictures, parse_html, parse_markdown
from docgen.render.pdf.charts import plan_chart
from docgen.render.pdf.fonts import DEFAULT_FONT
from docgen.render.pdf.prose import LINK_COLOUR, RmlProse
from docgen.rich import Look

MM = 72 / 25.4
#: Before a picture that the merge has allowed, in `src`: only these may lie outside the template's folder.
ALLOWED_PICTURE = "docgen-picture:"

_WIDEST_MM = 160.0
_TICKED, _EMPTY = "\u2611", "\u2610"


class RmlRich:
    """Makes RML. Markdown is set in the styles `markdown` and `markdown-h1` ... where the body defines them.

    Attributes:
        pictures: token -> file or `data:` address of each picture a template asked for.

    Args:
        styles: the names of the body's styles.
        vectors: whether drawings stay drawings; else they are shown as pictures of them.
    """

    def __init__(self, styles: frozenset[str] = frozenset(), vectors: bool = False) -> None:
        self.pictures: dict[str, str] = {}
        self._styles = styles
        self._vectors = vectors

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> Markup:
        """Return a `<qr>`."""
        size, level = f"{size_mm * MM:.2f}", error.lower()
        return _markup(f'<qr value={quoteattr(data)} size="{size}" error="{level}" border="{border}"/>')

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
        """Return an `<img>`, with both of its sizes, since in a paragraph it needs both."""
        if anchor:
            raise UnsupportedFeature("a picture in RML cannot lead anywhere", hint="put a link beside it")
        picture = read_picture(source)
        width, height = picture.size(width_mm, height_mm, fit)
        token = self._allow(picture, source)
        sizes = f'width="{width * MM:.2f}" height="{height * MM:.2f}"'
        return _markup(f'<img src="{token}" {sizes} align="left" alt={quoteattr(alt)}/>')

    def _allow(self, picture: Picture, source: Path | bytes) -> str:
        """Return the token that stands for a picture in the body."""
        if isinstance(source, Path) and not picture.changed:
            token = ALLOWED_PICTURE + hashlib.sha256(str(source).encode()).hexdigest()[:16]
            self.pictures[token] = str(source)
        else:
            drawn = picture.vector if self._vectors else None
            content, kind = (drawn, "image/svg+xml") if drawn else (picture.content, picture.media_type)
            token = ALLOWED_PICTURE + hashlib.sha256(content).hexdigest()[:16]
            self.pictures[token] = f"data:{kind};base64,{base64.b64encode(content).decode()}"
        return token

    def rich(self, text: str, look: Look) -> Markup:
        """Return text in another look; a style is a `<spanStyle>` of the body."""
        return _markup(_write_rich(text, look))

    def link(self, address: str, text: str) -> Markup:
        """Return a link."""
        return _markup(f'<a href={quoteattr(address)} color="{LINK_COLOUR}"><u>{escape(text)}</u></a>')

    def checkbox(self, checked: bool, label: str) -> Markup:
        """Return a box, in the shipped font, which has one, and its label."""
        box = f'<font name="{DEFAULT_FONT}">{_TICKED if checked else _EMPTY}</font>'
        return _markup(f"{box}\u00a0{escape(label)}" if label else box)

    def page_break(self) -> Markup:
        """Return the end of a page, between paragraphs."""
        return _markup("<nextPage/>")

    def markdown(self, text: str, find: FindPicture = no_pictures) -> Markup:
        """Return paragraphs, lists and tables."""
        return _markup(RmlProse(self._styles, self._draw).write(parse_markdown(text, find)))

    def html(self, text: str, find: FindPicture = no_pictures) -> Markup:
        """Return paragraphs, lists and tables."""
        return _markup(RmlProse(self._styles, self._draw).write(parse_html(text, find)))

    def chart(self, kind: str, rows: Sequence[object], **wanted: Any) -> Markup:
        """Return a `<chart>`."""
        plan = plan_chart(kind, rows, current_work().names, **wanted)
        return _markup(f"<chart data={quoteattr(plan.write())} alt={quoteattr(plan.alt)}/>")

    def lines(self, lines: Sequence[str]) -> Markup:
        """Return the lines with `<br/>` between them."""
        return _markup("<br/>".join(escape(line) for line in lines))

    def _draw(self, picture: prose.Picture) -> str:
        """Return the `<img>` of formatted text, no wider than a page's text."""
        assert not isinstance(picture.source, str)
        found = read_picture(picture.source)
        width, height = found.size(picture.width_mm, picture.height_mm)
        scale = min(1.0, _WIDEST_MM / width)
        width, height = width * scale, height * scale
        return self.image(picture.source, width_mm=width, height_mm=height, alt=picture.alt, fit="stretch")


def _markup(rml: str) -> Markup:
    return Markup(rml)  # noqa: S704 - whatever came from outside was escaped when it was put in


def _write_rich(text: str, look: Look) -> str:
    rml = escape(text).replace("\n", "<br/>")
    tags = (
        ("b", look.bold),
        ("i", look.italic),
        ("u", look.underline),
        ("strike", look.strike),
        (look.script, look.script),
    )
    for tag, wanted in tags:
        rml = f"<{tag}>{rml}</{tag}>" if wanted else rml
    font_attributes = {
        "name": look.font,
        "size": f"{look.size:g}" if look.size else None,
        "color": f"#{look.color}" if look.color else None,
        "backColor": f"#{look.highlight}" if look.highlight else None,
    }
    written = "".join(f" {name}={quoteattr(value)}" for name, value in font_attributes.items() if value)
    rml = f"<font{written}>{rml}</font>" if written else rml
    return f"<span style={quoteattr(look.style)}>{rml}</span>" if look.style else rml
