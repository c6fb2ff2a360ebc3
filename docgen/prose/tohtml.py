"""Floor 1, rules: blocks as HTML, written anew: nothing of the source's markup but what the model holds."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TypeAlias

from docgen.prose.model import (
    Align,
    Block,
    Break,
    Cell,
    Code,
    Heading,
    Inline,
    Item,
    Listing,
    Look,
    Paragraph,
    Picture,
    Prose,
    Quote,
    Rule,
    Table,
)

#: Returns the `<img>` for a picture.
ShowPicture: TypeAlias = Callable[[Picture], str]

_TYPES = {"lower-letter": "a", "upper-letter": "A", "lower-roman": "i", "upper-roman": "I"}


def alternative(picture: Picture) -> str:
    """Return what a picture says, for who shows none."""
    return escape(picture.alt)


def to_html(prose: Prose, show: ShowPicture = alternative) -> str:
    """Return blocks as HTML that is also XML, one block a line; `show` writes pictures."""
    return "\n".join(_block(block, show) for block in prose)


def _block(block: Block, show: ShowPicture) -> str:
    match block:
        case Paragraph():
            return f"<p{_align(block.align)}>{_line(block.content, show)}</p>"
        case Heading():
            return f"<h{block.level}{_align(block.align)}>{_line(block.content, show)}</h{block.level}>"
        case Listing():
            return _list(block, show)
        case Table():
            return _table(block, show)
        case Quote():
            return f"<blockquote>\n{to_html(block.blocks, show)}\n</blockquote>"
        case Code():
            return f"<pre><code>{escape(block.text)}</code></pre>"
        case Rule():
            return "<hr/>"


def _align(align: Align) -> str:
    return f' style="text-align: {"justify" if align == "both" else align}"' if align else ""


def _list(block: Listing, show: ShowPicture) -> str:
    items = "\n".join(f"<li>{_item(item, show)}</li>" for item in block.items)
    if not block.ordered:
        return f"<ul>\n{items}\n</ul>"
    start = f' start="{block.start}"' if block.start != 1 else ""
    kind = f' type="{_TYPES[block.numbers]}"' if block.numbers in _TYPES else ""
    return f"<ol{start}{kind}>\n{items}\n</ol>"


def _item(item: Item, show: ShowPicture) -> str:
    return _bare(item.blocks, show)


def _bare(blocks: tuple[Block, ...], show: ShowPicture) -> str:
    """Return blocks, the first of them without a paragraph of its own where it is the only one."""
    first, *others = blocks or (None,)
    if isinstance(first, Paragraph) and not any(isinstance(block, Paragraph) for block in others):
        return "\n".join([_line(first.content, show), *(_block(block, show) for block in others if block)])
    return to_html(blocks, show)


def _table(block: Table, show: ShowPicture) -> str:
    head = "".join(_row(row, show) for row in block.rows[: block.head])
    body = "".join(_row(row, show) for row in block.rows[block.head :])
    head = f"<thead>\n{head}</thead>\n" if head else ""
    body = f"<tbody>\n{body}</tbody>\n" if body else ""
    return f"<table>\n{head}{body}</table>"


def _row(row: tuple[Cell, ...], show: ShowPicture) -> str:
    return f"<tr>{''.join(_cell(cell, show) for cell in row)}</tr>\n"


def _cell(cell: Cell, show: ShowPicture) -> str:
    tag = "th" if cell.header else "td"
    columns = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    rows = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    return f"<{tag}{columns}{rows}{_align(cell.align)}>{_bare(cell.blocks, show)}</{tag}>"


def _line(content: tuple[Inline, ...], show: ShowPicture) -> str:
    return "".join(_piece(piece, show) for piece in content)


def _piece(piece: Inline, show: ShowPicture) -> str:
    if isinstance(piece, Break):
        return "<br/>"
    html = show(piece) if isinstance(piece, Picture) else _marked(escape(piece.text), piece.look)
    return f'<a href="{escape(piece.link)}">{html}</a>' if piece.link else html


def _marked(html: str, look: Look) -> str:
    for wanted, tag in (
        (look.code, "code"), (look.script == "sub", "sub"), (look.script == "super", "sup"), (look.strike, "s"),
        (look.underline, "u"), (look.italic, "em"), (look.bold, "strong"),
    ):  # fmt: skip
        if wanted:
            html = f"<{tag}>{html}</{tag}>"
    return f'<span style="color: #{look.colour}">{html}</span>' if look.colour else html
