"""Floor 2, edges: an RML body prepared: merged by Jinja, held to the rules of `safety`, laid out by one of two paths.

Which path is decided once per template, by its elements. Where the quick path finds a fault, the body is merged once
more with the lines of the template in it, so that the fault can name its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache, partial
from pathlib import Path
from threading import Lock

from lxml import etree

from docgen.errors import DocgenError, Faults, LimitExceeded, TemplateError, raise_faults
from docgen.limits import Limits, Working, WorkLimits
from docgen.merge import Compiled, Merger, Missing, make_environment
from docgen.model import MEDIA_TYPES, Artifact, Format, Making, Where
from docgen.render.body import TemplateFolder, language_tag, place, read_text
from docgen.render.marks import read_marked, read_merged
from docgen.render.pdf.compiled import Press
from docgen.render.pdf.cutting import cut, read_said
from docgen.render.pdf.fonts import load_fonts
from docgen.render.pdf.glyphs import Printed, glyph_faults, is_tidy, tidy
from docgen.render.pdf.known import KnownTags
from docgen.render.pdf.layout.story import lays_out
from docgen.render.pdf.marking import ONLY_COMPILED, YES
from docgen.render.pdf.rich import RmlRich
from docgen.render.pdf.safety import Rules, make_safe, tag_faults
from docgen.render.pdf.sources import Sources
from docgen.render.pdf.standing import Order

#: As `marking.ONLY_COMPILED` has it, written into the body.
_ONLY_COMPILED = re.compile(
    rf'\b({"|".join(ONLY_COMPILED)})\s*=\s*["\'](?:{"|".join(sorted(YES))})["\']', re.IGNORECASE
)
_STYLE_NAME = re.compile(r'<paraStyle\b[^>]*\bname="([^"{]+)"')


class PreparedPdf:
    """An RML body ready to be filled in: compiled, its elements checked, its fonts parsed."""

    def __init__(
        self,
        template: TemplateFolder,
        limits: WorkLimits | None,
        missing: Missing,
        extra: Sequence[Path],
        engine: Making,
    ) -> None:
        self._source = read_text(template)
        self._where = place(template)
        self._limits = limits or Limits()
        self._title = template.title
        file = self._where.file or template.name
        self._sources = sources = Sources(self._source, file, make_environment("xml", assets=template.folder))
        self._raise(tag_faults(sources.tags, file))
        self._fonts = load_fonts(template.folder, extra)
        compiled = engine is Making.COMPILED and lays_out(tag for tag, _ in sources.tags)
        if engine is Making.COMPILED and not compiled:
            self._raise(self._torn(sources.tags, file))
        self._press = Press(self._fonts, file, template.folder) if compiled else None
        self._rich = RmlRich(frozenset(_STYLE_NAME.findall(sources.whole)), vectors=compiled)
        self._new_merger = partial(Merger, template.folder, "xml", limits, missing, self._rich)
        self._compiled = self._new_merger().compile(self._source, self._where) if compiled else self._marked
        self._rules = Rules(file, template.folder, self._fonts.names, pictures=self._rich.pictures)
        self._known = KnownTags()
        self._lock = Lock()

    def _raise(self, faults: Iterable[DocgenError]) -> None:
        found = list(faults)
        for fault in found:
            self._sources.settle(fault)
        raise_faults(found)

    def _torn(self, tags: Sequence[tuple[str, int]], file: str) -> list[TemplateError]:
        """Return a fault where a body asks for what one path cannot do beside what the other cannot."""
        asked = _ONLY_COMPILED.search(self._sources.whole)
        if asked is None:
            return []
        tag = next(tag for tag, _ in tags if not lays_out([tag]))
        line = self._sources.whole.count("\n", 0, asked.start()) + 1
        hint = f"leave out one of them; {asked[1]} is set by docgen's own layout only"
        return [TemplateError(f"{asked[0]} cannot be had beside <{tag}>", where=Where(file, line), hint=hint)]

    @property
    def fields_used(self) -> frozenset[str]:
        """Dotted paths the body uses."""
        return self._compiled.fields

    @cached_property
    def _marked(self) -> Compiled:
        merger = self._new_merger()
        merger.loader.change = self._sources.mark
        return merger.compile(self._sources.marked, self._where)

    def render(self, context: Mapping[str, object]) -> Artifact:
        """Return the PDF. See `protocols.Prepared`."""
        with self._lock:  # the pictures asked for are this rendering's own
            self._rich.pictures.clear()
            try:
                return self._refer(context) if self._press is None else self._press_out(self._press, context)
            except DocgenError as error:
                self._sources.settle(error)
                raise

    def _press_out(self, press: Press, context: Mapping[str, object]) -> Artifact:
        try:
            merged = self._compiled.render(context)
            order = self._order(press, merged, context)
            if order is not None and order.layout is not None:
                content, pages = press.print_again(order, _today(context))
                return Artifact(content, MEDIA_TYPES[Format.PDF], "document.pdf", pages)
            return self._lay_out(press, merged, read_merged(merged, self._rules.file), context, order)
        except LimitExceeded as error:
            error.where = error.where or self._where
            raise
        except DocgenError:
            self._rich.pictures.clear()
            merged = self._marked.render(context)
            return self._lay_again(press, merged, context)

    def _order(self, press: Press, merged: str, context: Mapping[str, object]) -> Order | None:
        """Return a document that may be printed as one before it was; None where it may not."""
        parts = cut(merged) if not self._rich.pictures else None
        said = read_said(parts.said, self._said(context)) if parts is not None else None
        if parts is None or said is None:
            return None
        around = _house_files(context), _author(context)
        return press.order(parts, language_tag(context), said, around)

    def _lay_again(self, press: Press, merged: str, context: Mapping[str, object]) -> Artifact:
        try:
            return self._lay_out(press, merged, read_marked(merged, self._rules.file), context)
        except DocgenError as error:
            if not isinstance(error, Faults):
                error.where = error.where or self._where
            raise

    def _lay_out(
        self,
        press: Press,
        merged: str,
        root: etree._Element,
        context: Mapping[str, object],
        order: Order | None = None,
    ) -> Artifact:
        if not self._known.make_safe(root, merged, replace(self._rules, extra_files=_house_files(context))):
            order = None
        self._describe(root, context)
        if not is_tidy(merged):
            _tidy_texts(root)
        with Working(self._limits, {}):  # laying out may take as long as merging
            content, document = press.make_pdf(root, language_tag(context), _today(context), merged, order)
        if document.lacks:
            missing = {(lack.char, lack.font): lack.around for lack in document.lacks}
            raise_faults(glyph_faults(Printed(missing), root, context, self._where))
        return Artifact(content, MEDIA_TYPES[Format.PDF], "document.pdf", len(document.sheets))

    def _refer(self, context: Mapping[str, object]) -> Artifact:
        from docgen.render.pdf.reference import Settings, make_pdf  # z3c.rml loads slowly, and few need it

        root = read_marked(self._compiled.render(context), self._rules.file)
        raise_faults(make_safe(root, replace(self._rules, extra_files=_house_files(context))))
        self._describe(root, context)
        _tidy_texts(root)
        settings = Settings(self._rules.file, self._fonts, language_tag(context), _today(context))
        content, printed = make_pdf(root, settings)
        raise_faults(glyph_faults(printed, root, context, self._where))
        return Artifact(content, MEDIA_TYPES[Format.PDF], "document.pdf", printed.pages)

    def _describe(self, root: etree._Element, context: Mapping[str, object]) -> None:
        pages = root.find("template")
        for name, value in self._said(context).items():
            # z3c.rml reads them from <template> too, and then lets those of <document> win.
            written = root.get(name) or (pages.get(name) if pages is not None else None)
            root.set(name, str(written or value or ""))

    def _said(self, context: Mapping[str, object]) -> dict[str, str]:
        """Return what a document says of itself where its body does not."""
        return {"title": self._title, "author": _author(context), "subject": "", "creator": "docgen"}


def _author(context: Mapping[str, object]) -> str:
    company = context.get("company")
    author = company.get("name") if isinstance(company, Mapping) else getattr(company, "name", None)
    return str(author or "")


def _today(context: Mapping[str, object]) -> date | None:
    today = context.get("today")
    return today if isinstance(today, date) else None


def _house_files(context: Mapping[str, object]) -> frozenset[Path]:
    """Return the company's own files, which lie outside the template's folder."""
    company = context.get("company")
    mapping = company if isinstance(company, Mapping) else vars(company) if company is not None else {}
    return _resolved(*(str(mapping[name]) for name in ("logo", "letterhead") if mapping.get(name)))


@lru_cache(maxsize=64)
def _resolved(*paths: str) -> frozenset[Path]:
    return frozenset(Path(path).resolve() for path in paths)


def _tidy_texts(root: etree._Element) -> None:
    for element in root.iter(etree.Element):
        if element.text:
            element.text = tidy(element.text)
        if element.tail:
            element.tail = tidy(element.tail)
