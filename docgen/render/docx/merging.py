"""Floor 2, edges: one Word file merged, by the engine that was asked for; rich values are tokens still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial

from docgen.merge import Merger
from docgen.model import Making
from docgen.render.docx.compiled import Compiled
from docgen.render.docx.package import Assembly, Package
from docgen.render.docx.parts import TextPart
from docgen.render.docx.reference import Reference
from docgen.render.docx.values import check_relations, printing


class Merging:
    """Merges documents from the compiled parts of a file."""

    def __init__(self, package: Package, parts: Sequence[TextPart], merger: Merger, making: Making) -> None:
        self._package = package
        self._parts = {part.name: part for part in parts}
        self._merger = merger
        self._making = making

    def merge(self, context: Mapping[str, object]) -> Assembly:
        """Return the merged document."""
        with printing() as foreign:
            if self._making is Making.REFERENCE:
                assembly = self._reference.merge(context, partial(setattr, foreign, "show"))
            else:
                assembly = self._compiled.merge(context, foreign)
        if foreign.printed and foreign.wanted is None:
            for part in self._parts.values():
                check_relations(assembly, part.name, replace(self._package.where, path=(part.label,)))
        return assembly

    @cached_property
    def _compiled(self) -> Compiled:
        return Compiled(self._package, list(self._parts.values()), self._merger)

    @cached_property
    def _reference(self) -> Reference:
        notes = [part.name for part in self._parts.values() if part.label in ("footnotes", "endnotes", "comments")]
        return Reference(self._package, self._merge_part, self._compiled.check, notes)

    def _merge_part(self, name: str, markup: str, context: Mapping[str, object]) -> str:
        return self._parts[name].render(context)
