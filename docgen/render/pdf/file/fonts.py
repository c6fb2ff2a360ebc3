"""Floor 2, edges: embedded fonts as objects of a PDF file (ISO 32000-1, 9.7): Type0, Identity-H, one per face.

A face and its groups of glyphs give the same objects in every document; they are made once per process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from docgen.pdfobjects import THOROUGH, name, number, stream
from docgen.render.pdf.typeset.faces import Face, Subset

#: What a glyph says that stands for no character by itself; ActualText around it says what is meant.
_UNKNOWN = "\ufffd"
#: No more lines may stand in one section of a ToUnicode map.
_SECTION = 100
_TO_UNICODE = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def
/CMapName/Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000><FFFF>
endcodespacerange
%s
endcmap
CMapName currentdict/CMap defineresource pop
end
end"""


@dataclass(frozen=True, slots=True)
class FontParts:
    """A font's two streams, and its other objects around their numbers.

    Attributes:
        program: body of the stream with the outlines.
        to_unicode: body of the stream that says what glyphs mean.
        descriptor: misses the number of the program; `child` that of the descriptor; `parent` those of the child and
            of `to_unicode`.
    """

    program: bytes
    to_unicode: bytes
    descriptor: str
    child: str
    parent: str


@lru_cache(maxsize=128)
def font_parts(face: Face, groups: frozenset[int]) -> FontParts:
    """Return the objects of a face of which a document uses some groups.

    Raises:
        TemplateError: the outlines are broken.
    """
    subset = face.subset(groups)
    base = _tag(subset) + name(face.name)[1:]
    kind, key, more = ("0", "FontFile3", "") if subset.is_cff else ("2", "FontFile2", "/CIDToGIDMap/Identity")
    length = "/Subtype/CIDFontType0C" if subset.is_cff else f"/Length1 {len(subset.font_file)}"
    box = " ".join(f"{edge:.0f}" for edge in face.bbox)
    return FontParts(
        stream(subset.font_file, length, level=THOROUGH),
        stream(_map_to_unicode(subset).encode("ascii"), level=THOROUGH),
        f"<</Type/FontDescriptor/FontName/{base}/Flags {face.flags}/FontBBox[{box}]"
        f"/ItalicAngle {number(face.italic_angle)}/Ascent {number(face.ascent)}/Descent {number(face.descent)}"
        f"/CapHeight {number(face.cap_height)}/StemV {face.stem_v}/{key} %d 0 R>>",
        f"<</Type/Font/Subtype/CIDFontType{kind}/BaseFont/{base}{more}"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        f"/FontDescriptor %d 0 R/DW 0/W[{_list_widths(subset.widths)}]>>",
        f"<</Type/Font/Subtype/Type0/BaseFont/{base}/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>",
    )


def _tag(subset: Subset) -> str:
    """Return the six letters that tell subsets of one face apart (9.6.4), drawn from the content."""
    value = int.from_bytes(hashlib.sha256(subset.font_file).digest()[:8], "big")
    return "".join(chr(ord("A") + value // 26**place % 26) for place in range(6)) + "+"


def _list_widths(widths: Mapping[int, float]) -> str:
    """Return the W array: glyphs with consecutive numbers share a list."""
    runs: list[tuple[int, list[str]]] = []
    expected = -1
    for glyph, width in sorted(widths.items()):
        if glyph != expected:
            runs.append((glyph, []))
        runs[-1][1].append(number(width))
        expected = glyph + 1
    return "".join(f"{first}[{' '.join(run)}]" for first, run in runs)


def _map_to_unicode(subset: Subset) -> str:
    lines = [
        f"<{glyph:04X}><{_meaning(subset.to_unicode.get(glyph, '')).encode('utf-16-be').hex().upper()}>"
        for glyph in sorted(subset.widths)
        if glyph
    ]
    return _TO_UNICODE % "\n".join(_sections(lines))


def _meaning(text: str) -> str:
    """Return a text that ToUnicode may hold (ISO 19005-3, 6.2.11.7.2)."""
    return text if text and not set(text) & {"\0", "\ufeff", "\ufffe"} else _UNKNOWN


def _sections(lines: list[str]) -> Iterable[str]:
    for start in range(0, len(lines), _SECTION):
        section = lines[start : start + _SECTION]
        yield f"{len(section)} beginbfchar\n{chr(10).join(section)}\nendbfchar"
