"""Small grey pictures of pages and messages, compared with those that a person has looked at and found good.

They show where things stand, not their letters: few and light pixels, in a handful of greys. Faces and versions of the
programs that draw may differ a little; a patch that moved may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

PICTURES = Path(__file__).parent / "golden" / "pictures"
DPI, SHADES = 24, 16
#: How far a pixel may be off on average over a patch of `PATCH` pixels a side, of 255.
NEAR, PATCH = 12.0, 12


def pages_of(pdf: bytes) -> list[Image.Image]:
    """Return a picture of each page of a PDF."""
    return [page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L") for page in pypdfium2.PdfDocument(pdf)]


def check_pictures(stem: str, made: Sequence[Image.Image], *, regenerate: bool) -> None:
    """Hold pictures against the golden ones, `<stem>-1.png` and so on, as many as there are; or write those anew."""
    golden = [PICTURES / f"{stem}-{number}.png" for number in range(1, len(made) + 1)]
    if regenerate:
        _write(stem, golden, made)
    assert sorted(PICTURES.glob(f"{stem}-[0-9]*.png")) == sorted(golden), f"{stem}: another number of pages"
    for path, picture in zip(golden, made, strict=True):
        with Image.open(path) as before:
            assert picture.size == before.size, path.name
            assert furthest(picture, before.convert("L")) < NEAR, path.name


def furthest(picture: Image.Image, other: Image.Image) -> float:
    """Return how far the patch that differs most does, on average over its pixels."""
    return max(ImageChops.difference(picture, other).reduce(PATCH).getextrema())


def _write(stem: str, golden: Sequence[Path], made: Sequence[Image.Image]) -> None:
    for stale in PICTURES.glob(f"{stem}-[0-9]*.png"):
        stale.unlink()
    for path, picture in zip(golden, made, strict=True):
        picture.point(_to_shade).save(path, "PNG", optimize=True)


def _to_shade(grey: int) -> int:
    return round(grey / 255 * (SHADES - 1)) * 255 // (SHADES - 1)
