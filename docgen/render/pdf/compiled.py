"""Floor 2, edges: the compiled path: a checked RML tree laid out and written by docgen itself.

What z3c.rml does is done here from measured and cached pieces; the file is tagged and archivable. Knows no Jinja.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from lxml import etree

from docgen.errors import TemplateError, raise_faults
from docgen.render.pdf.cutting import Cut, holders, is_sure
from docgen.render.pdf.file import Said, describe_file, said_of, write_file, write_standing
from docgen.render.pdf.fonts import FontSet
from docgen.render.pdf.layout.blocks import Block, Bookmark, Document, OutlineEntry
from docgen.render.pdf.layout.flow import lay_out
from docgen.render.pdf.layout.kept import Cache
from docgen.render.pdf.layout.letters import Letters
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.paraheard import Ear
from docgen.render.pdf.layout.resources import Store
from docgen.render.pdf.layout.story import BUILDERS
from docgen.render.pdf.layout.styles import Styles
from docgen.render.pdf.names import missing_names
from docgen.render.pdf.overfull import Overfull
from docgen.render.pdf.safety import FILE_TAGS
from docgen.render.pdf.standing import Order, Standing

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
        self._standing = Standing()
        self._file = file
        self._folder = folder
        self._traces = False

    def order(self, cut: Cut, language: str, said: Said, around: Hashable) -> Order:
        """Return how to print a document: again, where one like it stands, or by `make_pdf`.

        Args:
            cut: its body.
            language: of the document where it does not say one.
            said: what it says of itself.
            around: what else it depends on besides its body.
        """
        key = cut.template, language, around, self._cache.age
        return self._standing.find(
            cut, key, said, lambda language: self._new_maker(Document(self._letters, language), "")
        )

    def print_again(self, order: Order, today: date | None) -> tuple[bytes, int]:
        """Return the PDF of a document whose like stands, and how many pages it has."""
        assert order.layout is not None
        contents, form = order.contents(), order.layout.file
        return form.fill(contents, *describe_file(order.said, form.language, today)), len(contents)

    def make_pdf(
        self, root: etree._Element, language: str, today: date | None, source: str = "", order: Order | None = None
    ) -> tuple[bytes, Document]:
        """Return the PDF of a checked tree, and what was laid out for it; equal trees give equal bytes.

        Args:
            root: the tree.
            language: of the document where it does not say one.
            today: the date it bears.
            source: what it was parsed from, so that what is written like before need not be read again.
            order: the document, where it may stand for others like it.

        Raises:
            TemplateError: the RML cannot be laid out; names element and line.
        """
        try:
            return self._make(root, language, today, source, order)
        except TemplateError as error:
            if error.where is not None and error.where.line is not None:
                raise _plain(error) from error.__cause__
            raise_faults(missing_names(root, self._file))
            if not isinstance(error, Overfull):
                raise
        try:
            with self._tracing():
                return self._make(root, language, today, source)
        except Overfull as error:
            raise error.plain() from error

    @contextmanager
    def _tracing(self) -> Iterator[None]:
        """Let blocks know their elements, so that a fault can name its line."""
        self._traces = True
        try:
            yield
        finally:
            self._traces = False

    def _make(
        self, root: etree._Element, language: str, today: date | None, source: str, order: Order | None = None
    ) -> tuple[bytes, Document]:
        ear = _listen(root, order)
        document = self._lay_out(root, root.get("lang") or language, source, ear)
        if not document.outline and len(document.sheets) > 1:
            add_outline(document)
        if ear is None or order is None:
            content = write_file(document, self._store, today, file=self._file)
        else:
            content = self._keep(root, document, today, order, ear)
        document.let_go()
        if self._store.weight + self._cache.weight > _MOST_KEPT:
            self._store, self._cache, self._standing = Store(), Cache(), Standing()
        return content, document

    def _keep(self, root: etree._Element, document: Document, today: date | None, order: Order, ear: Ear) -> bytes:
        """Return the PDF of a document, and let its layout stand for others."""
        pieces = ear.fill(document)
        content, form = write_standing(document, self._store, today, file=self._file)
        if said_of(document) == order.said and not (ear.deaf or document.lacks):
            setters = ear.setters(len(order.texts), document)
            self._standing.keep(order, ear, setters, pieces, form, _files(root))
        else:
            self._standing.refuse(order)
        return content

    def _lay_out(self, root: etree._Element, language: str, source: str = "", ear: Ear | None = None) -> Document:
        document = self._new_document(root, language)
        self._pour(root, document, source, ear)
        for _ in range(_MORE_PASSES):
            if document.settled:
                break
            again = self._new_document(root, language)
            again.known, again.pages = document.named, len(document.sheets)
            document = again
            self._pour(root, document, source, ear)
        return document

    def _pour(self, root: etree._Element, document: Document, source: str, ear: Ear | None = None) -> None:
        maker = self._new_maker(document, source)
        maker.ear = ear
        lay_out(root, maker)
        maker.pouring = None  # which leads back to the maker: all of it is free at once, not when it is searched for

    def _new_maker(self, document: Document, source: str) -> Maker:
        shared = (self._letters, self._store, self._file, BUILDERS, self._cache)
        origins: dict[int, tuple[Block, etree._Element]] | None = {} if self._traces else None
        return Maker(document, Styles(), *shared, folder=self._folder, source=source, origins=origins)

    def _new_document(self, root: etree._Element, language: str) -> Document:
        said = {name: root.get(name, "") for name in ("title", "author", "subject", "creator", "keywords")}
        return Document(self._letters, language or "en", **said)


def _listen(root: etree._Element, order: Order | None) -> Ear | None:
    """Return what notes what is asked of a document's texts, where it is worth it and they stand where they should."""
    if order is None or not order.worth:
        return None
    texts = holders(root, order.texts) if is_sure(order.template) else None
    return None if texts is None else Ear(texts)


def _files(root: etree._Element) -> Iterator[str]:
    """Yield the files that a document is drawn from."""
    for element in root.iter(*FILE_TAGS):
        yield from (found for name in FILE_TAGS[str(element.tag)] if (found := element.get(name)))


def _plain(error: TemplateError) -> TemplateError:
    return error.plain() if isinstance(error, Overfull) else error
