"""Floor 1, rules: the fields a template declares, and reading a record's raw values as those types.

Types are declared, never guessed: a column without a declared field passes through untouched. This module does not
know where values come from; it refuses to know files, rows and templates' bodies. Every fault of a record is
collected, so that a person repairs a row once.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from docgen.errors import MissingValue, RecordError, WrongValue
from docgen.numerals import writing
from docgen.scalars import READERS, Misfit


class FieldType(StrEnum):
    """What a field holds."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    LIST = "list"
    OBJECT = "object"
    EMAIL = "email"
    URL = "url"
    COUNTRY = "country"
    LANGUAGE = "language"
    IBAN = "iban"


#: Types whose values have parts of their own.
NESTED = frozenset({FieldType.LIST, FieldType.OBJECT})


class FieldSpec(BaseModel):
    """One field of a template; `name: decimal` is short for `name: {type: decimal}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: FieldType = Field(FieldType.TEXT, description="What the field holds.")
    required: bool = Field(False, description="An empty value is a fault of the record.")
    example: Any = Field(None, description="A value as a person would write it; shown by `docgen fields`.")
    help: str = Field("", description="What the field means, for the person who fills in the data.")
    fields: dict[str, FieldSpec] = Field(
        default_factory=dict, description="The fields of an object, or of each row of a list."
    )
    of: FieldType | None = Field(None, description="The type of each value of a list without named fields.")

    @model_validator(mode="before")
    @classmethod
    def _expand_shorthand(cls, data: Any) -> Any:
        return {"type": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _check_parts(self) -> Self:
        if self.fields and self.type not in NESTED:
            raise ValueError(f"a field of type {self.type} has no fields of its own; use type list or object")
        if self.of is not None and self.type is not FieldType.LIST:
            raise ValueError(f"`of` is for lists; this field is of type {self.type}")
        if self.of is not None and self.fields:
            raise ValueError("give either `of` or `fields`, not both")
        if self.of in NESTED:
            raise ValueError("`of` takes a plain type; describe rows with `fields`")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Allow the shorthand in the published JSON Schema too."""
        whole = handler.resolve_ref_schema(handler(schema))
        shorthand = {"type": "string", "enum": [str(kind) for kind in FieldType]}
        return {"anyOf": [shorthand, whole], "description": whole.get("description", "")}


def read_values(
    values: Mapping[str, object],
    specs: Mapping[str, FieldSpec],
    input_locale: str,
    key: str = "",
    required_by: Mapping[str, str] | None = None,
) -> tuple[dict[str, object], list[RecordError]]:
    """Read a record's raw values as their declared types.

    Args:
        values: column -> raw value. Columns without a spec pass through untouched.
        specs: field -> declaration. A field without a column is empty.
        input_locale: how the source writes numbers and dates.
        key: the record's key, for the faults.
        required_by: field path without positions (`number`, `lines[].quantity`) -> name of the template that needs
            it; such a field is required whatever its spec says.

    Returns:
        The values (None where empty; an absent list is []) and every fault, in the order of the specs. Positions in
        paths count from 1: `lines[3].quantity` is of the third line. A faulty field is None.

    Raises:
        JobError: `input_locale` is no locale.
    """
    writing(input_locale)
    reading = _Reading(input_locale, key, required_by or {})
    return reading.read_fields(values, specs, "", ""), reading.faults


class _Reading:
    """The reading of one record: collects faults while it walks down."""

    def __init__(self, locale: str, key: str, required_by: Mapping[str, str]) -> None:
        self.locale = locale
        self.key = key
        self.required_by = required_by
        self.faults: list[RecordError] = []

    def read_fields(
        self, values: Mapping[str, object], specs: Mapping[str, FieldSpec], prefix: str, general: str
    ) -> dict[str, object]:
        """Read one level; `prefix` carries positions, `general` does not."""
        typed = dict(values)
        for name, spec in specs.items():
            typed[name] = self.read_field(values.get(name), spec, prefix + name, general + name)
        return typed

    def read_field(self, value: object, spec: FieldSpec, path: str, general: str) -> object:
        template = self.required_by.get(general, "")
        if is_missing(value):
            if spec.required or template:
                self.faults.append(MissingValue(path, key=self.key, template=template))
            return [] if spec.type is FieldType.LIST else None
        if spec.type is FieldType.LIST:
            return self.read_list(value, spec, path, general)
        if spec.type is FieldType.OBJECT:
            return self.read_object(value, spec, path, general)
        return self.read_scalar(value, spec.type, path)

    def read_list(self, value: object, spec: FieldSpec, path: str, general: str) -> list[object]:
        if not isinstance(value, list | tuple):
            self.refuse(path, value, "a list", "lists come from `nest`, from SQL or from JSON")
            return []
        if spec.of is None and not spec.fields:
            return list(value)
        row = FieldSpec(type=spec.of) if spec.of else FieldSpec(type=FieldType.OBJECT, fields=spec.fields)
        return [
            self.read_field(part, row, f"{path}[{number}]", f"{general}[]")
            for number, part in enumerate(value, start=1)
        ]

    def read_object(self, value: object, spec: FieldSpec, path: str, general: str) -> dict[str, object] | None:
        if not isinstance(value, Mapping):
            self.refuse(path, value, "an object with named fields", "objects come from SQL or from JSON")
            return None
        return self.read_fields(value, spec.fields, f"{path}.", f"{general}.")

    def read_scalar(self, value: object, kind: FieldType, path: str) -> object:
        try:
            return READERS[kind](value, self.locale)
        except Misfit as error:
            self.refuse(path, value, error.expected, error.hint)
            return None

    def refuse(self, path: str, value: object, expected: str, hint: str) -> None:
        shown = value if isinstance(value, str) else str(value)
        self.faults.append(WrongValue(path, _shorten(shown), expected, key=self.key, hint=hint))


def is_missing(value: object) -> bool:
    """Tell whether a value is empty: nothing, blanks alone, or a list without rows."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | tuple | dict) and not value)


def _shorten(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
