"""Floor 2, edges: how values that are no plain text get into a Word text.

A template may print such a value anywhere, so printing leaves a token, and when the merged part is a tree again, the
token becomes elements: `fill` calls the value's `place` with the `Spot` where it stood. Knows no value of its own.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from lxml import etree
from markupsafe import Markup

from docgen.errors import TemplateError
from docgen.limits import current_work
from docgen.render.docx.package import Story
from docgen.rich import Made

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

#: Begins and ends a token; private-use characters that `clean` takes out of values.
OPEN, CLOSE = "\ue0f0", "\ue0f1"
_TOKEN = re.compile(f"{OPEN}(\\d+){CLOSE}")


def w(name: str) -> str:
    """Return a name in Word's namespace, as lxml writes it."""
    return f"{{{W}}}{name}"


def _names(words: str) -> frozenset[str]:
    return frozenset(map(w, words.split()))


#: What stands around runs in a paragraph; it can be parted, and without runs it says nothing.
_WRAPPERS = _names("hyperlink ins del moveFrom moveTo smartTag fldSimple sdt sdtContent customXml dir bdo")
_PROPERTIES = _names("pPr rPr sdtPr sdtEndPr smartTagPr customXmlPr")
#: Marks that mean a place or the end of a range: they say nothing, and must not get lost.
_MARKS = _names(
    "bookmarkStart bookmarkEnd permStart permEnd commentRangeStart commentRangeEnd moveFromRangeStart moveFromRangeEnd "
    "moveToRangeStart moveToRangeEnd"
)
#: Places of plain text, in words.
_PLAIN = {"instrText": "a field's code", "t": "a formula or a drawing", "tbl": "a table between its rows"}
_SILENT = _PROPERTIES | _MARKS | _names("proofErr lastRenderedPageBreak")
#: What blocks may stand in. Of what stands in either, as a content control, the elements around it tell.
_BLOCK_PARENTS = _names("body tc hdr ftr footnote endnote comment txbxContent docPartBody")
_EITHER = _names("sdtContent ins moveTo smartTag customXml")
_RUN_PARENTS = _names("p hyperlink ins moveTo smartTag fldSimple sdtContent customXml dir bdo")


class RichValue(Protocol):
    """A value that becomes elements."""

    def place(self, spot: Spot) -> None:
        """Put the elements where the token stood, by `spot.inline` or `spot.blocks`."""
        ...


_values: ContextVar[list[RichValue]] = ContextVar("docgen_word_values")


@contextmanager
def collecting() -> Iterator[list[RichValue]]:
    """Keep the values of one rendering."""
    values: list[RichValue] = []
    token = _values.set(values)
    try:
        yield values
    finally:
        _values.reset(token)


def leave(value: RichValue) -> Markup:
    """Return the token that stands for a value until `fill`."""
    values = _values.get()
    values.append(value)
    return Made(f"{OPEN}{len(values) - 1}{CLOSE}")


class Spot:
    """The place of one token: in a run of a paragraph of a part.

    Attributes:
        story: the part: what links, pictures and other parts hang on.
        run: the `<w:r>` the token stands in.
        paragraph: the `<w:p>` around it.
    """

    def __init__(self, story: Story, text: etree._Element) -> None:
        self.story = story
        self.run: etree._Element = text.getparent()
        self.paragraph: etree._Element = next(self.run.iterancestors(w("p")))
        self._replaced = False
        self._last: etree._Element | None = None

    @property
    def look(self) -> etree._Element | None:
        """A copy of the run's `<w:rPr>`, None where it has none."""
        return copy.deepcopy(self.run.find(w("rPr")))

    @property
    def paragraph_look(self) -> etree._Element | None:
        """A copy of the paragraph's `<w:pPr>`, without a section's end, None where it has none."""
        look = copy.deepcopy(self.paragraph.find(w("pPr")))
        for name in ("sectPr", "pPrChange"):
            for node in look.findall(w(name)) if look is not None else ():
                look.remove(node)
        return look

    def text_run(self, text: str, look: etree._Element | None = None) -> etree._Element:
        """Return a new `<w:r>` that says `text` in the look given, the run's own by default."""
        run = etree.Element(w("r"))
        look = self.look if look is None else look
        if look is not None and len(look):
            run.append(look)
        node = etree.SubElement(run, w("t"))
        node.set(_SPACE, "preserve")
        node.text = text
        return run

    def inline(self, *elements: etree._Element) -> None:
        """Put runs, hyperlinks and the like where the token stands, after what is there already."""
        for element in elements:
            self.run.addprevious(element)

    def blocks(self, *elements: etree._Element) -> None:
        """Put paragraphs and tables here: what stands before the token stays a paragraph before them.

        In a table's cell the last block must be a paragraph; one is added after a table where it is needed.
        """
        begin = _begin_of(self.paragraph, self.run)
        if _speaks(begin):
            self.paragraph.addprevious(begin)
        for element in elements:
            self.paragraph.addprevious(element)
        if begin.getparent() is None:
            self._lead(_marks(begin), elements[0] if elements else self.paragraph)
        self._last = elements[-1] if elements else None
        self._replaced = True

    def _lead(self, marks: Sequence[etree._Element], first: etree._Element) -> None:
        """Put marks before the content of a block; of marks, comments alone need a paragraph."""
        if first.tag != w("p") and not any(mark.tag == w("r") for mark in marks):
            for mark in marks:
                first.addprevious(mark)
            return
        first = first if first.tag == w("p") else self.paragraph
        look = first.find(w("pPr"))
        place = 0 if look is None else first.index(look) + 1
        first[place:place] = marks

    def close(self) -> None:
        """Remove the paragraph where blocks have replaced it, unless other content is left in it."""
        paragraph, container = self.paragraph, self.paragraph.getparent()
        if not self._replaced or _speaks(paragraph) or paragraph.find(f"{w('pPr')}/{w('sectPr')}") is not None:
            return
        before = paragraph.getprevious()
        if container.tag == w("tc") and paragraph.getnext() is None and (before is None or before.tag != w("p")):
            return
        marks = _marks(paragraph)
        if self._last is not None and self._last.tag == w("p"):
            self._last.extend(marks)
        elif any(mark.tag == w("r") for mark in marks):
            return
        for mark in marks if self._last is None or self._last.tag != w("p") else ():
            paragraph.addprevious(mark)
        container.remove(paragraph)


def _speaks(node: etree._Element) -> bool:
    """Tell whether there is content in a paragraph, or in a part of one, and not only marks and what is around it."""
    for child in node.iterchildren(etree.Element):
        if child.tag in _WRAPPERS or child.tag == w("r"):
            if not _is_comment(child) and _speaks(child):
                return True
        elif child.tag not in _SILENT and (child.tag != w("t") or child.text):
            return True
    return False


def _is_comment(run: etree._Element) -> bool:
    """Tell whether a run is nothing but the place of a comment."""
    return run.find(w("commentReference")) is not None and run.find(w("t")) is None


def _marks(paragraph: etree._Element) -> list[etree._Element]:
    return [node for node in paragraph.iter(*_MARKS, w("r")) if node.tag != w("r") or _is_comment(node)]


def _begin_of(paragraph: etree._Element, run: etree._Element) -> etree._Element:
    """Cut off what stands before a run, as a paragraph; what is around the run is parted too."""
    top = run
    for around in run.iterancestors():
        if around is paragraph:
            break
        if around.tag not in _WRAPPERS:
            top = around
    cut = _take_before(top)
    while (around := top.getparent()) is not paragraph:
        if cut:
            cut = [_begun(around, cut)]
        cut = _take_before(around) + cut
        top = around
    begin = etree.Element(w("p"))
    look = paragraph.find(w("pPr"))
    if look is not None:
        begin.append(copy.deepcopy(look))
        for node in list(begin.iter(w("sectPr"))):
            node.getparent().remove(node)
    begin.extend(cut)
    return begin


def _take_before(node: etree._Element) -> list[etree._Element]:
    return [one for one in node.itersiblings(preceding=True) if one.tag not in _PROPERTIES][::-1]


def _begun(around: etree._Element, content: Sequence[etree._Element]) -> etree._Element:
    """Return a link, a control or the like as around what follows it, with the content given."""
    begun = etree.Element(around.tag, dict(around.attrib))
    begun.extend(copy.deepcopy(node) for node in around if node.tag in _PROPERTIES)
    for identity in begun.findall(f"{w('sdtPr')}/{w('id')}"):  # no two controls have one id
        identity.getparent().remove(identity)
    begun.extend(content)
    return begun


def fill(root: etree._Element, story: Story, values: Sequence[RichValue]) -> None:
    """Replace the tokens of one part, in place.

    Args:
        root: the part's tree.
        story: the part.
        values: what `leave` was given in this rendering.

    Raises:
        TemplateError: a token stands where there can be plain text only.
        LimitExceeded: the rendering's time is over.
    """
    _wrap_bare(root)
    replaced: set[etree._Element] = set()
    check_time = current_work().check_time
    for node in root.xpath("//*[@*[contains(., $mark)]]", mark=OPEN):
        check_time()
        value, holder = _take_tokens(node, values), _holder(node)
        if value is not None and holder is not None and holder not in replaced:
            replaced.add(holder)
            _replace(value, holder, story)
    for node in [node for node in root.iter(w("t")) if OPEN in (node.text or "")]:
        check_time()
        _fill_text(node, story, values)


def _wrap_bare(root: etree._Element) -> None:
    """Put tokens into runs where `{{r }}` and `{{p }}` took run or paragraph away."""
    for node in list(root.iter(etree.Element)):
        if node.tag != w("t") and OPEN in (node.text or ""):
            bare, node.text = node.text, None
            for run in _run_for(bare, node):
                node.insert(0, run)
        if OPEN in (node.tail or ""):
            bare, node.tail = node.tail, None
            for run in _run_for(bare, node.getparent()):
                node.addnext(run)


def _run_for(text: str, container: etree._Element) -> list[etree._Element]:
    """Return what a token becomes: a run or a paragraph, nothing in text that was deleted."""
    if container.tag == w("delText"):
        return []
    run = etree.Element(w("r"))
    etree.SubElement(run, w("t")).text = text.strip()
    if _holds_blocks(container):
        paragraph = etree.Element(w("p"))
        paragraph.append(run)
        return [paragraph]
    if container.tag in _RUN_PARENTS:
        return [run]
    name = etree.QName(container).localname
    place = _PLAIN.get(name, f"<{name}>")
    raise TemplateError(f"only plain text can stand in {place}", hint="print the value in the text, or as plain text")


def _holds_blocks(container: etree._Element) -> bool:
    while container is not None and container.tag in _EITHER:
        container = container.getparent()
        container = container.getparent() if container is not None and container.tag == w("sdt") else container
    return container is not None and container.tag in _BLOCK_PARENTS


def _take_tokens(node: etree._Element, values: Sequence[RichValue]) -> RichValue | None:
    """Take the tokens out of an element's attributes, and return the value of the first."""
    found: list[str] = []
    for name, text in node.attrib.items():
        if OPEN in text:
            found += _TOKEN.findall(text)
            node.set(name, _TOKEN.sub("", text).strip())
    return values[int(found[0])] if found and int(found[0]) < len(values) else None


def _replace(value: RichValue, holder: etree._Element, story: Story) -> None:
    replace = getattr(value, "replace", None)
    if replace is None:
        raise TemplateError("only a picture can take the place of a picture", hint="use image, or plain text")
    replace(holder, story)


def _holder(node: etree._Element) -> etree._Element | None:
    """Return what an element with alternative text describes: a drawing, one of a group, or an older picture."""
    drawing = next(node.iterancestors(w("drawing")), None)
    if drawing is None:
        return next(node.iterancestors(w("pict"), w("object")), None)
    if etree.QName(node).localname != "cNvPr":
        return drawing
    whole = next(node.iterancestors("{*}pic", "{*}wsp"), drawing)
    return drawing if etree.QName(whole.getparent()).localname == "graphicData" else whole


def _fill_text(text: etree._Element, story: Story, values: Sequence[RichValue]) -> None:
    _part_run(text)
    spot = Spot(story, text)
    for index, piece in enumerate(_TOKEN.split(text.text or "")):
        if index % 2 == 0:
            if piece:
                spot.inline(spot.text_run(piece))
        elif int(piece) < len(values):
            values[int(piece)].place(spot)
    run = spot.run
    run.remove(text)
    if all(node.tag == w("rPr") for node in run):
        run.getparent().remove(run)
    spot.close()


def _part_run(text: etree._Element) -> None:
    """Give what stands before a text in its run a run of its own."""
    run = text.getparent()
    leading = [node for node in text.itersiblings(preceding=True) if node.tag != w("rPr")]
    if leading:
        begin = etree.Element(w("r"))
        look = run.find(w("rPr"))
        if look is not None:
            begin.append(copy.deepcopy(look))
        begin.extend(reversed(leading))
        run.addprevious(begin)
