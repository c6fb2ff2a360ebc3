"""What a delivery note says of quantities, packages and weights."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import Faults, MissingValue, WrongTotal, WrongValue
from docgen.kinds import KINDS

TODAY = date(2026, 11, 20)


def row(**figures: object) -> dict[str, object]:
    return {name: Decimal(value) if isinstance(value, int) else value for name, value in figures.items()}


def note(*lines: dict[str, object], **values: object) -> dict[str, object]:
    return dict(KINDS["delivery-note"].compute({"lines": list(lines), **values}, {}, TODAY))


def test_what_is_neither_delivered_now_nor_before_is_back_ordered() -> None:
    made = note(row(ordered=10, delivered_before=3, quantity=5), row(ordered=2, quantity=2))
    assert [line["back_ordered"] for line in made["lines"]] == [Decimal(2), Decimal(0)]
    assert (made["back_orders"], made["partial"]) == ([made["lines"][0]], True)


def test_a_line_without_an_order_is_delivered_whole() -> None:
    made = note(row(quantity=4))
    assert (made["lines"][0]["ordered"], made["back_orders"], made["partial"]) == (Decimal(4), [], False)


def test_the_last_part_of_an_order_is_partial_and_leaves_nothing() -> None:
    made = note(row(ordered=3, delivered_before=1, quantity=2))
    assert (made["partial"], made["back_orders"]) == (True, [])


@pytest.mark.parametrize("quantity", [-1, 8])
def test_no_line_delivers_more_than_is_left_of_the_order_or_less_than_nothing(quantity: int) -> None:
    with pytest.raises(WrongValue, match=r"lines\[1\]\.quantity: .* is not between 0 and 7") as caught:
        note(row(ordered=10, delivered_before=3, quantity=quantity))
    assert caught.value.field == "lines[1].quantity"


def test_weights_are_added_up() -> None:
    made = note(
        row(quantity=2, weight=Decimal("38.5")),
        row(quantity=0, ordered=1),
        packages=[row(package_no="1", weight=50), row(package_no="2", weight=45)],
    )
    assert (made["net_weight"], made["gross_weight"], made["package_count"]) == (Decimal("77.0"), Decimal(95), 2)


def test_no_sum_of_weights_is_shown_where_one_is_not_known() -> None:
    made = note(row(quantity=2, weight=3), row(quantity=1), packages=[row(weight=9), row()])
    assert (made["net_weight"], made["gross_weight"]) == (None, None)


def test_packages_are_counted_where_they_have_no_number() -> None:
    made = note(row(quantity=1, package="2"), packages=[row(weight=9), row(weight=8)])
    assert [package["package_no"] for package in made["packages"]] == ["1", "2"]


def test_a_gross_weight_that_the_packages_do_not_add_up_to_is_refused() -> None:
    with pytest.raises(WrongTotal, match=r"the data say 20 kg, the packages add up to 17") as caught:
        note(row(quantity=1), packages=[row(weight=9), row(weight=8)], gross_weight=Decimal(20))
    assert caught.value.field == "gross_weight"


def test_packages_that_weigh_less_than_their_contents_are_refused() -> None:
    with pytest.raises(WrongTotal, match="they weigh 9 kg, less than their contents with 10 kg"):
        note(row(quantity=2, weight=5), packages=[row(weight=9)])


def test_a_gross_weight_without_packages_is_shown_as_the_data_say() -> None:
    assert note(row(quantity=1), gross_weight=Decimal("12.5"))["gross_weight"] == Decimal("12.5")


def test_a_line_in_a_package_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(WrongValue, match=r'lines\[1\]\.package: "P3" is not a package of this delivery') as caught:
        note(row(quantity=1, package="P1, P3"), packages=[row(package_no="P1"), row(package_no="P2")])
    assert "P1" in caught.value.hint or "P2" in caught.value.hint


def test_faults_of_all_lines_are_reported_together() -> None:
    with pytest.raises(Faults) as caught:
        note(row(), row(quantity=1), row(quantity=2, ordered=1))
    assert [fault.field for fault in caught.value.faults] == ["lines[1].quantity", "lines[3].quantity"]


def test_a_delivery_of_nothing_at_all_is_refused() -> None:
    with pytest.raises(MissingValue, match="lines"):
        note()


def test_a_package_without_weight_of_its_own_cannot_weigh_nothing() -> None:
    with pytest.raises(WrongValue, match=r"packages\[1\]\.weight"):
        note(row(quantity=1), packages=[row(weight=0)])


counts = st.integers(min_value=0, max_value=9_999).map(Decimal)


@given(st.lists(st.tuples(counts, counts, counts), min_size=1, max_size=20))
def test_ordered_is_delivered_before_and_now_and_still_to_follow(parts: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    rows = [
        {"ordered": before + now + rest, "delivered_before": before, "quantity": now} for before, now, rest in parts
    ]
    made = note(*rows)
    for line, (_, _, rest) in zip(made["lines"], parts, strict=True):
        assert line["back_ordered"] == rest
        assert line["ordered"] == line["delivered_before"] + line["quantity"] + line["back_ordered"]
