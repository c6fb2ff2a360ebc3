"""The figures that kinds compute, by worked examples and by the equations of EN 16931."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import Faults, MissingValue, RecordError, WrongTotal, WrongValue
from docgen.fields import FieldSpec, read_values
from docgen.kinds import KINDS
from docgen.kinds.contract import last_day
from docgen.template import load_template

ROOT = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 20)
COMPANY = {"name": "Baltmarė, UAB", "currency": "EUR", "iban": "LT64 3250 0123 4567 8906", "bic": ""}


def line(price: str, quantity: str = "1", rate: str | None = "21", **more: object) -> dict[str, object]:
    vat_rate = None if rate is None else Decimal(rate)
    return {"unit_price": Decimal(price), "quantity": Decimal(quantity), "vat_rate": vat_rate, **more}


def invoice(*lines: dict[str, object], **values: object) -> dict[str, object]:
    return dict(KINDS["invoice"].compute({"number": "INV-2026-00001", "lines": list(lines), **values}, COMPANY, TODAY))


def contract(**values: object) -> dict[str, object]:
    return dict(KINDS["contract"].compute(values, COMPANY, TODAY))


# --- invoice ---------------------------------------------------------------------------------------


def test_line_amounts_are_rounded_half_up_after_the_discount() -> None:
    made = invoice(line("0.125", "3"), line("10.00", "2", discount=Decimal("1.50")))
    assert [row["net"] for row in made["lines"]] == [Decimal("0.38"), Decimal("18.50")]


def test_vat_is_computed_on_the_sum_of_a_rate_and_not_line_by_line() -> None:
    made = invoice(*[line("0.34", rate="19")] * 3)
    assert made["tax"] == Decimal("0.19")  # 1.02 * 19 % = 0.1938; line by line 0.06 * 3 = 0.18


def test_rates_are_broken_down_with_the_highest_first() -> None:
    made = invoice(line("100", rate="9"), line("50", rate="21"), line("20", rate="9"))
    rows = [(group["rate"], group["net"], group["tax"]) for group in made["vat"]]
    assert rows == [
        (Decimal(21), Decimal(50), Decimal("10.50")),
        (Decimal(9), Decimal(120), Decimal("10.80")),
    ]
    assert (made["net"], made["tax"], made["gross"]) == (Decimal(170), Decimal("21.30"), Decimal("191.30"))


def test_what_was_paid_before_is_taken_from_the_amount_due() -> None:
    made = invoice(line("100"), prepaid=Decimal("21.00"))
    assert (made["gross"], made["amount_due"]) == (Decimal(121), Decimal(100))


def test_a_yen_has_no_cents() -> None:
    assert invoice(line("10.5", "3", rate=None), currency="JPY")["gross"] == Decimal(32)


def test_lines_without_vat_show_no_vat_and_say_nothing_about_it() -> None:
    made = invoice(line("0.99", "2", rate=None))
    assert (made["taxed"], made["vat_notes"], made["tax"]) == (False, [], Decimal(0))


@pytest.mark.parametrize(
    ("category", "note"),
    [("K", "vat_intra_community"), ("AE", "vat_reverse_charge"), ("G", "vat_export"), ("E", "vat_exempt")],
)
def test_a_category_without_tax_says_why_once(category: str, note: str) -> None:
    made = invoice(line("10", rate="0"), line("20", rate=None), vat_category=category)
    assert (made["vat_notes"], made["taxed"], made["tax"]) == ([note], True, Decimal(0))


def test_a_lines_own_category_wins_over_the_records() -> None:
    made = invoice(line("10", vat_category="S"), line("20", rate="0"), vat_category="K")
    assert [(group["category"], group["tax"]) for group in made["vat"]] == [("S", Decimal("2.10")), ("K", Decimal(0))]


@pytest.mark.parametrize(("rate", "category"), [("21", "K"), ("0", "S"), (None, "S")])
def test_a_rate_that_contradicts_its_category_is_refused(rate: str | None, category: str) -> None:
    with pytest.raises(WrongValue, match=r"lines\[1\]\.vat_rate") as caught:
        invoice(line("10", rate=rate, vat_category=category))
    assert caught.value.field == "lines[1].vat_rate"


def test_an_unknown_category_is_refused_with_the_known_ones() -> None:
    with pytest.raises(WrongValue, match=r'"X" is not a VAT category; one of: AE, E, G, K, L, M, O, S, Z'):
        invoice(line("10", vat_category="X"))


def test_the_due_date_follows_from_the_terms() -> None:
    assert invoice(line("1"), date=date(2026, 2, 15), payment_terms_days=14)["due_date"] == date(2026, 3, 1)


def test_a_due_date_in_the_data_wins_over_the_terms() -> None:
    made = invoice(line("1"), payment_terms_days=14, due_date=date(2026, 12, 24))
    assert (made["date"], made["due_date"]) == (TODAY, date(2026, 12, 24))


def test_an_invoice_cannot_be_due_before_it_is_written() -> None:
    with pytest.raises(WrongValue, match="due_date"):
        invoice(line("1"), due_date=TODAY - timedelta(days=1))


def test_a_total_that_the_lines_do_not_add_up_to_is_refused() -> None:
    with pytest.raises(WrongTotal, match=r"the data say 120 EUR, the lines add up to 121\.00") as caught:
        invoice(line("100"), total=Decimal(120))
    assert (caught.value.field, caught.value.value) == ("total", "120")


def test_a_total_that_agrees_is_accepted() -> None:
    assert invoice(line("100"), total=Decimal("121"))["gross"] == Decimal(121)


def test_an_invoice_without_lines_is_refused() -> None:
    with pytest.raises(MissingValue, match="lines is empty"):
        invoice()


def test_all_faulty_lines_are_reported_together() -> None:
    bad = {"quantity": "two", "unit_price": Decimal(1)}
    with pytest.raises(Faults) as caught:
        invoice(line("1"), bad, {"quantity": Decimal(1)})
    assert [fault.field for fault in caught.value.faults] == ["lines[2].quantity", "lines[3].unit_price"]


@pytest.mark.parametrize("value", [1.5, True, Decimal("NaN"), "1"])
def test_figures_that_cannot_hold_money_exactly_are_refused(value: object) -> None:
    with pytest.raises(WrongValue, match="is not a number"):
        invoice({"quantity": value, "unit_price": Decimal(1)})


def test_lines_that_are_no_rows_are_refused() -> None:
    with pytest.raises(WrongValue, match="a list of rows"):
        KINDS["invoice"].compute({"lines": "2 chairs"}, COMPANY, TODAY)


def test_other_columns_of_a_line_stay_as_they_are() -> None:
    made = invoice(line("1", sku="00123", position=7))
    assert (made["lines"][0]["sku"], made["lines"][0]["position"]) == ("00123", 7)


def test_the_payment_code_has_the_lines_that_bank_apps_read() -> None:
    assert str(invoice(line("100"))["payment_code"]).split("\n") == [
        *("BCD", "002", "1", "SCT", "", "Baltmarė, UAB", "LT643250012345678906", "EUR121.00", "", "", "INV-2026-00001")
    ]


@pytest.mark.parametrize("values", [{"currency": "GBP"}, {"prepaid": Decimal(121)}])
def test_there_is_no_payment_code_where_no_bank_app_could_use_it(values: dict[str, object]) -> None:
    assert invoice(line("100"), **values)["payment_code"] == ""


amounts = st.decimals(min_value=0, max_value=99_999, places=3)
rows = st.lists(
    st.builds(
        lambda price, quantity, rate, cut: line(str(price), str(quantity), rate, discount=cut),
        amounts,
        st.decimals(min_value=0, max_value=999, places=2),
        st.sampled_from(["5", "9", "12", "19", "21", None]),
        st.decimals(min_value=0, max_value=9, places=2),
    ),
    min_size=1,
    max_size=30,
)


@settings(deadline=None, max_examples=150)
@given(rows=rows, prepaid=amounts)
def test_the_parts_are_the_whole(rows: list[dict[str, object]], prepaid: Decimal) -> None:
    """BR-CO-10, 13, 14, 15, 16 of EN 16931."""
    made = invoice(*rows, prepaid=prepaid)
    assert sum(row["net"] for row in made["lines"]) == made["net"] == sum(group["net"] for group in made["vat"])
    assert sum(group["tax"] for group in made["vat"]) == made["tax"]
    assert made["net"] + made["tax"] == made["gross"] == made["amount_due"] + prepaid


@settings(deadline=None, max_examples=100)
@given(rows=rows)
def test_the_tax_of_a_rate_is_within_half_a_cent(rows: list[dict[str, object]]) -> None:
    """BR-CO-17: the rounded product of taxable amount and rate; and every amount is whole cents."""
    for group in invoice(*rows)["vat"]:
        assert abs(group["tax"] - group["net"] * group["rate"] / 100) <= Decimal("0.005")
        assert group["tax"] == group["tax"].quantize(Decimal("0.01"))


# --- contract --------------------------------------------------------------------------------------


def test_a_contracts_items_add_up() -> None:
    items = [{"quantity": Decimal(12), "unit_price": Decimal("99.90")}, {"unit_price": Decimal("150")}]
    made = contract(items=items)
    assert [row["amount"] for row in made["items"]] == [Decimal("1198.80"), Decimal("150.00")]
    assert made["total"] == Decimal("1348.80")


def test_a_contract_whose_total_differs_is_refused() -> None:
    with pytest.raises(WrongTotal, match=r"the lines add up to 10\.00"):
        contract(items=[{"unit_price": Decimal(10)}], total=Decimal(11))


def test_the_parties_are_the_company_and_the_customer() -> None:
    made = contract(name="Möbelhaus Grün GmbH", city="Köln")
    assert [(party["role"], party["name"]) for party in made["parties"]] == [
        ("provider", "Baltmarė, UAB"),
        ("customer", "Möbelhaus Grün GmbH"),
    ]
    assert made["parties"][1]["vat_id"] == ""


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2027, 1, 1), 12, date(2027, 12, 31)),
        (date(2027, 1, 15), 1, date(2027, 2, 14)),
        (date(2027, 1, 31), 1, date(2027, 2, 27)),
        (date(2028, 1, 31), 1, date(2028, 2, 28)),
        (date(2026, 12, 1), 24, date(2028, 11, 30)),
    ],
)
def test_a_term_ends_the_day_before_it_would_begin_again(start: date, months: int, end: date) -> None:
    assert last_day(start, months) == end
    assert contract(start_date=start, duration_months=months)["end_date"] == end


def test_a_contract_without_a_term_has_no_end() -> None:
    assert contract(start_date=TODAY)["end_date"] is None


def test_a_contract_cannot_end_before_it_starts() -> None:
    with pytest.raises(WrongValue, match="end_date"):
        contract(start_date=TODAY, end_date=TODAY - timedelta(days=1))


@settings(deadline=None, max_examples=200)
@given(start=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(1, 120))
def test_a_term_is_as_many_months_as_agreed(start: date, months: int) -> None:
    after = last_day(start, months) + timedelta(days=1)
    assert (after.year * 12 + after.month) - (start.year * 12 + start.month) == months
    assert after.day <= start.day


# --- all -------------------------------------------------------------------------------------------

PRICED = {
    "lines": [
        line("10", vat_category="S"),
        line("1", rate="0", vat_category="K"),
        line("5", rate="0", vat_category="E"),
    ],
    "allowances": [{"amount": Decimal(1), "vat_rate": Decimal(21), "reason": "Loyalty"}],
    "charges": [{"percent": Decimal(2), "vat_rate": Decimal(21), "reason": "Packing"}],
    "exemption_reason": "Article 132 (1) (i)",
}
ITEMS = [
    {"number": "INV-1", "date": date(2026, 9, 1), "amount": Decimal(100)},
    {"number": "INV-2", "date": date(2026, 9, 2), "amount": Decimal(50), "disputed": True},
    {"number": "INV-3", "date": date(2026, 11, 20), "amount": Decimal(30)},
]

REPORTS = ("expense-report", "expense-summary", "sales-report")
FULL = {
    "appointment": {"start": datetime(2026, 12, 3, 10)},
    "complaint-answer": {"decision": "declined", "reason": "It was sawn."},
    "order-status": {"lines": [{"quantity": Decimal(2), "shipped": Decimal(1)}]},
    "invoice": PRICED,
    "credit-note": {**PRICED, "invoice_no": "INV-2026-00017"},
    "pro-forma": PRICED,
    "deposit-invoice": {**PRICED, "deposit_percent": Decimal(30)},
    "final-invoice": {**PRICED, "deposits": [{"gross": Decimal(3), "vat_rate": Decimal(21)}]},
    "estimate": {**PRICED, "lines": [*PRICED["lines"], line("10", optional=True)]},
    "order-confirmation": PRICED,
    "delivery-note": {"lines": [{"quantity": Decimal(1), "ordered": Decimal(2)}], "packages": [{}]},
    "contract": {
        "items": [{"unit_price": Decimal(10)}],
        "allowances": [{"percent": Decimal(3), "reason": "Project"}],
        "charges": [{"amount": Decimal(1)}],
        "clauses": [{"clause": "term", "paragraph": "start"}],
        "start_date": TODAY,
        "duration_months": 12,
    },
    "proposal": {
        **PRICED,
        "lines": [*PRICED["lines"], line("10", optional=True)],
        "requirements": [{"no": "1", "mandatory": True}],
        "answers": [{"no": "1", "status": "partly", "answer": "So."}],
        "schedule": [{"phase": "Plan", "begin": TODAY}],
    },
    "receipt": {"amount": Decimal(12), "pays": [{"amount": Decimal(10)}]},
    "statement": {"items": ITEMS},
    "reminder": {
        "items": ITEMS,
        "interest_margin": Decimal(8),
        "interest_rates": [{"from_date": date(2026, 1, 1), "rate": Decimal("2.15")}],
    },
}


def full(name: str) -> Mapping[str, object]:
    """Return a record of a kind with all that it reads: a report's is the sample of its template."""
    if name not in REPORTS:
        return FULL.get(name, {})
    template = load_template(ROOT / "templates" / name)
    return read_values(template.sample, template.fields, "en_GB", "sample")[0]


#: Whose names depend on the data.
OPEN = {"references"}


def paths(value: object, prefix: str = "") -> set[str]:
    if isinstance(value, dict) and prefix not in OPEN:
        return {path for name, part in value.items() for path in paths(part, f"{prefix}.{name}" if prefix else name)}
    if isinstance(value, list):
        return {path for part in value for path in paths(part, f"{prefix}[]")}
    return {prefix}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_supplies_what_it_promises_and_nothing_else(name: str) -> None:
    values = full(name)
    made = paths(dict(KINDS[name].compute(values, COMPANY, TODAY)))
    if name in REPORTS:  # whose rows keep the fields of their record
        parts = {path.rpartition(".")[0] for path in made}
        assert sorted(KINDS[name].computed - made - parts) == []
    else:
        assert made == KINDS[name].computed


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_leaves_the_record_as_it_was(name: str) -> None:
    values = full(name)
    before = repr(values)
    KINDS[name].compute(values, COMPANY, TODAY)
    assert repr(values) == before


def test_a_fault_of_a_kind_is_a_fault_of_the_record() -> None:
    with pytest.raises(RecordError):
        invoice()


# --- fields of the shipped templates -----------------------------------------------------------------


def unexplained(fields: Mapping[str, FieldSpec], above: str = "") -> list[str]:
    """Return the paths of fields that say too little for `docgen fields`."""
    found = []
    for name, spec in fields.items():
        if not spec.help or (spec.example is None and not spec.fields):
            found.append(above + name)
        found += unexplained(spec.fields or {}, f"{above}{name}.")
    return found


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in (ROOT / "templates").glob("*/template.yaml")))
def test_every_field_says_what_it_is_and_shows_an_example(folder: str) -> None:
    assert unexplained(load_template(ROOT / "templates" / folder).fields) == []
