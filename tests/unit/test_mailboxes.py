"""An address is what email-validator takes for one, whichever way it was checked."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from docgen.mailboxes import check_address

DOMAINS = (
    "example.org", "EXAMPLE.com", "shop.test", "münchen.example", "xn--mnchen-3ya.example", "example", "a..b.org", "",
    "[192.0.2.7]", "-a.org", "a.org.", " a.org", "localhost", "x.invalid", f"{'a' * 63}.org", f"{'a' * 64}.org",
    ".".join(["a" * 40] * 5), "ａ.example", "exam_ple.org", "1.2.3.4", "例え.jp",
)  # fmt: skip
LOCALS = st.one_of(
    st.text("abcxyz019.+-_", min_size=0, max_size=70),
    st.text("abAB0.+-_ '\"@é<>\x00ß", min_size=0, max_size=12),
    st.sampled_from(["postmaster", "Postmaster", '"a b"', "a" * 64, "a" * 65, "x", "jörg"]),
)


def _reference(text: str) -> tuple[str, str] | str:
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        return str(error)
    return found.normalized, found.ascii_email or found.normalized


def _ours(text: str) -> tuple[str, str] | str:
    try:
        found = check_address(text)
    except EmailNotValidError as error:
        return str(error)
    return found.normalized, found.sent


@given(LOCALS, st.sampled_from(DOMAINS))
def test_the_quick_way_says_what_the_long_one_says(local: str, domain: str) -> None:
    assert _ours(f"{local}@{domain}") == _reference(f"{local}@{domain}")


@pytest.mark.parametrize(
    "text", ["", "@", "jane", "jane@", "a@b@example.org", "jane@example.org\n", "\njane@example.org"]
)
def test_what_is_no_address_is_refused_as_before(text: str) -> None:
    assert _ours(text) == _reference(text)


def test_a_long_domain_is_counted_with_its_local_part() -> None:
    domain = ".".join(["ä" * 20] * 8)
    for local in ("a", "a" * 64):
        assert _ours(f"{local}@{domain}") == _reference(f"{local}@{domain}")
