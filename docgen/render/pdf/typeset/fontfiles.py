"""Floor 2, edges: where font files are: those that config.yaml names, and those installed on this computer.

Knows folders and the names of faces; nothing of text.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from docgen.errors import TemplateError
from docgen.render.pdf.typeset import sfnt
from docgen.render.pdf.typeset.faces import Face, load_face

ENDINGS = (".ttf", ".otf", ".ttc", ".otc")
_MOST_FILES = 20_000
_MOST_IN_FOLDER = 500


def font_files(folder: Path) -> list[Path]:
    """Return the font files of a folder, by name."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())


def faces_of(path: Path) -> list[Face]:
    """Return all faces of a file, several of a collection.

    Raises:
        TemplateError: the file is no sound font.
    """
    with sfnt.reading(path):
        count = sfnt.faces_in(path)
    return [load_face(path, number) for number in range(max(1, count))]


def configured_faces(places: Iterable[Path]) -> tuple[Face, ...]:
    """Return the faces of files and folders that config.yaml names, in that order.

    Raises:
        TemplateError: a place is not there, has no fonts, or has a broken one.
    """
    found: list[Face] = []
    for place in places:
        files = [place] if place.is_file() else font_files(place)
        if not files:
            raise TemplateError(f"{place} has no fonts", hint="pdf.fonts in config.yaml names folders or font files")
        for path in files[:_MOST_IN_FOLDER]:
            found += faces_of(path)
    return tuple(found)


def installed_face(file_names: Iterable[str], face_name: str = "") -> Face | None:
    """Return an installed face by its file's name, the first that is there.

    Args:
        file_names: such as `NotoSansKhmer-Regular.ttf`.
        face_name: PostScript name within a collection; the first face without it.
    """
    installed = _installed()
    for name in file_names:
        if path := installed.get(name):
            try:
                return load_face(path, _number_of(path, face_name))
            except TemplateError:
                continue  # a damaged font on this computer is no fault of the template's
    return None


@lru_cache(maxsize=64)
def _number_of(path: Path, face_name: str) -> int:
    if not face_name:
        return 0
    for number in range(sfnt.faces_in(path)):
        try:
            if sfnt.read_name(sfnt.read_sfnt(path, number, only=("name",))) == face_name:
                return number
        except (sfnt.BrokenFont, struct.error, UnicodeError):
            break
    return 0


@lru_cache(maxsize=1)
def _installed() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in _walk():
        found.setdefault(path.name, path)
        if len(found) >= _MOST_FILES:
            break
    return found


def _walk() -> Iterator[Path]:
    for top in _system_folders():
        for folder, _, names in os.walk(top):
            yield from (Path(folder, name) for name in names if name.lower().endswith(ENDINGS))


def _system_folders() -> tuple[Path, ...]:
    home = Path.home()
    if sys.platform == "win32":
        return (Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", home / "AppData/Local/Microsoft/Windows/Fonts")
    if sys.platform == "darwin":
        return (home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
    return (home / ".local/share/fonts", home / ".fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))
