"""Floor 2, edges: a copy of a Word template with a comment at each of its faults. Judges nothing.

A comment stands around the tag it is about. Where Word allows none, in headers, footers, notes and text boxes, it
stands at the paragraph around that, or at the document's beginning, and says where the fault is.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from docgen.errors import DocgenError
from docgen.merge import Merger
from docgen.model import Where
from docgen.render.docx.faults.places import Steps, near
from docgen.render.docx.faults.statements import short
from docgen.render.docx.faults.survey import Survey
from docgen.render.docx.faults.tags import Tag
from docgen.render.docx.package import Assembly, Package
from docgen.render.docx.spot import W, w

AUTHOR, INITIALS = "docgen", "dg"
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TEXT_BOX = w("txbxContent")
_MAIN = "text"


def annotate(content: bytes, faults: Sequence[DocgenError], now: datetime) -> bytes:
    """Return a Word file with a comment for each fault.

    Args:
        content: the template.
        faults: of this file, with their places.
        now: the date of the comments.

    Raises:
        TemplateError: it is no Word document.
    """
    package = Package(content, Where())
    assembly = Assembly(package)
    body = assembly.tree(package.main).find(w("body"))
    finder = _Finder(body)
    comments = _Comments(assembly, package.main, now)
    marks: dict[Tag | etree._Element, list[str]] = {}
    for fault in faults:
        spot, place = finder.find(fault)
        if spot is not None:
            problem = fault.problem
            if isinstance(spot, Tag):  # the comment shows what it is about
                problem = problem.removesuffix(f', in "{near(spot)}"').removeprefix(f"{short(spot)}: ")
            marks.setdefault(spot, []).append(comments.add(fault, problem, place))
    # From the end, so that a run that is parted does not move what stands before.
    for tag in sorted((spot for spot in marks if isinstance(spot, Tag)), key=lambda tag: tag.order, reverse=True):
        _around(*_cut(tag), marks[tag])
    for spot, identities in marks.items():
        if not isinstance(spot, Tag):
            _around_paragraph(spot, identities)
    comments.save()
    return assembly.save()


class _Finder:
    """Finds what a fault is about: its tag, else its paragraph, else the document's first."""

    def __init__(self, body: etree._Element) -> None:
        survey = Survey(body, _MAIN, Merger(None, "xml"), Where())
        steps = Steps(body)
        self._tags: dict[tuple[str | int, ...], list[Tag]] = {}
        for tag in survey.tags:
            self._tags.setdefault(survey.place(tag).path, []).append(tag)
        self._paragraphs: dict[tuple[str | int, ...], etree._Element] = {}
        for paragraph in body.iter(w("p")):
            if _is_open(paragraph):
                self._paragraphs.setdefault((_MAIN, *steps.to(paragraph)), paragraph)
        self._seen: Counter[tuple[object, ...]] = Counter()

    def find(self, fault: DocgenError) -> tuple[Tag | etree._Element | None, str]:
        """Return the tag or the paragraph, and what to say of the place where it is another."""
        path = fault.where.path if fault.where else ()
        about = [tag for tag in self._tags.get(path, []) if _is_about(fault, tag)]
        key = (path, fault.value, fault.problem)
        self._seen[key] += 1
        if about:
            tag = about[min(self._seen[key], len(about)) - 1]
            if _in_runs(tag):
                return tag, ""
            around = (node for node in tag.node.iterancestors(w("p")) if _is_open(node))
            return next(around, self._first), ""
        if path in self._paragraphs:
            return self._paragraphs[path], ""
        return self._first, " › ".join(map(str, path))

    @property
    def _first(self) -> etree._Element | None:
        return next(iter(self._paragraphs.values()), None)


def _is_about(fault: DocgenError, tag: Tag) -> bool:
    return tag.text == fault.value if fault.value else near(tag) in fault.problem


class _Comments:
    """The comments of a document, those that are there already among them."""

    def __init__(self, assembly: Assembly, main: str, now: datetime) -> None:
        self._assembly = assembly
        self._main = main
        self._date = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        there = assembly.package.related(main, "comments")
        self._name = there[0] if there else ""
        self._root = assembly.tree(self._name) if self._name else etree.Element(w("comments"), nsmap={"w": W})
        used = [int(node.get(w("id"), "-1")) for node in self._root.iter(w("comment"))]
        self._next = max(used, default=-1) + 1

    def add(self, fault: DocgenError, problem: str, place: str) -> str:
        """Add a comment and return its id."""
        identity = str(self._next)
        self._next += 1
        attributes = {"id": identity, "author": AUTHOR, "date": self._date, "initials": INITIALS}
        comment = etree.SubElement(self._root, w("comment"), {w(name): value for name, value in attributes.items()})
        texts = [_sentence(f"{place}: {problem}" if place else problem)]
        texts += [_sentence(fault.hint)] if fault.hint else []
        for number, text in enumerate(texts):
            paragraph = etree.SubElement(comment, w("p"))
            if not number:
                etree.SubElement(etree.SubElement(paragraph, w("r")), w("annotationRef"))
            node = etree.SubElement(etree.SubElement(paragraph, w("r")), w("t"))
            node.set(_SPACE, "preserve")
            node.text = text
        return identity

    def save(self) -> None:
        """Put the part into the document, where it is new."""
        if not self._name:
            content = etree.tostring(self._root, xml_declaration=True, encoding="UTF-8", standalone=True)
            name = self._assembly.add("word/comments{}.xml", content, _MEDIA_TYPE)
            self._assembly.relate(self._main, "comments", name)


def _sentence(text: str) -> str:
    first = text[0].upper() if text[0].islower() else text[0]
    return f"{first}{text[1:]}{'' if text[-1] in '.?!' else '.'}"


# --- the text -------------------------------------------------------------------------------------


def _is_open(node: etree._Element) -> bool:
    return not any(parent.tag == _TEXT_BOX for parent in node.iterancestors())


def _in_runs(tag: Tag) -> bool:
    """Tell whether a tag stands in runs of one paragraph, one beside the other."""
    line = tag.line
    nodes = line.nodes[line.piece(tag.span.start) : line.piece(tag.span.end - 1) + 1]
    runs = [node.getparent() for node in nodes]
    plain = all(node.tag == w("t") and run.tag == w("r") for node, run in zip(nodes, runs, strict=True))
    return plain and _is_open(runs[0]) and len({run.getparent() for run in runs}) == 1


def _cut(tag: Tag) -> tuple[etree._Element, etree._Element]:
    """Part the runs at a tag's ends, and return the first and the last run of the tag alone."""
    line, (start, end) = tag.line, (tag.span.start, tag.span.end)
    first, last = line.piece(start), line.piece(end - 1)
    _part(line.nodes[last], end - line.starts[last])
    behind = _part(line.nodes[first], start - line.starts[first])
    begin = line.nodes[first].getparent() if behind is None else behind
    return begin, begin if first == last else line.nodes[last].getparent()


def _part(text: etree._Element, at: int) -> etree._Element | None:
    """Move what follows a character of a run into a run of its own; return that, None where the run begins there."""
    run, whole = text.getparent(), text.text or ""
    leading = [node for node in text.itersiblings(preceding=True) if node.tag != w("rPr")]
    if at <= 0 and not leading:
        return None
    following = list(text.itersiblings())
    behind = etree.Element(w("r"))
    look = run.find(w("rPr"))
    if look is not None:
        behind.append(copy.deepcopy(look))
    if at < len(whole):
        rest = etree.SubElement(behind, w("t"))
        rest.set(_SPACE, "preserve")
        rest.text, text.text = whole[at:], whole[:at]
        text.set(_SPACE, "preserve")
    elif not following:
        return behind
    behind.extend(following)
    run.addnext(behind)
    return behind


def _around(first: etree._Element, last: etree._Element, identities: Sequence[str]) -> None:
    for identity in identities:
        first.addprevious(etree.Element(w("commentRangeStart"), {w("id"): identity}))
    for identity in reversed(identities):
        reference = etree.Element(w("r"))
        etree.SubElement(reference, w("commentReference"), {w("id"): identity})
        last.addnext(reference)
        last.addnext(etree.Element(w("commentRangeEnd"), {w("id"): identity}))


def _around_paragraph(paragraph: etree._Element, identities: Sequence[str]) -> None:
    content = [node for node in paragraph if node.tag != w("pPr")]
    if not content:
        content = [etree.SubElement(paragraph, w("r"))]
    _around(content[0], content[-1], identities)
