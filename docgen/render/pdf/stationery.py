"""Floor 2, edges: pages of other PDFs as pictures that an archived page can hold.

Links, scripts, forms and marks of the other file stay behind; what cannot be archived is a fault. Knows pikepdf and no
RML; whoever draws pages puts the pictures on them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name

from docgen.errors import TemplateError
from docgen.render.pdf.cmyk import cmyk_profile

_MAX_BYTES = 40_000_000
_MAX_CONTENT = 50_000_000
#: How many times as long as packed a stream may be, by the ways that nobody packs drawings with today.
_MOST_UNPACKED = 100
_MAX_DEPTH = 40
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_OF_ANOTHER_FILE = (
    "/Metadata",
    "/PieceInfo",
    "/StructParents",
    "/StructParent",
    "/LastModified",
    "/OC",
    "/OPI",
    "/Ref",
)
_SHOWING = frozenset({"Tj", "TJ", "'", '"'})
_MARKS = frozenset({"BDC", "BMC", "EMC", "DP", "MP"})


@dataclass(frozen=True)
class Picture:
    """A page as a form XObject of its own file.

    Attributes:
        left: of its box, in points; `bottom`, `width`, `height` likewise.
    """

    form: pikepdf.Object = field(repr=False)
    left: float
    bottom: float
    width: float
    height: float


class Stationery:
    """A PDF whose pages are used. `digest` is that of its content."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self.digest = sha256(path.read_bytes()).hexdigest()
        self._file = _open(path)
        self._pictures: dict[int, Picture] = {}

    @property
    def file(self) -> pikepdf.Pdf:
        """What the pictures belong to."""
        return self._file

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return len(self._file.pages)

    def picture(self, number: int) -> Picture:
        """Return a page, counted from 1.

        Raises:
            TemplateError: there is no such page, or it cannot be archived.
        """
        if not 1 <= number <= self.pages:
            count = "one page" if self.pages == 1 else f"{self.pages} pages"
            raise TemplateError(f'"{self._name}" has no page {number}', hint=f"it has {count}")
        if number not in self._pictures:
            self._pictures[number] = self._make(number)
        return self._pictures[number]

    def _make(self, number: int) -> Picture:
        page = self._file.pages[number - 1]
        contents = page.obj.get("/Contents", Array())
        for part in [contents] if isinstance(contents, pikepdf.Stream) else contents:
            _content(part, self._name)
        form = page.as_form_xobject()
        _Cleaner(self._file, self._name).clean(form)
        box = pikepdf.Rectangle(Array(form.BBox))
        if "/Matrix" in form:
            box = pikepdf.Matrix(form.Matrix).transform(box)
        return Picture(form, float(box.llx), float(box.lly), float(box.width), float(box.height))


def open_stationery(path: Path) -> Stationery:
    """Return the PDF at a path; one that is used again is not read again.

    Raises:
        TemplateError: it is gone, no PDF, or locked.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise TemplateError(f'"{path.name}" cannot be read: {error.strerror}') from error
    return _opened(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=16)
def _opened(path: Path, _changed: int, _size: int) -> Stationery:
    return Stationery(path)


def _open(path: Path) -> pikepdf.Pdf:
    if path.stat().st_size > _MAX_BYTES:
        raise TemplateError(f'"{path.name}" has more than {_MAX_BYTES // 1_000_000} MB', hint="make it smaller")
    try:
        file = pikepdf.open(path)
    except pikepdf.PasswordError as error:
        raise TemplateError(f'"{path.name}" is locked', hint="save it without a password") from error
    except (pikepdf.PdfError, OSError) as error:
        raise TemplateError(f'"{path.name}" is no PDF that can be read', hint="save it anew") from error
    if not file.pages:
        raise TemplateError(f'"{path.name}" has no pages')
    for one in file.objects:
        if isinstance(one, pikepdf.Stream) and "LZW" in repr(one.get("/Filter")):
            one.write(_content(one, path.name))  # archived files may not be packed that way
    return file


class _Cleaner:
    """Takes from a form what an archived file may not hold, in all that it draws."""

    def __init__(self, file: pikepdf.Pdf, name: str) -> None:
        self._file = file
        self._name = name
        self._seen: set[tuple[int, int]] = set()
        profile = file.make_stream(cmyk_profile(), N=4, Alternate=Name.DeviceCMYK)
        self._cmyk = file.make_indirect(Array([Name.ICCBased, profile]))

    def clean(self, drawing: pikepdf.Object, depth: int = 0) -> None:
        """Clean a form or pattern, and what it uses."""
        if depth > _MAX_DEPTH:
            raise TemplateError(f'"{self._name}" is too deeply nested', hint="save it anew")
        if drawing.is_indirect:
            if drawing.objgen in self._seen:
                return
            self._seen.add(drawing.objgen)
        _delete(drawing, *_OF_ANOTHER_FILE)
        if drawing.get("/Subtype") == Name.Image:
            _delete(drawing, "/Interpolate", "/Alternates")
            return
        if "/Group" in drawing and drawing.Group.get("/CS") == Name.DeviceCMYK:
            drawing.Group.CS = Name.DeviceRGB
        resources = drawing.get("/Resources")
        if not isinstance(resources, Dictionary):
            return
        self._unmark(drawing, resources)
        self._check_fonts(drawing, resources)
        for inner in self._used(resources):
            self.clean(inner, depth + 1)

    def _check_fonts(self, drawing: pikepdf.Object, resources: pikepdf.Object) -> None:
        fonts = resources.get("/Font")
        if not isinstance(fonts, Dictionary):
            return
        absent = {name for name, font in fonts.items() if not _is_embedded(font)}
        if absent and isinstance(drawing, pikepdf.Stream):
            _content(drawing, self._name)
            shown = _shown(drawing)
        else:
            shown = absent
        for name in sorted(absent & shown):
            base = str(fonts[name].get("/BaseFont", "")).lstrip("/")
            hint = "save it with its fonts embedded, as PDF/A or PDF/X"
            raise TemplateError(f'"{self._name}" does not hold its font {base}', hint=hint)

    def _used(self, resources: pikepdf.Object) -> Iterator[pikepdf.Object]:
        """Yield what resources draw with, after they were made fit themselves."""
        spaces = resources.get("/ColorSpace")
        if not isinstance(spaces, Dictionary):
            spaces = resources["/ColorSpace"] = Dictionary()
        if "/DefaultCMYK" not in spaces:
            spaces["/DefaultCMYK"] = self._cmyk
        for font in _values(resources, "/Font"):
            if font.get("/Subtype") == Name.Type3:
                yield font
                yield from _values(font, "/CharProcs")
        for state in _values(resources, "/ExtGState"):
            _delete(state, "/TR", "/TR2", "/HT", "/HTP")
            mask = state.get("/SMask")
            if isinstance(mask, Dictionary) and "/G" in mask:
                yield mask.G
        yield from _values(resources, "/XObject")
        yield from _values(resources, "/Pattern")

    def _unmark(self, drawing: pikepdf.Object, resources: pikepdf.Object) -> None:
        """Take the other file's structure out of a drawing, unless it has layers, which are marked likewise."""
        if not isinstance(drawing, pikepdf.Stream) or "/OC" in _kinds(resources):
            return
        content = _content(drawing, self._name)
        if not any(mark in content for mark in (b"BDC", b"BMC", b"DP", b"MP")):
            return
        kept = [one for one in pikepdf.parse_content_stream(drawing) if str(one.operator) not in _MARKS]
        drawing.write(pikepdf.unparse_content_stream(kept))


def _content(drawing: pikepdf.Object, name: str) -> bytes:
    """Return what a stream draws.

    Raises:
        TemplateError: it is far more than the file lets expect.
    """
    packed, named = drawing.read_raw_bytes(), drawing.get("/Filter", Array())
    filters = [named] if isinstance(named, Name) else list(named)
    if filters == [Name.FlateDecode] and "/DecodeParms" not in drawing:
        size = len(zlib.decompressobj().decompress(packed, _MAX_CONTENT + 1))
    else:
        size = len(packed) * (_MOST_UNPACKED if filters else 1)
    if size > _MAX_CONTENT:
        raise TemplateError(f'"{name}" draws too much', hint="make it simpler")
    return drawing.read_bytes()


def _kinds(resources: pikepdf.Object) -> set[str]:
    layers = [one for one in _values(resources, "/Properties") if one.get("/Type") in (Name.OCG, Name.OCMD)]
    return {"/OC"} if layers else set()


def _values(holder: pikepdf.Object, name: str) -> Iterator[pikepdf.Object]:
    found = holder.get(name)
    if isinstance(found, Dictionary):
        yield from (value for _, value in found.items() if isinstance(value, Dictionary | pikepdf.Stream))


def _shown(drawing: pikepdf.Object) -> set[str]:
    """Return the fonts, by their names in the resources, that text is shown in."""
    shown, font = set(), ""
    for one in pikepdf.parse_content_stream(drawing):
        operator = str(one.operator)
        if operator == "Tf":
            font = str(one.operands[0])
        elif operator in _SHOWING:
            shown.add(font)
    return shown


def _is_embedded(font: pikepdf.Object) -> bool:
    if font.get("/Subtype") == Name.Type3:
        return True
    if font.get("/Subtype") == Name.Type0:
        font = font.DescendantFonts[0]
    described = font.get("/FontDescriptor")
    return described is not None and any(name in described for name in _FONT_FILES)


def _delete(holder: pikepdf.Object, *names: str) -> None:
    for name in names:
        if name in holder:
            del holder[name]
