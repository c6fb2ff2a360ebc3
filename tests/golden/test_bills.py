"""The pages of invoices that are unusual: Swiss QR-bills, many lines, many VAT rates, amounts in the millions."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from docgen.config import load_config
from docgen.fields import read_values
from docgen.kinds import KINDS
from docgen.merge import build_context
from docgen.model import Artifact, Format
from docgen.render import RENDERERS
from docgen.template import load_template

ROOT = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 20)
MM = 72 / 25.4
LINE = {
    "sku": "00733",
    "description": "Regal „Smiltynė“, fünf Böden",
    "quantity": "3",
    "unit": "Stk.",
    "unit_price": "312.50",
}
SWISS = {
    "name": "Wohnhaus Seefeld AG",
    "street": "Bahnhofstrasse 12",
    "postcode": "8008",
    "city": "Zürich",
    "country": "CH",
    "currency": "CHF",
    "vat_category": "G",
    "account_iban": "CH44 3199 9123 0008 8901 2",
}


def make(kind: str, locale: str = "de", company: Mapping[str, object] | None = None, **more: object) -> Artifact:
    template = load_template(ROOT / "templates" / kind)
    sender = load_config(ROOT / "config.yaml", {}).company.model_dump() | dict(company or {})
    values, faults = read_values({**template.sample, **more}, template.fields, "en_GB", "sample")
    assert not faults
    computed = KINDS[template.kind].compute(values, sender, TODAY)
    # A house in Geneva or Lugano adds its own texts; here they are the English ones.
    texts = {**template.texts, **dict.fromkeys(("fr", "it"), template.texts["en"])}
    context = build_context({**values, **computed}, locale=locale, company=sender, today=TODAY, texts=texts)
    return RENDERERS[template.body.suffix, Format.PDF](template).render(context)


def pages(made: Artifact) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(made.content))]


def codes(made: Artifact, page: int) -> list[zxingcpp.Barcode]:
    picture = pypdfium2.PdfDocument(io.BytesIO(made.content))[page].render(scale=3).to_pil()
    return list(zxingcpp.read_barcodes(picture))


# --- Swiss QR-bills --------------------------------------------------------------------------------


def test_a_small_swiss_invoice_has_its_payment_part_on_the_same_page() -> None:
    made = make("invoice", lines=[LINE], **SWISS)
    assert made.pages == 1
    assert "Zahlteil" in pages(made)[0]
    assert "Vor der Einzahlung abzutrennen" in pages(made)[0]


def test_the_payment_part_of_a_longer_invoice_has_a_page_of_its_own() -> None:
    made = make("invoice", lines=[LINE] * 4, **SWISS)
    assert made.pages == 2
    assert ["Zahlteil" in page for page in pages(made)] == [False, True]
    assert "Seite 1 von 2" in pages(made)[0]


@pytest.mark.parametrize("count", [1, 4])
def test_the_swiss_code_is_read_back_with_its_cross(count: int) -> None:
    made = make("invoice", lines=[LINE] * count, **SWISS)
    (code,) = codes(made, made.pages - 1)
    lines = code.bytes.decode("utf-8").split("\n")
    assert (lines[0], lines[3], lines[19]) == ("SPC", "CH4431999123000889012", "CHF")
    assert (lines[5], lines[21]) == ("Baltmarė, UAB", "Wohnhaus Seefeld AG")
    assert lines[18] == f"{937.5 * count:.2f}"
    assert lines[27:] == ["QRR", "000000000000000002026000172", "INV-2026-00017", "EPD"]


def test_the_swiss_code_is_46_mm_wide_and_stands_where_banks_look_for_it() -> None:
    made = make("invoice", lines=[LINE], **SWISS)
    (code,) = codes(made, 0)
    left, top = code.position.top_left.x / 3 / MM, 297 - code.position.top_left.y / 3 / MM
    width = (code.position.top_right.x - code.position.top_left.x) / 3 / MM
    assert (round(left), round(top), round(width)) == (67, 88, 46)


def test_no_mark_to_fold_at_stands_in_the_bill() -> None:
    made = make("invoice", lines=[LINE], **SWISS)
    page = pypdfium2.PdfDocument(io.BytesIO(made.content))[0].render(scale=4).to_pil().convert("L")
    # Left of all that the bill has, but for the dashes along its upper edge and their scissors.
    strip = page.crop((int(2 * MM * 4), page.height - int(101 * MM * 4), int(4.8 * MM * 4), page.height))
    assert strip.getextrema() == (255, 255)


#: Source: Swiss Implementation Guidelines for the QR-bill, annex D, "Multilingual headings".
WORDS = {
    "de_CH": ("Zahlteil", "Empfangsschein", "Zahlbar durch", "Währung", "Vor der Einzahlung abzutrennen"),
    "fr_CH": ("Section paiement", "Récépissé", "Payable par", "Monnaie", "A détacher avant le versement"),
    "it_CH": ("Sezione pagamento", "Ricevuta", "Pagabile da", "Valuta", "Da staccare prima del versamento"),
    "en": ("Payment part", "Receipt", "Payable by", "Currency", "Separate before paying in"),
    "lt": ("Payment part", "Receipt", "Payable by", "Currency", "Separate before paying in"),
}


@pytest.mark.parametrize("locale", WORDS)
def test_the_words_of_the_bill_are_those_of_the_standard_and_english_where_it_has_no_others(locale: str) -> None:
    page = pages(make("invoice", locale, lines=[LINE], **SWISS))[0]
    assert [word for word in WORDS[locale] if word not in page] == []


@pytest.mark.parametrize("name", ["deposit-invoice", "final-invoice"])
def test_other_invoices_have_a_swiss_bill_too(name: str) -> None:
    made = make(name, **SWISS | {"vat_category": "", "payment_reference": ""})
    assert ["Zahlteil" in page for page in pages(made)] == [False] * (made.pages - 1) + [True]


def test_a_swiss_bill_fits_letter_paper() -> None:
    made = make("invoice", company={"paper": "letter"}, lines=[LINE] * 4, **SWISS)
    assert len(codes(made, made.pages - 1)) == 1


# --- many lines, many rates, large amounts ---------------------------------------------------------


@pytest.mark.parametrize("name", ["invoice", "credit-note", "pro-forma", "deposit-invoice", "final-invoice"])
def test_sixty_lines_are_all_there_and_the_total_stands_once(name: str) -> None:
    numbers = [f"{number:05}" for number in range(1, 61)]
    made = make(name, lines=[{**LINE, "sku": number} for number in numbers], vat_category="", deposits=[])
    text = "\n".join(pages(made))
    assert [number for number in numbers if number not in text] == []
    assert 4 <= made.pages <= 6


def test_six_vat_rates_are_six_rows() -> None:
    rates = ["25", "21", "19", "9", "7", "5"]
    text = pages(make("invoice", lines=[{**LINE, "vat_rate": rate} for rate in rates], vat_category=""))
    assert [rate for rate in rates if f"{rate} % USt. auf 937,50" not in "\n".join(text).replace("\xa0", " ")] == []


def test_amounts_in_the_millions_stay_in_one_line() -> None:
    lines = [{**LINE, "quantity": "12345", "unit_price": "98765.43", "vat_rate": "19"}]
    text = "\n".join(pages(make("final-invoice", lines=lines, vat_category="", allowances=[], deposits=[])))
    assert "1.219.259.233,35" in text
    assert "1.450.918.487,69" in text


def test_gross_prices_say_that_vat_is_in_them() -> None:
    lines = [{**LINE, "unit_price": "119.00", "vat_rate": "19"}]
    text = pages(make("invoice", lines=lines, vat_category="", prices="gross"))[0].replace("\xa0", " ")
    assert "inkl. USt." in text or "brutto" in text.lower()
    assert "19 % USt. auf 300,00" in text
    assert "357,00 €" in text


def test_early_payment_and_tax_in_another_currency_are_said() -> None:
    text = pages(
        make(
            "invoice",
            lines=[{**LINE, "vat_rate": "23"}],
            vat_category="",
            currency="PLN",
            accounting_currency="EUR",
            exchange_rate="4.2563",
            exchange_source="EZB, 19.11.2026",
            early_payment_days="10",
            early_payment_percent="2",
        )
    )[0].replace("\xa0", " ")
    assert "50,66 EUR. Umrechnungskurs: 1 EUR = 4,2563 PLN (EZB, 19.11.2026)" in " ".join(text.split())
    assert "Bei Zahlung bis zum 30.11.2026 gewähren wir 2 % Skonto" in " ".join(text.split())
