"""Word documents written down part by part, so that a template holds exactly the markup that a test is about."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from html import escape

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items()) + ' mc:Ignorable="w14"'
OFFICE = NAMESPACES["r"]
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOTE_KINDS = {"footnotes": "footnote", "endnotes": "endnote"}
HEADERS = ("default", "first", "even")

# --- text -----------------------------------------------------------------------------------------


def t(text: str, preserve: bool = True) -> str:
    """A text, escaped."""
    space = ' xml:space="preserve"' if preserve else ""
    return f"<w:t{space}>{escape(text, quote=False)}</w:t>"


def r(*content: str, look: str = "", attributes: str = "") -> str:
    """A run; what does not begin with `<` is text."""
    inner = "".join(one if one.startswith("<") else t(one) for one in content)
    return f"<w:r{attributes}>{f'<w:rPr>{look}</w:rPr>' if look else ''}{inner}</w:r>"


def p(*content: str, look: str = "", attributes: str = "") -> str:
    """A paragraph; what does not begin with `<` is a run of text."""
    inner = "".join(one if one.startswith("<") else r(one) for one in content)
    return f"<w:p{attributes}>{f'<w:pPr>{look}</w:pPr>' if look else ''}{inner}</w:p>"


def tc(*content: str, width: int = 2000, look: str = "") -> str:
    """A cell; what does not begin with `<` is a paragraph."""
    inner = "".join(one if one.startswith("<") else p(one) for one in content) or p()
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{look}</w:tcPr>{inner}</w:tc>'


def tr(*cells: str, look: str = "", attributes: str = "") -> str:
    """A row; what does not begin with `<` is a cell."""
    inner = "".join(one if one.startswith("<") else tc(one) for one in cells)
    return f"<w:tr{attributes}>{f'<w:trPr>{look}</w:trPr>' if look else ''}{inner}</w:tr>"


def tbl(columns: int, *rows: str, width: int = 2000) -> str:
    """A table with a grid of as many columns."""
    grid = f'<w:gridCol w:w="{width}"/>' * columns
    look = '<w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
    return f"<w:tbl>{look}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def sect(headers: Mapping[str, str] = {}, footers: Mapping[str, str] = {}, more: str = "") -> str:
    """A section's end: kind of header -> id of the relation."""
    refs = "".join(
        f'<w:{what}Reference w:type="{kind}" r:id="{relation}"/>'
        for what, those in (("header", headers), ("footer", footers))
        for kind, relation in those.items()
    )
    size = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1417" w:bottom="1134" w:left="1417" '
    first = "<w:titlePg/>" if "first" in {*headers, *footers} else ""
    return f'<w:sectPr>{refs}{more}{size}w:header="708" w:footer="708" w:gutter="0"/>{first}</w:sectPr>'


def sdt(content: str, look: str = "") -> str:
    """A content control."""
    return f"<w:sdt><w:sdtPr>{look}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def change(name: str, number: int, content: str) -> str:
    """A tracked change: `ins`, `del`, `rPrChange` and the like."""
    return f'<w:{name} w:id="{number}" w:author="A. Writer" w:date="2026-01-01T00:00:00Z">{content}</w:{name}>'


# --- pictures and shapes --------------------------------------------------------------------------


def drawing(number: object, *, name: str = "Picture", alt: str = "", relation: str = "image1") -> str:
    """A run with a picture in the line of text."""
    wide, high = 360_000, 180_000
    return r(
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>'
        f'<wp:docPr id="{number}" name="{name}" descr="{alt}"/><a:graphic><a:graphicData uri="{NAMESPACES["pic"]}">'
        f'<pic:pic><pic:nvPicPr><pic:cNvPr id="0" name="{name}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing>"
    )


def text_box(*content: str, number: object = 7) -> str:
    """A run with a text box as Word writes it: a shape, and VML for old readers."""
    inner = "".join(content)
    return r(
        '<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="114300" '
        'distR="114300" simplePos="0" relativeHeight="251659264" behindDoc="0" locked="0" layoutInCell="1" '
        'allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>0'
        '</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset>'
        '</wp:positionV><wp:extent cx="2000000" cy="700000"/><wp:wrapSquare wrapText="bothSides"/>'
        f'<wp:docPr id="{number}" name="Text box"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData '
        f'uri="{NAMESPACES["wps"]}"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/>'
        '<a:ext cx="2000000" cy="700000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>'
        f"<wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData>"
        "</a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        '<v:shape style="width:157pt;height:55pt"><v:textbox><w:txbxContent>'
        f"{inner}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent>"
    )


def png(colour: int = 0, size: int = 4) -> bytes:
    """A small grey picture."""
    rows = b"".join(b"\0" + bytes([colour]) * size for _ in range(size))

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))

    header = struct.pack(">2L5B", size, size, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


# --- the package ----------------------------------------------------------------------------------


def root(name: str, content: str) -> str:
    """A part's content in its root element."""
    return f"{_XML}<w:{name} {DECLARED}>{content}</w:{name}>"


def note(number: int, *content: str, kind: str = "footnote") -> str:
    """A footnote or endnote, or a comment."""
    more = ' w:author="A. Writer" w:date="2026-01-01T00:00:00Z" w:initials="AW"' if kind == "comment" else ""
    return f'<w:{kind} w:id="{number}"{more}>{"".join(content)}</w:{kind}>'


def document(
    *body: str,
    headers: Mapping[str, str] = {},
    footers: Mapping[str, str] = {},
    footnotes: Sequence[str] = (),
    endnotes: Sequence[str] = (),
    comments: Sequence[str] = (),
    properties: Mapping[str, str] = {},
    images: int = 1,
    links: Mapping[str, str] = {},
    section: bool = True,
    whole: str | None = None,
) -> bytes:
    """Return a file.

    Args:
        body: markup of the body; a final section is put after it.
        headers: kind -> markup: `default`, `first`, `even` belong to the final section; a part and a relation
            `header-<kind>` is made for every other kind too.
        footers: the same.
        footnotes: elements of that part; separators are added.
        endnotes: the same.
        comments: elements of that part.
        properties: local name of a core property in Dublin Core -> text.
        images: pictures, with relations `image1`, ..., from the body and from every header and footer.
        links: id of a relation of the body -> an address outside.
        section: whether the body ends with a section.
        whole: the main part as it is to be, instead of `body`.
    """
    parts: dict[str, bytes] = {}
    overrides: dict[str, str] = {}
    relations: dict[str, list[tuple[str, str, str, bool]]] = {"word/document.xml": []}
    pictures = [(f"image{n}", f"{OFFICE}/image", f"media/image{n}.png", False) for n in range(1, images + 1)]

    def add(name: str, content: str, media_type: str, relation: str = "", kind: str = "") -> None:
        parts[f"word/{name}"] = content.encode()
        overrides[f"word/{name}"] = f"{_WORD}.{media_type}+xml"
        if relation:
            relations["word/document.xml"].append((relation, f"{OFFICE}/{kind or media_type}", name, False))

    for what, those, element in (("header", headers, "hdr"), ("footer", footers, "ftr")):
        for number, (kind, content) in enumerate(those.items(), 1):
            add(f"{what}{number}.xml", root(element, content), what, f"{what}-{kind}")
            relations[f"word/{what}{number}.xml"] = list(pictures)
    for what, notes in (("footnotes", footnotes), ("endnotes", endnotes)):
        if notes:
            add(f"{what}.xml", root(what, _separators(what) + "".join(notes)), what, what)
    if comments:
        add("comments.xml", root("comments", "".join(comments)), "comments", "comments")
    add("styles.xml", root("styles", _STYLES), "styles", "styles")
    even = "<w:evenAndOddHeaders/>" if "even" in {*headers, *footers} else ""
    add("settings.xml", root("settings", even), "settings", "settings")
    final = sect(
        {kind: f"header-{kind}" for kind in headers if kind in HEADERS},
        {kind: f"footer-{kind}" for kind in footers if kind in HEADERS},
    )
    inner = "".join(body) + (final if section else "")
    add("document.xml", whole or root("document", f"<w:body>{inner}</w:body>"), "document.main")
    relations["word/document.xml"] += pictures
    relations["word/document.xml"] += [(key, f"{OFFICE}/hyperlink", to, True) for key, to in links.items()]
    for n in range(1, images + 1):
        parts[f"word/media/image{n}.png"] = png(40 * n)
    relations[""] = [("rId1", f"{OFFICE}/officeDocument", "word/document.xml", False)]
    parts["docProps/core.xml"] = _properties(properties).encode()
    overrides["docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
    kind = _RELATIONS + "/metadata/core-properties"
    relations[""].append(("rId2", kind, "docProps/core.xml", False))
    return _zip(parts, overrides, relations)


_STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Quote"><w:name w:val="Quote"/><w:basedOn w:val="Normal"/></w:style>'
    '<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>'
)


def _separators(what: str) -> str:
    kind = _NOTE_KINDS[what]
    names = (("separator", -1), ("continuationSeparator", 0))
    return "".join(f'<w:{kind} w:type="{name}" w:id="{n}">{p(r(f"<w:{name}/>"))}</w:{kind}>' for name, n in names)


def _properties(values: Mapping[str, str]) -> str:
    inner = "".join(f"<dc:{name}>{escape(value)}</dc:{name}>" for name, value in values.items())
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{inner}</cp:coreProperties>'
    )


def _zip(
    parts: Mapping[str, bytes],
    overrides: Mapping[str, str],
    relations: Mapping[str, list[tuple[str, str, str, bool]]],
) -> bytes:
    types = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
    defaults = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    )
    members = {"[Content_Types].xml": f'{_XML}<Types xmlns="{_TYPES}">{defaults}{types}</Types>'.encode()}
    for owner, those in relations.items():
        folder, _, name = owner.rpartition("/")
        path = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        members[path] = _relations(those).encode()
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**members, **parts}.items():
            package.writestr(zipfile.ZipInfo(name), content)
    return output.getvalue()


def _relations(those: list[tuple[str, str, str, bool]]) -> str:
    lines = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{escape(target)}" '
        f'TargetMode="{"External" if outside else "Internal"}"/>'
        for key, kind, target, outside in those
    )
    return f'{_XML}<Relationships xmlns="{_RELATIONS}">{lines}</Relationships>'
