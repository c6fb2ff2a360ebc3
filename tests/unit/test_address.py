from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.address import (
    _MAILBOX,
    PostalAddress,
    _name_and_address,
    address_lines,
    parse_mailbox,
    postal_lines,
    read_address,
)
from docgen.errors import AddressError
from docgen.model import Recipient

BERLIN = PostalAddress("Erika Muster", "Muster GmbH", "Hauptstraße 1", postcode="01067", city="Gießen", country="DE")
VILNIUS = PostalAddress("Jonas Petraitis", "", "Gedimino pr. 1-2", postcode="01103", city="Vilnius", country="LT")
RIGA = PostalAddress("Jānis Bērziņš", "", "Brīvības iela 1", postcode="LV-1010", city="Rīga", country="LV")
MANILA = PostalAddress(
    "Juan dela Cruz", "", "1 Rizal Avenue", district="Malate", postcode="1004", city="Manila", country="PH"
)
LONDON = PostalAddress("Ann Other", "", "1 High Street", "Flat 2", postcode="n1 5lh", city="London", country="GB")
AUSTIN = PostalAddress("Ann Other", "", "1 Main Street", postcode="73301", city="Austin", region="TX", country="US")


@pytest.mark.parametrize(
    ("address", "home", "language", "lines"),
    [
        (BERLIN, "DE", "de", ["Erika Muster", "Muster GmbH", "Hauptstraße 1", "01067 Gießen"]),
        (BERLIN, "LT", "lt", ["Erika Muster", "Muster GmbH", "Hauptstraße 1", "01067 GIESSEN", "VOKIETIJA"]),
        (VILNIUS, "LT", "lt", ["Jonas Petraitis", "Gedimino pr. 1-2", "LT-01103 Vilnius"]),
        (VILNIUS, "DE", "de", ["Jonas Petraitis", "Gedimino pr. 1-2", "LT-01103 VILNIUS", "LITAUEN"]),
        (RIGA, "LV", "lv", ["Jānis Bērziņš", "Brīvības iela 1", "Rīga, LV-1010"]),
        (RIGA, "LT", "lt", ["Jānis Bērziņš", "Brīvības iela 1", "RĪGA, LV-1010", "LATVIJA"]),
        (MANILA, "PH", "fil", ["Juan dela Cruz", "1 Rizal Avenue", "Malate, Manila", "1004"]),
        (MANILA, "US", "en", ["Juan dela Cruz", "1 Rizal Avenue", "Malate, MANILA", "1004", "PHILIPPINES"]),
        (LONDON, "GB", "en", ["Ann Other", "1 High Street", "Flat 2", "LONDON", "N1 5LH"]),
        (LONDON, "LV", "lv", ["Ann Other", "1 High Street", "Flat 2", "LONDON", "N1 5LH", "APVIENOTĀ KARALISTE"]),
        (AUSTIN, "US", "en", ["Ann Other", "1 Main Street", "AUSTIN, TX 73301"]),
        (AUSTIN, "DE", "de", ["Ann Other", "1 Main Street", "AUSTIN, TX 73301", "VEREINIGTE STAATEN"]),
    ],
)
def test_addresses_at_home_and_abroad(address: PostalAddress, home: str, language: str, lines: list[str]) -> None:
    assert list(address_lines(address, home, language)) == lines


def test_an_address_without_a_country_is_at_home() -> None:
    assert postal_lines({"name": "A", "street": "B", "city": "Wien", "zip": "1010"}, "AT", "de") == (
        "A", "B", "1010 Wien",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("country", "given", "line"),
    [
        ("JP", {"city": "Kyoto", "postcode": "604-8001", "region": "Kyoto-fu"}, "1 Street, Kyoto, KYOTO-FU"),
        ("SG", {"city": "Singapore", "postcode": "238823"}, "SINGAPORE 238823"),
        ("NL", {"city": "Amsterdam", "postcode": "1016 AB", "region": "VV"}, "1016 AB Amsterdam, VV"),
        ("DE", {"city": "Berlin", "postcode": "10115", "region": "Berlin"}, "10115 Berlin"),
        ("HK", {"city": "Central", "postcode": "999077", "region": "Kowloon"}, "Central 999077"),
        ("SE", {"city": "Lund", "postcode": "SE-221 00"}, "221 00 Lund"),
    ],
)
def test_a_field_that_the_countrys_form_lacks_is_not_lost(country: str, given: dict[str, str], line: str) -> None:
    address = PostalAddress("Ann Other", "", "1 Street", country=country, **given)
    assert line in address_lines(address, country, "en")


def test_what_mail_cannot_do_without_is_asked_for_all_at_once() -> None:
    with pytest.raises(AddressError, match="has no name and no city and no postcode"):
        address_lines(PostalAddress(street="x", country="DE"), "DE", "de")
    with pytest.raises(AddressError, match="no region"):
        address_lines(PostalAddress("A", street="x", city="Austin", postcode="73301", country="US"), "US", "en")


@pytest.mark.parametrize("country", ["XX", "Germany", "../zz", "ZZ"])
def test_what_is_no_country_is_refused(country: str) -> None:
    with pytest.raises(AddressError, match="is not a country"):
        address_lines(PostalAddress("A", street="x", city="y", postcode="1", country=country), "DE", "de")


def test_records_may_call_the_parts_by_their_usual_names() -> None:
    record = {
        "company_name": "Acme",
        "address": "Road 1\n Yard ",
        "zip": " 123 ",
        "town": "T",
        "state": "TX",
        "name": None,
    }
    assert read_address({**record, "company": {"name": "the sender"}, "state": "TX", "country": "US"}) == PostalAddress(
        company="Acme", street="Road 1\nYard", postcode="123", city="T", region="TX", country="US"
    )


COUNTRIES = (
    "LT", "LV", "DE", "PH", "GB", "US", "JP", "CN", "HK", "SG", "FR", "AT", "CH", "IE", "BR", "CA", "CZ", "NL", "SE",
    "PL", "ES", "IT", "AU", "IN", "EE", "HU", "AE", "KR", "TW", "IL",
)  # fmt: skip
_PART = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 .'-]{0,12}[a-z0-9]", fullmatch=True)


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(COUNTRIES),
    st.fixed_dictionaries(dict.fromkeys(("name", "company", "street", "postcode", "city", "region"), _PART)),
)
def test_no_part_of_an_address_is_ever_lost(country: str, parts: dict[str, str]) -> None:
    parts = {name: f"{name[:3]}{' '.join(text.split())}" for name, text in parts.items()}
    block = "\n".join(address_lines(PostalAddress(**parts, country=country), "FJ", "en")).upper()
    for text in parts.values():
        assert text.upper() in block


# --- e-mail ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "recipient"),
    [
        ("a@example.com", Recipient("", "a@example.com")),
        (" Ann Other <ann@example.com> ", Recipient("Ann Other", "ann@example.com")),
        ("<ann@example.com>", Recipient("", "ann@example.com")),
        ('"Other, Ann" <ann@example.com>', Recipient("Other, Ann", "ann@example.com")),
        ('"A \\"B\\" C" <x@example.com>', Recipient('A "B" C', "x@example.com")),
        ('"Evil <x@example.org>" <a@example.com>', Recipient("Evil <x@example.org>", "a@example.com")),
        ("Müller, S. & Co. (Köln) <info@example.com>", Recipient("Müller, S. & Co. (Köln)", "info@example.com")),
        ("Kazys <a@žalias.example.com>", Recipient("Kazys", "a@xn--alias-tib.example.com")),
        ("žaliasis@example.com", Recipient("", "žaliasis@example.com")),
        ("O'Brien <o'brien+tag@sub.example.test>", Recipient("O'Brien", "o'brien+tag@sub.example.test")),
        ("A <Ann.Other@EXAMPLE.com>", Recipient("A", "Ann.Other@example.com")),
    ],
)  # fmt: skip
def test_mailboxes_are_read(text: str, recipient: Recipient) -> None:
    assert parse_mailbox(text) == recipient


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "Ann <>", "Ann", "ann@", "@example.com", "ann@example", "a b@example.com", "a..b@example.com",
        "a@example.com, b@example.com", "Ann <a@example.com>, Bob <b@example.com>", "Ann <a@example.com> x",
        "Ann <a@example.com", "Ann a@example.com>", "<<a@example.com>>", "Ann <a@example.com>, <b@example.com>",
        "a@example.com\r\nBcc: b@example.com", "Ann\nBcc: x@example.com <a@example.com>", "Ann\x00 <a@example.com>",
        "Ann \u202egro.elpmaxe@b <a@example.com>", "a@-example.com", "a@exa_mple.com", "a@[127.0.0.1]",
        "a@b@example.com",
        "Ann <a@example.com;b@example.com>", "\ud800 <a@example.com>",
    ],
)  # fmt: skip
def test_what_is_not_one_mailbox_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_mailbox(text)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40))
def test_no_text_makes_a_mailbox_that_could_break_a_header(text: str) -> None:
    try:
        recipient = parse_mailbox(f"{text} <a@example.com>")
    except AddressError:
        return
    assert recipient.address == "a@example.com"
    assert not any(character in recipient.name for character in "\r\n\x00")
    assert recipient.name == recipient.name.strip()


@given(st.text(alphabet='<>"\\ \u00a0@.aų', max_size=12).map(str.strip))
def test_a_mailbox_is_parted_quickly_as_the_pattern_parts_it(text: str) -> None:
    found = _MAILBOX.fullmatch(text)
    expected = (found["name"], found["address"].strip()) if found else ("", text)
    assert _name_and_address(text) == expected
