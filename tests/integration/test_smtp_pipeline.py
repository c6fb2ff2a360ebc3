"""What goes over the wire in groups, byte by byte, to a server that answers by a script."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

import pytest

from docgen import loops
from docgen.deliver.smtp_session import ConnectionLost, Load, Session
from docgen.deliver.smtp_wire import command
from docgen.model import Envelope, Outcome, Receipt
from docgen.protocols import Claim, NotClaimed, unclaimed
from docgen.sendconfig import SmtpAccount

JANE, JOHN = "jane@example.org", "john@example.org"
HELLO = b"Subject: x\r\n\r\nHello\r\n"
OK, NO, LATER, GO = "250 ok", "550 5.1.1 nobody", "451 4.3.0 later", "354 go on"


class Script:
    """Answers each group of lines with the next group of replies, all in one packet; "" hangs up."""

    def __init__(self, groups: Sequence[Sequence[str]], offers: str = "PIPELINING") -> None:
        self.groups = [list(group) for group in groups]
        self.offers = offers
        self.heard: list[bytes] = []
        self.connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(b"220 hello\r\n")
        await reader.readline()
        writer.write(f"250-mail.test\r\n250 {self.offers}\r\n".encode())
        while self.groups and (data := await reader.read(1 << 20)):
            self.heard.append(data)
            for reply in self.groups.pop(0):
                if reply == "":
                    writer.transport.abort()
                    return
                writer.write(f"{reply}\r\n".encode())
        with contextlib.suppress(ConnectionError):
            await reader.read(1)
            writer.close()


def _carry(script: Script, envelopes: Sequence[Envelope], claim: Claim = unclaimed, **account: object) -> list[Receipt]:
    async def scenario() -> list[Receipt]:
        server = await asyncio.start_server(script, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        settings = {"host": "127.0.0.1", "port": port, "security": "none", "timeout_s": 2} | account
        session = Session(SmtpAccount.model_validate(settings), None, "client.test")
        receipts = []
        try:
            for envelope in envelopes:
                await session.open()
                receipts.append(await session.carry(Load(envelope, HELLO, claim)))
        finally:
            session.drop()
            server.close()
        return receipts

    return loops.run(scenario())


def _to(*recipients: str) -> Envelope:
    return Envelope("shop@example.com", recipients)


def test_sender_recipients_and_data_are_one_write() -> None:
    script = Script([[OK, OK, OK, GO], [OK], [OK, OK, GO], [OK]])
    first, second = _carry(script, [_to(JANE, JOHN), _to(JANE)])
    assert first.outcomes == {JANE: Outcome.SENT, JOHN: Outcome.SENT}
    assert second.outcome is Outcome.SENT
    envelope = f"MAIL FROM:<shop@example.com>\r\nRCPT TO:<{JANE}>\r\nRCPT TO:<{JOHN}>\r\nDATA\r\n"
    assert script.heard[:2] == [envelope.encode(), HELLO + b".\r\n"]
    assert script.connections == 1


def test_each_reply_is_paired_with_its_recipient() -> None:
    script = Script([[OK, NO, OK, GO], [OK]])
    (receipt,) = _carry(script, [_to(JANE, JOHN)])
    assert receipt.outcomes == {JANE: Outcome.REJECTED, JOHN: Outcome.SENT}
    assert receipt.answers == {JANE: NO, JOHN: OK}


def test_a_go_on_after_all_were_refused_is_answered_by_a_lone_dot() -> None:
    script = Script([[OK, NO, LATER, GO], ["554 5.5.1 no valid recipients"], [OK, OK, OK, GO], [OK]])
    refused, sent = _carry(script, [_to(JANE, JOHN), _to(JANE)])
    assert refused.outcomes == {JANE: Outcome.REJECTED, JOHN: Outcome.FAILED}
    assert script.heard[1] == b".\r\n"
    assert script.heard[2].startswith(b"RSET\r\nMAIL FROM")
    assert sent.outcome is Outcome.SENT


def test_a_refused_data_after_all_were_refused_needs_no_dot() -> None:
    script = Script([[OK, NO, "554 5.5.1 no"], [OK, OK, OK, GO], [OK]])
    refused, sent = _carry(script, [_to(JANE), _to(JANE)])
    assert (refused.outcome, sent.outcome) == (Outcome.REJECTED, Outcome.SENT)
    assert script.heard[2] == HELLO + b".\r\n"


def test_a_refused_sender_sends_no_message_even_where_the_server_would_take_one() -> None:
    script = Script([["550 5.7.1 not you", OK, GO], [OK]])
    (receipt,) = _carry(script, [_to(JANE)])
    assert receipt.outcome is Outcome.FAILED
    assert "the sender shop@example.com is refused" in receipt.detail
    assert script.heard[1] == b".\r\n"


def test_a_claim_is_asked_for_right_before_the_message() -> None:
    script, heard = Script([[OK, OK, GO]]), []

    async def refuse() -> None:
        heard.append(b"".join(script.heard))
        raise NotClaimed

    with pytest.raises(NotClaimed):
        _carry(script, [_to(JANE)], refuse)
    assert len(heard) == 1
    assert heard[0] == b"".join(script.heard)
    assert heard[0].endswith(b"DATA\r\n")


@pytest.mark.parametrize("replies", [[OK, NO, GO], [OK, LATER, GO], ["550 no", OK, GO], [OK, OK, "451 later"]])
def test_what_is_refused_before_the_message_needs_no_claim(replies: list[str]) -> None:
    async def refuse() -> None:
        raise NotClaimed

    (receipt,) = _carry(Script([replies, [OK]]), [_to(JANE)], refuse)
    assert receipt.outcome in (Outcome.FAILED, Outcome.REJECTED)


def test_replies_may_have_many_lines() -> None:
    script = Script([["250-one\r\n250-two\r\n250 three", "250", GO], ["250-queued\r\n250 as X"]])
    (receipt,) = _carry(script, [_to(JANE)])
    assert receipt.detail == "250 queued as X"


@pytest.mark.parametrize("replies", [[OK, OK, GO, "250 already queued"], [OK, "hello", GO], [OK, OK, ""], [""]])
def test_replies_too_many_or_strange_or_missing_send_nothing(replies: list[str]) -> None:
    script = Script([replies])
    with pytest.raises(ConnectionLost):
        _carry(script, [_to(JANE)])
    assert len(script.heard) == 1


@pytest.mark.parametrize("reply", ["hello", "", "354 more", "250-half\r\n25"])
def test_an_answer_to_the_message_that_is_none_leaves_it_unknown(reply: str) -> None:
    script = Script([[OK, OK, GO], [reply] if reply != "" else [""]])
    (receipt,) = _carry(script, [_to(JANE)], timeout_s=0.05)
    assert receipt.outcome is Outcome.UNKNOWN


def test_a_word_between_messages_is_not_taken_for_an_answer() -> None:
    script = Script([[OK, OK, GO], [OK, "421 4.4.2 idle for too long"]])

    async def scenario() -> None:
        server = await asyncio.start_server(script, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        account = SmtpAccount.model_validate({"host": "127.0.0.1", "port": port, "security": "none"})
        session = Session(account, None, "client.test")
        await session.open()
        assert (await session.carry(Load(_to(JANE), HELLO))).outcome is Outcome.SENT
        for _ in range(20):
            await asyncio.sleep(0)
        script.groups = [[OK, OK, GO], [OK]]
        await session.open()
        assert (await session.carry(Load(_to(JOHN), HELLO))).outcome is Outcome.SENT
        session.drop()
        server.close()

    loops.run(scenario())
    assert script.connections == 2


def test_a_connection_has_its_share_and_no_more() -> None:
    script = Script([[OK, OK, GO], [OK], ["221 bye"], [OK, OK, GO], [OK]])
    receipts = _carry(script, [_to(JANE), _to(JOHN)], messages_per_connection=1)
    assert [receipt.outcome for receipt in receipts] == [Outcome.SENT] * 2
    assert script.connections == 2
    assert script.heard[2] == b"QUIT\r\n"


@pytest.mark.parametrize("line", ["RCPT TO:<a@b>\r\nDATA", "MAIL\n", "x\x00", "x\x7f"])
def test_a_command_cannot_hold_another(line: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        command(line)
