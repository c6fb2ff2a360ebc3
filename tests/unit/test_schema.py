"""JSON Schemas of the YAML files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from docgen.kinds import KINDS
from docgen.schema import MODELS, SchemaName, schema, schema_text

ROOT = Path(__file__).parents[2]
NAMES: tuple[SchemaName, ...] = get_args(SchemaName)


def keys_of(node: Any, root: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, description) of every key of a schema."""
    if isinstance(node, list):
        for child in node:
            yield from keys_of(child, root, path)
    if not isinstance(node, dict):
        return
    for key, value in node.get("properties", {}).items():
        referred = root.get("$defs", {}).get(value.get("$ref", "").rpartition("/")[2], {})
        yield f"{path}.{key}", value.get("description") or referred.get("description", "")
    for name, child in node.items():
        yield from keys_of(list(child.values()) if name in ("properties", "$defs") else child, root, f"{path}.{name}")


@pytest.mark.parametrize("name", NAMES)
def test_every_key_has_a_description(name: SchemaName) -> None:
    keys = list(keys_of(schema(name), schema(name)))
    assert len(keys) > 8
    assert [path for path, description in keys if len(description) < 5] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_published_schema_is_current(name: SchemaName) -> None:
    published = (ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(name), f"write it anew: docgen schema {name} > schemas/{name}.schema.json"


@pytest.mark.parametrize("name", NAMES)
def test_unknown_keys_are_refused_at_every_level(name: SchemaName) -> None:
    def groups(node: Any) -> Iterator[dict[str, Any]]:
        if isinstance(node, dict):
            if "properties" in node and node.get("type") == "object":
                yield node
            for child in node.values():
                yield from groups(child)
        if isinstance(node, list):
            for child in node:
                yield from groups(child)

    found = list(groups(schema(name)))
    assert found
    assert all(group["additionalProperties"] is False for group in found)


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_names_its_dialect_and_its_file(name: SchemaName) -> None:
    made = json.loads(schema_text(name))
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["title"] == f"docgen {name}"


def test_there_is_a_schema_for_every_model() -> None:
    assert set(NAMES) == set(MODELS)


def test_keys_are_named_as_in_yaml() -> None:
    job, config = schema("job"), schema("config")
    assert {"class", "deliver"} <= job["properties"].keys()
    assert "message_class" not in job["properties"]
    email = config["$defs"]["EmailConfig"]["anyOf"][0]["properties"]
    assert "from" in email
    assert "from_" not in email


def test_short_forms_are_allowed() -> None:
    definitions = schema("job")["$defs"]
    assert {"type": "string"} in definitions["TableSpec"]["anyOf"]
    assert {"type": "string"} in definitions["NumberSpec"]["anyOf"]
    assert {"type": "null"} in definitions["PrintStep"]["anyOf"]
    assert "anyOf" not in definitions["EmailStep"]
    assert {"type": "null"} not in definitions["TableSpec"]["anyOf"]


def test_a_step_has_exactly_one_key() -> None:
    entry = schema("job")["$defs"]["StepEntry"]
    assert (entry["minProperties"], entry["maxProperties"]) == (1, 1)


def test_a_template_names_a_kind_that_there_is() -> None:
    assert schema("template")["properties"]["kind"]["enum"] == sorted(KINDS)
