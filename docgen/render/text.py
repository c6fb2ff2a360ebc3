"""Floor 2, edges: documents that are HTML or plain text. HTML becomes one file: styles inline, pictures inside."""

from __future__ import annotations

import re
from collections.abc import Mapping

import css_inline

from docgen.limits import WorkLimits
from docgen.merge import Merger, Missing
from docgen.model import MEDIA_TYPES, Artifact, Format, Making
from docgen.render.body import TemplateFolder, place, read_text
from docgen.render.htmlrich import HtmlRich, collecting
from docgen.render.ownpictures import OwnPictures

#: What is not inlined (media queries, pseudo-classes) stays in its `<style>`; nothing is fetched.
INLINER = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)
_DOCUMENT = re.compile(r"<html\b", re.IGNORECASE)


def inline_styles(html: str) -> str:
    """Return the HTML with its style sheets written to the elements."""
    if _DOCUMENT.search(html):
        return str(INLINER.inline(html))
    # A fragment would come back as a whole document without its language and title.
    return html


class PreparedHtml:
    """An HTML body ready to be filled in."""

    def __init__(self, template: TemplateFolder, limits: WorkLimits | None, missing: Missing) -> None:
        self._rich = HtmlRich("data")
        merger = Merger(template.folder, "html", limits, missing, self._rich)
        self._compiled = merger.compile(read_text(template), place(template))
        self._pictures = OwnPictures.of(template, self._compiled.fields)

    @property
    def fields_used(self) -> frozenset[str]:
        """Dotted paths the body uses."""
        return self._compiled.fields

    def render(self, context: Mapping[str, object]) -> Artifact:
        """Return the page. See `protocols.Prepared`."""
        with collecting():
            html = self._pictures.take_in(self._compiled.render(context), self._rich.refer, context)
        return Artifact(inline_styles(html).encode(), MEDIA_TYPES[Format.HTML], "document.html")


class PreparedText:
    """A plain text body ready to be filled in."""

    def __init__(self, template: TemplateFolder, limits: WorkLimits | None, missing: Missing) -> None:
        merger = Merger(template.folder, "none", limits, missing)
        self._compiled = merger.compile(read_text(template), place(template))

    @property
    def fields_used(self) -> frozenset[str]:
        """Dotted paths the body uses."""
        return self._compiled.fields

    def render(self, context: Mapping[str, object]) -> Artifact:
        """Return the text. See `protocols.Prepared`."""
        return Artifact(self._compiled.render(context).encode(), MEDIA_TYPES[Format.TXT], "document.txt")


def prepare_html(
    template: TemplateFolder,
    limits: WorkLimits | None = None,
    missing: Missing = "error",
    engine: Making = Making.COMPILED,  # there is one way only
) -> PreparedHtml:
    """Return the HTML body of a template, ready to render. Raises TemplateError."""
    return PreparedHtml(template, limits, missing)


def prepare_text(
    template: TemplateFolder,
    limits: WorkLimits | None = None,
    missing: Missing = "error",
    engine: Making = Making.COMPILED,  # there is one way only
) -> PreparedText:
    """Return the text body of a template, ready to render. Raises TemplateError."""
    return PreparedText(template, limits, missing)
