"""Floor 2, edges: PDF files: objects, embedded fonts, structure, metadata. Knows what pages hold, not what it means."""

from __future__ import annotations

import zlib
from datetime import date

from docgen.render.pdf.layout.blocks import Document
from docgen.render.pdf.layout.resources import Store


def write_file(document: Document, store: Store, today: date | None) -> bytes:
    """Return a document as a PDF file (ISO 32000-1)."""
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    letters = document.letters
    fonts: dict[int, set[int]] = {}
    for sheet in document.sheets:
        for number, group in sheet.fonts:
            fonts.setdefault(number, set()).add(group)

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    names = {}
    for number, groups in sorted(fonts.items()):
        face = letters.numbered(number)
        subset = face.subset(frozenset(groups))
        data = zlib.compress(subset.font_file, 6)
        program = add(
            b"<</Length %d/Length1 %d/Filter/FlateDecode>>stream\n%b\nendstream"
            % (len(data), len(subset.font_file), data)
        )
        base = f"AAAAAA+{face.name}"
        box = " ".join(f"{edge:.0f}" for edge in face.bbox)
        descriptor = add(
            f"<</Type/FontDescriptor/FontName/{base}/Flags 4/FontBBox[{box}]/ItalicAngle {face.italic_angle}/Ascent "
            f"{face.ascent}/Descent {face.descent}/CapHeight {face.cap_height}/StemV {face.stem_v}/FontFile2 {program} 0 R>>".encode()
        )
        widths = " ".join(f"{glyph}[{width:.0f}]" for glyph, width in sorted(subset.widths.items()))
        child = add(
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{base}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {descriptor} 0 R/W[{widths}]/CIDToGIDMap/Identity>>".encode()
        )
        names[number] = add(
            f"<</Type/Font/Subtype/Type0/BaseFont/{base}/Encoding/Identity-H/DescendantFonts[{child} 0 R]>>".encode()
        )
    pages = []
    for sheet in document.sheets:
        data = zlib.compress("".join(sheet.out).encode("ascii"), 6)
        content = add(b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(data), data))
        used = "".join(f"/F{number} {names[number]} 0 R" for number in sorted({number for number, _ in sheet.fonts}))
        pages.append(
            add(
                f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {sheet.width:.2f} {sheet.height:.2f}]/Resources<</Font<<{used}>>>>"
                f"/Contents {content} 0 R>>".encode()
            )
        )
    kids = " ".join(f"{page} 0 R" for page in pages)
    objects[1] = f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode()
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
