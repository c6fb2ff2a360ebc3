"""Floor 2, edges: a Word template ready to be filled in: read, bounded, every part compiled."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from itertools import chain, islice
from typing import Any

from lxml import etree

from docgen.errors import DocgenError, LeftOut, RenderError, at, flatten, raise_faults
from docgen.kinds import KINDS
from docgen.limits import WorkLimits
from docgen.merge import Merger, Missing
from docgen.model import MEDIA_TYPES, Artifact, Format, Making, Where
from docgen.render.body import TemplateFolder, place, read_bytes
from docgen.render.docx.clauses.subdocument import Library
from docgen.render.docx.compiled import not_well_formed, number_drawings
from docgen.render.docx.fields.names import known_fields
from docgen.render.docx.fields.staying import find_staying
from docgen.render.docx.fields.translate import translate
from docgen.render.docx.joining.bundle import join_documents
from docgen.render.docx.merging import Merging
from docgen.render.docx.package import Assembly, Package
from docgen.render.docx.paper import fit_pages
from docgen.render.docx.parts import TextPart, compile_parts
from docgen.render.docx.properties import Properties, survey_properties
from docgen.render.docx.reference import document_of
from docgen.render.docx.rich import DocxRich
from docgen.render.docx.spot import OPEN, RichValue, collecting, fill
from docgen.render.docx.values import Replacements, check_master, printing
from docgen.wordfunctions import CURSOR, Cursor


class PreparedDocx:
    """A Word template, compiled; `engine` says whether documents are made the short way or all by docxtpl."""

    def __init__(
        self,
        template: TemplateFolder,
        limits: WorkLimits | None = None,
        missing: Missing = "error",
        engine: Making = Making.COMPILED,
        *,
        content: bytes | None = None,
    ) -> None:
        """Compile.

        Args:
            template: its folder.
            limits: bounds of each rendering.
            missing: what happens at an empty field.
            engine: see above.
            content: the body, where it is not the template's own file as it is.
        """
        self.where = place(template)
        self._follows_paper = template.follows_paper
        package = Package(read_bytes(template) if content is None else content, self.where)
        with _translating(self.where):
            self._translation = translate(package, known_fields(template.fields, KINDS[template.kind].computed))
        self.package = self._translation.package
        self._over = partial(PreparedDocx, template, limits, missing, engine)
        self._library = Library(template, engine)
        rich = DocxRich(self.package, self._library)
        self._merger = self._library.merger = Merger(template.folder, "xml", limits, missing, rich)
        with collecting(), _translating(self.where):
            plain = Merger(template.folder, "none", limits, missing)
            self._surveys = list(survey_properties(self.package, plain, self.where))
            self.parts = self._compile()
            self._library.take_in(self.parts)
            self.properties = Properties(self.package, plain, self.where)
        self._merging = Merging(self.package, self.parts, self._merger, engine)

    @cached_property
    def fields_used(self) -> frozenset[str]:
        """Dotted paths that body, headers, footers, notes, properties and clause files use."""
        return self.properties.fields.union(self._library.fields, *(part.compiled.fields for part in self.parts))

    def _compile(self) -> list[TextPart]:
        faults = [fault for survey in self._surveys for fault in survey.faults]
        faults += self._translation.faults
        try:
            parts = compile_parts(self.package, self._merger)
        except DocgenError as error:
            raise_faults(sorted([*flatten(error), *faults], key=lambda fault: fault.order))
            raise
        if self._translation.moving:
            faults += [
                one for part in parts if part.name == self.package.main for one in find_staying(part, self._merger)
            ]
        raise_faults(sorted(faults, key=lambda fault: fault.order))
        return parts

    def everywhere(self, fault: DocgenError) -> list[DocgenError]:
        """Return the fault of an unknown field once for each place that uses it. See `protocols.Surveyed`."""
        surveys = [*(part.survey for part in self.parts), *self._surveys]
        found = [one for survey in surveys for one in survey.everywhere(fault)]
        return found + self._library.everywhere(fault)

    def render(
        self,
        context: Mapping[str, object],
        replacements: Replacements | None = None,
        template: object = None,
    ) -> Artifact:
        """Return the document. See `protocols.Prepared`.

        Args:
            context: what the template prints; values of docxtpl's classes may be among it.
            replacements: files of the template that others take the place of.
            template: the DocxTemplate that values were made with, if they hang on it: links made by `build_url_id`.
        """
        context = {"merge_record": 1, "merge_sequence": 1, **context}
        if self.takes_many:
            cursor = Cursor([context])
            cursor.begin()
            context = {**context, CURSOR: cursor}
        if template is not None:
            return self._render_over(document_of(template), context, replacements)
        return self._render(context, replacements, None)

    @property
    def takes_many(self) -> bool:
        """Whether one document holds several records, one after the other: by NEXT or NEXTIF, as labels do."""
        return self._translation.moving

    def render_all(
        self, contexts: Iterable[Mapping[str, object]], left_out: Callable[[], None] = lambda: None
    ) -> Artifact:
        """Return one document of many records, as Word merges to a new document.

        Each record has pages of its own; where the template goes on to the next record by itself, as labels do, pages
        follow until there are no records any more. Records that the template leaves out by SKIPIF are not there.

        Args:
            contexts: of the records.
            left_out: told of each record that the template leaves out.

        Raises:
            LeftOut: the template leaves all records out.
            RenderError: there is no record.
        """
        skipped = 0

        def told() -> None:
            nonlocal skipped
            skipped += 1
            left_out()

        made = (self._sheets if self.takes_many else self._letters)(contexts, told)
        first = list(islice(made, 1))
        if skipped and not first:
            raise LeftOut("the template leaves all records out (SKIPIF)", where=self.where)
        return Artifact(join_documents(chain(first, made)), MEDIA_TYPES[Format.DOCX], "document.docx")

    def _letters(self, contexts: Iterable[Mapping[str, object]], left_out: Callable[[], None]) -> Iterator[bytes]:
        merged = 1
        for number, context in enumerate(contexts, 1):
            try:
                made = self.render({"merge_record": number, **context, "merge_sequence": merged})
            except LeftOut:
                left_out()
                continue
            merged += 1
            yield made.content

    def _sheets(self, contexts: Iterable[Mapping[str, object]], left_out: Callable[[], None]) -> Iterator[bytes]:
        cursor = Cursor(contexts)
        while cursor.begin():
            try:
                yield self._render({**cursor.names, CURSOR: cursor}, None, None).content
            except LeftOut:
                cursor.leave_out()
                left_out()

    def _render(self, context: Mapping[str, object], replacements: Replacements | None, master: object) -> Artifact:
        with collecting() as values, printing(master) as foreign, _translating(self.where):
            assembly = self._merging.merge(context)
            if foreign.wanted is None:
                self._fill(assembly, values)
                self._fit(assembly, context)
                self.properties.write(assembly, context)
                if replacements is not None:
                    replacements.apply(assembly)
                content = assembly.save()
        if foreign.wanted is not None:
            return self._render_over(foreign.wanted, context, replacements)
        return Artifact(content, MEDIA_TYPES[Format.DOCX], "document.docx")

    def _render_over(self, master: Any, context: Mapping[str, object], replacements: Replacements | None) -> Artifact:
        """Render over a document that values hang on: this template, and what came to it with them."""
        check_master(master, self.package)
        content = io.BytesIO()
        master.save(content)
        return self._over(content=content.getvalue())._render(context, replacements, master)

    def _fit(self, assembly: Assembly, context: Mapping[str, object]) -> None:
        company = context.get("company")
        if self._follows_paper and isinstance(company, Mapping):
            main = self.package.main
            assembly.replace(main, fit_pages(assembly.read(main), str(company.get("paper", ""))))

    def _fill(self, assembly: Assembly, values: list[RichValue]) -> None:
        mark = OPEN.encode()
        with self._merger.environment.working({}):
            for part in self.parts if values else ():
                if mark not in assembly.read(part.name):
                    continue
                with at(self.where.file, part.label):
                    fill(assembly.tree(part.name), assembly.story(part.name), values)
                if part.name == self.package.main:
                    assembly.replace(part.name, number_drawings(assembly.read(part.name).decode()).encode())


@contextmanager
def _translating(where: Where) -> Iterator[None]:
    try:
        yield
    except DocgenError:
        raise
    except etree.XMLSyntaxError as error:
        raise not_well_formed(error, "text", where) from error
    except Exception as error:  # docxtpl and python-docx raise whatever a document's oddity leads to
        raise RenderError(f"the Word document could not be made: {error}", where=where) from error
