"""Floor 2, edges: the parts of a Word template that hold fields, compiled, and their faults as their author sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from jinja2 import nodes
from lxml import etree

from docgen.errors import DocgenError, flatten, raise_faults
from docgen.inspect_fields import line_of
from docgen.merge import Compiled, Merger
from docgen.model import Where
from docgen.render.docx.package import Package, parse_xml
from docgen.render.docx.places import locate
from docgen.render.docx.reference import patch, source_of

#: Last step of a relation's type -> what people call the part.
_LABELS = {
    "header": "header", "footer": "footer", "footnotes": "footnotes", "endnotes": "endnotes", "comments": "comments",
}  # fmt: skip


@dataclass(frozen=True)
class TextPart:
    """A part that may hold fields.

    Attributes:
        name: in the package: `word/header1.xml`.
        label: for people: `text`, `header 1`, `footnotes`.
        markup: as it was, in the form that docxtpl reads: of the main part the body alone.
        source: what Jinja compiled: one paragraph a line.
    """

    name: str
    label: str
    markup: str
    source: str
    original: etree._Element
    compiled: Compiled

    def render(self, context: Mapping[str, object]) -> str:
        """Return the merged markup; a fault has its place in the document."""
        try:
            return self.compiled.render(context)
        except DocgenError as fault:
            raise self.placed(fault) from fault

    def placed(self, fault: DocgenError) -> DocgenError:
        """Return a fault with its place in the document instead of a line of markup."""
        return _placed(fault, self.label, self.original, self.source)

    def find(self, path: str, where: Where) -> Where | None:
        """Return the place where a dotted path is first used."""
        line = line_of(self.source, path)
        return self.placed(DocgenError("", where=replace(where, line=line))).where if line else None


def _placed(fault: DocgenError, label: str, original: etree._Element, source: str) -> DocgenError:
    line = fault.where.line if fault.where else None
    steps, near = locate(original, source, line)
    fault.where = replace(fault.where or Where(), line=None, column=None, path=(label, *steps))
    if near and near not in fault.problem:
        fault.problem = f'{fault.problem}, in "{near}"'
    return fault


def part_names(package: Package) -> Iterator[tuple[str, str]]:
    """Yield name and label of every part that may hold fields, the body first."""
    yield package.main, "text"
    for kind, label in _LABELS.items():
        names = package.related(package.main, kind)
        for number, name in enumerate(names, 1):
            yield name, f"{label} {number}" if kind in ("header", "footer") else label


def compile_parts(package: Package, merger: Merger) -> list[TextPart]:
    """Compile every part.

    Raises:
        TemplateError: or `Faults`: what cannot be compiled, a fault per part, placed.
    """
    parts: list[TextPart] = []
    faults: list[DocgenError] = []
    for name, label in part_names(package):
        markup = source_of(package, name)
        original = parse_xml(markup.encode())
        source = patch(markup)
        try:
            compiled = merger.compile(source, package.where, rewrite=_without_line_ends)
        except DocgenError as error:
            faults += [_placed(fault, label, original, source) for fault in flatten(error)]
            continue
        parts.append(TextPart(name, label, markup, source, original, compiled))
    raise_faults(faults)
    return parts


def _without_line_ends(tree: nodes.Template) -> None:
    """Take out of what is written the line ends that were put before paragraphs."""
    for data in tree.find_all(nodes.TemplateData):
        data.data = data.data.replace("\n<w:p ", "<w:p ").replace("\n<w:p>", "<w:p>")

