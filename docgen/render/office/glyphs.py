"""Floor 2, edges: characters of Word documents that no font of this machine has, and which LibreOffice prints as boxes.

LibreOffice takes another font for a character that the text's own lacks; only where none has it, nothing can be read.
"""

from __future__ import annotations

import html
import io
import re
import shutil
import subprocess
import unicodedata
import zipfile
from bisect import bisect_right
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from docgen.errors import GlyphMissing
from docgen.model import Artifact, Where

_TEXT = re.compile(rb"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
#: Control and format characters, blanks, marks that choose a variant, and private characters, which symbol fonts have.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_VARIANTS = range(0xFE00, 0xFE10)
_AROUND = 20
_NAMED = 3


def missing_glyphs(document: Artifact, program: str) -> GlyphMissing | None:
    """Return the fault of a document that would print boxes, None for one that would not.

    Where fontconfig is not installed, or the document brings fonts of its own, nothing is said.
    """
    ranges = _covered(program)
    text = _read(document.content) if ranges else ""
    missing = [char for char in dict.fromkeys(text) if not (char.isascii() or _is_covered(char, ranges))]
    return _fault(missing, text, document.file_name) if missing else None


def _read(content: bytes) -> str:
    """Return the text of a document; none of one that brings fonts, or that LibreOffice will refuse."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
            if any(name.startswith("word/fonts/") for name in names):
                return ""
            return "\n".join(_text_of(package.read(name)) for name in names if _PARTS.fullmatch(name))
    except zipfile.BadZipFile:
        return ""


def _text_of(content: bytes) -> str:
    return html.unescape("".join(found.decode("utf-8", "replace") for found in _TEXT.findall(content)))


def _is_covered(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    code = ord(char)
    if unicodedata.category(char) in _UNSEEN or code in _VARIANTS:
        return True
    at = bisect_right(ranges, (code, 0x110000)) - 1
    return at >= 0 and ranges[at][0] <= code <= ranges[at][1]


def _fault(missing: list[str], text: str, name: str) -> GlyphMissing:
    at = text.index(missing[0])
    around = " ".join(text[max(0, at - _AROUND) : at + _AROUND].split())
    named = ", ".join(f"{char} (U+{ord(char):04X})" for char in missing[:_NAMED])
    named += f" and {len(missing) - _NAMED} more" if missing[_NAMED:] else ""
    return GlyphMissing(
        f'no installed font has {named}: "{around}"',
        where=Where(name),
        value=missing[0],
        hint="install a font that has it; Debian's fonts-noto-core and fonts-noto-cjk have most",
    )


@cache
def _covered(program: str) -> tuple[tuple[int, int], ...]:
    """Return the code points that some font has, as merged ranges; none where that cannot be told."""
    finder = shutil.which("fc-list")
    if finder is None:
        return ()
    done = subprocess.run([finder, "--format", "%{charset}\n"], capture_output=True, timeout=60, check=False)  # noqa: S603
    pairs = {_range(word) for word in set(done.stdout.decode("ascii", "replace").split())}
    own = Path(program).resolve().parent.parent / "share" / "fonts"
    pairs.update((code, code) for path in sorted(own.rglob("*.[to]tf")) for code in _codes(path))
    merged: list[tuple[int, int]] = []
    for first, last in sorted(pairs):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def _range(word: str) -> tuple[int, int]:
    first, _, last = word.partition("-")
    return int(first, 16), int(last or first, 16)


def _codes(path: Path) -> list[int]:
    try:
        with TTFont(path, lazy=True) as font:
            return list(font.getBestCmap() or ())
    except (TTLibError, OSError, AssertionError, ValueError, KeyError):
        return []  # a damaged font: LibreOffice does not take it either
