"""Floor 2, edges: how wide the text is where something is put into it. Changes nothing.

Which section a block belongs to is looked up once for all blocks of a text: a document of thousands of pictures asks
for each. What is put in later stands before a block that is known.
"""

from __future__ import annotations

from lxml import etree

from docgen.render.docx.package import Story
from docgen.render.docx.spot import w
from docgen.render.docx.writing.stylesheet import number

_CELL_MARGINS = 216  # twips, left and right together, as Word sets them
_COLUMN_SPACE = 720
#: Texts that are on their way at once: clauses in clauses.
_NESTED = 10
_Known = dict[etree._Element, etree._Element | None]


def room_twips(paragraph: etree._Element, story: Story) -> int | None:
    """Return the width in twips, None where it is not easily known."""
    for holder in paragraph.iterancestors(w("tc"), w("txbxContent")):
        return _cell_width(holder) if holder.tag == w("tc") else None
    section = section_of(paragraph, story)
    return _text_width(section) if section is not None else None


def _cell_width(cell: etree._Element) -> int | None:
    width = cell.find(f"{w('tcPr')}/{w('tcW')}")
    said = number(width, "w") if width is not None and width.get(w("type"), "dxa") == "dxa" else None
    said = said or _grid_width(cell)
    return said - _CELL_MARGINS if said is not None and said > _CELL_MARGINS else None


def _grid_width(cell: etree._Element) -> int | None:
    row = cell.getparent()
    table = next(cell.iterancestors(w("tbl")), None)
    grid = table.find(w("tblGrid")) if table is not None else None
    if grid is None or row is None:
        return None
    first = sum(_columns(before) for before in cell.itersiblings(w("tc"), preceding=True))
    widths = [number(column, "w") for column in grid.findall(w("gridCol"))][first : first + _columns(cell)]
    return sum(width or 0 for width in widths) or None


def _columns(cell: etree._Element) -> int:
    return number(cell.find(f"{w('tcPr')}/{w('gridSpan')}"), "val") or 1


def section_of(paragraph: etree._Element, story: Story) -> etree._Element | None:
    """Return the section of a paragraph; of one in a header or note, the first of the body."""
    if story.part != story.assembly.package.main:
        return _first_section(story)
    top = paragraph
    while top.getparent() is not None and top.getparent().tag != w("body"):
        top = top.getparent()
    known = _sections(top, story)
    passed: list[etree._Element] = []
    block: etree._Element | None = top
    while block is not None and block not in known:
        passed.append(block)
        if (ends := _end(block)) is not None:
            known[block] = ends
            break
        block = block.getnext()
    found = known[block] if block is not None else None
    known.update(dict.fromkeys(passed, found))
    return found


def _end(block: etree._Element) -> etree._Element | None:
    """Return the section that ends with a block."""
    return block if block.tag == w("sectPr") else block.find(f"{w('pPr')}/{w('sectPr')}")


def _first_section(story: Story) -> etree._Element | None:
    memory, main = story.assembly.memory, story.assembly.package.main
    if "first section" not in memory:
        memory["first section"] = next(story.assembly.tree(main).iter(w("sectPr")), None)
    found: etree._Element | None = memory["first section"]
    return found


def _sections(top: etree._Element, story: Story) -> _Known:
    """Return the sections of the blocks of a text: the document's own, or that of a clause that is on its way there."""
    texts: dict[etree._Element, _Known] = story.assembly.memory.setdefault("sections", {})
    body = top.getparent() if top.getparent() is not None else top
    texts[body] = known = texts.pop(body, {})
    if len(texts) > _NESTED:
        del texts[next(iter(texts))]
    return known


def _text_width(section: etree._Element) -> int | None:
    size, margins, columns = (section.find(w(name)) for name in ("pgSz", "pgMar", "cols"))
    page = number(size, "w")
    if page is None:
        return None
    width = page - sum(number(margins, name) or 0 for name in ("left", "right", "gutter"))
    count = max(1, number(columns, "num") or 1)
    space = number(columns, "space")
    width = (width - (count - 1) * (_COLUMN_SPACE if space is None else space)) // count
    return width if width > 0 else None
