"""Floor 2, edges: send messages through mail servers over a few connections that are reused.

Knows how often and how fast to speak to the server; what is said on one connection is `smtp_session`'s business.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from docgen.config import EmailConfig, Security
from docgen.deliver.smtp_session import ConnectionLost, Load, Session
from docgen.errors import ConfigError, DeliveryError, TransportUnavailable
from docgen.files import read_verified
from docgen.headers import ascii_domain
from docgen.model import DELIVERED, Outcome, Parcel, Receipt, StagedFile
from docgen.pacing import Pacer
from docgen.protocols import Claim, Feature, unclaimed
from docgen.sendconfig import WeightedAccount
from docgen.sending.allowances import Allowances

#: Bytes that take some milliseconds to read and to hash.
_LARGE = 1024 * 1024


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
        allowances: Allowances | None = None,
    ) -> None:
        """Keep the settings; connections are opened when a message needs one.

        Args:
            config: the server, its protection, credentials and limits.
            tls: whom to trust; default: what the system trusts.
            clock: seconds that only grow, for the rate.
            sleep: waits for seconds, for the rate.
            allowances: what each account may still carry; default: as much as it is given.

        Raises:
            ConfigError: no server is named.
        """
        if any(not account.host for account in config.ways_out):
            raise ConfigError("email.host is not set", hint="name the mail server, or use transport: outbox")
        self._lines = [_Line(account, tls, clock, sleep) for account in config.ways_out]
        self._allowances = allowances
        self.concurrency = sum(account.connections for account in config.ways_out)

    async def __aenter__(self) -> Self:
        local_hostname = await asyncio.to_thread(socket.getfqdn)
        for line in self._lines:
            await line.prepare(local_hostname)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(line.close() for line in self._lines))

    async def send(self, parcel: Parcel, claim: Claim = unclaimed) -> Receipt:
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
            content = await _read(message)
        except DeliveryError as error:
            return Receipt(Outcome.FAILED, str(error), dict.fromkeys(parcel.envelope.recipients, Outcome.FAILED))
        return await self._carry(parcel, Load(parcel.envelope, content, claim))

    async def _carry(self, parcel: Parcel, load: Load) -> Receipt:
        """Send through the account whose turn it is, or through another while that one cannot be reached."""
        places = len(load.envelope.recipients)
        left, problem = self._lines, None
        # Looked at each time: while one account was tried, others may have reached their limits.
        while left := [line for line in left if self._is_free(line, places)]:
            line = self._whose_turn(left)
            try:
                return await self._carry_by(line, parcel, load)
            except TransportUnavailable as error:
                # Nothing was handed over. The first account's words are told: it is the one meant.
                problem = problem or error
                left.remove(line)
        raise problem or TransportUnavailable("every mail account has reached its limit", hint="resume the run later")

    def _is_free(self, line: _Line, places: int) -> bool:
        return self._allowances is None or self._allowances.is_free(line.account.label, places)

    async def _carry_by(self, line: _Line, parcel: Parcel, load: Load) -> Receipt:
        """Send through one account, and count what its server takes."""
        label = line.account.label
        if self._allowances is None:
            return replace(await line.carry(load), account=label)
        places, taken = len(load.envelope.recipients), 0
        self._allowances.take(label, parcel.delivery, places)
        try:
            receipt = replace(await line.carry(load), account=label)
            taken = sum(outcome in DELIVERED for outcome in receipt.outcomes.values())
            if receipt.outcome in DELIVERED and not receipt.outcomes:
                taken = places
        finally:
            self._allowances.give_back(label, places - taken)
        return receipt

    @staticmethod
    def _whose_turn(lines: Sequence[_Line]) -> _Line:
        """Choose by smooth weighted turns: each gains its weight, the richest pays for all."""
        for line in lines:
            line.credit += line.account.weight
        chosen = max(lines, key=lambda line: line.credit)
        chosen.credit -= sum(line.account.weight for line in lines)
        return chosen


async def _read(file: StagedFile) -> bytes:
    """Read a message. A thread is worth its price only where reading would keep other connections waiting."""
    if _size(file) > _LARGE:
        return await asyncio.to_thread(read_verified, file.path, file.sha256)
    return read_verified(file.path, file.sha256)


def _size(file: StagedFile) -> int:
    try:
        return file.path.stat().st_size
    except OSError:  # reading says why
        return 0


class _Line:
    """One account with its connections and its pace."""

    def __init__(
        self,
        account: WeightedAccount,
        tls: ssl.SSLContext | None,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.account = account
        self.credit = 0
        self._tls = tls
        self._pacer = Pacer(account.rate_per_minute, clock=clock, sleep=sleep)
        self._gate = asyncio.Semaphore(account.connections)
        self._idle: list[Session] = []
        self._local_hostname = ""

    async def prepare(self, local_hostname: str) -> None:
        self._local_hostname = local_hostname
        if self._tls is None and self.account.security is not Security.NONE:
            self._tls = await asyncio.to_thread(ssl.create_default_context)

    async def close(self) -> None:
        sessions, self._idle = self._idle, []
        await asyncio.gather(*(session.close() for session in sessions))

    async def carry(self, load: Load) -> Receipt:
        async with self._gate:
            await self._pacer.wait()
            return await self._carry(load)

    async def _carry(self, load: Load) -> Receipt:
        session = self._idle.pop() if self._idle else self._new_session()
        try:
            return await self._try(session, load)
        except ConnectionLost:
            # Servers close connections that were quiet or busy for long: once, that is no fault.
            session = self._new_session()
        try:
            return await self._try(session, load)
        except ConnectionLost as error:
            server = f"{self.account.host} port {self.account.effective_port}"
            raise TransportUnavailable(
                f"the mail server {server} broke off twice before it took a message: {error}",
                hint="try again later",
            ) from error

    async def _try(self, session: Session, load: Load) -> Receipt:
        await session.open()
        receipt = await session.carry(load)
        self._idle.append(session)
        return receipt

    def _new_session(self) -> Session:
        return Session(self.account, self._tls, self._local_hostname)
