"""Floor 2, edges: the properties of a Word document: fields in its title, and the run's date instead of the clock's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time

from lxml import etree
from markupsafe import escape

from docgen.merge import Compiled, Merger
from docgen.model import Where
from docgen.render.docx.faults.survey import Survey
from docgen.render.docx.package import Assembly, Package, parse_xml, write_xml
from docgen.sandbox import without_control

KIND = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_MEDIA_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_CP = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC = "http://purl.org/dc/elements/1.1/"
_TERMS = "http://purl.org/dc/terms/"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
#: Element -> what Word calls it.
_TEXTS = {
    f"{{{_DC}}}creator": "author",
    f"{{{_DC}}}description": "comments",
    f"{{{_DC}}}identifier": "identifier",
    f"{{{_DC}}}language": "language",
    f"{{{_DC}}}subject": "subject",
    f"{{{_DC}}}title": "title",
}
_EMPTY = (
    f'<cp:coreProperties xmlns:cp="{_CP}" xmlns:dc="{_DC}" xmlns:dcterms="{_TERMS}" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
)
_SLOT = re.compile("\ue0f8(\\w+)\ue0f9")
_MOST = 255  # characters that Word keeps
#: Faults of properties come after those of parts.
_BEHIND_PARTS = 10_000


def survey_properties(package: Package, merger: Merger, where: Where) -> Iterator[Survey]:
    """Yield what can be told of each property that holds fields."""
    for number, node in enumerate(_read(package)[1]):
        label = _TEXTS.get(str(node.tag))
        if label and "{" in (node.text or ""):
            yield Survey(node, ("properties", label), merger, where, _BEHIND_PARTS + number)


def _read(package: Package) -> tuple[str, etree._Element]:
    name = next((one.target for one in package.relations("").values() if one.kind == KIND), "")
    return name, parse_xml(package.parts[name] if name in package.parts else _EMPTY.encode())


class Properties:
    """The core properties of a template, compiled."""

    def __init__(self, package: Package, merger: Merger, where: Where) -> None:
        self._name, tree = _read(package)
        self.texts: dict[str, Compiled] = {}
        for node in tree:
            label = _TEXTS.get(str(node.tag))
            if label and "{" in (node.text or ""):
                self.texts[label] = merger.compile(str(node.text), replace(where, path=("properties", label)))
                node.text = f"\ue0f8{label}\ue0f9"
        for name in ("created", "modified"):
            node = tree.find(f"{{{_TERMS}}}{name}")
            if node is None:
                node = etree.SubElement(tree, f"{{{_TERMS}}}{name}")
                node.set(_TYPE, "dcterms:W3CDTF")
            node.text = "\ue0f8today\ue0f9"
        self._pieces = _SLOT.split(write_xml(tree).decode())

    @property
    def fields(self) -> frozenset[str]:
        """Dotted paths they use."""
        return frozenset[str]().union(*(text.fields for text in self.texts.values()))

    def write(self, assembly: Assembly, context: Mapping[str, object]) -> None:
        """Put the properties into a document; Word keeps 255 characters of each."""
        values = {
            name: " ".join(without_control(text.render(context)).split())[:_MOST] for name, text in self.texts.items()
        }
        today = context.get("today")
        day = today if isinstance(today, date) else date(1980, 1, 1)
        values["today"] = datetime.combine(day, time()).strftime("%Y-%m-%dT%H:%M:%SZ")
        pieces = [escape(values[piece]) if at % 2 else piece for at, piece in enumerate(self._pieces)]
        content = "".join(pieces).encode()
        if self._name in assembly:
            assembly.replace(self._name, content)
        else:
            assembly.relate("", KIND, assembly.add("docProps/core.xml", content, _MEDIA_TYPE))
