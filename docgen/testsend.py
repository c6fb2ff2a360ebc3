"""Floor 4, faces: the real messages of chosen records to chosen people, to look at. Part of `api`.

Nothing is numbered, remembered or counted as delivered, and no token in such a message unsubscribes anybody.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from docgen import loops
from docgen.address import parse_mailbox
from docgen.batch import process_batch
from docgen.check import check_plan, not_there
from docgen.dispatch import parcel_of
from docgen.errors import UserError, raise_faults
from docgen.job import Job, load_job
from docgen.model import Delivery, DeliveryState, ItemResult, Outcome, Parcel, Receipt, Record
from docgen.plan import Plan
from docgen.protocols import Source, Transport
from docgen.run import place_error
from docgen.wiring import Workspace, make_plan, open_mail, open_records
from docgen.workshop import Task, Workshop

#: Messages of one test, and people who get it: more would be a mailing.
MOST = 10


@dataclass(frozen=True)
class TestMessage:
    """A message that was sent as a test.

    Attributes:
        record: whose it is.
        step: of the job.
        variant: of the message, "" where there is one only.
        receipt: what the transport said.
    """

    record: str
    step: str
    variant: str
    receipt: Receipt

    @property
    def has_trouble(self) -> bool:
        """Whether it may not have arrived."""
        return self.receipt.outcome not in (Outcome.SENT, Outcome.QUEUED)


def send_test(workspace: Workspace, path: Path, keys: Sequence[str], to: Sequence[str]) -> list[TestMessage]:
    """Send the messages of some records to other people than their recipients.

    Args:
        workspace: the configured folder.
        path: the job.
        keys: of the records.
        to: addresses of who gets them.

    Raises:
        UserError: or Faults: the messages cannot be made, they are too many, or there is none.
        TransportUnavailable: nothing was sent: no mail server.
    """
    testers = tuple(parse_mailbox(each) for each in dict.fromkeys(to))
    if len(testers) > MOST:
        raise UserError(f"{len(testers)} people are too many for a test", hint=f"at most {MOST}")
    job = load_job(path, workspace.environ)
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docgen-")))
        plan, faults = make_plan(workspace, job)
        plan = replace(plan, folder=work / "made", started=workspace.clock(), testers=testers)
        shop = Workshop(plan)
        source = stack.enter_context(open_records(workspace, job, work))
        raise_faults([*faults, *check_plan(plan, shop, source.columns)])
        records = find_records(source, keys)
        results = _make(shop, source, records)
        messages = [message for result in results for message in _messages(result, plan, work / "made")]
        _check_number(messages, keys)
        transport = open_mail(workspace, workspace.config.outputs / "test" / job.name)
        return loops.run(_send(transport, messages))


def find_records(source: Source, keys: Sequence[str]) -> list[Record]:
    """Return the records of these keys, in their order.

    Raises:
        Faults: some are not there, or their keys are faulty.
    """
    wanted = dict.fromkeys(keys)
    found = {record.key: record for batch in source.batches(1000) for record in batch if record.key in wanted}
    if missing := [key for key in wanted if key not in found]:
        raise not_there(source, missing)
    return [found[key] for key in wanted]


def provisional_numbers(job: Job, plan: Plan) -> dict[str, str]:
    """Return numbers as they look, which nobody will have."""
    return {name: spec.number(spec.sequence(plan.started.date()), 0) for name, spec in job.numbers.items()}


def _make(shop: Workshop, source: Source, records: Sequence[Record]) -> list[ItemResult]:
    numbers = provisional_numbers(shop.plan.job, shop.plan)
    made = process_batch(shop, [Task(record, numbers) for record in records])
    pairs = zip(records, made, strict=True)
    raise_faults([place_error(error, record, source) for record, each in pairs for error in each.errors])
    return [each.result for each in made]


def _messages(result: ItemResult, plan: Plan, folder: Path) -> Iterator[tuple[TestMessage, Parcel]]:
    """Yield what there is to send of a record: each variant by itself."""
    for planned in result.deliveries:
        if "envelope" not in planned.payload:
            continue
        whole = parcel_of(
            Delivery(0, "", 0, result.key, planned.route, "", "", "", planned.payload, "", DeliveryState.PENDING),
            folder,
        )
        for file in whole.files:
            name = f"{result.key} {file.variant}".strip()
            parcel = replace(whole, key=name, recipient=plan.testers[0].address, files=(file,))
            yield TestMessage(result.key, planned.route, file.variant, Receipt(Outcome.FAILED)), parcel


def _check_number(messages: Sequence[object], keys: Sequence[str]) -> None:
    if not messages:
        raise UserError(f"no step of the job sends a message for {', '.join(keys)}", hint="look at the steps' `when`")
    if len(messages) > MOST:
        hint = f"at most {MOST}: choose fewer records"
        raise UserError(f"these are {len(messages)} messages, too many for a test", hint=hint)


async def _send(transport: Transport, messages: Sequence[tuple[TestMessage, Parcel]]) -> list[TestMessage]:
    async with transport:
        return [replace(message, receipt=await transport.send(parcel)) for message, parcel in messages]
