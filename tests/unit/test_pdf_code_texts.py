"""What codes say to people who hear a document."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pressing import press, rml

from docgen.render.pdf.drawing.codetexts import spoken

EPC = "BCD\n002\n1\nSCT\n\nNorthwind Joinery\nDE02120300000000202051\nEUR1119.00\n\n\nINV-7\n"
SWISS = "\n".join(["SPC", "0200", "1", "CH4431999123000889012", "S", "Ahorn AG", *[""] * 12, "50.10", "CHF", ""])


@pytest.mark.parametrize(
    ("value", "language", "said"),
    [
        (EPC, "en", "Payment code: €1,119.00 to Northwind Joinery, IBAN DE02 1203 0000 0000 2020 51"),
        (EPC, "de-AT", "Zahlungscode: € 1.119,00 an Northwind Joinery, IBAN DE02 1203 0000 0000 2020 51"),
        (EPC, "pt-BR", "Payment code: € 1.119,00 to Northwind Joinery, IBAN DE02 1203 0000 0000 2020 51"),
        (EPC.replace("EUR1119.00", ""), "lt", "Mokėjimo kodas: gavėjas Northwind Joinery, IBAN DE02"),
        (SWISS, "de", "Zahlungscode: 50,10 CHF an Ahorn AG, IBAN CH44 3199 9123 0008 8901 2"),
        ("https://example.com", "en", "https://example.com"),
        ("BCD\n002", "en", "BCD\n002"),
        ("", "en", ""),
    ],
)
def test_a_payment_is_a_sentence_and_all_else_its_value(value: str, language: str, said: str):
    assert spoken(value, language).replace("\xa0", " ").startswith(said)


def test_a_bar_code_on_a_page_says_its_text():
    made = press(rml("<para>x</para>", graphics='<barCode code="code128" x="9" y="9" barHeight="9">DG-17</barCode>'))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        texts = [str(one.Alt) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
    assert texts == ["DG-17"]


@pytest.mark.parametrize("place", ["", 'x="9" y="9"'])
def test_the_sentence_is_in_the_file(place: str):
    code = f'<epcQr name="A" iban="DE02120300000000202051" amount="5.00" {place}/>'
    made = press(rml("<para>x</para>", graphics=code) if place else rml(code), language="de")
    with pikepdf.open(io.BytesIO(made)) as pdf:
        texts = [str(one.Alt) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
    assert any("Zahlungscode" in text for text in texts)
    assert not any("BCD" in text for text in texts)
