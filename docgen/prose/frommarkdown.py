"""Floor 1, rules: CommonMark with tables and strikethrough as blocks. HTML in it is text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, cast

from docgen.prose.builder import LineBuilder, clean_text
from docgen.prose.model import (
    PLAIN,
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
    Meter,
    Paragraph,
    Picture,
    Prose,
    Quote,
    Rule,
    Text,
    too_deep,
)
from docgen.prose.sources import FindPicture, clean_link, find_source, no_pictures
from docgen.prose.tables import make_table

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

#: Deeper than anybody writes; the library is told a little more, since it drops without a word what is deeper still.
_DEEPEST = 40
_LONGEST = 200_000
_ALIGN = re.compile(r"text-align:(left|center|right)")
_LOOKS: dict[str, Callable[[Look], Look]] = {
    "strong": lambda look: replace(look, bold=True),
    "em": lambda look: replace(look, italic=True),
    "s": lambda look: replace(look, strike=True),
}


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt  # most jobs have no Markdown, and it takes long to load

    return MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST + 4}).enable(["table", "strikethrough"])


def parse_markdown(text: str, find: FindPicture = no_pictures) -> Prose:
    """Return the blocks of a text.

    Args:
        text: CommonMark with the tables and the strikethrough that everybody knows from elsewhere.
        find: returns the files of pictures, and refuses others.

    Raises:
        LimitExceeded: it is too long, or nested too deeply.
    """
    Meter.check_length(text, _LONGEST)
    try:
        tokens = _reader().parse(clean_text(text))
    except RecursionError as error:
        raise too_deep() from error
    if any(token.level > _DEEPEST for token in tokens):
        raise too_deep()
    return _Reader(tokens, find).blocks()


class _Reader:
    """Reads the library's tokens, in which a block is what stands between `..._open` and `..._close`."""

    def __init__(self, tokens: list[Token], find: FindPicture) -> None:
        self._tokens: Iterator[Token] = iter(tokens)
        self._find = find
        self._meter = Meter()

    def blocks(self, end: str = "") -> tuple[Block, ...]:
        """Return the blocks up to the token that closes them."""
        found = []
        for token in self._tokens:
            if token.type == end:
                break
            block = self._block(token)
            self._meter.charge()
            if block is not None:
                found.append(block)
        return tuple(found)

    def _block(self, token: Token) -> Block | None:
        match token.type:
            case "paragraph_open":
                return Paragraph(self._line("paragraph_close"))
            case "heading_open":
                return Heading(int(token.tag[1:]), self._line("heading_close"))
            case "bullet_list_open":
                return Listing(self._items("bullet_list_close"))
            case "ordered_list_open":
                items = self._items("ordered_list_close")
                return Listing(items, ordered=True, start=int(token.attrs.get("start", 1)))
            case "blockquote_open":
                return Quote(self.blocks("blockquote_close"))
            case "fence" | "code_block":
                return Code(token.content.rstrip("\n"))
            case "hr":
                return Rule()
            case "table_open":
                return self._table()
            case _:
                return None

    def _items(self, end: str) -> tuple[Item, ...]:
        found = []
        for token in self._tokens:
            if token.type == end:
                break
            found.append(Item(self.blocks("list_item_close")))
        return tuple(found)

    def _table(self) -> Block:
        rows: list[tuple[Cell, ...]] = []
        cells: list[Cell] = []
        for token in self._tokens:
            match token.type:
                case "th_open" | "td_open":
                    cells.append(self._cell(token))
                case "tr_close":
                    rows.append(tuple(cells))
                    cells = []
                case "table_close":
                    break
        return make_table(rows, 1, self._meter)

    def _cell(self, token: Token) -> Cell:
        found = _ALIGN.search(str(token.attrs.get("style", "")))
        line = self._line(f"{token.tag}_close")
        blocks = (Paragraph(line),) if line else ()
        align = cast("Align", found[1]) if found else ""
        return Cell(blocks, header=token.tag == "th", align=align)

    def _line(self, end: str) -> tuple[Inline, ...]:
        line = LineBuilder()
        for token in self._tokens:
            if token.type == end:
                break
            self._inline(token.children or [], line)
        self._meter.charge(len(line))
        return line.take()

    def _inline(self, tokens: list[Token], line: LineBuilder) -> None:
        looks, link = [PLAIN], ""
        for token in tokens:
            kind, _, edge = token.type.partition("_")
            if kind in _LOOKS and edge == "open":
                looks.append(_LOOKS[kind](looks[-1]))
            elif kind in _LOOKS and edge == "close":
                looks.pop()
            elif kind == "link":
                link = clean_link(str(token.attrs.get("href", ""))) if edge == "open" else ""
            else:
                line.add(self._piece(token, looks[-1], link))

    def _piece(self, token: Token, look: Look, link: str) -> Inline | None:
        match token.type:
            case "softbreak":
                return Text(" ", look, link)
            case "hardbreak":
                return Break()
            case "code_inline":
                return Text(token.content, replace(look, code=True), link)
            case "image":
                return self._picture(token, look, link)
            case _:
                return Text(token.content, look, link) if token.content else None

    def _picture(self, token: Token, look: Look, link: str) -> Inline | None:
        alt = "".join(piece.text for piece in _texts(token))
        source = find_source(str(token.attrs.get("src", "")), self._find)
        if source is not None:
            return Picture(source, alt, link=link)
        return Text(alt, look, link) if alt else None


def _texts(token: Token) -> Iterator[Text]:
    for child in token.children or []:
        if child.children:
            yield from _texts(child)
        elif child.content or child.type == "softbreak":
            yield Text(child.content or " ")
