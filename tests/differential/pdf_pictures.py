"""Whether two PDFs look alike, as pictures of 100 dpi in colour, and where they do not.

The measure. Pages are drawn by pypdfium2 at three times the resolution and averaged: pdfium puts letters on whole
pixels of what it draws, and a letter must not jump by a pixel because its place differs in the fifth digit. Two
pictures are equal when all of these hold, in each of the three colours, on a scale of 0 to 255:

1. *Edges.* A pixel differs by at most 4 plus half the range of the values within one pixel around it (the greater range
   of the two pictures). Where anything is drawn a third of a pixel further on, values at its edge move by a third of
   that range. Where a line is missing, has another colour or other dashes, they move by all of it. Where nothing
   changes nearby, as within a fill, only the 4 are allowed.
2. *Weight.* The mean of 5 x 5 pixels differs by at most 2 plus a tenth of the range nearby. A shift moves ink within
   such a square and little of it out; a line that is wider brings more.
3. *Ink.* The means of squares of 16 pixels differ by at most 4. It finds what hides in small letters, where all is
   edge: another colour, another face.

What seems to differ is drawn again on other grids, and told only where it differs there as well: on one of them a
letter or the edge of a drawing may lie between two pixels, so that the fifth digit decides which one it takes.

A word that moved by 0.5 pt (0.7 pixels) is found, one that moved by 0.1 pt is not; `test_pdf_compare` holds both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Any

import pypdfium2
from differential.pdf_read import Box
from PIL import Image, ImageChops, ImageFilter

#: How much finer pages are drawn, and at what share of the resolution: first, and where that finds anything. The last
#: has hardly an edge in common with the others.
_GRIDS = ((3, 1.0), (4, 1.0), (5, 1.03))
_NOISE, _EDGE = 4, 0.5
_GRAIN, _WEIGHT = 2, 0.1
_INK = 4
_SQUARE = 16
#: Faults nearer than this are told as one, in pixels.
_TILE = 48
_TOLD = 6


def pictures(pdf: bytes, dpi: float = 100, finer: int = _GRIDS[0][0]) -> list[Image.Image]:
    """Return the pages as pictures, averaged from some that are finer by so much."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_picture(page, dpi, finer) for page in document]
    finally:
        document.close()


def _picture(page: Any, dpi: float, finer: int) -> Image.Image:
    try:
        fine = page.render(scale=finer * dpi / 72, rev_byteorder=True).to_pil().convert("RGB")
        return fine.reduce(finer)
    finally:
        page.close()


def picture_differences(one: bytes, other: bytes, dpi: float = 100) -> list[str]:
    """Return where two files look different, one line each; nothing when they look alike."""
    found: list[str] = []
    for finer, share in _GRIDS:
        found = _page_differences(*(pictures(pdf, dpi * share, finer) for pdf in (one, other)), dpi * share)
        if not found:
            break
    return found


def _page_differences(ours: Sequence[Image.Image], theirs: Sequence[Image.Image], dpi: float) -> list[str]:
    if len(ours) != len(theirs):
        return [f"{len(ours)} pages, the other has {len(theirs)}"]
    found = []
    for number, (left, right) in enumerate(zip(ours, theirs, strict=True), start=1):
        found += [f"page {number}: {line}" for line in _differences(left, right, dpi)]
    return found


def _differences(one: Image.Image, other: Image.Image, dpi: float) -> list[str]:
    if one.size != other.size:
        return [f"the picture has {one.size} pixels, the other {other.size}"]
    apart = ImageChops.difference(one, other)
    if apart.getbbox() is None:
        return []
    boxes = [*_spots(_edges(one, other), 1), *_spots(_weight(one, other), 1), *_spots(_ink(one, other), _SQUARE)]
    lines = [_line(box, one.height, dpi, apart) for box in boxes]
    told = list(dict.fromkeys(lines))
    return told[:_TOLD] + ([f"and {len(told) - _TOLD} more places"] if len(told) > _TOLD else [])


def _edges(one: Image.Image, other: Image.Image) -> Image.Image:
    """Return by how much pixels differ more than edges may."""
    return _beyond(one, other, _NOISE, _EDGE, _wider(one, other, 3))


def _weight(one: Image.Image, other: Image.Image) -> Image.Image:
    """Return by how much the means of 5 x 5 pixels differ more than a shift explains."""
    blur = ImageFilter.BoxBlur(2)
    return _beyond(one.filter(blur), other.filter(blur), _GRAIN, _WEIGHT, _wider(one, other, 7))


def _beyond(one: Image.Image, other: Image.Image, base: int, share: float, spread: Image.Image) -> Image.Image:
    allowed = spread.point(lambda value: min(255, base + int(value * share)))
    return ImageChops.subtract(ImageChops.difference(one, other), allowed)


def _wider(one: Image.Image, other: Image.Image, size: int) -> Image.Image:
    """Return the range of values around each pixel, the greater one of the two pictures."""
    return ImageChops.lighter(_range(one, size), _range(other, size))


def _range(picture: Image.Image, size: int) -> Image.Image:
    most, least = _around(picture, size, ImageChops.lighter, 0), _around(picture, size, ImageChops.darker, 255)
    return ImageChops.subtract(most, least)


def _around(
    picture: Image.Image, size: int, pick: Callable[[Image.Image, Image.Image], Image.Image], nothing: int
) -> Image.Image:
    """Do as Pillow's MaxFilter and MinFilter, some ten times as fast: rows, then columns, each picture at once."""
    reach = size // 2
    for across, down in ((1, 0), (0, 1)):
        x, y, (width, height) = reach * across, reach * down, picture.size
        wider = Image.new(picture.mode, (width + 2 * x, height + 2 * y), (nothing,) * len(picture.getbands()))
        wider.paste(picture, (x, y))
        starts = [(step * across, step * down) for step in range(size)]
        moved = [wider.crop((left, top, left + width, top + height)) for left, top in starts]
        picture = reduce(pick, moved)
    return picture


def _ink(one: Image.Image, other: Image.Image) -> Image.Image:
    """Return by how much the means of squares differ more than they may, one pixel a square."""
    apart = ImageChops.difference(one.reduce(_SQUARE), other.reduce(_SQUARE))
    return apart.point(lambda value: max(0, value - _INK))


def _spots(excess: Image.Image, scale: int) -> Iterator[Box]:
    """Yield boxes in pixels of the page, around what is not zero."""
    if excess.getbbox() is None:
        return
    step = max(_TILE // scale, 1)
    for top in range(0, excess.height, step):
        for left in range(0, excess.width, step):
            tile = excess.crop((left, top, min(left + step, excess.width), min(top + step, excess.height)))
            box = tile.getbbox()
            if box is not None:
                yield tuple((value + start) * scale for value, start in zip(box, (left, top) * 2, strict=True))


def _line(box: Box, height: int, dpi: float, apart: Image.Image) -> str:
    left, top, right, bottom = box
    most = max(high for _, high in apart.crop((int(left), int(top), int(right), int(bottom))).getextrema())
    x, right, low, high = (round(value * 72 / dpi, 1) for value in (left, right, height - bottom, height - top))
    return f"looks different from x {x} to {right}, y {low} to {high} (by up to {most} of 255)"
