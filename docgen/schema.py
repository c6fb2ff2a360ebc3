"""Floor 1, rules: JSON Schema of the YAML files, for editors that complete and check while a person writes.

Made from the models alone, so that it cannot say anything else than the reading does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from docgen.config import Config
from docgen.job import Job
from docgen.kinds import KINDS
from docgen.strict import StrictModel
from docgen.template import Manifest

SchemaName = Literal["job", "config", "template"]

MODELS: Mapping[str, type[BaseModel]] = {"job": Job, "config": Config, "template": Manifest}


class _Generator(GenerateJsonSchema):
    """Says in the schema what reading allows beyond the models' own types."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Allow the short form of a model, and nothing at all where no key is required."""
        whole = super().model_schema(schema)
        whole.pop("title", None)
        model = schema["cls"]
        if not issubclass(model, StrictModel):
            return whole
        short = [{"type": "string"}] if model.shorthand else []
        empty = [{"type": "null"}] if _may_be_empty(model) else []
        if not short and not empty:
            return whole
        description = whole.pop("description", "")
        return {"description": description, "anyOf": [*short, whole, *empty]}

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out titles that only repeat the key."""
        return False


def _may_be_empty(model: type[BaseModel]) -> bool:
    try:
        model.model_validate({})
    except ValidationError:
        return False
    return True


def schema(name: SchemaName) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of YAML file, every key with a description."""
    generated = MODELS[name].model_json_schema(by_alias=True, schema_generator=_Generator)
    if name == "template":
        generated["properties"]["kind"]["enum"] = sorted(KINDS)
    return {"$schema": GenerateJsonSchema.schema_dialect, "title": f"docgen {name}", **generated}


def schema_text(name: SchemaName) -> str:
    """Return the schema as `docgen schema` prints it and schemas/ holds it."""
    return json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"
