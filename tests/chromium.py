"""Headless Chromium for pictures of pages and messages, driven by the DevTools protocol over a pipe.

One start serves many pages: `open_chromium` yields a browser, whose `show` opens HTML as a phone or a desktop would,
in light or dark, without a network.

Source: https://chromedevtools.github.io/devtools-protocol/ (`--remote-debugging-pipe`).
"""

from __future__ import annotations

import base64
import io
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PIL import Image
from services import require

#: Widths in CSS pixels: an iPhone 12 to 15, and a window on a desktop.
PHONE, DESKTOP = 390, 1280
_PATIENCE_S = 60.0
#: Pictures are decoded and fonts there; two frames later everything is laid out and painted.
_SETTLED = """
Promise.all([...document.images].map(image => image.decode().catch(() => 0)))
    .then(() => document.fonts.ready)
    .then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1)))))
"""


@dataclass(frozen=True)
class Shown:
    """A page as a browser shows it.

    Attributes:
        picture: all of it, as PNG.
        width: what it needs without scrolling, in CSS pixels; more than the window is an overflow.
        height: likewise.
    """

    picture: bytes
    width: int
    height: int

    @property
    def image(self) -> Image.Image:
        """The picture as pixels."""
        return Image.open(io.BytesIO(self.picture)).convert("RGB")


class Chromium:
    """A running browser with one page; `open_chromium` makes it."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._rest, self._count, self._session = b"", 0, ""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._frame = self._ask("Page.getFrameTree")["frameTree"]["frame"]["id"]

    def show(self, html: str, width: int = DESKTOP, *, dark: bool = False, height: int = 800) -> Shown:
        """Open a page and return how it looks, all of it.

        Args:
            html: the page; nothing is fetched that is not inside it.
            width: of the window in CSS pixels; up to 500 it counts as a phone.
            dark: what `prefers-color-scheme` says.
            height: of the window; the picture is as high as the page, at least this.
        """
        self._open(html, width, height, dark)
        box = self._ask("Page.getLayoutMetrics")["cssContentSize"]
        needed = self.needed_width(), round(box["height"])
        clip = {"x": 0, "y": 0, "width": max(width, needed[0]), "height": max(height, needed[1]), "scale": 1}
        data = self._ask("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)["data"]
        return Shown(base64.b64decode(data), *needed)

    def open(self, html: str, width: int = DESKTOP, *, dark: bool = False) -> None:
        """Open a page without taking a picture of it, for `evaluate`. As `show`."""
        self._open(html, width, 800, dark)

    def needed_width(self) -> int:
        """Return how wide the open page is, in CSS pixels: more than the window is an overflow."""
        return int(self.evaluate("document.documentElement.scrollWidth"))

    def evaluate(self, script: str) -> Any:
        """Return what JavaScript says about the page shown last."""
        said = self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in said:
            raise RuntimeError(f"{script}: {said['exceptionDetails']}")
        return said["result"].get("value")

    def _open(self, html: str, width: int, height: int, dark: bool) -> None:
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[feature])
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width <= 500}
        self._ask("Emulation.setDeviceMetricsOverride", **size)
        self._ask("Page.setDocumentContent", frameId=self._frame, html=html)
        self.evaluate(_SETTLED)

    def _ask(self, method: str, **parameters: Any) -> Any:
        self._count += 1
        order = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            order["sessionId"] = self._session
        content = json.dumps(order).encode() + b"\0"
        while content:
            content = content[os.write(self._write, content) :]
        while (answer := self._next()).get("id") != self._count:
            pass
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def _next(self) -> dict[str, Any]:
        end = time.monotonic() + _PATIENCE_S
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0.0, end - time.monotonic()))
            piece = os.read(self._read, 1 << 20) if ready else b""
            if not piece:
                raise RuntimeError("Chromium has ended or does not answer")
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


def find_chromium() -> str | None:
    """Return the browser's program."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def open_chromium() -> Iterator[Chromium]:
    """Run a browser for as long as the block lasts. Skips the test where there is none, and fails it in CI."""
    program = find_chromium()
    require(program is not None, "Chromium")
    orders, answers = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory(prefix="docgen-chromium-", ignore_cleanup_errors=True) as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe"]
        options += [f"--user-data-dir={profile}", "--disable-dev-shm-usage", "--force-color-profile=srgb"]
        options += ["--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking", "--no-first-run"]
        # The browser reads orders from descriptor 3 and answers on 4.
        script = 'exec 3<&"$0" 4>&"$1"; shift; exec "$@"'
        process = subprocess.Popen(
            ["/bin/bash", "-c", script, str(orders[0]), str(answers[1]), str(program), *options, "about:blank"],
            pass_fds=(orders[0], answers[1]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(orders[0])
        os.close(answers[1])
        try:
            yield Chromium(orders[1], answers[0])
        finally:
            # It ends when nobody can give it orders any more.
            os.close(orders[1])
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(answers[0])
