"""Floor 2, edges: messages on an IMAP server (RFC 3501), read without marking them as seen. Names imaplib alone.

Where a folder was read up to is its UIDVALIDITY and the last UID: numbers a server never gives twice. When it begins
anew, all is read again, and the ledger knows what it has by the messages themselves.
"""

from __future__ import annotations

import base64
import imaplib
import re
import socket
import ssl
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from docgen.errors import TransportUnavailable
from docgen.inbox.files import MOST_BYTES
from docgen.inbox.letter import Letter
from docgen.replyconfig import InboxConfig, Security

#: Messages asked for at once.
_BATCH = 20
_LOGIN = "check email.inbox.username and email.inbox.password"
_UID = re.compile(rb"\bUID (\d+)")


def read(config: InboxConfig, mark: str, context: ssl.SSLContext | None) -> Generator[Letter, None, None]:
    """Yield what came after a mark. Raises as `docgen.inbox.read_imap`."""
    with _translated(config):
        client = _connect(config, context or ssl.create_default_context())
        try:
            _check(client.login(config.username, config.password.get_secret_value()))
            _check(client.select(quote_folder(config.folder), readonly=True))
            yield from _after(client, config, mark)
        finally:
            _hang_up(client)


def _connect(config: InboxConfig, context: ssl.SSLContext) -> imaplib.IMAP4:
    host, port = config.host, config.effective_port
    if config.security is Security.TLS:
        return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=config.timeout_s)
    client = imaplib.IMAP4(host, port, timeout=config.timeout_s)
    if config.security is Security.STARTTLS:
        try:
            client.starttls(ssl_context=context)
        except BaseException:
            _hang_up(client)
            raise
    return client


def _hang_up(client: imaplib.IMAP4) -> None:
    # A connection that broke cannot be closed once more, and that it broke is what has to be told.
    with suppress(OSError):
        client.shutdown()


def _after(client: imaplib.IMAP4, config: InboxConfig, mark: str) -> Generator[Letter, None, None]:
    validity = _number(client.response("UIDVALIDITY")[1])
    known, _, last = mark.partition(":")
    first = int(last) + 1 if known == str(validity) else 1
    answer = _check(client.uid("SEARCH", "UID", f"{first}:*"))
    # A server answers `9:*` with its last message, even if that is number 8.
    uids = sorted(uid for part in answer if part for uid in map(int, part.split()) if uid >= first)
    for begin in range(0, len(uids), _BATCH):
        some = uids[begin : begin + _BATCH]
        found = _fetch(client, some)
        for uid in some:
            if uid in found:  # else somebody has deleted it meanwhile
                yield Letter(f"{config.folder}, message {uid}", found[uid], f"{validity}:{uid}")


def _fetch(client: imaplib.IMAP4, uids: Sequence[int]) -> dict[int, bytes]:
    wanted = ",".join(map(str, uids))
    answer = _check(client.uid("FETCH", wanted, f"(UID BODY.PEEK[]<0.{MOST_BYTES}>)"))
    found = {}
    for position, part in enumerate(answer):
        if isinstance(part, tuple):
            after = answer[position + 1] if position + 1 < len(answer) else b""
            # The number may stand before or behind the message.
            uid = _UID.search(part[0]) or (_UID.search(after) if isinstance(after, bytes) else None)
            if uid:
                found[int(uid[1])] = part[1]
    return found


def _number(values: Sequence[object]) -> int:
    text = values[0] if values else b""
    return int(text) if isinstance(text, bytes) and text.isdigit() else 0


def _check(answer: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    if answer[0] != "OK":
        words = answer[1][0] if answer[1] else b""
        raise imaplib.IMAP4.error(words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words))
    return answer[1]


def quote_folder(name: str) -> str:
    """Return a folder's name as IMAP writes it.

    Source: RFC 3501 section 5.1.3 (modified UTF-7) and 4.3 (quoted strings).
    """
    encoded = re.sub(r"[^\x20-\x7e]+|&", lambda found: _modified_utf7(found[0]), name)
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _modified_utf7(text: str) -> str:
    if text == "&":
        return "&-"
    return "&" + base64.b64encode(text.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",").decode() + "-"


@contextmanager
def _translated(config: InboxConfig) -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, OSError) as error:
        problem, hint = _explain(error, config)
        secret = config.password.get_secret_value()
        problem = problem.replace(secret, "***") if secret else problem
        raise TransportUnavailable(
            f"the inbox {config.host}:{config.effective_port}, folder {config.folder}: {problem}", hint=hint
        ) from error


def _explain(error: Exception, config: InboxConfig) -> tuple[str, str]:
    """Return what went wrong, and what to do about it."""
    match error:
        case ssl.SSLCertVerificationError():
            hint = "check email.inbox.host; a certificate of your own must be among those the system trusts"
            return f"its certificate is not trusted ({error.verify_message})", hint
        case ssl.SSLError():
            hint = "email.inbox.security: tls is for port 993, starttls for 143"
            return f"no encrypted connection ({error.reason})", hint
        case socket.gaierror():
            return "its name is not known", "check email.inbox.host and the network"
        case ConnectionRefusedError():
            return "nothing answers there", "check email.inbox.host and email.inbox.port"
        case TimeoutError():
            return f"it does not answer within {config.timeout_s:g} s", "check email.inbox.host and email.inbox.port"
    words = " ".join(_words(error).split()) or type(error).__name__
    if words.startswith("[AUTHENTICATIONFAILED]"):  # RFC 5530 section 3
        return f"it refuses the login of {config.username}: {words}", _LOGIN
    return words, "check email.inbox in config.yaml"


def _words(error: Exception) -> str:
    """Return what a server said; imaplib passes it on as bytes now and then."""
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
