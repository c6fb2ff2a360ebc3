"""Floor 2, edges: samples of a picture for the file.

A JPEG goes into the file as it is, anything else as deflated samples with its transparency beside it.
"""

from __future__ import annotations

import io
import zlib

from PIL import Image

from docgen.render.pdf.layout.resources import Picture

#: Samples of these modes can be written as they are.
_PLAIN = {"RGB": "DeviceRGB", "L": "DeviceGray"}


def read_samples(content: bytes) -> Picture:
    """Return a picture that `docgen.pictures` has looked at."""
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        return _jpeg(image, content) or as_picture(image)


def _jpeg(image: Image.Image, content: bytes) -> Picture | None:
    if image.format != "JPEG" or image.mode not in _PLAIN:
        return None
    return Picture(image.width, image.height, content, "DCTDecode", _PLAIN[image.mode])


def as_picture(image: Image.Image) -> Picture:
    """Return the samples of a picture, in RGB or grey, and its transparency."""
    if image.mode.startswith("I"):  # 16 bits a sample
        image = image.point(lambda value: value / 256).convert("L")
    alpha = image.convert("RGBA").getchannel("A") if _has_transparency(image) else None
    plain = image.convert("L" if image.mode in ("1", "L", "LA") else "RGB")
    mask = _deflated(alpha) if alpha is not None and alpha.getextrema() != (255, 255) else None
    return _deflated(plain, mask)


def _has_transparency(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _deflated(image: Image.Image, mask: Picture | None = None) -> Picture:
    data = zlib.compress(image.tobytes(), 6)
    return Picture(image.width, image.height, data, "FlateDecode", _PLAIN[image.mode], mask=mask)
