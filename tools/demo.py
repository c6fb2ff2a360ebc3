"""Make the documents of the sample company in the folder demo/ and say where to look. What `make demo` runs."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from docgen import api
from docgen.errors import DocgenError
from docgen.progress import show_progress
from docgen.report import Summary

DEMO = Path(__file__).resolve().parent.parent / "demo"
JOBS = ("invoice", "contract", "newsletter")
SHOWN = ("report.html", "documents", "outbox", "print", "quarantine.csv")


def main() -> int:
    """Run the three sample jobs afresh; return the exit code."""
    shutil.rmtree(DEMO, ignore_errors=True)
    api.init_folder(DEMO)
    summaries = []
    for job in JOBS:
        try:
            with show_progress() as progress:
                workspace = api.open_workspace(DEMO / "config.yaml", progress=progress)
                summaries.append(api.run_job(workspace, DEMO / "campaigns" / f"{job}.yaml"))
        except DocgenError as error:
            sys.stderr.write(f"{job}: {error}\n")
            return error.exit_code
    _print(summaries)
    return 0


def _print(summaries: list[Summary]) -> None:
    table = Table(box=box.SIMPLE_HEAD, title="What was made", title_justify="left", title_style="bold")
    for column in ("job", "records", "quarantined", "delivered", "skipped"):
        table.add_column(column, justify="left" if column in ("job", "delivered") else "right")
    for summary in summaries:
        steps = summary.outcomes.items()
        delivered = [f"{step} {counts.get('sent', 0) + counts.get('queued', 0)}" for step, counts in steps]
        skipped = sum(counts.get("skipped", 0) for _, counts in steps)
        records, bad = sum(summary.items.values()), summary.quarantined
        table.add_row(summary.title, str(records), str(bad), ", ".join(delivered), str(skipped))
    console = Console(width=max(100, Console().width), soft_wrap=True)
    console.print(table)
    console.print("Look at, begin with report.html:")
    for summary in summaries:
        folder = summary.run.folder.relative_to(DEMO.parent)
        console.print(f"  {folder}/  {', '.join(name for name in SHOWN if name in summary.files)}", highlight=False)
    console.print("The bad rows are there on purpose: quarantine.csv says what is wrong with each.")
    console.print("Nothing was sent: e-mail waits in outbox/ until config.yaml names a mail server.")


if __name__ == "__main__":
    sys.exit(main())
