"""Floor 2, edges: attributes of docgen on RML's own elements: what a text is, in which language, how it is set.

What only says what something is (`heading`, `alt`, `headerRows`, `lang`) goes into tagged files and prints nothing.
What is set otherwise (`kerning`, `hyphenation`) only docgen's own layout can do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from docgen.errors import TemplateError
from docgen.model import Where
from docgen.render.body import words

YES = words("yes true 1")
_NO = words("no false 0")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_HEADING = re.compile("[1-6]")
_COUNT = re.compile(r"\d{1,4}")

#: Attribute -> what its value looks like, in words.
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "heading": (_HEADING, "a level from 1 to 6"),
    "headerRows": (_COUNT, "a number of rows"),
    "headerColumns": (_COUNT, "a number of columns"),
    "lang": (_LANGUAGE, "a language, such as de or pt-BR"),
}
#: Say what something is, and print nothing.
MARKS = frozenset({*_FORMS, "alt"})
#: Attribute -> values that only docgen's own layout can honour.
ONLY_COMPILED: Mapping[str, frozenset[str]] = {"kerning": YES, "hyphenation": YES}


def marking_faults(element: etree._Element, where: Where) -> Iterator[TemplateError]:
    """Yield a fault for each value that is none of its kind."""
    for name, (form, meaning) in _FORMS.items():
        value = element.get(name)
        if value is not None and not form.fullmatch(value):
            yield TemplateError(f'<{element.tag}>: {name}="{value}" is not {meaning}', where=where)
    for name in ONLY_COMPILED:
        value = element.get(name)
        if value is not None and value.lower() not in YES | _NO:
            yield TemplateError(f'<{element.tag}>: {name}="{value}" is neither yes nor no', where=where)


def only_compiled(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield each element that asks for what the reference cannot do, and the attribute that does."""
    for element in root.iter(etree.Element):
        for name, values in ONLY_COMPILED.items():
            if element.get(name, "").lower() in values:
                yield element, name


def strip_marks(root: etree._Element) -> None:
    """Take docgen's attributes away, in place: ReportLab refuses what it does not know."""
    for element in root.iter(etree.Element):
        for name in (*MARKS, *ONLY_COMPILED):
            element.attrib.pop(name, None)
