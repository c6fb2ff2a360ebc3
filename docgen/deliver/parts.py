"""Floor 2, edges: PDF files taken apart, to be joined: pages, the objects they need, and which of them others share.

docgen's own files are cut up by what the module `docgen.render.pdf.file` says of their order; the files of others, and
whatever does not look right, are read by pikepdf, which leaves structure and bookmarks behind.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import pikepdf

from docgen.errors import DeliveryError
from docgen.pdfobjects import IN_STREAM, OWN_KEY, REFERENCE, read_text

_OWN = re.compile(rb"/%b\[(\d+) (\d+) (\d+) (\d+)\]" % OWN_KEY.encode())
_ROW = struct.Struct(">BIH")
_COUNTS = re.compile(rb"/N (\d+)/First (\d+)")
_ROLE_MAP = re.compile(rb"/RoleMap<<([^>]*)>>")
_INTENT = re.compile(rb"/OutputIntents\[(\d+) 0 R\]")
_LANGUAGE = re.compile(rb"/Lang\(([A-Za-z0-9-]*)\)")
_TITLE = re.compile(rb" obj\n<</Title(\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f]+>)")
_ID_TREE = b"/IDTree<</Names["
_ID = re.compile(rb"(\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f]+>)(\d+) 0 R")
#: Objects at the head of an own file that are about the whole: catalog, pages, information, XMP, structure.
_WHOLE = 5
_LENGTH = re.compile(rb"/Length (\d+)")
#: No object stream of a document is longer; what says it is, is no file of ours.
_MOST = 1 << 28
#: So many shared parts are kept to compare others with, each known by so many bytes at its end.
_MOST_HASHED = 8
_KEY_LENGTH = 256
_LONGEST_HASHED = 4_000_000
#: Packed objects of more bytes are not kept: they may unpack to a thousand times as many.
_MOST_KEPT = 8_000
_ARCHIVED = re.compile(rb"<pdfaid:part>3<|pdfaid:part=.3.")


@dataclass(frozen=True, slots=True)
class Body:
    """An object: `entries` is its dictionary or value as written, `data` what a stream holds."""

    entries: bytes
    data: bytes | None = None


@dataclass(slots=True)
class OwnPart:
    """A file made by docgen.

    Attributes:
        prefix: hash of the shared part, which is `length` bytes long and has objects up to `count`; `table` says
            where they stand.
        content: the file.
        first: the number of the first own object that is kept, the parent tree; the top element and the pages follow.
        pages: how many there are.
        objects: the kept own objects from `first` on; those that are streams are in `streams` instead.
        roles: what its role map says; `ids` the identifiers of elements.
        intent: number of the output intent; `language` and `title` of the document.
    """

    prefix: bytes
    content: bytes
    count: int
    first: int
    pages: int
    objects: dict[int, bytes]
    streams: dict[int, bytes]
    roles: bytes = b""
    ids: list[tuple[bytes, int]] = field(default_factory=list)
    table: bytes = b""
    length: int = 0
    intent: int = 0
    language: str = ""
    title: str = ""

    @property
    def tree(self) -> int:
        """The number of the page tree."""
        return self.count + 2

    @property
    def structure(self) -> int:
        """The number of the root of the structure."""
        return self.count + 5

    def shared(self) -> dict[int, Body]:
        """Return the objects of the shared part."""
        found: dict[int, Body] = {}
        rows = list(_ROW.iter_unpack(self.table))
        offsets = [offset if kind == 1 else 0 for kind, offset, _ in rows]
        at_end = [*offsets[1:], self.length]
        for at, start in enumerate(offsets, 1):
            if start:
                end = min(offset for offset in at_end if offset > start)
                found[at] = _read_stream(self.content[start:end])
        for holder in {number for kind, number, _ in rows if kind == 2}:
            found.update([(at, Body(body)) for at, body in _unpack(found.pop(holder))])
        return found


@dataclass(slots=True)
class ForeignPart:
    """A file of somebody else.

    Attributes:
        pages: the numbers of its pages.
        objects: by number, pages included.
        is_archived: it says that it keeps to PDF/A-3.
        intent: its output intent's profile, if it has one.
    """

    pages: list[int]
    objects: dict[int, Body]
    is_archived: bool
    intent: Body | None = None


def read_part(content: bytes) -> OwnPart | ForeignPart:
    """Take a file apart.

    Raises:
        DeliveryError: it is no PDF that can be read, is locked, or has no pages.
    """
    try:
        own = _read_own(content)
    except (ValueError, IndexError, KeyError, struct.error, zlib.error):
        own = None
    return own or read_foreign(content)


def _read_own(content: bytes) -> OwnPart | None:
    tail = content.rfind(b"startxref\n")
    start = int(content[tail + 10 : tail + 21].split(b"\n", 1)[0])
    found = _OWN.search(content, start, tail)
    if found is None:
        return None
    length, count, pages, left_out = map(int, found.groups())
    table = _inflate(_read_stream(content[start:tail]))
    own = list(_ROW.iter_unpack(memoryview(table)[(count + 1) * _ROW.size :]))
    if own[-1][1] != start:
        raise ValueError("its table does not end with itself")
    objects = _own_objects(content, own, count, start)
    if not objects[count + 2].startswith(b"<</Type/Pages/Count %d/" % pages):
        raise ValueError("it says other numbers than it has")
    structure, _, names = objects[count + _WHOLE].partition(_ID_TREE)
    return OwnPart(
        _hash_shared(content, length),
        content,
        count,
        count + _WHOLE + 1,
        pages,
        {at: body for at, body in objects.items() if count + _WHOLE < at < left_out},
        _own_streams(content, own, count, left_out),
        b"".join(_ROLE_MAP.findall(structure)),
        [(name, int(at)) for name, at in _ID.findall(names)],
        table[_ROW.size : (count + 1) * _ROW.size],
        length,
        int(_INTENT.findall(objects[count + 1])[0]),
        _LANGUAGE.findall(objects[count + 1])[0].decode(),
        read_text(_TITLE.findall(content, own[2][1], own[3][1])[0]),
    )


#: The shared parts that came last, and their hashes: to compare takes a tenth of the time to hash.
_hashed: OrderedDict[bytes, tuple[bytes, bytes]] = OrderedDict()


def _hash_shared(content: bytes, length: int) -> bytes:
    key = content[length - _KEY_LENGTH : length]
    known = _hashed.get(key)
    if known is None or len(known[0]) != length or not content.startswith(known[0]):
        shared = content[:length]
        known = shared, hashlib.sha256(shared).digest()
        if length < _LONGEST_HASHED:
            _hashed[key] = known
        while len(_hashed) > _MOST_HASHED:
            _hashed.popitem(last=False)
    return known[1]


def _own_objects(content: bytes, rows: list[tuple[int, int, int]], count: int, stop: int) -> dict[int, bytes]:
    if len(rows) <= IN_STREAM:
        holder = rows[-2][1]
        written = content[content.index(b" obj\n", holder) : stop]
        return _unpack_alike(written) if len(written) < _MOST_KEPT else dict(_unpack(_read_stream(written)))
    holders = sorted({number for kind, number, _ in rows if kind == 2})
    places = [*(rows[at - count - 1][1] for at in holders), stop]
    return {at: body for start, end in pairwise(places) for at, body in _unpack(_read_stream(content[start:end]))}


def _own_streams(content: bytes, rows: list[tuple[int, int, int]], count: int, left_out: int) -> dict[int, bytes]:
    streams = [(offset, count + 1 + index) for index, (kind, offset, _) in enumerate(rows) if kind == 1]
    found = {}
    for (offset, at), (end, _) in pairwise(streams):
        if count + _WHOLE < at < left_out:
            head = content.index(b" obj\n", offset) + 5
            found[at] = content[head : end - 8]  # without "\nendobj\n"
    return found


def _read_stream(written: bytes) -> Body:
    head = written.index(b" obj\n") + 5
    start = written.index(b">>stream\n", head)
    entries = written[head : start + 2]
    length = int(_LENGTH.findall(entries)[0])
    if not written.startswith(b"\nendstream", start + 9 + length):
        raise ValueError("a stream does not end where it says")
    return Body(entries, written[start + 9 : start + 9 + length])


def _inflate(body: Body) -> bytes:
    assert body.data is not None, "a stream"
    inflater = zlib.decompressobj()
    data = inflater.decompress(body.data, _MOST)
    if not inflater.eof:
        raise ValueError("a stream is cut or too large")
    return data


@lru_cache(maxsize=16)
def _unpack_alike(written: bytes) -> dict[int, bytes]:
    """Return the objects of an object stream; documents of one kind often have the same."""
    return dict(_unpack(_read_stream(written)))


def _unpack(body: Body) -> Iterator[tuple[int, bytes]]:
    """Yield the objects of an object stream with their numbers."""
    count, first = map(int, _COUNTS.findall(body.entries)[0])
    data = _inflate(body)
    head = list(map(int, data[:first].split()))
    numbers, places = head[: 2 * count : 2], [*head[1 : 2 * count : 2], len(data) - first]
    for index, at in enumerate(numbers):
        yield at, data[first + places[index] : first + places[index + 1]]


# --- files of others -------------------------------------------------------------------------------


def read_foreign(content: bytes) -> ForeignPart:
    """Take a file apart that docgen has not written. Raises DeliveryError."""
    try:
        with pikepdf.open(io.BytesIO(content)) as source, pikepdf.new() as target:
            target.pages.extend(source.pages)
            if not len(target.pages):
                raise DeliveryError("the documents have no pages")
            archived = _is_archived(source)
            intent = target.copy_foreign(_find_profile(source)) if archived else None
            for page in target.pages:
                _loosen(page)
            pages = [int(page.objgen[0]) for page in target.pages]
            at = 0 if intent is None else int(intent.objgen[0])
            objects = _walk(target, [*pages, at] if at else pages)
            profile = objects.pop(at) if at else None
            return ForeignPart(pages, objects, archived, profile)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RuntimeError) as error:
        locked = isinstance(error, pikepdf.PasswordError)
        raise DeliveryError(
            f"a document cannot be printed: {'it is locked with a password' if locked else error}"
        ) from error


def _find_profile(source: pikepdf.Pdf) -> pikepdf.Object:
    return source.Root.OutputIntents[0].DestOutputProfile


def _is_archived(source: pikepdf.Pdf) -> bool:
    try:
        metadata, profile = source.Root.Metadata.read_bytes(), _find_profile(source)
    except (AttributeError, KeyError, IndexError, TypeError, pikepdf.PdfError):
        return False
    return profile.is_indirect and _ARCHIVED.search(metadata) is not None


def _loosen(page: pikepdf.Page) -> None:
    """Take away what leads from a page to its document: the tree it hung in, structure, articles."""
    for key in ("/Parent", "/StructParents", "/B", "/Metadata", "/PieceInfo", "/AF"):
        if key in page.obj:
            del page.obj[key]
    notes = page.obj.get("/Annots")
    for note in notes if isinstance(notes, pikepdf.Array) else ():
        if isinstance(note, pikepdf.Dictionary) and "/StructParent" in note:
            del note["/StructParent"]


def _walk(target: pikepdf.Pdf, first: list[int]) -> dict[int, Body]:
    """Return these objects and all that they lead to."""
    found: dict[int, Body] = {}
    waiting = list(first)
    while waiting:
        at = waiting.pop()
        if at in found:
            continue
        one = target.get_object(at, 0)
        if isinstance(one, pikepdf.Stream):
            data = one.read_raw_bytes()
            one.stream_dict.Length = len(data)
            body = found[at] = Body(one.stream_dict.unparse(resolved=True), data)
        else:
            body = found[at] = Body(one.unparse(resolved=True))
        waiting += [int(link[1]) for link in REFERENCE.finditer(body.entries) if link[1]]
    return found
