"""Draw the examples of docs/rml.md with docgen and put pictures of them into docs/pictures/rml.

Only what changed is drawn anew; `--all` draws everything.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from rendering import make_template
from rmlexamples import FOLDER, LOGO, RECORD, Example, examples, recorded

from docgen.merge import build_context
from docgen.render.pdf import prepare
from docgen.svg import rasterise, read_svg

DPI = 144
LARGEST = 15_000
_MARGIN = 16
_WIDE = 880
_PAPER, _DESK, _EDGE = (255, 255, 255), (228, 234, 236), (178, 190, 195)
#: Pages of a whole document are shown beside each other, this high at most.
_HIGH, _GAP, _MOST_PAGES = 560, 24, 4


def main(arguments: Sequence[str]) -> None:
    """Draw what is not there or was changed; remove what no example has."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    known, wanted = ({} if "--all" in arguments else recorded()), list(examples())
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
        pages = _pages(render(example, Path(folder)))
    if example.block.mark("top") is not None:
        pages = [page.crop((0, 0, page.width, page.height * 3 // 5)) for page in pages]
    return _packed(_desk(pages) if example.is_whole else _cropped(pages[0]))


def render(example: Example, folder: Path) -> bytes:
    """Return the PDF of an example, made in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "logo.svg").write_text(LOGO, encoding="utf-8")
    (folder / "logo.png").write_bytes(rasterise(read_svg(LOGO.encode())))
    template = make_template(folder, example.document, ".rml")
    context = build_context({}, locale="en", company={"name": "Northwind Joinery"}, today=date(2026, 11, 20))
    return prepare(template).render(context).content


def _pages(pdf: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=DPI / 72, rev_byteorder=True).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def _cropped(page: Image.Image) -> Image.Image:
    box = ImageChops.difference(page, Image.new("RGB", page.size, _PAPER)).getbbox()
    assert box is not None, "the example draws nothing"
    top, bottom = max(box[1] - _MARGIN, 0), min(box[3] + _MARGIN, page.height)
    return page.crop((0, top, _WIDE, bottom))


def _desk(pages: list[Image.Image]) -> Image.Image:
    shown = pages[:_MOST_PAGES]
    room = _WIDE - _GAP * (len(shown) + 1)
    scale = min(1, room / sum(page.width for page in shown), _HIGH / max(page.height for page in shown))
    small = [page.resize((round(page.width * scale), round(page.height * scale))) for page in shown]
    width = sum(page.width for page in small) + _GAP * (len(small) + 1)
    desk = Image.new("RGB", (_WIDE, max(page.height for page in small) + 2 * _GAP), _DESK)
    left = (desk.width - width) // 2 + _GAP
    for page in small:
        desk.paste(_EDGE, (left - 1, _GAP - 1, left + page.width + 1, _GAP + page.height + 1))
        desk.paste(page, (left, _GAP))
        left += page.width + _GAP
    return desk


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
