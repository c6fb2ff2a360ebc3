"""Floor 2, edges: the parts of a Word template that hold fields, compiled; their faults as their author sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from docgen.errors import DocgenError, LimitExceeded, flatten, raise_faults
from docgen.merge import Compiled, Merger
from docgen.model import Where
from docgen.render.docx.faults.fieldcodes import check_addresses, escape_codes, fixed_addresses
from docgen.render.docx.faults.places import Index, Numbered
from docgen.render.docx.faults.survey import Survey
from docgen.render.docx.faults.trust import find_untrusted
from docgen.render.docx.labels import part_names
from docgen.render.docx.package import Package, parse_xml
from docgen.render.docx.reference import patch, source_of


@dataclass(frozen=True, eq=False)
class TextPart:
    """A part that may hold fields.

    Attributes:
        name: in the package: `word/header1.xml`.
        label: for people: `text`, `header 1`, `footnotes`.
        markup: as it was, in the form that docxtpl reads: of the main part the body alone.
        source: what Jinja compiled: each tag begins a line.
        survey: its tags as their author wrote them.
    """

    name: str
    label: str
    markup: str
    numbered: Numbered
    survey: Survey
    compiled: Compiled

    @property
    def source(self) -> str:
        """What Jinja compiled."""
        return self.numbered.source

    def render(self, context: Mapping[str, object]) -> str:
        """Return the merged markup; a fault has its place in the document."""
        try:
            merged = self.compiled.render(context)
        except DocgenError as fault:
            if fault.where and fault.where.path and fault.where.line is None:
                raise  # of a document that this one puts in: it has its place there
            raise self.placed(fault) from fault
        if self._links is not None:
            check_addresses(merged, self._links, replace(self.compiled.where, path=(self.label,)))
        return merged

    @cached_property
    def _links(self) -> frozenset[str] | None:
        return fixed_addresses(self.markup)

    def placed(self, fault: DocgenError) -> DocgenError:
        """Return a fault with its place in the document instead of a line of markup."""
        return _placed(fault, self.label, self.numbered, self._index, self.survey)

    @cached_property
    def _index(self) -> Index:
        return Index(self.survey.tags)


def _placed(fault: DocgenError, label: str, numbered: Numbered, index: Index, survey: Survey) -> DocgenError:
    line = fault.where.line if fault.where else None
    found = numbered.tag(line) if line else None
    tag = index.find(*found) if found else None
    if tag is None:
        fault.where = replace(fault.where or Where(), line=None, column=None, path=(label,))
        return fault
    return survey.placed(fault, tag)


def survey_parts(package: Package, merger: Merger) -> Iterator[tuple[str, str, str, Survey]]:
    """Yield name, label, markup and survey of every part that may hold fields."""
    for number, (name, label) in enumerate(part_names(package)):
        markup = source_of(package, name)
        _check_size(markup, merger, replace(package.where, path=(label,)))
        yield name, label, markup, Survey(parse_xml(markup.encode()), label, merger, package.where, number)


def _check_size(markup: str, merger: Merger, where: Where) -> None:
    """Refuse a part that could not be written anyway, since the reading of tags takes memory by its length."""
    most = merger.environment.limits.output_mb
    if len(markup) > most * 1_000_000:
        raise LimitExceeded(
            f"its markup is {len(markup) // 1_000_000} million characters long, more than {most:g}",
            where=where,
            hint="part the document, or raise limits.output_mb in config.yaml",
        )


def compile_parts(package: Package, merger: Merger) -> list[TextPart]:
    """Compile every part.

    Raises:
        TemplateError: or `Faults`: everything that is wrong in the parts, placed.
    """
    parts: list[TextPart] = []
    faults = find_untrusted(package)
    try:
        for found in survey_parts(package, merger):
            _compile(*found, package, merger, parts, faults)
    except DocgenError as error:
        faults += flatten(error)
    except Exception:  # what leads out of a document may be more than the libraries can read
        raise_faults(faults)
        raise
    raise_faults(sorted(faults, key=lambda fault: fault.order))
    return parts


def _compile(
    name: str,
    label: str,
    markup: str,
    survey: Survey,
    package: Package,
    merger: Merger,
    parts: list[TextPart],
    faults: list[DocgenError],
) -> None:
    """Add a part to `parts`, or what is wrong with it to `faults`."""
    if survey.faults:
        faults += survey.faults
        return
    numbered = Numbered(patch(markup))
    numbered.source = escape_codes(numbered.source)
    try:
        compiled = merger.compile(numbered.source, package.where)
    except DocgenError as error:
        index = Index(survey.tags)
        faults += [_placed(fault, label, numbered, index, survey) for fault in flatten(error)]
        return
    parts.append(TextPart(name, label, markup, numbered, survey, compiled))
