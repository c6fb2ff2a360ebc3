"""Draw the examples of docs/rml.md with docgen and put pictures of them into docs/pictures/rml.

Only what changed is drawn anew; `--all` draws everything.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageOps

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from rmlexamples import FOLDER, RECORD, Example, examples, recorded, render

DPI = 144
LARGEST = 15_000
_MARGIN = 16
_WIDE = 880
_PAPER, _EDGE = (255, 255, 255), (198, 207, 210)
#: Pages of a whole document stand beside each other, this high at most.
_HIGH, _GAP, _MOST_PAGES = 560, 24, 4


def main(arguments: Sequence[str]) -> None:
    """Draw what is not there or was changed; remove what no example has."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    known = {} if "--all" in arguments else recorded()
    wanted = [example for example in examples() if example.shown]
    for example in wanted:
        if known.get(example.name) != example.digest or not example.picture.exists():
            example.picture.write_bytes(draw(example))
            sys.stdout.write(f"{example.name}: {example.picture.stat().st_size} bytes\n")
    for file in set(FOLDER.glob("*.png")) - {example.picture for example in wanted}:
        file.unlink()
    record = {example.name: example.digest for example in wanted}
    RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def draw(example: Example) -> bytes:
    """Return the picture of an example as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        pdf = pypdfium2.PdfDocument(render(example, Path(folder)))
    try:
        pages = [pdf[number] for number in range(min(len(pdf), _MOST_PAGES))]
        top = example.block.mark("top") is not None
        return _packed(_beside_each_other(pages, 0.6 if top else 1) if example.is_whole else _cropped(_drawn(pages[0])))
    finally:
        pdf.close()


def _drawn(page: pypdfium2.PdfPage, scale: float = DPI / 72) -> Image.Image:
    return page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")


def _cropped(page: Image.Image) -> Image.Image:
    box = ImageChops.difference(page, Image.new("RGB", page.size, _PAPER)).getbbox()
    assert box is not None, "the example draws nothing"
    top, bottom = max(box[1] - _MARGIN, 0), min(box[3] + _MARGIN, page.height)
    return ImageOps.expand(page.crop((1, top, _WIDE - 1, bottom)), 1, _EDGE)


def _beside_each_other(pages: list[pypdfium2.PdfPage], share: float) -> Image.Image:
    """Return pages, of each the upper share, as large as they go."""
    room = _WIDE - (_GAP + 3) * len(pages) + _GAP  # an edge of two, and one for rounding
    high = max(page.get_height() for page in pages) * share
    scale = min(DPI / 72, room / sum(page.get_width() for page in pages), _HIGH / high)
    drawn = [_drawn(page, scale) for page in pages]
    drawn = [ImageOps.expand(page.crop((0, 0, page.width, int(page.height * share))), 1, _EDGE) for page in drawn]
    picture = Image.new("RGB", (_WIDE, max(page.height for page in drawn)), _PAPER)
    left = max(0, (_WIDE - sum(page.width for page in drawn) - _GAP * (len(drawn) - 1)) // 2)
    for page in drawn:
        picture.paste(page, (left, 0))
        left += page.width + _GAP
    return picture


def _packed(picture: Image.Image) -> bytes:
    for colours in (48, 24, 16, 8):
        output = io.BytesIO()
        flat = picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        flat.save(output, "PNG", optimize=True)
        if output.tell() <= LARGEST:
            break
    return output.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
