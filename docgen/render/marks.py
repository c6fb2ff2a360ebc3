"""Floor 2, edges: keeps template line numbers through merging, so that faults in merged RML name the template's line.

Each start tag of the source gets an attribute with its line before Jinja sees it; after parsing the attribute becomes
the element's line, which z3c.rml then uses in its own messages. Knows XML and Jinja's delimiters only.
"""

from __future__ import annotations

import re

from lxml import etree

from docgen.errors import TemplateSyntax
from docgen.model import Where

_MARK = "docgen-line"
_JINJA = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<!--.*?-->|<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_START_TAG = re.compile(r"<([A-Za-z_][\w.:-]*)")
#: Says an encoding, which text no longer has, and may only stand at the very start.
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>\s*")
_MARKED = re.compile(rf' {_MARK}="(\d+)"')


def mark_lines(source: str, first: int = 1) -> str:
    """Return the source with the line of each start tag written into it; `first` is the number of the first."""
    parts, line = [], first
    for index, part in enumerate(_JINJA.split(source)):
        parts.append(part if index % 2 else _mark(part, line))
        line += part.count("\n")
    return "".join(parts)


def _mark(part: str, first_line: int) -> str:
    def marked(match: re.Match[str]) -> str:
        return f'{match[0]} {_MARK}="{first_line + part.count(chr(10), 0, match.start())}"'

    return _START_TAG.sub(marked, part)


def start_tags(source: str) -> list[tuple[str, int]]:
    """Return the name and line of each start tag of a source marked by `mark_lines`."""
    return [(tag[1], int(tag[2])) for tag in re.finditer(rf'<([A-Za-z_][\w.:-]*) {_MARK}="(\d+)"', source)]


def read_marked(merged: str, file: str) -> etree._Element:
    """Parse merged RML; elements know their template line, those that came from values their parent's.

    Raises:
        TemplateSyntax: it is not well-formed, or has a document type declaration.
    """
    root = read_merged(merged, file)
    for element in root.iter(etree.Element):
        _take_line(element)
    return root


def read_merged(merged: str, file: str) -> etree._Element:
    """Parse merged RML, marked or not. Raises as `read_marked`."""
    # Entities could read files or explode; a document type is where they are declared.
    if "<!DOCTYPE" in merged:
        where = Where(file, _template_line(merged, merged.index("<!DOCTYPE")))
        raise TemplateSyntax("<!DOCTYPE> is not allowed in a body", where=where, hint="remove it")
    merged = _DECLARATION.sub("", merged)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        return etree.fromstring(merged.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise syntax_fault(merged, file, error) from error


def _take_line(element: etree._Element) -> None:
    mark = element.attrib.pop(_MARK, None)
    parent = element.getparent()
    if mark is not None:
        element.sourceline = int(mark)
    elif parent is not None:
        element.sourceline = parent.sourceline


def unmark(text: str) -> str:
    """Return a text as it was before `mark_lines`, merged or not."""
    return _MARKED.sub("", text)


def syntax_fault(merged: str, file: str, error: etree.XMLSyntaxError) -> TemplateSyntax:
    """Return what lxml found wrong in a marked and merged text, with the template's line."""
    line, column = error.position
    lines = merged.splitlines(keepends=True)
    offset = sum(len(text) for text in lines[: line - 1]) + max(column - 1, 0)
    problem = re.sub(r",? line \d+|, column \d+", "", error.msg or "not well-formed").strip()
    near = unmark(merged[max(0, offset - 40) : offset + 20])
    near = " ".join(re.sub(rf'^\S*{_MARK[3:]}="\d+"', "", near).split())
    return TemplateSyntax(
        f"the merged body is not well-formed XML: {problem}, near: {near}",
        where=Where(file, _template_line(merged, offset)),
    )


def _template_line(merged: str, offset: int) -> int:
    """Return the template line of the last marked tag before an offset; 1 if there is none."""
    marks = list(_MARKED.finditer(merged, 0, min(len(merged), offset + 1)))
    if not marks:
        return merged.count("\n", 0, offset) + 1
    last = marks[-1]
    return int(last[1]) + merged.count("\n", last.end(), offset)
