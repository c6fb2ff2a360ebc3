"""Floor 2, edges: what people call the parts of a Word document that they write text into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.render.docx.package import Package

#: Last step of a relation's type -> what people call the part.
_LABELS = {
    "header": "header", "footer": "footer", "footnotes": "footnotes", "endnotes": "endnotes", "comments": "comments",
}  # fmt: skip


def part_names(package: Package) -> Iterator[tuple[str, str]]:
    """Yield name and label of every part that may hold fields, the body first."""
    yield package.main, "text"
    for kind, label in _LABELS.items():
        names = package.related(package.main, kind)
        for number, name in enumerate(names, 1):
            yield name, f"{label} {number}" if kind in ("header", "footer") else label
