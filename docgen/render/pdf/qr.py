"""Floor 2, edges: the modules of a QR code as few rectangles. Draws nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

import segno


# Layout takes several passes, and each draws.
@lru_cache(maxsize=16)
def dark_runs(value: str, error: str, border: int) -> tuple[tuple[tuple[int, int, int], ...], int]:
    """Return (column, row, length) of each run of dark modules, and how many modules the code is wide."""
    code = segno.make_qr(value, error=error, boost_error=False)
    rows = [list(row) for row in code.matrix_iter(border=border)]
    runs = ((start, index, length) for index, row in enumerate(rows) for start, length in _runs(row))
    return tuple(runs), len(rows)


def _runs(row: list[int]) -> Iterator[tuple[int, int]]:
    column = 0
    for dark, modules in groupby(row, key=bool):
        length = len(list(modules))
        if dark:
            yield column, length
        column += length
