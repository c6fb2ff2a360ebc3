"""Floor 4, faces: the commands that steer a run that sends: resume, pause, cancel, resolve. Part of `cli`."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from docgen import api, showdoubts
from docgen.clibase import DONE, TROUBLE, ConfigOption, JsonOption, State, out, print_json, workspace_of
from docgen.errors import UserError

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run, as `docgen runs` lists it.")]
ByOption = Annotated[str | None, typer.Option(help="Who says so; default: the user's name.")]


def pause(run: RunArgument, by: ByOption = None, config: ConfigOption = None) -> int:
    """Let the process that works on a run end what is under way and stop; `docgen resume` goes on."""
    with workspace_of(config) as workspace:
        found = api.pause_run(workspace, run, by or getpass.getuser())
    out.print(showdoubts.stopping(found, "paused"), markup=False)
    return DONE


def cancel(run: RunArgument, by: ByOption = None, config: ConfigOption = None) -> int:
    """End a run; what is delivered stays delivered, the rest never goes out."""
    with workspace_of(config) as workspace:
        found = api.cancel_run(workspace, run, by or getpass.getuser())
    out.print(showdoubts.stopping(found, "cancelled"), markup=False)
    return DONE


def resolve(
    run: RunArgument,
    keys: Annotated[list[str] | None, typer.Argument(metavar="KEY", help="Records, by their keys.")] = None,
    sent: Annotated[bool, typer.Option("--sent", help="They went.")] = False,
    not_sent: Annotated[bool, typer.Option("--not-sent", help="They did not, and are to go again.")] = False,
    every: Annotated[bool, typer.Option("--all", help="All that are unknown, instead of keys.")] = False,
    step: Annotated[str | None, typer.Option(help="Only deliveries of this step.")] = None,
    by: ByOption = None,
    why: Annotated[str, typer.Option(help="How that is known.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say of deliveries that are unknown whether they went; `docgen show RUN --unknown` lists them."""
    State.json = as_json
    if sent == not_sent:
        both = ", not both" if sent else ""
        raise UserError(f"say --sent or --not-sent{both}", hint="docgen show RUN --unknown tells where to look")
    if bool(keys) == every:
        raise UserError("name records by their keys, or say --all", hint="docgen show RUN --unknown lists them")
    ruling = api.Ruling(sent, tuple(keys or ()), every, step, by or getpass.getuser(), why)
    with workspace_of(config, quiet=as_json) as workspace:
        ruled = api.resolve(workspace, run, ruling)
    if as_json:
        print_json(showdoubts.ruled_dict(ruled))
    else:
        out.print(showdoubts.ruled(ruled, sent=sent), markup=False)
    return TROUBLE if ruled.left else DONE
