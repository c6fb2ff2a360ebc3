"""Floor 2, edges: what can be told of a Word template that cannot be prepared: faults, and fields all the same."""

from __future__ import annotations

from functools import cached_property

from docgen.errors import DocgenError
from docgen.kinds import KINDS
from docgen.limits import WorkLimits
from docgen.merge import Merger, Missing
from docgen.render.body import TemplateFolder, place, read_bytes
from docgen.render.docx.fields.names import known_fields
from docgen.render.docx.fields.translate import translate
from docgen.render.docx.package import Package
from docgen.render.docx.parts import survey_parts
from docgen.render.docx.properties import survey_properties


class Overview:
    """A Word template looked through. See `protocols.Surveyed`."""

    def __init__(self, template: TemplateFolder, limits: WorkLimits | None = None, missing: Missing = "error") -> None:
        """Read the template.

        Raises:
            TemplateError: it is no Word document, or one that docgen refuses.
        """
        where = place(template)
        known = known_fields(template.fields, KINDS[template.kind].computed)
        package = translate(Package(read_bytes(template), where), known).package
        merger = Merger(template.folder, "xml", limits, missing)
        self._surveys = [survey for *_, survey in survey_parts(package, merger)]
        self._surveys += survey_properties(package, Merger(template.folder, "none", limits, missing), where)

    @cached_property
    def fields_used(self) -> frozenset[str]:
        """Dotted paths that its sound tags use."""
        return frozenset[str]().union(*(survey.fields for survey in self._surveys))

    @property
    def faults(self) -> list[DocgenError]:
        """Every fault of its tags, in the order of the document."""
        return [fault for survey in self._surveys for fault in survey.faults]

    def everywhere(self, fault: DocgenError) -> list[DocgenError]:
        """Return the fault of an unknown field once for each place that uses it."""
        return [one for survey in self._surveys for one in survey.everywhere(fault)]
