"""Floor 3, work: what a run will do, as one value that processes can share. Decides nothing about single records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from docgen.config import Config
from docgen.errors import DocgenError
from docgen.fields import FieldSpec
from docgen.job import EmailStep, Job
from docgen.kinds import KINDS, Kind
from docgen.model import Artifact, Format, Recipient
from docgen.protocols import Binder, Prepared, PreparedMail, Surveyed
from docgen.template import Template


@dataclass(frozen=True)
class Toolbox:
    """The plug-ins of the edges, handed down by the front door. Module-level functions, so that it pickles.

    Attributes:
        renderers: (body suffix, format) -> how to prepare such a template.
        prepare_mail: how to prepare a mail template.
        convert_to_pdf: Word documents, seconds for each, fonts that stand in for others -> PDF, one call for many.
        find_office: where the program for that is, None when it is not installed.
        find_missing: a template with a Word body, fonts that stand in for others -> what its PDF lacks here.
        join_word: Word documents -> one of all.
        bind_pdf: opens what makes one PDF of many.
        protect_pdf: a PDF, the password that opens it, the owner's, permissions -> the same, encrypted.
        surveys: body suffix -> how to look through a template that cannot be prepared.
    """

    renderers: Mapping[tuple[str, Format], Callable[..., Prepared]]
    prepare_mail: Callable[..., PreparedMail]
    convert_to_pdf: Callable[[Sequence[Artifact], float, Mapping[str, str]], list[Artifact | DocgenError]]
    find_office: Callable[[], str | None]
    find_missing: Callable[[Template, Mapping[str, str]], Sequence[DocgenError]]
    join_word: Callable[[Iterable[bytes]], bytes]
    bind_pdf: Callable[[], AbstractContextManager[Binder]]
    protect_pdf: Callable[[bytes, str, str, Collection[str]], bytes]
    surveys: Mapping[str, Callable[..., Surveyed]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """All that the merging of a run needs; the same in every process.

    Attributes:
        templates: those the job uses, by name.
        started: the run's clock: documents and messages are dated by it.
        run: the run's id, "" for a preview.
        folder: the run's folder, where documents are staged; None makes everything and keeps nothing.
        again: deliver even what an earlier run delivered.
        left_out: documents that cannot be made here and may be absent.
        testers: who gets the messages instead of their recipients, to look at them.
    """

    job: Job
    config: Config
    templates: Mapping[str, Template]
    tools: Toolbox
    started: datetime
    run: str = ""
    folder: Path | None = None
    again: bool = False
    left_out: frozenset[str] = field(default=frozenset())
    testers: tuple[Recipient, ...] = ()

    @property
    def trial(self) -> bool:
        """Whether all mail goes to one address instead of its recipients."""
        return self.config.email.redirect_to is not None

    @property
    def is_for_show(self) -> bool:
        """Whether messages never reach their recipients: of previews, checks and trials."""
        return self.trial or bool(self.testers) or not self.run

    @property
    def own_edition(self) -> str:
        """What makes this run's messages others than those of other runs; "" where they are the same."""
        if self.testers:
            return f"test {self.started.isoformat()}"
        return self.run if self.again or self.trial else ""

    @property
    def mail_transport(self) -> str:
        """Name under which the ledger knows how e-mail goes."""
        name = str(self.config.email.transport)
        return f"{name}-trial" if self.trial else name

    def identity(self, key: str, route: str, transport: str) -> str:
        """Return what two deliveries share that must not both happen.

        A trial, and a run that was told `--again`, are deliveries of their own.
        """
        once = self.run if self.again or transport.endswith("-trial") else ""
        parts = [self.job.name, self.job.edition, key, route, transport, once]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def templates_used(job: Job) -> dict[str, list[tuple[str | int, ...]]]:
    """Return template name -> the places in the job that name it."""
    used: dict[str, list[tuple[str | int, ...]]] = {}
    for name, document in job.documents.items():
        used.setdefault(document.template, []).append(("documents", name, "template"))
    for name, bundle in job.bundles.items():
        if bundle.template is not None:
            used.setdefault(bundle.template, []).append(("bundles", name, "template"))
    for position, step in enumerate(job.deliver):
        if isinstance(step, EmailStep):
            for template, path in step.template_places():
                used.setdefault(template, []).append(("deliver", position, "email", *path))
    return used


def merge_specs(templates: Mapping[str, Template]) -> tuple[dict[str, FieldSpec], dict[str, str]]:
    """Join the fields of several templates.

    Returns:
        The fields, and dotted path -> the template that requires it, for messages. Where two templates disagree on
        a type the first one stands; `check` reports it.
    """
    specs: dict[str, FieldSpec] = {}
    required: dict[str, str] = {}
    for name, template in templates.items():
        _join(specs, template.fields, required, name, "")
    return specs, required


def _join(
    into: dict[str, FieldSpec], new: Mapping[str, FieldSpec], required: dict[str, str], template: str, prefix: str
) -> None:
    for name, spec in new.items():
        path = f"{prefix}{name}"
        if spec.required:
            required.setdefault(path, template)
        children = dict(into[name].fields) if name in into else {}
        _join(children, spec.fields, required, template, f"{path}[]." if spec.type == "list" else f"{path}.")
        into[name] = into.get(name, spec).model_copy(update={"fields": children})


def kind_of(template: Template) -> Kind:
    """Return the rules of a template's kind."""
    return KINDS[template.kind]
