"""Floor 2, edges: which element of a story makes which block: the one table of what the compiled path can lay out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from docgen.render.body import words
from docgen.render.pdf.drawing import borrowed, codes, graphics, pictures
from docgen.render.pdf.layout import actions, beside, keeping, lists, paraelement, parapre, placed, tables, turnover
from docgen.render.pdf.layout.attributes import length
from docgen.render.pdf.layout.blocks import Block, Spacer
from docgen.render.pdf.layout.maker import Builder, Maker, needed


def _spacer(element: etree._Element, maker: Maker) -> Iterable[Block]:
    yield Spacer(length(element.get("width", "100")), length(needed(element, "length")))


#: element of a story -> who makes its blocks
BUILDERS: Mapping[str, Builder] = {
    **dict.fromkeys(("para", "title", "h1", "h2", "h3", "h4", "h5", "h6"), paraelement.build),
    "pre": parapre.build_pre,
    "xpre": parapre.build_xpre,
    "spacer": _spacer,
    "blockTable": tables.build,
    "nextPage": actions.next_page,
    "nextFrame": actions.next_frame,
    "setNextFrame": actions.set_next_frame,
    "setNextTemplate": actions.set_next_template,
    "condPageBreak": actions.room_break,
    "indent": actions.indent,
    "bookmarkPage": actions.page_bookmark,
    "bookmark": actions.place_bookmark,
    "outlineAdd": actions.outline,
    "namedString": actions.named_string,
    "name": actions.name,
    "keepTogether": keeping.keep_together,
    "keepInFrame": keeping.keep_in_frame,
    "fixedSize": keeping.fixed_size,
    "topPadder": keeping.top_padder,
    "pto": turnover.build,
    "hr": placed.rule,
    "link": placed.link,
    "storyPlace": placed.story_place,
    "imageAndFlowables": beside.build,
    "ol": lists.build,
    "ul": lists.build,
    "img": pictures.build,
    "qr": codes.build_code,
    "dataMatrix": codes.build_code,
    "barCodeFlowable": borrowed.build_bar_code,
    "chart": borrowed.build_chart,
    "illustration": graphics.build_illustration,
}

#: What only z3c.rml draws: documents of drawings alone, fonts by other names than their own, indexes, pages of other
#: PDFs among one's own, notes, listings in colour. A body with one of these goes to the reference path.
REFERENCE_ONLY = words(
    """
    pageInfo pageDrawing cropMarks registerTTFont registerType1Face registerFont registerFontFamily addMapping
    startIndex showIndex index mergePage includePdfPages textAnnotation param codesnippet
    """
)


def lays_out(tags: Iterable[str]) -> bool:
    """Return whether the compiled path knows every element of a body that passed `safety`."""
    return REFERENCE_ONLY.isdisjoint(tags)
