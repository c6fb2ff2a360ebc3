"""Floor 1, rules: pictures: what kind a file is, how large it is, how it fits a box. Knows no document format.

Bodies show PNG, JPEG and GIF. Other kinds are made one of these; how a camera was held is applied to the pixels,
since hardly any reader of documents does. A picture that would fill memory, or that is damaged, is a fault.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from docgen.errors import TemplateError
from docgen.svg import is_svg, rasterise, read_svg

MM_PER_INCH = 25.4
#: What a picture that says nothing is taken to have, as browsers do.
_DOTS_PER_INCH = 96
_CREDIBLE_DOTS = (30, 2400)
_MAX_BYTES = 40_000_000
_MAX_PIXELS = 80_000_000
_MAX_MM = 5_000
_ORIENTATION = 0x0112
_UPRIGHT = 1
#: Pillow's name of a kind -> media type, of those that are shown as they are.
_SHOWN = {"PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg", "GIF": "image/gif"}
_READ = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}


@dataclass(frozen=True)
class Picture:
    """A picture that can be shown.

    Attributes:
        content: PNG, JPEG or GIF.
        width_mm: its own width, from its dots an inch; `height_mm` likewise.
        vector: the SVG that `content` is a picture of, without anything that runs or loads.
        changed: whether `content` is other than the file.
    """

    content: bytes
    media_type: str
    width_mm: float
    height_mm: float
    vector: bytes | None = None
    changed: bool = False

    @property
    def ending(self) -> str:
        """Return what a file of it is called: `png`."""
        return _ENDINGS[self.media_type]

    def size(
        self,
        width_mm: float | None,
        height_mm: float | None,
        fit: str = "contain",
        most_mm: float | None = None,
    ) -> tuple[float, float]:
        """Return width and height in mm.

        Args:
            width_mm: as asked for; what is not given follows from the picture's own shape.
            height_mm: likewise.
            fit: given both, `contain` keeps the shape within them and `stretch` does not.
            most_mm: where nothing is asked for, it is at most this wide.
        """
        ratio = self.height_mm / self.width_mm
        if width_mm is None and height_mm is None:
            width_mm = min(self.width_mm, most_mm or self.width_mm)
        if width_mm is None:
            assert height_mm is not None
            return height_mm / ratio, height_mm
        if height_mm is None:
            return width_mm, width_mm * ratio
        if fit == "stretch":
            return width_mm, height_mm
        return min(width_mm, height_mm / ratio), min(height_mm, width_mm * ratio)


def check_size(name: str, size: float | None) -> None:
    """Raise TemplateError for a width or height that no page has."""
    if size is None:
        return
    if isinstance(size, bool) or not math.isfinite(size) or not 0 < size <= _MAX_MM:
        raise TemplateError(f"{name}={size} is not a size", hint=f"more than 0, at most {_MAX_MM} mm")


def read_picture(source: Path | bytes) -> Picture:
    """Return a picture from its file or its bytes.

    Raises:
        TemplateError: it is too large, damaged, or no picture.
    """
    name = f'the picture "{source.name}"' if isinstance(source, Path) else "the picture"
    try:
        content = source if isinstance(source, bytes) else _read_file(source)
        return _read(content)
    except TemplateError as fault:
        raise TemplateError(f"{name} {fault.problem}", hint=fault.hint) from fault


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise TemplateError(f"cannot be read: {error.strerror}") from error


# Records share their logo, and layout asks more than once; photographs of every record must not pile up.
@lru_cache(maxsize=8)
def _read(content: bytes) -> Picture:
    if len(content) > _MAX_BYTES:
        raise TemplateError(f"has more than {_MAX_BYTES // 1_000_000} MB", hint="make it smaller")
    if is_svg(content):
        return _read_vector(content)
    with _opened(content) as image:
        return _read_raster(content, image)


def _read_vector(content: bytes) -> Picture:
    drawing = read_svg(content)
    for inner in drawing.pictures:
        with _opened(inner):
            pass
    return Picture(rasterise(drawing), "image/png", drawing.width_mm, drawing.height_mm, drawing.content, True)


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """Open a picture, all of it read; Pillow's warning of too many pixels is a fault before they are unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_READ) as image:
                if image.width * image.height > _MAX_PIXELS:
                    raise _too_many(f"{image.width} x {image.height} ")
                image.load()
                yield image
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_many("too many ") from error
    except UnidentifiedImageError as error:
        raise TemplateError("is not a picture", hint="use PNG, JPEG, GIF or SVG") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise TemplateError("is damaged", hint="open it in a picture editor and save it again") from error


def _too_many(what: str) -> TemplateError:
    return TemplateError(f"has {what}pixels, more than {_MAX_PIXELS // 1_000_000} million", hint="make it smaller")


def _read_raster(content: bytes, image: Image.Image) -> Picture:
    upright = image.getexif().get(_ORIENTATION, _UPRIGHT) == _UPRIGHT
    kind = image.format or ""
    wide, high = _dots(image)
    if kind in _SHOWN and upright:
        size = image.width / wide * MM_PER_INCH, image.height / high * MM_PER_INCH
        return Picture(content, _SHOWN[kind], *size)
    turned = ImageOps.exif_transpose(image)
    if (turned.width > turned.height) != (image.width > image.height):
        wide, high = high, wide
    media_type = _SHOWN.get(kind, "image/png")
    picture = Picture(b"", media_type, turned.width / wide * MM_PER_INCH, turned.height / high * MM_PER_INCH)
    return replace(picture, content=_written(turned, media_type), changed=True)


def _written(image: Image.Image, media_type: str) -> bytes:
    output = io.BytesIO()
    profile = image.info.get("icc_profile")
    if media_type == "image/jpeg":
        image.save(output, "JPEG", quality=92, icc_profile=profile)
    elif media_type == "image/gif":
        image.save(output, "GIF")
    else:
        mode = image.mode if image.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16") else "RGBA"
        image.convert(mode).save(output, "PNG", icc_profile=profile)
    return output.getvalue()


def _dots(image: Image.Image) -> tuple[float, float]:
    """Return the dots an inch across and down, if the picture names any that can be true."""
    try:
        wide, high = (float(dots) for dots in image.info.get("dpi", ()))
    except (TypeError, ValueError, ZeroDivisionError):
        return _DOTS_PER_INCH, _DOTS_PER_INCH
    low, most = _CREDIBLE_DOTS
    return (wide, high) if low <= wide <= most and low <= high <= most else (_DOTS_PER_INCH, _DOTS_PER_INCH)
