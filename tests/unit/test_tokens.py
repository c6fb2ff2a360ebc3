"""Unsubscribe tokens and keys: only those who have a key can make them, and nobody can read them."""

from __future__ import annotations

import re
from datetime import date
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mailaddresses import addresses

from docgen.headers import uri_header
from docgen.model import MessageClass
from docgen.replies import read_answer
from docgen.tokens import (
    Keys,
    Wish,
    find_unsubscribe,
    make_unsubscribe,
    read_unsubscribe,
    token_link,
    unsubscribe_mailto,
)

KEYS = Keys.parse("first-key-first-key")
OTHER = Keys.parse("other-key-other-key")
TODAY = date(2026, 5, 4)
WISH = Wish("ona@kunde.test", MessageClass.MARKETING, "offers")

wishes = st.builds(
    Wish,
    address=addresses,
    message_class=st.sampled_from(MessageClass),
    topic=st.text(st.characters(categories=["L", "N"]), max_size=30),
    expires=st.none() | st.dates(TODAY, date(2100, 1, 1)),
)


@given(wishes)
@settings(max_examples=200, deadline=None)
def test_a_wish_comes_back_from_its_token(wish: Wish) -> None:
    token = make_unsubscribe(wish, KEYS)
    assert read_unsubscribe(token, KEYS, TODAY) == wish
    assert make_unsubscribe(wish, KEYS) == token
    assert find_unsubscribe(f"unsubscribe {token}.") == [token]
    assert read_unsubscribe(token, OTHER, TODAY) is None


@given(wishes)
def test_a_token_survives_a_link_a_mailto_and_a_header(wish: Wish) -> None:
    token = make_unsubscribe(wish, KEYS)
    link = token_link("https://shop.test/unsubscribe/", token)
    assert link == f"https://shop.test/unsubscribe/{token}"
    mailto = unsubscribe_mailto("stop+us@shop.test", token)
    assert parse_qs(urlsplit(mailto).query)["subject"] == [f"unsubscribe {token}"]
    assert uri_header("List-Unsubscribe", [link, mailto]) == f"<{link}>, <{mailto}>"


@given(wishes)
@settings(max_examples=50, deadline=None)
def test_a_token_survives_the_subject_of_a_message(wish: Wish) -> None:
    token = make_unsubscribe(wish, KEYS)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@kunde.test", "stop@shop.test", f"unsubscribe {token}"
    assert read_answer(message.as_bytes()).wishes == (token,)


def test_a_token_shows_nothing_of_the_address() -> None:
    token = make_unsubscribe(WISH, KEYS)
    assert re.fullmatch(r"u1[A-Za-z0-9_-]+", token)
    assert "ona" not in token
    assert make_unsubscribe(Wish("jan@kunde.test"), KEYS) != token


@pytest.mark.parametrize("position", range(2, 40, 3))
def test_a_changed_token_is_none(position: int) -> None:
    token = make_unsubscribe(WISH, KEYS)
    changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
    assert read_unsubscribe(changed, KEYS, TODAY) is None


@given(st.text(max_size=200) | st.from_regex(r"\Au1[A-Za-z0-9_-]{32,90}\Z"))
@settings(max_examples=200, deadline=None)
def test_what_is_no_token_is_none(text: str) -> None:
    assert read_unsubscribe(text, KEYS, TODAY) is None


def test_a_token_with_a_last_day_ends_after_it_and_others_never() -> None:
    ends = make_unsubscribe(Wish("ona@kunde.test", expires=TODAY), KEYS)
    assert read_unsubscribe(ends, KEYS, TODAY)
    assert read_unsubscribe(ends, KEYS, date(2026, 5, 5)) is None
    assert read_unsubscribe(make_unsubscribe(WISH, KEYS), KEYS, date(2999, 1, 1)) == WISH


def test_a_new_key_signs_and_the_old_one_is_still_accepted() -> None:
    both = Keys.parse("other-key-other-key first-key-first-key")
    assert read_unsubscribe(make_unsubscribe(WISH, KEYS), both, TODAY) == WISH
    assert make_unsubscribe(WISH, both) == make_unsubscribe(WISH, OTHER)


@pytest.mark.parametrize("text", ["", " ", "short", "long-enough-key-1 short"])
def test_a_key_that_could_be_guessed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at least 16 characters"):
        Keys.parse(text)


def test_keys_do_not_show_themselves() -> None:
    assert "first" not in repr(KEYS)


def test_no_two_lists_of_parts_are_signed_alike() -> None:
    signature = KEYS.sign("x", "ab", "c")
    assert KEYS.accept(signature, "x", "ab", "c")
    assert not KEYS.accept(signature, "x", "a", "bc")
    assert not KEYS.accept(signature, "xa", "b", "c")
    assert not KEYS.accept(b"", "x", "ab", "c")
    assert not KEYS.accept(signature[:7], "x", "ab", "c")
