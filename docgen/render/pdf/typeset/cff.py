"""Floor 2, edges: a CFF font of some glyphs of another, keyed by CID, so that content names glyphs by old numbers.

Outlines are written anew without hints or subroutines, once per glyph and process, and a font is put together of
them. Knows the formats of CFF (Adobe's technical notes 5176 and 5177); nothing of PDF.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from docgen.render.pdf.typeset.faces import Face

_STANDARD_STRINGS = 391
_ROS, _CID_COUNT, _FD_ARRAY, _FD_SELECT = b"\x0c\x1e", b"\x0c\x22", b"\x0c\x24", b"\x0c\x25"
_BBOX, _CHARSET, _CHAR_STRINGS, _PRIVATE = b"\x05", b"\x0f", b"\x11", b"\x12"
_LONGEST_PROGRAM = 60_000


def cff_of(face: Face, glyphs: Iterable[int]) -> bytes:
    """Return a CFF font with the glyphs given, each under its number in `face` as CID."""
    numbers = sorted({0, *glyphs})
    programs = [_programs(face).program(glyph) for glyph in numbers]
    return _assemble(face.name, numbers, programs, face.bbox)


@lru_cache(maxsize=16)
def _programs(face: Face) -> _Programs:
    return _Programs(face)


class _Programs:
    """The outlines of a face as charstrings, kept as they are made."""

    def __init__(self, face: Face) -> None:
        from fontTools.ttLib import TTFont

        self._face = face
        opened = BytesIO(face.path.read_bytes())
        self._font: Any = TTFont(opened, fontNumber=face.number, lazy=True)
        top = self._font["CFF "].cff.topDictIndex[0]
        self._strings = top.CharStrings.charStringsIndex
        self._top = top
        self._made: dict[int, bytes] = {}

    def program(self, glyph: int) -> bytes:
        if glyph not in self._made:
            self._made[glyph] = self._make(glyph)
        return self._made[glyph]

    def _make(self, glyph: int) -> bytes:
        from fontTools.pens.t2CharStringPen import T2CharStringPen
        from fontTools.pens.transformPen import TransformPen

        scale = 1000 / self._face.units_per_em
        pen = T2CharStringPen(round(self._face.advance(glyph)), None)
        source = self._source(glyph)
        if len(source.bytecode or b"") > _LONGEST_PROGRAM:
            raise ValueError(f"glyph {glyph} is too large")
        source.draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)) if scale != 1 else pen)
        made = pen.getCharString()
        made.compile()
        return bytes(made.bytecode)

    def _source(self, glyph: int) -> Any:
        source = self._strings[glyph]
        if getattr(self._top, "FDSelect", None) is not None:
            source.private = self._top.FDArray[self._top.FDSelect[glyph]].Private
        else:
            source.private = self._top.Private
        return source


def _assemble(name: str, numbers: Sequence[int], programs: Sequence[bytes], bbox: Sequence[float]) -> bytes:
    strings = [b"Adobe", b"Identity"]
    head = b"\x01\x00\x04\x04" + _index([name.encode("ascii")])
    rest = _index(strings) + _index([])
    # Offsets are written in five bytes, so that the length of what holds them is known before they are.
    length = len(head) + len(_index([_top_dict(numbers, bbox, {})])) + len(rest)
    charset = b"\x00" + b"".join(number.to_bytes(2, "big") for number in numbers[1:])
    select = b"\x03\x00\x01\x00\x00\x00" + len(numbers).to_bytes(2, "big")
    outlines = _index(programs)
    private = _number(0) + b"\x14" + _number(0) + b"\x15"  # defaultWidthX, nominalWidthX: each glyph states its own
    offsets = _offsets(length, {_CHARSET: charset, _FD_SELECT: select, _CHAR_STRINGS: outlines, _PRIVATE: private})
    array = _index([_number(len(private)) + _long(offsets[_PRIVATE]) + _PRIVATE])
    offsets[_FD_ARRAY] = offsets[_PRIVATE] + len(private)
    top = _index([_top_dict(numbers, bbox, offsets)])
    return b"".join((head, top, rest, charset, select, outlines, private, array))


def _offsets(start: int, parts: Mapping[bytes, bytes]) -> dict[bytes, int]:
    found = {}
    for operator, part in parts.items():
        found[operator] = start
        start += len(part)
    return found


def _top_dict(numbers: Sequence[int], bbox: Sequence[float], offsets: Mapping[bytes, int]) -> bytes:
    ros = _number(_STANDARD_STRINGS) + _number(_STANDARD_STRINGS + 1) + _number(0) + _ROS
    box = b"".join(_long(round(side)) for side in bbox) + _BBOX
    count = _long(numbers[-1] + 1) + _CID_COUNT
    places = b"".join(
        _long(offsets.get(operator, 0)) + operator for operator in (_CHARSET, _CHAR_STRINGS, _FD_ARRAY, _FD_SELECT)
    )
    return ros + box + count + places


def _number(value: int) -> bytes:
    if -107 <= value <= 107:
        return bytes([value + 139])
    return b"\x1c" + value.to_bytes(2, "big", signed=True)


def _long(value: int) -> bytes:
    return b"\x1d" + value.to_bytes(4, "big", signed=True)


def _index(items: Sequence[bytes]) -> bytes:
    if not items:
        return b"\x00\x00"
    ends = [1]
    for item in items:
        ends.append(ends[-1] + len(item))
    size = max(1, (ends[-1].bit_length() + 7) // 8)
    offsets = b"".join(end.to_bytes(size, "big") for end in ends)
    return len(items).to_bytes(2, "big") + bytes([size]) + offsets + b"".join(items)
