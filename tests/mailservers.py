"""Real mail servers for tests, in the test's own event loop, shaped by parameters."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
import subprocess
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from aiosmtpd.smtp import Envelope as Received


@dataclass
class Mailbox:
    """What a server got and how it behaves. Replies are asked by address or command, one after the other.

    Attributes:
        rcpt: address -> replies to RCPT; after the last, 250.
        mail: replies to MAIL.
        data: replies to the final dot; `drop` closes the connection instead of answering, `hang` waits for ever.
        pipelining: whether several commands may come at once (RFC 2920).
        ahead: how many commands had others behind them, that did not wait for the answer.
        drops: commands at which the connection is closed, each as often as it is listed.
    """

    rcpt: dict[str, deque[str]] = field(default_factory=dict)
    mail: deque[str] = field(default_factory=deque)
    data: deque[str] = field(default_factory=deque)
    drops: list[str] = field(default_factory=list)
    messages: list[Received] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    port: int = 0
    utf8: bool = True
    pipelining: bool = False
    ahead: int = 0

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Received, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], *["250-PIPELINING"] * self.pipelining, responses[-1]]

    async def handle_MAIL(self, server: Any, session: Any, envelope: Received, address: str, options: list[str]) -> str:
        if self.mail:
            return self.mail.popleft()
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Received, address: str, options: list[str]) -> str:
        if replies := self.rcpt.get(address):
            return replies.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Received) -> str:
        reply = self.data.popleft() if self.data else "250 2.0.0 queued as X1"
        if reply == "hang":
            await asyncio.Event().wait()
        if reply.startswith(("250", "drop")):
            self.messages.append(envelope)
        if reply == "drop":
            server.transport.abort()
        return reply

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"correct horse", handled=False)


class _Server(SMTP):
    """Closes connections where it is told to."""

    def __init__(self, mailbox: Mailbox, **options: Any) -> None:
        super().__init__(mailbox, enable_SMTPUTF8=mailbox.utf8, hostname="mail.test", **options)
        self._mailbox = mailbox

    async def _call(self, name: str, method: Any, arg: str) -> None:
        self._mailbox.commands.append(name)
        self._mailbox.ahead += bool(self._reader._buffer)
        if name in self._mailbox.drops:
            self._mailbox.drops.remove(name)
            self.transport.abort()
            raise asyncio.CancelledError
        await method(arg)

    async def smtp_MAIL(self, arg: str) -> None:
        await self._call("MAIL", super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg: str) -> None:
        await self._call("RCPT", super().smtp_RCPT, arg)

    async def smtp_DATA(self, arg: str) -> None:
        await self._call("DATA", super().smtp_DATA, arg)

    async def smtp_RSET(self, arg: str) -> None:
        await self._call("RSET", super().smtp_RSET, arg)


@asynccontextmanager
async def mail_server(mailbox: Mailbox, *, tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[Mailbox]:
    """Run a server on a free port.

    Args:
        mailbox: how it behaves and what it got.
        tls: encrypt from the first byte; for STARTTLS pass `tls_context` instead.
        options: for aiosmtpd's SMTP: `tls_context`, `require_starttls`, `auth_required`, `data_size_limit`.
    """
    servers: list[_Server] = []

    def make() -> _Server:
        mailbox.connections += 1
        servers.append(_Server(mailbox, **options))
        return servers[-1]

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(make, "127.0.0.1", 0, ssl=tls)
    mailbox.port = listening.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        listening.close()
        for server in servers:
            if server.transport is not None:
                server.transport.abort()
            if server._handler_coroutine is not None:
                server._handler_coroutine.cancel()
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1 that nobody has signed, and both sides' view of it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


_OPENSSL = [
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=mail.test",
    "-addext",
    "subjectAltName=IP:127.0.0.1",
]


def make_certificate(folder: Path) -> Certificate:
    """Make a certificate with the openssl command."""
    if shutil.which("openssl") is None:
        if os.environ.get("CI"):
            pytest.fail("the openssl command is missing")
        pytest.skip("needs the openssl command")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [*_OPENSSL, "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return Certificate(server, ssl.create_default_context(cafile=str(cert)))
