"""A whole mailing: `docgen run` beside a loop of Jinja, EmailMessage, dkimpy and smtplib, as one writes it by hand.

Both read the same CSV file, merge the same 10 kB of HTML and its text, sign by the same RSA key of 2048 bits and send
to Postfix's smtp-sink on this machine; docgen keeps its ledger besides. CPU time of each side's processes, their start
included, the sink's not. `python -m tests.benchmarks mailing`.
"""

from __future__ import annotations

import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from kit import COMPILED
from mailers import smtp_sink
from PIL import Image

from docgen.dkim import Algorithm, new_key

from .mail_messages import DOMAIN, HTML, SELECTOR, TEXT
from .mailing_sides import PARAGRAPH, PHASES

#: With a PDF fewer, for the disk's sake.
MESSAGES, MESSAGES_WITH_PDF, MESSAGES_BY_HAND = 20_000, 5_000, 400
CONNECTIONS = 20
ROUNDS = 5
FOLDER = Path(__file__).parents[2] / ".bench"
#: How many times as many messages a CPU second docgen has to send.
WANTED = 8
_CONFIG = """\
company: {{name: Baltic Lamps, street: Hafen 1, postcode: "20457", city: Hamburg, country: DE, email: shop@{domain}}}
email:
  from: Baltic Lamps <shop@{domain}>
  transport: smtp
  host: 127.0.0.1
  port: {port}
  security: none
  connections: {connections}
  messages_per_connection: 100000
  dkim: [{{domain: {domain}, selector: {selector}, key_file: key.pem}}]
workers: 1
"""
_TEMPLATE = """\
kind: letter
body: body.html
subject: 'News for {{ name }}'
text: body.txt
fields: {name: text, number: text}
"""
_JOB = """\
title: News
data:
  tables: {people: ../people.csv}
  key: number
locale: en
DOCUMENTSdeliver:
  - email: {to: '"{{ name }}" <{{ number | lower }}@example.org>', template: newsATTACH}
"""
_LETTER = """\
<document filename="letter.pdf">
<template pageSize="(595, 842)"><pageTemplate id="page">
  <pageGraphics><image file="pattern.png" x="400" y="700" width="128" height="100"/></pageGraphics>
  <frame id="body" x1="70" y1="70" width="455" height="640"/>
</pageTemplate></template>
<stylesheet><paraStyle name="base" fontName="Helvetica" fontSize="10" leading="14" spaceAfter="8"/></stylesheet>
<story><para style="base">Dear {{ name }},</para>
PARAGRAPHS<para style="base">Your number is {{ number }}.</para></story>
</document>
"""


@dataclass(frozen=True)
class Figure:
    """CPU seconds for one message, and where they went: phase -> milliseconds."""

    cpu_s: float
    phases: Mapping[str, float]


def table() -> list[str]:
    """Return the table; fails where docgen is not fast enough."""
    lines = [
        "| mailing | docgen, ms | by hand, ms | times | start | read | merge and sign | send | finish |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    slow = []
    for name, pdf in (("10 kB of HTML, and text", False), ("the same with a PDF of 60 kB", True)):
        ours, theirs = _measure(pdf=pdf)
        # Each of ours beside the mean of theirs before and after it: the machine is not equally fast all the time.
        beside = [(before.cpu_s + after.cpu_s) / 2 for before, after in pairwise(theirs)]
        times = median(b / a.cpu_s for a, b in zip(ours, beside, strict=True))
        phases = [median(figure.phases[phase] for figure in ours) for phase in PHASES]
        cells = [name, *(f"{median(f.cpu_s for f in each) * 1000:.2f}" for each in (ours, theirs)), f"{times:.1f}"]
        lines.append(f"| {' | '.join([*cells, *(f'{ms:.2f}' for ms in phases)])} |")
        if times < WANTED:
            slow.append(f"{name}: {times:.1f} times, wanted {WANTED}")
    if slow:
        print(*lines, sep="\n")
        raise SystemExit("; ".join(slow))
    return lines


def _measure(*, pdf: bool) -> tuple[list[Figure], list[Figure]]:
    ours: list[Figure] = []
    theirs: list[Figure] = []
    FOLDER.mkdir(exist_ok=True)
    # Removed when all is measured: ext4 is slow to make files where many were removed within minutes.
    with tempfile.TemporaryDirectory(prefix="mailing-", dir=FOLDER) as folder:
        theirs.append(_side("by-hand", Path(folder) / "by-hand", pdf=pdf))
        for n in range(ROUNDS):
            ours.append(_side("docgen", Path(folder) / f"docgen-{n}", pdf=pdf))
            theirs.append(_side("by-hand", Path(folder) / f"by-hand-{n}", pdf=pdf))
    return ours, theirs


def _side(name: str, folder: Path, *, pdf: bool) -> Figure:
    """Measure one side, in a process of its own; its children count."""
    whole = MESSAGES_WITH_PDF if pdf else MESSAGES
    messages = whole if name == "docgen" else MESSAGES_BY_HAND
    with smtp_sink() as port:
        prepare(folder, messages, port, pdf=pdf)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.mailing_sides", name, str(folder), str(port)],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | COMPILED | {"PYTHONPATH": "."},
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    spent = json.loads(done.stdout.splitlines()[-1])
    phases = {phase: s / messages * 1000 for phase, s in spent.items()}
    # The start of either side counts as if both sent as many.
    return Figure((cpu_s - spent["start"]) / messages + spent["start"] / whole, phases)


def prepare(root: Path, messages: int, port: int, *, pdf: bool) -> None:
    """Write a working folder with that many people."""
    for folder in ("jobs", "templates/news", "templates/letter"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "key.pem").write_bytes(new_key(Algorithm.RSA))
    settings = {"domain": DOMAIN, "selector": SELECTOR, "port": port, "connections": CONNECTIONS}
    (root / "config.yaml").write_text(_CONFIG.format(**settings))
    (root / "templates/news/template.yaml").write_text(_TEMPLATE)
    (root / "templates/news/body.html").write_text(HTML)
    (root / "templates/news/body.txt").write_text(TEXT)
    documents = "documents:\n  letter: {template: letter, format: pdf, file: 'letter {{ number }}'}\n" if pdf else ""
    job = _JOB.replace("DOCUMENTS", documents).replace("ATTACH", ", attach: [letter]" if pdf else "")
    (root / "jobs/news.yaml").write_text(job)
    _write_letter(root / "templates/letter")
    with (root / "people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["name", "number"])
        names = ("Jana Mayer", "Łukasz Wójcik", "O'Neill & Sons", "Inès Martin")
        rows.writerows([f"{names[n % 4]} {n}", f"K-{n:06}"] for n in range(messages))


def _write_letter(folder: Path) -> None:
    (folder / "template.yaml").write_text("kind: letter\nbody: body.rml\nfields: {name: text, number: text}\n")
    (folder / "body.rml").write_text(_LETTER.replace("PARAGRAPHS", f'<para style="base">{PARAGRAPH}</para>\n' * 6))
    noise = random.Random(7).randbytes(256 * 200)
    Image.frombytes("L", (256, 200), noise).save(folder / "pattern.png")
