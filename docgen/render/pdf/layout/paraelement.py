"""Floor 2, edges: `<para>` and headings as paragraphs: their style, their role, and whether there is markup in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree

from docgen.render.pdf.layout.blocks import Block
from docgen.render.pdf.layout.inline import MOVING, count_inside
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.paragraph import Paragraph
from docgen.render.pdf.layout.paraheard import HeardParagraph
from docgen.render.pdf.layout.paraplain import PlainParagraph, is_more_than_text, text_of
from docgen.render.pdf.layout.parastyle import ParaStyle, find, span_values, with_attributes

_STYLES = {"title": "Title", **{f"h{level}": f"Heading{level}" for level in range(1, 7)}}
_ROLES = {"title": "H1", **{f"h{level}": f"H{level}" for level in range(1, 7)}}
#: So many elements of different attributes are remembered.
_KEPT = 1_000


def build(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the paragraph of a `<para>`, a heading or a `<title>`."""
    says = (element.tag, *element.items())
    known = maker.styles.elements.get(says)
    if known is None:
        known = _read(says, maker)
    style, role, may_be_plain = known
    text = text_of(element) if may_be_plain else None
    if text is not None:
        if maker.ear is not None and element in maker.ear.texts and (role == "P" or not is_more_than_text(text)):
            return (HeardParagraph(style, maker, role, element, text),)
        if role == "P":
            return (PlainParagraph(style, maker, element, text),)
        if not is_more_than_text(text):
            return (Paragraph(style, maker, role, text),)
    return (_with_markup(element, style, maker, role),)


def _read(says: tuple[str, *tuple[tuple[str, str], ...]], maker: Maker) -> tuple[ParaStyle, str, bool]:
    """Return style and role of an element that says this, and whether it may be text alone."""
    tag, *items = says
    style = style_of(tag, items, maker)
    role = f"H{style.heading}" if style.heading else _ROLES.get(tag, "P")
    known = maker.styles.elements
    if len(known) >= _KEPT:
        known.clear()
    found = known[says] = style, role, not dict(items).get("bulletText")
    return found


def _with_markup(element: etree._Element, style: ParaStyle, maker: Maker, role: str) -> Paragraph:
    counted = count_inside(element, maker.document.sequencer)
    key = _key_of(element, maker, counted)
    moving = {child.tag for child in element.iter() if child.tag in MOVING}
    paragraph = Paragraph(style, maker, role, "" if moving else key, element, counted)
    if "name" not in moving:  # which gives names as it is read
        paragraph._pattern = key
    return paragraph


def _key_of(element: etree._Element, maker: Maker, counted: Sequence[str]) -> str:
    """Return what tells a paragraph with markup from others, what its elements refer to by name included."""
    text = "<" + etree.tostring(element, encoding="unicode", with_tail=False)
    named = [each.get("style") for each in element.iter("span")] if "<span" in text else ()
    styles = [repr(span_values(find(name, maker.styles))) for name in named if name]
    return "\0".join([text, *counted, *styles])


def style_of(tag: str, items: Sequence[tuple[str, str]], maker: Maker) -> ParaStyle:
    """Return the style of an element with what its attributes change. Raises ValueError."""
    name, others = "", False
    for attribute, text in items:
        if attribute == "style":
            name = text
        else:
            others = True
    known = maker.styles.paragraphs
    name = name or _STYLES.get(tag, "Normal")
    style = known.get(name)
    if style is None or not isinstance(style, ParaStyle):
        found = find(name, maker.styles)
        if not isinstance(found, ParaStyle):
            raise ValueError(f'"{name}" is a style of spans')
        style = found
    return with_attributes(style, items, maker.styles) if others else style
