"""Floor 2, edges: a Word template ready to be filled in: read, bounded, every part compiled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from lxml import etree

from docgen.errors import DocgenError, RenderError
from docgen.limits import WorkLimits
from docgen.merge import Merger, Missing
from docgen.model import MEDIA_TYPES, Artifact, Making, Format, Where
from docgen.render.body import TemplateFolder, place, read_bytes
from docgen.render.docx.compiled import Compiled, not_well_formed, number_drawings
from docgen.render.docx.package import Assembly, Package
from docgen.render.docx.parts import compile_parts
from docgen.render.docx.properties import Properties
from docgen.render.docx.reference import Reference
from docgen.render.docx.rich import DocxRich
from docgen.render.docx.spot import OPEN, RichValue, collecting, fill
from docgen.render.docx.values import Foreign


class PreparedDocx:
    """A Word template, compiled; `engine` says whether documents are made the short way or all by docxtpl."""

    def __init__(
        self,
        template: TemplateFolder,
        limits: WorkLimits | None = None,
        missing: Missing = "error",
        engine: Making = Making.COMPILED,
    ) -> None:
        self.where = place(template)
        self.package = Package(read_bytes(template), self.where)
        self._merger = Merger(template.folder, "xml", limits, missing, DocxRich())
        with collecting(), _translating(self.where):
            self.parts = compile_parts(self.package, self._merger)
            self.properties = Properties(self.package, Merger(template.folder, "none", limits, missing), self.where)
        self._by_name = {part.name: part for part in self.parts}
        self._engine = engine

    @cached_property
    def fields_used(self) -> frozenset[str]:
        """Dotted paths that body, headers, footers, notes and properties use."""
        return self.properties.fields.union(*(part.compiled.fields for part in self.parts))

    def find(self, path: str) -> Where | None:
        """Return the place where a dotted path is first used. See `protocols.Findable`."""
        return next((found for part in self.parts if (found := part.find(path, self.where))), None)

    def render(self, context: Mapping[str, object]) -> Artifact:
        """Return the document. See `protocols.Prepared`."""
        with collecting() as values, _translating(self.where):
            assembly = self._merge(context)
            if values:
                self._fill(assembly, values)
            self.properties.write(assembly, context)
            content = assembly.save()
        return Artifact(content, MEDIA_TYPES[Format.DOCX], "document.docx")

    # --- merging -------------------------------------------------------------------------------

    def _merge(self, context: Mapping[str, object]) -> Assembly:
        if self._engine is Making.REFERENCE:
            return self._reference.merge(context)
        return self._compiled.merge(context, Foreign())

    @cached_property
    def _compiled(self) -> Compiled:
        return Compiled(self.package, self.parts, self._merger)

    @cached_property
    def _reference(self) -> Reference:
        names = [part.name for part in self.parts if part.label in ("footnotes", "endnotes", "comments")]
        return Reference(self.package, self._merge_part, names)

    def _merge_part(self, name: str, markup: str, context: Mapping[str, object]) -> str:
        return self._by_name[name].render(context)

    def _fill(self, assembly: Assembly, values: list[RichValue]) -> None:
        mark = OPEN.encode()
        for part in self.parts:
            content = assembly.read(part.name)
            if mark in content:
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
