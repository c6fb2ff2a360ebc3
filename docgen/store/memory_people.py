"""Floor 2, edges: suppressions, consents and replies of the ledger that forgets. Its caller locks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from docgen.model import Consent, Reply, Suppression
from docgen.store import rules


class MemoryPeople:
    """Keeps what people want and answer, as `docgen.store.people` and `docgen.store.replies` do."""

    def __init__(self) -> None:
        """Begin empty."""
        self._suppressions: dict[tuple[str, str], Suppression] = {}
        self._consents: list[Consent] = []
        self._replies: dict[str, list[Reply]] = {}

    def suppress(self, suppressions: Sequence[Suppression]) -> None:
        """Add or replace, by address and reason."""
        for each in suppressions:
            address = rules.person_key(each.address)
            self._suppressions[address, each.reason] = replace(each, address=address)

    def unsuppress(self, address: str) -> bool:
        """Remove all suppressions of an address."""
        forms = rules.person_forms([address])
        gone = [place for place in self._suppressions if place[0] in forms]
        for place in gone:
            del self._suppressions[place]
        return bool(gone)

    def suppressed(self, addresses: Sequence[str] | None) -> list[Suppression]:
        """Return suppressions in order of address and reason."""
        wanted = None if addresses is None else set(rules.person_forms(addresses))
        return [
            self._suppressions[place] for place in sorted(self._suppressions) if wanted is None or place[0] in wanted
        ]

    def add_consents(self, consents: Sequence[Consent]) -> None:
        """Add what was said."""
        self._consents += [replace(each, address=rules.person_key(each.address)) for each in consents]

    def consents_of(self, addresses: Sequence[str] | None) -> list[Consent]:
        """Return what was said, in the order it was added."""
        wanted = None if addresses is None else set(rules.person_forms(addresses))
        return [each for each in self._consents if wanted is None or each.address in wanted]

    def take_reply(self, found: Sequence[Reply]) -> bool:
        """Keep the rows of one message; False when it is known."""
        message = found[0].message
        if message in self._replies:
            return False
        self._replies[message] = [replace(each, address=rules.person_key(each.address)) for each in found]
        return True

    def has_reply(self, message: str) -> bool:
        """Tell whether a message is known."""
        return message in self._replies

    def all_replies(self) -> list[Reply]:
        """Return all rows by message."""
        return [each for message in sorted(self._replies) for each in self._replies[message]]

    def forget(self, address: str, instead: str) -> int:
        """Put a hash in the place of an address; what was hashed before stays."""
        forms = rules.person_forms([address])
        old = [place for place in sorted(self._suppressions) if place[0] in forms]
        changed = 0
        for place in old:
            found = self._suppressions.pop(place)
            if (instead, found.reason) not in self._suppressions:
                self._suppressions[instead, found.reason] = replace(found, address=instead, note="")
                changed += 1
        changed += sum(each.address in forms for each in self._consents)
        changed += sum(each.address in forms for each in self.all_replies())
        self._consents = [replace(e, address=instead) if e.address in forms else e for e in self._consents]
        self._replies = {
            message: [replace(e, address=instead, detail="") if e.address in forms else e for e in found]
            for message, found in self._replies.items()
        }
        return changed
