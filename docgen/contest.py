"""Floor 3, work: tests of variants in the ledger: which one has won, and who gets it.

A delivery that is held has a message of each variant, made before anything was sent; it gets the winner's, and no other
ever. A test is one for all runs of an edition. Knows no transport and makes no message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from docgen.barred import WhyNot, count_barred, told
from docgen.errors import RunStateError, UserError, did_you_mean
from docgen.job import AbTest, EmailStep, Job
from docgen.model import Delivery, DeliveryState, Outcome, Run, Winner
from docgen.paging import delivery_pages
from docgen.protocols import Ledger
from docgen.tally import Contest, each_tested, figures_of, is_in, runs_of_edition
from docgen.variants import MEASURES, Figures, find_winner


@dataclass(frozen=True)
class ContestView:
    """A test as people look at it; `waiting` counts what waits for its winner in this run."""

    route: str
    figures: tuple[Figures, ...]
    winner: Winner | None
    waiting: int


def unsent_files(ledger: Ledger, run: str) -> Iterator[Path]:
    """Yield, below the run's folder, the messages that were made for those who waited and never went to them."""
    for each in each_tested(ledger, run):
        for file in _files(each) if each.is_of_the_rest else ():
            if file["variant"] != each.variant:
                yield Path(file["path"])


class Contests:
    """The tests of one run."""

    def __init__(self, ledger: Ledger, run: Run, job: Job, why_not: WhyNot) -> None:
        """Look at a run.

        Args:
            ledger: has it.
            run: the run.
            job: says by which rule its tests are won.
            why_not: deliveries -> for each a reason not to send it as things stand, "" if none.
        """
        self._why_not = why_not
        self._ledger = ledger
        self._run = run
        self._rules: Mapping[str, AbTest] = {
            step.name: step.ab_test for step in job.deliver if isinstance(step, EmailStep) and step.ab_test
        }

    def settle(self, now: datetime) -> None:
        """Give the winner to those who wait for it, where there is one, or the rule finds one now."""
        for contest in self._open():
            winner = self._ledger.winner(contest.test) or self._find(contest, now)
            if winner is not None:
                self._ledger.assign(self._run.id, contest.route, winner.variant)

    def _open(self) -> list[Contest]:
        started = self._rules or self._ledger.tested(self._run.id, limit=1)
        return open_contests(self._ledger, self._run.id, len(self._rules) or 1) if started else []

    def _find(self, contest: Contest, now: datetime) -> Winner | None:
        rule = self._rules.get(contest.route)
        measure = MEASURES.get(rule.winner) if rule else None
        if rule is None or measure is None or self._due(contest, rule, now) > now:
            return None
        figures = figures_of(self._ledger, self._run, contest)
        variant = find_winner(figures, measure)
        if not variant:
            return None
        winner = Winner(contest.test, variant, f"the rule {rule.winner}", now, shown(figures, measure.counted))
        self._ledger.choose(winner)
        return winner

    def _due(self, contest: Contest, rule: AbTest, now: datetime) -> datetime:
        """Return when the rule may decide: not while messages of the test are still to go."""
        wait = timedelta(hours=rule.wait_hours)
        latest: datetime | None = None
        for run in runs_of_edition(self._ledger, self._run):
            for each in each_tested(self._ledger, run):
                if not is_in(each, contest.test):
                    continue
                if run == self._run.id and each.state is not DeliveryState.SETTLED:
                    return now + max(wait, timedelta(seconds=1))
                if each.settled and each.outcome is not Outcome.SKIPPED:
                    latest = max(latest or each.settled, each.settled)
        return latest + wait if latest else now

    def why_waiting(self, now: datetime) -> str:
        """Return what a person should know of a test that is not won, "" where nothing waits."""
        for contest in self._open():
            figures = figures_of(self._ledger, self._run, contest)
            sent = ", ".join(f"{each.variant} to {each.sent}" for each in figures)
            waiting = self._waiting(contest)
            choose = f"docgen winner {self._run.id} {'|'.join(contest.names)}"
            return f'the test of the step "{contest.route}" went out ({sent}), {waiting}; ' + (
                self._what_next(contest, now, choose)
            )
        return ""

    def _waiting(self, contest: Contest) -> str:
        left = self._ledger.count_outcomes(self._run.id).get((contest.route, DeliveryState.PENDING), 0)
        barred = count_barred(self._ledger, self._run.id, self._why_not, contest.route)
        return f"{left} {'waits' if left == 1 else 'wait'} for the winner{told(barred)}"

    def _what_next(self, contest: Contest, now: datetime, choose: str) -> str:
        rule = self._rules.get(contest.route)
        if rule is None or rule.winner not in MEASURES:
            return f"choose it: {choose}"
        due = self._due(contest, rule, now)
        if due > now:
            return f"{rule.winner} decides when the run is resumed after {due:%Y-%m-%d %H:%M}; or choose: {choose}"
        return f"by {rule.winner} no variant is ahead; choose it: {choose}"


def open_contests(ledger: Ledger, run: str, expected: int = 0) -> list[Contest]:
    """Return the tests that deliveries of a run wait for; looks no further when so many are found as are expected."""
    found: dict[str, Contest] = {}
    for page in delivery_pages(ledger, run, state=DeliveryState.PENDING):
        for each in page:
            if each.is_held:
                names = tuple(file["variant"] for file in _files(each))
                found.setdefault(each.route, Contest(str(each.payload.get("test", "")), each.route, names))
        if expected and len(found) == expected:
            break
    return list(found.values())


def _files(delivery: Delivery) -> list[Any]:
    files = delivery.payload["files"]
    assert isinstance(files, list)
    return files


def choose_winner(ledger: Ledger, run: Run, variant: str, by: str, now: datetime, step: str = "") -> Winner:
    """Let a person say who has won; those who wait get it when the run goes on.

    Args:
        ledger: has the run, which nobody works on.
        run: with deliveries that wait.
        variant: the winner.
        by: the person.
        now: when.
        step: of which test, where the run has several.

    Raises:
        RunStateError: nothing waits for a winner, or there is one.
        UserError: there is no such variant or step.
    """
    contest = _the_one(open_contests(ledger, run.id), run, step)
    if variant not in contest.names:
        hint = did_you_mean(variant, contest.names) or f"there are: {', '.join(contest.names)}"
        raise UserError(f'the step "{contest.route}" has no variant "{variant}"', hint=hint)
    winner = Winner(contest.test, variant, by, now, shown(figures_of(ledger, run, contest)))
    ledger.choose(winner)
    ledger.assign(run.id, contest.route, variant)
    return winner


def _the_one(contests: Sequence[Contest], run: Run, step: str) -> Contest:
    routes = [each.route for each in contests]
    if not contests:
        raise RunStateError(f"in the run {run.id} nothing waits for the winner of a test")
    if step and step not in routes:
        raise UserError(f'no test of a step "{step}" waits for its winner', hint=did_you_mean(step, routes))
    if not step and len(contests) > 1:
        raise UserError("several tests wait for their winners", hint=f"say which one: --step {' or '.join(routes)}")
    return next(each for each in contests if step in ("", each.route))


def shown(figures: Sequence[Figures], counted: str = "") -> str:
    """Return figures as a sentence: `a: 40 sent, 3 replies; b: 38 sent, 5 replies`."""
    names = [counted] if counted else sorted({name for each in figures for name in each.counts})
    return "; ".join(
        ", ".join([f"{each.variant}: {each.sent} sent", *(f"{each.counts.get(name, 0)} {name}" for name in names)])
        for each in figures
    )


def contest_views(ledger: Ledger, run: Run) -> tuple[ContestView, ...]:
    """Return the tests that a run takes part in."""
    found: dict[str, Contest] = {}
    for each in each_tested(ledger, run.id):
        test = str(each.payload.get("test", ""))
        names = found[test].names if test in found else ()
        if each.variant not in names:
            found[test] = Contest(test, each.route, (*names, each.variant))
    return tuple(_view(ledger, run, each) for each in found.values())


def _view(ledger: Ledger, run: Run, contest: Contest) -> ContestView:
    winner = ledger.winner(contest.test)
    waiting = 0
    if winner is None:
        waiting = ledger.count_outcomes(run.id).get((contest.route, DeliveryState.PENDING), 0)
    figures = sorted(figures_of(ledger, run, contest), key=lambda each: each.variant)
    return ContestView(contest.route, tuple(figures), winner, waiting)
