"""Delivery into folders and outboxes: names, collisions, what is there already."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from docgen.deliver import outbox
from docgen.deliver.folder import FolderTransport
from docgen.deliver.outbox import OutboxTransport
from docgen.model import Envelope, Outcome, Parcel, Receipt, StagedFile


def _parcel(folder: Path, *contents: bytes, **changes: Any) -> Parcel:
    files = []
    for content in contents or (b"one",):
        digest = hashlib.sha256(content).hexdigest()
        path = folder / digest
        path.write_bytes(content)
        files.append(StagedFile(path, f"{content.decode()}.pdf", "application/pdf", digest))
    settled: dict[str, Any] = {"delivery": 1, "key": "K1", "recipient": "archive/2026", "files": tuple(files)}
    return Parcel(**(settled | changes))


def _send(transport: FolderTransport | OutboxTransport, *parcels: Parcel) -> list[Receipt]:
    async def scenario() -> list[Receipt]:
        async with transport:
            return [await transport.send(parcel) for parcel in parcels]

    return asyncio.run(scenario())


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    folder = tmp_path / "staged"
    folder.mkdir()
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


def test_all_files_of_a_parcel_go_into_its_folder(staged: Path, root: Path) -> None:
    (receipt,) = _send(FolderTransport(root), _parcel(staged, b"one", b"two"))
    folder = root / "archive" / "2026"
    assert receipt == Receipt(Outcome.SENT, f"{folder / 'one.pdf'}, {folder / 'two.pdf'}")
    assert (folder / "two.pdf").read_bytes() == b"two"


@pytest.mark.parametrize("recipient", ["../out", "/etc", "a/../../b", "C:\\x"])
def test_a_folder_outside_the_root_is_refused(staged: Path, root: Path, recipient: str) -> None:
    (receipt,) = _send(FolderTransport(root), _parcel(staged, recipient=recipient))
    assert receipt.outcome is Outcome.FAILED
    assert "would leave the folder" in receipt.detail
    assert not root.exists()


def test_a_file_of_other_content_is_kept_and_nothing_of_the_parcel_is_written(staged: Path, root: Path) -> None:
    taken = root / "archive" / "2026" / "two.pdf"
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"older")
    (receipt,) = _send(FolderTransport(root), _parcel(staged, b"one", b"two"))
    assert receipt.outcome is Outcome.FAILED
    assert receipt.detail == f"there already with other content, and left as it was: {taken}"
    assert os.listdir(taken.parent) == ["two.pdf"]
    assert taken.read_bytes() == b"older"


def test_a_file_of_other_content_is_replaced_when_told(staged: Path, root: Path) -> None:
    taken = root / "archive" / "2026" / "one.pdf"
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"older")
    (receipt,) = _send(FolderTransport(root, replace=True), _parcel(staged))
    assert receipt.outcome is Outcome.SENT
    assert taken.read_bytes() == b"one"


def test_a_file_of_equal_content_is_not_touched(staged: Path, root: Path) -> None:
    parcel = _parcel(staged)
    _send(FolderTransport(root), parcel)
    path = root / "archive" / "2026" / "one.pdf"
    before = path.stat()
    assert _send(FolderTransport(root), parcel)[0].outcome is Outcome.SENT
    assert path.stat().st_ino == before.st_ino


def test_a_folder_where_a_file_should_be_fails_one_parcel_only(staged: Path, root: Path) -> None:
    (root / "archive" / "2026" / "one.pdf").mkdir(parents=True)
    bad, good = _send(FolderTransport(root, replace=True), _parcel(staged), _parcel(staged, b"two"))
    assert (bad.outcome, good.outcome) == (Outcome.FAILED, Outcome.SENT)
    assert "a folder has that name" in bad.detail


def _mail(staged: Path, content: bytes = b"mail", **changes: Any) -> Parcel:
    envelope = Envelope("shop@example.com", ("jane@example.org",))
    return _parcel(staged, content, **({"recipient": "jane@example.org", "envelope": envelope} | changes))


def test_a_message_is_queued_under_key_and_address(staged: Path, root: Path) -> None:
    (receipt,) = _send(OutboxTransport(root), _mail(staged, key="INV/2026:7"))
    path = root / "INV-2026-7 jane@example.org.eml"
    assert receipt == Receipt(Outcome.QUEUED, str(path), {"jane@example.org": Outcome.QUEUED})
    assert path.read_bytes() == b"Return-Path: <shop@example.com>\r\nmail"


def _bodies(root: Path) -> list[bytes]:
    return sorted(path.read_bytes().removeprefix(b"Return-Path: <shop@example.com>\r\n") for path in root.iterdir())


def test_two_messages_of_one_name_are_both_kept(staged: Path, root: Path) -> None:
    parcels = [_mail(staged, b"a"), _mail(staged, b"b", delivery=2), _mail(staged, b"c", delivery=3, key="k1")]
    receipts = _send(OutboxTransport(root), *parcels)
    assert _bodies(root) == [b"a", b"b", b"c"]
    # Another process, after a crash, finds each where it was.
    assert _send(OutboxTransport(root), *parcels) == receipts
    assert len(os.listdir(root)) == 3


def test_two_messages_of_one_name_at_the_same_moment_are_both_kept(staged: Path, root: Path) -> None:
    parcels = [_mail(staged, str(n).encode(), delivery=n) for n in range(8)]

    async def scenario() -> None:
        async with OutboxTransport(root) as transport:
            await asyncio.gather(*(transport.send(parcel) for parcel in parcels))

    asyncio.run(scenario())
    assert _bodies(root) == [str(n).encode() for n in range(8)]


def test_an_outbox_remembers_a_bounded_number_of_names_and_still_loses_nothing(
    staged: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "REMEMBERED", 5)
    transport = OutboxTransport(root)
    _send(transport, *(_mail(staged, str(n).encode(), delivery=n, key=f"K{n}") for n in range(20)))
    assert len(transport._taken) <= 5
    _send(transport, _mail(staged, b"again", delivery=99, key="K0"))
    assert len(_bodies(root)) == 21


def test_a_message_that_is_there_already_is_not_written_over(staged: Path, root: Path) -> None:
    _send(OutboxTransport(root), _mail(staged, b"a"))
    _send(OutboxTransport(root), _mail(staged, b"b"))
    assert _bodies(root) == [b"a", b"b"]


def test_long_keys_keep_messages_apart(staged: Path, root: Path) -> None:
    parcels = [_mail(staged, str(n).encode(), key="x" * 300 + str(n)) for n in range(3)]
    _send(OutboxTransport(root), *parcels)
    assert _bodies(root) == [b"0", b"1", b"2"]
