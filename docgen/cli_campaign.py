"""Floor 4, faces: the commands about campaigns: who won a test, test messages. Part of `cli`."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from docgen import api
from docgen.clibase import DONE, ConfigOption, out, workspace_of


def winner(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run that waits for the winner of a test.")],
    variant: Annotated[str, typer.Argument(metavar="VARIANT", help="The variant that the others get.")],
    step: Annotated[str, typer.Option(help="Of which test, where the run has several: the name of its step.")] = "",
    by: Annotated[str | None, typer.Option(help="Who chooses; default: the user's name.")] = None,
    config: ConfigOption = None,
) -> int:
    """Choose the variant that won a test; `docgen resume` then sends it to the others."""
    with workspace_of(config) as workspace:
        found = api.name_winner(workspace, run, variant, by or getpass.getuser(), step)
    out.print(f"{found.variant} has won ({found.why}); to send it to the others: docgen resume {run}", markup=False)
    return DONE
