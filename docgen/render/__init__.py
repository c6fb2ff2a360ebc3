"""Floor 2, edges: one renderer per kind of body and format it can become, imported when it is first used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from docgen.later import Later
from docgen.model import Format
from docgen.protocols import Prepared, Surveyed

#: (suffix of the body, format) -> its `prepare(template, limits, missing, engine)`.
RENDERERS: Mapping[tuple[str, Format], Callable[..., Prepared]] = {
    (".rml", Format.PDF): Later("docgen.render.pdf", "prepare"),
    (".docx", Format.DOCX): Later("docgen.render.docx", "prepare"),
    (".html", Format.HTML): Later("docgen.render.text", "prepare_html"),
    (".txt", Format.TXT): Later("docgen.render.text", "prepare_text"),
}


def renderers_with(fonts: Sequence[Path]) -> Mapping[tuple[str, Format], Callable[..., Prepared]]:
    """Return the renderers, PDF with further fonts.

    Args:
        fonts: folders and files that config.yaml names.
    """
    if not fonts:
        return RENDERERS
    return {**RENDERERS, (".rml", Format.PDF): Later("docgen.render.pdf", "prepare", (("fonts", tuple(fonts)),))}


#: Suffix of the body -> `survey(template, limits, missing)`: what can be told of one that cannot be prepared.
SURVEYS: Mapping[str, Callable[..., Surveyed]] = {".docx": Later("docgen.render.docx", "survey")}

#: Suffix of the body -> `annotate(content, faults, now)`: the body with a comment at each fault.
ANNOTATORS: Mapping[str, Callable[..., bytes]] = {".docx": Later("docgen.render.docx", "annotate")}
