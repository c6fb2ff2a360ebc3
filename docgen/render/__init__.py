"""Floor 2, edges: one renderer per kind of body and format it can become."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from docgen.model import Format
from docgen.protocols import Prepared
from docgen.render import docx, pdf, text

#: (suffix of the body, format) -> `prepare(template, limits, missing, engine)`
RENDERERS: Mapping[tuple[str, Format], Callable[..., Prepared]] = {
    (".rml", Format.PDF): pdf.prepare,
    (".docx", Format.DOCX): docx.prepare,
    (".html", Format.HTML): text.prepare_html,
    (".txt", Format.TXT): text.prepare_text,
}
