"""Addresses for property tests: all that RFC 5321 and RFC 6531 allow, and what people and attackers write besides."""

from __future__ import annotations

from hypothesis import strategies as st

ATEXT = "abcXYZ019!#$%&'*+/=?^_`{|}~-"

_atoms = st.text(ATEXT, min_size=1, max_size=20)
_dotted = st.lists(_atoms, min_size=1, max_size=3).map(".".join)
_quoted = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20).map(
    lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
)
_international = st.text(st.characters(categories=["Ll", "Lo"], min_codepoint=0xC0), min_size=1, max_size=12)
_plus = st.tuples(_atoms, _atoms).map("+".join)
locals_ = st.one_of(_dotted, _quoted, _international, _plus)
domains = st.sampled_from(
    [
        "example.com",
        "EXAMPLE.com",
        "müller.example",
        "xn--mller-kva.example",
        "straße.example",
        "пример.example",
        "[192.0.2.1]",
    ]
)
#: Addresses that can be sent to.
addresses = st.tuples(locals_, domains).map("@".join)
#: Anything that may stand where an address should: comments, 320 characters, control characters, none at all.
anything = st.one_of(
    addresses,
    st.text(max_size=330),
    st.text(st.characters(max_codepoint=0x9F), max_size=60).map(lambda text: f"{text}@example.com"),
    addresses.map(lambda address: f"(a comment) {address} (another)"),
    st.just("x" * 64 + "@" + "y" * 255),
)
