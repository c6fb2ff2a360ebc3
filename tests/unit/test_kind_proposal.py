"""Proposals: requirements and their answers, chapters, schedule; all that is missing is told at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import DocgenError, Faults
from docgen.kinds import KINDS
from docgen.kinds.compliance import STATUSES
from docgen.kinds.schedule import read_schedule

TODAY = date(2026, 11, 20)
LINES = [
    {"position": 1, "unit_price": Decimal(100), "quantity": Decimal(2)},
    {"position": 2, "unit_price": Decimal(90), "quantity": Decimal(2), "alternative_to": 1},
    {"position": 3, "unit_price": Decimal(5), "optional": True},
]


def proposal(**values: object) -> dict[str, object]:
    record = {"lines": LINES, "sections": [{"key": "approach"}], **values}
    return dict(KINDS["proposal"].compute(record, {"currency": "EUR"}, TODAY))


def asked(*numbers: str, **more: object) -> list[dict[str, object]]:
    return [{"no": no, "text": f"Requirement {no}", "group": no.partition(".")[0], **more} for no in numbers]


def answered(*numbers: str, **more: object) -> list[dict[str, object]]:
    return [{"no": no, "status": "met", "answer": "Yes.", "section": "approach", **more} for no in numbers]


def faults_of(**values: object) -> list[str]:
    with pytest.raises(DocgenError) as raised:
        proposal(**values)
    return [str(fault) for fault in (raised.value.faults if isinstance(raised.value, Faults) else [raised.value])]


# --- requirements ----------------------------------------------------------------------------------


def test_each_requirement_stands_with_its_answer_in_the_customers_order() -> None:
    made = proposal(requirements=asked("2.1", "1.1", "2.2"), answers=answered("1.1", "2.2", "2.1"))
    assert [(group["name"], [row["no"] for row in group["rows"]]) for group in made["matrix"]] == [
        ("2", ["2.1", "2.2"]),
        ("1", ["1.1"]),
    ]
    assert made["asked"] == 3
    assert made["counts"] == {"met": 3, "partly": 0, "alternative": 0, "not_met": 0}


def test_all_missing_answers_are_told_at_once_with_their_numbers() -> None:
    answers = [*answered("1.2"), {"no": "1.4", "status": "met"}, {"no": "1.5", "answer": "Yes."}]
    assert faults_of(requirements=asked("1.1", "1.2", "1.3", "1.4", "1.5"), answers=answers) == [
        "requirement 1.1 has no answer",
        "requirement 1.3 has no answer",
        "requirement 1.4 has no answer",
        "requirement 1.5 has no status",
    ]


def test_missing_answers_are_told_together_with_faults_of_prices_and_schedule() -> None:
    said = faults_of(
        requirements=asked("1.1"),
        lines=[{"quantity": Decimal(1)}],
        schedule=[{"phase": "Plan", "begin": TODAY, "end": TODAY - timedelta(days=1)}],
        sections=[{"key": "team"}],
    )
    for part in ("sections[1].key", "requirement 1.1", "schedule[1].end", "lines[1].unit_price"):
        assert any(part in fault for fault in said)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"no": "9.9"}, 'answers.9.9: "9.9" is not the number of a requirement'),
        ({"status": "maybe"}, 'answers.1.1.status: "maybe"'),
        ({"section": "aproach"}, "did you mean"),
        ({"no": ""}, "answers[1].no is empty"),
    ],
)
def test_an_answer_that_fits_no_requirement_or_chapter_is_a_fault(answer: dict[str, object], said: str) -> None:
    assert any(said in fault for fault in faults_of(requirements=asked("1.1"), answers=answered("1.1", **answer)))


def test_a_number_that_stands_twice_is_a_fault() -> None:
    assert any(
        "requirements[2].no" in fault for fault in faults_of(requirements=asked("1", "1"), answers=answered("1"))
    )


@pytest.mark.parametrize("status", ["not met", "Not met", "not_met", "not-met"])
def test_a_status_is_read_as_people_write_it(status: str) -> None:
    assert proposal(requirements=asked("1"), answers=answered("1", status=status))["counts"]["not_met"] == 1


def test_mandatory_requirements_that_are_not_met_in_full_are_listed() -> None:
    requirements = [*asked("1", "2", "3", mandatory=True), *asked("4")]
    answers = [*answered("1"), *answered("2", status="partly"), *answered("3", "4", status="not met")]
    assert [row["no"] for row in proposal(requirements=requirements, answers=answers)["unmet"]] == ["2", "3"]


@given(statuses=st.lists(st.sampled_from(STATUSES), min_size=1, max_size=30))
def test_counts_add_up_to_what_is_asked(statuses: list[str]) -> None:
    numbers = [str(number) for number in range(len(statuses))]
    answers: Iterable[dict[str, object]] = (
        {"no": no, "status": status, "answer": "So."} for no, status in zip(numbers, statuses, strict=True)
    )
    made = proposal(requirements=asked(*numbers, mandatory=True), answers=list(answers))
    assert sum(made["counts"].values()) == made["asked"] == sum(len(group["rows"]) for group in made["matrix"])
    assert len(made["unmet"]) == made["asked"] - made["counts"]["met"]


# --- chapters and prices ---------------------------------------------------------------------------


def test_chapters_are_those_that_there_is_something_for() -> None:
    assert [(one["number"], one["key"]) for one in proposal()["chapters"]] == [
        (1, "summary"), (2, "approach"), (3, "pricing"), (4, "terms"),
    ]  # fmt: skip
    made = proposal(team=[{"name": "Ona"}], requirements=asked("1"), answers=answered("1", section="team"))
    assert [one["key"] for one in made["chapters"]] == ["summary", "approach", "team", "compliance", "pricing", "terms"]


def test_options_and_alternatives_are_priced_and_in_no_total() -> None:
    made = proposal(valid_days=Decimal(60))
    assert made["net"] == Decimal(200)
    assert [(row["position"], row["difference"]) for row in made["choices"]] == [(2, Decimal(-20)), (3, Decimal(5))]
    assert made["valid_until"] == date(2027, 1, 19)


# --- schedule --------------------------------------------------------------------------------------


def test_bars_stand_where_their_days_are_in_whole_months() -> None:
    schedule = [
        {"phase": "Plan", "begin": date(2027, 1, 11), "end": date(2027, 1, 31)},
        {"phase": "Handover", "begin": date(2027, 2, 28)},
    ]
    phases, months = read_schedule({"schedule": schedule})
    assert [month["month"] for month in months] == [date(2027, 1, 1), date(2027, 2, 1)]
    assert (phases[0]["at"], phases[0]["days"], phases[0]["milestone"]) == (Decimal("0.1695"), 21, False)
    assert (phases[1]["end"], phases[1]["days"], phases[1]["milestone"]) == (date(2027, 2, 28), 1, True)


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(spans=st.lists(st.tuples(DAYS, st.integers(0, 400)), min_size=1, max_size=8))
def test_no_bar_leaves_the_chart_and_months_fill_it(spans: list[tuple[date, int]]) -> None:
    rows = [{"phase": "x", "begin": begin, "end": begin + timedelta(days=days)} for begin, days in spans]
    phases, months = read_schedule({"schedule": rows})
    for part in (*phases, *months):
        assert part["at"] >= 0
        assert part["share"] > 0
        assert part["at"] + part["share"] <= Decimal("1.0001")
    assert abs(sum(month["share"] for month in months) - 1) < Decimal("0.0001") * len(months)


def test_a_phase_without_a_beginning_is_a_fault() -> None:
    assert faults_of(schedule=[{"phase": "Plan"}]) == ["schedule[1].begin is empty"]
