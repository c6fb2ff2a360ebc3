"""Floor 1, rules: what formatted text may point to: addresses, and pictures of the folder or in the text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, unquote, urlsplit

_LINKS = ("https://", "http://", "mailto:", "tel:")
_WEB = ("https://", "http://")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_DATA = re.compile(r"data:image/(?:png|jpe?g|gif)(?:;[\w=-]+)*;base64,", re.IGNORECASE)
#: Word reads no document with a longer address in it.
_LONGEST = 2_000
#: What may stand in an address as it is: RFC 3986, and signs that are escaped already.
_KEPT = "-._~:/?#[]@!$&'()*+,;=%"

#: Name of a picture as the text has it -> its file, or a fault.
FindPicture: TypeAlias = Callable[[str], Path]


def no_pictures(name: str) -> Path:
    """Find nothing: for texts without a folder."""
    raise FileNotFoundError(name)


def clean_link(address: str) -> str:
    """Return an address to link to, as documents can hold it; "" for what is none or leads elsewhere."""
    address = re.sub(r"[\x00-\x20\x7f]+", " ", address).strip()
    if not address.lower().startswith(_LINKS) or len(address) > _LONGEST:
        return ""
    try:
        urlsplit(address)
    except ValueError:
        return ""
    escaped = quote(address, safe=_KEPT)
    escaped = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", escaped)
    return escaped if len(escaped) <= _LONGEST else ""


def find_source(name: str, find: FindPicture) -> Path | bytes | str | None:
    """Return a picture: its file, itself, or its address on the web; None for what can never be shown.

    Args:
        name: `src` of the text.
        find: returns files of the template's folder, and refuses what is outside.
    """
    name = name.strip()
    if begin := _DATA.match(name):
        return _decode(name[begin.end() :])
    if name.lower().startswith(_WEB):
        return clean_link(name) or None
    if not name or _SCHEME.match(name) or name.startswith(("/", "\\", "#")):
        return None
    return find(unquote(name.split("?")[0]))


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(re.sub(r"\s+", "", unquote(text)), validate=True) or None
    except (binascii.Error, ValueError):
        return None
