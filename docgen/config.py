"""Floor 1, rules: `config.yaml`, what is the same for every job: the company, e-mail, folders, the ledger.

Knows nothing of jobs and templates, opens no connection and creates no folder.
"""

from __future__ import annotations

import warnings
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from babel.core import Locale, UnknownLocaleError
from babel.localedata import exists as locale_exists
from babel.numbers import list_currencies
from pydantic import AfterValidator, Field, SecretStr, ValidationInfo
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from stdnum import iban as iban_rules

from docgen.strict import RelativePath, StrictModel


class TransportName(StrEnum):
    """Where e-mail goes."""

    OUTBOX = "outbox"
    SMTP = "smtp"


class Security(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def _check_country(code: str) -> str:
    if code.upper() not in Locale("en").territories or len(code) != 2:
        raise ValueError(f'"{code}" is not a country code; two letters as in ISO 3166, such as DE or US')
    return code.upper()


def check_locale(text: str) -> str:
    """Return a locale as Babel writes it, `pt_BR` for `pt-br`.

    Raises:
        ValueError: it is not one that Babel has.
    """
    try:
        locale = str(Locale.parse(text.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        locale = ""
    if not locale or not locale_exists(locale):
        raise ValueError(f'"{text}" is not a language; write it as en, de or pt_BR')
    return locale


def _check_currency(code: str) -> str:
    if code.upper() not in list_currencies():
        raise ValueError(f'"{code}" is not a currency; three letters as in ISO 4217, such as EUR or USD')
    return code.upper()


def _check_iban(text: str) -> str:
    if text and not iban_rules.is_valid(text):
        raise ValueError(f'"{text}" is not an IBAN: length or check digits are wrong')
    return iban_rules.compact(text) if text else ""


def _check_file(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(f"there is no file {path.name} here: {path.parent}")
    return path


def check_mailbox(text: str) -> str:
    """Return a mailbox `Name <a@b>` or `a@b` as it came.

    Raises:
        ValueError: it is neither.
    """
    address = text.rpartition("<")[2].removesuffix(">") if text.endswith(">") else text
    local, _, domain = address.rpartition("@")
    if not local or not domain or not text.isprintable() or any(sign in address for sign in " <>,;"):
        raise ValueError(f'"{text}" is not an e-mail address; write a@example.com or Name <a@example.com>')
    return text


def _check_ledger(url: str, info: ValidationInfo) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("this is not a database URL; the default is sqlite:///var/ledger.sqlite") from None
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise ValueError(f"the ledger cannot be kept in {backend}; use sqlite or postgresql")
    base = (info.context or {}).get("base")
    if backend != "sqlite" or base is None or parsed.database in (None, "", ":memory:"):
        return url
    return parsed.set(database=str(Path(base) / str(parsed.database))).render_as_string(hide_password=False)


Country = Annotated[str, AfterValidator(_check_country)]
LocaleId = Annotated[str, AfterValidator(check_locale)]
Currency = Annotated[str, AfterValidator(_check_currency)]
Iban = Annotated[str, AfterValidator(_check_iban)]
Mailbox = Annotated[str, AfterValidator(check_mailbox)]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


class Colours(StrictModel):
    """The colours of the shipped templates, each as "#RRGGBB" in quotes, since a bare # begins a comment."""

    accent: Colour = Field("#1F4E79", description="Headings, the total, links.")
    text: Colour = Field("#1A1A1A", description="Running text.")
    muted: Colour = Field("#5F6B76", description="Labels and small print.")
    hairline: Colour = Field("#CBD2D9", description="Thin lines between parts.")


with warnings.catch_warnings():
    # Pydantic takes `register` for the method of abstract classes, which instances do not have.
    warnings.filterwarnings("ignore", message='Field name "register"', category=UserWarning)

    class Company(StrictModel):
        """The sender of every document. Templates see these keys as `company.name` and so on."""

        name: str = Field(description="The company's name as it signs.")
        street: str = Field("", description="Street and house number.")
        postcode: str = Field("", description="Postcode, as text: leading zeros stay.")
        city: str = Field("", description="City.")
        country: Country = Field(description="Country code of two letters: decides what counts as abroad.")
        vat_id: str = Field("", description="VAT identification number.")
        register: str = Field("", description="Commercial register entry or company number.")
        phone: str = Field("", description="Telephone number as printed.")
        email: str = Field("", description="E-mail address as printed; messages are sent from `email.from`.")
        web: str = Field("", description="Web address as printed.")
        iban: Iban = Field("", description="Bank account for payments; its check digits are checked.")
        bic: str = Field("", description="BIC of the bank.")
        bank: str = Field("", description="Name of the bank.")
        logo: Annotated[RelativePath, AfterValidator(_check_file)] | None = Field(
            None, description="Picture file of the logo, relative to config.yaml."
        )
        language: LocaleId = Field("en", description="The company's own language: en, de, pt_BR, ...")
        currency: Currency = Field("EUR", description="Currency of amounts that do not name their own.")
        colours: Colours = Field(default_factory=Colours, description="Colours of the shipped templates.")
        signatory: str = Field("", description="Who signs letters and contracts.")
        footer: tuple[str, ...] = Field((), description="Lines at the foot of every page.")


class EmailConfig(StrictModel):
    """How e-mail leaves the house. Until `transport: smtp` is set, messages are files in an outbox folder."""

    transport: TransportName = Field(
        TransportName.OUTBOX, description="outbox writes .eml files into the run's folder, smtp sends."
    )
    host: str | None = Field(None, description="Name or address of the mail server; smtp needs it.")
    port: int | None = Field(
        None, ge=1, le=65535, description="Port of the server; default 587, 465 for tls, 25 for none."
    )
    security: Security = Field(
        Security.STARTTLS, description="starttls turns encryption on after connecting, tls before, none never."
    )
    username: str | None = Field(None, description="Name to log in with; no login without it.")
    password: SecretStr | None = Field(None, description="Always a variable such as ${SMTP_PASSWORD}.")
    from_: Mailbox | None = Field(
        None, alias="from", description="Sender of messages, `Name <a@example.com>`; smtp needs it."
    )
    reply_to: Mailbox | None = Field(None, description="Where answers go, when not to the sender.")
    connections: int = Field(2, ge=1, le=50, description="How many connections to the server at once.")
    rate_per_minute: int | None = Field(None, ge=1, description="Most messages per minute; no limit without it.")
    redirect_to: Mailbox | None = Field(
        None, description="For trials: every message goes to this address instead of its recipients."
    )
    timeout_s: float = Field(30, gt=0, description="Seconds to wait for the server's answer.")

    @property
    def effective_port(self) -> int:
        """Return the port, or the usual one for the security."""
        usual = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}
        return self.port or usual[self.security]


class Limits(StrictModel):
    """What one document may cost before it is stopped as a faulty template."""

    time_s: float = Field(10, gt=0, description="Most seconds for one document.")
    output_mb: float = Field(20, gt=0, description="Most megabytes of one document.")
    loop: int = Field(100_000, ge=1, description="Most rounds of all loops of one document together.")


class Config(StrictModel):
    """The configuration file, config.yaml. Paths are relative to its folder."""

    company: Company = Field(description="The sender of every document.")
    email: EmailConfig = Field(default_factory=EmailConfig, description="How e-mail leaves the house.")
    ledger: Annotated[str, AfterValidator(_check_ledger)] = Field(
        "sqlite:///var/ledger.sqlite", repr=False, description="Database of runs: a SQLite or PostgreSQL URL."
    )
    templates: RelativePath = Field(Path("templates"), description="Folder with one folder per template.")
    outputs: RelativePath = Field(Path("out"), description="Folder for everything that runs make.")
    workers: int | None = Field(None, ge=1, description="Processes that make documents; default: one per core.")
    limits: Limits = Field(default_factory=Limits, description="What one document may cost.")
