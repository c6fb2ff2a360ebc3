"""Floor 1, rules: return paths of their own for each message, so that a bounce says which one it is about.

Variable envelope return paths (VERP): the local part holds the ledger's number of the delivery and a short signature
over what the delivery is. A host may mangle a bounce as it likes, its address survives; and nobody can make up a bounce
that suppresses somebody. Pure: keys and deliveries are passed in.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docgen.headers import ascii_domain
from docgen.suppression import address_key
from docgen.tokens import Keys

#: Source: RFC 5321 section 4.5.3.1.1.
LONGEST_LOCAL = 64
_MAC = 11
_HEAD = struct.Struct(">QB")
#: Bytes of the whole token: a multiple of five, which base32 writes without padding.
_LENGTH = (_HEAD.size + _MAC) * 8 // 5
#: The longest local part that leaves room for `+` and the token.
LONGEST_BASE = LONGEST_LOCAL - 1 - _LENGTH
#: Stands for "the message went to several": then its signature is over all of them.
_SEVERAL = 255
_TOKEN = re.compile(rf"(?<![a-z2-7])[a-z2-7]{{{_LENGTH}}}(?![a-z2-7])", re.IGNORECASE)
_PURPOSE = "return path"


@dataclass(frozen=True, slots=True)
class Sending:
    """What a return path is bound to: one delivery of one run to these addresses.

    Attributes:
        delivery: the ledger's number of it.
        run: its run.
        item: the key of its record.
        step: the job's step.
        addresses: its envelope recipients, in order.
    """

    delivery: int
    run: str
    item: str
    step: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReturnToken:
    """A token as it came back, not checked yet.

    Attributes:
        delivery: what it claims to be about.
        position: which of the delivery's addresses; `address` reads it.
    """

    delivery: int
    position: int
    mac: bytes

    def is_genuine(self, sending: Sending, keys: Keys) -> bool:
        """Tell whether docgen made it for this delivery. Compares in constant time."""
        if sending.delivery != self.delivery or (self.position != _SEVERAL and self.position >= len(sending.addresses)):
            return False
        return keys.accept(self.mac, _PURPOSE, *_signed(sending, self.position))

    def address(self, sending: Sending) -> str:
        """Return the only address it can be about, "" when the message went to several in one envelope."""
        return "" if self.position == _SEVERAL else sending.addresses[self.position]


def ascii_return_path(base: str) -> str:
    """Return a base as it is sent, its domain in ASCII. Raises AddressError when it is neither address nor domain."""
    return ascii_domain(base) if "@" in base else ascii_domain(f"x@{base}").removeprefix("x@")


def make_return_path(base: str, sending: Sending, keys: Keys, address: str = "") -> str:
    """Return the envelope sender of a message.

    Args:
        base: `bounces@example.com`, to which `+token` is put; or `example.com`, whose every address reaches docgen.
        sending: the delivery.
        keys: the newest one signs.
        address: the one recipient of this envelope; "" when it has all of the delivery's.

    Raises:
        ValueError: `base` leaves no room for a token, or the delivery does not go to `address`.
    """
    position = _position(sending.addresses, address)
    mac = keys.sign(_PURPOSE, *_signed(sending, position))[:_MAC]
    token = base64.b32encode(_HEAD.pack(sending.delivery, position) + mac).decode().lower()
    local, at, domain = base.rpartition("@")
    if not at:
        return f"b-{token}@{domain}"
    if len(local.encode()) > LONGEST_BASE:
        raise ValueError(f"{base}: the part before @ has more than {LONGEST_BASE} characters, which leaves no room")
    return f"{local}+{token}@{domain}"


def find_tokens(texts: Iterable[str]) -> list[ReturnToken]:
    """Return what looks like tokens of return paths in addresses or text, each once, in order of appearance."""
    found = dict.fromkeys(token.lower() for text in texts for token in _TOKEN.findall(text))
    return [_read(token) for token in found]


def _read(token: str) -> ReturnToken:
    raw = base64.b32decode(token.upper())
    delivery, position = _HEAD.unpack(raw[: _HEAD.size])
    return ReturnToken(delivery, position, raw[_HEAD.size :])


def _position(addresses: Sequence[str], address: str) -> int:
    if len(addresses) == 1 and not address:
        return 0
    if not address:
        return _SEVERAL
    position = [address_key(each) for each in addresses].index(address_key(address))
    return position if position < _SEVERAL else _SEVERAL


def _signed(sending: Sending, position: int) -> list[str]:
    addresses = sending.addresses if position == _SEVERAL else sending.addresses[position : position + 1]
    return [str(sending.delivery), sending.run, sending.item, sending.step, *map(address_key, addresses)]
