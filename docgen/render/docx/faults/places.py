"""Floor 2, edges: where in a Word document a template fault is, as the person who wrote it counts.

A fault leads to a tag, by the line of what Jinja compiled, where each tag begins a line; a tag leads to its paragraph,
table, row and cell in the document as it was before docxtpl took rows and paragraphs apart.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from lxml import etree

from docgen.render.docx.faults.braces import find_spans
from docgen.render.docx.faults.statements import CELL
from docgen.render.docx.faults.tags import Tag

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NAMES = {f"{_W}{tag}": name for tag, name in (("p", "paragraph"), ("tc", "cell"), ("tr", "row"), ("tbl", "table"))}
_CODE = f"{_W}instrText"
_CELL = f"{_W}tc"
#: What stands between the two is text.
_RAW = re.compile(r"\{%[-+]?\s*(raw|endraw)\s*[-+]?%\}")
#: Characters of the text around a tag that a message shows on each side of it.
_AROUND = 30
_LONGEST = 160


class Steps:
    """Counts a part's paragraphs, tables, rows and cells, each among its own kind in what it stands in."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._numbers: dict[etree._Element, dict[etree._Element, int]] = {}

    def to(self, holder: etree._Element) -> tuple[str, ...]:
        """Return the steps from the part to a paragraph, outermost first."""
        steps: list[str] = []
        node: etree._Element | None = holder
        while node is not None and node is not self._root:
            parent = node.getparent()
            name = _NAMES.get(str(node.tag))
            # In a cell, table, row and cell say enough.
            if name and parent is not None and not (name == "paragraph" and parent.tag == _CELL):
                steps.append(f"{name} {self._number(parent, node)}")
            node = parent
        return tuple(reversed(steps))

    def _number(self, parent: etree._Element, node: etree._Element) -> int:
        if parent not in self._numbers:
            seen: Counter[str] = Counter()
            numbers = self._numbers[parent] = {}
            for child in parent.iterchildren(*_NAMES):
                seen[str(child.tag)] += 1
                numbers[child] = seen[str(child.tag)]
        return self._numbers[parent][node]


def near(tag: Tag) -> str:
    """Return a tag with a little of the text around it."""
    line, span = tag.line.text, tag.span
    before, after = line[: span.start], line[span.end :]
    left = before if len(before) <= _AROUND else f"…{_cut_left(before[-_AROUND:])}"
    right = after if len(after) <= _AROUND else f"{_cut_right(after[:_AROUND])}…"
    text = tag.text if len(tag.text) <= _LONGEST else f"{tag.text[: _LONGEST - 1]}…"
    if line[span.start : span.end] != tag.text:  # it goes on in another paragraph
        right = ""
    return " ".join(f"{left}{text}{right}".split())


def _cut_left(text: str) -> str:
    return text.partition(" ")[2] or text


def _cut_right(text: str) -> str:
    return text.rpartition(" ")[0] or text


class Numbered:
    """What Jinja compiles, with a line end in each tag, so that the line of a fault is the number of a tag.

    Attributes:
        source: the text.
    """

    def __init__(self, patched: str) -> None:
        pieces: list[str] = []
        self._plain: list[str] = []
        self._lines: list[int] = []
        at = line = 0
        raw = False
        for span in find_spans(patched):
            word = _RAW.match(patched, span.start)
            if span.opening == "{#" or span.problem or (raw and not word):
                continue
            raw = word is not None and word[1] == "raw"
            begin = span.start + (3 if patched[span.start + 2] in "-+" else 2)
            pieces += [patched[at:begin], "\n"]
            line += pieces[-2].count("\n") + 1
            self._lines.append(line + 1)
            self._plain.append(_plain(patched[span.start : span.end]))
            at = begin
        self.source = "".join([*pieces, patched[at:]])

    def tag(self, line: int) -> tuple[str, int] | None:
        """Return the text of the tag on a line, and how many equal ones stand before it."""
        number = bisect_right(self._lines, line) - 1
        if number < 0:
            return None
        return self._plain[number], self._earlier[number]

    @property
    def _earlier(self) -> list[int]:
        if not hasattr(self, "_counted"):
            seen: Counter[str] = Counter()
            self._counted = []
            for plain in self._plain:
                self._counted.append(seen[plain])
                seen[plain] += 1
        return self._counted


def _plain(tag: str) -> str:
    inner = html.unescape(tag[2:-2]).removeprefix("-").removeprefix("+").removesuffix("-").removesuffix("+")
    return tag[:2] + "".join(inner.split())


class Index:
    """Finds the tags of the document again."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self._found: dict[str, list[Tag]] = {}
        for tag in tags:
            plain = tag.plain
            if tag.word in CELL:
                plain = "{{" + plain[2 + len(tag.word) :]
            self._found.setdefault(plain, []).append(tag)

    def find(self, plain: str, earlier: int) -> Tag | None:
        """Return the tag of a text that has so many equal ones before it; the last one where there are fewer."""
        tags = self._found.get(plain, [])
        return tags[min(earlier, len(tags) - 1)] if tags else None
