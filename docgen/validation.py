"""Floor 1, rules: what pydantic finds in a YAML file, as faults with places, in words for people.

The only module that knows pydantic's error types. Knows no model in particular.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from docgen.errors import DocgenError, UserError, did_you_mean, raise_faults
from docgen.model import Where
from docgen.strict import key_of
from docgen.yamltree import KeyPath, YamlTree

Model = TypeVar("Model", bound=BaseModel)


def validate(
    model: type[Model], tree: YamlTree, error: type[UserError], context: Mapping[str, object] | None = None
) -> Model:
    """Return the model's instance.

    Args:
        model: what the file must be.
        tree: the file.
        error: the class of faults.
        context: for the model's validators, such as `base`, the folder of relative paths.

    Raises:
        UserError: one fault itself, several as `Faults`; those found on reading included.
    """
    instance, faults = collect(model, tree, error, context)
    raise_in_order([*tree.faults, *faults])
    assert instance is not None, "no instance means faults"
    return instance


def collect(
    model: type[Model], tree: YamlTree, error: type[UserError], context: Mapping[str, object] | None = None
) -> tuple[Model | None, list[UserError]]:
    """Return the instance and the faults, for callers that have more to check. See `validate`.

    With unknown keys alone the instance is what the file says without them; with other faults it is None.
    """
    if not isinstance(tree.data, dict | None):
        return None, [error('the file does not begin with a key, such as "name: value"', where=tree.where())]
    try:
        return model.model_validate(tree.data, by_alias=True, by_name=False, context=dict(context or {})), []
    except ValidationError as cause:
        translator = _Translator(model, tree, error)
        errors = _first_causes(cause.errors(include_url=False))
        found = [translator.fault(details) for details in errors]
        unknown = [details["loc"] for details in errors if details["type"] == "extra_forbidden"]
        instance = _without(unknown, model, tree, context) if len(unknown) == len(errors) else None
        return instance, [fault for fault in found if fault is not None]


def _first_causes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out lists that are too short only because their entries are faulty."""
    faulty = {details["loc"][:length] for details in errors for length in range(len(details["loc"]))}
    return [details for details in errors if details["type"] != "too_short" or details["loc"] not in faulty]


def _without(
    unknown: list[KeyPath], model: type[Model], tree: YamlTree, context: Mapping[str, object] | None
) -> Model | None:
    data = deepcopy(tree.data)
    for *path, key in unknown:
        parent: Any = data
        for step in path:
            known = isinstance(parent, dict) and step in parent
            known = known or (isinstance(parent, list) and isinstance(step, int) and step < len(parent))
            parent = parent[step] if known else None
        if not isinstance(parent, dict) or parent.pop(key, parent) is parent:
            return None
    try:
        return model.model_validate(data, by_alias=True, by_name=False, context=dict(context or {}))
    except ValidationError:
        return None


def raise_in_order(faults: Iterable[DocgenError]) -> None:
    """Raise all faults, in order of place."""
    raise_faults(sorted(faults, key=place_order))


def place_order(fault: DocgenError) -> tuple[str, int, int]:
    """Return what sorts faults by file, line and column."""
    place = fault.where or Where()
    return (place.file or "", place.line or place.row or 0, place.column or 0)


# --- from a pydantic error to a fault ------------------------------------------------------------


@dataclass(frozen=True)
class _Translator:
    model: type[BaseModel]
    tree: YamlTree
    error: type[UserError]

    def fault(self, details: ErrorDetails) -> UserError | None:
        """Return None for what follows from a fault that the reader of the file has named already."""
        loc = details["loc"]
        if details["type"] == "extra_forbidden":
            return self._unknown(loc)
        missing = details["type"] == "missing"
        path = self._existing(loc[:-1] if missing else loc)
        if path in self.tree.broken:
            return None
        return self._missing(loc, path) if missing else self._unfit(details, path)

    def _existing(self, loc: KeyPath) -> KeyPath:
        """Return the part of pydantic's path that the file has: shorthands have less than their long form."""
        length = len(loc)
        while loc[:length] not in self.tree.values and length:
            length -= 1
        return loc[:length]

    def _missing(self, loc: KeyPath, parent: KeyPath) -> UserError:
        place = self.tree.where_key(parent)
        field = _field(self.model, loc)
        hint = _as_hint(loc[-1], field.description) if field and field.description else ""
        return self.error(f'the key "{loc[-1]}" is missing', where=_at_path(place, loc), hint=hint)

    def _unknown(self, loc: KeyPath) -> UserError:
        key, parent = str(loc[-1]), _model(self.model, loc[:-1])
        hint = ""
        if " " in key and self.tree.at(loc) is None:
            hint = "text with a comma needs quotes inside {...}"
        elif parent:
            hint = self._indent_hint(loc, parent) or did_you_mean(key, _keys(parent))
        return self.error(f'unknown key "{key}"', where=self.tree.where_key(loc), hint=hint)

    def _indent_hint(self, loc: KeyPath, parent: type[BaseModel]) -> str:
        """Recognise `- email:` with its keys on the same level below."""
        for name in _keys(parent):
            child = _model(self.model, (*loc[:-1], name))
            empty = self.tree.where_key((*loc[:-1], name)) and self.tree.at(loc[:-1])
            if child and str(loc[-1]) in _keys(child) and isinstance(empty, dict) and empty.get(name, 0) is None:
                return f'indent it further, below "{name}:"'
        return ""

    def _unfit(self, details: ErrorDetails, path: KeyPath) -> UserError:
        value = self.tree.at(path)
        if isinstance(value, dict | list):
            shown = "a list" if isinstance(value, list) else "a group of keys"
        else:
            shown = "nothing" if value is None else f'"{self.tree.show(path)}"'
        problem, hint = _sentence(details, value, shown)
        return self.error(problem, where=self.tree.where(path), hint=hint)


def _at_path(place: Where, path: KeyPath) -> Where:
    return Where(place.file, place.line, place.column, path)


def _as_hint(key: object, description: str) -> str:
    lower = description[:1].lower() if description[1:2].islower() else description[:1]
    rest = description[1:] if description.endswith("...") else description[1:].removesuffix(".")
    return f"{key}: {lower}{rest}"


#: pydantic's type -> what the value is not.
_NOT: Mapping[str, str] = {
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number", "decimal_parsing", "decimal_type"), "a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
}

#: pydantic's type -> what the value is not, and how such a value is written.
_WRITTEN: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("time_type", "time_parsing"), ("a time of day", 'write it as "09:30", in quotes')),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        ("a date", "write it as 2026-05-04"),
    ),
}

#: pydantic's type -> what should stand there.
_EXPECTED: Mapping[str, str] = {
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), 'a group of keys (lines of "name: value")'),
    **dict.fromkeys(("list_type", "tuple_type", "iteration_error"), 'a list (lines of "- element", or [a, b])'),
    **dict.fromkeys(("string_type", "path_type", "string_sub_type"), "text"),
}

#: pydantic's type -> what is wrong, from the error's figures.
_BOUNDS: Mapping[str, Callable[[dict[str, Any]], str]] = {
    "greater_than": lambda ctx: f"must be more than {ctx['gt']:g}",
    "greater_than_equal": lambda ctx: f"must be at least {ctx['ge']:g}",
    "less_than": lambda ctx: f"must be less than {ctx['lt']:g}",
    "less_than_equal": lambda ctx: f"must be at most {ctx['le']:g}",
}


def _sentence(details: ErrorDetails, value: object, shown: str) -> tuple[str, str]:
    """Return the problem and a hint."""
    kind, ctx = details["type"], details.get("ctx", {})
    if value is None:
        return "there is no value", "write one, or leave the key out; a bare # begins a comment"
    if kind in ("enum", "literal_error"):
        choices = re.findall(r"'([^']*)'", str(ctx.get("expected", "")))
        return f"{shown} is not one of the possible values", _choice_hint(str(value), choices)
    if kind == "value_error":
        problem, _, hint = str(ctx["error"]).partition("; ")
        return problem.replace("{value}", shown), hint
    if kind in ("too_short", "string_too_short"):
        return "this is empty", "write at least one entry" if kind == "too_short" else "write a text"
    if kind in _BOUNDS:
        return f"{shown} {_BOUNDS[kind](ctx)}", ""
    if kind in _NOT:
        return f"{shown} is not {_NOT[kind]}", ""
    if kind in _WRITTEN:
        what, hint = _WRITTEN[kind]
        return f"{shown} is not {what}", hint
    expected = _EXPECTED.get(kind, "something else")
    in_quotes = expected == "text" and not isinstance(value, dict | list)
    return f"{shown} stands where {expected} is expected", f"put it in quotes: {shown}" if in_quotes else ""


def _choice_hint(value: str, choices: list[str]) -> str:
    return did_you_mean(value, choices) or did_you_mean(value.lower(), choices)


# --- finding the model behind a path -------------------------------------------------------------


def _keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {key_of(name, field): field for name, field in model.model_fields.items()}


def is_text(model: type[BaseModel], path: KeyPath) -> bool:
    """Return whether a key takes a single value rather than a list or a group of keys."""
    field = _field(model, path)
    kind = _plain(field.annotation) if field else str
    return get_origin(kind) is None and not (isinstance(kind, type) and issubclass(kind, BaseModel))


def _field(model: type[BaseModel], path: KeyPath) -> FieldInfo | None:
    parent = _model(model, path[:-1])
    return _keys(parent).get(str(path[-1])) if parent else None


def _model(model: type[BaseModel], path: KeyPath) -> type[BaseModel] | None:
    """Return the model that reads the mapping at a path."""
    here: Any = model
    for step in path:
        here = _plain(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = _keys(here).get(str(step))
            here = field.annotation if field else None
        else:
            here = _element(here)
    here = _plain(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _element(annotation: Any) -> Any:
    """Return the type of the values of a dict, or the elements of a tuple or list."""
    arguments = get_args(annotation)
    if not arguments:
        return None
    return arguments[1] if get_origin(annotation) is dict else arguments[0]


def _plain(annotation: Any) -> Any:
    """Take `Annotated` and `| None` off."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, UnionType):
            annotation = next((part for part in get_args(annotation) if part is not type(None)), None)
        else:
            return annotation
