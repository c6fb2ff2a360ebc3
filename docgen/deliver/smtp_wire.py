"""Floor 2, edges: the replies of a mail server, each paired with the command it answers. Knows no message and no TLS.

Commands may go out in groups (RFC 2920), so replies are counted: whoever writes says how many must come. One too many,
or one that is no reply, and nothing on this connection can be trusted any more.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

#: Source: RFC 5321 section 4.5.3.1.5 has 512 octets a line; servers that explain themselves say more.
_LONGEST = 64 * 1024
_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answers, its lines joined by spaces."""

    code: int
    message: str = ""

    @property
    def is_yes(self) -> bool:
        """Whether it did what was asked."""
        return 200 <= self.code < 300

    def __str__(self) -> str:
        return " ".join(f"{self.code} {self.message}".split())


class WireBroken(Exception):
    """The connection is gone, silent, or says what is no SMTP."""


class Wire(asyncio.Protocol):
    """Both directions of one connection that is already encrypted and logged in."""

    def __init__(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection over from whoever opened it."""
        self._transport = cast(asyncio.Transport, transport)
        self._buffer = bytearray()
        self._lines: list[str] = []
        self._replies: deque[Reply] = deque()
        self._awaited = 0
        self._fault = ""
        self._waiter: asyncio.Future[None] | None = None
        self._is_full = self._late = False
        # Not 0: with TLS it would pause writing when nothing waits, and never go on.
        self._transport.set_write_buffer_limits(high=1, low=0)
        self._transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether a command can be written and its reply be trusted."""
        return not self._fault and not self._transport.is_closing()

    def write(self, data: bytes, replies: int) -> None:
        """Send bytes that the server answers with so many replies.

        Raises:
            WireBroken: the connection is gone; nothing was written.
        """
        if not self.is_open:
            raise WireBroken(self._fault or "the mail server closed the connection")
        self._awaited += replies
        self._transport.write(data)

    async def reply(self, timeout_s: float) -> Reply:
        """Return the next reply.

        Raises:
            WireBroken: it does not come.
        """
        await self._until(lambda: bool(self._replies), timeout_s)
        if not self._replies:
            self._break(f"Timed out after {timeout_s:g} s")
            raise WireBroken(self._fault)
        return self._replies.popleft()

    async def drain(self, timeout_s: float) -> None:
        """Return when all that was written is on its way.

        Raises:
            WireBroken: it cannot be.
        """
        await self._until(lambda: not self._is_full, timeout_s)
        if self._is_full or self._fault:
            self._break(f"the mail server takes nothing for {timeout_s:g} s")
            raise WireBroken(self._fault)

    async def _until(self, ready: Callable[[], bool], timeout_s: float) -> None:
        """Return when something is ready, when it can no longer be, or when it is late."""
        if ready() or self._fault:
            return
        loop = asyncio.get_running_loop()
        self._late = False
        alarm = loop.call_later(timeout_s, self._ring)
        try:
            while not (ready() or self._fault or self._late):
                self._waiter = loop.create_future()
                await self._waiter
        finally:
            alarm.cancel()
            self._waiter = None

    def close(self) -> None:
        """Close without a word."""
        self._break("the connection is closed")

    # --- what asyncio calls ---

    def data_received(self, data: bytes) -> None:
        """Take what the server says."""
        self._buffer += data
        if len(self._buffer) > _LONGEST or len(self._lines) > _LONGEST // 64:
            self._break("its answer never ends")
        while (end := self._buffer.find(b"\n")) >= 0 and not self._fault:
            line = bytes(self._buffer[:end]).rstrip(b"\r")
            del self._buffer[: end + 1]
            self._take(line)
        if self._replies:
            self._wake()

    def pause_writing(self) -> None:
        """Note that something waits to be written."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Note that all is written."""
        self._is_full = False
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        """Say that no more will come."""
        self._break(f"Connection lost: {error}" if error else "Connection lost")

    def _take(self, line: bytes) -> None:
        found = _LINE.fullmatch(line)
        if found is None:
            self._break(f"it answers what is no SMTP: {line[:80]!r}")
            return
        self._lines.append((found[3] or b"").decode("utf-8", "replace"))
        if found[2] == b"-":
            return
        reply, self._lines = Reply(int(found[1]), " ".join(self._lines)), []
        if not self._awaited:
            # Paired with the next command it would tell a lie. Mostly: 421, I am closing.
            self._break(f"it says {reply} unasked")
            return
        self._awaited -= 1
        self._replies.append(reply)

    def _break(self, fault: str) -> None:
        self._fault = self._fault or fault
        self._transport.abort()
        self._wake()

    def _ring(self) -> None:
        self._late = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def command(line: str) -> bytes:
    """Return a command as it is written.

    Raises:
        ValueError: it holds what would end it or begin another.
    """
    if _CONTROL.search(line):
        raise ValueError(f"a command of SMTP holds a control character: {line!r}")
    return f"{line}\r\n".encode()
