"""Floor 2, edges: a company's stationery under a page: decoration, drawn once for all pages of a run."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from docgen.render.pdf.layout.blocks import Ink, Sheet
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.resources import Stationery
from docgen.render.pdf.papers import read_letterhead
from docgen.render.pdf.stationery import open_stationery


def draw_letterhead(element: etree._Element, sheet: Sheet, maker: Maker) -> None:
    """Draw the page of a `<letterhead>` that lies under a sheet.

    Raises:
        TemplateError: the stationery cannot be archived.
    """
    says = read_letterhead(element)
    path = Path(says.pdf)
    paper = open_stationery(path)
    page = says.under(sheet.number + 1, paper.pages)
    if page is None:
        return
    picture = paper.picture(page)
    name = maker.store.add(Stationery(paper.digest, page, path))
    sheet.put(Ink(f"/{name} Do\n", resources=frozenset({name})), -picture.left, -picture.bottom)
