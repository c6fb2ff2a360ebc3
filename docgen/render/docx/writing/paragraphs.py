"""Floor 2, edges: how a paragraph of Word text looks: `<w:pPr>`, whose elements Word wants in one order (17.3.1)."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from lxml import etree

from docgen.render.docx.spot import w
from docgen.render.docx.writing.stylesheet import number

_ORDER = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "suppressLineNumbers",
    "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct",
    "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing",
    "mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl",
    "divId", "cnfStyle", "rPr", "sectPr", "pPrChange",
)  # fmt: skip
_RANK = {w(name): rank for rank, name in enumerate(_ORDER)}


class ParagraphLook:
    """A `<w:pPr>` in the making."""

    def __init__(self, around: etree._Element | None = None, only: Iterable[str] | None = None) -> None:
        """Begin with a copy.

        Args:
            around: what to begin with; None is nothing.
            only: the properties to keep of it; None is all.
        """
        self.node = copy.deepcopy(around) if around is not None else etree.Element(w("pPr"))
        if only is not None:
            kept = {w(name) for name in only}
            for node in [node for node in self.node if node.tag not in kept]:
                self.node.remove(node)

    def get(self, name: str) -> etree._Element | None:
        """Return a property, None where there is none."""
        return self.node.find(w(name))

    def remove(self, *names: str) -> ParagraphLook:
        """Take properties out."""
        for name in names:
            for node in self.node.findall(w(name)):
                self.node.remove(node)
        return self

    def put(self, name: str, **values: str | int) -> ParagraphLook:
        """Set a property, in its place: `put("jc", val="center")`. Attributes it has and that are not named stay."""
        node = self.make(name, empty=False)
        for key, value in values.items():
            node.set(w(key), str(value))
        return self

    def make(self, name: str, *, empty: bool = True) -> etree._Element:
        """Return a property to fill, made in its place where there is none; `empty` does away with the one there is."""
        if empty:
            self.remove(name)
        node = self.get(name)
        if node is None:
            node = etree.Element(w(name))
            rank = _RANK[node.tag]
            self.node.insert(sum(1 for one in self.node if _RANK.get(one.tag, len(_ORDER)) < rank), node)
        return node

    def style(self, identity: str | None) -> ParagraphLook:
        """Set the style, the document's usual one for None."""
        return self.put("pStyle", val=identity) if identity is not None else self.remove("pStyle")

    def list(self, num: str, level: int) -> ParagraphLook:
        """Put the paragraph into a list."""
        node = self.make("numPr")
        for name, said in (("ilvl", str(level)), ("numId", num)):
            etree.SubElement(node, w(name)).set(w("val"), said)
        return self

    def indent(self, left: int, hanging: int = 0) -> ParagraphLook:
        """Set where the text begins, in twips."""
        node = self.get("ind")
        for name in ("firstLine", "firstLineChars", "hangingChars", "leftChars", "startChars", "start", "hanging"):
            if node is not None:
                node.attrib.pop(w(name), None)
        return self.put("ind", left=left, **({"hanging": hanging} if hanging else {}))

    def space(self, before: int | None, after: int | None) -> ParagraphLook:
        """Set the space above and below, in twips; None leaves it."""
        node = self.make("spacing", empty=False)
        for side, said in (("before", before), ("after", after)):
            if said is not None:
                for name in (f"{side}Autospacing", f"{side}Lines"):
                    node.attrib.pop(w(name), None)
                node.set(w(side), str(said))
        return self

    @property
    def left(self) -> int:
        """Where the text begins, in twips; 0 where nothing says."""
        node = self.get("ind")
        said = number(node, "left")
        return (said if said is not None else number(node, "start")) or 0

    def paragraph(self, *content: etree._Element) -> etree._Element:
        """Return a `<w:p>` that looks so."""
        paragraph = etree.Element(w("p"))
        if len(self.node):
            paragraph.append(self.node)
        paragraph.extend(content)
        return paragraph
