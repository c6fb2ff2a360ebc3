"""Floor 1, rules: the names under which templates find docgen's functions, and which of Jinja's own they may use.

A filter given an empty field (None) returns None, so that printing the result names the field that is empty. The
functions `t`, `address`, `words`, `plural`, `list`, `qr` and `image` can be called as well: `{{ t("greeting") }}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from docgen import filters, guards, richfilters
from docgen.limits import current_work
from docgen.rich import Made, made_already
from docgen.wordfunctions import WORD_FUNCTIONS, field_code, word_text

if TYPE_CHECKING:
    from docgen.sandbox import Sandbox


def _passing_empty(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(context: Context, value: Any, *args: Any, **named: Any) -> Any:
        current_work().check_time()
        if value is None or isinstance(value, Undefined):
            return None if value is None else _touch(value)
        if value.__class__ is Made:
            raise made_already(f"|{name}")
        return function(context, value, *args, **named)

    return pass_context(call)


def _touch(value: Undefined) -> None:
    """Raise for a name that is not there; under `missing: blank` it counts as empty."""
    bool(value)


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(_: Context, *args: Any, **named: Any) -> Any:
        return function(*args, **named)

    return call


def _text(function: Callable[..., str]) -> Callable[..., Any]:
    def call(value: object, *args: Any, **named: Any) -> str:
        return function(value if isinstance(value, str) else str(value), *args, **named)

    return wraps(function)(_plain(call))


OWN: dict[str, Callable[..., Any]] = {
    "money": filters.money,
    "number": filters.number,
    "percent": filters.percent,
    "round": _plain(filters.rounded),
    "int": _plain(filters.int_),
    "float": _plain(filters.decimal_),
    "date": filters.date_,
    "datetime": filters.datetime_,
    "t": filters.t,
    "words": filters.words,
    "address": filters.address,
    "plural": filters.plural,
    "list": filters.list_,
    "slug": _plain(filters.slug),
    "literal": _plain(filters.literal),
    "qr": richfilters.qr,
    "image": richfilters.image,
    "markdown": richfilters.markdown,
    "html": richfilters.html,
    "rich": richfilters.rich,
    "link": richfilters.link,
    "checkbox": richfilters.checkbox,
    "subdocument": richfilters.subdocument,
}

#: Functions that no filter goes with.
_CALLED: dict[str, Callable[..., Any]] = {"chart": richfilters.chart, "page_break": richfilters.page_break}

#: Which of them are functions too.
FUNCTIONS = ("t", "address", "words", "plural", "list", "qr", "image")

#: Jinja's filters that templates may use; the others guess, blow up, differ by run, or switch escaping off.
KEPT = (
    "abs", "batch", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "groupby", "items",
    "last", "length", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "slice",
    "sort", "string", "striptags", "sum", "title", "trim", "truncate", "unique", "upper", "urlencode", "wordcount",
)  # fmt: skip

#: Kept filters that leave a text as it is, so that what is formatted already may pass through them.
_OF_ANYTHING = ("d", "default", "e", "escape", "string")

#: Kept filters that would print None as a word.
_OF_TEXT = (
    "capitalize", "e", "escape", "lower", "string", "striptags", "title", "trim", "truncate", "upper", "urlencode",
    "wordcount", "abs",
)  # fmt: skip

#: Kept filters that take as long as what they are given.
_OF_LISTS = (
    "batch", "dictsort", "groupby", "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr",
    "slice", "sort", "sum", "unique",
)  # fmt: skip


def install(environment: Sandbox) -> None:
    """Give an environment docgen's functions, and of Jinja's own those in `KEPT`."""
    builtin = environment.filters
    kept = {name: builtin[name] for name in (*KEPT, "docgen loop")}
    for name in set(KEPT) - set(_OF_ANYTHING):
        kept[name] = _refusing(name, kept[name])
    for name in _OF_TEXT:
        kept[name] = _guarded(kept[name])
    for name in _OF_LISTS:
        kept[name] = _charged(kept[name])
    kept["slice"] = _few(kept["slice"])
    kept["batch"] = _few(kept["batch"])
    guarded = {
        "replace": _text(guards.replace_text),
        "indent": _text(guards.indent_text),
        "center": _text(guards.center_text),
        "format": _text(guards.format_text),
    }
    own = {name: _passing_empty(name, function) for name, function in {**OWN, **guarded}.items()}
    word = {"word_text": pass_context(word_text), "field_code": pass_context(field_code)}
    environment.filters = {**kept, **own, "join": _join, **word}
    environment.globals |= {name: own[name] for name in FUNCTIONS} | {"address": pass_context(filters.address)}
    environment.globals |= {name: pass_context(function) for name, function in {**_CALLED, **WORD_FUNCTIONS}.items()}
    functions: Mapping[str, Any] = environment.globals
    environment.own = frozenset(functions[name] for name in (*FUNCTIONS, *_CALLED, *WORD_FUNCTIONS))
    environment.localise = filters.localised


def _refusing(name: str, builtin: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse what is formatted already: these would see the mark that stands for it."""
    position = 1 if hasattr(builtin, "jinja_pass_arg") else 0

    @wraps(builtin)
    def call(*args: Any, **named: Any) -> Any:
        if args[position].__class__ is Made:
            raise made_already(f"|{name}")
        return builtin(*args, **named)

    return call


def _guarded(builtin: Callable[..., Any]) -> Callable[..., Any]:
    """Hand None on; Jinja passes the environment or the evaluation context where the filter is marked for it."""
    position = 1 if hasattr(builtin, "jinja_pass_arg") else 0

    @wraps(builtin)
    def call(*args: Any, **named: Any) -> Any:
        current_work().check_time()
        return None if args[position] is None else builtin(*args, **named)

    return call


def _charged(builtin: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse what is longer than all loops may be: a long text is a list of letters to these filters."""
    position = 1 if hasattr(builtin, "jinja_pass_arg") else 0

    @wraps(builtin)
    def call(*args: Any, **named: Any) -> Any:
        if isinstance(args[position], Sized):
            guards.safe_range(len(args[position]))
        return builtin(*args, **named)

    return call


def _few(builtin: Callable[..., Any]) -> Callable[..., Any]:
    position = 2 if hasattr(builtin, "jinja_pass_arg") else 1

    @wraps(builtin)
    def call(*args: Any, **named: Any) -> Any:
        for count in (*args[position : position + 1], *named.values()):
            if isinstance(count, int):
                guards.safe_range(count)
        return builtin(*args, **named)

    return call


@pass_context
def _join(context: Context, values: Iterable[object], separator: str = "", attribute: str | None = None) -> str:
    if values.__class__ is Made:
        raise made_already("|join")
    environment = cast("Sandbox", context.environment)
    if attribute is not None:
        values = [environment.getitem(value, attribute) for value in values]
    shown = [value if value is None else environment.shown(context, value, None) for value in values]
    if any(isinstance(value, Markup) for value in shown):
        separator = Markup.escape(separator)
    return guards.join_texts(separator, shown)
