"""Floor 2, edges: pictures of what was made, to look at: pages of a PDF, and HTML as phones and desktops show it.

The browser is whichever Chromium is found here. It runs no script of the HTML and reaches no network. Where there is
none, or it fails, there are no pictures, and whoever asked is told.
"""

from __future__ import annotations

import html as markup
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from PIL import Image, ImageChops

from docgen.errors import RenderError

#: Widths of a phone and of a window on a desktop, in CSS pixels.
PHONE, DESKTOP = 390, 1000
#: Height that is looked at: a message that is longer is cut.
_HEIGHT = 6000
_MARGIN = 24
_DPI = 110
_PATIENCE_S = 60.0
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def page_pictures(content: bytes, most: int) -> Iterator[bytes]:
    """Yield the first pages of a PDF as PNG, `most` at most.

    Raises:
        RenderError: it cannot be opened, as with a password.
    """
    import pypdfium2  # only previews want pictures

    try:
        with closing(pypdfium2.PdfDocument(content)) as document:
            for number in range(min(len(document), most)):
                with closing(document[number]) as page:
                    yield _as_png(page.render(scale=_DPI / 72).to_pil())
    except pypdfium2.PdfiumError as error:
        raise RenderError(f"there are no pictures of the PDF's pages: {error}") from error


def find_browser() -> str | None:
    """Return a program that can show HTML, None where there is none."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    return found or (str(_MAC) if _MAC.exists() else None)


def screen_pictures(screens: Mapping[str, tuple[str, int]], browser: str) -> dict[str, bytes]:
    """Return PNG pictures of HTML, each as high as what is in it.

    Args:
        screens: name -> HTML, which has all its pictures inside, and the width to show it at.
        browser: as `find_browser` gives it.

    Raises:
        RenderError: the browser does not make them.
    """
    # One start of the browser for all: they stand side by side in one page, which is cut up after. Frames of an origin
    # of their own would be painted by other processes, sometimes after the picture is taken.
    frames = "".join(
        f'<iframe sandbox="allow-same-origin" width="{width}" height="{_HEIGHT}"'
        f' srcdoc="{markup.escape(html)}"></iframe>'
        for html, width in screens.values()
    )
    style = "<style>body{margin:0;display:flex}iframe{border:0;flex:none;background:#fff}</style>"
    whole = _photograph(f"<!doctype html>{style}{frames}", sum(width for _, width in screens.values()), browser)
    pictures, left = {}, 0
    for name, (_, width) in screens.items():
        pictures[name] = _as_png(_trimmed(whole.crop((left, 0, left + width, _HEIGHT))))
        left += width
    return pictures


def _photograph(page: str, width: int, browser: str) -> Image.Image:
    with tempfile.TemporaryDirectory(prefix="docgen-", ignore_cleanup_errors=True) as folder:
        source, picture = Path(folder) / "page.html", Path(folder) / "page.png"
        source.write_text(page, encoding="utf-8")
        options = ["--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-dev-shm-usage"]
        options += [f"--user-data-dir={folder}/profile", "--host-resolver-rules=MAP * ~NOTFOUND"]
        # By the page's own clock: a picture taken when it is loaded may come before it is painted.
        options += [f"--window-size={width},{_HEIGHT}", "--virtual-time-budget=3000", f"--screenshot={picture}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.append("--no-sandbox")  # as root it does not start otherwise, as in a container
        try:
            command = [browser, *options, source.as_uri()]
            subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE_S)  # noqa: S603 - our own page
            taken = Image.open(io.BytesIO(picture.read_bytes())).convert("RGB")
        except (OSError, subprocess.SubprocessError) as error:
            raise RenderError(f"there are no pictures of the messages: {browser} does not make them") from error
    if taken.getcolors(1) is not None:
        raise RenderError(f"there are no pictures of the messages: {browser} shows nothing")
    return taken


def _trimmed(picture: Image.Image) -> Image.Image:
    """Return a picture without the empty rows at its foot."""
    ground = Image.new("RGB", picture.size, picture.getpixel((0, picture.height - 1)))
    box = ImageChops.difference(picture, ground).getbbox()
    return picture.crop((0, 0, picture.width, min(picture.height, box[3] + _MARGIN))) if box else picture


def _as_png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
