"""A tool at work in a process of its own. See `peers/loop.py` for what it obeys."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .peers.environments import Peer


class Process:
    """A tool at work.

    Raises:
        NotInstalled: it cannot be installed here.
        SystemExit: it fails; says what it wrote.
    """

    def __init__(self, peer: Peer, folder: Path, arguments: Sequence[Path]) -> None:
        command, cwd = peer.command()
        self._log = (folder / f"{peer.name}.log").open("w+")
        self._process = subprocess.Popen(
            [*command, *map(str, arguments)],
            cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
        )  # fmt: skip
        self.peer = peer
        self.first = self._answer()

    def ask(self, line: str) -> dict[str, Any]:
        """Send a line and return the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._log.seek(0)
            raise SystemExit(f"{self.peer.title} failed:\n{self._log.read()}")
        return dict(json.loads(line))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._log.close()
