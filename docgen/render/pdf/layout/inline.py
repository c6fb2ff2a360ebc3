"""Floor 2, edges: the content of a paragraph to runs: `<b>`, `<font>`, `<a>`, `<br>`, `<seq>` and their kin.

They mean what they mean to ReportLab's parser of paragraphs and z3c.rml's additions to it. Knows looks and texts;
nothing of lines. What depends on the page (`<pageNumber>`, `<getName>`) is said anew by each reading.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from lxml import etree
from reportlab.lib.sequencer import Sequencer

from docgen.render.pdf.drawing import pictures
from docgen.render.pdf.layout.attributes import Colour, colour, length, number, share, switch, whole
from docgen.render.pdf.layout.lines import ANCHOR, BREAK, IMAGE, TEXT, Image, Run
from docgen.render.pdf.layout.maker import Maker, needed
from docgen.render.pdf.layout.paramarks import Mark, check_amount
from docgen.render.pdf.layout.parascript import Look
from docgen.render.pdf.layout.parastyle import ParaStyle, find, span_values, with_attributes
from docgen.render.pdf.layout.wrong import WRONG, in_words, shortened

_SPACES = re.compile("[\t\n\x0b\x0c\r\x1c-\x1f \x85\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
#: ReportLab reads these as references, each a run of its own.
_REFERENCES = re.compile("([&<>\r])")
_TIMES = {"single": 1, "double": 2, "triple": 3}
#: Elements whose text depends on the page, and may be another each time a paragraph is broken.
MOVING = frozenset({"pageNumber", "getName", "name"})
#: Elements that count, once, where they stand in the story.
COUNTING = frozenset({"seq", "seqDefault", "seqReset", "seqChain", "seqFormat"})


@dataclass
class Content:
    """Runs of a paragraph and of its bullet; the paragraph's style where `<bullet>` changes it."""

    runs: list[Run] = field(default_factory=list)
    bullet: list[Run] | None = None
    style: ParaStyle | None = None


@dataclass
class _State:
    """How text is set at a place; copied for each element."""

    family: str
    bold: bool
    italic: bool
    size: float
    colour: Colour
    rise: float = 0.0
    marks: tuple[Mark, ...] = ()
    links: tuple[tuple[int, str], ...] = ()
    back: Colour | None = None
    nobr: bool = False
    greek: bool = False
    transform: str = ""
    lines: dict[str, Any] = field(default_factory=dict)  # underlineColor and so on, as the elements around say


def base_look(style: ParaStyle, maker: Maker) -> Look:
    """Return the look of text without markup."""
    language = style.language or maker.document.language
    key = ("look", style, language)
    found: Look | None = maker.cache.get(key)
    if found is None:
        name = maker.letters.concrete(*maker.letters.family_of(style.font_name))
        marks = tuple(
            new_mark(number, kind, {}, style, 0.0)
            for number, kind in enumerate(kind for kind in ("underline", "strike") if getattr(style, kind))
        )
        made = Look(maker.letters.face(name), style.font_size, style.text_color, marks=marks)
        chain = maker.letters.chain(name, language)
        made = made._replace(chain=chain, language=language, kerning=style.kerning, font=name)
        found = maker.cache.keep(key, made)
    return found


def read_content(
    element: etree._Element, style: ParaStyle, maker: Maker, *, exact: bool = False, counted: Iterable[str] = ()
) -> Content:
    """Return the runs of a paragraph's content.

    Args:
        element: the paragraph.
        style: of the paragraph.
        maker: knows fonts, pictures and the document's names and counters.
        exact: whether white space stays as it is, as in `<xpre>`.
        counted: what its elements that count say, in their order.

    Raises:
        ValueError: an element or attribute says something wrong.
    """
    reader = _Reader(style, maker, exact, counted)
    reader.read(element)
    return reader.content


def new_mark(number: int, kind: str, said: Mapping[str, Any], style: ParaStyle, rise: float) -> Mark:
    """Return a line under or through text, as elements and styles around it say."""

    def of(name: str) -> Any:
        return said.get(f"{kind}_{name}", getattr(style, f"{kind}_{name}"))

    shade = of("color")
    shade = colour(shade) if isinstance(shade, str) else shade
    width, offset, gap = (check_amount(str(of(name) or ""), name) for name in ("width", "offset", "gap"))
    return Mark(number, kind, shade, width, offset, rise, _TIMES[of("kind")], gap)


def transformed(text: str, transform: str) -> str:
    """Return text in the case that a style asks for."""
    change: Callable[[str], str] = {"uppercase": str.upper, "lowercase": str.lower, "capitalize": str.title}[transform]
    return change(text)


class _Reader:
    def __init__(self, style: ParaStyle, maker: Maker, exact: bool, counted: Iterable[str]) -> None:
        self.content = Content()
        self._style = style
        self._maker = maker
        self._exact = exact
        self._counted = iter(counted)
        self._language = style.language or maker.document.language
        self._numbers = 0  # of marks and links
        self._into = self.content.runs
        self._transforms: list[tuple[Run, str]] = []

    def read(self, element: etree._Element) -> None:
        style = self._style
        state = _State(*self._maker.letters.family_of(style.font_name), style.font_size, style.text_color)
        for kind in ("underline", "strike"):
            if getattr(style, kind):
                self._mark(state, kind)
        self._read_inside(element, state, outermost=True)
        self._apply_transforms()
        if self.content.bullet is None and element.get("bulletText"):
            self.content.bullet = [Run(self._look(self._bullet_state()), element.get("bulletText", ""))]

    def _read_inside(self, element: etree._Element, state: _State, *, outermost: bool = False) -> None:
        children = list(element)
        last = len(children) - 1
        if element.text:
            self._add_text(element.text, state, first=outermost, last=outermost and last < 0)
        for index, child in enumerate(children):
            if isinstance(child.tag, str):
                self._read_element(child, copy(state))
            if child.tail:
                self._add_text(child.tail, state, first=False, last=outermost and index == last)

    def _read_element(self, element: etree._Element, state: _State) -> None:
        handler = _HANDLERS.get(element.tag)
        if handler is None:
            raise self._maker.fault(element, f"<{element.tag}> cannot stand inside a paragraph")
        try:
            handler(self, element, state)
        except WRONG as error:
            raise self._maker.fault(element, f"<{element.tag}>: {in_words(error, element)}") from error

    # --- text ----------------------------------------------------------------------------------

    def _add_text(self, text: str, state: _State, *, first: bool = False, last: bool = False) -> None:
        if not self._exact:
            text = _SPACES.sub(" ", text)
            text = text.lstrip(" ") if first else text
            text = text.rstrip(" ") if last else text
        if not text:
            return
        pieces = [piece for piece in _REFERENCES.split(text) if piece] if _REFERENCES.search(text) else [text]
        for piece in pieces:
            self._add(Run(self._look(state), _greek(piece) if state.greek else piece), state)

    def _add(self, run: Run, state: _State) -> None:
        self._into.append(run)
        if state.transform:
            self._transforms.append((run, state.transform))

    def _look(self, state: _State) -> Look:
        letters, language = self._maker.letters, self._language
        name = letters.concrete(state.family, state.bold, state.italic)
        look = Look(
            letters.face(name), state.size, state.colour, state.rise, state.marks, state.links, state.back, state.nobr
        )
        chain = letters.chain(name, language)
        return look._replace(chain=chain, language=language, kerning=self._style.kerning, font=name)

    def _apply_transforms(self) -> None:
        runs, transform = self.content.runs, self._style.text_transform
        if transform == "capitalize" and len(runs) > 1:
            _capitalise(runs)
        elif transform:
            for run in runs:
                run.text = transformed(run.text, transform)
        for run, own in self._transforms:
            run.text = transformed(run.text, own)

    # --- elements ------------------------------------------------------------------------------

    def _bold(self, element: etree._Element, state: _State) -> None:
        state.bold = True
        self._read_inside(element, state)

    def _italic(self, element: etree._Element, state: _State) -> None:
        state.italic = True
        self._read_inside(element, state)

    def _nobr(self, element: etree._Element, state: _State) -> None:
        state.nobr = True
        self._read_inside(element, state)

    def _greek(self, element: etree._Element, state: _State) -> None:
        state.greek = True
        self._read_inside(element, state)

    def _line(self, element: etree._Element, state: _State) -> None:
        kind = "underline" if element.tag == "u" else "strike"
        state.lines = state.lines | {f"{kind}_{name.lower()}": text for name, text in element.items()}
        self._mark(state, kind)
        self._read_inside(element, state)

    def _mark(self, state: _State, kind: str, values: Mapping[str, Any] | None = None) -> None:
        said = state.lines | dict(values or {})
        state.marks = (*state.marks, new_mark(self._numbers, kind, said, self._style, state.rise))
        self._numbers += 1

    def _shift(self, element: etree._Element, state: _State) -> None:
        size, up = state.size, element.tag != "sub"
        # What one says, those within it take over.
        state.lines = state.lines | {f"shift_{name.lower()}": text for name, text in element.items()}
        rise = _relative(state.lines.get("shift_rise"), size, size * 0.5)
        state.rise += rise if up else -rise
        state.size = _relative(state.lines.get("shift_size"), size, size - min(2.0, 0.2 * size))
        self._read_inside(element, state)

    def _span(self, element: etree._Element, state: _State) -> None:
        name = element.get("style")
        values = span_values(find(name, self._maker.styles)) if name else {}
        state.transform = values.get("text_transform", "") if element.tag == "span" else state.transform
        self._set_font(element, state, values)
        for kind in ("underline", "strike"):
            if values.get(kind):
                own = {key: value for key, value in values.items() if key.startswith(f"{kind}_")}
                self._mark(state, kind, own)
                state.lines = state.lines | own
        self._read_inside(element, state)

    def _set_font(self, element: etree._Element, state: _State, values: Mapping[str, Any]) -> None:
        said = {_FONT_NAMES[name.lower()]: text for name, text in element.items() if name.lower() in _FONT_NAMES}
        font = said.get("font") or values.get("font_name")
        if font:
            state.family, state.bold, state.italic = self._maker.letters.family_of(font)
        if "size" in said:
            state.size = _size(said["size"], state.size)
        elif values.get("font_size"):
            state.size = values["font_size"]
        state.colour = (
            colour(said["colour"]) or state.colour if "colour" in said else (values.get("text_color") or state.colour)
        )
        state.back = colour(said["back"]) if "back" in said else values.get("back_color", state.back)

    def _link(self, element: etree._Element, state: _State) -> None:
        said = {name.lower(): text for name, text in element.items()}
        if element.tag == "a" and "name" in said:
            self._add(Run(self._look(state), "", ANCHOR, said["name"].strip()), state)
            return
        target = next((said[name] for name in _TARGETS if name in said), "").strip()
        state.links = (*state.links, (self._numbers, target))
        self._numbers += 1
        self._set_font(element, state, {})
        lines = {_LINK_LINES[name]: text for name, text in said.items() if name in _LINK_LINES}
        state.lines = state.lines | lines
        underlined = switch(said["underline"]) if "underline" in said else self._style.link_underline
        if underlined:
            self._mark(state, "underline")
        self._read_inside(element, state)

    def _break(self, element: etree._Element, state: _State) -> None:
        self._add(Run(self._look(state), "", BREAK), state)

    def _unichar(self, element: etree._Element, state: _State) -> None:
        name, code = element.get("name"), element.get("code")
        text = _named_character(name) if name is not None else _numbered_character(code) if code else ""
        if text:
            self._add(Run(self._look(state), text), state)

    def _bullet(self, element: etree._Element, state: _State) -> None:
        said = {_BULLET[name.lower()]: text for name, text in element.items() if name.lower() in _BULLET}
        if said:
            self._style = self.content.style = with_attributes(self._style, said.items(), self._maker.styles)
        state = self._bullet_state()
        self.content.bullet = []
        self._into = self.content.bullet
        self._read_inside(element, state)
        self._into = self.content.runs

    def _bullet_state(self) -> _State:
        style = self._style
        family = self._maker.letters.family_of(style.bullet_font_name)
        return _State(*family, style.bullet_font_size, style.bullet_color or style.text_color)

    def _image(self, element: etree._Element, state: _State) -> None:
        placed = pictures.find(needed(element, "src"), self._maker)
        width, height = element.get("width"), element.get("height", "").strip()
        part = share(height) if height.endswith("%") else 0.0
        image = Image(
            placed.name,
            length(width) if width else placed.width,
            length(height) if height and not part else placed.height,
            part,
            element.get("valign", "bottom"),
            element.get("alt"),
        )
        image.rise(state.size)  # says what is wrong with valign
        self._add(Run(self._look(state), "", IMAGE, image), state)

    # --- what the page and the document say -----------------------------------------------------

    def _page_number(self, element: etree._Element, state: _State) -> None:
        number = len(self._maker.document.sheets) + whole(element.get("countingFrom", "1")) - 1
        self._add(Run(self._look(state), str(number)), state)

    def _get_name(self, element: etree._Element, state: _State) -> None:
        text = self._maker.document.name(element.get("id", ""), element.get("default", ""))
        if text:
            self._add(Run(self._look(state), text), state)

    def _name(self, element: etree._Element, state: _State) -> None:
        self._maker.document.names[element.get("id", "")] = element.get("value", "")

    def _sequence(self, element: etree._Element, state: _State) -> None:
        text = next(self._counted, "")
        if text:
            self._add(Run(self._look(state), text), state)


def count_inside(element: etree._Element, sequencer: Sequencer) -> tuple[str, ...]:
    """Count what counts in a paragraph; return what each element prints."""
    return tuple(_count(each, sequencer) for each in element.iter(*COUNTING))


def _count(element: etree._Element, sequencer: Sequencer) -> str:
    """Return what `<seq>` prints; carry out `<seqReset>` and its kin."""
    key = element.get("id")
    if element.tag == "seqDefault":
        sequencer.setDefaultCounter(key)
    elif element.tag == "seqReset":
        sequencer.reset(key, whole(element.get("base", "0")))
    elif element.tag == "seqFormat":
        sequencer.setFormat(key, element.get("value", "1"))
    elif element.tag == "seqChain":
        order = element.get("order", "").split()
        for parent, child in pairwise(order):
            sequencer.chain(parent, child)
    elif element.get("template") is not None:
        return _filled_in(element.get("template"), sequencer)
    else:
        return _next(sequencer, key, element.get("inc"))
    return ""


def _filled_in(template: str, sequencer: Sequencer) -> str:
    try:
        return str(template % sequencer)
    except WRONG:
        raise ValueError(f'the template "{shortened(template)}" asks for more than %(name)s of a counter') from None


def _next(sequencer: Sequencer, key: str | None, step: str | None) -> str:
    if not step:
        return str(sequencer.nextf(key))
    shown = str(sequencer.thisf(key))
    if step.lower() != "no":
        sequencer.reset(key, sequencer._this() + whole(step))
    return shown


_HANDLERS: Mapping[str, Callable[[_Reader, etree._Element, _State], None]] = {
    **dict.fromkeys(("b", "strong"), _Reader._bold),
    **dict.fromkeys(("i", "em"), _Reader._italic),
    **dict.fromkeys(("u", "strike"), _Reader._line),
    **dict.fromkeys(("super", "sup", "sub"), _Reader._shift),
    **dict.fromkeys(("font", "span"), _Reader._span),
    **dict.fromkeys(("a", "link"), _Reader._link),
    "nobr": _Reader._nobr,
    "greek": _Reader._greek,
    "br": _Reader._break,
    "unichar": _Reader._unichar,
    "bullet": _Reader._bullet,
    "img": _Reader._image,
    "pageNumber": _Reader._page_number,
    "getName": _Reader._get_name,
    "name": _Reader._name,
    **dict.fromkeys(("seq", "seqDefault", "seqReset", "seqChain", "seqFormat"), _Reader._sequence),
}
_FONT_NAMES = {
    **dict.fromkeys(("size", "fontsize"), "size"),
    **dict.fromkeys(("face", "name", "fontname", "font"), "font"),
    **dict.fromkeys(("color", "fg", "textcolor"), "colour"),
    **dict.fromkeys(("backcolor", "bgcolor"), "back"),
}
_BULLET = {
    **dict.fromkeys(("font", "face", "bulletfontname"), "bulletFontName"),
    **dict.fromkeys(("size", "fontsize", "bulletfontsize"), "bulletFontSize"),
    **dict.fromkeys(("indent", "bulletindent"), "bulletIndent"),
    **dict.fromkeys(("color", "fg", "bulletcolor"), "bulletColor"),
    **dict.fromkeys(("anchor", "bulletanchor"), "bulletAnchor"),
}
_TARGETS = ("href", "dest", "destination", "target", "link", "url")
_LINK_LINES = {
    **dict.fromkeys(("ucolor", "underlinecolor"), "underline_color"),
    **dict.fromkeys(("uoffset", "underlineoffset"), "underline_offset"),
    **dict.fromkeys(("uwidth", "underlinewidth"), "underline_width"),
    **dict.fromkeys(("ugap", "underlinegap"), "underline_gap"),
    **dict.fromkeys(("ukind", "underlinekind"), "underline_kind"),
}


def _named_character(name: str) -> str:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        raise ValueError(f'there is no character "{shortened(name)}"') from None


def _numbered_character(code: str) -> str:
    found = re.fullmatch(r"\s*(?:0[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}))\s*", code)
    number = int(found[1], 16) if found and found[1] else int(found[2]) if found else -1
    if not 0x20 <= number <= sys.maxunicode or 0xD800 <= number < 0xE000:
        raise ValueError(f'code="{shortened(code)}" is not the number of a character')
    return chr(number)


def _size(text: str, around: float) -> float:
    """Return a size of letters; with a sign it is added to the size around."""
    text = text.strip()
    return around + number(text) if text[:1] in {"+", "-"} else length(text)


def _relative(text: str | None, size: float, default: float) -> float:
    if text is None:
        return default
    text = text.strip()
    if text.endswith("%"):
        return share(text) * size
    return size + number(text) if text[:1] in {"+", "-"} else length(text)


def _capitalise(runs: list[Run]) -> None:
    """Write the first letter of each word large, also where a word goes over runs."""
    begins = True
    for run in runs:
        text = run.text
        if not text or run.kind != TEXT:
            continue
        at = 0 if text.startswith(" ") or begins else text.find(" ")
        text = text[:at] + text[at:].title() if at >= 0 else text
        begins = text.endswith(" ")
        run.text = text


def _greek(text: str) -> str:
    from reportlab.platypus.paraparser import _greekConvert

    return str(_greekConvert(text))
