"""Every shipped template, its sample in every language, compared with what a person has looked at and found good.

`pytest tests/golden --regenerate` writes the expected texts anew; read the difference before committing it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from docx import Document
from pagepictures import check_pictures, pages_of

from docgen.config import load_config
from docgen.fields import read_values
from docgen.kinds import KINDS
from docgen.merge import build_context
from docgen.model import Artifact, Format, Mail
from docgen.optout import Exits
from docgen.protocols import Prepared
from docgen.render import RENDERERS
from docgen.render.mail import prepare_mail
from docgen.template import Template, load_template, template_names
from docgen.tokens import Wish

ROOT = Path(__file__).parent.parent.parent
TEXTS = Path(__file__).parent / "texts"
TODAY = date(2026, 11, 20)
EXITS = Exits(url="https://example.com/unsubscribe", preferences="https://example.com/preferences", trial=True)
_FORMATS = {".rml": Format.PDF, ".docx": Format.DOCX}
LANGUAGES = ("de", "en", "fil", "lt", "lv")
NAMES = template_names(ROOT / "templates")
MESSAGES = {path.parent.name for ending in ("html", "mjml") for path in (ROOT / "templates").glob(f"*/body.{ending}")}
PDFS = {path.parent.name for path in (ROOT / "templates").glob("*/body.rml")}
CASES = [(name, language) for name in NAMES for language in LANGUAGES]


@cache
def shipped(name: str) -> Template:
    return load_template(ROOT / "templates" / name)


@cache
def prepared(name: str) -> Prepared:
    template = shipped(name)
    return RENDERERS[template.body.suffix, _FORMATS[template.body.suffix]](template)


@cache
def company() -> Mapping[str, object]:
    return load_config(ROOT / "config.yaml", {}).company.model_dump()


@cache
def sample_made(name: str, language: str) -> Artifact:
    return prepared(name).render(context_of(shipped(name), language))


def context_of(template: Template, locale: str, **more: object) -> Mapping[str, object]:
    values, faults = read_values({**template.sample, **more}, template.fields, "en_GB", "sample")
    assert not faults
    computed = KINDS[template.kind].compute(values, company(), TODAY)
    made = build_context({**values, **computed}, locale=locale, company=company(), today=TODAY, texts=template.texts)
    return {**made, **EXITS.of(Wish("", topic="care"), "shop@example.com").links}


def text_of(artifact: Artifact) -> str:
    if artifact.media_type == "application/pdf":
        pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(artifact.content)]
        return "\n---- page ----\n".join(text.replace("\r\n", "\n").strip() for text in pages)
    document = Document(io.BytesIO(artifact.content))
    parts = [document.sections[0].header, document, document.sections[0].footer]
    return "\n".join(paragraph_text for part in parts for paragraph_text in _paragraphs(part._element))


def _paragraphs(element: object) -> list[str]:
    namespace = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    texts = ["".join(node.text or "" for node in p.iter(f"{namespace}t")) for p in element.iter(f"{namespace}p")]
    return [text for text in texts if text.strip()]


def text_of_mail(mail: Mail) -> str:
    return f"{mail.subject}\n\n{mail.text}"


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_sample_says_in_every_language_what_it_said_before(name: str, language: str, regenerate: bool) -> None:
    if name in MESSAGES:
        made = text_of_mail(prepare_mail(shipped(name)).render(context_of(shipped(name), language)))
    else:
        made = text_of(sample_made(name, language))
    golden = TEXTS / f"{name}-{language}.txt"
    if regenerate:
        golden.write_text(made + "\n", encoding="utf-8")
    assert made + "\n" == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "language"), [case for case in CASES if case[0] in PDFS])
def test_the_pages_of_a_sample_look_as_they_did(name: str, language: str, regenerate: bool) -> None:
    made = pages_of(sample_made(name, language).content)
    check_pictures(f"{name}-{language}", made, regenerate=regenerate)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_speaks_all_languages(name: str) -> None:
    assert sorted(shipped(name).texts) == list(LANGUAGES)


@pytest.mark.parametrize("name", sorted(set(NAMES) - MESSAGES))
def test_two_renderings_are_the_same_bytes(name: str) -> None:
    """Once after other documents, and once as the first of its process."""
    template = shipped(name)
    first = RENDERERS[template.body.suffix, _FORMATS[template.body.suffix]](template)
    assert sample_made(name, "lt").content == first.render(context_of(template, "lt")).content


@pytest.fixture(scope="module")
def stationery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("paper") / "letterhead.pdf"
    with pikepdf.new() as paper:
        paper.add_blank_page(page_size=(595, 842))
        paper.save(file)
    return file


@pytest.mark.parametrize("name", sorted(PDFS))
def test_a_template_prints_on_stationery_and_on_letter_paper(name: str, stationery: Path) -> None:
    for more in ({"letterhead": stationery}, {"paper": "letter"}):
        context = dict(context_of(shipped(name), "lt")) | {"company": {**company(), **more}}
        assert prepared(name).render(context).pages


# --- the invoice's layout --------------------------------------------------------------------------

LINE = {"description": "Regal „Smiltynė“, fünf Böden", "quantity": "3", "unit": "Stk.", "unit_price": "312.50"}


def invoice(**more: object) -> Artifact:
    return prepared("invoice").render(context_of(shipped("invoice"), "de", **more))


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (4, 1), (12, 2), (45, 4)])
def test_an_invoice_takes_as_many_pages_as_its_lines_need(count: int, pages: int) -> None:
    made = invoice(lines=[{**LINE, "sku": f"{number:05}"} for number in range(1, count + 1)])
    text = text_of(made)
    assert made.pages == pages
    assert [number for number in range(1, count + 1) if f"{number:05}" not in text] == []
    assert f"Seite {pages} von {pages}" in text
    assert text.count("Zu zahlen") == 1


def test_an_invoice_is_read_in_order_and_once() -> None:
    lines = [LINE] * 12
    with pikepdf.open(io.BytesIO(invoice(lines=lines).content)) as file:
        document = file.Root.StructTreeRoot.K
        roles = [str(kid.S) for kid in (document[0] if isinstance(document, pikepdf.Array) else document).K]
        heads = [str(cell.S) for cell in _first(file.Root.StructTreeRoot, "/TR").K]

    # Sender, address and particulars; heading and lead; lines; notes and totals; payment; the company at the foot of
    # the first page, once, and no number of a page.
    assert roles == [
        *["/P"] * 17, "/H1", "/P", "/Table", *["/P"] * 8, "/Figure", *["/P"] * 10, *["/P"] * 3,
    ]  # fmt: skip
    assert heads == ["/TH"] * 6


def _first(node: pikepdf.Dictionary, role: str) -> pikepdf.Dictionary:
    """Return the first element of a role, in reading order."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            if kid.get("/S") == role:
                return kid
            found = _first(kid, role)
            if found is not None:
                return found
    return None


def test_the_head_of_the_table_stands_on_every_page_with_lines() -> None:
    text = text_of(invoice(lines=[LINE] * 45))
    with_lines = [page for page in text.split("---- page ----") if "Smiltynė" in page]
    assert len(with_lines) > 1
    assert all("Einzelpreis" in page for page in with_lines)


def test_amounts_in_the_millions_stay_in_one_line() -> None:
    made = invoice(lines=[{**LINE, "quantity": "12345", "unit_price": "987654.32"}])
    assert re.search(r"12\.192\.592\.580,40\b", text_of(made))
    assert made.pages == 1


def test_a_very_long_name_stays_in_the_window() -> None:
    name = "Gesellschaft für Schreibtische, Regale und außergewöhnlich lange Firmennamen in Mitteldeutschland mbH"
    document = pypdfium2.PdfDocument(invoice(name=name).content)
    bottom = min(box[1] for box in boxes_of(document[0].get_textpage(), "VOKIETIJA"))
    assert bottom > mm_from_foot(90)


def test_the_address_stands_in_the_window_of_din_5008_form_b() -> None:
    textpage = pypdfium2.PdfDocument(invoice().content)[0].get_textpage()
    for line in ("Möbelhaus Grünwald GmbH", "Jana Schröder", "Lindenallee 14", "VOKIETIJA"):
        left, bottom, right, top = boxes_of(textpage, line)[0]
        assert mm_from_foot(45 + 45) < bottom < top < mm_from_foot(45 + 17.7)
        assert 20 * MM < left < right < (20 + 85) * MM


MM = 72 / 25.4


def mm_from_foot(mm_from_head: float) -> float:
    return (297 - mm_from_head) * MM


def boxes_of(textpage: pypdfium2.PdfTextPage, words: str) -> list[tuple[float, float, float, float]]:
    """Return left, bottom, right and top of the first place where `words` stand."""
    index, count = textpage.search(words).get_next()
    boxes = [textpage.get_charbox(index + offset) for offset in range(count)]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return [(min(lefts), min(bottoms), max(rights), max(tops))]


def test_only_euro_invoices_have_a_payment_code() -> None:
    assert "Banking-App" in text_of(invoice())
    assert "Banking-App" not in text_of(invoice(currency="GBP"))


def test_a_paid_invoice_asks_for_nothing() -> None:
    text = text_of(invoice(lines=[{**LINE, "quantity": "1"}], prepaid="312.50"))
    assert "Es ist nichts mehr zu überweisen." in text
    assert "Bitte überweisen" not in text
