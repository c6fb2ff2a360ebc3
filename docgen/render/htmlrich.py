"""Floor 2, edges: QR codes, pictures, Markdown and lines as HTML, for messages and for documents.

A message refers to its pictures by `cid:`, a document carries them inside itself as `data:`, since it is one file.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from docgen import prose
from docgen.errors import UnsupportedFeature
from docgen.model import Artifact
from docgen.pictures import Picture, read_picture
from docgen.prose import FindPicture, no_pictures, parse_html, parse_markdown, to_html
from docgen.render.matrixcodes import code_modules, code_png
from docgen.rich import Look
from docgen.sandbox import clean_text

_SCRIPTS = {"super": "sup", "sub": "sub"}
_PIXELS_PER_MM = 96 / 25.4

_pictures: ContextVar[dict[str, Artifact]] = ContextVar("pictures")


@contextmanager
def collecting() -> Iterator[dict[str, Artifact]]:
    """Collect the pictures of one rendering: name -> file, in order of appearance."""
    token = _pictures.set({})
    try:
        yield _pictures.get()
    finally:
        _pictures.reset(token)


def collected() -> dict[str, Artifact]:
    """Return the pictures collected so far."""
    return _pictures.get()


class HtmlRich:
    """Makes HTML. `embed` says how a picture is referred to, which `refer` does."""

    def __init__(self, embed: Literal["cid", "data"]) -> None:
        self._embed = embed
        self.refer: Callable[[Artifact], str] = _as_cid if embed == "cid" else _as_data

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> Markup:
        """Return a picture: mail readers show no vectors."""
        content = code_png(code_modules("qr", data, border, error), 8)
        name = f"qr-{hashlib.sha256(content).hexdigest()[:12]}.png"
        return self._img(Artifact(content, "image/png", name), size_mm, size_mm, clean_text(data))

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
        """Return an `<img>`, in a link where it has an anchor."""
        picture = read_picture(source)
        file = self._file(picture, source)
        if width_mm is not None or height_mm is not None or picture.vector is not None:
            width_mm, height_mm = picture.size(width_mm, height_mm, fit)
        shown = self._img(file, width_mm, height_mm, alt)
        return _markup(f'<a href="{escape(anchor)}">{shown}</a>') if anchor else shown

    def rich(self, text: str, look: Look) -> Markup:
        """Return text in another look; a style is a class of the style sheet."""
        return write_rich(text, look)

    def link(self, address: str, text: str) -> Markup:
        """Return a link."""
        return _markup(f'<a href="{escape(address)}">{escape(text)}</a>')

    def checkbox(self, checked: bool, label: str) -> Markup:
        """Return a box, which every reader shows, and its label."""
        box = f"&#{0x2612 if checked else 0x2610};"
        return _markup(f"{box}&#160;{escape(label)}" if label else box)

    def page_break(self) -> Markup:
        """Return a page's end, for printing.

        Raises:
            UnsupportedFeature: a message has no pages.
        """
        if self._embed == "cid":
            raise UnsupportedFeature("a message has no pages", hint="leave page_break() out")
        return _markup('<div style="break-after: page"></div>')

    def markdown(self, text: str, find: FindPicture = no_pictures) -> Markup:
        """Return CommonMark as HTML."""
        return _markup(to_html(parse_markdown(text, find), self._show))

    def html(self, text: str, find: FindPicture = no_pictures) -> Markup:
        """Return HTML written anew: what runs, loads or is hidden is not in it."""
        return _markup(to_html(parse_html(text, find), self._show))

    def _show(self, picture: prose.Picture) -> str:
        """Return the `<img>` of formatted text; one on the web stays there."""
        if not isinstance(picture.source, str):
            return self.image(picture.source, width_mm=picture.width_mm, height_mm=picture.height_mm, alt=picture.alt)
        sizes = _sizes(picture.width_mm, picture.height_mm)
        return f'<img src="{escape(picture.source)}"{sizes} alt="{escape(picture.alt)}"/>'

    def lines(self, lines: Sequence[str]) -> Markup:
        """Return the lines with `<br>` between them; with the slash, since MJML is XML."""
        return _markup("<br/>".join(escape(line) for line in lines))

    def _file(self, picture: Picture, source: Path | bytes) -> Artifact:
        """Return a picture as a file; a page shows drawings as they are, a message shows pixels."""
        if picture.vector is not None and self._embed == "data":
            return Artifact(picture.vector, "image/svg+xml", "image.svg")
        stem = f"image-{hashlib.sha256(picture.content).hexdigest()[:12]}" if isinstance(source, bytes) else source.stem
        name = source.name if isinstance(source, Path) and not picture.changed else f"{stem}.{picture.ending}"
        return Artifact(picture.content, picture.media_type, re.sub(r"[^\w.-]", "-", name, flags=re.ASCII))

    def _img(self, picture: Artifact, width_mm: float | None, height_mm: float | None, alt: str) -> Markup:
        sizes = _sizes(width_mm, height_mm)
        return _markup(f'<img src="{escape(self.refer(picture))}"{sizes} alt="{escape(alt)}"/>')


def write_rich(text: str, look: Look) -> Markup:
    """Return text in a look, as HTML."""
    lines = " ".join(name for name, wanted in (("underline", look.underline), ("line-through", look.strike)) if wanted)
    styles = {
        "font-weight": None if look.bold is None else "bold" if look.bold else "normal",
        "font-style": None if look.italic is None else "italic" if look.italic else "normal",
        "text-decoration": lines or None,
        "color": f"#{look.color}" if look.color else None,
        "background-color": f"#{look.highlight}" if look.highlight else None,
        "font-size": f"{look.size:g}pt" if look.size else None,
        "font-family": f"'{look.font}'" if look.font else None,
    }
    written = "; ".join(f"{name}: {value}" for name, value in styles.items() if value)
    attributes = f' class="{_class(look.style)}"' if look.style else ""
    attributes += f' style="{escape(written)}"' if written else ""
    html = escape(text).replace("\n", "<br/>")
    html = f"<span{attributes}>{html}</span>" if attributes else html
    return _markup(f"<{_SCRIPTS[look.script]}>{html}</{_SCRIPTS[look.script]}>" if look.script else html)


def _class(style: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", style.lower()).strip("-")


def _sizes(width_mm: float | None, height_mm: float | None) -> str:
    sizes = (("width", width_mm), ("height", height_mm))
    return "".join(f' {name}="{round(size * _PIXELS_PER_MM)}"' for name, size in sizes if size is not None)


def _markup(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - whatever came from outside was escaped when it was put in


def _as_cid(picture: Artifact) -> str:
    pictures = _pictures.get()
    known = pictures.get(picture.file_name)
    if known is not None and known.content != picture.content:
        picture = Artifact(picture.content, picture.media_type, f"{picture.sha256[:8]}-{picture.file_name}")
    pictures[picture.file_name] = picture
    return f"cid:{picture.file_name}"


def _as_data(picture: Artifact) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.content).decode()}"
