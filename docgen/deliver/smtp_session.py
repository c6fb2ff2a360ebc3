"""Floor 2, edges: one connection to a mail server, step by step, so that every outcome is exact. Knows no pool.

SMTP leaves one doubtful moment: after the final dot of the message is written and before its reply is read. Whatever
goes wrong before is `ConnectionLost` and may be tried again; whatever goes wrong then is *unknown* and never is.

Where the server offers PIPELINING, sender, recipients and DATA go out in one write (RFC 2920). The next envelope does
not travel with the end of a message, though RFC 2920 allows it: what broke off then would be harder to tell apart.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from docgen.deliver.smtp_login import open_wire, without_password
from docgen.deliver.smtp_wire import Reply, Wire, WireBroken, command
from docgen.model import Envelope, Outcome, Receipt
from docgen.protocols import Claim, unclaimed
from docgen.sendconfig import SmtpAccount

#: The answer to a whole message may take a server long (virus scan); giving up early would leave it in doubt.
#: Source: RFC 5321 section 4.5.3.2.6 asks for 10 minutes where other answers get 5 or fewer.
_PATIENCE = 10
_GOODBYE_S = 2.0
_CLOSING = 421
_GO_ON = 354
#: Bytes of a message that go out in one write with their end.
_AT_ONCE = 64 * 1024
_END = len(b"\r\n.\r\n")


class ConnectionLost(Exception):
    """The server is gone and cannot have the message."""


@dataclass(frozen=True, slots=True)
class Load:
    """A message on its way.

    Attributes:
        claim: awaited right before the final dot goes, so that a crash before leaves nothing in doubt.
    """

    envelope: Envelope
    content: bytes
    claim: Claim = unclaimed


class Session:
    """A connection that is opened when first needed and reused until it breaks or has carried its share."""

    def __init__(self, account: SmtpAccount, tls: ssl.SSLContext | None, local_hostname: str) -> None:
        self._account = account
        self._tls = tls
        self._local_hostname = local_hostname
        self._wire: Wire | None = None
        self._offers: Mapping[str, str] = {}
        self._carried = 0
        self._unfinished = False

    async def open(self) -> None:
        """Connect, encrypt and log in, where that is not done yet.

        Raises:
            TransportUnavailable: in words that name the server, never the password.
        """
        if self._wire is not None and self._wire.is_open:
            if self._carried < self._account.messages_per_connection:
                return
            await self.close()
        self._wire, self._offers = await open_wire(self._account, self._tls, self._local_hostname)
        self._carried, self._unfinished = 0, False

    def drop(self) -> None:
        """Close without a word."""
        if self._wire is not None:
            self._wire.close()

    async def close(self) -> None:
        """Say goodbye and close."""
        if self._wire is not None and self._wire.is_open:
            with suppress(WireBroken):
                self._wire.write(b"QUIT\r\n", 1)
                await self._wire.reply(_GOODBYE_S)
        self.drop()

    async def carry(self, load: Load) -> Receipt:
        """Hand over one message.

        Raises:
            ConnectionLost: before the message was handed over; the session can be opened again.
            NotClaimed: nothing was handed over, and the connection is closed in the midst of a message.
        """
        envelope, content = load.envelope, load.content
        international = not (content.isascii() and "".join([envelope.sender, *envelope.recipients]).isascii())
        if problem := self._unfit(len(content), international):
            return _all(envelope, Outcome.FAILED, problem)
        self._carried += 1
        try:
            return await self._carry(load, self._options(len(content), international))
        except WireBroken as error:
            self.drop()
            raise ConnectionLost(str(error)) from error
        except BaseException:
            self.drop()
            raise

    def _unfit(self, size: int, international: bool) -> str:
        limit = self._offers.get("size", "")
        if limit.isdigit() and 0 < int(limit) < size:
            return f"the message has {_megabytes(size)}, the mail server takes at most {_megabytes(int(limit))}"
        if international and "smtputf8" not in self._offers:
            return "an address is not ASCII before its @, and the mail server does not take such addresses (SMTPUTF8)"
        return ""

    def _options(self, size: int, international: bool) -> str:
        size_option = f" SIZE={size}" if "size" in self._offers else ""
        return f"{size_option}{' BODY=8BITMIME SMTPUTF8' if international else ''}"

    async def _carry(self, load: Load, options: str) -> Receipt:
        envelope = load.envelope
        mail = f"MAIL FROM:<{envelope.sender}>{options}"
        rcpts = [f"RCPT TO:<{address}>" for address in envelope.recipients]
        # Clear the server's memory of an unfinished message, so that this one does not meet it.
        before = ["RSET"] if self._unfinished else []
        self._unfinished = True
        if "pipelining" in self._offers:
            replies = await self._group([*before, mail, *rcpts, "DATA"])
        else:
            replies = await self._one_by_one([*before, mail], rcpts)
        if before and not replies.pop(0).is_yes:
            raise WireBroken("the mail server does not forget the message before")
        return await self._go_on(load, replies)

    async def _group(self, lines: list[str]) -> list[Reply]:
        """Say everything at once and read every answer."""
        self._write(b"".join(map(command, lines)), len(lines))
        return [await self._reply() for _ in lines]

    async def _one_by_one(self, first: list[str], rcpts: list[str]) -> list[Reply]:
        """Say one thing after the other, as long as it makes sense."""
        replies = []
        for line in first:
            replies += await self._group([line])
            if not replies[-1].is_yes:
                return replies
        for line in rcpts:
            replies += await self._group([line])
        if any(reply.is_yes for reply in replies[len(first) :]):
            replies += await self._group(["DATA"])
        return replies

    async def _go_on(self, load: Load, replies: list[Reply]) -> Receipt:
        """Judge what came before the message, and send it if somebody may have it."""
        envelope = load.envelope
        mail, rcpts = replies[0], dict(zip(envelope.recipients, replies[1:], strict=False))
        data = replies[-1] if len(replies) == len(envelope.recipients) + 2 else None
        refused = {address: reply for address, reply in rcpts.items() if not reply.is_yes}
        nobody = not mail.is_yes or len(refused) == len(envelope.recipients)
        if nobody and data is not None and data.code == _GO_ON:
            await self._end_empty()
        if not mail.is_yes:
            words = f"the sender {envelope.sender} is refused: {self._words(mail)}"
            return _all(envelope, Outcome.FAILED, words, self._words(mail))
        if nobody:
            return self._receipt(envelope, refused, Outcome.FAILED)
        assert data is not None
        if data.code != _GO_ON:
            return self._receipt(envelope, refused, _refusal(data), data)
        return await self._hand_over(load, refused)

    async def _end_empty(self) -> None:
        """End a message that is for nobody. Source: RFC 2920 section 3.1, a lone dot after all were refused."""
        self._write(b".\r\n", 1)
        await self._reply()

    async def _hand_over(self, load: Load, refused: Mapping[str, Reply]) -> Receipt:
        assert self._wire is not None
        patience_s = _PATIENCE * self._account.timeout_s
        data, reply = as_data(load.content), None
        if len(data) > _AT_ONCE:
            # The end goes by itself: what breaks before it is written cannot leave a message in doubt.
            self._write(data[:-_END], 0)
            await self._wire.drain(patience_s)
            data = data[-_END:]
        await load.claim()
        self._write(data, 1)
        try:
            reply = await self._wire.reply(patience_s)
            outcome = Outcome.SENT if reply.is_yes else _verdict(reply)
        except WireBroken as error:
            outcome = Outcome.UNKNOWN
            problem = f"the message was handed over and no answer came ({error}): it may have gone"
        if reply is None or reply.code == _CLOSING or outcome is Outcome.UNKNOWN:
            self.drop()
        if reply is None:
            return self._receipt(load.envelope, refused, outcome, words=problem)
        self._unfinished = outcome is not Outcome.SENT
        return self._receipt(load.envelope, refused, outcome, reply)

    def _write(self, data: bytes, replies: int) -> None:
        assert self._wire is not None
        self._wire.write(data, replies)

    async def _reply(self) -> Reply:
        assert self._wire is not None
        reply = await self._wire.reply(self._account.timeout_s)
        if reply.code == _CLOSING:
            raise WireBroken(self._words(reply))
        return reply

    def _receipt(
        self,
        envelope: Envelope,
        refused: Mapping[str, Reply],
        outcome: Outcome,
        reply: Reply | None = None,
        words: str = "",
    ) -> Receipt:
        outcomes = {a: _refusal(refused[a]) if a in refused else outcome for a in envelope.recipients}
        said = self._words(reply) if reply is not None else ""
        apart = {address: self._words(each) for address, each in refused.items()}
        answers = {a: apart.get(a, said) for a in envelope.recipients if said or a in apart}
        details = [f"{address} is refused: {why}" for address, why in apart.items()]
        words = said or words
        if words and outcome in (Outcome.REJECTED, Outcome.FAILED):
            words = f"the message is refused: {words}"
        detail = "; ".join([*details, words] if words else details)
        return Receipt(outcomes[envelope.recipients[0]], detail, outcomes, answers)

    def _words(self, reply: Reply) -> str:
        return without_password(self._account, str(reply))


def as_data(content: bytes) -> bytes:
    """Return a message as it follows DATA: CRLF line ends, leading dots doubled, closed by a lone dot."""
    stuffed = b"\r\n".join(content.splitlines()).replace(b"\r\n.", b"\r\n..")
    return (b"." if content.startswith(b".") else b"") + stuffed + b"\r\n.\r\n"


def _all(envelope: Envelope, outcome: Outcome, detail: str, answer: str = "") -> Receipt:
    outcomes = dict.fromkeys(envelope.recipients, outcome)
    return Receipt(outcome, detail, outcomes, dict.fromkeys(envelope.recipients, answer) if answer else {})


def _refusal(reply: Reply) -> Outcome:
    """A 5xx is the server's last word; anything else may be different another time."""
    return Outcome.REJECTED if 500 <= reply.code < 600 else Outcome.FAILED


def _verdict(reply: Reply) -> Outcome:
    """Return what a message became by a reply that is no yes: what is neither answer leaves it in doubt."""
    return _refusal(reply) if reply.code >= 400 else Outcome.UNKNOWN


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.1f} kB"
