"""Floor 2, edges: PDF files: objects, embedded fonts, structure, metadata. Knows what pages hold, not what it means.

Each file is tagged, PDF/A-3a and PDF/UA-1. It has two parts, each with one stream of objects: what documents share
(`shared`), and what is this document's own, in an order that joining relies on: catalog, pages, information, XMP,
structure, parent tree, top element; pages with their content, annotations and elements; what a joined file leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from docgen.pdfmetadata import NO_EXTENSION, UNTITLED, Extension, clean, describe
from docgen.pdfobjects import OWN_KEY, Pool, raw_stream, stream, text
from docgen.render.pdf.file.attachments import Attachment, put_attachments
from docgen.render.pdf.file.outline import Places, put_outline
from docgen.render.pdf.file.shared import Shared, shared_part
from docgen.render.pdf.file.standing import StandingFile
from docgen.render.pdf.file.structure import Tree
from docgen.render.pdf.layout.blocks import Document, Sheet
from docgen.render.pdf.layout.resources import Store
from docgen.render.pdf.layout.viewing import ON_CATALOG

__all__ = ["Attachment", "Extension", "describe_file", "said_of", "write_file", "write_standing"]

#: What a document says of itself: Title, Author, Subject, Keywords, Creator.
Said = tuple[tuple[str, str], ...]

_CATALOG = (
    "<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/StructTreeRoot %d 0 R/MarkInfo<</Marked true>>"
    "/OutputIntents[%d 0 R]/Lang%s%s>>"
)


def write_file(
    document: Document,
    store: Store,
    today: date | None,
    *,
    file: str = "",
    attachments: Sequence[Attachment] = (),
    extension: Extension = NO_EXTENSION,
) -> bytes:
    """Return a document as a PDF file (ISO 32000-1); equal documents give equal bytes.

    Args:
        document: as laid out.
        store: what its ink refers to.
        today: the date it bears.
        file: the body as shown in faults.
        attachments: files that lie in it.
        extension: what its metadata say besides, such as that it is an electronic invoice.

    Raises:
        TemplateError: a link leads nowhere, a font or stationery is broken.
    """
    return _open(document, store, file).write(today, attachments, extension)[0]


def write_standing(
    document: Document, store: Store, today: date | None, *, file: str = ""
) -> tuple[bytes, StandingFile]:
    """Return a document as `write_file` does, and the file as a form for others like it. Raises as `write_file`."""
    return _open(document, store, file).write(today, (), NO_EXTENSION)


def describe_file(
    said: Said, language: str, today: date | None, extension: Extension = NO_EXTENSION
) -> tuple[bytes, bytes]:
    """Return the two objects that describe a file: a stream of XMP, and the information dictionary."""
    said = (("Title", clean(said[0][1]) or UNTITLED), *said[1:])
    packet, info = describe(said, language or "en", today, extension)
    return raw_stream(packet, "/Type/Metadata/Subtype/XML"), info.encode("ascii")


def said_of(document: Document) -> Said:
    """Return what a document says of itself."""
    return (
        ("Title", document.title),
        ("Author", document.author),
        ("Subject", document.subject),
        ("Keywords", document.keywords),
        ("Creator", document.creator),
    )


def _open(document: Document, store: Store, file: str) -> _File:
    fonts, names = _used(document.sheets)
    return _File(document, shared_part(fonts, names, document.letters, store), file)


def _viewing(said: Mapping[str, str]) -> str:
    """Return what the catalog says of how a file is opened; that its title is shown is what PDF/UA wants."""
    preferences = "".join(f"/{name} {said[name]}" for name in said if name not in ON_CATALOG)
    entries = "".join(f"/{name}{said[name]}" for name in ON_CATALOG if name in said)
    return f"{entries}/ViewerPreferences<</DisplayDocTitle true{preferences}>>"


def _used(sheets: Sequence[Sheet]) -> tuple[set[tuple[int, int]], set[str]]:
    fonts: set[tuple[int, int]] = set()
    names: set[str] = set()
    for sheet in sheets:
        fonts |= sheet.fonts
        names |= sheet.resources
    return fonts, names


class _File:
    """One file being written."""

    def __init__(self, document: Document, shared: Shared, file: str) -> None:
        self._document = document
        self._shared = shared
        self._pool = Pool(shared.count + 1)
        reserve = self._pool.reserve
        self._catalog, self._tree, self._info, self._xmp = reserve(), reserve(), reserve(), reserve()
        self._structure, self._parents, self._top = reserve(), reserve(), reserve()
        self._pages = [reserve() for _ in document.sheets]
        self._contents: list[int] = []
        self._places = Places(document.bookmarks, self._pages, file)

    def write(
        self, today: date | None, attachments: Sequence[Attachment], extension: Extension
    ) -> tuple[bytes, StandingFile]:
        """Return the bytes, and the file as a form."""
        notes = self._put_pages()
        tree = Tree(self._pool, self._document.sheets, self._pages, notes)
        tree.write(self._document.root, self._structure, self._parents, self._top)
        left_out = self._pool.next
        outline = put_outline(self._pool, self._document.outline, self._places)
        more = _viewing({"PageMode": "/UseOutlines", **self._document.viewer} if outline else self._document.viewer)
        more += f"/Outlines {outline} 0 R" if outline else ""
        more += put_attachments(self._pool, attachments, today)
        self._describe(today, extension)
        language = text(self._document.language or "en")
        fixed = self._tree, self._xmp, self._structure, self._shared.intent, language, more
        self._pool.add(_CATALOG % fixed, self._catalog)
        return self._assemble(left_out)

    def _put_pages(self) -> dict[int, int]:
        """Add pages and annotations; return the annotation of each link by the link's `id`."""
        sheets = self._document.sheets
        kids = " ".join([f"{at} 0 R" for at in self._pages])
        self._pool.add(f"<</Type/Pages/Count {len(sheets)}/Kids[{kids}]>>", self._tree)
        notes: dict[int, int] = {}
        for key, (sheet, at) in enumerate(zip(sheets, self._pages, strict=True)):
            content = self._pool.add_stream(stream("".join(sheet.out).encode("ascii")))
            self._contents.append(content)
            more = f"/Rotate {sheet.rotation}" if sheet.rotation else ""
            if sheet.links:
                more += f"/Tabs/S/Annots[{' '.join(self._put_notes(sheet, notes))}]"
            self._pool.add(
                f"<</Type/Page/Parent {self._tree} 0 R/MediaBox[0 0 {_exact(sheet.width)} {_exact(sheet.height)}]{more}"
                f"/Resources {self._shared.resources} 0 R/Contents {content} 0 R/StructParents {key}>>",
                at,
            )
        return notes

    def _put_notes(self, sheet: Sheet, notes: dict[int, int]) -> list[str]:
        written = []
        for link in sheet.links:
            key = len(self._pages) + len(notes)
            at = notes[id(link)] = self._pool.add(self._places.annotation(link, key))
            written.append(f"{at} 0 R")
        return written

    def _describe(self, today: date | None, extension: Extension) -> None:
        document = self._document
        xmp, info = describe_file(said_of(document), document.language, today, extension)
        self._pool.add_stream(xmp, self._xmp)
        # Beside the stream of objects, which may then be that of another document.
        self._pool.add_stream(info, self._info)

    def _assemble(self, left_out: int) -> tuple[bytes, StandingFile]:
        shared = self._shared
        entries = (
            f"/Root {self._catalog} 0 R/Info {self._info} 0 R/ID[<%s><%s>]"
            f"/{OWN_KEY}[{len(shared.data)} {shared.count} {len(self._pages)} {left_out}]"
        )
        form = StandingFile(
            shared, self._pool.lock(), tuple(self._contents), self._xmp, self._info, entries, self._document.language
        )
        return form.assemble(self._pool.streams), form


def _exact(value: float) -> str:
    """Return a page's size to the fourth digit: viewers scale pages by it, and a rule's last dash comes or goes."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
