"""The ways out of a mailing: the same token in the head and in the text, and none of a real person in a trial."""

from __future__ import annotations

from datetime import date

import pytest

from docgen.errors import AddressError
from docgen.optout import LINKS, Exits, WaysOut
from docgen.tokens import Keys, Wish, make_unsubscribe, read_preferences, read_unsubscribe

KEYS = Keys.parse("0123456789abcdef0123456789abcdef")
TODAY = date(2026, 11, 20)
ONA = Wish("ona@kunde.test", topic="offers")
ALL = Exits("https://shop.test/u", "stop@shop.test", "https://shop.test/p", KEYS)


def token_of(link: str | None) -> str:
    return (link or "").replace("%20", "/").rpartition("/")[2]


def test_the_link_in_the_text_is_that_of_the_head() -> None:
    ways = ALL.of(ONA, "shop@shop.test")
    assert ways.links["unsubscribe_link"] == ways.uris[0]
    assert ways.uris[0].startswith("https://shop.test/u/u1")
    assert ways.uris[1].startswith("mailto:stop@shop.test?subject=unsubscribe%20u1")
    assert {read_unsubscribe(token_of(uri), KEYS, TODAY) for uri in ways.uris} == {ONA}


def test_a_topic_and_everything_are_told_apart() -> None:
    link = ALL.of(ONA, "shop@shop.test").links["unsubscribe_all_link"]
    assert read_unsubscribe(token_of(link), KEYS, TODAY) == Wish("ona@kunde.test")
    links = ALL.of(Wish("ona@kunde.test"), "shop@shop.test").links
    assert links["unsubscribe_all_link"] == links["unsubscribe_link"]


def test_the_token_of_a_page_unsubscribes_nobody_and_the_other_way_round() -> None:
    page = token_of(ALL.of(ONA, "shop@shop.test").links["preferences_link"])
    assert read_preferences(page, KEYS) == "ona@kunde.test"
    assert read_unsubscribe(page, KEYS, TODAY) is None
    assert read_unsubscribe("u1" + page[2:], KEYS, TODAY) is None
    wish = make_unsubscribe(ONA, KEYS)
    assert read_preferences(wish, KEYS) == read_preferences("p1" + wish[2:], KEYS) == ""
    assert read_preferences(page[:-2] + "AA", KEYS) == ""
    assert read_preferences(page, Keys.parse("another-key-of-sixteen")) == ""


def test_a_page_is_opened_by_an_older_key() -> None:
    page = token_of(ALL.of(ONA, "shop@shop.test").links["preferences_link"])
    assert read_preferences(page, Keys.parse(f"{'n' * 16} {KEYS.secrets[0].decode()}")) == "ona@kunde.test"


@pytest.mark.parametrize("topic", ["", "offers"])
def test_a_trial_bears_no_token(topic: str) -> None:
    trial = Exits(ALL.url, ALL.address, ALL.preferences, KEYS, trial=True)
    ways = trial.of(Wish("ona@kunde.test", topic=topic), "shop@shop.test")
    texts = [*ways.uris, *map(str, ways.links.values())]
    assert {token_of(text) for text in texts} <= {"trial", "trial-all"}
    assert trial.of(Wish("jan@kunde.test", topic=topic), "shop@shop.test") == ways


def test_without_settings_who_gets_the_answers_is_written_to() -> None:
    ways = Exits().of(ONA, "Jana+news@müller.test")
    assert ways.uris == ("mailto:Jana%2Bnews@xn--mller-kva.test?subject=unsubscribe",)
    assert ways.links["unsubscribe_link"] == ways.uris[0]
    assert ways.links["preferences_link"] is None
    assert Exits(preferences="https://shop.test/p").of(ONA, "shop@shop.test").links["preferences_link"] is None


def test_no_address_is_an_error_and_no_way_out_has_all_names() -> None:
    with pytest.raises(AddressError):
        Exits().of(ONA, "nobody")
    assert WaysOut().links == dict.fromkeys(LINKS)
