"""Floor 2, edges: the tables of a font file that setting text needs, read with bounds.

Numbers a font claims are checked before anything is made of them, since fonts come with templates and may be
broken or hostile. Knows the format of TrueType and OpenType files; nothing of text or PDF.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from docgen.errors import TemplateError
from docgen.model import Where

_LARGEST_FILE = 256 << 20
_LARGEST_TABLE = 64 << 20
_MOST_TABLES = 256
_MOST_MAPPED = 400_000  # Unicode has 150,000 characters; a font may list them for two platforms
_MAGIC = 0x5F0F3CF5


class BrokenFont(ValueError):
    """What is wrong with a font file, for people."""


def broken(path: Path, problem: object) -> TemplateError:
    """Return the error that names the file."""
    return TemplateError(
        "the font cannot be used in a PDF",
        where=Where(file=str(path)),
        hint=f"only sound TrueType and OpenType fonts (.ttf, .otf, .ttc) that may be embedded ({problem})",
    )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what reading a damaged file leads to into the error that names it.

    Raises:
        TemplateError: instead.
    """
    try:
        yield
    except struct.error as error:
        raise broken(path, "its tables are damaged") from error
    except (BrokenFont, UnicodeError, OSError) as error:
        raise broken(path, error) from error


@dataclass(frozen=True)
class Sfnt:
    """A face's tables as bytes."""

    path: Path
    tables: Mapping[str, bytes]

    def unpack(self, tag: str, layout: str, offset: int = 0) -> tuple[int, ...]:
        """Return numbers of a table, big-endian."""
        return struct.unpack_from(f">{layout}", self.table(tag), offset)

    def table(self, tag: str) -> bytes:
        """Return a table that has to be there."""
        if tag not in self.tables:
            raise BrokenFont(f"it has no table {tag}")
        return self.tables[tag]

    @cached_property
    def units_per_em(self) -> int:
        """Return the size of the grid, which the format keeps between 16 and 16384."""
        major, magic, units = self.unpack("head", "H10xI2xH")
        if major != 1 or magic != _MAGIC or not 16 <= units <= 16384:
            raise BrokenFont("its table head is damaged")
        return units

    @cached_property
    def glyph_count(self) -> int:
        """Return the number of glyphs."""
        return self.unpack("maxp", "H", 4)[0]


_READ = ("head", "hhea", "maxp", "OS/2", "post", "name", "cmap", "hmtx")


def read_sfnt(path: Path, number: int = 0, only: Collection[str] = _READ) -> Sfnt:
    """Read the tables of a font file, or of one face of a collection.

    Args:
        path: the file.
        number: which face.
        only: the tables wanted; others are known by name and are empty.

    Raises:
        BrokenFont: the file is not what it says.
        OSError: it cannot be read.
    """
    size = path.stat().st_size
    if size > _LARGEST_FILE:
        raise BrokenFont(f"it has {size >> 20} MB")
    with path.open("rb") as opened:
        start = _start_of_face(opened.read(12 + 4 * 64), number)
        opened.seek(start)
        kind, count = struct.unpack(">4sH6x", _exactly(opened.read(12), 12))
        if kind not in {b"\x00\x01\x00\x00", b"true", b"OTTO"} or not 0 < count <= _MOST_TABLES:
            raise BrokenFont("it is no TrueType or OpenType font")
        directory = struct.iter_unpack(">4s4xII", _exactly(opened.read(16 * count), 16 * count))
        tables = {}
        for tag, offset, length in directory:
            if offset + length > size or length > _LARGEST_TABLE:
                raise BrokenFont(f"its table {tag.decode('latin-1').strip()} is cut off")
            name = tag.decode("latin-1").strip()
            tables[name] = b""
            if name in only:
                opened.seek(offset)
                tables[name] = opened.read(length)
    return Sfnt(path, tables)


def _start_of_face(opening: bytes, number: int) -> int:
    if opening[:4] != b"ttcf":
        return 0
    (count,) = struct.unpack_from(">I", opening, 8)
    if not number < count <= 64:
        raise BrokenFont(f"the collection has no face {number}")
    return int(struct.unpack_from(">I", opening, 12 + 4 * number)[0])


def faces_in(path: Path) -> int:
    """Return how many faces a file has: more than one in collections."""
    with path.open("rb") as opened:
        opening = opened.read(12)
    return min(64, int.from_bytes(opening[8:12], "big")) if opening[:4] == b"ttcf" else 1


def _exactly(data: bytes, length: int) -> bytes:
    if len(data) != length:
        raise BrokenFont("it is cut off")
    return data


def read_advances(font: Sfnt) -> array[int]:
    """Return the advance of every glyph, in units of the font."""
    major, metrics = font.unpack("hhea", "H32xH")
    if major != 1 or not 0 < metrics <= font.glyph_count:
        raise BrokenFont("its table hhea is damaged")
    pairs = array("H", _exactly(font.table("hmtx")[: 4 * metrics], 4 * metrics))
    pairs.byteswap()
    advances = pairs[::2]
    advances.extend([advances[-1]] * (font.glyph_count - metrics))
    return advances


def read_name(font: Sfnt) -> str:
    """Return the PostScript name, or one made of the file's."""
    names = dict(reversed(list(_names(font))))
    found = names.get(6) or names.get(4) or names.get(1) or font.path.stem
    return (
        "".join(char for char in found.replace(" ", "-") if "!" <= char <= "~" and char not in "[](){}<>/%") or "Font"
    )


def read_family(font: Sfnt) -> str:
    """Return the family's name without spaces, as bodies write it."""
    names = dict(reversed(list(_names(font))))
    return (names.get(16) or names.get(1) or font.path.stem).replace(" ", "")


def _names(font: Sfnt) -> Iterator[tuple[int, str]]:
    count, strings = font.unpack("name", "HH", 2)
    for index in range(count):
        platform, encoding, language, name, length, offset = font.unpack("name", "6H", 6 + 12 * index)
        data = font.table("name")[strings + offset : strings + offset + length]
        if (platform, encoding, language) == (3, 1, 0x409):
            yield name, data.decode("utf-16-be", "replace")
        elif (platform, encoding, language) == (1, 0, 0):
            yield name, data.decode("mac-roman")


def read_characters(font: Sfnt) -> dict[int, int]:
    """Return which glyph each character has; characters without one are not in it."""
    offset, symbolic = _best_subtable(font)
    (kind,) = font.unpack("cmap", "H", offset)
    reader = {0: _format_0, 4: _format_4, 6: _format_6, 12: _format_12}.get(kind)
    if reader is None:
        raise BrokenFont(f"its characters are listed in format {kind}")
    limit = font.glyph_count
    found = {char: glyph for char, glyph in reader(font, offset) if 0 < glyph < limit}
    if symbolic:  # such fonts keep their characters in private use
        found |= {char - 0xF000: glyph for char, glyph in found.items() if 0xF020 <= char <= 0xF0FF}
    return found


def _best_subtable(font: Sfnt) -> tuple[int, bool]:
    (count,) = font.unpack("cmap", "H", 2)
    entries = {font.unpack("cmap", "HH", 4 + 8 * i): font.unpack("cmap", "I", 8 + 8 * i)[0] for i in range(count)}
    for wanted in ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0), (3, 0), (1, 0)):
        if wanted in entries:
            return entries[wanted], wanted == (3, 0)
    raise BrokenFont("it does not say which characters it has")


def _format_0(font: Sfnt, offset: int) -> Iterator[tuple[int, int]]:
    for code, glyph in enumerate(font.unpack("cmap", "256B", offset + 6)):
        yield ord(bytes([code]).decode("mac-roman")), glyph


def _format_6(font: Sfnt, offset: int) -> Iterator[tuple[int, int]]:
    first, count = font.unpack("cmap", "HH", offset + 6)
    yield from enumerate(font.unpack("cmap", f"{count}H", offset + 10), first)


def _format_4(font: Sfnt, offset: int) -> Iterator[tuple[int, int]]:
    count = font.unpack("cmap", "H", offset + 6)[0] // 2
    ends = font.unpack("cmap", f"{count}H", offset + 14)
    starts = font.unpack("cmap", f"{count}H", offset + 16 + 2 * count)
    deltas = font.unpack("cmap", f"{count}H", offset + 16 + 4 * count)
    base = offset + 16 + 6 * count
    ranges = font.unpack("cmap", f"{count}H", base)
    _bound(end - start + 1 for start, end in zip(starts, ends, strict=True))
    for index, (start, end, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        if end < start:
            continue
        if not ranges[index]:
            yield from ((char, (char + delta) & 0xFFFF) for char in range(start, end + 1))
            continue
        for char in range(start, end + 1):
            glyph = _number_at(font, base + 2 * index + ranges[index] + 2 * (char - start))
            yield char, (glyph + delta) & 0xFFFF if glyph else 0


def _number_at(font: Sfnt, offset: int) -> int:
    pair = font.table("cmap")[offset : offset + 2]  # some fonts in use point behind their table: no glyph
    return int.from_bytes(pair, "big") if len(pair) == 2 else 0


def _format_12(font: Sfnt, offset: int) -> Iterator[tuple[int, int]]:
    (count,) = font.unpack("cmap", "I", offset + 12)
    if count > _MOST_MAPPED:
        raise BrokenFont("it claims too many characters")
    numbers = font.unpack("cmap", f"{3 * count}I", offset + 16)
    groups = list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))
    _bound(end - start + 1 for start, end, _ in groups)
    for start, end, glyph in groups:
        yield from zip(range(start, min(end, 0x10FFFF) + 1), range(glyph, glyph + end - start + 1), strict=False)


def _bound(lengths: Iterator[int]) -> None:
    if sum(max(0, length) for length in lengths) > _MOST_MAPPED:
        raise BrokenFont("it claims too many characters")
