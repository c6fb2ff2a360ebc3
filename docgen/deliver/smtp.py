"""Floor 2, edges: send messages through a mail server over a few connections that are reused.

Knows how often and how fast to speak to the server; what is said on one connection is `smtp_session`'s business.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from docgen.config import EmailConfig, Security
from docgen.deliver.smtp_session import ConnectionLost, Session
from docgen.errors import ConfigError, DeliveryError, TransportUnavailable
from docgen.files import read_verified
from docgen.headers import ascii_domain
from docgen.model import Envelope, Outcome, Parcel, Receipt
from docgen.pacing import Pacer
from docgen.protocols import Feature


class SmtpTransport:
    """Sends each parcel's message once. Not idempotent: what is in doubt is *unknown* and stays so."""

    name = "smtp"
    features: frozenset[Feature] = frozenset()

    def __init__(
        self,
        config: EmailConfig,
        *,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Keep the settings; connections are opened when a message needs one.

        Args:
            config: the server, its protection, credentials and limits.
            tls: whom to trust; default: what the system trusts.
            clock: seconds that only grow, for the rate.
            sleep: waits for seconds, for the rate.

        Raises:
            ConfigError: no server is named.
        """
        if not config.host:
            raise ConfigError("email.host is not set", hint="name the mail server, or use transport: outbox")
        self.concurrency = config.connections
        self._config = config
        self._account = config.account
        self._tls = tls
        self._pacer = Pacer(config.rate_per_minute, clock=clock, sleep=sleep)
        self._gate = asyncio.Semaphore(config.connections)
        self._idle: list[Session] = []
        self._local_hostname = ""

    async def __aenter__(self) -> Self:
        self._local_hostname = await asyncio.to_thread(socket.getfqdn)
        if self._tls is None and self._config.security is not Security.NONE:
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sessions, self._idle = self._idle, []
        await asyncio.gather(*(session.close() for session in sessions))

    async def send(self, parcel: Parcel) -> Receipt:
        """Send the staged message to the envelope's recipients.

        Returns:
            An outcome for each address: `sent`, `rejected` (5xx), `failed` (4xx, too large, changed on disk),
            `unknown` when the connection broke while the message was under way.

        Raises:
            AddressError: the envelope holds what is no address.
            TransportUnavailable: no connection, or it broke twice before anything was handed over.
        """
        (message,) = parcel.files
        if parcel.envelope is None:
            raise DeliveryError("a message without an envelope cannot be sent", key=parcel.key)
        # The envelope comes from the ledger: what is no address must not become a command.
        for address in (parcel.envelope.sender, *parcel.envelope.recipients):
            ascii_domain(address)
        try:
            content = await asyncio.to_thread(read_verified, message.path, message.sha256)
        except DeliveryError as error:
            return Receipt(Outcome.FAILED, str(error), dict.fromkeys(parcel.envelope.recipients, Outcome.FAILED))
        async with self._gate:
            await self._pacer.wait()
            return await self._carry(parcel.envelope, content)

    async def _carry(self, envelope: Envelope, content: bytes) -> Receipt:
        session = self._idle.pop() if self._idle else self._new_session()
        try:
            return await self._try(session, envelope, content)
        except ConnectionLost:
            # Servers close connections that were quiet or busy for long: once, that is no fault.
            session = self._new_session()
        try:
            return await self._try(session, envelope, content)
        except ConnectionLost as error:
            server = f"{self._config.host} port {self._config.effective_port}"
            raise TransportUnavailable(
                f"the mail server {server} broke off twice before it took a message: {error}",
                hint="try again later",
            ) from error

    async def _try(self, session: Session, envelope: Envelope, content: bytes) -> Receipt:
        await session.open()
        receipt = await session.carry(envelope, content)
        self._idle.append(session)
        return receipt

    def _new_session(self) -> Session:
        return Session(self._account, self._tls, self._local_hostname)
