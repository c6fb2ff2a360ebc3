"""Floor 4, faces: copies of faulty templates with comments at their faults. Part of `api`; knows no document inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from docgen.errors import DocgenError, TemplateError, UserError
from docgen.files import write_atomically
from docgen.render import ANNOTATORS
from docgen.template import Template


@dataclass(frozen=True)
class FaultyBody:
    """A file of a template, and what is wrong in it.

    Attributes:
        name: of the template; with the file's own where it is not the body.
    """

    name: str
    path: Path
    faults: tuple[DocgenError, ...]


def faulty_bodies(faults: Sequence[DocgenError], templates: Mapping[str, Template]) -> list[FaultyBody]:
    """Return the files that comments can be written into, in the order of their faults."""
    found: dict[Path, tuple[str, list[DocgenError]]] = {}
    for fault in faults:
        file = PurePosixPath(fault.where.file) if fault.where and fault.where.file else None
        if file is None or file.suffix not in ANNOTATORS:
            continue
        for template in templates.values():
            folder = PurePosixPath(template.where().file or "").parent
            if file.is_relative_to(folder):
                path = template.folder / file.relative_to(folder)
                name = template.name if path.name == template.body.name else f"{template.name}-{path.stem}"
                found.setdefault(path, (name, []))[1].append(fault)
                break
    return [FaultyBody(name, path, tuple(faults)) for path, (name, faults) in found.items()]


def write_annotated(
    bodies: Sequence[FaultyBody], output: Path, templates: Mapping[str, Template], now: datetime
) -> list[Path]:
    """Write the copies; see `api.annotate_faults`."""
    is_folder = output.is_dir() or not output.suffix
    if not is_folder and output.suffix not in ANNOTATORS:
        raise UserError(f"{output.name} is no name of a Word document", hint="let it end in .docx, or name a folder")
    written = []
    for body in bodies:
        target = _target(body, output, is_folder, many=len(bodies) > 1)
        if any(target.resolve().is_relative_to(template.folder.resolve()) for template in templates.values()):
            raise UserError(f"{target} lies in the folder of a template", hint="write the copy somewhere else")
        content = _annotated(body, now)
        if content is not None:
            write_atomically(target, content, durable=False)
            written.append(target)
    return written


def _target(body: FaultyBody, output: Path, is_folder: bool, *, many: bool) -> Path:
    if is_folder:
        return output / f"{body.name}{body.path.suffix}"
    return output.with_name(f"{output.stem}-{body.name}{output.suffix}") if many else output


def _annotated(body: FaultyBody, now: datetime) -> bytes | None:
    try:
        return ANNOTATORS[body.path.suffix](body.path.read_bytes(), body.faults, now)
    except (TemplateError, OSError):
        return None  # it cannot be read at all, which is its fault
