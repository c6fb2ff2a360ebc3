"""Floor 2, edges: every fault of a Word template's part in one pass, each with its place.

Jinja stops at the first fault; here each tag is read by itself, then the blocks they make. What is told of once is not
told of again: a broken tag counts as what it was meant to be. Compiles and renders nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from jinja2 import TemplateSyntaxError, nodes
from lxml import etree

from docgen.errors import DocgenError, FieldMissing, TemplateSyntax
from docgen.inspect_fields import prefixes
from docgen.merge import Merger
from docgen.model import Where
from docgen.render.docx.faults.beside import find_lost, find_twice, find_uneven, outside_cell, split_code
from docgen.render.docx.faults.places import Steps, near
from docgen.render.docx.faults.standins import alone, closing, meant, stand_in
from docgen.render.docx.faults.statements import (
    CELL,
    Blocks,
    find_blocks,
    names_set,
    short,
    statement_of,
)
from docgen.render.docx.faults.tags import Tag, read_tags
from docgen.render.docx.faults.wording import glued_prefix, say, unknown_name, unknown_word
from docgen.walk import Trace

#: Places that one unknown field is reported at.
MOST_PLACES = 20
_TOO_DEEP = ("the tag is nested too deeply", "work a part of it out before, by {% set name = … %}")
_LONGEST = 20_000
_KNOWN = frozenset({"loop", "caller", "super", "self", "varargs", "kwargs"})


@dataclass(frozen=True, eq=False)
class Finding:
    """A fault and the tag that has it."""

    tag: Tag
    problem: str
    hint: str = ""


class Survey:
    """What can be told of one part's tags without merging it."""

    def __init__(
        self, root: etree._Element, label: str | tuple[str, ...], merger: Merger, where: Where, number: int = 0
    ) -> None:
        """Read the tags.

        Args:
            root: the part, as its author wrote it.
            label: what people call it: `text`, `header 1`.
            merger: knows filters, tests and functions.
            where: the file.
            number: of the part, for the order of faults.
        """
        self.tags = read_tags(root)
        self._steps = Steps(root)
        self._path = (label,) if isinstance(label, str) else label
        self._merger = merger
        self._where = where
        self._number = number
        #: How many tags were faulty when all were read together, and what came of it.
        self._read: tuple[int, nodes.Template | None] = (-1, None)

    @cached_property
    def faults(self) -> list[DocgenError]:
        """Every fault, in the order of the document."""
        return [self._fault(one) for one in sorted(self._findings, key=lambda one: one.tag.order)]

    @cached_property
    def fields(self) -> frozenset[str]:
        """Dotted paths that the sound tags use, other than what every context has."""
        return self._merger.fields_in(self._tree)

    def everywhere(self, fault: DocgenError) -> list[DocgenError]:
        """Return the fault of an unknown field once for each place that uses it, at most `MOST_PLACES`."""
        tags = [self.tags[line - 1] for line in sorted(self._used.get(fault.field, ()))]
        # A line of Word's merge fields asks first whether they are filled, and would be told of twice.
        tags = [tag for tag in tags if not tag.body.startswith("if word_filled(")]
        found: list[DocgenError] = []
        for tag in tags[:MOST_PLACES]:
            problem, hint = self._unknown(fault, tag)
            one = FieldMissing(problem, hint=hint, field=fault.field, value=tag.text)
            found.append(self.placed(one, tag))
        if len(tags) > MOST_PLACES:
            found[-1].problem += f", and in {len(tags) - MOST_PLACES} more places behind it"
        return found

    def placed(self, fault: DocgenError, tag: Tag) -> DocgenError:
        """Return a fault with the place of a tag and the text around it."""
        fault.where = self.place(tag)
        fault.order = (self._number, *tag.order)
        if (text := near(tag)) not in fault.problem:
            fault.problem = f'{fault.problem}, in "{text}"'
        return fault

    def place(self, tag: Tag) -> Where:
        """Return the place of a tag."""
        return replace(self._where, path=(*self._path, *self._steps.to(tag.line.holder)))

    # --- faults --------------------------------------------------------------------------------

    def _fault(self, one: Finding) -> DocgenError:
        tag, problem = short(one.tag), one.problem
        if near(one.tag) != one.tag.text and tag not in problem:
            problem = f"{tag}: {problem}"
        return self.placed(TemplateSyntax(problem, hint=one.hint, value=one.tag.text), one.tag)

    @cached_property
    def _findings(self) -> list[Finding]:
        findings = [found for tag in self.tags if (found := _look_at(tag))]
        self._faulty.update(one.tag for one in findings)
        findings += self._compile()
        blocks = (Finding(one.tag, one.problem, one.hint) for one in self._blocks.faults)
        findings += [one for one in blocks if one.tag not in self._faulty]
        findings += self._names()
        faulty = {one.tag for one in findings}
        lost = (Finding(one.tag, one.problem, one.hint) for one in (*find_lost(self.tags), *find_twice(self.tags)))
        findings += [one for one in lost if one.tag not in faulty]
        faulty |= {one.tag for one in findings}
        uneven = find_uneven(self._blocks.all, self._said, faulty)
        findings += [Finding(one.tag, one.problem, one.hint) for one in uneven]
        return findings

    @cached_property
    def _faulty(self) -> set[Tag]:
        """Tags that Jinja could not read."""
        return set()

    @cached_property
    def _blocks(self) -> Blocks:
        return find_blocks(self.tags)

    def _said(self, tag: Tag) -> str:
        return " › ".join(map(str, self.place(tag).path[1:])) or self._path[0]

    def _compile(self) -> list[Finding]:
        """Read all tags together; where that fails, each by itself."""
        if self._parsed() is not None:
            return []
        findings = []
        for tag in self.tags:
            if tag not in self._faulty and tag not in self._blocks.dropped and (said := self._try(tag)):
                findings.append(Finding(tag, *said))
                self._faulty.add(tag)
        return findings

    def _try(self, tag: Tag) -> tuple[str, str] | None:
        try:
            self._merger.environment.parse(alone(tag))
        except TemplateSyntaxError as error:
            return say(error.message or "", tag)
        except (RecursionError, MemoryError):
            return _TOO_DEEP
        except Exception as error:  # the lexer fails on a number of thousands of digits, for one
            return f"the tag cannot be read: {error}", ""
        return None

    def _parsed(self) -> nodes.Template | None:
        """Return the tags as one tree, None where they cannot be read together."""
        if self._read[0] != len(self._faulty):
            try:
                tree = self._merger.environment.parse(self._source)
            except Exception:  # whatever it is: tags are tried one by one, and the whole part is compiled afterwards
                tree = None
            self._read = (len(self._faulty), tree)
        return self._read[1]

    @property
    def _source(self) -> str:
        """The tags alone, one a line, broken ones replaced, with every block closed."""
        ends = self._blocks.ends
        lines = [closing(ends.get(tag)) + self._statement(tag) for tag in self.tags]
        return "\n".join([*lines, closing(ends.get(None))])

    def _statement(self, tag: Tag) -> str:
        if tag in self._blocks.dropped or tag.span.opening == "{#":
            return ""
        if tag in self._faulty:
            return stand_in(tag)
        return meant(tag)

    @cached_property
    def _tree(self) -> nodes.Template:
        """The tags as one tree; the line of a node is the number of its tag."""
        _ = self._findings
        return self._parsed() or nodes.Template([], lineno=1)

    # --- names ---------------------------------------------------------------------------------

    def _names(self) -> list[Finding]:
        """Return a fault for each filter, test and function that there is not."""
        tree = self._parsed()
        try:
            found = list(self._unknown_names(tree)) if tree else []
        except RecursionError:
            deep = [tag for tag in self.tags if self._is_deep(tag)]
            self._faulty.update(deep)
            return [Finding(tag, *_TOO_DEEP) for tag in deep]
        return [Finding(tag, *said) for tag, _, said in sorted(found, key=lambda one: one[1])]

    def _is_deep(self, tag: Tag) -> bool:
        try:
            list(self._merger.environment.parse(alone(tag)).find_all(nodes.Expr))
        except RecursionError:
            return True
        except Exception:  # it cannot be read at all, which is told for the tag itself
            return False
        return False

    def _unknown_names(self, tree: nodes.Template) -> Iterator[tuple[Tag, int, tuple[str, str]]]:
        environment = self._merger.environment
        functions = {*environment.globals, *_KNOWN, *_given_names(tree)}
        functions.update(name for name, _ in names_set(self.tags))
        for node in tree.find_all((nodes.Filter, nodes.FilterBlock, nodes.Test, nodes.Call)):
            match node:
                case nodes.Filter(name=name) if name not in environment.filters:
                    said = unknown_name("filter", name, environment.filters)
                case nodes.Test(name=name) if name not in environment.tests:
                    said = unknown_name("test", name, environment.tests)
                case nodes.Call(node=nodes.Name(name=name)) if name not in functions:
                    said = unknown_name("function", name, environment.globals)
                case _:
                    continue
            tag = self.tags[min(node.lineno, len(self.tags)) - 1]
            yield tag, tag.text.find(name), said

    @cached_property
    def _trace(self) -> Trace:
        return self._merger.trace(self._tree)

    @cached_property
    def _used(self) -> dict[str, set[int]]:
        """Dotted path -> lines of the tree that use it, or something under it."""
        found: dict[str, set[int]] = {}
        for node in self._tree.find_all(nodes.Expr):
            for path in filter(None, self._trace.paths.get(id(node), "").split("|")):
                for whole in (path, *prefixes(path)):
                    found.setdefault(whole, set()).add(node.lineno)
        return found

    @cached_property
    def _of_loops(self) -> dict[str, Tag]:
        """Name that only a block knows -> the tag that names it."""
        return {name: tag for name, tag in names_set(self.tags) if statement_of(tag) == "for"}

    def _unknown(self, fault: DocgenError, tag: Tag) -> tuple[str, str]:
        name = re.split(r"[.\[]", fault.field, maxsplit=1)[0]
        loop = self._of_loops.get(name)
        if name == "loop":
            return "loop is known only inside of {% for %}", "take it out, or put it into the loop"
        if loop is None:
            return fault.problem, fault.hint
        return f"{name} is known only between {short(loop)} and its end", "put the tag into the loop"


def _look_at(tag: Tag) -> Finding | None:
    """Return what is wrong with a tag's braces, prefix or first word."""
    if tag.span.problem:
        return Finding(tag, tag.span.problem, tag.span.hint)
    if len(tag.text) > _LONGEST and tag.span.opening != "{#":
        return Finding(tag, f"the tag is longer than {_LONGEST} characters", _TOO_DEEP[1])
    if split_code(tag):
        return Finding(tag, "the tag is spread over pieces of a field's code", "delete it and type it anew in one go")
    checks: list[Callable[[Tag], tuple[str, str] | None]] = [glued_prefix]
    if tag.span.opening == "{%":
        checks.append(unknown_word)
    if tag.word in CELL:
        checks.append(outside_cell)
    if tag.span.opening == "{{" and re.match(r"\{.*\}$", tag.body) and ":" not in tag.body:
        return Finding(tag, "there are braces too many", f"write {{{{ {tag.body.strip('{} ')} }}}}")
    return next((Finding(tag, *said) for check in checks if (said := check(tag))), None)


def _given_names(tree: nodes.Template) -> Iterator[str]:
    """Yield what the part itself gives a meaning to."""
    for node in tree.find_all((nodes.Name, nodes.Macro, nodes.Import, nodes.FromImport)):
        match node:
            case nodes.Name(ctx="store" | "param"):
                yield node.name
            case nodes.Macro():
                yield node.name
            case nodes.Import():
                yield node.target
            case nodes.FromImport():
                yield from (name[1] if isinstance(name, tuple) else name for name in node.names)
