"""Floor 2, edges: QR codes, pictures, Markdown and lines as HTML, for messages and for documents.

A message refers to its pictures by `cid:`, a document carries them inside itself as `data:`, since it is one file.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape, unescape
from pathlib import Path
from typing import Literal

import segno
from markdown_it import MarkdownIt
from markupsafe import Markup

from docgen.errors import TemplateError, did_you_mean
from docgen.model import Artifact, Where

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif"}
_PIXELS_PER_MM = 96 / 25.4
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)
#: `src` and `background` name pictures; so does `url()` in styles.
_REFERENCE = re.compile(
    r"""(<(?:img|input|td|th|table|body)\b[^>]*?\s(?:src|background)\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE
)
_STYLE_URL = re.compile(r"""(\burl\(\s*)(&quot;|"|'|)([^"')&]+)(\2\s*\))""", re.IGNORECASE)

_pictures: ContextVar[dict[str, Artifact]] = ContextVar("pictures")


@contextmanager
def collecting() -> Iterator[dict[str, Artifact]]:
    """Collect the pictures of one rendering: name -> file, in order of appearance."""
    token = _pictures.set({})
    try:
        yield _pictures.get()
    finally:
        _pictures.reset(token)


class HtmlRich:
    """Makes HTML. `embed` says how a picture is referred to."""

    def __init__(self, embed: Literal["cid", "data"]) -> None:
        self._refer: Callable[[Artifact], str] = _as_cid if embed == "cid" else _as_data

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> Markup:
        """Return a picture: mail readers show no vectors."""
        output = io.BytesIO()
        segno.make_qr(data, error=error, boost_error=False).save(output, kind="png", scale=8, border=border)
        content = output.getvalue()
        name = f"qr-{hashlib.sha256(content).hexdigest()[:12]}.png"
        return self._img(Artifact(content, "image/png", name), size_mm, size_mm, data)

    def image(self, source: Path | bytes, *, width_mm: float | None, height_mm: float | None, alt: str) -> Markup:
        """Return an `<img>`."""
        if isinstance(source, bytes):
            picture = Artifact(source, "image/png", f"image-{hashlib.sha256(source).hexdigest()[:12]}.png")
        else:
            picture = _read(source, source.name)
        return self._img(picture, width_mm, height_mm, alt)

    def markdown(self, text: str) -> Markup:
        """Return CommonMark as HTML."""
        return _markup(_MARKDOWN.render(text).strip())

    def lines(self, lines: Sequence[str]) -> Markup:
        """Return the lines with `<br>` between them; with the slash, since MJML is XML."""
        return _markup("<br/>".join(escape(line) for line in lines))

    def _img(self, picture: Artifact, width_mm: float | None, height_mm: float | None, alt: str) -> Markup:
        sizes = "".join(
            f' {name}="{round(size * _PIXELS_PER_MM)}"'
            for name, size in (("width", width_mm), ("height", height_mm))
            if size is not None
        )
        return _markup(f'<img src="{escape(self._refer(picture))}"{sizes} alt="{escape(alt)}"/>')

    def take_in(self, html: str, folder: Path, where: Where) -> str:
        """Return the HTML with the pictures it names in the template's folder taken in.

        Addresses on the web stay as they are.

        Raises:
            TemplateError: a picture is not there, or outside the folder.
        """

        def referred(name: str) -> str:
            name = unescape(name)
            if not name or _SCHEME.match(name):
                return name
            return self._refer(_find(name, folder, where))

        html = _REFERENCE.sub(lambda match: f'{match[1]}"{escape(referred(match[2][1:-1]))}"', html)
        return _STYLE_URL.sub(lambda match: match[1] + match[2] + referred(match[3].strip()) + match[4], html)


def _markup(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - whatever came from outside was escaped when it was put in


def _find(name: str, folder: Path, where: Where) -> Artifact:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise TemplateError(f'the picture "{name}" is outside the template\'s folder', where=where)
    if not path.is_file() or path.suffix.lower() not in _MEDIA_TYPES:
        pictures = (str(file.relative_to(folder)) for file in folder.rglob("*") if file.suffix in _MEDIA_TYPES)
        raise TemplateError(
            f'there is no picture "{name}" (PNG, JPEG or GIF) in the template\'s folder',
            where=where,
            hint=did_you_mean(name, pictures),
        )
    return _read(path, path.relative_to(folder.resolve()).as_posix().replace("/", "-"))


def _read(path: Path, name: str) -> Artifact:
    name = re.sub(r"[^\w.-]", "-", name, flags=re.ASCII)
    return Artifact(path.read_bytes(), _MEDIA_TYPES.get(path.suffix.lower(), "image/png"), name)


def _as_cid(picture: Artifact) -> str:
    pictures = _pictures.get()
    known = pictures.get(picture.file_name)
    if known is not None and known.content != picture.content:
        picture = Artifact(picture.content, picture.media_type, f"{picture.sha256[:8]}-{picture.file_name}")
    pictures[picture.file_name] = picture
    return f"cid:{picture.file_name}"


def _as_data(picture: Artifact) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.content).decode()}"
