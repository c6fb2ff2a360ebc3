"""Floor 4, faces: results as tables for people and as plain dicts for `--json`. Prints nothing itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from docgen.api import CheckResult, RunView, TemplateView
from docgen.contest import ContestView
from docgen.fields import FieldSpec
from docgen.model import Decision, Delivery, DeliveryState, Item, ItemState, Outcome, Reply, Run, RunState, Suppression
from docgen.newkey import NewKey
from docgen.report import Summary
from docgen.template import Template
from docgen.testsend import TestMessage
from docgen.wiring import near

_COLOURS: Mapping[str, str] = {
    Outcome.SENT: "green",
    Outcome.QUEUED: "green",
    Outcome.SKIPPED: "yellow",
    Outcome.REJECTED: "red",
    Outcome.FAILED: "red",
    Outcome.UNKNOWN: "red",
}
#: Faults of one kind that are printed before the rest is only counted.
FAULTS_SHOWN = 200
#: Names in one line.
NAMES_SHOWN = 20
#: The same below the figures of a run.
REASONS_SHOWN = 10


def empty_table(*columns: str, right: Sequence[str] = ()) -> Table:
    """Return a table without rows."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def _time(run: Run) -> str:
    return f"{run.spec.started:%Y-%m-%d %H:%M}"


# --- runs ---


def summary(found: Summary, *, faults: bool = True) -> RenderableType:
    """Return a run's figures, what went where, and what to do next; with `faults`, why records were set aside."""
    parts: list[RenderableType] = [_headline(found)]
    if faults and found.faults:
        parts += ["", *_reasons(found)]
    if found.outcomes:
        parts += ["", _outcomes(found)]
    for test in found.tests:
        parts += ["", _contest(test)]
    if found.files:
        parts += ["", _files(found.files)]
    if advice := list(_advice(found)):
        parts += ["", *advice]
    return Group(*parts)


def _headline(found: Summary) -> Text:
    good = found.items.get(ItemState.READY, 0)
    text = Text(found.title, style="bold")
    state = "dry run" if found.dry else f"{found.run.state}"
    text.append(f"  {'' if found.dry else found.run.id + ' '}({state})", style="not bold dim")
    text.append(f"\n{good} record{'' if good == 1 else 's'} merged", style="not bold")
    if found.quarantined:
        text.append(f", {found.quarantined} quarantined", style="not bold red")
    if found.segments:
        text.append(f"\n{_segments(found.segments)}", style="not bold")
    for note in filter(None, [found.run.note, *found.notes]):
        text.append(f"\n{note}", style="not bold")
    return text


def _segments(counts: Mapping[str, int]) -> str:
    return "segments: " + ", ".join(f"{name or 'none of them'} {count}" for name, count in counts.items())


def _reasons(found: Summary) -> Iterator[Text]:
    for fault in found.faults[:REASONS_SHOWN]:
        yield Text(fault.text, style="red")
    if len(found.faults) > REASONS_SHOWN:
        where = "--json prints more" if found.dry else "quarantine.csv has all"
        yield Text(f"... and more; {where}", style="red")


def _outcomes(found: Summary) -> Table:
    seen = {outcome for counts in found.outcomes.values() for outcome in counts}
    columns = [str(o) for o in (*Outcome, DeliveryState.CLAIMED, DeliveryState.PENDING) if o in seen]
    names = {str(DeliveryState.PENDING): "would be delivered" if found.dry else "not yet"}
    table = empty_table("step", *(names.get(c, c) for c in columns), right=[names.get(c, c) for c in columns])
    for step, counts in found.outcomes.items():
        cells = [Text(str(counts.get(c, 0)), style=_COLOURS.get(c, "") if counts.get(c) else "dim") for c in columns]
        table.add_row(step, *cells)
    return table


def _contest(test: ContestView) -> RenderableType:
    counted = sorted({name for each in test.figures for name in each.counts})
    table = empty_table(f"test of {test.route}", "sent", *counted, right=["sent", *counted])
    for each in test.figures:
        table.add_row(each.variant, str(each.sent), *(str(each.counts.get(name, 0)) for name in counted))
    if test.winner is None:
        return table
    return Group(table, f"{test.winner.by} chose {test.winner.variant}")


def _files(files: Mapping[str, Path]) -> Table:
    table = empty_table("look at", "")
    for name, path in files.items():
        table.add_row(name, near(path))
    return table


def _advice(found: Summary) -> Iterator[str]:
    run = found.run
    if found.quarantined and not found.dry:
        yield "Mend what quarantine.csv says, in your own data, and run the job again: only these records will go out."
    if found.changed:
        yield (f"{_skipped(found.changed)}: docgen show {run.id} tells which; --again --record KEY delivers one anew.")
    if found.count(Outcome.UNKNOWN):
        yield f"Unknown may have arrived or not; they never go again by themselves: docgen show {run.id} --unknown"
    if run.state in (RunState.PAUSED, RunState.DONE) and (found.count(Outcome.FAILED) or found.count(Outcome.REJECTED)):
        yield f"To try again what failed or was rejected: docgen resume {run.id} --failed"
    if run.state in (RunState.PAUSED, RunState.MERGING) and not found.dry:
        yield f"To go on: docgen resume {run.id}"


def _skipped(count: int) -> str:
    if count == 1:
        return "1 delivery was skipped though its record has changed since it was made"
    return f"{count} deliveries were skipped though their records have changed since they were made"


def run_dict(run: Run) -> dict[str, object]:
    """Return a run for `--json`."""
    return {
        "run": run.id,
        "job": run.spec.job,
        "edition": run.spec.edition,
        "state": run.state,
        "note": run.note,
        "started": run.spec.started.isoformat(),
        "finished": run.finished.isoformat() if run.finished else None,
        "folder": str(run.folder),
    }


def runs(found: Sequence[Run]) -> RenderableType:
    """Return a table of runs."""
    if not found:
        return "There are no runs yet."
    table = empty_table("run", "started", "state", "note")
    for run in found:
        table.add_row(run.id, _time(run), run.state, run.note)
    return table


def view(found: RunView, *, failed: bool) -> RenderableType:
    """Return the items and deliveries of a run."""
    parts: list[RenderableType] = []
    bad = [item for item in found.items if item.faults]
    if bad:
        table = empty_table("quarantined", "why")
        for item in bad:
            table.add_row(item.key, "\n".join(fault.text for fault in item.faults))
        parts += ["", table]
    if found.deliveries:
        table = empty_table("record", "step", "recipient", "outcome", "detail")
        for d in found.deliveries:
            table.add_row(d.key, f"{d.route} {d.variant}".strip(), d.recipient, _outcome(d), d.detail)
        parts += ["", table]
    if found.replies:
        parts += ["", replies(found.replies)]
    if found.decisions:
        parts += ["", _decisions(found.decisions)]
    if not parts:
        parts.append("Nothing to look at." if failed else "Nothing was delivered.")
    return Group(*parts)


def _outcome(delivery: Delivery) -> Text:
    word = str(delivery.outcome or delivery.state)
    return Text(word, style=_COLOURS.get(word, ""))


def view_dict(found: RunView) -> dict[str, object]:
    """Return a run with its items and deliveries for `--json`."""
    return found.summary.as_dict() | {
        "records": [item_dict(item) for item in found.items],
        "results": [delivery_dict(delivery) for delivery in found.deliveries],
        "replies": [reply_dict(reply) for reply in found.replies],
        "decisions": [_decision_dict(*each) for each in found.decisions],
    }


def _decisions(found: Sequence[tuple[Decision, Delivery]]) -> Table:
    table = empty_table("decided", "by", "record", "step", "was", "is from then on", "why")
    for each, delivery in found:
        now = str(each.outcome or DeliveryState.PENDING)
        table.add_row(f"{each.at:%Y-%m-%d %H:%M}", each.by, delivery.key, delivery.route, each.was, now, each.why)
    return table


def _decision_dict(decision: Decision, delivery: Delivery) -> dict[str, object]:
    return {
        "key": delivery.key,
        "step": delivery.route,
        "was": decision.was,
        "detail": decision.words,
        "outcome": decision.outcome or DeliveryState.PENDING,
        "by": decision.by,
        "at": decision.at.isoformat(),
        "why": decision.why,
    }


def test_messages(sent: Sequence[TestMessage]) -> RenderableType:
    """Return a table of messages sent as a test."""
    table = empty_table("record", "step", "outcome", "detail")
    for each in sent:
        step = f"{each.step} {each.variant}".strip()
        outcome = each.receipt.outcome
        detail = near(Path(each.receipt.detail)) if outcome is Outcome.QUEUED else each.receipt.detail
        table.add_row(each.record, step, Text(str(outcome), style=_COLOURS.get(outcome, "")), detail)
    return table


def test_message_dict(each: TestMessage) -> dict[str, object]:
    """Return a message sent as a test, for `--json`."""
    return {
        "key": each.record,
        "step": each.step,
        "variant": each.variant,
        "outcome": str(each.receipt.outcome),
        "detail": each.receipt.detail,
        "outcomes": {address: str(outcome) for address, outcome in each.receipt.outcomes.items()},
    }


def item_dict(item: Item) -> dict[str, object]:
    """Return an item for `--json`."""
    return {
        "key": item.key,
        "state": item.state,
        "locale": item.locale,
        "faults": [{"code": f.code, "message": f.text, "field": f.field, "value": f.value} for f in item.faults],
        "artifacts": [
            {"document": a.document, "file": a.file_name, "sha256": a.sha256, "pages": a.pages} for a in item.artifacts
        ],
    }


def delivery_dict(delivery: Delivery) -> dict[str, object]:
    """Return a delivery for `--json`."""
    return {
        "key": delivery.key,
        "step": delivery.route,
        "transport": delivery.transport,
        "recipient": delivery.recipient,
        "outcome": str(delivery.outcome or delivery.state),
        "detail": delivery.detail,
        "message_id": delivery.message_id,
        "variant": delivery.variant,
        "settled": delivery.settled.isoformat() if delivery.settled else None,
    }


def history(term: str, found: Sequence[tuple[Run, Item, Delivery | None]]) -> RenderableType:
    """Return what a customer received."""
    if not found:
        return f"Nothing was made for or sent to {term}."
    table = empty_table("when", "run", "record", "documents", "step", "recipient", "outcome")
    for run, item, delivery in found:
        when = delivery.settled if delivery and delivery.settled else run.spec.started
        documents = "\n".join(artifact.file_name for artifact in item.artifacts)
        cells = (delivery.route, delivery.recipient, _outcome(delivery)) if delivery else ("", "", str(item.state))
        table.add_row(f"{when:%Y-%m-%d %H:%M}", run.id, item.key, documents, *cells)
    return table


def history_dicts(found: Sequence[tuple[Run, Item, Delivery | None]]) -> list[dict[str, object]]:
    """Return what a customer received, for `--json`."""
    return [
        {
            "run": run.id,
            "started": run.spec.started.isoformat(),
            "record": item_dict(item),
            "delivery": delivery_dict(delivery) if delivery else None,
        }
        for run, item, delivery in found
    ]


# --- checks and templates ---


def checked(result: CheckResult) -> str:
    """Return the faults of a job, or that there are none, and the columns that nothing reads."""
    lines = [str(fault) for fault in result.faults[:FAULTS_SHOWN]]
    if len(result.faults) > FAULTS_SHOWN:
        lines.append(f"... and {len(result.faults) - FAULTS_SHOWN} more; --json prints all")
    lines += [f"note: {note}" for note in result.notes]
    if result.segments and not result.faults:
        lines.append(_segments(result.segments))
    if result.unused:
        lines.append(f"note: neither a template nor the job reads these columns: {_some(result.unused)}")
    if result.faults:
        lines.append(f"{len(result.faults)} fault{'' if len(result.faults) == 1 else 's'}")
    else:
        count = f"{result.records} record{'' if result.records == 1 else 's'}"
        lines.append(f"{result.name}: no faults in job, templates and {count}")
    return "\n".join(lines) + "\n"


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else shown


def checked_dict(result: CheckResult) -> dict[str, object]:
    """Return what a check found, for `--json`."""
    return {
        "job": result.name,
        "records": result.records,
        "faults": [fault.as_dict() for fault in result.faults],
        "unused": list(result.unused),
        "notes": list(result.notes),
        "segments": dict(result.segments),
    }


def annotated(written: Sequence[Path]) -> str:
    """Say where the copies with comments are."""
    if not written:
        return "nothing to annotate: no fault stands in a Word template\n"
    return "".join(f"annotated: {near(path)}\n" for path in written)


def templates(found: Sequence[Template]) -> RenderableType:
    """Return a table of templates."""
    if not found:
        return "There are no templates."
    table = empty_table("template", "kind", "body", "languages", "what it is")
    for template in found:
        languages = ", ".join(sorted(template.texts))
        table.add_row(template.name, template.kind, template.body.name, languages, template.help or template.title)
    return table


def template_dict(template: Template) -> dict[str, object]:
    """Return a template for `--json`."""
    return {
        "name": template.name,
        "title": template.title,
        "help": template.help,
        "kind": template.kind,
        "body": template.body.name,
        "languages": sorted(template.texts),
        "sha256": template.sha256,
    }


def fields(view: TemplateView) -> RenderableType:
    """Return what a template needs."""
    table = empty_table("field", "type", "required", "example", "meaning")
    for path, spec in _flat(view.template.fields):
        example = "" if spec.example is None or spec.fields else str(spec.example)
        table.add_row(path, _type(spec), "yes" if spec.required else "", example, spec.help)
    parts: list[RenderableType] = [Text(view.template.title, style="bold"), table]
    if view.computed:
        parts += ["", f"Computed by the kind {view.template.kind}: {', '.join(sorted(view.computed))}"]
    if view.links:
        parts += ["", f"Links that each message has of its own: {', '.join(sorted(view.links))}"]
    if view.faults:
        parts += ["", *(Text(str(fault), style="red") for fault in view.faults)]
    return Group(*parts)


def _type(spec: FieldSpec) -> str:
    return f"list of {spec.of}" if spec.of else str(spec.type)


def _flat(specs: Mapping[str, FieldSpec], prefix: str = "") -> Iterator[tuple[str, FieldSpec]]:
    for name, spec in specs.items():
        yield f"{prefix}{name}", spec
        yield from _flat(spec.fields, f"{prefix}{name}[]." if spec.type == "list" else f"{prefix}{name}.")


def fields_dict(view: TemplateView) -> dict[str, object]:
    """Return what a template needs, for `--json`."""
    return template_dict(view.template) | {
        "fields": {
            path: {"type": _type(spec), "required": spec.required, "example": spec.example, "help": spec.help}
            for path, spec in _flat(view.template.fields)
        },
        "used": sorted(view.used),
        "computed": sorted(view.computed),
        "links": sorted(view.links),
        "faults": [fault.as_dict() for fault in view.faults],
    }


# --- the rest ---


def replies(found: Sequence[Reply]) -> RenderableType:
    """Return a table of answers."""
    rows = empty_table("answered", "what", "address", "status", "detail")
    for each in found:
        rows.add_row(f"{each.at:%Y-%m-%d}", each.kind, each.address, each.status, each.detail)
    return rows


def reply_dict(found: Reply) -> dict[str, object]:
    """Return an answer for `--json`."""
    return {
        "address": found.address,
        "kind": found.kind,
        "at": found.at.isoformat(),
        "status": found.status,
        "detail": found.detail,
    }


def suppressions(found: Sequence[Suppression]) -> RenderableType:
    """Return a table of suppressed addresses."""
    if not found:
        return "No address is suppressed."
    table = empty_table("address", "since", "reason", "for", "note")
    for s in found:
        classes = ", ".join(sorted(s.classes)) or "everything"
        table.add_row(s.address, f"{s.since:%Y-%m-%d}", s.reason, classes, s.note)
    return table


def suppression_dict(found: Suppression) -> dict[str, object]:
    """Return a suppression for `--json`."""
    return {
        "address": found.address,
        "reason": found.reason,
        "classes": sorted(found.classes),
        "since": found.since.isoformat(),
        "note": found.note,
    }


def started(folder: Path, written: Sequence[Path]) -> str:
    """Say what `new` made and what to do next."""
    shown = [path.relative_to(folder) if path.is_relative_to(folder) else path for path in written]
    job = next((path for path in shown if path.parent.name == "campaigns"), None)
    manifest = next((path for path in shown if path.name == "template.yaml"), None)
    return "\n".join(
        [
            f"{len(shown)} files. Now:",
            *([f"  docgen fields {manifest.parent.name}"] if manifest else []),
            *([f"  docgen check {job.as_posix()}"] if job else []),
        ]
    )


def initialised(folder: Path, files: int) -> str:
    """Say what `init` made and what to try first."""
    return (
        f"{files} files in {folder}. Now:\n"
        f"  cd {folder}\n"
        "  docgen check campaigns/invoice.yaml\n"
        "  docgen run campaigns/invoice.yaml --dry-run"
    )


def dkim_key(made: NewKey) -> str:
    """Return where a private key is and what is to be done with it."""
    return (
        f"The private key is in {made.file}; only you can read it.\n\n"
        f"Publish this TXT record under {made.name}:\n\n{made.record}\n\n"
        f"As a line of a zone file:\n\n{made.zone}\n\n"
        f"Then name the key in config.yaml:\n\nemail:\n  dkim:\n    {made.entry}"
    )
