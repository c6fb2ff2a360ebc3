"""Floor 4, faces: what the commands share: the application, options, how they print. Part of `cli`; has no command."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from docgen import api
from docgen.errors import Interrupted
from docgen.model import Making
from docgen.progress import show_progress

app = typer.Typer(
    name="docgen",
    help="Customer data into documents, delivered exactly once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

DONE, INPUT, OURS, TROUBLE, INTERRUPTED = 0, 1, 3, 4, 130

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Default: config.yaml here, or above the job file."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")]

#: Not a terminal: a file or a pipe, where folded cells would only hinder.
WIDE = 240

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE)


class State:
    """What the handler of errors needs to know about the command under way."""

    json = False


@contextmanager
def workspace_of(
    config: Path | None, beside: Path | None = None, *, quiet: bool = False, engine: Making | None = None
) -> Iterator[api.Workspace]:
    """Open the working folder for one command."""
    try:
        with show_progress(quiet=quiet) as progress:
            yield api.open_workspace(config, beside=beside, progress=progress, making=engine, notice=progress.say)
    except KeyboardInterrupt as interrupt:
        # Typer would end without a word.
        raise Interrupted(*interrupt.args) from None


def print_json(value: object) -> None:
    """Print one JSON object."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")
