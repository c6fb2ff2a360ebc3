"""Floor 2, edges: runs of text to lines, at the places where ReportLab's paragraphs break.

Words are joined, measured and split in its order of steps, since every step decides where a line ends. Text with
one look takes `break_plain`. Knows the widths of letters; nothing of RML, of scripts, or of where ink goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from docgen.render.pdf.layout.attributes import length, share
from docgen.render.pdf.layout.parascript import Look, unspaced_parts, width_of
from docgen.render.pdf.layout.parastyle import ParaStyle

TEXT, IMAGE, ANCHOR, BREAK = range(4)
NO_BREAK_SPACE = "\u00a0"
SPACES = "\t\n\x0b\x0c\r\x1c-\x1f \x85\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000"
_BETWEEN_WORDS = re.compile(f"[{SPACES}]+")
_ASCII_SPACES = " \t\n\r\x0b\x0c"


class Image(NamedTuple):
    """A picture in a line of text: its resource, its width, its height or the share of the letters' size it has."""

    name: str
    width: float
    height: float
    share: float = 0.0
    valign: str = "bottom"
    alt: str | None = None

    def size(self, letters: float) -> tuple[float, float]:
        """Return width and height among letters of a size."""
        return self.width, self.share * letters or self.height

    def rise(self, letters: float) -> float:
        """Return how far its foot is above the base line."""
        height = self.size(letters)[1]
        known = {
            "baseline": 0.0,
            "top": letters - height,
            "middle": letters - (1.2 * letters + height) * 0.5,
            "bottom": letters - 1.2 * letters,
            "super": 0.5 * letters,
            "sub": -0.5 * letters,
        }
        name = self.valign.strip().lower()
        if name.removeprefix("text-") in known:
            return known[name.removeprefix("text-")]
        return share(name) * letters if name.endswith("%") else length(name)


class Run:
    """Text of one look, or something among it: a picture, an anchor, the end of a line."""

    __slots__ = ("extra", "kind", "look", "rtl", "text")

    def __init__(self, look: Look, text: str, kind: int = TEXT, extra: Image | str | None = None) -> None:
        self.look = look
        self.text = text
        self.kind = kind
        self.extra = extra
        self.rtl = False  # set where the order of a line is worked out

    def like(self, text: str) -> Run:
        """Return a run of the same kind with another text."""
        return Run(self.look, text, self.kind, self.extra)


class Word:
    """What stands together: its width, its parts, whether a space follows, and how it came about.

    Attributes:
        split: "" whole, "part" continued by the next word, "last" the last piece of a split one.
        hyphen: whether a hyphen was put at its end.
        injected: whether it is an end of line that was put between pieces.
        glued: whether it belongs to the word before, though a line may end between them.
    """

    __slots__ = ("glued", "hyphen", "injected", "parts", "spaced", "split", "width")

    def __init__(self, width: float, parts: list[Run], spaced: bool = False, split: str = "") -> None:
        self.width = width
        self.parts = parts
        self.spaced = spaced
        self.split = split
        self.hyphen = False
        self.injected = False
        self.glued = False


class Line:
    """A line: its runs, and the room left.

    Attributes:
        count: words, for the division of `extra` over the spaces between.
        forced: whether it ends by a break that keeps it from being justified.
        start: which of the words it begins with.
        room: the width it had.
    """

    __slots__ = ("ascent", "count", "descent", "extra", "forced", "hyphened", "room", "rtl", "runs", "size", "start")

    def __init__(self, extra: float, count: int, runs: list[Run], size: float, start: int, room: float) -> None:
        self.extra = extra
        self.count = count
        self.runs = runs
        self.size = size
        self.start = start
        self.room = room
        self.forced = False
        self.hyphened = False
        self.rtl = False
        self.ascent = self.descent = 0.0


#: Where a word may be divided, as (its text before, its text after), the longest first.
Divider = Callable[[str], Sequence[tuple[str, str]]]


def split_text(text: str) -> list[str]:
    """Return the words of a text; the space that does not break divides none."""
    return _BETWEEN_WORDS.split(text) if NO_BREAK_SPACE in text else text.split()


class Span(NamedTuple):
    """Words that stand on one line: from which to which, and the room that is left."""

    start: int
    end: int
    extra: float


def break_spans(
    words: Sequence[str], measure: Callable[[str, float], float], size: float, widths: Sequence[float], style: ParaStyle
) -> list[Span] | None:
    """Return the lines of words of one look; None where a word has to be divided.

    Args:
        words: at least one.
        measure: the width of a text at a size.
        size: of the letters.
        widths: of the first line and of later ones.
        style: of the paragraph.
    """
    spans: list[Span] = []
    space = measure(" ", size)
    shrink = style.space_shrinkage * space
    strict = style.split_long_words
    room, used, start = widths[0], -space, 0
    for index, word in enumerate(words):
        width = measure(word, size)
        wider = used + space + width
        if wider > room and wider > room + shrink * (index - start):
            if strict and width > room:
                return None
            if index > start:
                spans.append(Span(start, index, room - used))
                room, used, start = widths[1], width, index
                continue
        used = wider
    spans.append(Span(start, len(words), room - used))
    return spans


def trimmed(text: str) -> str:
    """Return a text without the spaces at its ends, but for those that do not break."""
    return text.strip(_ASCII_SPACES)


def break_plain(
    text: str, look: Look, widths: Sequence[float], style: ParaStyle
) -> tuple[list[str], list[Line]] | None:
    """Return words and lines of a text of one look; None where a word has to be divided."""
    words = split_text(trimmed(text)) if NO_BREAK_SPACE in text else text.split()
    if not words:
        return words, []
    spans = break_spans(words, look.face.width, look.size, widths, style)
    if spans is None:
        return None
    lines = []
    for start, end, extra in spans:
        run = Run(look, " ".join(words[start:end]))
        lines.append(Line(extra, end - start, [run], look.size, start, widths[1] if start else widths[0]))
    return words, lines


# --- runs to words -----------------------------------------------------------------------------------


def make_words(runs: Iterable[Run]) -> list[Word]:
    """Return the words of runs, with breaks and pictures as words of their own."""
    made = _Words()
    for run in runs:
        if run.kind == TEXT:
            if run.text:
                made.add_text(run)
        elif run.kind == IMAGE:
            made.add_image(run)
        elif run.kind == ANCHOR:
            made.add_anchor(run)
        else:
            made.end_word(False)
            made.words.append(Word(0.0, [run]))
            made.hanging = True
    made.end_word(False)
    return made.words


class _Words:
    def __init__(self) -> None:
        self.words: list[Word] = []
        self.hanging = True  # at the beginning of a line, spaces are nothing
        self._parts: list[Run] = []
        self._width = 0.0
        self._glued = False

    def end_word(self, spaced: bool) -> None:
        if self._parts:
            word = Word(self._width, self._parts, spaced)
            word.glued = self._glued
            self.words.append(word)
            self._parts, self._width, self._glued = [], 0.0, False

    def add_text(self, run: Run) -> None:
        text = run.text
        if self.hanging:
            text = _BETWEEN_WORDS.sub("", text, count=1) if _BETWEEN_WORDS.match(text) else text
            if not text:
                return
            self.hanging = False
        words = split_text(text)
        if text[0] in _ASCII_SPACES or not words:
            after_space = not self._parts and bool(self.words) and self.words[-1].spaced
            self.end_word(False)
            if not after_space:
                words.insert(0, "")
            elif not words:
                return
        for word in words[:-1]:
            self._add(run, word)
            self.end_word(True)
        self._add(run, words[-1])
        if text[-1] in _ASCII_SPACES:
            self.end_word(True)

    def _add(self, run: Run, word: str) -> None:
        if not word.isascii():
            *parts, word = unspaced_parts(word)
            for part in parts:
                self._append(run, part)
                self.end_word(False)
                self._glued = True
        self._append(run, word)

    def _append(self, run: Run, word: str) -> None:
        self._parts.append(run.like(word))
        self._width += width_of(run.look, word)

    def add_image(self, run: Run) -> None:
        self.end_word(False)
        assert isinstance(run.extra, Image)
        self.words.append(Word(run.extra.width, [run]))
        self.hanging = False

    def add_anchor(self, run: Run) -> None:
        if not self._parts and self.words and self.words[-1].spaced:
            self.words[-1].parts.append(run)
        else:
            self._parts.append(run)


def rejoined(words: Iterable[Word], plain: bool) -> list[Word]:
    """Return words without what breaking lines did to them, to be broken anew.

    In words of one look ReportLab does not keep the empty piece that is before a word none of which fits; in others it
    takes words that were split for one where no space is between them.
    """
    found: list[Word] = []
    pieces: list[Word] = []
    for word in words:
        if word.injected:
            continue
        if word.split and not (plain and word.split == "part" and not word.parts[0].text):
            pieces.append(word)
        if not word.split or (word.split == "last" and (word.spaced or plain)):
            found += [_joined(pieces)] if pieces else []
            pieces = []
        if not word.split:
            found.append(word)
    return found + ([_joined(pieces)] if pieces else [])


def _joined(pieces: Sequence[Word]) -> Word:
    parts: list[Run] = []
    for piece in pieces:
        own = [part.like(part.text) for part in piece.parts]
        if piece.hyphen and piece is not pieces[-1]:
            own[-1].text = own[-1].text[:-1]
        if parts and own and parts[-1].kind == own[0].kind == TEXT and parts[-1].look == own[0].look:
            parts[-1].text += own.pop(0).text
        parts += own
    word = Word(_total(parts), parts, pieces[-1].spaced)
    word.hyphen = pieces[-1].hyphen
    return word


def _total(parts: Iterable[Run]) -> float:
    """Return the width of parts; newer Pythons' `sum` is more exact than adding was the first time."""
    width = 0.0
    for part in parts:
        width += width_of(part.look, part.text)
    return width
