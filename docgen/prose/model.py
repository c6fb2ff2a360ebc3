"""Floor 1, rules: what formatted text is made of. Frozen values.

Knows neither where they come from nor how they are set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from docgen.errors import LimitExceeded

Align: TypeAlias = Literal["", "left", "center", "right", "both"]
Numbers: TypeAlias = Literal["", "decimal", "lower-letter", "upper-letter", "lower-roman", "upper-roman"]

#: Blocks, cells and pieces of text of one value together.
_MOST = 50_000
#: What Word's tables can hold.
_MOST_COLUMNS = 63


@dataclass(frozen=True, slots=True)
class Look:
    """How a piece of text looks beside the text around it.

    Attributes:
        script: raised or lowered.
        colour: `RRGGBB`; "" is the colour of the text around.
    """

    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    code: bool = False
    script: Literal["", "super", "sub"] = ""
    colour: str = ""


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text in one look; `link` is the address it leads to, or ""."""

    text: str
    look: Look = PLAIN
    link: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """A new line within a paragraph."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the line.

    Attributes:
        source: a file, the picture itself, or its address on the web, which only what is read on the web can show.
        alt: what it says to who cannot see it.
    """

    source: Path | bytes | str
    alt: str = ""
    width_mm: float | None = None
    height_mm: float | None = None
    link: str = ""


Inline: TypeAlias = Text | Break | Picture


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text."""

    content: tuple[Inline, ...]
    align: Align = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` is 1 to 6."""

    level: int
    content: tuple[Inline, ...]
    align: Align = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list; its lists are among its blocks."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list.

    Attributes:
        ordered: numbered; else with bullets.
        start: the first number.
        numbers: how the numbers are written; "" leaves it to the document.
    """

    items: tuple[Item, ...]
    ordered: bool = False
    start: int = 1
    numbers: Numbers = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, over one or more columns and rows."""

    blocks: tuple[Block, ...] = ()
    columns: int = 1
    rows: int = 1
    header: bool = False
    align: Align = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first `head` rows are repeated on each page. See `tables.lay_out`."""

    rows: tuple[tuple[Cell, ...], ...]
    head: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody else said."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines whose blanks and line ends count."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


Block: TypeAlias = Paragraph | Heading | Listing | Table | Quote | Code | Rule
Prose: TypeAlias = tuple[Block, ...]


def pieces(blocks: tuple[Block, ...]) -> Iterator[Inline]:
    """Yield all that stands in lines, in order of reading."""
    for block in blocks:
        match block:
            case Paragraph() | Heading():
                yield from block.content
            case Listing():
                for item in block.items:
                    yield from pieces(item.blocks)
            case Table():
                for row in block.rows:
                    for cell in row:
                        yield from pieces(cell.blocks)
            case Quote():
                yield from pieces(block.blocks)
            case Code():
                yield Text(block.text)


class Meter:
    """Counts what is made of one value, so that no value fills memory or keeps a machine busy."""

    def __init__(self) -> None:
        self._left = _MOST

    def charge(self, count: int = 1) -> None:
        """Take note of blocks, cells and pieces.

        Raises:
            LimitExceeded: there are too many.
        """
        self._left -= count
        if self._left < 0:
            raise too_much(f"has more than {_MOST} paragraphs, cells and pieces")

    @staticmethod
    def check_length(text: str, most: int) -> None:
        """Raise LimitExceeded for a source that is too long to be read."""
        if len(text) > most:
            raise too_much(f"is {len(text)} characters long, more than {most}")

    @staticmethod
    def check_columns(count: int) -> None:
        """Raise LimitExceeded for a table wider than Word's."""
        if count > _MOST_COLUMNS:
            raise too_much(f"has a table of {count} columns, more than {_MOST_COLUMNS}")


def too_deep() -> LimitExceeded:
    """Return the fault of blocks in blocks in blocks."""
    return too_much("is nested too deeply")


def too_much(what: str) -> LimitExceeded:
    """Return the fault of a value that is too large."""
    return LimitExceeded(f"the formatted text {what}", hint="part the text, or make it simpler")
