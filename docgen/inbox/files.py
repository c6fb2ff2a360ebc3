"""Floor 2, edges: messages in files: Maildir and mbox. Reads only, so that a mail program may use them meanwhile."""

from __future__ import annotations

from collections.abc import Generator
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
        SourceError: it cannot be read.

    Source: RFC 4155; a line `From ` after an empty line begins a message.
    """
    try:
        with path.open("rb") as file:
            lines: list[bytes] = []
            size, number, empty = 0, 0, True
            for line in file:
                if empty and line.startswith(b"From "):
                    if lines:
                        number += 1
                        yield Letter(f"{path.name}, message {number}", b"".join(lines))
                    lines, size, empty = [], 0, False
                    continue
                empty = not line.strip()
                if size < MOST_BYTES:
                    lines.append(line[:MOST_BYTES])
                    size += len(line)
            if lines:
                yield Letter(f"{path.name}, message {number + 1}", b"".join(lines))
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error
