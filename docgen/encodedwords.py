"""Floor 1, rules: text as it may stand in a header line, folded: RFC 2047 encoded words, RFC 2231 parameters.

Does what `email.header` does, for values that are one clean line already, in a small part of its time. Knows no field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote

import pybase64

#: Source: RFC 2047 section 2: lines with encoded words have at most 76 characters.
LINE = 76
#: Longer words than this do not fit a line of 78 characters beside a field name: they are encoded, and so broken.
LONGEST_WORD = 60
_FOLD = "\r\n "
_B, _Q, _END = "=?utf-8?b?", "=?utf-8?q?", "?="
#: Source: RFC 2047 section 5 (3): what an encoded word of a phrase may hold unencoded, `_` standing for a space.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
#: Source: RFC 2045 section 5.1, what a parameter may hold in quotes.
_QUOTABLE = re.compile(r"[ -~]{0,60}")


def is_plain(text: str) -> bool:
    """Tell whether text can be sent as it is; what looks like an encoded word must not, or it would be decoded."""
    return (
        text.isascii()
        and "=?" not in text
        and (len(text) <= LONGEST_WORD or all(len(word) <= LONGEST_WORD for word in text.split(" ")))
    )


def encode_text(text: str, used: int) -> str:
    """Return clean text as it stands in an unstructured field or a phrase, folded.

    Args:
        text: one line without control characters or runs of spaces.
        used: how much of the first line the field's name takes.
    """
    if not is_plain(text):
        return _FOLD.join(_words(text, LINE - used))
    if used + len(text) <= LINE:
        return text
    return _FOLD.join(_lines(text.split(" "), LINE - used))


def parameter(name: str, value: str) -> str:
    """Return a parameter of a field such as Content-Disposition, after its semicolon, folded.

    Source: RFC 2231 sections 3 and 4.
    """
    if _QUOTABLE.fullmatch(value):
        return f"{_FOLD}{name}=" + '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'
    pieces = list(_percent_encoded(value))
    if len(pieces) == 1:
        return f"{_FOLD}{name}*=utf-8''{pieces[0]}"
    numbered = (f"{name}*{at}*={piece}" for at, piece in enumerate([f"utf-8''{pieces[0]}", *pieces[1:]]))
    return _FOLD + f";{_FOLD}".join(numbered)


def _percent_encoded(value: str) -> Iterator[str]:
    """Yield pieces that fit a line; no character is parted."""
    piece = ""
    for encoded in (quote(char, safe="") for char in value):
        if len(piece) + len(encoded) > LONGEST_WORD - 10:
            yield piece
            piece = ""
        piece += encoded
    yield piece


def _lines(words: list[str], room: int) -> Iterator[str]:
    line = words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) > room:
            yield line
            line, room = word, LINE - 1
        else:
            line = f"{line} {word}"
    yield line


def _words(text: str, room: int) -> Iterator[str]:
    """Yield encoded words, one to a line, in the shorter encoding; no character is parted."""
    foreign = sum(not char.isascii() for char in text)
    # A foreign character takes six or nine characters quoted, and a half more than its octets in base64.
    return _base64_words(text, room) if 4 * foreign > len(text) else _quoted_words(text, room)


def _quoted_words(text: str, room: int) -> Iterator[str]:
    word, room = "", room - len(_Q + _END)
    for encoded in map(_quoted, text):
        if len(word) + len(encoded) > room and word:
            yield f"{_Q}{word}{_END}"
            word, room = "", LINE - 1 - len(_Q + _END)
        word += encoded
    yield f"{_Q}{word}{_END}"


@lru_cache(maxsize=4096)
def _quoted(char: str) -> str:
    if char in _PLAIN:
        return char
    return "_" if char == " " else "".join(f"={octet:02X}" for octet in char.encode())


def _base64_words(text: str, room: int) -> Iterator[str]:
    word, size, fits = "", 0, _octets_in(room)
    for char in text:
        more = len(char.encode())
        if size + more > fits and word:
            yield _base64_word(word)
            word, size, fits = "", 0, _octets_in(LINE - 1)
        word, size = word + char, size + more
    yield _base64_word(word)


def _octets_in(room: int) -> int:
    return (room - len(_B + _END)) // 4 * 3


def _base64_word(text: str) -> str:
    return f"{_B}{pybase64.b64encode(text.encode()).decode()}{_END}"
