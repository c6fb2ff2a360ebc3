"""Floor 4, faces: a run from its beginning to its end, or to where a person is needed. Part of `api`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from docgen.approving import bound_of, check_as_approved, check_files
from docgen.barred import count_barred, told
from docgen.check import check_plan, in_order, no_records, not_there
from docgen.deciding import try_failed_again
from docgen.dispatch import release_claims, settle_unknown
from docgen.errors import (
    JobRunning,
    RenderError,
    RunStateError,
    StoreError,
    WriteError,
    counted,
    raise_faults,
)
from docgen.files import check_writable
from docgen.job import Job, load_job
from docgen.model import ENDED, Approval, Asked, DeliveryState, ItemState, Run, RunSpec, RunState, Wish
from docgen.plan import Plan
from docgen.protocols import Ledger, Source
from docgen.report import Summary, left_out, summarise
from docgen.run import Refused, Runner, WishHeard, clear_staging
from docgen.store import open_ledger
from docgen.wiring import (
    Workspace,
    fingerprint_of,
    is_shared,
    kept_file,
    kept_path,
    make_plan,
    make_runner,
    near,
    open_records,
    open_transports,
)
from docgen.workshop import Workshop

#: States in which a process works on a run, or was killed at it.
UNDER_WAY = frozenset({RunState.MERGING, RunState.DELIVERING})
#: How long a person waits for a message under way to end, and how often is looked whether it has.
PATIENCE_S, LOOK_S = 30.0, 0.2


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
        _take_over(workspace, ledger, job)
        run = ledger.run(ledger.open_run(spec))
        if not dry:
            stack.enter_context(_resumable(run))
        plan = replace(plan, run=run.id, started=started, again=options.again, folder=None if dry else run.folder)
        runner = make_runner(workspace, run, plan, shop, ledger, reference or ledger)
        try:
            runner.take(source, set(options.records) or None, options.limit)
            runner.register()
            runner.merge()
            if dry:
                runner.skip_barred()
        except WishHeard as wish:
            return _stop_merging(workspace, runner, wish)
        except Refused as refused:
            _refuse(workspace, runner, refused)
    if dry:
        return summarise(ledger, runner.run, job.title, dry=True)
    with _resumable(run):
        return _deliver(workspace, runner)


def _take_over(workspace: Workspace, ledger: Ledger, job: Job) -> None:
    """Deal with runs of the job that broke off; it is ours alone now, so nobody works on them."""
    for run in ledger.runs(job.name, limit=1000):
        if run.state is RunState.MERGING:
            # It has delivered nothing, and its numbers would be gaps in ours.
            _give_up(workspace, ledger, run, "broke off before anything was delivered; the job was run anew")
        elif run.state in (RunState.DELIVERING, RunState.PAUSED):
            # What it claimed and may be done again, we do: otherwise cancelling it would lose somebody.
            release_claims(ledger, run.id, is_shared)


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
        raise no_records()
    if options.records:
        wanted = set(options.records)
        for batch in source.batches(1000):
            wanted -= {record.key for record in batch}
        if wanted:
            raise not_there(source, sorted(wanted))


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
            if runner.has_records:
                runner.bundle()
            if undecided and job.policy.approval == "required" and not _approved(runner):
                runner.set_state(RunState.WAITING, _to_approve(runner))
            else:
                runner.deliver(open_transports(workspace, runner))
    finally:
        runner.finish()
    return summarise(runner.ledger, runner.run, job.title)


def _to_approve(runner: Runner) -> str:
    outcomes = runner.ledger.count_outcomes(runner.run.id)
    pending = sum(number for (_, state), number in outcomes.items() if state is DeliveryState.PENDING)
    barred = count_barred(runner.ledger, runner.run.id, runner.why_not)
    what = f", {counted(pending, 'delivery')} to go{told(barred)}" if barred else ""
    return f"everything is made{what}; look at it, then: docgen approve {runner.run.id}"


def _approved(runner: Runner) -> bool:
    approval = runner.ledger.approval(runner.run.id)
    return approval is not None and approval.fingerprint == runner.ledger.fingerprint(runner.run.id)


def _stop_merging(workspace: Workspace, runner: Runner, wish: WishHeard) -> Summary:
    """End or leave a run in which nothing is delivered yet, as a person asked from another process."""
    run, note = runner.run, f"{wish.words} by {wish.asked.by}"
    if wish.asked.wish is Wish.CANCEL:
        run = _give_up(workspace, runner.ledger, run, note)
    else:
        runner.ledger.set_state(run.id, run.state, note)
    return summarise(runner.ledger, runner.ledger.run(run.id), runner.plan.job.title)


def _refuse(workspace: Workspace, runner: Runner, refused: Refused) -> None:
    """End a run whose messages must not go out; raise why."""
    _give_up(workspace, runner.ledger, runner.run, "the messages lack what they must have; nothing was delivered")
    raise_faults(refused.faults)


def resume_run(workspace: Workspace, run: str, *, failed: bool = False, by: str = "") -> Summary:
    """Go on with a run that was interrupted, paused or approved.

    Args:
        workspace: the configured folder.
        run: its id.
        failed: try again what reached nobody, too, in a run that has ended as well.
        by: who asks for that.

    Raises:
        RunNotFound: there is no such run.
        RunStateError: it has ended, waits for approval, or its job or templates have changed.
        JobRunning: another process works on this job.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        with ledger.lock(found.spec.job):
            # What was asked of the process before this one was asked of that one.
            ledger.ask(found.id, None)
            return _resume(workspace, ledger, ledger.run(found.id), by if failed else None)


def _resume(workspace: Workspace, ledger: Ledger, run: Run, again_by: str | None) -> Summary:
    again = again_by is not None
    if again and run.state not in (RunState.DELIVERING, RunState.PAUSED, RunState.DONE):
        raise RunStateError(f"the run {run.id} has not delivered anything that could be tried again: it is {run.state}")
    if run.state in ENDED and not again:
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
    if run.state is RunState.WAITING:
        approval = ledger.approval(run.id)
        if approval is None:
            raise RunStateError(f"the run {run.id} waits for approval", hint=f"docgen approve {run.id}")
        check_as_approved(approval, bound_of(run, job, plan), run, ledger)
    if again_by is not None:
        runner.run = try_failed_again(ledger, run, runner.why_not, again_by, workspace.clock())
    with _resumable(run):
        if run.state is RunState.MERGING:
            try:
                _merge_rest(workspace, runner)
            except WishHeard as wish:
                return _stop_merging(workspace, runner, wish)
            except Refused as refused:
                _refuse(workspace, runner, refused)
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
        RunStateError: the run does not wait for approval, or its files are not those that were made.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        if found.state is not RunState.WAITING:
            raise RunStateError(f"the run {found.id} does not wait for approval: it is {found.state}")
        path = kept_file(workspace, found.spec.job_file)
        job = load_job(path, workspace.environ, shown=near(path))
        plan, faults = make_plan(workspace, job)
        raise_faults(faults)
        check_files(found, ledger)
        bound = bound_of(found, job, plan)
        now = workspace.clock()
        ledger.approve(Approval(found.id, by, now, ledger.fingerprint(found.id), bound))
        note = f"approved by {by} on {now:%Y-%m-%d %H:%M}; to deliver it: docgen resume {found.id}"
        ledger.set_state(found.id, RunState.WAITING, note)
        return ledger.run(found.id)


@dataclass(frozen=True)
class Stopping:
    """What became of the wish to stop a run.

    Attributes:
        has_stopped: False: its process knows and ends what is under way.
    """

    run: Run
    has_stopped: bool


def pause_run(workspace: Workspace, run: str, by: str, sleep: Callable[[float], None] = time.sleep) -> Stopping:
    """Let the process that works on a run end what is under way and stop; `resume_run` goes on.

    Raises:
        RunNotFound: there is no such run.
        RunStateError: nobody works on it.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        if found.state not in UNDER_WAY:
            raise RunStateError(f"nobody works on the run {found.id}: it is {found.state}")
        with suppress(JobRunning), ledger.lock(found.spec.job):
            raise RunStateError(f"nobody works on the run {found.id}", hint=f"to go on: docgen resume {found.id}")
        return _ask(ledger, found, Asked(Wish.PAUSE, by, workspace.clock()), sleep)


def cancel_run(workspace: Workspace, run: str, by: str = "", sleep: Callable[[float], None] = time.sleep) -> Stopping:
    """End a run; what is delivered stays delivered, the rest never goes out. A process that works on it ends first.

    Raises:
        RunNotFound: there is no such run.
        RunStateError: it has ended already.
        JobRunning: a process works on another run of the job.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        try:
            with ledger.lock(found.spec.job):
                found = ledger.run(found.id)
                if found.state in ENDED:
                    raise RunStateError(f"the run {found.id} has ended already ({found.state})")
                note = f"cancelled by {by}" if by else "cancelled"
                return Stopping(_give_up(workspace, ledger, found, note), has_stopped=True)
        except JobRunning:
            if found.state not in UNDER_WAY:
                raise
        return _ask(ledger, found, Asked(Wish.CANCEL, by, workspace.clock()), sleep)


def _ask(ledger: Ledger, run: Run, asked: Asked, sleep: Callable[[float], None]) -> Stopping:
    """Leave a wish, and wait a while until it is heard and heeded."""
    ledger.ask(run.id, asked)
    for _ in range(int(PATIENCE_S / LOOK_S)):
        now = ledger.run(run.id)
        if now.state not in UNDER_WAY or (now.note != run.note and ledger.asked(run.id) is None):
            return Stopping(now, has_stopped=True)
        sleep(LOOK_S)
    return Stopping(ledger.run(run.id), has_stopped=False)


def _give_up(workspace: Workspace, ledger: Ledger, run: Run, note: str) -> Run:
    """End a run that nobody works on."""
    release_claims(ledger, run.id, is_shared)
    settle_unknown(ledger, run.id, workspace.clock())
    ledger.set_state(run.id, RunState.CANCELLED, note, workspace.clock())
    clear_staging(run.folder, messages=run.state is RunState.MERGING or (run.folder / "outbox").exists())
    return ledger.run(run.id)
