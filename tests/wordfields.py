"""Word's fields as Word writes them, for tests of mail-merge documents."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import docx
from lxml import etree
from rendering import make_context, make_template

from docgen.model import Making
from docgen.render import docx as word_renderer

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
BOLD = "<w:b/>"


def run(content: str, look: str = "") -> str:
    return f'<w:r w:rsidR="00A1B2C3">{f"<w:rPr>{look}</w:rPr>" if look else ""}{content}</w:r>'


def text(words: str, look: str = "") -> str:
    return run(f'<w:t xml:space="preserve">{escape(words)}</w:t>', look)


def code(words: str, look: str = "") -> str:
    return run(f'<w:instrText xml:space="preserve">{escape(words)}</w:instrText>', look)


def mark(sort: str) -> str:
    return run(f'<w:fldChar w:fldCharType="{sort}"/>')


def complex_field(*instruction: str, result: str | None = "«result»", look: str = "") -> str:
    """A field whose code is made of pieces: plain text, or markup such as other fields and formatted `code`."""
    pieces = "".join(piece if piece.startswith("<") else code(piece) for piece in instruction)
    shown = mark("separate") + text(result, look) if result is not None else ""
    return f"{mark('begin')}{pieces}{shown}{mark('end')}"


def field(instruction: str, look: str = "", result: str | None = "«result»") -> str:
    return complex_field(f" {instruction} ", result=result, look=look)


def merge(name: str, look: str = "") -> str:
    return field(f"MERGEFIELD {name}", look)


def simple_field(instruction: str, look: str = "", result: str = "«result»") -> str:
    return f"<w:fldSimple w:instr={quoteattr(f' {instruction} ')}>{text(result, look)}</w:fldSimple>"


def paragraph(*pieces: str, look: str = "") -> str:
    inside = "".join(piece if piece.startswith("<") else text(piece) for piece in pieces)
    return f'<w:p w:rsidR="00A1B2C3" w:rsidRDefault="00D4E5F6">{f"<w:pPr>{look}</w:pPr>" if look else ""}{inside}</w:p>'


def cell(*paragraphs: str) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>{"".join(paragraphs)}</w:tc>'


def table(*rows: list[str]) -> str:
    columns = '<w:gridCol w:w="2000"/>' * max(map(len, rows))
    lines = "".join(f"<w:tr>{''.join(cell(paragraph(content)) for content in row)}</w:tr>" for row in rows)
    return f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{lines}</w:tbl>'


def text_box(*paragraphs: str) -> str:
    """A text box as Word 2010 and later write it, with the same text for older ones."""
    content = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    drawing = (
        '<w:drawing><wp:inline><wp:extent cx="1800000" cy="900000"/><wp:docPr id="7" name="Text Box 7"/><a:graphic>'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr '
        'txBox="1"/><wps:spPr/><wps:txbx>' + content + "</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic>"
        "</wp:inline></w:drawing>"
    )
    fallback = f'<w:pict><v:shape style="width:142pt;height:71pt"><v:textbox>{content}</v:textbox></v:shape></w:pict>'
    both = f'<mc:Choice Requires="wps">{drawing}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback>'
    return run(f"<mc:AlternateContent>{both}</mc:AlternateContent>")


def document(*blocks: str, header: str = "", settings: str = "", decimal: str = ".") -> bytes:
    """A document of blocks; `settings` are elements that its settings begin with."""
    made = docx.Document()
    for node in reversed(etree.fromstring(f"<w:body {SPACES}>{''.join(blocks)}</w:body>")):
        made.element.body.insert(0, node)
    if header:
        story = made.sections[0].header
        story.is_linked_to_previous = False
        story._element.remove(story.paragraphs[0]._element)
        story._element.extend(etree.fromstring(f"<w:hdr {SPACES}>{header}</w:hdr>"))
    for node in reversed(etree.fromstring(f"<w:settings {SPACES}>{settings}</w:settings>")):
        made.settings.element.insert(0, node)
    made.settings.element.find(f"{{{W}}}decimalSymbol").set(f"{{{W}}}val", decimal)
    output = io.BytesIO()
    made.save(output)
    return output.getvalue()


def prepare(folder: Path, content: bytes, fields: str = "", making: Making = Making.COMPILED):
    lines = "".join(f"  {line.strip()}\n" for line in fields.split("|") if line.strip())
    manifest = f"fields:\n{lines}" if lines else ""
    return word_renderer.prepare(make_template(folder, content, ".docx", manifest), engine=making)


def texts(content: bytes) -> list[str]:
    """The paragraphs of a document's text, those in tables and text boxes where they stand; fields by their result."""
    root = docx.Document(io.BytesIO(content)).element.body
    found = []
    for one in root.iter(f"{{{W}}}p"):
        if (
            next(one.iterancestors("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"), None)
            is None
        ):
            own = [
                node for node in one.iter(*(f"{{{W}}}{tag}" for tag in ("t", "br", "tab"))) if _paragraph(node) is one
            ]
            found.append("".join("\n" if node.tag.endswith("br") else node.text or "" for node in own))
    return found


def _paragraph(node: etree._Element) -> etree._Element:
    return next(node.iterancestors(f"{{{W}}}p"))


def merged(
    folder: Path, content: bytes, values: Mapping[str, object], fields: str = "", locale: str = "en"
) -> list[str]:
    """What a document says once merged, the same by both engines."""
    made = [
        prepare(folder / str(making), content, fields, making).render(make_context(values, locale)).content
        for making in (Making.COMPILED, Making.REFERENCE)
    ]
    first, second = map(texts, made)
    assert first == second, "the engines differ"
    return first
