"""Floor 1, rules: messages that are no bounces: automatic answers, and people who want nothing more. Pure."""

from __future__ import annotations

import re
from email.message import Message

from docgen.model import ReplyKind
from docgen.replies.finding import Finding, shorten
from docgen.replies.parts import body_of, field, mailbox, mailboxes, walk
from docgen.tokens import find_unsubscribe

_AWAY = re.compile(
    r"^\W*(?:(?:re|aw|antwort)\s*:\s*)?(?:auto(?:matic|mated|matische)?[ -]*(?:reply"
    r"|response|antwort)|out of (?:the )?office"
    r"|abwesen(?:d|heit)|autoreply|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina"
    r"|risposta automatica|automatisch antwoord|odpowiedź automatyczna|ich bin (?:derzeit )?nicht im"
    r"|on (?:vacation|holiday)"
    r"|vacation|i am (?:away|on leave))",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\W*(?:re\s*:\s*|aw\s*:\s*)?(?:unsubscribe|unsubscribe me|please unsubscribe(?: me)?|opt.?out|abmelden|abbestellen"
    r"|austragen|désinscription|désabonner|se désabonner|darse de baja|remove me|stop)\W*",
    re.IGNORECASE,
)
#: What a quoted message begins with.
_QUOTED = re.compile(r"^\s*(?:>|-{3,}|_{5,}|(?:On|Am|Le|El) .{5,200}(?:wrote|schrieb|écrit|escribió)\b)", re.IGNORECASE)


def is_automatic(message: Message) -> bool:
    """Tell whether a machine answered for its owner, who is away, or only says that a message came.

    Source: RFC 3834 section 5 (Auto-Submitted), RFC 8098 (disposition notifications); the rest is what programs did
    before and still do.
    """
    submitted = field(message, "Auto-Submitted").lower()
    if submitted.startswith(("auto-replied", "auto-notified")):
        return True
    names = (
        "X-Autoreply",
        "X-Autorespond",
        "X-Autoresponder",
        "X-Auto-Reply-From",
        "X-FC-MachineGenerated",
        "X-POST-MessageClass",
    )
    if any(message.get(name) is not None for name in names):
        return True
    if field(message, "Precedence").lower() in ("auto_reply", "auto-reply"):
        return True
    if any(part.get_content_type() == "message/disposition-notification" for part in walk(message)):
        return True
    return bool(_AWAY.match(field(message, "Subject")))


def unsubscribe_tokens(message: Message) -> tuple[str, ...]:
    """Return the unsubscribe tokens of a message that was written to use one.

    Only the subject, the addresses and a first line of nothing else count: below, a reply that means something else may
    quote the newsletter and its link.
    """
    texts = [
        field(message, "Subject"),
        *mailboxes(message, "To", "Delivered-To", "X-Original-To"),
        _first_line(message),
    ]
    return tuple(dict.fromkeys(token for text in texts for token in find_unsubscribe(text)))


def read_unsubscribe_mail(message: Message) -> list[Finding]:
    """Return whose wish a message is to get nothing more; nothing when it says something else."""
    subject, first = field(message, "Subject"), _first_line(message)
    asks = _STOP.fullmatch(subject) or _STOP.fullmatch(first)
    if asks or unsubscribe_tokens(message):
        return [Finding(ReplyKind.UNSUBSCRIBE, mailbox(message, "From"), detail=shorten(subject or first))]
    return []


def _first_line(message: Message) -> str:
    """Return the first line a person wrote, where it is a short one."""
    for line in body_of(message).splitlines():
        if line.strip():
            return "" if _QUOTED.match(line) or len(line) > 1300 else line.strip()
    return ""
