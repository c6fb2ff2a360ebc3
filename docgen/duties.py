"""Floor 3, work: marketing that lacks what it must have goes nowhere, whoever forgot `docgen check`.

The first message of each language and template is looked at while it is made. Knows no ledger and no transport.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from docgen.draft import Draft, WrittenMail
from docgen.errors import DocgenError, MailError
from docgen.mailcheck import Duties, examine
from docgen.model import MessageClass, Where
from docgen.workshop import Workshop


class Lookout:
    """Looks messages over in one process; what is wrong with one is wrong with all of its language and template."""

    def __init__(self, shop: Workshop) -> None:
        """Begin with no message seen."""
        self._shop = shop
        self._seen: set[tuple[str, str]] = set()

    def faults(self, draft: Draft) -> Iterator[DocgenError]:
        """Yield what is wrong with a record's messages, those that are the first of their sort."""
        if self._shop.plan.job.message_class is not MessageClass.MARKETING or draft.errors:
            return
        for written in draft.written:
            sort = (draft.locale, written.template)
            if sort not in self._seen:
                self._seen.add(sort)
                yield from self._examine(written)

    def _examine(self, written: WrittenMail) -> Iterator[DocgenError]:
        plan = self._shop.plan
        template = plan.templates[written.template]
        folder = PurePath(template.where().file or "").parent
        company, ways_out = plan.config.company, written.letterhead.unsubscribe
        duties = Duties(plan.job.message_class, company.street, company.city, ways_out)
        for finding in examine(written.mail, written.size, duties):
            if finding.fault:
                where = Where(str(folder / template.body.name))
                yield MailError(finding.text, where=where, hint=finding.hint)
