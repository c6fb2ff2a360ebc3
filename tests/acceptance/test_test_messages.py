"""`docgen test`: the real messages of some records to other people, and nothing that stays."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from kit import Office, Result, outcomes
from sink import sink_server

SMTP = "transport: smtp\n  host: 127.0.0.1\n  security: none"
UNSUBSCRIBE = {"DOCGEN_EMAIL__UNSUBSCRIBE__URL": "https://example.com/u"}
UNSUBSCRIBE |= {"DOCGEN_EMAIL__UNSUBSCRIBE__KEY": "0123456789abcdef" * 2}


def try_out(office: Office, *options: str) -> Result:
    return office.call("test", "jobs/letters.yaml", *options)


def written(office: Office) -> list[EmailMessage]:
    paths = sorted((office.root / "out/test/letters").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]


def test_a_test_is_the_real_message_marked_and_to_those_who_asked_for_it(office: Office) -> None:
    result = try_out(office, "--record", "0002", "--to", "me@example.com", "--to", "You <you@example.com>", "--json")
    assert (result.code, result.err) == (0, "")
    [sent] = result.json["messages"]
    assert (sent["key"], sent["step"], sent["outcome"]) == ("0002", "email", "queued")
    assert sent["outcomes"] == {"me@example.com": "queued", "you@example.com": "queued"}
    [message] = written(office)
    assert message["Subject"] == "[Test] Letter 0002"
    assert message["To"] == "me@example.com, You <you@example.com>"
    assert message["X-Original-To"] == "janis@example.com"
    assert "Dear Jānis Bērziņš" in message.get_body(("plain",)).get_content()
    assert [part.get_filename() for part in message.iter_attachments()] == ["letter 0002.txt"]


def test_a_test_is_never_counted_as_delivered_and_needs_no_approval(office: Office) -> None:
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\npolicy: {approval: required}")
    assert try_out(office, "--record", "0001", "--to", "me@example.com").code == 0
    assert office.call("runs").out.strip() == "There are no runs yet."
    assert "Nothing was made for or sent to 0001" in office.call("history", "0001").out
    assert outcomes(office.run("--json"))["email"] == {"pending": 3}


def test_tests_have_message_ids_of_their_own(office: Office) -> None:
    office.run()
    real = {message_from_bytes(p.read_bytes())["Message-ID"] for p in (office.run_folder() / "outbox").iterdir()}
    for _ in range(2):
        assert try_out(office, "--record", "0001", "--to", "me@example.com").code == 0
    tests = {message["Message-ID"] for message in written(office)}
    assert len(tests) == 2
    assert not tests & real


def test_variants_that_are_tested_have_message_ids_of_their_own(office: Office) -> None:
    variants = "{subject: One}, b: {subject: Two}"
    office.edit(
        "jobs/letters.yaml",
        "      template: note",
        f"      template: note\n      ab_test: {{variants: {{a: {variants}}}, share: 50}}",
    )
    assert try_out(office, "--record", "0001", "--to", "me@example.com").code == 0
    assert len({message["Message-ID"] for message in written(office)}) == len(written(office)) == 2


def test_a_test_of_marketing_cannot_unsubscribe_the_customer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in UNSUBSCRIBE.items():
        monkeypatch.setenv(name, value)
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\nclass: marketing\nconsent: email")
    office.edit("templates/note/body.txt", "attached.", "attached. {{ unsubscribe_link }}")
    assert try_out(office, "--record", "0001", "--to", "me@example.com").code == 0
    [message] = written(office)
    assert message["List-Unsubscribe"] is None
    body = message.get_body(("plain",))
    assert body is not None
    assert "attached. https://example.com/u/trial" in body.get_content()


def test_each_variant_is_sent_as_a_test(office: Office) -> None:
    test = 'ab_test: {variants: {a: {}, b: {subject: "Other {{ no }}"}}, share: 20}'
    office.edit("jobs/letters.yaml", "      template: note\n", f"      template: note\n      {test}\n")
    result = try_out(office, "--record", "0001", "--to", "me@example.com", "--json")
    assert [each["variant"] for each in result.json["messages"]] == ["a", "b"]
    assert sorted(message["Subject"] for message in written(office)) == ["[Test] Letter 0001", "[Test] Other 0001"]


def test_tests_go_by_smtp_where_messages_do(office: Office, tmp_path: Path) -> None:
    with sink_server(tmp_path / "sink") as sink:
        office.edit("config.yaml", "email:\n", f"email:\n  {SMTP}\n  port: {sink.port}\n")
        result = try_out(office, "--record", "0001", "--record", "0004", "--to", "me@example.com")
        assert (result.code, result.out.count("sent")) == (0, 2), result.err
        assert {message["X-Sink-Recipients"] for message in sink.messages()} == {"me@example.com"}
    assert not (office.root / "out/test").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--record", "0009", "--to", "me@example.com"], 'there is no record "0009" in the data'),
        (["--record", "0003", "--to", "me@example.com"], "no step of the job sends a message for 0003"),
        (["--record", "0001", "--to", "nobody"], "nobody"),
        (["--record", "0001", *(f"--to=p{n}@example.com" for n in range(11))], "11 people are too many for a test"),
        (["--record", "0001"], "Missing option '--to'"),
    ],
)
def test_what_cannot_be_tried_is_told(office: Office, options: list[str], told: str) -> None:
    result = try_out(office, *options)
    assert (result.code, told in result.err) == (1, True), result.err


def test_a_test_is_no_mailing(office: Office) -> None:
    rows = "".join(f"{n:04},Person {n},p{n}@example.com,Riga,1\n" for n in range(11))
    office.write("data/customers.csv", "no,name,email,city,amount\n" + rows)
    options = [part for n in range(11) for part in ("--record", f"{n:04}")]
    result = try_out(office, *options, "--to", "me@example.com")
    assert (result.code, "these are 11 messages, too many for a test; at most 10" in result.err) == (1, True)
    assert not (office.root / "out/test").exists()


def test_a_server_that_is_away_ends_a_test_as_it_ends_a_run(office: Office) -> None:
    office.edit("config.yaml", "email:\n", f"email:\n  {SMTP}\n  port: 1\n")
    tested, ran = try_out(office, "--record", "0001", "--to", "me@example.com"), office.run()
    assert (tested.code, ran.code) == (4, 4)
    assert "the mail server 127.0.0.1 port 1 cannot be used: nothing answers there" in tested.err
