"""Floor 1, rules: which fields a template uses, and whether its manifest declares those. Renders nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from jinja2 import Environment, nodes

from docgen.address import NAMES
from docgen.errors import DocgenError, FieldMissing, FieldUnused, did_you_mean
from docgen.fields import FieldSpec, FieldType
from docgen.optout import LINKS
from docgen.walk import ADDRESS, Load, trace

_STEP = re.compile(r"\.|\[\]")
#: Comparisons of names in the search for those alike.
_MOST_COMPARED = 50_000
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def find_fields(
    environment: Environment, source: str, load: Load = lambda _: None, ignore: Iterable[str] = ()
) -> frozenset[str]:
    """Return the dotted paths that `source` uses.

    Args:
        environment: whose syntax and functions apply.
        source: the template's text.
        load: as for `walk.trace`.
        ignore: top-level names to leave out, such as those every context has.
    """
    found = trace(environment.parse(source), environment.globals, load).fields()
    left_out = frozenset(ignore)
    return frozenset(path for path in found if root(path) not in left_out)


def compared_with(tree: nodes.Template, name: str) -> frozenset[str]:
    """Return the texts that a parsed template compares a name with: `name == 'a'`, `name in ('b', 'c')`."""
    found: set[str] = set()
    for compare in tree.find_all(nodes.Compare):
        operands = [compare.expr, *(operand.expr for operand in compare.ops)]
        if any(isinstance(each, nodes.Name) and each.name == name for each in operands):
            inside = [each.items if isinstance(each, nodes.List | nodes.Tuple) else [each] for each in operands]
            constants = [each.value for some in inside for each in some if isinstance(each, nodes.Const)]
            found |= {value for value in constants if isinstance(value, str)}
    return frozenset(found)


def line_of(source: str, path: str) -> int | None:
    """Return the line of a text where a path is first used between braces, None where that cannot be told."""
    *parents, name = path.replace("[]", "").split(".")
    before = r"\." if parents else r"(?<![.\w])"
    wanted = re.compile(rf"{before}{re.escape(name)}\b")
    for tag in _TAG.finditer(source):
        if found := wanted.search(tag[0]):
            return source.count("\n", 0, tag.start() + found.start()) + 1
    return None


def root(path: str) -> str:
    """Return the first name of a dotted path."""
    return path.split(".", 1)[0].split("[", 1)[0]


def compare_fields(
    used: Collection[str],
    specs: Mapping[str, FieldSpec],
    computed: Collection[str] = (),
    reads: Collection[str] = (),
) -> list[DocgenError]:
    """Compare what a body uses with what its manifest declares.

    Args:
        used: paths of the body, as `find_fields` gives them.
        specs: the manifest's fields.
        computed: paths that the kind or the job supplies; they need no declaration.
        reads: paths that the kind reads; declared for it, they are not unused.

    Returns:
        FieldMissing for each path that nothing supplies, then FieldUnused for each that nobody needs.
    """
    supplied = set(computed)
    above = {prefix for path in supplied for prefix in prefixes(path)}
    unknown = [
        path
        for path in sorted(used)
        if not _supplied(path, supplied, above) and not _declared(path, specs) and not _is_address(path, used, specs)
    ]
    known = [*_leaves("", specs), *supplied]
    # Looking for names alike takes its time; who has many unknown fields has another fault than misspelt names.
    faults: list[DocgenError] = [
        _undeclared(path, known if number * len(known) < _MOST_COMPARED else ()) for number, path in enumerate(unknown)
    ]
    wanted = {*used, *reads, *computed}
    if used and set(used) >= ADDRESS:
        wanted.update(name for names in NAMES.values() for name in names)
    return faults + [
        FieldUnused(f'"{path}" is declared and not used', field=path, hint="use it in the body, or take it out")
        for path in _unused("", specs, wanted, {prefix for path in wanted for prefix in prefixes(path)})
    ]


def _supplied(path: str, supplied: set[str], above: set[str]) -> bool:
    """Tell whether a path, what it is a part of, or a part of it is supplied; `above`: what those are parts of."""
    return path in supplied or path in above or any(prefix in supplied for prefix in prefixes(path))


def prefixes(path: str) -> Iterator[str]:
    """Yield what a path is a part of: of `a[].b` that is `a[]` and `a`."""
    for found in _STEP.finditer(path):
        if found.start():
            yield path[: found.start()]


def _declared(path: str, specs: Mapping[str, FieldSpec]) -> bool:
    for step in path.replace("[]", "").split("."):
        spec = specs.get(step)
        if spec is None:
            return False
        if not spec.fields and spec.type in (FieldType.OBJECT, FieldType.LIST):
            return True  # declared as a whole
        specs = spec.fields
    return True


def _is_address(path: str, used: Collection[str], specs: Mapping[str, FieldSpec]) -> bool:
    """Tell whether `address()` finds this part of it under another of its names."""
    other = NAMES.get(path, ()) + (NAMES["company"] if path == "name" else ())
    return path in ADDRESS and set(used) >= ADDRESS and any(name in specs for name in other)


def _undeclared(path: str, known: Collection[str]) -> FieldMissing:
    hint = "only messages have it" if root(path) in LINKS else did_you_mean(path, known) if len(known) else ""
    return FieldMissing(f'"{path}" is used and not declared', field=path, hint=hint or "declare it under fields")


def _leaves(prefix: str, specs: Mapping[str, FieldSpec]) -> Iterator[str]:
    for name, spec in specs.items():
        path = f"{prefix}{name}"
        if spec.fields:
            yield from _leaves(f"{path}[]." if spec.type is FieldType.LIST else f"{path}.", spec.fields)
        else:
            yield path


def _unused(prefix: str, specs: Mapping[str, FieldSpec], wanted: set[str], above: set[str]) -> Iterator[str]:
    for name, spec in specs.items():
        path = f"{prefix}{name}"
        if path not in above:
            if path not in wanted:
                yield path
        elif spec.fields:
            yield from _unused(f"{path}[]." if spec.type is FieldType.LIST else f"{path}.", spec.fields, wanted, above)
