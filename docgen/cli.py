"""Floor 4, faces: the command line. Parses, calls `api`, prints; the one place where errors become exit codes.

Exit codes: 0 done; 1 the user's input; 3 our fault; 4 finished with failed, unknown or quarantined items, or paused;
130 interrupted.
"""

from __future__ import annotations

import gc
import getpass
import logging
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from docgen import __version__, api, show, showdoubts
from docgen.cli_campaign import send_test, winner
from docgen.cli_control import cancel, pause, resolve
from docgen.cli_people import consent_app, inbox, suppress_app
from docgen.clibase import (
    DONE,
    INPUT,
    INTERRUPTED,
    OURS,
    TROUBLE,
    WIDE,
    ConfigOption,
    JsonOption,
    State,
    app,
    out,
    print_json,
    workspace_of,
)
from docgen.dkim import Algorithm
from docgen.errors import DocgenError, Interrupted, UserError, WriteError, flatten
from docgen.files import is_full
from docgen.model import Making, RunState, Where
from docgen.report import Summary

__all__ = ["DONE", "INPUT", "INTERRUPTED", "OURS", "TROUBLE", "WIDE", "app", "call", "main", "out"]

app.command()(pause)
app.command()(cancel)
app.command()(resolve)
app.command()(inbox)
app.command("test")(send_test)
app.command()(winner)
app.add_typer(suppress_app, name="suppress")
app.add_typer(consent_app, name="consent")
dkim_app = typer.Typer(help="Keys that sign messages.", no_args_is_help=True)
app.add_typer(dkim_app, name="dkim")

JobArgument = Annotated[Path, typer.Argument(metavar="JOB", help="A job file, such as campaigns/invoice.yaml.")]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run, as `docgen runs` lists it.")]
RecordOption = Annotated[
    list[str] | None, typer.Option("--record", metavar="KEY", help="Only this record; may be repeated.")
]

EngineOption = Annotated[
    Making | None,
    typer.Option("--engine", help="How documents are made, whatever the job says: reference is slow and by the book."),
]


class SchemaKind(StrEnum):
    """What there are schemas of."""

    JOB = "job"
    CONFIG = "config"
    TEMPLATE = "template"


@app.command()
def run(
    job: JobArgument,
    record: RecordOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many records.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Make everything, keep and deliver nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Deliver even what was delivered before.")] = False,
    engine: EngineOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Run a job: check, merge every record, then deliver."""
    State.json = as_json
    options = api.RunOptions(tuple(record or ()), limit, again)
    with workspace_of(config, job, quiet=as_json, engine=engine) as workspace:
        summary = (api.dry_run if dry_run else api.run_job)(workspace, job, options)
    return _finish(summary, as_json)


@app.command()
def check(
    job: JobArgument,
    annotate: Annotated[
        Path | None,
        typer.Option(
            "--annotate", metavar="FILE", help="Where to put a copy of a faulty Word template, with comments."
        ),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Check job, templates and every record; make nothing."""
    State.json = as_json
    with workspace_of(config, job, quiet=as_json) as workspace:
        result = api.check_job(workspace, job)
        written = api.annotate_faults(result, annotate) if annotate else []
    if as_json:
        print_json(show.checked_dict(result) | ({"annotated": [str(path) for path in written]} if annotate else {}))
    else:
        out.print(show.checked(result), end="", markup=False)
        if annotate:
            out.print(show.annotated(written), end="", markup=False)
    return INPUT if result.faults else DONE


@app.command()
def preview(
    job: JobArgument,
    record: Annotated[str, typer.Option("--record", metavar="KEY", help="The record to make.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; a folder takes everything.")
    ] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures/--no-pictures", help="Pictures of pages and messages, which take a while.")
    ] = True,
    engine: EngineOption = None,
    config: ConfigOption = None,
) -> int:
    """Make the documents and messages of one record, to look at."""
    with workspace_of(config, job, engine=engine) as workspace:
        made = api.preview_record(workspace, job, record, output, pictures=pictures)
    for path in made.files:
        out.print(api.near(path), markup=False)
    for note in made.notes:
        sys.stderr.write(f"note: {note}\n")
    return DONE


@app.command()
def resume(
    run: RunArgument,
    failed: Annotated[
        bool, typer.Option("--failed", help="Try again what failed, was rejected or came back, too.")
    ] = False,
    engine: EngineOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Go on with a run that was interrupted, paused or approved, or that has failed in part."""
    State.json = as_json
    with workspace_of(config, quiet=as_json, engine=engine) as workspace:
        summary = api.resume_run(workspace, run, failed=failed, by=getpass.getuser())
    return _finish(summary, as_json)


@app.command()
def approve(
    run: RunArgument,
    by: Annotated[str | None, typer.Option(help="Who approves; default: the user's name.")] = None,
    config: ConfigOption = None,
) -> int:
    """Approve what a run has made; `docgen resume` then delivers it."""
    with workspace_of(config) as workspace:
        found = api.approve_run(workspace, run, by or getpass.getuser())
    out.print(f"{found.id} is approved; to deliver it: docgen resume {found.id}", markup=False)
    return DONE


@app.command()
def runs(
    job: Annotated[str | None, typer.Option(help="Only runs of this job, by its name.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """List the newest runs."""
    State.json = as_json
    with workspace_of(config) as workspace:
        found = api.list_runs(workspace, job, limit)
    if as_json:
        print_json({"runs": [show.run_dict(run) for run in found]})
    else:
        out.print(show.runs(found))
    return DONE


@app.command("show")
def show_command(
    run: RunArgument,
    failed: Annotated[bool, typer.Option("--failed", help="Only what somebody has to look at.")] = False,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Only deliveries of which nobody knows whether they went.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show a run: its figures, items and deliveries."""
    State.json = as_json
    if failed and unknown:
        raise UserError("say --failed or --unknown, not both")
    if unknown:
        return _show_doubts(run, config, as_json)
    with workspace_of(config) as workspace:
        view = api.show_run(workspace, run, failed=failed)
    if as_json:
        print_json(show.view_dict(view))
    else:
        out.print(show.summary(view.summary, faults=False))
        out.print(show.view(view, failed=failed))
    return DONE


def _show_doubts(run: str, config: Path | None, as_json: bool) -> int:
    with workspace_of(config) as workspace:
        found = api.show_doubts(workspace, run)
    if as_json:
        print_json(showdoubts.doubts_dict(found))
    else:
        out.print(showdoubts.doubts(found), soft_wrap=True)
    return DONE


@app.command()
def history(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A record's key or an e-mail address.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show what a customer received, when and by which run."""
    State.json = as_json
    with workspace_of(config) as workspace:
        found = api.find_history(workspace, key)
    if as_json:
        print_json({"term": key, "history": show.history_dicts(found)})
    else:
        out.print(show.history(key, found))
    return DONE


@app.command()
def templates(config: ConfigOption = None, as_json: JsonOption = False) -> int:
    """List the templates."""
    State.json = as_json
    with workspace_of(config) as workspace:
        found = api.list_templates(workspace)
    if as_json:
        print_json({"templates": [show.template_dict(template) for template in found]})
    else:
        out.print(show.templates(found))
    return DONE


@app.command()
def fields(
    template: Annotated[str, typer.Argument(metavar="TEMPLATE", help="Name of a template.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """List what a template needs, as its body uses it, compared with its manifest."""
    State.json = as_json
    with workspace_of(config) as workspace:
        view = api.inspect_template(workspace, template)
    if as_json:
        print_json(show.fields_dict(view))
    else:
        out.print(show.fields(view))
    return INPUT if view.faults else DONE


@app.command()
def schema(kind: Annotated[SchemaKind, typer.Argument(help="What to describe.")]) -> int:
    """Print the JSON Schema of a job file, config.yaml or template.yaml, for editors."""
    from docgen.schema import schema as build_schema

    print_json(build_schema(kind.value))
    return DONE


@app.command()
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder without config.yaml, templates and campaigns; it is made.")
    ],
) -> int:
    """Write a working folder: configuration, templates, campaigns with sample data."""
    written = api.init_folder(folder)
    out.print(show.initialised(folder, len(written)), markup=False)
    return DONE


@app.command()
def new(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="A shipped template or campaign; docs/gallery.md shows them.")
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="What yours is to be called; default: as the kind.")] = "",
    config: ConfigOption = None,
) -> int:
    """Copy a shipped kind of document to start from: its template, its job, sample data."""
    with workspace_of(config) as workspace:
        written = api.start_kind(workspace, kind, name)
    out.print(show.started(workspace.config.path.parent, written), markup=False)
    return DONE


@dkim_app.command("new")
def dkim_new(
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="The domain that messages come from.")],
    selector: Annotated[str | None, typer.Option(help="Name of the key in DNS; default: docgen-ALGORITHM.")] = None,
    algorithm: Annotated[Algorithm, typer.Option(help="rsa, which all receivers know, or ed25519.")] = Algorithm.RSA,
    out_file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Default: keys/SELECTOR.DOMAIN.pem beside config.yaml.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Make a key that signs messages (DKIM), and print the DNS record to publish."""
    from docgen.newkey import make_key

    State.json = as_json
    with workspace_of(config) as workspace:
        made = make_key(workspace.config, domain, selector, algorithm, out_file)
    if as_json:
        print_json(asdict(made))
    else:
        out.print(show.dkim_key(made), markup=False, highlight=False, soft_wrap=True)
    return DONE


#: How a run may stand that somebody has paused or cancelled, or that waits for a person to look.
_BROKEN_OFF = frozenset({RunState.PAUSED, RunState.MERGING, RunState.CANCELLED})


def _finish(summary: Summary, as_json: bool) -> int:
    if as_json:
        print_json(summary.as_dict())
    else:
        out.print(show.summary(summary))
    is_broken_off = summary.run.state in _BROKEN_OFF and not summary.dry
    return TROUBLE if summary.has_trouble or is_broken_off else DONE


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # Under nohup a closed terminal is ignored, and stays so.
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    # Python looks for circular garbage after 700 new objects; a page of the ledger's rows has more, none circular.
    gc.set_threshold(20_000, 20, 20)
    sys.exit(call(sys.argv[1:] if arguments is None else arguments))


def call(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; the only place where an error becomes one."""
    logging.basicConfig(level=os.environ.get("DOCGEN_LOG", "ERROR").upper(), format="%(levelname)s %(message)s")
    State.json = "--json" in arguments
    try:
        code = app(args=list(arguments), standalone_mode=False)
    except DocgenError as error:
        _complain(error)
        return error.exit_code
    except TyperException as error:
        text = error.format_message().rstrip(".").replace("Value error, ", "")
        _complain(UserError(text, hint=f"see {_command(error)} --help"))
        return INPUT
    except (KeyboardInterrupt, Abort):
        _complain(Interrupted())
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if isinstance(error, OSError) and is_full(error):
            _complain(
                WriteError(
                    "the disk is full", where=Where(error.filename or tempfile.gettempdir()), hint="free some space"
                )
            )
            return INPUT
        traceback.print_exc()
        text = " ".join(f"{type(error).__name__}: {error}".split())
        _complain(DocgenError(f"docgen {__version__} failed: {text}", hint="this is our fault; please report it"))
        return OURS
    return int(code or DONE)


def _command(error: TyperException) -> str:
    """Return the command that was used wrongly, as it is called; `docgen` itself where there is no such command."""
    names: list[str] = []
    context = getattr(error, "ctx", None)
    while context is not None and context.parent is not None:
        names.insert(0, context.info_name)
        context = context.parent
    return " ".join(["docgen", *names])


def _near(fault: DocgenError) -> DocgenError:
    """Name its file as a person who stands in this folder would."""
    if fault.where and fault.where.file and Path(fault.where.file).is_absolute():
        fault.where = replace(fault.where, file=api.near(Path(fault.where.file)))
    return fault


def _complain(error: DocgenError) -> None:
    faults = [_near(fault) for fault in flatten(error)]
    if State.json:
        message = "\n".join(map(str, faults))
        print_json({"error": {"message": message, "faults": [fault.as_dict() for fault in faults]}})
        return
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    if len(faults) > 1:
        sys.stderr.write(f"{len(faults)} faults\n")
