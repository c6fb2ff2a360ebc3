"""Shipped templates with data that is as unpleasant as data gets: long names and addresses, large sums, mixed VAT."""

from __future__ import annotations

import io
import re

import pypdfium2
import pytest
from golden.test_bills import LINE, MM, ROOT, make, pages

LONG = {
    "name": "Gesellschaft für Schreibtische und außergewöhnlich lange Firmennamen mbH",
    "contact": "Frau Prof. Dr. Dr. h. c. Annegret-Luise Müller-Schwarzenbergerhof",
    "street": "Straße der Vereinten Nationen 1024–1028, Hinterhaus, Aufgang C, 4. Stock",
    "postcode": "99998",
    "city": "Weinbergen-Bollstedt-Höngeda",
}
SENDER = {
    "name": "Baltijos jūros pakrantės baldų gamybos grupė UAB „Baltmarė“",
    "street": "Marių pylimo gatvė 118-1, korpusas B",
    "email": "labai.ilgas.elektroninio.pasto.adresas.klientams@example.com",
    "footer": ["Juridinių asmenų registras, Valstybės įmonė Registrų centras 309992810"],
}
TEXTS = ROOT / "tests" / "golden" / "texts"


def test_an_address_of_eight_lines_stays_in_the_window() -> None:
    page = pypdfium2.PdfDocument(io.BytesIO(make("invoice", **LONG).content))[0].get_textpage()
    index, count = page.search("VOKIETIJA").get_next()
    assert min(page.get_charbox(index + at)[1] for at in range(count)) > (297 - 45 - 45) * MM


def test_an_envelope_is_one_page_however_long_the_address() -> None:
    made = make("envelope", **LONG, remark="Persönlich")
    assert made.pages == 1
    assert "VOKIETIJA" in pages(made)[0]


@pytest.mark.parametrize("name", ["invoice", "statement", "thank-you", "sales-report", "envelope"])
def test_a_company_with_a_long_name_has_room_for_it(name: str) -> None:
    text = " ".join(" ".join(pages(make(name, company=SENDER))).split())
    assert SENDER["name"] in text


@pytest.mark.parametrize("currency", ["CHF", "PLN", "EUR"])
@pytest.mark.parametrize("locale", ["en", "lt"])
def test_millions_to_pay_stay_in_one_line_in_any_currency(currency: str, locale: str) -> None:
    lines = [{**LINE, "unit_price": "41152263.00"}]
    text = pages(make("invoice", locale, lines=lines, vat_category="", currency=currency))[0]
    assert len(re.findall(r"123.456.789[.,]00", text)) == len(("lead", "line", "amount due"))


def test_vat_categories_of_one_rate_are_told_apart() -> None:
    lines = [{**LINE, "vat_rate": "19"}, *({**LINE, "vat_category": code} for code in ("AE", "K", "Z"))]
    text = " ".join(" ".join(pages(make("invoice", lines=lines, vat_category=""))).split()).replace("\xa0", " ")
    assert [code for code in ("AE", "K", "Z") if f"0 % {code} USt. auf 937,50" not in text] == []
    assert "AE: Steuerschuldnerschaft" in text
    assert "19 % USt. auf 937,50" in text


def test_who_signs_a_letter_never_stands_on_a_page_alone() -> None:
    for count in range(8, 26):
        made = make("complaint-answer", explanation="Noch ein Satz.\n\n" * count)
        if made.pages == 2:
            assert "Ihr Vertrauen" in pages(made)[1]
            return
    pytest.fail("the letter has never got a second page")


def test_no_sentence_ends_with_two_full_stops() -> None:
    """A Lithuanian date in words ends with one."""
    found = [path.name for path in TEXTS.glob("*.txt") if re.search(r"(?<!\.)\.\.(?!\.)", path.read_text("utf-8"))]
    assert found == []
