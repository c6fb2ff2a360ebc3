"""Floor 2, edges: Word's fields as a tree, read from the marks that Word spreads over runs and paragraphs.

A field begins, says its code, may show a result, and ends (ECMA-376 part 1, 17.16.18); a simple field (17.16.19) is
first written out like that. Knows how fields are taken out of a text; refuses to know what their codes mean.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from lxml import etree

from docgen.render.docx.spot import w

Element: TypeAlias = etree._Element

_P, _R, _LOOK, _CHAR, _CODE = w("p"), w("r"), w("rPr"), w("fldChar"), w("instrText")
_SIMPLE, _BOX = w("fldSimple"), w("txbxContent")
#: What is struck out counts for nothing.
_DELETED = frozenset({w("del"), w("moveFrom")})
_WRAPPERS = frozenset({w("ins"), w("smartTag"), w("moveTo")})
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DEEPEST = 20


@dataclass(frozen=True, eq=False)
class Break:
    """The end of a paragraph within a field, and the paragraph that follows."""

    before: Element
    after: Element


@dataclass(eq=False)
class Field:
    """One field.

    Attributes:
        begin: the run with the mark; so are `separate` and `end`.
        code: runs with one child each, fields, breaks, and contents of text boxes, in their order.
        result: the same, of what the field last showed.
    """

    begin: Element
    code: list[Item] = field(default_factory=list)
    separate: Element | None = None
    result: list[Item] = field(default_factory=list)
    end: Element | None = None

    def add(self, item: Item) -> None:
        """Add what comes next."""
        (self.code if self.separate is None else self.result).append(item)


Item: TypeAlias = Element | Field | Break


@dataclass(frozen=True, eq=False)
class Unbalanced:
    """A mark of a field without its other end."""

    mark: Element
    problem: str


# --- looking --------------------------------------------------------------------------------------


def find_kinds(root: Element) -> Iterator[tuple[Element, str]]:
    """Yield each field's first mark, or simple field, and the text of its own code; nothing is changed."""
    stack: list[tuple[Element, list[str], list[bool]]] = []
    for node in root.iter(_SIMPLE, _CHAR, _CODE):
        if node.tag == _SIMPLE:
            yield node, node.get(w("instr"), "")
        elif node.tag == _CODE:
            if stack and not stack[-1][2]:
                stack[-1][1].append(node.text or "")
        elif (sort := node.get(w("fldCharType"))) == "begin":
            stack.append((node, [], []))
        elif stack and sort == "separate":
            stack[-1][2].append(True)
        elif stack:
            mark, texts, _ = stack.pop()
            yield mark, "".join(texts)


# --- reading --------------------------------------------------------------------------------------


def prepare(root: Element) -> None:
    """Give every mark, code and text of fields a run of its own, in place."""
    for simple in list(root.iter(_SIMPLE)):
        _write_out(simple)
    paragraphs = {id(one): one for mark in root.iter(_CHAR) for one in mark.iterancestors(_P)}
    for paragraph in paragraphs.values():
        for wrapper in [one for one in paragraph.iter(*_WRAPPERS) if _holds_mark(one)]:
            _unwrap(wrapper)
        for error in list(paragraph.iter(w("proofErr"))):
            error.getparent().remove(error)
        for run in list(paragraph.iter(_R)):
            _part(run)


def _holds_mark(node: Element) -> bool:
    return next(node.iter(_CHAR, _CODE), None) is not None


def _unwrap(wrapper: Element) -> None:
    for child in list(wrapper):
        if child.tag != w("smartTagPr"):
            wrapper.addprevious(child)
    wrapper.getparent().remove(wrapper)


def _write_out(simple: Element) -> None:
    look = next((run.find(_LOOK) for run in simple.iter(_R)), None)
    marks = [make_run(look, _CHAR) for _ in range(3)]
    for mark, sort in zip(marks, ("begin", "separate", "end"), strict=True):
        mark[-1].set(w("fldCharType"), sort)
    for name in (w("dirty"), w("fldLock")):
        if name in simple.attrib:
            marks[0][-1].set(name, simple.get(name))
    results = [child for child in simple if child.tag != w("fldData")]
    for run in (marks[0], make_run(look, _CODE, simple.get(w("instr"), "")), marks[1], *results, marks[2]):
        simple.addprevious(run)
    simple.getparent().remove(simple)


def _part(run: Element) -> None:
    """Part a run that holds more than one thing."""
    children = [child for child in run if child.tag != _LOOK]
    for child in children[:-1]:
        one = etree.Element(_R, run.attrib)
        look = run.find(_LOOK)
        if look is not None:
            one.append(copy.deepcopy(look))
        run.addprevious(one)
        one.append(child)


def make_run(look: Element | None, tag: str, text: str | None = None) -> Element:
    """Return a new run in a look, with one child."""
    run = etree.Element(_R)
    if look is not None and len(look):
        run.append(copy.deepcopy(look))
    child = etree.SubElement(run, tag)
    if text is not None:
        child.set(_SPACE, "preserve")
        child.text = text
    return run


def read_story(root: Element) -> tuple[list[Item], list[Unbalanced]]:
    """Return the outermost fields, and the contents of text boxes outside of them, in their order; and what is amiss.

    Args:
        root: what holds one text: the body, a header, a note, the content of a text box; prepared.
    """
    found: list[Item] = []
    amiss: list[Unbalanced] = []
    stack: list[Field] = []
    paragraph: Element | None = None

    def add(item: Item) -> None:
        if stack:
            stack[-1].add(item)
        else:
            found.append(item)

    for node in _walk(root):
        if node.tag == _P:
            if stack and paragraph is not None:
                stack[-1].add(Break(paragraph, node))
            paragraph = node
        elif node.tag == _BOX:
            add(node)
        elif (mark := node.find(_CHAR)) is None:
            if stack:
                stack[-1].add(node)
        elif (sort := mark.get(w("fldCharType"))) == "begin" and len(stack) < _DEEPEST:
            stack.append(Field(node))
        elif not stack:
            amiss.append(Unbalanced(node, "a field ends here that has not begun"))
        elif sort == "begin":
            return [], [Unbalanced(node, f"more than {_DEEPEST} fields stand in each other")]
        elif sort == "separate":
            stack[-1].separate = node if stack[-1].separate is None else stack[-1].separate
        else:
            ended = stack.pop()
            ended.end = node
            add(ended)
    amiss += [Unbalanced(one.begin, "a field begins here and does not end") for one in stack]
    return found, amiss


def _walk(root: Element) -> Iterator[Element]:
    """Yield paragraphs, runs and contents of text boxes; what is in a text box is a story of its own."""
    walker = etree.iterwalk(root, events=("start",))
    for _, node in walker:
        if node.tag in _DELETED or (node.tag == _BOX and node is not root):
            walker.skip_subtree()
        if node.tag in (_P, _R) or (node.tag == _BOX and node is not root):
            yield node


def text_of(run: Element) -> str | None:
    """Return the text of a run as `read_story` gives it; None where it holds something else."""
    child = next((one for one in run if one.tag != _LOOK), None)
    if child is None:
        return ""
    if child.tag in (w("t"), _CODE):
        return child.text or ""
    return "\t" if child.tag == w("tab") else "\n" if child.tag in (w("br"), w("cr")) else None


def is_text(run: Element) -> bool:
    """Tell whether a run holds letters, rather than a tab, a line break or a picture."""
    return any(child.tag in (w("t"), _CODE) for child in run)


def runs_of(items: Iterable[Item]) -> Iterator[Element]:
    """Yield the runs of text among items, those of fields inside left out."""
    return (item for item in items if not isinstance(item, Field | Break) and item.tag == _R)


# --- taking out -----------------------------------------------------------------------------------


class Remover:
    """Takes fields out of a text, and joins the paragraphs that they parted."""

    def __init__(self) -> None:
        self._joined: dict[Element, Element] = {}

    def drop(self, items: Iterable[Item], *, whole: bool) -> bool:
        """Take items out; False where a paragraph cannot be joined with the next.

        Args:
            items: runs, fields with all that they hold, and ends of paragraphs.
            whole: tables between the paragraphs go too, as in a result; else they are in the way.
        """
        items = list(items)
        ends = [item for item in items if isinstance(item, Break)]
        if whole and ends:
            ends = [Break(ends[0].before, ends[-1].after)]
        done = True
        for item in items:
            if isinstance(item, Field):
                done = self.drop_field(item) and done
            elif not isinstance(item, Break) and item.tag == _R and item.getparent() is not None:
                item.getparent().remove(item)
        for end in ends:
            done = self._join(end, whole) and done
        return done

    def drop_field(self, one: Field) -> bool:
        """Take out a whole field."""
        marks = [mark for mark in (one.begin, one.separate, one.end) if mark is not None]
        return self.drop([*marks, *one.code, *one.result], whole=True)

    def _now(self, paragraph: Element) -> Element:
        while paragraph in self._joined:
            paragraph = self._joined[paragraph]
        return paragraph

    def _join(self, end: Break, whole: bool) -> bool:
        before, after = self._now(end.before), self._now(end.after)
        if before is after:
            return True
        container = before.getparent()
        if container is None or after.getparent() is not container:
            return False
        between = container[container.index(before) + 1 : container.index(after)]
        blocks = [node for node in between if node.tag in (_P, w("tbl"), w("sdt"))]
        look = before.find(w("pPr"))
        if (blocks and not whole) or any(next(node.iter(w("sectPr")), None) is not None for node in (before, *blocks)):
            return False
        for node in blocks:
            container.remove(node)
        if look is not None:  # the mark that stays is the last one's
            before.remove(look)
        before.extend([node for node in after if node.tag != w("pPr")])
        if (last := after.find(w("pPr"))) is not None:
            before.insert(0, last)
        container.remove(after)
        self._joined[after] = before
        return True


def settle_texts(root: Element) -> None:
    """Make text of what was a field's code and is not any more, and code of what stands in a code now."""
    stack: list[bool] = []
    for node in [child for run in _walk(root) if run.tag == _R for child in run]:
        sort = node.get(w("fldCharType")) if node.tag == _CHAR else None
        if sort == "begin":
            stack.append(True)
        elif stack and sort == "separate":
            stack[-1] = False
        elif stack and sort == "end":
            stack.pop()
        elif node.tag in (w("t"), _CODE):
            node.tag = _CODE if any(stack) else w("t")
