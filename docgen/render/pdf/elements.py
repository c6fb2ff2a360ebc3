"""Floor 2, edges: docgen's own elements of RML that stand for plain RML: `<addressWindow>`, `<epcQr>`, `<markdown>`.

They are written out before anything is drawn, so whoever draws RML draws them. `<qr>` and `<letterhead>` are drawn by
themselves; what their attributes mean is here too.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from docgen.envelopes import WINDOWS
from docgen.errors import TemplateError, did_you_mean
from docgen.kinds.epc import read_payment
from docgen.model import Where
from docgen.prose import no_pictures, parse_markdown
from docgen.render.body import words
from docgen.render.pdf.papers import page_size_around, share_letterhead
from docgen.render.pdf.prose import RmlProse
from docgen.render.pdf.windows import write_window

OWN_ELEMENTS = words("qr dataMatrix addressWindow letterhead epcQr markdown chart")

_ATTRIBUTES = {
    "addressWindow": words("profile sender foldMarks style senderStyle"),
    "epcQr": words("name iban bic amount reference text size x y align border color alt"),
    "letterhead": words("pdf first next"),
    "markdown": words("lang"),
}
_NEEDED = {"addressWindow": ("profile",), "epcQr": ("name", "iban"), "letterhead": ("pdf",)}
_CODE_SIZE = "28mm"


def write_out(root: etree._Element, file: str) -> list[TemplateError]:
    """Replace docgen's elements by the RML they stand for, in place; return the faults in them."""
    faults = []
    for element in [*root.iter("addressWindow", "epcQr", "markdown", "letterhead")]:
        where = Where(file, element.sourceline)
        found = _attribute_faults(element, where)
        if not found:
            try:
                _WRITERS[str(element.tag)](element)
            except ValueError as error:
                found = [TemplateError(f"<{element.tag}>: {error}", where=where)]
        if found:
            faults += found
            _remove(element)
    return faults


def _attribute_faults(element: etree._Element, where: Where) -> list[TemplateError]:
    tag = str(element.tag)
    known = _ATTRIBUTES[tag]
    faults = [
        TemplateError(f'<{tag}> has no attribute "{name}"', where=where, hint=did_you_mean(str(name), known))
        for name in element.attrib
        if name not in known
    ]
    missing = [name for name in _NEEDED.get(tag, ()) if not element.get(name)]
    faults += [TemplateError(f'<{tag}> needs the attribute "{name}"', where=where) for name in missing]
    profile = element.get("profile")
    if profile and profile not in WINDOWS:
        hint = did_you_mean(profile, WINDOWS) or f"one of {', '.join(WINDOWS)}"
        faults.append(TemplateError(f'<{tag}>: there is no window "{profile}"', where=where, hint=hint))
    return faults


# --- one element each -----------------------------------------------------------------------------


def _write_window(element: etree._Element) -> None:
    _replace(element, [*write_window(element, page_size_around(element)[1])])


def _write_code(element: etree._Element) -> None:
    told = {name: element.attrib.pop(name, "") for name in ("name", "iban", "bic", "amount", "reference", "text")}
    element.set("value", read_payment(**told).write())
    element.set("size", element.get("size", _CODE_SIZE))
    element.tag = "qr"


def _write_markdown(element: etree._Element) -> None:
    if len(element):
        raise ValueError("holds text only; elements cannot stand in it")
    styles = frozenset(str(style.get("name")) for style in element.getroottree().getroot().iter("paraStyle"))
    rml = RmlProse(styles, _refuse_picture).write(parse_markdown(_dedent(element.text or ""), no_pictures))
    _replace(element, list(etree.fromstring(f"<markdown>{rml}</markdown>")))


def _refuse_picture(picture: object) -> str:
    raise ValueError("a picture cannot stand in it; use the filter markdown")


def _dedent(text: str) -> str:
    """Take away how far the body indents the element; the first line follows its tag."""
    lines = text.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    return "\n".join([lines[0].lstrip(), *(line[margin:] for line in lines[1:])])


_WRITERS: dict[str, Callable[[etree._Element], None]] = {
    "addressWindow": _write_window,
    "epcQr": _write_code,
    "markdown": _write_markdown,
    "letterhead": share_letterhead,
}


# --- trees ----------------------------------------------------------------------------------------


def _replace(element: etree._Element, others: list[etree._Element]) -> None:
    line, tail = element.sourceline, element.tail
    element.tail = None
    for other in others:
        for one in other.iter(etree.Element):
            if line and (one.sourceline or 0) <= 1:
                one.sourceline = line
        element.addprevious(other)
    if others:
        others[-1].tail = tail
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _remove(element: etree._Element) -> None:
    _replace(element, [])
