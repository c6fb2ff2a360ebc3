"""Floor 2, edges: the colours of charts, made from one: the company's accent. Knows no format."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Sequence

from docgen.errors import TemplateError

_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})")


def chart_colour(value: object) -> str:
    """Return a colour as RRGGBB. Raises TemplateError."""
    found = _COLOUR.fullmatch(str(value))
    if found is None:
        raise TemplateError(f'"{value}" is not a colour', hint='write it as "#RRGGBB"')
    return found[1].upper()


def palette(accent: str, muted: str) -> tuple[str, ...]:
    """Return colours that go together and can be told apart, in print without colours too: light beside dark."""
    turned = _turned(accent, 0.5)
    return (
        accent, _mixed(accent, 0.55), _mixed(turned, 0.15), muted, _mixed(accent, 0.78), _mixed(turned, 0.6),
        _mixed(muted, 0.55), _turned(accent, 0.3),
    )  # fmt: skip


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _written(parts: Sequence[float]) -> str:
    return "".join(f"{round(part * 255):02X}" for part in parts)


def _mixed(colour: str, white: float) -> str:
    return _written([part + (1 - part) * white for part in _parts(colour)])


def _turned(colour: str, turn: float) -> str:
    """Return a colour from elsewhere in the circle, neither too dark nor too loud."""
    hue, light, full = colorsys.rgb_to_hls(*_parts(colour))
    return _written(colorsys.hls_to_rgb((hue + turn) % 1, min(max(light, 0.42), 0.6), min(full, 0.6)))
