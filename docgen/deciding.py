"""Floor 4, faces: what a person decides about deliveries: what became of those in doubt, which are tried again.

Part of `api`. Knows no transport: what is pending again goes out with `control.resume_run`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from docgen.bundles import read_notes
from docgen.dispatch import release_claims, settle_unknown
from docgen.errors import DocgenError, JobRunning, RunStateError, UserError, counted, did_you_mean
from docgen.job import load_job
from docgen.model import GIVEN_UP, Decision, Delivery, DeliveryState, Outcome, Run, RunState
from docgen.paging import each_delivery
from docgen.protocols import Ledger
from docgen.report import summarise, write_manifest, write_page
from docgen.store import rules
from docgen.wiring import Workspace, kept_file, may_repeat

#: Keys named in one sentence.
SHOWN = 10


@dataclass(frozen=True)
class Doubts:
    """The deliveries of a run of which nobody knows whether they went.

    Attributes:
        deliveries: unknown ones, and those that a process which is gone had claimed.
        is_at_work: a process works on the job now: what is claimed is no doubt yet.
    """

    run: Run
    deliveries: tuple[Delivery, ...]
    is_at_work: bool = False


def show_doubts(workspace: Workspace, run: str) -> Doubts:
    """Return what nobody knows; changes nothing.

    Raises:
        RunNotFound: there is no such run.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        try:
            with ledger.lock(found.spec.job):
                return Doubts(found, tuple(_in_doubt(ledger, found, with_claimed=True)))
        except JobRunning:
            return Doubts(found, tuple(_in_doubt(ledger, found, with_claimed=False)), is_at_work=True)


def _in_doubt(ledger: Ledger, run: Run, *, with_claimed: bool) -> Iterator[Delivery]:
    for delivery in each_delivery(ledger, run.id):
        left = with_claimed and delivery.state is DeliveryState.CLAIMED and not may_repeat(delivery.transport)
        if left or delivery.outcome is Outcome.UNKNOWN:
            yield delivery


@dataclass(frozen=True)
class Ruling:
    """What a person says of deliveries in doubt.

    Attributes:
        sent: they went; else they did not.
        keys: of which records; empty with `every`.
        every: all that are in doubt.
        step: only those of this step.
        by: who says so; `why`: how that is known.
    """

    sent: bool
    keys: tuple[str, ...] = ()
    every: bool = False
    step: str | None = None
    by: str = ""
    why: str = ""


@dataclass(frozen=True)
class Ruled:
    """What came of a ruling.

    Attributes:
        deliveries: those it was about, as they were.
        left: how many are in doubt still.
    """

    run: Run
    deliveries: tuple[Delivery, ...]
    left: int


def resolve(workspace: Workspace, run: str, ruling: Ruling) -> Ruled:
    """Record what a person knows of deliveries in doubt.

    What was sent counts as delivered. What was not is pending again, for `resume_run`; in a run that was cancelled it
    has failed, and the next run of the job delivers it.

    Raises:
        RunNotFound: there is no such run.
        JobRunning: a process works on the job.
        RunStateError: nothing is in doubt.
        UserError: a key of which nothing is, or of which several deliveries are and no step is named.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        with ledger.lock(found.spec.job):
            found = ledger.run(found.id)
            now = workspace.clock()
            # Whoever claimed these is gone: the job is ours.
            release_claims(ledger, found.id, may_repeat)
            settle_unknown(ledger, found.id, now)
            doubts = list(each_delivery(ledger, found.id, outcomes=[Outcome.UNKNOWN]))
            meant = _meant(ledger, found, doubts, ruling)
            ledger.decide([Decision(d.id, _outcome(found, ruling), ruling.by, now, ruling.why) for d in meant])
            found = _moved_on(ledger, found, ruling, len(meant))
            _write_anew(workspace, ledger, found)
            return Ruled(found, tuple(meant), len(doubts) - len(meant))


def _outcome(run: Run, ruling: Ruling) -> Outcome | None:
    if ruling.sent:
        return Outcome.SENT
    return Outcome.FAILED if run.state in GIVEN_UP else None


def _moved_on(ledger: Ledger, run: Run, ruling: Ruling, count: int) -> Run:
    """Let a run that had ended go on, where something is pending again."""
    if ruling.sent or run.state is not RunState.DONE:
        return run
    ledger.set_state(run.id, RunState.PAUSED, f"{counted(count, 'delivery')} did not go, says {ruling.by}")
    return ledger.run(run.id)


def _meant(ledger: Ledger, run: Run, doubts: Sequence[Delivery], ruling: Ruling) -> list[Delivery]:
    if not doubts:
        raise RunStateError(f"nothing of the run {run.id} is unknown")
    steps = sorted({delivery.route for delivery in doubts})
    if ruling.step is not None and ruling.step not in steps:
        raise UserError(f'nothing is unknown of the step "{ruling.step}"', hint=did_you_mean(ruling.step, steps))
    of_step = [delivery for delivery in doubts if ruling.step in (None, delivery.route)]
    if ruling.every:
        return of_step
    if missing := [key for key in dict.fromkeys(ruling.keys) if all(d.key != key for d in of_step)]:
        raise _not_unknown(ledger, run, missing, {delivery.key for delivery in of_step})
    meant = [delivery for delivery in of_step if delivery.key in ruling.keys]
    _check_one_each(meant)
    return meant


def _check_one_each(meant: Sequence[Delivery]) -> None:
    for key in dict.fromkeys(delivery.key for delivery in meant):
        steps = [delivery.route for delivery in meant if delivery.key == key]
        if len(steps) > 1:
            named = " or ".join(f"--step {step}" for step in dict.fromkeys(steps))
            raise UserError(f"{len(steps)} deliveries of {key} are unknown", hint=f"say which: {named}, or --all")


def _not_unknown(ledger: Ledger, run: Run, missing: Sequence[str], known: Collection[str]) -> UserError:
    """Build the error for keys of which nothing is in doubt: say what became of them, or what may be meant."""
    states = {d.key: str(d.outcome or d.state) for d in each_delivery(ledger, run.id) if d.key in missing}
    words = [f"{key} is {states[key]}" if key in states else f'there is no "{key}"' for key in missing[:SHOWN]]
    more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    hint = did_you_mean(missing[0], known) or f"docgen show {run.id} --unknown lists them"
    return UserError(f"nothing is unknown of these: {', '.join(words)}{more}", hint=hint)


def _write_anew(workspace: Workspace, ledger: Ledger, run: Run) -> None:
    """Let manifest and page of the run's folder say what was decided."""
    if not run.folder.is_dir():
        return
    title, bundles = _title(workspace, run), read_notes(run.folder)
    write_manifest(ledger, run, run.folder / "manifest.jsonl", bundles)
    write_page(ledger, summarise(ledger, run, title), run.folder / "report.html", bundles)


def _title(workspace: Workspace, run: Run) -> str:
    path = kept_file(workspace, run.spec.job_file)
    with suppress(DocgenError):
        return load_job(path, workspace.environ).title or run.spec.job
    return run.spec.job


def _why_none(failed: int) -> str:
    if failed == 1:
        return "one has failed, and its address is suppressed or without consent"
    return f"{failed} have failed, and their addresses are suppressed or without consent" if failed else ""


def try_failed_again(
    ledger: Ledger, run: Run, why_not: Callable[[Sequence[Delivery]], Sequence[str]], by: str, now: datetime
) -> Run:
    """Make pending again what reached nobody: failed, rejected or bounced, and not suppressed since.

    Args:
        ledger: where it stands.
        run: it has delivered something.
        why_not: deliveries -> for each a reason not to send to its recipients, "" if none.
        by: who asks for it.
        now: when.

    Raises:
        RunStateError: there is none; the hint counts what is not tried and why.
    """
    bounced = {reply.delivery for reply in ledger.replies(run.id) if reply.kind in rules.BOUNCES}
    failed = [
        delivery
        for delivery in each_delivery(ledger, run.id)
        if rules.may_come_again(delivery.outcome, delivery.outcomes, bounced=delivery.id in bounced)
    ]
    reasons = [reason for some in rules.chunks(failed) for reason in why_not(some)]
    again = [delivery for delivery, reason in zip(failed, reasons, strict=True) if not reason]
    if not again:
        hint = _why_none(len(failed))
        hint = hint or (f"to go on: docgen resume {run.id}" if run.state is not RunState.DONE else "")
        raise RunStateError(f"nothing of the run {run.id} has failed that may be tried again", hint=hint)
    ledger.decide([Decision(delivery.id, None, by, now, "to be tried again") for delivery in again])
    note = f"{len(again)} that had failed {'is' if len(again) == 1 else 'are'} tried again"
    ledger.set_state(run.id, RunState.PAUSED, note)
    return replace(run, state=RunState.PAUSED, note=note, finished=None)
