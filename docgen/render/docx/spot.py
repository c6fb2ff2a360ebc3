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
from docgen.render.docx.package import Story
from docgen.rich import Made

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

#: Begins and ends a token; private-use characters that `clean` takes out of values.
OPEN, CLOSE = "\ue0f0", "\ue0f1"
_TOKEN = re.compile(f"{OPEN}(\\d+){CLOSE}")
#: What runs may stand in.
_RUN_PARENTS = ("p", "hyperlink", "ins", "del", "smartTag", "fldSimple")


def w(name: str) -> str:
    """Return a name in Word's namespace, as lxml writes it."""
    return f"{{{W}}}{name}"


class RichValue(Protocol):
    """A value that becomes elements."""

    def place(self, spot: Spot) -> None:
        """Put the elements where the token stood, by `spot.inline` or `spot.blocks`."""
        ...


class ReplacesPicture(Protocol):
    """A value that may stand in a picture's alternative text: it takes the place of the picture."""

    def replace(self, holder: etree._Element, story: Story) -> None:
        """Change a `<w:drawing>`, a `<pic:pic>` of a group, or a `<w:pict>`."""
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
        before = _begin_of(self.paragraph, self.run)
        if before is not None:
            self.paragraph.addprevious(before)
        for element in elements:
            self.paragraph.addprevious(element)
        self.paragraph.set("docgen-replaced", "1")


def _begin_of(paragraph: etree._Element, run: etree._Element) -> etree._Element | None:
    """Cut off what stands before a run, as a paragraph; None where nothing does."""
    top = run
    while top.getparent() is not paragraph:
        top = top.getparent()
    leading = [node for node in top.itersiblings(preceding=True) if node.tag != w("pPr")]
    if not any(node.tag == w("r") or node.find(f".//{w('r')}") is not None for node in leading):
        return None
    begin = etree.Element(w("p"))
    look = paragraph.find(w("pPr"))
    if look is not None:
        begin.append(copy.deepcopy(look))
        for node in begin.iter(w("sectPr")):
            node.getparent().remove(node)
    for node in reversed(leading):
        begin.append(node)
    return begin


def fill(root: etree._Element, story: Story, values: Sequence[RichValue]) -> None:
    """Replace the tokens of one part, in place.

    Args:
        root: the part's tree.
        story: the part.
        values: what `leave` was given in this rendering.
    """
    _wrap_bare(root)
    replaced: set[etree._Element] = set()
    for node in root.xpath("//*[@*[contains(., $mark)]]", mark=OPEN):
        value, holder = _take_tokens(node, values), _holder(node)
        if value is not None and holder is not None and holder not in replaced:
            replaced.add(holder)
            _replace(value, holder, story)
    for node in [node for node in root.iter(w("t")) if OPEN in (node.text or "")]:
        _fill_text(node, story, values)


def _wrap_bare(root: etree._Element) -> None:
    """Put tokens into runs where `{{r }}` and `{{p }}` took run or paragraph away."""
    for node in list(root.iter(etree.Element)):
        if node.tag != w("t") and OPEN in (node.text or ""):
            bare, node.text = node.text, None
            node.insert(0, _run_for(bare, node))
        if OPEN in (node.tail or ""):
            bare, node.tail = node.tail, None
            node.addnext(_run_for(bare, node.getparent()))


def _run_for(text: str, container: etree._Element) -> etree._Element:
    run = etree.Element(w("r"))
    etree.SubElement(run, w("t")).text = text.strip()
    if container.tag in {w(name) for name in _RUN_PARENTS}:
        return run
    paragraph = etree.Element(w("p"))
    paragraph.append(run)
    return paragraph


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
    following = list(text.itersiblings())
    run.remove(text)
    if all(node.tag == w("rPr") for node in run) and not following:
        run.getparent().remove(run)
    if spot.paragraph.get("docgen-replaced"):
        _drop(spot.paragraph)


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


def _drop(paragraph: etree._Element) -> None:
    """Remove a paragraph that blocks have replaced, unless other content is left in it."""
    del paragraph.attrib["docgen-replaced"]
    look = paragraph.find(w("pPr"))
    left = [node for node in paragraph if node is not look]
    ends_section = look is not None and look.find(w("sectPr")) is not None
    container = paragraph.getparent()
    before = paragraph.getprevious()
    needed = container.tag == w("tc") and paragraph.getnext() is None and (before is None or before.tag != w("p"))
    if not left and not ends_section and not needed:
        container.remove(paragraph)
