"""Floor 2, edges: paragraphs of plain text, which most of a document's blocks are: set once, drawn as one string.

They are paragraphs like others; what takes the short way is text without markup of which nothing is to be said but
that it is a paragraph. All else, and the parting of any, is left to `paragraph`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from lxml import etree

from docgen.render.pdf.layout.attributes import fill_operator
from docgen.render.pdf.layout.blocks import Block, FontUse, Node, Sheet
from docgen.render.pdf.layout.inline import base_look
from docgen.render.pdf.layout.kept import Shelf
from docgen.render.pdf.layout.lines import NO_BREAK_SPACE, break_spans
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.parabroken import break_text, width_pair
from docgen.render.pdf.layout.paragraph import Paragraph, normal
from docgen.render.pdf.layout.paraink import Placing, draw_easy
from docgen.render.pdf.layout.parascript import Look
from docgen.render.pdf.layout.parastyle import ParaStyle
from docgen.render.pdf.typeset.faces import Face
from docgen.render.pdf.typeset.setting import is_simple, reads_back

_FUZZ = 1e-6
#: Which share of the room that is left moves a line to the right.
_SHARES = {"": 0.0, "left": 0.0, "center": 0.5, "right": 1.0}
#: What stands for `<br/>`; XML has no such character.
LINE_END = "\0"
#: What an entry takes besides its characters.
_ENTRY = 300


def is_more_than_text(text: str) -> bool:
    """Return whether a text has what ReportLab reads as references, each set by itself, or ends of lines."""
    return "&" in text or "<" in text or ">" in text or LINE_END in text


def text_of(element: etree._Element) -> str | None:
    """Return the text of an element that holds nothing else but `<br/>`; None where it does."""
    text: str = element.text or ""
    for child in element:
        if child.tag != "br" or len(child) or child.text or child.keys():
            return None
        text += LINE_END + (child.tail or "")
    return text


class Setting(NamedTuple):
    """A text set in lines: its height, its operators around its lower left corner, and the fonts they use."""

    height: float
    ops: str
    fonts: frozenset[FontUse]


class Setter(Shelf):
    """Sets texts in one style, width and language, and keeps them: those that are no such text as False.

    Attributes:
        written: the recent ones by how they are written in the body, where somebody knows that.
    """

    __slots__ = (
        "_easy", "_first", "_letters", "_look", "_share", "_start", "_style", "_width", "_widths", "written",
    )  # fmt: skip

    def __init__(self, style: ParaStyle, width: float, maker: Maker) -> None:
        super().__init__()
        self._style = style
        self._width = width
        self._widths = width_pair(style, width)
        self._look = base_look(style, maker)
        self._letters = _letters_of(self._look.face, maker)
        self._easy = _is_easy(style, self._look)
        self._share = _SHARES.get(style.alignment)
        colour = fill_operator(self._look.colour)
        self._start = f"BT\n/F{self._letters.number} {self._look.size:.6g} Tf\n{colour}"
        self._first = style.left_indent + style.first_line_indent
        self.written: dict[str, Setting | Literal[False]] = {}

    def turn(self) -> None:
        """Begin a generation."""
        super().turn()
        self.written = {}

    def set(self, text: str, maker: Maker) -> Setting | Literal[False]:
        """Return a text that is not among the recent ones."""
        found: Setting | Literal[False] | None = self.older.get(text)
        if found is None:
            found = self._set(text, maker) if self._easy else self._set_at_length(text, maker)
        self.recent[text] = found
        maker.cache.count(len(text) + _ENTRY + (len(found.ops) if found else 0))
        return found

    def _set(self, text: str, maker: Maker) -> Setting | Literal[False]:
        if self._share is not None and self._letters.know(text):
            if len(text.split(None, 1)) == 1 and LINE_END not in text and (found := self._set_word(text.strip())):
                return found
            lines = self._break(text)
            if lines:
                return self._draw(text, lines, self._share)
        return self._set_at_length(text, maker) if is_more_than_text(text) else self._set_by_steps(normal(text), maker)

    def _set_word(self, word: str) -> Setting | None:
        """Return a word on a line of its own, as most cells with numbers have them; None where it is too long."""
        look, style = self._look, self._style
        extra = self._widths[0] - look.face.width(word, look.size)
        if extra < 0:
            return None
        x, y = self._first + self._share * extra, style.leading - look.size  # type: ignore[operator]
        ops = f"{self._start}1 0 0 1 {x:.3f} {y:.3f} Tm\n<{look.face.digits(word)}> Tj\nET\n"
        return Setting(style.leading, ops, self._letters.fonts(word))

    def _break(self, text: str) -> list[tuple[str, float]]:
        """Return lines and the room left in each; none where a word is divided, a space narrower, a line empty."""
        look, style, widths = self._look, self._style, self._widths
        lines: list[tuple[str, float]] = []
        for part in text.split(LINE_END):
            words = part.split()
            spans = break_spans(words, look.face.width, look.size, widths, style) if words else None
            if not spans:
                return []
            for start, end, extra in spans:
                if extra < 0:
                    return []
                lines.append((" ".join(words[start:end]), extra))
            widths = [self._widths[1]] * 2
        return lines

    def _draw(self, text: str, lines: Sequence[tuple[str, float]], share: float) -> Setting:
        """Return lines that are not stretched."""
        style, digits = self._style, self._look.face.digits
        left, height = self._first, len(lines) * style.leading
        y, ops = height - self._look.size, self._start
        for line, extra in lines:
            ops += f"1 0 0 1 {left + share * extra:.3f} {y:.3f} Tm\n<{digits(line)}> Tj\n"
            left = style.left_indent
            y -= style.leading
        return Setting(height, f"{ops}ET\n", self._letters.fonts(text))

    def _set_at_length(self, text: str, maker: Maker) -> Setting | Literal[False]:
        """Return a text as paragraphs with markup are set, where nothing stands beside its letters."""
        first, *others = text.split(LINE_END)
        element = etree.Element("para")
        element.text = first
        for other in others:
            etree.SubElement(element, "br").tail = other
        paragraph = Paragraph(self._style, maker, "P", "", element)
        found = None if self._style.language else paragraph.drawing(self._width)
        if found is None:
            return False
        drawing, height = found
        if drawing.back or drawing.links or drawing.anchors or len(drawing.parts) != 1:
            return False
        part = drawing.parts[0]
        plain = part.alt is None and not part.ink.resources
        return Setting(height, part.ink.ops, part.ink.fonts) if plain else False

    def _set_by_steps(self, text: str, maker: Maker) -> Setting | Literal[False]:
        broken = break_text(text, self._style, maker, self._width)
        if not broken.easy or not broken.lines:
            return False
        placing = Placing(self._style, self._width, broken.height, broken.first, plain=True)
        (part,) = draw_easy(broken.lines, placing, broken.look, self._letters.number).parts
        return Setting(broken.height, part.ink.ops, part.ink.fonts)


def _is_easy(style: ParaStyle, look: Look) -> bool:
    """Return whether letters are set one by one, nothing stands along them and nothing is said of them."""
    by_steps = style.text_transform or style.end_dots or style.word_wrap or style.hyphenation or style.auto_leading
    return not (by_steps or look.kerning or look.marks or style.back_color or style.border_width or style.language)


class _Letters:
    """The characters of a face that are set one by one and read back as what they are, as far as they were asked for.

    Attributes:
        number: of the face in the file.
    """

    def __init__(self, face: Face, number: int) -> None:
        self.number = number
        self._face = face
        self._known = {LINE_END}
        self._groups: dict[str, int] = {}  # of characters outside the first one
        self._uses: dict[frozenset[int], frozenset[FontUse]] = {}

    def know(self, text: str) -> bool:
        """Return whether all of a text is such characters, and spaces where it may be divided."""
        return self._known.issuperset(text) or self._learn(set(text) - self._known)

    def _learn(self, chars: Iterable[str]) -> bool:
        for char in chars:
            if not (char.isspace() and char != NO_BREAK_SPACE):
                if not (char.isprintable() and self._face.covers(char) and is_simple(char)):
                    return False
                if not char.isascii():
                    if not reads_back(self._face, char):
                        return False
                    (group,) = self._face.groups(char)
                    if group:
                        self._groups[char] = group
            self._known.add(char)
        return True

    def fonts(self, text: str) -> frozenset[FontUse]:
        """Return what a text that is known uses."""
        groups = frozenset() if text.isascii() else frozenset([self._groups.get(char, 0) for char in text])
        found = self._uses.get(groups)
        if found is None:
            found = self._uses[groups] = frozenset([(self.number, group) for group in groups | {0}])
        return found


def _letters_of(face: Face, maker: Maker) -> _Letters:
    key = "letters", face
    found: _Letters | None = maker.cache.get(key)
    return found or maker.cache.keep(key, _Letters(face, maker.letters.number(face)))


class PlainParagraph(Paragraph):
    """A paragraph of plain text."""

    _setting: Setting | Literal[False]  # of the last wrapping, where it took the short way

    def __init__(self, style: ParaStyle, maker: Maker, element: etree._Element, text: str) -> None:
        self.space_before = style.space_before
        self.space_after = style.space_after
        self.keep_with_next = style.keep_with_next
        self._style = style
        self._maker = maker
        self._text = self._key = text
        if is_more_than_text(text):
            self._key = f"&{text}"
            self._element = element
        self._setting = False
        self._width = 0.0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its width, which is all there is, and its height."""
        if width < _FUZZ or self._stop >= 0 or self._words is not None:
            self._setting = False
            return super().wrap(width, height)
        style, maker = self._style, self._maker
        key = style, width, maker.document.language
        setter = maker.cache.shelves.get(key)
        if setter is None:
            setter = maker.cache.shelf(key, lambda: Setter(style, width, maker))
        setting = setter.recent.get(self._text)
        if setting is None:
            setting = setter.set(self._text, maker)  # type: ignore[attr-defined]
        self._setting = setting
        if not setting:
            return super().wrap(width, height)
        self._width = width
        return width, setting[0]

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return its first lines and the others, as widows and orphans allow."""
        if self._setting:
            self._setting = False
            self._broken = self._break(self._width)
        return super().split(width, height)

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it."""
        setting = self._setting
        if not setting:
            super().draw(sheet, x, y, spare)
            return
        _, ops, fonts = setting
        sheet.fonts.update(fonts)
        document = sheet.document
        if document.silent:
            sheet.out.append(f"/Artifact BMC\nq 1 0 0 1 {x:.3f} {y:.3f} cm\n{ops}Q\nEMC\n")
            return
        marks, node = sheet.marks, Node("P")
        mark = len(marks)
        marks.append(node)
        node.kids.append((sheet.number, mark))
        document.at.kids.append(node)
        sheet.out.append(f"/P <</MCID {mark}>> BDC\nq 1 0 0 1 {x:.3f} {y:.3f} cm\n{ops}Q\nEMC\n")
