"""Floor 2, edges: where in a Word document a template fault is, as the person who wrote it counts.

docxtpl takes apart rows and paragraphs before Jinja sees them, so a fault is looked up by its tag in the document as it
was: table, row, cell, paragraph, and the text around. Knows Word markup and Jinja's delimiters.
"""

from __future__ import annotations

import html
import re

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TAG = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_PREFIX = re.compile(r"^(\{[{%#])(?:tr|tc|p|r)(?=\s)")
_MARKUP = re.compile(r"<[^>]+>")
_QUOTES = str.maketrans("“”‘’", "\"\"''")


def locate(original: etree._Element, patched: str, line: int | None) -> tuple[tuple[str, ...], str]:
    """Return the steps to the fault and the text it stands in.

    Args:
        original: the part before it was patched.
        patched: what Jinja compiled: one line per paragraph.
        line: the faulty line of `patched`, from 1.
    """
    lines = patched.split("\n")
    if line is None or not 0 < line <= len(lines):
        return (), ""
    near = _plain(lines[line - 1])
    tags = _tags(near)
    if not tags:
        return (), near[:80]
    earlier = sum(_tags(_plain(text)).count(tags[0]) for text in lines[: line - 1])
    for paragraph in original.iter(f"{_W}p"):
        text = "".join(node.text or "" for node in paragraph.iter(f"{_W}t"))
        count = _tags(text).count(tags[0])
        if count > earlier:
            return _steps(original, paragraph), " ".join(text.split())[:80]
        earlier -= count
    return (), near[:80]


def _plain(markup: str) -> str:
    return html.unescape(_MARKUP.sub("", markup)).strip()


def _tags(text: str) -> list[str]:
    return ["".join(_PREFIX.sub(r"\1", tag).split()).translate(_QUOTES) for tag in _TAG.findall(text)]


def _steps(root: etree._Element, paragraph: etree._Element) -> tuple[str, ...]:
    steps: list[str] = []
    node: etree._Element | None = paragraph
    while node is not None and node is not root:
        parent = node.getparent()
        name = {"p": "paragraph", "tc": "cell", "tr": "row", "tbl": "table"}.get(etree.QName(node).localname)
        # In a cell, table, row and cell say enough.
        if name and parent is not None and not (name == "paragraph" and parent.tag == f"{_W}tc"):
            number = sum(1 for _ in node.itersiblings(node.tag, preceding=True)) + 1
            steps.insert(0, f"{name} {number}")
        node = parent
    return tuple(steps)
