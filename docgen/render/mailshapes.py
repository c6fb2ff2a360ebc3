"""Floor 2, edges: the HTML of messages that are alike but for the values in them, laid out once for all of them.

Merging gives pieces: what the template has as it is, and the values it prints. Messages with the same pieces of the
template, in the same order, have the same *shape*. The first one of a shape is laid out with marks in the place of
values; where each mark comes out as plain text or in a harmless attribute, later ones are spliced together and neither
laid out nor inlined again. A value that may decide about the layout belongs to the shape: markup, what is empty,
classes, styles.

Knows how HTML is written; what laying out means, it is told.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from itertools import count

from docgen.errors import DocgenError
from docgen.merge import Merger
from docgen.model import Artifact, Spliced
from docgen.render.htmltext import LinkText, html_to_text

#: Around the number of a value. A message that has this in it is laid out alone. Plain letters, since mrml spells out
#: what is not ASCII in some attributes.
_OPEN, _CLOSE = "docgenvaluexq", "qx"
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
#: Shapes that are kept. Each is about as large as a message.
KEPT = 64
#: After so many messages, shapes are given up where fewer than half of the messages had a known one.
TRIAL = 40
#: How often a message is laid out to find its shape.
ROUNDS = 3
#: The place of a mark that is text.
TEXT = "text"
#: Attributes whose values decide about nothing but themselves.
_HARMLESS = frozenset({"href", "alt", "title", "aria-label"})
#: A style sheet that looks at such attributes after all.
_ATTRIBUTE_SELECTOR = re.compile(r"\[\s*(?:href|alt|title|aria)", re.IGNORECASE)
_TOKEN = re.compile(
    r"""<!--.*?(?:-->|\Z) | <(?P<raw>style|script|mj-style)\b[^>]*>.*?</(?P=raw)\s*>
    | <[!/a-zA-Z](?:"[^"]*"|'[^']*'|[^"'>])*>""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
#: What makes a value more than text: markup, entities of its own, what later steps look for.
_MORE = re.compile(r"""[<>"']|&(?!amp;|lt;|gt;|#34;|#39;)|  |url\(|(?:src|background)\s*=""", re.IGNORECASE)
_SPACES = str.maketrans("\u00a0\u202f", "  ")


class Printed(str):
    """What a template printed, as against what stands in it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Laid:
    """HTML that is ready, and its pictures.

    Attributes:
        rewritten: whether the HTML was read and written anew, so that its text is escaped as that writer does.
    """

    html: str
    images: tuple[Artifact, ...]
    rewritten: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The HTML of one message: whole, in pieces where they are known, its pictures, and what derives its text."""

    html: str
    pieces: Spliced | None
    images: tuple[Artifact, ...]
    text: Callable[[], str]


Write = Callable[[str], str]


class _Shape:
    """HTML around the places of values."""

    def __init__(self, laid: Laid) -> None:
        split = _MARK.split(laid.html)
        self._around, self._numbers = tuple(split[::2]), [int(number) for number in split[1::2]]
        attribute, text = (_in_attribute, _in_text) if laid.rewritten else (str, str)
        places = _places(laid.html)
        self._write: list[Write] = [text if place == TEXT else attribute for _, place in places]
        self._in_attributes = {number for number, place in places if place != TEXT}
        self._images, self._marked = laid.images, laid.html

    def fits(self, values: Sequence[str]) -> bool:
        """Tell whether values can be put in: mrml spells out in attributes what is not ASCII."""
        return all(values[at].isascii() and "\\" not in values[at] for at in self._in_attributes)

    def fill(self, values: Sequence[str]) -> Page:
        """Return a message of this shape."""
        written = [write(values[number]) for number, write in zip(self._numbers, self._write, strict=True)]
        pieces = Spliced(self._around, tuple(written))
        html = str(pieces)
        return Page(html, pieces, self._images, lambda: self._text(values, html))

    @cached_property
    def _derived(self) -> tuple[list[str], list[LinkText]]:
        links: list[LinkText] = []
        text = html_to_text(self._marked, links)
        return _MARK.split(text), [link for link in links if _OPEN in link.target + link.label]

    def _text(self, values: Sequence[str], html: str) -> str:
        """Return the text part: derived once, and filled in; anew where a link reads otherwise with these values."""
        (split, links), plain = self._derived, [unescape(value) for value in values]
        if not all(_reads_alike(link, plain) for link in links):
            return html_to_text(html)
        numbers = map(int, split[1::2])
        return str(Spliced(tuple(split[::2]), tuple(plain[number].replace("\u00a0", " ") for number in numbers)))


def _reads_alike(link: LinkText, plain: Sequence[str]) -> bool:
    """Tell whether a link with these values is written as the one with marks was."""
    target, label = (_MARK.sub(lambda mark: plain[int(mark[1])], text) for text in (link.target, link.label))
    begins_otherwise = link.target.startswith(_OPEN) and target.startswith(("mailto:", "tel:", "#"))
    return not begins_otherwise and LinkText.decide(target, label).written is link.written


class Shapes:
    """Lays out the messages of one template."""

    def __init__(self, merger: Merger, lay_out: Callable[[str, Mapping[str, object]], Laid]) -> None:
        """Begin.

        Args:
            merger: what the body is compiled with; from now on it tells values from what stands in the body.
            lay_out: merged body and context -> HTML with its styles inline.
        """
        merger.environment.hand_values_to(Printed)
        self._lay_out = lay_out
        self._pinned: dict[tuple[object, ...], frozenset[int]] = {}
        self._shapes: OrderedDict[tuple[object, ...], _Shape | None] = OrderedDict()
        self._seen = self._known = 0

    def page(self, pieces: Sequence[str], pictures: Sequence[Artifact], context: Mapping[str, object]) -> Page:
        """Return a message's HTML.

        Args:
            pieces: the merged body.
            pictures: those that merging has put into it.
            context: of the record.
        """
        if self._seen >= TRIAL and 2 * self._known < self._seen:
            return self._alone(pieces, context)
        self._seen += 1
        shape, values = self._shape(pieces, pictures, context)
        return shape.fill(values) if shape is not None and shape.fits(values) else self._alone(pieces, context)

    def _alone(self, pieces: Sequence[str], context: Mapping[str, object]) -> Page:
        laid = self._lay_out("".join(pieces), context)
        return Page(laid.html, None, laid.images, lambda: html_to_text(laid.html))

    def _shape(
        self, pieces: Sequence[str], pictures: Sequence[Artifact], context: Mapping[str, object]
    ) -> tuple[_Shape | None, list[str]]:
        """Return the shape of a message, None where values cannot be told from it, and its values."""
        free = [piece.__class__ is Printed and _is_mere_text(piece) for piece in pieces]
        values = [piece for piece, is_free in zip(pieces, free, strict=True) if is_free]
        alike = (context.get("locale"), *pictures, *(None if f else p for p, f in zip(pieces, free, strict=True)))
        if alike not in self._pinned:
            if len(self._pinned) > KEPT:
                self._pinned.clear()
            self._pinned[alike] = _pinned_by_place(_marked(pieces, free, frozenset()))
        key = (alike, *(values[number] for number in sorted(self._pinned[alike])))
        if key in self._shapes:
            self._known += 1
            self._shapes.move_to_end(key)
            return self._shapes[key], values
        shape, pinned = self._find(pieces, free, self._pinned[alike], context)
        self._pinned[alike] = pinned
        self._shapes[(alike, *(values[number] for number in sorted(pinned)))] = shape
        if len(self._shapes) > KEPT:
            self._shapes.popitem(last=False)
        return shape, values

    def _find(
        self, pieces: Sequence[str], free: Sequence[bool], pinned: frozenset[int], context: Mapping[str, object]
    ) -> tuple[_Shape | None, frozenset[int]]:
        """Lay a message out with marks; values whose marks get lost or come out in a bad place are pinned."""
        if any(_OPEN in piece for piece in pieces):
            return None, pinned
        every = frozenset(range(sum(free)))
        for _ in range(ROUNDS):
            try:
                laid = self._lay_out(_marked(pieces, free, pinned), context)
            except DocgenError:  # marks do where only a number may stand, for one
                break
            bad = (every - pinned - {number for number, _ in _places(laid.html)}) | _pinned_by_place(laid.html)
            if not bad:
                return _Shape(laid), pinned
            pinned |= bad
        return None, pinned


def _is_mere_text(value: str) -> bool:
    """Tell whether a value is text that a layout can do nothing with but show it."""
    return value.translate(_SPACES).isprintable() and value.strip() == value != "" and not _MORE.search(value)


def _marked(pieces: Sequence[str], free: Sequence[bool], pinned: frozenset[int]) -> str:
    numbers = count()
    return "".join(
        f"{_OPEN}{number}{_CLOSE}" if is_free and (number := next(numbers)) not in pinned else piece
        for piece, is_free in zip(pieces, free, strict=True)
    )


def _pinned_by_place(html: str) -> frozenset[int]:
    """Return the numbers of marks that stand where a value may decide about more than itself."""
    allowed = {TEXT} if _ATTRIBUTE_SELECTOR.search(html) else {TEXT, *_HARMLESS}
    return frozenset(number for number, place in _places(html) if place not in allowed)


def _places(html: str) -> list[tuple[int, str]]:
    """Return (number, place) of the marks in HTML, in order: `TEXT`, the name of an attribute, or "" for elsewhere."""
    found, end = [], 0
    for token in _TOKEN.finditer(html):
        found += [(int(mark[1]), TEXT) for mark in _MARK.finditer(html, end, token.start())]
        found += _places_in_tag(token)
        end = token.end()
    return found + [(int(mark[1]), TEXT) for mark in _MARK.finditer(html, end)]


def _places_in_tag(token: re.Match[str]) -> list[tuple[int, str]]:
    if _OPEN not in token[0]:
        return []
    names: dict[int, str] = {}
    if not token["raw"] and not token[0].startswith("<!"):
        for attribute in _ATTRIBUTE.finditer(token[0]):
            names |= {mark.start(): attribute[1].lower() for mark in _MARK.finditer(token[0], *attribute.span())}
    return [(int(mark[1]), names.get(mark.start(), "")) for mark in _MARK.finditer(token[0])]


# --- text as css-inline writes it: Source: HTML Standard 13.3, "Serializing HTML fragments" ----------


def _in_text(value: str) -> str:
    if "&" in value:
        value = unescape(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("\u00a0", "&nbsp;")


def _in_attribute(value: str) -> str:
    if "&" in value:
        value = unescape(value).replace("&", "&amp;").replace('"', "&quot;")
    return value.replace("\u00a0", "&nbsp;")
