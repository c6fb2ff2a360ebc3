"""Floor 2, edges: QR codes, pictures, Markdown and lines as RML elements."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from docgen.errors import UnsupportedFeature
from docgen.pictures import Picture, read_picture
from docgen.render.pdf.fonts import DEFAULT_FONT

MM = 72 / 25.4
#: Before a picture that the merge has allowed, in `src`: only these may lie outside the template's folder.
ALLOWED_PICTURE = "docgen-picture:"

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_LINK_COLOUR = "#0563C1"
_TICKED, _EMPTY = "\u2611", "\u2610"
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
        return _markup(f'<img src="{token}" width="{width * MM:.2f}" height="{height * MM:.2f}" align="left"/>')

    def _allow(self, picture: Picture, source: Path | bytes) -> str:
        """Return the token that stands for a picture in the body."""
        if isinstance(source, Path) and not picture.changed:
            token = ALLOWED_PICTURE + hashlib.sha256(str(source).encode()).hexdigest()[:16]
            self.pictures[token] = str(source)
        else:
            token = ALLOWED_PICTURE + hashlib.sha256(picture.content).hexdigest()[:16]
            self.pictures[token] = f"data:{picture.media_type};base64,{base64.b64encode(picture.content).decode()}"
        return token

    def rich(self, text: str, **look: Any) -> Markup:
        """Return text in another look; a style is a `<spanStyle>` of the body."""
        return _markup(_write_rich(text, **look))

    def link(self, address: str, text: str) -> Markup:
        """Return a link."""
        return _markup(f'<a href={quoteattr(address)} color="{_LINK_COLOUR}"><u>{escape(text)}</u></a>')

    def checkbox(self, checked: bool, label: str) -> Markup:
        """Return a box, in the shipped font, which has one, and its label."""
        box = f'<font name="{DEFAULT_FONT}">{_TICKED if checked else _EMPTY}</font>'
        return _markup(f"{box}\u00a0{escape(label)}" if label else box)

    def page_break(self) -> Markup:
        """Return the end of a page, between paragraphs."""
        return _markup("<nextPage/>")

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


def _write_rich(
    text: str,
    *,
    bold: bool | None = None,
    italic: bool | None = None,
    underline: bool = False,
    strike: bool = False,
    color: str | None = None,
    highlight: str | None = None,
    size: float | None = None,
    font: str | None = None,
    style: str | None = None,
    script: str | None = None,
) -> str:
    rml = escape(text).replace("\n", "<br/>")
    tags = (("b", bold), ("i", italic), ("u", underline), ("strike", strike), (script, script))
    for tag, wanted in tags:
        rml = f"<{tag}>{rml}</{tag}>" if wanted else rml
    font_attributes = {
        "name": font,
        "size": f"{size:g}" if size else None,
        "color": f"#{color}" if color else None,
        "backColor": f"#{highlight}" if highlight else None,
    }
    written = "".join(f" {name}={quoteattr(value)}" for name, value in font_attributes.items() if value)
    rml = f"<font{written}>{rml}</font>" if written else rml
    return f"<span style={quoteattr(style)}>{rml}</span>" if style else rml


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
