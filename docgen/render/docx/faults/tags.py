"""Floor 2, edges: the template tags of a Word part, in their order, as their author wrote them.

Word spreads a tag over runs as it likes; a paragraph's text is put together here as docxtpl does it. A tag knows its
paragraph, so that a fault leads there, and the elements it stands in, which decide what may be repeated or left out.
Judges braces and prefixes by `braces`; what a tag says is judged by `faults`.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from lxml import etree

from docgen.render.docx.faults.braces import CLOSING, OPENING, Span, find_spans

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_P, _T, _CODE = f"{_W}p", f"{_W}t", f"{_W}instrText"
#: Prefix -> the element that its tag takes the place of.
PREFIXES: Mapping[str, str] = {"tr": f"{_W}tr", "tc": f"{_W}tc", "p": _P, "r": f"{_W}r"}
_PREFIX = re.compile(r"(tr|tc|p|r) ")
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
#: Paragraphs that one tag may run over: remarks do.
_LONGEST = 200


@dataclass(eq=False)
class Line:
    """A text that tags stand in: a paragraph's own, its field codes, or one attribute.

    Attributes:
        holder: the paragraph, or the element whose attribute or text it is.
        text: put together from its pieces.
        tail: it stands behind its node, between elements, as tags do that Word's own fields became.
        nodes: the elements that the pieces stand in, and where in the text each begins.
    """

    holder: etree._Element
    order: int
    text: str = ""
    attribute: bool = False
    tail: bool = False
    nodes: list[etree._Element] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)

    def add(self, node: etree._Element, text: str, order: int) -> None:
        """Add a piece."""
        self.nodes.append(node)
        self.starts.append(len(self.text))
        self.orders.append(order)
        self.text += text

    def piece(self, at: int) -> int:
        """Return the number of the piece that a character stands in."""
        return max(bisect_right(self.starts, at) - 1, 0)


@dataclass(frozen=True, eq=False)
class Tag:
    """A tag.

    Attributes:
        line: where it begins.
        span: its braces; of a tag that runs over paragraphs only what stands in the first.
        text: as it is written, in one line.
    """

    line: Line
    span: Span
    text: str

    @property
    def order(self) -> tuple[int, int]:
        """Where it stands among others."""
        return self.line.orders[self.line.piece(self.span.start)], self.span.start

    @property
    def node(self) -> etree._Element:
        """The element that it begins in."""
        return self.line.nodes[self.line.piece(self.span.start)]

    @cached_property
    def inner(self) -> str:
        """What stands between its braces, quotation marks straightened as docxtpl does."""
        if self.span.problem:
            return self.text.strip("{}% \t\xa0").translate(_STRAIGHT)
        return self.text[2:-2].translate(_STRAIGHT)

    @cached_property
    def prefix(self) -> str:
        """`tr`, `tc`, `p`, `r` or ""."""
        found = _PREFIX.match(self.inner)
        return found[1] if found else ""

    @cached_property
    def body(self) -> str:
        """What Jinja is given: without prefix and dashes."""
        text = self.inner[len(self.prefix) :]
        return text.removeprefix("-").removeprefix("+").removesuffix("-").removesuffix("+").strip()

    @cached_property
    def word(self) -> str:
        """The first word of a statement: `if`; "" of what prints something."""
        found = re.match(r"\w+", self.body) if self.span.opening == "{%" else None
        return found[0] if found else ""

    @property
    def plain(self) -> str:
        """Its text with blanks, prefix and dashes taken out, to find it again in what docxtpl made of it."""
        return self.span.opening + "".join(self.body.split())

    def ancestor(self, name: str) -> etree._Element | None:
        """Return the innermost element of a name around it."""
        node = self.node
        while node is not None and node.tag != name:
            node = node.getparent()
        return node

    @cached_property
    def level(self) -> tuple[str, ...]:
        """Names of the elements that are open where it stands, once docxtpl has taken its row or paragraph away."""
        replaced = self.ancestor(PREFIXES[self.prefix]) if self.prefix else None
        node = (self.node.getparent() if self.line.tail else self.node) if replaced is None else replaced.getparent()
        names = ["@"] if self.line.attribute else []
        while node is not None:
            names.append(str(node.tag))
            node = node.getparent()
        return tuple(names)


def read_tags(root: etree._Element) -> list[Tag]:
    """Return the tags of a part in the order of the document; `{% raw %}` hides what stands in it."""
    lines = read_lines(root)
    tags: list[Tag] = []
    begin = [0] * len(lines)
    marks = _marks(lines)
    for at, line in enumerate(lines):
        if begin[at] < 0 or ("{" not in line.text and not begin[at]):
            continue
        for span in find_spans(line.text, begin[at]):
            tag = Tag(line, span, line.text[span.start : span.end])
            tags.append(_continued(tag, lines, at, begin, marks) if span.open else tag)
    return list(_without_raw(sorted(tags, key=lambda tag: tag.order)))


def _continued(tag: Tag, lines: Sequence[Line], at: int, begin: list[int], marks: Mapping[str, list[int]]) -> Tag:
    """Return a tag whose end stands in a following paragraph as a whole.

    Args:
        tag: it is open at the end of its paragraph.
        lines: of the part.
        at: number of the tag's line.
        begin: where the reading of each line begins; changed.
        marks: closing and opening braces -> the numbers of the lines that have them.
    """
    container, closing = tag.line.holder.getparent(), CLOSING[tag.span.opening]
    last = _next(marks[closing], at)
    if last - at > _LONGEST:
        return tag
    end = lines[last].text.find(closing)
    if tag.span.opening != "{#" and (other := _next(marks["{"], at)) <= last:
        opening = OPENING.search(lines[other].text)
        if other < last or (opening and opening.start() < end):
            return tag
    between = lines[at + 1 : last + 1]
    if any(line.holder.getparent() is not container or line.attribute for line in between):
        return tag
    begin[at + 1 : last] = [-1] * (last - at - 1)
    begin[last] = end + 2
    text = "".join(
        [tag.line.text[tag.span.start :], *(line.text for line in between[:-1]), lines[last].text[: end + 2]]
    )
    return Tag(tag.line, replace(tag.span, problem="", hint="", open=False), text)


def _next(numbers: Sequence[int], at: int) -> int:
    found = bisect_right(numbers, at)
    return numbers[found] if found < len(numbers) else sys.maxsize


def _marks(lines: Sequence[Line]) -> dict[str, list[int]]:
    marks = {closing: [at for at, line in enumerate(lines) if closing in line.text] for closing in CLOSING.values()}
    return marks | {"{": [at for at, line in enumerate(lines) if "{" in line.text and OPENING.search(line.text)]}


def _without_raw(tags: list[Tag]) -> Iterator[Tag]:
    raw = False
    for tag in tags:
        if raw and tag.word == "endraw":
            raw = False
        elif not raw:
            raw = tag.word == "raw" and not tag.span.problem
            if not raw:
                yield tag


# --- texts ----------------------------------------------------------------------------------------


def read_lines(root: etree._Element) -> list[Line]:
    """Return the texts of a part; what is kept for old versions of Word a second time is left out."""
    lines: list[Line] = []
    own: dict[etree._Element, Line] = {}
    codes: dict[etree._Element, Line] = {}

    def line_of(known: dict[etree._Element, Line], holder: etree._Element, order: int) -> Line:
        if holder not in known:
            known[holder] = Line(holder, order)
            lines.append(known[holder])
        return known[holder]

    walk = etree.iterwalk(root, events=("start", "end"))
    for order, (event, node) in enumerate(walk):
        if event == "end":
            if node.tail and "{" in node.tail and node is not root:
                lines.append(_behind(node, order))
            continue
        if node.tag == _FALLBACK:
            walk.skip_subtree()
            continue
        text = node.text
        if node.tag == _T or node.tag == _CODE:
            paragraph = _paragraph_of(node)
            if text and paragraph is not None:
                line_of(own if node.tag == _T else codes, paragraph, order).add(node, text, order)
        elif node.tag == _P and not (text and "{" in text):
            line_of(own, node, order)
        elif text and "{" in text and isinstance(node.tag, str):
            line_of({}, node, order).add(node, text, order)
        for value in node.attrib.values() if node.attrib else ():
            if "{" in value:
                line = Line(node, order, attribute=True)
                line.add(node, value, order)
                lines.append(line)
    return lines


def _behind(node: etree._Element, order: int) -> Line:
    """Return the text behind an element; it belongs to the paragraph, or to what follows."""
    following = node.getnext()
    holder = _paragraph_of(node.getparent())
    if holder is None:
        holder = following if following is not None else node
    line = Line(holder, order, tail=True)
    line.add(node, str(node.tail), order)
    return line


def _paragraph_of(node: etree._Element) -> etree._Element | None:
    while node is not None and node.tag != _P:
        node = node.getparent()
    return node
