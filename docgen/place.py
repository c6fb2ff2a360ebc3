"""Floor 1, rules: where in a template and in the data a fault happened, in words for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from types import TracebackType

from jinja2 import Template, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from docgen.computing import in_words
from docgen.errors import (
    DocgenError,
    FieldMissing,
    LimitExceeded,
    TemplateError,
    TemplateMissing,
    TemplateSyntax,
    did_you_mean,
)
from docgen.model import Where
from docgen.sharing import SHARED

_UNKNOWN = re.compile(r"No (filter|test) named '([^']*)'")


def pinpoint(path: str, names: Mapping[str, object]) -> str:
    """Put a number, counted from 1, into the first `[]` of a path whose element lacks the rest: `lines[].price`.

    Of several paths, parted by `|`, the first one that leads to nothing is meant.
    """
    paths = path.split("|")
    path = next((each for each in paths if _lacks(each, names)), paths[0])
    head, brackets, rest = path.partition("[]")
    if not brackets:
        return path
    many = _value(names, head)
    if not isinstance(many, list | tuple):
        return path
    for number, element in enumerate(many, 1):
        if not rest or _value(element, rest.lstrip(".").split("[]")[0]) is None:
            return f"{head}[{number}]{rest}"
    return path


def _lacks(path: str, names: Mapping[str, object]) -> bool:
    head, brackets, rest = path.partition("[]")
    found = _value(names, head)
    if not brackets or not isinstance(found, list | tuple):
        return found is None
    return any(_value(element, rest.lstrip(".").split("[]")[0]) is None for element in found)


def _value(parent: object, path: str) -> object:
    for name in filter(None, path.split(".")):
        parent = parent.get(name) if isinstance(parent, Mapping) else None
    return parent


def _frames(trace: TracebackType | None) -> Iterator[tuple[Template, int]]:
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            yield template, template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next


def place_of(error: BaseException, where: Where) -> Where:
    """Return the place of an error that a template raised.

    Args:
        error: with its traceback.
        where: the place of the template; its line, where it has one, is kept.
    """
    if isinstance(error, TemplateSyntaxError):
        name, line = error.name, error.lineno
    else:
        template, line = ([(None, 0), *_frames(error.__traceback__)])[-1]
        name = template.name if template else None
    if name:
        return Where(file=beside(where.file or "", name), line=line or None)
    return replace(where, line=where.line or line or None)


def beside(file: str, name: str) -> str:
    """Return what messages call a file that a body names: beside the body, or beside its folder for `shared/...`."""
    folder = PurePosixPath(file).parent
    return (folder.parent / name if name.startswith(f"{SHARED}/") else folder / name).as_posix()


def translate(error: Exception, where: Where, filters: Iterable[str] = ()) -> DocgenError:
    """Return what a template's failure is to a reader; the caller raises it `from` the cause.

    Args:
        error: anything Jinja or an expression raised.
        where: the place of the template.
        filters: the names of what a misspelt filter may have meant.
    """
    place = place_of(error, where)
    if isinstance(error, DocgenError):
        return error if error.where and error.where.line else error.placed(place)
    match error:
        case TemplateSyntaxError():
            unknown = _UNKNOWN.match(error.message or "")
            hint = did_you_mean(unknown[2], filters) if unknown and unknown[1] == "filter" else ""
            problem = f"there is no {unknown[1]} {unknown[2]}" if unknown else _sentence(error.message or "")
            return TemplateSyntax(problem, where=place, hint=hint)
        case TemplateNotFound():
            return TemplateMissing(_sentence(error.message or str(error)), where=place)
        case SecurityError():
            return TemplateError(_sentence(str(error)), where=place)
        case UndefinedError():
            return FieldMissing(_sentence(str(error)), where=place)
        case RecursionError():
            return LimitExceeded("the template calls itself without end", where=place)
        case MemoryError():
            return LimitExceeded("the template needs more memory than there is", where=place)
        case _:
            problem, hint = in_words(error)
            return TemplateError(f"the expression cannot be computed: {problem}", where=place, hint=hint)


def _sentence(text: str) -> str:
    return text.strip().rstrip(".") or "something is wrong"
