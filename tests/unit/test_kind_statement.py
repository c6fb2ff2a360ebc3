"""Statements of account: what settles what, ageing, running balance, by worked examples and by equations."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.errors import Faults, MissingValue, WrongTotal, WrongValue
from docgen.kinds import KINDS
from docgen.kinds.ageing import age
from docgen.money import currency_places

TODAY = date(2026, 11, 20)
COMPANY = {"name": "Baltmarė, UAB", "currency": "EUR", "iban": "LT64 3250 0123 4567 8906", "bic": ""}


def item(number: str, amount: str, late: int = 0, **more: object) -> dict[str, object]:
    """An invoice that is `late` days overdue today; below zero, that is due in so many days."""
    due = TODAY - timedelta(days=late)
    return {"number": number, "date": min(due, TODAY), "due_date": due, "amount": Decimal(amount), **more}


def paid(amount: str, pays: str = "", days_ago: int = 0, **more: object) -> dict[str, object]:
    return {"date": TODAY - timedelta(days=days_ago), "amount": Decimal(amount), "pays": pays, **more}


def statement(items: list[dict[str, object]], *payments: dict[str, object], **values: object) -> dict[str, object]:
    given = {"customer_no": "K-1", "items": items, "payments": list(payments), **values}
    return dict(KINDS["statement"].compute(given, COMPANY, TODAY))


def account(items: list[dict[str, object]], *payments: dict[str, object], **values: object) -> dict[str, object]:
    (only,) = statement(items, *payments, **values)["accounts"]
    return dict(only)


def opened(made: dict[str, object]) -> dict[str, Decimal]:
    return {row["number"]: row["open"] for row in made["items"]}


def amounts(made: dict[str, object]) -> list[Decimal]:
    return [row["amount"] for row in made["ageing"]]


# --- what settles what -----------------------------------------------------------------------------


def test_a_payment_settles_the_item_that_it_names() -> None:
    made = account([item("A", "100", 40), item("B", "50", 10)], paid("50", "B"))
    assert opened(made) == {"A": Decimal(100)}


def test_a_payment_that_names_none_settles_the_longest_due_first() -> None:
    made = account([item("B", "50", 10), item("A", "100", 40)], paid("120"))
    assert opened(made) == {"B": Decimal(30)}


def test_what_a_payment_leaves_over_goes_to_the_longest_due() -> None:
    made = account([item("A", "100", 40), item("B", "50", 10)], paid("80", "B"))
    assert opened(made) == {"A": Decimal(70)}


def test_disputed_items_are_settled_last() -> None:
    made = account([item("A", "100", 40, disputed=True), item("B", "50", 10)], paid("60"))
    assert opened(made) == {"A": Decimal(90)}


@pytest.mark.parametrize("amount", ["30", "-30"])
def test_a_credit_note_reduces_the_balance_however_its_amount_is_written(amount: str) -> None:
    note = {"number": "C", "type": "credit-note", "date": TODAY, "amount": Decimal(amount), "pays": "A"}
    made = account([item("A", "100", 5), note])
    assert (opened(made), made["balance"]) == ({"A": Decimal(70)}, Decimal(70))
    assert made["movements"][-1]["type"] == "credit_note"


def test_what_is_paid_beyond_all_charges_is_a_credit() -> None:
    made = account([item("A", "100", 5)], paid("130"))
    assert (made["credit"], made["balance"], made["items"], made["payment_code"]) == (30, -30, [], "")
    assert amounts(made) == [0, 0, 0, 0, 0]


def test_money_that_went_back_is_owed_again() -> None:
    made = account([item("A", "100", 5)], paid("130", days_ago=4), paid("-30", days_ago=2))
    assert (made["credit"], made["balance"]) == (0, 0)


def test_what_the_data_call_paid_counts_and_is_shown() -> None:
    made = account([item("A", "100", 5, paid=Decimal(40), open=Decimal(60))])
    assert opened(made) == {"A": Decimal(60)}
    assert [(row["type"], row["balance"]) for row in made["movements"]] == [("invoice", 100), ("settled", 60)]


def test_currencies_do_not_mix() -> None:
    made = statement([item("A", "100", 5), item("B", "70", 5, currency="GBP")], paid("100", currency="GBP"))
    assert [(one["currency"], one["balance"]) for one in made["accounts"]] == [("EUR", 100), ("GBP", -30)]


def test_what_is_dated_after_the_statement_does_not_count() -> None:
    made = account([item("A", "100", 5), {**item("B", "9"), "date": TODAY + timedelta(days=1), "due_date": None}])
    assert made["balance"] == 100
    earlier = account([item("A", "100", 5)], paid("100"), date=TODAY - timedelta(days=1))
    assert earlier["balance"] == 100


def test_without_a_due_date_the_terms_decide() -> None:
    bare = {"number": "A", "date": TODAY - timedelta(days=20), "amount": Decimal(10)}
    assert account([bare], payment_terms_days=14)["items"][0]["days_overdue"] == 6
    assert account([bare])["items"][0]["days_overdue"] == 20


# --- ageing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "place"), [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (900, 4)]
)
def test_an_item_stands_in_the_class_of_its_days(late: int, place: int) -> None:
    assert [bool(amount) for amount in amounts(account([item("A", "10", late)]))] == [n == place for n in range(5)]


def test_classes_follow_what_is_declared() -> None:
    made = account([item("A", "10", 20)], ageing_days=[14, 28])
    rows = [(one["first_day"], one["last_day"], one["amount"]) for one in made["ageing"]]
    assert rows == [(0, 0, 0), (1, 14, 0), (15, 28, 10), (29, None, 0)]


@pytest.mark.parametrize("days", [[30, 30], [60, 30], [0, 30], ["30"], "30"])
def test_classes_that_do_not_rise_are_refused(days: object) -> None:
    with pytest.raises(WrongValue, match="a list of days that rises"):
        account([item("A", "10")], ageing_days=days)


# --- movements -------------------------------------------------------------------------------------


def test_the_balance_runs_on_and_what_came_before_is_brought_forward() -> None:
    items = [item("A", "100", 40), item("B", "50", 10)]
    made = account(items, paid("100", "A", days_ago=15), from_date=TODAY - timedelta(days=12))
    assert made["opening"] == 0
    assert [(row["charge"], row["credit"], row["balance"]) for row in made["movements"]] == [(50, 0, 50)]
    whole = account(items, paid("100", "A", days_ago=15))
    assert [row["balance"] for row in whole["movements"]] == [100, 0, 50]


def test_charges_stand_before_the_payments_of_their_day() -> None:
    made = account([item("A", "100")], paid("100", "A"))
    assert [row["type"] for row in made["movements"]] == ["invoice", "payment"]


def test_a_statement_of_a_period_that_begins_after_it_is_refused() -> None:
    with pytest.raises(WrongValue, match="from_date"):
        account([item("A", "1")], from_date=TODAY + timedelta(days=1))


# --- cross-checks ----------------------------------------------------------------------------------


def test_a_balance_that_differs_is_refused() -> None:
    with pytest.raises(WrongTotal, match=r"the data say 99 EUR, the entries add up to 100\.00"):
        account([item("A", "100")], balance=Decimal(99))
    assert account([item("A", "100")], balance=Decimal(100))["balance"] == 100


def test_a_balance_of_several_currencies_has_no_meaning() -> None:
    with pytest.raises(WrongValue, match="a balance of one currency; the account has EUR, GBP"):
        statement([item("A", "1"), item("B", "1", currency="GBP")], balance=Decimal(2))


def test_what_is_open_has_to_agree_with_what_is_paid() -> None:
    with pytest.raises(WrongTotal, match=r"items\[1\]\.open: the data say 70.*, amount and paid leave 60"):
        account([item("A", "100", paid=Decimal(40), open=Decimal(70))])


def test_all_faulty_entries_are_told_together_by_the_row_they_stand_in() -> None:
    rows = [
        item("A", "1.001"),
        item("B", "1"),
        {"number": "C"},
        item("D", "1", type="gift"),
        item("E", "1", paid=Decimal(2)),
    ]
    with pytest.raises(Faults) as caught:
        account(rows, {"amount": Decimal(1)})
    assert [fault.field for fault in caught.value.faults] == [
        *("items[1].amount", "items[3].date", "items[4].type", "items[5].paid", "payments[1].date"),
    ]


def test_numbers_that_stand_twice_and_credits_for_nothing_are_refused() -> None:
    with pytest.raises(Faults) as caught:
        account([item("A", "1"), item("A", "2")], paid("1", "B"), paid("1", "A", currency="GBP"))
    fields = [fault.field for fault in caught.value.faults]
    assert fields == ["items[1].number", "items[2].number", "payments[1].pays", "payments[2].pays"]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"type": "invoice", "amount": Decimal(-1)}, "amount"),
        ({"due_date": TODAY - timedelta(days=9)}, "due_date"),
        ({"disputed": "no"}, "disputed"),
        ({"date": "2026-11-20"}, "date"),
    ],
)
def test_entries_that_cannot_be_are_refused(row: dict[str, object], field: str) -> None:
    with pytest.raises(WrongValue) as caught:
        account([{**item("A", "1"), **row}])
    assert caught.value.field == f"items[1].{field}"


def test_a_statement_of_nothing_is_refused() -> None:
    with pytest.raises(MissingValue, match="items"):
        statement([])


# --- equations -------------------------------------------------------------------------------------

cents = st.integers(1, 10_000_000)
days = st.integers(-60, 400)
currencies = st.sampled_from(["EUR", "JPY", "KWD"])


@st.composite
def accounts(draw: st.DrawFn) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    def money(currency: str) -> Decimal:
        return Decimal(draw(cents)).scaleb(-currency_places(currency))

    items, payments = [], []
    for number in range(draw(st.integers(1, 12))):
        currency = draw(currencies)
        row = item(f"I{number}", "0", draw(days), currency=currency, disputed=draw(st.booleans()))
        items.append(
            {**row, "amount": money(currency), "type": draw(st.sampled_from(["invoice", "credit-note", "fee"]))}
        )
    for _ in range(draw(st.integers(0, 8))):
        row = draw(st.sampled_from(items))
        pays = str(row["number"]) if row["type"] != "credit-note" and draw(st.booleans()) else ""
        payment = paid("0", pays, draw(st.integers(0, 400)), currency=row["currency"])
        payments.append({**payment, "amount": money(str(row["currency"]))})
    return items, payments


@settings(deadline=None, max_examples=200)
@given(accounts())
def test_ageing_parts_the_balance_and_no_class_is_negative(
    rows: tuple[list[dict[str, object]], list[dict[str, object]]],
) -> None:
    for made in statement(rows[0], *rows[1])["accounts"]:
        classes = amounts(made)
        assert sum(classes) - made["credit"] == made["balance"] == made["not_due"] + made["overdue"] - made["credit"]
        assert min(*classes, made["credit"]) >= 0
        assert made["credit"] == 0 or not made["items"]


@settings(deadline=None, max_examples=200)
@given(accounts())
def test_the_parts_of_a_statement_are_the_whole(
    rows: tuple[list[dict[str, object]], list[dict[str, object]]],
) -> None:
    for made in statement(rows[0], *rows[1])["accounts"]:
        assert sum(row["charge"] - row["credit"] for row in made["movements"]) == made["balance"]
        assert made["movements"][-1]["balance"] == made["balance"]
        assert sum(row["open"] for row in made["items"]) - made["credit"] == made["balance"]
        assert all(0 < row["open"] == row["amount"] - row["paid"] for row in made["items"])


@settings(deadline=None, max_examples=100)
@given(accounts(), st.integers(0, 400))
def test_where_a_statement_begins_does_not_change_the_balance(
    rows: tuple[list[dict[str, object]], list[dict[str, object]]], ago: int
) -> None:
    whole = statement(rows[0], *rows[1])["accounts"]
    later = statement(rows[0], *rows[1], from_date=TODAY - timedelta(days=ago))["accounts"]
    for one, other in zip(whole, later, strict=True):
        moved = sum(row["charge"] - row["credit"] for row in other["movements"])
        assert other["opening"] + moved == other["balance"] == one["balance"]


@settings(deadline=None, max_examples=100)
@given(accounts())
def test_every_amount_has_the_places_of_its_currency(
    rows: tuple[list[dict[str, object]], list[dict[str, object]]],
) -> None:
    for made in statement(rows[0], *rows[1])["accounts"]:
        unit = Decimal(1).scaleb(-currency_places(made["currency"]))
        for amount in [made["balance"], made["credit"], *amounts(made), *opened(made).values()]:
            assert amount == amount.quantize(unit)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 999).map(Decimal)), max_size=20),
    st.sets(st.integers(1, 400), min_size=1),
)
def test_every_item_is_in_exactly_one_class(items: list[tuple[int, Decimal]], last_days: set[int]) -> None:
    classes = age(items, sorted(last_days))
    for one in classes:
        last = 10**6 if one["last_day"] is None else one["last_day"]
        assert one["amount"] == sum(amount for late, amount in items if one["first_day"] <= late <= last)
    assert sum(one["amount"] for one in classes) == sum(amount for _, amount in items)
