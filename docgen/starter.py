"""Floor 3, work: what a user begins with: a working folder, or one kind of document copied into a folder of theirs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from docgen.errors import UserError, WriteError, did_you_mean
from docgen.sharing import SHARED
from docgen.template import MANIFEST

PARTS = ("config.yaml", "templates", "campaigns", "schemas")
#: A template that a shipped job names, and a file of its data.
_TEMPLATE = re.compile(r"\btemplate: *([\w-]+)")
_DATA = re.compile(r"\bdata/[\w./-]*\w")
_NAME = re.compile(r"\w[\w-]*")


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
    starter = starter_folder()
    return _copy({target / part: starter / part for part in PARTS})


def shipped_kinds() -> list[str]:
    """Return what `copy_kind` can copy: names of shipped templates and campaigns, sorted."""
    starter = starter_folder()
    templates = {manifest.parent.name for manifest in starter.glob(f"templates/*/{MANIFEST}")}
    return sorted(templates | {job.stem for job in starter.glob("campaigns/*.yaml")})


def copy_kind(kind: str, templates: Path, campaigns: Path, name: str = "") -> list[Path]:
    """Copy a shipped template and its job, with what they need; never overwrites.

    Args:
        kind: one of `shipped_kinds`.
        templates: the folder of the user's templates. Other templates of the job, and what templates share, are copied
            where they are not there yet.
        campaigns: the folder of the user's jobs; sample data go into `data` there.
        name: what the template and the job are to be called; default: as the kind.

    Returns:
        The files written, in order.

    Raises:
        UserError: there is no such kind, the name cannot be one, or is taken.
        WriteError: a folder cannot be written.
    """
    name = name or kind
    starter = starter_folder()
    template, job = starter / "templates" / kind, starter / "campaigns" / f"{kind}.yaml"
    _check_new(kind, name, [templates / name, campaigns / f"{name}.yaml"])
    text = job.read_text(encoding="utf-8") if job.is_file() else ""
    wanted = {templates / name: template, templates / SHARED: starter / "templates" / SHARED}
    for other in _TEMPLATE.findall(text):
        if other != kind:
            wanted[templates / other] = starter / "templates" / other
    for data in _DATA.findall(text):
        wanted[campaigns / data] = starter / "campaigns" / data
    written = _copy(wanted)
    if text:
        renamed = _TEMPLATE.sub(lambda found: f"template: {name}" if found[1] == kind else found[0], text)
        written.append(_write(campaigns / f"{name}.yaml", renamed))
    return written


def _check_new(kind: str, name: str, taken: Iterable[Path]) -> None:
    kinds = shipped_kinds()
    if kind not in kinds:
        hint = did_you_mean(kind, kinds) or f"one of {', '.join(kinds)}"
        raise UserError(f'docgen ships no "{kind}"', hint=hint)
    if not _NAME.fullmatch(name) or name == SHARED:
        raise UserError(f'"{name}" cannot be the name of a template', hint="use letters, digits and hyphens")
    for path in taken:
        if path.exists():
            raise UserError(f"{path} is there already; nothing was changed", hint=f"docgen new {kind} ANOTHER-NAME")


def _copy(wanted: Mapping[Path, Path]) -> list[Path]:
    """Copy files, and folders as a whole; what is there stays."""
    written = []
    try:
        for target, source in wanted.items():
            for path, relative in _files(source):
                goal = target / relative if relative.parts else target
                if not goal.exists():
                    goal.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, goal)
                    written.append(goal)
    except OSError as error:
        raise WriteError(f"{goal} cannot be written: {error.strerror or error}") from error
    return written


def _files(source: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each file of a folder, or the file itself, and its path from there."""
    for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
        if path.is_file() and "__pycache__" not in path.parts:
            yield path, path.relative_to(source)


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror or error}") from error
    return path
