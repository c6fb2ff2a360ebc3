"""Floor 1, rules: the Jinja environment that templates run in. Knows no filter of docgen's own and no output format.

A template gets data and a list of functions, and nothing else: attributes are allowed by type (`guards.SAFE_METHODS`)
rather than forbidden by name, other files come from the template's folder only, and the code that Jinja generates is
changed in four places:

- every printed value passes `shown`, which knows the value's field path: an empty field is an error that names it;
- every loop's iterable is charged to the rendering's `Work`, once for a sized iterable, so that loops stay fast;
- attribute and item access look into mappings first, so that a field may be called `items` or `count`;
- joined text is measured.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import FunctionType
from typing import Any, ClassVar, NoReturn

from jinja2 import BaseLoader, StrictUndefined, Template, TemplateNotFound, Undefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import Context, LoopContext, Macro, TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace
from markupsafe import Markup, escape

from docgen.errors import FieldMissing, TemplateError, did_you_mean
from docgen.guards import OPERATORS, SAFE_METHODS, TEXT_GUARDS, bounded_text, safe_range
from docgen.limits import Working, WorkLimits, current_work
from docgen.place import pinpoint
from docgen.rich import Lines, Made, RichFactory, made_already
from docgen.sharing import place_in
from docgen.walk import trace

#: What XML 1.0 cannot hold, escaped or not; lone surrogates included.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: The same where the body makes paragraphs and pages of two of them.
_NOT_WORD = re.compile("[\x00-\x06\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Private-use characters with which renderers mark the places of pictures and the like; no value may forge a mark.
_MARKS = re.compile("[\ue0f0\ue0f1]")
#: Objects of Jinja's own that templates work with; its rules for them suffice.
_OWN_TYPES = (LoopContext, Macro, Namespace, Cycler, Joiner)
#: What a loop says of its rounds, and templates may read.
_OF_LOOPS = frozenset({"first", "last", "index", "index0", "revindex", "revindex0", "length"})
#: Pieces that are joined between two looks at the length.
_PIECES = 64
_LOOP = "docgen loop"  # cannot be written in a template, for its blank


def without_control(text: str) -> str:
    """Return text without what XML cannot hold."""
    return _NOT_XML.sub("", text)


def clean_text(text: str) -> str:
    """Return text from data without what XML cannot hold, and without the marks of renderers."""
    return _MARKS.sub("", without_control(text))


def _escape_text(text: str) -> str:
    """Escape plain text as `markupsafe.escape` does, without wrapping what is only going to be joined."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if '"' in text:
        text = text.replace('"', "&#34;")
    if "'" in text:
        text = text.replace("'", "&#39;")
    return text


def _without_vars(named: dict[str, Any]) -> dict[str, Any]:
    """Return arguments without the variables around the call, which Jinja hands over with them."""
    if named:
        named.pop("_loop_vars", None)
        named.pop("_block_vars", None)
    return named


class FieldUndefined(StrictUndefined):
    """A name that nothing supplies; whatever is done with it raises FieldMissing."""

    __slots__ = ()

    def _fail_with_undefined_error(self, *_: Any, **__: Any) -> NoReturn:
        raise missing_field(self)

    # StrictUndefined binds its failure by value, so each must be bound anew.
    __iter__ = __str__ = __len__ = __eq__ = __ne__ = __bool__ = __hash__ = _fail_with_undefined_error
    __contains__ = _fail_with_undefined_error
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _fail_with_undefined_error
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _fail_with_undefined_error
    __pos__ = __neg__ = __call__ = __getitem__ = __lt__ = __le__ = __gt__ = __ge__ = _fail_with_undefined_error
    __int__ = __float__ = __complex__ = __pow__ = __rpow__ = _fail_with_undefined_error


class BlankUndefined(Undefined):
    """A name that nothing supplies, under `missing: blank`: empty, and so is all that is under it."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        return self

    def __getitem__(self, name: object) -> Any:
        return self


def missing_field(undefined: Undefined) -> FieldMissing:
    """Return the fault that names the field and, where there are some alike, the one that was meant."""
    name, parent = undefined._undefined_name, undefined._undefined_obj
    names = current_work().names
    known: Iterable[object] = names if not isinstance(parent, Mapping) else parent
    path = pinpoint(undefined._undefined_hint or str(name), names)
    hint = did_you_mean(str(name), [key for key in known if isinstance(key, str)])
    return FieldMissing(f'"{path}" is not there', field=path, hint=hint)


class FolderLoader(BaseLoader):
    """Loads other files of one template's folder, and of what its neighbours share; None is no folder at all.

    Attributes:
        change: what becomes of a text before it is compiled, given its name.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder.resolve() if folder else None
        self.change: Callable[[str, str], str] = lambda name, text: text

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Read a file.

        Raises:
            SecurityError: the name leads out of the folder.
            TemplateNotFound: there is no such file.
        """
        path = self.find(template)
        try:
            return self.change(template, path.read_text(encoding="utf-8")), str(path), lambda: True
        except (OSError, ValueError) as error:
            raise TemplateNotFound(template, f'there is no readable "{template}" in the template\'s folder') from error

    def find(self, name: str) -> Path:
        """Return the path of a file in the folder, or of one of `shared/` beside it, links resolved."""
        if self.folder is None:
            raise SecurityError(f'"{name}" cannot be used here: this text has no template folder')
        try:
            path, folder = place_in(self.folder, name)
        except (OSError, ValueError, RuntimeError) as error:
            raise SecurityError(f'"{name}" is not a file name') from error
        if "\\" in name or not path.is_relative_to(folder):
            raise SecurityError(f'"{name}" is outside the template\'s folder')
        return path


class _Code(CodeGenerator):
    """Generates the code described at the top of the module."""

    environment: Sandbox

    def _path(self, node: nodes.Node) -> str | None:
        paths = self.environment.paths
        while id(node) not in paths and isinstance(node, nodes.Filter) and node.node is not None:
            node = node.node
        return paths.get(id(node))

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("environment.printed(context, ")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(f", {self._path(node)!r})")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write(f"environment.bounded({'markup_join' if frame.eval_ctx.autoescape else 'str_join'}((")
        for part in node.nodes:
            self.write("environment.shown(context, ")
            self.visit(part, frame)
            self.write(f", {self._path(part)!r}), ")
        self.write(")))")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.write("environment.pick(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}, {self._path(node)!r})")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        if isinstance(node.arg, nodes.Slice):
            super().visit_Getitem(node, frame)
            return
        self.write("environment.pick_item(")
        self.visit(node.node, frame)
        self.write(", ")
        self.visit(node.arg, frame)
        self.write(f", {self._path(node)!r})")


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment.

    Attributes:
        rich: makes QR codes, pictures and formatted text for the body at hand.
        plain: dates and numbers are printed as data (ISO, decimal point), not in the record's language.
        limits: bounds of each rendering.
        file: what messages call the text that is compiled without a name.
        own: docgen's functions that templates may call; each takes the context first.
    """

    code_generator_class = _Code
    intercepted_binops: ClassVar[frozenset[str]] = frozenset(OPERATORS)  # type: ignore[misc]

    def __init__(
        self, folder: Path | None, *, escape: str, limits: WorkLimits, missing: str, rich: RichFactory, plain: bool
    ) -> None:
        super().__init__(
            loader=FolderLoader(folder),
            autoescape=escape != "none",
            undefined=BlankUndefined if missing == "blank" else FieldUndefined,
            extensions=["jinja2.ext.loopcontrols"],
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self.escape = escape
        self._raw = escape == "none"
        self.missing = missing
        self.limits = limits
        self.rich = rich
        self._not_xml = _NOT_WORD if getattr(rich, "lays_out", False) else _NOT_XML
        self.plain = plain
        self.own: frozenset[Callable[..., Any]] = frozenset()
        self.paths: Mapping[int, str] = {}
        self.binop_table |= OPERATORS
        for name in ("lipsum", "dict"):
            del self.globals[name]
        self.globals["range"] = safe_range
        self.filters[_LOOP] = self._loop
        self.localise: Callable[[Context, object], str] = lambda _, value: str(value)

    # --- compiling ------------------------------------------------------------------------------

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        self.paths = trace(source, self.globals).paths
        for loop in list(source.find_all(nodes.For)):
            loop.iter = nodes.Filter(loop.iter, _LOOP, [], [], None, None, lineno=loop.lineno)
        for condition in source.find_all(nodes.CondExpr):
            condition.expr2 = condition.expr2 or nodes.Const("")
        for switch in source.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)):
            raise TemplateSyntaxError("escaping cannot be switched off", switch.lineno, name, filename)
        return super()._generate(source, name, filename, defer_init)

    def handle_exception(self, source: str | None = None) -> NoReturn:
        """Pass errors on as they are: `place.translate` reads the line from the traceback."""
        error = sys.exc_info()[1]
        assert error is not None
        raise error

    # --- what generated code calls --------------------------------------------------------------

    def pick(self, parent: Any, name: str, path: str | None) -> Any:
        """Return a field or, where there is none, a method."""
        if parent.__class__ is dict and name in parent:
            return parent[name]
        return self._find(parent, name, path)

    def pick_item(self, parent: Any, key: Any, path: str | None) -> Any:
        """Return an element of a list or a field."""
        try:
            return parent[key]
        except (TypeError, LookupError):
            if isinstance(key, str) and not isinstance(parent, TemplateReference):
                return self._find(parent, key, path)
            return self._absent(parent, key, f"{path.removesuffix('[]')}[{key}]" if path else None)

    def _find(self, parent: Any, name: str, path: str | None) -> Any:
        if isinstance(parent, Mapping):
            try:
                return parent[name]
            except KeyError:
                if not hasattr(dict, name):
                    return self._absent(parent, name, path)
        if parent.__class__ is LoopContext and name in _OF_LOOPS:
            return getattr(parent, name)
        if isinstance(parent, Undefined):
            return getattr(parent, name)
        if isinstance(parent, TemplateReference):
            return self.pick_item(parent, name, path)
        if isinstance(parent, Made):
            raise made_already(f".{name}")
        if isinstance(parent, str) and name in TEXT_GUARDS:
            return lambda *values, **named: TEXT_GUARDS[name](parent, *values, **named)
        if not hasattr(parent, name) or parent is None:
            return self._absent(parent, name, path)
        return self.getattr(parent, name)

    def _absent(self, parent: object, name: Any, path: str | None) -> Undefined:
        return self.undefined(hint=path, obj=parent, name=name)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute that the type of `obj` allows; also what `map` and `sort` look with."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if not hasattr(obj, attribute):
            return self._absent(obj, attribute, None)
        if not self.is_safe_attribute(obj, attribute, None):
            raise SecurityError(f"{attribute} of a {type(obj).__name__} cannot be used in a template")
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return an element, or an attribute as `getattr` does."""
        return self.pick_item(obj, argument, None)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow by type what is listed, and Jinja's own objects by Jinja's rules."""
        if not super().is_safe_attribute(obj, attr, value):
            return False
        if isinstance(obj, _OWN_TYPES) or type(obj).__name__ == "TemplateModule":
            return True
        return any(attr in allowed for kind, allowed in SAFE_METHODS if isinstance(obj, kind))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Apply a bounded operator; an undefined operand says itself what is missing."""
        for operand in (left, right):
            if isinstance(operand, FieldUndefined):
                raise missing_field(operand)
        return self.binop_table[operator](left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call; the clock is looked at, since calls can call each other without a loop."""
        current_work().check_time()
        if isinstance(__obj, LoopContext) and args:
            args = (__self._loop(args[0]), *args[1:])
        elif not kwargs.get("_loop_vars") and not kwargs.get("_block_vars"):
            # What Jinja does at length for whatever a template calls.
            if __obj.__class__ is Macro:
                return __obj(__context.eval_ctx, *args, **_without_vars(kwargs))
            if __obj.__class__ is FunctionType and __obj in __self.own:
                return __obj(__context, *args, **_without_vars(kwargs))
        return super().call(__context, __obj, *args, **kwargs)

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:
        """Load another file of the folder; the clock is looked at, as for calls."""
        current_work().check_time()
        return super().get_template(name, parent, globals)

    def concat(self, pieces: Iterable[str]) -> str:
        """Join what a template writes, and stop it where it writes too much."""
        return "".join(self.gather(pieces))

    def gather(self, pieces: Iterable[str]) -> list[str]:
        """Return what a template writes, piece by piece, and stop it where it writes too much."""
        work = current_work()
        room = work.size
        texts: list[str] = []
        stream = iter(pieces)
        while some := list(islice(stream, _PIECES)):
            texts += some
            room -= sum(map(len, some))
            if room < 0:
                error = work.too_long()
                if isinstance(pieces, Generator):
                    pieces.throw(error)  # raised in the template, so that the line is known
                raise error
        return texts

    def bounded(self, text: str) -> str:
        """Return joined text that is not too long."""
        return bounded_text(text)

    def _loop(self, iterable: Any) -> Any:
        if iterable is None:  # a known field without elements
            return ()
        if isinstance(iterable, FieldUndefined):
            raise missing_field(iterable)
        return current_work().loop(iterable)

    def printed(self, context: Context, value: Any, path: str | None) -> str:
        """Return a value as it is written: shown, and escaped where the body is markup."""
        if value.__class__ is str:
            if self._raw:
                return str(value)
            return _escape_text(value if value.isprintable() else self._clean(value))
        shown = self.shown(context, value, path)
        if self._raw:
            return str(shown)
        return _escape_text(shown) if shown.__class__ is str else escape(shown)

    def hand_values_to(self, take: Callable[[str], str]) -> None:
        """Let a function have each value as it is written, and write what it returns instead."""
        plain = self.printed

        def printed(context: Context, value: Any, path: str | None) -> str:
            return take(plain(context, value, path))

        self.printed = printed  # type: ignore[method-assign]

    def shown(self, context: Context, value: Any, path: str | None) -> Any:
        """Return a value as it is printed, before escaping."""
        if isinstance(value, str):
            value = value if self._raw or value.isprintable() else self._clean(value)
            if value.__class__ is str:
                return value
        if value is None:
            return self._empty(path)
        if hasattr(value, "__html__"):
            return self.rich.adopt(value) if hasattr(self.rich, "adopt") else value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Decimal | float | date | datetime) and not self.plain:
            return self.localise(context, value)
        if isinstance(value, Undefined):
            return self._undefined(value)
        if isinstance(value, Lines):
            return self.rich.lines(value if self._raw else [self._clean(line) for line in value])
        if type(value) in (dict, list, tuple) or callable(value):
            kind = "a function" if callable(value) else f"a {type(value).__name__}"
            raise TemplateError(
                f"{path or 'the value'} is {kind}, not a text", hint="name a field of it, or use a loop"
            )
        return value

    def _undefined(self, value: Undefined) -> str:
        if self.missing == "blank":
            return ""
        raise missing_field(value)

    def _clean(self, text: str) -> str:
        cleaned = self._not_xml.sub("", text)
        return Markup(cleaned) if isinstance(text, Markup) else _MARKS.sub("", cleaned)  # noqa: S704 - it was markup

    def _empty(self, path: str | None) -> str:
        if self.missing == "blank":
            return ""
        field = pinpoint(path, current_work().names) if path else ""
        raise FieldMissing(
            f'"{field}" is empty' if field else "the value is empty",
            field=field,
            hint='fill it in, or allow for it: {% if … %}, {{ … or "" }}',
        )

    def working(self, names: Mapping[str, object]) -> Working:
        """Return a context manager: the limits of one rendering over these names."""
        return Working(self.limits, names)
