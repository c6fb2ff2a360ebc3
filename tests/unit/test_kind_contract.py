"""Contracts: which clauses a deal gets, their numbers and references, parties, signatories and the draft mark."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import DocgenError, Faults
from docgen.kinds import KINDS
from docgen.kinds.clauses import Condition, Deal, choose_clauses, references_to

COMPANY = {"name": "Baltmarė, UAB", "signatory": "Rūta Žemaitytė", "currency": "EUR"}
TODAY = date(2026, 11, 20)
SMALL = Deal("LT", Decimal(100), ["00412"])


def contract(**values: object) -> dict[str, object]:
    return dict(KINDS["contract"].compute({"name": "Grün GmbH", "country": "DE", **values}, COMPANY, TODAY))


def row(name: str, **condition: object) -> dict[str, object]:
    clause, paragraph = name.split(".")
    return {"clause": clause, "paragraph": paragraph, **condition}


def numbers(*rows: dict[str, object], deal: Deal = SMALL) -> dict[str, str]:
    return references_to(choose_clauses({"clauses": list(rows)}, deal))


def faults_of(**values: object) -> list[str]:
    with pytest.raises(DocgenError) as raised:
        contract(**values)
    return [str(fault) for fault in (raised.value.faults if isinstance(raised.value, Faults) else [raised.value])]


# --- clauses ---------------------------------------------------------------------------------------


def test_clauses_are_numbered_in_the_order_of_the_plan() -> None:
    assert numbers(row("price.amount"), row("price.vat"), row("term.start")) == {
        "see_price": "1", "see_price_amount": "1.1", "see_price_vat": "1.2", "see_term": "2", "see_term_start": "2.1",
    }  # fmt: skip


def test_a_reference_follows_when_a_clause_before_it_is_left_out() -> None:
    plan = [row("retention.title", countries="DE"), row("price.bonus", from_total=Decimal(500)), row("price.vat")]
    assert numbers(*plan, deal=Deal("DE", Decimal(900), []))["see_price_vat"] == "2.2"
    assert numbers(*plan, deal=Deal("DE", Decimal(100), []))["see_price_vat"] == "2.1"
    assert numbers(*plan, deal=Deal("LT", Decimal(100), []))["see_price_vat"] == "1.1"


def test_a_clause_that_is_left_out_has_no_number() -> None:
    assert "see_retention" not in numbers(row("retention.title", countries="DE"), row("price.vat"))


@pytest.mark.parametrize(
    ("condition", "deal", "holds"),
    [
        (Condition(), SMALL, True),
        (Condition(countries=frozenset({"DE", "LT"})), SMALL, True),
        (Condition(countries=frozenset({"DE"})), SMALL, False),
        (Condition(except_countries=frozenset({"LT"})), SMALL, False),
        (Condition(except_countries=frozenset({"DE"})), SMALL, True),
        (Condition(from_total=Decimal(100)), SMALL, True),
        (Condition(from_total=Decimal("100.01")), SMALL, False),
        (Condition(below_total=Decimal(100)), SMALL, False),
        (Condition(below_total=Decimal("100.01")), SMALL, True),
        (Condition(products=("004",)), SMALL, True),
        (Condition(products=("4", "005")), SMALL, False),
        (Condition(countries=frozenset({"LT"}), below_total=Decimal(1)), SMALL, False),
    ],
)
def test_a_condition_holds_where_all_of_it_is_true(condition: Condition, deal: Deal, holds: bool) -> None:
    assert condition.holds(deal) is holds


def test_a_contract_decides_by_its_customer_its_total_and_its_goods() -> None:
    plan = [
        row("a.x", countries="lt, de"),
        row("b.x", countries="LT"),
        row("c.x", from_total=Decimal("21.00")),
        row("d.x", products="9 00412"),
    ]
    items = [{"quantity": Decimal(2), "unit_price": Decimal("10.50"), "sku": "00412-3"}]
    assert [one["name"] for one in contract(clauses=plan, items=items)["clauses"]] == ["a", "c", "d"]


def test_faults_of_a_plan_are_told_together() -> None:
    plan = [
        row("a.x"),
        row("a.x"),
        {"clause": "a"},
        {"clause": "The end", "paragraph": "x"},
        row("b.x", from_total="?"),
    ]
    said = "\n".join(faults_of(clauses=plan))
    for path in ("clauses[2].paragraph", "clauses[3].paragraph", "clauses[4].clause", "clauses[5].from_total"):
        assert path in said


def test_alternatives_that_exclude_each_other_may_have_one_name() -> None:
    plan = [row("a.x", countries="DE"), row("a.x", except_countries="DE")]
    assert numbers(*plan) == {"see_a": "1", "see_a_x": "1.1"}


def test_a_plan_of_which_nothing_holds_is_a_fault() -> None:
    assert faults_of(clauses=[row("a.x", countries="US")]) == ["clauses is empty"]


NAMES = st.sampled_from([f"{clause}.{part}" for clause in "abcd" for part in "xyz"])


@given(plan=st.lists(st.tuples(NAMES, st.booleans()), unique_by=lambda one: one[0]))
def test_numbers_have_no_gaps_whatever_is_left_out(plan: list[tuple[str, bool]]) -> None:
    rows = [row(name, countries="LT" if kept else "DE") for name, kept in plan]
    if not any(kept for _, kept in plan):
        return
    clauses = choose_clauses({"clauses": rows}, SMALL)
    assert [one["number"] for one in clauses] == [str(number) for number in range(1, len(clauses) + 1)]
    for clause in clauses:
        expected = [f"{clause['number']}.{number}" for number in range(1, len(clause["paragraphs"]) + 1)]
        assert [one["number"] for one in clause["paragraphs"]] == expected
    paragraphs = itertools.chain.from_iterable(clause["paragraphs"] for clause in clauses)
    assert {one["name"] for one in paragraphs} == {name for name, kept in plan if kept}


# --- parties and signatories -----------------------------------------------------------------------


def signing(**values: object) -> list[tuple[str, str, str]]:
    return [
        (party["role"], person["name"], person["anchor"])
        for party in contract(**values)["parties"]
        for person in party["signatories"]
    ]


def test_each_party_has_somebody_who_signs_and_an_anchor_of_its_own() -> None:
    assert signing(signatory="Jana Schröder") == [
        ("provider", "Rūta Žemaitytė", "/sig1/"),
        ("customer", "Jana Schröder", "/sig2/"),
    ]
    assert signing()[1] == ("customer", "", "/sig2/")


def test_several_sign_for_one_party_and_for_further_ones() -> None:
    people = [{"party": "guarantor", "name": "Kurt"}, {"name": "Jana", "function": "CEO"}, {"name": "Thorsten"}]
    more = [{"role": "guarantor", "name": "Holding AG"}]
    assert signing(signatories=people, more_parties=more) == [
        ("provider", "Rūta Žemaitytė", "/sig1/"),
        ("customer", "Jana", "/sig2/"),
        ("customer", "Thorsten", "/sig3/"),
        ("guarantor", "Kurt", "/sig4/"),
    ]


def test_anchors_are_written_as_the_service_wants_them() -> None:
    adobe = "{{Sig{n}_es_:signer{n}:signature}}"
    assert [anchor for _, _, anchor in signing(signature_anchor=adobe)] == [
        "{{Sig1_es_:signer1:signature}}",
        "{{Sig2_es_:signer2:signature}}",
    ]
    parties = contract(date_anchor="\\d{n}\\")["parties"]
    assert parties[1]["signatories"][0]["date_anchor"] == "\\d2\\"


def test_faults_of_parties_are_told_together() -> None:
    said = faults_of(
        signatories=[{"party": "custumer", "name": "Jana"}, {"party": "customer"}],
        more_parties=[{"role": "customer", "name": "Twice AG"}, {"role": "guarantor"}],
    )
    text = "\n".join(said)
    for path in ("signatories[1].party", "signatories[2].name", "more_parties[1].role", "more_parties[2].name"):
        assert path in text
    assert "customer" in text


# --- draft and revision ----------------------------------------------------------------------------


def test_a_contract_is_a_draft_until_somebody_approved_it() -> None:
    assert contract()["draft"] is True
    assert contract(approved_on=None)["draft"] is True
    assert contract(approved_on=date(2026, 11, 18))["draft"] is False


def test_a_contract_begins_with_its_first_revision() -> None:
    assert contract()["revision"] == 1
    assert contract(revision=3)["revision"] == 3


@pytest.mark.parametrize("revision", [Decimal(0), Decimal("1.5"), -1])
def test_a_revision_is_a_whole_number_from_one(revision: object) -> None:
    assert "revision" in faults_of(revision=revision)[0]
