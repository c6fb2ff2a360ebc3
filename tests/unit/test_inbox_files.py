"""Messages in files: Maildir, mbox, single ones."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from docgen.errors import SourceError
from docgen.inbox import read_files
from docgen.replies.sameness import digest

CORPUS = sorted((Path(__file__).parents[1] / "bounces").glob("*.eml"))


def test_a_maildir_is_read_new_and_seen_and_left_as_it_is(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box", create=True)
    for path in CORPUS:
        box.add(path.read_bytes())
    seen = sorted((tmp_path / "box/new").iterdir())[:5]
    for path in seen:
        path.rename(tmp_path / "box/cur" / f"{path.name}:2,S")
    (tmp_path / "box/new/.hidden").write_text("no message")
    before = sorted((path, path.stat().st_mtime_ns) for path in (tmp_path / "box").rglob("*") if path.is_file())
    letters = list(read_files(tmp_path / "box"))
    assert {digest(letter.content) for letter in letters} == {digest(path.read_bytes()) for path in CORPUS}
    assert len(letters) == len(CORPUS)
    assert before == sorted((p, p.stat().st_mtime_ns) for p in (tmp_path / "box").rglob("*") if p.is_file())


def test_a_message_that_a_mail_program_moves_meanwhile_is_read(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box", create=True)
    box.add(b"Subject: one\n\n1\n")
    box.add(b"Subject: two\n\n2\n")
    letters = read_files(tmp_path / "box")
    next(letters)
    [path] = [path for path in (tmp_path / "box/new").iterdir() if b"two" in path.read_bytes()] or [None]
    last = path or next((tmp_path / "box/new").iterdir())
    last.rename(tmp_path / "box/cur" / f"{last.name}:2,S")
    assert {digest(letter.content) for letter in letters}


def test_an_mbox_is_read_as_its_messages(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box", create=True)
    for path in CORPUS:
        box.add(path.read_bytes())
    box.add(b"Subject: x\n\nFrom here on, not a separator.\n\nFrom there neither.\n")
    box.close()
    letters = list(read_files(tmp_path / "box"))
    assert len(letters) == len(CORPUS) + 1
    assert {digest(path.read_bytes()) for path in CORPUS} < {digest(letter.content) for letter in letters}


def test_a_single_message_is_one(tmp_path: Path) -> None:
    assert [letter.content for letter in read_files(CORPUS[0])] == [CORPUS[0].read_bytes()]


def test_an_empty_mailbox_has_no_messages(tmp_path: Path) -> None:
    (tmp_path / "box").write_bytes(b"")
    (tmp_path / "dir/cur").mkdir(parents=True)
    assert list(read_files(tmp_path / "box")) == []
    assert list(read_files(tmp_path / "dir")) == []


def test_what_is_no_mailbox_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is no Maildir"):
        list(read_files(tmp_path))
    with pytest.raises(SourceError, match="there is no mailbox"):
        list(read_files(tmp_path / "absent"))


@pytest.mark.parametrize(
    "content",
    [
        b"company:\n  name: Shop\nemail:\n  from: a@example.com\n",
        b"Hello,\n\nFrom: ana@example.com\n",
        b"no;name;city\n1;Ona;Vilnius\n",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
        b"\nFrom: ana@example.com\n",
        b"notes\n\nFrom ana@example.com Mon May  4 12:00:00 2026\nFrom: ana@example.com\n\nhi\n",
    ],
)
def test_a_file_that_is_no_message_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config.yaml").write_bytes(content)
    with pytest.raises(SourceError, match=r"config\.yaml is no message and no mbox file; a message begins with fields"):
        list(read_files(tmp_path / "config.yaml"))


@pytest.mark.parametrize("field", ["From: x", "date: today", "RECEIVED: by x", "Return-Path: <>", "From : a"])
def test_one_field_of_a_message_is_enough(tmp_path: Path, field: str) -> None:
    (tmp_path / "one.eml").write_bytes(b"\xef\xbb\xbfX-Mine: yes\r\n" + field.encode() + b"\r\n\r\nhello")
    assert len(list(read_files(tmp_path / "one.eml"))) == 1
