"""Floor 2, edges: the fault of an attribute that its element does not have, which RML would pass over in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from docgen.errors import TemplateError, did_you_mean
from docgen.model import Where
from docgen.render.body import words
from docgen.render.pdf.marking import ONLY_COMPILED
from docgen.render.pdf.standard import STANDARD

_CHARTS = words("barChart barChart3D linePlot linePlot3D pieChart pieChart3D spiderChart")
_PICTURES = _CHARTS | words("img image imageAndFlowables illustration barCode barCodeFlowable rect link td")
_TEXTS = words("para paraStyle title h1 h2 h3 h4 h5 h6")
_CODE = words("value size border color align x y alt")
#: What docgen adds to RML's own elements, and its elements that are drawn as they are.
_OWN: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_PICTURES, words("alt")),
    **dict.fromkeys(_TEXTS, words("heading") | frozenset(ONLY_COMPILED)),
    "blockTable": words("headerRows headerColumns"),
    "illustration": words("alt align"),
    "document": words("keywords"),
    "template": words("pageSize subject creator keywords"),
    "pageTemplate": words("pageSize"),
    "qr": _CODE | words("error"),
    "dataMatrix": _CODE | words("square"),
    "chart": words("data align alt"),
    "letterhead": words("pdf first next"),
}
_EVERYWHERE = words("lang")
#: Name -> how RML has it.
_ELSEWHERE = {
    "colspan": "cells are made one by <blockSpan> in a <blockTableStyle>",
    "rowspan": "cells are made one by <blockSpan> in a <blockTableStyle>",
    "class": "RML knows no classes; name a style",
}
#: Of these ReportLab reads attributes in any letter case; `links` says how they are spelled.
_FOLDED = words("a b bullet em font greek i img index link nobr span strike strong sub sup super u")
#: Editors write into a document where its schema is.
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_MOST_NAMED = 12


def known_attributes(tag: str) -> frozenset[str]:
    """Return the attributes that an element may have."""
    return STANDARD.get(tag, frozenset()) | _OWN.get(tag, frozenset()) | _EVERYWHERE


_KNOWN = {tag: known_attributes(tag) for tag in (*STANDARD, *_OWN)}
_LOWERED = {tag: frozenset(name.lower() for name in _KNOWN.get(tag, ())) for tag in _FOLDED}


def attribute_faults(element: etree._Element, where: Where) -> Iterator[TemplateError]:
    """Yield a fault for each attribute that its element does not have."""
    tag = str(element.tag)
    known = _KNOWN.get(tag, _EVERYWHERE)
    for name in element.attrib:
        if name not in known and str(name).lower() not in _LOWERED.get(tag, ()) and not str(name).startswith(_SCHEMA):
            shown = str(name).replace(_XML, "xml:")
            yield TemplateError(f'<{tag}> has no attribute "{shown}"', where=where, hint=_hint(shown, known))


def _hint(name: str, known: frozenset[str]) -> str:
    lowered = name.lower().removeprefix("xml:")
    if lowered in _ELSEWHERE:
        return _ELSEWHERE[lowered]
    folded = {one.lower(): one for one in sorted(known)}
    if lowered in folded:
        return f'did you mean "{folded[lowered]}"?'
    own = sorted(known - _EVERYWHERE)
    meant = did_you_mean(name, own)
    return meant if meant.startswith("did") else f"it has {', '.join(own)}" if 0 < len(own) <= _MOST_NAMED else ""
