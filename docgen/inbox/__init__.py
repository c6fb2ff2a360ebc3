"""Floor 2, edges: mailboxes that answers come to: Maildir folders, mbox files, IMAP servers. Changes nothing in them.

Gives the bytes of messages; what they say is `docgen.replies`' to read.
"""

from __future__ import annotations

import ssl
from collections.abc import Generator
from pathlib import Path

from docgen.errors import ConfigError, SourceError
from docgen.inbox.files import read_maildir, read_mbox
from docgen.inbox.letter import Letter
from docgen.replyconfig import InboxConfig

#: The word on the command line for the mailbox of config.yaml.
IMAP = "imap"

__all__ = ["IMAP", "Letter", "imap_name", "read_files", "read_imap"]


def read_files(path: Path) -> Generator[Letter, None, None]:
    """Return the messages in a Maildir folder, an mbox file or one `.eml` file, oldest name first.

    Raises:
        SourceError: there is nothing there, or it is none of these.
    """
    if path.is_dir():
        return read_maildir(path)
    if path.is_file():
        return read_mbox(path)
    raise SourceError(f"there is no mailbox {path}", hint="name a Maildir folder, an mbox file, or: docgen inbox imap")


def imap_name(config: InboxConfig | None) -> str:
    """Return what the ledger calls a mailbox on a server: it remembers how far each was read.

    Raises:
        ConfigError: config.yaml has none.
    """
    if config is None:
        raise ConfigError(
            "config.yaml says nothing of an inbox", hint="write host, username and password to email.inbox"
        )
    return f"imap://{config.username}@{config.host}:{config.effective_port}/{config.folder}"


def read_imap(config: InboxConfig, mark: str, context: ssl.SSLContext | None = None) -> Generator[Letter, None, None]:
    """Yield the messages of an IMAP folder that came after a mark, oldest first; a message has the mark to keep then.

    Raises:
        TransportUnavailable: the server cannot be reached, is not who it should be, or does not let us in.
    """
    # Loaded late: most commands read no mail.
    from docgen.inbox.imap import read

    return read(config, mark, context)
