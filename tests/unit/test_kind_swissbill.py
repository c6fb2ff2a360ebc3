"""The text of Swiss QR codes, by the examples and rules of the Swiss Implementation Guidelines for the QR-bill."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from docgen.errors import MissingValue, WrongValue
from docgen.kinds import KINDS
from docgen.kinds.swissbill import group_reference, is_qr_account, swiss_reference

QR_IBAN = "CH44 3199 9123 0008 8901 2"
IBAN = "CH93 0076 2011 6238 5295 7"
COMPANY = {
    "name": "Robert Schneider AG",
    "street": "Rue du Lac 1268",
    "postcode": "2501",
    "city": "Biel",
    "country": "CH",
    "currency": "CHF",
    "iban": QR_IBAN,
}
CUSTOMER = {
    "name": "Pia Rutschmann",
    "street": "Marktgasse 28a",
    "postcode": "9400",
    "city": "Rorschach",
    "country": "CH",
}


def bill(company: dict[str, object] | None = None, **values: object) -> dict[str, object]:
    record = {"number": "RE-2026-17", "lines": [{"unit_price": Decimal("1949.75")}], **CUSTOMER, **values}
    return dict(KINDS["invoice"].compute(record, COMPANY | (company or {}), date(2026, 11, 20)))


def test_the_code_has_the_elements_in_their_order() -> None:
    made = bill(payment_reference="21 00000 00003 13947 14300 09017")
    assert str(made["swiss_code"]).split("\n") == [
        *("SPC", "0200", "1", "CH4431999123000889012"),
        *("S", "Robert Schneider AG", "Rue du Lac", "1268", "2501", "Biel", "CH"),
        *("", "", "", "", "", "", ""),
        *("1949.75", "CHF"),
        *("S", "Pia Rutschmann", "Marktgasse", "28a", "9400", "Rorschach", "CH"),
        *("QRR", "210000000003139471430009017", "RE-2026-17", "EPD"),
    ]
    assert (made["swiss_reference"], made["swiss_amount"]) == ("21 00000 00003 13947 14300 09017", "1 949.75")
    assert made["payment_code"] == ""


def test_a_qr_reference_is_made_of_the_digits_of_the_number() -> None:
    made = bill()
    assert made["swiss_reference"] == "00 00000 00000 00000 00020 26170"


def test_another_account_takes_a_creditor_reference_or_none() -> None:
    with_reference = bill({"iban": IBAN}, payment_reference="RF18 5390 0754 7034")
    assert str(with_reference["swiss_code"]).split("\n")[27:] == ["SCOR", "RF18539007547034", "RE-2026-17", "EPD"]
    assert str(bill({"iban": IBAN})["swiss_code"]).split("\n")[27:] == ["NON", "", "RE-2026-17", "EPD"]


@pytest.mark.parametrize(
    ("iban", "reference"),
    [
        ("CH4431999123000889012", "210000000003139471430009018"),
        ("CH4431999123000889012", "RF18539007547034"),
        ("CH9300762011623852957", "210000000003139471430009017"),
    ],
)
def test_a_reference_that_does_not_go_with_the_account_is_refused(iban: str, reference: str) -> None:
    with pytest.raises(WrongValue, match="payment_reference"):
        swiss_reference(iban, reference, "RE-2026-17")


def test_a_qr_iban_is_known_by_its_banks_number() -> None:
    assert is_qr_account("CH4431999123000889012")
    assert not is_qr_account("CH9300762011623852957")


@pytest.mark.parametrize(
    "values",
    [{"currency": "USD"}, {"prepaid": Decimal("1949.75")}, {"account_iban": "DE02120300000000202051"}],
)
def test_there_is_no_qr_bill_where_no_bank_could_pay_it(values: dict[str, object]) -> None:
    assert bill(**values)["swiss_code"] == ""


def test_a_bill_in_euro_may_be_one() -> None:
    assert str(bill(currency="EUR")["swiss_code"]).split("\n")[19] == "EUR"


def test_an_address_that_the_code_cannot_hold_is_refused() -> None:
    with pytest.raises(WrongValue, match=r"city.* at most 35 characters"):
        bill(city="Sankt Margarethen bei Knittelfeld an der Mur")
    with pytest.raises(WrongValue, match=r"name.* Latin letters"):
        bill(name="Пиа Рутшман")
    with pytest.raises(MissingValue, match="postcode"):
        bill(postcode="")
    with pytest.raises(MissingValue, match=r"company\.city"):
        bill({"city": ""})


def test_quotation_marks_are_written_as_the_code_has_them() -> None:
    assert 'UAB "Žalioji lentyna"' in str(bill(name="UAB „Žalioji lentyna“")["swiss_code"])


def test_references_are_grouped_as_they_are_printed() -> None:
    assert group_reference("RF18539007547034") == "RF18 5390 0754 7034"
    assert group_reference("210000000003139471430009017") == "21 00000 00003 13947 14300 09017"
