"""Each filter of a line of Word text in a document of its own, as a person has looked at it as a picture."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from lxml import etree
from PIL import Image, ImageDraw
from rendering import make_context, make_template, pdf_text, saved

from docgen.model import MEDIA_TYPES, Artifact, Format, Making
from docgen.render import docx as word_renderer
from docgen.render import office

TEXTS = Path(__file__).parent / "texts"
needs_office = pytest.mark.skipif(
    office.find_office() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 220 60"><rect width="220" height="60" rx="8" fill="#065"/>'
    '<circle cx="30" cy="30" r="16" fill="none" stroke="#fff" stroke-width="5"/>'
    '<text x="60" y="41" font-size="32" fill="#fff">Ahorn</text></svg>'
)
VALUES = {
    "name": "Smith & Co <b>",
    "total": Decimal("1234.5"),
    "url": "https://example.com/pay?order=17&lang=de",
    "yes": True,
    "no": False,
    "photo": "tall.jpg",
    "rows": [{"file": "wide.png", "says": "wide"}, {"file": "tall.jpg", "says": "tall"}],
}


def folder_of_pictures(folder: Path) -> Path:
    folder.mkdir()
    for name, size, colour in (("wide.png", (400, 200), "#1e5aa0"), ("tall.jpg", (200, 400), "#a03c1e")):
        image = Image.new("RGB", size, colour)
        ImageDraw.Draw(image).ellipse((40, 40, size[0] - 40, size[1] - 40), fill="white")
        image.save(folder / name)
    Image.open(folder / "wide.png").convert("P").save(folder / "wide.gif")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(folder / "tall.jpg").save(folder / "turned.jpg", exif=exif)
    Image.new("RGB", (3000, 300), "#5aa01e").save(folder / "huge.png")
    Image.new("RGB", (90, 90), "#bbbbbb").save(folder / "place.png")
    (folder / "logo.svg").write_text(SVG)
    return folder


def page() -> Any:
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(20)
    return document


def image(folder: Path) -> Any:
    document = page()
    document.sections[0].header.paragraphs[0].text = '{{ "logo.svg" | image(height_mm=8, alt="Ahorn") }}'
    document.add_paragraph(
        'PNG {{ "wide.png" | image(width_mm=30, alt="Wide") }}, JPEG {{ "tall.jpg" | image(height_mm=20) }}, GIF '
        '{{ "wide.gif" | image(height_mm=10) }}, turned {{ "turned.jpg" | image(height_mm=10) }}, SVG '
        '{{ "logo.svg" | image(width_mm=40, anchor="https://example.com") }} in a line.'
    )
    document.add_paragraph(
        'contain {{ "tall.jpg" | image(width_mm=20, height_mm=20) }} stretch '
        '{{ "tall.jpg" | image(width_mm=20, height_mm=20, fit="stretch") }}'
    )
    document.add_paragraph('{{ "huge.png" | image }}')
    table = document.add_table(rows=3, cols=2, style="Table Grid")
    rows = (
        ("{%tr for row in rows %}", ""),
        ("{{ row.file | image(height_mm=12, alt=row.says) }}", "{{ row.says }}"),
        ("{%tr endfor %}", ""),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return document


def image_in_place(folder: Path) -> Any:
    document = page()
    tags = (
        "{{ photo | image(alt='The photo') }}",
        '{{ "wide.png" | image }}',
        '{{ "logo.svg" | image(fit="stretch") }}',
    )
    for tag in tags:
        shape = document.add_paragraph("Framed: ").add_run().add_picture(str(folder / "place.png"), Mm(40), Mm(30))
        shape._inline.docPr.set("descr", tag)
    header = document.sections[0].header.paragraphs[0].add_run("Header ")
    header.add_picture(str(folder / "place.png"), Mm(50), Mm(12))._inline.docPr.set("descr", '{{ "logo.svg" | image }}')
    return document


def qr(folder: Path) -> Any:
    document = page()
    document.add_paragraph("Pay here: {{ url | qr(size_mm=30) }} or with {{ qr('x', error='H', border=0) }} this.")
    return document


def rich(folder: Path) -> Any:
    document = page()
    document.add_paragraph(
        '{{ name | rich(bold=true, color="#B00020") }}, {{ name | rich(italic=true, size=16, highlight="#FFEE00") }}, '
        '{{ name | rich(underline=true, strike=true) }}, H{{ 2 | rich(script="sub") }}O and m'
        '{{ 2 | rich(script="super") }}, {{ total | rich(style="Intense Emphasis") }}, '
        '{{ name | rich(font="Liberation Mono") }}.'
    )
    run = document.add_paragraph().add_run(
        'In bold: {{ name | rich(bold=false) }}, {{ name | rich(color="#006655") }}.'
    )
    run.bold, run.font.size = True, Pt(14)
    return document


def link(folder: Path) -> Any:
    document = page()
    document.add_paragraph(
        'See {{ url | link("the <portal>") }}, {{ url | link }} or {{ "tel:+491234" | link("call") }}.'
    )
    document.sections[0].footer.paragraphs[0].text = 'Write to {{ "mailto:a@example.com" | link("us") }}.'
    return document


def link_style(folder: Path) -> Any:
    document = link(folder)
    style = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    style.font.color.rgb, style.font.underline = RGBColor(0xB0, 0, 0x20), True
    return document


def checkbox(folder: Path) -> Any:
    document = page()
    document.add_paragraph(
        'I want {{ yes | checkbox("the news") }} and {{ no | checkbox("the post") }}, or {{ no | checkbox }}.'
    )
    document.add_paragraph().add_run('{{ yes | checkbox("Large") }}').font.size = Pt(22)
    document.add_table(rows=1, cols=1, style="Table Grid").rows[0].cells[0].text = '{{ no | checkbox("in a cell") }}'
    return document


def page_break(folder: Path) -> Any:
    document = page()
    for text in (
        "One.",
        "{{ page_break() }}",
        "Two.{{ page_break() }}Three.",
        "{% if no %}{{ page_break() }}{% endif %}Still.",
    ):
        document.add_paragraph(text)
    return document


CASES: dict[str, Callable[[Path], Any]] = {
    case.__name__: case for case in (image, image_in_place, qr, rich, link, link_style, checkbox, page_break)
}


def make(name: str, folder: Path, engine: Making = Making.COMPILED) -> bytes:
    document = CASES[name](folder_of_pictures(folder))
    prepared = word_renderer.prepare(make_template(folder, saved(document), ".docx"), engine=engine)
    return prepared.render(make_context(VALUES, "de")).content


# --- what a document is made of -------------------------------------------------------------------


def outline(content: bytes) -> Iterator[str]:
    document = docx.Document(io.BytesIO(content))
    section = document.sections[0]
    for label, part in (("header", section.header), ("text", document), ("footer", section.footer)):
        yield f"--- {label}"
        for paragraph in part._element.iter(qn("w:p")):
            inside = "cell " if next(paragraph.iterancestors(qn("w:tc")), None) is not None else ""
            yield f"{inside}paragraph"
            for node in paragraph.iter(qn("w:t"), qn("w:br"), qn("w:drawing"), qn("w:sdt"), qn("w:hyperlink")):
                yield "  " + _piece(node, part.part)


def _piece(node: etree._Element, part: Any) -> str:
    match etree.QName(node).localname:
        case "t":
            return f"{node.text!r}{_look(node.getparent())}"
        case "br":
            return f"break {node.get(qn('w:type'), '')}".rstrip()
        case "hyperlink":
            return f"link {part.rels[node.get(qn('r:id'))].target_ref}"
        case "sdt":
            state = next(node.iter("{*}checkbox"))
            return f"box {' '.join(f'{etree.QName(one).localname}={one.values()[0]}' for one in state)}"
    return _drawing(node, part)


def _look(run: etree._Element) -> str:
    look = run.find(qn("w:rPr"))
    if look is None:
        return ""
    return " " + " ".join(":".join((etree.QName(one).localname, *one.attrib.values())) for one in look)


def _drawing(node: etree._Element, part: Any) -> str:
    extent, described = next(node.iter(qn("wp:extent"))), next(node.iter(qn("wp:docPr")))
    size = " x ".join(f"{int(extent.get(side)) / 36_000:.1f}" for side in ("cx", "cy"))
    files = [
        part.rels[value].target_part.partname.ext
        for blip in node.iter(qn("a:blip"), "{*}svgBlip")
        for name, value in blip.attrib.items()
        if name == qn("r:embed")
    ]
    links = [part.rels[one.get(qn("r:id"))].target_ref for one in described.iter(qn("a:hlinkClick"))]
    return f"picture {size} mm {'+'.join(files)} {described.get('descr')!r} {' '.join(links)}".rstrip()


@pytest.mark.parametrize("name", CASES)
def test_a_filter_makes_what_it_made_before(name: str, tmp_path: Path, regenerate: bool) -> None:
    made = "\n".join(outline(make(name, tmp_path / "t"))) + "\n"
    golden = TEXTS / f"word-{name.replace('_', '-')}.txt"
    if regenerate:
        golden.write_text(made, encoding="utf-8")
    assert made == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_both_ways_make_the_same_document_and_twice_the_same_bytes(name: str, tmp_path: Path) -> None:
    first = make(name, tmp_path / "a")
    assert make(name, tmp_path / "b") == first
    assert list(outline(make(name, tmp_path / "c", Making.REFERENCE))) == list(outline(first))


@pytest.mark.libreoffice
@needs_office
def test_what_the_filters_make_stands_in_the_pdf(tmp_path: Path) -> None:
    documents = [Artifact(make(name, tmp_path / name), MEDIA_TYPES[Format.DOCX], f"{name}.docx") for name in CASES]
    made = dict(zip(CASES, office.convert_to_pdf(documents), strict=True))
    assert [name for name, one in made.items() if not isinstance(one, Artifact)] == []
    contents = {name: one.content for name, one in made.items() if isinstance(one, Artifact)}
    texts = {name: pdf_text(content).replace("\xa0", " ") for name, content in contents.items()}
    assert "Smith & Co <b>, Smith & Co <b>" in texts["rich"]
    assert "I want ☒ the news and ☐ the post, or ☐." in texts["checkbox"]
    assert "See the <portal>" in texts["link"]
    pages = {name: len(pypdfium2.PdfDocument(content)) for name, content in contents.items()}
    assert pages == {**dict.fromkeys(CASES, 1), "page_break": 3}
