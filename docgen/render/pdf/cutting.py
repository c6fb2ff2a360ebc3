"""Floor 2, edges: a merged body cut into what its template says and the texts that a record brings into it.

Documents whose first parts are equal differ in texts alone, and those are read here without parsing the rest. What
cannot be read so for sure is not cut at all. Knows how XML is written, and draws nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from docgen.render.pdf.file import Said
from docgen.render.pdf.glyphs import tidy
from docgen.render.pdf.layout.paraplain import LINE_END

#: Elements whose texts are cut out, where they hold nothing but text and ends of lines.
TAGS = ("para",)
_TEXT = re.compile(rf">((?:[^<]|<br/>)++)(?=</(?:{'|'.join(TAGS)})>)")
_ATTRIBUTE = re.compile(r'\b(title|author|subject|creator|keywords)="([^"<>]*)"')
#: Elements that say what the document is, and where each begins.
_SPEAKERS = ("document", "template")
_HELD = "\0"
#: Instructions and the like, in which tags are none; docgen's own elements, which become others.
_NOT_CUT = re.compile(r"<!|<(?:addressWindow|epcQr|markdown|letterhead)\b")
#: What XML cannot hold, or changes as it is read.
_NOT_READ = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MEANT = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "#34": '"', "#39": "'"}


@dataclass(frozen=True, slots=True)
class Cut:
    """A merged body in parts.

    Attributes:
        template: all but its texts and what it says of itself; equal in documents that differ in those alone.
        texts: as written, in their order.
        said: what it says of itself, by element and attribute.
    """

    template: str
    texts: list[str]
    said: Mapping[tuple[str, str], str]


def cut(merged: str) -> Cut | None:
    """Return a merged body in parts, None where it has what could be mistaken."""
    if _HELD in merged or "]]>" in merged or merged.find("<?", 1) >= 0 or _NOT_CUT.search(merged):
        return None
    said: dict[tuple[str, str], str] = {}
    for speaker in _SPEAKERS:
        start = merged.find(f"<{speaker}")
        end = merged.find(">", start)
        if start < 0 or end < 0:
            return None
        head = merged[start:end]
        said.update([((speaker, name), value) for name, value in _ATTRIBUTE.findall(head)])
        merged = f"{merged[:start]}{_ATTRIBUTE.sub(_HELD, head)}{merged[end:]}"
    parts = _TEXT.split(merged)
    return Cut(_HELD.join(parts[::2]), parts[1::2], said)


def read(written: str) -> str | None:
    """Return what a text says that was cut out, lines parted as a paragraph has them; None where it is not sure."""
    if _NOT_READ.search(written):
        return None
    lines = [_unescaped(line) for line in written.split("<br/>")]
    return None if None in lines else LINE_END.join(map(tidy, lines))  # type: ignore[arg-type]


def read_said(written: Mapping[tuple[str, str], str], otherwise: Mapping[str, str]) -> Said | None:
    """Return what a document says of itself, None where it is not sure.

    Args:
        written: as in `Cut`.
        otherwise: what it says where its body does not.
    """
    values = []
    for name in ("title", "author", "subject", "keywords", "creator"):
        found = written.get(("document", name)) or (name != "keywords" and written.get(("template", name)))
        value = otherwise.get(name, "") if not found else None if _NOT_READ.search(found) else _unescaped(found)
        if value is None or "\n" in value or "\t" in value:
            return None
        values.append((name.capitalize(), value))
    return tuple(values)


def _unescaped(written: str) -> str | None:
    first, *others = written.split("&")
    said = first
    for other in others:
        name, end, rest = other.partition(";")
        if not end or name not in _MEANT:
            return None
        said += _MEANT[name] + rest
    return said


def holders(root: etree._Element, texts: Sequence[str]) -> dict[etree._Element, int] | None:
    """Return which elements hold which of the texts that were cut out, and nothing else; None where others stand there.

    What is left out of several texts of one paragraph is not one to be held.
    """
    found: dict[etree._Element, int] = {}
    count = 0
    for _, element in etree.iterwalk(root, events=("end",), tag=TAGS):
        text, whole = _last_text(element)
        if not text:
            continue
        if count == len(texts) or text != read(texts[count]):
            return None
        if whole:
            found[element] = count
        count += 1
    return found if count == len(texts) else None


def _last_text(element: etree._Element) -> tuple[str, bool]:
    """Return the text at the end of an element, and whether it is all that the element holds."""
    text = ""
    for child in reversed(element):
        text = (child.tail or "") + text
        if child.tag != "br" or len(child) or child.text or child.keys():
            return text, False
        text = LINE_END + text
    return (element.text or "") + text, True
