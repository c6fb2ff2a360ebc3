"""Floor 4, faces: puts a piece of work together from configuration, job and plug-ins.

The only module that reads the tables of plug-ins. A `Workspace` is a folder with config.yaml. Does no work itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from docgen.check import missing_office, missing_template
from docgen.config import Config, TransportName, load_config
from docgen.deliver import TRANSPORTS
from docgen.engine import InlineEngine, PoolEngine
from docgen.errors import ConfigError, DocgenError, flatten
from docgen.job import EmailStep, FolderStep, Job, PrintStep
from docgen.later import Later
from docgen.model import Format, Making, Run
from docgen.plan import Plan, Toolbox, templates_used
from docgen.protocols import BatchTransport, Clock, Engine, Feature, Ledger, Source, Transport
from docgen.render import RENDERERS, SURVEYS, renderers_with
from docgen.run import Progress, Runner
from docgen.store import open_ledger
from docgen.template import Template, load_template, template_names
from docgen.workshop import Workshop

find_office: Callable[[], str | None] = Later("docgen.render.office", "find_office")
TOOLS = Toolbox(
    renderers=RENDERERS,
    prepare_mail=Later("docgen.render.mail", "prepare_mail"),
    convert_to_pdf=Later("docgen.render.office", "convert_to_pdf"),
    find_office=find_office,
    find_missing=Later("docgen.render.office", "find_missing"),
    join_word=Later("docgen.render.docx.joining.bundle", "join_documents"),
    bind_pdf=Later("docgen.deliver.binding", "PdfBinder"),
    protect_pdf=Later("docgen.render.pdf.file.encryption", "protect"),
    surveys=SURVEYS,
)
_OPEN_SOURCE: Callable[..., Source] = Later("docgen.source", "open_source")


def _now() -> datetime:
    return datetime.now(UTC).astimezone()


def _silent(step: str, done: int, total: int | None) -> None:
    return None


@dataclass(frozen=True)
class Workspace:
    """A configured folder.

    Attributes:
        environ: for `${NAME}` in jobs.
        clock: says when a run starts and when deliveries end.
        progress: told of long work.
        making: how documents are made, whatever the job says.
        notice: told in a sentence what a run waits for.
        sleep: waits for seconds, as `clock` counts them.
    """

    config: Config
    environ: Mapping[str, str]
    clock: Clock = _now
    progress: Progress = _silent
    making: Making | None = None
    notice: Callable[[str], None] = lambda text: None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Open the ledger for one piece of work."""
        ledger = open_ledger(self.config.ledger)
        try:
            yield ledger
        finally:
            ledger.close()


def open_workspace(
    config: Path | None = None,
    *,
    beside: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    clock: Clock = _now,
    progress: Progress = _silent,
    making: Making | None = None,
    notice: Callable[[str], None] = lambda text: None,
) -> Workspace:
    """Read config.yaml.

    Args:
        config: the file; default: config.yaml here, or in a folder above `beside`.
        beside: a job file, whose folder and parents are searched.
        environ: for `${NAME}` and `DOCGEN_` variables.
        clock: the time.
        progress: told of long work.
        making: how documents are made; default: as the job says.
        notice: told in a sentence what a run waits for.

    Raises:
        ConfigError: no configuration, or faults in it.
    """
    path = config or _find_config(beside)
    return Workspace(load_config(path, environ, shown=str(path)), environ, clock, progress, making, notice)


def _find_config(beside: Path | None) -> Path:
    folders = [Path(), *(beside.resolve().parents if beside else ())]
    for folder in folders:
        if (folder / "config.yaml").is_file():
            return folder / "config.yaml"
    raise ConfigError(
        "there is no config.yaml in this folder",
        hint="go to the folder that has it, name it with --config, or make one: docgen init FOLDER",
    )


def near(path: Path) -> str:
    """Return a path as a person who stands in the working folder would write it."""
    here = Path().absolute()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def is_shared(transport: str) -> bool:
    """Whether another run may do what a run of this transport, named as in the ledger, broke off."""
    kind = transport.partition(":")[0].removesuffix("-trial")
    return Feature.SHARED in TRANSPORTS[kind].features


def may_repeat(transport: str) -> bool:
    """Whether doing what a transport broke off once more is the same as doing it once."""
    kind = transport.partition(":")[0].removesuffix("-trial")
    return Feature.IDEMPOTENT in TRANSPORTS[kind].features


def kept_path(workspace: Workspace, path: Path) -> str:
    """Return a path as the ledger keeps it: below config.yaml's folder relative to that, so that folders can move."""
    base, absolute = workspace.config.base, path.absolute()
    return absolute.relative_to(base).as_posix() if absolute.is_relative_to(base) else str(absolute)


def kept_file(workspace: Workspace, kept: str) -> Path:
    """Invert `kept_path`."""
    return workspace.config.base / kept


def make_plan(workspace: Workspace, job: Job) -> tuple[Plan, list[DocgenError]]:
    """Read the templates a job uses; what cannot be read is a fault."""
    folder = workspace.config.templates
    templates: dict[str, Template] = {}
    faults: list[DocgenError] = []
    for name, places in templates_used(job).items():
        if name not in (names := template_names(folder)):
            faults += [missing_template(name, job, path, names) for path in places]
            continue
        try:
            templates[name] = load_template(folder / name, shown=near(folder / name)).on(workspace.config.company.paper)
        except DocgenError as error:
            faults += flatten(error)
    left_out, office_faults = _without_office(job, templates)
    if workspace.making is not None:
        job = job.model_copy(update={"engine": workspace.making})
    tools = replace(TOOLS, renderers=renderers_with(workspace.config.pdf.fonts))
    plan = Plan(job, workspace.config, templates, tools, workspace.clock(), left_out=left_out)
    return plan, faults + office_faults


def _without_office(job: Job, templates: Mapping[str, Template]) -> tuple[frozenset[str], list[DocgenError]]:
    """Return the documents that cannot be made here: those that may be left out, and faults for the others."""
    needing = [
        name
        for name, document in job.documents.items()
        if document.format is Format.PDF
        and (template := templates.get(document.template))
        and template.body.suffix == ".docx"
    ]
    bundles = [name for name, bundle in job.bundles.items() if bundle.template and bundle.format is Format.PDF]
    if not (needing or bundles) or find_office() is not None:
        return frozenset(), []
    left_out = frozenset(name for name in needing if job.documents[name].optional)
    faults = [missing_office(job, "documents", name) for name in needing if name not in left_out]
    return left_out, [*faults, *(missing_office(job, "bundles", name) for name in bundles)]


def fingerprint_of(plan: Plan) -> str:
    """Return one hash over all templates of a plan: a resumed run must merge with the same."""
    text = "\n".join(f"{name} {template.sha256}" for name, template in sorted(plan.templates.items()))
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def open_records(workspace: Workspace, job: Job, work: Path) -> Iterator[Source]:
    """Open a job's data; `work` is a folder for what does not fit into memory."""
    try:
        source = _OPEN_SOURCE(job.data, job.base, work, workspace.environ)
    except DocgenError as error:
        for fault in flatten(error):
            if fault.where is None or fault.where.file is None:
                fault.where = job.where("data", *(fault.where.path if fault.where else ()))
        raise
    try:
        yield source
    finally:
        source.close()


def make_runner(
    workspace: Workspace, run: Run, plan: Plan, shop: Workshop, ledger: Ledger, reference: Ledger
) -> Runner:
    """Return what carries a run; `reference` is the ledger that knows earlier runs."""
    return Runner(
        run=run,
        plan=plan,
        shop=shop,
        ledger=ledger,
        reference=reference,
        engine=_engine(workspace.config),
        clock=workspace.clock,
        progress=workspace.progress,
        notice=workspace.notice,
        sleep=workspace.sleep,
    )


def _engine(config: Config) -> Callable[[int], Engine]:
    workers = config.workers or os.cpu_count() or 1

    def choose(batches: int) -> Engine:
        # Starting a process costs about a second: a run of one batch is done sooner here.
        return InlineEngine() if min(workers, batches) <= 1 else PoolEngine(min(workers, batches))

    return choose


def open_transports(workspace: Workspace, runner: Runner) -> dict[str, Transport | BatchTransport]:
    """Return what carries this run's deliveries, in the order of the job's steps."""
    config, job, folder = workspace.config, runner.plan.job, runner.folder
    found: dict[str, Transport | BatchTransport] = {}
    for step in job.deliver:
        match step:
            case FolderStep():
                found["folder"] = TRANSPORTS["folder"](config.outputs, replace=runner.plan.again)
            case PrintStep():
                found[f"print:{step.name}"] = TRANSPORTS["print"](
                    folder / "print", step.name, duplex=step.duplex, envelope=step.envelope, title=job.title
                )
            case EmailStep():
                # By what the ledger has, not by today's config: a run goes out the way it was planned.
                for name in ("outbox", "outbox-trial"):
                    found[name] = TRANSPORTS["outbox"](folder / "outbox")
                if config.email.transport is TransportName.SMTP:
                    for name in ("smtp", "smtp-trial"):
                        found[name] = TRANSPORTS["smtp"](config.email, allowances=runner.allowances)
    return found


def open_mail(workspace: Workspace, folder: Path) -> Transport:
    """Return what carries messages that are no run's; `folder` is where they lie without a mail server."""
    email = workspace.config.email
    found = TRANSPORTS["smtp"](email) if email.transport is TransportName.SMTP else TRANSPORTS["outbox"](folder)
    assert isinstance(found, Transport)
    return found
