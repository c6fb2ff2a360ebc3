"""Floor 3, work: what an approval is bound to, and what is no longer as it was approved.

The ledger's fingerprint says what was planned; this says whether templates, data and files on the disk are still those
that a person looked at. Changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from docgen.dispatch import parcel_of
from docgen.errors import RunStateError
from docgen.files import sha256_of
from docgen.job import Job
from docgen.model import Approval, ItemState, Run
from docgen.paging import each_delivery, each_item
from docgen.plan import Plan
from docgen.protocols import Ledger
from docgen.spool import Spool

#: Files that are named in one message; the rest is counted.
_NAMED = 5


def bound_of(run: Run, job: Job, plan: Plan) -> dict[str, str]:
    """Return what an approval of a run is bound to besides what was made: its name for people -> its SHA-256."""
    templates = {f"the template {name}": template.sha256 for name, template in sorted(plan.templates.items())}
    return {f"the job file {run.spec.job_file}": job.sha256, **templates, "the data of the run": _data_of(run)}


def _data_of(run: Run) -> str:
    digest = hashlib.sha256()
    for path in Spool(run.folder / "work" / "records").files():
        digest.update(f"{path.name} {sha256_of(path)}\n".encode())
    return digest.hexdigest()


def check_as_approved(approval: Approval, now: Mapping[str, str], run: Run, ledger: Ledger) -> None:
    """Raise RunStateError, with all that has changed, where it is not what was approved that would be delivered.

    Args:
        approval: the newest of the run.
        now: as `bound_of` gives it.
        run: which waits.
        ledger: knows what was made.
    """
    since = f"since {approval.by} approved the run {run.id} on {approval.at:%Y-%m-%d %H:%M}"
    changed = _differences(approval.bound, now) if approval.bound else []
    if approval.fingerprint != ledger.fingerprint(run.id):
        changed.append("what is to be delivered")
    told = [f"{since}, these have changed: {', '.join(changed)}"] if changed else []
    _check_files(run, ledger, told)
    if told:
        raise RunStateError(
            told[0],
            hint=f"docgen approve {run.id} approves what was made before that; "
            f"docgen cancel {run.id} and another run make it anew: nothing was delivered yet",
        )


def _differences(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [name for name in {**before, **now} if before.get(name) != now.get(name)]


def check_files(run: Run, ledger: Ledger) -> None:
    """Raise RunStateError where files that wait for delivery are not those that were made."""
    _check_files(run, ledger, [])


def _check_files(run: Run, ledger: Ledger, also: list[str]) -> None:
    altered = _altered(run, ledger)
    first = list(islice(altered, _NAMED))
    if not first:
        return
    more = sum(1 for _ in altered)
    names = ", ".join(first) + (f" and {more} more" if more else "")
    raise RunStateError(
        "; ".join([*also, f"these files of the run {run.id} are not what was made: {names}"]),
        hint=f"put them back, or cancel it (docgen cancel {run.id}) and run the job again: nothing was delivered yet",
    )


def _altered(run: Run, ledger: Ledger) -> Iterator[str]:
    for item in each_item(ledger, run.id, ItemState.READY):
        for note in item.artifacts:
            path = Path("documents") / note.file_name
            if not _is_whole(run.folder / path, note.sha256):
                yield path.as_posix()
    for delivery in each_delivery(ledger, run.id):
        if delivery.payload.get("envelope"):
            for file in parcel_of(delivery, run.folder).files:
                if not _is_whole(file.path, file.sha256):
                    yield file.path.relative_to(run.folder).as_posix()


def _is_whole(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256
