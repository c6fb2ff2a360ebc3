"""Floor 4, faces: the front door for Python. The command line and every other face call only this. Prints nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from docgen.annotated import faulty_bodies, write_annotated
from docgen.campaigning import name_winner
from docgen.check import check_plan, in_order, no_records, unused_columns
from docgen.control import RunOptions, Stopping, approve_run, cancel_run, dry_run, pause_run, resume_run, run_job
from docgen.deciding import Doubts, Ruled, Ruling, resolve, show_doubts
from docgen.errors import (
    DocgenError,
    MissingVariable,
    UserError,
    flatten,
)
from docgen.job import Job, read_job
from docgen.looking import (
    RunView,
    TemplateView,
    find_history,
    inspect_template,
    list_runs,
    list_suppressions,
    list_templates,
    show_run,
    suppress,
    unsuppress,
)
from docgen.people import (
    InboxResult,
    Person,
    add_consent,
    export_consents,
    export_suppressions,
    forget_address,
    import_consents,
    import_suppressions,
    read_inbox,
    show_person,
)
from docgen.preview import Previewed, preview_record
from docgen.protocols import Source
from docgen.rehearse import Rehearsal
from docgen.shadowing import shadowing_notes
from docgen.starter import copy_kind, copy_starter
from docgen.template import Template
from docgen.testsend import TestMessage, send_test
from docgen.validation import place_order
from docgen.wiring import (
    Workspace,
    make_plan,
    near,
    open_records,
    open_workspace,
)
from docgen.workshop import Workshop


@dataclass(frozen=True)
class CheckResult:
    """What `check` found out.

    Attributes:
        name: of the job.
        faults: of job, templates and records, in that order.
        records: how many rows the data has; None when it could not be read.
        columns: of the records.
        unused: those of them that neither a template nor the job reads.
        templates: those of the job, by name.
        checked: when.
        notes: what somebody should look at, though it is no fault.
        segments: name -> how many records; empty where the job has none.
    """

    name: str
    faults: tuple[DocgenError, ...]
    records: int | None = None
    columns: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    templates: Mapping[str, Template] = field(default_factory=dict)
    checked: datetime | None = None
    notes: tuple[str, ...] = ()
    segments: Mapping[str, int] = field(default_factory=dict)


def check_job(workspace: Workspace, path: Path) -> CheckResult:
    """Check job, templates and every record, without making anything: all faults at once.

    Raises:
        TemplateError: there is no folder of templates.
    """
    try:
        job, faults = read_job(path, workspace.environ)
    except UserError as error:
        return CheckResult(path.stem, flatten(error))
    if job is None:
        return CheckResult(path.stem, tuple(sorted(faults, key=place_order)))
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docgen-")))
        plan, more = make_plan(workspace, job)
        faults += more
        shop = Workshop(plan)
        # A variable that is not set may be the data's address.
        source = None if _lacks_variables(faults) else _open_or_tell(stack, workspace, job, work, faults)
        faults += check_plan(plan, shop, source.columns if source else None)
        if source is None:
            return CheckResult(job.name, tuple(in_order(faults, plan)), templates=plan.templates, checked=plan.started)
        if source.count() == 0:
            faults.append(no_records())
        rehearsal = Rehearsal(shop, source, whole=not faults)
        faults += rehearsal.run(workspace.progress)
        unused = unused_columns(plan, shop, source.columns)
        ordered = tuple(in_order(faults, plan))
        return CheckResult(
            job.name,
            ordered,
            source.count(),
            source.columns,
            unused,
            plan.templates,
            plan.started,
            (*shadowing_notes(plan, shop, source.columns), *rehearsal.notes),
            rehearsal.in_segments,
        )


def annotate_faults(result: CheckResult, output: Path) -> list[Path]:
    """Write a copy of each faulty Word template with comments at its faults; nothing where there is none.

    Args:
        result: of `check_job`.
        output: the file; with several faulty templates their names are put to it. Or a folder.

    Returns:
        The files written.

    Raises:
        UserError: `output` is a template of the job itself, or no name of a Word document.
    """
    found = faulty_bodies(result.faults, result.templates)
    return write_annotated(found, output, result.templates, result.checked or datetime.now(UTC))


def _lacks_variables(faults: Sequence[DocgenError]) -> bool:
    return any(isinstance(fault, MissingVariable) for fault in faults)


def _open_or_tell(
    stack: ExitStack, workspace: Workspace, job: Job, work: Path, faults: list[DocgenError]
) -> Source | None:
    try:
        return stack.enter_context(open_records(workspace, job, work))
    except UserError as error:
        faults += flatten(error)
        return None


def start_kind(workspace: Workspace, kind: str, name: str = "") -> list[Path]:
    """Copy a shipped kind of document into the workspace: template, job, sample data. See `starter.copy_kind`."""
    config = workspace.config
    return copy_kind(kind, config.templates, config.path.parent / "campaigns", name)


def init_folder(target: Path) -> list[Path]:
    """Write a working folder: config.yaml, templates, campaigns with sample data. Never overwrites.

    Raises:
        UserError: the folder has some of these already.
    """
    return copy_starter(target)


__all__ = [
    "CheckResult",
    "Doubts",
    "InboxResult",
    "Person",
    "Previewed",
    "Ruled",
    "Ruling",
    "RunOptions",
    "RunView",
    "Stopping",
    "TemplateView",
    "TestMessage",
    "Workspace",
    "add_consent",
    "annotate_faults",
    "approve_run",
    "cancel_run",
    "check_job",
    "dry_run",
    "export_consents",
    "export_suppressions",
    "find_history",
    "forget_address",
    "import_consents",
    "import_suppressions",
    "init_folder",
    "inspect_template",
    "list_runs",
    "list_suppressions",
    "list_templates",
    "name_winner",
    "near",
    "open_workspace",
    "pause_run",
    "preview_record",
    "read_inbox",
    "resolve",
    "resume_run",
    "run_job",
    "send_test",
    "show_doubts",
    "show_person",
    "show_run",
    "start_kind",
    "suppress",
    "unsuppress",
]
