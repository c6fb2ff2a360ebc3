"""Floor 2, edges: words of several looks to lines, and words too wide for a line to pieces.

The steps are ReportLab's, down to what it does with breaks in a row and with words it has split before. Knows no
letters but by their widths.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from docgen.limits import current_work
from docgen.render.pdf.layout.lines import BREAK, TEXT, Image, Line, Run, Word
from docgen.render.pdf.layout.parascript import SOFT_HYPHEN, letters_of, width_of
from docgen.render.pdf.layout.parastyle import ParaStyle
from docgen.render.pdf.typeset.hyphens import hyphen_offsets

#: More words than this are broken with an eye on the clock.
_MANY = 500


def break_words(
    words: Iterable[Word], widths: Sequence[float], style: ParaStyle, *, plain: bool, language: str = ""
) -> tuple[list[Word], list[Line]]:
    """Return the words as they were split, and the lines.

    Args:
        words: as `lines.make_words` gives them.
        widths: of the first line and of later ones.
        style: of the paragraph.
        plain: whether all is of one look: ReportLab then counts a space before a word none of which fits.
        language: whose rules divide words; without one they are divided at soft hyphens only.
    """
    breaker = _Breaker(widths, style, plain, language)
    breaker.fill(words)
    return breaker.taken, breaker.lines


class _Breaker:
    def __init__(self, widths: Sequence[float], style: ParaStyle, plain: bool, language: str) -> None:
        self.lines: list[Line] = []
        self.taken: list[Word] = []
        self._widths = widths
        self._style = style
        self._plain = plain
        self._language = language
        self._bounds = style.auto_leading in ("min", "max")
        self._queue: deque[Word] = deque()
        self._room = widths[0]
        self._start = 0
        self._piece: Word | None = None  # fits in any case, as its width was made for the line
        self._line = self._new_line()
        self._used = self._space = 0.0

    def fill(self, words: Iterable[Word]) -> None:
        queue = self._queue
        queue.extend(words)
        check_time = current_work().check_time if len(queue) > _MANY else None
        while queue:
            if check_time is not None:
                check_time()
            word = queue.popleft()
            self.taken.append(word)
            if not self._line.runs:
                self._line = self._new_line()
                self._used = self._space = 0.0
                self._line.size = word.parts[-1].look.size
            self._place(word)
        if self._line.runs:
            self._end_line()

    def _place(self, word: Word) -> None:
        wider = self._used + self._space + word.width if word.width > 0 else self._used
        if word.parts[0].kind == BREAK:
            self._break_at(word)
            return
        if self._plain and word is self._piece:
            if word.width:
                self._take(word, wider)
            return
        if wider > self._room and wider > (limit := self._room + self._shrink()):
            if self._divide(word, wider, limit):
                return
            if self._line.count > 0:
                self._end_line()
                self._start = len(self.taken) - 1
                self._begin_with(word)
                return
        self._take(word, wider)

    def _shrink(self) -> float:
        shrink = self._style.space_shrinkage
        if not shrink:
            return 0.0
        spaces = (
            run.text.count(" ") * width_of(run.look, " ") for run in self._line.runs if run.kind == TEXT and run.text
        )
        return shrink * (self._space + sum(spaces))

    def _break_at(self, word: Word) -> None:
        self._line.runs.append(word.parts[0].like(""))
        self._line.forced = not self._style.justify_breaks and not word.injected
        self._end_line()
        self._start = len(self.taken) - 1
        self._line.runs = []

    def _end_line(self) -> None:
        line = self._line
        line.extra = self._room - self._used
        line.start = self._start
        line.room = self._room
        self.lines.append(line)
        self._room = self._widths[min(len(self.lines), len(self._widths) - 1)]
        self._line = self._new_line()

    def _new_line(self) -> Line:
        return Line(0.0, 0, [], 0.0, self._start, self._room)

    # --- a word onto the line ------------------------------------------------------------------

    def _begin_with(self, word: Word) -> None:
        line, last = self._line, word.parts[-1].look
        line.count, line.hyphened = 1, word.hyphen
        self._used = word.width
        self._space = width_of(last, " ") if word.spaced else 0.0
        line.runs = [part.like(part.text) for part in word.parts]
        self._measure(word.parts)

    def _take(self, word: Word, wider: float) -> None:
        line, first, last = self._line, word.parts[0], word.parts[-1]
        if first.text and not (word.glued and line.count):
            line.count += 1
        elif word.glued:
            line.forced = True  # its few spaces are no place for the room that is left
        self._join(first)
        self._space = last.look.face.width(" ", first.look.size) if word.spaced else 0.0
        line.runs += [part.like(part.text) for part in word.parts[1:]]
        if not first.text and any(part.text for part in word.parts[1:]):
            line.count += 1
        line.hyphened = word.hyphen
        self._measure(word.parts)
        self._used = wider

    def _join(self, first: Run) -> None:
        runs, text = self._line.runs, first.text
        before = runs[-1] if runs else None
        if before is not None and before.kind == first.kind == TEXT and before.look == first.look:
            before.text += f" {text}" if self._space and not before.text.endswith(" ") else text
            return
        if self._space:
            spaced = next((run for run in reversed(runs) if run.kind == TEXT), None)
            if spaced is not None and not spaced.text.endswith(" "):
                spaced.text += " "
        runs.append(first.like(text))

    def _measure(self, parts: Iterable[Run]) -> None:
        line = self._line
        for part in parts:
            size = part.look.size
            line.size = max(line.size, size)
            if not self._bounds:
                continue
            if isinstance(part.extra, Image):
                descent = part.extra.rise(size)
                ascent = descent + part.extra.size(size)[1]
            else:
                ascent, descent = part.look.face.ascent * size / 1000, part.look.face.descent * size / 1000
            line.ascent = max(line.ascent, ascent)
            line.descent = min(line.descent, descent)

    # --- words to pieces -----------------------------------------------------------------------

    def _divide(self, word: Word, wider: float, limit: float) -> bool:
        """Put pieces of a word before all others that wait; return whether there are any."""
        if word.parts[0].kind != TEXT:
            return False
        if self._divide_at_hyphen(word, wider, limit):
            return True
        if not self._style.split_long_words or word.split or word.width <= self._room:
            return False
        if self._line.count and self._would_divide(word):
            return False
        # Which sums ReportLab compares decides by the last digit whether another letter fits.
        used, room = (
            (self._used + self._space, self._room) if self._plain else (0.0, self._room - self._space - self._used)
        )
        pieces = list(_chopped(word, used, room, self._widths, len(self.lines)))
        self._put_back(pieces)
        self._piece = pieces[0]
        if self._plain and not pieces[0].width:
            self._used += self._space
        return True

    def _divide_at_hyphen(self, word: Word, wider: float, limit: float) -> bool:
        if word.split == "part" or not self._has_places(word):
            return False
        found = _divided(word, limit - (wider - word.width), self._language)
        if found is None:
            return False
        self._put_back(found)
        return True

    def _has_places(self, word: Word) -> bool:
        return bool(self._language) or any(SOFT_HYPHEN in part.text for part in word.parts)

    def _would_divide(self, word: Word) -> bool:
        return self._has_places(word) and _divided(word, self._room, self._language) is not None

    def _put_back(self, pieces: Sequence[Word]) -> None:
        self.taken.pop()
        look = pieces[0].parts[0].look
        end = Word(0.0, [Run(look, "", BREAK)])
        end.injected = True
        self._queue.extendleft(reversed([pieces[0], end, *pieces[1:]]))


def _divided(word: Word, room: float, language: str) -> tuple[Word, Word] | None:
    """Return a word divided by a hyphen, the first piece as wide as the room allows."""
    best: tuple[Word, Word] | None = None
    before = 0.0
    for index, part in enumerate(word.parts):
        hyphen = width_of(part.look, "-")
        for head, tail, added in _places(part, language):
            width = before + width_of(part.look, head) + (hyphen if added else 0.0)
            if width > room:
                return best
            first = Word(width, [*word.parts[:index], part.like(head + added)], split="part")
            first.hyphen = bool(added)
            rest = Word(word.width - width + (hyphen if added else 0.0), [part.like(tail), *word.parts[index + 1 :]])
            rest.spaced, rest.split = word.spaced, "last"
            best = first, rest
        before += width_of(part.look, part.text)
    return best


def _places(part: Run, language: str) -> Iterator[tuple[str, str, str]]:
    """Yield where a text may be divided: before, after, and the hyphen to be added; the shortest first."""
    if part.kind != TEXT:
        return
    if SOFT_HYPHEN in part.text:
        pieces = part.text.split(SOFT_HYPHEN)
        for count in range(1, len(pieces)):
            yield SOFT_HYPHEN.join(pieces[:count]), SOFT_HYPHEN.join(pieces[count:]), "-"
    elif language and not part.look.nobr:
        for offset in _offsets(part.text, language):
            head = part.text[:offset]
            yield head, part.text[offset:], "" if head.endswith("-") else "-"


def _offsets(text: str, language: str) -> list[int]:
    typed = (index + 1 for index, char in enumerate(text) if char == "-" and 1 < index < len(text) - 2)
    return sorted({*hyphen_offsets(text, language), *typed})


def _chopped(word: Word, used: float, room: float, widths: Sequence[float], number: int) -> Iterator[Word]:
    """Yield pieces of a word as wide as the lines, the first as wide as what is left of its line."""
    following = widths[min(number + 1, len(widths) - 1)]
    width = 0.0
    parts: list[Run] = []
    for part in word.parts:
        text = ""
        for char in letters_of(part.text) or ("",):  # what has no width may begin a line where no letter fits
            own = width_of(part.look, char)
            if used + own > room and (width or own <= following):
                yield Word(width, [*parts, part.like(text)] if text or not parts else parts, split="part")
                room, used, width, parts, text = following, 0.0, 0.0, [], ""
            used += own
            width += own
            text += char
        parts.append(part.like(text))
    yield Word(width, parts, spaced=word.spaced, split="last")
