"""Files that tools make are committed; they must be what the tools make now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def run_tool(name: str, target: Path) -> None:
    command = [sys.executable, str(ROOT / "tools" / name), str(target)]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "1", "PATH": ""}
    subprocess.run(command, check=True, env=environment, timeout=120)


def test_the_sample_data_is_what_its_tool_makes(tmp_path: Path) -> None:
    run_tool("make_sample_data.py", tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == ["contract_items.csv", "contracts.csv", "customers.csv", "order_lines.csv", "orders.xlsx"]
    different = [
        name for name in made if (tmp_path / name).read_bytes() != (ROOT / "campaigns" / "data" / name).read_bytes()
    ]
    assert different == []


def test_the_request_for_proposals_is_what_its_tool_makes(tmp_path: Path) -> None:
    run_tool("make_rfp_data.py", tmp_path)
    assert (tmp_path / "rfp.xlsx").read_bytes() == (ROOT / "campaigns" / "data" / "rfp.xlsx").read_bytes()


def test_the_contract_is_what_its_tool_makes(tmp_path: Path) -> None:
    run_tool("make_contract_template.py", tmp_path / "body.docx")
    assert (tmp_path / "body.docx").read_bytes() == (ROOT / "templates" / "contract" / "body.docx").read_bytes()


def test_the_sheets_of_labels_are_what_their_tool_makes(tmp_path: Path) -> None:
    run_tool("make_labels_template.py", tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in (ROOT / "templates" / "labels").glob("*.docx")}
