"""Floor 2, edges: what z3c.rml and ReportLab say of a wrong value, in the words that docgen's own layout has for it.

Reads their messages and where they were raised; imports neither.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from docgen.errors import did_you_mean
from docgen.render.pdf.layout.attributes import no_colour, no_length
from docgen.render.pdf.layout.wrong import in_words, shortened

NO_ROOM = "Not enough space"
#: ReportLab puts what went wrong in a paragraph behind its text.
_AROUND = "caused exception "
_WHERE = re.compile(r"\s*\(file .*?(?:, line (\d+))?\)\.?")
_LENGTH = re.compile(r"The value ['\"](.*)['\"] is not a valid (?:text line )?measurement", re.DOTALL)
_COLOUR = re.compile(r"(?:The color specification|.*Invalid color value) ['\"](.*)['\"](?: is not valid)?", re.DOTALL)
_CHOICE = re.compile(r"['\"](.*)['\"] not a valid value for attribute \"(\w+)\"", re.DOTALL)
_MISSING = re.compile(r'No value for required attribute "(\w+)"')
_COLUMNS = re.compile(r"Number of elements must be divisible by (\d)")
_CODES = ("barCode", "barCodeFlowable")
#: Kind of bar code -> what it can say.
_CAN_SAY: Mapping[str, str] = {
    "ean13": "12 digits, or 13 with the one that checks them",
    "ean8": "7 digits, or 8 with the one that checks them",
    "upca": "11 digits, or 12 with the one that checks them",
    "i2of5": "digits",
    "msi": "digits",
    "code11": "digits and hyphens",
    "postnet": "digits and hyphens",
    "usps_4state": "20 digits, the second of them from 0 to 4",
    "standard39": "capital letters, digits, spaces and - . $ / + %",
    "extended39": "letters and signs of ASCII",
    "standard93": "capital letters, digits, spaces and - . $ / + %",
    "extended93": "letters and signs of ASCII",
    "codabar": "digits and - $ : / . +",
    "code128": "letters and signs of ASCII",
    "code128auto": "letters and signs of ASCII",
    "fim": "one of A, B, C, D",
}


def plainly(error: Exception, element: etree._Element | None) -> str:
    """Return what is wrong in plain words; `element` is where it was found."""
    text = " ".join(_WHERE.sub("", str(error)).split()).rpartition(_AROUND)[2].rstrip(". ")
    if text == NO_ROOM:
        return "there is not enough room for what stands in it"
    if found := _LENGTH.search(text):
        return no_length(found[1])
    if found := _COLOUR.search(text):
        return no_colour(found[1])
    if found := _CHOICE.search(text):
        return _none_of(found[2], found[1], error)
    if found := _MISSING.search(text):
        return f'the attribute "{found[1]}" is missing'
    if found := _COLUMNS.search(text):
        return f"its numbers go in groups of {found[1]}, and the last group is not whole"
    if element is not None and element.tag in _CODES:
        return _not_said(element) or in_words(error, element)
    if element is not None and element.tag in ("data", "series") and isinstance(error, (IndexError, TypeError)):
        return "it holds no numbers that a chart could show, such as <data><series>1 2 3</series></data>"
    return in_words(ValueError(text) if isinstance(error, ValueError) else error, element)


def _none_of(name: str, value: str, error: Exception) -> str:
    choices = [str(choice) for choice in _choices(error)]
    hint = did_you_mean(value, choices)
    return f'{name}="{shortened(value)}" is not known; {hint}'.rstrip("; ")


def _choices(error: Exception) -> Iterator[Any]:
    """Yield what would have been right, which the library knows where it raised the error."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        yield from getattr(frame.f_locals.get("self"), "choices", None) or ()


def _not_said(element: etree._Element) -> str:
    """Return that a bar code cannot say its value, where that is so."""
    kind = element.get("code", "").lower()
    value = element.get("value") or "".join(element.itertext()).strip()
    can = _CAN_SAY.get(kind)
    if not can or not value:
        return ""
    return f'a code of the kind {element.get("code")} cannot say "{shortened(value)}"; it says {can}'


def element_at_fault(error: BaseException) -> etree._Element | None:
    """Return the element whose directive was at work, the innermost one but the document."""
    found: etree._Element | None = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        owner = frame.f_locals.get("self")
        element = getattr(owner, "element", None) if hasattr(owner, "processSubDirectives") else None
        if element is not None and element.tag != "document":
            found = element
    return found
