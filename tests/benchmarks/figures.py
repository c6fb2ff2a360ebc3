"""What was measured of tools, and the tables of it."""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .peers.environments import Peer
from .worker import Process


@dataclass
class Figures:
    """What was measured of one tool; times in CPU seconds for one document, one for each round."""

    peer: Peer
    cold_s: float = 0
    size: int = 0
    times: list[float] = field(default_factory=list)
    missing: str = ""

    @property
    def time_s(self) -> float:
        """The middle round."""
        return statistics.median(self.times)

    def times_slower(self, base: Figures) -> float:
        """Return how many times longer this tool takes: the middle of the ratios of each round."""
        return statistics.median(own / other for own, other in zip(self.times, base.times, strict=True))


def warm_up(one: Figures, worker: Process, round_s: float, warm_s: float) -> int:
    """Let a tool run until it is warm, and return how many documents make a round."""
    one.cold_s, one.size = worker.first["cold_s"], worker.first["bytes"]
    spent, count, last = 0.0, 1, 1.0
    while spent < warm_s * min(1, round_s):
        last = worker.ask(f"round {count}")["cpu_s"]
        spent += last
        count *= 2
    return max(1, round(round_s / (last / (count // 2))))


def table_lines(figures: Sequence[Figures]) -> list[str]:
    """Return the lines of a Markdown table; the first tool is what the others are compared with."""
    lines = [
        "| tool | ms a document | documents a CPU second | docgen is faster by | first document, ms | kB |",
        "|---|---|---|---|---|---|",
    ]
    for one in figures:
        if one.missing:
            lines.append(f"| {one.peer.title} | not measured: {one.missing} | | | | |")
            continue
        cells = (
            one.peer.title, f"{one.time_s * 1e3:.2f}", f"{1 / one.time_s:,.0f}",
            f"{one.times_slower(figures[0]):.1f}", f"{one.cold_s * 1e3:,.0f}", f"{one.size / 1e3:.0f}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def broken(figures: Sequence[Figures], at_least: Mapping[str, float]) -> list[str]:
    """Return where the first tool is not as many times as fast as it must be.

    Args:
        figures: of all tools.
        at_least: name of a tool -> how many times.
    """
    return [
        f"docgen is {ratio:.1f} times as fast as {one.peer.title}, not {at_least[one.peer.name]:g}"
        for one in figures
        if one.times and (ratio := one.times_slower(figures[0])) < at_least.get(one.peer.name, 0)
    ]


def machine() -> str:
    """Return the kind of machine, and what runs on it."""
    model = next((line.split(":")[1].strip() for line in _cpu_lines() if line.startswith("model name")), "unknown CPU")
    node = shutil.which("node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip() if node else "none"
    python = platform.python_version()
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {python}, Node {version.lstrip('v')}"


def _cpu_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return []
