"""Random content of paragraphs."""

from __future__ import annotations

import re

from differential.pdf_choices import Chooser

WORDS = (
    "a", "and", "delivery", "of", "the", "Wintergarten", "contract", "Jūratė", "š", "παραλαβή", "доставка", "1,250.00",
    "(see", "below)", "–", "e-mail", "www.example.com/a/long/address", "Donaudampfschifffahrt", "€", "AVAWAVE", "fi",
)  # fmt: skip
_LONG = ("m" * 40, "Rindfleisch" * 6, "x" * 200, "a-" * 40)
_ODD = (
    "20\u00a0000\u00a0kg", "a\u00a0b\u00a0c\u00a0d\u00a0e", "Rech\u00adnungs\u00adbe\u00adtrag", "R&amp;D &lt;x&gt;",
    "&#233;t&#xE9;", "two\u2003spaces", "line\nline", "&quot;q&quot; &apos;", "tab\there", "non\u2011breaking",
)  # fmt: skip
COLOURS = "#14586A|red|#C6CFD2|black|#8A1020|(0.2,0.4,0.1)"
_UNDERLINE = {
    "color": "#8A1020|black",
    "width": "0.5|1|0.05*F",
    "offset": "-1.5|-0.2*F|0",
    "gap": "1|2",
    "kind": "single|double|triple",
}
_KINDS = (
    "b", "i", "em", "strong", "u", "strike", "font", "sub", "super", "sup", "br", "a", "nobr", "span", "pageNumber",
    "getName", "unichar", "anchor", "seq", "img",
)  # fmt: skip

_TAG = re.compile("<[^>]*>")


def words(choose: Chooser, most: int = 14) -> str:
    """Return plain text of some words, escaped."""
    count = choose.number(0, most) if choose.chance(4) else choose.number(1, 4)
    return " ".join(_word(choose) for _ in range(count))


def _word(choose: Chooser) -> str:
    if choose.chance(60):
        return choose.pick(_LONG)
    return choose.pick(_ODD) if choose.chance(20) else choose.pick(WORDS)


def inline(choose: Chooser, depth: int = 0, linked: bool = False, moving: bool = True) -> str:
    """Return the content of a paragraph, or of an element within.

    Args:
        choose: decides.
        depth: how many elements of the paragraph are around it.
        linked: whether it is within a link, where no other may be.
        moving: whether it may have what the page decides, such as its number.
    """
    if choose.chance(40):
        return ""
    pieces = []
    for _ in range(choose.number(1, 5 if depth == 0 else 2)):
        marked = depth < 3 and choose.chance(2)
        pieces.append(_piece(choose, depth, linked, moving) if marked else words(choose, 40 if depth == 0 else 8))
    made = choose.pick((" ", "")).join(pieces)
    return without_background(made) if "<img" in made else made


def without_background(content: str) -> str:
    """Return the content of a paragraph without backgrounds: ReportLab draws them over pictures and bullets."""
    return content.replace(' backColor="#EEF3F4"', "")


def _piece(choose: Chooser, depth: int, linked: bool, moving: bool) -> str:
    kind = choose.pick(_KINDS)
    if kind in ("pageNumber", "getName") and not moving:
        kind = "br"
    match kind:
        case "br" | "pageNumber":
            return f"<{kind}/>"
        case "getName":
            return f'<getName id="{choose.pick(("total", "none"))}" default="{choose.pick(("0", "none yet"))}"/>'
        case "unichar":
            return f'<unichar code="{choose.pick(("8364", "0x20ac"))}"/>'
        case "anchor":
            return '<a name="anchor"/>'
        case "seq":
            return f'<seq id="{choose.pick(("n", "m"))}"/>'
        case "img":
            return f'<img src="logo.png" width="12" height="6"{choose.attributes({"valign": "middle|top|bottom|-2"})}/>'
    start, linked = _start(choose, kind, linked)
    content = inline(choose, depth + 1, linked, moving)
    if start.startswith("a ") and "<img" in content and not _TAG.sub("", content).strip():
        content = f"a {content}"  # ReportLab makes no link of a picture alone
    return f"<{start}>{content}</{start.split()[0]}>"


def _start(choose: Chooser, kind: str, linked: bool) -> tuple[str, bool]:
    match kind:
        case "font":
            options = {"size": "12|7|16.5", "color": COLOURS, "name": "SourceSans3-Semibold|SourceSans3"}
            return "font" + choose.attributes(options | {"backColor": "#EEF3F4"}, 2), linked
        case "span":
            return "span" + choose.attributes({"style": "marked", "color": COLOURS, "size": "8|11"}, 2), linked
        case "u" | "strike":
            return kind + choose.attributes(_UNDERLINE, 6), linked
        case "sub" | "super" | "sup":
            return kind + choose.attributes({"rise": "2|5|30%", "size": "6|60%"}, 4), linked
        case "a" if not linked:
            target = choose.pick(("https://example.com/a?b=1&amp;c=2", "#here", "mailto:a@example.com"))
            return f'a href="{target}"{choose.attributes({"color": COLOURS, "underline": "1"}, 3)}', True
        case "a":
            return "b", linked
    return kind, linked
