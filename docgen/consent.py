"""Floor 1, rules: what somebody's words about marketing amount to. Pure; knows no ledger and no message.

Nothing that was said is ever changed: each word is a `Consent` of its own, and the newest ones decide.
"""

from __future__ import annotations

from collections.abc import Iterable

from docgen.model import Consent, ConsentState

#: After these, marketing may go out.
AGREED = frozenset({ConsentState.GIVEN, ConsentState.CONFIRMED})


def oldest_first(said: Iterable[Consent]) -> list[Consent]:
    """Return words by when they were said; those of one moment in the order given, which is how they count."""
    return sorted(said, key=lambda each: each.at)


def decide(said: Iterable[Consent], topic: str) -> ConsentState | None:
    """Return what one person's words mean for a topic; None when they say nothing of it.

    What was said of the topic itself counts before what was said of all marketing; only a later withdrawal from
    everything takes a topic with it. Words of one moment count in the order given.

    Args:
        said: by one person, of any topic.
        topic: of the message; "" is marketing in general.
    """
    ordered = oldest_first(said)
    own = next((each for each in reversed(ordered) if each.topic == topic), None)
    general = next((each for each in reversed(ordered) if not each.topic), None)
    if own is None or general is None:
        found = own or general
        return found.state if found else None
    if general.state is ConsentState.WITHDRAWN and ordered.index(general) > ordered.index(own):
        return general.state
    return own.state


def preferences(said: Iterable[Consent]) -> dict[str, ConsentState]:
    """Return what one person's words mean for each topic they speak of; "" is marketing in general."""
    words = list(said)
    decided = {topic: decide(words, topic) for topic in sorted({each.topic for each in words})}
    return {topic: state for topic, state in decided.items() if state is not None}
