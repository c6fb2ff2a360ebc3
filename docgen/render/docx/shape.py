"""Floor 2, edges: what can be told of a part's markup before it is merged, so that it need not be looked at afterwards.

Follows the tags of the markup through Jinja's syntax tree: whatever the data, each branch and each round of a loop must
leave the same elements open as it found. Then the merged part is well-formed, since values are escaped. On the way it
counts cells, to know which tables keep their grids. Merges nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from jinja2 import nodes

_MARKUP = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<(?P<close>/?)(?P<name>[\w:.-]+)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(?P<empty>/?)>",
    re.DOTALL,
)
_SPAN = re.compile(r'w:gridSpan\b[^>]*?w:val="(\d+)"')
#: Stands for what an expression prints; no markup, and no number.
_PRINTED = "\ue0fa"


class Unknown(Exception):
    """The markup cannot be followed; `line` is where, in the source."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(eq=False)
class _Table:
    columns: int = 0
    depth: int = 0
    always: int = 0  # the widest row that is always there
    cells: int = 0  # most cells of a row
    row: list[int] | None = None  # spans of the row that is open
    row_depth: int = 0


@dataclass(frozen=True)
class Shape:
    """What is known of a part.

    Attributes:
        sound: the merged part is well-formed, whatever is merged.
        fixed_tables: no table can get other cells than its grid has columns.
        drawings: pictures and shapes stand in it, whose ids docxtpl counts anew.
        fault: why it is not sound: a reason and a line of the source.
    """

    sound: bool
    fixed_tables: bool
    drawings: bool
    fault: tuple[str, int] | None = None


@dataclass(frozen=True)
class _State:
    """Open elements, and the text of a tag that has begun and not ended."""

    open: tuple[str, ...] = ()
    tag: str = ""

    @property
    def same(self) -> tuple[object, ...]:
        """What two branches must agree in: of a tag begun its name and whether a value is open."""
        if not self.tag:
            return (self.open, "")
        name = re.match(r"</?[\w:.-]*", self.tag)
        quotes = re.sub(r"\"[^\"]*\"|'[^']*'", "", self.tag)
        return (self.open, name[0] if name else "", '"' in quotes, "'" in quotes)


def find_shape(tree: nodes.Template, markup: str) -> Shape:
    """Follow a part's markup.

    Args:
        tree: as it will be compiled.
        markup: the part before it was patched.
    """
    walker = _Walker()
    drawings = "docPr" in markup
    try:
        state = walker.body(tree.body, _State())
        if state != _State():
            raise Unknown(f"<{state.open[-1] if state.open else state.tag}> is not closed", 0)
    except Unknown as unknown:
        return Shape(False, False, drawings, (unknown.reason, unknown.line))
    except RecursionError:
        return Shape(False, False, drawings)
    return Shape(True, not walker.moving, drawings)


@dataclass
class _Walker:
    moving: bool = False
    _depth: int = 0
    _tables: list[_Table] = field(default_factory=list)
    _loops: list[_State] = field(default_factory=list)

    def body(self, body: Iterable[nodes.Node], state: _State) -> _State:
        for node in body:
            state = self._node(node, state)
        return state

    def _node(self, node: nodes.Node, state: _State) -> _State:
        match node:
            case nodes.Output():
                for child in node.nodes:
                    text = child.data if isinstance(child, nodes.TemplateData) else _PRINTED
                    state = self._text(text, state, node.lineno)
                return state
            case nodes.If():
                return self._if(node, state)
            case nodes.For():
                return self._for(node, state)
            case nodes.With() | nodes.Scope():
                return self.body(node.body, state)
            case nodes.Macro() | nodes.AssignBlock():  # what is printed of them is looked at then
                self._closed(node.body, node.lineno)
                return state
            case nodes.Break() | nodes.Continue():
                if not self._loops or self._loops[-1].same != state.same:
                    raise Unknown("a loop is left within an element", node.lineno)
                return state
            case nodes.Assign() | nodes.ExprStmt() | nodes.FromImport() | nodes.Import():
                return state
            case _:
                raise Unknown(f"{type(node).__name__.lower()} is not followed", node.lineno)

    def _closed(self, body: Iterable[nodes.Node], line: int) -> None:
        """Follow what is written elsewhere: it must be balanced by itself."""
        tables, self._tables = self._tables, []
        if self.body(body, _State()) != _State():
            raise Unknown("what is kept for later is not closed", line)
        self._tables = tables

    def _if(self, node: nodes.If, state: _State) -> _State:
        branches = [node.body, *(other.body for other in node.elif_), node.else_]
        ends = [self._branch(body, state) for body in branches]
        if any(end.same != ends[0].same for end in ends):
            raise Unknown("{% if %} begins in one element and ends in another", node.lineno)
        return ends[0]

    def _branch(self, body: list[nodes.Node], state: _State) -> _State:
        self._depth += 1
        tables = list(self._tables)
        rows = [list(table.row) if table.row is not None else None for table in tables]
        columns = [table.columns for table in tables]
        end = self.body(body, state)
        self._depth -= 1
        now = [table.row for table in tables], [table.columns for table in tables]
        if self._tables != tables or now != (rows, columns):  # cells or columns come and go with the condition
            self.moving = True
            self._tables = tables
            for table, row in zip(tables, rows, strict=True):
                table.row = row
        return end

    def _for(self, node: nodes.For, state: _State) -> _State:
        self._loops.append(state)
        end = self._branch(node.body, state)
        self._loops.pop()
        other = self._branch(node.else_, state)
        if end.same != state.same or other.same != state.same:
            raise Unknown("{% for %} begins in one element and ends in another", node.lineno)
        return state

    # --- markup --------------------------------------------------------------------------------

    def _text(self, text: str, state: _State, line: int) -> _State:
        text = state.tag + text
        opened = list(state.open)
        at = 0
        for found in _MARKUP.finditer(text):
            between = text[at : found.start()]
            if "<" in between:
                raise Unknown("the markup is broken", line)
            at = found.end()
            if found["name"]:
                self._tag(found, opened, line)
        rest = text[at:]
        begun = rest.rfind("<")
        tag = rest[begun:] if begun >= 0 else ""
        if "<" in rest[:begun] if begun > 0 else False:
            raise Unknown("the markup is broken", line)
        return _State(tuple(opened), tag)

    def _tag(self, found: re.Match[str], opened: list[str], line: int) -> None:
        name = found["name"]
        if found["close"]:
            if not opened or opened[-1] != name:
                raise Unknown(f"</{name}> closes what is not open", line)
            opened.pop()
            self._end(name)
            return
        self._begin(name, found["rest"], opened)
        if found["empty"]:
            self._end(name)
        else:
            opened.append(name)

    # --- tables --------------------------------------------------------------------------------

    def _begin(self, name: str, rest: str, opened: list[str]) -> None:
        if name == "w:tbl":
            self.moving = self.moving or bool(self._tables)  # docxtpl counts the rows of a table in a table for both
            self._tables.append(_Table(depth=self._depth))
            return
        if not self._tables:
            return
        table = self._tables[-1]
        if name == "w:gridCol" and opened[-2:] == ["w:tbl", "w:tblGrid"]:
            table.columns += 1
        elif name == "w:tr":
            table.row, table.row_depth = [], self._depth
        elif name == "w:tc" and opened[-1:] == ["w:tr"] and table.row is not None:
            table.row.append(1)
        elif name == "w:gridSpan" and opened[-3:] == ["w:tr", "w:tc", "w:tcPr"] and table.row:
            span = _SPAN.search(f"{name}{rest}")
            if span is None:
                self.moving = True
            else:
                table.row[-1] = int(span[1])

    def _end(self, name: str) -> None:
        if not self._tables:
            return
        table = self._tables[-1]
        if name == "w:tr" and table.row is not None:
            table.cells = max(table.cells, len(table.row))
            if table.row_depth == table.depth:
                table.always = max(table.always, sum(table.row))
            table.row = None
        elif name == "w:tbl":
            self._tables.pop()
            if table.cells > table.columns or table.always < table.columns:
                self.moving = True
