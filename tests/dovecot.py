"""A real IMAP server for the tests: Dovecot on 127.0.0.1, one user, ended with the test."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services import free_port, require

SETTINGS = """\
base_dir = {run}
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password=correct-horse
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
"""


@dataclass(frozen=True)
class ImapServer:
    """A running server and the Maildir it serves."""

    port: int
    tls_port: int
    maildir: Path


@contextmanager
def start_dovecot(certificate: Path) -> Iterator[ImapServer]:
    """Run Dovecot.

    Args:
        certificate: folder with cert.pem and key.pem.
    """
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    require(program is not None and Path("/usr/lib/dovecot/imap").exists(), "dovecot-imapd")
    assert program is not None
    # Short: sockets have paths of a hundred characters at most.
    folder = Path(tempfile.mkdtemp(prefix="dg-imap-", dir="/tmp"))
    user = pwd.getpwnam("mail" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)
    group = __import__("grp").getgrgid(user.pw_gid).gr_name
    for name in ("cur", "new", "tmp"):
        (folder / "mail" / name).mkdir(parents=True)
    for name in ("cert.pem", "key.pem"):
        shutil.copy(certificate / name, folder / name)
    port, tls_port = free_port(), free_port()
    values = {"folder": folder, "run": folder / "run", "user": user.pw_name, "group": group, "uid": user.pw_uid}
    text = SETTINGS.format(**values, gid=user.pw_gid, port=port, tls_port=tls_port, ssl="yes")
    (folder / "dovecot.conf").write_text(text)
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid)
    server = subprocess.Popen(
        [program, "-F", "-c", str(folder / "dovecot.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _await(server, port, folder)
        yield ImapServer(port, tls_port, folder / "mail")
    finally:
        server.terminate()
        server.wait(20)
        if server.stderr:
            server.stderr.close()
        shutil.rmtree(folder, ignore_errors=True)


def _await(server: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    for _ in range(200):
        if server.poll() is not None:
            words = server.stderr.read().decode() if server.stderr else ""
            raise RuntimeError(f"dovecot ended: {words} {_log(folder)}")
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                if connection.recv(100).startswith(b"* OK"):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"dovecot does not answer: {_log(folder)}")


def _log(folder: Path) -> str:
    path = folder / "log"
    return path.read_text() if path.exists() else ""
