"""Floor 1, rules: the base of every model that a YAML file is read into.

Frozen, and an unknown key is a fault. Knows nothing of jobs, configurations or templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    PrivateAttr,
    model_validator,
)
from pydantic.fields import FieldInfo

from docgen.model import Where
from docgen.yamltree import YamlTree


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

    #: The key that a bare text stands for: `customers: a.csv` is short for `customers: {file: a.csv}`.
    shorthand: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, data: Any) -> Any:
        if data is None:
            return {}
        if cls.shorthand and isinstance(data, str | int):
            return {cls.shorthand: data}
        return cls._without_empty_parts(data) if isinstance(data, Mapping) else data

    @classmethod
    def _without_empty_parts(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """Leave out keys under which everything is commented out."""
        parts = {key_of(name, field) for name, field in cls.model_fields.items() if _is_part(field)}
        return {key: value for key, value in data.items() if value is not None or key not in parts}


def key_of(name: str, field: FieldInfo) -> str:
    """Return the key that YAML has for a model's field."""
    return field.alias or name


def _is_part(field: FieldInfo) -> bool:
    return field.default_factory is not None or field.default == ()


class FileModel(StrictModel):
    """A whole file. One that was not read from a file has no places."""

    _tree: YamlTree = PrivateAttr(default_factory=lambda: YamlTree({}, ""))
    _path: Path = PrivateAttr(default_factory=Path)

    def read_from(self, path: Path, tree: YamlTree) -> Self:
        """Return this value knowing its file."""
        copy = self.model_copy()
        copy._path, copy._tree = path, tree
        return copy

    def where(self, *path: str | int) -> Where:
        """Return the place of a key's value; of one that is left out, the place of the nearest above it."""
        return self._tree.where(path) if self._tree.file else Where(path=path)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    @property
    def base(self) -> Path:
        """The folder that relative paths in the file start from: the file's own, absolute."""
        return self._path.absolute().parent

    @property
    def sha256(self) -> str:
        """Lower-case hex digest of the file's bytes, "" without a file."""
        return self._tree.sha256
