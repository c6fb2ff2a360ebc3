"""Priced lines and their totals, by published examples and by the equations of EN 16931."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import Faults, MissingValue, WrongTotal, WrongValue
from docgen.kinds.totals import compute_totals, price
from docgen.kinds.vat import share
from docgen.money import currency_places


def line(unit_price: str, quantity: str = "1", rate: str | None = "21", **more: object) -> dict[str, object]:
    vat_rate = None if rate is None else Decimal(rate)
    return {"unit_price": Decimal(unit_price), "quantity": Decimal(quantity), "vat_rate": vat_rate, **more}


def totals(*lines: dict[str, object], currency: str = "EUR", **values: object) -> dict[str, object]:
    return price({"lines": list(lines), **values}, currency)


def money(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


# --- published examples ----------------------------------------------------------------------------


def test_the_allowance_example_of_peppol_bis_3() -> None:
    """OpenPEPPOL, peppol-bis-invoice-3, rules/examples/Allowance-example.xml."""
    made = totals(
        line("410", "10", "25", charge=Decimal(1), discount=Decimal(101)),
        line("200", "10", "0", base_quantity=Decimal(2), vat_category="E"),
        line("100", "10", "25", charge=Decimal(1), discount=Decimal(101)),
        allowances=[{"amount": Decimal(200), "vat_rate": Decimal(25), "reason": "Discount"}],
        charges=[{"percent": Decimal(20), "base_amount": Decimal(1000), "vat_rate": Decimal(25)}],
    )
    assert [row["net"] for row in made["lines"]] == money("4000", "1000", "900")
    assert (made["line_total"], made["allowance_total"], made["charge_total"]) == tuple(money("5900", "200", "200"))
    assert [(group["category"], group["net"], group["tax"]) for group in made["vat"]] == [
        ("S", Decimal(4900), Decimal(1225)),
        ("E", Decimal(1000), Decimal(0)),
    ]
    assert (made["net"], made["tax"], made["gross"]) == tuple(money("5900", "1225", "7125"))


def test_example_2_of_cen_tc_434() -> None:
    """CEN/TC 434, eInvoicing-EN16931, ubl/examples/ubl-tc434-example2.xml: returned goods, three rates, 365.125 up."""
    made = totals(
        line("1273.00", "1", "25", discount=Decimal(12), charge=Decimal(12)),
        line("3.96", "-1", "15"),
        line("2.48", "2", "15"),
        line("25.00", "-1", "0", vat_category="E"),
        line("0.75", "250", "25"),
        currency="NOK",
        allowances=[{"amount": Decimal(100), "vat_rate": Decimal(25)}],
        charges=[{"amount": Decimal(100), "vat_rate": Decimal(25)}],
    )
    assert [(group["rate"], group["net"], group["tax"]) for group in made["vat"]] == [
        (Decimal(25), Decimal("1460.50"), Decimal("365.13")),
        (Decimal(15), Decimal("1.00"), Decimal("0.15")),
        (Decimal(0), Decimal("-25.00"), Decimal(0)),
    ]
    assert (made["net"], made["tax"], made["gross"]) == tuple(money("1436.50", "365.28", "1801.78"))


# --- lines -----------------------------------------------------------------------------------------


def test_a_price_may_be_for_a_hundred() -> None:
    row = totals(line("4.85", "650", base_quantity=Decimal(100)))["lines"][0]
    assert (row["subtotal"], row["net"]) == (Decimal("31.53"), Decimal("31.53"))  # 31.525


def test_quantity_times_price_and_discount_are_each_rounded_so_that_the_printed_figures_add_up() -> None:
    row = totals(line("0.125", "3", discount_percent=Decimal(10)))["lines"][0]
    assert (row["subtotal"], row["discount"], row["amount"]) == tuple(money("0.38", "0.04", "0.34"))


def test_a_discount_and_its_percentage_that_disagree_are_refused() -> None:
    with pytest.raises(WrongTotal, match=r"5 % of 200\.00 are 10\.00") as caught:
        totals(line("100", "2", discount=Decimal(9), discount_percent=Decimal(5)))
    assert caught.value.field == "lines[1].discount"


def test_an_amount_of_a_line_that_its_price_does_not_come_to_is_refused() -> None:
    with pytest.raises(WrongTotal, match="quantity and price come to"):
        totals(line("100", "2", amount=Decimal("199.99")))


@pytest.mark.parametrize("base", ["0", "-100"])
def test_a_price_for_no_units_is_refused(base: str) -> None:
    with pytest.raises(WrongValue, match=r"lines\[1\]\.base_quantity.* above 0"):
        totals(line("1", base_quantity=Decimal(base)))


def test_a_rate_below_zero_is_refused() -> None:
    with pytest.raises(WrongValue, match=r"lines\[1\]\.vat_rate"):
        totals(line("1", rate="-1"))


# --- allowances and charges ------------------------------------------------------------------------


def test_a_percentage_without_a_rate_is_a_row_for_each_rate() -> None:
    made = totals(line("100"), line("100"), line("50", rate="9"), allowances=[{"percent": Decimal(3)}])
    rows = [(row["vat_rate"], row["base_amount"], row["amount"]) for row in made["allowances"]]
    assert rows == [(Decimal(21), Decimal(200), Decimal(6)), (Decimal(9), Decimal(50), Decimal("1.50"))]
    assert [group["net"] for group in made["vat"]] == money("194", "48.50")


def test_an_amount_without_a_rate_belongs_to_the_only_rate() -> None:
    made = totals(line("100"), charges=[{"amount": Decimal(20)}])
    assert (made["net"], made["tax"]) == (Decimal(120), Decimal("25.20"))


def test_an_amount_without_a_rate_is_refused_where_there_are_several() -> None:
    with pytest.raises(MissingValue, match=r"charges\[1\]\.vat_rate is empty"):
        totals(line("100"), line("100", rate="9"), charges=[{"amount": Decimal(20)}])


def test_faulty_allowances_and_charges_are_reported_together() -> None:
    with pytest.raises(Faults) as caught:
        totals(line("100"), allowances=[{"reason": "x"}, {"amount": Decimal(-1)}], charges=[{"percent": Decimal(-1)}])
    fields = [fault.field for fault in caught.value.faults]
    assert fields == ["allowances[1].amount", "allowances[2].amount", "charges[1].amount"]


def test_freight_may_be_taxed_at_a_rate_that_no_line_has() -> None:
    made = totals(line("100", rate="9"), charges=[{"amount": Decimal(10), "vat_rate": Decimal(21)}])
    assert [(group["rate"], group["net"]) for group in made["vat"]] == [(21, Decimal(10)), (9, Decimal(100))]


# --- gross prices and declared rounding ------------------------------------------------------------


def test_gross_prices_keep_the_total_and_share_the_tax_among_the_lines() -> None:
    made = totals(*[line("9.99", rate="19")] * 3, prices="gross")
    assert (made["gross"], made["tax"], made["net"]) == tuple(money("29.97", "4.79", "25.18"))  # 29.97 * 19 / 119
    assert [row["amount"] for row in made["lines"]] == money("9.99", "9.99", "9.99")
    assert [row["net"] for row in made["lines"]] == money("8.39", "8.39", "8.40")


def test_tax_may_be_rounded_line_by_line() -> None:
    lines = [line("0.34", rate="19")] * 3
    assert totals(*lines)["tax"] == Decimal("0.19")
    assert totals(*lines, vat_rounding="line")["tax"] == Decimal("0.18")


@pytest.mark.parametrize(("name", "value"), [("prices", "brutto"), ("vat_rounding", "down")])
def test_a_rule_that_does_not_exist_is_refused(name: str, value: str) -> None:
    with pytest.raises(WrongValue, match=name):
        totals(line("1"), **{name: value})


def test_shares_go_to_the_largest_remainders() -> None:
    assert share(Decimal("1.00"), [Decimal(1) / 3] * 3, "EUR") == money("0.34", "0.33", "0.33")
    assert share(Decimal("-0.01"), money("-0.004", "-0.006"), "EUR") == money("0.00", "-0.01")


# --- what the law wants said -----------------------------------------------------------------------


def test_the_datas_own_reason_stands_in_place_of_the_general_note() -> None:
    made = totals(line("10", rate="0", vat_category="E"), exemption_reason="§ 4 Nr. 21 UStG")
    assert (made["vat_notes"], made["vat_reasons"]) == ([], ["§ 4 Nr. 21 UStG"])


def test_a_reason_for_exempt_lines_says_nothing_of_other_categories() -> None:
    made = totals(
        line("10", rate="0", vat_category="E"), line("5", rate="0", vat_category="K"), exemption_reason="Article 132"
    )
    assert (made["vat_notes"], made["vat_reasons"]) == (["vat_intra_community"], ["Article 132"])


@pytest.mark.parametrize(("category", "code"), [("AE", "VATEX-EU-AE"), ("K", "VATEX-EU-IC"), ("G", "VATEX-EU-G")])
def test_categories_with_one_reason_have_its_code(category: str, code: str) -> None:
    assert totals(line("10", rate="0"), vat_category=category)["vat"][0]["exemption_code"] == code


# --- properties ------------------------------------------------------------------------------------

amounts = st.decimals(min_value=0, max_value=99_999, places=3)
percents = st.sampled_from([None, Decimal(3), Decimal("2.5"), Decimal(10)])
rows = st.lists(
    st.builds(
        lambda cost, quantity, rate, cut, base: line(
            str(cost), str(quantity), rate, discount_percent=cut, base_quantity=base
        ),
        amounts,
        st.decimals(min_value=0, max_value=999, places=2),
        st.sampled_from(["5", "5.5", "7", "9", "19", "21", None]),
        percents,
        st.sampled_from([None, Decimal(100), Decimal(7)]),
    ),
    min_size=1,
    max_size=25,
)
adjustments = st.lists(st.builds(lambda percent: {"percent": percent}, percents.filter(bool)), max_size=2)


@settings(deadline=None, max_examples=200)
@given(
    lines=rows,
    allowances=adjustments,
    charges=adjustments,
    prices=st.sampled_from(["net", "gross"]),
    rounding=st.sampled_from(["total", "line"]),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_the_parts_are_the_whole_under_every_rule(
    lines: list[dict[str, object]],
    allowances: list[dict[str, object]],
    charges: list[dict[str, object]],
    prices: str,
    rounding: str,
    currency: str,
) -> None:
    """BR-CO-10 to 15 of EN 16931, for net and gross prices; amounts have the currency's decimals."""
    values = {"prices": prices, "vat_rounding": rounding, "allowances": allowances, "charges": charges}
    made = totals(*lines, currency=currency, **values)
    parts = [*made["lines"], *made["charges"]]
    whole = sum(row["net"] for row in parts) - sum(row["net"] for row in made["allowances"])
    assert whole == made["net"] == sum(group["net"] for group in made["vat"])
    assert made["tax"] == sum(group["tax"] for group in made["vat"])
    assert made["gross"] == made["net"] + made["tax"]
    shown = made["line_total"] - made["allowance_total"] + made["charge_total"]
    assert shown == (made["net"] if prices == "net" else made["gross"])
    for amount in [made["gross"], made["tax"], *(row["net"] for row in parts)]:
        assert -amount.as_tuple().exponent <= currency_places(currency)


@settings(deadline=None, max_examples=100)
@given(lines=rows)
def test_the_tax_within_gross_prices_is_that_of_the_net_amount_to_a_unit(lines: list[dict[str, object]]) -> None:
    """BR-CO-17, within the unit that no whole net amount can avoid."""
    for group in compute_totals({"lines": lines, "prices": "gross"}, "EUR").vat:
        assert abs(group["tax"] - group["net"] * group["rate"] / 100) <= Decimal("0.01")
