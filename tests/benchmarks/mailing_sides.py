"""The two sides of `mailing`, each for a process of its own, which loads nothing but what that side needs."""

from __future__ import annotations

import csv
import html
import io
import json
import smtplib
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

#: A paragraph of the letter.
PARAGRAPH = "We thank you for your order, and show below what will reach you before the month is over. " * 4
_STEPS = {"read": ("take", "register"), "merge": ("merge", "publish"), "send": ("deliver",), "finish": ("finish",)}
PHASES = ("start", *_STEPS)


def _run_docgen(root: Path, _port: int) -> dict[str, float]:
    """Run the job in this process, and say how much of its CPU time went where."""
    from docgen import cli
    from docgen.run import Runner

    spent = dict.fromkeys(PHASES, 0.0)
    for phase, steps in _STEPS.items():
        for step in steps:
            setattr(Runner, step, _timed(getattr(Runner, step), phase, spent))
    with chdir(root):
        try:
            cli.main(["run", "jobs/news.yaml", "--json"])
        except SystemExit as end:
            if end.code:
                raise SystemExit(f"the run ended with {end.code}") from end
    spent["start"] = time.process_time() - sum(spent.values())
    return spent


def _timed(step: Callable[..., Any], phase: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return step(*arguments, **named)
        finally:
            spent[phase] += time.process_time() - began

    return timed


def _run_by_hand(root: Path, port: int) -> dict[str, float]:
    """Read, make, sign and send, one after the other, on one connection."""
    from .mail_messages import DOMAIN, by_hand

    attach = (
        _platypus(root / "templates/letter/pattern.png") if "attach" in (root / "jobs/news.yaml").read_text() else None
    )
    make = by_hand((root / "key.pem").read_bytes(), attach)
    start = time.process_time()
    with smtplib.SMTP("127.0.0.1", port) as server, (root / "people.csv").open(encoding="utf-8", newline="") as file:
        for record in csv.DictReader(file):
            sender, recipient = f"shop@{DOMAIN}", f"{record['number'].lower()}@example.org"
            if server.sendmail(sender, [recipient], make(record)):
                raise SystemExit("a recipient is refused")
    return {"start": start}


def _platypus(pattern: Path) -> Callable[[Mapping[str, str]], bytes]:
    """Return what makes the letter with ReportLab's Platypus."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    picture = ImageReader(str(pattern))
    style = ParagraphStyle("base", fontName="Helvetica", fontSize=10, leading=14, spaceAfter=8)

    def head(canvas: Any, _document: object) -> None:
        canvas.drawImage(picture, 400, 700, 128, 100)

    def attach(record: Mapping[str, str]) -> bytes:
        made = io.BytesIO()
        texts = [f"Dear {html.escape(record['name'])},", *[PARAGRAPH] * 6, f"Your number is {record['number']}."]
        document = SimpleDocTemplate(made, pagesize=A4, topMargin=150)
        document.build([Paragraph(text, style) for text in texts], onFirstPage=head)
        return made.getvalue()

    return attach


_SIDES = {"docgen": _run_docgen, "by-hand": _run_by_hand}

if __name__ == "__main__":
    side, folder, port = sys.argv[1:]
    print(json.dumps(_SIDES[side](Path(folder), int(port))))
