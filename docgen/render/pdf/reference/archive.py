"""Floor 2, edges: ReportLab's PDF made into PDF/A-3b (ISO 19005-3): one pass over the finished file.

What the rules ask for and ReportLab cannot write is put in here: output intent, XMP, ids and flags. That only embedded
fonts and RGB are drawn with is seen to before, by `rml` and `fonts`. Knows pikepdf; nothing of RML.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from docgen.render.pdf.cmyk import cmyk_profile
from docgen.render.pdf.srgb import srgb_profile

#: ISO 32000-1, 12.5.3: what an archived note may not be (invisible, hidden, not to be viewed) and must be (printed).
_HIDING, _PRINT, _UPRIGHT = 1 | 2 | 32 | 256, 4, 8 | 16

#: Changes a document before it is archived.
Change = Callable[[pikepdf.Pdf], None]


def archive(content: bytes, changes: Iterable[Change] = ()) -> bytes:
    """Return a PDF as PDF/A-3b, after `changes`; equal input gives equal bytes."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        for change in changes:
            change(document)
        _mark_colours(document)
        inks = _Inks(document)
        for page in document.pages:
            inks.settle(page)
            for note in page.obj.get("/Annots", ()):
                _settle_note(document, note)
        _describe(document)
        # qpdf ends each stream as the rules want it, which ReportLab does not. What could be packed is packed by now.
        document.save(output, deterministic_id=True, min_version="1.7", compress_streams=False)
    return output.getvalue()


def _mark_colours(document: pikepdf.Pdf) -> None:
    profile = document.make_stream(srgb_profile(), N=3)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=profile,
    )
    document.Root.OutputIntents = Array([intent])


class _Inks:
    """Says of pictures in CMYK, such as printers make, what their colours mean."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        self._document = document
        self._space: pikepdf.Object | None = None

    def settle(self, page: pikepdf.Page) -> None:
        """Settle all pictures of a page."""
        for _, picture in page.obj.get("/Resources", Dictionary()).get("/XObject", Dictionary()).items():
            if picture.get("/ColorSpace") == Name.DeviceCMYK:
                picture.ColorSpace = self._inks()

    def _inks(self) -> pikepdf.Object:
        if self._space is None:
            profile = self._document.make_stream(cmyk_profile(), N=4, Alternate=Name.DeviceCMYK)
            self._space = self._document.make_indirect(Array([Name.ICCBased, profile]))
        return self._space


def _settle_note(document: pikepdf.Pdf, note: pikepdf.Object) -> None:
    """Let a link or note be printed; a note brings the picture of itself that viewers would draw."""
    note.F = int(note.get("/F", 0)) & ~_HIDING | _PRINT
    if note.get("/Subtype") == Name.Text and "/AP" not in note:
        note.F |= _UPRIGHT
        left, bottom, right, top = (float(edge) for edge in note.Rect)
        note.AP = Dictionary(N=_note_picture(document, right - left, top - bottom))


def _note_picture(document: pikepdf.Pdf, width: float, height: float) -> pikepdf.Object:
    drawing = f"1 .95 .6 rg .6 .5 .2 RG .5 w .25 .25 {width - 0.5:.2f} {height - 0.5:.2f} re B"
    box = Array([0, 0, round(width, 2), round(height, 2)])
    return document.make_stream(drawing.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=box)


# --- description ----------------------------------------------------------------------------------

_EMPTY = ("", "(anonymous)", "(unspecified)", "anonymous", "unspecified", "untitled")
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:([+-])(\d\d)'(\d\d)'?|Z)?")
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
%s
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
_IN_LANGUAGES = '<{0}><rdf:Alt><rdf:li xml:lang="x-default">{1}</rdf:li></rdf:Alt></{0}>'
_IN_ORDER = "<{0}><rdf:Seq><rdf:li>{1}</rdf:li></rdf:Seq></{0}>"
_PLAIN = "<{0}>{1}</{0}>"
#: Entry of the information dictionary -> property of XMP and how it is written.
_PROPERTIES = {
    "/Title": ("dc:title", _IN_LANGUAGES),
    "/Author": ("dc:creator", _IN_ORDER),
    "/Subject": ("dc:description", _IN_LANGUAGES),
    "/Keywords": ("pdf:Keywords", _PLAIN),
    "/Creator": ("xmp:CreatorTool", _PLAIN),
    "/Producer": ("pdf:Producer", _PLAIN),
    "/CreationDate": ("xmp:CreateDate", _PLAIN),
    "/ModDate": ("xmp:ModifyDate", _PLAIN),
}


def _describe(document: pikepdf.Pdf) -> None:
    """Say in XMP what the information dictionary says, and what standard the file keeps to."""
    info = document.docinfo
    entries = {name: str(info[name]) for name in map(str, info.keys())}
    for name in [name for name, text in entries.items() if name not in _PROPERTIES or text in _EMPTY]:
        del info[name], entries[name]
    lines = [_PLAIN.format("pdfaid:part", 3), _PLAIN.format("pdfaid:conformance", "B")]
    for name, (prop, form) in _PROPERTIES.items():
        if text := entries.get(name):
            lines.append(form.format(prop, _iso_date(text) if name.endswith("Date") else escape(text)))
    content = (_XMP % "\n".join(lines)).encode()
    document.Root.Metadata = document.make_stream(content, Type=Name.Metadata, Subtype=Name.XML)


def _iso_date(text: str) -> str:
    found = _DATE.match(text)
    assert found is not None, text
    year, month, day, hour, minute, second, sign, hours, minutes = found.groups()
    zone = f"{sign}{hours}:{minutes}" if sign else "Z"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"
