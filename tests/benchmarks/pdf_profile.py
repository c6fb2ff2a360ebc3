"""Where docgen's own time goes in an invoice: `python -m tests.benchmarks pdf --profile`. For whoever makes it faster.

First the split by stages, each timed from outside, without a profiler; then cProfile, which makes calls in Python look
dearer than they are. The whole profile is kept as `.bench/pdf.prof`.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

from docgen.merge import build_context
from docgen.model import Making
from docgen.protocols import Prepared
from docgen.render.pdf import prepare
from docgen.template import load_template

from .pdf_invoice import FIXED
from .pdf_speed import write_folder
from .peers.environments import CACHE

#: Stage -> the functions that do it, as `module:name in it`. Stages must not call each other.
STAGES: Mapping[str, tuple[str, ...]] = {
    "context": ("tests.benchmarks.pdf_profile:build_context",),
    "merging by Jinja": ("docgen.merge:Compiled.render",),
    "cutting and setting texts": ("docgen.render.pdf.prepared:PreparedPdf._order",),
    "printing again": ("docgen.render.pdf.compiled:Press.print_again",),
    "parsing": ("docgen.render.pdf.prepared:read_merged", "docgen.render.pdf.prepared:read_marked"),
    "checking": (
        "docgen.render.pdf.prepared:KnownTags.make_safe", "docgen.render.pdf.prepared:make_safe",
        "docgen.render.pdf.prepared:is_tidy", "docgen.render.pdf.prepared:_tidy_texts",
        "docgen.render.pdf.prepared:PreparedPdf._describe", "docgen.render.pdf.prepared:glyph_faults",
    ),
    "layout": ("docgen.render.pdf.compiled:Press._lay_out",),
    "file": ("docgen.render.pdf.compiled:write_file", "docgen.render.pdf.compiled:write_standing"),
    "z3c.rml and ReportLab": ("docgen.render.pdf.reference:make_pdf",),
}  # fmt: skip

_WARM_UP_S = 3.0
_SHOWN = 45


def table() -> list[str]:
    """Return the split and the profile."""
    with tempfile.TemporaryDirectory(prefix="docgen-bench-") as name:
        records = write_folder(Path(name))
        prepared = prepare(load_template(Path(name) / "docgen", shown="invoice"), engine=Making.COMPILED)
        common = {"fixed": dict(FIXED), "logo": "logo.png", "docinit": ""}
        splits = [split(prepared, _cycle(records[kind], common)) for kind in ("records", "fresh")]
        shown = profile(prepared, _cycle(records["records"], common))
    lines = ["| stage | ms, texts of a catalogue | ms, no description twice |", "|---|---|---|"]
    for stage in splits[0]:
        lines.append(f"| {stage} | {splits[0][stage]:.3f} | {splits[1][stage]:.3f} |")
    return [*lines, "", "```", *shown, "```"]


def _cycle(records: list[dict[str, Any]], common: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    while True:
        yield from (record | common for record in records)


def make_one(prepared: Prepared, record: Mapping[str, Any]) -> bytes:
    """Return the invoice of a record."""
    company, today = {"name": "Eiche Büromöbel AG"}, date(2026, 3, 31)
    return prepared.render(build_context(record, locale="en", company=company, today=today)).content


def split(prepared: Prepared, records: Iterator[dict[str, Any]]) -> dict[str, float]:
    """Return the milliseconds of CPU that each stage takes for one document."""
    count = _warm_up(prepared, records)
    with timed() as (spent, missing):
        begin = time.thread_time()
        for _ in range(count):
            make_one(prepared, next(records))
        whole = (time.thread_time() - begin) / count * 1e3
    if missing:
        print(f"not timed, since not there: {', '.join(missing)}", file=sys.stderr)
    found = {stage: spent[stage] / count * 1e3 for stage in STAGES if stage in spent}
    return {**found, "the rest": whole - sum(found.values()), "all": whole}


def _warm_up(prepared: Prepared, records: Iterator[dict[str, Any]]) -> int:
    """Make documents until caches are filled; return how many to measure."""
    begin, made = time.thread_time(), 0
    while time.thread_time() - begin < _WARM_UP_S:
        make_one(prepared, next(records))
        made += 1
    return made


@contextmanager
def timed() -> Iterator[tuple[dict[str, float], list[str]]]:
    """Time the stages while the context lasts.

    Yields:
        Stage -> CPU seconds, and the functions that are not there.
    """
    spent: dict[str, float] = defaultdict(float)
    missing: list[str] = []
    with ExitStack() as stack:
        for stage, functions in STAGES.items():
            for function in functions:
                owner, name = _find(function)
                inner = getattr(owner, name, None)
                if inner is None:
                    missing.append(function)
                else:
                    stack.enter_context(mock.patch.object(owner, name, _timer(inner, stage, spent)))
        yield spent, missing


def _find(function: str) -> tuple[Any, str]:
    """Return what a function belongs to, None where that is not there, and its name."""
    module, _, path = function.partition(":")
    *owners, name = path.split(".")
    try:
        owner: Any = import_module(module)
    except ImportError:
        return None, name
    for one in owners:
        owner = getattr(owner, one, None)
    return owner, name


def _timer(inner: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        begin = time.thread_time()
        try:
            return inner(*args, **options)
        finally:
            spent[stage] += time.thread_time() - begin

    return call


def profile(prepared: Prepared, records: Iterator[dict[str, Any]]) -> list[str]:
    """Return the functions that take most time by themselves, milliseconds for one document."""
    count = _warm_up(prepared, records)
    profiler = cProfile.Profile(time.thread_time)
    for _ in range(count):
        record = next(records)
        profiler.runcall(make_one, prepared, record)
    CACHE.mkdir(exist_ok=True)
    profiler.dump_stats(CACHE / "pdf.prof")
    found = pstats.Stats(profiler, stream=io.StringIO()).stats  # type: ignore[attr-defined]
    rows = sorted(found.items(), key=lambda item: -item[1][2])[:_SHOWN]
    lines = [f"{'own ms':>8} {'all ms':>8} {'calls':>7}  function"]
    for (file, line, name), (_, calls, own, cumulative, _) in rows:
        place = f"{'/'.join(Path(file).parts[-3:])}:{line} {name}"
        lines.append(f"{own / count * 1e3:8.4f} {cumulative / count * 1e3:8.4f} {calls / count:7.1f}  {place}")
    return lines
