"""Floor 2, edges: pictures, QR codes and Markdown in Word documents.

A template may print such a value anywhere in a text, so printing leaves a token, and when the part is a tree again the
token becomes elements, with the look of the text around it.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import segno
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.shared import Mm
from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TOKEN = re.compile("\ue0f0(\\d+)\ue0f1")
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_LINKS = ("https://", "http://", "mailto:", "tel:")
_MAX_LEVEL = 8

_values: ContextVar[list[_Picture | _Prose]] = ContextVar("values")


@dataclass(frozen=True)
class _Picture:
    content: bytes
    width_mm: float | None
    height_mm: float | None
    alt: str


@dataclass(frozen=True)
class _Prose:
    tree: SyntaxTreeNode


class DocxRich:
    """Leaves tokens; `fill` replaces them."""

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> Markup:
        """Return a picture of the code, fine enough to print."""
        output = io.BytesIO()
        segno.make_qr(data, error=error, boost_error=False).save(output, kind="png", scale=10, border=border)
        return _leave(_Picture(output.getvalue(), size_mm, size_mm, data))

    def image(self, source: Path | bytes, *, width_mm: float | None, height_mm: float | None, alt: str) -> Markup:
        """Return a picture in the line of text."""
        content = source if isinstance(source, bytes) else source.read_bytes()
        return _leave(_Picture(content, width_mm, height_mm, alt))

    def markdown(self, text: str) -> Markup:
        """Return paragraphs, or a piece of text where it is one paragraph."""
        return _leave(_Prose(SyntaxTreeNode(_MARKDOWN.parse(text))))

    def lines(self, lines: Sequence[str]) -> str:
        """Return the lines; docxtpl makes line breaks of them."""
        return "\n".join(lines)


def _leave(value: _Picture | _Prose) -> Markup:
    values = _values.get()
    values.append(value)
    return Markup(f"\ue0f0{len(values) - 1}\ue0f1")  # noqa: S704 - private-use characters and a number


@contextmanager
def collecting() -> Iterator[None]:
    """Keep the values of one rendering."""
    token = _values.set([])
    try:
        yield
    finally:
        _values.reset(token)


class StoryPart(Protocol):
    """What is used of python-docx's parts: they hold pictures and addresses of links."""

    def new_pic_inline(self, image_descriptor: object, width: object, height: object) -> etree._Element:
        """Return a picture's element."""
        ...

    def relate_to(self, target: str, reltype: str, is_external: bool = False) -> str:
        """Return the id of an address."""
        ...


def fill(root: etree._Element, part: StoryPart, styles: dict[str, str]) -> None:
    """Replace the tokens of one part, in place.

    Args:
        root: the part's tree.
        part: where pictures go.
        styles: name -> id of the document's paragraph and character styles.
    """
    _wrap_bare(root)
    for node in [node for node in root.iter(etree.Element) if _TOKEN.search(node.text or "") and _is(node, "t")]:
        _Filler(node, part, styles).fill()


def _wrap_bare(root: etree._Element) -> None:
    """Put tokens into runs where docxtpl's `{{r }}` and `{{p }}` took run or paragraph away."""
    for node in list(root.iter(etree.Element)):
        if not _is(node, "t") and _TOKEN.search(node.text or ""):
            bare, node.text = node.text, None
            node.insert(0, _run_for(bare, node))
        if _TOKEN.search(node.tail or ""):
            bare, node.tail = node.tail, None
            node.addnext(_run_for(bare, node.getparent()))


def _run_for(text: str, container: etree._Element) -> etree._Element:
    run = etree.Element(_name("r"))
    etree.SubElement(run, _name("t")).text = text.strip()
    if container.tag in {_name("p"), _name("hyperlink"), _name("ins"), _name("smartTag")}:
        return run
    paragraph = etree.Element(_name("p"))
    paragraph.append(run)
    return paragraph


def _is(node: etree._Element, name: str) -> bool:
    return bool(node.tag == _name(name))


def _name(name: str) -> str:
    return f"{{{_W}}}{name}"


class _Filler:
    """Replaces the tokens of one `<w:t>`."""

    def __init__(self, text: etree._Element, part: StoryPart, styles: dict[str, str]) -> None:
        self._text = text
        self._run = text.getparent()
        self._paragraph = next(self._run.iterancestors(_name("p")))
        self._part = part
        self._styles = styles

    def fill(self) -> None:
        values = _values.get()
        pieces = _TOKEN.split(self._text.text or "")
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                self._put_before([self._run_of(piece)] if piece else [])
                continue
            value = values[int(piece)] if int(piece) < len(values) else None
            if isinstance(value, _Picture):
                self._put_before([self._picture(value)])
            elif value is not None:
                self._put_prose(value.tree)
        self._run.remove(self._text)
        if all(_is(child, "rPr") for child in self._run):
            self._run.getparent().remove(self._run)
        if self._paragraph.get("docgen-replaced"):
            _drop(self._paragraph)

    def _put_before(self, runs: list[etree._Element]) -> None:
        for run in runs:
            self._run.addprevious(run)

    def _run_of(self, text: str, bold: bool = False, italic: bool = False) -> etree._Element:
        run = etree.Element(_name("r"))
        look = self._run.find(_name("rPr"))
        look = copy.deepcopy(look) if look is not None else etree.Element(_name("rPr"))
        for wanted, name in ((bold, "b"), (italic, "i")):
            if wanted and look.find(_name(name)) is None:
                look.insert(_place_of_emphasis(look), etree.Element(_name(name)))
        if len(look):
            run.append(look)
        node = etree.SubElement(run, _name("t"))
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        node.text = text
        return run

    def _picture(self, picture: _Picture) -> etree._Element:
        width = Mm(picture.width_mm) if picture.width_mm is not None else None
        height = Mm(picture.height_mm) if picture.height_mm is not None else None
        inline = self._part.new_pic_inline(io.BytesIO(picture.content), width, height)
        for properties in inline.iter("{*}docPr"):
            properties.set("descr", picture.alt)
        run = etree.Element(_name("r"))
        etree.SubElement(run, _name("drawing")).append(inline)
        return run

    # --- Markdown ------------------------------------------------------------------------------

    def _put_prose(self, tree: SyntaxTreeNode) -> None:
        blocks = tree.children
        if len(blocks) == 1 and blocks[0].type == "paragraph":
            self._put_before(self._inline(blocks[0]))
            return
        paragraphs = [paragraph for block in blocks for paragraph in self._block(block, 0, "")]
        for paragraph in paragraphs:
            self._paragraph.addprevious(paragraph)
        self._paragraph.set("docgen-replaced", "1")

    def _block(self, node: SyntaxTreeNode, level: int, bullet: str) -> list[etree._Element]:
        match node.type:
            case "paragraph":
                return [self._paragraph_of(self._inline(node), level, bullet)]
            case "heading":
                style = self._styles.get(f"heading {node.tag[1:]}")
                return [self._paragraph_of(self._inline(node, bold=style is None), level, bullet, style)]
            case "bullet_list" | "ordered_list":
                return self._list(node, level)
            case "fence" | "code_block":
                lines = node.content.rstrip("\n").split("\n")
                return [self._paragraph_of([self._run_of(line)], level, "") for line in lines]
            case "hr":
                return []
            case _:
                deeper = level + 1 if node.type == "blockquote" else level
                return [made for child in node.children for made in self._block(child, deeper, bullet)]

    def _list(self, node: SyntaxTreeNode, level: int) -> list[etree._Element]:
        made = []
        start = int(node.attrs.get("start", 1))
        for number, item in enumerate(node.children, start):
            bullet = f"{number}." if node.type == "ordered_list" else "•"
            for child in item.children:
                made += self._block(child, min(level + 1, _MAX_LEVEL), bullet)
                bullet = ""
        return made

    def _paragraph_of(
        self, runs: list[etree._Element], level: int, bullet: str, style: str | None = None
    ) -> etree._Element:
        paragraph = etree.Element(_name("p"))
        look = self._paragraph.find(_name("pPr"))
        look = copy.deepcopy(look) if look is not None and style is None else etree.Element(_name("pPr"))
        for numbering in look.findall(_name("numPr")):
            look.remove(numbering)
        paragraph.append(look)
        if style is not None:
            etree.SubElement(look, _name("pStyle")).set(_name("val"), style)
        if level:
            self._indent(look, level, hanging=bool(bullet))
        if bullet:
            mark = self._run_of(bullet)
            etree.SubElement(mark, _name("tab"))
            paragraph.append(mark)
        paragraph.extend(runs)
        return paragraph

    def _indent(self, look: etree._Element, level: int, hanging: bool) -> None:
        for old in look.findall(_name("ind")):
            look.remove(old)
        indent = etree.Element(_name("ind"))
        indent.set(_name("left"), str(360 * level))
        if hanging:
            indent.set(_name("hanging"), "360")
        following = [look.find(_name(name)) for name in _AFTER_INDENT]
        first = next((node for node in following if node is not None), None)
        if first is None:
            look.append(indent)
        else:
            first.addprevious(indent)

    def _inline(self, node: SyntaxTreeNode, bold: bool = False, italic: bool = False) -> list[etree._Element]:
        if node.type in ("text", "code_inline", "image"):
            return [self._run_of(node.content, bold, italic)] if node.content else []
        if node.type == "softbreak":
            return [self._run_of(" ", bold, italic)]
        if node.type == "hardbreak":
            run = etree.Element(_name("r"))
            etree.SubElement(run, _name("br"))
            return [run]
        bold, italic = bold or node.type == "strong", italic or node.type == "em"
        runs = [run for child in node.children for run in self._inline(child, bold, italic)]
        target = str(node.attrs.get("href", "")) if node.type == "link" else ""
        return [self._link(target, runs)] if target.lower().startswith(_LINKS) else runs

    def _link(self, target: str, runs: list[etree._Element]) -> etree._Element:
        link = etree.Element(_name("hyperlink"))
        link.set(f"{{{_R}}}id", self._part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        link.extend(runs)
        return link


#: Elements that follow `<w:ind>` in the order that Word insists on.
_AFTER_INDENT = (
    "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment",
    "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr", "pPrChange",
)  # fmt: skip


def _place_of_emphasis(look: etree._Element) -> int:
    """Return where `<w:b>` and `<w:i>` belong: after the style and the font."""
    leading = {_name("rStyle"), _name("rFonts"), _name("b"), _name("bCs")}
    return sum(1 for child in look if child.tag in leading)


def _drop(paragraph: etree._Element) -> None:
    """Remove a paragraph that Markdown has replaced, unless other content is left in it."""
    del paragraph.attrib["docgen-replaced"]
    left: list[Any] = [child for child in paragraph if not _is(child, "pPr")]
    if not left:
        paragraph.getparent().remove(paragraph)
