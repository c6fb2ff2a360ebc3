"""Floor 2, edges: the way into a mail server: connect, encrypt, log in; and plain words for why that fails.

aiosmtplib goes the way; what comes out is a `Wire` and what the server offers. Knows no message.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Mapping
from typing import cast

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
    SMTPTimeoutError,
)

from docgen.config import Security
from docgen.deliver.smtp_wire import Wire
from docgen.errors import TransportUnavailable
from docgen.sendconfig import SmtpAccount


async def open_wire(
    account: SmtpAccount, tls: ssl.SSLContext | None, local_hostname: str
) -> tuple[Wire, Mapping[str, str]]:
    """Connect, encrypt and log in.

    Returns:
        The connection, and the extensions it offers: lower-case name -> parameters.

    Raises:
        TransportUnavailable: in words that name the server, never the password.
    """
    smtp = SMTP(
        hostname=account.host,
        port=account.effective_port,
        timeout=account.timeout_s,
        use_tls=account.security is Security.TLS,
        start_tls=False,
        tls_context=tls,
        local_hostname=local_hostname,
    )
    try:
        return await _enter(smtp, account)
    except (SMTPException, OSError, ValueError) as error:
        await _leave(smtp)
        raise unavailable(account, error) from error
    except BaseException:
        await _leave(smtp)
        raise


async def _enter(smtp: SMTP, account: SmtpAccount) -> tuple[Wire, Mapping[str, str]]:
    await smtp.connect()
    await smtp.ehlo()
    if account.security is Security.STARTTLS:
        await _start_tls(smtp)
    if account.username is not None:
        await smtp.login(account.username, password(account))
    if smtp.protocol is None or smtp.protocol.transport is None:
        raise SMTPException("it closed the connection")
    return Wire(smtp.protocol.transport), dict(smtp.esmtp_extensions)


async def _leave(smtp: SMTP) -> None:
    """Close at once: the farewell of TLS would outlive the event loop."""
    if smtp.transport is not None:
        cast(asyncio.WriteTransport, smtp.transport).abort()
    smtp.close()
    await asyncio.sleep(0)


async def _start_tls(smtp: SMTP) -> None:
    # No silent downgrade: whoever sits on the wire could strip the offer.
    if not smtp.supports_extension("starttls"):
        raise SMTPException("it does not offer STARTTLS, and nothing is sent unencrypted")
    await smtp.starttls()
    await smtp.ehlo()


def password(account: SmtpAccount) -> str:
    """Return the password itself, "" if there is none."""
    return account.password.get_secret_value() if account.password else ""


def without_password(account: SmtpAccount, text: str) -> str:
    """Return a server's words, should it repeat what it was told."""
    return text.replace(password(account), "***") if password(account) else text


def unavailable(account: SmtpAccount, error: Exception) -> TransportUnavailable:
    """Return why the server cannot be used."""
    problem, hint = _explain(error, account)
    server = f"the mail server {account.host} port {account.effective_port}"
    return TransportUnavailable(f"{server} cannot be used: {without_password(account, problem)}", hint=hint)


def _explain(error: Exception, account: SmtpAccount) -> tuple[str, str]:
    """Return what went wrong on the way in, and what to do about it."""
    cause = error.__cause__ if isinstance(error, SMTPConnectError) and error.__cause__ else error
    match cause:
        case SMTPAuthenticationError():
            words = f"it refuses the login of {account.username}: {cause.code} {cause.message}"
            return words, "check email.username and email.password"
        case SMTPResponseException():
            return f"it answers {cause.code} {cause.message}", "ask whoever runs the mail server"
        case ssl.SSLCertVerificationError():
            hint = "check email.host; a certificate of your own must be among those the system trusts"
            return f"its certificate is not trusted ({cause.verify_message})", hint
        case ssl.SSLError():
            return f"no encrypted connection ({cause.reason})", "email.security: tls is for port 465, starttls for 587"
        case socket.gaierror():
            return "its name is not known", "check email.host and the network"
        case OSError() if cause.errno == errno.ECONNREFUSED or "Connect call failed" in str(cause):
            # With several addresses for one name, asyncio sums the refusals up in one error without a number.
            return "nothing answers there", "check email.host and email.port"
        case SMTPTimeoutError() | TimeoutError():
            hint = "check email.host and email.port, and whether a firewall stands between"
            return f"it does not answer within {account.timeout_s:g} s", hint
    return str(cause), "check email.host, email.port and email.security"
