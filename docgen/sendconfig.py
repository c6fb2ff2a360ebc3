"""Floor 1, rules: the keys of config.yaml that say through which servers e-mail goes. Values; sends nothing."""

from __future__ import annotations

from pydantic import Field, SecretStr

from docgen.replyconfig import Security
from docgen.strict import StrictModel

_USUAL_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


class SmtpAccount(StrictModel):
    """One way out: a mail server and who we are to it."""

    host: str | None = Field(None, description="Name or address of the mail server.")
    port: int | None = Field(
        None, ge=1, le=65535, description="Port of the server; default 587, 465 for tls, 25 for none."
    )
    security: Security = Field(
        Security.STARTTLS, description="starttls turns encryption on after connecting, tls before, none never."
    )
    username: str | None = Field(None, description="Name to log in with; no login without it.")
    password: SecretStr | None = Field(None, description="Always a variable such as ${SMTP_PASSWORD}.")
    connections: int = Field(2, ge=1, le=50, description="How many connections to the server at once.")
    messages_per_connection: int = Field(
        100, ge=1, description="After so many messages a connection is closed and opened anew."
    )
    rate_per_minute: int | None = Field(None, ge=1, description="Most messages per minute; no limit without it.")
    timeout_s: float = Field(30, gt=0, description="Seconds to wait for the server's answer.")

    @property
    def effective_port(self) -> int:
        """Return the port, or the usual one for the security."""
        return self.port or _USUAL_PORTS[self.security]
