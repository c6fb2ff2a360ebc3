"""A key made by `docgen dkim new` signs what a run sends, and a receiver finds the signature good."""

from __future__ import annotations

import stat
from pathlib import Path

import dkim
import pytest
from kit import Office
from messages import parse

MARKETING = "title: Letters\nclass: marketing\nconsent: no > ''"
KEY = "0123456789abcdef"


def _new(office: Office, *options: str) -> dict[str, str]:
    result = office.call("dkim", "new", "example.com", "--json", *options)
    assert result.code == 0, result.err
    return dict(result.json)


def _sign_with(office: Office, *entries: str) -> None:
    lines = "".join(f"    {entry}\n" for entry in entries)
    office.edit("config.yaml", "email:\n", f"email:\n  dkim:\n{lines}")


def _messages(office: Office) -> list[bytes]:
    return [path.read_bytes() for path in sorted((office.run_folder() / "outbox").iterdir())]


def test_a_run_signs_by_both_keys(office: Office) -> None:
    made = [_new(office, "--selector", "r"), _new(office, "--selector", "e", "--algorithm", "ed25519")]
    _sign_with(office, *(key["entry"] for key in made))
    assert office.run("--json").code == 0
    records = {f"{key['name']}.".encode(): key["record"].encode() for key in made}
    for content in _messages(office):
        signed = dkim.DKIM(content)
        assert [signed.verify(at, dnsfunc=lambda name, timeout=5: records.get(name)) for at in (0, 1)] == [True, True]


def test_the_private_key_is_for_its_owner_alone_and_never_overwritten(office: Office) -> None:
    file = Path(_new(office)["file"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    again = office.call("dkim", "new", "example.com")
    assert again.code == 1
    assert "there already" in again.err
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("e x",), "not a domain"),
        (("example.com", "--selector", "a b"), "not a selector"),
        (("example.com", "--out", "templates/letter/k.pem"), "among the templates"),
    ],
)
def test_what_cannot_be_a_key_is_refused(office: Office, arguments: tuple[str, ...], said: str) -> None:
    result = office.call("dkim", "new", *arguments)
    assert result.code == 1
    assert said in result.err


def test_keys_of_another_domain_are_a_fault(office: Office) -> None:
    entry = _new(office)["entry"].replace("domain: example.com", "domain: example.net")
    _sign_with(office, entry)
    result = office.call("check", "jobs/letters.yaml")
    assert result.code == 1
    assert "no key in email.dkim signs for it" in result.out


def test_a_file_that_is_no_key_is_a_fault(office: Office) -> None:
    office.write("k.pem", "nonsense")
    _sign_with(office, "- {domain: example.com, selector: s, key_file: k.pem}")
    result = office.call("check", "jobs/letters.yaml")
    assert result.code == 1
    assert "no private key" in result.out


def test_marketing_can_be_left_by_one_click(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNSUBSCRIBE_KEY", KEY)
    keys = "  unsubscribe: {url: 'https://example.com/u', address: u@example.com, key: '${UNSUBSCRIBE_KEY}'}\n"
    office.edit("config.yaml", "email:\n", f"email:\n{keys}")
    office.edit("jobs/letters.yaml", "title: Letters", MARKETING)
    assert office.run("--json").code == 0
    message = parse(_messages(office)[0])
    by_web, by_mail = str(message["List-Unsubscribe"]).split(", ")
    assert by_web.startswith("<https://example.com/u/u1")
    assert by_mail.startswith("<mailto:u@example.com?subject=unsubscribe%20u1")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<letters.example.com>"
    assert message["Precedence"] is None


def test_the_reference_says_the_same(office: Office) -> None:
    assert office.run("--json").code == 0
    compiled = [parse(content) for content in _messages(office)]
    other = Office(office.root / "other")
    assert other.run("--json", "--engine", "reference").code == 0
    reference = [parse(content) for content in _messages(other)]
    assert [m["Subject"] for m in compiled] == [m["Subject"] for m in reference]
    assert [m["Message-ID"] for m in compiled] == [m["Message-ID"] for m in reference]
