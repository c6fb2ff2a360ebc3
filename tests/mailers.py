"""Mail servers that others wrote, started by tests on 127.0.0.1 and ended with them: Postfix and its smtp-sink."""

from __future__ import annotations

import email
import email.message
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services import free_port, require, when_this_process_ends

PASSWORD = "correct horse"
USER = "shop@example.com"


def find(program: str) -> str | None:
    """Return where a server's program lies; Debian keeps them off people's PATH."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postfix/sbin")


def wait_for(port: int, within_s: float = 20) -> None:
    """Return when somebody listens."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port}")


@contextmanager
def smtp_sink(*options: str, taken: Path | None = None) -> Iterator[int]:
    """Run Postfix's smtp-sink and yield its port.

    Args:
        options: as in smtp-sink(1): `-q .`, `-r RCPT`, ...
        taken: a folder for the messages, one file each.
    """
    program = find("smtp-sink")
    require(program is not None, "Postfix's smtp-sink")
    port = free_port()
    user = ["-u", pwd.getpwnam("nobody").pw_name] if os.geteuid() == 0 else []
    if taken is not None:
        taken.mkdir(parents=True, exist_ok=True)
        taken.chmod(0o777)
    dump = ["-d", "m.%H%M%S."] if taken is not None else []
    command = [str(program), *user, *options, *dump, f"127.0.0.1:{port}", "100"]
    process = subprocess.Popen(command, cwd=taken, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@dataclass(frozen=True)
class Postfix:
    """What a test sees of a Postfix.

    Attributes:
        folder: Maildirs by domain and user below `mail`.
    """

    folder: Path
    port: int

    def got(self, *ids: str, within_s: float = 20) -> dict[str, list[email.message.Message]]:
        """Return Message-ID -> messages of all Maildirs, once these are there."""
        end = time.monotonic() + within_s
        while not set(ids) <= (found := self._read()).keys() and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def _read(self) -> dict[str, list[email.message.Message]]:
        found: dict[str, list[email.message.Message]] = {}
        for path in (self.folder / "mail").glob("*/*/new/*"):
            message = email.message_from_bytes(path.read_bytes())
            found.setdefault(message["Message-ID"], []).append(message)
        return found


#: Accepts who@example.org where `who` begins with "person"; "greylisted" is to come back later, others do not exist.
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.test
mydestination =
alias_maps =
local_recipient_maps =
mynetworks =
smtpd_relay_restrictions = {relay}reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/access
smtpd_tls_cert_file = {folder}/cert.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_security_level = {tls}
smtpd_sasl_auth_enable = {sasl}
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_tls_auth_only = yes
virtual_mailbox_domains = example.org
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = regexp:{folder}/mailboxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
default_process_limit = 20
smtpd_error_sleep_time = 0
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""
_DOVECOT = """\
base_dir = {folder}/dovecot
log_path = {folder}/dovecot.log
protocols =
auth_failure_delay = 0
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service auth {{
  unix_listener {folder}/queue/private/auth {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0
  }}
}}
"""


@contextmanager
def postfix(certificate: Path | None = None, *, login: bool = False) -> Iterator[Postfix]:
    """Run a Postfix that delivers example.org to Maildirs.

    Args:
        certificate: a folder with cert.pem and key.pem; STARTTLS is offered with it.
        login: who sends must log in as USER with PASSWORD.
    """
    require(find("postfix") is not None and os.geteuid() == 0, "Postfix, and root to start it,")
    require(not login or find("dovecot") is not None, "Dovecot, which checks passwords for Postfix,")
    # Postfix's own users have to enter it, and they cannot enter pytest's folders.
    folder = Path(tempfile.mkdtemp(prefix="docgen-postfix-", dir="/tmp"))
    folder.chmod(0o755)
    port = free_port()
    _configure(folder, port, certificate, login)
    dovecot = None
    try:
        _postfix(folder, "check")
        if login:
            dovecot = subprocess.Popen([str(find("dovecot")), "-F", "-c", f"{folder}/dovecot.conf"])
            _wait_for_file(folder / "queue" / "private" / "auth")
        _postfix(folder, "start")
        stop = [str(find("postfix")), "-c", str(folder), "abort"]
        with when_this_process_ends(stop, {}):
            wait_for(port)
            yield Postfix(folder, port)
    finally:
        if dovecot is not None:
            dovecot.terminate()
            dovecot.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path, port: int, certificate: Path | None, login: bool) -> None:
    nobody, owner = pwd.getpwnam("nobody"), pwd.getpwnam("postfix")
    for name in ("queue", "data", "mail", "dovecot"):
        (folder / name).mkdir()
    os.chown(folder / "data", owner.pw_uid, owner.pw_gid)
    os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
    for name in ("cert.pem", "key.pem") if certificate else ():
        shutil.copy(certificate / name, folder / name)
    values = {
        "folder": folder,
        "port": port,
        "tls": "may" if certificate else "none",
        "sasl": "yes" if login else "no",
        "relay": "permit_sasl_authenticated, " if login else "",
        "uid": nobody.pw_uid,
        "gid": nobody.pw_gid,
    }
    files = {"main.cf": _MAIN, "master.cf": _MASTER, "dovecot.conf": _DOVECOT}
    for name, text in files.items():
        (folder / name).write_text(text.format(**values))
    refused = "smtpd_client_restrictions = permit_sasl_authenticated, reject\n" if login else ""
    with (folder / "main.cf").open("a") as main:
        main.write(refused)
    (folder / "access").write_text("/^greylisted@/ 450 4.2.0 come back later\n")
    (folder / "mailboxes").write_text("/^(person[^@]*|greylisted)@example\\.org$/ example.org/all/\n")
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}:::::\n")


def _postfix(folder: Path, *words: str, check: bool = True) -> None:
    done = subprocess.run(
        [str(find("postfix")), "-c", str(folder), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if check and done.returncode:
        log = folder / "log"
        raise RuntimeError(f"postfix {words} failed: {log.read_text() if log.exists() else ''}")


def _wait_for_file(path: Path) -> None:
    end = time.monotonic() + 10
    while not path.exists():
        if time.monotonic() > end:
            raise RuntimeError(f"{path} does not come")
        time.sleep(0.02)
