"""Floor 2, edges: which files a job's name or pattern means, and how people call them. Refuses to open them."""

from __future__ import annotations

import glob
from pathlib import Path

from docgen.errors import SourceError, did_you_mean


def find_files(pattern: str, base: Path) -> list[Path]:
    """Return the file of that name or, for a pattern, the files it fits, in order of their names.

    Raises:
        SourceError: there is none.
    """
    path = base / pattern
    if path.is_file():
        return [path]
    if path.is_dir():
        raise SourceError(f'"{pattern}" is a folder', hint=f"write {pattern.rstrip('/')}/*.csv")
    found = sorted(Path(match) for match in glob.glob(str(path), recursive=True) if Path(match).is_file())
    if found:
        return found
    if glob.has_magic(pattern):
        raise SourceError(f'no file fits the pattern "{pattern}"')
    names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    raise SourceError(f'there is no file "{pattern}"', hint=did_you_mean(path.name, names))


def shown_as(file: Path, pattern: str, base: Path) -> str:
    """Return a path as the job would write it."""
    if not glob.has_magic(pattern) or not file.is_relative_to(base):
        return pattern if not glob.has_magic(pattern) else str(file)
    return file.relative_to(base).as_posix()
