"""Random page graphics."""

from __future__ import annotations

from differential.pdf_choices import Chooser
from differential.pdf_inline import COLOURS, words

_STRINGS = ("drawString", "drawRightString", "drawCenteredString", "drawCentredString", "drawAlignedString")
_KINDS = (
    "lines", "rect", "circle", "ellipse", "grid", "curves", "path", "string", "string", "string", "place", "state",
    "lineMode", "stroke", "fill", "setFont", "setFontSize", "image", "qr",
)  # fmt: skip
_MOVES = (
    '<translate dx="10" dy="-5"/>', '<rotate degrees="15"/>', '<scale sx="1.2" sy="0.8"/>',
    '<skew alpha="10" beta="5"/>', '<transform>1 0.1 -0.1 1 5 5</transform>', '<rotate degrees="90"/>',
)  # fmt: skip
_FILLED = {"fill": "1|0", "stroke": "1|0"}


def graphics(choose: Chooser, most: int = 6, flowables: bool = True) -> str:
    """Return drawings; where `flowables`, some hold paragraphs."""
    drawn = "".join(_drawing(choose, 0, flowables) for _ in range(choose.number(0, most)))
    return f'<setFont name="SourceSans3" size="9"/>{drawn}' if drawn else ""


def _drawing(choose: Chooser, depth: int, flowables: bool) -> str:
    kind = choose.pick(_KINDS)
    x, y = choose.number(0, 250), choose.number(0, 230)
    match kind:
        case "lines" | "curves":
            count = 4 if kind == "lines" else 8
            rows = [" ".join(_places(choose, count)) for _ in range(choose.number(1, 3))]
            return f"<{kind}>{' '.join(rows)}</{kind}>"
        case "rect":
            size = f'width="{choose.number(1, 80)}" height="{choose.number(1, 60)}"'
            more = choose.attributes(_FILLED | {"round": "3"}, 3)
            return f'<rect x="{x}" y="{y}" {size}{more}/>'
        case "circle":
            return f'<circle x="{x}" y="{y}" radius="{choose.number(1, 30)}"{choose.attributes(_FILLED, 3)}/>'
        case "ellipse":
            far = f'width="{x + choose.number(1, 60)}" height="{y + choose.number(1, 40)}"'
            return f'<ellipse x="{x}" y="{y}" {far}{choose.attributes(_FILLED, 3)}/>'
        case "grid":
            return f'<grid xs="{x},{x + 20},{x + 45}" ys="{y},{y + 10},{y + 30}"/>'
        case "path":
            return _path(choose, x, y)
        case "string":
            return _string(choose, x, y)
        case "place" if flowables:
            para = f'<para style="text"{choose.attributes({"alignment": "right|center"}, 3)}>{words(choose)}</para>'
            size = f'width="{choose.pick((150, 90))}" height="{choose.pick((200, 100))}"'
            return f'<place x="{x}" y="{y}" {size}>{para}</place>'
        case "state" if depth < 2:
            inner = "".join(_drawing(choose, depth + 1, flowables) for _ in range(choose.number(1, 3)))
            return f"<saveState/>{choose.pick(_MOVES)}{inner}<restoreState/>"
        case "image":
            more = choose.attributes({"preserveAspectRatio": "1", "anchor": "c|ne|sw"}, 3)
            return f'<image file="logo.png" x="{x}" y="{y}" width="40" height="30"{more}/>'
        case "qr":
            return f'<qr x="{x}" y="{y}" value="docgen" size="30"{choose.attributes({"color": COLOURS}, 3)}/>'
    return _setting(choose, kind)


def _setting(choose: Chooser, kind: str) -> str:
    match kind:
        case "lineMode":
            options = {"width": "1|0.25|3", "dash": "3,2|1,1,4,1", "cap": "butt|round|square"}
            return f"<lineMode{choose.attributes(options | {'join': 'round|mitered|bevelled', 'miterLimit': '2'}, 2)}/>"
        case "stroke" | "fill":
            return f'<{kind} color="{choose.pick(COLOURS.split("|"))}"/>'
        case "setFontSize":
            return f'<setFontSize size="{choose.pick((8, 14))}"/>'
    return f'<setFont name="{choose.pick(("SourceSans3", "SourceSans3-Semibold", "SourceSans3-It"))}" size="11"/>'


def _places(choose: Chooser, count: int) -> list[str]:
    return [str(choose.number(0, 250)) for _ in range(count)]


def _path(choose: Chooser, x: int, y: int) -> str:
    parts = [" ".join(_places(choose, 2)) for _ in range(choose.number(1, 3))]
    if choose.chance(2):
        parts.append(f"<curvesto>{' '.join(_places(choose, 6))}</curvesto>")
    if choose.chance(3):
        parts.append(f"<moveto>{' '.join(_places(choose, 2))}</moveto>{' '.join(_places(choose, 2))}")
    return f'<path x="{x}" y="{y}"{choose.attributes(_FILLED | {"close": "1"}, 2)}>{" ".join(parts)}</path>'


def _string(choose: Chooser, x: int, y: int) -> str:
    kind = choose.pick(_STRINGS)
    text = choose.pick(("12.50", "7", "1,234.5")) if kind == "drawAlignedString" else words(choose, 5)
    if choose.chance(8):
        text += " <pageNumber/>"
    return f'<{kind} x="{x}" y="{y}">{text}</{kind}>'
