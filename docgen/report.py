"""Floor 3, work: what a run leaves for people and scripts: manifest, quarantine file, page and summary.

Everything is read from the ledger and the spool, page by page, so that a report of a hundred thousand items needs
no more memory than one of ten. Decides nothing.
"""

from __future__ import annotations

import csv
import io
import json
from codecs import getincrementalencoder
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from docgen import spool
from docgen.contest import ContestView, contest_views
from docgen.files import new_file, remove_file, write_atomically
from docgen.model import BundleNote, Delivery, DeliveryState, Fault, Item, ItemState, Outcome, Run
from docgen.paging import each_delivery, each_item
from docgen.protocols import Ledger, Source

T = TypeVar("T")

#: So many faults are told with a run's figures; quarantine.csv has all.
FAULTS_KEPT = 100
#: Rows of one table on the page: a browser stays quick; the manifest has all.
ROWS_SHOWN = 1000
#: How the reason ends why a delivery of a record that has changed is skipped.
CHANGED = "; the record has changed since"
#: Which outcomes somebody has to look at, the gravest first.
TROUBLE = (Outcome.UNKNOWN, Outcome.FAILED, Outcome.REJECTED)


@dataclass(frozen=True)
class Summary:
    """A run in figures.

    Attributes:
        items: state -> count.
        outcomes: deliver step -> outcome (or state while unsettled) -> count.
        files: what to look at, name -> path, only what exists.
        changed: deliveries skipped since an earlier run made them, of records that have changed since.
        faults: the first ones of quarantined records.
        segments: name -> how many records; empty where the job has none.
        tests: of variants of its messages.
    """

    run: Run
    title: str
    items: Mapping[ItemState, int]
    outcomes: Mapping[str, Mapping[str, int]]
    files: Mapping[str, Path]
    changed: int = 0
    dry: bool = False
    faults: Sequence[Fault] = ()
    segments: Mapping[str, int] = field(default_factory=dict)
    tests: Sequence[ContestView] = ()

    def count(self, *outcomes: Outcome) -> int:
        """Return how many deliveries ended so, over all steps."""
        return sum(counts.get(outcome, 0) for counts in self.outcomes.values() for outcome in outcomes)

    @property
    def notes(self) -> list[str]:
        """Return what was not made, and why."""
        names = self.run.spec.options.get("documents_left_out", ())
        assert isinstance(names, Sequence)
        return [f"without the document {name}: it needs LibreOffice, which is not installed" for name in names]

    @property
    def quarantined(self) -> int:
        """Return how many records were set aside."""
        return self.items.get(ItemState.QUARANTINED, 0)

    @property
    def has_trouble(self) -> bool:
        """Whether somebody has to look: quarantined, failed, rejected or unknown (exit code 4)."""
        return bool(self.quarantined or self.count(*TROUBLE))

    def as_dict(self) -> dict[str, object]:
        """Return what `--json` prints."""
        return {
            "run": self.run.id,
            "job": self.run.spec.job,
            "title": self.title,
            "state": self.run.state,
            "note": self.run.note,
            "notes": self.notes,
            "dry_run": self.dry,
            "items": {str(k): v for k, v in self.items.items()},
            "changed": self.changed,
            "deliveries": {route: dict(counts) for route, counts in self.outcomes.items()},
            "folder": str(self.run.folder),
            "files": {name: str(path) for name, path in self.files.items()},
            "faults": [{"code": f.code, "message": f.text, "field": f.field, "value": f.value} for f in self.faults],
            "segments": dict(self.segments),
            "tests": [contest_dict(each) for each in self.tests],
        }


def summarise(ledger: Ledger, run: Run, title: str, *, dry: bool = False) -> Summary:
    """Count what the ledger has of a run."""
    outcomes: dict[str, dict[str, int]] = {}
    for (route, outcome), count in ledger.count_outcomes(run.id).items():
        outcomes.setdefault(route, {})[str(outcome)] = count
    names = ("report.html", "documents", "bundles", "outbox", "print", "quarantine.csv", "manifest.jsonl")
    files = {name: run.folder / name for name in names if (run.folder / name).exists()}
    items, (count, faults) = dict(ledger.count_items(run.id)), _left_out(run)
    if count:
        items[ItemState.QUARANTINED] = items.get(ItemState.QUARANTINED, 0) + count
    quarantined = (fault for item in each_item(ledger, run.id, ItemState.QUARANTINED) for fault in item.faults)
    faults += islice(quarantined, FAULTS_KEPT)
    skipped = any(counts.get(Outcome.SKIPPED) for counts in outcomes.values())
    skips = each_delivery(ledger, run.id, outcomes=[Outcome.SKIPPED]) if skipped else ()
    changed = sum(each.detail.endswith(CHANGED) for each in skips)
    segments = dict(sorted(ledger.count_segments(run.id).items(), key=lambda each: (not each[0], each[0])))
    return Summary(
        run,
        title,
        items,
        outcomes,
        files,
        changed,
        dry,
        faults,
        segments if any(segments) else {},
        () if dry else contest_views(ledger, run),
    )


def contest_dict(view: ContestView) -> dict[str, object]:
    """Return a test of variants for `--json`."""
    winner = view.winner
    return {
        "step": view.route,
        "variants": {each.variant: {"sent": each.sent, **each.counts} for each in view.figures},
        "winner": winner.variant if winner else None,
        "by": winner.by if winner else None,
        "why": winner.why if winner else None,
        "waiting": view.waiting,
    }


def left_out(source: Source, only: Collection[str] = ()) -> dict[str, object]:
    """Return what the ledger keeps, with the run, of rows that cannot be items since their keys are faulty."""
    faults = [fault.as_fault() for fault in source.key_faults() if not only or fault.key in only]
    return {"count": len(faults), "faults": [[f.code, f.text, f.field, f.value] for f in faults[:FAULTS_KEPT]]}


def _left_out(run: Run) -> tuple[int, list[Fault]]:
    match run.spec.options.get("left_out"):
        case {"count": int(count), "faults": list(faults)}:
            return count, [Fault(*fault) for fault in faults]
    return 0, []


def write_manifest(ledger: Ledger, run: Run, path: Path, bundles: Sequence[BundleNote] = ()) -> None:
    """Write one JSON line per artifact, per bundle and per delivery."""
    lines = chain(_artifact_lines(ledger, run), _bundle_lines(run, bundles), _delivery_lines(ledger, run))
    encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
    _write_lines(path, map(encode, lines))


def _artifact_lines(ledger: Ledger, run: Run) -> Iterator[dict[str, object]]:
    for item in each_item(ledger, run.id):
        for made in item.artifacts:
            yield {
                "kind": "artifact",
                "run": run.id,
                "key": item.key,
                "locale": item.locale,
                "document": made.document,
                "file": f"documents/{made.file_name}",
                "sha256": made.sha256,
                "size": made.size,
                "pages": made.pages,
                "template": made.template,
                "template_sha256": made.template_sha256,
                "data_sha256": item.data_sha256,
            }


def _bundle_lines(run: Run, bundles: Sequence[BundleNote]) -> Iterator[dict[str, object]]:
    for made in bundles:
        yield {
            "kind": "bundle",
            "run": run.id,
            "bundle": made.name,
            "file": f"bundles/{made.file_name}",
            "sha256": made.sha256,
            "size": made.size,
            "pages": made.pages,
            "records": made.records,
        }


def _delivery_lines(ledger: Ledger, run: Run) -> Iterator[dict[str, object]]:
    for d in each_delivery(ledger, run.id):
        yield {
            "kind": "delivery",
            "run": run.id,
            "key": d.key,
            "step": d.route,
            "transport": d.transport,
            "recipient": d.recipient,
            "outcome": str(d.outcome or d.state),
            "detail": d.detail,
            "outcomes": {address: str(outcome) for address, outcome in d.outcomes.items()},
            "message_id": d.message_id,
            "variant": d.variant,
            "sha256": [file["sha256"] for file in _files(d)],
            "time": d.settled.isoformat() if d.settled else None,
        }


def _files(delivery: Delivery) -> Sequence[Mapping[str, object]]:
    files = delivery.payload.get("files", ())
    assert isinstance(files, Sequence)
    return [file for file in files if not delivery.variant or file.get("variant", "") in ("", delivery.variant)]


def write_quarantine(
    rows: Iterable[tuple[Mapping[str, object], Sequence[Fault]]], columns: Sequence[str], path: Path
) -> int:
    """Write the bad rows as they came, with one column more, `fault`; return how many.

    UTF-8 with a byte order mark, so that a spreadsheet opens it right and docgen can read it back.
    """
    written = 0

    def lines() -> Iterator[str]:
        nonlocal written
        yield _csv_line([*columns, "fault"])
        for values, faults in rows:
            written += 1
            yield _csv_line(
                [_as_came(values.get(column)) for column in columns] + ["\n".join(fault.text for fault in faults)]
            )

    _write_lines(path, lines(), encoding="utf-8-sig", end="")
    if not written:
        remove_file(path)
    return written


def _as_came(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case datetime():
            return value.isoformat(" ")
        case int() | float() | Decimal():
            return str(value)
        case list() | dict():
            return spool.dumps(value)
    return str(value)


def _csv_line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _write_lines(path: Path, lines: Iterable[str], encoding: str = "utf-8", end: str = "\n") -> None:
    with new_file(path) as file:
        # An encoder that goes on: a byte order mark belongs at the beginning only.
        encode = getincrementalencoder(encoding)().encode
        file.writelines(encode(f"{line}{end}") for line in lines)


def page_template(name: str) -> Template:
    """Return one of docgen's own HTML pages, to be filled in."""
    environment = Environment(
        loader=PackageLoader("docgen", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def write_page(ledger: Ledger, summary: Summary, path: Path, bundles: Sequence[BundleNote] = ()) -> None:
    """Write the page that a person reads: totals, what went wrong, links to the documents."""
    trouble, more_trouble = _first(each_delivery(ledger, summary.run.id, outcomes=TROUBLE))
    bad, more_bad = _first(each_item(ledger, summary.run.id, ItemState.QUARANTINED))
    good, more_good = _first(each_item(ledger, summary.run.id, ItemState.READY))
    page = page_template("report.html").render(
        summary=summary,
        run=summary.run,
        steps=summary.outcomes,
        columns=[
            *(o for o in Outcome if _has(summary, o)),
            *(s for s in (DeliveryState.PENDING, DeliveryState.CLAIMED) if _has(summary, s)),
        ],
        trouble=trouble,
        bad=bad,
        good=good,
        bundles=bundles,
        more={"trouble": more_trouble, "bad": more_bad, "good": more_good},
        deliveries=_deliveries_of(ledger, summary.run, good),
    )
    write_atomically(path, page.encode())


def _has(summary: Summary, state: Outcome | DeliveryState) -> bool:
    return any(counts.get(state) for counts in summary.outcomes.values())


def _first(rows: Iterator[T]) -> tuple[list[T], bool]:
    shown: list[T] = []
    for row in rows:
        if len(shown) == ROWS_SHOWN:
            return shown, True
        shown.append(row)
    return shown, False


def _deliveries_of(ledger: Ledger, run: Run, items: Sequence[Item]) -> dict[int, list[Delivery]]:
    if not items:
        return {}
    grouped: dict[int, list[Delivery]] = {item.ordinal: [] for item in items}
    for delivery in each_delivery(ledger, run.id, last=items[-1].ordinal):
        if delivery.ordinal in grouped:
            grouped[delivery.ordinal].append(delivery)
    return grouped
