"""From a message that was sent to its bounce and back: the return path on the wire, the inbox, the next run."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest
from kit import Office, outcomes
from sink import sink_server

ENVIRON = {"DOCGEN_EMAIL__BOUNCE__ADDRESS": "bounces@example.com", "DOCGEN_EMAIL__BOUNCE__KEY": "0123456789abcdef" * 2}
SMTP = "transport: smtp\n  host: 127.0.0.1\n  security: none"
BOUNCE = """\
From: MAILER-DAEMON@mail.test
To: {to}
Subject: Undelivered Mail
Message-ID: <1@mail.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.test

Final-Recipient: rfc822; ona@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b--
"""


@pytest.fixture
def sent(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office that has made its messages, each with a return path of its own."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    assert office.run().code == 0
    return office


def return_path(office: Office) -> str:
    from docgen.matching import sending_of
    from docgen.returnpath import make_return_path
    from docgen.store import open_ledger
    from docgen.tokens import Keys

    ledger = open_ledger(f"sqlite:///{office.root}/var/ledger.sqlite")
    try:
        [delivery] = [d for d in ledger.deliveries(ledger.runs()[0].id) if d.recipient == "ona@example.com"]
    finally:
        ledger.close()
    keys = Keys.parse(ENVIRON["DOCGEN_EMAIL__BOUNCE__KEY"])
    return make_return_path("bounces@example.com", sending_of(delivery), keys)


def _bounce(office: Office, to: str) -> Path:
    path = office.root / "box"
    box = mailbox.Maildir(path, create=True)
    box.add(BOUNCE.format(to=to).encode())
    return path


def test_a_bounce_suppresses_its_address_is_shown_with_the_run_and_holds_the_next_message(sent: Office) -> None:
    _bounce(sent, return_path(sent))
    dry = sent.call("inbox", "box", "--dry-run", "--json").json
    found = sent.call("inbox", "box", "--json").json
    assert dry["answers"] == found["answers"]
    assert [(each["kind"], each["proof"], each["key"]) for each in found["answers"]] == [
        ("bad-address", "token", "0001")
    ]
    assert sent.call("inbox", "box", "--json").json["known"] == 1
    shown = sent.call("show", sent.run_folder().name, "--json").json
    assert [(each["address"], each["kind"]) for each in shown["replies"]] == [("ona@example.com", "bad-address")]
    assert "no such user" in sent.call("show", sent.run_folder().name).out
    assert outcomes(sent.run("--again", "--json"))["email"]["skipped"] == 1


def test_a_forged_bounce_is_shown_and_does_nothing(sent: Office) -> None:
    _bounce(sent, "bounces@example.com")
    result = sent.call("inbox", "box")
    assert "belongs to no delivery: look at it" in result.out
    assert sent.call("suppress", "list").out.strip() == "No address is suppressed."


def test_messages_leave_with_return_paths_of_their_own(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    with sink_server(tmp_path / "sink") as sink:
        office.edit("config.yaml", "email:\n", f"email:\n  {SMTP}\n  port: {sink.port}\n")
        assert office.run().code == 0
        senders = {message["X-Sink-Recipients"]: message["X-Sink-Sender"] for message in sink.messages()}
    assert len(set(senders.values())) == len(senders) == 3
    assert senders["ona@example.com"] == return_path(office)


def test_what_the_ledger_knows_of_consent_counts_in_a_run(sent: Office) -> None:
    sent.edit("jobs/letters.yaml", "title: Letters\n", "title: Letters\nclass: marketing\ntopic: offers\n")
    foot = "Beispiel Handel, Hafenstraße 1, 20457 Hamburg. mailto:office@example.com?subject=unsubscribe"
    sent.write("templates/note/body.txt", f"Dear {{{{ name }}}}, your letter {{{{ no }}}} is attached.\n{foot}\n")
    sent.write(
        "consents.csv",
        "address,at,wording,source,state,topic\n"
        + "".join(
            f"{address},2026-05-04,v1,form,{state},{topic}\n"
            for address, state, topic in [
                ("ona@example.com", "confirmed", ""),
                ("janis@example.com", "pending", "offers"),
                ("hans@example.org", "given", "events"),
            ]
        ),
    )
    assert sent.call("consent", "import", "consents.csv").out.strip() == "3 added, 0 known"
    result = sent.run("--again", "--json")
    details = sent.call("show", sent.run_folder().name).out
    assert outcomes(result)["email"] == {"queued": 1, "skipped": 2}, details
    assert "the double opt-in to marketing is not confirmed" in details
    assert "no consent to marketing is recorded" in details
