"""Floor 2, edges: where the repeated parts of a Word template begin and end, as loops around rows, paragraphs or words.

A region is what stands between two marks, as TableStart and TableEnd make them. Both in one row of a table repeat the
row, in different rows all rows from one to the other, in different paragraphs these, in one paragraph what is between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from docgen.render.docx.fields.tree import Element
from docgen.render.docx.spot import w

_P, _TR, _TC = w("p"), w("tr"), w("tc")
#: Elements that do not count when a paragraph is looked at for content.
_SILENT = frozenset({w("pPr"), w("bookmarkStart"), w("bookmarkEnd"), w("proofErr"), w("lastRenderedPageBreak")})
_TAG = "docgen"


def tag(text: str) -> Element:
    """Return what becomes raw text of the part: a Jinja tag between elements."""
    return etree.ProcessingInstruction(_TAG, text)


def is_tag(node: Element) -> bool:
    """Tell whether a node is of `tag`."""
    return node.tag is etree.ProcessingInstruction and node.target == _TAG


def write_tags(markup: bytes) -> bytes:
    """Return the markup of a part with raw text for its tags."""
    pieces = markup.split(b"<?docgen ")
    return pieces[0] + b"".join(piece.replace(b"?>", b"", 1) for piece in pieces[1:])


@dataclass(frozen=True, eq=False)
class Marked:
    """A region between two marks, which are taken away by `enclose`."""

    begin: Element
    end: Element
    opening: str
    closing: str


def enclose(regions: Sequence[Marked]) -> list[Marked]:
    """Put the loops around regions, given in the order of their beginnings; return those that end where they cannot."""
    wrong = [region for region in regions if not _enclose(region)]
    for region in regions:
        for mark in (region.begin, region.end):
            if mark.getparent() is not None:
                mark.getparent().remove(mark)
    return wrong


def _enclose(region: Marked) -> bool:
    begins, ends = (list(reversed([mark, *mark.iterancestors()])) for mark in (region.begin, region.end))
    depth = next((at for at, pair in enumerate(zip(begins, ends, strict=False)) if pair[0] is not pair[1]), 0)
    if not depth:
        return False
    first, last = _outer(begins, ends, depth)
    if first is region.begin or first.getparent().tag == _P:
        if last.getparent().tag != _P:
            return False
        paragraph = first.getparent()
        if _content(paragraph)[:1] != [first] or _content(paragraph)[-1:] != [last] or not _may_repeat(paragraph):
            first.addprevious(tag(region.opening))
            last.addnext(tag(region.closing))
            return True
        first = last = paragraph
    first.addprevious(tag(region.opening))
    last.addnext(tag(region.closing))
    if first is not last:
        _drop_bare(first, region.begin)
        _drop_bare(last, region.end)
    return True


def _outer(begins: Sequence[Element], ends: Sequence[Element], depth: int) -> tuple[Element, Element]:
    """Return the first and the last element to repeat: children of what holds both marks, or a row that does."""
    first, last, holder = begins[depth], ends[depth], begins[depth - 1]
    if holder.tag == _TR:
        return holder, holder
    cell = next((one for one in reversed(begins[:depth]) if one.tag == _TC), None)
    if cell is not None and _is_whole_row(cell, begins[-1], ends[-1]):
        return cell.getparent(), cell.getparent()
    return first, last


def _is_whole_row(cell: Element, begin: Element, end: Element) -> bool:
    """Tell whether a cell is the only one of its row and a region all that it holds."""
    row = cell.getparent()
    if row.tag != _TR or sum(1 for one in row if one.tag == _TC) > 1 or end not in cell.iter():
        return False
    inside = [node for paragraph in cell.iter(_P) for node in _content(paragraph)]
    return bool(inside) and inside[0] is begin and inside[-1] is end


def _content(paragraph: Element) -> list[Element]:
    """Return the marks, and what shows, of a paragraph; tags of other regions do not count."""
    return [
        node for node in paragraph if node.tag not in _SILENT and not (is_tag(node) and node.text and "{" in node.text)
    ]


def _may_repeat(paragraph: Element) -> bool:
    look = paragraph.find(w("pPr"))
    return look is None or look.find(w("sectPr")) is None


def _drop_bare(block: Element, mark: Element) -> None:
    """Take away a paragraph that a mark stands in alone, unless its cell needs it."""
    if block.tag != _P or _content(block) != [mark] or not _may_repeat(block):
        return
    for node in list(block):
        if is_tag(node) and node is not mark:
            block.addprevious(node)
    container, following = block.getparent(), block.getnext()
    while following is not None and not isinstance(following.tag, str):
        following = following.getnext()
    if container.tag == _TC and following is None:
        closing = block.getnext()
        if closing is not None:
            block.addprevious(closing)  # it stays below the loop
        return
    container.remove(block)
