"""Floor 2, edges: where links of a body may lead, and how attributes of inline elements are spelled.

ReportLab reads attributes of markup in any letter case; what is checked by its name must not hide behind another.
Draws nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from docgen.errors import TemplateError
from docgen.model import Where
from docgen.render.body import words

_SCHEMES = ("https://", "http://", "mailto:", "tel:")
_TARGETS = words("href url link dest destination target")
#: Elements whose `destination` is the name of a bookmark.
_TO_BOOKMARKS = words("td link rect")
_CONTROLS = re.compile(r"[\x00-\x20\x7f]")
_HINT = "use https:, mailto: or tel:, or # and the name of a bookmark"
#: How attributes of markup are spelled; all in small letters is allowed too, but for those that name files.
_SPELLED = {
    name.lower(): name
    for name in words(
        """
        src href url link dest destination target name size fontSize face font fontName color fg textColor backColor
        bgcolor underline uwidth ucolor uoffset ugap ukind underlineColor underlineWidth underlineOffset underlineGap
        underlineKind width height offset gap kind valign alt rise style code id value base inc template order default
        countingFrom bulletFontName bulletFontSize bulletIndent bulletColor bulletAnchor indent anchor heading lang
        kerning hyphenation
        """
    )
}


def leads_out(target: str) -> bool:
    """Return whether a link leads to where documents may: a page of the web, a mailbox, a telephone."""
    return target.lower().startswith(_SCHEMES)


def is_allowed(target: str) -> bool:
    """Return whether a link leads out, or to a bookmark of the document."""
    return target.startswith("#") or leads_out(target)


def link_faults(element: etree._Element, where: Where) -> Iterator[TemplateError]:
    """Yield a fault for each link that leads elsewhere, whatever the case its attribute is written in."""
    for name, value in element.items():
        folded = str(name).lower()
        if folded not in _TARGETS or (folded == "destination" and element.tag in _TO_BOOKMARKS):
            continue
        target = str(value).strip()
        if target and not is_allowed(target):
            shown = _CONTROLS.sub(" ", target)[:80]
            yield TemplateError(f'<{element.tag}>: the link "{shown}" is not allowed', where=where, hint=_HINT)


def spelling_faults(element: etree._Element, where: Where) -> Iterator[TemplateError]:
    """Yield a fault for each attribute of markup in another letter case than its own."""
    for name in element.attrib:
        spelled = _SPELLED.get(str(name).lower())
        if spelled is not None and name not in (spelled, spelled.lower()):
            problem = f'<{element.tag}>: the attribute "{name}" is written "{spelled}"'
            yield TemplateError(problem, where=where)
