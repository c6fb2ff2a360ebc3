"""Floor 2, edges: page graphics that say what some said before, drawn again from what was kept of those.

Kept are runs of elements that hold nothing but words: shapes, colours, strings, pictures of files. What they draw
depends on them, on the state they begin with, and on where on the page they are read; the key says all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from docgen.render.pdf.drawing.pictures import stamp
from docgen.render.pdf.layout.blocks import Document, FontUse, Lack, Node, Reading, Sheet
from docgen.render.pdf.layout.kept import Shelf

if TYPE_CHECKING:
    from docgen.render.pdf.drawing.graphics import Pen

#: Elements that draw the same whenever they say the same.
_STEADY = frozenset(
    ["stroke", "fill", "setFont", "setFontSize", "lineMode", "translate", "scale", "rotate", "skew", "lines", "rect",
     "ellipse", "circle", "grid", "curves", "drawString", "drawRightString", "drawCenteredString",
     "drawCentredString", "drawAlignedString"]
)  # fmt: skip
_SHELF = ("page graphics",)
#: What an entry takes besides its characters.
_ENTRY = 2_000


class _Piece(NamedTuple):
    """What was drawn at once: decoration, or content of an element that is made anew each time."""

    ops: str
    role: str = ""
    alt: str = ""
    attributes: dict[str, object] | None = None
    place: int = 0


@dataclass(frozen=True, slots=True)
class _Played:
    """What a run of elements drew, and what it left behind.

    Attributes:
        rest: operators that were not put onto the sheet yet.
        place: where what follows is read, as an index of `_places`.
    """

    pieces: Sequence[_Piece]
    rest: str
    state: Any
    fonts: frozenset[FontUse]
    resources: frozenset[str]
    lacks: Sequence[Lack]
    place: int


class _Slate(Sheet):
    """Takes what is drawn piece by piece."""

    __slots__ = ("pieces",)

    def __init__(self, document: Document) -> None:
        super().__init__(document, 0, 0.0, 0.0)
        self.pieces: list[tuple[str, Node | None]] = []

    def draw(self, ops: str, node: Node | None = None) -> None:
        """Keep operators and what they are content of."""
        self.pieces.append((ops, node))


def said_by(element: etree._Element) -> Hashable | None:
    """Return all that an element says, if it draws the same whenever it says this; else None.

    Raises:
        TemplateError: the file of a picture is gone.
    """
    if len(element):
        return None
    tag, items = element.tag, tuple(element.items())
    if tag == "rect" and (element.get("href") or element.get("destination")):
        return None  # a link belongs to the document
    if tag in _STEADY:
        return tag, items, element.text, element.tail
    if tag == "image" and (file := element.get("file", "")) and not file.startswith("data:"):
        return tag, items, stamp(file)
    return None


def play(
    run: Sequence[etree._Element], says: Sequence[Hashable], pen: Pen, draw: Callable[[etree._Element, Pen], None]
) -> None:
    """Draw elements, from what was kept if they were drawn before.

    Args:
        run: the elements, which follow one another.
        says: what each says.
        pen: draws them.
        draw: draws one that is new.
    """
    maker, document = pen.maker, pen.sheet.document
    line = document.reading.line if document.reading is not None else None
    key = (*says, pen.state, line, document.silent > 0, document.language)
    shelf = maker.cache.shelves.get(_SHELF) or maker.cache.shelf(_SHELF, Shelf)
    played: _Played | None = shelf.find(key)
    if played is None:
        played = shelf.recent[key] = _record(run, pen, draw)
        maker.cache.count(_ENTRY + sum(len(piece.ops) for piece in played.pieces))
    _replay(played, pen)


def _replay(played: _Played, pen: Pen) -> None:
    sheet = pen.sheet
    document = sheet.document
    places = _places(document)
    for ops, role, alt, attributes, place in played.pieces:
        if not role:
            pen.pending.append(ops)
            pen.flush()
            continue
        pen.flush()
        node = Node(role, alt=alt, **(attributes or {}))
        places[place].kids.append(node)
        sheet.draw(ops, node)
    if played.rest:
        pen.pending.append(played.rest)
    document.at = places[played.place]
    document.lacks.extend(played.lacks)
    sheet.fonts.update(played.fonts)
    sheet.resources.update(played.resources)
    pen.state = played.state
    sheet.matrix = played.state.matrix


def _places(document: Document) -> Sequence[Node]:
    """Return where things are read: where the run begins, before the story, after it."""
    reading = document.reading
    return (document.at, reading.before, reading.after) if reading is not None else (document.at,)


def _record(run: Sequence[etree._Element], pen: Pen, draw: Callable[[etree._Element, Pen], None]) -> _Played:
    """Draw elements onto a slate."""
    real = pen.sheet.document
    document = Document(real.letters, real.language, silent=real.silent)
    if real.reading is not None:
        document.reading = Reading(real.reading.line, Node("Div"), Node("Div"))
    slate = _Slate(document)
    slate.matrix = pen.state.matrix
    own = replace(pen, sheet=slate, maker=replace(pen.maker, document=document), saved=[], pending=[])
    for element in run:
        draw(element, own)
    places = document.root, *_places(document)[1:]
    where = {id(node): at for at, place in enumerate(places) for node in place.kids}
    pieces = [
        _Piece(ops)
        if node is None
        else _Piece(ops, node.role, node.alt, dict(node.attributes) or None, where[id(node)])
        for ops, node in slate.pieces
    ]
    left = next(at for at, place in enumerate(places) if place is document.at)
    return _Played(
        tuple(pieces), "".join(own.pending), own.state, frozenset(slate.fonts), frozenset(slate.resources),
        tuple(document.lacks), left,
    )  # fmt: skip
