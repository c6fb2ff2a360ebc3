"""Floor 2, edges: QR codes, pictures, Markdown and lines as RML elements."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup
from PIL import Image

from docgen.render.pdf.fonts import DEFAULT_FONT

MM = 72 / 25.4
#: Before a picture that the merge has allowed, in `src`: only these may lie outside the template's folder.
ALLOWED_PICTURE = "docgen-picture:"

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_LINKS = ("https://", "http://", "mailto:", "tel:")


class RmlRich:
    """Makes RML. Markdown is set in the styles `markdown` and `markdown-h1` ... where the body defines them.

    Attributes:
        pictures: token -> file or `data:` address of each picture a template asked for.
    """

    def __init__(self, styles: frozenset[str] = frozenset()) -> None:
        self.pictures: dict[str, str] = {}
        self._styles = styles

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> Markup:
        """Return a `<qr>`."""
        size, level = f"{size_mm * MM:.2f}", error.lower()
        return _markup(f'<qr value={quoteattr(data)} size="{size}" error="{level}" border="{border}"/>')

    def image(self, source: Path | bytes, *, width_mm: float | None, height_mm: float | None, alt: str) -> Markup:
        """Return an `<img>`, with both of its sizes, since in a paragraph it needs both."""
        if isinstance(source, bytes):
            token = ALLOWED_PICTURE + hashlib.sha256(source).hexdigest()[:16]
            self.pictures[token] = f"data:image/png;base64,{base64.b64encode(source).decode()}"
        else:
            token = ALLOWED_PICTURE + hashlib.sha256(str(source).encode()).hexdigest()[:16]
            self.pictures[token] = str(source)
        width, height = picture_size(source, width_mm, height_mm)
        return _markup(f'<img src="{token}" width="{width * MM:.2f}" height="{height * MM:.2f}" align="left"/>')

    def markdown(self, text: str) -> Markup:
        """Return paragraphs and lists."""
        tree = SyntaxTreeNode(_MARKDOWN.parse(text))
        return _markup("".join(self._block(node) for node in tree.children))

    def lines(self, lines: Sequence[str]) -> Markup:
        """Return the lines with `<br/>` between them."""
        return _markup("<br/>".join(escape(line) for line in lines))

    # --- Markdown ------------------------------------------------------------------------------

    def _block(self, node: SyntaxTreeNode) -> str:
        match node.type:
            case "paragraph":
                return self._paragraph(_inline(node), "markdown")
            case "heading":
                return self._paragraph(f"<b>{_inline(node)}</b>", f"markdown-{node.tag}", "markdown")
            case "bullet_list" | "ordered_list":
                return self._list(node)
            case "blockquote":
                return f'<indent left="14">{self._blocks(node)}</indent>'
            case "hr":
                return '<hr width="100%"/>'
            case "fence" | "code_block":
                return self._paragraph("<br/>".join(escape(node.content.rstrip("\n")).split("\n")), "markdown")
            case _:
                return self._blocks(node)

    def _blocks(self, node: SyntaxTreeNode) -> str:
        return "".join(self._block(child) for child in node.children)

    def _paragraph(self, content: str, *styles: str) -> str:
        style = next((style for style in styles if style in self._styles), None)
        return f"<para style={quoteattr(style)}>{content}</para>" if style else _plain(content)

    def _list(self, node: SyntaxTreeNode) -> str:
        font = f'bulletFontName="{DEFAULT_FONT}" bulletFontSize="10" leftIndent="14"'
        if node.type == "bullet_list":
            items = "".join(f"<li>{self._blocks(item)}</li>" for item in node.children)
            return f'<ul value="bulletchar" {font}>{items}</ul>'
        # z3c.rml starts anew with each item that does not say its number.
        numbered = enumerate(node.children, int(node.attrs.get("start", 1)))
        items = "".join(f'<li value="{number}">{self._blocks(item)}</li>' for number, item in numbered)
        return f'<ol bulletFormat="%s." {font}>{items}</ol>'


def _markup(rml: str) -> Markup:
    return Markup(rml)  # noqa: S704 - whatever came from outside was escaped when it was put in


def _plain(content: str) -> str:
    return f'<para fontName="{DEFAULT_FONT}" fontSize="10" leading="14">{content}</para>'


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline"):
        return escape(node.content)
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "<br/>"
    if node.type == "image":
        return escape(node.content)
    content = "".join(_inline(child) for child in node.children)
    target = str(node.attrs.get("href", "")) if node.type == "link" else ""
    if target.lower().startswith(_LINKS):
        return f"<a href={quoteattr(target)}>{content}</a>"
    tag = {"strong": "b", "em": "i"}.get(node.type)
    return f"<{tag}>{content}</{tag}>" if tag else content


def picture_size(source: Path | bytes, width_mm: float | None, height_mm: float | None) -> tuple[float, float]:
    """Return width and height in mm; what is not given follows from the picture's own shape, at 96 dots an inch."""
    with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as picture:
        width, height = picture.size
    if width_mm is None and height_mm is None:
        width_mm = width * 25.4 / 96
    if width_mm is None:
        assert height_mm is not None
        return height_mm * width / height, height_mm
    return width_mm, height_mm if height_mm is not None else width_mm * height / width
