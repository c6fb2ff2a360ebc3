"""Floor 1, rules: signatures that let a receiver see which domain answers for a message (DKIM). Pure but for `new_key`.

Relaxed header canonicalisation, simple or relaxed bodies, RSA and Ed25519, never `l=`. What is signed is listed once
more than it is there, so that nobody can add a second Subject in front. Reads no files and asks no DNS.

Source: RFC 6376; RFC 8463 (Ed25519); RFC 8058 section 4 (List-Unsubscribe and its Post field are signed).
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from docgen.encodedwords import LINE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    PrivateKey = RSAPrivateKey | Ed25519PrivateKey

#: Source: RFC 8301 section 3.2 (at least 1024, should be 2048) and what the large providers ask for.
RSA_BITS = 2048
#: A text of DNS holds at most so many octets; a longer record is several texts. Source: RFC 1035 section 3.3.
_DNS_TEXT = 255
#: Signed wherever they are, and once more than they are.
_SEALED = (
    *("from", "to", "cc", "reply-to", "subject", "date", "message-id", "mime-version", "content-type"),
    *("content-transfer-encoding", "list-id", "list-unsubscribe", "list-unsubscribe-post"),
)
#: Signed where they are.
_SIGNED = frozenset(
    {*_SEALED, "sender", "content-language", "auto-submitted", "in-reply-to", "references", "list-help"}
    | {"list-subscribe", "list-post", "list-owner", "list-archive", "x-original-to", "x-original-cc"}
)
_FOLD = "\r\n "
_SELECTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*")


class Algorithm(StrEnum):
    """How a key signs."""

    RSA = "rsa"
    ED25519 = "ed25519"


class Body(StrEnum):
    """What may happen to the white space of a body on its way: nothing, or what old relays do."""

    SIMPLE = "simple"
    RELAXED = "relaxed"


@dataclass(frozen=True)
class Signer:
    """A key of a domain.

    Attributes:
        domain: in ASCII: who answers for the message.
        selector: under which the public key stands in DNS.
    """

    domain: str
    selector: str
    algorithm: Algorithm
    body: Body
    sign_octets: Callable[[bytes], bytes]

    @classmethod
    def open(cls, pem: bytes, domain: str, selector: str, algorithm: Algorithm, body: Body = Body.SIMPLE) -> Self:
        """Read a private key, PEM without a password.

        Raises:
            ValueError: it is none, is too short, or is of another kind.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

        key = _load(pem)
        if not isinstance(key, {Algorithm.RSA: RSAPrivateKey, Algorithm.ED25519: Ed25519PrivateKey}[algorithm]):
            raise ValueError(f"the key is no {algorithm} key")
        if isinstance(key, RSAPrivateKey) and key.key_size < RSA_BITS:
            raise ValueError(f"the key has {key.key_size} bits; receivers want {RSA_BITS}")
        if not _SELECTOR.fullmatch(selector):
            raise ValueError(f'"{selector}" is no selector: letters, digits and hyphens')
        return cls(domain.lower(), selector, algorithm, body, _signing(key))

    def is_aligned(self, domain: str) -> bool:
        """Tell whether DMARC's relaxed alignment lets this domain answer for mail from `domain`."""
        return domain.lower() == self.domain or domain.lower().endswith(f".{self.domain}")


def sign_message(message: bytes, signers: Sequence[Signer], at: datetime) -> bytes:
    """Return a message with a DKIM-Signature field for each signer in front.

    Args:
        message: with CRLF line ends, header fields that are no signatures of ours.
        signers: in the order of the fields; receivers take those they know.
        at: when it is signed, aware.
    """
    head, _, body = message.partition(b"\r\n\r\n")
    fields = _fields(head)
    hashes = {kind: _body_hash(body, kind) for kind in {signer.body for signer in signers}}
    names, signed = _chosen(fields)
    written = [_signature(signer, names, signed, hashes[signer.body], at) for signer in signers]
    return b"".join([*written, message])


def _signature(signer: Signer, names: Sequence[str], signed: bytes, body_hash: str, at: datetime) -> bytes:
    tags = [
        f"v=1; a={signer.algorithm}-sha256; c=relaxed/{signer.body}; d={signer.domain};",
        f"s={signer.selector}; t={int(at.timestamp())};",
        *_folded_names(tuple(names)),
        f"bh={body_hash};",
        "b=",
    ]
    field = f"DKIM-Signature: {_FOLD.join(tags)}".encode()
    # Source: RFC 6376 section 3.7: the field itself comes last, its b= empty, without a line's end.
    value = b64encode(signer.sign_octets(signed + _relaxed_field(field).rstrip(b"\r\n"))).decode()
    pieces = [value[at : at + LINE - 1] for at in range(0, len(value), LINE - 1)]
    return field + _FOLD.join(["", *pieces]).encode() + b"\r\n"


@lru_cache(maxsize=64)
def _folded_names(names: tuple[str, ...]) -> list[str]:
    lines, line = [], "h="
    for name in names:
        if len(line) + len(name) + 2 > LINE:
            lines.append(line)
            line = ""
        line += f"{name}:"
    return [*lines, f"{line[:-1]};"]


def _fields(head: bytes) -> list[tuple[str, bytes]]:
    """Return name -> canonical field, in order."""
    return [_field(field) for field in re.split(rb"\r\n(?![ \t])", head)]


@lru_cache(maxsize=512)  # most fields are the same in every message of a run
def _field(field: bytes) -> tuple[str, bytes]:
    return field.partition(b":")[0].rstrip(b" \t").lower().decode("latin-1"), _relaxed_field(field)


def _relaxed_field(field: bytes) -> bytes:
    """Return a field as receivers compare it.

    Source: RFC 6376 section 3.4.2.
    """
    name, _, value = field.partition(b":")
    # `split` alone is ten times as quick, and parts at two more characters.
    rare = b"\x0b" in value or b"\x0c" in value
    words = re.split(rb"[ \t\r\n]+", value.strip(b" \t\r\n")) if rare else value.split()
    return name.strip(b" \t").lower() + b":" + b" ".join(words) + b"\r\n"


def _chosen(fields: Sequence[tuple[str, bytes]]) -> tuple[list[str], bytes]:
    """Return the names for h= and the octets that are signed.

    Of fields of the same name the last one comes first; a name without a field stands for "there is none".

    Source: RFC 6376 sections 5.4.2 and 8.15.
    """
    last_first = [(name, field) for name, field in reversed(fields) if name in _SIGNED]
    names = [name for name, _ in last_first]
    return [*names, *_SEALED], b"".join(field for _, field in last_first)


def _body_hash(body: bytes, kind: Body) -> str:
    return b64encode(hashlib.sha256(canonical_body(body, kind)).digest()).decode()


def canonical_body(body: bytes, kind: Body) -> bytes:
    """Return what is hashed of a body: one line end at its end; relaxed, one blank for a run of them.

    Source: RFC 6376 sections 3.4.3 and 3.4.4.
    """
    if kind is Body.RELAXED:
        body = _relaxed(body)
    if body.endswith(b"\r\n\r\n") or not body.endswith(b"\r\n"):
        body = _without_last_lines(body)
    return b"" if kind is Body.RELAXED and body == b"\r\n" else body


def _without_last_lines(body: bytes) -> bytes:
    end = len(body)
    while body.endswith(b"\r\n", 0, end):
        end -= 2
    return body[:end] + b"\r\n"


def _relaxed(body: bytes) -> bytes:
    # Replacing is far quicker than a regular expression, also when it takes several rounds.
    body = body.replace(b"\t", b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    return (body + b"\r\n" if not body.endswith(b"\r\n") else body).replace(b" \r\n", b"\r\n")


# --- keys ------------------------------------------------------------------------------------------


def new_key(algorithm: Algorithm) -> bytes:
    """Return a new private key, PEM (PKCS #8) without a password."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key: PrivateKey = (
        generate_private_key(65537, RSA_BITS) if algorithm is Algorithm.RSA else Ed25519PrivateKey.generate()
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def dns_record(pem: bytes) -> str:
    """Return the TXT record that receivers check with.

    Source: RFC 6376 section 3.6.1; RFC 8463 section 4: an Ed25519 key stands there as its 32 octets.
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = _load(pem)
    if isinstance(key, RSAPrivateKey):
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"
    return f"v=DKIM1; k=ed25519; p={b64encode(key.public_key().public_bytes_raw()).decode()}"


def zone_line(domain: str, selector: str, record: str) -> str:
    """Return a record as a zone file has it: texts of at most 255 octets, which receivers join."""
    texts = " ".join(f'"{record[at : at + _DNS_TEXT]}"' for at in range(0, len(record), _DNS_TEXT))
    return f"{selector}._domainkey.{domain}. IN TXT ( {texts} )"


@lru_cache(maxsize=16)
def _load(pem: bytes) -> PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("it is no private key in PEM form without a password") from error
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError("it is neither an RSA nor an Ed25519 key")
    return key


def _signing(key: PrivateKey) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256

    if isinstance(key, RSAPrivateKey):
        padding, algorithm = PKCS1v15(), SHA256()
        return lambda octets: key.sign(octets, padding, algorithm)
    # Source: RFC 8463 section 3: the SHA-256 hash is what is signed.
    return lambda octets: key.sign(hashlib.sha256(octets).digest())
