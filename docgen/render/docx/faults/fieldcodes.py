r"""Floor 2, edges: values within the codes of Word's fields, such as `HYPERLINK "{{ url }}"`.

A value is a word of the code or a part of one and nothing else: its quotation marks and backslashes are written as Word
escapes them, and an address that comes of one begins as links may. Knows no values; a filter of docgen writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from docgen.errors import TemplateError
from docgen.model import Where
from docgen.render.docx.faults.braces import find_spans
from docgen.render.docx.package import parse_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_REGION = re.compile(r"""<w:instrText\b[^>]*>([^<]*)|\bw:instr=(?:"([^"<>]*)"|'([^'<>]*)')""")
_RAW = re.compile(r"\{%[-+]?\s*(raw|endraw)\s*[-+]?%\}")
_PARTS = re.compile(r"(\{\{[-+]?\s*)(.*?)(\s*-?\}\})", re.DOTALL)
_LINK = re.compile(r"\s*HYPERLINK\b", re.IGNORECASE)
_WORD = re.compile(r'"((?:\\.|[^"\\])*)"?|[“”]((?:\\.|[^“”"\\])*)[“”"]?|(\\\S)|([^\s"“”\\]+)', re.DOTALL)
_TAKE_A_WORD = ("\\l", "\\o", "\\t", "\\s", "\\*")
_SCHEMES = ("https://", "http://", "mailto:", "tel:")
#: Characters that become paragraphs and pages, and are no XML before.
_LAYOUT = {7: None, 12: None}


def escape_codes(source: str) -> str:
    """Return what Jinja is to compile with every tag that prints into a field's code made to escape what it prints."""
    if "instr" not in source:
        return source
    tags = [span for span in find_spans(source) if not span.problem]
    masked = list(source)
    for span in tags:
        masked[span.start : span.end] = "\0" * (span.end - span.start)
    text = "".join(masked)
    regions = [found.span(found.lastindex or 0) for found in _REGION.finditer(text) if "\0" in found[0]]
    pieces: list[str] = []
    at = 0
    raw = False
    waiting = iter(regions)
    region = next(waiting, None)
    for span in tags:
        if word := _RAW.match(source, span.start):
            raw = word[1] == "raw"
        while region is not None and region[1] <= span.start:
            region = next(waiting, None)
        if region is not None and region[0] <= span.start and span.opening == "{{" and not raw:
            pieces += [source[at : span.start], _escaping(source[span.start : span.end])]
            at = span.end
    return "".join([*pieces, source[at:]])


def _escaping(tag: str) -> str:
    found = _PARTS.fullmatch(tag)
    return f"{found[1]}({found[2]}) | field_code{found[3]}" if found and found[2] else tag


def codes_of(root: etree._Element) -> Iterator[tuple[int, etree._Element, str]]:
    """Yield position, element and code of every field, however its code is spread over runs."""
    open_: list[tuple[int, etree._Element, list[str]]] = []
    shown: set[etree._Element] = set()  # first marks of fields whose code is over: what they last showed follows
    for at, node in enumerate(root.iter(f"{_W}fldChar", f"{_W}instrText", f"{_W}fldSimple")):
        if node.tag == f"{_W}fldSimple":
            yield at, node, node.get(f"{_W}instr", "")
        elif node.tag == f"{_W}instrText":
            if open_ and open_[-1][1] not in shown:
                open_[-1][2].append(node.text or "")
        elif node.get(f"{_W}fldCharType") == "begin":
            open_.append((at, node, []))
        elif open_ and node.get(f"{_W}fldCharType") == "separate":
            shown.add(open_[-1][1])
        elif open_ and node.get(f"{_W}fldCharType") == "end":
            begun, first, code = open_.pop()
            yield begun, first, "".join(code)
    for begun, first, code in open_:
        yield begun, first, "".join(code)


# --- links ----------------------------------------------------------------------------------------


def fixed_addresses(markup: str) -> frozenset[str] | None:
    """Return the addresses that a part's HYPERLINK fields have as they are; None where no value goes into any."""
    if "HYPERLINK" not in markup.upper():
        return None
    links = [code for _, _, code in codes_of(parse_xml(markup.encode())) if _LINK.match(code)]
    if not any("{{" in code or "{%" in code for code in links):
        return None
    return frozenset(address for code in links for address in _addresses(code))


def check_addresses(merged: str, fixed: frozenset[str], where: Where) -> None:
    """Raise TemplateError where a value made a link of what may not be one.

    Args:
        merged: the markup of a part.
        fixed: the addresses that its author wrote.
        where: the part.
    """
    try:
        root = parse_xml(merged.translate(_LAYOUT).encode())
    except etree.XMLSyntaxError:
        return  # told by whoever goes on with it
    for _, _, code in codes_of(root):
        for address in _addresses(code) if _LINK.match(code) else ():
            if address and address not in fixed and not address.lower().startswith(_SCHEMES):
                raise TemplateError(
                    f'"{address[:80]}" is not an address to link to, in a HYPERLINK field',
                    where=where,
                    hint=f"it begins with {', '.join(_SCHEMES)}",
                )


def _addresses(code: str) -> Iterator[str]:
    words = _WORD.finditer(code)
    next(words, None)
    for word in words:
        if word[3]:
            if word[3].lower() in _TAKE_A_WORD:
                next(words, None)
            continue
        yield re.sub(r"\\(.)", r"\1", word[1] or word[2] or word[4] or "").strip()
