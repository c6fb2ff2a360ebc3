"""Floor 2, edges: PDF files: objects, embedded fonts, structure, metadata. Knows what pages hold, not what it means."""

from __future__ import annotations

from datetime import date

from docgen.pdfobjects import Pool, ending, number, stream
from docgen.render.pdf.file.shared import shared_part
from docgen.render.pdf.layout.blocks import Document
from docgen.render.pdf.layout.resources import Store


def write_file(document: Document, store: Store, today: date | None) -> bytes:
    """Return a document as a PDF file (ISO 32000-1)."""
    sheets = document.sheets
    fonts = set().union(*(sheet.fonts for sheet in sheets))
    names = set().union(*(sheet.resources for sheet in sheets))
    shared = shared_part(fonts, names, document.letters, store)
    pool = Pool(shared.count + 1)
    root, tree = pool.reserve(), pool.reserve()
    pages = [pool.reserve() for _ in sheets]
    pool.add(f"<</Type/Catalog/Pages {tree} 0 R/OutputIntents[{shared.intent} 0 R]>>", root)
    pool.add(f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{at} 0 R' for at in pages)}]>>", tree)
    for at, sheet in zip(pages, sheets, strict=True):
        content = pool.add_stream(stream("".join(sheet.out).encode("ascii")))
        box = f"{number(sheet.width)} {number(sheet.height)}"
        turned = f"/Rotate {sheet.rotation}" if sheet.rotation else ""
        pool.add(
            f"<</Type/Page/Parent {tree} 0 R/MediaBox[0 0 {box}]{turned}/Resources {shared.resources} 0 R"
            f"/Contents {content} 0 R>>",
            at,
        )
    own, rows = pool.write(len(shared.data))
    offset = len(shared.data) + len(own)
    entries = f"/Root {root} 0 R"
    return shared.data + own + ending(shared.count + pool.count + 1, offset, shared.rows + rows, entries)
