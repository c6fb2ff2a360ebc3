"""Floor 2, edges: one connection to a mail server, step by step, so that every outcome is exact. Knows no pool.

SMTP leaves one doubtful moment: after the final dot of the message is written and before its reply is read. Whatever
goes wrong before is `ConnectionLost` and may be tried again; whatever goes wrong then is *unknown* and never is.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from contextlib import suppress

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
    SMTPTimeoutError,
)
from aiosmtplib.response import SMTPResponse

from docgen.config import EmailConfig, Security
from docgen.errors import TransportUnavailable
from docgen.model import Envelope, Outcome, Receipt

#: The answer to a whole message may take a server long (virus scan); giving up early would leave it in doubt.
#: Source: RFC 5321 section 4.5.3.2.6 asks for 10 minutes where other answers get 5 or fewer.
_PATIENCE = 10
_GOODBYE_S = 2.0
_CLOSING = 421


class ConnectionLost(Exception):
    """The server is gone and cannot have the message."""


class Session:
    """A connection that is opened when first needed and reused until it breaks."""

    def __init__(self, config: EmailConfig, tls: ssl.SSLContext | None, local_hostname: str) -> None:
        self._config = config
        self._tls = tls
        self._smtp = SMTP(
            hostname=config.host,
            port=config.effective_port,
            timeout=config.timeout_s,
            use_tls=config.security is Security.TLS,
            start_tls=False,
            tls_context=tls,
            local_hostname=local_hostname,
        )

    async def open(self) -> None:
        """Connect, encrypt and log in, where that is not done yet.

        Raises:
            TransportUnavailable: in words that name the server, never the password.
        """
        if self._smtp.is_connected:
            return
        try:
            await self._smtp.connect()
            await self._smtp.ehlo()
            if self._config.security is Security.STARTTLS:
                await self._start_tls()
            if self._config.username is not None:
                await self._smtp.login(self._config.username, self._password())
        except (SMTPException, OSError, ValueError) as error:
            self.drop()
            raise self._unavailable(error) from error
        except BaseException:
            self.drop()
            raise

    async def _start_tls(self) -> None:
        # No silent downgrade: whoever sits on the wire could strip the offer.
        if not self._smtp.supports_extension("starttls"):
            raise SMTPException("it does not offer STARTTLS, and nothing is sent unencrypted")
        await self._smtp.starttls()
        await self._smtp.ehlo()

    def drop(self) -> None:
        """Close without a word."""
        self._smtp.close()

    async def close(self) -> None:
        """Say goodbye and close."""
        if self._smtp.is_connected:
            with suppress(SMTPException, OSError):
                await self._smtp.quit(timeout=_GOODBYE_S)
        self._smtp.close()

    async def carry(self, envelope: Envelope, content: bytes) -> Receipt:
        """Hand over one message.

        Raises:
            ConnectionLost: before the message was handed over; the session can be opened again.
        """
        international = not (content.isascii() and "".join([envelope.sender, *envelope.recipients]).isascii())
        if problem := self._unfit(len(content), international):
            return _all(envelope, Outcome.FAILED, problem)
        reply = await self._command(f"MAIL FROM:<{envelope.sender}>{self._options(len(content), international)}")
        if not _is_yes(reply):
            await self._reset()
            return _all(envelope, Outcome.FAILED, f"the sender {envelope.sender} is refused: {self._words(reply)}")
        replies = {address: await self._command(f"RCPT TO:<{address}>") for address in envelope.recipients}
        refused = {address: reply for address, reply in replies.items() if not _is_yes(reply)}
        if len(refused) == len(replies):
            await self._reset()
            return self._receipt(envelope, refused, Outcome.FAILED, "")
        outcome, words = await self._hand_over(content)
        return self._receipt(envelope, refused, outcome, words)

    def _unfit(self, size: int, international: bool) -> str:
        limit = self._smtp.esmtp_extensions.get("size", "")
        if limit.isdigit() and 0 < int(limit) < size:
            return f"the message has {_megabytes(size)}, the mail server takes at most {_megabytes(int(limit))}"
        if international and not self._smtp.supports_extension("smtputf8"):
            return "an address is not ASCII before its @, and the mail server does not take such addresses (SMTPUTF8)"
        return ""

    def _options(self, size: int, international: bool) -> str:
        size_option = f" SIZE={size}" if self._smtp.supports_extension("size") else ""
        return f"{size_option}{' BODY=8BITMIME SMTPUTF8' if international else ''}"

    async def _hand_over(self, content: bytes) -> tuple[Outcome, str]:
        reply = await self._command("DATA")
        if reply.code != 354:
            await self._reset()
            return _refusal(reply), f"the message is refused: {self._words(reply)}"
        protocol = self._smtp.protocol
        if protocol is None or not protocol.is_connected:
            raise ConnectionLost("the mail server closed the connection")
        try:
            protocol.write(as_data(content))
            reply = await protocol.read_response(timeout=_PATIENCE * self._config.timeout_s)
        except (SMTPException, OSError) as error:
            self.drop()
            return Outcome.UNKNOWN, f"the message was handed over and no answer came ({error}): it may have gone"
        except BaseException:
            self.drop()
            raise
        if _is_yes(reply):
            return Outcome.SENT, self._words(reply)
        await self._reset()
        return _refusal(reply), f"the message is refused: {self._words(reply)}"

    async def _command(self, line: str) -> SMTPResponse:
        try:
            reply = await self._smtp.execute_command(line.encode())
        except (SMTPException, OSError) as error:
            self.drop()
            raise ConnectionLost(str(error)) from error
        except BaseException:
            self.drop()
            raise
        if reply.code == _CLOSING:
            self.drop()
            raise ConnectionLost(self._words(reply))
        return reply

    async def _reset(self) -> None:
        """Clear the server's memory of an unfinished message, so that the next one does not meet it."""
        try:
            reply = await self._command("RSET")
        except ConnectionLost:
            return
        if not _is_yes(reply):
            self.drop()

    def _receipt(self, envelope: Envelope, refused: dict[str, SMTPResponse], outcome: Outcome, words: str) -> Receipt:
        outcomes = {a: _refusal(refused[a]) if a in refused else outcome for a in envelope.recipients}
        details = [f"{address} is refused: {self._words(reply)}" for address, reply in refused.items()]
        return Receipt(outcomes[envelope.recipients[0]], "; ".join([*details, words] if words else details), outcomes)

    def _words(self, reply: SMTPResponse) -> str:
        text = " ".join(f"{reply.code} {reply.message}".split()).encode("utf-8", "replace").decode()
        return self._without_password(text)

    def _password(self) -> str:
        return self._config.password.get_secret_value() if self._config.password else ""

    def _without_password(self, text: str) -> str:
        return text.replace(self._password(), "***") if self._password() else text

    def _unavailable(self, error: Exception) -> TransportUnavailable:
        problem, hint = _explain(error, self._config)
        server = f"the mail server {self._config.host} port {self._config.effective_port}"
        return TransportUnavailable(f"{server} cannot be used: {self._without_password(problem)}", hint=hint)


def as_data(content: bytes) -> bytes:
    """Return a message as it follows DATA: CRLF line ends, leading dots doubled, closed by a lone dot."""
    lines = content.count(b"\r\n")
    if not lines == content.count(b"\n") == content.count(b"\r"):
        content = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    return (b"." if content.startswith(b".") else b"") + stuffed + b".\r\n"


def _all(envelope: Envelope, outcome: Outcome, detail: str) -> Receipt:
    return Receipt(outcome, detail, dict.fromkeys(envelope.recipients, outcome))


def _is_yes(reply: SMTPResponse) -> bool:
    return 200 <= reply.code < 300


def _refusal(reply: SMTPResponse) -> Outcome:
    """A 5xx is the server's last word; anything else may be different another time."""
    return Outcome.REJECTED if 500 <= reply.code < 600 else Outcome.FAILED


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.1f} kB"


def _explain(error: Exception, config: EmailConfig) -> tuple[str, str]:
    """Return what went wrong on the way in, and what to do about it."""
    cause = error.__cause__ if isinstance(error, SMTPConnectError) and error.__cause__ else error
    match cause:
        case SMTPAuthenticationError():
            words = f"it refuses the login of {config.username}: {cause.code} {cause.message}"
            return words, "check email.username and email.password"
        case SMTPResponseException():
            return f"it answers {cause.code} {cause.message}", "ask whoever runs the mail server"
        case ssl.SSLCertVerificationError():
            hint = "check email.host; a certificate of your own must be among those the system trusts"
            return f"its certificate is not trusted ({cause.verify_message})", hint
        case ssl.SSLError():
            return f"no encrypted connection ({cause.reason})", "email.security: tls is for port 465, starttls for 587"
        case socket.gaierror():
            return "its name is not known", "check email.host and the network"
        case OSError() if cause.errno == errno.ECONNREFUSED or "Connect call failed" in str(cause):
            # With several addresses for one name, asyncio sums the refusals up in one error without a number.
            return "nothing answers there", "check email.host and email.port"
        case SMTPTimeoutError() | TimeoutError():
            hint = "check email.host and email.port, and whether a firewall stands between"
            return f"it does not answer within {config.timeout_s:g} s", hint
    return str(cause), "check email.host, email.port and email.security"
