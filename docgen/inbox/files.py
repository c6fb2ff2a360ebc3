"""Floor 2, edges: messages in files: Maildir and mbox. Reads only, so that a mail program may use them meanwhile."""

from __future__ import annotations

from collections.abc import Generator
from itertools import takewhile
from pathlib import Path

from docgen.errors import SourceError
from docgen.inbox.letter import Letter

#: What is read of one message; a bounce says what it has to say long before.
MOST_BYTES = 2_000_000


def read_maildir(folder: Path) -> Generator[Letter, None, None]:
    """Yield the messages of a Maildir, new ones and seen ones.

    Raises:
        SourceError: the folder is no Maildir.

    Source: the manual page maildir(5) of qmail.
    """
    if not (folder / "cur").is_dir() and not (folder / "new").is_dir():
        raise SourceError(f"{folder} is no Maildir", hint="a Maildir has the folders cur, new and tmp")
    # New ones first: a mail program moves them to cur, never back.
    for name in ("new", "cur"):
        for path in sorted(folder.glob(f"{name}/[!.]*")):
            content = _read_moving(path)
            if content is not None:
                yield Letter(f"{name}/{path.name}", content)


def _read_moving(path: Path) -> bytes | None:
    """Read a file that a mail program may move or mark meanwhile; None when it is gone."""
    unique = path.name.partition(":")[0]
    for place in (path, *sorted(path.parents[1].glob("cur/[!.]*"))) if not path.exists() else (path,):
        if place.name.partition(":")[0] == unique:
            try:
                with place.open("rb") as file:
                    return file.read(MOST_BYTES)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise SourceError(f"{place} cannot be read: {error.strerror or error}") from error
    return None


def read_mbox(path: Path) -> Generator[Letter, None, None]:
    """Yield the messages of an mbox file; a file without its separators is one message.

    Raises:
        SourceError: it cannot be read, or is no message.

    Source: RFC 4155; a line `From ` after an empty line begins a message.
    """
    try:
        with path.open("rb") as file:
            lines: list[bytes] = []
            size, number, empty, is_mbox = 0, 0, True, False
            for line in file:
                if empty and line.startswith(b"From "):
                    if lines:
                        number += 1
                        yield _letter(path, number, lines, is_mbox)
                    lines, size, empty, is_mbox = [], 0, False, True
                    continue
                empty = not line.strip()
                if size < MOST_BYTES:
                    lines.append(line[:MOST_BYTES])
                    size += len(line)
            if lines:
                yield _letter(path, number + 1, lines, is_mbox)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error


def _letter(path: Path, number: int, lines: list[bytes], is_mbox: bool) -> Letter:
    if not is_mbox and not _is_message(lines):
        hint = "a message begins with fields such as From: and Date:, an mbox file with a line From and a blank"
        raise SourceError(f"{path} is no message and no mbox file", hint=hint)
    return Letter(f"{path.name}, message {number}", b"".join(lines))


def _is_message(lines: list[bytes]) -> bool:
    """Tell whether a text begins with a field that every message has, or gets on its way.

    Source: RFC 5322 section 3.6 (From and Date), RFC 5321 section 4.4 (Received, Return-Path).
    """
    head = takewhile(lambda line: line.strip(), lines)
    names = {
        line.removeprefix(b"\xef\xbb\xbf").partition(b":")[0].rstrip(b" ").lower() for line in head if b":" in line
    }
    return bool(names & {b"from", b"date", b"received", b"return-path"})
