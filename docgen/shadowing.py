"""Floor 3, work: columns of the data that a kind computes itself, so that its figure takes their place.

What a kind also reads, such as a date or a total to check against, is its input and no rival. Decides by names alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from docgen.errors import DocgenError, JobError
from docgen.inspect_fields import root
from docgen.job import PrintStep
from docgen.kinds import Kind
from docgen.model import Where
from docgen.plan import Plan, kind_of
from docgen.workshop import Workshop


def shadowing_faults(plan: Plan, shop: Workshop, supplied: Collection[str]) -> Iterator[DocgenError]:
    """Yield a fault for each text of the job that uses a name for which the record and a kind have a value each.

    Args:
        plan: what is to be done.
        shop: built from it.
        supplied: the names that data and job give to records.
    """
    rivals = _rivals(_kinds_of_texts(shop), supplied)
    for where, names in _uses(shop):
        for name in sorted(rivals.keys() & names):
            yield JobError(
                f'"{name}" is in the data, and the kind {rivals[name]} computes it too; this would be the computed one',
                where=where,
                hint=f"rename the column: select … {name} as their_{name}, or leave it out",
            )


def shadowing_notes(plan: Plan, shop: Workshop, columns: Collection[str]) -> tuple[str, ...]:
    """Return what to say of columns whose names templates print, but as a kind computes them."""
    paths = [path for made in shop.prepared.values() for path in made.fields_used]
    paths += [path for mail in shop.mails.values() for path in mail.fields_used]
    shown = {root(path) for path in paths} & {*columns}
    rivals = _rivals({kind_of(template) for template in plan.templates.values()}, shown)
    by_kind: dict[str, list[str]] = {}
    for name in sorted(rivals):
        by_kind.setdefault(rivals[name], []).append(name)
    place = plan.job.where("data")
    return tuple(
        f"{place}: the kind {kind} computes {', '.join(names)}; documents show that, not the columns of these names"
        for kind, names in sorted(by_kind.items())
    )


def _rivals(kinds: Iterable[Kind], names: Collection[str]) -> dict[str, str]:
    """Return each of these names that a kind computes and does not read -> the kind."""
    found: dict[str, str] = {}
    for kind in sorted(kinds, key=lambda one: one.name):
        reads = {root(path) for path in kind.reads}
        own = {path for path in kind.computed if path == root(path)} - reads
        found |= {name: kind.name for name in own & {*names} if name not in found}
    return found


def _kinds_of_texts(shop: Workshop) -> set[Kind]:
    """Return the kinds whose fields the job's texts see: those of documents and bundles."""
    templates = [shop.plan.templates[one.template] for one in shop.documents.values()]
    templates += [texts.template for texts in shop.bundles if texts.template is not None]
    return {kind_of(template) for template in templates}


def _uses(shop: Workshop) -> Iterator[tuple[Where | None, set[str]]]:
    """Yield the place of each text of the job that is merged behind a kind's computing, and the names in it."""
    texts = [*shop.names.values(), *shop.passwords.values(), shop.consent, *shop.segments.values()]
    texts += [bundle.when for bundle in shop.bundles]
    for compiled in shop.steps:
        texts += [compiled.when, *compiled.texts.values()]
    for text in texts:
        if text is not None:
            yield text.where, {root(path) for path in text.fields}
    job = shop.plan.job
    for step in job.deliver:
        if isinstance(step, PrintStep):
            yield job.where_step(step.name, "sort"), {*step.sort}
    for name, bundle in job.bundles.items():
        yield job.where("bundles", name, "sort"), {*bundle.sort}
