"""Floor 2, edges: pictures, QR codes and Markdown in Word documents, as values that `spot.fill` places."""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import segno
from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from docgen.pictures import Picture, read_picture
from docgen.render.docx import values
from docgen.render.docx.inline import CharacterStyles, Checkbox, FormattedText, Link, Look, PageBreak
from docgen.render.docx.package import Package
from docgen.render.docx.pictures import PlacedPicture
from docgen.render.docx.spot import R, Spot, leave, w
from docgen.render.docx.subdocument import Library

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_LINKS = ("https://", "http://", "mailto:", "tel:")
_MAX_LEVEL = 8


class DocxRich:
    """Leaves tokens; `spot.fill` replaces them."""

    def __init__(self, package: Package, library: Library) -> None:
        self._package = package
        self._library = library

    def qr(self, data: str, *, size_mm: float, error: str, border: int) -> Markup:
        """Return a picture of the code, fine enough to print."""
        output = io.BytesIO()
        segno.make_qr(data, error=error, boost_error=False).save(output, kind="png", scale=10, border=border)
        picture = Picture(output.getvalue(), "image/png", size_mm, size_mm)
        return leave(PlacedPicture(picture, alt=data))

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

    def rich(self, text: str, *, style: str | None = None, **look: Any) -> Markup:
        """Return text in another look; `look` as `inline.Look` has it."""
        found = self._styles.find(style) if style is not None else None
        return leave(FormattedText(text, Look(style=found, **look)))

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

    def markdown(self, text: str) -> Markup:
        """Return paragraphs, or a piece of text where it is one paragraph."""
        return leave(_Prose(SyntaxTreeNode(_MARKDOWN.parse(text))))

    def subdocument(self, files: list[Path], names: Mapping[str, object]) -> Markup:
        """Return Word documents, merged."""
        return leave(self._library.merge(files, names))

    def lines(self, lines: Sequence[str]) -> str:
        """Return the lines; line breaks are made of them."""
        return "\n".join(lines)


@dataclass(frozen=True)
class _Prose:
    tree: SyntaxTreeNode

    def place(self, spot: Spot) -> None:
        _Writer(spot).put(self.tree)


class _Writer:
    """Writes Markdown into Word."""

    def __init__(self, spot: Spot) -> None:
        self._spot = spot
        self._run = spot.run
        self._paragraph = spot.paragraph
        self._styles = spot.story.styles

    def put(self, tree: SyntaxTreeNode) -> None:
        blocks = tree.children
        if len(blocks) == 1 and blocks[0].type == "paragraph":
            self._spot.inline(*self._inline(blocks[0]))
            return
        self._spot.blocks(*(paragraph for block in blocks for paragraph in self._block(block, 0, "")))

    def _run_of(self, text: str, bold: bool = False, italic: bool = False) -> etree._Element:
        run = etree.Element(w("r"))
        look = self._run.find(w("rPr"))
        look = copy.deepcopy(look) if look is not None else etree.Element(w("rPr"))
        for wanted, name in ((bold, "b"), (italic, "i")):
            if wanted and look.find(w(name)) is None:
                look.insert(_place_of_emphasis(look), etree.Element(w(name)))
        if len(look):
            run.append(look)
        node = etree.SubElement(run, w("t"))
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        node.text = text
        return run

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
        paragraph = etree.Element(w("p"))
        look = self._paragraph.find(w("pPr"))
        look = copy.deepcopy(look) if look is not None and style is None else etree.Element(w("pPr"))
        for numbering in look.findall(w("numPr")):
            look.remove(numbering)
        paragraph.append(look)
        if style is not None:
            etree.SubElement(look, w("pStyle")).set(w("val"), style)
        if level:
            self._indent(look, level, hanging=bool(bullet))
        if bullet:
            mark = self._run_of(bullet)
            etree.SubElement(mark, w("tab"))
            paragraph.append(mark)
        paragraph.extend(runs)
        return paragraph

    def _indent(self, look: etree._Element, level: int, hanging: bool) -> None:
        for old in look.findall(w("ind")):
            look.remove(old)
        indent = etree.Element(w("ind"))
        indent.set(w("left"), str(360 * level))
        if hanging:
            indent.set(w("hanging"), "360")
        following = [look.find(w(name)) for name in _AFTER_INDENT]
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
            run = etree.Element(w("r"))
            etree.SubElement(run, w("br"))
            return [run]
        bold, italic = bold or node.type == "strong", italic or node.type == "em"
        runs = [run for child in node.children for run in self._inline(child, bold, italic)]
        target = str(node.attrs.get("href", "")) if node.type == "link" else ""
        return [self._link(target, runs)] if target.lower().startswith(_LINKS) else runs

    def _link(self, target: str, runs: list[etree._Element]) -> etree._Element:
        link = etree.Element(w("hyperlink"))
        link.set(f"{{{R}}}id", self._spot.story.link(target))
        link.extend(runs)
        return link


#: Elements that follow `<w:ind>` in the order that Word insists on.
_AFTER_INDENT = (
    "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment",
    "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr", "pPrChange",
)  # fmt: skip


def _place_of_emphasis(look: etree._Element) -> int:
    """Return where `<w:b>` and `<w:i>` belong: after the style and the font."""
    leading = {w("rStyle"), w("rFonts"), w("b"), w("bCs")}
    return sum(1 for child in look if child.tag in leading)
