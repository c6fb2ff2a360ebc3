"""Sending through Postfix and its smtp-sink: pipelined, encrypted, logged in, refused, dropped and slow."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mailers import PASSWORD, USER, Postfix, postfix, smtp_sink
from mailservers import Certificate, make_certificate

from docgen import loops
from docgen.config import EmailConfig
from docgen.deliver.smtp import SmtpTransport
from docgen.errors import TransportUnavailable
from docgen.model import Envelope, Outcome, Parcel, Receipt, StagedFile


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def certificate(papers: Path) -> Certificate:
    return make_certificate(papers)


@pytest.fixture(scope="module")
def server() -> Iterator[Postfix]:
    with postfix() as running:
        yield running


def _parcel(folder: Path, number: int, *recipients: str, size: int = 100) -> Parcel:
    content = f"Message-ID: <{number}@docgen.test>\r\nSubject: {number}\r\n\r\n{'.x' * 30}\r\n".encode()
    content += b".hello\r\n" * (size // 8)
    path = folder / f"{number}.eml"
    path.write_bytes(content)
    file = StagedFile(path, path.name, "message/rfc822", hashlib.sha256(content).hexdigest())
    recipients = recipients or (f"person{number}@example.org",)
    return Parcel(number, str(number), recipients[0], (file,), Envelope(USER, recipients))


def _send(port: int, parcels: list[Parcel], *, tls: Any = None, **changes: Any) -> list[Receipt]:
    settings = {"host": "127.0.0.1", "port": port, "security": "none", "timeout_s": 10, "connections": 3} | changes

    async def scenario() -> list[Receipt]:
        async with SmtpTransport(EmailConfig.model_validate(settings), tls=tls) as transport:
            return await asyncio.gather(*(transport.send(parcel) for parcel in parcels))

    return loops.run(scenario())


def _outcomes(receipts: list[Receipt]) -> Counter[Outcome]:
    return Counter(receipt.outcome for receipt in receipts)


# --- Postfix ---------------------------------------------------------------------------------------


def test_postfix_takes_many_messages_each_once(server: Postfix, tmp_path: Path) -> None:
    receipts = _send(server.port, [_parcel(tmp_path, n) for n in range(60)], messages_per_connection=7)
    assert _outcomes(receipts) == {Outcome.SENT: 60}
    ids = [f"<{n}@docgen.test>" for n in range(60)]
    assert [len(server.got(*ids)[id_]) for id_ in ids] == [1] * 60


def test_postfix_refuses_some_recipients_and_the_message_goes_to_the_others(server: Postfix, tmp_path: Path) -> None:
    one = "person900@example.org"
    (receipt,) = _send(
        server.port, [_parcel(tmp_path, 900, one, "nobody@example.org", "greylisted@example.org", "x@elsewhere.test")]
    )
    assert list(receipt.outcomes.values()) == [Outcome.SENT, Outcome.REJECTED, Outcome.FAILED, Outcome.REJECTED]
    assert receipt.answers["greylisted@example.org"].startswith("450 4.2.0")
    assert receipt.answers["nobody@example.org"].startswith("550 5.1.1")


def test_a_message_for_nobody_ends_with_a_lone_dot_and_the_next_one_goes(server: Postfix, tmp_path: Path) -> None:
    parcels = [_parcel(tmp_path, 910, "nobody@example.org"), _parcel(tmp_path, 911)]
    refused, sent = _send(server.port, parcels, connections=1)
    assert (refused.outcome, sent.outcome) == (Outcome.REJECTED, Outcome.SENT)
    got = server.got("<911@docgen.test>")
    assert "<911@docgen.test>" in got
    assert "<910@docgen.test>" not in got


def test_postfix_takes_a_large_message_whole(server: Postfix, tmp_path: Path) -> None:
    (receipt,) = _send(server.port, [_parcel(tmp_path, 920, size=2_000_000)])
    assert receipt.outcome is Outcome.SENT
    (large,) = server.got("<920@docgen.test>")["<920@docgen.test>"]
    assert str(large.get_payload()).count("\n.hello") == 250_000


def test_postfix_is_not_given_more_than_it_takes(server: Postfix, tmp_path: Path) -> None:
    (receipt,) = _send(server.port, [_parcel(tmp_path, 930, size=11_000_000)])
    assert receipt.outcome is Outcome.FAILED
    assert "takes at most 10.2 MB" in receipt.detail


def test_postfix_takes_messages_over_tls_from_who_logs_in(
    papers: Path, certificate: Certificate, tmp_path: Path
) -> None:
    with postfix(papers, login=True) as server:
        secure = {"security": "starttls", "tls": certificate.client}
        login = secure | {"username": USER, "password": PASSWORD}
        receipts = _send(server.port, [_parcel(tmp_path, n, size=100_000) for n in range(10)], **login)
        assert _outcomes(receipts) == {Outcome.SENT: 10}
        assert len(server.got(*(f"<{n}@docgen.test>" for n in range(10)))) == 10
        with pytest.raises(TransportUnavailable, match=r"it refuses the login of shop@example\.com: 535"):
            _send(server.port, [_parcel(tmp_path, 20)], **(login | {"password": "wrong"}))


# --- smtp-sink -------------------------------------------------------------------------------------


def test_a_sink_counts_what_was_sent(tmp_path: Path) -> None:
    with smtp_sink(taken=tmp_path / "taken") as port:
        receipts = _send(port, [_parcel(tmp_path, n) for n in range(200)])
    assert _outcomes(receipts) == {Outcome.SENT: 200}
    assert _taken(tmp_path / "taken") == Counter({f"<{n}@docgen.test>": 1 for n in range(200)})


def _taken(folder: Path) -> Counter[str]:
    lines = (line for path in folder.iterdir() for line in path.read_text().splitlines())
    return Counter(line.split()[1] for line in lines if line.startswith("Message-ID:"))


def test_a_server_that_hangs_up_after_each_dot_leaves_each_message_unknown(tmp_path: Path) -> None:
    with smtp_sink("-q", ".") as port:
        receipts = _send(port, [_parcel(tmp_path, n) for n in range(5)])
    assert _outcomes(receipts) == {Outcome.UNKNOWN: 5}


@pytest.mark.parametrize("command", ["mail", "rcpt", "data"])
def test_a_server_that_hangs_up_before_the_message_is_unavailable(tmp_path: Path, command: str) -> None:
    with (
        smtp_sink("-q", command) as port,
        pytest.raises(TransportUnavailable, match="broke off twice"),
    ):
        _send(port, [_parcel(tmp_path, 1)])


def test_a_server_that_says_421_and_hangs_up_after_the_dot_did_not_take_it(tmp_path: Path) -> None:
    with smtp_sink("-Q", ".") as port:
        (receipt,) = _send(port, [_parcel(tmp_path, 1)])
    assert receipt.outcome is Outcome.FAILED
    assert receipt.answers["person1@example.org"].startswith("421")


@pytest.mark.parametrize(
    ("how", "command", "outcome"),
    [
        ("-r", "rcpt", Outcome.FAILED),
        ("-r", "data", Outcome.FAILED),
        ("-r", ".", Outcome.FAILED),
        ("-f", "rcpt", Outcome.REJECTED),
        ("-f", "data", Outcome.REJECTED),
        ("-f", ".", Outcome.REJECTED),
        ("-f", "mail", Outcome.FAILED),
    ],
)
def test_a_server_that_refuses_is_heard(tmp_path: Path, how: str, command: str, outcome: Outcome) -> None:
    with smtp_sink(how, command) as port:
        receipts = _send(port, [_parcel(tmp_path, n) for n in range(4)], connections=1)
    assert _outcomes(receipts) == {outcome: 4}
    assert all(receipt.answers for receipt in receipts)


def test_a_slow_server_is_waited_for(tmp_path: Path) -> None:
    with smtp_sink("-w", "1") as port:
        receipts = _send(port, [_parcel(tmp_path, n) for n in range(2)], timeout_s=3)
    assert _outcomes(receipts) == {Outcome.SENT: 2}


def test_a_server_without_pipelining_is_spoken_to_step_by_step(tmp_path: Path) -> None:
    with smtp_sink("-p", taken=tmp_path / "taken") as port:
        receipts = _send(port, [_parcel(tmp_path, n) for n in range(20)])
    assert _outcomes(receipts) == {Outcome.SENT: 20}
    assert len(_taken(tmp_path / "taken")) == 20


# --- several accounts ------------------------------------------------------------------------------


def test_each_account_gets_its_share(tmp_path: Path) -> None:
    with smtp_sink(taken=tmp_path / "one") as one, smtp_sink(taken=tmp_path / "two") as two:
        accounts = [_account(one, 3), _account(two, 1)]
        receipts = _send(one, [_parcel(tmp_path, n) for n in range(40)], accounts=accounts)
    assert _outcomes(receipts) == {Outcome.SENT: 40}
    first, second = _taken(tmp_path / "one"), _taken(tmp_path / "two")
    assert (len(first), len(second)) == (30, 10)
    assert max((first + second).values()) == 1


def _account(port: int, weight: int) -> dict[str, object]:
    return {"host": "127.0.0.1", "port": port, "security": "none", "weight": weight}


def test_an_account_that_is_down_leaves_its_share_to_the_others(tmp_path: Path) -> None:
    with smtp_sink("-q", "connect") as down, smtp_sink() as up:
        receipts = _send(up, [_parcel(tmp_path, n) for n in range(6)], accounts=[_account(down, 5), _account(up, 1)])
    assert _outcomes(receipts) == {Outcome.SENT: 6}
