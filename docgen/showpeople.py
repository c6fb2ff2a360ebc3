"""Floor 4, faces: what came back and what people want, as tables for people and plain dicts for `--json`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType

from docgen.errors import counted
from docgen.model import Consent, ReplyKind
from docgen.people import InboxResult, Person
from docgen.show import empty_table, replies, reply_dict, suppression_dict, suppressions

#: What a person should read: the sender is at fault, nobody knows whose it is, or it is no answer of a machine.
_FOR_A_PERSON = frozenset({ReplyKind.POLICY, ReplyKind.CONTENT, ReplyKind.OTHER})


def inbox(found: InboxResult) -> RenderableType:
    """Return what an inbox held: figures, and all that had an effect or that somebody should look at."""
    new = found.messages - found.known
    head = f"{found.source}: {counted(found.messages, 'message')}, {new} new" + (
        " (dry run: nothing is kept)" if found.dry else ""
    )
    parts: list[RenderableType] = [head]
    if found.counts:
        figures = empty_table(
            "answer", "addresses", "matched", "suppressed", right=("addresses", "matched", "suppressed")
        )
        for kind, number in found.counts.items():
            own = [each for each in found.taken if each.kind is kind]
            matched, done = sum(bool(each.proof) for each in own), sum(each.suppressed for each in own)
            figures.add_row(kind, str(number), str(matched), str(done))
        parts += ["", figures]
    rows = [each for each in found.taken if each.effect or each.kind in _FOR_A_PERSON]
    if rows:
        details = empty_table("answer", "address", "record", "effect", "message", "detail")
        for each in rows:
            words = each.detail if each.status in each.detail else f"{each.status} {each.detail}"
            details.add_row(each.kind, each.address, each.key, each.effect, each.place, words)
        parts += ["", details]
    return Group(*parts)


def inbox_dict(found: InboxResult) -> dict[str, object]:
    """Return what an inbox held for `--json`."""
    return {
        "source": found.source,
        "dry_run": found.dry,
        "messages": found.messages,
        "known": found.known,
        "counts": {str(kind): number for kind, number in found.counts.items()},
        "answers": [
            {
                "place": each.place,
                "kind": each.kind,
                "address": each.address,
                "proof": each.proof,
                "status": each.status,
                "detail": each.detail,
                "run": each.run,
                "key": each.key,
                "effect": each.effect,
                "suppressed": each.suppressed,
            }
            for each in found.taken
        ],
    }


def person(found: Person) -> RenderableType:
    """Return what the ledger knows of an address."""
    if found.is_unknown:
        return f"Nothing is known of {found.address}."
    parts: list[RenderableType] = []
    if found.preferences:
        wishes = empty_table("topic", "marketing")
        for topic, state in found.preferences.items():
            wishes.add_row(topic or "everything", state)
        parts += [wishes, ""]
    if found.said:
        parts += [_consents(found.said), ""]
    if found.suppressions:
        parts += [suppressions(found.suppressions), ""]
    if found.replies:
        parts += [replies(found.replies), ""]
    return Group(*parts[:-1])


def _consents(said: Sequence[Consent]) -> RenderableType:
    rows = empty_table("at", "topic", "state", "wording", "source", "by")
    for each in said:
        rows.add_row(f"{each.at:%Y-%m-%d %H:%M}", each.topic, each.state, each.wording, each.source, each.by)
    return rows


def person_dict(found: Person) -> dict[str, object]:
    """Return what the ledger knows of an address for `--json`."""
    return {
        "address": found.address,
        "preferences": {topic: str(state) for topic, state in found.preferences.items()},
        "consents": [consent_dict(each) for each in found.said],
        "suppressions": [suppression_dict(each) for each in found.suppressions],
        "replies": [reply_dict(each) for each in found.replies],
    }


def consent_dict(said: Consent) -> dict[str, object]:
    """Return a consent for `--json`."""
    return {
        "address": said.address,
        "topic": said.topic,
        "state": said.state,
        "at": said.at.isoformat(),
        "wording": said.wording,
        "source": said.source,
        "by": said.by,
    }
