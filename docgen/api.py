"""Floor 4, faces: the front door for Python. The command line and every other face call only this. Prints nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from docgen.batch import process_batch
from docgen.check import check_plan, in_order, place_of_field
from docgen.dispatch import settle_unknown
from docgen.draft import staged_path
from docgen.errors import (
    DocgenError,
    Faults,
    MissingVariable,
    RenderError,
    RunStateError,
    SourceError,
    StoreError,
    UserError,
    WriteError,
    did_you_mean,
    flatten,
    raise_faults,
)
from docgen.files import check_writable, copy_atomically
from docgen.inspect_fields import compare_fields
from docgen.job import Job, load_job, read_job
from docgen.model import ENDED, Approval, Delivery, Item, ItemState, Record, Run, RunSpec, RunState, Suppression
from docgen.plan import Plan, kind_of
from docgen.protocols import Ledger, Prepared, PreparedMail, Source
from docgen.rehearse import Rehearsal
from docgen.render import RENDERERS
from docgen.render.mail import prepare_mail
from docgen.report import Summary, each_delivery, each_item, left_out, summarise
from docgen.run import Runner, clear_staging, place_error
from docgen.starter import copy_starter
from docgen.store import open_ledger
from docgen.template import Template, find_template, load_templates
from docgen.validation import place_order
from docgen.wiring import (
    Workspace,
    fingerprint_of,
    kept_file,
    kept_path,
    make_plan,
    make_runner,
    near,
    open_records,
    open_transports,
    open_workspace,
)
from docgen.workshop import Task, Workshop


@dataclass(frozen=True)
class CheckResult:
    """What `check` found out.

    Attributes:
        name: of the job.
        faults: of job, templates and records, in that order.
        records: how many rows the data has; None when it could not be read.
        columns: of the records.
    """

    name: str
    faults: tuple[DocgenError, ...]
    records: int | None = None
    columns: tuple[str, ...] = ()


def check_job(workspace: Workspace, path: Path) -> CheckResult:
    """Check job, templates and every record, without making anything: all faults at once.

    Raises:
        TemplateError: there is no folder of templates.
    """
    try:
        job, faults = read_job(path, workspace.environ)
    except UserError as error:
        return CheckResult(path.stem, flatten(error))
    if job is None:
        return CheckResult(path.stem, tuple(sorted(faults, key=place_order)))
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docgen-")))
        plan, more = make_plan(workspace, job)
        faults += more
        shop = Workshop(plan)
        # A variable that is not set may be the data's address.
        source = None if _lacks_variables(faults) else _open_or_tell(stack, workspace, job, work, faults)
        faults += check_plan(plan, shop, source.columns if source else None)
        if source is None:
            return CheckResult(job.name, tuple(in_order(faults, plan)))
        if source.count() == 0:
            faults.append(_no_records())
        faults += Rehearsal(shop, source, whole=not faults).run(workspace.progress)
        return CheckResult(job.name, tuple(in_order(faults, plan)), source.count(), source.columns)


def _lacks_variables(faults: Sequence[DocgenError]) -> bool:
    return any(isinstance(fault, MissingVariable) for fault in faults)


def _open_or_tell(
    stack: ExitStack, workspace: Workspace, job: Job, work: Path, faults: list[DocgenError]
) -> Source | None:
    try:
        return stack.enter_context(open_records(workspace, job, work))
    except UserError as error:
        faults += flatten(error)
        return None


@dataclass(frozen=True)
class RunOptions:
    """How to run a job.

    Attributes:
        records: keys to take; empty = all.
        limit: how many records at most.
        again: deliver even what an earlier run delivered.
    """

    records: tuple[str, ...] = ()
    limit: int | None = None
    again: bool = False


def run_job(workspace: Workspace, path: Path, options: RunOptions | None = None) -> Summary:
    """Run a job: check, take the records, merge all, deliver.

    Raises:
        UserError: or Faults: something must be put right first; nothing was made.
        JobRunning: another process works on this job.
        KeyboardInterrupt: Ctrl-C; the run can be resumed.
    """
    options = options or RunOptions()
    job = load_job(path, workspace.environ)
    with workspace.ledger() as ledger, ledger.lock(job.name):
        return _start(workspace, job, options, ledger)


def dry_run(workspace: Workspace, path: Path, options: RunOptions | None = None) -> Summary:
    """Merge and render everything and deliver nothing; numbers are provisional and nothing is kept.

    Raises:
        UserError: or Faults, as `run_job`.
    """
    options = options or RunOptions()
    job = load_job(path, workspace.environ)
    with workspace.ledger() as reference, tempfile.TemporaryDirectory(prefix="docgen-") as folder:
        scratch = open_ledger(f"sqlite:///{folder}/ledger.sqlite")
        try:
            return _start(workspace, job, options, scratch, reference, outputs=Path(folder))
        finally:
            scratch.close()


def _start(
    workspace: Workspace,
    job: Job,
    options: RunOptions,
    ledger: Ledger,
    reference: Ledger | None = None,
    outputs: Path | None = None,
) -> Summary:
    dry = reference is not None
    plan, faults = make_plan(workspace, job)
    shop = Workshop(plan)
    # Before the data is read, which may take long.
    raise_faults(in_order([*faults, *check_plan(plan, shop, None)], plan))
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docgen-")))
        source = stack.enter_context(open_records(workspace, job, work))
        raise_faults(in_order(check_plan(plan, shop, source.columns), plan))
        _check_asked(source, options)
        if not dry:
            check_writable(workspace.config.outputs / job.name)
        started = workspace.clock()
        spec = RunSpec(
            job=job.name,
            edition=job.edition,
            job_file=kept_path(workspace, job.path),
            job_sha256=job.sha256,
            outputs=str((outputs or workspace.config.outputs).absolute()),
            started=started,
            again=options.again,
            options={
                "templates": fingerprint_of(plan),
                "records": list(options.records),
                "limit": options.limit,
                "left_out": left_out(source, options.records),
                "documents_left_out": sorted(plan.left_out),
            },
        )
        for broken_off in ledger.runs(job.name, limit=1000):
            # It has delivered nothing, and its numbers would be gaps in ours. We hold the job: nobody works on it.
            if broken_off.state is RunState.MERGING:
                _give_up(workspace, ledger, broken_off, "broke off before anything was delivered; the job was run anew")
        run = ledger.run(ledger.open_run(spec))
        if not dry:
            stack.enter_context(_resumable(run))
        plan = replace(plan, run=run.id, started=started, again=options.again, folder=None if dry else run.folder)
        runner = make_runner(workspace, run, plan, shop, ledger, reference or ledger)
        runner.take(source, set(options.records) or None, options.limit)
        runner.register()
        runner.merge()
    if dry:
        return summarise(ledger, runner.run, job.title, dry=True)
    with _resumable(run):
        return _deliver(workspace, runner)


@contextmanager
def _resumable(run: Run) -> Iterator[None]:
    """Tell whoever is interrupted or runs into a full disk how to go on."""
    advice = f"docgen resume {run.id}"
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(advice) from None
    except (WriteError, StoreError, RenderError) as error:
        if advice not in error.hint:
            error.hint = f"{error.hint}, then: {advice}" if error.hint else f"to go on: {advice}"
        raise


def _check_asked(source: Source, options: RunOptions) -> None:
    if source.count() == 0:
        raise _no_records()
    if options.records:
        wanted = set(options.records)
        for batch in source.batches(1000):
            wanted -= {record.key for record in batch}
        if wanted:
            raise _not_there(source, sorted(wanted))


def _no_records() -> SourceError:
    return SourceError("the data has no records", hint="check the tables, and `records` if there is SQL")


def _deliver(workspace: Workspace, runner: Runner) -> Summary:
    """Bring a merged run to its end, or to the point where a person is needed."""
    job = runner.plan.job
    bad = runner.ledger.count_items(runner.run.id).get(ItemState.QUARANTINED, 0) or runner.has_bad_rows
    # What was decided before the first delivery stays decided, whatever the job file says by now.
    undecided = runner.run.state in (RunState.MERGING, RunState.WAITING)
    try:
        if undecided and bad and job.policy.bad_records == "stop":
            runner.set_state(RunState.STOPPED, "there are faulty records, and the job says `bad_records: stop`")
        else:
            if undecided:
                runner.publish()
            if undecided and job.policy.approval == "required" and not _approved(runner):
                note = f"everything is made; look at it, then: docgen approve {runner.run.id}"
                runner.set_state(RunState.WAITING, note)
            else:
                runner.deliver(open_transports(workspace, runner))
    finally:
        runner.finish()
    return summarise(runner.ledger, runner.run, job.title)


def _approved(runner: Runner) -> bool:
    approval = runner.ledger.approval(runner.run.id)
    if approval is None:
        return False
    if approval.fingerprint != runner.ledger.fingerprint(runner.run.id):
        raise RunStateError(
            f"what {approval.by} approved is not what would be delivered now",
            hint=f"look at it again, then: docgen approve {runner.run.id}",
        )
    return True


def resume_run(workspace: Workspace, run: str) -> Summary:
    """Go on with a run that was interrupted, paused or approved.

    Raises:
        RunNotFound: there is no such run.
        RunStateError: it has ended, waits for approval, or its job or templates have changed.
        JobRunning: another process works on this job.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        with ledger.lock(found.spec.job):
            return _resume(workspace, ledger, ledger.run(found.id))


def _resume(workspace: Workspace, ledger: Ledger, run: Run) -> Summary:
    if run.state in ENDED:
        # Whoever ended it may have been killed while tidying up.
        clear_staging(run.folder, messages=(run.folder / "outbox").exists())
        raise RunStateError(
            f"the run {run.id} has ended ({run.state})",
            hint=f"`docgen run {near(kept_file(workspace, run.spec.job_file))}` delivers what is new or failed",
        )
    path = kept_file(workspace, run.spec.job_file)
    job = load_job(path, workspace.environ, shown=near(path))
    plan, faults = make_plan(workspace, job)
    shop = Workshop(plan)
    raise_faults([*faults, *check_plan(plan, shop, None)])
    _check_unchanged(run, job, plan)
    plan = replace(plan, run=run.id, started=run.spec.started, again=run.spec.again, folder=run.folder)
    runner = make_runner(workspace, run, plan, shop, ledger, ledger)
    if run.state is RunState.WAITING and not _approved(runner):
        raise RunStateError(f"the run {run.id} waits for approval", hint=f"docgen approve {run.id}")
    with _resumable(run):
        if run.state is RunState.MERGING:
            _merge_rest(workspace, runner)
        return _deliver(workspace, runner)


def _merge_rest(workspace: Workspace, runner: Runner) -> None:
    if runner.spool.complete:
        runner.register()
        runner.remake_damaged()
        runner.merge()
        return
    # Stopped while the records were read: nothing was made of them yet, so they are read anew.
    options = runner.run.spec.options
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docgen-")))
        source = stack.enter_context(open_records(workspace, runner.plan.job, work))
        limit = options.get("limit")
        records = options.get("records")
        assert isinstance(records, list)
        runner.take(source, set(records) or None, limit if isinstance(limit, int) else None)
        runner.register()
        runner.merge()


def _check_unchanged(run: Run, job: Job, plan: Plan) -> None:
    if run.state is not RunState.MERGING:
        return
    changed = []
    if job.sha256 != run.spec.job_sha256:
        changed.append(f"the job file {run.spec.job_file}")
    if fingerprint_of(plan) != run.spec.options.get("templates"):
        changed.append("a template")
    if changed:
        raise RunStateError(
            f"{' and '.join(changed)} has changed since the run {run.id} began",
            hint=f"cancel it (docgen cancel {run.id}) and run the job again: nothing was delivered yet",
        )


def approve_run(workspace: Workspace, run: str, by: str) -> Run:
    """Record that a person has looked at what a run made; `resume_run` then delivers it.

    Raises:
        RunNotFound: there is no such run.
        RunStateError: the run does not wait for approval.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        if found.state is not RunState.WAITING:
            raise RunStateError(f"the run {found.id} does not wait for approval: it is {found.state}")
        ledger.approve(Approval(found.id, by, workspace.clock(), ledger.fingerprint(found.id)))
        return found


def cancel_run(workspace: Workspace, run: str) -> Run:
    """End a run; what is delivered stays delivered, the rest never goes out.

    Raises:
        RunNotFound: there is no such run.
        RunStateError: it has ended already.
        JobRunning: a process works on it: stop that one first.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        with ledger.lock(found.spec.job):
            found = ledger.run(found.id)
            if found.state in ENDED:
                raise RunStateError(f"the run {found.id} has ended already ({found.state})")
            return _give_up(workspace, ledger, found, "cancelled")


def _give_up(workspace: Workspace, ledger: Ledger, run: Run, note: str) -> Run:
    """End a run that nobody works on."""
    settle_unknown(ledger, run.id, workspace.clock())
    ledger.set_state(run.id, RunState.CANCELLED, note, workspace.clock())
    clear_staging(run.folder, messages=run.state is RunState.MERGING or (run.folder / "outbox").exists())
    return ledger.run(run.id)


# --- looking -------------------------------------------------------------------


def list_runs(workspace: Workspace, job: str | None = None, limit: int = 50) -> list[Run]:
    """Return the newest runs first."""
    with workspace.ledger() as ledger:
        return ledger.runs(job, limit)


@dataclass(frozen=True)
class RunView:
    """A run with what is in it."""

    summary: Summary
    items: tuple[Item, ...]
    deliveries: tuple[Delivery, ...]


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
        return RunView(summary, tuple(items), tuple(deliveries))


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
    raise _not_there(source, [key])


def _not_there(source: Source, wanted: Sequence[str]) -> Faults:
    """Return why these records cannot be had: their keys are faulty, or there are no such records."""
    faults: list[DocgenError] = [error for error in source.key_faults() if error.key in wanted]
    bad = {fault.key for fault in faults}
    keys = list(islice((record.key for batch in source.batches(1000) for record in batch), 5000))
    for key in wanted:
        if key not in bad:
            faults.append(UserError(f'there is no record "{key}" in the data', hint=did_you_mean(key, keys)))
    return Faults(faults)


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
    template = find_template(workspace.config.templates, name)
    limits = workspace.config.limits
    prepared: Prepared | PreparedMail
    if template.subject is not None or template.body.suffix == ".mjml":
        prepared = prepare_mail(template, limits, "error", template.subject or "-")
    else:
        formats = [(suffix, made) for suffix, made in RENDERERS if suffix == template.body.suffix]
        prepared = RENDERERS[formats[0]](template, limits, "error")
    used = prepared.fields_used
    kind = kind_of(template)
    faults = compare_fields(used, template.fields, kind.computed, kind.reads)
    for fault in faults:
        fault.where = place_of_field(template, fault, [prepared])
    return TemplateView(template, used, used & kind.computed, tuple(faults))


def init_folder(target: Path) -> list[Path]:
    """Write a working folder: config.yaml, templates, campaigns with sample data. Never overwrites.

    Raises:
        UserError: the folder has some of these already.
    """
    return copy_starter(target)


# --- suppressions -------------------------------------------------------------------


def suppress(workspace: Workspace, suppressions: Sequence[Suppression]) -> None:
    """Record reasons not to contact addresses."""
    with workspace.ledger() as ledger:
        ledger.suppress(suppressions)


def unsuppress(workspace: Workspace, address: str) -> bool:
    """Take a suppression back; False when there was none."""
    with workspace.ledger() as ledger:
        return ledger.unsuppress(address)


def list_suppressions(workspace: Workspace) -> list[Suppression]:
    """Return all suppressions."""
    with workspace.ledger() as ledger:
        return ledger.suppressed()


__all__ = [
    "CheckResult",
    "RunOptions",
    "RunView",
    "Workspace",
    "approve_run",
    "cancel_run",
    "check_job",
    "dry_run",
    "find_history",
    "init_folder",
    "inspect_template",
    "list_runs",
    "list_suppressions",
    "list_templates",
    "near",
    "open_workspace",
    "preview_record",
    "resume_run",
    "run_job",
    "show_run",
    "suppress",
    "unsuppress",
]
