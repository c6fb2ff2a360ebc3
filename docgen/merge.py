"""Floor 1, rules: a template and a record's values become text. Knows no renderer, no file format, no run.

The surface, for renderers and for the run:

    Merger(folder, escape, limits=Limits(), missing="error", rich=TextRich(), plain=False)
        folder: the template's folder (includes, pictures), or None; escape: "xml" | "html" | "none";
        missing: "error" | "blank"; rich: see docgen.rich; plain: print dates and numbers as data (file names, `to`).
      .compile(source, where)    -> Compiled    .render(context) -> str, .fields -> frozenset[str]
      .expression(text, where)   -> Expression  .evaluate(context) -> object, .test(context) -> bool, .fields
      .environment               -> the Jinja environment, for libraries that compile themselves (docxtpl)
      .running(context, where)   -> context manager: limits apply and errors come out as docgen's, with their line
    make_environment(escape, limits=..., missing=..., assets=..., rich=..., plain=...) -> the environment alone
    compile_expression(text, where) -> Expression, for `when:`
    build_context(values, locale=..., company=..., today=..., texts=..., extra=...) -> dict for `render`

Every failure is a TemplateError (FieldMissing, TextMissing, TemplateSyntax, LimitExceeded, ...) with file and line.
Compile once, render many: nothing is parsed in `render`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from jinja2 import Template, Undefined, nodes
from jinja2.exceptions import SecurityError, TemplateNotFound
from jinja2.parser import Parser
from jinja2.runtime import Context
from pydantic import BaseModel

from docgen.errors import TemplateSyntax
from docgen.inspect_fields import compared_with, find_fields, root
from docgen.limits import Limits, Working, WorkLimits
from docgen.model import Where
from docgen.place import translate
from docgen.rich import RichFactory, TextRich
from docgen.sandbox import FolderLoader, Sandbox, missing_field
from docgen.texts import Texts
from docgen.toolbox import install
from docgen.walk import Trace, trace

Escape = Literal["xml", "html", "none"]
Missing = Literal["error", "blank"]

#: What every context has; a field of that name would be hidden. `language` and `locale` may be columns.
RESERVED = frozenset({"company", "locale", "language", "today", "texts", "merge_record", "merge_sequence"})

_RESULT = "docgen_result"


def make_environment(
    escape: Escape,
    limits: WorkLimits | None = None,
    missing: Missing = "error",
    assets: Path | None = None,
    *,
    rich: RichFactory | None = None,
    plain: bool = False,
) -> Sandbox:
    """Return the sandboxed environment with docgen's filters. `assets` is the folder of includes and pictures."""
    environment = Sandbox(
        assets, escape=escape, limits=limits or Limits(), missing=missing, rich=rich or TextRich(), plain=plain
    )
    install(environment)
    return environment


class Merger:
    """Compiles the texts of one template."""

    def __init__(
        self,
        folder: Path | None,
        escape: Escape,
        limits: WorkLimits | None = None,
        missing: Missing = "error",
        rich: RichFactory | None = None,
        *,
        plain: bool = False,
    ) -> None:
        self.environment = make_environment(escape, limits, missing, folder, rich=rich, plain=plain)

    @cached_property
    def globals(self) -> dict[str, object]:
        """The functions that every template may call."""
        return dict(self.environment.globals)

    def compile(self, source: str, where: Where | None = None) -> Compiled:
        """Compile a template.

        Args:
            source: the text.
            where: its file, and its line when it is a part of one, such as a string in YAML.

        Raises:
            TemplateSyntax: it is not a template, or names a filter that is not there.
        """
        where = where or Where()
        with self._compiling(where):
            template = self.environment.from_string(self.environment.parse(source))
        return Compiled(self, template, source, where)

    def expression(self, text: str, where: Where | None = None) -> Expression:
        """Compile an expression without braces. Raises as `compile`."""
        where = where or Where()
        environment = self.environment
        with self._compiling(where):
            parser = Parser(environment, text, state="variable")
            value = parser.parse_expression()
            if not parser.stream.eos:
                parser.fail("the expression goes on where it should end")
            target = nodes.Name(_RESULT, "store", lineno=1)
            tree = nodes.Template([nodes.Assign(target, value, lineno=1)], lineno=1)
            tree.set_environment(environment)
            template = environment.from_string(tree)
        return Expression(self, template, f"{{{{ {text} }}}}", where)

    @contextmanager
    def _compiling(self, where: Where) -> Iterator[None]:
        try:
            yield
        except (SyntaxError, RecursionError, MemoryError) as error:
            raise TemplateSyntax("the template is nested too deeply", where=where) from error
        except Exception as error:  # the lexer fails on a number of thousands of digits, for one
            raise translate(error, where, self.environment.filters) from error

    def running(self, context: Mapping[str, object], where: Where | None = None) -> Running:
        """Hold the limits of one rendering over what happens inside; translate its errors."""
        return Running(self.environment, context, where or Where())

    def fields_of(self, source: str) -> frozenset[str]:
        """Return the dotted paths that a text uses, other than what every context has."""
        return find_fields(self.environment, source, self._load, RESERVED)

    def trace(self, tree: nodes.Template) -> Trace:
        """Return what a parsed text uses, and where in it."""
        return trace(tree, self.environment.globals, self._load)

    def fields_in(self, tree: nodes.Template) -> frozenset[str]:
        """Return the dotted paths that a parsed text uses, as `fields_of`."""
        return frozenset(path for path in self.trace(tree).fields() if root(path) not in RESERVED)

    @property
    def loader(self) -> FolderLoader:
        """What finds the files that a text names."""
        loader = self.environment.loader
        assert isinstance(loader, FolderLoader)
        return loader

    def _load(self, name: str) -> nodes.Template | None:
        try:
            return self.environment.parse(self.loader.get_source(self.environment, name)[0], name)
        except (TemplateNotFound, SecurityError):
            return None  # rendering says so, with the line


class Running(Working):
    """Context manager: the limits of one rendering; its errors come out as docgen's, with their line."""

    __slots__ = ("_environment", "_where")

    def __init__(self, environment: Sandbox, names: Mapping[str, object], where: Where) -> None:
        super().__init__(environment.limits, names)
        self._environment = environment
        self._where = where

    def __exit__(self, *raised: object) -> None:
        super().__exit__()
        error = raised[1]
        if isinstance(error, Exception):  # an expression of a template can raise anything
            translated = translate(error, self._where, self._environment.filters)
            if translated is not error:
                raise translated from error


class _Text:
    """A compiled text, its source and its place."""

    def __init__(self, merger: Merger, template: Template, source: str, where: Where) -> None:
        self._merger = merger
        self._template = template
        self._source = source
        self.where = where

    @cached_property
    def fields(self) -> frozenset[str]:
        """Dotted paths the text uses: `customer.name`, `lines[].price`."""
        return self._merger.fields_of(self._source)

    def _scope(self, context: Mapping[str, object]) -> Context:
        """Return what Jinja's code looks names up in.

        `Template.new_context` lists the global names anew for each rendering, for templates whose own differ; ours
        are all the environment's.
        """
        template, merger = self._template, self._merger
        names = {**merger.globals, **context}
        return merger.environment.context_class(merger.environment, names, template.name, template.blocks)

    def compared_with(self, name: str) -> frozenset[str]:
        """Return the texts that a name is compared with."""
        return compared_with(self._merger.environment.parse(self._source), name)


class Compiled(_Text):
    """A template ready to be filled in, many times."""

    @cached_property
    def _constant(self) -> str | None:
        """The text itself, where nothing in it is Jinja's."""
        return None if "{" in self._source or "\r" in self._source else self._source

    def render(self, context: Mapping[str, object]) -> str:
        """Return the text.

        Raises:
            FieldMissing: the context lacks a name, or has nothing under it.
            TextMissing: a text is not there in the language.
            LimitExceeded: the template runs, loops or writes more than it may.
            TemplateError: an expression cannot be computed, or is not allowed.
        """
        if self._constant is not None:
            return self._constant
        with self._merger.running(context, self.where):
            return self._merger.environment.concat(self._template.root_render_func(self._scope(context)))

    def pieces(self, context: Mapping[str, object]) -> list[str]:
        """Return the text in pieces: what the template has as it is, and each value it prints. Raises as `render`."""
        with self._merger.running(context, self.where):
            return self._merger.environment.gather(self._template.root_render_func(self._scope(context)))


class Expression(_Text):
    """An expression ready to be computed, many times."""

    def evaluate(self, context: Mapping[str, object]) -> object:
        """Return the value. Raises as `Compiled.render`; None when a known field is empty."""
        with self._merger.running(context, self.where):
            scope = self._scope(context)
            for _ in self._template.root_render_func(scope):
                pass
            result = scope.vars[_RESULT]
            if isinstance(result, Undefined):
                if self._merger.environment.missing == "blank":
                    return None
                raise missing_field(result)
            return result

    def test(self, context: Mapping[str, object]) -> bool:
        """Return whether the value counts as true: empty fields, empty text and 0 do not."""
        return bool(self.evaluate(context))


def compile_expression(text: str, where: Where | None = None, limits: WorkLimits | None = None) -> Expression:
    """Compile a condition such as a step's `when`."""
    return Merger(None, "none", limits, plain=True).expression(text, where)


def build_context(
    values: Mapping[str, object],
    *,
    locale: str,
    company: Mapping[str, object] | BaseModel,
    today: date,
    texts: Mapping[str, Mapping[str, object]] | None = None,
    extra: Mapping[str, object] | None = None,
    merge_record: int = 1,
) -> dict[str, object]:
    """Return what a template sees.

    Args:
        values: the record's fields, typed, computed ones included.
        locale: a Babel identifier such as `de` or `pt_BR`: the language of this document.
        company: the sender.
        today: the run's date.
        texts: language -> key -> text, of the template; the region falls back to its language, to no other.
        extra: constants of the job; the record wins over them.
        merge_record: which record of the source it is, from 1; a bundle says besides which one of its own it is.
    """
    locale = locale.replace("-", "_")
    return {
        **(extra or {}),
        **values,
        "company": _as_mapping(company),
        "locale": locale,
        "language": locale.split("_")[0],
        "today": today,
        "texts": Texts(locale, texts or {}),
        "merge_record": merge_record,
        "merge_sequence": merge_record,
    }


def _as_mapping(value: object) -> object:
    if isinstance(value, BaseModel):
        return {name: _as_mapping(inner) for name, inner in value}
    return value
