"""Floor 2, edges: the channels by which documents leave. One module each; this table is all that others read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docgen.deliver.folder import FolderTransport
from docgen.deliver.outbox import OutboxTransport
from docgen.deliver.print_run import PrintTransport
from docgen.deliver.smtp import SmtpTransport

#: name -> class; each is made with the settings of its own channel.
TRANSPORTS: Mapping[str, type[Any]] = {
    FolderTransport.name: FolderTransport,
    OutboxTransport.name: OutboxTransport,
    PrintTransport.name: PrintTransport,
    SmtpTransport.name: SmtpTransport,
}
