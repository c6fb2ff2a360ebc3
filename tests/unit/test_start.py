"""What starts with docgen, and what is loaded when it is needed."""

from __future__ import annotations

import pickle
import subprocess
import sys

from docgen.later import Later

#: Each takes a tenth of a second or more to load, and few commands need it.
_HEAVY = ("alembic", "duckdb", "markdown_it", "mrml", "pikepdf", "psutil", "pypdfium2", "reportlab", "z3c")


def test_the_command_line_starts_without_what_few_commands_need() -> None:
    code = f"import sys, docgen.cli; print([name for name in {_HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_function_is_imported_when_it_is_called() -> None:
    later = pickle.loads(pickle.dumps(Later("json", "dumps", (("sort_keys", True),))))
    assert later({"b": 1, "a": 2}) == '{"a": 2, "b": 1}'
