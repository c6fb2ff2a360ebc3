"""Floor 1, rules: bounces that follow no standard, by the many forms that flufl.bounce knows and by their words. Pure.

The one module that names flufl.bounce.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from email.message import Message

from docgen.model import ReplyKind
from docgen.replies.finding import Finding, shorten
from docgen.replies.parts import body_of, field, mailbox, mailboxes
from docgen.replies.status import best_status, is_waiting, judge

_DAEMON = re.compile(r"^(?:mailer[-_.]?daemon|postmaster|mail-?daemon|bounces?|mdaemon)\b", re.IGNORECASE)
_SUBJECT = re.compile(
    r"undeliver|mail delivery|delivery (?:status|fail|problem|report|has failed|error|delayed|notification)"
    r"|returned (?:mail|to sender)|failure notice|message (?:not delivered|delayed|could not)|could not be delivered"
    r"|mail system error|unzustellbar|nicht zugestellt|zustellung|non ?remis|échec de|no se pudo entregar",
    re.IGNORECASE,
)
#: Below this stands the message that was returned, which is not the server's words.
_RETURNED = re.compile(
    r"^\W*(?:-+ ?(?:this is a copy|below this line|original message|forwarded"
    r"|the (?:body|header|following)|transcript of unsent)"
    r"|(?:received|return-path|message-id|mime-version): )",
    re.IGNORECASE | re.MULTILINE,
)
_FAILED = re.compile(r"permanent|giv(?:e|en|ing) up|could not be delivered|has been rejected", re.IGNORECASE)
_ADDRESS = re.compile(r"<?([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)>?")


def read_loose(message: Message) -> list[Finding]:
    """Return what a bounce without the standard's form says of each address; nothing when it is no bounce.

    An address is "" where the bounce names none: its return path may still say whom it is about.
    """
    known = _looks_like_bounce(message)
    words = _RETURNED.split(body_of(message), maxsplit=1)[0]
    failed = mailboxes(message, "X-Failed-Recipients")
    late, gone = _ask_library(message)
    if not known and not gone and not late:
        return []
    addresses = list(dict.fromkeys([*failed, *sorted(gone)])) or sorted(late) or _addresses(message, words)
    waiting = is_waiting(f"{field(message, 'Subject')}\n{words}") and not _says_failed(words)
    return [_finding(address, words, waiting) for address in addresses or [""]]


def _finding(address: str, words: str, waiting: bool) -> Finding:
    own = _about(address, words)
    status = best_status("", own)
    kind = ReplyKind.DELAYED if waiting else judge(status, own)
    return Finding(kind, address, status=status, detail=shorten(own))


def _ask_library(message: Message) -> tuple[set[str], set[str]]:
    from flufl.bounce import all_failures

    # It writes a traceback of its own before it raises.
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
    try:
        late, gone = all_failures(message)
    except Exception:  # its detectors meet mail that none of them expects
        return set(), set()
    return _texts(late), _texts(gone)


def _texts(found: Iterable[object]) -> set[str]:
    decoded = (each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in found)
    return {each.strip("<> ") for each in decoded if "@" in each}


def _looks_like_bounce(message: Message) -> bool:
    if message.get("X-Failed-Recipients") is not None:
        return True
    from_daemon = bool(_DAEMON.match(mailbox(message, "From")))
    empty_path = field(message, "Return-Path") == "<>"
    return (from_daemon or empty_path) and (from_daemon or bool(_SUBJECT.search(field(message, "Subject"))))


def _says_failed(words: str) -> bool:
    return bool(_FAILED.search(words))


def _addresses(message: Message, words: str) -> list[str]:
    """Return the address that a text speaks of, when it is only one and not of the house the text was sent to."""
    ours = {each.casefold() for each in mailboxes(message, "To", "From", "Delivered-To", "X-Original-To", "Reply-To")}
    found = dict.fromkeys(each.casefold().rstrip(".") for each in _ADDRESS.findall(words))
    houses = {each.casefold().rpartition("@")[2] for each in mailboxes(message, "To")}
    others = [each for each in found if each not in ours and each.rpartition("@")[2] not in houses]
    return others if len(others) == 1 else []


def _about(address: str, words: str) -> str:
    """Return what a text says from an address on, up to the next empty line; all of it where that says nothing."""
    if not address:
        return words
    after = re.split(re.escape(address), words, maxsplit=1, flags=re.IGNORECASE)
    if len(after) == 1:
        return words
    own = re.split(r"\n\s*\n", after[1].lstrip(">: \t\r\n"), maxsplit=1)[0]
    return own if best_status("", own) or re.search(r"[a-z]{3,}.*[a-z]{3,}", own, re.I) else words
