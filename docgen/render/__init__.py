"""Floor 2, edges: one renderer per kind of body and format it can become.

A renderer is imported when it is first used: the libraries behind it take a second to load, and few jobs need them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from docgen.model import Format
from docgen.protocols import Prepared, Surveyed


@dataclass(frozen=True, slots=True)
class Renderer:
    """A renderer's `prepare(template, limits, missing, engine)`, by the names of its module and of the function."""

    module: str
    function: str = "prepare"
    options: tuple[tuple[str, object], ...] = ()

    def __call__(self, *values: Any, **named: Any) -> Prepared:
        """Return the template, prepared."""
        prepare = getattr(import_module(f"docgen.render.{self.module}"), self.function)
        made: Prepared = prepare(*values, **dict(self.options), **named)
        return made


@dataclass(frozen=True, slots=True)
class Surveyor:
    """A renderer's `survey(template, limits, missing)`, by the name of its module."""

    module: str

    def __call__(self, *values: Any, **named: Any) -> Surveyed:
        """Return the template, looked through."""
        found: Surveyed = import_module(f"docgen.render.{self.module}").survey(*values, **named)
        return found


@dataclass(frozen=True, slots=True)
class Annotator:
    """A renderer's `annotate(content, faults, now)`, by the name of its module."""

    module: str

    def __call__(self, *values: Any) -> bytes:
        """Return the body with its faults marked."""
        made: bytes = import_module(f"docgen.render.{self.module}").annotate(*values)
        return made


#: (suffix of the body, format) -> its renderer
RENDERERS: Mapping[tuple[str, Format], Callable[..., Prepared]] = {
    (".rml", Format.PDF): Renderer("pdf"),
    (".docx", Format.DOCX): Renderer("docx"),
    (".html", Format.HTML): Renderer("text", "prepare_html"),
    (".txt", Format.TXT): Renderer("text", "prepare_text"),
}


def renderers_with(fonts: Sequence[Path]) -> Mapping[tuple[str, Format], Callable[..., Prepared]]:
    """Return the renderers, PDF with further fonts.

    Args:
        fonts: folders and files that config.yaml names.
    """
    if not fonts:
        return RENDERERS
    return {**RENDERERS, (".rml", Format.PDF): Renderer("pdf", options=(("fonts", tuple(fonts)),))}


#: Suffix of the body -> `survey(template, limits, missing)`: what can be told of one that cannot be prepared.
SURVEYS: Mapping[str, Callable[..., Surveyed]] = {".docx": Surveyor("docx")}

#: Suffix of the body -> `annotate(content, faults, now)`: the body with a comment at each fault.
ANNOTATORS: Mapping[str, Callable[..., bytes]] = {".docx": Annotator("docx")}
