"""Floor 4, faces: what can be looked at without running a job. Part of `api`; changes nothing but suppressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from docgen.check import placed_fields
from docgen.errors import DocgenError, counted
from docgen.inspect_fields import compare_fields
from docgen.model import Decision, Delivery, Item, ItemState, Reply, Run, Suppression, Try
from docgen.paging import each_delivery, each_item
from docgen.plan import kind_of
from docgen.protocols import Prepared, PreparedMail
from docgen.render import RENDERERS, renderers_with
from docgen.report import Summary, summarise
from docgen.suppression import lookups
from docgen.template import Template, find_template, load_templates
from docgen.tokens import Keys
from docgen.wiring import (
    TOOLS,
    Workspace,
)


def list_runs(workspace: Workspace, job: str | None = None, limit: int = 50) -> list[Run]:
    """Return the newest runs first."""
    with workspace.ledger() as ledger:
        return ledger.runs(job, limit)


@dataclass(frozen=True)
class RunView:
    """A run with what is in it, what came back, and what people decided about deliveries."""

    summary: Summary
    items: tuple[Item, ...]
    deliveries: tuple[Delivery, ...]
    replies: tuple[Reply, ...] = ()
    decisions: tuple[tuple[Decision, Delivery], ...] = ()


def show_run(workspace: Workspace, run: str, *, failed: bool = False) -> RunView:
    """Return a run; with `failed` only the items and deliveries that somebody has to look at.

    Raises:
        RunNotFound: there is no such run.
    """
    with workspace.ledger() as ledger:
        found = ledger.run(run)
        summary = summarise(ledger, found, found.spec.job)
        items = each_item(ledger, found.id, ItemState.QUARANTINED if failed else None)
        deliveries = (d for d in each_delivery(ledger, found.id) if not failed or _needs_a_look(d))
        tries, zone = ledger.tries(found.id), workspace.clock().tzinfo
        deliveries = (_with_try(each, tries.get(each.id), zone) for each in deliveries)
        decided = tuple((each, ledger.delivery(each.delivery)) for each in ledger.decisions(found.id))
        decisions = tuple((each, delivery) for each, delivery in decided if delivery)
        return RunView(summary, tuple(items), tuple(deliveries), tuple(ledger.replies(found.id)), decisions)


def _with_try(delivery: Delivery, again: Try | None, zone: tzinfo | None) -> Delivery:
    """Say of what was refused for now what the server said, and when it is tried again."""
    if again is None:
        return delivery
    due = f"{again.due.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    detail = f"{again.detail}; {counted(again.attempts, 'try')} so far, the next one not before {due}"
    return replace(delivery, detail=detail)


def _needs_a_look(delivery: Delivery) -> bool:
    return delivery.outcome is None or delivery.outcome in ("failed", "rejected", "unknown")


def find_history(workspace: Workspace, term: str) -> list[tuple[Run, Item, Delivery | None]]:
    """Return everything made for a record key or sent to an address, newest first."""
    with workspace.ledger() as ledger:
        return ledger.history(term)


@dataclass(frozen=True)
class TemplateView:
    """A template and what its bodies use.

    Attributes:
        used: dotted paths found in the body itself.
        computed: those of them that the kind computes.
        faults: where body and manifest disagree.
        links: what docgen gives to each message, and the body prints.
    """

    template: Template
    used: frozenset[str]
    computed: frozenset[str]
    faults: tuple[DocgenError, ...] = field(default=())
    links: frozenset[str] = frozenset()


def list_templates(workspace: Workspace) -> list[Template]:
    """Return all templates.

    Raises:
        TemplateError: or Faults, over all manifests.
    """
    return list(load_templates(workspace.config.templates).values())


def inspect_template(workspace: Workspace, name: str) -> TemplateView:
    """Compile a template and compare its body with its manifest.

    Raises:
        TemplateMissing: there is none of that name.
        TemplateError: or Faults: it cannot be compiled.
    """
    template = find_template(workspace.config.templates, name).on(workspace.config.company.paper)
    limits = workspace.config.limits
    prepared: Prepared | PreparedMail
    links: frozenset[str] = frozenset()
    if template.subject is not None or template.body.suffix == ".mjml":
        prepared = TOOLS.prepare_mail(template, limits, "error", template.subject or "-")
        links = prepared.links_used
    else:
        formats = [(suffix, made) for suffix, made in RENDERERS if suffix == template.body.suffix]
        prepared = renderers_with(workspace.config.pdf.fonts)[formats[0]](template, limits, "error")
    used = prepared.fields_used
    kind = kind_of(template)
    faults = [
        placed
        for fault in compare_fields(used, template.fields, kind.computed, kind.reads)
        for placed in placed_fields(template, fault, [prepared])
    ]
    return TemplateView(template, used, used & kind.computed, tuple(faults), links)


def suppress(workspace: Workspace, suppressions: Sequence[Suppression]) -> None:
    """Record reasons not to contact addresses."""
    with workspace.ledger() as ledger:
        ledger.suppress(suppressions)


def unsuppress(workspace: Workspace, address: str) -> bool:
    """Take a suppression back, of an erased address too; False when there was none."""
    secret = workspace.config.email.erasure_key
    keys = Keys.parse(secret.get_secret_value()) if secret else None
    with workspace.ledger() as ledger:
        gone = [ledger.unsuppress(form) for form in lookups(address, keys)]
        return any(gone)


def list_suppressions(workspace: Workspace) -> list[Suppression]:
    """Return all suppressions."""
    with workspace.ledger() as ledger:
        return ledger.suppressed()
