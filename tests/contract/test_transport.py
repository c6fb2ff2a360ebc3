"""What every transport promises: folder, outbox and SMTP through a real server; the print run for its batch form."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from mailservers import Mailbox, mail_server

from docgen.config import EmailConfig
from docgen.deliver import TRANSPORTS
from docgen.deliver.folder import FolderTransport
from docgen.deliver.outbox import OutboxTransport
from docgen.deliver.print_run import PrintTransport
from docgen.deliver.smtp import SmtpTransport
from docgen.errors import TransportUnavailable
from docgen.model import DELIVERED, Envelope, Outcome, Parcel, Receipt, StagedFile
from docgen.protocols import BatchTransport, Feature, NotClaimed, Transport


@dataclass(frozen=True)
class Channel:
    """A transport opened on some place, and a way to see what arrived there."""

    transport: Transport
    arrived: Callable[[], list[bytes]]


Opener = Callable[[Path], AbstractAsyncContextManager[Channel]]


def _files(folder: Path) -> list[bytes]:
    return sorted(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@asynccontextmanager
async def _folder(place: Path) -> AsyncIterator[Channel]:
    async with FolderTransport(place) as transport:
        yield Channel(transport, lambda: _files(place))


@asynccontextmanager
async def _outbox(place: Path) -> AsyncIterator[Channel]:
    # As a mailbox keeps messages: the envelope's sender stands above each.
    above = b"Return-Path: <shop@example.com>\r\n"
    async with OutboxTransport(place) as transport:
        yield Channel(transport, lambda: [content.removeprefix(above) for content in _files(place)])


@asynccontextmanager
async def _smtp(place: Path) -> AsyncIterator[Channel]:
    mailbox = Mailbox()
    async with _to_server(mailbox) as channel:
        yield channel
    assert mailbox.ahead == 0


@asynccontextmanager
async def _to_server(mailbox: Mailbox) -> AsyncIterator[Channel]:
    async with mail_server(mailbox):
        config = EmailConfig.model_validate({"host": "127.0.0.1", "port": mailbox.port, "security": "none"})
        async with SmtpTransport(config) as transport:
            yield Channel(transport, lambda: sorted(bytes(m.original_content or b"") for m in mailbox.messages))


@asynccontextmanager
async def _smtp_pipelined(place: Path) -> AsyncIterator[Channel]:
    mailbox = Mailbox(pipelining=True)
    async with _to_server(mailbox) as channel:
        yield channel
    assert mailbox.ahead >= 2 * len(mailbox.messages), "sender and recipients wait for no answer"


OPENERS: dict[str, Opener] = {
    "folder": _folder,
    "outbox": _outbox,
    "smtp": _smtp,
    "smtp, pipelined": _smtp_pipelined,
}


@pytest.fixture(params=sorted(OPENERS))
def opener(request: pytest.FixtureRequest) -> Opener:
    return OPENERS[request.param]


def _parcel(folder: Path, number: int, content: bytes | None = None) -> Parcel:
    content = content if content is not None else f"Subject: {number}\r\n\r\nHello {number}\r\n".encode()
    path = folder / f"staged-{number}.eml"
    path.write_bytes(content)
    file = StagedFile(path, f"{number}.eml", "message/rfc822", hashlib.sha256(content).hexdigest())
    address = f"person{number}@example.org"
    return Parcel(number, f"K{number}", address, (file,), Envelope("shop@example.com", (address,)))


def _run(opener: Opener, place: Path, parcels: Sequence[Parcel]) -> tuple[list[Receipt], list[bytes]]:
    async def scenario() -> tuple[list[Receipt], list[bytes]]:
        async with opener(place) as channel:
            receipts = [await channel.transport.send(parcel) for parcel in parcels]
            return receipts, channel.arrived()

    return asyncio.run(scenario())


def test_it_has_the_shape_of_a_transport(opener: Opener, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opener(tmp_path / "place") as channel:
            assert isinstance(channel.transport, Transport)
            assert TRANSPORTS[channel.transport.name] is type(channel.transport)
            assert channel.transport.concurrency >= 1
            assert channel.transport.features <= set(Feature)

    asyncio.run(scenario())


def test_it_delivers_the_staged_bytes_and_says_where(opener: Opener, tmp_path: Path) -> None:
    parcel = _parcel(tmp_path, 1)
    (receipt,), arrived = _run(opener, tmp_path / "place", [parcel])
    assert receipt.outcome in DELIVERED
    assert receipt.detail
    assert set(receipt.outcomes.values()) <= {receipt.outcome}
    assert arrived == [parcel.files[0].path.read_bytes()]


def test_it_delivers_many_at_once_and_each_once(opener: Opener, tmp_path: Path) -> None:
    parcels = [_parcel(tmp_path, n) for n in range(25)]

    async def scenario() -> list[bytes]:
        async with opener(tmp_path / "place") as channel:
            receipts = await asyncio.gather(*(channel.transport.send(parcel) for parcel in parcels))
            assert {receipt.outcome for receipt in receipts} <= DELIVERED
            return channel.arrived()

    assert asyncio.run(scenario()) == sorted(parcel.files[0].path.read_bytes() for parcel in parcels)


def test_twice_is_the_same_as_once_where_that_is_promised(opener: Opener, tmp_path: Path) -> None:
    parcel = _parcel(tmp_path, 1)

    async def scenario() -> None:
        async with opener(tmp_path / "place") as channel:
            first, second = [await channel.transport.send(parcel) for _ in range(2)]
            if Feature.IDEMPOTENT in channel.transport.features:
                assert first == second
                assert len(channel.arrived()) == 1
            else:
                assert channel.transport.name == "smtp"

    asyncio.run(scenario())
    if opener not in (_smtp, _smtp_pipelined):
        # A new process after a crash knows nothing of the first attempt.
        assert len(_run(opener, tmp_path / "place", [parcel])[1]) == 1


def test_it_claims_before_anything_arrives(opener: Opener, tmp_path: Path) -> None:
    parcel, seen = _parcel(tmp_path, 1), []

    async def scenario() -> Receipt:
        async with opener(tmp_path / "place") as channel:

            async def claim() -> None:
                seen.append(channel.arrived())

            return await channel.transport.send(parcel, claim)

    assert asyncio.run(scenario()).outcome in DELIVERED
    assert seen == [[]]


def test_it_hands_over_nothing_that_may_not_be_claimed(opener: Opener, tmp_path: Path) -> None:
    first, second = _parcel(tmp_path, 1), _parcel(tmp_path, 2)

    async def refuse() -> None:
        raise NotClaimed

    async def scenario() -> list[bytes]:
        async with opener(tmp_path / "place") as channel:
            with pytest.raises(NotClaimed):
                await channel.transport.send(first, refuse)
            await channel.transport.send(second)
            return channel.arrived()

    assert asyncio.run(scenario()) == [second.files[0].path.read_bytes()]


def test_it_refuses_a_file_that_changed_after_it_was_made(opener: Opener, tmp_path: Path) -> None:
    changed, whole = _parcel(tmp_path, 1), _parcel(tmp_path, 2)
    changed.files[0].path.write_bytes(b"Subject: forged\r\n\r\n")
    receipts, arrived = _run(opener, tmp_path / "place", [changed, whole])
    assert [receipt.outcome in DELIVERED for receipt in receipts] == [False, True]
    assert receipts[0].outcome is Outcome.FAILED
    assert "has changed since it was made" in receipts[0].detail
    assert arrived == [whole.files[0].path.read_bytes()]


def test_it_refuses_a_file_that_is_gone(opener: Opener, tmp_path: Path) -> None:
    parcel = _parcel(tmp_path, 1)
    parcel.files[0].path.unlink()
    (receipt,), arrived = _run(opener, tmp_path / "place", [parcel])
    assert receipt.outcome is Outcome.FAILED
    assert "cannot be read" in receipt.detail
    assert arrived == []


@pytest.mark.parametrize("kind", ["folder", "outbox"])
def test_a_full_disk_stops_the_channel_and_leaves_no_half_file(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcel = _parcel(tmp_path, 1)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TransportUnavailable, match="the disk is full"):
        _run(OPENERS[kind], tmp_path / "place", [parcel])
    assert _files(tmp_path / "place") == []


def test_a_print_run_has_the_shape_of_a_batch_transport(tmp_path: Path) -> None:
    transport: BatchTransport = PrintTransport(tmp_path)
    assert transport.features == {Feature.BATCH, Feature.IDEMPOTENT}
    assert TRANSPORTS[transport.name] is PrintTransport
    assert transport.send_batch([]) == {}


def test_the_table_names_every_channel() -> None:
    assert sorted(TRANSPORTS) == ["folder", "outbox", "print", "smtp"]
