"""Invoices of all types: what they say of type, deposits, payment and tax in another currency."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import Faults, MissingValue, WrongTotal, WrongValue
from docgen.kinds import KINDS

TODAY = date(2026, 11, 20)
COMPANY = {
    "name": "Baltmarė, UAB",
    "street": "Marių pylimo g. 18",
    "postcode": "LT-92233",
    "city": "Klaipėda",
    "country": "LT",
    "currency": "EUR",
    "iban": "LT64 3250 0123 4567 8906",
    "bic": "",
}


def line(unit_price: str, quantity: str = "1", rate: str | None = "21", **more: object) -> dict[str, object]:
    vat_rate = None if rate is None else Decimal(rate)
    return {"unit_price": Decimal(unit_price), "quantity": Decimal(quantity), "vat_rate": vat_rate, **more}


def make(kind: str, *lines: dict[str, object], **values: object) -> dict[str, object]:
    return dict(KINDS[kind].compute({"number": "INV-2026-00001", "lines": list(lines), **values}, COMPANY, TODAY))


def invoice(*lines: dict[str, object], **values: object) -> dict[str, object]:
    return make("invoice", *lines, **values)


# --- type, dates, references -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "code", "more"),
    [
        ("invoice", "380", {}),
        ("credit-note", "381", {"invoice_no": "INV-2026-00001"}),
        ("deposit-invoice", "386", {"deposit_percent": Decimal(30)}),
        ("final-invoice", "380", {}),
    ],
)
def test_a_document_has_the_type_of_en_16931(kind: str, code: str, more: dict[str, object]) -> None:
    assert make(kind, line("100"), **more)["type_code"] == code


def test_the_type_may_come_with_the_data() -> None:
    assert invoice(line("100"), type_code="326")["type_code"] == "326"


@pytest.mark.parametrize(("kind", "code"), [("invoice", "381"), ("invoice", "999"), ("credit-note", "380")])
def test_a_type_of_another_document_is_refused(kind: str, code: str) -> None:
    with pytest.raises(WrongValue, match="type_code"):
        make(kind, line("100"), type_code=code, invoice_no="INV-2026-00001")


@pytest.mark.parametrize(("kind", "more"), [("invoice", {"type_code": "384"}), ("credit-note", {})])
def test_a_correction_names_what_it_corrects(kind: str, more: dict[str, object]) -> None:
    with pytest.raises(MissingValue, match="invoice_no"):
        make(kind, line("100"), **more)


def test_a_credit_note_cannot_be_older_than_its_invoice() -> None:
    with pytest.raises(WrongValue, match="invoice_date"):
        make("credit-note", line("1"), invoice_no="INV-2026-00001", invoice_date=TODAY + timedelta(days=1))


def test_a_period_of_supply_cannot_end_before_it_begins() -> None:
    with pytest.raises(WrongValue, match="period_end"):
        invoice(line("1"), period_start=date(2026, 11, 1), period_end=date(2026, 10, 31))


def test_a_credit_note_has_amounts_above_zero_and_asks_for_nothing() -> None:
    made = make("credit-note", line("100"), invoice_no="INV-2026-00001")
    assert (made["gross"], made["amount_due"]) == (Decimal("121.00"), Decimal("121.00"))
    assert "payment_code" not in made


def test_a_pro_forma_invoice_asks_for_nothing() -> None:
    made = make("pro-forma", line("100"))
    assert made["gross"] == Decimal("121.00")
    assert not {"amount_due", "due_date", "payment_code", "type_code"} & set(made)


def test_a_pro_forma_invoice_cannot_lapse_before_its_day() -> None:
    with pytest.raises(WrongValue, match="valid_until"):
        make("pro-forma", line("1"), valid_until=TODAY - timedelta(days=1))


# --- payment ---------------------------------------------------------------------------------------


def test_early_payment_saves_two_percent_within_ten_days() -> None:
    made = invoice(line("1000"), early_payment_days=Decimal(10), early_payment_percent=Decimal(2))
    assert made["early_payment_date"] == date(2026, 11, 30)
    assert (made["early_payment_discount"], made["early_payment_amount"]) == (Decimal("24.20"), Decimal("1185.80"))


@pytest.mark.parametrize("given_alone", ["early_payment_days", "early_payment_percent"])
def test_terms_of_early_payment_are_whole(given_alone: str) -> None:
    with pytest.raises(MissingValue, match="early_payment"):
        invoice(line("1000"), **{given_alone: Decimal(2)})


def test_payments_before_are_added_up() -> None:
    paid = [{"amount": Decimal("20.50")}, {"amount": Decimal("100.50")}]
    made = invoice(line("1000"), prepayments=paid)
    assert (made["prepaid"], made["amount_due"]) == (Decimal("121.00"), Decimal("1089.00"))


def test_payments_before_that_differ_from_their_sum_are_refused() -> None:
    with pytest.raises(WrongTotal, match=r"the prepayments add up to 20\.50"):
        invoice(line("1000"), prepayments=[{"amount": Decimal("20.50")}], prepaid=Decimal(20))


@pytest.mark.parametrize(
    ("price", "unit", "added", "due"),
    [("10.02", "0.05", "-0.02", "10.00"), ("10.03", "0.05", "0.02", "10.05"), ("10.50", "1", "0.50", "11.00")],
)
def test_the_amount_due_is_rounded_to_coins_and_vat_is_not(price: str, unit: str, added: str, due: str) -> None:
    """BR-CO-16: BT-115 = BT-112 - BT-113 + BT-114."""
    made = invoice(line(price, rate=None), currency="CHF", round_to=Decimal(unit))
    assert (made["rounding"], made["amount_due"]) == (Decimal(added), Decimal(due))
    assert made["gross"] == Decimal(price)


def test_the_records_account_wins_over_the_companys() -> None:
    made = invoice(line("1"), account_iban="DE02 1203 0000 0000 2020 51", account_bic="BYLADEM1001", account_bank="DKB")
    assert (made["account_iban"], made["account_bic"], made["account_bank"]) == (
        "DE02120300000000202051",
        "BYLADEM1001",
        "DKB",
    )
    assert "DE02120300000000202051" in str(made["payment_code"])


def test_a_creditor_reference_stands_where_banks_look_for_it() -> None:
    made = invoice(line("100"), payment_reference="RF18 5390 0754 7034")
    assert str(made["payment_code"]).split("\n")[9:] == ["RF18539007547034"]


# --- tax in another currency -----------------------------------------------------------------------


def test_the_tax_total_is_converted_at_the_declared_rate() -> None:
    made = invoice(line("1000", rate="23"), currency="PLN", accounting_currency="EUR", exchange_rate=Decimal("4.2563"))
    assert (made["accounting_tax"], made["exchange_unit"]) == (Decimal("54.04"), "EUR")  # 230 / 4.2563 = 54.0375


def test_a_rate_is_not_inverted() -> None:
    """Regulation (EC) 1103/97, Article 4 (3), at the fixed rate of the litas (Regulation (EU) 851/2014)."""
    values = {"currency": "LTL", "accounting_currency": "EUR", "exchange_rate": Decimal("3.45280")}
    made = invoice(line("1000000", rate="100"), **values)
    assert made["accounting_tax"] == Decimal("289620.02")  # by the inverse rate 0.28962 it were 289620.00


def test_half_a_cent_is_rounded_up() -> None:
    """Regulation (EC) 1103/97, Article 5."""
    made = invoice(line("1", rate="1"), accounting_currency="GBP", exchange_rate=Decimal("0.5"))
    assert (made["tax"], made["accounting_tax"]) == (Decimal("0.01"), Decimal("0.01"))  # 0.005


def test_a_tax_total_in_another_currency_needs_a_rate() -> None:
    with pytest.raises(MissingValue, match="exchange_rate"):
        invoice(line("1"), accounting_currency="SEK")


# --- deposits --------------------------------------------------------------------------------------


def test_a_deposit_has_the_vat_rates_of_the_order() -> None:
    made = make("deposit-invoice", line("1000", rate="19"), line("200", rate="7"), deposit_percent=Decimal(30))
    assert [(group["rate"], group["net"], group["tax"]) for group in made["vat"]] == [
        (Decimal(19), Decimal(300), Decimal(57)),
        (Decimal(7), Decimal(60), Decimal("4.20")),
    ]
    assert (made["order_gross"], made["gross"], made["amount_due"]) == (
        Decimal("1404.00"),
        Decimal("421.20"),
        Decimal("421.20"),
    )


def test_a_deposit_may_be_an_amount_with_the_vat_in_it() -> None:
    made = make("deposit-invoice", line("1000", rate="19"), line("200", rate="7"), deposit_amount=Decimal(500))
    assert made["gross"] == Decimal(500)


@pytest.mark.parametrize("percent", ["0", "101"])
def test_a_deposit_is_a_part_of_the_order(percent: str) -> None:
    with pytest.raises(WrongValue, match="deposit_percent"):
        make("deposit-invoice", line("1000"), deposit_percent=Decimal(percent))


def test_a_deposit_that_is_not_said_is_refused() -> None:
    with pytest.raises(MissingValue, match="deposit_percent"):
        make("deposit-invoice", line("1000"))


def test_a_final_invoice_takes_off_the_deposits_and_their_vat() -> None:
    """German UStG section 14 (5), sentence 2: 10 000 net at 19 %, deposits of 3 570 and 2 380 with their VAT."""
    deposits = [{"gross": Decimal(3570)}, {"net": Decimal(2000), "tax": Decimal(380)}]
    made = make("final-invoice", line("10000", rate="19"), deposits=deposits)
    assert (made["tax"], made["deposit_tax"], made["left_tax"]) == (Decimal(1900), Decimal(950), Decimal(950))
    assert (made["left_net"], made["amount_due"]) == (Decimal(5000), Decimal(5950))
    assert (made["prepaid"], made["gross"]) == (Decimal(5950), Decimal(11900))


def test_deposits_at_a_former_rate_are_taken_off_at_it() -> None:
    made = make("final-invoice", line("100", rate="16"), deposits=[{"gross": Decimal(119), "vat_rate": Decimal(19)}])
    assert [(group["rate"], group["tax"]) for group in made["left"]] == [(Decimal(19), -19), (Decimal(16), 16)]
    assert (made["left_tax"], made["amount_due"]) == (Decimal(-3), Decimal(-3))


def test_faulty_deposits_are_reported_together() -> None:
    wrong = {"gross": Decimal(100), "net": Decimal(80), "tax": Decimal(19), "vat_rate": Decimal(21)}
    with pytest.raises(Faults) as caught:
        make("final-invoice", line("100"), line("1", rate="9"), deposits=[{"gross": Decimal(1)}, wrong, {"net": None}])
    fields = [fault.field for fault in caught.value.faults]
    assert fields == ["deposits[1].vat_rate", "deposits[2].gross", "deposits[3].vat_rate"]


amounts = st.decimals(min_value="0.01", max_value=99_999, places=2)
orders = st.lists(
    st.builds(lambda price, rate: line(str(price), rate=rate), amounts, st.sampled_from(["5", "7", "19", "21", None])),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=100)
@given(
    lines=orders, percent=st.sampled_from(["0.5", "10", "30", "33.33", "100"]), currency=st.sampled_from(["EUR", "JPY"])
)
def test_deposit_and_final_invoice_together_are_the_whole(
    lines: list[dict[str, object]], percent: str, currency: str
) -> None:
    """What the deposit invoice charges and what is left add up to the order, net, tax and gross, rate by rate."""
    deposit = make("deposit-invoice", *lines, deposit_percent=Decimal(percent), currency=currency)
    rows = [
        {"net": group["net"], "tax": group["tax"], "vat_rate": group["rate"], "vat_category": group["category"]}
        for group in deposit["vat"]
    ]
    final = make("final-invoice", *lines, deposits=rows, currency=currency)
    for name in ("net", "tax", "gross"):
        left = final["amount_due"] if name == "gross" else final[f"left_{name}"]
        assert deposit[name] + left == final[name] == deposit[f"order_{name}"]
    assert sum(group["tax"] for group in final["left"]) == final["left_tax"]
    assert sum(group["net"] for group in final["left"]) == final["left_net"]


@settings(deadline=None, max_examples=100)
@given(lines=orders, share=st.decimals(min_value="0.01", max_value=1, places=2))
def test_a_deposit_of_an_amount_is_that_amount(lines: list[dict[str, object]], share: Decimal) -> None:
    whole = invoice(*lines)["gross"]
    amount = max((whole * share).quantize(Decimal("0.01")), Decimal("0.01"))
    made = make("deposit-invoice", *lines, deposit_amount=amount)
    assert made["gross"] == amount == made["net"] + made["tax"]


@settings(deadline=None, max_examples=100)
@given(lines=orders, unit=st.sampled_from(["0.05", "0.10", "0.50", "1"]))
def test_a_rounded_amount_is_whole_coins_and_at_most_half_a_coin_away(
    lines: list[dict[str, object]], unit: str
) -> None:
    made = invoice(*lines, currency="CHF", round_to=Decimal(unit))
    assert made["amount_due"] % Decimal(unit) == 0
    assert abs(made["rounding"]) * 2 <= Decimal(unit)
    assert made["amount_due"] == made["gross"] + made["rounding"]
