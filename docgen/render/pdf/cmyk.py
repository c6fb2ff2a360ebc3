"""Floor 2, edges: a small colour profile that says what CMYK looks like. Bytes only.

Archived files may use CMYK only where they say what it means. Stationery from a printer's hands is made of it; what it
looks like on a screen needs no profile of a press, and those are not free to ship.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from itertools import product

#: sRGB to CIE XYZ under D50, which profiles count in (Bradford; ICC.1:2022, annex E).
_TO_XYZ = (
    (0.4360747, 0.3850649, 0.1430804),
    (0.2225045, 0.7168786, 0.0606169),
    (0.0139322, 0.0971045, 0.7141733),
)
_WHITE = (0.9642, 1.0, 0.8249)
_DATE = (2000, 1, 1, 0, 0, 0)
_NAME = b"Plain CMYK"
_STRAIGHT = bytes(range(256))


@lru_cache(maxsize=1)
def cmyk_profile() -> bytes:
    """Return an ICC profile (version 2) of inks that simply take away light."""
    description = struct.pack(">4s4xI", b"desc", len(_NAME) + 1) + _NAME + bytes(1 + 8 + 3 + 67)
    tags = {
        b"desc": description,
        b"cprt": b"text\0\0\0\0Public domain\0",
        b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(part * 65536) for part in _WHITE)),
        b"A2B0": _table(),
    }
    table, data = struct.pack(">I", len(tags)), b""
    begin = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">2I", begin + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    return _head(begin + len(data)) + table + data


def _head(size: int) -> bytes:
    white = struct.pack(">3i", *(round(part * 65536) for part in _WHITE))
    kind = struct.pack(">I4sI4s4s4s6H4s", size, b"\0\0\0\0", 0x02400000, b"scnr", b"CMYK", b"Lab ", *_DATE, b"acsp")
    return (kind + bytes(28) + white).ljust(128, b"\0")


def _table() -> bytes:
    """Return the colours of all sixteen full or empty inks; those between lie between."""
    head = struct.pack(">4s4x4B9i", b"mft1", 4, 3, 2, 0, *(65536 * one for one in (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    corners = b"".join(_lab_bytes(_rgb(inks)) for inks in product((0, 1), repeat=4))
    return head + _STRAIGHT * 4 + corners + _STRAIGHT * 3


def _rgb(inks: tuple[int, ...]) -> tuple[float, ...]:
    *colours, black = inks
    return tuple(float((1 - ink) * (1 - black)) for ink in colours)


def _lab_bytes(rgb: tuple[float, ...]) -> bytes:
    xyz = (sum(factor * part for factor, part in zip(row, rgb, strict=True)) for row in _TO_XYZ)
    x, y, z = (_curve(part / white) for part, white in zip(xyz, _WHITE, strict=True))
    lightness, a, b = 116 * y - 16, 500 * (x - y), 200 * (y - z)
    return bytes(min(255, max(0, round(one))) for one in (lightness * 2.55, a + 128, b + 128))


def _curve(part: float) -> float:
    return float(part ** (1 / 3)) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116
