"""Floor 1, rules: what a status code and a server's words mean for the address. Pure tables.

The codes of RFC 3463 come first. Where they say nothing (`5.0.0`), or a large provider is known to use one for
something else, the words decide. When in doubt the recipient is not to blame.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from docgen.model import ReplyKind

#: An enhanced code, and not a part of an IP address or of a version.
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_SMTP = re.compile(r"(?<![\d.])([45]\d\d)(?=[ \-])")

_BAD, _HARD, _SOFT = ReplyKind.BAD_ADDRESS, ReplyKind.HARD, ReplyKind.SOFT
_POLICY, _CONTENT = ReplyKind.POLICY, ReplyKind.CONTENT


def _any(*fragments: str) -> re.Pattern[str]:
    return re.compile("|".join(fragments), re.IGNORECASE)


#: Says that the sender, its host or its reputation is refused, whatever code stands beside it.
_BLOCKED = _any(
    r"block ?list|black ?list|spamhaus|barracuda|dnsbl|\brbl\b|\bspam\b|unsolicited|reputation",
    r"(?<!not )\blisted (at|in|on|by)\b|blocked using|\bdmarc\b|\bspf\b|\bdkim\b|not authenticated|unauthenticated",
    r"message (was )?rejected due to|relay(ing)? (access )?denied",
)
_FULL = _any(
    r"quota|out of (storage|space)|storage (limit|exceeded)|insufficient (system )?storage|over limit",
    r"mail ?box (is |for \S+ is )?full|(mail ?box|in ?box|account) has exceeded",
    r"postfach (ist )?(voll|überfüllt)|bo[iî]te .{0,60}pleine|buzón .{0,20}lleno",
)
_WRONG_MESSAGE = _any(
    r"(too|size) (large|big|limit)|exceeds? .{0,40}(size|limit)",
    r"content (rejected|not accepted|filter)|\bvirus|attachment",
)
_NOBODY = _any(
    r"(user|recipient|mailbox|account|address|addressee|alias)( \S+)?( is| was)? ?(unknown|invalid|unavailable)",
    r"(user|recipient|mailbox|account|address)( \S+)?( was)? not (found|listed|known)",
    r"(user|recipient|mailbox|account|address)( \S+)?( is)? ?(inactive|disabled|deactivated|no longer)",
    r"(unknown|invalid|no such|non-?existent|bad) (local )?(user|recipient|mailbox|account|address|destination|person)",
    r"no (mailbox|user|account|recipient)\b|does(n't| not) have an? .{0,40}account|does(n't| not) exist",
    r"not a (valid|known) (user|mailbox|address|recipient)|(could|was)(n't| not)( be)? found",
    r"recipientnotfound|un(routeable|deliverable) address|recipient address rejected: access denied",
    r"nicht gefunden|existiert nicht|unbekannter? (empfänger|nutzer|benutzer)|(empfänger|adresse) .{0,40}unbekannt",
    r"n'existe|introuvable|(utilisateur|destinataire|adresse) .{0,40}inconnue?|desconocido|no existe",
)
_REFUSED = _any(
    r"polic(y|ies)|denied|not (permitted|allowed|authori[sz]ed)|refused by|prohibited|restricted|forbidden",
)
_FOR_NOW = _any(
    r"timed? ?out|try (again|later)|temporar|grey-?list|connection (refused|lost|reset|dropped)",
    r"could(n't| not) connect|expired|giving up|too long|retry|unreachable|deferred|zeitüberschreitung",
)
#: Words -> what they mean, the first that fits. Only asked where the code says nothing.
_WORDS: Sequence[tuple[re.Pattern[str], ReplyKind]] = [
    (_BLOCKED, _POLICY),
    (_FULL, _SOFT),
    (_WRONG_MESSAGE, _CONTENT),
    (_NOBODY, _BAD),
    (_REFUSED, _POLICY),
    (_FOR_NOW, _SOFT),
]
#: Still on its way.
_WAITING = _any(
    r"(has|have) not (yet )?been delivered|will be retried|will continue to be (made|tried)|will keep trying",
    r"still (being )?(trying|retried|tried)|do not need to (resend|send)|no action is required|warning message only",
    r"wird weiter(hin)? versucht|delayed|verzögert",
)

#: "subject.detail" of a permanent code -> what it means; None: ask the words.
#: Source: RFC 3463, RFC 5248's registry, and the codes that Exchange Online documents of itself.
_PERMANENT: Mapping[str, ReplyKind | None] = {
    "0.0": None,
    "1.0": None,  # "other address status": as often the sender's
    "1.5": _HARD,  # "valid": so it is not this that failed
    "1.7": _POLICY,  # the sender's address
    "1.8": _POLICY,
    "1.9": _CONTENT,
    "1.20": _BAD,
    "2.0": None,
    "2.1": _HARD,  # disabled: may come back
    "2.2": _SOFT,
    "2.3": _CONTENT,
    "3.1": _SOFT,
    "3.4": _CONTENT,
    "4.1": None,  # Exchange Online: no such recipient in its directory
    "4.7": _SOFT,
    "5.0": None,  # Outlook.com: mailbox unavailable
}
#: The first digit after the class -> what it means, where the whole is not above.
_SUBJECTS: Mapping[str, ReplyKind | None] = {
    "0": None,
    "1": _BAD,
    "2": None,
    "3": None,
    "4": _HARD,
    "5": _POLICY,
    "6": _CONTENT,
    "7": _POLICY,
}


def best_status(status: str, words: str) -> str:
    """Return the code that says most: a server's own in its words, where the field has only a general one."""
    found = STATUS.search(status)
    field = found[0] if found else ""
    own = STATUS.search(words)
    if own and (not field or field.endswith(".0.0")):
        return own[0]
    return field


def judge(status: str, words: str) -> ReplyKind:
    """Return what a failure means for the address.

    Args:
        status: RFC 3463 code, "" if none is known.
        words: what the server said.
    """
    words = " ".join(words.split())
    code = best_status(status, words)
    family, _, rest = code.partition(".")
    if not code:
        return _by_words(words, _reply_code(words))
    if rest.startswith("7."):
        return _POLICY
    if family == "4":
        return _SOFT
    if _BLOCKED.search(words) and not rest.startswith("2.2"):
        return _POLICY
    meaning = _PERMANENT.get(rest, _SUBJECTS.get(rest.partition(".")[0]))
    return meaning or _by_words(words, code)


def is_waiting(words: str) -> bool:
    """Tell whether a text says that a message is only late."""
    return bool(_WAITING.search(" ".join(words.split())))


def _reply_code(words: str) -> str:
    found = _SMTP.search(words)
    return found[1] if found else ""


def _by_words(words: str, code: str) -> ReplyKind:
    for pattern, meaning in _WORDS:
        if pattern.search(words):
            # A server that says "4xx user unknown" may know better tomorrow.
            return _SOFT if code.startswith("4") and meaning is _BAD else meaning
    return _SOFT if code.startswith("4") or code == "552" else _HARD
