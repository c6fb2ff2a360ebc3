"""Shipped messages as Chromium shows them: in every language in a window as wide as they are, in one on a phone.

`pytest tests/golden --regenerate` writes the pictures anew; look at them before committing. Letters come from docgen's
own font, so that the pictures are the same wherever they are made; one start of the browser makes them all.
"""

from __future__ import annotations

import base64
from pathlib import Path

from chromium import PHONE, Chromium, open_chromium
from pagepictures import check_pictures
from PIL import Image
from shippedmail import Sample, each_sample

import docgen

#: CSS pixels: what newsletters are wide, and the width that others have room in.
WINDOW = 600
ON_A_PHONE = "de"
#: A picture's pixel stands for so many CSS pixels a side.
SMALLER = 4
FONTS = Path(docgen.__file__).parent / "fonts"


def test_messages_look_as_they_did(regenerate: bool) -> None:
    """One test for all, since the browser takes longer to start than to show them."""
    style = _own_letters()
    different = []
    with open_chromium() as browser:
        for sample in each_sample():
            widths = {f"{sample}": WINDOW} | ({f"{sample.name}-phone": PHONE} if sample.language == ON_A_PHONE else {})
            for stem, width in widths.items():
                try:
                    check_pictures(stem, [_picture(browser, sample, width, style)], regenerate=regenerate)
                except AssertionError as error:
                    different.append(f"{stem}: {error}")
    assert different == []


def _picture(browser: Chromium, sample: Sample, width: int, style: str) -> Image.Image:
    html = sample.mail.html or ""
    for image in sample.mail.images:
        inline = f"data:{image.media_type};base64,{base64.b64encode(image.content).decode()}"
        html = html.replace(f"cid:{image.file_name}", inline)
    shown = browser.show(html.replace("</head>", f"{style}</head>", 1), width, height=100).image.convert("L")
    return shown.reduce(SMALLER)


def _own_letters() -> str:
    faces = "".join(
        f"@font-face {{font-family: own; font-weight: {weight}; src: url(data:font/ttf;base64,"
        f"{base64.b64encode((FONTS / f'SourceSans3-{name}.ttf').read_bytes()).decode()})}}"
        for name, weight in (("Regular", 400), ("Bold", 700))
    )
    return f"<style>{faces} * {{font-family: own !important}}</style>"
