"""Suppressions and consents as CSV: there and back, and every faulty row told at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mailaddresses import anything

from docgen.errors import DocgenError, flatten
from docgen.model import Consent, ConsentState, MessageClass, Suppression
from docgen.peoplecsv import read_consents, read_suppressions, write_consents, write_suppressions

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=40).map(str.strip)
LINES = st.text(st.characters(categories=["L", "N", "P", "Zs"], include_characters="\r\n"), max_size=40).map(str.strip)


def _faults(text: str) -> list[str]:
    with pytest.raises(DocgenError) as caught:
        read_consents(text, "f.csv", NOW)
    return [str(fault) for fault in flatten(caught.value)]


@given(st.lists(st.tuples(st.sets(st.sampled_from(MessageClass)), WORDS), max_size=5))
@settings(deadline=None)
def test_suppressions_go_out_and_come_back(rows: list[tuple[set[MessageClass], str]]) -> None:
    found = [Suppression(f"a{n}@example.com", "bounce", frozenset(c), NOW, note) for n, (c, note) in enumerate(rows)]
    assert read_suppressions(write_suppressions(found), "f.csv", NOW) == found


@st.composite
def consents(draw: st.DrawFn) -> Consent:
    """Anything that may be said: words over several lines too, and none where a consent is withdrawn."""
    state = draw(st.sampled_from(ConsentState))
    wording = draw(LINES if state is ConsentState.WITHDRAWN else LINES.filter(bool))
    return Consent("a@example.com", draw(WORDS), state, NOW, wording, draw(LINES.filter(bool)), draw(WORDS))


@given(st.lists(consents(), max_size=5))
@settings(deadline=None)
def test_consents_go_out_and_come_back(found: list[Consent]) -> None:
    assert read_consents(write_consents(found), "f.csv", NOW) == found


@pytest.mark.parametrize("state", ["", "given", "pending", "confirmed"])
def test_whoever_agrees_agrees_to_words(state: str) -> None:
    assert _faults(f"address,at,source,state\na@example.com,2026-05-01,form,{state}\n") == [
        "f.csv, row 2: wording is empty"
    ]


def test_what_lacks_in_a_row_is_told_at_once() -> None:
    faults = _faults("address,at\na@example.com,2026-05-01\n")
    assert faults == ["f.csv, row 2: wording is empty", "f.csv, row 2: source is empty"]


@given(anything)
@settings(max_examples=150, deadline=None)
def test_any_address_is_read_or_told(address: str) -> None:
    found = write_suppressions([Suppression(address, "manual", frozenset(), NOW)])
    faults: list[str] = []
    try:
        read_suppressions(found, "f.csv", NOW)
    except DocgenError as error:
        faults = [str(fault) for fault in flatten(error)]
    assert all(fault.startswith("f.csv, ") for fault in faults)


def test_what_is_left_out_has_a_meaning() -> None:
    [found] = read_suppressions("\ufeffAddress;since\nAna <ANA@Example.com>;2026-05-01\n;\n", "f.csv", NOW)
    assert found == Suppression("ana@example.com", "manual", frozenset(), datetime(2026, 5, 1, tzinfo=UTC))


def test_an_erased_address_is_read_as_it_was_written() -> None:
    hashed = "hmac-sha256:" + "0a" * 32
    [found] = read_suppressions(f"address\n{hashed}\n", "f.csv", NOW)
    assert (found.address, found.since) == (hashed, NOW)


def test_every_faulty_row_is_told_with_its_place() -> None:
    text = (
        "address,at,wording,source,state\n"
        "a@example.com,2026-05-01,v1,form,given\n"
        "nobody,2026-05-01,v1,form,given\n"
        "b@example.com,1.5.2026,v1,form,given\n"
        "c@example.com,2026-05-01,,form,given\n"
        "d@example.com,2026-05-01,v1,form,maybe\n"
        "e@example.com,2027-05-01,v1,form,given\n"
    )
    faults = _faults(text)
    assert [fault.partition(":")[0] for fault in faults] == [f"f.csv, row {n}" for n in range(3, 8)]
    assert "wording is empty" in faults[2]
    assert "a time that has been" in faults[4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no column `address`"),
        ("mail\nx", "names no column `address`"),
        ("address,wordin\nx", 'did you mean "wording"?'),
    ],
)
def test_a_file_of_another_kind_is_told(text: str, words: str) -> None:
    assert words in _faults(text)[0]
