"""Floor 2, edges: put messages into a folder instead of sending them, one `.eml` each. Knows no server.

Mail programs open `.eml` files, so a person can look at every message before e-mail is configured. What is written is
as a mailbox would keep it: with the envelope's sender on top, as `Return-Path`.
"""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from types import TracebackType
from typing import Self

from docgen.errors import DeliveryError, TransportUnavailable, WriteError
from docgen.files import is_lasting, read_verified, remove_leftovers, safe_name, write_atomically
from docgen.model import Outcome, Parcel, Receipt
from docgen.protocols import Claim, Feature, unclaimed

#: Names that are remembered beside those on disk: of messages under way, and where names may not differ in case alone.
REMEMBERED = 10_000


class OutboxTransport:
    """Writes `<folder>/<key> <address>.eml`."""

    name = "outbox"
    features = frozenset({Feature.IDEMPOTENT})
    concurrency = 4

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(remove_leftovers, self._folder)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def send(self, parcel: Parcel, claim: Claim = unclaimed) -> Receipt:
        """Write the message; the outcome is `queued`, since it has not left.

        Raises:
            TransportUnavailable: the disk is full or not writable: the next parcel would fare no better.
        """
        (message,) = parcel.files
        try:
            content = _delivered(await asyncio.to_thread(read_verified, message.path, message.sha256), parcel)
            path = self._path(parcel, hashlib.sha256(content).hexdigest())
            await claim()
            await asyncio.to_thread(write_atomically, path, content)
        except WriteError as error:
            if is_lasting(error):
                raise TransportUnavailable(str(error)) from error
            return Receipt(Outcome.FAILED, str(error))
        except DeliveryError as error:
            return Receipt(Outcome.FAILED, str(error))
        recipients = parcel.envelope.recipients if parcel.envelope else (parcel.recipient,)
        return Receipt(Outcome.QUEUED, str(path), dict.fromkeys(recipients, Outcome.QUEUED))

    def _path(self, parcel: Parcel, sha256: str) -> Path:
        """Choose the name, with a piece of the hash where another message has it: two steps may write to one person."""
        for start in (parcel.key, f"{parcel.key[:40]} {sha256[:12]}"):
            path = self._folder / safe_name(f"{start} {parcel.recipient}.eml", "message")
            # Windows and macOS take names that differ in case for one.
            owner = self._taken.setdefault(path.name.casefold(), sha256)
            if len(self._taken) > REMEMBERED:
                del self._taken[next(iter(self._taken))]  # the oldest: it has long been on disk
            if owner == sha256 and self._is_free(path, sha256):
                break
        return path

    @staticmethod
    def _is_free(path: Path, sha256: str) -> bool:
        try:
            read_verified(path, sha256)
        except DeliveryError:
            return not path.exists()
        return True


def _delivered(content: bytes, parcel: Parcel) -> bytes:
    """Return a message as final delivery leaves it. No signature covers the field, so none is broken.

    Source: RFC 5321 section 4.4, RFC 5322 section 3.6.7.
    """
    sender = parcel.envelope.sender if parcel.envelope else ""
    return f"Return-Path: <{sender}>\r\n".encode() + content if sender else content
