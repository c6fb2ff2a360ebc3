"""The colour profiles that archived PDFs carry mean what they say, on every day."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageCms

from docgen.render.pdf.cmyk import cmyk_profile
from docgen.render.pdf.srgb import srgb_profile


def seen(inks: tuple[int, int, int, int]) -> tuple[int, ...]:
    """What inks look like on a screen, shares of 255."""
    profile = ImageCms.ImageCmsProfile(io.BytesIO(cmyk_profile()))
    change = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "CMYK", "RGB")
    # Pillow takes what it hands over for inks as they are.
    return ImageCms.applyTransform(Image.new("CMYK", (1, 1), inks), change).getpixel((0, 0))


@pytest.mark.parametrize(
    ("inks", "colour"),
    [
        ((0, 0, 0, 0), (255, 255, 255)),
        ((0, 0, 0, 255), (0, 0, 0)),
        ((255, 255, 0, 0), (0, 0, 255)),
        ((0, 255, 255, 0), (255, 0, 0)),
        ((255, 0, 255, 0), (0, 255, 0)),
        ((255, 255, 255, 255), (0, 0, 0)),
    ],
)
def test_full_inks_take_away_their_light(inks: tuple[int, int, int, int], colour: tuple[int, ...]) -> None:
    assert all(abs(one - other) <= 10 for one, other in zip(seen(inks), colour, strict=True)), seen(inks)


def test_more_ink_is_darker() -> None:
    greys = [sum(seen((0, 0, 0, black))) for black in range(0, 256, 15)]
    assert greys == sorted(greys, reverse=True)
    assert len(set(greys)) == len(greys)


def test_the_screen_s_profile_says_no_day() -> None:
    assert srgb_profile() == srgb_profile()
    assert srgb_profile()[24:36] == bytes((7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))
    assert ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))).startswith("sRGB")
