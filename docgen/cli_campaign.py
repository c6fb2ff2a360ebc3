"""Floor 4, faces: the commands about campaigns: who won a test, test messages. Part of `cli`."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from docgen import api, show
from docgen.clibase import DONE, TROUBLE, ConfigOption, JsonOption, State, out, print_json, workspace_of


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


def send_test(
    job: Annotated[Path, typer.Argument(metavar="JOB", help="A job file, such as campaigns/newsletter.yaml.")],
    record: Annotated[
        list[str], typer.Option("--record", metavar="KEY", help="A record whose messages are sent; may be repeated.")
    ],
    to: Annotated[list[str], typer.Option("--to", metavar="ADDRESS", help="Who gets them instead; may be repeated.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Send the messages of some records to other addresses, to look at."""
    State.json = as_json
    with workspace_of(config, job, quiet=as_json) as workspace:
        sent = api.send_test(workspace, job, record, to)
    if as_json:
        print_json({"job": job.stem, "to": to, "messages": [show.test_message_dict(each) for each in sent]})
    else:
        out.print(show.test_messages(sent))
    return TROUBLE if any(each.has_trouble for each in sent) else DONE
