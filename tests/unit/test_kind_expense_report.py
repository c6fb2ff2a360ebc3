"""Expense reports: what rows come to, what is given back, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import Faults, MissingValue, WrongTotal, WrongValue
from docgen.kinds import KINDS
from docgen.kinds.expenses import settle

TODAY = date(2026, 11, 20)
COMPANY = {"name": "Baltmarė, UAB", "currency": "EUR"}
GERMAN = {"breakfast_percent": Decimal(20), "lunch_percent": Decimal(40), "dinner_percent": Decimal(40)}


def report(**values: object) -> dict[str, object]:
    return dict(KINDS["expense-report"].compute(values, COMPANY, TODAY))


def item(amount: str, **more: object) -> dict[str, object]:
    figures = {name: Decimal(value) if name in ("vat", "vat_rate", "exchange_rate", "converted") else value
               for name, value in more.items()}  # fmt: skip
    return {"amount": Decimal(amount), **figures}


def day(rate: str, share: str = "100", **meals: int) -> dict[str, object]:
    return {"rate": Decimal(rate), "share": Decimal(share), **meals}


def test_receipts_allowances_and_kilometres_less_advances_are_given_back() -> None:
    made = report(
        items=[item("100.00"), item("50.50", paid_by="company")],
        per_diems=[day("28")],
        mileage=[{"km": Decimal(46)}],
        advances=[{"amount": Decimal("40")}],
        mileage_rate=Decimal("0.30"),
    )
    assert (made["item_total"], made["per_diem_total"], made["mileage_total"]) == (
        Decimal("150.50"), Decimal("28.00"), Decimal("13.80"),
    )  # fmt: skip
    assert (made["expenses"], made["company_paid"], made["advance_total"]) == (
        Decimal("192.30"), Decimal("50.50"), Decimal("40.00"),
    )  # fmt: skip
    assert (made["payable"], made["repayable"]) == (Decimal("101.80"), Decimal(0))


def test_an_advance_that_was_too_large_is_paid_back() -> None:
    made = report(items=[item("30")], advances=[{"amount": Decimal(50)}])
    assert (made["balance"], made["payable"], made["repayable"]) == (Decimal(-20), Decimal(0), Decimal(20))


# --- currencies -------------------------------------------------------------------------------------


def test_a_foreign_receipt_is_divided_by_the_declared_rate_as_the_ecb_writes_it() -> None:
    row = report(items=[item("4350.00", currency="SEK", exchange_rate="11.05", vat="466.07")])["items"][0]  # type: ignore[index]
    assert (row["converted"], row["converted_vat"], row["foreign"]) == (Decimal("393.67"), Decimal("42.18"), True)


def test_a_foreign_receipt_without_a_rate_is_refused() -> None:
    with pytest.raises(MissingValue, match=r"items\[1\]\.exchange_rate is empty"):
        report(items=[item("10", currency="SEK")])


@pytest.mark.parametrize(("currency", "rate"), [("EUR", "1.1"), ("SEK", "0"), ("SEK", "-11")])
def test_a_rate_that_cannot_be_is_refused(currency: str, rate: str) -> None:
    with pytest.raises(WrongValue, match=r"items\[1\]\.exchange_rate"):
        report(items=[item("10", currency=currency, exchange_rate=rate)])


def test_a_converted_amount_in_the_data_must_agree() -> None:
    assert report(items=[item("110.5", currency="SEK", exchange_rate="11.05", converted="10")])["expenses"] == 10
    with pytest.raises(WrongTotal, match=r"items\[1\]\.converted: the data say 11 EUR"):
        report(items=[item("110.5", currency="SEK", exchange_rate="11.05", converted="11")])


def test_currencies_without_cents_are_rounded_to_whole_ones() -> None:
    made = report(currency="JPY", items=[item("12.34", currency="EUR", exchange_rate="0.0061")])
    assert made["expenses"] == Decimal(2023)


# --- VAT --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "vat"), [("19", "15.97"), ("7", "6.54"), ("0", "0.00")])
def test_the_vat_in_a_gross_amount_follows_from_its_rate(rate: str, vat: str) -> None:
    assert report(items=[item("100", vat_rate=rate)])["vat_total"] == Decimal(vat)


def test_vat_that_the_receipt_says_wins_over_its_rate() -> None:
    assert report(items=[item("119", vat_rate="19", vat="18.99")])["vat_total"] == Decimal("18.99")


@pytest.mark.parametrize("vat", ["100.01", "-1"])
def test_vat_that_is_no_part_of_its_amount_is_refused(vat: str) -> None:
    with pytest.raises(WrongValue, match=r"items\[1\]\.vat"):
        report(items=[item("100", vat=vat)])


def test_nothing_is_guessed_where_a_receipt_says_nothing_of_vat() -> None:
    made = report(items=[item("100")])
    assert (made["items"][0]["vat"], made["vat_total"]) == (None, Decimal(0))  # type: ignore[index]


# --- per-diems --------------------------------------------------------------------------------------


def test_meals_are_taken_off_as_in_the_german_ministrys_example_of_three_days() -> None:
    # § 9 Abs. 4a Satz 3 and 8 EStG (28 a day, 14 on days of arrival and departure, less 5.60, 11.20 and 11.20 for
    # breakfast, lunch and dinner); the three days are those of the Bundesministerium der Finanzen, letter on travel
    # costs of 25 November 2020: arrival, a day between with all three meals, departure with breakfast.
    made = report(
        per_diems=[day("28", "50"), day("28", breakfasts=1, lunches=1, dinners=1), day("28", "50", breakfasts=1)],
        **GERMAN,
    )
    assert [row["amount"] for row in made["per_diems"]] == [Decimal("14.00"), Decimal(0), Decimal("8.40")]  # type: ignore[union-attr]
    assert made["expenses"] == Decimal("22.40")


def test_meals_never_take_off_more_than_the_allowance() -> None:
    row = report(per_diems=[day("28", "50", lunches=1, dinners=1)], **GERMAN)["per_diems"][0]  # type: ignore[index]
    assert (row["allowance"], row["deduction"], row["amount"]) == (Decimal("14.00"), Decimal("14.00"), Decimal(0))


def test_a_rows_own_percentage_wins_over_the_reports() -> None:
    row = {**day("100", breakfasts=1), "breakfast_percent": Decimal(15)}
    assert report(per_diems=[row], **GERMAN)["expenses"] == Decimal(85)


def test_a_meal_without_a_declared_percentage_is_refused() -> None:
    with pytest.raises(MissingValue, match=r"per_diems\[1\]\.lunch_percent is empty"):
        report(per_diems=[day("28", lunches=1)])


def test_more_breakfasts_than_days_are_refused() -> None:
    with pytest.raises(WrongValue, match=r"per_diems\[1\]\.breakfasts"):
        report(per_diems=[day("28", breakfasts=2)], **GERMAN)


# --- faults -----------------------------------------------------------------------------------------


def test_kilometres_without_a_declared_rate_are_refused() -> None:
    with pytest.raises(MissingValue, match=r"mileage\[1\]\.rate is empty"):
        report(mileage=[{"km": Decimal(10)}])


def test_all_faults_of_a_report_are_reported_together() -> None:
    with pytest.raises(Faults) as caught:
        report(items=[{}, item("1", paid_by="boss")], per_diems=[day("-1")], mileage=[{"km": Decimal(1)}])
    assert [fault.field for fault in caught.value.faults] == [
        *("items[1].amount", "items[2].paid_by", "per_diems[1].rate", "mileage[1].rate")
    ]


def test_a_total_that_the_rows_do_not_add_up_to_is_refused() -> None:
    assert report(items=[item("10"), item("5.5")], total=Decimal("15.50"))["expenses"] == Decimal("15.50")
    with pytest.raises(WrongTotal, match=r"the data say 16 EUR, the rows add up to 15\.50"):
        report(items=[item("10"), item("5.5")], total=Decimal(16))


def test_a_report_without_rows_is_refused() -> None:
    with pytest.raises(MissingValue, match="items is empty"):
        report(advances=[{"amount": Decimal(5)}])


def test_items_without_a_receipt_are_counted_and_pictures_are_kept_apart() -> None:
    made = report(items=[item("1", receipt="R-1"), item("2"), item("3", picture="r.png", receipt="R-3")])
    assert made["unreceipted"] == 1
    assert [row["position"] for row in made["pictured"]] == [3]  # type: ignore[union-attr]


# --- sums -------------------------------------------------------------------------------------------

amounts = st.decimals(min_value=0, max_value=99_999, places=2)
items = st.builds(
    lambda amount, rate, category, payer: {
        "amount": amount, "category": category, "paid_by": payer, "vat_rate": Decimal(21),
        **({"currency": "SEK", "exchange_rate": rate} if rate else {}),
    },
    amounts,
    st.none() | st.decimals(min_value="0.001", max_value=500, places=4),
    st.sampled_from(["travel", "lodging", ""]),
    st.sampled_from(["employee", "company"]),
)  # fmt: skip
drives = st.builds(lambda km: {"km": km, "rate": Decimal("0.2517")}, amounts)
days = st.builds(lambda rate, share, meals: {"rate": rate, "share": share, "breakfasts": meals, "dinners": meals},
                 amounts, st.integers(0, 100), st.integers(0, 1))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(items, max_size=6), st.lists(drives, max_size=4), st.lists(days, max_size=4), amounts)
def test_the_whole_is_the_sum_of_its_parts_whichever_way_it_is_added(
    some_items: list[dict[str, object]], driven: list[dict[str, object]], away: list[dict[str, object]], given_: Decimal
) -> None:
    values = {"items": some_items, "mileage": driven, "per_diems": away, "advances": [{"amount": given_}], **GERMAN}
    made = settle(values, "EUR")
    rows = [*made["items"], *made["mileage"], *made["per_diems"]]  # type: ignore[misc]
    assert sum((row["converted"] for row in rows), Decimal(0)) == made["expenses"]
    assert sum((row["amount"] for row in made["categories"]), Decimal(0)) == made["expenses"]  # type: ignore[union-attr]
    assert made["payable"] - made["repayable"] == made["expenses"] - made["company_paid"] - made["advance_total"]  # type: ignore[operator]
    assert min(made["payable"], made["repayable"]) == 0  # type: ignore[type-var]
    assert all(row["converted"] == round(row["converted"], 2) and row["converted"] >= 0 for row in rows)
