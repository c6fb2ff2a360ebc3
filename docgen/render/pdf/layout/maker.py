"""Floor 2, edges: turns the elements of a story into blocks, each by the builder that `story` names for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lxml import etree

from docgen.errors import DocgenError, TemplateError
from docgen.model import Where
from docgen.render.pdf.layout.attributes import length, whole
from docgen.render.pdf.layout.blocks import Block, Document
from docgen.render.pdf.layout.frames import Frame, FramePlan
from docgen.render.pdf.layout.kept import Cache
from docgen.render.pdf.layout.letters import Letters
from docgen.render.pdf.layout.resources import Store
from docgen.render.pdf.layout.styles import Styles
from docgen.render.pdf.layout.wrong import WRONG, in_words
from docgen.render.pdf.safety import text_faults

if TYPE_CHECKING:
    from docgen.render.pdf.layout.paraheard import Ear

#: Makes the blocks of one element.
Builder = Callable[[etree._Element, "Maker"], Iterable[Block]]


def needed(element: etree._Element, name: str) -> str:
    """Return an attribute that has to be there. Raises ValueError."""
    value: str | None = element.get(name)
    if value is None:
        raise ValueError(f'the attribute "{name}" is missing')
    return value


def optional(element: etree._Element, name: str) -> float | None:
    """Return a length that need not be there."""
    value = element.get(name)
    return None if value is None or value == "None" else length(value)


def number_or_text(value: str) -> str | int:
    """Return a name, or an index where it is written in digits."""
    try:
        return whole(value)
    except ValueError:
        return value


class Pouring(Protocol):
    """The flow under way, as far as blocks ask it."""

    @property
    def frame(self) -> Frame:
        """The frame being filled."""
        ...

    def next_frame(self) -> FramePlan:
        """Return the frame that follows."""
        ...


@dataclass
class Maker:
    """What builders need: the document under way, its styles, and what is shared over documents.

    Attributes:
        file: the body as shown in faults.
        source: what the document was parsed from; "" where that is not known.
        pouring: the flow that the blocks go into, once it has begun.
        origins: by the id of a block the block and its element; None where nobody asks.
        ear: notes what is asked of paragraphs, where somebody wants to know.
    """

    document: Document
    styles: Styles
    letters: Letters
    store: Store
    file: str
    builders: Mapping[str, Builder]
    cache: Cache
    folder: Path | None = None
    source: str = ""
    pouring: Pouring | None = None
    origins: dict[int, tuple[Block, etree._Element]] | None = None
    ear: Ear | None = None

    def flow(self, elements: Iterable[etree._Element]) -> list[Block]:
        """Return the blocks of elements that follow one another.

        Raises:
            TemplateError: an element says something wrong; names it and its line.
        """
        if isinstance(elements, etree._Element):
            self.refuse_text(elements)
        blocks: list[Block] = []
        for element in elements:
            if isinstance(element.tag, str):
                blocks.extend(self.build(element))
        return blocks

    def refuse_text(self, element: etree._Element) -> None:
        """Refuse text beside blocks, which would be dropped; `safety` has looked before. Raises TemplateError."""
        stray = element.text and not element.text.isspace()
        if stray or any(child.tail and not child.tail.isspace() for child in element):
            for fault in text_faults(element, self.place(element)):
                raise fault

    def build(self, element: etree._Element) -> list[Block]:
        """Return the blocks of one element. Raises TemplateError."""
        builder = self.builders.get(element.tag)
        if builder is None:
            parent = element.getparent()
            inside = f" inside <{parent.tag}>" if parent is not None else ""
            raise self.fault(element, f"<{element.tag}> cannot stand{inside}", "text goes into a <para>")
        try:
            made = list(builder(element, self))
            return made if self.origins is None else self.trace(made, element)
        except DocgenError as error:
            error.where = error.where or self.place(element)
            raise
        except WRONG as error:
            raise self.fault(element, f"<{element.tag}>: {in_words(error, element)}") from error

    def trace(self, blocks: list[Block], element: etree._Element | None) -> list[Block]:
        """Remember of which element blocks were made, unless an element within it is remembered; return the blocks."""
        if self.origins is not None and element is not None:
            for block in blocks:
                self.origins.setdefault(id(block), (block, element))
        return blocks

    def origin(self, block: Block | None) -> etree._Element | None:
        """Return the element that a block was made of, where that is remembered."""
        return (self.origins or {}).get(id(block), (None, None))[1]

    def fault(self, element: etree._Element, problem: str, hint: str = "") -> TemplateError:
        """Return a fault at an element."""
        return TemplateError(problem, where=self.place(element), hint=hint)

    def place(self, element: etree._Element | None) -> Where:
        """Return where an element is written, or only the file."""
        return Where(self.file, element.sourceline if element is not None else None)
