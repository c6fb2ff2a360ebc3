"""Floor 2, edges: text to positioned glyphs, by HarfBuzz, and glyphs to the operators of a PDF page.

Knows one run of one face, script and direction; nothing of fallback, lines or files.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import uharfbuzz as hb

from docgen.errors import TemplateError
from docgen.render.pdf.typeset import sfnt
from docgen.render.pdf.typeset.faces import Face
from docgen.render.pdf.typeset.glyphtexts import text_of

#: Longer runs are shaped in pieces; no line holds so much.
_LONGEST = 20_000
_FROM_LEFT, _FROM_RIGHT = "\u200e", "\u200f"
#: What readers take for a part of a number.
_SIGNS = frozenset(",.:/%+-#$£€₪،٪")


@dataclass(frozen=True)
class Glyph:
    """A glyph in its place, per 1000 of the size: advance of the pen, then offsets of the glyph from the pen."""

    id: int
    advance: float
    x: float
    y: float


@dataclass(frozen=True)
class Cluster:
    """Glyphs that stand for a text together, in visual order."""

    text: str
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True)
class GlyphRun:
    """A shaped text, its clusters in visual order from left to right."""

    face: Face
    clusters: tuple[Cluster, ...]
    rtl: bool

    @cached_property
    def units(self) -> float:
        """The width per 1000 of the size."""
        return sum(glyph.advance for cluster in self.clusters for glyph in cluster.glyphs)

    def width(self, size: float) -> float:
        """Return the width in points."""
        return 0.001 * size * self.units

    @cached_property
    def glyph_ids(self) -> frozenset[int]:
        """Every glyph of the run."""
        return frozenset(glyph.id for cluster in self.clusters for glyph in cluster.glyphs)

    @cached_property
    def groups(self) -> frozenset[int]:
        """The groups of its glyphs that a file has to embed."""
        return frozenset(map(self.face.group_of, self.glyph_ids))

    def operators(self, size: float) -> str:
        """Return what shows the run, from the text position on, which is at its right end after it.

        Clusters whose glyphs do not read back as their text carry it as ActualText.
        """
        return _Writer(self, size).write()

    def reads_back(self, cluster: Cluster) -> bool:
        """Return whether the glyphs of a cluster alone, read in order, give its text.

        Raised ones never do: readers take them for a line of their own. Nor do marks that stand on letters without
        moving on: readers take them for the beginning of a word.
        """
        if any(glyph.y for glyph in cluster.glyphs) or (len(cluster.glyphs) > 1 and not self.rtl):
            return False
        texts = [text_of(self.face, glyph.id) for glyph in cluster.glyphs]
        return "".join(reversed(texts) if self.rtl else texts) == cluster.text


class _Writer:
    """Collects strings and adjustments into TJ arrays, and rises between them."""

    def __init__(self, run: GlyphRun, size: float) -> None:
        self._run, self._size = run, size
        self._out: list[str] = []
        self._array: list[str] = []
        self._codes: list[str] = []
        self._rise = 0.0
        self._pen = 0.0  # where the PDF reader is
        self._want = 0.0  # where HarfBuzz is

    def write(self) -> str:
        for stretch, clusters in _stretches(self._run):
            if stretch:
                self._close()
                self._out.append(f"/Span <</ActualText <FEFF{stretch.encode('utf-16-be').hex().upper()}>>> BDC")
            self._show_all(clusters, told=bool(stretch))
            if stretch:
                self._close()
                self._out.append("EMC")
        self._move(self._want)
        self._close()
        if self._rise:
            self._out.append("0 Ts")
        return " ".join(self._out)

    def _show_all(self, clusters: Sequence[Cluster], *, told: bool) -> None:
        placed = []
        for cluster in clusters:
            for glyph in cluster.glyphs:
                placed.append((glyph, self._want + glyph.x))
                self._want += glyph.advance
        for glyph, x in (
            _in_order_of_readers(placed, len(clusters[-1].glyphs)) if told and not self._run.rtl else placed
        ):
            self._show(glyph, x)

    def _show(self, glyph: Glyph, x: float) -> None:
        rise = round(glyph.y * self._size / 1000, 3) + 0.0
        if rise != self._rise:
            self._close()
            self._out.append(f"{rise:g} Ts")
            self._rise = rise
        self._move(x)
        self._codes.append(f"{glyph.id:04X}")
        self._pen += self._run.face.advance(glyph.id)

    def _move(self, target: float) -> None:
        shift = round(self._pen - target, 2)
        if abs(shift) < 0.05:
            return
        self._end_string()
        self._array.append(f"{shift:g}")
        self._pen -= shift

    def _end_string(self) -> None:
        if self._codes:
            self._array.append(f"<{''.join(self._codes)}>")
            self._codes = []

    def _close(self) -> None:
        self._end_string()
        if len(self._array) == 1 and self._array[0].startswith("<"):
            self._out.append(f"{self._array[0]} Tj")
        elif self._array:
            self._out.append(f"[{' '.join(self._array)}] TJ")
        self._array = []


def among_right_to_left(text: str, *, alone: bool = False) -> str:
    """Return a number, word or sign with marks that hold it apart from text around it that goes from right to left.

    Readers that make sentences of what they see from left to right then find where it ends: poppler by the first mark,
    which is the one further on. pdfium reverses a line that has more from right to left than from left to right, and
    brackets in it; so it also does one where all that goes from right to left are marks, with `alone`.
    """
    marked = f"{_FROM_RIGHT}{text}{_FROM_LEFT}"
    return f"{_FROM_LEFT}{marked}{_FROM_RIGHT}" if alone else marked


def _is_apart(text: str, is_last: bool) -> bool:
    """Return whether a sign of text from right to left is not to become part of a number that follows, or a bracket."""
    return (text in _SIGNS and is_last) or (len(text) == 1 and unicodedata.mirrored(text) == 1)


def _stretches(run: GlyphRun) -> list[tuple[str, list[Cluster]]]:
    """Return the clusters with the text they have to say, "" where their glyphs do.

    From left to right neighbours say it together, with the letter before them (after them, at the beginning), and a run
    with raised glyphs says all. From right to left each speaks for itself, since readers reverse what stands in that
    direction, letter by letter.
    """
    found: list[tuple[list[str], list[Cluster]]] = []
    whole = not run.rtl and any(glyph.y for cluster in run.clusters for glyph in cluster.glyphs)
    for index, cluster in enumerate(run.clusters):
        text = [] if run.reads_back(cluster) and not whole else [cluster.text]
        if run.rtl and _is_apart(cluster.text, index == 0):
            text = [among_right_to_left(cluster.text)]
        if found and bool(found[-1][0]) == bool(text) and not (text and run.rtl):
            found[-1][0].extend(text)
            found[-1][1].append(cluster)
            continue
        if len(found) == 1 and found[0][0] and len(found[0][1]) == 1 and not run.rtl:
            found[0][0].append(cluster.text)
            found[0][1].append(cluster)
            continue
        found.append((text, [cluster]))
        if text and len(found) > 1 and not run.rtl:
            _take_last(found[-2], found[-1])
    return [("".join(texts), clusters) for texts, clusters in found if clusters]


def _take_last(before: tuple[list[str], list[Cluster]], after: tuple[list[str], list[Cluster]]) -> None:
    """Let a stretch begin one cluster earlier, with a letter that readers find where it is."""
    taken = before[1].pop()
    after[0].insert(0, taken.text)
    after[1].insert(0, taken)


_Placed = tuple[Glyph, float]


def _in_order_of_readers(placed: Sequence[_Placed], last: int) -> list[_Placed]:
    """Return the glyphs of one ActualText so that readers know where it begins and ends.

    To poppler it reaches from the first glyph to the last, so the last one is to be a letter and no mark on it. pdfium
    sorts what is raised by where it stands, and says a text again that another one comes into; so what is raised has
    the letters it stands on around it.

    Args:
        placed: glyphs with their places.
        last: how many of them belong to the last cluster.
    """
    end = list(placed[-last:])
    end.sort(key=lambda item: item[0].advance != 0)
    found = [*placed[:-last], *end] if last < len(placed) else list(placed) if any(g.y for g, _ in placed) else end
    raised = [item for item in found if item[0].y]
    flat = [item for item in found if not item[0].y]
    return [*flat[:1], *raised, *flat[1:]]


@lru_cache(maxsize=1 << 14)
def shape(
    text: str, face: Face, *, language: str = "", script: str = "", rtl: bool = False, kerning: bool = True
) -> GlyphRun:
    """Return the glyphs of a run of one script.

    Args:
        text: in the order it is read.
        face: what sets it.
        language: tag; some scripts have forms of their own by language.
        script: ISO 15924 code; guessed from the text without it.
        rtl: whether the run goes from right to left.
        kerning: whether pairs of letters are moved together.

    Raises:
        TemplateError: the font's layout tables are broken.
    """
    try:
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.direction = "rtl" if rtl else "ltr"
        if script:
            buffer.script = script
        buffer.guess_segment_properties()
        if language:
            buffer.language = language
        hb.shape(_font(face), buffer, {"kern": kerning})
    except (hb.HarfBuzzError, ValueError, RuntimeError, MemoryError) as error:
        raise sfnt.broken(face.path, error) from error
    return GlyphRun(face, _clusters(text, face, buffer, rtl), rtl)


def _clusters(text: str, face: Face, buffer: hb.Buffer, rtl: bool) -> tuple[Cluster, ...]:
    scale = 1000 / face.units_per_em
    grouped: dict[int, list[Glyph]] = {}
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyph = Glyph(info.codepoint, place.x_advance * scale, place.x_offset * scale, place.y_offset * scale)
        grouped.setdefault(info.cluster, []).append(glyph)
    starts = sorted(grouped)
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    return tuple(Cluster(text[start : ends[start]], tuple(glyphs)) for start, glyphs in grouped.items())


@lru_cache(maxsize=64)
def _font(face: Face) -> hb.Font:
    try:
        blob = hb.Blob.from_file_path(str(face.path))
        return hb.Font(hb.Face(blob, face.number))
    except (hb.HarfBuzzError, OSError, ValueError) as error:
        raise TemplateError(f"the font {face.name} cannot be read") from error
