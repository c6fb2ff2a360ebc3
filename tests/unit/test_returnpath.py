"""Return paths that say which message they are of, and that nobody else can make."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mailaddresses import addresses

from docgen.headers import ascii_domain
from docgen.returnpath import LONGEST_BASE, ReturnToken, Sending, find_tokens, make_return_path
from docgen.tokens import Keys

KEYS = Keys.parse("first-key-first-key")
OTHER = Keys.parse("other-key-other-key")
SENDING = Sending(7, "news/2026-05-04-001", "K1", "email", ("ona@kunde.test",))

sendings = st.builds(
    Sending,
    delivery=st.integers(1, 2**63 - 1),
    run=st.text(max_size=40),
    item=st.text(max_size=40),
    step=st.text(max_size=20),
    addresses=st.lists(addresses, min_size=1, max_size=5, unique_by=str.casefold).map(tuple),
)


def _token(path: str) -> ReturnToken:
    [token] = find_tokens([path])
    return token


@given(sendings, st.sampled_from(["bounces@shop.test", "bounce.shop.test", "x" * LONGEST_BASE + "@shop.test"]))
@settings(max_examples=200)
def test_a_return_path_comes_back_to_its_delivery_in_any_case(sending: Sending, base: str) -> None:
    path = make_return_path(base, sending, KEYS)
    assert ascii_domain(path) == path
    assert len(path.rpartition("@")[0]) <= 64
    for seen in (path, path.upper(), f"<{path}>", f"Delivered-To: {path.lower()}\n"):
        token = _token(seen)
        assert token.delivery == sending.delivery
        assert token.is_genuine(sending, KEYS)
        assert token.address(sending) == (sending.addresses[0] if len(sending.addresses) == 1 else "")
    assert not token.is_genuine(sending, OTHER)


@given(sendings, st.data())
def test_a_return_path_of_one_recipient_says_which(sending: Sending, data: st.DataObject) -> None:
    address = data.draw(st.sampled_from(sending.addresses))
    token = _token(make_return_path("b@shop.test", sending, KEYS, address))
    assert token.is_genuine(sending, KEYS)
    assert token.address(sending).casefold() == address.casefold()


@pytest.mark.parametrize(
    "changed",
    [
        replace(SENDING, delivery=8),
        replace(SENDING, run="news/2026-05-04-002"),
        replace(SENDING, item="K2"),
        replace(SENDING, step="mail"),
        replace(SENDING, addresses=("jan@kunde.test",)),
        replace(SENDING, addresses=()),
    ],
)
def test_a_token_is_good_for_its_own_delivery_only(changed: Sending) -> None:
    assert not _token(make_return_path("b@shop.test", SENDING, KEYS)).is_genuine(changed, KEYS)


@pytest.mark.parametrize("position", range(32))
def test_a_changed_token_is_not_genuine(position: int) -> None:
    local = make_return_path("shop.test", SENDING, KEYS).partition("@")[0].removeprefix("b-")
    changed = local[:position] + ("a" if local[position] != "a" else "b") + local[position + 1 :]
    assert not _token(f"b-{changed}@shop.test").is_genuine(SENDING, KEYS)


@given(st.binary(min_size=11, max_size=11))
def test_a_made_up_token_is_not_genuine(mac: bytes) -> None:
    assert not ReturnToken(7, 0, mac).is_genuine(SENDING, KEYS)


@given(st.text(max_size=300))
def test_any_text_is_searched(text: str) -> None:
    assert all(token.delivery >= 0 for token in find_tokens([text]))


def test_a_new_key_leaves_the_messages_under_way_their_return_paths() -> None:
    both = Keys.parse("other-key-other-key first-key-first-key")
    assert _token(make_return_path("b@shop.test", SENDING, KEYS)).is_genuine(SENDING, both)


def test_an_address_without_room_for_the_token_is_refused() -> None:
    with pytest.raises(ValueError, match="leaves no room"):
        make_return_path("x" * (LONGEST_BASE + 1) + "@shop.test", SENDING, KEYS)


def test_an_address_the_delivery_does_not_go_to_is_refused() -> None:
    with pytest.raises(ValueError, match="not in"):
        make_return_path("b@shop.test", SENDING, KEYS, "eve@kunde.test")
