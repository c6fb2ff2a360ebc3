"""Floor 2, edges: the channels by which documents leave. One module each; this table is all that others read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

#: name -> module and class
_CHANNELS = {
    "folder": ("docgen.deliver.folder", "FolderTransport"),
    "outbox": ("docgen.deliver.outbox", "OutboxTransport"),
    "print": ("docgen.deliver.print_run", "PrintTransport"),
    "smtp": ("docgen.deliver.smtp", "SmtpTransport"),
}


class _Transports(Mapping[str, type[Any]]):
    """The classes, each imported when it is asked for."""

    def __getitem__(self, name: str) -> type[Any]:
        module, own = _CHANNELS[name]
        found: type[Any] = getattr(import_module(module), own)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_CHANNELS)

    def __len__(self) -> int:
        return len(_CHANNELS)


#: name -> class; each is made with the settings of its own channel.
TRANSPORTS: Mapping[str, type[Any]] = _Transports()
