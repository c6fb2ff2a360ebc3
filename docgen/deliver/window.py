"""Floor 2, edges: whether the address of a printed letter shows in the window of its envelope. Reads PDF positions."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import pypdfium2
import pypdfium2.raw as pdfium

from docgen.envelopes import Box, Window
from docgen.errors import DeliveryError

_MM = 25.4 / 72
#: pdfium maps to whole device units: this many make a millimetre.
_UNITS = 1000
_SIDES = {
    "left": "beyond the left edge of",
    "right": "beyond the right edge of",
    "above": "above",
    "below": "below",
}


@dataclass(frozen=True)
class _PageText:
    """The letters of a page without spaces, so that words match however a renderer spaced them.

    Attributes:
        indices: of each letter in pdfium's text; positions are asked for only where a line is found.
    """

    text: str
    indices: tuple[int, ...]
    page: pypdfium2.PdfPage
    letters: pypdfium2.PdfTextPage

    def find(self, wanted: str) -> Iterator[int]:
        start = self.text.find(wanted)
        while start >= 0:
            yield start
            start = self.text.find(wanted, start + 1)

    def box(self, start: int, length: int) -> Box:
        """Return what these letters cover, in PDF units mapped to the sheet."""
        boxes = [self.letters.get_charbox(index) for index in self.indices[start : start + length]]
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        return _on_sheet(self.page, (min(lefts), min(bottoms), max(rights), max(tops)))


def check_window(content: bytes, address: Sequence[str], window: Window) -> None:
    """Check that every address line lies inside the window on the first page.

    Raises:
        DeliveryError: with every line that does not, where it stands and by how many mm it is out.
    """
    lines = [line for line in address if _plain(line)]
    try:
        with closing(pypdfium2.PdfDocument(content)) as document:
            places = _best_places(_read_text(document[0]), lines, window) if lines else []
    except pypdfium2.PdfiumError as error:
        raise DeliveryError(f"the letter is not a readable PDF: {error}") from error
    faults = [fault for line, box in zip(lines, places, strict=True) if (fault := _fault(line, box, window))]
    if faults:
        raise DeliveryError("; ".join(faults), hint="change the template, the address or the envelope")


def _best_places(page: _PageText, lines: Sequence[str], window: Window) -> list[Box | None]:
    """Prefer the place where the lines follow one another: a city may stand in the sender's line as well."""
    plain = [_plain(line) for line in lines]
    ends = list(accumulate(len(line) for line in plain))
    blocks = [
        [page.box(start + end - len(line), len(line)) for line, end in zip(plain, ends, strict=True)]
        for start in page.find("".join(plain))
    ]
    if not blocks:
        return [_best_place(page, line, window) for line in plain]
    best = min(blocks, key=lambda boxes: sum(_distance(box, window) for box in boxes))
    return [*best]


def _best_place(page: _PageText, line: str, window: Window) -> Box | None:
    boxes = [page.box(start, len(line)) for start in page.find(line)]
    return min(boxes, key=lambda box: _distance(box, window), default=None)


def _distance(box: Box, window: Window) -> float:
    return sum(window.overhang(box).values())


def _fault(line: str, box: Box | None, window: Window) -> str:
    if box is None:
        return f'the address line "{line}" is not on page 1'
    out = " and ".join(f"{mm:.1f} mm {_SIDES[side]}" for side, mm in window.overhang(box).items())
    place = f"x {box.left_mm:.1f} to {box.right_mm:.1f} mm, y {box.top_mm:.1f} to {box.bottom_mm:.1f} mm"
    return f'the address line "{line}" stands {out} the window {window}: it is at {place} on page 1' if out else ""


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if _is_ink(char))


def _is_ink(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf", "Cn")


def _read_text(page: pypdfium2.PdfPage) -> _PageText:
    letters = page.get_textpage()
    text: list[str] = []
    indices: list[int] = []
    for index in range(letters.count_chars()):
        plain = _plain(chr(pdfium.FPDFText_GetUnicode(letters, index)))
        text.append(plain)
        indices.extend([index] * len(plain))
    return _PageText("".join(text), tuple(indices), page, letters)


def _on_sheet(page: pypdfium2.PdfPage, box: tuple[float, float, float, float]) -> Box:
    """Map a box of PDF units from below to mm from the top left, whatever the page's crop and turn."""
    left, bottom, right, top = box
    one, other = _map(page, left, top), _map(page, right, bottom)
    (x1, y1), (x2, y2) = one, other
    return Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _map(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    width, height = (round(size * _MM * _UNITS) for size in page.get_size())
    device_x, device_y = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, device_x, device_y)
    return device_x.value / _UNITS, device_y.value / _UNITS
