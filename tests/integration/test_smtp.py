"""Sending through real servers that refuse, break off, stall and encrypt."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailservers import Certificate, Mailbox, mail_server, make_certificate

from docgen.config import EmailConfig
from docgen.deliver.smtp import SmtpTransport
from docgen.deliver.smtp_session import as_data
from docgen.errors import AddressError, ConfigError, TransportUnavailable
from docgen.model import Envelope, Outcome, Parcel, Receipt, StagedFile

MESSAGE = b"From: shop@example.com\r\nTo: jane@example.org\r\nSubject: x\r\n\r\nHello\r\n.\r\n..dots\r\n"
JANE, JOHN, JIM = "jane@example.org", "john@example.org", "jim@example.org"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def _parcel(folder: Path, *recipients: str, content: bytes = MESSAGE, number: int = 1) -> Parcel:
    path = folder / f"{number}.eml"
    path.write_bytes(content)
    file = StagedFile(path, path.name, "message/rfc822", hashlib.sha256(content).hexdigest())
    recipients = recipients or (JANE,)
    return Parcel(number, str(number), recipients[0], (file,), Envelope("shop@example.com", recipients))


@asynccontextmanager
async def _transport(
    mailbox: Mailbox, *, tls: ssl.SSLContext | None = None, **changes: Any
) -> AsyncIterator[SmtpTransport]:
    """Open a transport once the server has its port."""
    timing = {name: changes.pop(name) for name in ("clock", "sleep") if name in changes}
    settings = {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "timeout_s": 5, "connections": 1}
    async with SmtpTransport(EmailConfig(**(settings | changes)), tls=tls, **timing) as transport:
        yield transport


def _send(
    mailbox: Mailbox,
    parcels: list[Parcel],
    *,
    server: dict[str, Any] | None = None,
    tls: ssl.SSLContext | None = None,
    **config: Any,
) -> list[Receipt]:
    async def scenario() -> list[Receipt]:
        async with mail_server(mailbox, **(server or {})), _transport(mailbox, tls=tls, **config) as transport:
            return [await transport.send(parcel) for parcel in parcels]

    return asyncio.run(scenario())


# --- going well ------------------------------------------------------------------------------------


def test_a_message_arrives_as_it_was_staged(tmp_path: Path) -> None:
    mailbox = Mailbox()
    (receipt,) = _send(mailbox, [_parcel(tmp_path, JANE, JOHN)])
    assert receipt == Receipt(Outcome.SENT, "250 2.0.0 queued as X1", {JANE: Outcome.SENT, JOHN: Outcome.SENT})
    (got,) = mailbox.messages
    assert got.original_content == MESSAGE
    assert got.mail_from == "shop@example.com"
    assert got.rcpt_tos == [JANE, JOHN]


def test_one_connection_carries_many_messages(tmp_path: Path) -> None:
    mailbox = Mailbox()
    receipts = _send(mailbox, [_parcel(tmp_path, number=n) for n in range(20)])
    assert [r.outcome for r in receipts] == [Outcome.SENT] * 20
    assert mailbox.connections == 1
    assert "RSET" not in mailbox.commands


def test_no_more_connections_are_opened_than_allowed(tmp_path: Path) -> None:
    mailbox = Mailbox()

    async def scenario() -> None:
        async with mail_server(mailbox), _transport(mailbox, connections=3) as transport:
            assert transport.concurrency == 3
            await asyncio.gather(*(transport.send(_parcel(tmp_path, number=n)) for n in range(30)))

    asyncio.run(scenario())
    assert len(mailbox.messages) == 30
    assert 1 < mailbox.connections <= 3


@pytest.mark.parametrize(
    ("content", "data"),
    [
        (b"a\r\n", b"a\r\n.\r\n"),
        (b"a", b"a\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"a\r\n.\r\nb\r\n", b"a\r\n..\r\nb\r\n.\r\n"),
        (b"a\n.\nb\r.\r", b"a\r\n..\r\nb\r\n..\r\n.\r\n"),
    ],
)
def test_dots_are_doubled_and_no_bare_line_end_can_end_a_message(content: bytes, data: bytes) -> None:
    assert as_data(content) == data


@given(st.text(alphabet="a.\r\n", max_size=12).map(str.encode))
def test_a_message_on_its_way_is_its_lines_one_by_one(content: bytes) -> None:
    lines = [b"." * line.startswith(b".") + line for line in content.splitlines()]
    assert as_data(content) == b"\r\n".join([*(lines or [b""]), b".", b""])


# --- refusals --------------------------------------------------------------------------------------


def test_one_refused_recipient_does_not_hold_the_others(tmp_path: Path) -> None:
    mailbox = Mailbox(rcpt={JOHN: deque(["550 5.1.1 no such user"]), JIM: deque(["451 4.2.0 greylisted"])})
    (receipt,) = _send(mailbox, [_parcel(tmp_path, JANE, JOHN, JIM)])
    assert receipt.outcome is Outcome.SENT
    assert receipt.outcomes == {JANE: Outcome.SENT, JOHN: Outcome.REJECTED, JIM: Outcome.FAILED}
    assert f"{JOHN} is refused: 550 5.1.1 no such user" in receipt.detail
    assert f"{JIM} is refused: 451 4.2.0 greylisted" in receipt.detail
    assert "queued as X1" in receipt.detail
    assert mailbox.messages[0].rcpt_tos == [JANE]


def test_the_outcome_is_that_of_the_first_recipient(tmp_path: Path) -> None:
    mailbox = Mailbox(rcpt={JANE: deque(["550 no"])})
    (receipt,) = _send(mailbox, [_parcel(tmp_path, JANE, JOHN)])
    assert receipt.outcome is Outcome.REJECTED
    assert receipt.outcomes[JOHN] is Outcome.SENT


def test_all_refused_sends_nothing_and_the_next_message_goes(tmp_path: Path) -> None:
    mailbox = Mailbox(rcpt={JANE: deque(["550 5.1.1 no such user"])})
    refused, sent = _send(mailbox, [_parcel(tmp_path), _parcel(tmp_path, number=2)])
    assert refused == Receipt(Outcome.REJECTED, f"{JANE} is refused: 550 5.1.1 no such user", {JANE: Outcome.REJECTED})
    assert sent.outcome is Outcome.SENT
    assert len(mailbox.messages) == 1
    assert mailbox.connections == 1
    assert mailbox.commands.count("RSET") == 1


def test_a_refused_sender_is_our_failure_not_the_recipients(tmp_path: Path) -> None:
    mailbox = Mailbox(mail=deque(["550 5.7.1 not your domain"]))
    failed, sent = _send(mailbox, [_parcel(tmp_path), _parcel(tmp_path, number=2)])
    assert failed.outcome is Outcome.FAILED
    assert failed.detail == "the sender shop@example.com is refused: 550 5.7.1 not your domain"
    assert sent.outcome is Outcome.SENT


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("451 4.3.0 try later", Outcome.FAILED),
        ("554 5.7.1 looks like spam", Outcome.REJECTED),
        ("421 4.3.2 closing", Outcome.FAILED),
    ],
)
def test_a_refused_message_has_the_server_s_words(tmp_path: Path, reply: str, outcome: Outcome) -> None:
    mailbox = Mailbox(data=deque([reply]))
    refused, sent = _send(mailbox, [_parcel(tmp_path), _parcel(tmp_path, number=2)])
    assert refused == Receipt(outcome, f"the message is refused: {reply}", {JANE: outcome})
    assert sent.outcome is Outcome.SENT


def test_a_message_larger_than_the_server_takes_is_not_tried(tmp_path: Path) -> None:
    mailbox = Mailbox()
    large = _parcel(tmp_path, content=MESSAGE + b"x" * 500_000)
    (receipt,) = _send(mailbox, [large], server={"data_size_limit": 200_000})
    assert receipt.outcome is Outcome.FAILED
    assert receipt.detail == "the message has 0.5 MB, the mail server takes at most 0.2 MB"
    assert mailbox.commands == []


def test_an_international_mailbox_goes_where_the_server_takes_it(tmp_path: Path) -> None:
    mailbox = Mailbox()
    (receipt,) = _send(mailbox, [_parcel(tmp_path, "jürgen@example.org")])
    assert receipt.outcome is Outcome.SENT
    assert mailbox.messages[0].rcpt_tos == ["jürgen@example.org"]
    assert "SMTPUTF8" in mailbox.messages[0].mail_options


def test_an_international_mailbox_fails_where_the_server_does_not(tmp_path: Path) -> None:
    mailbox = Mailbox(utf8=False)
    (receipt,) = _send(mailbox, [_parcel(tmp_path, "jürgen@example.org")])
    assert receipt.outcome is Outcome.FAILED
    assert "SMTPUTF8" in receipt.detail


def test_a_file_that_changed_after_it_was_made_is_not_sent(tmp_path: Path) -> None:
    mailbox = Mailbox()
    parcel = _parcel(tmp_path)
    parcel.files[0].path.write_bytes(MESSAGE + b"x")
    (receipt,) = _send(mailbox, [parcel])
    assert receipt.outcome is Outcome.FAILED
    assert "has changed since it was made" in receipt.detail
    assert mailbox.connections == 0


def test_an_envelope_cannot_hold_a_command(tmp_path: Path) -> None:
    mailbox = Mailbox()
    with pytest.raises(AddressError):
        _send(mailbox, [_parcel(tmp_path, "jane@example.org>\r\nRCPT TO:<eve@example.com")])
    assert mailbox.commands == []


# --- breaking off ----------------------------------------------------------------------------------


def test_a_connection_lost_after_the_final_dot_is_unknown_and_not_tried_again(tmp_path: Path) -> None:
    mailbox = Mailbox(data=deque(["drop"]))
    (receipt,) = _send(mailbox, [_parcel(tmp_path, JANE, JOHN)])
    assert receipt.outcome is Outcome.UNKNOWN
    assert receipt.outcomes == {JANE: Outcome.UNKNOWN, JOHN: Outcome.UNKNOWN}
    assert "no answer came" in receipt.detail
    assert len(mailbox.messages) == 1
    assert mailbox.connections == 1


def test_the_next_message_after_an_unknown_one_goes_over_a_fresh_connection(tmp_path: Path) -> None:
    mailbox = Mailbox(data=deque(["drop"]))
    unknown, sent = _send(mailbox, [_parcel(tmp_path), _parcel(tmp_path, number=2)])
    assert (unknown.outcome, sent.outcome) == (Outcome.UNKNOWN, Outcome.SENT)
    assert mailbox.connections == 2


def test_a_large_message_is_claimed_before_its_end_and_once_though_its_connection_breaks_before(tmp_path: Path) -> None:
    parcel = _parcel(tmp_path, content=MESSAGE + 3000 * (b"x" * 70 + b"\r\n"))
    mailbox, arrived = Mailbox(drops=["DATA"]), []

    async def claim() -> None:
        arrived.append(len(mailbox.messages))

    async def scenario() -> Receipt:
        async with mail_server(mailbox), _transport(mailbox) as transport:
            return await transport.send(parcel, claim)

    assert asyncio.run(scenario()).outcome is Outcome.SENT
    assert (arrived, len(mailbox.messages), mailbox.connections) == ([0], 1, 2)


def test_a_server_too_slow_with_its_answer_leaves_the_message_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("docgen.deliver.smtp_session._PATIENCE", 0.005)
    mailbox = Mailbox(data=deque(["hang"]))
    (receipt,) = _send(mailbox, [_parcel(tmp_path)], timeout_s=10)
    assert receipt.outcome is Outcome.UNKNOWN
    assert "Timed out" in receipt.detail


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_message_is_tried_once_more(tmp_path: Path, command: str) -> None:
    mailbox = Mailbox(drops=[command])
    (receipt,) = _send(mailbox, [_parcel(tmp_path)])
    assert receipt.outcome is Outcome.SENT
    assert len(mailbox.messages) == 1
    assert mailbox.connections == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_twice_before_the_message_makes_the_server_unavailable(tmp_path: Path, command: str) -> None:
    mailbox = Mailbox(drops=[command, command])
    with pytest.raises(TransportUnavailable, match="broke off twice before it took a message"):
        _send(mailbox, [_parcel(tmp_path)])
    assert mailbox.messages == []


def test_a_server_that_closes_with_words_is_left_and_tried_anew(tmp_path: Path) -> None:
    mailbox = Mailbox(rcpt={JANE: deque(["421 4.3.2 too many messages"])})
    (receipt,) = _send(mailbox, [_parcel(tmp_path)])
    assert receipt.outcome is Outcome.SENT
    assert mailbox.connections == 2


def test_a_connection_that_went_stale_is_replaced(tmp_path: Path) -> None:
    mailbox = Mailbox()
    parcels = [_parcel(tmp_path), _parcel(tmp_path, number=2)]

    async def scenario() -> list[Receipt]:
        async with mail_server(mailbox), _transport(mailbox) as transport:
            first = await transport.send(parcels[0])
            mailbox.drops.append("MAIL")
            return [first, await transport.send(parcels[1])]

    assert [r.outcome for r in asyncio.run(scenario())] == [Outcome.SENT, Outcome.SENT]
    assert len(mailbox.messages) == 2


def test_cancelling_a_send_does_not_reuse_its_connection(tmp_path: Path) -> None:
    mailbox = Mailbox(data=deque(["hang"]))

    async def scenario() -> Receipt:
        async with mail_server(mailbox), _transport(mailbox) as transport:
            sending = asyncio.create_task(transport.send(_parcel(tmp_path)))
            while mailbox.data:
                await asyncio.sleep(0)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            return await transport.send(_parcel(tmp_path, number=2))

    assert asyncio.run(scenario()).outcome is Outcome.SENT
    assert mailbox.connections == 2


# --- no way in -------------------------------------------------------------------------------------


def test_a_server_that_is_down_is_named(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        mailbox = Mailbox(port=free.getsockname()[1])

    async def scenario() -> None:
        async with _transport(mailbox) as transport:
            await transport.send(_parcel(tmp_path))

    with pytest.raises(TransportUnavailable) as caught:
        asyncio.run(scenario())
    assert str(caught.value) == (
        f"the mail server 127.0.0.1 port {mailbox.port} cannot be used: nothing answers there; "
        "check email.host and email.port"
    )
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (socket.gaierror(-2, "Name or service not known"), "its name is not known; check email.host and the network"),
        (OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 25), ..."), "nothing answers there"),
        (OSError(101, "Network is unreachable"), "Network is unreachable"),
    ],
)
def test_what_the_network_says_is_put_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, problem: str
) -> None:
    async def connect(*args: Any, **options: Any) -> None:
        raise error

    async def scenario() -> None:
        async with _transport(Mailbox(port=25)) as transport:
            monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", connect)
            await transport.send(_parcel(tmp_path))

    with pytest.raises(TransportUnavailable, match=problem):
        asyncio.run(scenario())


async def _speak(words: bytes, talk: Callable[[int], Awaitable[None]]) -> None:
    """Run a server that says one thing to everyone and then nothing."""

    writers: list[asyncio.StreamWriter] = []

    def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        writers.append(writer)

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        try:
            await talk(server.sockets[0].getsockname()[1])
        finally:
            for writer in writers:
                writer.close()


@pytest.mark.parametrize(
    ("words", "timeout_s", "problem"),
    [
        (b"", 0.05, "it does not answer within 0.05 s"),
        (b"554 5.7.1 your address is blocked\r\n", 10, "it answers 554 5.7.1 your address is blocked"),
        (b"Welcome to the web\r\n", 10, "Welcome to the web"),
    ],
)
def test_a_server_that_does_not_want_us_is_named_with_its_words(
    tmp_path: Path, words: bytes, timeout_s: float, problem: str
) -> None:
    async def talk(port: int) -> None:
        async with _transport(Mailbox(port=port), timeout_s=timeout_s) as transport:
            await transport.send(_parcel(tmp_path))

    with pytest.raises(TransportUnavailable, match=problem):
        asyncio.run(_speak(words, talk))


def test_a_transport_without_a_server_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match=r"email\.host is not set"):
        SmtpTransport(EmailConfig())


# --- encryption and login --------------------------------------------------------------------------


def test_a_message_goes_over_tls_from_the_first_byte(tmp_path: Path, certificate: Certificate) -> None:
    mailbox = Mailbox()
    (receipt,) = _send(
        mailbox, [_parcel(tmp_path)], server={"tls": certificate.server}, tls=certificate.client, security="tls"
    )
    assert receipt.outcome is Outcome.SENT


def test_a_connection_is_encrypted_before_anything_is_said(tmp_path: Path, certificate: Certificate) -> None:
    mailbox = Mailbox()
    server = {"tls_context": certificate.server, "require_starttls": True}
    receipts = _send(
        mailbox,
        [_parcel(tmp_path), _parcel(tmp_path, number=2)],
        server=server,
        tls=certificate.client,
        security="starttls",
    )
    assert [r.outcome for r in receipts] == [Outcome.SENT, Outcome.SENT]
    assert mailbox.connections == 1


def test_a_server_without_starttls_gets_nothing(tmp_path: Path) -> None:
    mailbox = Mailbox()
    with pytest.raises(TransportUnavailable, match="does not offer STARTTLS, and nothing is sent unencrypted"):
        _send(mailbox, [_parcel(tmp_path)], security="starttls")
    assert mailbox.commands == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_signed_is_not_trusted(
    tmp_path: Path, certificate: Certificate, security: str
) -> None:
    server = {"tls": certificate.server} if security == "tls" else {"tls_context": certificate.server}
    mailbox = Mailbox()
    with pytest.raises(TransportUnavailable, match="its certificate is not trusted"):
        _send(mailbox, [_parcel(tmp_path)], server=server, security=security)
    assert mailbox.commands == []


def test_tls_against_a_plain_port_says_what_to_change(tmp_path: Path) -> None:
    with pytest.raises(TransportUnavailable, match="tls is for port 465, starttls for 587"):
        _send(Mailbox(), [_parcel(tmp_path)], security="tls")


def _login(mailbox: Mailbox, certificate: Certificate) -> dict[str, Any]:
    options = {"tls_context": certificate.server, "auth_required": True, "authenticator": mailbox.authenticate}
    return {"server": options, "tls": certificate.client, "security": "starttls", "username": "shop"}


def test_a_server_that_asks_for_a_login_gets_it(tmp_path: Path, certificate: Certificate) -> None:
    mailbox = Mailbox()
    (receipt,) = _send(mailbox, [_parcel(tmp_path)], password="correct horse", **_login(mailbox, certificate))
    assert receipt.outcome is Outcome.SENT
    assert mailbox.logins == [(b"shop", b"correct horse")]


def test_a_refused_login_names_the_user_and_never_the_password(tmp_path: Path, certificate: Certificate) -> None:
    mailbox = Mailbox()
    with pytest.raises(TransportUnavailable, match="it refuses the login of shop: 535") as caught:
        _send(mailbox, [_parcel(tmp_path)], password="wrong battery", **_login(mailbox, certificate))
    assert "check email.username and email.password" in str(caught.value)
    assert "battery" not in str(caught.value)
    assert mailbox.messages == []


# --- pace ------------------------------------------------------------------------------------------


def test_the_rate_per_minute_is_kept(tmp_path: Path) -> None:
    mailbox, now, starts = Mailbox(), [100.0], []

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    async def scenario() -> None:
        pace = {"rate_per_minute": 30, "clock": lambda: now[0], "sleep": sleep}
        async with mail_server(mailbox), _transport(mailbox, **pace) as transport:
            for number in range(4):
                await transport.send(_parcel(tmp_path, number=number))
                starts.append(now[0])

    asyncio.run(scenario())
    assert starts == [100.0, 102.0, 104.0, 106.0]
