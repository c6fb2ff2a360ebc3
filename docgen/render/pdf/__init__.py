"""Floor 2, edges: PDF from an RML body: merged by Jinja, held to the rules of `safety`, drawn by z3c.rml.

Everything about z3c.rml and ReportLab stays in this package.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Lock

from lxml import etree

from docgen.errors import raise_faults
from docgen.limits import WorkLimits
from docgen.merge import Merger, Missing
from docgen.model import MEDIA_TYPES, Artifact, Format, Making
from docgen.render.body import TemplateFolder, language_tag, place, read_text
from docgen.render.marks import mark_lines, read_marked, start_tags
from docgen.render.pdf.fonts import load_fonts
from docgen.render.pdf.glyphs import glyph_faults, tidy
from docgen.render.pdf.reference import Settings, make_pdf
from docgen.render.pdf.rich import RmlRich
from docgen.render.pdf.safety import Rules, make_safe, tag_faults

_STYLE_NAME = re.compile(r'<paraStyle\b[^>]*\bname="([^"{]+)"')


class PreparedPdf:
    """An RML body ready to be filled in: compiled, its elements checked, its fonts parsed."""

    def __init__(
        self, template: TemplateFolder, limits: WorkLimits | None, missing: Missing, extra: Sequence[Path]
    ) -> None:
        source = mark_lines(read_text(template))
        self._where = place(template)
        file = self._where.file or template.name
        raise_faults(tag_faults(start_tags(source), file))
        fonts = load_fonts(template.folder, extra)
        self._rich = RmlRich(frozenset(_STYLE_NAME.findall(source)))
        merger = Merger(template.folder, "xml", limits, missing, self._rich)
        self._compiled = merger.compile(source, self._where)
        self._rules = Rules(file, template.folder, fonts.names, pictures=self._rich.pictures)
        self._settings = Settings(file, fonts)
        self._title = template.title
        self._lock = Lock()

    @property
    def fields_used(self) -> frozenset[str]:
        """Dotted paths the body uses."""
        return self._compiled.fields

    def render(self, context: Mapping[str, object]) -> Artifact:
        """Return the PDF. See `protocols.Prepared`."""
        with self._lock:  # the pictures asked for are this rendering's own
            self._rich.pictures.clear()
            return self._render(context)

    def _render(self, context: Mapping[str, object]) -> Artifact:
        root = read_marked(self._compiled.render(context), self._rules.file)
        rules = replace(self._rules, extra_files=_logo(context))
        raise_faults(make_safe(root, rules))
        self._describe(root, context)
        _tidy_texts(root)
        today = context.get("today")
        settings = replace(
            self._settings, language=language_tag(context), today=today if isinstance(today, date) else None
        )
        content, printed = make_pdf(root, settings)
        raise_faults(glyph_faults(printed, root, context, self._where))
        return Artifact(content, MEDIA_TYPES[Format.PDF], "document.pdf", printed.pages)

    def _describe(self, root: etree._Element, context: Mapping[str, object]) -> None:
        company = context.get("company")
        author = company.get("name") if isinstance(company, Mapping) else getattr(company, "name", None)
        pages = root.find("template")
        for name, value in (("title", self._title), ("author", author), ("subject", ""), ("creator", "docgen")):
            # z3c.rml reads them from <template> too, and then lets those of <document> win.
            written = root.get(name) or (pages.get(name) if pages is not None else None)
            root.set(name, str(written or value or ""))


def prepare(
    template: TemplateFolder,
    limits: WorkLimits | None = None,
    missing: Missing = "error",
    engine: Making = Making.COMPILED,  # there is one way only
    fonts: Sequence[Path] = (),
) -> PreparedPdf:
    """Return the RML body of a template, ready to render PDF.

    Raises:
        TemplateError: the body cannot be used; all its faults at once.
    """
    return PreparedPdf(template, limits, missing, fonts)


def _logo(context: Mapping[str, object]) -> frozenset[Path]:
    company = context.get("company")
    logo = company.get("logo") if isinstance(company, Mapping) else getattr(company, "logo", None)
    return frozenset({Path(str(logo)).resolve()}) if logo else frozenset()


def _tidy_texts(root: etree._Element) -> None:
    for element in root.iter(etree.Element):
        if element.text:
            element.text = tidy(element.text)
        if element.tail:
            element.tail = tidy(element.tail)
