"""Floor 2, edges: the compiled path: a checked RML tree laid out and written by docgen itself.

What z3c.rml does is done here from measured and cached pieces; the file is tagged and archivable. Knows no Jinja.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lxml import etree

from docgen.render.pdf.file import write_file
from docgen.render.pdf.fonts import FontSet
from docgen.render.pdf.layout.blocks import Bookmark, Document, OutlineEntry
from docgen.render.pdf.layout.flow import lay_out
from docgen.render.pdf.layout.kept import Cache
from docgen.render.pdf.layout.letters import Letters
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.resources import Store
from docgen.render.pdf.layout.story import BUILDERS
from docgen.render.pdf.layout.styles import Styles

#: A pass prints the names that the one before found, such as how many pages there are. Where that changes what is
#: found again and again, the last one stands.
_MORE_PASSES = 3

#: So many bytes of pictures and drawings are kept over documents. Then they are let go with all that refers to them,
#: and those that are used again are made again: photographs of every record must not pile up.
_MOST_KEPT = 32_000_000


def add_outline(document: Document) -> None:
    """Make the reader's table of contents of the headings; levels that are left out close up."""
    above: list[int] = []
    for number, heading in enumerate(document.headings, 1):
        while above and above[-1] >= heading.level:
            above.pop()
        key = f"heading-{number}"
        document.bookmarks[key] = Bookmark(heading.sheet, 0.0, heading.top)
        document.outline.append(OutlineEntry(heading.title, len(above), key))
        above.append(heading.level)


class Press:
    """Makes the documents of one template; what does not change between them is kept here."""

    def __init__(self, fonts: FontSet, file: str, folder: Path) -> None:
        self._letters = Letters(fonts)
        self._store = Store()
        self._cache = Cache()
        self._file = file
        self._folder = folder

    def make_pdf(
        self, root: etree._Element, language: str, today: date | None, source: str = ""
    ) -> tuple[bytes, Document]:
        """Return the PDF of a checked tree, and what was laid out for it; equal trees give equal bytes.

        Args:
            root: the tree.
            language: of the document where it does not say one.
            today: the date it bears.
            source: what it was parsed from, so that what is written like before need not be read again.

        Raises:
            TemplateError: the RML cannot be laid out; names element and line.
        """
        document = self._lay_out(root, root.get("lang") or language, source)
        if not document.outline and len(document.sheets) > 1:
            add_outline(document)
        content = write_file(document, self._store, today, file=self._file)
        document.let_go()
        if self._store.weight + self._cache.weight > _MOST_KEPT:
            self._store, self._cache = Store(), Cache()
        return content, document

    def _lay_out(self, root: etree._Element, language: str, source: str = "") -> Document:
        document = self._new_document(root, language)
        self._pour(root, document, source)
        for _ in range(_MORE_PASSES):
            if document.settled:
                break
            again = self._new_document(root, language)
            again.known, again.pages = document.named, len(document.sheets)
            document = again
            self._pour(root, document, source)
        return document

    def _pour(self, root: etree._Element, document: Document, source: str) -> None:
        maker = self._new_maker(document, source)
        lay_out(root, maker)
        maker.pouring = None  # which leads back to the maker: all of it is free at once, not when it is searched for

    def _new_maker(self, document: Document, source: str) -> Maker:
        shared = (self._letters, self._store, self._file, BUILDERS, self._cache)
        return Maker(document, Styles(), *shared, folder=self._folder, source=source)

    def _new_document(self, root: etree._Element, language: str) -> Document:
        said = {name: root.get(name, "") for name in ("title", "author", "subject", "creator", "keywords")}
        return Document(self._letters, language or "en", **said)
