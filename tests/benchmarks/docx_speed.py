"""Contracts in Word: docgen beside other tools that fill in Word templates, in documents per CPU second.

Each tool runs in a process of its own and is asked for rounds in turn, so that noise of the machine hits all alike.
Before any figure counts, the text of the documents must be the same. CPU time is that of all threads of the process.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from lxml import etree

from .contract import SYNTAXES, build_records, build_template
from .figures import Figures, broken, machine, table_lines, warm_up
from .peers.environments import NotInstalled, Peer
from .worker import Process

DOCGEN = Peer("docgen", "", "jinja")
PEERS = (
    DOCGEN,
    Peer("docgen-reference", "", "jinja", remark=" (--engine reference)"),
    Peer("docxtpl", "0.20.2", "jinja"),
    Peer("rust-docxtpl", "0.1.2", "jinja"),
    Peer("docxtpl-ng", "0.2.0", "jinja"),
    Peer("docx-mailmerge2", "1.0.3", "merge fields"),
    Peer("docxtemplater", "3.71.0", "braces", node=True),
    Peer("easy-template-x", "7.2.8", "braces", node=True),
    Peer("docx-templates", "4.15.0", "commands", node=True, remark=", sandbox off"),
)
#: How many times faster docgen must be, in documents per CPU second.
AT_LEAST: Mapping[str, float] = {"docxtpl": 40, "docx-mailmerge2": 10, "docxtemplater": 10, "easy-template-x": 10}
#: Peak memory after 10,000 documents may be this many times that after 1,000.
MEMORY_RATIO = 1.05

_ROUNDS = 7
_ROUND_S = 1.0
_WARM_UP_S = 2.0
_RECORDS = 50
_COMPARED = 5
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Worker(Process):
    """A tool that fills in the contract."""

    def __init__(self, peer: Peer, folder: Path) -> None:
        template = folder / f"{peer.syntax}.docx"
        if not template.exists():
            template.write_bytes(build_template(SYNTAXES[peer.syntax]))
        super().__init__(peer, folder, [template, folder / "records.json"])


def text_of(content: bytes) -> list[str]:
    """Return the paragraphs of body, headers and footers with their white space evened out, empty ones left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = sorted(package.namelist())
        wanted = [n for n in names if n.startswith(("word/header", "word/footer"))]
        roots = [etree.fromstring(package.read(name)) for name in ["word/document.xml", *wanted]]
    paragraphs = (" ".join(_text(node).split()) for root in roots for node in root.iter(f"{_W}p"))
    return [text for text in paragraphs if text]


def _text(paragraph: etree._Element) -> str:
    nodes = paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br")
    return "".join((node.text or "") if node.tag == f"{_W}t" else " " for node in nodes)


def difference(expected: Sequence[str], found: Sequence[str]) -> str:
    """Return where two texts begin to differ; "" where they do not."""
    for one, other in zip(expected, found, strict=False):
        if one != other:
            return f'"{other}" instead of "{one}"'
    if len(expected) != len(found):
        return f"{len(found)} paragraphs instead of {len(expected)}"
    return ""


def measure(folder: Path, peers: Sequence[Peer], rounds: int = _ROUNDS, round_s: float = _ROUND_S) -> list[Figures]:
    """Compare the texts, then measure; raise SystemExit where a text differs."""
    (folder / "records.json").write_text(json.dumps(build_records(_RECORDS)), encoding="utf-8")
    figures, workers = [Figures(peer) for peer in peers], []
    for one in figures:
        try:
            workers.append((one, Worker(one.peer, folder)))
        except NotInstalled as error:
            one.missing = str(error)
            print(f"{one.peer.title}: not measured, {error}", file=sys.stderr)
    try:
        check_texts([worker for _, worker in workers], folder)
        sizes = [warm_up(one, worker, round_s, _WARM_UP_S) for one, worker in workers]
        for _ in range(rounds):
            for (one, worker), count in zip(workers, sizes, strict=True):
                one.times.append(worker.ask(f"round {count}")["cpu_s"] / count)
    finally:
        for _, worker in workers:
            worker.close()
    return figures


def check_texts(workers: Sequence[Worker], folder: Path) -> None:
    """Raise SystemExit unless all write what the first writes."""
    expected: list[list[str]] = []
    for worker in workers:
        for number in range(_COMPARED):
            file = folder / f"{worker.peer.name}-{number}.docx"
            worker.ask(f"write {number} {file}")
            text = text_of(file.read_bytes())
            if worker is workers[0]:
                expected.append(text)
            elif found := difference(expected[number], text):
                raise SystemExit(f"{worker.peer.title} writes another text, so no figure counts: {found}")


def measure_memory(folder: Path) -> tuple[int, int]:
    """Return docgen's peak memory in kB after 1,000 documents and after 10,000, in one process."""
    worker = Worker(DOCGEN, folder)
    try:
        worker.ask("round 1000")
        early = worker.ask("memory")["peak_kb"]
        worker.ask("round 9000")
        return early, worker.ask("memory")["peak_kb"]
    finally:
        worker.close()


def table() -> list[str]:
    """Return the lines of a Markdown table; raise SystemExit where a figure does not hold."""
    with tempfile.TemporaryDirectory(prefix="docgen-bench-") as name:
        figures = measure(Path(name), PEERS)
        early, late = measure_memory(Path(name))
    lines = [*table_lines(figures), "", *_memory_lines(early, late), "", f"Measured on: {machine()}."]
    faults = broken(figures, AT_LEAST)
    if late > early * MEMORY_RATIO:
        faults.append(f"memory grows: {early // 1024} MB after 1,000 documents, {late // 1024} MB after 10,000")
    if faults:
        print("\n".join(lines), flush=True)
        raise SystemExit("; ".join(faults))
    return lines


def _memory_lines(early: int, late: int) -> list[str]:
    return [
        "| documents made by one process | peak MB |",
        "|---|---|",
        f"| 1,000 | {early / 1024:.0f} |",
        f"| 10,000 | {late / 1024:.0f} |",
    ]
