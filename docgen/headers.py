"""Floor 1, rules: text and mailboxes as header fields that say what was meant and nothing else.

Customer data ends up in headers, so this is a trust boundary. Every value is cleaned of line breaks and control
characters, then written by docgen itself as RFC 5322 and RFC 2047 ask. The library's header parser is not asked: it
decodes what looks like an encoded word, which would let a customer's name write header lines. Knows no message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from email.header import Header
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Self

from email_validator import EmailNotValidError, validate_email

from docgen.encodedwords import is_plain
from docgen.errors import AddressError
from docgen.model import Recipient

#: Writes clean text so that it fits beside what a line has already: `email.header`, or `encodedwords.encode_text`.
Encode = Callable[[str, int], str]
#: Characters a phrase may hold without quotes: RFC 5322 atext, and spaces.
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_ATOM_LOCAL = re.compile(r'[^\x00-\x20\x7f()<>\[\]:;@\\,."]+(?:\.[^\x00-\x20\x7f()<>\[\]:;@\\,."]+)*')
_QUOTED_LOCAL = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])+"')
#: Names inside a house (`mail.local`, `localhost`) are hosts too: whether they can be reached, the server knows.
_HOST = re.compile(
    r"(?!.{254})[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_LITERAL = re.compile(r"\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]+)\]")
#: Source: RFC 5321 section 4.5.3.1.3, a path of 256 octets with its angle brackets.
_LONGEST_ADDRESS = 254
_CRLF = "\r\n"


class WrittenHeader(str):
    """A header field that is written already.

    The value is its text as a person reads it. The email package asks `name` and `fold` of the headers it keeps.
    """

    __slots__ = ("name", "wire")
    name: str
    wire: str

    def __new__(cls, name: str, text: str, wire: str) -> Self:
        """Make a field.

        Args:
            name: of the field.
            text: the value for people.
            wire: the value as it is sent, folded.
        """
        header = super().__new__(cls, text)
        header.name, header.wire = name, wire
        return header

    def fold(self, *, policy: EmailPolicy) -> str:
        """Return the field as it is sent."""
        return f"{self.name}: {self.wire}{policy.linesep}"


def clean_text(text: str) -> str:
    """Return text on one line: control characters, line and paragraph separators and runs of space become one space."""
    if text.isprintable() and "  " not in text and text[:1] != " " != text[-1:]:
        return text
    return " ".join("".join(" " if _is_unfit(char) else char for char in text).split())


def _is_unfit(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")


def encode_by_email(text: str, used: int) -> str:
    """Return clean text as the email package writes it: the reference of `encodedwords.encode_text`."""
    charset = "us-ascii" if is_plain(text) else "utf-8"
    return Header(text, charset, maxlinelen=76, header_name="x" * (used - 2)).encode(splitchars=" ", linesep=_CRLF)


def text_header(name: str, text: str, encode: Encode = encode_by_email) -> WrittenHeader:
    """Write an unstructured field such as Subject."""
    text = clean_text(text)
    return WrittenHeader(name, text, encode(text, len(name) + 2))


def mailbox_header(name: str, mailboxes: Sequence[Recipient], encode: Encode = encode_by_email) -> WrittenHeader:
    """Write a field of mailboxes such as To, one to a line.

    Raises:
        AddressError: an address is not one.
    """
    checked = [Recipient(clean_text(m.name), ascii_domain(m.address)) for m in mailboxes]
    text = ", ".join(f"{m.name} <{m.address}>" if m.name else m.address for m in checked)
    return WrittenHeader(name, text, f",{_CRLF} ".join(_mailbox(m, len(name) + 2, encode) for m in checked))


def uri_header(name: str, uris: Sequence[str]) -> WrittenHeader:
    """Write a field of URIs in angle brackets, RFC 2369, one to a line and never encoded.

    Raises:
        ValueError: a URI holds what would end it.
    """
    for uri in uris:
        if not re.fullmatch(r"[!#-;=?-~]+", uri):
            raise ValueError(f"{uri!r} cannot stand in a {name} header; percent-encode it")
    wrapped = [f"<{uri}>" for uri in uris]
    return WrittenHeader(name, ", ".join(wrapped), f",{_CRLF} ".join(wrapped))


@lru_cache(maxsize=4096)
def ascii_domain(address: str) -> str:
    """Return an address as an envelope needs it: the domain in ASCII (`xn--`), the rest as it is.

    Raises:
        AddressError: it is not an address.
    """
    local, _, domain = address.rpartition("@")
    if not (_ATOM_LOCAL.fullmatch(local) or _QUOTED_LOCAL.fullmatch(local)) or clean_text(local) != local:
        raise _not_an_address(address)
    if not domain.isascii():
        domain = _in_ascii(address, domain)
    if not (_HOST.fullmatch(domain) or _LITERAL.fullmatch(domain)) or len(address.encode()) > _LONGEST_ADDRESS:
        raise _not_an_address(address)
    return f"{unicodedata.normalize('NFC', local)}@{domain}"


def _in_ascii(address: str, domain: str) -> str:
    found = _idna(domain)
    if not found:
        raise _not_an_address(address)
    return found


@lru_cache(maxsize=4096)
def _idna(domain: str) -> str:
    """Return a domain in ASCII, "" where it has no such form."""
    try:
        checked = validate_email(
            f"x@{domain}", check_deliverability=False, globally_deliverable=False, test_environment=True
        )
    except EmailNotValidError:
        return ""
    return str(checked.ascii_domain)


def _not_an_address(address: str) -> AddressError:
    return AddressError(f"{address!r} is not an e-mail address", value=address)


def _mailbox(mailbox: Recipient, used: int, encode: Encode) -> str:
    return f"{_phrase(mailbox.name, used, encode)} <{mailbox.address}>" if mailbox.name else mailbox.address


def _phrase(name: str, used: int, encode: Encode) -> str:
    if not is_plain(name):
        return encode(name, used)
    if _ATOMS.fullmatch(name):
        return name
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
