"""Floor 2, edges: QR codes (ISO/IEC 18004) and Data Matrix codes (ISO/IEC 16022) as modules. Draws nothing but PNG."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import zxingcpp
from PIL import Image

from docgen.errors import TemplateError

_DARK = 0
_FORMATS = {"qr": zxingcpp.BarcodeFormat.QRCode, "dataMatrix": zxingcpp.BarcodeFormat.DataMatrix}
_NAMES = {"qr": "QR code", "dataMatrix": "Data Matrix code"}


@dataclass(frozen=True)
class Modules:
    """A code, its quiet zone included.

    Attributes:
        columns: how many modules it is wide; `rows` how many it is high.
        runs: (column, row from the top, length) of each run of dark modules.
    """

    columns: int
    rows: int
    runs: tuple[tuple[int, int, int], ...]


# Layout takes several passes, and each draws.
@lru_cache(maxsize=64)
def code_modules(kind: str, value: str, border: int, error: str = "m", square: bool = True) -> Modules:
    """Return the smallest code that holds a text; other letters than those of ASCII are in UTF-8.

    Args:
        kind: `qr` or `dataMatrix`.
        value: what the code says.
        border: the quiet zone, in modules.
        error: how much of a QR code may be lost: l, m, q or h.
        square: whether a Data Matrix code is square; it may be oblong otherwise.

    Raises:
        TemplateError: no code holds that much.
    """
    options = {"ec_level": error.upper()} if kind == "qr" else {"force_square": square}
    content: object = value if value.isascii() else value.encode()
    try:
        code = zxingcpp.create_barcode(content, _FORMATS[kind], **options)
    except (ValueError, RuntimeError) as fault:
        many = f"{len(value.encode()):,} bytes" if value else "nothing"
        raise TemplateError(f"no {_NAMES[kind]} holds {many}", hint="shorten what it says") from fault
    samples: Any = memoryview(code.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type]
    lines: list[list[int]] = samples.tolist()
    runs = ((column + border, row + border, length) for row, line in enumerate(lines) for column, length in _runs(line))
    return Modules(len(lines[0]) + 2 * border, len(lines) + 2 * border, tuple(runs))


def _runs(line: list[int]) -> Iterator[tuple[int, int]]:
    column = 0
    for shade, modules in groupby(line):
        length = len(list(modules))
        if shade == _DARK:
            yield column, length
        column += length


def code_png(code: Modules, scale: int) -> bytes:
    """Return a code as PNG, `scale` pixels a module."""
    image = Image.new("1", (code.columns, code.rows), 1)
    for column, row, length in code.runs:
        image.paste(0, (column, row, column + length, row + 1))
    output = io.BytesIO()
    image.resize((code.columns * scale, code.rows * scale), Image.Resampling.NEAREST).save(output, "PNG", optimize=True)
    return output.getvalue()
