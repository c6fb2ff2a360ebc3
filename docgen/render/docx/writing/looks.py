"""Floor 2, edges: how a run of Word text looks: `<w:rPr>`, whose elements Word wants in one order (ECMA-376 17.3.2)."""

from __future__ import annotations

import copy

from lxml import etree

from docgen.render.docx.spot import w

_ORDER = (
    "rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline", "shadow",
    "emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden", "color", "spacing", "w", "kern", "position",
    "sz", "szCs", "highlight", "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang",
    "eastAsianLayout", "specVanish", "oMath",
)  # fmt: skip
_RANK = {w(name): rank for rank, name in enumerate(_ORDER)}


def copy_look(look: etree._Element | None) -> etree._Element:
    """Return a copy of a `<w:rPr>` to change, an empty one for None."""
    return copy.deepcopy(look) if look is not None else etree.Element(w("rPr"))


def put(look: etree._Element, name: str, **values: str) -> None:
    """Set a property of a look in its place; `put(look, "color", val="B00020")`."""
    remove(look, name)
    node = etree.Element(w(name))
    for key, value in values.items():
        node.set(w(key), value)
    rank = _RANK[node.tag]
    position = sum(1 for child in look if _RANK.get(child.tag, len(_ORDER)) < rank)
    look.insert(position, node)


def remove(look: etree._Element, *names: str) -> None:
    """Take properties out of a look."""
    for name in names:
        for old in look.findall(w(name)):
            look.remove(old)


def switch(look: etree._Element, name: str, on: bool) -> None:
    """Switch bold, italic or strike on, or off where a style has it; the first two also for scripts such as Arabic."""
    for one in (name, f"{name}Cs") if name in ("b", "i") else (name,):
        put(look, one, **({} if on else {"val": "0"}))
