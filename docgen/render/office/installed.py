"""Floor 2, edges: the font families that LibreOffice finds on this machine. Knows no document."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

_FOLDERS = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": (r"%WINDIR%\Fonts", r"%LOCALAPPDATA%\Microsoft\Windows\Fonts"),
}
_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
#: Names of a font file that are a family: as all programs know it, and as typographers do.
_FAMILY_NAMES = (1, 16)

#: Free families drawn to the widths of Word's: lines and pages break where they broke.
_TWINS = {
    "arial": ("Liberation Sans", "Arimo", "Nimbus Sans"),
    "helvetica": ("Liberation Sans", "Arimo", "Nimbus Sans"),
    "arial narrow": ("Liberation Sans Narrow", "Nimbus Sans Narrow"),
    "times new roman": ("Liberation Serif", "Tinos", "Nimbus Roman"),
    "times": ("Liberation Serif", "Tinos", "Nimbus Roman"),
    "courier new": ("Liberation Mono", "Cousine", "Nimbus Mono PS"),
    "courier": ("Liberation Mono", "Cousine", "Nimbus Mono PS"),
    "calibri": ("Carlito",),
    "cambria": ("Caladea",),
    "georgia": ("Gelasio",),
}
#: Symbols, which LibreOffice sets in its own OpenSymbol.
_SYMBOLS = frozenset({"symbol", "wingdings", "wingdings 2", "wingdings 3", "webdings", "opensymbol", "starsymbol"})
#: Debian's package of a family.
PACKAGES = {
    "Carlito": "fonts-crosextra-carlito",
    "Caladea": "fonts-crosextra-caladea",
    "Gelasio": "fonts-gelasio",
    "Liberation Sans": "fonts-liberation",
    "Liberation Serif": "fonts-liberation",
    "Liberation Mono": "fonts-liberation",
    "Liberation Sans Narrow": "fonts-liberation-sans-narrow",
}


def is_covered(family: str, installed: frozenset[str]) -> bool:
    """Whether text in this family is set in it, or in one of the same widths; `installed` is in lower case."""
    names = [name.strip().lower() for name in family.split(";")]
    return any(
        name in installed or name in _SYMBOLS or any(twin.lower() in installed for twin in twins_of(name))
        for name in names
    )


def twins_of(family: str) -> tuple[str, ...]:
    """Return the families that have the same widths."""
    return _TWINS.get(family.lower(), ())


@cache
def installed_families(program: str) -> frozenset[str]:
    """Return the families that this LibreOffice finds, in lower case."""
    own = Path(program).resolve().parent.parent / "share" / "fonts"
    known = _from_fontconfig()
    folders = [own] if known else [own, *_system_folders()]
    return frozenset(name.strip().lower() for name in [*known, *_from_files(folders)])


def _from_fontconfig() -> list[str]:
    program = shutil.which("fc-list")
    if program is None:
        return []
    command = [program, "--format", "%{family}\n"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)  # noqa: S603 - a fixed command
    return done.stdout.decode(errors="replace").replace("\n", ",").split(",")


def _system_folders() -> Iterator[Path]:
    for folder in _FOLDERS.get(sys.platform, ()):
        yield Path(os.path.expandvars(folder)).expanduser()


def _from_files(folders: Iterable[Path]) -> Iterator[str]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _SUFFIXES:
                yield from _families(path)


def _families(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            many = path.suffix.lower() in (".ttc", ".otc")
            fonts = TTCollection(file, lazy=True).fonts if many else [TTFont(file, lazy=True)]
            return [name for font in fonts for name in _names(font)]
    except (TTLibError, OSError, AssertionError, ValueError):
        return []  # a damaged font: LibreOffice does not take it either


def _names(font: TTFont) -> list[str]:
    return [str(record) for record in font["name"].names if record.nameID in _FAMILY_NAMES]
