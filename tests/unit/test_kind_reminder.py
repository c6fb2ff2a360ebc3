"""Reminders: stages, statutory interest by published and hand-made examples, and equations."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import Faults, LeftOut, MissingValue, WrongTotal, WrongValue
from docgen.kinds import KINDS
from docgen.kinds.interest import Rate, Terms, interest
from docgen.kinds.stages import NAMES
from docgen.money import currency_places

TODAY = date(2026, 11, 20)
COMPANY = {"name": "Baltmarė, UAB", "currency": "EUR", "iban": "LT64 3250 0123 4567 8906", "bic": ""}
CHARGED = {"interest_margin": Decimal(8), "interest_rates": [{"from_date": date(2020, 1, 1), "rate": Decimal("2.15")}]}


def item(number: str, amount: str, late: int, **more: object) -> dict[str, object]:
    due = TODAY - timedelta(days=late)
    return {"number": number, "date": min(due, TODAY), "due_date": due, "amount": Decimal(amount), **more}


def reminder(*items: dict[str, object], **values: object) -> dict[str, object]:
    return dict(KINDS["reminder"].compute({"customer_no": "K-1", "items": list(items), **values}, COMPANY, TODAY))


def account(*items: dict[str, object], **values: object) -> dict[str, object]:
    (only,) = reminder(*items, **values)["accounts"]
    return dict(only)


# --- interest: published examples ------------------------------------------------------------------


def flat(percent: str, day_count: str = "act/365") -> Terms:
    return Terms((Rate(date(2000, 1, 1), Decimal(percent)),), day_count)


def test_interest_as_in_fiscavos_example_of_the_directive() -> None:
    """Fiscavo, "Late-Payment Interest in the EU & UK": EUR 4,500 at 3 % + 8 points, 30 days late: EUR 40.68."""
    due = date(2026, 3, 31)
    assert interest(Decimal(4500), due, due + timedelta(days=30), flat("11"), "EUR") == Decimal("40.68")


def test_interest_as_in_the_example_of_statutory_interest_in_britain() -> None:
    """statutory-interest.pages.dev, "UK late commercial payments": GBP 1,000 at 8.5 %: GBP 85 a year, 0.23 a day."""
    due = date(2025, 3, 31)
    assert interest(Decimal(1000), due, date(2026, 3, 31), flat("8.5"), "GBP") == Decimal("85.00")
    assert interest(Decimal(1000), due, due + timedelta(days=1), flat("8.5"), "GBP") == Decimal("0.23")


def test_the_irish_rate_of_july_2024_is_that_of_the_central_bank_and_8_points() -> None:
    """Irish Department of Enterprise, FAQ on late payment: 4.25 % + 8 points make 12.25 % from 1 July 2024."""
    rates = [{"from_date": date(2024, 7, 1), "rate": Decimal("4.25")}]
    made = account(item("A", "1000", 30), interest_margin=Decimal(8), interest_rates=rates)
    assert made["rates"] == [{"from_date": date(2024, 7, 1), "rate": Decimal("12.25")}]


# --- interest: by hand -----------------------------------------------------------------------------


def test_a_negative_base_rate_lessens_the_margin() -> None:
    """Sections 247 and 288(2) BGB: -0.88 % + 9 points = 8.12 %; EUR 10,000 over the year 2019: EUR 812."""
    assert interest(Decimal(10_000), date(2018, 12, 31), date(2019, 12, 31), flat("8.12"), "EUR") == Decimal(812)


def test_each_day_bears_the_rate_in_force_on_it() -> None:
    """30 days of June 2025 at 3.15 + 8 %, 10 days of July at 2.15 + 8 %: 1,000 x (334.5 + 101.5) / 36,500 = 11.945."""
    terms = Terms((Rate(date(2025, 1, 1), Decimal("11.15")), Rate(date(2025, 7, 1), Decimal("10.15"))))
    assert interest(Decimal(1000), date(2025, 5, 31), date(2025, 7, 10), terms, "EUR") == Decimal("11.95")


@pytest.mark.parametrize(
    ("day_count", "expected"),
    [
        ("act/365", "10.03"),  # 1,000 x 10 % x 366 / 3,650
        ("act/360", "10.17"),
        ("act/act", "10.00"),  # 2028 is a leap year
    ],
)
def test_the_declared_day_count_decides(day_count: str, expected: str) -> None:
    found = interest(Decimal(100), date(2027, 12, 31), date(2028, 12, 31), flat("10", day_count), "EUR")
    assert found == Decimal(expected)


def test_a_turn_of_the_year_parts_what_act_act_counts() -> None:
    """31 days of December 2027 by 365 and 31 of January 2028 by 366: 10,000 x 10 % x (31/365 + 31/366) = 169.63."""
    assert interest(Decimal(10_000), date(2027, 11, 30), date(2028, 1, 31), flat("10", "act/act"), "EUR") == Decimal(
        "169.63"
    )


def test_interest_that_runs_before_the_first_rate_is_refused() -> None:
    rates = [{"from_date": TODAY - timedelta(days=10), "rate": Decimal(2)}]
    with pytest.raises(WrongValue, match="early enough: interest runs from 2026-10-12"):
        reminder(item("A", "1", 40), interest_margin=Decimal(8), interest_rates=rates)


def test_a_margin_without_rates_and_rates_without_figures_are_refused() -> None:
    with pytest.raises(MissingValue, match="interest_rates"):
        reminder(item("A", "1", 40), interest_margin=Decimal(8))
    rates = [{"rate": Decimal(2)}, {"from_date": TODAY}]
    with pytest.raises(Faults) as caught:
        reminder(item("A", "1", 40), interest_margin=Decimal(8), interest_rates=rates)
    fields = [fault.field for fault in caught.value.faults]
    assert fields == ["interest_rates[1].from_date", "interest_rates[2].rate"]


def test_an_unknown_day_count_is_refused() -> None:
    with pytest.raises(WrongValue, match="act/365"):
        reminder(item("A", "1", 40), day_count="act/356")


def test_without_a_margin_nobody_owes_interest() -> None:
    assert account(item("A", "1000", 40), interest_rates=CHARGED["interest_rates"])["interest"] == 0


# --- a whole letter --------------------------------------------------------------------------------


def test_a_letter_adds_up_interest_fee_and_compensation() -> None:
    """900.00 x 10.15 % x 53 / 365 = 13.26; 1,980.10 x 10.15 % x 18 / 365 = 9.91; 2 x 40 EUR; a fee of 5 EUR."""
    stages = [{"stage": "second", "days": 28, "fee": Decimal(5), "interest": True, "days_to_pay": 7}]
    items = item("A", "900.00", 53), item("B", "1980.10", 18), item("C", "48.90", -6)
    made = reminder(*items, stages=stages, compensation=Decimal(40), **CHARGED)
    (one,) = made["accounts"]
    assert [row["interest"] for row in one["items"]] == [Decimal("13.26"), Decimal("9.91")]
    assert (one["overdue"], one["interest"], one["fee"]) == (Decimal("2880.10"), Decimal("23.17"), 5)
    assert (one["compensation"], one["compensated"], one["total"]) == (80, 2, Decimal("2988.27"))
    assert (made["stage"], made["days_overdue"], made["pay_by"]) == ("second", 53, date(2026, 11, 27))
    assert "EUR2988.27" in str(one["payment_code"]).split("\n")
    assert [row["number"] for row in made["upcoming"]] == ["C"]


def test_each_item_has_its_own_days_the_longest_due_first() -> None:
    rows = account(item("A", "1", 18), item("B", "1", 53), item("C", "1", 1))["items"]
    assert [(row["number"], row["days_overdue"]) for row in rows] == [("B", 53), ("A", 18), ("C", 1)]


def test_disputed_items_are_named_and_not_demanded() -> None:
    made = reminder(item("A", "10", 18), item("B", "99", 53, disputed=True))
    assert (made["disputed"], made["accounts"][0]["total"], made["days_overdue"]) == (["B"], 10, 18)


def test_interest_is_on_what_is_open() -> None:
    payments = [{"date": TODAY, "amount": Decimal(600), "pays": "A"}]
    made = account(item("A", "1500", 53), payments=payments, **CHARGED)
    assert made["items"][0]["interest"] == Decimal("13.26")


def test_fees_and_interest_on_the_account_bear_no_interest_themselves() -> None:
    made = account(item("A", "900", 53, type="fee"), item("B", "1", 53), compensation=Decimal(40), **CHARGED)
    assert (made["items"][0]["interest"], made["compensation"]) == (0, 40)


def test_friendly_letters_claim_neither_interest_nor_compensation() -> None:
    made = account(item("A", "900", 5), compensation=Decimal(40), **CHARGED)
    assert (made["interest"], made["compensation"], made["rates"], made["total"]) == (0, 0, [], 900)


def test_fee_and_compensation_are_of_one_currency_and_nothing_is_converted() -> None:
    stages = [{"stage": "last", "days": 1, "fee": Decimal(5), "interest": True}]
    rows = reminder(item("A", "9", 9), item("B", "9", 9, currency="GBP"), stages=stages, compensation=Decimal(40))
    found = {row["currency"]: (row["fee"], row["compensation"], row["total"]) for row in rows["accounts"]}
    assert found == {"EUR": (5, 40, 54), "GBP": (0, 0, 9)}
    pounds = reminder(item("B", "9", 9, currency="GBP"), stages=stages, fee_currency="GBP")
    assert pounds["accounts"][0]["fee"] == 5


def test_what_is_overdue_has_to_agree() -> None:
    with pytest.raises(WrongTotal, match=r"overdue: the data say 11, the undisputed items add up to 10\.00 EUR"):
        reminder(item("A", "10", 5), overdue=Decimal(11))
    assert reminder(item("A", "10", 5), overdue=Decimal(10))["stage"] == "friendly"


# --- who gets none ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "items",
    [
        [],
        [item("A", "10", 0)],
        [item("A", "10", 2)],
        [item("A", "10", 90, disputed=True)],
        [item("A", "10", 90, paid=Decimal(10))],
        [item("A", "10", 90), {"number": "C", "type": "credit-note", "date": TODAY, "amount": Decimal(10)}],
    ],
)
def test_who_owes_nothing_that_is_overdue_and_undisputed_is_left_out(items: list[dict[str, object]]) -> None:
    with pytest.raises(LeftOut):
        reminder(*items)


# --- stages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "stage"),
    [(3, "friendly"), (13, "friendly"), (14, "first"), (27, "first"), (28, "second"), (41, "second"), (42, "last")],
)
def test_the_days_of_the_oldest_item_decide_the_stage(late: int, stage: str) -> None:
    assert reminder(item("A", "10", late), item("B", "10", 1))["stage"] == stage


STAGES = [
    {"stage": "friendly", "days": 1},
    {"stage": "first", "days": 10, "amount": Decimal(20)},
    {"stage": "last", "days": 20, "amount": Decimal(50), "days_to_pay": 5},
]


@pytest.mark.parametrize(("amount", "stage"), [("19.99", "friendly"), ("20", "first"), ("50", "last")])
def test_the_overdue_sum_decides_too(amount: str, stage: str) -> None:
    assert reminder(item("A", amount, 30), stages=STAGES)["stage"] == stage


def test_small_sums_of_several_currencies_do_not_add_up() -> None:
    made = reminder(item("A", "15", 30), item("B", "15", 30, currency="GBP"), stages=STAGES)
    assert made["stage"] == "friendly"


@pytest.mark.parametrize(
    ("reminded", "stage"),
    [
        ("", "last"),
        ("none", "friendly"),
        ("friendly", "first"),
        ("first", "second"),
        ("second", "last"),
        ("last", "last"),
    ],
)
def test_the_next_letter_is_at_most_one_stage_above_the_last_one(reminded: str, stage: str) -> None:
    assert reminder(item("A", "10", 90), reminded=reminded)["stage"] == stage


def test_a_stage_that_is_not_declared_is_passed_over() -> None:
    assert reminder(item("A", "99", 90), stages=STAGES, reminded="first")["stage"] == "last"


def test_a_new_debt_begins_with_a_friendly_letter_again() -> None:
    assert reminder(item("A", "10", 5), reminded="second")["stage"] == "friendly"


@pytest.mark.parametrize(
    ("stages", "field"),
    [
        ([{"stage": "third", "days": 1}], "stages[1].stage"),
        ([{"stage": "last"}], "stages[1].days"),
        ([{"stage": "last", "days": -1}], "stages[1].days"),
        ([{"stage": "last", "days": 1, "fee": Decimal(-1)}], "stages[1].fee"),
        ([{"stage": "last", "days": 5}, {"stage": "first", "days": 5}], "stages"),
        ([{"stage": "first", "days": 5}, {"stage": "first", "days": 9}], "stages"),
    ],
)
def test_stages_that_cannot_be_are_refused(stages: list[dict[str, object]], field: str) -> None:
    with pytest.raises((WrongValue, MissingValue)) as caught:
        reminder(item("A", "1", 5), stages=stages)
    assert caught.value.field == field


def test_an_unknown_last_letter_is_refused() -> None:
    with pytest.raises(WrongValue, match="reminded"):
        reminder(item("A", "1", 5), reminded="third")


# --- equations -------------------------------------------------------------------------------------

principals = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)
percents = st.decimals(0, 30, places=2)
spans = st.integers(0, 2000)


@settings(deadline=None, max_examples=200)
@given(principals, percents, spans, spans, st.sampled_from(["act/365", "act/360", "act/act"]))
def test_interest_never_falls_with_time_and_is_nothing_on_the_due_day(
    principal: Decimal, percent: Decimal, one: int, other: int, day_count: str
) -> None:
    due, terms = date(2023, 2, 27), flat(str(percent), day_count)
    charged = [interest(principal, due, due + timedelta(days=span), terms, "EUR") for span in sorted((0, one, other))]
    assert charged[0] == 0
    assert charged == sorted(charged)


@settings(deadline=None, max_examples=200)
@given(principals, principals, percents, spans)
def test_interest_never_falls_with_the_sum_and_is_within_half_a_cent(
    one: Decimal, other: Decimal, percent: Decimal, span: int
) -> None:
    due = date(2023, 2, 27)
    small, large = (
        interest(sum_, due, due + timedelta(days=span), flat(str(percent)), "EUR") for sum_ in sorted((one, other))
    )
    assert small <= large
    assert abs(large - max(one, other) * percent * span / 36500) <= Decimal("0.005") + Decimal("1e-12")


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(principals, st.integers(-30, 200), st.sampled_from(["EUR", "JPY", "KWD"]), st.booleans()),
        min_size=1,
        max_size=10,
    ),
    st.decimals(0, 50, places=2),
    st.decimals(0, 50, places=2),
)
def test_the_parts_of_a_letter_are_the_whole(
    rows: list[tuple[Decimal, int, str, bool]], fee: Decimal, compensation: Decimal
) -> None:
    items = [
        item(f"I{n}", str(amount.quantize(Decimal(1))), late, currency=currency, disputed=disputed)
        for n, (amount, late, currency, disputed) in enumerate(rows)
        if amount >= 1
    ]
    stages = [{"stage": "friendly", "days": 1, "fee": fee, "interest": True}]
    try:
        made = reminder(*items, stages=stages, compensation=compensation, **CHARGED)
    except LeftOut:
        assert not [row for row in items if row["due_date"] < TODAY and not row["disputed"]]
        return
    for one in made["accounts"]:
        assert sum(row["open"] for row in one["items"]) == one["overdue"]
        assert sum(row["interest"] for row in one["items"]) == one["interest"]
        assert one["overdue"] + one["interest"] + one["fee"] + one["compensation"] == one["total"]
        unit = Decimal(1).scaleb(-currency_places(one["currency"]))
        assert all(one[name] == one[name].quantize(unit) for name in ("overdue", "interest", "fee", "total"))
        assert all(row["days_overdue"] > 0 and row["open"] > 0 for row in one["items"])
    named = {row["number"] for one in made["accounts"] for row in one["items"]}
    named |= {row["number"] for row in made["upcoming"]} | set(made["disputed"])
    assert named == {row["number"] for row in items}


@settings(deadline=None, max_examples=100)
@given(st.integers(3, 400), st.integers(3, 400))
def test_a_later_letter_is_never_friendlier(one: int, other: int) -> None:
    stages = [NAMES.index(str(reminder(item("A", "10", late))["stage"])) for late in sorted((one, other))]
    assert all(before <= after for before, after in pairwise(stages))
