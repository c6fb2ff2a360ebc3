"""Floor 4, faces: how deliveries in doubt, and what people decide about them, look to a person and to a script."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from docgen.control import Stopping
from docgen.deciding import Doubts, Ruled
from docgen.model import GIVEN_UP, Delivery, RunState
from docgen.show import delivery_dict


def doubts(found: Doubts) -> RenderableType:
    """Return what nobody knows of a run, and how to find out."""
    parts: list[RenderableType] = []
    if found.is_at_work:
        parts.append("A process works on the job: what it has under way is not listed.")
    if not found.deliveries:
        return Group(*parts, f"Nothing of {found.run.id} is unknown.")
    lines = [line for each in found.deliveries for line in _lines(each)]
    return Group(*parts, *lines, "", *_advice(found))


def _lines(delivery: Delivery) -> Iterator[Text]:
    """Yield one delivery, no cell of which is folded: people copy what they search for."""
    when = f"  {delivery.claimed.astimezone():%Y-%m-%d %H:%M:%S %Z}" if delivery.claimed else ""
    head = Text(delivery.key, style="bold", no_wrap=True, overflow="ignore")
    head.append(f"  {delivery.route}  {delivery.recipient}{when}", style="not bold")
    yield head
    yield Text(f"  Message-ID: {delivery.message_id}", no_wrap=True, overflow="ignore")


def _advice(found: Doubts) -> list[str]:
    run, count = found.run.id, _deliveries(len(found.deliveries))
    return [
        f"{count} may have arrived or not. Look in the mail server's log for the Message-ID,",
        "or for the recipient at that time: was the message queued or sent? Then say so:",
        f"  docgen resolve {run} KEY... --sent        it went: it counts as delivered",
        f"  docgen resolve {run} KEY... --not-sent    it did not: docgen resume sends it",
        "With --all instead of keys for all of them.",
    ]


def _deliveries(count: int) -> str:
    return "1 delivery" if count == 1 else f"{count} deliveries"


def doubts_dict(found: Doubts) -> dict[str, object]:
    """Return what nobody knows of a run, for `--json`."""
    return {
        "run": found.run.id,
        "at_work": found.is_at_work,
        "unknown": [doubt_dict(delivery) for delivery in found.deliveries],
    }


def doubt_dict(delivery: Delivery) -> dict[str, object]:
    """Return one of them, for `--json`."""
    return delivery_dict(delivery) | {"claimed": delivery.claimed.isoformat() if delivery.claimed else None}


def ruled(found: Ruled, *, sent: bool) -> str:
    """Return what was decided, and what to do next."""
    count, run = len(found.deliveries), found.run
    if sent:
        lines = [f"{_deliveries(count)} of {run.id} {'counts' if count == 1 else 'count'} as sent"]
    elif run.state in GIVEN_UP:
        lines = [
            f"{_deliveries(count)} of {run.id} did not go; the run is {run.state}: the job's next run delivers them"
        ]
    else:
        lines = [f"{_deliveries(count)} of {run.id} did not go; to send them: docgen resume {run.id}"]
    if found.left:
        lines.append(f"{found.left} still unknown: docgen show {run.id} --unknown")
    return "\n".join(lines)


def ruled_dict(found: Ruled) -> dict[str, object]:
    """Return what was decided, for `--json`."""
    return {
        "run": found.run.id,
        "state": found.run.state,
        "decided": [{"key": each.key, "step": each.route, "recipient": each.recipient} for each in found.deliveries],
        "left": found.left,
    }


def stopping(found: Stopping, word: str) -> str:
    """Return whether a run has stopped."""
    run = found.run
    if found.has_stopped:
        state = word if run.state is not RunState.DONE else "done: there was nothing left to stop"
        return f"{run.id} is {state}"
    return f"{run.id} will be {word} as soon as what is under way has ended: docgen show {run.id}"
