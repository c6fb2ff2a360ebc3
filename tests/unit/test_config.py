"""The configuration file."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

import pytest

from docgen.config import Config, EmailConfig, Security, TransportName, load_config
from docgen.errors import ConfigError, DocgenError, Faults, UserError
from docgen.model import Where

SMALL = "company: {name: Baltic Trade, country: lt}\n"

WHOLE = """\
company:
  name: Baltic Trade
  street: Gedimino pr. 1
  postcode: 01103
  city: Vilnius
  country: LT
  vat_id: LT100001234567
  register: "304567890"
  phone: +370 5 200 0000
  email: info@example.com
  web: https://example.com
  iban: LT12 1000 0111 0100 1000
  bic: CBVILT2X
  bank: Example Bank
  logo: logo.png
  language: lt
  currency: eur
  colours: {accent: "#004D40"}
  signatory: Ona Onaitė
  footer: [one, two]
email:
  transport: smtp
  host: smtp.example.com
  port: 2525
  security: tls
  username: sales
  password: ${SMTP_PASSWORD}
  from: Baltic Trade <sales@example.com>
  reply_to: office@example.com
  connections: 4
  rate_per_minute: 60
  redirect_to: Tester <test@example.com>
  timeout_s: 12.5
ledger: postgresql+psycopg://me:${DB_PASSWORD}@db/docgen
templates: my/templates
outputs: /srv/out
workers: 3
limits: {time_s: 1, output_mb: 2.5, loop: 1000}
"""

SECRETS = {"SMTP_PASSWORD": "hunter2", "DB_PASSWORD": "hunter3"}


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> Config:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return load_config(file, environ or {}, "config.yaml")


def faults_of(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[DocgenError]:
    with pytest.raises(UserError) as caught:
        load(folder, text, environ)
    return list(caught.value.faults) if isinstance(caught.value, Faults) else [caught.value]


def sentences(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    return [str(fault).removeprefix("config.yaml, ") for fault in faults_of(folder, text, environ)]


@pytest.fixture
def whole(tmp_path: Path) -> Config:
    (tmp_path / "logo.png").write_bytes(b"png")
    return load(tmp_path, WHOLE, SECRETS)


def test_a_whole_configuration_is_read(whole: Config, tmp_path: Path) -> None:
    company, email = whole.company, whole.email
    assert (company.postcode, company.register, company.iban) == ("01103", "304567890", "LT121000011101001000")
    assert (company.country, company.currency, company.language) == ("LT", "EUR", "lt")
    assert company.logo == tmp_path / "logo.png"
    assert (company.colours.accent, company.colours.text) == ("#004D40", "#1A1A1A")
    assert company.footer == ("one", "two")
    assert (email.transport, email.security, email.port) == (TransportName.SMTP, Security.TLS, 2525)
    assert email.password is not None
    assert email.password.get_secret_value() == "hunter2"
    assert email.from_ == "Baltic Trade <sales@example.com>"
    assert (email.timeout_s, email.rate_per_minute) == (12.5, 60)
    assert whole.ledger == "postgresql+psycopg://me:hunter3@db/docgen"
    assert (whole.templates, whole.outputs) == (tmp_path / "my/templates", Path("/srv/out"))
    assert (whole.limits.time_s, whole.limits.output_mb, whole.limits.loop) == (1, 2.5, 1000)


def test_a_small_configuration_has_safe_defaults(tmp_path: Path) -> None:
    config = load(tmp_path, SMALL)
    assert config.email.transport is TransportName.OUTBOX
    assert config.email.redirect_to is None
    assert config.email.security is Security.STARTTLS
    assert config.ledger == f"sqlite:///{tmp_path}/var/ledger.sqlite"
    assert (config.templates, config.outputs) == (tmp_path / "templates", tmp_path / "out")
    assert (config.limits.time_s, config.limits.output_mb, config.limits.loop) == (10, 20, 100_000)
    assert config.base == tmp_path


def test_a_path_is_relative_to_the_file_wherever_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    config = load_config(Path("config.yaml"), {})
    assert (config.templates, config.base) == (tmp_path / "templates", tmp_path)


@pytest.mark.parametrize("url", ["sqlite:////var/lib/ledger.sqlite", "sqlite://", "sqlite:///:memory:"])
def test_a_ledger_that_is_not_relative_stays_as_it_is(tmp_path: Path, url: str) -> None:
    assert load(tmp_path, f"{SMALL}ledger: '{url}'").ledger == url


def test_secrets_are_in_no_representation(whole: Config) -> None:
    text = f"{whole!r} {whole} {whole.email!r}"
    assert "hunter" not in text
    assert "hunter2" not in whole.model_dump_json()


def test_a_configuration_crosses_processes(whole: Config) -> None:
    again = pickle.loads(pickle.dumps(whole))
    assert again == whole
    assert again.where("email", "host") == Where("config.yaml", 23, 9, ("email", "host"))


@pytest.mark.parametrize(("security", "port"), [("tls", 465), ("starttls", 587), ("none", 25)])
def test_the_usual_port_follows_the_security(security: str, port: int) -> None:
    assert EmailConfig(security=Security(security)).effective_port == port
    assert EmailConfig(security=Security(security), port=99).effective_port == 99


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    text = """\
company: {name: A, country: Lithuania, iban: LT00, colours: {accent: red}, logo: no.png, currency: EURO}
email:
  transport: smpt
  from: somebody
  port: 99999
  pasword: ${NO_SUCH}
templates: []
"""
    assert sentences(tmp_path, text) == [
        'line 1, column 29, company › country: "Lithuania" is not a country code; '
        "two letters as in ISO 3166, such as DE or US",
        'line 1, column 46, company › iban: "LT00" is not an IBAN: length or check digits are wrong',
        'line 1, column 70, company › colours › accent: "red" is not a colour; write it as "#1F4E79", in quotes',
        f"line 1, column 82, company › logo: there is no file no.png here: {tmp_path}",
        'line 1, column 100, company › currency: "EURO" is not a currency; '
        "three letters as in ISO 4217, such as EUR or USD",
        'line 3, column 14, email › transport: "smpt" is not one of the possible values; did you mean "smtp"?',
        'line 4, column 9, email › from: "somebody" is not an e-mail address; '
        "write a@example.com or Name <a@example.com>",
        'line 5, column 9, email › port: "99999" must be at most 65535',
        'line 6, column 3, email › pasword: unknown key "pasword"; did you mean "password"?',
        "line 6, column 12, email › pasword: the environment variable NO_SUCH is not set; "
        "set NO_SUCH, or write ${NO_SUCH:-default}",
        "line 7, column 12, templates: a list stands where text is expected",
    ]
    assert all(isinstance(fault, UserError) for fault in faults_of(tmp_path, text))


def test_limits_and_times_that_would_hold_for_nobody_are_faults(tmp_path: Path) -> None:
    text = """company: {name: x, country: DE, language: de, currency: EUR}
email:
  sending:
    per_domain: {"*": {messages: 1}, "@example.org": {messages: 1}, "*.example.org": {messages: 1}}
    hours: {begin: "25:00", end: "noon"}
    warm_up: {start: tomorrow, messages_per_day: [1]}
"""
    assert sentences(tmp_path, text) == [
        'line 4, column 17, email › sending › per_domain: "@example.org", "*.example.org" are not domains; '
        'write example.org, or "*" for all that are not named',
        'line 5, column 20, email › sending › hours › begin: "25:00" is not a time of day; '
        'write it as "09:30", in quotes',
        'line 5, column 34, email › sending › hours › end: "noon" is not a time of day; write it as "09:30", in quotes',
        'line 6, column 22, email › sending › warm_up › start: "tomorrow" is not a date; write it as 2026-05-04',
    ]


def test_a_secret_s_variable_that_is_not_set_gets_no_hint_at_a_default(tmp_path: Path) -> None:
    text = """company: {name: x, country: DE, language: de, currency: EUR}
email:
  from: a@example.com
  reply_to: ${ANSWERS}
  bounce: {address: b@example.com, key: "${BOUNCE_KEY}"}
  accounts: [{host: one.test, username: ana, password: "${SMTP_PASSWORD}"}]
  erasure_key: ${ERASURE_KEY}
"""
    hints = [fault.hint for fault in faults_of(tmp_path, text)]
    assert hints[0] == "set ANSWERS, or write ${ANSWERS:-default}"
    assert hints[1:] == ["set BOUNCE_KEY", "set SMTP_PASSWORD", "set ERASURE_KEY"]


def test_a_colour_that_became_a_comment_is_recognised(tmp_path: Path) -> None:
    text = "company:\n  name: A\n  country: LT\n  colours:\n    accent: #004D40\n"
    (sentence,) = sentences(tmp_path, text)
    assert "accent: there is no value" in sentence
    assert "a bare # begins a comment" in sentence


def test_smtp_needs_a_server_and_a_sender(tmp_path: Path) -> None:
    assert sentences(tmp_path, SMALL + "email:\n  transport: smtp\n") == [
        "line 3, column 3, email › transport: email.host is missing, which transport: smtp needs",
        "line 3, column 3, email › transport: email.from is missing, which transport: smtp needs",
    ]


def test_a_password_in_the_file_is_refused_without_repeating_it(tmp_path: Path) -> None:
    (sentence,) = sentences(tmp_path, SMALL + "email: {username: me, password: hunter2}")
    assert sentence == (
        "line 2, column 33, email › password: a password does not belong in a file; write ${SMTP_PASSWORD} and set it"
    )


def test_a_list_of_which_every_entry_is_wrong_is_not_called_empty(tmp_path: Path) -> None:
    hours = 'email: {sending: {hours: {begin: "09:00", end: "17:00", days: [monday]}}}'
    (sentence,) = sentences(tmp_path, SMALL + hours)
    assert '"monday" is not a day; there are: mon' in sentence


@pytest.mark.parametrize("text", ["${SMTP_PASSWORD:-hunter2}", "hunter${SMTP_PASSWORD:-}"])
def test_a_password_beside_a_variable_is_one_in_the_file(tmp_path: Path, text: str) -> None:
    (sentence,) = sentences(tmp_path, SMALL + f'email: {{username: me, password: "{text}"}}')
    assert "a password does not belong in a file" in sentence
    assert "hunter" not in sentence


def test_a_name_without_a_password_is_a_fault(tmp_path: Path) -> None:
    (sentence,) = sentences(tmp_path, SMALL + "email: {username: me}")
    assert "email.password is missing beside username" in sentence


def test_several_accounts_are_checked_like_one(tmp_path: Path) -> None:
    accounts = "    - {username: a, password: secret}\n    - {host: relay.test, username: b, security: none}\n"
    text = SMALL + f"email:\n  transport: smtp\n  from: a@example.com\n  accounts:\n{accounts}"
    found = "\n".join(sentences(tmp_path, text))
    assert "email.accounts[0].host is missing" in found
    assert "a password does not belong in a file" in found
    assert "email.password is missing beside username" in found
    assert "security: none would show the password to the network" in found
    assert "secret" not in found


def test_accounts_stand_in_the_place_of_the_short_form(tmp_path: Path) -> None:
    text = "  transport: smtp\n  from: a@example.com\n  accounts: [{host: one.test, weight: 2}, {host: two.test}]\n"
    email = load(tmp_path, f"{SMALL}email:\n{text}").email
    assert [(account.host, account.weight) for account in email.ways_out] == [("one.test", 2), ("two.test", 1)]
    short = load(tmp_path, SMALL + "email: {host: mail.test, connections: 7}\n").email
    assert [(account.host, account.connections) for account in short.ways_out] == [("mail.test", 7)]


@pytest.mark.parametrize("hours", ["timezone: Mars/Base", "days: [someday]"])
def test_hours_are_checked(tmp_path: Path, hours: str) -> None:
    text = f'email: {{sending: {{hours: {{begin: "09:00", end: "17:00", {hours}}}}}}}\n'
    assert "is not a" in "".join(sentences(tmp_path, SMALL + text))


def test_a_password_does_not_travel_unprotected(tmp_path: Path) -> None:
    text = SMALL + "email: {username: me, password: '${P}', security: none, host: HOST}"
    (sentence,) = sentences(tmp_path, text.replace("HOST", "mail.example.com"), {"P": "x"})
    assert "security: none would show the password to the network; use starttls" in sentence
    assert load(tmp_path, text.replace("HOST", "127.0.0.1"), {"P": "x"}).email.security is Security.NONE


def test_a_ledger_elsewhere_is_refused_without_repeating_its_url(tmp_path: Path) -> None:
    (sentence,) = sentences(tmp_path, SMALL + "ledger: mysql://me:hunter2@db/x")
    assert sentence == "line 2, column 9, ledger: the ledger cannot be kept in mysql; use sqlite or postgresql"
    (sentence,) = sentences(tmp_path, SMALL + "ledger: 'hunter2'")
    assert sentence.endswith("ledger: this is not a database URL; the default is sqlite:///var/ledger.sqlite")


def test_a_secret_from_the_environment_is_not_shown_in_faults(tmp_path: Path) -> None:
    text = SMALL + "email: {security: '${S}', port: '${S}', from: '${S}', host: ['${S}']}\nworkers: ${S}\nledger: ${S}"
    faults = faults_of(tmp_path, text, {"S": "hunter2"})
    assert len(faults) == 6
    for fault in faults:
        assert "hunter2" not in f"{fault!r} {fault} {fault.as_dict()} {fault.__cause__!r} {fault.__context__!r}"


@pytest.mark.parametrize(
    ("name", "value", "path", "expected"),
    [
        ("DOCGEN_EMAIL__HOST", "mail.example.net", "email.host", "mail.example.net"),
        ("DOCGEN_EMAIL__PORT", "2525", "email.port", 2525),
        ("DOCGEN_EMAIL__FROM", "A <a@example.com>", "email.from_", "A <a@example.com>"),
        ("DOCGEN_EMAIL__RATE_PER_MINUTE", "30", "email.rate_per_minute", 30),
        ("DOCGEN_COMPANY__POSTCODE", "00123", "company.postcode", "00123"),
        ("DOCGEN_COMPANY__NAME", "[brackets]", "company.name", "[brackets]"),
        ("DOCGEN_COMPANY__FOOTER", "[one, 'two: 2']", "company.footer", ("one", "two: 2")),
        ("DOCGEN_COMPANY__COLOURS__ACCENT", "#000000", "company.colours.accent", "#000000"),
        ("DOCGEN_LIMITS", "{loop: 5}", "limits.loop", 5),
        ("DOCGEN_WORKERS", "2", "workers", 2),
        ("DOCGEN_LEDGER", "sqlite:////x.sqlite", "ledger", "sqlite:////x.sqlite"),
        ("DOCGEN_WORKERS", "", "workers", None),
    ],
)
def test_a_variable_replaces_a_key(tmp_path: Path, name: str, value: str, path: str, expected: object) -> None:
    found: object = load(tmp_path, SMALL + "workers: 7", {name: value})
    for step in path.split("."):
        found = getattr(found, step)
    assert found == expected


def test_a_password_may_begin_with_a_brace(tmp_path: Path) -> None:
    environ = {"DOCGEN_EMAIL__USERNAME": "me", "DOCGEN_EMAIL__PASSWORD": "{hunter2"}
    password = load(tmp_path, SMALL, environ).email.password
    assert password is not None
    assert password.get_secret_value() == "{hunter2"


def test_a_variable_heals_what_is_wrong_in_the_file(tmp_path: Path) -> None:
    text = SMALL + "email: {port: ${NO_SUCH}}"
    assert load(tmp_path, SMALL + "email: {port: '${NO_SUCH}'}", {"DOCGEN_EMAIL__PORT": "25"}).email.port == 25
    assert faults_of(tmp_path, text.replace("${NO_SUCH}", "'${NO_SUCH}'"))


def test_faults_of_variables_name_the_variable(tmp_path: Path) -> None:
    environ = {
        "DOCGEN_EMAIL__PORT": "many",
        "DOCGEN_EMAIL__HOTS": "x",
        "DOCGEN_EMIAL__HOST": "x",
        "DOCGEN_WORKER": "2",
        "DOCGEN_COMPANY__FOOTER": "[a",
        "DOCGEN_SOMETHING_ELSE": "belongs to another program",
    }
    with pytest.raises(ConfigError, match=r"environment variable DOCGEN_COMPANY__FOOTER, line 1, column 1: a list"):
        load(tmp_path, SMALL, environ)
    del environ["DOCGEN_COMPANY__FOOTER"]
    assert sentences(tmp_path, SMALL, environ) == [
        'environment variable DOCGEN_EMAIL__HOTS, email › hots: unknown key "hots"; did you mean "host"?',
        'environment variable DOCGEN_EMAIL__PORT, email › port: "many" is not a whole number',
        'environment variable DOCGEN_EMIAL__HOST: config.yaml has no key "emial"; did you mean "email"?',
        'environment variable DOCGEN_WORKER: config.yaml has no key "worker"; did you mean "workers"?',
    ]


def test_an_empty_file_lacks_its_company(tmp_path: Path) -> None:
    assert sentences(tmp_path, "") == ['company: the key "company" is missing; company: the sender of every document']


@pytest.mark.parametrize(
    "text", ["a@example.com", "Name <a@example.com>", '"Doe, Jane" <a@example.com>', "Ona Onaitė <ona@example.lt>"]
)
def test_mailboxes_are_taken_as_they_are(text: str) -> None:
    assert EmailConfig(from_=text).from_ == text


@pytest.mark.parametrize("text", ["", "a", "a@", "@b", "Name a@b.c", "Name <a@b", "a@b, c@d", "a@b\nBcc: c@d", "<>"])
def test_what_is_no_mailbox_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an e-mail address"):
        EmailConfig(from_=text)
