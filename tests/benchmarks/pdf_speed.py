"""Invoices as PDF: docgen beside other tools that make them, in documents per CPU second; then letters in one file.

Each tool runs in a process of its own and is asked for rounds in turn, so that noise of the machine hits all alike, and
ratios are those of the same round. Before any figure counts, each tool must have printed every word of a record and no
other, on one page, in the two faces given, embedded, with the picture. CPU time is that of all threads of the process.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import pdf_letters
from .figures import Figures, broken, machine, table_lines, warm_up
from .pdf_invoice import FIXED, build_records, fault_of, write_sources
from .peers.environments import NotInstalled, Peer
from .worker import Process

_JINJA = "jinja2==3.1.6"
_ACCELERATOR = "rl_accel==0.9.1"


def _peer(name: str, version: str = "", remark: str = "", *needs: str, package: str = "", node: bool = False) -> Peer:
    return Peer(name, version, remark=remark, package=package, needs=needs, node=node, programs="pdf_")


DOCGEN = _peer("docgen")
FRESH = _peer("docgen-fresh", remark=", no description twice", package="docgen")
PEERS = (
    DOCGEN,
    FRESH,
    _peer("docgen-reference", remark=" (--engine reference)", package="docgen"),
    _peer("typst", "0.15.2", ", tags off"),
    _peer("typst-tagged", "0.15.2", ", tagged as docgen's are", package="typst"),
    _peer("plutoprint", "0.23.0", "", _JINJA),
    _peer("fullbleed", "2.5.39", ", shaping off", _JINJA),
    _peer("fullbleed-compiled", "2.5.39", ", compiled, shaping off", _JINJA, package="fullbleed"),
    _peer("reportlab", "5.1.0", ", Platypus", _ACCELERATOR),
    _peer("z3c.rml", "5.2", "", "reportlab==5.1.0", _JINJA, _ACCELERATOR),
    _peer("pdfmake", "0.3.11", node=True),
    _peer("weasyprint", "70.0", "", _JINJA),
    _peer("fpdf2", "2.8.9"),
)
#: How many times faster docgen must be, in documents per CPU second.
AT_LEAST: Mapping[str, float] = {"typst": 3, "z3c.rml": 15, "reportlab": 5, "fpdf2": 20, "weasyprint": 60}

_ROUNDS = 7
_ROUND_S = 0.5
_WARM_UP_S = 1.0
_RECORDS = 1000
_COMPARED = 5


class Worker(Process):
    """A tool that makes invoices."""

    def __init__(self, peer: Peer, folder: Path) -> None:
        super().__init__(peer, folder, [folder, folder / f"{_kind(peer)}.json"])


def _kind(peer: Peer) -> str:
    return "fresh" if peer is FRESH else "records"


def write_folder(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Write what the tools need into a folder, and return both kinds of records."""
    write_sources(folder)
    records = {"records": build_records(_RECORDS), "fresh": build_records(4 * _RECORDS, fresh=True)}
    for name, value in {**records, "fixed": FIXED}.items():
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    own = folder / "docgen"
    own.mkdir()
    shutil.copy(folder / "invoice.rml", own / "body.rml")
    shutil.copy(folder / "logo.png", own)
    (own / "template.yaml").write_text("title: Invoice\nkind: invoice\n", encoding="utf-8")
    return records


def measure(folder: Path, peers: Sequence[Peer], rounds: int = _ROUNDS, round_s: float = _ROUND_S) -> list[Figures]:
    """Check the documents, then measure; raise SystemExit where one is not right."""
    records = write_folder(folder)
    figures, workers = [Figures(peer) for peer in peers], []
    for one in figures:
        try:
            workers.append((one, Worker(one.peer, folder)))
        except NotInstalled as error:
            one.missing = str(error)
            print(f"{one.peer.title}: not measured, {error}", file=sys.stderr)
    try:
        for _, worker in workers:
            check_documents(worker, records[_kind(worker.peer)], folder)
        sizes = [warm_up(one, worker, round_s, _WARM_UP_S) for one, worker in workers]
        for _ in range(rounds):
            for (one, worker), count in zip(workers, sizes, strict=True):
                one.times.append(worker.ask(f"round {count}")["cpu_s"] / count)
    finally:
        for _, worker in workers:
            worker.close()
    return figures


def check_documents(worker: Process, records: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """Raise SystemExit where a document does not hold what its record says."""
    for number in range(_COMPARED):
        file = folder / f"{worker.peer.name}-{number}.pdf"
        worker.ask(f"write {number} {file}")
        if fault := fault_of(file.read_bytes(), records[number]):
            raise SystemExit(f"{worker.peer.title} makes another document, so no figure counts: {fault}")


def table() -> list[str]:
    """Return the lines of two Markdown tables; raise SystemExit where a figure does not hold."""
    with tempfile.TemporaryDirectory(prefix="docgen-bench-") as name:
        figures = measure(Path(name), PEERS)
    faults = broken(figures, AT_LEAST)
    letters, letter_faults = pdf_letters.table()
    lines = [*table_lines(figures), "", *letters, "", f"Measured on: {machine()}."]
    if faults or letter_faults:
        print("\n".join(lines), flush=True)
        raise SystemExit("; ".join([*faults, *letter_faults]))
    return lines
