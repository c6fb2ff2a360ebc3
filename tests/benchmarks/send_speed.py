"""How fast messages that are already made reach a mail server: docgen's SMTP client beside Postfix's own smtp-source.

Both send to Postfix's smtp-sink on this machine, over as many connections. `python -m tests.benchmarks send`.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))  # mailers.py stands beside this package

from mailers import find, smtp_sink

from docgen import loops
from docgen.deliver.smtp_session import Load, Session
from docgen.model import Envelope, Outcome
from docgen.sendconfig import SmtpAccount

MESSAGES = 20_000
SIZE = 10_000
CONNECTIONS = 10
ROUNDS = 3
#: What the client has to reach of smtp-source's messages a second.
WANTED = {"docgen, pipelined": 0.5, "docgen, step by step": 0.25}


@dataclass(frozen=True)
class Figure:
    """Messages a second by the clock, and the sender's CPU time for one."""

    per_s: float
    cpu_us: float


def table() -> list[str]:
    """Return the table; fails where a figure is too low."""
    if find("smtp-source") is None:
        raise SystemExit("Postfix's smtp-source is not installed")
    measured: dict[str, list[Figure]] = {}
    for _ in range(ROUNDS):
        for name, (options, measure) in _CONTESTANTS.items():
            with smtp_sink(*options) as port:
                measured.setdefault(name, []).append(measure(port))
    rows = ["| sender | messages/s | of smtp-source | CPU/message |", "|---|---|---|---|"]
    base = median(figure.per_s for figure in measured["smtp-source"])
    slow = []
    for name, figures in measured.items():
        per_s, cpu_us = median(f.per_s for f in figures), median(f.cpu_us for f in figures)
        rows.append(f"| {name} | {per_s:,.0f} | {per_s / base:.2f} | {cpu_us:.0f} µs |")
        if per_s / base < WANTED.get(name, 0):
            slow.append(f"{name}: {per_s / base:.2f}, wanted {WANTED[name]}")
    if slow:
        print(*rows, sep="\n")
        raise SystemExit("; ".join(slow))
    return rows


def _smtp_source(port: int) -> Figure:
    command = [str(find("smtp-source")), "-d", "-s", str(CONNECTIONS), "-m", str(MESSAGES), "-l", str(SIZE)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run([*command, "-f", "shop@example.com", "-t", "jane@example.org", f"127.0.0.1:{port}"], check=True)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Figure(MESSAGES / wall, cpu / MESSAGES * 1e6)


def _docgen(port: int) -> Figure:
    """Send in a process of its own, so that what was measured before it costs it nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.send_speed", str(port)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": "."},
    )
    per_s, cpu_us = map(float, done.stdout.split())
    return Figure(per_s, cpu_us)


def _send_all(port: int) -> Figure:
    head = b"From: shop@example.com\r\nTo: jane@example.org\r\nSubject: x\r\nMessage-ID: <%d@example.com>\r\n\r\n"
    body = b"x" * 70 + b"\r\n"
    made = [head % n + body * ((SIZE - len(head)) // len(body)) for n in range(MESSAGES)]
    began, cpu = time.perf_counter(), time.process_time()
    loops.run(_share(port, made))
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    return Figure(MESSAGES / wall, cpu / MESSAGES * 1e6)


async def _share(port: int, made: list[bytes]) -> None:
    settings = {"host": "127.0.0.1", "port": port, "security": "none", "messages_per_connection": MESSAGES}
    account = SmtpAccount.model_validate(settings)
    envelope = Envelope("shop@example.com", ("jane@example.org",))

    async def worker() -> None:
        session = Session(account, None, "bench.test")
        while made:
            await session.open()
            receipt = await session.carry(Load(envelope, made.pop()))
            assert receipt.outcome is Outcome.SENT, receipt
        await session.close()

    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))


_CONTESTANTS: dict[str, tuple[tuple[str, ...], Callable[[int], Figure]]] = {
    "smtp-source": ((), _smtp_source),
    "docgen, pipelined": ((), _docgen),
    "docgen, step by step": (("-p",), _docgen),
}

if __name__ == "__main__":
    figure = _send_all(int(sys.argv[1]))
    print(figure.per_s, figure.cpu_us)
