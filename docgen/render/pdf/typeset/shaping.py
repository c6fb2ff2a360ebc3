"""Floor 2, edges: text to positioned glyphs, by HarfBuzz, and glyphs to the operators of a PDF page.

Knows one run of one face, script and direction; nothing of fallback, lines or files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import uharfbuzz as hb

from docgen.errors import TemplateError
from docgen.render.pdf.typeset import sfnt
from docgen.render.pdf.typeset.faces import Face
from docgen.render.pdf.typeset.glyphtexts import text_of

#: Longer runs are shaped in pieces; no line holds so much.
_LONGEST = 20_000


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
            for cluster in clusters:
                for glyph in cluster.glyphs:
                    self._show(glyph)
            if stretch:
                self._close()
                self._out.append("EMC")
        self._move(self._want)
        self._close()
        if self._rise:
            self._out.append("0 Ts")
        return " ".join(self._out)

    def _show(self, glyph: Glyph) -> None:
        rise = round(glyph.y * self._size / 1000, 3) + 0.0
        if rise != self._rise:
            self._close()
            self._out.append(f"{rise:g} Ts")
            self._rise = rise
        self._move(self._want + glyph.x)
        self._codes.append(f"{glyph.id:04X}")
        self._pen += self._run.face.advance(glyph.id)
        self._want += glyph.advance

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


def _stretches(run: GlyphRun) -> list[tuple[str, list[Cluster]]]:
    """Return the clusters with the text they have to say, "" where their glyphs do.

    From left to right neighbours say it together. From right to left each speaks for itself, since readers reverse
    what stands in that direction, letter by letter.
    """
    found: list[tuple[list[str], list[Cluster]]] = []
    for cluster in run.clusters:
        text = [] if run.reads_back(cluster) else [cluster.text]
        if found and bool(found[-1][0]) == bool(text) and not (text and run.rtl):
            found[-1][0].extend(text)
            found[-1][1].append(cluster)
        else:
            found.append((text, [cluster]))
    return [("".join(texts), clusters) for texts, clusters in found]


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
