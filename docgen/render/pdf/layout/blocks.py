"""Floor 2, edges: what pages are made of: ink, the blocks that put it there, and the structure that says what it means.

Units are points; y goes up from the foot of the page; a block stands on its lower left corner, as in Platypus. Knows no
RML and no file format beyond the operators of content streams.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from reportlab.lib.sequencer import Sequencer

if TYPE_CHECKING:
    from docgen.render.pdf.layout.letters import Letters
    from docgen.render.pdf.layout.tablestyle import CellStyle

#: A font of a page, by the number of its face (`/F3`), and one of the groups of glyphs used of it.
FontUse = tuple[int, int]
#: No height is shorter of room than this, as in Platypus.
TINY = 1e-6


#: a b c d e f of x' = a x + c y + e, y' = b x + d y + f
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Return a point after a change of coordinates."""
    if matrix is IDENTITY:
        return x, y
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def times(first: Matrix, then: Matrix) -> Matrix:
    """Return the change of coordinates that does one and then the other."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


@dataclass(frozen=True, slots=True)
class Ink:
    """Operators of a content stream around an origin, and what they need. Immutable: it is cached over documents.

    Attributes:
        ops: ends with a line break; colours and fonts are set anew in each ink.
        fonts: what it uses of which face.
        resources: names of pictures, forms, graphics states and patterns in `Resources`, without the slash.
    """

    ops: str
    fonts: frozenset[FontUse] = frozenset()
    resources: frozenset[str] = frozenset()


NO_INK = Ink("")


class Node:
    """An element of the structure tree (ISO 32000-1, 14.7): its role, and elements, ink and links in reading order.

    Attributes:
        kids: nodes, `(number of the sheet from 0, marked content id)`, and `Link`s.
        attributes: what the role needs: Scope, ColSpan, RowSpan of cells, ListNumbering, BBox of figures.
        alt: the alternative text of figures; `actual` what a text says whose glyphs do not.
        language: a BCP 47 tag, where it differs from what is around.
    """

    alt = actual = language = title = ""

    def __init__(self, role: str, *, alt: str = "", **attributes: object) -> None:
        self.role = role
        self.kids: list[Node | tuple[int, int] | Link] = []
        self.attributes = attributes
        if alt:
            self.alt = alt

    def add(self, role: str, **more: str) -> Node:
        """Return a new node at the end of this one."""
        child = Node(role, **more)
        self.kids.append(child)
        return child

    def __repr__(self) -> str:
        return f"<{self.role} {self.kids}>"


@dataclass(frozen=True, slots=True)
class Link:
    """A rectangle on a sheet that leads to an address, or to a bookmark of the document where it begins with `#`."""

    sheet: int
    left: float
    bottom: float
    right: float
    top: float
    target: str
    text: str = ""  # what a reader hears: the annotation's Contents


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place in the document; `fit` as in PDF destinations."""

    sheet: int
    left: float | None = None
    top: float | None = None
    zoom: float | None = None
    fit: str = "XYZ"


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A line of the reader's table of contents. `level` counts from 0."""

    title: str
    level: int
    bookmark: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as it was drawn: its level from 1, its text, and the height of its upper edge on its sheet."""

    level: int
    title: str
    sheet: int
    top: float


@dataclass(frozen=True, slots=True)
class Reading:
    """Where page graphics are read: before the story, or after it if they stand below a height of the page.

    Attributes:
        heard: what was said before and is not read again.
    """

    line: float
    before: Node
    after: Node
    heard: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lack:
    """A character that no font has. `around` is the text near it."""

    char: str
    font: str
    around: str


class Sheet:
    """One page being drawn."""

    __slots__ = (
        "cell", "document", "fonts", "height", "links", "marks", "matrix", "number", "out", "resources", "rotation",
        "width",
    )  # fmt: skip

    def __init__(self, document: Document, number: int, width: float, height: float) -> None:
        self.document = document
        self.number = number  # from 0
        self.width = width
        self.height = height
        self.rotation = 0
        self.out: list[str] = []
        self.fonts: set[FontUse] = set()
        self.resources: set[str] = set()
        self.marks: list[Node] = []  # by marked content id: the node whose content it is
        self.links: list[Link] = []
        self.matrix: Matrix = IDENTITY  # from the coordinates being drawn in to the page's
        self.cell: CellStyle | None = None  # of the table being drawn: what drawings in it begin with

    def put(self, ink: Ink, x: float, y: float, node: Node | None = None) -> None:
        """Draw ink with its origin at (x, y): content of `node`, or decoration without one."""
        self.draw(f"q 1 0 0 1 {x:.3f} {y:.3f} cm\n{ink.ops}Q\n", node)
        if ink.fonts:
            self.fonts.update(ink.fonts)
        if ink.resources:
            self.resources.update(ink.resources)

    def draw(self, ops: str, node: Node | None = None) -> None:
        """Draw operators in the page's own coordinates; the fonts and resources in them must be noted by the caller."""
        if node is None or self.document.silent:
            self.out.append(f"/Artifact BMC\n{ops}EMC\n")
            return
        mark = len(self.marks)
        self.marks.append(node)
        node.kids.append((self.number, mark))
        self.out.append(f"/{node.role} <</MCID {mark}>> BDC\n{ops}EMC\n")

    def link(self, node: Node, left: float, bottom: float, right: float, top: float, target: str, text: str) -> None:
        """Make a rectangle lead somewhere; `node` is the structure's Link element."""
        xs, ys = zip(*(moved(self.matrix, x, y) for x in (left, right) for y in (bottom, top)), strict=True)
        made = Link(self.number, min(xs), min(ys), max(xs), max(ys), target, text)
        self.links.append(made)
        if not self.document.silent:
            node.kids.append(made)


@dataclass
class Document:
    """What one document gathers while it is laid out; a second pass begins with a new one.

    Attributes:
        at: the node that takes what is drawn next.
        silent: more than 0 while decoration is drawn: repeated headers, page furniture.
        names: what `<namedString>` says, by id, as far as this pass came; `known` are those of the passes before.
        asked: ids that `<getName>` asked for before they had a value, with what it printed instead.
        viewer: how a reader opens the file, see `viewing`: entry of the PDF -> its value.
        sequencer: counts `<seq>`.
        pages: how many the pass before had; 0 in the first.
    """

    letters: Letters
    language: str = ""
    title: str = ""
    author: str = ""
    subject: str = ""
    creator: str = ""
    keywords: str = ""
    known: dict[str, str] = field(default_factory=dict)
    pages: int = 0
    sheets: list[Sheet] = field(default_factory=list)
    root: Node = field(default_factory=lambda: Node("Document"))
    names: dict[str, str] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    outline: list[OutlineEntry] = field(default_factory=list)
    lacks: list[Lack] = field(default_factory=list)
    sequencer: Sequencer = field(default_factory=Sequencer)
    silent: int = 0
    viewer: dict[str, str] = field(default_factory=dict)
    headings: list[Heading] = field(default_factory=list)
    reading: Reading | None = None

    def __post_init__(self) -> None:
        self.at = self.root

    def new_sheet(self, width: float, height: float) -> Sheet:
        """Return the next page."""
        sheet = Sheet(self, len(self.sheets), width, height)
        self.sheets.append(sheet)
        return sheet

    def let_go(self) -> None:
        """Take from its sheets the way back to it, when all is drawn: its memory is free once nobody holds it."""
        for sheet in self.sheets:
            del sheet.document

    @contextmanager
    def inside(self, node: Node) -> Iterator[Node]:
        """Let what is drawn belong to a node."""
        before, self.at = self.at, node
        try:
            yield node
        finally:
            self.at = before

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """Let what is drawn be no content: readers pass it over."""
        self.silent += 1
        try:
            with self.inside(Node("Artifact")):
                yield
        finally:
            self.silent -= 1

    def read_at(self, height: float) -> None:
        """Let what page graphics draw at a height of the page be read where it belongs."""
        if self.reading is not None and not self.silent:
            self.at = self.reading.after if height < self.reading.line else self.reading.before

    def name(self, key: str, default: str) -> str:
        """Return what a named string says, as far as this pass and the one before tell (`<getName>`)."""
        value = self.names.get(key)
        if value is None:
            value = self.known.get(key, default)
            self.asked.add((key, value))
        return value

    @property
    def named(self) -> dict[str, str]:
        """All names with what they say in the end."""
        return {**self.known, **self.names}

    @property
    def settled(self) -> bool:
        """Whether all names that were asked for too early say what was printed of them."""
        named = self.named if self.asked else {}
        return all(named.get(name, value) == value for name, value in self.asked)


class Block(Protocol):
    """Something that stands in a frame or a cell: a paragraph, a table, a picture.

    Blocks are made anew for each document and pass; what is expensive (lines, ink) is cached below them.
    """

    space_before: float
    space_after: float
    keep_with_next: bool

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the width and height it takes within the given ones; called before `split` and `draw`."""
        ...

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return two or more blocks, the first of which fits the height; none where it cannot be split there."""
        ...

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it; `spare` is the width left beside it, which its alignment divides."""
        ...


@dataclass
class Spacer:
    """Empty room, dropped at the head of a frame."""

    width: float
    height: float
    space_before: float = 0.0
    space_after: float = 0.0
    keep_with_next: bool = False

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its size."""
        return self.width, self.height

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return nothing: room is not split."""
        return ()

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw nothing."""


class Action:
    """Something in a story that takes no room and acts on the flow: a page break, another page template, a bookmark.

    `flow.py` carries them out where it meets them, by their class.
    """

    space_before = space_after = 0.0
    keep_with_next = False

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take no room."""
        return 0.0, 0.0

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return nothing."""
        return ()

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Act on the place where it stands, where that is what it does."""
