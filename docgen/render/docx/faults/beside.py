"""Floor 2, edges: what a Word template would lose or break by where its tags stand.

docxtpl puts `{%tr %}` in the place of its whole row, `{%tc %}` of its cell, `{%p %}` and `{{p }}` of their paragraph:
what else stands there vanishes without a word. And a block may begin and end only where the same elements are open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from docgen.render.docx.faults.statements import CELL, Block, Misplaced, short
from docgen.render.docx.faults.tags import PREFIXES, Line, Tag

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WHAT = {"tr": "row", "tc": "cell", "p": "paragraph"}
#: Element -> what people call it.
_THINGS = {
    f"{_W}drawing": "a picture", f"{_W}pict": "a picture", f"{_W}object": "an object", f"{_W}sectPr": "a section break",
    f"{_W}fldSimple": "a field", f"{_W}fldChar": "a field", f"{_W}footnoteReference": "a footnote",
    f"{_W}endnoteReference": "a footnote",
}  # fmt: skip
_BREAK = f"{_W}br"
_TABLE = {"tr": f"{_W}tbl", "tc": f"{_W}tr"}


def find_lost(tags: Iterable[Tag]) -> Iterator[Misplaced]:
    """Yield a fault for each row, cell and paragraph of which a tag would take the place and something be lost."""
    for prefix, name in (("tr", PREFIXES["tr"]), ("tc", PREFIXES["tc"]), ("p", PREFIXES["p"])):
        groups: dict[etree._Element, list[Tag]] = {}
        for tag in tags:
            if tag.prefix == prefix and not tag.span.problem:
                place = tag.ancestor(name)
                if place is None:
                    yield _outside(tag)
                else:
                    groups.setdefault(place, []).append(tag)
        for place, group in groups.items():
            if lost := _lost(place, group):
                yield lost


def _outside(tag: Tag) -> Misplaced:
    what = "table" if tag.prefix == "tr" else "table's row"
    rest = tag.inner[len(tag.prefix) :].strip()
    hint = f"for paragraphs, write {tag.span.opening}p {rest} {tag.text[-2:]}"
    problem = f"{tag.prefix} stands for a {_WHAT[tag.prefix]}, and no {what} is here"
    return Misplaced(tag, problem, hint)


def _lost(place: etree._Element, group: list[Tag]) -> Misplaced | None:
    last = group[-1]
    what = _WHAT[last.prefix]
    if len(group) > 1:
        first = group[0]
        problem = f"{short(first)} and {short(last)} stand in one {what}, of which only the last would be left"
        return Misplaced(first, problem, f"put each into a {what} of its own")
    rest = _text(place).replace(" ".join(last.text.split()), "", 1).strip()
    things = sorted(set(_things(place)))
    if rest:
        shown = rest if len(rest) <= 80 else f"{rest[:77].rstrip()}..."
        problem = f'the text "{shown}" in the {what} of {short(last)} would be lost'
    elif things:
        problem = f"{' and '.join(things)} in the {what} of {short(last)} would be lost"
    else:
        return None
    return Misplaced(last, problem, f"put the tag into a {what} of its own")


def _text(place: etree._Element) -> str:
    """Return the words of an element, a blank between paragraphs, without remarks."""
    paragraphs = [place] if place.tag == PREFIXES["p"] else place.iter(PREFIXES["p"])
    texts = ("".join(node.text or "" for node in each.iter(f"{_W}t")) for each in paragraphs)
    return " ".join(" ".join(_without_remarks(text).split()) for text in texts).strip()


def _without_remarks(text: str) -> str:
    while (start := text.find("{#")) >= 0 and (end := text.find("#}", start)) >= 0:
        if text[start + 2 : start + 5].startswith(("tr ", "tc ", "p ")):
            break
        text = text[:start] + text[end + 2 :]
    return text


def _things(place: etree._Element) -> Iterator[str]:
    for node in place.iter(etree.Element):
        if node.tag in _THINGS:
            yield _THINGS[str(node.tag)]
        elif node.tag == _BREAK and node.get(f"{_W}type") in ("page", "column"):
            yield "a page break"


def find_uneven(blocks: Iterable[Block], where: Callable[[Tag], str], faulty: set[Tag]) -> Iterator[Misplaced]:
    """Yield a fault for each block whose tags stand where different elements are open.

    Args:
        blocks: of a part.
        where: says where a tag is, for people.
        faulty: tags that are told of already.
    """
    for block in blocks:
        if not block.closed or faulty.intersection(block.tags):
            continue
        for tag in block.tags[1:]:
            if tag.level != block.opener.level:
                yield _uneven(block.opener, tag, where)
                break


def _uneven(opener: Tag, tag: Tag, where: Callable[[Tag], str]) -> Misplaced:
    if opener.prefix != tag.prefix and opener.prefix:
        what = _WHAT.get(opener.prefix, "run")
        problem = f"{short(opener)} is followed by {short(tag)} without {opener.prefix}"
        if tag.prefix:
            problem = f"{short(opener)} is followed by {short(tag)}, which takes the place of something else"
        hint = f"write {{%{opener.prefix} {tag.body} %}}" + (f" in a {what} of its own" if what != "run" else "")
    else:
        problem = f"{short(opener)} stands in {where(opener)}, and its {short(tag)} in {where(tag)}"
        hint = "put both into one paragraph, or write {%p … %} in paragraphs and {%tr … %} in rows of their own"
    return Misplaced(opener, f"{problem}: that would make it not well-formed", hint)


def find_twice(tags: Iterable[Tag]) -> Iterator[Misplaced]:
    """Yield a fault for each tag of a cell that has one of its kind already: docxtpl reads the last alone."""
    seen: dict[tuple[etree._Element | None, str], Tag] = {}
    for tag in tags:
        if tag.word in CELL:
            first = seen.setdefault((tag.ancestor(PREFIXES["tc"]), tag.word), tag)
            if first is not tag:
                yield Misplaced(tag, f"{tag.word} stands in this cell twice", "take one of them out")


def outside_cell(tag: Tag) -> tuple[str, str] | None:
    """Return problem and hint of a tag for cells that stands in none."""
    if tag.ancestor(PREFIXES["tc"]) is not None:
        return None
    return f"{tag.word} stands outside of a table's cell", "it belongs into the cell that it changes"


def split_code(tag: Tag) -> bool:
    """Tell whether a tag in a field code or a deletion is spread over runs, where docxtpl does not put it together."""
    line: Line = tag.line
    first, last = line.piece(tag.span.start), line.piece(max(tag.span.end - 1, 0))
    return first != last and any(node.tag != f"{_W}t" for node in line.nodes[first : last + 1])
