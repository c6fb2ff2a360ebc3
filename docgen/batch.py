"""Floor 3, work: a batch of records through the workshop, in this process or in a worker.

One record fails alone. Word documents that are wanted as PDF are converted together, since the converter's start is
what costs. Knows no ledger and no transport.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from docgen.draft import Draft
from docgen.duties import Lookout
from docgen.errors import DocgenError
from docgen.model import ItemResult
from docgen.plan import Plan
from docgen.workshop import Task, Workshop


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a task: the result, and the errors that quarantine it.

    Attributes:
        refusals: what keeps the whole run from going out.
    """

    result: ItemResult
    errors: tuple[DocgenError, ...] = ()
    refusals: tuple[DocgenError, ...] = ()


@dataclass(frozen=True)
class OpenWorker:
    """Builds the workshop in the process that will use it; pickles."""

    plan: Plan

    def __call__(self) -> Callable[[Sequence[Task]], list[Made]]:
        """Return the function that batches go through."""
        shop = Workshop(self.plan)
        lookout = Lookout(shop)
        return lambda tasks: process_batch(shop, tasks, lookout)


def process_batch(shop: Workshop, tasks: Sequence[Task], lookout: Lookout | None = None) -> list[Made]:
    """Make the items of a batch, in order: merge, render, stage, plan deliveries."""
    drafts = [Draft(shop, task) for task in tasks]
    for draft in drafts:
        draft.attempt(draft.merge)
    _convert(shop, drafts)
    for draft in drafts:
        if not draft.errors:
            draft.attempt(draft.plan_deliveries)
    refusals = [tuple(lookout.faults(draft)) if lookout else () for draft in drafts]
    return [Made(draft.result(), tuple(draft.errors), refused) for draft, refused in zip(drafts, refusals, strict=True)]


def _convert(shop: Workshop, drafts: Sequence[Draft]) -> None:
    """Turn the Word documents that are wanted as PDF into PDF, all in one call."""
    pending = [(draft, name) for draft in drafts if not draft.errors for name in draft.to_convert]
    if not pending:
        return
    config = shop.plan.config
    converted = shop.plan.tools.convert_to_pdf(
        [draft.artifacts[name] for draft, name in pending], config.limits.convert_s, config.office.substitutes
    )
    for (draft, name), outcome in zip(pending, converted, strict=True):
        if isinstance(outcome, DocgenError):
            draft.fail(outcome)
        else:
            draft.artifacts[name] = replace(outcome, file_name=draft.file_names[name])
