"""Floor 4, faces: what people decide and try about a campaign: who won a test, test messages. Part of `api`."""

from __future__ import annotations

from docgen.contest import choose_winner
from docgen.model import Winner
from docgen.wiring import Workspace


def name_winner(workspace: Workspace, run: str, variant: str, by: str, step: str = "") -> Winner:
    """Record which variant won a test; `resume_run` sends it to those who wait.

    Raises:
        RunNotFound: there is no such run.
        RunStateError: nothing in it waits for a winner, or somebody chose one.
        UserError: the test has no such variant.
        JobRunning: another process works on this job.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        with ledger.lock(found.spec.job):
            return choose_winner(ledger, ledger.run(found.id), variant, by, workspace.clock(), step)
