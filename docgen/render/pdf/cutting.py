"""Floor 2, edges: a merged body cut into what its template says and the texts that a record brings into it.

Documents whose first parts are equal differ in texts alone, and those are read here without parsing the rest. What
cannot be read so for sure is not cut at all. Knows how XML is written, and draws nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from docgen.render.pdf.file import Said
from docgen.render.pdf.glyphs import tidy
from docgen.render.pdf.layout.paraplain import LINE_END

#: The element whose texts are cut out, as far as they hold nothing but text and ends of lines.
_TAG, _END, _LINE_END = "para", "</para>", "<br/>"
#: Others, which are few in a body, and how their ends begin.
_OTHERS = frozenset(
    ["title", "h1", "h2", "h3", "h4", "h5", "h6", "drawString", "drawRightString", "drawCenteredString",
     "drawCentredString", "drawAlignedString"]
)  # fmt: skip
_OTHER_ENDS = ("</title>", "</h", "</draw")
_ATTRIBUTE = re.compile(r'\b(title|author|subject|creator|keywords)="([^"<>]*)"')
#: Elements that say what the document is, and where each begins.
_SPEAKERS = ("document", "template")
_HELD = "\0"
#: In what begins so tags may be none; docgen's own elements become others.
_NOT_CUT = ("<!", "]]>", "<addressWindow", "<epcQr", "<markdown", "<letterhead")
#: What XML cannot hold, or changes as it is read.
_NOT_READ = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MEANT = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "#34": '"', "#39": "'"}


@dataclass(frozen=True, slots=True)
class Cut:
    """A merged body in parts.

    Attributes:
        template: all but its texts and what it says of itself; equal in documents that differ in those alone.
        texts: as written, in their order; those that stand in no paragraph come last.
        said: what it says of itself, by element and attribute.
    """

    template: str
    texts: list[str]
    said: Mapping[tuple[str, str], str]


def cut(merged: str) -> Cut | None:
    """Return a merged body in parts, None where it has no head; see `is_sure` on what the parts are worth."""
    said: dict[tuple[str, str], str] = {}
    for speaker in _SPEAKERS:
        start = merged.find(f"<{speaker}")
        end = merged.find(">", start)
        if start < 0 or end < 0:
            return None
        head = merged[start:end]
        said.update([((speaker, name), value) for name, value in _ATTRIBUTE.findall(head)])
        merged = f"{merged[:start]}{_ATTRIBUTE.sub(_HELD, head)}{merged[end:]}"
    merged, others = _take_others(merged)
    *pieces, last = merged.split(_END)
    template, texts = [], []
    for piece in pieces:
        before, _, text = piece.rpartition(">")
        if before[-4:] == "<br/":
            text = _from_first_line(piece)
            before = piece[: -len(text) - 1]
        if text and not text.isspace():
            template.append(before)
            texts.append(text)
        else:
            template.append(piece + _END)
    return Cut(_HELD.join((*template, last)), [*texts, *others], said)


def _take_others(merged: str) -> tuple[str, list[str]]:
    """Return a body without the texts of headings and strings, and those."""
    places = []
    for end in _OTHER_ENDS:
        stop = merged.find(end)
        while stop >= 0:
            if merged[stop + 2 : merged.find(">", stop)] in _OTHERS:
                text = _from_first_line(merged[:stop])
                if text and not text.isspace():
                    places.append((stop, text))
            stop = merged.find(end, stop + 1)
    out, done = [], 0
    for stop, text in sorted(places):
        out.append(merged[done : stop - len(text)])
        done = stop
    return _HELD.join((*out, merged[done:])), [text for _, text in sorted(places)]


def _from_first_line(piece: str) -> str:
    """Return the text at the end of a piece with the ends of lines in it."""
    at = piece.rfind(">") + 1
    while piece[at - 5 : at] == _LINE_END:
        at = piece.rfind(">", 0, at - 5) + 1
    return piece[at:]


def is_sure(template: str) -> bool:
    """Return whether a template has nothing that could be mistaken for what it is not."""
    return template.find("<?", 1) < 0 and not any(mark in template for mark in _NOT_CUT)


def read(written: str) -> str | None:
    """Return what a text says that was cut out, lines parted as a paragraph has them; None where it is not sure."""
    if written.isascii() and written.isprintable() and "&" not in written and "<" not in written:
        return written
    if _NOT_READ.search(written):
        return None
    lines = [None if "<" in line else _unescaped(line) for line in written.split(_LINE_END)]
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
    for element in _ended(root):
        text, whole = _last_text(element)
        if not text or text.isspace():
            continue
        if count == len(texts) or text != read(texts[count]):
            return None
        if whole:
            found[element] = count
        count += 1
    return found if count == len(texts) else None


def _ended(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the elements that texts are cut out of, in the order of the texts."""
    for _, element in etree.iterwalk(root, events=("end",), tag=_TAG):
        yield element
    for _, element in etree.iterwalk(root, events=("end",), tag=_OTHERS):
        yield element


def _last_text(element: etree._Element) -> tuple[str, bool]:
    """Return the text at the end of an element, and whether it is all that the element holds."""
    text = ""
    for child in reversed(element):
        text = (child.tail or "") + text
        if child.tag != "br" or len(child) or child.text or child.keys():
            return text, False
        text = LINE_END + text
    return (element.text or "") + text, True
