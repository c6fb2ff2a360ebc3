"""Floor 2, edges: the names below a chart: in a line, in several lines, turned, or some left out, as there is room.

Whoever asks holds `alone.ALONE`, since ReportLab measures with its fonts. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfbase.pdfmetrics import stringWidth

#: Between two names side by side.
_APART = 4.0
_MOST_LINES = 3
#: Of a length, what it takes across and up when turned by 45 degrees.
_SLANT = 0.7072


@dataclass(frozen=True)
class Foot:
    """The names below a chart.

    Attributes:
        texts: a name for each category, with ends of lines in it; blank for those left out.
        turned: whether they are turned by 45 degrees, and end below their category.
        height: what they take more than one line does.
    """

    texts: list[str]
    turned: bool = False
    height: float = 0.0


@dataclass(frozen=True)
class Lettering:
    """How names are set: font, size, the height of a line."""

    font: str
    size: float
    leading: float

    def width(self, text: str) -> float:
        """Return how wide a text is."""
        return float(stringWidth(text, self.font, self.size))

    def cut(self, text: str, room: float) -> str:
        """Return what of a text has room, with an ellipsis where it is not all."""
        while text and self.width(text) > room:
            text = text.rstrip("…")[:-1].rstrip() + "…" if text != "…" else ""
        return text


def foot(names: Sequence[str], room: float, left: float, high: float, letters: Lettering, *, dated: bool) -> Foot:
    """Return the names below a chart.

    Args:
        names: of the categories.
        room: the width that each has.
        left: the width before the first.
        high: the height that they may take in all.
        letters: how they are set.
        dated: whether they are dates, of which some can be left out and are known all the same.
    """
    if max(map(letters.width, names), default=0.0) + _APART <= room:
        return Foot(list(names))
    if dated or room < letters.leading:
        shown = thinned(names, room, letters)
        return Foot([letters.cut(name, 2 * (left + (at + 0.5) * room)) for at, name in enumerate(shown)])
    lines = [_wrapped(name, room - _APART, letters) for name in names]
    if all(lines):
        return Foot(["\n".join(each) for each in lines], height=(max(map(len, lines)) - 1) * letters.leading)
    cut = [letters.cut(name, min(high, left + (at + 0.5) * room) / _SLANT) for at, name in enumerate(names)]
    return Foot(cut, True, max(map(letters.width, cut)) * _SLANT)


def thinned(names: Sequence[str], room: float, letters: Lettering) -> list[str]:
    """Return as many names as there is room for, evenly, and blanks between them."""
    widest = max(map(letters.width, names), default=0.0)
    every = max(1, -(-int(widest + _APART) // max(int(room), 1)))
    return [name if at % every == 0 else "" for at, name in enumerate(names)]


def _wrapped(name: str, room: float, letters: Lettering) -> list[str]:
    """Return a name in lines, none where there are too many or a word is too wide."""
    lines = [""]
    for word in name.split():
        longer = f"{lines[-1]} {word}".strip()
        if letters.width(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    lines = [line for line in lines if line] or [""]
    fits = len(lines) <= _MOST_LINES and all(letters.width(line) <= room for line in lines)
    return lines if fits else []
