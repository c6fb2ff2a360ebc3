"""Floor 1, rules: the keys of `config.yaml` about what comes back: bounces, unsubscribes, the inbox, erased addresses.

Part of `docgen.config`. Opens no connection.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from docgen.errors import AddressError
from docgen.headers import ascii_domain
from docgen.keytypes import Mailbox
from docgen.returnpath import LONGEST_BASE
from docgen.strict import StrictModel
from docgen.tokens import Keys


class Security(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def _check_key(secret: SecretStr) -> SecretStr:
    Keys.parse(secret.get_secret_value())
    return secret


def _check_return_path(text: str) -> str:
    local, at, domain = text.rpartition("@")
    try:
        ascii_domain(text if at else f"x@{domain}")
    except AddressError:
        raise ValueError("{value} is neither an address nor a domain; write bounces@example.com") from None
    if len(local) > LONGEST_BASE:
        raise ValueError(f"{{value}}: the part before @ may have {LONGEST_BASE} characters; the rest is for the token")
    return text


def _check_https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or not url.isascii():
        raise ValueError("{value} is not a web address as RFC 8058 asks; write https://example.com/unsubscribe")
    return url


SecretKey = Annotated[SecretStr, AfterValidator(_check_key)]
"""One key or several, parted by spaces: the first signs, all are accepted."""


class BounceConfig(StrictModel):
    """Return paths of their own for each message, and what bounces count."""

    address: Annotated[str, AfterValidator(_check_return_path)] = Field(
        description="`bounces@example.com`, to which `+token` is put, or a domain all of whose mail is bounces."
    )
    key: SecretKey = Field(description="Signs the return paths; always a variable such as ${BOUNCE_KEY}.")
    threshold: float = Field(3, gt=0, description="Score at which an address is suppressed.")
    stale_days: int = Field(60, ge=1, description="Days without a bounce after which its score begins anew.")


class UnsubscribeConfig(StrictModel):
    """Where those turn to who want no more marketing."""

    url: Annotated[str, AfterValidator(_check_https)] | None = Field(
        None, description="Begin of the links; a POST to one unsubscribes, as RFC 8058 asks."
    )
    address: Mailbox | None = Field(None, description="Where mail programs write to instead.")
    preferences: Annotated[str, AfterValidator(_check_https)] | None = Field(
        None, description="Begin of the links to a page on which people choose topics."
    )
    key: SecretKey = Field(description="Signs the links; always a variable such as ${UNSUBSCRIBE_KEY}.")


class InboxConfig(StrictModel):
    """The mailbox that `docgen inbox imap` reads."""

    host: str = Field(description="Name or address of the IMAP server.")
    port: int | None = Field(None, ge=1, le=65535, description="Port of the server; default 993 for tls, else 143.")
    security: Security = Field(
        Security.TLS, description="tls encrypts from the first byte, starttls after connecting, none never."
    )
    username: str = Field(description="Name to log in with.")
    password: SecretStr = Field(description="Always a variable such as ${INBOX_PASSWORD}.")
    folder: str = Field("INBOX", description="The folder to read.")
    timeout_s: float = Field(60, gt=0, description="Seconds to wait for the server's answer.")

    @property
    def effective_port(self) -> int:
        """Return the port, or the usual one for the security."""
        return self.port or (993 if self.security is Security.TLS else 143)
