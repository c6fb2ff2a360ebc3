"""What estimates and order confirmations come to: options, alternatives, discounts, validity and expected days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import Faults, RecordError, WrongTotal, WrongValue
from docgen.kinds import KINDS
from docgen.kinds.choices import read_choices

TODAY = date(2026, 11, 20)
COMPANY = {"name": "Baltmarė, UAB", "currency": "EUR"}


def line(price: str, quantity: str = "1", rate: str | None = "21", **more: object) -> dict[str, object]:
    vat_rate = None if rate is None else Decimal(rate)
    return {"unit_price": Decimal(price), "quantity": Decimal(quantity), "vat_rate": vat_rate, **more}


def compute(kind: str, *lines: dict[str, object], **values: object) -> dict[str, object]:
    return dict(KINDS[kind].compute({"lines": list(lines), **values}, COMPANY, TODAY))


def estimate(*lines: dict[str, object], **values: object) -> dict[str, object]:
    return compute("estimate", *lines, **values)


def order(*lines: dict[str, object], **values: object) -> dict[str, object]:
    return compute("order-confirmation", *lines, **values)


def positions(made: dict[str, object], name: str = "lines") -> list[object]:
    return [row["position"] for row in made[name]]


OFFER = (
    line("100", "2"),
    line("50", "4"),
    line("60", "4", alternative_to=2),
    line("30", optional=True),
)


# --- what counts -----------------------------------------------------------------------------------


def test_options_and_alternatives_are_priced_and_not_in_the_total() -> None:
    made = estimate(*OFFER)
    assert (positions(made), positions(made, "choices")) == ([1, 2], [3, 4])
    assert [row["amount"] for row in made["choices"]] == [Decimal("240.00"), Decimal("30.00")]
    assert (made["net"], made["tax"], made["gross"]) == (Decimal("400.00"), Decimal("84.00"), Decimal("484.00"))


def test_the_difference_says_what_a_choice_adds_to_the_net_total() -> None:
    assert [row["difference"] for row in estimate(*OFFER)["choices"]] == [Decimal("40.00"), Decimal("30.00")]


def test_an_estimate_stays_the_same_when_its_choices_are_accepted() -> None:
    accepted = [{**row, "accepted": True} for row in OFFER]
    assert estimate(*accepted)["gross"] == estimate(*OFFER)["gross"]


def test_an_order_has_the_accepted_option_and_the_alternative_in_place_of_its_line() -> None:
    accepted = [*OFFER[:2], {**OFFER[2], "accepted": True}, {**OFFER[3], "accepted": True}]
    made = order(*accepted)
    assert positions(made) == [1, 3, 4]
    assert made["net"] == Decimal("470.00")


def test_an_order_without_accepted_choices_comes_to_what_the_estimate_said() -> None:
    assert (positions(order(*OFFER)), order(*OFFER)["gross"]) == ([1, 2], estimate(*OFFER)["gross"])


def test_a_line_that_is_no_choice_is_ordered_whatever_accepted_says() -> None:
    assert order(line("1", accepted=False))["net"] == Decimal("1.00")


def test_positions_of_the_data_may_be_text() -> None:
    rows = [line("10", position="A1"), line("12", position="A2", alternative_to="A1", accepted=True)]
    assert positions(order(*rows)) == ["A2"]


def test_allowances_of_the_document_are_not_taken_from_choices() -> None:
    made = estimate(*OFFER, allowances=[{"percent": Decimal(10)}])
    assert (made["allowance_total"], made["net"]) == (Decimal("40.00"), Decimal("360.00"))
    assert made["choices"][0]["net"] == Decimal("240.00")


def test_discounts_by_percent_and_by_amount_meet_on_line_and_document() -> None:
    made = estimate(
        line("489.00", "6", discount_percent=Decimal(5)),
        line("312.50", "3", discount=Decimal("37.50")),
        allowances=[{"percent": Decimal(3)}, {"amount": Decimal("50.00")}],
        charges=[{"amount": Decimal("180.00")}],
    )
    assert [row["amount"] for row in made["lines"]] == [Decimal("2787.30"), Decimal("900.00")]
    assert (made["line_total"], made["allowance_total"]) == (Decimal("3687.30"), Decimal("160.62"))
    assert (made["net"], made["tax"]) == (Decimal("3706.68"), Decimal("778.40"))


# --- faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("replaced", [9, 3])
def test_an_alternative_to_what_is_no_firm_line_is_refused(replaced: int) -> None:
    with pytest.raises(WrongValue, match="a line that is no choice itself") as caught:
        estimate(*OFFER[:3], line("1", alternative_to=replaced))
    assert caught.value.field == "lines[4].alternative_to"


def test_two_accepted_alternatives_to_one_line_are_refused() -> None:
    rival = line("70", alternative_to=2, accepted=True)
    with pytest.raises(WrongValue, match="another alternative to line 2 is accepted too") as caught:
        order(*OFFER[:2], {**OFFER[2], "accepted": True}, rival)
    assert caught.value.field == "lines[4].accepted"


def test_a_yes_that_nobody_has_declared_as_boolean_is_refused_and_never_charged() -> None:
    with pytest.raises(WrongValue, match=r"lines\[1\]\.optional") as caught:
        order(line("1", optional="no"))
    assert "boolean" in caught.value.hint


def test_faults_name_lines_as_the_data_number_them_though_some_are_left_out() -> None:
    with pytest.raises(RecordError, match=r"lines\[3\]\.unit_price"):
        order(line("1"), line("2", optional=True), {"quantity": Decimal(1)})


def test_a_total_that_counts_an_option_is_refused() -> None:
    with pytest.raises(WrongTotal, match=r"the data say 520\.30 EUR, the lines add up to 484\.00"):
        estimate(*OFFER, total=Decimal("520.30"))


# --- days ------------------------------------------------------------------------------------------


def test_an_estimate_holds_for_as_many_days_as_it_says_and_the_last_counts() -> None:
    made = estimate(line("1"), date=date(2026, 2, 15), valid_days=14)
    assert made["valid_until"] == date(2026, 3, 1)


def test_the_last_day_in_the_data_wins_and_without_any_none_is_made_up() -> None:
    last = date(2026, 12, 24)
    assert estimate(line("1"), valid_days=14, valid_until=last)["valid_until"] == last
    assert estimate(line("1"))["valid_until"] is None


def test_an_estimate_cannot_end_before_it_begins() -> None:
    with pytest.raises(WrongValue, match="valid_until"):
        estimate(line("1"), valid_until=TODAY - timedelta(days=1))


def test_lines_without_a_day_are_expected_with_the_order() -> None:
    soon, late = date(2026, 12, 10), date(2026, 12, 18)
    made = order(line("1", expected_date=soon), line("2"), expected_date=late)
    assert [row["expected_date"] for row in made["lines"]] == [soon, late]
    assert (made["expected_from"], made["expected_until"], made["in_parts"]) == (soon, late, True)


def test_an_order_without_days_expects_nothing() -> None:
    made = order(line("1"))
    assert (made["expected_from"], made["expected_until"], made["in_parts"]) == (None, None, False)


def test_days_of_lines_that_are_not_ordered_do_not_count() -> None:
    made = order(line("1", expected_date=TODAY), line("2", optional=True, expected_date=date(2027, 5, 1)))
    assert made["expected_until"] == TODAY


def test_nothing_is_expected_before_it_is_confirmed_and_all_such_days_are_reported() -> None:
    past = TODAY - timedelta(days=1)
    with pytest.raises(Faults) as caught:
        order(line("1", expected_date=past), line("2"), expected_date=past)
    assert [fault.field for fault in caught.value.faults] == ["expected_date", "lines[1].expected_date"]


# --- properties ------------------------------------------------------------------------------------

prices = st.decimals(min_value=0, max_value=99_999, places=2)
rows = st.lists(st.tuples(prices, st.sampled_from(["0", "5", "21"]), st.booleans(), st.booleans()), max_size=12)


def offer(parts: list[tuple[Decimal, str, bool, bool]]) -> list[dict[str, object]]:
    """Return a firm line, and lines of which some are options and some of these accepted."""
    made = [line("1.00")]
    for price, rate, optional, accepted in parts:
        made.append(line(str(price), "3", rate, optional=optional, accepted=accepted))
    return made


@given(rows)
def test_an_order_is_the_estimate_and_what_was_accepted_beside_it(
    parts: list[tuple[Decimal, str, bool, bool]],
) -> None:
    lines = offer(parts)
    estimated, ordered = estimate(*lines), order(*lines)
    accepted = [row["net"] for row in estimated["choices"] if row["accepted"]]
    assert ordered["net"] == estimated["net"] + sum(accepted, Decimal(0))
    assert ordered["gross"] == sum((row["net"] for row in ordered["lines"]), Decimal(0)) + ordered["tax"]


@given(rows)
def test_every_line_is_either_firm_or_a_choice(parts: list[tuple[Decimal, str, bool, bool]]) -> None:
    lines = offer(parts)
    made = estimate(*lines)
    assert sorted([*positions(made), *positions(made, "choices")]) == list(range(1, len(lines) + 1))
    assert len(read_choices({"lines": lines})) == len(lines)


@given(rows)
def test_an_order_and_its_invoice_come_to_the_same(parts: list[tuple[Decimal, str, bool, bool]]) -> None:
    lines = offer(parts)
    invoice = compute("invoice", *lines)
    assert (invoice["net"], invoice["gross"]) == (order(*lines)["net"], order(*lines)["gross"])
