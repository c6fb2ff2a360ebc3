"""A mail server in a process of its own, which survives docgen: what it takes lies in a folder, message by message.

`sink_server(folder)` starts it for tests; run as a program it is the server. How it behaves is read anew for every
message from `behaviour.json` in its folder, so that a test can change it between runs.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope


@dataclass(frozen=True)
class Sink:
    """What a test sees of the server.

    Attributes:
        folder: of the server; `taken/` has one file for each message, with `X-Sink-Recipients` and
            `X-Sink-Sender` at its top.
        port: on 127.0.0.1.
    """

    folder: Path
    port: int

    def behave(self, **how: Any) -> None:
        """Change how the server behaves: see `_Handler`."""
        new = self.folder / "behaviour.new"
        new.write_text(json.dumps(how))
        new.replace(self.folder / "behaviour.json")

    def let_go(self) -> None:
        """Give the answers that `hold` keeps back, now and from now on."""
        (self.folder / "go").touch()

    def count(self) -> int:
        """Return how many messages were taken; cheap, for polling."""
        return sum(name.endswith(".eml") for name in os.listdir(self.folder / "taken"))

    def messages(self) -> list[EmailMessage]:
        """Return all messages in the order in which they were taken."""
        files = sorted((self.folder / "taken").glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]  # type: ignore[misc]

    def recipients(self) -> Counter[str]:
        """Return address -> how many messages came for it."""
        return Counter(a for message in self.messages() for a in message["X-Sink-Recipients"].split())


class _Handler:
    """Takes messages as `behaviour.json` says.

    - `refuse`: address -> reply to its RCPT
    - `drop`: addresses whose message is taken and whose connection is cut instead of an answer
    - `answer`: reply to every final dot; not taken unless it begins with 250
    - `delay_s`: how long the answer to the final dot takes; the message is taken before
    - `hold`: the answer waits until the file `go` is there
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken = 0

    def how(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / "behaviour.json").read_text())
        return loaded

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        if reply := self.how().get("refuse", {}).get(address):
            return str(reply)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        how = self.how()
        answer = str(how.get("answer", "250 2.0.0 queued"))
        if answer.startswith("250"):
            self._take(envelope)
        if set(envelope.rcpt_tos) & set(how.get("drop", ())):
            server.transport.abort()
        await asyncio.sleep(how.get("delay_s", 0))
        while how.get("hold") and not (self.folder / "go").exists():
            await asyncio.sleep(0.01)
        return answer

    def _take(self, envelope: Envelope) -> None:
        self.taken += 1
        assert isinstance(envelope.content, bytes)
        new = self.folder / "taken" / f"{self.taken:06}.new"
        recipients = " ".join(envelope.rcpt_tos).encode()
        sender = (envelope.mail_from or "").encode()
        own = b"X-Sink-Recipients: " + recipients + b"\r\nX-Sink-Sender: " + sender + b"\r\n"
        new.write_bytes(own + envelope.content)
        new.replace(new.with_suffix(".eml"))


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data.password == b"correct horse", handled=False)


async def _serve(folder: Path, login: bool) -> None:
    handler = _Handler(folder)
    options: dict[str, Any] = {"auth_required": True, "auth_require_tls": False, "authenticator": _authenticate}

    def make() -> SMTP:
        return SMTP(handler, hostname="sink.test", **(options if login else {}))

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    new = folder / "port.new"
    new.write_text(str(server.sockets[0].getsockname()[1]))
    new.replace(folder / "port")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    # The test holds the other end: the server ends with it, however it ends.
    await asyncio.to_thread(sys.stdin.read)


@contextmanager
def sink_server(folder: Path, *, login: bool = False) -> Iterator[Sink]:
    """Run a server.

    Args:
        folder: is made; the server keeps everything there.
        login: ask for a password, which is "correct horse".
    """
    (folder / "taken").mkdir(parents=True)
    Sink(folder, 0).behave()
    command = [sys.executable, __file__, str(folder), *(["login"] if login else [])]
    # A session of its own: Ctrl-C for docgen's group is not for the server.
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Sink(folder, int((folder / "port").read_text()))
    finally:
        process.communicate("", timeout=10)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), "login" in sys.argv[2:]))
