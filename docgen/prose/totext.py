"""Floor 1, rules: blocks as plain text that a person reads: `- ` lists, `1. ` lists, `text (address)` links."""

from __future__ import annotations

from docgen.prose.model import (
    Block,
    Break,
    Cell,
    Code,
    Heading,
    Inline,
    Listing,
    Paragraph,
    Picture,
    Prose,
    Quote,
    Rule,
    Table,
)
from docgen.prose.numerals import number_text

_RULE = "-" * 40


def to_text(prose: Prose) -> str:
    """Return blocks as paragraphs with an empty line between them."""
    return "\n\n".join(text for block in prose if (text := _block(block)))


def _block(block: Block) -> str:
    match block:
        case Paragraph() | Heading():
            return line_text(block.content)
        case Listing():
            return "\n".join(_items(block))
        case Table():
            return "\n".join("  ".join(filter(None, map(_cell, row))) for row in block.rows)
        case Quote():
            return _indent(to_text(block.blocks), "> ", "> ")
        case Code():
            return block.text
        case Rule():
            return _RULE


def _items(block: Listing) -> list[str]:
    made = []
    for number, item in enumerate(block.items, block.start):
        mark = f"{number_text(number, block.numbers)}. " if block.ordered else "- "
        tight = all(not isinstance(inner, Paragraph) for inner in item.blocks[1:])
        text = ("\n" if tight else "\n\n").join(filter(None, map(_block, item.blocks)))
        made.append(_indent(text, mark, " " * len(mark)))
    return made


def _cell(cell: Cell) -> str:
    return " ".join(to_text(cell.blocks).split())


def _indent(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    return "\n".join(f"{others if index else first}{line}".rstrip() for index, line in enumerate(lines))


def line_text(content: tuple[Inline, ...]) -> str:
    """Return a line as text; the address of a link is written once, after its last piece, unless the text says it."""
    made, said = [], ""
    for piece, following in zip(content, (*content[1:], Break()), strict=True):
        text = "\n" if isinstance(piece, Break) else piece.alt if isinstance(piece, Picture) else piece.text
        made.append(text)
        link = "" if isinstance(piece, Break) else piece.link
        said = said + text if link else ""
        if link and (isinstance(following, Break) or following.link != link):
            address = link.removeprefix("mailto:").removeprefix("tel:")
            if address not in said.replace(" ", ""):
                made.append(f" ({address})" if said.strip() else address)
            said = ""
    return "".join(made)
