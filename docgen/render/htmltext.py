"""Floor 2, edges: an HTML message as plain text, in reading order, for readers and filters that take no HTML.

Knows HTML only. Layout tables (role="presentation") are read cell by cell, others row by row; links are written out
once; what is hidden (a preheader) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree, html

from docgen.render.body import words

_BLOCKS = words(
    """
    address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3
    h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul
    """
)
_APART = words(
    """
    p h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre figure hr
    """
)
_SILENT = words(
    """
    script style head title noscript template svg
    """
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class LinkText:
    """What was decided of a link: whether its address, `target`, is written after its text, `label`."""

    target: str
    label: str
    written: bool

    @classmethod
    def decide(cls, target: str, label: str) -> LinkText:
        """Decide: an address that its text says already is not said again."""
        said = _shown(target).replace(" ", "") in label.replace(" ", "")
        return cls(target, label, bool(target) and not target.startswith("#") and not said)


def _shown(target: str) -> str:
    return target.removeprefix("mailto:").removeprefix("tel:")


def html_to_text(source: str, links: list[LinkText] | None = None) -> str:
    """Return the text of an HTML document: blocks as paragraphs, `- ` lists, `1. ` lists, `text (url)` links.

    Args:
        source: the document.
        links: to which the links found are added.
    """
    if not source.strip():
        return ""
    root = html.document_fromstring(source, parser=html.HTMLParser(encoding="utf-8", remove_comments=True))
    body = root.find("body")
    writer = _Writer(links=links if links is not None else [])
    writer.element(body if body is not None else root)
    return writer.text()


@dataclass
class _Writer:
    """Lines so far. `indent` is put before each line, `bullet` before the first line of a list item."""

    lines: list[str] = field(default_factory=list)
    line: str = ""
    indent: str = ""
    bullet: str = ""
    links: list[LinkText] = field(default_factory=list)

    def text(self) -> str:
        self.end_line()
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")
        return text.replace(_NO_BREAK, " ") + "\n" if text.strip() else ""

    def element(self, node: etree._Element) -> None:
        if not isinstance(node.tag, str) or node.tag in _SILENT or _is_hidden(node):
            return
        special = getattr(self, f"_{node.tag}", None)
        if special is not None:
            special(node)
        elif node.tag in _BLOCKS:
            self._block(node)
        else:
            self._children(node)

    def end_line(self) -> None:
        if self.line.strip(" "):
            self.lines.append((self.indent + self.bullet + self.line).rstrip())
            self.indent, self.bullet = self.indent + " " * len(self.bullet), ""
        self.line = ""

    def _gap(self) -> None:
        self.end_line()
        if self.lines and self.lines[-1] and not self.bullet:
            self.lines.append("")

    def _write(self, text: str | None, verbatim: bool = False) -> None:
        if not verbatim:
            # At the start of a line and after a blank, a blank is one too many.
            self.line += re.sub(r"[ \t\r\n\f]+", " ", text or "")
            self.line = re.sub(r" {2,}", " ", self.line).lstrip(" ")
            return
        first, *others = (text or "").split("\n")
        self.line += first
        for other in others:
            self.end_line()
            self.line = other

    def _children(self, node: etree._Element, verbatim: bool = False) -> None:
        self._write(node.text, verbatim)
        for child in node:
            self.element(child)
            self._write(child.tail, verbatim)

    def _block(self, node: etree._Element) -> None:
        apart = node.tag in _APART
        self._gap() if apart else self.end_line()
        self._children(node, verbatim=node.tag == "pre")
        self._gap() if apart else self.end_line()

    # elements with a form of their own, found by name

    def _br(self, node: etree._Element) -> None:
        if self.line.strip(" "):
            self.end_line()
        else:
            self._gap()

    def _hr(self, node: etree._Element) -> None:
        self._gap()
        self.lines.append(self.indent + "-" * 40)
        self._gap()

    def _img(self, node: etree._Element) -> None:
        self._write((node.get("alt") or "").strip())

    def _a(self, node: etree._Element) -> None:
        start = len(self.lines), len(self.line)
        self._children(node)
        label = " ".join([*self.lines[start[0] :], self.line[start[1] :] if start[0] == len(self.lines) else self.line])
        target = (node.get("href") or "").strip()
        decided = LinkText.decide(target, label)
        self.links.append(decided)
        if decided.written:
            self._write(f" ({_shown(target)})" if label.strip() else _shown(target))

    def _ul(self, node: etree._Element) -> None:
        self._items(node, ("- " for _ in node))

    def _ol(self, node: etree._Element) -> None:
        start = int(node.get("start")) if (node.get("start") or "").isdigit() else 1
        self._items(node, (f"{start + index}. " for index, _ in enumerate(node)))

    def _items(self, node: etree._Element, bullets: Iterator[str]) -> None:
        nested = any(parent.tag == "li" for parent in node.iterancestors())
        self.end_line() if nested else self._gap()
        outer = self.indent
        for item in node.iterchildren("li"):
            self.indent, self.bullet = outer, next(bullets)
            self._children(item)
            self.end_line()
            self.bullet = ""
        self.indent = outer
        if not nested:
            self._gap()

    def _blockquote(self, node: etree._Element) -> None:
        self._gap()
        outer, self.indent = self.indent, self.indent + "> "
        self._children(node)
        self.end_line()
        self.indent = outer
        self._gap()

    def _table(self, node: etree._Element) -> None:
        if node.get("role") == "presentation" or next(node.iterdescendants("table"), None) is not None:
            self._block(node)
            return
        self._gap()
        for row in node.iter("tr"):
            self.end_line()
            cells = [_one_line(cell, self.links) for cell in row.iterchildren("td", "th")]
            self.line = "  ".join(cell for cell in cells if cell)
            if self.line.strip():
                self.lines.append(self.indent + self.line)
            self.line = ""
        self._gap()


def _one_line(cell: etree._Element, links: list[LinkText]) -> str:
    writer = _Writer(links=links)
    writer._children(cell)
    return " ".join(writer.text().split("\n")).strip()


def _is_hidden(node: etree._Element) -> bool:
    return bool(_HIDDEN.search(node.get("style") or "")) or node.get("hidden") is not None
