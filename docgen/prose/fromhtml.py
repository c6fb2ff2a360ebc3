"""Floor 1, rules: HTML as blocks: what editors, Word, Outlook and shops write, however badly it is closed.

Scripts, styles, comments, forms and what is hidden are left out; fonts and sizes are the template's. Nothing is
fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree, html

from docgen.errors import TemplateError
from docgen.pictures import read_picture
from docgen.prose.builder import clean_text, has_content
from docgen.prose.htmlparts import Container, Kind, number_of, numbers_of, span_of
from docgen.prose.htmlstyle import align_of, is_hidden, look_of, size_mm
from docgen.prose.model import (
    PLAIN,
    Align,
    Break,
    Cell,
    Code,
    Heading,
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
from docgen.prose.wordlists import WordItem, is_mark, level_of

_LONGEST = 10_000_000  # pictures may stand in it
_DEEPEST = 30
_SILENT = frozenset({
    "script", "style", "head", "title", "noscript", "template", "svg", "iframe", "object", "embed", "audio", "video",
    "canvas", "select", "datalist", "input", "frameset", "map",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "body", "caption", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "html", "legend", "li", "main", "nav",
    "p", "section", "summary", "tbody", "td", "tfoot", "th", "thead", "tr",
})  # fmt: skip
_VERBATIM = ("pre", "xmp", "listing", "plaintext")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
#: Smaller pictures are there to count readers.
_SMALLEST_MM = 0.6


def parse_html(text: str, find: FindPicture = no_pictures) -> Prose:
    """Return the blocks of a text.

    Args:
        text: a page or a piece of one.
        find: returns the files of pictures, and refuses others.

    Raises:
        LimitExceeded: it is too long, or nested too deeply.
    """
    Meter.check_length(text, _LONGEST)
    source = clean_text(text).encode()
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = html.document_fromstring(source, parser=parser)
    except etree.ParserError:  # there is nothing in it
        return ()
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):  # the rest was dropped
        raise too_deep()
    return _Reader(find).read(root)


@dataclass(frozen=True, slots=True)
class _State:
    """What an element's children inherit."""

    look: Look = PLAIN
    link: str = ""
    align: Align = ""
    heading: int = 0
    item: int = 0  # level of an item of Word's
    mark: str = ""  # what stands before it
    opened: bool = False  # this element has a container of its own


class _Reader:
    """Walks through the elements without recursion: HTML that nobody closes is as deep as it is long.

    The library itself reads 2,000 elements within each other, and drops the rest.
    """

    def __init__(self, find: FindPicture) -> None:
        self._find = find
        self._meter = Meter()
        self._open = [Container()]
        self._states = [_State()]

    def read(self, root: etree._Element) -> Prose:
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            if event == "start":
                self._meter.charge()
                if self._begin(node):
                    self._write(node.text)
                else:
                    walk.skip_subtree()
            else:
                self._end(node)
                if node is not root:
                    self._write(node.tail)
        self._end_line()
        return self._here.take_blocks()

    @property
    def _here(self) -> Container:
        return self._open[-1]

    @property
    def _state(self) -> _State:
        return self._states[-1]

    def _write(self, text: str | None) -> None:
        if text:
            self._here.line.flow(text, self._state.look, self._state.link)

    # --- elements ------------------------------------------------------------------------------

    def _begin(self, node: etree._Element) -> bool:
        """Begin an element, and return whether to go into it. Each one that begins ends."""
        tag, attributes, state = str(node.tag), node.attrib, self._state
        if tag in _SILENT or is_hidden(attributes):
            self._states.append(state)
            return False
        look, align = look_of(tag, attributes, state.look), align_of(tag, attributes, state.align)
        self._states.append(replace(state, look=look, align=align, opened=False))
        if state.item and is_mark(attributes.get("style", "")):
            self._set_mark("".join(node.itertext()))
            return False
        special = getattr(self, f"_at_{tag}", None)
        if special is not None:
            special(node)
        elif tag in _HEADINGS:
            self._end_line()
            self._change(heading=int(tag[1]))
        elif tag in _BLOCKS:
            self._end_line()
        elif tag in _VERBATIM:
            self._verbatim(node)
            return False
        return True

    def _end(self, node: etree._Element) -> None:
        tag = str(node.tag)
        silent = tag in _SILENT or is_hidden(node.attrib)
        special = getattr(self, f"_after_{tag}", None)
        if special is not None and not silent:
            special(node)
        elif (tag in _BLOCKS or tag in _HEADINGS) and not silent:
            self._end_line()
        self._states.pop()

    def _change(self, **changes: object) -> None:
        self._states[-1] = replace(self._state, **changes)  # type: ignore[arg-type]

    def _end_line(self) -> None:
        """Make a block of the text since the last one, unless it says nothing."""
        content = self._here.line.take_flow()
        if not has_content(content):
            return
        state = self._state
        if state.mark:
            self._here.blocks.append(WordItem(state.item, state.mark, content))
            self._change(mark="")
        elif state.heading:
            self._here.blocks.append(Heading(state.heading, content, state.align))
        else:
            self._here.blocks.append(Paragraph(content, state.align))

    def _push(self, kind: Kind = "flow", start: int = 1) -> None:
        if len(self._open) > _DEEPEST:
            raise too_deep()
        self._open.append(Container(kind, start=start))
        self._change(heading=0, item=0, mark="", opened=True)

    def _pop(self) -> Container:
        self._end_line()
        return self._open.pop()

    # --- in the line ---------------------------------------------------------------------------

    def _at_br(self, _: etree._Element) -> None:
        self._here.line.add(Break())

    def _at_a(self, node: etree._Element) -> None:
        self._change(link=clean_link(node.get("href") or "") or self._state.link)

    def _at_q(self, _: etree._Element) -> None:
        self._write("“")

    def _after_q(self, _: etree._Element) -> None:
        self._write("”")

    def _at_img(self, node: etree._Element) -> None:
        width, height = size_mm(node.attrib, "width"), size_mm(node.attrib, "height")
        if any(size is not None and size < _SMALLEST_MM for size in (width, height)):
            return
        alt = " ".join((node.get("alt") or "").split())
        source = self._picture(node.get("src") or "")
        if source is not None:
            self._here.line.add(Picture(source, alt, width, height, self._state.link))
        elif alt:
            self._here.line.add(Text(alt, self._state.look, self._state.link))

    def _picture(self, name: str) -> Path | bytes | str | None:
        """Return a picture, None where there is none: who wrote the text cannot know what the folder holds."""
        try:
            source = find_source(name, self._find)
            if source is not None and not isinstance(source, str):
                read_picture(source)
        except (FileNotFoundError, TemplateError):
            return None
        return source

    # --- blocks --------------------------------------------------------------------------------

    def _at_p(self, node: etree._Element) -> None:
        self._end_line()
        level = level_of(node.get("style") or "")
        if level:
            self._change(item=level, mark="·")

    def _set_mark(self, mark: str) -> None:
        """Tell the paragraph of an item what stands before it."""
        for index in range(len(self._states) - 1, 0, -1):
            self._states[index] = replace(self._states[index], mark=mark)
            if not self._states[index - 1].item:
                break

    def _at_hr(self, _: etree._Element) -> None:
        self._end_line()
        self._here.blocks.append(Rule())

    def _verbatim(self, node: etree._Element) -> None:
        self._end_line()
        for line_break in node.iter("br"):
            line_break.tail = "\n" + (line_break.tail or "")
        text = "".join(node.itertext()).removeprefix("\n").rstrip()
        if text.strip():
            self._here.blocks.append(Code(text))

    def _at_blockquote(self, _: etree._Element) -> None:
        self._end_line()
        self._push()

    def _after_blockquote(self, _: etree._Element) -> None:
        blocks = self._pop().take_blocks()
        if blocks:
            self._here.blocks.append(Quote(blocks))

    # --- lists ---------------------------------------------------------------------------------

    def _at_ul(self, _: etree._Element) -> None:
        self._end_line()
        self._push("list")

    def _at_ol(self, node: etree._Element) -> None:
        self._end_line()
        self._push("list", start=number_of(node, "start", 1))

    def _at_li(self, node: etree._Element) -> None:
        self._end_line()
        if self._here.kind != "list":
            return
        self._adopt()
        here = self._here
        expected = here.start + len(here.items)
        number = number_of(node, "value", expected)
        if number != expected:
            self._put_list(node.iterancestors("ol", "ul").__next__())
            here.start = number
        self._push()

    def _after_li(self, node: etree._Element) -> None:
        if not self._state.opened:
            self._end_line()
            return
        blocks = self._pop().take_blocks()
        if blocks:
            self._here.items.append(Item(blocks))

    def _adopt(self) -> None:
        self._end_line()
        self._here.adopt()

    def _put_list(self, node: etree._Element) -> None:
        here = self._here
        if not here.items:
            return
        ordered = node.tag == "ol"
        numbers = numbers_of(node) if ordered else ""
        self._open[-2].blocks.append(Listing(tuple(here.items), ordered, here.start if ordered else 1, numbers))
        here.items = []

    def _after_ul(self, node: etree._Element) -> None:
        self._adopt()
        self._put_list(node)
        self._open.pop()

    _after_ol = _after_ul

    # --- tables --------------------------------------------------------------------------------

    def _at_table(self, node: etree._Element) -> None:
        self._end_line()
        self._push("flow" if node.get("role") in ("presentation", "none") else "table")

    def _after_table(self, _: etree._Element) -> None:
        made = self._pop()
        self._here.blocks += made.take_blocks()
        made.end_row()
        table = make_table(made.rows, made.head or made.heading_rows, self._meter)
        if table.rows:
            self._here.blocks.append(table)

    def _at_tr(self, _: etree._Element) -> None:
        self._end_line()
        self._here.end_row()

    def _after_tr(self, node: etree._Element) -> None:
        self._end_line()
        here = self._here
        if here.kind != "table":
            return
        here.end_row(keep_empty=True)
        parent = node.getparent()
        if parent is not None and parent.tag == "thead" and here.head == len(here.rows) - 1:
            here.head += 1

    def _at_td(self, _: etree._Element) -> None:
        self._end_line()
        if self._here.kind == "table":
            self._push()

    _at_th = _at_td

    def _after_td(self, node: etree._Element) -> None:
        if not self._state.opened:
            self._end_line()
            return
        blocks = self._pop().take_blocks()
        align = align_of(str(node.tag), node.attrib, "")
        cell = Cell(blocks, span_of(node, "colspan"), span_of(node, "rowspan"), node.tag == "th", align)
        self._here.row.append(cell)

    _after_th = _after_td
