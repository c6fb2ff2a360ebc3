"""Floor 1, rules: the parts of a message as they are sent, MIME headers included, written without the email package.

Each part is encoded by C code in one go; what stands the same in many messages (an inline picture, the HTML around the
fields of a template) is encoded once. Knows no addresses, no subject, no signature.
"""

from __future__ import annotations

import binascii
import re
import struct
from collections.abc import Sequence
from functools import lru_cache

import pybase64

from docgen.encodedwords import parameter
from docgen.files import safe_name
from docgen.model import Artifact, Mail, Spliced

#: Source: RFC 2045 section 6.8.
_LINE = 76
_SOFT_BREAK = b"=\r\n"
_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*")


def content_id(file_name: str) -> str:
    """Return what an HTML body writes after `cid:` to show an inline image."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", file_name)


def encoding_of(text: str) -> str:
    """Return the transfer encoding of a text.

    Never 7bit: encoded lines cannot hold `=_`, so no text can hold a boundary and forge a part.
    """
    if text.isascii():
        return "quoted-printable"
    foreign = len(text.encode()) - len(text)
    return "base64" if 3 * foreign > len(text) else "quoted-printable"


def write_parts(mail: Mail, attachments: Sequence[Artifact], digest: str) -> list[bytes]:
    """Return the pieces of everything below the message's own header fields: Content-Type, blank line, body.

    Args:
        mail: the bodies; at least one.
        attachments: in order.
        digest: what boundaries are made of: equal for equal messages.
    """
    if not attachments:
        return _bodies(mail, digest, 0)
    return _multipart("mixed", f"=_{digest}_0", [_bodies(mail, digest, 1), *map(_attachment, attachments)])


def _bodies(mail: Mail, digest: str, number: int) -> list[bytes]:
    """Write text and HTML; `number` counts parts in the order of the file, as in the reference."""
    if mail.html is None:
        return _text(mail.text or "", "plain")
    if mail.text is None:
        return _page(mail, f"=_{digest}_{number}")
    page = _page(mail, f"=_{digest}_{number + 2}")
    return _multipart("alternative", f"=_{digest}_{number}", [_text(mail.text, "plain"), page])


def _page(mail: Mail, boundary: str) -> list[bytes]:
    page = _text(mail.html or "", "html", mail.html_pieces)
    return _multipart("related", boundary, [page, *map(_image, mail.images)]) if mail.images else page


def _multipart(subtype: str, boundary: str, parts: Sequence[list[bytes]]) -> list[bytes]:
    kind = ' type="text/html";' if subtype == "related" else ""
    pieces = [f'Content-Type: multipart/{subtype};{kind}\r\n boundary="{boundary}"\r\n\r\n'.encode()]
    between = f"--{boundary}\r\n".encode()
    for part in parts:
        pieces += [between, *part]
        between = f"\r\n--{boundary}\r\n".encode()
    pieces.append(f"\r\n--{boundary}--\r\n".encode())
    return pieces


def _text(text: str, subtype: str, pieces: Spliced | None = None) -> list[bytes]:
    encoding = encoding_of(text)
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'.encode()
    if encoding == "base64":
        return [head, _base64(_lines(text).encode())]
    return [head, _spliced(pieces) if pieces is not None else _quoted(_lines(text))]


def _lines(text: str) -> str:
    """Return a text whose lines all end as lines of mail do."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return (text if text.endswith("\n") else f"{text}\n").replace("\n", "\r\n")


def _quoted(text: str) -> bytes:
    encoded = binascii.b2a_qp(text.encode())
    # Its soft line breaks are like the text's first line break; without one, they are bare.
    return encoded if "\n" in text else encoded.replace(b"\n", b"\r\n")


def _spliced(pieces: Spliced) -> bytes:
    """Write values between what stands around them, which was encoded before; soft line breaks part them."""
    written = [b""] * (2 * len(pieces.values) + 1)
    written[::2] = _quoted_pieces(pieces.around)
    written[1::2] = [_quoted_value(value) for value in pieces.values]
    return _SOFT_BREAK.join(written)


@lru_cache(maxsize=64)
def _quoted_pieces(around: tuple[str, ...]) -> list[bytes]:
    *before, last = [text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n") for text in around]
    return [*(_continued(_quoted(text)) for text in before), _quoted(_lines(last))]


def _continued(encoded: bytes) -> bytes:
    """Leave room in the last line for a soft line break."""
    end = encoded.rpartition(b"\n")[2]
    if len(end) < _LINE:
        return encoded
    cut = len(encoded) - 3
    while b"=" in encoded[cut - 2 : cut]:
        cut -= 1
    return encoded[:cut] + _SOFT_BREAK + encoded[cut:]


def _quoted_value(value: str) -> bytes:
    # Without what needs encoding, and short: most values.
    return value.encode() if len(value) < _LINE and value.isalnum() and value.isascii() else _continued(_quoted(value))


def _base64(content: bytes) -> bytes:
    encoded = pybase64.b64encode(content)
    lines, rest = divmod(len(encoded), _LINE)
    # Unpacking cuts at once what slices would cut one by one.
    return b"\r\n".join(struct.unpack(f"{_LINE}s" * lines + (f"{rest}s" if rest else ""), encoded)) + b"\r\n"


def _attachment(attachment: Artifact) -> list[bytes]:
    name = parameter("filename", safe_name(attachment.file_name, "attachment"))
    charset = '; charset="utf-8"' if attachment.media_type.startswith("text/") else ""
    head = (
        f"Content-Type: {_checked_type(attachment.media_type)}{charset}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;{name}\r\n\r\n"
    )
    return [head.encode(), _base64(attachment.content)]


@lru_cache(maxsize=64)
def _image(image: Artifact) -> list[bytes]:
    head = (
        f"Content-Type: {_checked_type(image.media_type)}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{content_id(image.file_name)}>\r\nContent-Disposition: inline\r\n\r\n"
    )
    return [head.encode(), _base64(image.content)]


def _checked_type(media_type: str) -> str:
    if not _TYPE.fullmatch(media_type):
        raise ValueError(f"{media_type!r} is not a media type")
    return media_type
