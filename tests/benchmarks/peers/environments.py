"""Environments for the tools that docgen is measured against, made once under `.bench/` and kept.

Each Python library has a virtual environment of its own, since several share the import name `docxtpl`; the Node
libraries share one folder. Nothing of them gets into docgen's own environment.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
CACHE = ROOT / ".bench"
_HERE = Path(__file__).parent
_NODE = {
    "docxtemplater": "3.71.0", "pizzip": "3.3.0", "easy-template-x": "7.2.8", "docx-templates": "4.15.0",
    "pdfmake": "0.3.11",
}  # fmt: skip


class NotInstalled(Exception):
    """A tool cannot be installed here; says why."""


@dataclass(frozen=True)
class Peer:
    """A tool.

    Attributes:
        name: as its registry has it, and as the programs beside this file know it.
        version: the one that is measured; "" is docgen itself.
        syntax: which of `contract.SYNTAXES` it reads.
        node: it runs in Node.
        remark: what people should know of how it is used.
        package: as its registry has it, where the name is that of one way to use it.
        needs: what else is installed with it, each as pip reads it.
        programs: how the names of the programs beside this file that know it begin.
    """

    name: str
    version: str
    syntax: str = ""
    node: bool = False
    remark: str = ""
    package: str = ""
    needs: tuple[str, ...] = ()
    programs: str = ""

    @property
    def title(self) -> str:
        """The name and version, for people."""
        return f"{self.package or self.name} {self.version}".strip() + self.remark

    def command(self) -> tuple[list[str], Path]:
        """Install what is missing, and return the program and the folder to run it in.

        Raises:
            NotInstalled: it cannot be.
        """
        if self.node:
            return [_find("node"), str(_HERE / f"{self.programs}node_peers.cjs"), self.name], _node_folder()
        python = _python(self) if self.version else Path(sys.executable)
        program = f"{self.programs}peers.py" if self.programs else "python_peers.py"
        return [str(python), str(_HERE / program), self.name], ROOT


def _python(peer: Peer) -> Path:
    package = peer.package or peer.name
    folder = CACHE / f"{package}-{peer.version}"
    python, ready = folder / "bin/python", folder / "ready"
    wanted = [f"{package}=={peer.version}", *peer.needs]
    if not ready.exists() or ready.read_text() != "\n".join(wanted):
        _run([sys.executable, "-m", "venv", "--clear", str(folder)], CACHE)
        _run([str(python), "-m", "pip", "install", "--quiet", *wanted], CACHE)
        ready.write_text("\n".join(wanted))
    return python


def _node_folder() -> Path:
    folder = CACHE / "node"
    wanted = json.dumps({"private": True, "dependencies": _NODE}, indent=1)
    manifest = folder / "package.json"
    if not (folder / "ready").exists() or manifest.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        manifest.write_text(wanted)
        _run([_find("npm"), "install", "--no-audit", "--no-fund", "--loglevel=error"], folder)
        (folder / "ready").touch()
    return folder


def _find(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise NotInstalled(f"{program} is not installed")
    return found


def _run(command: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise NotInstalled(f"{Path(command[0]).name} failed: {reason[-1]}")
