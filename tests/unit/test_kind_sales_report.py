"""Sales reports: comparisons, zero bases, and breakdowns that must agree."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import Faults, MissingValue, WrongTotal, WrongValue
from docgen.kinds import KINDS
from docgen.kinds.sales_report import last_day, trend

TODAY = date(2026, 11, 20)
COMPANY = {"currency": "EUR"}


def row(actual: object, **more: object) -> dict[str, object]:
    return {"name": "x", "actual": Decimal(str(actual)), **{k: Decimal(str(v)) for k, v in more.items()}}


def report(**values: object) -> dict[str, object]:
    values = {"period": "month", "start": date(2026, 10, 1), **values}
    return dict(KINDS["sales-report"].compute(values, COMPANY, TODAY))


def test_a_month_is_compared_with_target_last_month_and_last_year() -> None:
    made = report(actual=Decimal(120), target=Decimal(100), previous=Decimal(150), last_year=Decimal(96))
    assert (made["attainment"], made["gap"]) == (Decimal("1.200"), Decimal(20))
    assert (made["change"], made["trend"]) == (Decimal("-0.200"), "down")
    assert (made["growth"], made["growth_trend"]) == (Decimal("0.250"), "up")


def test_zero_targets_and_zero_last_periods_have_no_percentage() -> None:
    made = report(actual=Decimal(50), target=Decimal(0), previous=Decimal(0), last_year=Decimal(0))
    assert (made["attainment"], made["gap"]) == (None, Decimal(50))
    assert (made["change"], made["trend"], made["growth_trend"]) == (None, "new", "new")


@pytest.mark.parametrize(
    ("actual", "base", "expected"),
    [
        ("10", "9", "up"), ("9", "10", "down"), ("10", "10", "same"), ("10000.01", "10000", "same"), ("5", "0", "new"),
        ("0", "0", "none"), ("5", None, "none"), ("-3", "0", "down"), ("5", "-10", "up"), ("-20", "-10", "down"),
    ],
)  # fmt: skip
def test_a_direction_is_said_in_words_that_need_no_colour(actual: str, base: str | None, expected: str) -> None:
    assert trend(Decimal(actual), None if base is None else Decimal(base)) == expected


def test_returns_as_a_base_have_a_direction_and_no_percentage() -> None:
    made = report(actual=Decimal(5), previous=Decimal(-10))
    assert (made["change"], made["trend"]) == (None, "up")


def test_the_whole_is_what_a_breakdown_adds_up_to_where_the_data_do_not_say_it() -> None:
    made = report(people=[row(60, target=50, previous=40), row(40, target=60)])
    assert (made["actual"], made["target"], made["previous"], made["last_year"]) == (100, 110, 40, None)
    assert [one["share"] for one in made["people"]] == [Decimal("0.600"), Decimal("0.400")]  # type: ignore[union-attr]


def test_each_table_has_a_last_row_of_its_own_targets() -> None:
    made = report(people=[row(60, target=50)], regions=[row(60, target=70)], products=[row(60)])
    assert made["people_total"]["attainment"] == Decimal("1.200")  # type: ignore[index]
    assert made["regions_total"]["attainment"] == Decimal("0.857")  # type: ignore[index]
    assert made["products_total"]["attainment"] is None  # type: ignore[index]


def test_breakdowns_that_differ_from_each_other_are_refused_together() -> None:
    with pytest.raises(Faults) as caught:
        report(people=[row(60, previous=10)], regions=[row(59, previous=10)], products=[row(60, previous=11)])
    assert [(type(fault), fault.field) for fault in caught.value.faults] == [
        (WrongTotal, "regions"), (WrongTotal, "products"),
    ]  # fmt: skip


def test_a_whole_that_its_people_do_not_add_up_to_is_refused() -> None:
    with pytest.raises(WrongTotal, match=r"people: actual adds up to 60\.00, the whole is 61\.00"):
        report(actual=Decimal(61), people=[row(60)])


def test_what_top_customers_leave_over_is_one_row() -> None:
    made = report(actual=Decimal(100), previous=Decimal(80), customers=[row(30, previous=30), row(20, previous=0)])
    others = made["others"]
    assert (others["actual"], others["previous"], others["share"]) == (50, 50, Decimal("0.500"))  # type: ignore[index]


def test_there_are_no_other_customers_where_all_are_listed() -> None:
    assert report(actual=Decimal(50), customers=[row(30), row(20)])["others"] is None


def test_the_average_order_is_rounded_and_absent_without_orders() -> None:
    assert report(actual=Decimal(100), orders=3)["average"] == Decimal("33.33")
    assert report(actual=Decimal(0), orders=0)["average"] is None


@pytest.mark.parametrize(
    ("period", "start", "end", "week", "year"),
    [
        ("week", date(2026, 11, 9), date(2026, 11, 15), 46, 2026),
        ("week", date(2026, 12, 28), date(2027, 1, 3), 53, 2026),
        ("week", date(2024, 12, 30), date(2025, 1, 5), 1, 2025),  # ISO 8601: the week of the year's first Thursday
        ("month", date(2028, 2, 1), date(2028, 2, 29), 5, 2028),
        ("quarter", date(2026, 10, 1), date(2026, 12, 31), 40, 2026),
        ("year", date(2026, 1, 1), date(2026, 12, 31), 1, 2026),
    ],
)
def test_a_period_ends_on_its_last_day(period: str, start: date, end: date, week: int, year: int) -> None:
    made = report(period=period, start=start, actual=Decimal(1))
    assert (made["end"], made["week"], made["year"]) == (end, week, year)


@pytest.mark.parametrize(
    ("period", "start"),
    [("week", date(2026, 11, 10)), ("month", date(2026, 10, 2)), ("quarter", date(2026, 11, 1))],
)
def test_a_period_that_does_not_begin_on_its_first_day_is_refused(period: str, start: date) -> None:
    with pytest.raises(WrongValue, match=f"the first day of a {period}"):
        report(period=period, start=start, actual=Decimal(1))


def test_an_unknown_period_is_refused_with_the_known_ones() -> None:
    with pytest.raises(WrongValue, match='did you mean "month"'):
        report(period="months", actual=Decimal(1))


def test_a_report_without_sales_is_refused() -> None:
    with pytest.raises(MissingValue, match="actual is empty"):
        report()


def test_rows_without_figures_are_reported_together() -> None:
    with pytest.raises(Faults) as caught:
        report(people=[{"name": "a"}], customers=[{"name": "b", "actual": "12"}])
    assert [fault.field for fault in caught.value.faults] == ["people[1].actual", "customers[1].actual"]


amounts = st.decimals(min_value=-999, max_value=99_999, places=2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(amounts, amounts, st.none() | amounts), min_size=1, max_size=8), st.integers(0, 8))
def test_rows_and_the_rest_add_up_to_the_whole(sold: list[tuple[Decimal, Decimal, Decimal | None]], top: int) -> None:
    rows = [{"actual": now, "previous": before, "target": target} for now, before, target in sold]
    made = report(people=rows, products=rows[::-1], customers=rows[:top])
    for name in ("actual", "previous"):
        rest = made["others"][name] if made["others"] else Decimal(0)  # type: ignore[index]
        assert sum((one[name] for one in made["people"]), Decimal(0)) == made[name]  # type: ignore[union-attr]
        listed = sum((one[name] for one in made["customers"]), Decimal(0))  # type: ignore[union-attr]
        if made["customers"]:
            assert listed + (rest or Decimal(0)) == made[name]


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["month", "quarter", "year"]))
def test_the_day_after_a_period_begins_the_next(day: date, period: str) -> None:
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[period]
    after = last_day(date(day.year, month, 1), period) + timedelta(days=1)
    assert after.day == 1
    assert last_day(after, period) > after
