"""Imports go down only, as the table of docs/architecture.md draws the floors."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "docgen"
EDGES = 2


def read_floors() -> dict[str, int]:
    """Top-level module -> its floor."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) [^|]*\|[^|]*\| ([^|]*)\|$", text, flags=re.MULTILINE)
    return {name: int(floor) for floor, names in rows for name in re.findall(r"`(\w+)`", names)}


FLOORS = read_floors()
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Top-level docgen modules that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("docgen"):
            parts = (node.module or "").split(".")
            yield from [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("docgen."))


def own(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_the_table_of_floors_is_read() -> None:
    assert {0, 1, 2, 3, 4} == set(FLOORS.values())
    assert len(FLOORS) > 40


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_down_only(path: Path) -> None:
    here = FLOORS.get(own(path))
    if here is None:
        return  # testing, the entry point and the version stand beside the floors
    for name in imported(path):
        floor = FLOORS.get(name, 0)
        assert floor <= here, f"{own(path)} (floor {here}) imports {name} (floor {floor})"
        if here == EDGES == floor:
            assert name == own(path), f"the edge {own(path)} imports its sibling {name}"
