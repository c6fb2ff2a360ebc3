"""Floor 1, rules: signed tokens in links and addresses, so that an answer proves which message it answers.

Pure: keys are passed in, nothing is looked up. `docgen.returnpath` makes those of return paths on the same keys. An
unsubscribe token says whose wish it is and what about; it is encrypted, so that a link shows no address to who sees it.
A preferences token says whose page of preferences it opens, and opens nothing else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from docgen.model import MessageClass

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

#: Bytes of a key: fewer could be guessed.
SHORTEST_KEY = 16
_EPOCH = date(2000, 1, 1)
#: What a token begins with: its version.
_MARK, _PREFERENCES_MARK = "u1", "p1"
_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])u1[A-Za-z0-9_-]{32,1200}(?![A-Za-z0-9_-])")
_ENCODED = re.compile(r"[A-Za-z0-9_-]{24,1200}")
#: A mail program may fold a long subject; its own line breaks never part a token otherwise.
_FOLD = re.compile(r"\r?\n[ \t]+")
_CLASSES: Sequence[MessageClass] = (MessageClass.MARKETING, MessageClass.TRANSACTIONAL, MessageClass.DUNNING)


@dataclass(frozen=True, repr=False)
class Keys:
    """Secret keys, newest first: the first one signs, all are accepted."""

    secrets: tuple[bytes, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read keys parted by spaces.

        Raises:
            ValueError: there is none, or one is too short to be a secret.
        """
        secrets = tuple(part.encode() for part in text.split())
        if not secrets or any(len(secret) < SHORTEST_KEY for secret in secrets):
            raise ValueError(f"a key needs at least {SHORTEST_KEY} characters; make one with: openssl rand -hex 32")
        return cls(secrets)

    def sign(self, purpose: str, *parts: str) -> bytes:
        """Return the HMAC-SHA256 of the parts by the newest key."""
        return _sign(self.secrets[0], purpose, parts)

    def signatures(self, purpose: str, *parts: str) -> list[bytes]:
        """Return the HMAC-SHA256 of the parts by each key, newest first."""
        return [_sign(secret, purpose, parts) for secret in self.secrets]

    def accept(self, signature: bytes, purpose: str, *parts: str) -> bool:
        """Tell whether one of the keys has signed the parts; a signature may be shortened. Takes constant time."""
        found = [hmac.compare_digest(signature, full[: len(signature)]) for full in self.signatures(purpose, *parts)]
        return len(signature) >= 8 and any(found)


def _sign(secret: bytes, purpose: str, parts: Sequence[str]) -> bytes:
    # With lengths, so that no two lists of parts are signed alike.
    text = "".join(f"{len(part)}:{part}" for part in (purpose, *parts))
    return hmac.digest(secret, text.encode("utf-8", "surrogatepass"), "sha256")


@dataclass(frozen=True, slots=True)
class Wish:
    """What an unsubscribe token stands for.

    Attributes:
        address: whose it is, as it was written to.
        message_class: what shall not come any more.
        topic: only of this topic; "" for all of the class.
        expires: the last day it is good for; None for ever.
    """

    address: str
    message_class: MessageClass = MessageClass.MARKETING
    topic: str = ""
    expires: date | None = None


def make_unsubscribe(wish: Wish, keys: Keys) -> str:
    """Return the token of a wish: `u1` and base64url. The same wish has the same token.

    Source: RFC 8058 section 5 (opaque, hard to forge); RFC 5297 (AES-SIV, which needs no random number).
    """
    days = 0 if wish.expires is None else (wish.expires - _EPOCH).days
    topic = wish.topic.encode()
    head = bytes([_CLASSES.index(wish.message_class), len(topic)]) + days.to_bytes(3, "big")
    sealed = _cipher(keys.secrets[0], _MARK).encrypt(head + topic + wish.address.encode(), None)
    return _MARK + base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def read_unsubscribe(token: str, keys: Keys, today: date) -> Wish | None:
    """Return what a token stands for; None when it is none of ours, was changed, or is past its day."""
    sealed = _decode(token, _MARK)
    for secret in keys.secrets if sealed else ():
        wish = _unseal(sealed, secret)
        if wish is not None:
            return wish if wish.expires is None or today <= wish.expires else None
    return None


def find_unsubscribe(text: str) -> list[str]:
    """Return what looks like unsubscribe tokens in a text, such as a subject; whether they are genuine is not asked."""
    return list(dict.fromkeys(_TOKEN.findall(_FOLD.sub("", text))))


def make_preferences(address: str, keys: Keys) -> str:
    """Return the token of somebody's page of preferences: `p1` and base64url. The same address has the same token."""
    sealed = _cipher(keys.secrets[0], _PREFERENCES_MARK).encrypt(address.encode(), None)
    return _PREFERENCES_MARK + base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def read_preferences(token: str, keys: Keys) -> str:
    """Return whose page a token opens; "" when it is none of ours or was changed."""
    from cryptography.exceptions import InvalidTag

    sealed = _decode(token, _PREFERENCES_MARK)
    for secret in keys.secrets if sealed else ():
        try:
            return _cipher(secret, _PREFERENCES_MARK).decrypt(sealed, None).decode()
        except (InvalidTag, ValueError):
            continue
    return ""


def token_link(url: str, token: str) -> str:
    """Return the https URI of a token. A POST to one of `make_unsubscribe` unsubscribes, a GET shows a page."""
    return f"{url.rstrip('/')}/{token}"


def unsubscribe_mailto(address: str, token: str) -> str:
    """Return the URI for mail programs that write a message instead.

    Source: RFC 2369 section 3.2, RFC 6068.
    """
    return f"mailto:{quote(address, safe='@')}?subject=unsubscribe" + (f"%20{token}" if token else "")


def _decode(token: str, mark: str) -> bytes:
    text = token.removeprefix(mark)
    if text == token or not _ENCODED.fullmatch(text):
        return b""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return b""


def _unseal(sealed: bytes, secret: bytes) -> Wish | None:
    from cryptography.exceptions import InvalidTag

    try:
        plain = _cipher(secret, _MARK).decrypt(sealed, None)
        days = int.from_bytes(plain[2:5], "big")
        end = 5 + plain[1]
        expires = _EPOCH + timedelta(days) if days else None
        return Wish(plain[end:].decode(), _CLASSES[plain[0]], plain[5:end].decode(), expires)
    except (InvalidTag, ValueError, IndexError):
        return None


@lru_cache(maxsize=16)
def _cipher(secret: bytes, mark: str) -> AESSIV:
    # Loaded late: most commands make and read no tokens.
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    purpose = {_MARK: b"docgen unsubscribe", _PREFERENCES_MARK: b"docgen preferences"}[mark]
    return AESSIV(hmac.digest(secret, purpose, hashlib.sha512))
