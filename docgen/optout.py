"""Floor 1, rules: how somebody gets out of a mailing: the fields of RFC 8058 and the links in the text, by one token.

Pure: settings and keys are passed in. Who is written to and what is done about a wish, other modules know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from docgen.headers import ascii_domain
from docgen.tokens import Keys, Wish, make_preferences, make_unsubscribe, token_link, unsubscribe_mailto

#: What the templates of messages know besides fields; None where there is no such link.
LINKS: Mapping[str, str] = {
    "unsubscribe_link": "only marketing has it: set the job's `class`, or write {% if unsubscribe_link %}",
    "unsubscribe_all_link": "only marketing has it: set the job's `class`, or write {% if unsubscribe_all_link %}",
    "preferences_link": "set email.unsubscribe.preferences, or write {% if preferences_link %}",
}
#: Begins what stands for a token where a message goes to somebody else than it is for: it is nobody's wish.
TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class WaysOut:
    """What one message offers.

    Attributes:
        uris: of List-Unsubscribe: by the web first, then by mail.
        links: name -> link, for templates: all of `LINKS`.
    """

    uris: tuple[str, ...] = ()
    links: Mapping[str, str | None] = field(default_factory=lambda: dict.fromkeys(LINKS))


@dataclass(frozen=True)
class Exits:
    """Where those turn to who want no more.

    Attributes:
        url: begin of the links that unsubscribe; "" where there is no service.
        address: where mail programs write to; "" for whoever gets the answers.
        preferences: begin of the links to the page of preferences; "" where there is none.
        keys: sign the tokens; without them a link has none.
        trial: whether messages go to somebody else than they are for.
    """

    url: str = ""
    address: str = ""
    preferences: str = ""
    keys: Keys | None = None
    trial: bool = False

    def of(self, wish: Wish, answers: str) -> WaysOut:
        """Return what a message offers.

        Args:
            wish: of its recipient, to get no more of this.
            answers: the address that gets the answers to it.

        Raises:
            AddressError: that is no address.
        """
        mailbox = ascii_domain(self.address or answers)
        uris = self._uris(wish, mailbox, TRIAL)
        # Two words, so that a trial shows both links where the message will have both.
        everything = self._uris(replace(wish, topic=""), mailbox, f"{TRIAL}-all") if wish.topic else uris
        return WaysOut(uris, dict(zip(LINKS, (uris[0], everything[0], self._page(wish)), strict=True)))

    def _uris(self, wish: Wish, mailbox: str, trial: str) -> tuple[str, ...]:
        token = trial if self.trial else make_unsubscribe(wish, self.keys) if self.keys else ""
        by_mail = unsubscribe_mailto(mailbox, token)
        return (token_link(self.url, token), by_mail) if self.url else (by_mail,)

    def _page(self, wish: Wish) -> str | None:
        token = TRIAL if self.trial else make_preferences(wish.address, self.keys) if self.keys else ""
        return token_link(self.preferences, token) if self.preferences and token else None
