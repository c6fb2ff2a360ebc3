"""Floor 2, edges: a story poured into the frames of page templates."""

from __future__ import annotations

from lxml import etree

from docgen.render.pdf.layout.attributes import page_size, relative
from docgen.render.pdf.layout.maker import Maker


def lay_out(root: etree._Element, maker: Maker) -> None:
    """Lay out the document of a checked RML tree: fills `maker.document`.

    Raises:
        TemplateError: an element says something wrong, or does not fit any frame.
    """
    template = root.find("template")
    width, height = page_size(template.get("pagesize") or template.get("pageSize") or "A4")
    frame = template.find("pageTemplate/frame")
    left, bottom = relative(frame.get("x1"), width), relative(frame.get("y1"), height)
    room, top = relative(frame.get("width"), width), relative(frame.get("height"), height) + bottom
    sheet, y = maker.document.new_sheet(width, height), top
    for block in maker.flow(root.find("story")):
        _, used = block.wrap(room, y - bottom)
        y -= used
        block.draw(sheet, left, y)
