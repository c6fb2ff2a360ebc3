"""Receipts: what a payment settles, and what is left of it and of the invoices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import Faults, MissingValue, WrongTotal, WrongValue
from docgen.kinds import KINDS

TODAY = date(2026, 11, 20)
COMPANY = {"name": "Baltmarė, UAB", "currency": "EUR"}


def receipt(amount: str | None, *pays: dict[str, object], **values: object) -> dict[str, object]:
    paid = None if amount is None else Decimal(amount)
    return dict(KINDS["receipt"].compute({"amount": paid, "pays": list(pays), **values}, COMPANY, TODAY))


def row(amount: str, total: str | None = None, before: str | None = None) -> dict[str, object]:
    figures = {"amount": amount, "total": total, "paid_before": before}
    return {"number": "INV-1", **{name: figure and Decimal(figure) for name, figure in figures.items()}}


def test_a_payment_settles_invoices_in_part_and_whole() -> None:
    made = receipt("2500.00", row("1019.20", "1519.20", "500.00"), row("1230.80", "1980.10"))
    assert [line["remaining"] for line in made["pays"]] == [Decimal(0), Decimal("749.30")]
    assert (made["settled"], made["on_account"]) == (Decimal("2250.00"), Decimal("250.00"))
    assert made["still_open"] == Decimal("749.30")


def test_an_invoice_without_a_total_counts_as_paid() -> None:
    assert receipt("10", row("10"))["still_open"] == 0


def test_a_payment_that_names_no_invoice_stays_on_the_account() -> None:
    made = receipt("10")
    assert (made["settled"], made["on_account"], made["still_open"]) == (0, 10, 0)


def test_days_that_the_data_do_not_say_are_those_of_the_receipt() -> None:
    made = receipt("1", date=date(2026, 11, 3))
    assert (made["date"], made["paid_on"], receipt("1")["paid_on"]) == (date(2026, 11, 3), date(2026, 11, 3), TODAY)


@pytest.mark.parametrize(
    ("method", "name"),
    [("Direct-debit", "direct_debit"), ("58", "transfer"), ("10", "cash"), ("48", "card"), ("20", "cheque"), ("", "")],
)
def test_ways_to_pay_are_known_by_name_and_by_code(method: str, name: str) -> None:
    assert receipt("1", method=method)["method"] == name


def test_an_unknown_way_to_pay_is_refused_with_a_proposal() -> None:
    with pytest.raises(WrongValue, match='"transfr" is not a way to pay; did you mean "transfer"'):
        receipt("1", method="transfr")


def test_a_payment_cannot_settle_more_than_it_is() -> None:
    with pytest.raises(WrongTotal, match=r"the rows add up to 12\.00, the payment is 10\.00 EUR"):
        receipt("10", row("5"), row("7"))


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_nothing_and_less_is_no_payment(amount: str) -> None:
    with pytest.raises(WrongValue, match="above 0"):
        receipt(amount)


def test_a_receipt_without_an_amount_is_refused() -> None:
    with pytest.raises(MissingValue, match="amount"):
        receipt(None)


def test_all_rows_that_settle_what_was_not_open_are_told_together() -> None:
    with pytest.raises(Faults) as caught:
        receipt("100", row("60", "100", "50"), row("5"), row("0"), {"number": "INV-2"})
    fields = [fault.field for fault in caught.value.faults]
    assert fields == ["pays[1].amount", "pays[3].amount", "pays[4].amount"]


def test_an_amount_with_more_places_than_the_currency_has_is_refused() -> None:
    with pytest.raises(WrongValue, match="an amount of JPY, which would be 11"):
        receipt("10.5", currency="JPY")


cents = st.integers(1, 10**8).map(lambda number: Decimal(number) / 100)


@given(st.lists(st.tuples(cents, cents, cents), max_size=10), cents)
def test_the_parts_of_a_receipt_are_the_whole(rows: list[tuple[Decimal, Decimal, Decimal]], more: Decimal) -> None:
    pays = [row(str(now), str(now + before + left), str(before)) for now, before, left in rows]
    made = receipt(str(sum((now for now, _, _ in rows), more)), *pays)
    assert made["settled"] + made["on_account"] == made["amount"]
    assert made["on_account"] == more
    assert sum(line["remaining"] for line in made["pays"]) == made["still_open"]
    assert all(line["paid_before"] + line["amount"] + line["remaining"] == line["total"] for line in made["pays"])
