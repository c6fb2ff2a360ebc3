"""Floor 2, edges: turns the elements of a story into blocks, each by the builder that its module registers in `story`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from docgen.errors import DocgenError, TemplateError
from docgen.model import Where
from docgen.render.pdf.layout.blocks import Block, Document
from docgen.render.pdf.layout.letters import Letters
from docgen.render.pdf.layout.resources import Store
from docgen.render.pdf.layout.styles import Styles

#: Makes the blocks of one element.
Builder = Callable[[etree._Element, "Maker"], Iterable[Block]]


@dataclass
class Maker:
    """What builders need: the document under way, its styles, and what is shared over documents.

    Attributes:
        file: the body as shown in faults.
    """

    document: Document
    styles: Styles
    letters: Letters
    store: Store
    file: str
    builders: Mapping[str, Builder]
    folder: Path | None = None

    def flow(self, elements: Iterable[etree._Element]) -> list[Block]:
        """Return the blocks of elements that follow one another.

        Raises:
            TemplateError: an element says something wrong; names it and its line.
        """
        blocks: list[Block] = []
        for element in elements:
            if isinstance(element.tag, str):
                blocks.extend(self.build(element))
        return blocks

    def build(self, element: etree._Element) -> list[Block]:
        """Return the blocks of one element. Raises TemplateError."""
        builder = self.builders.get(element.tag)
        if builder is None:
            parent = element.getparent()
            inside = f" inside <{parent.tag}>" if parent is not None else ""
            raise self.fault(element, f"<{element.tag}> cannot stand{inside}")
        try:
            return list(builder(element, self))
        except DocgenError:
            raise
        except (ValueError, KeyError) as error:
            raise self.fault(element, f"<{element.tag}>: {error}") from error

    def fault(self, element: etree._Element, problem: str, hint: str = "") -> TemplateError:
        """Return a fault at an element."""
        return TemplateError(problem, where=Where(self.file, element.sourceline), hint=hint)
