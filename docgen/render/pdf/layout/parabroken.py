"""Floor 2, edges: what becomes of a paragraph's content at a width: its lines, its height, the place of its bullet.

This is what is kept over documents. Knows no structure tree and no page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from docgen.render.pdf.layout.blocks import Lack
from docgen.render.pdf.layout.inline import Content, base_look, transformed
from docgen.render.pdf.layout.lacking import lacks_of_dots, lacks_of_parts
from docgen.render.pdf.layout.lines import (
    BREAK,
    NO_BREAK_SPACE,
    TEXT,
    Line,
    Run,
    Word,
    break_plain,
    make_words,
    trimmed,
)
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.parabreak import break_words
from docgen.render.pdf.layout.paraink import Drawing, leading_of
from docgen.render.pdf.layout.parascript import Look, is_plain, width_of
from docgen.render.pdf.layout.parastyle import ParaStyle
from docgen.render.pdf.typeset.bidi import base_direction, has_right_to_left


class Broken:
    """A paragraph broken to a width: its lines, what they are made of, and the ink of parts of it.

    Attributes:
        words: of several looks or split ones; texts where all is of one look.
        plain: whether all of it is of one look, which ReportLab sets by steps of its own.
        easy: whether there is nothing but text that its face has.
        inks: (how many of its first lines, whether the paragraph goes on after them) -> drawing.
    """

    __slots__ = (
        "bullet",
        "easy",
        "first",
        "height",
        "inks",
        "lacks",
        "lines",
        "look",
        "plain",
        "style",
        "width",
        "words",
    )

    def __init__(self, style: ParaStyle, width: float, look: Look) -> None:
        self.style = style
        self.width = width
        self.look = look
        self.lines: list[Line] = []
        self.words: Sequence[Word] | Sequence[str] = ()
        self.plain = True
        self.easy = False
        self.height = 0.0
        self.first = style.first_line_indent
        self.bullet: tuple[float, Sequence[Run]] | None = None
        self.inks: dict[tuple[int, bool], Drawing] = {}
        self.lacks: tuple[Lack, ...] = ()

    def finish(self) -> None:
        """Find the height of its lines."""
        style, look = self.style, self.look
        if style.auto_leading not in ("min", "max"):
            self.height = len(self.lines) * style.leading
            return
        for line in self.lines:
            if not line.ascent and not line.descent:
                line.ascent = look.face.ascent * look.size / 1000
                line.descent = look.face.descent * look.size / 1000
        self.height = sum(leading_of(line, style) for line in self.lines)


def break_text(text: str, style: ParaStyle, maker: Maker, width: float) -> Broken:
    """Break a text without markup."""
    look = base_look(style, maker)
    if style.text_transform:
        text = transformed(text, style.text_transform)
    if style.end_dots or style.word_wrap or style.hyphenation or not is_plain(look, text):
        return break_content(Content([Run(look, text)]), style, maker, width)
    broken = Broken(style, width, look)
    widths = width_pair(style, width)
    found = break_plain(text, look, widths, style)
    if found is None:
        return break_content(Content([Run(look, text)]), style, maker, width)
    broken.words, broken.lines = found
    broken.easy = not (look.marks or style.back_color or style.border_width or style.auto_leading)
    broken.finish()
    return broken


def break_content(content: Content, style: ParaStyle, maker: Maker, width: float) -> Broken:
    """Break what a paragraph with markup holds."""
    runs, style = content.runs, content.style or style
    alone = len(runs) == 1 and runs[0].kind in (TEXT, BREAK) and not runs[0].look.back
    plain = alone and not style.end_dots
    if plain and not runs[0].text.strip() and NO_BREAK_SPACE not in runs[0].text:
        runs = []
    elif alone and NO_BREAK_SPACE in runs[0].text:
        runs = [runs[0].like(trimmed(runs[0].text))]  # else the words would end with an empty one
    if _goes_left(runs, style):
        runs = [Run(run.look._replace(rtl=True), run.text, run.kind, run.extra) for run in runs]
    return break_made(make_words(runs), content.bullet or (), style, maker, width, plain=plain)


def break_made(
    words: Iterable[Word],
    bullet: Sequence[Run],
    style: ParaStyle,
    maker: Maker,
    width: float,
    *,
    plain: bool = False,
) -> Broken:
    """Break words; `plain` says whether they are of one look."""
    broken = Broken(style, width, base_look(style, maker))
    widths = width_pair(style, width)
    if bullet:
        _make_room(broken, bullet, widths)
    language = (style.language or maker.document.language) if style.hyphenation else ""
    words = list(words)
    broken.plain = plain
    broken.words, broken.lines = break_words(words, widths, style, plain=plain, language=language)
    broken.lacks = _lacks(broken, words, bullet)
    if words and words[0].parts[0].look.rtl:
        for line in broken.lines:
            line.rtl = True
    broken.finish()
    return broken


def _lacks(broken: Broken, words: Iterable[Word], bullet: Sequence[Run]) -> tuple[Lack, ...]:
    """Return what its words lack, its bullet and what fills its last line."""
    found = lacks_of_parts([(run.look, run.text) for run in bullet]) if bullet else ()
    if any(not part.look.face.covers(part.text) for word in words for part in word.parts):
        found += lacks_of_parts([part for word in words for part in _parts(word)])
    return found + lacks_of_dots(broken.look, broken.style.end_dots) if broken.style.end_dots else found


def _parts(word: Word) -> list[tuple[Look, str]]:
    parts = [(part.look, part.text) for part in word.parts]
    return parts if word.split == "part" else [*parts, (parts[-1][0], " ")]


def width_pair(style: ParaStyle, width: float) -> list[float]:
    """Return the widths of the first line and of later ones."""
    left, right = style.left_indent, style.right_indent
    return [width - (left + style.first_line_indent) - right, width - left - right]


def _make_room(broken: Broken, bullet: Sequence[Run], widths: list[float]) -> None:
    """Find the place of a bullet, and move the first line behind it."""
    style = broken.style
    width = sum(width_of(run.look, run.text) for run in bullet)
    length = style.bullet_indent + width + 0.6 * style.bullet_font_size
    indent = style.left_indent + style.first_line_indent
    if length > indent:
        widths[0] -= length - indent
    start = style.bullet_indent - _anchored(bullet, style.bullet_anchor)
    broken.first = max(style.first_line_indent, start + width + style.bullet_font_size * 0.6 - style.left_indent)
    broken.bullet = start, bullet


def _anchored(bullet: Sequence[Run], anchor: str) -> float:
    """Return how far a bullet begins before its indent."""
    if anchor == "start":
        return 0.0
    if anchor != "numeric":
        width = sum(width_of(run.look, run.text) for run in bullet)
        return width * 0.5 if anchor == "middle" else width
    width = 0.0
    for run in bullet:
        whole, point, _ = run.text.partition(".")
        width += width_of(run.look, whole)
        if point:
            return width + 0.5 * width_of(run.look, ".")
    return width


def _goes_left(runs: Iterable[Run], style: ParaStyle) -> bool:
    """Return whether a paragraph goes from right to left, by its style or its first strong letter."""
    if style.word_wrap in ("rtl", "ltr"):
        return style.word_wrap == "rtl"
    texts = [run.text for run in runs]
    return any(has_right_to_left(text) for text in texts) and base_direction("".join(texts)) == 1
