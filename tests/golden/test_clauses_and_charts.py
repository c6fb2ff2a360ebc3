"""A contract of clause files and a report of charts, compared with what a person has looked at and found good.

`pytest tests/golden --regenerate` writes the expected texts anew; look at the documents before committing it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from lxml import etree
from rendering import make_context, make_template, pdf_text, saved

from docgen.model import MEDIA_TYPES, Artifact, Format, Where
from docgen.render import docx as word_renderer
from docgen.render import office
from docgen.render.docx.package import Package

TEXTS = Path(__file__).parent / "texts"
W = qn("w:p")[:-1]
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
COLOURS = {"accent": "#1F4E79", "text": "#1A1A1A", "muted": "#5F6B76", "hairline": "#CBD2D9"}
needs_office = pytest.mark.skipif(
    office.find_office() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)


def page() -> Document:
    """Return an empty page in the fonts and measures that our templates have."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    document.styles["Normal"].font.name = "Carlito"
    document.styles["Normal"].font.size = Pt(10.5)
    return document


# --- clauses --------------------------------------------------------------------------------------


def contract() -> bytes:
    document = page()
    document.add_heading("Rental agreement with {{ name }}", 1)
    document.add_paragraph("The rooms are let as they stand.", "List Number")
    document.add_paragraph("Keys are handed over on the first day.", "List Number")
    document.add_paragraph("{{p clauses | subdocument }}")
    document.add_paragraph("Signed on {{ today | date('long') }}.")
    table = document.add_table(1, 2, "Table Grid")
    table.cell(0, 0).text = "Landlord"
    table.cell(0, 1).text = "{{ 'signature.docx' | subdocument }}"
    return saved(document)


def rent() -> bytes:
    document = page()
    note = document.styles.add_style("Clause Note", 1)
    note.base_style, note.font.italic = document.styles["Normal"], True
    document.add_heading("Rent", 2)
    document.add_paragraph("The rent is {{ rent | money }} a month.", "List Number")
    document.add_paragraph("It is due on the third working day.", "List Number")
    document.add_paragraph("{%p if heated %}")
    document.add_paragraph("Heating is included.", "List Bullet")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("Rents of past years:", "Clause Note")
    document.add_paragraph("{{ chart('column', years, x='year', y='rent', number_format='money', height_mm=45) }}")
    return saved(document)


def pets() -> bytes:
    document = page()
    document.add_heading("Pets", 2)
    document.add_paragraph("{{p pets | markdown }}")
    return saved(document)


def contract_content(folder: Path) -> bytes:
    template = make_template(folder, contract(), ".docx")
    signature = page()
    signature.add_paragraph("{{ name }}", "Intense Quote")
    for name, content in {"rent.docx": rent(), "pets.docx": pets(), "signature.docx": saved(signature)}.items():
        (folder / name).write_bytes(content)
    values = {
        "name": "Müller & Söhne",
        "rent": Decimal("1234.50"),
        "currency": "EUR",
        "heated": True,
        "pets": "Allowed are:\n\n1. **cats**\n2. fish",
        "years": [{"year": year, "rent": 1000 + (year - 2023) * 78} for year in range(2023, 2027)],
        "clauses": ["rent.docx", "pets.docx", "rent.docx"],
    }
    context = make_context(values, "de")
    return word_renderer.prepare(template).render(context | {"company": {"colours": COLOURS}}).content


def lines_of_text(content: bytes) -> Iterator[str]:
    """Yield each paragraph with its style and the number that Word counts for it."""
    document = docx.Document(io.BytesIO(content))
    styles = {style.style_id: style.name for style in document.styles}
    for paragraph in document.element.body.iter(f"{W}p"):
        found = {name: [node.get(f"{W}val") for node in paragraph.iter(f"{W}{name}")] for name in ("pStyle", "numId")}
        style = styles[found["pStyle"][0]] if found["pStyle"] else "Normal"
        list_ = f", list {found['numId'][0]}" if found["numId"] else ""
        drawn = " [chart]" * sum(1 for _ in paragraph.iter(f"{C}chart"))
        text = "".join(node.text or "" for node in paragraph.iter(f"{W}t"))
        yield f"{style}{list_}: {text}{drawn}"


# --- charts ---------------------------------------------------------------------------------------

MONTHS = ["January", "February", "March", "April", "May", "June"]
ROWS = [
    {
        "month": month,
        "day": date(2026, number, 1),
        "price": Decimal("1.25") * number,
        "sales": Decimal("1200.5") + 310 * number,
        "costs": 900 + 777 * number % 500,
        "profit": None if number == 3 else -350 + 150 * number,
    }
    for number, month in enumerate(MONTHS, 1)
]
THREE = "y=['sales', 'costs', 'profit']"
CHARTS = (
    f"chart('column', rows, x='month', {THREE}, title='Columns & more', number_format='money'",
    f"chart('stacked-column', rows, x='month', {THREE}, title='Stacked columns'",
    "chart('bar', rows, x='month', y=['sales', 'costs'], title='Bars', names=['Sold', 'Spent']",
    f"chart('stacked-bar', rows, x='month', {THREE}, title='Stacked bars'",
    f"chart('line', rows, x='day', {THREE}, title='Lines'",
    "chart('area', rows, x='day', y='sales', title='Area'",
    "chart('pie', rows, x='month', y='sales', title='Pie'",
    "chart('doughnut', rows, x='month', y='sales', title='Doughnut'",
    "chart('scatter', rows, x='price', y=['sales', 'costs'], title='Points', x_title='Price', y_title='Pieces'",
    "chart('column', rows, x='month', y='sales', title='Labelled', labels=true, colors=['#2E7D32']",
)


def report_content(folder: Path, locale: str) -> bytes:
    document = page()
    table = document.add_table(5, 2)
    for number, call in enumerate(CHARTS):
        table.cell(number // 2, number % 2).text = f"{{{{ {call}, width_mm=78, height_mm=48) }}}}"
    template = make_template(folder, saved(document), ".docx")
    context = make_context({"rows": ROWS, "currency": "EUR"}, locale)
    return word_renderer.prepare(template).render(context | {"company": {"colours": COLOURS}}).content


def lines_of_charts(content: bytes) -> Iterator[str]:
    """Yield what each chart shows, and how."""
    package = Package(content, Where("report.docx"))
    for name in package.related(package.main, "chart"):
        root = etree.fromstring(package.parts[name])
        plot = next(node for node in root.iter() if node.find(f"{C}ser") is not None)
        axes = [etree.QName(node).localname for node in root.iter(f"{C}catAx", f"{C}dateAx", f"{C}valAx")]
        titles = [node.text for node in root.iterfind(f".//{C}title//{A}t")]
        yield f"{etree.QName(plot).localname} {' '.join(axes)}: {', '.join(titles)}"
        formats = dict.fromkeys(node.get("formatCode") for node in root.iter(f"{C}numFmt"))
        yield f"  formats: {'  '.join(formats)}"
        for series in plot.iterfind(f"{C}ser"):
            colours = [node.get("val") for node in series.iterfind(f"{C}spPr//{A}srgbClr")]
            yield f"  {series.find(f'{C}tx//{C}v').text} {' '.join(colours)}".rstrip()
            for values in series.iter(f"{C}cat", f"{C}val", f"{C}xVal", f"{C}yVal"):
                points = [f"{node.get('idx')}={node.find(f'{C}v').text}" for node in values.iter(f"{C}pt")]
                yield f"    {values.find(f'.//{C}f').text}: {' '.join(points)}"


# --- tests ----------------------------------------------------------------------------------------


def compare(name: str, lines: Iterator[str], regenerate: bool) -> None:
    made = "\n".join(lines) + "\n"
    golden = TEXTS / f"{name}.txt"
    if regenerate:
        golden.write_text(made, encoding="utf-8")
    assert made == golden.read_text(encoding="utf-8")


def test_a_contract_of_clauses_says_what_it_said_before(tmp_path: Path, regenerate: bool) -> None:
    compare("word-clauses", lines_of_text(contract_content(tmp_path / "t")), regenerate)


@pytest.mark.parametrize("locale", ["en", "de"])
def test_a_report_of_charts_shows_what_it_showed_before(tmp_path: Path, regenerate: bool, locale: str) -> None:
    content = report_content(tmp_path / "t", locale)
    assert len(docx.Document(io.BytesIO(content)).element.findall(f".//{C}chart")) == len(CHARTS)
    compare(f"word-charts-{locale}", lines_of_charts(content), regenerate)


@pytest.mark.libreoffice
@needs_office
def test_clauses_and_charts_stand_in_the_pdf(tmp_path: Path) -> None:
    contents = {"contract": contract_content(tmp_path / "c"), "report": report_content(tmp_path / "r", "de")}
    assert "word/charts/chart2.xml" in Package(contents["contract"], Where("contract.docx")).parts
    documents = [Artifact(content, MEDIA_TYPES[Format.DOCX], f"{name}.docx") for name, content in contents.items()]
    made = [one for one in office.convert_to_pdf(documents) if isinstance(one, Artifact)]
    agreement, report = (pdf_text(one.content) for one in made)
    for text in ("1. The rooms", "2. Keys", "1. The rent is 1.234,50 €", "2. It is due", "1. cats", "Müller & Söhne"):
        assert text in agreement.replace("\t", " ").replace("\xa0", " ")
    for text in ("Columns & more", "Sold", "Mär", "4.000 €", "22 %", "Price"):
        assert text in report.replace("\xa0", " ")
