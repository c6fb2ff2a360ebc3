"""Floor 2, edges: Word documents the short way: parts were compiled once, a document is what they write, zipped.

What is left for each document is what differs in it. The passes that docxtpl makes over every document run here only
over parts and values that need them; what cannot be told beforehand goes through docxtpl's own, part by part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lxml import etree

from docgen.errors import TemplateSyntax
from docgen.merge import Merger
from docgen.model import Where
from docgen.render.docx.holders import with_paragraphs
from docgen.render.docx.package import Assembly, Package
from docgen.render.docx.parts import TextPart
from docgen.render.docx.reference import fix_tables, lay_out, main_part_of, without_blanks
from docgen.render.docx.shape import Shape, find_shape
from docgen.render.docx.values import Foreign, Pictures

_DRAWING = re.compile(r'(<wp:docPr\b[^>]*?\bid=")[^"]*')
_BODY = re.compile(r"<w:body\b[^>]*>")
_FIRST_ID = 1001  # docxtpl counts from here


@dataclass(frozen=True)
class _Ready:
    """A part and what stands around what it writes: of the main part everything but the body."""

    part: TextPart
    shape: Shape
    before: str
    after: str
    is_body: bool
    is_story: bool


class Compiled:
    """Merges documents from compiled parts."""

    def __init__(self, package: Package, parts: list[TextPart], merger: Merger) -> None:
        self._package = package
        self._ready = {part.name: _prepare(package, part, merger) for part in parts}

    def merge(self, context: Mapping[str, object], foreign: Foreign) -> Assembly:
        """Return the merged document.

        Args:
            context: what the parts print.
            foreign: knows whether markup was printed that is not our own.
        """
        assembly = Assembly(self._package)
        for ready in self._ready.values():
            foreign.show = Pictures(assembly.story(ready.part.name)).show
            merged = with_paragraphs(lay_out(ready.part.render(context)))
            if ready.is_body:
                merged = self._fix_body(ready, merged, foreign)
            elif foreign.printed or not ready.shape.sound:
                self.check(ready.part.name, merged)
                merged = without_blanks(merged) if foreign.printed and ready.is_story else merged
            assembly.replace(ready.part.name, f"{ready.before}{merged}{ready.after}".encode())
        return assembly

    def _fix_body(self, ready: _Ready, merged: str, foreign: Foreign) -> str:
        if foreign.printed or not (ready.shape.sound and ready.shape.fixed_tables):
            self.check(ready.part.name, merged)
            merged = etree.tostring(fix_tables(merged), encoding="unicode")
        if ready.shape.drawings or foreign.printed:
            merged = number_drawings(merged)
        return merged

    def check(self, name: str, merged: str) -> None:
        """Raise for a merged part that is not well-formed, with the tag that breaks it where that is known."""
        ready = self._ready[name]
        try:
            _check_markup(merged, ready.part.label, self._package.where)
        except TemplateSyntax as fault:
            if ready.shape.fault and fault.where and (line := ready.shape.fault[1]):
                fault.where = replace(fault.where, line=line)
                raise ready.part.placed(fault) from fault
            raise


def number_drawings(markup: str) -> str:
    """Return markup with the ids of its drawings counted from 1001, as docxtpl does."""
    number = _FIRST_ID - 1

    def replace(found: re.Match[str]) -> str:
        nonlocal number
        number += 1
        return f"{found[1]}{number}"

    return _DRAWING.sub(replace, markup)


def _prepare(package: Package, part: TextPart, merger: Merger) -> _Ready:
    shape = find_shape(merger.environment.parse(part.source), part.markup)
    if part.name != package.main:
        is_story = part.label.startswith(("header", "footer"))
        return _Ready(part, shape, "", "", False, is_story)
    whole = main_part_of(package)
    begin = _BODY.search(whole)
    end = whole.rfind("</w:body>")
    if begin is None or end < 0:
        raise TemplateSyntax("has no body that docgen can read", where=package.where)
    return _Ready(part, shape, whole[: begin.start()], whole[end + len("</w:body>") :], True, True)


def _check_markup(markup: str, label: str, where: Where) -> None:
    """Raise for what is not well-formed; nothing is repaired silently."""
    try:
        etree.fromstring(markup.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise not_well_formed(error, label, where) from error


def not_well_formed(error: etree.XMLSyntaxError, label: str, where: Where) -> TemplateSyntax:
    """Return the fault of a part that is no XML once it is merged."""
    return TemplateSyntax(
        f"the merged document is not well-formed: {error.msg}",
        where=Where(where.file, path=(label,)),
        hint="a tag that spans paragraphs or table rows must be {%p ... %} or {%tr ... %}",
    )
