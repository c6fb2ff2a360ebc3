"""Floor 2, edges: paragraphs of which is noted what a layout asked of them.

Where it asked for nothing but the height in one style and width, another text of the same height would have been laid
out in the same places: `standing` relies on it. In place of such a text stands a mark, until it is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from lxml import etree

from docgen.render.pdf.layout.blocks import Document, FontUse, Heading, Ink, Sheet
from docgen.render.pdf.layout.inline import Content
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.parabroken import Broken
from docgen.render.pdf.layout.paraplain import PlainParagraph, Setter, Setting
from docgen.render.pdf.layout.parastyle import ParaStyle

_MARK = re.compile("\0([0-9]+)\0")
_NO_FONTS: frozenset[FontUse] = frozenset()


class _Ignored(Setter):
    """Sets nothing, whatever the text."""

    __slots__ = ()

    def __init__(self) -> None:
        self.written = _Nothing({"": Setting(0.0, "", _NO_FONTS)})

    def turn(self) -> None:
        """Keep what there is."""


class _Nothing(dict[str, "Setting | Literal[False]"]):
    def get(self, key: str, default: object = None) -> Setting | Literal[False]:
        return self[""]


IGNORED: Setter = _Ignored()


class Filled(NamedTuple):
    """A sheet in pieces, each second of them a text, and the numbers of those."""

    pieces: list[str]
    numbers: list[int]

    def without(self, kept: Sequence[object]) -> Filled:
        """Return it with those texts as its own that are not kept for others; `kept` goes by number."""
        pieces, numbers = [self.pieces[0]], []
        for at, number in enumerate(self.numbers):
            text, after = self.pieces[2 * at + 1 : 2 * at + 3]
            if kept[number] is None:
                pieces[-1] += text + after
            else:
                pieces += ("", after)
                numbers.append(number)
        return Filled(pieces, numbers)


class Ear:
    """What a layout asked of some paragraphs.

    Attributes:
        texts: the elements listened to, by number.
        deaf: it may have asked more than was noted.
        drawn: the page templates of which it asked anything but their frames, by index.
        headings: the numbers of those that are headings, whose text a file of several pages names in its outline.
    """

    def __init__(self, texts: Mapping[etree._Element, int]) -> None:
        self.texts = texts
        self.deaf = False
        self.drawn: set[int] = set()
        self.headings: set[int] = set()
        self._known: set[int] = set()  # the numbers of which more was asked than their height
        self._asked: dict[int, set[Setter]] = {}
        self._marks: list[tuple[int, Setting]] = []

    def note(self, number: int, setter: Setter, setting: Setting) -> Setting:
        """Note that a text was set; return what to take for it."""
        self._asked.setdefault(number, set()).add(setter)
        self._marks.append((number, setting))
        return Setting(setting.height, f"\0{len(self._marks) - 1}\0", _NO_FONTS)

    def setting(self, number: int, setter: Setter) -> Setting | None:
        """Return how a text was set last."""
        if setter is IGNORED:
            return IGNORED.written[""]  # type: ignore[return-value]
        return next((setting for at, setting in reversed(self._marks) if at == number), None)

    def tell(self, number: int) -> None:
        """Note that more was asked of a text than its height."""
        self._known.add(number)

    def setters(self, count: int, document: Document) -> tuple[Setter | None, ...]:
        """Return what set each of some texts, `IGNORED` where nothing did, None where more was asked."""
        if len(document.sheets) > 1:
            self._known |= self.headings
        found: list[Setter | None] = [None] * count
        for element, number in self.texts.items():
            asked = self._asked.get(number, set())
            if self._is_on_other_page(element):
                found[number] = IGNORED
            elif number not in self._known and len(asked) == 1:
                (found[number],) = asked
        return tuple(found)

    def _is_on_other_page(self, element: etree._Element) -> bool:
        """Return whether it belongs to a kind of page that was not drawn."""
        page = next(element.iterancestors("pageTemplate"), None)
        return page is not None and page.getparent().findall("pageTemplate").index(page) not in self.drawn

    def fill(self, document: Document) -> list[Filled]:
        """Fill in the texts of a document; return its sheets in pieces."""
        found = []
        for sheet in document.sheets:
            pieces = _MARK.split("".join(sheet.out))
            marks = [self._marks[int(mark)] for mark in pieces[1::2]]
            pieces[1::2] = [setting.ops for _, setting in marks]
            found.append(Filled(pieces, [number for number, _ in marks]))
            sheet.out = [*pieces]
            sheet.fonts.update(*(setting.fonts for _, setting in marks))
        return found


class HeardParagraph(PlainParagraph):
    """A paragraph that is listened to."""

    def __init__(self, style: ParaStyle, maker: Maker, role: str, element: etree._Element, text: str) -> None:
        super().__init__(style, maker, element, text)
        assert maker.ear is not None
        self.role = role
        self._ear = maker.ear
        self._number = self._ear.texts[element]

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its width, which is all there is, and its height."""
        size = super().wrap(width, height)
        setting = self._setting
        if setting and not setting.ops.startswith("\0"):
            setter = self._maker.cache.shelves[self._style, width, self._maker.document.language]
            assert isinstance(setter, Setter)
            self._setting = self._ear.note(self._number, setter, setting)
        return size

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it."""
        setting = self._setting
        if self.role == "P" or not setting:
            super().draw(sheet, x, y, spare)
            return
        document, node = sheet.document, None
        if not document.silent:
            node = document.at.add(self.role)
            title = " ".join(self._text.split())
            document.headings.append(Heading(int(self.role[1:]), title, sheet.number, y + setting.height))
            self._ear.headings.add(self._number)
        sheet.put(Ink(setting.ops), x, y, node)

    def _break(self, width: float) -> Broken:
        self._ear.tell(self._number)
        return super()._break(width)

    def _read(self, *, exact: bool = False) -> Content:
        self._ear.tell(self._number)
        return super()._read(exact=exact)
