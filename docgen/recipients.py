"""Floor 1, rules: whom a message goes to: a job's text, filled in with a record's values, as mailboxes. Reads no file.

What parts one recipient from the next stands in the job, never in a value: a customer whose name is
`Eva <eva@example.net>, Bob` is one customer. So values are marked where they are printed. Only a value that stands
alone between two commas, as in `{{ colleagues }}`, may be a list of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from docgen.address import FORBIDDEN, parse_mailbox
from docgen.errors import AddressError
from docgen.model import Recipient

#: Around each value. Both are for private use: no text holds them, and they are taken out of values that do.
BEGIN, END = "\ue000", "\ue001"
_MARKS = dict.fromkeys(map(ord, BEGIN + END))
_VALUE = f"{BEGIN}[^{END}]*{END}"
_ITEM = re.compile(rf'(?:{_VALUE}|"(?:{_VALUE}|\\.|[^"\\{BEGIN}])*"|[^,{BEGIN}])+')
_ALONE = re.compile(_VALUE)
_NAMED = re.compile(rf"((?:{_VALUE}|[^<>{BEGIN}])*)<((?:{_VALUE}|[^<>{BEGIN}])*)>")
_QUOTED = re.compile(rf'"((?:{_VALUE}|\\.|[^"\\{BEGIN}])*)"')
_ESCAPED = re.compile(r"\\(.)")


def mark_value(value: str) -> str:
    """Return a value that is printed into a text of recipients, such that `read_mailboxes` tells it from the text."""
    return f"{BEGIN}{value.translate(_MARKS)}{END}"


def without_marks(text: str) -> str:
    """Return a text as it was meant."""
    return text.replace(BEGIN, "").replace(END, "")


def read_mailboxes(text: str) -> list[Recipient]:
    """Read `⟨A⟩ <⟨a@example.com⟩>, b@example.com`, ⟨⟩ being the marks.

    A comma in the job's text parts where an address is before it, or nothing but a value; else it belongs to a name.

    Raises:
        AddressError: one of them is no address, or several.
    """
    if "," not in text:  # as nearly always: there is one
        return [_mailbox(text.strip())] if without_marks(text).strip() else []
    found: list[Recipient] = []
    items = [item for item in _ITEM.findall(text) if without_marks(item).strip()]
    for item in _joined(items, _is_whole):
        if _ALONE.fullmatch(item):
            found += map(parse_mailbox, _joined(without_marks(item).split(","), lambda part: "@" in part))
        else:
            found.append(_mailbox(item))
    return found


def _joined(parts: Iterable[str], is_whole: Callable[[str], bool]) -> Iterator[str]:
    """Yield parts, each that is not whole with the next ones up to one that is."""
    rest: list[str] = []
    for part in parts:
        rest.append(part)
        if is_whole(part.strip()):
            yield ",".join(rest).strip()
            rest = []
    if left := ",".join(rest).strip():
        yield left


def _is_whole(item: str) -> bool:
    """Tell by what the job says, not by values, whether a recipient ends with this item."""
    return bool(_ALONE.fullmatch(item) or _NAMED.fullmatch(item) or "@" in re.sub(_VALUE, "", item))


def _mailbox(item: str) -> Recipient:
    named = _NAMED.fullmatch(item)
    if named is None:
        return parse_mailbox(without_marks(item))
    address = without_marks(named[2]).strip()
    if address.count("@") > 1 and "," in address:
        hint = "a column with several addresses stands alone: `{{ email }}`"
        raise AddressError(f'"{address}" is more than one address', value=address, hint=hint)
    return Recipient(_name(named[1].strip()), parse_mailbox(address).address)


def _name(text: str) -> str:
    """Return a name on one line, without the quotes that the job has around it."""
    quoted = _QUOTED.fullmatch(text) if text.startswith('"') else None
    if quoted is not None and _ALONE.fullmatch(quoted[1]):
        text = quoted[1]
    elif quoted is not None:
        text = "".join(
            part if part.startswith(BEGIN) else _ESCAPED.sub(r"\1", part) for part in re.split(f"({_VALUE})", quoted[1])
        )
    plain = without_marks(text)
    if not plain.isprintable():
        plain = FORBIDDEN.sub(" ", plain)
    return unicodedata.normalize("NFC", " ".join(plain.split()))
