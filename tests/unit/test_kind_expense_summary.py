"""Department summaries of expense reports: they equal their reports, and say so of each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import Faults, MissingValue, WrongTotal, WrongValue
from docgen.kinds import KINDS
from docgen.kinds.expenses import TOTALS

TODAY = date(2026, 11, 20)
COMPANY = {"currency": "EUR"}


def summary(*reports: dict[str, object], **values: object) -> dict[str, object]:
    return dict(KINDS["expense-summary"].compute({"reports": list(reports), **values}, COMPANY, TODAY))


def single(report: dict[str, object]) -> dict[str, object]:
    return dict(KINDS["expense-report"].compute(report, COMPANY, TODAY))


def of(employee: str, *amounts: str, category: str = "travel", **more: object) -> dict[str, object]:
    return {"employee": employee, "items": [{"amount": Decimal(a), "category": category} for a in amounts], **more}


def test_people_are_added_up_over_their_reports_with_the_largest_first() -> None:
    made = summary(of("Ana", "10", "5"), of("Ben", "40"), of("Ana", "30", advances=[{"amount": Decimal(50)}]))
    rows = [(p["employee"], p["reports"], p["expenses"], p["balance"]) for p in made["persons"]]  # type: ignore[union-attr]
    assert rows == [("Ana", 2, Decimal(45), Decimal(-5)), ("Ben", 1, Decimal(40), Decimal(40))]
    assert (made["expenses"], made["payable"], made["repayable"]) == (Decimal(85), Decimal(55), Decimal(20))


def test_people_of_one_name_are_told_apart_by_their_number() -> None:
    made = summary(of("Ana", "10", employee_no="1"), of("Ana", "20", employee_no="2"))
    assert [p["expenses"] for p in made["persons"]] == [Decimal(20), Decimal(10)]  # type: ignore[union-attr]


def test_categories_are_added_up_over_all_reports() -> None:
    made = summary(of("Ana", "10"), of("Ben", "5"), of("Ben", "25", category="lodging"))
    rows = [(row["category"], row["amount"], row["share"]) for row in made["categories"]]  # type: ignore[union-attr]
    assert rows == [("lodging", Decimal(25), Decimal("0.625")), ("travel", Decimal(15), Decimal("0.375"))]


def test_rates_of_the_summary_hold_for_reports_that_have_none_of_their_own() -> None:
    drive = [{"km": Decimal(100)}]
    own = {"employee": "Ben", "mileage": drive, "mileage_rate": Decimal("0.40")}
    made = summary({"employee": "Ana", "mileage": drive}, own, mileage_rate=Decimal("0.30"))
    assert [report["expenses"] for report in made["reports"]] == [Decimal(30), Decimal(40)]  # type: ignore[union-attr]


def test_the_largest_receipts_name_whose_they_are() -> None:
    made = summary(of("Ana", *(str(n) for n in range(1, 9)), number="ER-1"), of("Ben", "99", "98", "97"))
    largest = made["largest"]
    assert [(row["employee"], row["converted"]) for row in largest[:4]] == [  # type: ignore[index]
        *(("Ben", Decimal(99)), ("Ben", Decimal(98)), ("Ben", Decimal(97)), ("Ana", Decimal(8)))
    ]
    assert (len(largest), largest[3]["number"]) == (10, "ER-1")  # type: ignore[arg-type, index]


def test_a_report_that_differs_from_its_own_total_is_refused_by_its_place() -> None:
    with pytest.raises(WrongTotal, match=r"reports\[2\]\.total: the data say 9 EUR, the rows add up to 8"):
        summary(of("Ana", "10", total=Decimal(10)), of("Ben", "8", total=Decimal(9)))


def test_a_department_total_that_differs_from_the_sum_of_reports_is_refused() -> None:
    assert summary(of("Ana", "10"), of("Ben", "8"), total=Decimal(18))["expenses"] == Decimal(18)
    with pytest.raises(WrongTotal, match="the data say 28 EUR, the reports add up to 18"):
        summary(of("Ana", "10"), of("Ben", "8"), total=Decimal(28))


def test_a_report_in_another_currency_cannot_be_added() -> None:
    with pytest.raises(WrongValue, match=r"reports\[1\]\.currency"):
        summary(of("Ana", "10", currency="GBP"))


def test_faults_of_all_reports_are_reported_together() -> None:
    with pytest.raises(Faults) as caught:
        summary(of("", "1"), {"employee": "Ben", "items": [{}, {}]}, of("Ana", "1", total=Decimal(2)))
    assert [fault.field for fault in caught.value.faults] == [
        *("reports[1].employee", "reports[2].items[1].amount", "reports[2].items[2].amount", "reports[3].total")
    ]


def test_a_summary_of_no_reports_is_refused() -> None:
    with pytest.raises(MissingValue, match="reports is empty"):
        summary()


amounts = st.decimals(min_value=0, max_value=99_999, places=2)
reports = st.builds(
    lambda name, spent, km, advance, rate: {
        "employee": name,
        "items": [
            {"amount": amount, "category": name, "currency": "SEK", "exchange_rate": rate, "paid_by": payer}
            for amount, payer in spent
        ],
        "mileage": [{"km": km, "rate": Decimal("0.3011")}],
        "advances": [{"amount": advance}],
    },
    st.sampled_from(["Ana", "Ben", "Cleo"]),
    st.lists(st.tuples(amounts, st.sampled_from(["employee", "company"])), max_size=4),
    amounts,
    amounts,
    st.decimals(min_value="0.01", max_value=99, places=4),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(reports, min_size=1, max_size=6))
def test_every_total_of_the_summary_is_the_sum_of_the_single_reports(parts: list[dict[str, object]]) -> None:
    made, singles = summary(*parts), [single(part) for part in parts]
    for name in TOTALS:
        expected = sum((one[name] for one in singles), Decimal(0))  # type: ignore[misc]
        assert made[name] == expected
        assert sum((person[name] for person in made["persons"]), Decimal(0)) == expected  # type: ignore[union-attr]
    assert sum((row["amount"] for row in made["categories"]), Decimal(0)) == made["expenses"]  # type: ignore[union-attr]
