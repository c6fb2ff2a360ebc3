"""Floor 1, rules: the base of every model that a YAML file is read into.

Frozen, and an unknown key is a fault. Knows nothing of jobs, configurations or templates.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo


class StrictModel(BaseModel):
    """A frozen value read from YAML. Keys are read by alias, Python code may use the names."""

    # Numbers pass for text because the YAML reader keeps as a number only what writes back the same.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        coerce_numbers_to_str=True,
        validate_default=True,
        hide_input_in_errors=True,
    )


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str | int) and not isinstance(value, bool) else value


def _under_base(path: Path, info: ValidationInfo) -> Path:
    base = (info.context or {}).get("base")
    return path if base is None else Path(base) / path


Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many, json_schema_input_type=str | tuple[str, ...])]
"""A list of words; a single word may stand without brackets."""

RelativePath = Annotated[Path, AfterValidator(_under_base)]
"""A path; when it is relative, it is below the folder of the file that names it (`context["base"]`)."""
