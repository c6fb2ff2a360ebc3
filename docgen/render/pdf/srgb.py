"""Floor 2, edges: the sRGB profile that an archived PDF says its colours are meant in. Bytes only."""

from __future__ import annotations

from functools import lru_cache

from PIL import ImageCms

_DATE = slice(24, 36)  # ICC.1:2022, 7.2.1: creation date, six numbers of two bytes
_ID = slice(84, 100)  # an MD5 over the rest, zero where nobody computed it


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """Return an ICC profile of sRGB, the same on every day."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_DATE] = b"".join(number.to_bytes(2, "big") for number in (2000, 1, 1, 0, 0, 0))
    profile[_ID] = bytes(16)
    return bytes(profile)
