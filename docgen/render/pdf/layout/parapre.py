"""Floor 2, edges: preformatted text: `<pre>` as it is typed, `<xpre>` with markup.

Lines end where their author ends them, however wide they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf

from lxml import etree

from docgen.render.pdf.layout.attributes import count
from docgen.render.pdf.layout.blocks import Block
from docgen.render.pdf.layout.inline import Content, base_look, count_inside
from docgen.render.pdf.layout.lacking import lacks_of_parts
from docgen.render.pdf.layout.lines import IMAGE, Image, Line, Run, make_words
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.parabroken import Broken, width_pair
from docgen.render.pdf.layout.paraelement import style_of
from docgen.render.pdf.layout.paragraph import Paragraph, Shared
from docgen.render.pdf.layout.parascript import Look, width_of
from docgen.render.pdf.layout.parastyle import SAMPLE, ParaStyle, changed

_SPLIT_AT = "[{( ,.;:/\\-"


class Preformatted(Paragraph):
    """Text whose lines are given.

    Args of the class `Paragraph` but: `texts` are its lines, for `<pre>`; those of `<xpre>` come from its element.
    """

    def __init__(
        self,
        style: ParaStyle,
        maker: Maker,
        texts: Sequence[str] = (),
        element: etree._Element | None = None,
        dedent: int = 0,
    ) -> None:
        counted = () if element is None else count_inside(element, maker.document.sequencer)
        super().__init__(style, maker, "P", "", element, counted)
        self._texts = texts
        self._dedent = dedent
        self._lines: Sequence[Line] | None = None

    @property
    def preformatted(self) -> bool:
        """Return yes: its spaces are not stretched."""
        return True

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its height, and its width where that is more than there is."""
        width, height = super().wrap(width, height)
        if self._element is None or self._broken is None:
            return width, height
        return max([width, *(line.room - line.extra for line in self._broken.lines)]), height

    def min_width(self) -> float:
        """Return the width of its longest line; of text with markup that of its widest word, as ReportLab does."""
        if self._element is None:
            look = base_look(self._style, self._maker)
            return max((width_of(look, text) for text in self._texts), default=0.0)
        runs = self._read(exact=True).runs
        if len(runs) > 1:
            return max((word.width for word in make_words(runs)), default=0.0)
        # Words on both sides of a line's end count as one where all is of one look.
        return max(
            (run.look.face.width(word, run.look.size) for run in runs for word in run.text.strip().split(" ")),
            default=0.0,
        )

    def _break(self, width: float) -> Broken:
        broken = Broken(self._style, width, base_look(self._style, self._maker))
        widths = width_pair(self._style, width)
        if self._lines is None:
            content = self._content_of_lines(broken.look) if self._element is None else self._read_exactly()
            self._lines = list(_lines(content, widths))
        broken.lines = list(self._lines)
        if self._element is None:
            for line in broken.lines:
                line.extra = 0.0
        broken.lacks = tuple(
            lack for line in broken.lines for lack in lacks_of_parts([(run.look, run.text) for run in line.runs])
        )
        broken.finish()
        return broken

    def _content_of_lines(self, look: Look) -> list[list[Run]]:
        bare = look._replace(marks=())
        return [[Run(bare, text)] for text in self._texts]

    def _read_exactly(self) -> list[list[Run]]:
        content: Content = self._read(exact=True)
        assert self._element is not None
        lines = _trimmed(_by_lines(content.runs), self._dedent, *_blank_ends(self._element))
        # As in ReportLab, several texts end with the last line's end; a single one has an empty line after it.
        ends = bool(lines) and not _text(lines[-1])
        return lines[:-1] if ends and len(content.runs) - len(lines[-1]) != 1 else lines

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return its first lines and the others."""
        if self._element is not None:
            return super().split(width, height)
        leading = self._style.leading
        if height < leading:
            return ()
        if self._broken is None:
            self.wrap(width, height)
        count = int(height / leading)
        return (self,) if count >= len(self._texts) else self._halves(count)

    def _halves(self, count: int) -> tuple[Block, Block]:
        later = changed(self._style, {"first_line_indent": 0.0}) if self._style.first_line_indent else self._style
        first = Preformatted(self._style, self._maker, self._texts[:count])
        second = Preformatted(later, self._maker, self._texts[count:])
        if self._shared is None:
            self._shared = Shared()
        first._shared = second._shared = self._shared
        return first, second

    def _rest(self, broken: Broken, count: int, style: ParaStyle) -> Paragraph:
        rest = Preformatted(style, self._maker)
        rest._element = self._element
        rest._lines = broken.lines[count:]
        return rest


def _by_lines(runs: Iterable[Run]) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(run.like(first))
        for text in others:
            lines.append([run.like(text)] if text else [])
    return lines


def _blank_ends(element: etree._Element) -> tuple[float, float]:
    """Return how many lines at its begin and its end have no markup: to ReportLab, lines with markup are not empty."""
    if not len(element):
        return inf, inf
    return (element.text or "").count("\n"), (element[-1].tail or "").count("\n")


def _trimmed(lines: list[list[Run]], dedent: int, first: float, last: float) -> list[list[Run]]:
    """Drop empty lines at both ends, so many of them at most, and the indent of the others."""
    while lines and first and not _text(lines[0]).strip():
        del lines[0]
        first -= 1
    while lines and last and not _text(lines[-1]).strip():
        del lines[-1]
        last -= 1
    for line in lines if dedent else ():
        left = dedent
        for run in line:
            run.text, left = run.text[left:], max(0, left - len(run.text))
    return lines


def _text(line: Iterable[Run]) -> str:
    return "".join(run.text if run.kind != IMAGE else "x" for run in line)


def _lines(content: Iterable[Sequence[Run]], widths: Sequence[float]) -> Iterator[Line]:
    for number, runs in enumerate(content):
        used = sum(run.extra.width if isinstance(run.extra, Image) else width_of(run.look, run.text) for run in runs)
        room = widths[min(number, 1)]
        size = max((run.look.size for run in runs), default=0.0)
        yield Line(room - used, 1, list(runs), size, number, room)


def build_pre(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of a `<pre>`."""
    text = "".join(element.itertext())
    lines = _trim_texts(text.split("\n"))
    dedent = count(element.get("dedent", "0"))
    if dedent > 0:
        lines = [line[dedent:].rstrip() for line in lines]
    longest = count(element.get("maxLineLength", "0"))
    if longest and text:
        lines = [part for line in lines for part in _cut(line, longest, element.get("newLineChars", ""))]
    yield Preformatted(_style(element, maker, "Code"), maker, lines)


def build_xpre(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of an `<xpre>`."""
    yield Preformatted(_style(element, maker, "Normal"), maker, (), element, count(element.get("dedent", "0")))


def _style(element: etree._Element, maker: Maker, default: str) -> ParaStyle:
    named = [(name, text) for name, text in element.items() if name == "style"]
    return style_of(element.tag, named, maker) if named else SAMPLE[default]


def _trim_texts(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    return lines


def _cut(line: str, longest: int, before: str) -> Iterator[str]:
    """Yield a line in pieces of so many characters, cut behind punctuation where there is some."""
    if len(line) <= longest:
        yield line
        return
    begins = ""
    while line:
        at = len(line)
        if at > longest:
            places = [index + 1 for index in range(longest) if line[index] in _SPLIT_AT]
            at = places[-1] if places else max(longest, 1)
        yield begins + line[:at]
        line = line[at:]
        if not begins:
            begins, longest = before, longest - len(before)
