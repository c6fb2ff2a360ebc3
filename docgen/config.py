"""Floor 1, rules: `config.yaml`, what is the same for every job: the company, e-mail, folders, the ledger.

Knows nothing of jobs and templates, opens no connection and creates no folder.
"""

from __future__ import annotations

import difflib
import re
import warnings
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr

from docgen.dkimconfig import DkimConfig
from docgen.errors import ConfigError, MissingVariable, UserError, did_you_mean
from docgen.keytypes import (
    Colour,
    Country,
    Currency,
    ExistingFile,
    Iban,
    LedgerUrl,
    LocaleId,
    Mailbox,
    MailboxOrNothing,
    Names,
    Places,
    RelativePath,
)
from docgen.model import Where
from docgen.replyconfig import BounceConfig, InboxConfig, SecretKey, UnsubscribeConfig
from docgen.replyconfig import Security as Security
from docgen.sendconfig import SendingConfig, SmtpAccount, WeightedAccount
from docgen.strict import FileModel, StrictModel
from docgen.validation import collect, is_text, raise_in_order
from docgen.yamltree import KeyPath, YamlTree, load_yaml, parse_yaml


class TransportName(StrEnum):
    """Where e-mail goes."""

    OUTBOX = "outbox"
    SMTP = "smtp"


class Colours(StrictModel):
    """The colours of the shipped templates, each as "#RRGGBB" in quotes, since a bare # begins a comment."""

    accent: Colour = Field("#1F4E79", description="Headings, the total, links.")
    text: Colour = Field("#1A1A1A", description="Running text.")
    muted: Colour = Field("#5F6B76", description="Labels and small print.")
    hairline: Colour = Field("#CBD2D9", description="Thin lines between parts.")


class Paper(StrEnum):
    """Sheets of PDF documents."""

    A4 = "a4"
    LETTER = "letter"


class HouseFonts(StrictModel):
    """The fonts of the shipped PDF templates, by name: shipped with docgen, or from `pdf.fonts`."""

    text: str = Field("SourceSans3", description="Running text; its bold and italic faces are found by their names.")
    strong: str = Field("SourceSans3-Semibold", description="Titles, names and amounts.")


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
        email: MailboxOrNothing = Field(
            "", description="E-mail address as printed; messages are sent from `email.from`."
        )
        web: str = Field("", description="Web address as printed.")
        iban: Iban = Field("", description="Bank account for payments; its check digits are checked.")
        bic: str = Field("", description="BIC of the bank.")
        bank: str = Field("", description="Name of the bank.")
        logo: ExistingFile | None = Field(None, description="Picture file of the logo, relative to config.yaml.")
        letterhead: ExistingFile | None = Field(
            None,
            description="PDF that lies under PDF letters: its first page under the first, its second under others.",
        )
        paper: Paper = Field(Paper.A4, description="Paper of the shipped documents: a4 or letter.")
        language: LocaleId = Field("en", description="The company's own language: en, de, pt_BR, ...")
        currency: Currency = Field("EUR", description="Currency of amounts that do not name their own.")
        colours: Colours = Field(default_factory=Colours, description="Colours of the shipped templates.")
        fonts: HouseFonts = Field(default_factory=HouseFonts, description="Fonts of the shipped PDF templates.")
        signatory: str = Field("", description="Who signs letters and contracts.")
        footer: Names = Field((), description="Lines at the foot of every page.")


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
    messages_per_connection: int = Field(
        100, ge=1, description="After so many messages a connection is closed and opened anew."
    )
    rate_per_minute: int | None = Field(None, ge=1, description="Most messages per minute; no limit without it.")
    messages_per_hour: int | None = Field(None, ge=1, description="Most messages in any span of 60 minutes.")
    messages_per_day: int | None = Field(None, ge=1, description="Most messages in any span of 24 hours.")
    redirect_to: Mailbox | None = Field(
        None, description="For trials: every message goes to this address instead of its recipients."
    )
    timeout_s: float = Field(30, gt=0, description="Seconds to wait for the server's answer.")
    accounts: tuple[WeightedAccount, ...] = Field(
        (), description="Several mail servers, instead of `host` and what belongs to it; each gets its share."
    )
    sending: SendingConfig | None = Field(None, description="Limits, warm-up, hours and further tries.")
    dkim: tuple[DkimConfig, ...] = Field((), description="Keys that sign messages.")
    bounce: BounceConfig | None = Field(None, description="Return paths of their own for each message.")
    unsubscribe: UnsubscribeConfig | None = Field(None, description="Where those turn to who want no more marketing.")
    inbox: InboxConfig | None = Field(None, description="The mailbox that `docgen inbox imap` reads.")
    erasure_key: SecretKey | None = Field(
        None, description="Hashes erased addresses; always a variable such as ${ERASURE_KEY}."
    )

    @property
    def account(self) -> WeightedAccount:
        """Return the server that these keys name."""
        return WeightedAccount.model_validate({name: getattr(self, name) for name in SmtpAccount.model_fields})

    @property
    def ways_out(self) -> tuple[WeightedAccount, ...]:
        """Return all mail servers to send through."""
        return self.accounts or (self.account,)

    @property
    def effective_port(self) -> int:
        """Return the port, or the usual one for the security."""
        return self.account.effective_port


class Limits(StrictModel):
    """What one document may cost before it is stopped as a faulty template."""

    time_s: float = Field(10, gt=0, description="Most seconds for one document.")
    output_mb: float = Field(20, gt=0, description="Most megabytes of one document.")
    loop: int = Field(100_000, ge=1, description="Most rounds of all loops of one document together.")
    convert_s: float = Field(60, gt=0, description="Most seconds for one PDF from Word.")


class OfficeConfig(StrictModel):
    """How Word documents become PDF by LibreOffice."""

    substitutes: dict[str, str] = Field(
        default_factory=dict,
        description="Font of a Word template that is not installed -> the font that stands in for it.",
    )


class PdfConfig(StrictModel):
    """How PDF is made of RML."""

    fonts: Places = Field(
        (), description="Folders and files with fonts for all templates: .ttf, .otf, .ttc. Relative to config.yaml."
    )


class Config(FileModel):
    """The configuration file, config.yaml. Paths are relative to its folder."""

    company: Company = Field(description="The sender of every document.")
    email: EmailConfig = Field(default_factory=EmailConfig, description="How e-mail leaves the house.")
    ledger: LedgerUrl = Field(
        "sqlite:///var/ledger.sqlite", repr=False, description="Database of runs: a SQLite or PostgreSQL URL."
    )
    templates: RelativePath = Field(Path("templates"), description="Folder with one folder per template.")
    outputs: RelativePath = Field(Path("out"), description="Folder for everything that runs make.")
    workers: int | None = Field(None, ge=1, description="Processes that make documents; default: one per core.")
    limits: Limits = Field(default_factory=Limits, description="What one document may cost.")
    office: OfficeConfig = Field(default_factory=OfficeConfig, description="How Word documents become PDF.")
    pdf: PdfConfig = Field(default_factory=PdfConfig, description="How PDF is made of RML.")


# --- reading ---------------------------------------------------------------------------------------

#: Servers on this machine, to which a password may go unprotected.
_LOOPBACK = ("localhost", "127.", "::1")


def load_config(path: Path, environ: Mapping[str, str], shown: str | None = None) -> Config:
    """Read config.yaml.

    `DOCGEN_` variables replace single keys, `__` between levels: `DOCGEN_EMAIL__HOST`. An empty one takes the key
    away. Lists and groups of keys are written as YAML in brackets: `[a, b]`.

    Args:
        path: the file.
        environ: for `${NAME}` in the file and for `DOCGEN_` variables.
        shown: what to call the file in messages; default: `path` as given.

    Raises:
        ConfigError: or `Faults`, with all that is wrong.
    """
    tree = load_yaml(path, shown, environ, ConfigError)
    tree, faults = _override(tree, environ)
    config, found = collect(Config, tree, ConfigError, {"base": path.absolute().parent})
    raise_in_order([*map(_without_default, tree.faults), *faults, *found, *_email_faults(tree)])
    assert config is not None, "no configuration means faults"
    return config.read_from(path, tree)


def _override(tree: YamlTree, environ: Mapping[str, str]) -> tuple[YamlTree, list[ConfigError]]:
    faults = []
    for name in sorted(environ):
        if not name.startswith("DOCGEN_"):
            continue
        keys = tuple(name.removeprefix("DOCGEN_").lower().split("__"))
        place = Where(f"environment variable {name}")
        if keys[0] in Config.model_fields and all(keys):
            tree = tree.with_value(keys, _override_value(keys, environ[name], place), place)
        # Other DOCGEN_ variables may belong to other programs; a misspelt one must not go unnoticed.
        elif len(keys) > 1 or difflib.get_close_matches(keys[0], Config.model_fields, cutoff=0.75):
            hint = did_you_mean(keys[0], Config.model_fields)
            faults.append(ConfigError(f'config.yaml has no key "{keys[0]}"', where=place, hint=hint))
    return tree, faults


def _override_value(keys: KeyPath, text: str, place: Where) -> object:
    # A password may begin with a brace; only what needs YAML is read as YAML.
    if is_text(Config, keys) or not text.startswith(("[", "{")):
        return text or None
    tree = parse_yaml(text, str(place.file), error=ConfigError)
    tree.check()
    return tree.data


def _email_faults(tree: YamlTree) -> Iterator[ConfigError]:
    """Yield what single keys cannot tell; on plain data, so that it is found beside other faults."""
    email = tree.mapping("email")
    if email.get("transport") == TransportName.SMTP:
        for key in ("from",) if email.get("accounts") else ("host", "from"):
            if email.get(key) is None:
                place = tree.where_key(("email", "transport"))
                yield ConfigError(f"email.{key} is missing, which transport: smtp needs", where=place)
    yield from _secret_faults(tree)
    accounts = list(_accounts(email))
    for position, account in accounts:
        if account.get("host") is None:
            where = tree.where(("email", "accounts", position))
            yield ConfigError(f"email.accounts[{position}].host is missing", where=where)
    for path, part in [(("email",), email), *((("email", "accounts", n), account) for n, account in accounts)]:
        if (part.get("username") is None) != (part.get("password") is None):
            there, absent = ("username", "password") if part.get("password") is None else ("password", "username")
            yield ConfigError(f"email.{absent} is missing beside {there}", where=tree.where_key((*path, there)))
    servers: list[tuple[KeyPath, Mapping[str, object]]] = [
        (("email",), email),
        (("email", "inbox"), tree.mapping("email", "inbox")),
        *((("email", "accounts", position), account) for position, account in accounts),
    ]
    for path, part in servers:
        away = not str(part.get("host") or "").startswith(_LOOPBACK)
        if part.get("security") == Security.NONE and part.get("username") and away:
            place = tree.where((*path, "security"))
            yield ConfigError("security: none would show the password to the network", where=place, hint="use starttls")


def _accounts(email: Mapping[str, object]) -> Iterator[tuple[int, Mapping[str, object]]]:
    entries = email.get("accounts")
    for position, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, Mapping):
            yield position, entry


#: Secrets -> what they are, and the variable that usually has them.
_SECRETS: Mapping[KeyPath, tuple[str, str]] = {
    ("email", "password"): ("password", "SMTP_PASSWORD"),
    ("email", "bounce", "key"): ("key", "BOUNCE_KEY"),
    ("email", "unsubscribe", "key"): ("key", "UNSUBSCRIBE_KEY"),
    ("email", "inbox", "password"): ("password", "INBOX_PASSWORD"),
    ("email", "erasure_key"): ("key", "ERASURE_KEY"),
}


_SECRET_KEYS = frozenset(str(keys[-1]) for keys in _SECRETS)


def _secret_faults(tree: YamlTree) -> Iterator[ConfigError]:
    for keys, (what, variable) in _SECRETS.items():
        if tree.mapping(*keys[:-1]).get(str(keys[-1])) is not None and _in_plain_sight(tree, keys):
            problem = f"a {what} does not belong in a file"
            yield ConfigError(problem, where=tree.where(keys), hint=f"write ${{{variable}}} and set it")
    for position, account in _accounts(tree.mapping("email")):
        secret: KeyPath = ("email", "accounts", position, "password")
        if account.get("password") is not None and _in_plain_sight(tree, secret):
            hint = "write ${SMTP_PASSWORD} and set it"
            yield ConfigError("a password does not belong in a file", where=tree.where(secret), hint=hint)
    entries = tree.mapping("email").get("dkim")
    for position, entry in enumerate(entries if isinstance(entries, list) else []):
        place: KeyPath = ("email", "dkim", position, "key")
        if isinstance(entry, Mapping) and entry.get("key") is not None and _in_plain_sight(tree, place):
            hint = "write ${DKIM_KEY} and set it, or name a file with `key_file`"
            yield ConfigError("a key does not belong in a file", where=tree.where(place), hint=hint)


def _without_default(fault: UserError) -> UserError:
    """Hint at no default for a secret's variable, since that would have the secret in the file."""
    path = fault.where.path if fault.where else ()
    if isinstance(fault, MissingVariable) and path[:1] == ("email",) and path[-1] in _SECRET_KEYS:
        fault.hint = f"set {fault.name}"
    return fault


#: Variables and nothing else; one with a default would have the secret in the file after all.
_ONLY_VARIABLES = re.compile(r"(?:\s*\$\{\w+(?::-)?\})+\s*")


def _in_plain_sight(tree: YamlTree, path: KeyPath) -> bool:
    from_environment = tree.where(path).file != tree.file
    return not from_environment and not _ONLY_VARIABLES.fullmatch(tree.written.get(path, ""))
