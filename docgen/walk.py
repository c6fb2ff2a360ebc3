"""Floor 1, rules: follows names through a template's syntax tree to the fields they stand for. Renders nothing.

A path is dotted, with `[]` after a list: `customer.name`, `lines[].price`. Loops, `set`, `with`, macros (bound to the
arguments of each call), includes, imports and parents are followed; what the template names itself is no field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

#: Filters that hand on the same list, or a part of it.
_SAME_LIST = frozenset({
    "sort", "reverse", "select", "selectattr", "reject", "rejectattr", "unique", "list", "default", "d", "batch",
    "slice", "groupby", "docgen loop",
})  # fmt: skip
#: Filters whose result is one element of the list.
_ONE_OF = frozenset({"first", "last", "min", "max"})
#: Filters whose first argument names an attribute of the elements; `attribute=` does so for all.
_FIRST_NAMES = frozenset({"selectattr", "rejectattr", "groupby", "sum"})

#: What `address()` reads from the record itself, at least.
ADDRESS = frozenset({"name", "street", "postcode", "city"})

#: Statements that give names a meaning.
_SETTING = (nodes.Assign, nodes.AssignBlock, nodes.Macro, nodes.Import, nodes.FromImport)

Load = Callable[[str], nodes.Template | None]


@dataclass(frozen=True, eq=False)
class _Macro:
    node: nodes.Macro
    scope: _Scope


@dataclass(frozen=True, eq=False)
class _Module:
    scope: _Scope


_Meaning = str | _Macro | _Module | None  # a path; or None: made by the template, or unknown


class _Scope(dict[str, _Meaning]):
    """Names the template gave a meaning to."""

    def child(self, **names: _Meaning) -> _Scope:
        return _Scope(self, **names)


@dataclass
class Trace:
    """What a walk found.

    Attributes:
        used: the paths, prefixes of longer ones included.
        paths: id of an expression node -> its path, where it has one; several, parted by `|`, in a macro that is
            called with several fields. Valid as long as the tree lives.
    """

    used: set[str] = field(default_factory=set)
    paths: dict[int, str] = field(default_factory=dict)

    def fields(self) -> frozenset[str]:
        """Return the longest paths only: `lines` goes when `lines[].price` is there."""
        inner = {path[:end] for path in self.used for end in _ends(path)}
        return frozenset(self.used - inner)


def _ends(path: str) -> Iterable[int]:
    for position, character in enumerate(path):
        if position and (character == "." or path.startswith("[]", position)):
            yield position


def trace(tree: nodes.Template, known: Iterable[str] = (), load: Load = lambda _: None) -> Trace:
    """Walk a parsed template.

    Args:
        tree: of `environment.parse`.
        known: names of functions that templates may call; a call of one is no field.
        load: name -> tree of another file of the folder, None to leave it alone.
    """
    walker = _Walker(frozenset(known), load)
    walker.template(tree, _Scope())
    return walker.trace


class _Walker:
    def __init__(self, known: frozenset[str], load: Load) -> None:
        self.trace = Trace()
        self._known = known
        self._load = load
        self._busy: set[tuple[object, ...]] = set()
        self._expanding: list[_Macro] = []  # a macro that calls itself is followed once

    # --- statements -----------------------------------------------------------------------------

    def template(self, tree: nodes.Template, scope: _Scope, replaced: frozenset[str] = frozenset()) -> None:
        own = {block.name for block in tree.find_all(nodes.Block)}
        parents = list(tree.find_all(nodes.Extends))
        if parents:  # what a body sets outside its blocks is there for what it stands on, which prints first
            for node in tree.body:
                if isinstance(node, _SETTING):
                    self._statement(node, scope, replaced)
        for parent in parents:
            self._other(parent.template, scope, replaced | own)
        for node in tree.body:
            self._statement(node, scope, replaced)

    def _statements(self, body: Iterable[nodes.Node], scope: _Scope) -> None:
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: _Scope, replaced: frozenset[str] = frozenset()) -> None:
        match node:
            case nodes.For():
                self._for(node, scope)
            case nodes.Assign():
                self._bind(node.target, self._value(node.node, scope), scope)
            case nodes.AssignBlock():
                self._statements(node.body, scope.child())
                self._bind(node.target, None, scope)
            case nodes.With():
                inner = scope.child()
                for target, value in zip(node.targets, node.values, strict=True):
                    self._bind(target, self._value(value, scope), inner)
                self._statements(node.body, inner)
            case nodes.Macro():
                scope[node.name] = _Macro(node, scope)
            case nodes.CallBlock():
                self._value(node.call, scope)
                self._statements(node.body, scope.child(**{arg.name: None for arg in node.args}))
            case nodes.Block():
                if node.name not in replaced:
                    self._statements(node.body, scope.child(super=None))
            case nodes.Include():
                self._other(node.template, scope.child())
            case nodes.Import():
                scope[node.target] = self._module(node.template, scope)
            case nodes.FromImport():
                self._from_import(node, scope)
            case nodes.Extends():
                pass
            case nodes.Expr():
                self._value(node, scope)
            case _:
                for child in node.iter_child_nodes():
                    self._statement(child, scope, replaced)

    def _for(self, node: nodes.For, scope: _Scope) -> None:
        element = self._element(node.iter, scope)
        inner = scope.child(loop=None)
        self._bind(node.target, element, inner, grouped=_grouped(node.iter))
        if node.test is not None:
            self._value(node.test, inner)
        self._statements(node.body, inner)
        self._statements(node.else_, scope.child())

    def _bind(self, target: nodes.Node, meaning: _Meaning, scope: _Scope, grouped: bool = False) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = meaning
        elif isinstance(target, nodes.Tuple):
            for position, part in enumerate(target.items):
                whole = isinstance(meaning, str) and grouped and position == 1
                self._bind(part, str(meaning).removesuffix("[]") if whole else None, scope)

    def _other(self, name: nodes.Expr, scope: _Scope, replaced: frozenset[str] = frozenset()) -> _Scope:
        self._value(name, scope)
        for file in _names(name):
            tree = self._load(file)
            if tree is not None and ("file", file) not in self._busy:
                self._busy.add(("file", file))
                self.template(tree, scope, replaced)
                self._busy.discard(("file", file))
        return scope

    def _module(self, name: nodes.Expr, scope: _Scope) -> _Module:
        return _Module(self._other(name, _Scope()))

    def _from_import(self, node: nodes.FromImport, scope: _Scope) -> None:
        module = self._module(node.template, scope)
        for name in node.names:
            original, alias = name if isinstance(name, tuple) else (name, name)
            scope[alias] = module.scope.get(original)

    # --- expressions ----------------------------------------------------------------------------

    def _value(self, node: nodes.Node | None, scope: _Scope) -> _Meaning:
        """Record what an expression uses; return what it stands for."""
        meaning = None if node is None else self._meaning(node, scope)
        if isinstance(meaning, str) and node is not None:
            self.trace.used.add(meaning)
            self._remember(node, meaning)
        return meaning

    def _remember(self, node: nodes.Node, path: str) -> None:
        known = self.trace.paths.get(id(node))
        if known is None:
            self.trace.paths[id(node)] = path
        elif path not in known.split("|"):
            self.trace.paths[id(node)] = f"{known}|{path}"

    def _meaning(self, node: nodes.Node, scope: _Scope) -> _Meaning:
        match node:
            case nodes.Name():
                return scope.get(node.name, node.name)
            case nodes.Getattr():
                return self._step(node.node, node.attr, scope)
            case nodes.Getitem():
                return self._item(node, scope)
            case nodes.Filter():
                return self._filter(node, scope)
            case nodes.Call():
                return self._call(node, scope)
            case nodes.Or():
                left = self._value(node.left, scope)
                self._value(node.right, scope)
                return left
            case _:
                for child in node.iter_child_nodes():
                    self._value(child, scope)
                return None

    def _step(self, parent: nodes.Node, name: str, scope: _Scope) -> _Meaning:
        above = self._value(parent, scope)
        if isinstance(above, _Module):
            return above.scope.get(name)
        return f"{above}.{name}" if isinstance(above, str) else None

    def _item(self, node: nodes.Getitem, scope: _Scope) -> _Meaning:
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._step(node.node, node.arg.value, scope)
        above = self._value(node.node, scope)
        if isinstance(node.arg, nodes.Slice):
            for child in node.arg.iter_child_nodes():
                self._value(child, scope)
            return above
        self._value(node.arg, scope)
        return f"{above}[]" if isinstance(above, str) else None

    def _element(self, node: nodes.Node, scope: _Scope) -> str | None:
        """Record what a loop's iterable uses; return what one element stands for."""
        whole = self._value(node, scope)
        if isinstance(node, nodes.Filter) and node.name in ("map", "batch", "slice"):
            return whole if isinstance(whole, str) else None  # an element of map's; a part that is such a list again
        return f"{whole}[]" if isinstance(whole, str) else None

    def _filter(self, node: nodes.Filter, scope: _Scope) -> _Meaning:
        whole = self._value(node.node, scope)
        for child in (*node.args, *node.kwargs, node.dyn_args, node.dyn_kwargs):
            self._value(child, scope)
        if not isinstance(whole, str):
            return None
        for attribute in _attributes(node):
            self.trace.used.add(f"{whole}[].{attribute}")
        if node.name == "map":
            named = _attributes(node)
            return f"{whole}[].{named[0]}" if named else None
        if node.name in _SAME_LIST:
            return whole
        return f"{whole}[]" if node.name in _ONE_OF else None

    def _call(self, node: nodes.Call, scope: _Scope) -> _Meaning:
        called = self._called(node.node, scope)
        if _is_bare_address(node, scope):
            self.trace.used |= ADDRESS
        given = [self._value(argument, scope) for argument in node.args]
        named = {pair.key: self._value(pair.value, scope) for pair in node.kwargs}
        for child in (node.dyn_args, node.dyn_kwargs):
            self._value(child, scope)
        if isinstance(called, _Macro):
            self._expand(called, given, named)
        elif _is_function(node, "chart", scope):
            rows = named.get("rows", given[1] if len(given) > 1 else None)
            drawn = [field for pair in node.kwargs if pair.key in ("x", "y") for field in _names(pair.value)]
            self.trace.used |= {f"{rows}[].{field}" for field in drawn if isinstance(rows, str)}
        return _named_field(node, scope)

    def _called(self, node: nodes.Node, scope: _Scope) -> _Meaning:
        if isinstance(node, nodes.Name):
            if node.name in scope or node.name in self._known:
                return scope.get(node.name)
            return self._value(node, scope)
        if isinstance(node, nodes.Getattr):
            above = self._value(node.node, scope)  # the last step is a method, not a field
            return above.scope.get(node.attr) if isinstance(above, _Module) else None
        return self._value(node, scope)

    def _expand(self, macro: _Macro, given: list[_Meaning], named: Mapping[str, _Meaning]) -> None:
        names = [argument.name for argument in macro.node.args]
        bound: dict[str, _Meaning] = dict.fromkeys([*names, "caller", "varargs", "kwargs"])
        bound |= dict(zip(names, given, strict=False)) | {key: named[key] for key in named if key in bound}
        call = (id(macro.node), *sorted((name, str(meaning)) for name, meaning in bound.items()))
        if call not in self._busy and macro not in self._expanding:
            self._busy.add(call)  # never taken back: the same call adds nothing new
            self._expanding.append(macro)
            for default in macro.node.defaults:
                self._value(default, macro.scope)
            self._statements(macro.node.body, macro.scope.child(**bound))
            self._expanding.pop()


def _attributes(node: nodes.Filter) -> list[str]:
    named = [pair.value for pair in node.kwargs if pair.key == "attribute"]
    if node.name in _FIRST_NAMES:
        named += node.args[:1]
    texts = [value.value for value in named if isinstance(value, nodes.Const) and isinstance(value.value, str)]
    return [part for text in texts for part in text.split(",")]


def _grouped(node: nodes.Node) -> bool:
    while isinstance(node, nodes.Filter) and node.name != "groupby":
        node = node.node or nodes.Const(None)
    return isinstance(node, nodes.Filter)


def _names(node: nodes.Expr) -> list[str]:
    items = node.items if isinstance(node, nodes.Tuple | nodes.List) else [node]
    return [item.value for item in items if isinstance(item, nodes.Const) and isinstance(item.value, str)]


def _is_function(node: nodes.Call, name: str, scope: _Scope) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == name and name not in scope


def _is_bare_address(node: nodes.Call, scope: _Scope) -> bool:
    called = node.node
    names = ("address", "word_address")
    bare = isinstance(called, nodes.Name) and called.name in names and called.name not in scope
    return bare and not node.args and all(pair.key in ("from_country", "language") for pair in node.kwargs)


def _named_field(node: nodes.Call, scope: _Scope) -> str | None:
    """Return the field that `merge_field("First Name")` gives."""
    given = node.args
    if not _is_function(node, "merge_field", scope) or not given:
        return None
    return given[0].value if isinstance(given[0], nodes.Const) and isinstance(given[0].value, str) else None
