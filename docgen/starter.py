"""Floor 3, work: the working folder a new user begins with: configuration, templates, campaigns, sample data."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from docgen.errors import UserError, WriteError

PARTS = ("config.yaml", "templates", "campaigns", "schemas")


def starter_folder() -> Path:
    """Return where the starter lies: in the installed package, or at the top of the source tree."""
    package = Path(__file__).parent
    installed = package / "starter"
    return installed if installed.is_dir() else package.parent


def copy_starter(target: Path) -> list[Path]:
    """Copy the starter into a folder, which is made; never overwrites.

    Returns:
        The files written, in order.

    Raises:
        UserError: some part is there already.
        WriteError: the folder cannot be written.
    """
    there = [part for part in PARTS if (target / part).exists()]
    if there:
        raise UserError(f"{target} already has {', '.join(there)}; nothing was changed", hint="choose another folder")
    written = []
    try:
        for source, relative in _files(starter_folder()):
            path = target / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, path)
            written.append(path)
    except OSError as error:
        raise WriteError(f"{target} cannot be written: {error.strerror or error}") from error
    return written


def _files(starter: Path) -> Iterator[tuple[Path, Path]]:
    for part in PARTS:
        top = starter / part
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path, path.relative_to(starter)
