"""Floor 2, edges: paragraphs and headings as blocks: broken once, measured once, and kept as ink.

What a paragraph becomes is kept by its style, its content and its width, over documents; a paragraph itself is made
anew for each. Knows where parts of it stand in the structure tree; leaves breaking and drawing to their modules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy

from lxml import etree

from docgen.render.pdf.layout.blocks import Block, Bookmark, Document, Heading, Node, Sheet
from docgen.render.pdf.layout.inline import Content, base_look, read_content, transformed
from docgen.render.pdf.layout.lines import (
    BREAK,
    NO_BREAK_SPACE,
    TEXT,
    Line,
    Run,
    Word,
    make_words,
    rejoined,
)
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.parabroken import Broken, break_content, break_made, break_text
from docgen.render.pdf.layout.paraink import Drawing, Part, Placing, draw_easy, draw_lines, leading_of
from docgen.render.pdf.layout.parascript import width_of
from docgen.render.pdf.layout.parastyle import ParaStyle, changed

_FUZZ = 1e-6
_NO_ROOM = float(0x7FFFFFFF)
_TOLERANCE = 1e-8


def normal(text: str) -> str:
    """Return a text with one space between words, but for spaces that do not break."""
    return text if NO_BREAK_SPACE in text else " ".join(text.split())


class Shared:
    """What the parts of a paragraph have in common in the structure tree: its element, and its links by number."""

    __slots__ = ("links", "node")

    def __init__(self) -> None:
        self.node: Node | None = None
        self.links: dict[int, Node] = {}


class Paragraph:
    """A block of text.

    A part of a split one has the lines of the whole and how many of them are its own, or the words that are left.
    """

    role = "P"
    _element: etree._Element | None = None
    _counted: tuple[str, ...] = ()
    _content: Content | None = None
    _pattern = ""  # what it says where its text depends on the page
    _words: Sequence[Word] | None = None  # what is left of a split one
    _plain = False
    _broken: Broken | None = None
    _stop = -1
    _goes_on = False
    split_after = 0  # so many lines of a whole it is the first part of, an empty one at its end included
    _bullet: Sequence[Run] = ()  # of a part before it is broken anew
    _shared: Shared | None = None

    def __init__(
        self,
        style: ParaStyle,
        maker: Maker,
        role: str,
        key: str,
        element: etree._Element | None = None,
        counted: tuple[str, ...] = (),
    ) -> None:
        """Keep what it is made of.

        Args:
            style: its style.
            maker: of the document.
            role: in the structure tree.
            key: its text; of a paragraph with markup, what tells it from others.
            element: read when it is broken, where there is markup; without, the key is the text.
            counted: what elements in it that count print.
        """
        self.space_before = style.space_before
        self.space_after = style.space_after
        self.keep_with_next = style.keep_with_next
        self.role = role
        self._style = style
        self._maker = maker
        self._key = key
        self._element = element
        self._counted = counted

    @property
    def preformatted(self) -> bool:
        """Return whether its spaces stay as wide as they are."""
        return False

    @property
    def style(self) -> ParaStyle:
        """Return its style."""
        return self._style

    @property
    def line_count(self) -> int:
        """How many lines it was broken into; 0 before it is wrapped."""
        if self._stop >= 0:
            return self._stop
        return len(self._broken.lines) if self._broken is not None else 0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its width, which is all there is, and its height."""
        if width < _FUZZ:
            return 0.0, _NO_ROOM
        broken = self._broken
        if broken is None or broken.width != width or (not self._key and self._moves()):
            if self._stop >= 0 and broken is not None and not self.preformatted:
                self._keep_words(broken)
            broken = self._broken = self._break(width)
        return width, broken.height if self._stop < 0 else self._height(broken, self._stop)

    def min_width(self) -> float:
        """Return the width of its widest word."""
        content = self._read()
        return max((word.width for word in make_words(content.runs)), default=0.0)

    def width_of_start(self, cut: Callable[[str], int]) -> float:
        """Return the width of the first letters of its text, as many as a function says."""
        runs = [run for run in self._read().runs if run.kind == TEXT]
        count, width = cut("".join(run.text for run in runs)), 0.0
        for run in runs:
            width += width_of(run.look, run.text[: max(0, count)])
            count -= len(run.text)
        return width

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return its first lines and the others, as widows and orphans allow."""
        if width < _FUZZ or height < _FUZZ:
            return ()
        if self._broken is None:
            self.wrap(width, height)
        broken, style = self._broken, self._style
        assert broken is not None
        count, total = self._fitting(broken, height), len(broken.lines) if self._stop < 0 else self._stop
        if count == 0 or (count <= 1 and not style.allow_orphans):
            return ()
        if total <= count:
            return (self,)
        if not style.allow_widows and total == count + 1:
            if total <= 3 and not (style.allow_orphans and total == 3):
                return ()
            count -= 1
        return self._parts(broken, count)

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it."""
        broken = self._broken
        assert broken is not None
        stop = len(broken.lines) if self._stop < 0 else self._stop
        key = stop, self._goes_on
        drawing = broken.inks.get(key)
        if drawing is None:
            drawing = broken.inks[key] = self._draw_lines(broken, stop)
        document = self._maker.document
        if broken.lacks:
            document.lacks.extend(broken.lacks)
        if drawing.back is not None:
            sheet.put(drawing.back, x, y)
        parts = drawing.parts
        if not parts:
            return
        silent = document.silent or self._numbers(document) or drawing.says_nothing
        node = None if silent else self._node(document)
        if node is not None and self.role != "P" and not node.kids:
            text = self._key if self._element is None else "".join(self._element.itertext())
            heading = Heading(int(self.role[1:]), " ".join(text.split()), sheet.number, y + broken.height)
            document.headings.append(heading)
        if len(parts) == 1 and not drawing.links and parts[0].alt is None:
            sheet.put(parts[0].ink, x, y, node)
        else:
            _draw_parts(drawing, sheet, x, y, node, {} if self._shared is None else self._shared.links)
        for name, left, top in drawing.anchors:
            document.bookmarks.setdefault(name, Bookmark(sheet.number, x + left, y + top))

    def drawing(self, width: float) -> tuple[Drawing, float] | None:
        """Return what it draws in a width, and how high that is; None where a letter is lacking."""
        broken = self._break(width)
        return None if broken.lacks else (self._draw_lines(broken, len(broken.lines)), broken.height)

    # --- breaking ------------------------------------------------------------------------------

    def _break(self, width: float) -> Broken:
        if self._words is not None:
            return break_made(self._words, self._bullet, self._style, self._maker, width, plain=self._plain)
        style, maker, cache = self._style, self._maker, self._maker.cache
        said = self._key or self._said_now()
        if not said:
            return break_content(self._read(), style, maker, width)
        key = ("para", style, said, width, maker.document.language)
        found: Broken | None = cache.get(key)
        if found is None:
            if self._element is None:
                found = break_text(normal(self._key), style, maker, width)
            else:
                found = break_content(self._read(), style, maker, width)
            cache.keep(key, found)
        return found

    def _said_now(self) -> str:
        """Return what tells a paragraph from others whose text depends on the page: all it says now; "" if unknown."""
        element, document = self._element, self._maker.document
        if element is None or not self._pattern:
            return ""
        names = [document.name(asked.get("id", ""), asked.get("default", "")) for asked in element.iter("getName")]
        return "\0".join([self._pattern, str(len(document.sheets)), *names])

    def _numbers(self, document: Document) -> bool:
        """Return whether it numbers pages, outside the frames; readers know on which page they are."""
        return (
            document.reading is not None
            and self._element is not None
            and (self._element.find(".//pageNumber") is not None)
        )

    def _moves(self) -> bool:
        return self._element is not None and self._stop < 0

    def _read(self, *, exact: bool = False) -> Content:
        if self._element is None:
            text = normal(self._key)
            if self._style.text_transform:
                text = transformed(text, self._style.text_transform)
            return Content([Run(base_look(self._style, self._maker), text)])
        if self._content is None or not self._key:
            self._content = read_content(self._element, self._style, self._maker, exact=exact, counted=self._counted)
        return self._content

    def _height(self, broken: Broken, stop: int) -> float:
        return sum(leading_of(line, self._style) for line in broken.lines[:stop])

    def _fitting(self, broken: Broken, height: float) -> int:
        style = self._style
        if not style.auto_leading or style.auto_leading == "off":
            return int(height / style.leading) if style.leading > 0 else len(broken.lines)
        used = 0.0
        for index, line in enumerate(broken.lines):
            used += leading_of(line, style)
            if used > height + _TOLERANCE:
                return index
        return len(broken.lines)

    def _parts(self, broken: Broken, count: int) -> tuple[Paragraph, Paragraph]:
        style = self._style
        if self._shared is None:
            self._shared = Shared()
        head = copy(self)
        stop = count if self.preformatted else _without_end(broken.lines, count)
        head._broken, head._stop, head._shared = broken, stop, self._shared
        head._goes_on, head.split_after = True, count
        words = broken.words[: broken.lines[count].start]
        if any(not isinstance(word, str) and (word.split or word.injected) for word in words):
            # ReportLab breaks it anew, and divides words elsewhere.
            head._words, head._plain, head._broken, head._stop = rejoined(words, broken.plain), broken.plain, None, -1  # type: ignore[arg-type]
            head._bullet = broken.bullet[1] if broken.bullet else ()
        later = changed(style, {"first_line_indent": 0.0}) if style.first_line_indent else style
        tail = self._rest(broken, count, later)
        tail._shared = self._shared
        return head, tail

    def _keep_words(self, broken: Broken) -> None:
        """Hold only the words of its lines, of those of the whole, to break them to another width."""
        lines, words = broken.lines, broken.words
        words = words[: lines[self._stop].start] if self._stop < len(lines) else words
        if words and isinstance(words[0], str):
            words = make_words([Run(base_look(self._style, self._maker), " ".join(words))])  # type: ignore[arg-type]
        self._words, self._plain, self._stop = words, broken.plain, -1  # type: ignore[assignment]
        self._bullet = broken.bullet[1] if broken.bullet else ()

    def _rest(self, broken: Broken, count: int, style: ParaStyle) -> Paragraph:
        rest = broken.words[broken.lines[count].start :]
        if rest and isinstance(rest[0], str):
            return Paragraph(style, self._maker, self.role, " ".join(rest))  # type: ignore[arg-type]
        tail = Paragraph(style, self._maker, self.role, "")
        if self._moves() and not self._key and rest[:1] and rest[0].parts[0].kind == BREAK:  # type: ignore[union-attr]
            rest = rest[1:]  # ReportLab has lost the end of the line that is before the parts
        tail._words = rejoined(rest, broken.plain)  # type: ignore[arg-type]
        tail._plain = broken.plain
        return tail

    # --- drawing -------------------------------------------------------------------------------

    def _draw_lines(self, broken: Broken, stop: int) -> Drawing:
        style = broken.style
        if self._goes_on and style.end_dots:
            style = changed(style, {"end_dots": ""})
        lines = broken.lines[:stop]
        last = not self._goes_on or (bool(lines) and lines[-1].forced)
        if self._goes_on and not self.preformatted:
            lines = _without_break(lines)
        height = broken.height if stop == len(broken.lines) else self._height(broken, stop)
        placing = Placing(
            style, broken.width, height, broken.first, last, self.preformatted, broken.bullet, broken.plain
        )
        letters = self._maker.letters
        if broken.easy and lines:
            return draw_easy(lines, placing, broken.look, letters.number(broken.look.face))
        return draw_lines(lines, placing, letters)

    def _node(self, document: Document) -> Node:
        if self._shared is not None and self._shared.node is not None:
            return self._shared.node
        node = document.at.add(self.role)
        if self._style.language:
            node.language = self._style.language
        if self._shared is not None:
            self._shared.node = node
        return node


def _without_end(lines: Sequence[Line], count: int) -> int:
    """Return how many lines a first part has: breaking it anew, ReportLab loses the empty line at its end."""
    last = lines[count - 1]
    return count - 1 if count > 1 and last.forced and not any(run.text or run.extra for run in last.runs) else count


def _without_break(lines: list[Line]) -> list[Line]:
    """Return lines of a first part, whose last one has lost the break at its end; ReportLab keeps it for the rest."""
    if not lines or len(lines[-1].runs) < 2 or lines[-1].runs[-1].kind != BREAK:
        return lines
    last = copy(lines[-1])
    last.runs = last.runs[:-1]
    return [*lines[:-1], last]


def _draw_parts(drawing: Drawing, sheet: Sheet, x: float, y: float, node: Node | None, known: dict[int, Node]) -> None:
    """Put the parts of a paragraph with links and pictures, each link as one element with all of its boxes.

    `known` are the elements of links by number; new ones are added.
    """
    links: dict[int, Node | None] = {}
    below = {id(part): _draw_below(part, sheet, x, y, node) for part in drawing.below}
    for part in drawing.parts:
        number, own = part.link, node
        if number in drawing.links:
            if number not in links:
                new = None if node is None else known.get(number) or node.add("Link")
                links[number] = known[number] = new  # type: ignore[assignment]
            own = links[number]
        if id(part) not in below:
            sheet.put(part.ink, x, y, own if part.alt is None else None)
        elif own is not None and (figure := below[id(part)]) is not None:
            own.kids.append(figure)
    for number, holder in links.items():
        target, boxes = drawing.links[number]
        text = "".join(part.text for part in drawing.parts if part.link == number)
        for left, bottom, right, top in boxes:
            sheet.link(holder or Node("Link"), x + left, y + bottom, x + right, y + top, target, text)


def _draw_below(part: Part, sheet: Sheet, x: float, y: float, node: Node | None) -> Node | None:
    """Draw what lies below a paragraph's text; return the element that a picture is, to be read among the text."""
    left, bottom, right, top = part.box
    figure = Node("Figure", alt=part.alt) if node is not None and part.alt else None
    if figure is not None:
        figure.attributes["BBox"] = x + left, y + bottom, x + right, y + top
    sheet.put(part.ink, x, y, figure)
    return figure
