"""Floor 2, edges: Word documents, by docxtpl: what it makes of a template is what the template means.

Around docxtpl stand a sandboxed environment with escaping on, strict names, places of faults in Word's own terms, and
files that come out the same each time. Everything about docxtpl and python-docx stays in this folder's docx modules.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from docx import Document
from docxtpl import DocxTemplate
from lxml import etree

from docgen.errors import DocgenError, RenderError, TemplateSyntax, raise_faults
from docgen.inspect_fields import line_of
from docgen.limits import WorkLimits
from docgen.merge import Compiled, Merger, Missing
from docgen.model import MEDIA_TYPES, Artifact, Format, Where
from docgen.render.body import TemplateFolder, place, read_bytes
from docgen.render.docxfile import check_package, repack
from docgen.render.docxplace import locate
from docgen.render.docxrich import DocxRich, collecting, fill

_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")
_NOTES = re.compile(r"^/word/(footnotes|endnotes)\d*\.xml$")
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
#: How a template writes Jinja's delimiters as text; replaced in the source, so that values are left alone.
_LITERALS = {"{_{": "{{ '{{' }}", "}_}": "{{ '}}' }}", "{_%": "{{ '{%' }}", "%_}": "{{ '%}' }}"}


class PreparedDocx:
    """A Word template ready to be filled in: read, bounded, every part compiled."""

    def __init__(self, template: TemplateFolder, limits: WorkLimits | None, missing: Missing) -> None:
        self._content = read_bytes(template)
        self.where = place(template)
        check_package(self._content, self.where)
        self._merger = Merger(template.folder, "xml", limits, missing, DocxRich())
        self._plain = Merger(template.folder, "none", limits, missing)
        self._compiled: dict[str, Compiled] = {}
        with collecting():
            word = self._open()
            self._sources = dict(word.sources())
            raise_faults(list(self._syntax_faults(word)))
            self._properties = word.compile_properties(self._plain, self.where)

    def _open(self) -> _Word:
        try:
            return _Word(self._content, self)
        except Exception as error:  # python-docx raises whatever a damaged file leads to
            raise TemplateSyntax(f"cannot be opened: {error}", where=self.where) from error

    def _syntax_faults(self, word: _Word) -> Iterable[DocgenError]:
        for part, source in self._sources.items():
            try:
                self.compiled(source)
            except DocgenError as fault:
                yield word.placed(fault, part, source)

    def compiled(self, source: str) -> Compiled:
        """Return a part's patched markup, compiled; docxtpl patches it to the same text each time."""
        if source not in self._compiled:
            self._compiled[source] = self._merger.compile(source, self.where)
        return self._compiled[source]

    @property
    def fields_used(self) -> frozenset[str]:
        """Dotted paths that body, headers, footers, notes and properties use."""
        parts = [self.compiled(source) for source in self._sources.values()]
        return frozenset[str]().union(*(part.fields for part in (*parts, *self._properties.values())))

    def find(self, path: str) -> Where | None:
        """Return the place where a dotted path is first used. See `protocols.Findable`."""
        word = self._open()
        for part, source in self._sources.items():
            if line := line_of(source, path):
                fault = TemplateSyntax("", where=replace(self.where, line=line))
                return word.placed(fault, part, source).where
        return None

    def render(self, context: Mapping[str, object]) -> Artifact:
        """Return the document. See `protocols.Prepared`."""
        with collecting(), _translating(self.where):
            word = self._open()
            word.merge(context)
            word.set_properties({name: text.render(context) for name, text in self._properties.items()})
            word.set_dates(context.get("today"))
            output = io.BytesIO()
            word.save(output)
            word.take_apart()
        return Artifact(repack(output.getvalue()), MEDIA_TYPES[Format.DOCX], "document.docx")


class _Word(DocxTemplate):  # type: ignore[misc]
    """docxtpl's template, its parts merged by docgen."""

    def __init__(self, content: bytes, prepared: PreparedDocx) -> None:
        self.docx: Any
        super().__init__(io.BytesIO(content))
        self._prepared = prepared
        self._names: dict[int, str] = {}
        self._originals: dict[str, etree._Element] = {}
        self.render_init()

    def init_docx(self, reload: bool = True) -> None:
        """Open the document, once."""
        if self.docx is None:
            self.docx = Document(self.template_file)

    # --- parts ---------------------------------------------------------------------------------

    def _parts(self) -> Iterable[tuple[str, Any, str]]:
        """Yield the name, the part and the markup of every part that may hold fields."""
        yield "text", self.docx.part, self.get_xml()
        for name, uri in (("header", self.HEADER_URI), ("footer", self.FOOTER_URI)):
            for number, (_, part) in enumerate(self.get_headers_footers(uri), 1):
                yield f"{name} {number}", part, self.get_part_xml(part)
        for part in self._notes():
            yield _note_name(part), part, part.blob.decode("utf-8")

    def _notes(self) -> list[Any]:
        return [part for part in self.docx.part.package.iter_parts() if _NOTES.match(str(part.partname))]

    def sources(self) -> Iterable[tuple[str, str]]:
        """Yield the name of each part and what Jinja is to compile."""
        for name, part, xml in self._parts():
            self._names[id(part)] = name
            self._originals[name] = etree.fromstring(xml.encode())
            yield name, _for_jinja(self.patch_xml(xml))

    def placed(self, fault: DocgenError, part: str, source: str) -> DocgenError:
        """Return a fault with its place in the document instead of a line of markup."""
        if not self._originals:
            list(self.sources())
        line = fault.where.line if fault.where else None
        steps, near = locate(self._originals[part], source, line)
        fault.where = replace(fault.where or self._prepared.where, line=None, column=None, path=(part, *steps))
        if near and near not in fault.problem:
            fault.problem = f'{fault.problem}, in "{near}"'
        return fault

    # --- merging -------------------------------------------------------------------------------

    def merge(self, context: Mapping[str, object]) -> None:
        """Fill in every part."""
        self._styles = {style.name.lower(): style.style_id for style in self.docx.styles if style.name}
        list(self.sources())
        tree = self.fix_tables(self.build_xml(context))
        fill(tree, self.docx.part, self._styles)
        self.fix_docpr_ids(tree)
        self.map_tree(tree)
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for key, xml in list(self.build_headers_footers_xml(context, uri)):
                self.map_headers_footers_xml(key, self._filled(key, xml))
        for part in self._notes():  # docxtpl merges them once per section, values included
            xml = self.render_xml_part(self.patch_xml(part.blob.decode("utf-8")), part, context)
            part._blob = xml.encode()
        self.is_rendered = True

    def _filled(self, key: str, xml: bytes) -> bytes:
        tree = etree.fromstring(xml)
        fill(tree, self.docx.part.rels[key].target_part, self._styles)
        return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))

    def render_xml_part(self, src_xml: str, part: Any, context: Mapping[str, object], jinja_env: Any = None) -> str:
        """Merge one part, as docxtpl does, with its fault placed in the document."""
        self.current_rendering_part = part
        source = _for_jinja(src_xml)
        try:
            merged = self._prepared.compiled(source).render(context)
        except DocgenError as fault:
            raise self.placed(fault, self._names[id(part)], source) from fault
        return str(self.resolve_listing(merged.replace("\n<w:p ", "<w:p ").replace("\n<w:p>", "<w:p>")))

    def fix_tables(self, xml: str) -> etree._Element:
        """Fix the grids of tables; what is not well-formed is a fault and not repaired silently."""
        try:
            etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
        except etree.XMLSyntaxError as error:
            raise TemplateSyntax(
                f"the merged document is not well-formed: {error.msg}",
                where=replace(self._prepared.where, path=("text",)),
                hint="a tag that spans paragraphs or table rows must be {%p ... %} or {%tr ... %}",
            ) from error
        return super().fix_tables(xml)

    def take_apart(self) -> None:
        """Let go of all parts. They refer to one another, and the collector does not see how large their trees are."""
        package = self.docx.part.package
        for part in list(package.iter_parts()):
            part.__dict__.clear()
        package.__dict__.clear()
        self.__dict__.clear()

    # --- properties ----------------------------------------------------------------------------

    def compile_properties(self, merger: Merger, where: Where) -> dict[str, Compiled]:
        """Return the document properties that hold fields, compiled."""
        properties = {name: str(getattr(self.docx.core_properties, name)) for name in _PROPERTIES}
        return {
            name: merger.compile(text, replace(where, path=("properties", name)))
            for name, text in properties.items()
            if "{" in text
        }

    def set_properties(self, texts: Mapping[str, str]) -> None:
        """Write the properties; Word keeps 255 characters of each."""
        for name, text in texts.items():
            setattr(self.docx.core_properties, name, " ".join(text.split())[:255])

    def set_dates(self, today: object) -> None:
        """Date the document by the run, not by the clock."""
        if isinstance(today, datetime):
            today = today.date()
        if isinstance(today, date):
            moment = datetime.combine(today, time())
            self.docx.core_properties.created = self.docx.core_properties.modified = moment


def _for_jinja(patched: str) -> str:
    """Return patched markup with one paragraph a line, so that a line number leads to a paragraph."""
    patched = re.sub(r"<w:p([ >])", r"\n<w:p\1", patched)
    # docxtpl leaves ampersands in strings as XML has them, which escaping would escape again.
    patched = _JINJA.sub(lambda tag: tag[0].replace("&amp;", "&"), patched)
    for written, meant in _LITERALS.items():
        patched = patched.replace(written, meant)
    return patched


def _note_name(part: Any) -> str:
    found = _NOTES.match(str(part.partname))
    return found[1] if found else str(part.partname)


@contextmanager
def _translating(where: Where) -> Iterator[None]:
    try:
        yield
    except DocgenError:
        raise
    except etree.XMLSyntaxError as error:
        raise TemplateSyntax(f"the merged document is not well-formed: {error.msg}", where=where) from error
    except Exception as error:  # docxtpl and python-docx raise whatever a document's oddity leads to
        raise RenderError(f"the Word document could not be made: {error}", where=where) from error


def prepare(template: TemplateFolder, limits: WorkLimits | None = None, missing: Missing = "error") -> PreparedDocx:
    """Return the Word body of a template, ready to render.

    Raises:
        TemplateError: the body cannot be used; a fault per part.
    """
    return PreparedDocx(template, limits, missing)
