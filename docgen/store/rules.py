"""Floor 1, rules: what any ledger decides, wherever it keeps its rows. Pure; refuses to know SQL and files.

Both the ledger in a database and the one in memory are written on these, so that they agree to the letter.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from email.utils import parseaddr
from itertools import count
from typing import Any, TypeVar

from docgen.errors import RunNotFound, RunStateError, did_you_mean
from docgen.model import (
    DELIVERED,
    ArtifactNote,
    Decision,
    DeliveryState,
    Fault,
    NewDelivery,
    Outcome,
    Receipt,
    ReplyKind,
    Winner,
)
from docgen.suppression import address_key

T = TypeVar("T")

#: Made once: `json.dumps` makes one for every call that does not want what it does by itself.
_PLAINEST = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def run_id(job: str, day: str, n: int) -> str:
    """Return `<job>/<YYYY-MM-DD>-<NNN>`."""
    return f"{job}/{day}-{n:03}"


def run_not_found(wanted: str, known: Sequence[str]) -> RunNotFound:
    """Build the error for a run that is not there. `known`: ids of recent runs, for the hint."""
    hint = did_you_mean(wanted, known) or "`docgen runs` lists them"
    return RunNotFound(f'there is no run "{wanted}"', hint=hint if known else "nothing has been run yet")


def run_ambiguous(wanted: str, found: Sequence[str]) -> RunNotFound:
    """Build the error for a short id that several jobs have."""
    return RunNotFound(f'several jobs have a run "{wanted}"', hint=f"one of: {', '.join(sorted(found))}")


def fold_name(file_name: str) -> str:
    """Return the name as a file system that ignores case and composes accents sees it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", file_name).casefold())


def fold_address(text: str) -> str:
    """Return what a recipient is looked up by: the bare address of `Name <address>`, case folded."""
    return _bare(text).strip().casefold()


def _bare(text: str) -> str:
    return parseaddr(text)[1] or text if text.endswith(">") else text


def person_key(text: str) -> str:
    """Return what suppressions, consents and replies are kept under: the address as `address_key` has it."""
    return address_key(_bare(text))


def person_forms(texts: Iterable[str]) -> list[str]:
    """Return all that rows of these people may be kept under, sorted: earlier releases only folded the case."""
    return sorted({form for text in texts for form in (person_key(text), fold_address(text))})


def other_addresses(recipient: str, receipt: Receipt) -> list[str]:
    """Return the addresses, folded, that a delivery went to besides its recipient, each once."""
    if receipt.outcome is Outcome.SKIPPED or not receipt.outcomes:
        return []
    return sorted({fold_address(address) for address in receipt.outcomes} - {fold_address(recipient)})


def to_json(value: object) -> str:
    """Return the one way to write a JSON value: sorted, compact, ASCII."""
    return _PLAINEST.encode(value)


def plain(value: Mapping[str, object]) -> dict[str, Any]:
    """Return a mapping as it comes back from JSON."""
    return json.loads(to_json(dict(value)))  # type: ignore[no-any-return]


def faults_to_json(faults: Iterable[Fault]) -> list[list[str]]:
    """Return faults as rows."""
    return [[fault.code, fault.text, fault.field, fault.value] for fault in faults]


def faults_from_json(rows: Iterable[Sequence[str]]) -> tuple[Fault, ...]:
    """Return faults from rows."""
    return tuple(Fault(*row) for row in rows)


def chunks(values: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Yield slices of at most `size`: databases limit the parameters of one statement."""
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]


# --- deliveries ----------------------------------------------------------------------------------


def is_replaceable(state: DeliveryState, outcome: Outcome | None) -> bool:
    """Tell whether a delivery may be planned anew: nothing has been tried with it."""
    return state is DeliveryState.PENDING or (state is DeliveryState.SETTLED and outcome is Outcome.SKIPPED)


def already_tried(run: str, keys: Sequence[str]) -> RunStateError:
    """Build the error for replacing deliveries that were claimed or tried."""
    shown = ", ".join(keys[:5]) + (", ..." if len(keys) > 5 else "")
    return RunStateError(
        f"{run}: deliveries of {shown} have been tried already and cannot be planned anew",
        hint="start a new run for changed data",
    )


def data_moved(run: str, ordinal: int, had: str | None, has: str) -> RunStateError:
    """Build the error for data that changed under an open run. `had`: the key that has the place, if any."""
    problem = f'record {ordinal + 1} was "{had}" when the run began and is "{has}" now'
    if had is None:
        problem = f'record "{has}" was at another place when the run began and is number {ordinal + 1} now'
    return RunStateError(
        f"{run}: {problem}", hint="put the data back as they were, or cancel the run and start a new one"
    )


def wrong_state(delivery: int, state: str | None, wanted: str) -> RunStateError:
    """Build the error for a step that a delivery's state does not allow."""
    if state is None:
        return RunStateError(f"there is no delivery {delivery}")
    return RunStateError(f"delivery {delivery} is {state}; only a claimed one can be {wanted}")


#: Answers that say a message did not arrive, though its server had taken it.
BOUNCES = frozenset({ReplyKind.BAD_ADDRESS, ReplyKind.HARD, ReplyKind.SOFT, ReplyKind.POLICY, ReplyKind.CONTENT})


def may_come_again(was: Outcome | None, outcomes: Mapping[str, Outcome], *, bounced: bool) -> bool:
    """Tell whether a settled delivery has reached nobody, so that a person may have it tried again."""
    if was is Outcome.SENT:
        return bounced and len(outcomes) <= 1
    return was in (Outcome.FAILED, Outcome.REJECTED) and not DELIVERED & set(outcomes.values())


def check_decision(decision: Decision, was: Outcome | None, outcomes: Mapping[str, Outcome], *, bounced: bool) -> None:
    """Raise RunStateError when a delivery's outcome is not for a person to change so."""
    if was is Outcome.UNKNOWN and decision.outcome in (Outcome.SENT, Outcome.FAILED, None):
        return
    if decision.outcome is None and may_come_again(was, outcomes, bounced=bounced):
        return
    state = was or "not settled"
    raise RunStateError(f"delivery {decision.delivery} is {state}; nobody can decide that it is otherwise")


def departed(outcomes: Mapping[str, Outcome], payload: Mapping[str, Any]) -> int:
    """Return how many recipients a message that holds its identity went to, or may have; at least one.

    Args:
        outcomes: of each address; empty where nobody knows.
        payload: what the ledger keeps of the delivery, with the envelope; asked where there are no outcomes.
    """
    if outcomes:
        return max(1, sum(each in DELIVERED for each in outcomes.values()))
    envelope = payload.get("envelope")
    return len(envelope["recipients"]) if isinstance(envelope, dict) else 1


def decided(decision: Decision) -> str:
    """Return the detail of a delivery that a person has settled."""
    text = f"{decision.outcome}, says {decision.by} on {decision.at:%Y-%m-%d}"
    return f"{text}: {decision.why}" if decision.why else text


def outcomes_decided(decision: Decision, outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """Return each address's outcome after a decision: what was in doubt is decided."""
    after = decision.outcome or Outcome.UNKNOWN
    return {address: after if each is Outcome.UNKNOWN else each for address, each in outcomes.items()}


def check_winner(known: Winner | None) -> None:
    """Raise RunStateError when a test has been won already: what went out because of it cannot be taken back."""
    if known is not None:
        raise RunStateError(f'{known.by} chose the variant "{known.variant}" on {known.at:%Y-%m-%d %H:%M} already')


# --- numbers -------------------------------------------------------------------------------------


def free_numbers(taken: Iterable[int], low: int) -> Iterator[int]:
    """Yield the free numbers from `low` up, endlessly. `taken` ascends and may begin below `low`."""
    free = low
    for number in taken:
        while free < number:
            yield free
            free += 1
        free = max(free, number + 1)
    yield from count(free)


def moves_down(own: Collection[int], others: Collection[int], low: int) -> list[tuple[int, int]]:
    """Return (number, lower number) that close the gaps below `own`, ascending, leaving `others` alone.

    Each target is free when the moves are made one by one in this order.
    """
    free = free_numbers(sorted(others), low)
    return [(old, new) for old, new in zip(sorted(own), free, strict=False) if new != old]


# --- fingerprint ---------------------------------------------------------------------------------


def artifact_line(key: str, note: ArtifactNote) -> str:
    """Return the line of an artifact within a fingerprint."""
    return to_json(["artifact", key, note.document, note.file_name, note.sha256])


def delivery_line(key: str, delivery: NewDelivery) -> str:
    """Return the line of a delivery within a fingerprint: what was planned, not what became of it."""
    plan = [delivery.route, delivery.transport, delivery.recipient, delivery.identity, delivery.message_id]
    return to_json(["delivery", key, *plan, delivery.skip, plain(delivery.payload)])


def fingerprint(groups: Iterable[Iterable[str]]) -> str:
    """Return one SHA-256 over groups of lines; within a group the order does not matter."""
    digest = hashlib.sha256()
    for group in groups:
        for line in sorted(group):
            digest.update(line.encode("ascii") + b"\n")
    return digest.hexdigest()


def slug(job: str) -> str:
    """Return a file name for a job, distinct for distinct jobs."""
    name = re.sub(r"[^a-z0-9]+", "-", job.lower()).strip("-")[:60]
    return f"{name or 'job'}-{hashlib.sha256(job.encode()).hexdigest()[:8]}"
