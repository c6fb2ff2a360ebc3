"""Floor 1, rules: YAML read into plain data in which every value knows its place.

Scalars are fewer than YAML's usual ones, so that text stays text: only `true` and `false`, `null`, `~` and nothing,
whole numbers without leading zeros and decimal fractions mean something; `yes`, `00123`, `1E5`, `0x10` and dates are
text. Fractions are `Decimal`, so that `1.10` is not `1.1`. Knows nothing of what the keys mean.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import yaml

from docgen.errors import JobError, MissingVariable, UserError, raise_faults
from docgen.model import Where
from docgen.yamlparse import BOOL, COLLECTIONS, FLOAT, INT, NULL, STR, compose, decode, read_bytes

KeyPath = tuple[str | int, ...]

#: Far above any file that people write; what exceeds it is made by anchors that multiply.
MAX_VALUES = 100_000
MAX_DEPTH = 60

#: Characters of a value in a message.
MAX_SHOWN = 60

#: `${{ total }}` is a dollar sign before a Jinja expression, not a variable.
_VARIABLE = re.compile(r"\$\$\{(?!\{)|\$\{(?!\{)(?P<inside>[^}]*)\}")
_VARIABLE_PARTS = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?P<default>.*))?", re.DOTALL)


@dataclass(frozen=True)
class YamlTree:
    """A YAML file as plain data.

    Attributes:
        data: dict, list, str, int, Decimal, bool or None; keys of mappings are always text.
        file: the file as the user named it.
        sha256: of the file's bytes.
        values: path -> place of a value.
        keys: path -> place of a mapping's key.
        written: path -> text as it stands in the file, where a variable was put in: secrets must not be shown.
        faults: duplicate keys, unset variables and the like: found, but not in the way of reading on.
        broken: paths whose value is not what the person meant, because of a fault: not worth checking further.
    """

    data: object = field(repr=False)
    file: str
    sha256: str = ""
    values: Mapping[KeyPath, Where] = field(default_factory=dict, repr=False)
    keys: Mapping[KeyPath, Where] = field(default_factory=dict, repr=False)
    written: Mapping[KeyPath, str] = field(default_factory=dict, repr=False)
    faults: tuple[UserError, ...] = ()
    broken: frozenset[KeyPath] = frozenset()

    def where(self, path: KeyPath = ()) -> Where:
        """Return the place of a value; for one that is not there, the place of the nearest above it."""
        return self._place(self.values, path)

    def where_key(self, path: KeyPath) -> Where:
        """Return the place of a key; for an element of a list, that of the element."""
        return self._place(self.keys if path in self.keys else self.values, path)

    def _place(self, places: Mapping[KeyPath, Where], path: KeyPath) -> Where:
        path = tuple(path)
        for length in range(len(path), -1, -1):
            known = places.get(path[:length])
            if known is not None:
                return Where(known.file, known.line, known.column, path)
        return Where(self.file, path=path)

    def at(self, path: KeyPath) -> object:
        """Return the value at a path, None where there is none."""
        value = self.data
        for step in path:
            children = dict(enumerate(value)) if isinstance(value, list) else value
            value = children.get(step) if isinstance(children, dict) else None
        return value

    def mapping(self, *path: str | int) -> dict[str, object]:
        """Return the mapping at a path, an empty one where there is none."""
        value = self.at(path)
        return value if isinstance(value, dict) else {}

    def sequence(self, *path: str | int) -> list[object]:
        """Return the list at a path; a single value counts as a list of one, nothing as an empty one."""
        value = self.at(path)
        if value is None or isinstance(value, dict):
            return []
        return value if isinstance(value, list) else [value]

    def show(self, path: KeyPath) -> str:
        """Return a scalar for a message, in one short line, variables as they are written."""
        value = self.at(path)
        if isinstance(value, bool):
            return "true" if value else "false"
        text = " ".join(self.written.get(tuple(path), str(value)).split())
        return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"

    def with_value(self, path: KeyPath, value: object, place: Where) -> YamlTree:
        """Return a tree that has another value at a path of keys, or with None no such key.

        Args:
            path: keys only; groups of keys above that are not there are made.
            value: what `at` shall return.
            place: where the value comes from.
        """
        below = frozenset(known for known in (*self.values, *self.written, *self.broken) if known[: len(path)] == path)
        faults = tuple(f for f in self.faults if not (f.where and f.where.path in below & self.broken))
        return replace(
            self,
            data=_with_value(self.data, path, value),
            values={k: v for k, v in self.values.items() if k not in below} | ({} if value is None else {path: place}),
            keys={k: v for k, v in self.keys.items() if k not in below} | ({} if value is None else {path: place}),
            written={k: v for k, v in self.written.items() if k not in below},
            faults=faults,
            broken=self.broken - below,
        )

    def check(self) -> None:
        """Raise what was found on reading."""
        raise_faults(self.faults)


def _with_value(data: object, path: KeyPath, value: object) -> object:
    if not path:
        return value
    group = dict(data) if isinstance(data, dict) else {}
    group[path[0]] = _with_value(group.get(path[0]), path[1:], value)
    return {key: child for key, child in group.items() if key != path[0] or child is not None}


def load_yaml(
    path: Path,
    shown: str | None = None,
    environ: Mapping[str, str] | None = None,
    error: type[UserError] = JobError,
) -> YamlTree:
    """Read a file.

    Args:
        path: the file.
        shown: what to call it in messages; default: `path` as given.
        environ: where `${NAME}` and `${NAME:-default}` come from; None leaves such text alone. `$${` is a plain `${`.
        error: the class of faults.

    Raises:
        UserError: the file cannot be read or is not YAML; lesser faults are in `YamlTree.faults`.
    """
    shown = shown or str(path)
    content = read_bytes(path, shown, error)
    tree = parse_yaml(decode(content, shown, error), shown, environ, error)
    return replace(tree, sha256=hashlib.sha256(content).hexdigest())


def parse_yaml(
    text: str, shown: str, environ: Mapping[str, str] | None = None, error: type[UserError] = JobError
) -> YamlTree:
    """Read a text. Arguments and faults as for `load_yaml`; `sha256` stays empty."""
    node = compose(text, shown, error)
    builder = _Builder(shown, environ, error)
    data = None if node is None else builder.build(node, ())
    return YamlTree(
        data,
        shown,
        "",
        builder.values,
        builder.keys,
        builder.written,
        tuple(builder.faults),
        frozenset(builder.broken),
    )


class _Builder:
    """Turns nodes into data, and notes places and faults on the way."""

    def __init__(self, file: str, environ: Mapping[str, str] | None, error: type[UserError]) -> None:
        self.file = file
        self.environ = environ
        self.error = error
        self.values: dict[KeyPath, Where] = {}
        self.keys: dict[KeyPath, Where] = {}
        self.written: dict[KeyPath, str] = {}
        self.faults: list[UserError] = []
        self.broken: set[KeyPath] = set()

    def build(self, node: yaml.Node, path: KeyPath) -> object:
        place = self.values[path] = self._where(node, path)
        if len(self.values) > MAX_VALUES:
            raise self.error("anchors and aliases multiply beyond measure", where=place)
        if len(path) > MAX_DEPTH:
            raise self.error("nested too deep, or an alias that holds itself", where=place)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if node.tag not in COLLECTIONS:
            self._fault("a tag (!...) has no meaning here", place, "leave it out")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]

    def _where(self, node: yaml.Node, path: KeyPath) -> Where:
        return Where(self.file, node.start_mark.line + 1, node.start_mark.column + 1, path)

    def _fault(self, problem: str, place: Where, hint: str = "") -> None:
        self.faults.append(self.error(problem, where=place, hint=hint))

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, object]:
        data: dict[str, object] = {}
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.broken.add(path)
                self._fault("a key that is not text", self._where(node, path), 'text that begins with "{" needs quotes')
                continue
            key = str(key_node.value)
            place = self._where(key_node, (*path, key))
            if key in data:
                first = self.keys[(*path, key)].line
                self._fault(f'the key "{key}" is here twice', place, f"the first is in line {first}")
                continue
            if key == "<<" and key_node.style is None:
                self._fault("merging keys with << is not supported", place, "repeat the keys")
                continue
            self.keys[(*path, key)] = place
            data[key] = self.build(child, (*path, key))
        return data

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath) -> object:
        text = str(node.value)
        if node.tag == STR:
            return self._substitute(text, path)
        read = _SCALARS.get(node.tag)
        try:
            if read is not None:
                return read(text)
        except (ArithmeticError, KeyError, ValueError):
            pass  # `!!int x`: the tag and the text disagree
        self.broken.add(path)
        self._fault(f'"{text}" does not fit its tag', self._where(node, path), "leave the tag (!...) out")
        return text

    def _substitute(self, text: str, path: KeyPath) -> str:
        if self.environ is None or "${" not in text:
            return text
        self.written[path] = text
        return _VARIABLE.sub(lambda found: self._variable(found, path), text)

    def _variable(self, found: re.Match[str], path: KeyPath) -> str:
        if found["inside"] is None:
            return "${"
        parts = _VARIABLE_PARTS.fullmatch(found["inside"])
        place = self.values[path]
        if parts is None:
            self.broken.add(path)
            self._fault(f"{found[0]} does not name an environment variable", place, "write $${ for a plain ${")
            return found[0]
        assert self.environ is not None, "checked by the caller"
        value = self.environ.get(parts["name"])
        if parts["default"] is not None:
            return value or parts["default"]
        if value is None:
            self.broken.add(path)
            self.faults.append(MissingVariable(parts["name"], where=place))
            return found[0]
        return value


_SCALARS: Mapping[str, Callable[[str], object]] = {
    INT: int,
    FLOAT: Decimal,
    BOOL: {"true": True, "false": False}.__getitem__,
    NULL: lambda _text: None,
}
