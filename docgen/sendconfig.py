"""Floor 1, rules: the keys of config.yaml that say through which servers e-mail goes. Values; sends nothing."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, SecretStr

from docgen.errors import AddressError
from docgen.headers import ascii_domain
from docgen.replyconfig import Security
from docgen.strict import StrictModel

_USUAL_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


def _check_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("{value} is not a time zone; write it as Europe/Berlin or UTC")
    return str(ZoneInfo(name))


TimeZone = Annotated[str, AfterValidator(_check_zone)]
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
    messages_per_hour: int | None = Field(
        None, ge=1, description="Most messages in any span of 60 minutes, counted once for each recipient."
    )
    messages_per_day: int | None = Field(
        None, ge=1, description="Most messages in any span of 24 hours, counted once for each recipient."
    )
    timeout_s: float = Field(30, gt=0, description="Seconds to wait for the server's answer.")

    @property
    def effective_port(self) -> int:
        """Return the port, or the usual one for the security."""
        return self.port or _USUAL_PORTS[self.security]

    @property
    def label(self) -> str:
        """Return what the ledger knows the account by: server, port and name."""
        user = f" as {self.username}" if self.username else ""
        return f"{self.host}:{self.effective_port}{user}"


class WeightedAccount(SmtpAccount):
    """One of several ways out."""

    weight: int = Field(1, ge=1, le=1000, description="Its share of the messages, beside the weights of the others.")


class DomainLimit(StrictModel):
    """How many messages the recipients of one domain get within a time."""

    messages: int = Field(ge=1, description="At most so many ...")
    minutes: float = Field(1, gt=0, description="... within any span of so many minutes.")


def _check_domains(limits: dict[str, DomainLimit]) -> dict[str, DomainLimit]:
    """Write domains as they are compared: one that is written otherwise would limit nothing."""
    found: dict[str, DomainLimit] = {}
    wrong: list[str] = []
    for name, limit in limits.items():
        try:
            found[name if name == "*" else ascii_domain(f"x@{name.lower()}")[2:]] = limit
        except AddressError:
            wrong.append(f'"{name}"')
    if wrong:
        is_no = "is not a domain" if len(wrong) == 1 else "are not domains"
        raise ValueError(f'{", ".join(wrong)} {is_no}; write example.org, or "*" for all that are not named')
    return found


class WarmUpConfig(StrictModel):
    """How a new sender becomes known: few messages on the first day, more on each that follows."""

    start: date = Field(description="The first day.")
    messages_per_day: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        min_length=1, description="How many on each day from the start; after the last there is no limit."
    )


def _check_day(name: str) -> str:
    if name not in _WEEK:
        raise ValueError(f"{{value}} is not a day; there are: {', '.join(_WEEK)}")
    return name


class HoursConfig(StrictModel):
    """When people get messages."""

    begin: time = Field(description='First time of day, in quotes: "09:00".')
    end: time = Field(description="Time of day after which nothing goes; not after `begin`: on the next day.")
    days: tuple[Annotated[str, AfterValidator(_check_day)], ...] = Field(
        _WEEK, min_length=1, description="Days of the week: mon, tue, wed, thu, fri, sat, sun."
    )
    timezone: TimeZone = Field("UTC", description="For recipients of whom no time zone is known.")

    @property
    def weekdays(self) -> frozenset[int]:
        """The days as Python counts them."""
        return frozenset(_WEEK.index(day) for day in self.days)


class RetryConfig(StrictModel):
    """When a message that was refused for now is tried again."""

    after_minutes: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        (5, 15, 30, 60, 120, 240), min_length=1, description="Minutes before each next try; the last is repeated."
    )
    jitter: float = Field(
        0.2, ge=0, lt=1, description="Share by which each of them is made longer or shorter by chance."
    )
    give_up_after_hours: float = Field(48, gt=0, description="From the first try; then it has failed.")


class RestConfig(StrictModel):
    """How long a domain that asks to slow down is left alone."""

    first_minutes: float = Field(1, gt=0, description="The first rest; each further refusal in a row doubles it.")
    break_after: int = Field(5, ge=1, description="After so many refusals in a row ...")
    break_minutes: float = Field(60, gt=0, description="... nothing goes to this domain for so long.")


class SendingConfig(StrictModel):
    """Limits, hours and retries. Without this section each message is tried once, as fast as the server takes it."""

    timezone: TimeZone = Field("UTC", description="Where the days of the warm-up plan begin.")
    per_domain: Annotated[dict[str, DomainLimit], AfterValidator(_check_domains)] = Field(
        default_factory=dict, description='Limits by domain of the recipient; "*" for all others.'
    )
    warm_up: WarmUpConfig | None = Field(None, description="Messages a day for a sender that is not known yet.")
    hours: HoursConfig | None = Field(None, description="When messages may go, by the recipients' clocks.")
    retry: RetryConfig = Field(default_factory=RetryConfig, description="Further tries after a 4xx.")
    rest: RestConfig = Field(default_factory=RestConfig, description="Patience with domains that ask to slow down.")
    suppress_bad_addresses: bool = Field(True, description="Never again write to addresses that do not exist.")
    longest_wait_minutes: float | None = Field(
        None, ge=0, description="Where nothing may go for longer, the run is paused and says when to resume it."
    )
    pause_on_policy: bool = Field(True, description="Pause the run when a server refuses for its policy (5.7.x).")
