"""Floor 2, edges: lists: items that stand indented, each with its bullet or number beside its first block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from docgen.errors import DocgenError
from docgen.render.pdf.layout import liststyles
from docgen.render.pdf.layout.actions import Indent, ItemIndent, Mark, Steering
from docgen.render.pdf.layout.attributes import fill_operator, whole
from docgen.render.pdf.layout.blocks import TINY, Block, Document, FontUse, Ink, Lack, Node, Sheet
from docgen.render.pdf.layout.keeping import ENDLESS, Container, draw_stack, measure
from docgen.render.pdf.layout.lacking import lacks_of_line
from docgen.render.pdf.layout.liststyles import BULLETS, ListStyle
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.numbering import WRITERS
from docgen.render.pdf.layout.parastyle import ParaStyle
from docgen.render.pdf.typeset.setting import set_text

#: Types of bullets as the structure names them (ISO 32000-1, table 347).
_NUMBERING = {
    "a": "LowerAlpha", "A": "UpperAlpha", "i": "LowerRoman", "I": "UpperRoman",
    "circle": "Disc", "disc": "Circle", "square": "Square",
}  # fmt: skip


class _ListTags:
    """The structure of a list, which begins where the first of its items is drawn."""

    def __init__(self, numbering: str, document: Document) -> None:
        self._numbering, self._document = numbering, document
        self._list: Node | None = None

    def item(self) -> Node:
        """Return the node of a new item."""
        if self._list is None:
            self._list = self._document.at.add("L", ListNumbering=self._numbering)
        return self._list.add("LI")


class _ItemTags:
    """The structure of an item, whose blocks may be drawn in several frames."""

    def __init__(self, tags: _ListTags) -> None:
        self._list = tags
        self._item: Node | None = None
        self._body: Node | None = None

    def label(self) -> Node:
        """Return the node of its bullet."""
        self._item = self._item or self._list.item()
        return self._item.add("Lbl")

    def body(self) -> Node:
        """Return the node of what it says."""
        self._item = self._item or self._list.item()
        self._body = self._body or self._item.add("LBody")
        return self._body


@dataclass(frozen=True)
class Bullet:
    """What stands beside an item, and where: left of its text, or right of it."""

    text: str
    style: ListStyle
    dedent: float

    def draw(self, sheet: Sheet, x: float, y: float, item: ItemBlock, node: Node, maker: Maker) -> None:
        """Draw it beside an item's block that stands at (x, y)."""
        x += item.width - item.right + self.dedent if self.style.direction == "rtl" else item.left - self.dedent
        sheet.put(_ink(self.text, self.style, maker), x, y + item.height - self.style.size + self.style.offset_y, node)


def _ink(text: str, style: ListStyle, maker: Maker) -> Ink:
    key = ("bullet", text, style.font, style.size, style.color, maker.document.language)
    found: tuple[Ink, tuple[Lack, ...]] | None = maker.cache.get(key)
    if found is None:
        chain = maker.letters.chain(style.font, maker.document.language)
        missing = chain.missing(text)
        lacks = lacks_of_line(text, style.font, missing.chars) if missing else ()
        parts = [f"{fill_operator(style.color)}BT\n"]
        fonts: set[FontUse] = set()
        for piece in set_text(text, chain, style.size, language=maker.document.language):
            number = maker.letters.number(piece.face)
            parts.append(f"/F{number} {style.size:.4g} Tf {piece.operators}\n")
            fonts.update((number, group) for group in piece.groups)
        found = maker.cache.keep(key, (Ink("".join([*parts, "ET\n"]), frozenset(fonts)), lacks))
    maker.document.lacks += found[1]
    return found[0]


class ItemBlock:
    """A block of an item, indented.

    Attributes:
        left: the indent; `right` likewise.
        style: of the paragraph it is, if it is one.
        mark: what it does where it stands, if it takes no room.
    """

    #: The flow takes its parts one by one, as it would take them from the story.
    flows_by_itself = True

    def __init__(
        self, block: Block, style: tuple[float, float], bullet: Bullet | None, tags: _ItemTags, maker: Maker
    ) -> None:
        self._block, self._tags, self._maker = block, tags, maker
        self._bullet = bullet
        self.left, self.right = style
        self.width = self.height = 0.0
        plain = not isinstance(block, Container)
        self.space_before = block.space_before if plain else 0.0
        self.space_after = block.space_after if plain else 0.0
        self.keep_with_next = block.keep_with_next
        self.style = getattr(block, "style", None)
        self.mark = block if isinstance(block, Mark) else getattr(block, "mark", None)

    @property
    def beginning(self) -> str:
        """What it begins with, for faults."""
        return str(getattr(self._block, "beginning", ""))

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its size, indents included."""
        used_width, self.height = self._block.wrap(width - self.left - self.right, height)
        self.width = used_width + self.left + self.right
        return self.width, self.height

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return its parts, indented alike; no part of a paragraph is a single line, or two where it is justified."""
        parts = self._block.split(width - self.left - self.right, height)
        if len(parts) > 1 and self._leaves_too_little(parts[0]):
            return ()
        beside = next((part for part in parts if not isinstance(part, ItemIndent)), None)
        return [part if isinstance(part, _PLACELESS) else self._like(part, part is beside) for part in parts]

    def _leaves_too_little(self, first: Block) -> bool:
        whole, kept = getattr(self._block, "line_count", 0), getattr(first, "split_after", 0)
        if not whole or not kept:
            return False
        justified = isinstance(self.style, ParaStyle) and self.style.alignment == "justify"
        return kept == whole - 1 or (justified and kept >= whole - 2)

    def _like(self, block: Block, is_first: bool) -> ItemBlock:
        bullet = self._bullet if is_first else None
        made = ItemBlock(block, (self.left, self.right), bullet, self._tags, self._maker)
        # It was parted to fill this frame, so it does not wait for what follows; Platypus would wait for ever.
        made.keep_with_next = made.keep_with_next and not is_first
        return made

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw its bullet and the block."""
        if self._bullet:
            self._bullet.draw(sheet, x, y, self, self._tags.label(), self._maker)
        with self._maker.document.inside(self._tags.body()):
            self._block.draw(sheet, x + self.left, y, max(0.0, spare - self.left - self.right))


#: What takes effect in the frame, not where an item stands.
_PLACELESS = (Steering, ItemIndent)


class List(Container):
    """The items of a list; they flow on their own where they do not fit together."""

    def __init__(self, blocks: Sequence[ItemBlock | ItemIndent]) -> None:
        super().__init__(blocks)
        self._width: float | None = None
        self._size = 0.0, 0.0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size of all items."""
        if width != self._width:
            stack = measure(self.blocks, width)
            self._width, self._size = width, (stack.width, stack.height)
        return self._size

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return the items."""
        return self.blocks

    def part(self, width: float, height: float) -> tuple[Sequence[Block], Sequence[Block]]:
        """Return the blocks of items that fit a height, and the others: for a cell, where items do not flow."""
        blocks, used, after = self.blocks, 0.0, 0.0
        for at, block in enumerate(blocks):
            high = block.wrap(width, ENDLESS)[1]
            if high <= TINY:
                continue
            used += max(block.space_before - after, 0.0) if at else 0.0
            if used + high > height:
                parts = block.split(width, height - used) if used < height else ()
                if len(parts) < 2:
                    return blocks[:at], blocks[at:]
                return [*blocks[:at], parts[0]], [*parts[1:], *blocks[at + 1 :]]
            after = block.space_after
            used += high + after
        return blocks, ()

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw all items."""
        width, height = self._size
        draw_stack(self.blocks, sheet, x, y + height, width)


def build(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the block of an `<ol>` or `<ul>`."""
    style = liststyles.find(element.get("style"), maker.styles) if element.get("style") else ListStyle()
    style = liststyles.with_attributes(style, element.items())
    if element.tag == "ul":
        style = liststyles.bulleted(style)
    elif style.bullet_type != "bullet" and style.bullet_type not in WRITERS:
        raise ValueError(f'"{style.bullet_type}" numbers nothing')
    yield List(list(_Items(element, style, maker)))


class _Items:
    """Makes the blocks of a list's items, counting them."""

    def __init__(self, element: etree._Element, style: ListStyle, maker: Maker) -> None:
        self._element, self._style, self._maker = element, style, maker
        self._counts = style.bullet_type in WRITERS
        start = style.start
        if element.tag == "ul":
            start = element.get("value", "circle").lower()
            if start not in BULLETS:
                raise ValueError(f'"{start}" is no bullet')
        self._value: str | int = self._first(start)
        kind = style.bullet_type if self._counts else str(self._value)
        self._tags = _ListTags(_NUMBERING.get(kind, "Decimal" if self._counts else "Disc"), maker.document)
        indent = style.right_indent if style.direction == "rtl" else style.left_indent
        self._dedent = indent if style.dedent is None else style.dedent

    def _first(self, start: str | int | None) -> str | int:
        if not self._counts:
            return "bulletchar" if start is None else start
        return start if isinstance(start, int) else 1

    def __iter__(self) -> Iterator[ItemBlock | ItemIndent]:
        for child in self._element.iterchildren(etree.Element):
            if child.tag != "li":
                problem = f"<{child.tag}> cannot stand inside <{self._element.tag}>"
                raise self._maker.fault(child, problem, "text goes into a <para>")
            try:
                yield from self._item(child)
            except DocgenError:
                raise
            except ValueError as error:
                raise self._maker.fault(child, f"<li>: {error}") from error

    def _item(self, element: etree._Element) -> Iterator[ItemBlock | ItemIndent]:
        maker = self._maker
        style = liststyles.find(element.get("style"), maker.styles) if element.get("style") else self._style
        style = liststyles.with_attributes(style, element.items(), ignore=("start",))
        if self._element.tag == "ul":
            style = liststyles.bulleted(style)
        blocks = maker.flow(element)
        if not blocks:
            return
        bullet = Bullet(self._label(element, style), style, self._dedent)
        tags = _ItemTags(self._tags)
        indents = style.left_indent, style.right_indent
        beside = next((block for block in blocks if not isinstance(block, Indent)), None) if bullet.text else None
        for block in blocks:
            if isinstance(block, Indent):
                yield ItemIndent(block.left, block.right)
            else:
                yield ItemBlock(block, indents, bullet if block is beside else None, tags, maker)

    def _label(self, element: etree._Element, style: ListStyle) -> str:
        value = element.get("value")
        if value is not None:
            self._value = whole(value) if self._element.tag == "ol" else liststyles.bullet_of(value)
        written = self._written(style)
        if self._counts:
            self._value = int(self._value) + 1
        return written

    def _written(self, style: ListStyle) -> str:
        if not self._value:
            return ""
        if style.bullet_type in WRITERS:
            text = WRITERS[style.bullet_type](int(self._value))
        else:
            text = BULLETS.get(str(self._value), str(self._value))
        return style.format.replace("%s", text, 1) if style.format else text
