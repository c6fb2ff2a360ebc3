"""Floor 1, rules: the fields a template declares, and reading a record's raw values as those types.

Types are declared, never guessed: a column without a declared field passes through untouched. This module does not
know where values come from; it refuses to know files, rows and templates' bodies. Every fault of a record is
collected, so that a person repairs a row once.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


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
