"""The inbox of a real IMAP server: all read once, nothing marked as seen, what comes later read later."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from dovecot import ImapServer, start_dovecot
from mailservers import Certificate, make_certificate

from docgen.errors import TransportUnavailable
from docgen.inbox import imap_name, read_imap
from docgen.inbox.imap import quote_folder
from docgen.replies.sameness import digest
from docgen.replyconfig import InboxConfig

CORPUS = sorted((Path(__file__).parents[1] / "bounces").glob("*.eml"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Certificate, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    return make_certificate(folder), folder


@pytest.fixture
def server(certificate: tuple[Certificate, Path]) -> Iterator[ImapServer]:
    with start_dovecot(certificate[1]) as running:
        yield running


def _put(server: ImapServer, *paths: Path) -> None:
    for path in paths:
        target = server.maildir / "new" / f"{path.stem}.{len(list((server.maildir / 'new').iterdir()))}"
        shutil.copy(path, target)
        shutil.chown(target, server.maildir.stat().st_uid, server.maildir.stat().st_gid)


def _config(server: ImapServer, **more: object) -> InboxConfig:
    fields = {"host": "127.0.0.1", "port": server.port, "security": "starttls", "username": "bounces"}
    return InboxConfig.model_validate(fields | {"password": "correct-horse", "timeout_s": 10} | more)


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_every_message_is_read_once_and_what_comes_later_is_read_later(
    server: ImapServer, certificate: tuple[Certificate, Path], security: str
) -> None:
    port = server.tls_port if security == "tls" else server.port
    config, context = _config(server, security=security, port=port), certificate[0].client
    _put(server, *CORPUS[:30])
    letters = list(read_imap(config, "", context))
    assert {digest(letter.content) for letter in letters} == {digest(path.read_bytes()) for path in CORPUS[:30]}
    mark = letters[-1].mark
    assert list(read_imap(config, mark, context)) == []
    _put(server, *CORPUS[30:33])
    later = list(read_imap(config, mark, context))
    assert {digest(letter.content) for letter in later} == {digest(path.read_bytes()) for path in CORPUS[30:33]}
    assert len(list(read_imap(config, "1:1", context))) == 33  # of another life of the folder
    assert not [path for path in (server.maildir / "cur").iterdir() if "S" in path.name.partition(":2,")[2]]


def test_a_reader_that_stops_midway_goes_on_there(server: ImapServer, certificate: tuple[Certificate, Path]) -> None:
    _put(server, *CORPUS[:25])
    letters = read_imap(_config(server), "", certificate[0].client)
    first = next(letters)
    letters.close()
    assert len(list(read_imap(_config(server), first.mark, certificate[0].client))) == 24


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"password": "wrong"},
            r"it refuses the login of \w+: \[AUTHENTICATIONFAILED\] .*; check email\.inbox\.us",
        ),
        ({"folder": "Nowhere"}, "doesn't exist.*check email.inbox in config.yaml"),
    ],
)
def test_what_the_server_refuses_is_told_without_the_password(
    server: ImapServer, certificate: tuple[Certificate, Path], change: dict[str, str], words: str
) -> None:
    with pytest.raises(TransportUnavailable, match=words) as caught:
        list(read_imap(_config(server, **change), "", certificate[0].client))
    assert "wrong" not in str(caught.value)


def test_a_server_with_a_certificate_nobody_trusts_gets_no_password(server: ImapServer) -> None:
    with pytest.raises(TransportUnavailable, match=r"its certificate is not trusted \(self-signed certificate"):
        list(read_imap(_config(server), "", None))


def test_a_server_that_is_not_there_is_told(server: ImapServer) -> None:
    told = "nothing answers there; check email.inbox.host and email.inbox.port"
    with pytest.raises(TransportUnavailable, match=told):
        list(read_imap(_config(server, port=1), "", None))


def test_encryption_that_the_port_does_not_speak_is_told(
    server: ImapServer, certificate: tuple[Certificate, Path]
) -> None:
    with pytest.raises(TransportUnavailable, match=r"no encrypted connection .* tls is for port 993, starttls for 143"):
        list(read_imap(_config(server, port=server.port, security="tls"), "", certificate[0].client))


@pytest.mark.parametrize(
    ("name", "written"),
    [("INBOX", '"INBOX"'), ('a "b" \\c', '"a \\"b\\" \\\\c"'), ("Rückläufer & Co", '"R&APw-ckl&AOQ-ufer &- Co"')],
)
def test_folders_are_named_as_imap_writes_them(name: str, written: str) -> None:
    assert quote_folder(name) == written


def test_a_mailbox_is_remembered_by_server_user_and_folder() -> None:
    config = InboxConfig.model_validate({"host": "mail.test", "username": "u", "password": "secret"})
    assert imap_name(config) == "imap://u@mail.test:993/INBOX"
