"""Floor 1, rules: SVG drawings made safe and drawn as pixels, for bodies that show none and for older readers.

What runs, loads or cannot be bounded is taken out or refused: scripts, foreign objects, filters, references to other
files, entities. A drawing is drawn with docgen's own fonts, so that it is the same on every machine. Knows no document.
"""

from __future__ import annotations

import base64
import binascii
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import resvg_py
from lxml import etree

from docgen.errors import TemplateError

_FONTS = Path(__file__).parent / "fonts"
_FONT = "Source Sans 3"
_MAX_BYTES = 4_000_000
#: Shapes drawn, those drawn anew by each reference to them included.
_MAX_SHAPES = 20_000
_MAX_DEPTH = 50
#: What a layer of its own costs, in shapes.
_LAYER = 20
_PIXELS = 1200  # of the longer side
_TIME_S = 20
_DRAW = """
import sys
path, width, height, font, *files = sys.argv[1:]
sys.path.insert(0, path)
import resvg_py
svg = sys.stdin.buffer.read().decode()
families = ("font", "serif", "sans_serif", "monospace", "cursive", "fantasy")
options = {f"{name}_family": font for name in families}
png = resvg_py.svg_to_bytes(
    svg_string=svg, width=int(width), height=int(height), dpi=96, skip_system_fonts=True, font_files=files, **options
)
sys.stdout.buffer.write(bytes(png))
"""
_MM = 25.4 / 96  # of a pixel
_UNITS = {"": _MM, "px": _MM, "mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6}
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][+-]?\d+)?)\s*([a-z]*)\s*")
_HREF = ("href", "{http://www.w3.org/1999/xlink}href")
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)")
_URL = re.compile(r"url\(\s*+(?!['\"]?#)[^)]*\)", re.IGNORECASE)
_IMPORT = re.compile(r"@(?:import|font-face|charset|namespace)\b(?:[^;{}]*\{[^{}]*\}|[^;{}]*;?)", re.IGNORECASE)
_FILTER = re.compile(r"(?<![\w-])(?:backdrop-)?filter\s*:[^;}]*;?", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif);base64,", re.IGNORECASE)
#: Run, load, or take as long as they like.
_LEFT_OUT = frozenset(
    {"script", "foreignObject", "filter", "iframe", "audio", "video", "canvas", "handler", "listener"}
)
_LAYERED = ("opacity", "mask", "clip-path", "mix-blend-mode")


@dataclass(frozen=True)
class Drawing:
    """An SVG without anything that runs or loads.

    Attributes:
        content: the file.
        pictures: the pictures in it, for someone to look at their sizes.
    """

    content: bytes
    width_mm: float
    height_mm: float
    pictures: tuple[bytes, ...] = ()


def is_svg(content: bytes) -> bool:
    """Return whether a file looks like SVG."""
    return b"<svg" in content[:4096] and content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def read_svg(content: bytes) -> Drawing:
    """Return a drawing, made safe.

    Raises:
        TemplateError: it is no drawing, refers to other files, or is larger than any logo.
    """
    if len(content) > _MAX_BYTES:
        raise TemplateError(f"is an SVG of more than {_MAX_BYTES // 1_000_000} MB", hint="use a PNG")
    root = _parse(content)
    pictures = tuple(_clean(root))
    _bound(root)
    width_mm, height_mm = _size(root)
    return Drawing(etree.tostring(root, encoding="UTF-8", xml_declaration=True), width_mm, height_mm, pictures)


def rasterise(drawing: Drawing) -> bytes:
    """Return a drawing as PNG with transparent ground.

    Raises:
        TemplateError: it cannot be drawn, or not in time.
    """
    scale = _PIXELS / max(drawing.width_mm, drawing.height_mm)
    size = [str(max(1, round(side * scale))) for side in (drawing.width_mm, drawing.height_mm)]
    fonts = [str(path) for path in sorted(_FONTS.glob("*.ttf"))]
    # No shape says beforehand how long it takes, and what draws cannot be interrupted: it gets a process of its own.
    command = [sys.executable, "-I", "-c", _DRAW, str(Path(resvg_py.__file__).parent.parent), *size, _FONT, *fonts]
    try:
        done = subprocess.run(command, input=drawing.content, capture_output=True, timeout=_TIME_S, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise TemplateError(f"is an SVG that takes longer than {_TIME_S} s to draw", hint="use a PNG") from error
    if done.returncode:
        reason = (done.stderr.decode(errors="replace").strip().splitlines() or ["unknown"])[-1]
        raise TemplateError(f"cannot be drawn: {reason}", hint="use a PNG")
    return done.stdout


# --- reading --------------------------------------------------------------------------------------


def _parse(content: bytes) -> etree._Element:
    if b"<!ENTITY" in content:
        raise TemplateError("is an SVG with entities, which are not unfolded", hint="save it as plain SVG")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise TemplateError(f"is a damaged SVG: {error.msg}") from error
    if etree.QName(root).localname != "svg":
        raise TemplateError("is not a picture", hint="use PNG, JPEG, GIF or SVG")
    return root


def _size(root: etree._Element) -> tuple[float, float]:
    """Return width and height in mm: as the file says, else as its view box, a pixel a unit."""
    numbers = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    box = (
        [float(number) for number in numbers] if all(map(_LENGTH.fullmatch, numbers[2:])) and len(numbers) == 4 else []
    )
    found = [_length(root.get(name, "")) for name in ("width", "height")]
    if box and min(box[2:]) > 0:
        ratio = box[3] / box[2]
        width, height = found
        width = width if width else height / ratio if height else box[2] * _MM
        found = [width, height if height else width * ratio]
    if not found[0] or not found[1] or not 0.001 < found[1] / found[0] < 1000:
        raise TemplateError("is an SVG that says no size", hint="give its <svg> a viewBox")
    return found[0], found[1]


def _length(text: str) -> float | None:
    found = _LENGTH.fullmatch(text)
    return float(found[1]) * _UNITS[found[2]] if found and found[2] in _UNITS else None


# --- making safe ----------------------------------------------------------------------------------


def _clean(root: etree._Element) -> Iterator[bytes]:
    """Take out what is left out, in place; yield the pictures that stay."""
    for node in [*root.iter(etree.Element)]:
        name = etree.QName(node).localname
        if name in _LEFT_OUT and node is not root:
            _remove(node)
            continue
        if name == "style":
            node.text = _clean_style("".join(node.itertext()))
        for key, value in list(node.attrib.items()):
            if key in _HREF:
                yield from _clean_reference(node, name, key, value)
            elif key.lower().startswith("on") or key == "filter":
                del node.attrib[key]
            else:
                node.set(key, _clean_style(value) if key == "style" else _URL.sub("none", value))


def _remove(node: etree._Element) -> None:
    """Take an element out, and leave the text behind it."""
    parent, before = node.getparent(), node.getprevious()
    if node.tail and before is not None:
        before.tail = (before.tail or "") + node.tail
    elif node.tail:
        parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _clean_style(text: str) -> str:
    if "\\" in text:
        raise TemplateError("is an SVG with escapes in its styles", hint="save it as plain SVG")
    once = _without_loading(text)
    if _without_loading(once) != once:
        raise TemplateError("is an SVG whose styles hide others", hint="save it as plain SVG")
    return once


def _without_loading(text: str) -> str:
    return _FILTER.sub("", _URL.sub("none", _IMPORT.sub("", text)))


def _clean_reference(node: etree._Element, name: str, key: str, value: str) -> Iterator[bytes]:
    value = value.strip()
    if value.startswith("#") and name != "a":
        return
    if name == "a":
        del node.attrib[key]
        return
    found = _PICTURE.match(value) if name == "image" else None
    if found is None:
        raise TemplateError(
            f'is an SVG that refers to another file: "{value[:60]}"', hint="save it with pictures embedded"
        )
    try:
        yield base64.b64decode(value[found.end() :])
    except binascii.Error as error:
        raise TemplateError("is an SVG with a damaged picture in it") from error


# --- bounds ---------------------------------------------------------------------------------------


def _bound(root: etree._Element) -> None:
    """Raise for drawings that draw more than they are long: shapes that refer to shapes that refer to shapes."""
    known = {node.get("id"): node for node in root.iter(etree.Element) if node.get("id")}
    costs: dict[etree._Element, int] = {}

    def cost(node: etree._Element, above: tuple[etree._Element, ...]) -> int:
        if node in costs or node in above:
            return costs.get(node, 1)
        if len(above) > _MAX_DEPTH:
            raise _too_complex()
        inside = (*above, node)
        total = _own_cost(node) + sum(cost(child, inside) for child in node.iterchildren(etree.Element))
        for name, factor in _references(node):
            if name in known:
                total += factor * cost(known[name], inside)
        if total > _MAX_SHAPES:
            raise _too_complex()
        costs[node] = total
        return total

    cost(root, ())


def _own_cost(node: etree._Element) -> int:
    style = node.get("style", "")
    return 1 + _LAYER * sum(1 for name in _LAYERED if node.get(name) is not None or name in style)


def _references(node: etree._Element) -> Iterator[tuple[str, int]]:
    """Yield the ids that an element refers to, and how often what they name may be drawn."""
    for key, value in node.attrib.items():
        if key in _HREF and value.startswith("#"):
            yield value[1:], 1
            continue
        for name in _REFERENCE.findall(value):
            # A marker is drawn at every corner of a line.
            corners = len(node.get("d", "") + node.get("points", "")) // 4 if "marker" in f"{key}{value}" else 0
            yield name, 1 + corners


def _too_complex() -> TemplateError:
    return TemplateError("is an SVG of too many shapes", hint="use a PNG")
