"""A key made by `docgen dkim new` signs what a run sends, and a receiver finds the signature good."""

from __future__ import annotations

import re
import stat
import sys
from datetime import date
from pathlib import Path

import dkim
import pytest
from kit import Office
from messages import parse

from docgen.tokens import Keys, Wish, read_preferences, read_unsubscribe

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


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX")
@pytest.mark.parametrize(("mode", "exposed"), [(0o600, False), (0o640, False), (0o644, True), (0o660, True)])
def test_a_key_that_others_can_read_is_noted(office: Office, mode: int, exposed: bool) -> None:
    key = _new(office)
    _sign_with(office, key["entry"])
    Path(key["file"]).chmod(mode)
    result = office.call("check", "jobs/letters.yaml")
    assert result.code == 0, result.out
    assert ("read the private key" in result.out) is exposed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("e x",), '"e x" is not a domain; write'),
        (("example.com", "--selector", "a b"), '"a b" is not a selector; write'),
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
    _mailing(office, monkeypatch, ALL_LINKS)
    assert office.run("--json").code == 0
    message = parse(_messages(office)[0])
    by_web, by_mail = str(message["List-Unsubscribe"]).split(", ")
    assert by_web.startswith("<https://example.com/u/u1")
    assert by_mail.startswith("<mailto:u@example.com?subject=unsubscribe%20u1")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<letters.example.com>"
    assert message["Precedence"] is None


MJML = """\
<mjml><mj-body><mj-section><mj-column>
<mj-text>Hafenstraße 1, Hamburg <a href="{{ unsubscribe_link }}">stop</a> <a href="{{ unsubscribe_all_link }}">all</a>
{% if preferences_link %}<a href="{{ preferences_link }}">topics</a>{% endif %}</mj-text>
</mj-column></mj-section></mj-body></mjml>
"""
TEXT = "Hafenstraße 1, Hamburg\n{{ unsubscribe_link }}\n{{ unsubscribe_all_link }}\n{{ preferences_link or '' }}\n"


def _mailing(office: Office, monkeypatch: pytest.MonkeyPatch, keys: str, more: str = "topic: care") -> None:
    monkeypatch.setenv("UNSUBSCRIBE_KEY", KEY)
    office.edit("config.yaml", "email:\n", f"email:\n  unsubscribe: {{{keys}, key: '${{UNSUBSCRIBE_KEY}}'}}\n")
    office.edit("jobs/letters.yaml", "title: Letters", f"{MARKETING}\n{more}".rstrip())
    (office.root / "templates/note/body.txt").unlink()
    office.write("templates/note/body.mjml", MJML)
    office.write("templates/note/part.txt", TEXT)
    manifest = office.read("templates/note/template.yaml")
    unused = "  name: {type: text, required: true}\n"
    office.write("templates/note/template.yaml", manifest.replace(unused, "") + "body: body.mjml\ntext: part.txt\n")


ALL_LINKS = "url: 'https://example.com/u', address: u@example.com, preferences: 'https://example.com/p'"


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_every_recipient_has_a_link_of_their_own_in_head_html_and_text(
    office: Office, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    _mailing(office, monkeypatch, ALL_LINKS)
    result = office.run("--json", "--engine", engine)
    assert result.code == 0, result.out
    tokens = Keys.parse(KEY)
    for content in _messages(office):
        message = parse(content)
        to = message["To"].addresses[0].addr_spec
        by_web, by_mail = re.findall(r"<([^>]+)>", str(message["List-Unsubscribe"]))
        page, plain = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))  # type: ignore[union-attr]
        links = re.findall(r'href="([^"]+)"', page)
        assert links == plain.split()[-3:]
        assert links[0] == by_web
        wishes = [read_unsubscribe(link.rpartition("/")[2], tokens, date(2026, 1, 1)) for link in links[:2]]
        assert wishes == [Wish(to, topic="care"), Wish(to)]
        assert read_preferences(links[2].rpartition("/")[2], tokens) == to
        assert by_mail.endswith(by_web.rpartition("/")[2])


def test_trials_and_previews_unsubscribe_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    _mailing(office, monkeypatch, ALL_LINKS)
    assert office.call("preview", "jobs/letters.yaml", "--record", "0001", "--output", "preview").code == 0
    monkeypatch.setenv("DOCGEN_EMAIL__REDIRECT_TO", "me@example.com")
    assert office.run("--json").code == 0
    preview = [path.read_bytes() for path in (office.root / "preview").glob("*.eml")]
    assert preview
    ids = set()
    for content in [*preview, *_messages(office)]:
        message = parse(content)
        ids.add(message["Message-ID"])
        bodies = [message.get_body((kind,)).get_content() for kind in ("html", "plain")]  # type: ignore[union-attr]
        assert all("https://example.com/u/trial" in body for body in bodies)
        for text in (*bodies, str(message["List-Unsubscribe"])):
            assert not re.search(r"/[up]1|%20u1", text)
    assert len(ids) == 1 + len(_messages(office))  # a trial has a Message-ID of its own


def test_without_a_service_the_link_is_the_address_that_gets_the_answers(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _mailing(office, monkeypatch, "address: u@example.com")
    assert office.run("--json").code == 0
    message = parse(_messages(office)[0])
    assert message["List-Unsubscribe-Post"] is None
    assert str(message["List-Unsubscribe"]).strip("<>") in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "{% if preferences_link %}",
            "{% if true %}",
            '"preferences_link" is empty; set email.unsubscribe.preferences',
        ),
        ("class: marketing", "class: transactional", "is empty; only marketing has it"),
    ],
)
def test_a_link_that_there_is_not_is_a_fault_with_what_to_do(
    office: Office, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
) -> None:
    _mailing(office, monkeypatch, "address: u@example.com", "")
    file = "templates/note/body.mjml" if "link" in old else "jobs/letters.yaml"
    office.edit(file, old, new)
    if "class" in old:
        office.edit(file, "\nconsent: no > ''", "")
    result = office.call("check", "jobs/letters.yaml")
    assert result.code == 1
    assert said in result.out


def test_documents_do_not_know_the_links(office: Office) -> None:
    office.edit("templates/letter/body.txt", "{{ name }}", "{{ name }} {{ unsubscribe_link }}")
    result = office.call("check", "jobs/letters.yaml")
    assert result.code == 1
    assert '"unsubscribe_link" is used and not declared; only messages have it' in result.out


def test_message_ids_follow_from_the_key_where_there_is_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert office.run("--json").code == 0
    plain = {str(parse(content)["Message-ID"]) for content in _messages(office)}
    found = []
    for name, key in [("a", KEY), ("b", KEY), ("c", KEY[::-1])]:
        other = Office(office.root / name)
        monkeypatch.setenv("BOUNCE_KEY", key)
        other.edit("config.yaml", "email:\n", "email:\n  bounce: {address: b@example.com, key: '${BOUNCE_KEY}'}\n")
        assert other.run("--json").code == 0
        found.append({str(parse(content)["Message-ID"]) for content in _messages(other)})
    assert found[0] == found[1]
    assert not found[0] & found[2]
    assert not (found[0] | found[2]) & plain


def test_the_reference_says_the_same(office: Office) -> None:
    assert office.run("--json").code == 0
    compiled = [parse(content) for content in _messages(office)]
    other = Office(office.root / "other")
    assert other.run("--json", "--engine", "reference").code == 0
    reference = [parse(content) for content in _messages(other)]
    assert [m["Subject"] for m in compiled] == [m["Subject"] for m in reference]
    assert [m["Message-ID"] for m in compiled] == [m["Message-ID"] for m in reference]


def test_the_outbox_shows_the_return_path_and_the_signature_stays_good(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOUNCE_KEY", KEY)
    office.edit("config.yaml", "email:\n", "email:\n  bounce: {address: b@example.com, key: '${BOUNCE_KEY}'}\n")
    key = _new(office)
    _sign_with(office, key["entry"])
    assert office.run("--json").code == 0
    paths = set()
    for content in _messages(office):
        assert re.match(rb"Return-Path: <b\+[a-z2-7]{32}@example\.com>\r\nDKIM-Signature: ", content)
        paths.add(str(parse(content)["Return-Path"]))
        assert dkim.verify(content, dnsfunc=lambda name, timeout=5: key["record"].encode())
    assert len(paths) == len(_messages(office))
