"""The figures of business letters: what a complaint's decision needs, calendar entries, what is open of an order."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import Faults, MissingValue, RecordError, WrongValue
from docgen.kinds import KINDS
from docgen.kinds.appointment import calendar_entry
from docgen.kinds.complaint_answer import DECISIONS

TODAY = date(2026, 11, 20)
COMPANY = {"name": "Baltmarė, UAB", "currency": "EUR"}


def compute(kind: str, **values: object) -> dict[str, object]:
    return dict(KINDS[kind].compute(values, COMPANY, TODAY))


WHOLE = {"until": date(2026, 12, 4), "amount": Decimal(50), "reason": "It was sawn."}


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_with_all_that_it_needs_is_right(decision: str) -> None:
    made = compute("complaint-answer", decision=decision, **WHOLE)
    assert made["declined"] == (decision == "declined")
    assert (made["date"], made["currency"]) == (TODAY, "EUR")


@pytest.mark.parametrize(("decision", "needed"), DECISIONS.items())
def test_a_decision_without_what_it_needs_names_all_of_it(decision: str, needed: tuple[str, ...]) -> None:
    with pytest.raises((Faults, MissingValue)) as caught:
        compute("complaint-answer", decision=decision)
    faults = caught.value.faults if isinstance(caught.value, Faults) else [caught.value]
    assert [fault.field for fault in faults if isinstance(fault, RecordError)] == list(needed)


def test_another_decision_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(WrongValue, match='did you mean "refund"'):
        compute("complaint-answer", decision="refunt", **WHOLE)


def test_what_is_promised_lies_after_the_letter() -> None:
    with pytest.raises(WrongValue, match="on or after the letter's date, 2026-11-20"):
        compute("complaint-answer", decision="repair", until=date(2026, 11, 19))


def test_an_appointment_ends_after_its_duration_and_lasts_an_hour_by_default() -> None:
    start = datetime(2026, 12, 3, 23, 30)
    assert compute("appointment", start=start)["end"] == datetime(2026, 12, 4, 0, 30)
    assert compute("appointment", start=start, duration_minutes=90)["end"] == datetime(2026, 12, 4, 1)


@pytest.mark.parametrize("minutes", [0, -30, 20_000])
def test_a_duration_that_cannot_be_is_a_fault(minutes: int) -> None:
    with pytest.raises(WrongValue, match="duration_minutes"):
        compute("appointment", start=datetime(2026, 12, 3, 10), duration_minutes=minutes)


def test_a_calendar_entry_has_the_form_of_rfc_5545() -> None:
    entry = calendar_entry(
        datetime(2026, 12, 3, 10),
        datetime(2026, 12, 3, 11, 30),
        "Measure; and, \\ choose\nwood",
        "Leipzig, 2. Stock",
    )
    assert entry.split("\r\n") == [
        "BEGIN:VEVENT",
        r"SUMMARY:Measure\; and\, \\ choose wood",
        "DTSTART:20261203T100000",
        "DTEND:20261203T113000",
        r"LOCATION:Leipzig\, 2. Stock",
        "END:VEVENT",
    ]


amounts = st.decimals(0, 10_000, places=2)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=8))
def test_what_is_open_and_what_is_shipped_are_what_was_ordered(pairs: list[tuple[Decimal, Decimal]]) -> None:
    lines = [{"quantity": max(pair), "shipped": min(pair)} for pair in pairs]
    made = compute("order-status", lines=lines)
    rows = made["lines"]
    assert isinstance(rows, list)
    assert all(row["open"] + row["shipped"] == row["quantity"] and row["open"] >= 0 for row in rows)
    assert made["open_lines"] == sum(1 for row in rows if row["open"])
    assert made["complete"] == (made["open_lines"] == 0)


def test_the_last_date_is_known_only_when_every_open_line_has_one() -> None:
    first, second = {"quantity": 2, "expected": date(2026, 12, 1)}, {"quantity": 1, "expected": date(2026, 12, 9)}
    done = {"quantity": 1, "shipped": 1}
    assert compute("order-status", lines=[first, second, done])["last_date"] == date(2026, 12, 9)
    assert compute("order-status", lines=[first, {"quantity": 1}])["last_date"] is None
    assert compute("order-status", lines=[done])["last_date"] is None


def test_all_faulty_lines_of_an_order_are_told_together() -> None:
    with pytest.raises(Faults) as caught:
        compute("order-status", lines=[{"quantity": 1, "shipped": 2}, {"shipped": 1}])
    assert [str(fault).replace(":", " ").split()[0] for fault in caught.value.faults] == [
        "lines[1].shipped",
        "lines[2].quantity",
    ]
