"""Floor 2, edges: tags that would stay with the first record in a text that goes from record to record, as labels do.

Jinja looks a name up once. On a sheet of labels it would print the first customer's data on everybody's label, so that
each such use is a fault; `merge_field("name")` looks again whenever it is printed. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jinja2 import nodes
from jinja2.exceptions import SecurityError, TemplateNotFound
from jinja2.meta import find_undeclared_variables

from docgen.errors import DocgenError, TemplateSyntax
from docgen.merge import Merger
from docgen.render.docx.fields.names import literal
from docgen.render.docx.parts import TextPart
from docgen.sandbox import Sandbox

#: Names that mean the same for every record.
_ALIKE = frozenset({"company", "texts", "today"})
_OTHERS = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)


def find_staying(part: TextPart, merger: Merger) -> list[DocgenError]:
    """Return a fault for each use of a record's name that would not go on with the records."""
    environment = merger.environment
    faults: list[DocgenError] = []
    for line, problem, hint in _staying(environment.parse(part.source), environment, frozenset()):
        where = replace(part.compiled.where, line=line)
        faults.append(part.placed(TemplateSyntax(problem, where=where, hint=hint)))
    return faults


def _staying(tree: nodes.Template, environment: Sandbox, above: frozenset[str]) -> Iterator[tuple[int, str, str]]:
    """Yield line, problem and hint."""
    free = find_undeclared_variables(tree) - _ALIKE
    given = {id(call.node) for call in tree.find_all(nodes.Call) if _is_of_something(call)}
    for name in tree.find_all(nodes.Name):
        if name.ctx != "load":
            continue
        if name.name in free:
            asked = f"merge_field({literal(name.name)})"
            yield name.lineno, _said(name.name), f"write {asked}, or the merge field MERGEFIELD {name.name}"
        elif name.name == "address" and id(name) not in given:
            yield name.lineno, _said("address()"), "write word_address(), or the field ADDRESSBLOCK"
    for node in tree.find_all(_OTHERS):
        yield from _of_other(node, environment, above)


def _said(name: str) -> str:
    return f"{name} would print the first record of the sheet on all labels"


def _is_of_something(call: nodes.Call) -> bool:
    """Tell whether a call of `address` says whose, rather than looking for the record itself."""
    return bool(call.args) or any(pair.key not in ("from_country", "language") for pair in call.kwargs)


def _of_other(node: nodes.Node, environment: Sandbox, above: frozenset[str]) -> Iterator[tuple[int, str, str]]:
    """Yield what another file of the folder would print, at the tag that asks for the file."""
    assert isinstance(node, _OTHERS)
    if not isinstance(node.template, nodes.Const) or not isinstance(node.template.value, str):
        yield node.lineno, "a text that goes from record to record must name the files it takes in", "write the name"
        return
    name = node.template.value
    if name in above or environment.loader is None:
        return
    try:
        tree = environment.parse(environment.loader.get_source(environment, name)[0], name)
    except (TemplateNotFound, SecurityError):
        return  # rendering says so
    for _, problem, hint in _staying(tree, environment, above | {name}):
        yield node.lineno, f"in {name}, {problem}", hint
