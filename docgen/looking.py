"""Floor 4, faces: what can be looked at without running a job. Part of `api`; changes nothing but suppressions."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from docgen.batch import process_batch
from docgen.check import check_plan, not_there, placed_fields
from docgen.draft import staged_path
from docgen.errors import (
    DocgenError,
    UserError,
    raise_faults,
)
from docgen.files import copy_atomically
from docgen.inspect_fields import compare_fields
from docgen.job import load_job
from docgen.model import Decision, Delivery, Item, ItemState, Record, Reply, Run, Suppression
from docgen.plan import kind_of
from docgen.protocols import Prepared, PreparedMail, Source
from docgen.render import RENDERERS, renderers_with
from docgen.render.mail import prepare_mail
from docgen.report import Summary, each_delivery, each_item, summarise
from docgen.run import place_error
from docgen.suppression import lookups
from docgen.template import Template, find_template, load_templates
from docgen.tokens import Keys
from docgen.wiring import (
    Workspace,
    make_plan,
    open_records,
)
from docgen.workshop import Task, Workshop


def list_runs(workspace: Workspace, job: str | None = None, limit: int = 50) -> list[Run]:
    """Return the newest runs first."""
    with workspace.ledger() as ledger:
        return ledger.runs(job, limit)


@dataclass(frozen=True)
class RunView:
    """A run with what is in it, what came back, and what people decided about deliveries."""

    summary: Summary
    items: tuple[Item, ...]
    deliveries: tuple[Delivery, ...]
    replies: tuple[Reply, ...] = ()
    decisions: tuple[tuple[Decision, Delivery], ...] = ()


def show_run(workspace: Workspace, run: str, *, failed: bool = False) -> RunView:
    """Return a run; with `failed` only the items and deliveries that somebody has to look at.

    Raises:
        RunNotFound: there is no such run.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        summary = summarise(ledger, found, found.spec.job)
        items = each_item(ledger, found.id, ItemState.QUARANTINED if failed else None)
        deliveries = (d for d in each_delivery(ledger, found.id) if not failed or _needs_a_look(d))
        decided = tuple((each, ledger.delivery(each.delivery)) for each in ledger.decisions(found.id))
        decisions = tuple((each, delivery) for each, delivery in decided if delivery)
        return RunView(summary, tuple(items), tuple(deliveries), tuple(ledger.replies(found.id)), decisions)


def _needs_a_look(delivery: Delivery) -> bool:
    return delivery.outcome is None or delivery.outcome in ("failed", "rejected", "unknown")


def find_history(workspace: Workspace, term: str) -> list[tuple[Run, Item, Delivery | None]]:
    """Return everything made for a record key or sent to an address, newest first."""
    with workspace.ledger() as ledger:
        return ledger.history(term)


def preview_record(workspace: Workspace, path: Path, key: str, output: Path | None = None) -> list[Path]:
    """Make the documents and messages of one record; nothing is delivered, numbered or remembered.

    Args:
        workspace: the configured folder.
        path: the job.
        key: the record.
        output: a file for the one thing of its ending, or a folder; default: `preview/<job>` in the output folder.

    Returns:
        The files written.

    Raises:
        UserError: or Faults: the record cannot be made, and why.
    """
    job = load_job(path, workspace.environ)
    plan, faults = make_plan(workspace, job)
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docgen-")))
        plan = replace(plan, folder=work / "made", started=workspace.clock())
        shop = Workshop(plan)
        source = stack.enter_context(open_records(workspace, job, work))
        raise_faults([*faults, *check_plan(plan, shop, source.columns)])
        record = _find_record(source, key)
        numbers = {name: spec.number(spec.sequence(plan.started.date()), 0) for name, spec in job.numbers.items()}
        made = process_batch(shop, [Task(record, numbers)])[0]
        raise_faults([place_error(error, record, source) for error in made.errors])
        files = {
            note.file_name: work / "made" / staged_path(record.ordinal, note.document, note.file_name)
            for note in made.result.artifacts
        }
        files |= {message.name: message for message in sorted((work / "made" / "messages").glob("*.eml"))}
        return _place(files, output or workspace.config.outputs / "preview" / job.name, is_folder=output is None)


def _place(files: Mapping[str, Path], output: Path, *, is_folder: bool) -> list[Path]:
    if is_folder or output.is_dir() or not output.suffix:
        for name, source in files.items():
            copy_atomically(source, output / name, durable=False)
        return [output / name for name in files]
    for name, source in files.items():
        if Path(name).suffix == output.suffix:
            copy_atomically(source, output, durable=False)
            return [output]
    made = ", ".join(sorted({Path(name).suffix for name in files}))
    raise UserError(f"the job makes no {output.suffix} for this record", hint=f"it makes: {made}")


def _find_record(source: Source, key: str) -> Record:
    for batch in source.batches(1000):
        for record in batch:
            if record.key == key:
                return record
    raise not_there(source, [key])


@dataclass(frozen=True)
class TemplateView:
    """A template and what its bodies use.

    Attributes:
        used: dotted paths found in the body itself.
        computed: those of them that the kind computes.
        faults: where body and manifest disagree.
    """

    template: Template
    used: frozenset[str]
    computed: frozenset[str]
    faults: tuple[DocgenError, ...] = field(default=())


def list_templates(workspace: Workspace) -> list[Template]:
    """Return all templates.

    Raises:
        TemplateError: or Faults, over all manifests.
    """
    return list(load_templates(workspace.config.templates).values())


def inspect_template(workspace: Workspace, name: str) -> TemplateView:
    """Compile a template and compare its body with its manifest.

    Raises:
        TemplateMissing: there is none of that name.
        TemplateError: or Faults: it cannot be compiled.
    """
    template = find_template(workspace.config.templates, name).on(workspace.config.company.paper)
    limits = workspace.config.limits
    prepared: Prepared | PreparedMail
    if template.subject is not None or template.body.suffix == ".mjml":
        prepared = prepare_mail(template, limits, "error", template.subject or "-")
    else:
        formats = [(suffix, made) for suffix, made in RENDERERS if suffix == template.body.suffix]
        prepared = renderers_with(workspace.config.pdf.fonts)[formats[0]](template, limits, "error")
    used = prepared.fields_used
    kind = kind_of(template)
    faults = [
        placed
        for fault in compare_fields(used, template.fields, kind.computed, kind.reads)
        for placed in placed_fields(template, fault, [prepared])
    ]
    return TemplateView(template, used, used & kind.computed, tuple(faults))


def suppress(workspace: Workspace, suppressions: Sequence[Suppression]) -> None:
    """Record reasons not to contact addresses."""
    with workspace.ledger() as ledger:
        ledger.suppress(suppressions)


def unsuppress(workspace: Workspace, address: str) -> bool:
    """Take a suppression back, of an erased address too; False when there was none."""
    secret = workspace.config.email.erasure_key
    keys = Keys.parse(secret.get_secret_value()) if secret else None
    with workspace.ledger() as ledger:
        gone = [ledger.unsuppress(form) for form in lookups(address, keys)]
        return any(gone)


def list_suppressions(workspace: Workspace) -> list[Suppression]:
    """Return all suppressions."""
    with workspace.ledger() as ledger:
        return ledger.suppressed()
