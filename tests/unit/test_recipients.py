"""Whom a message goes to: the job says where one recipient ends, never a value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import AddressError
from docgen.merge import Merger
from docgen.model import Recipient
from docgen.recipients import BEGIN, END, mark_value, read_mailboxes

_MERGER = Merger(None, "none", missing="blank", plain=True)
_MERGER.environment.hand_values_to(mark_value)
_USUAL = "{{ name }} <{{ email }}>"


def _read(text: str, **values: object) -> list[tuple[str, str]]:
    found = read_mailboxes(_MERGER.compile(text).render(values).strip())
    return [(each.name, each.address) for each in found]


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        (_USUAL, {"name": "Eva <eva@example.net>, Bob"}, [("Eva <eva@example.net>, Bob", "bob@example.org")]),
        (_USUAL, {"name": "eve@example.net, Bob"}, [("eve@example.net, Bob", "bob@example.org")]),
        (_USUAL, {"name": "Mayer, Jana"}, [("Mayer, Jana", "bob@example.org")]),
        (_USUAL, {"name": 'Bob "the builder'}, [('Bob "the builder', "bob@example.org")]),
        (_USUAL, {"name": "Bob\r\nBcc: eve@example.net"}, [("Bob Bcc: eve@example.net", "bob@example.org")]),
        (_USUAL, {"name": "Bob\u202emoc"}, [("Bob moc", "bob@example.org")]),
        (_USUAL, {"name": f"B{BEGIN}o{END}b"}, [("Bob", "bob@example.org")]),
        (_USUAL, {"name": ""}, [("", "bob@example.org")]),
        ('"{{ name }}" <{{ email }}>', {"name": 'B, "o" <b>'}, [('B, "o" <b>', "bob@example.org")]),
        ('"{{ name }}, Ltd" <{{ email }}>', {"name": "b@example.net"}, [("b@example.net, Ltd", "bob@example.org")]),
        ("Dr. {{ name }} <{{ email }}>", {"name": "Bob"}, [("Dr. Bob", "bob@example.org")]),
        ("Sales, {{ name }} <{{ email }}>", {"name": "Bob"}, [("Sales, Bob", "bob@example.org")]),
        ("{{ email }}", {}, [("", "bob@example.org")]),
        ("{{ name | lower }}@example.org", {"name": "BOB"}, [("", "bob@example.org")]),
        ("{{ email }}, shop@example.com", {}, [("", "bob@example.org"), ("", "shop@example.com")]),
        ("{{ more }}", {"more": "Doe, Jane <j@example.org>, k@example.org"}, [
            ("Doe, Jane", "j@example.org"), ("", "k@example.org")]),
        ("{{ more }}, {{ email }}", {"more": ""}, [("", "bob@example.org")]),
        ("{{ email }}, {{ more }}", {"more": ""}, [("", "bob@example.org")]),
        ("{{ more }}", {"more": ""}, []),
        ("Jane Doe <j@example.org>, Doe, John <k@example.org>", {}, [
            ("Jane Doe", "j@example.org"), ("Doe, John", "k@example.org")]),
    ],
)  # fmt: skip
def test_mailboxes_are_read(text: str, values: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert _read(text, **{"email": "bob@example.org"} | values) == expected


@pytest.mark.parametrize(
    ("text", "values", "words"),
    [
        (_USUAL, {"email": "a@example.org, b@example.org"}, "more than one address"),
        (_USUAL, {"email": "a@example.org>, <b@example.org"}, "more than one address"),
        (_USUAL, {"email": "bob"}, "not an e-mail address"),
        (_USUAL, {"email": ""}, "no e-mail address"),
        (_USUAL, {"email": "bob@example.org\r\nBcc: eve@example.net"}, "control character"),
        ("An {{ more }}", {"more": "<a@example.org>, <b@example.org>"}, "more than one address"),
        ("{{ name }}, {{ email }}", {"email": "bob@example.org"}, '"Bob" is not an e-mail address'),
    ],
)
def test_what_is_no_address_is_told(text: str, values: dict[str, object], words: str) -> None:
    with pytest.raises(AddressError, match=words):
        _read(text, **{"name": "Bob"} | values)


@given(name=st.text(alphabet=f'ab,<>"@\\ .\n;:()\u202e{BEGIN}{END}', max_size=20))
def test_no_name_makes_another_recipient(name: str) -> None:
    for shown in ("{{ name }}", '"{{ name }}"', "Ms {{ name }}, Ltd", "A, {{ name }}"):
        text = f"{shown} <{{{{ email }}}}>"
        ((_, address),) = _read(text, name=name, email="bob@example.org")
        assert address == "bob@example.org"


@given(values=st.lists(st.sampled_from(["a@example.org", "B <b@example.org>", "C, D <c@example.org>"]), max_size=4))
def test_a_value_that_stands_alone_is_a_list(values: list[str]) -> None:
    found = read_mailboxes(mark_value(", ".join(values)))
    assert found == [one for value in values for one in read_mailboxes(value)]
    assert all(isinstance(one, Recipient) for one in found)
