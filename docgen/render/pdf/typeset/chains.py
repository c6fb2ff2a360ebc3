"""Floor 2, edges: which font sets which part of a text.

A text is set in the font its author chose; what that font lacks comes from the fonts of config.yaml, from those
docgen ships, and for East Asian and other scripts from fonts installed on the computer. Knows nothing of shaping.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fontTools.unicodedata import script_name

from docgen.render.pdf.typeset.faces import Face
from docgen.render.pdf.typeset.fontfiles import installed_face
from docgen.render.pdf.typeset.scripts import CJK, COMMON, cluster_script, clusters

#: Languages not written in Latin, Greek or Cyrillic, and their script.
_SCRIPTS = {"ja": "Hira", "ko": "Hang", "zh": "Hani", "he": "Hebr", "ar": "Arab", "hi": "Deva", "th": "Thai"}
SHIPPED_SCRIPTS = ("Hebr", "Arab", "Deva", "Thai")
#: Figures are those of the author's font everywhere, so that the columns of a table are alike.
_NUMBER = re.compile(r"[0-9](?:[0-9.,:/+\-–\u00a0\u202f]*[0-9])?%?")
_KEPT_SPLITS, _LONGEST_KEPT = 1 << 14, 1_000


@dataclass(frozen=True)
class Missing:
    """Characters that no font has.

    Attributes:
        chars: each once, in order.
        font: the font the text is set in.
        hint: what to do about it.
    """

    chars: str
    font: str
    hint: str


class Chain:
    """A font and those that stand in where it lacks characters; immutable but for what it remembers."""

    def __init__(
        self,
        faces: Sequence[Face],
        language: str = "",
        shipped: Callable[[str, bool], Face | None] | None = None,
    ) -> None:
        """Keep the order.

        Args:
            faces: the author's font, then others to try.
            language: tag such as `de` or `zh-TW`: decides between the fonts of East Asia.
            shipped: a script and whether bold -> the face that docgen brings for it.
        """
        self.faces = tuple(faces)
        self.language = language
        self._shipped = shipped
        self._script = _SCRIPTS.get(language.partition("-")[0], COMMON)
        self._bold = self.faces[0].is_bold
        self._found: dict[tuple[str, str], Face | None] = {}
        self._splits: dict[str, list[tuple[Face, str, str]]] = {}

    @property
    def first(self) -> Face:
        """The font the author chose."""
        return self.faces[0]

    def split(self, text: str) -> list[tuple[Face, str]]:
        """Return the text in runs of one face each, in the order they are read.

        What no face has stays with the first one, which prints its sign for missing glyphs; ask `missing` before.
        """
        runs: list[tuple[Face, str]] = []
        for face, _, run in self.runs(text):
            if runs and runs[-1][0] is face:
                runs[-1] = (face, runs[-1][1] + run)
            else:
                runs.append((face, run))
        return runs

    def runs(self, text: str) -> list[tuple[Face, str, str]]:
        """Return the text in runs of one face and one script each: (face, script, text)."""
        found = self._splits.get(text)
        if found is None:
            if len(self._splits) >= _KEPT_SPLITS:
                self._splits.clear()
            found = self._split(text)
            if len(text) <= _LONGEST_KEPT:
                self._splits[text] = found
        return found

    def missing(self, text: str) -> Missing | None:
        """Return what no face has of a text."""
        if self.first.covers(text):
            return None
        lacking = [
            char for face, _, run in self.runs(text) if not face.covers(run) for char in run if not face.covers(char)
        ]
        if not lacking:
            return None
        chars = "".join(dict.fromkeys(lacking))
        return Missing(chars, self.first.name, _hint(cluster_script(chars)))

    def _split(self, text: str) -> list[tuple[Face, str, str]]:
        pieces = clusters(text)
        scripts = [cluster_script(piece) for piece in pieces]
        east_asian = CJK.intersection(scripts)
        scripts = [_alike(script, east_asian) for script in scripts]
        runs: list[tuple[Face, str, str]] = []
        script = next((name for name in scripts if name != COMMON), self._script)
        face = self._face_for(
            next((piece for piece, own in zip(pieces, scripts, strict=True) if own != COMMON), ""), script
        )
        for piece, own, counts in zip(pieces, scripts, _in_numbers(pieces), strict=True):
            if own != COMMON:
                script, face = own, self._face_for(piece, own)
            chosen = self.first if counts and self.first.covers(piece) else face
            if own == COMMON and not chosen.covers(piece):
                chosen = self._face_for(piece, script)
            if runs and runs[-1][0] is chosen and runs[-1][1] == script:
                runs[-1] = (chosen, script, runs[-1][2] + piece)
            else:
                runs.append((chosen, script, piece))
        return runs

    def _face_for(self, cluster: str, script: str) -> Face:
        if not cluster:
            return self._face_of_language()
        for face in self.faces:
            if face.covers(cluster):
                return face
        key = (cluster, script)
        if len(self._found) >= _KEPT_SPLITS:
            self._found.clear()
        if key not in self._found:
            self._found[key] = next((face for face in self._others(script) if face.covers(cluster)), None)
        found = self._found[key]
        if found is None and len(cluster) > 1:
            return self._face_for(cluster[0], script)  # a mark no font has must not hide the letter under it
        return found or self.first

    def _face_of_language(self) -> Face:
        """Return what sets signs that stand alone: quotation marks in Chinese are as wide as its letters."""
        return (cjk_face(self.language, self._script, self._bold) if self._script in CJK else None) or self.first

    def _others(self, script: str) -> Iterator[Face]:
        """Yield what else may have a cluster; a sign of no script, such as ₪, may be in the font of any."""
        if script == COMMON:
            yield from self._shipped_faces(dict.fromkeys((self._script, *SHIPPED_SCRIPTS)))
            script = "Hani"
        else:
            yield from self._shipped_faces((script,))
        found = cjk_face(self.language, script, self._bold) if script in CJK else script_face(script, self._bold)
        if found:
            yield found

    def _shipped_faces(self, scripts: Iterable[str]) -> Iterator[Face]:
        if self._shipped:
            yield from filter(None, (self._shipped(script, self._bold) for script in scripts))


def _in_numbers(pieces: Sequence[str]) -> list[bool]:
    found: list[bool] = []
    spans = iter([match.span() for match in _NUMBER.finditer("".join(pieces))])
    start, end = next(spans, (0, 0))
    at = 0
    for piece in pieces:
        while at >= end and end:
            start, end = next(spans, (0, 0))
        found.append(start <= at < end)
        at += len(piece)
    return found


def _alike(script: str, east_asian: frozenset[str]) -> str:
    """Return the script that tells whose ideographs a text has: with kana they are Japanese."""
    if script not in CJK:
        return script
    return next((name for name in ("Hira", "Kana", "Hang", "Bopo") if name in east_asian), "Hani")


# --- installed fonts --------------------------------------------------------------------------------

_VARIANTS = {"ja": "jp", "ko": "kr", "zh-tw": "tc", "zh-hant": "tc", "zh-mo": "tc", "zh-hk": "hk", "zh": "sc"}
_BY_SCRIPT = {"Hira": "jp", "Kana": "jp", "Hang": "kr", "Bopo": "tc", "Hani": "sc"}


def cjk_variant(language: str, script: str = "Hani") -> str:
    """Return which East Asian forms a language has: jp, kr, sc, tc or hk."""
    tag = language.lower().replace("_", "-")
    parts = tag.split("-")
    for known in (tag, "-".join(parts[:2]), parts[0]):
        if known in _VARIANTS:
            return _VARIANTS[known]
    return _BY_SCRIPT.get(script, "sc")


@lru_cache(maxsize=64)
def cjk_face(language: str, script: str, bold: bool) -> Face | None:
    """Return the installed East Asian face that a language wants."""
    weight = "Bold" if bold else "Regular"
    variant = cjk_variant(language, script)
    name = f"NotoSansCJK{variant}-{weight}"
    files = (f"NotoSansCJK-{weight}.ttc", f"{name}.otf", f"NotoSans{variant.upper()}-{weight}.otf", "NotoSansCJK.ttc")
    return installed_face(files, name)


@lru_cache(maxsize=64)
def script_face(script: str, bold: bool) -> Face | None:
    """Return the installed face for a script that docgen ships none for."""
    name = script_name(script, default="").replace("_", "")
    weight = "Bold" if bold else "Regular"
    return installed_face([f"NotoSans{name}-{weight}.ttf"]) if name and script != COMMON else None


_HOW = "or name a font's folder as pdf.fonts in config.yaml"


def _hint(script: str) -> str:
    if script in CJK:
        return f"install Noto Sans CJK (on Debian the package fonts-noto-cjk), {_HOW}"
    if script == COMMON:
        return f"set this text in a font that has it, put one into the template's folder fonts/, {_HOW}"
    return f"install a font of this script (on Debian the package fonts-noto-core), {_HOW}"
