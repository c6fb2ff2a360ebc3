"""Receipts, statements and reminders of the sample accounts; who has nothing overdue is left out of a run."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from kit import Office, outcomes

ROOT = Path(__file__).parents[2]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    office.write("config.yaml", (ROOT / "config.yaml").read_text(encoding="utf-8"))
    office.edit("config.yaml", "company:", f"templates: {ROOT / 'templates'}\nworkers: 1\ncompany:")
    return office


def _campaign(office: Office, name: str, *edits: tuple[str, str]) -> None:
    text = (ROOT / "campaigns" / f"{name}.yaml").read_text(encoding="utf-8")
    office.write(f"jobs/{name}.yaml", text.replace("data/", f"{ROOT}/campaigns/data/"))
    for old, new in edits:
        office.edit(f"jobs/{name}.yaml", old, new)


def _keys(office: Office, job: str) -> list[str]:
    return sorted(path.name.split()[0] for path in (office.run_folder(job) / "documents").iterdir())


def _stages(office: Office) -> dict[str, str]:
    names = [path.name.split() for path in (office.run_folder("reminder") / "documents").iterdir()]
    return {name[0]: name[1] for name in names}


def test_customers_are_reminded_by_stage_and_the_others_get_nothing(office: Office) -> None:
    _campaign(office, "reminder")
    result = office.run("--json", job="jobs/reminder.yaml")
    assert result.code == 0, result.err
    assert outcomes(result) == {"email": {"queued": 7}, "print": {"queued": 2}, "folder": {"sent": 9}}
    # K-1021 has time, K-1023 objects, K-1032 has paid, K-1054 has paid too much.
    assert [f"{key} {stage}" for key, stage in sorted(_stages(office).items())] == [
        *("K-1002 friendly", "K-1005 first", "K-1016 second", "K-1017 last", "K-1027 first", "K-1035 friendly"),
        *("K-1039 second", "K-1044 first", "K-1047 friendly"),
    ]
    assert not (office.run_folder("reminder") / "quarantine.csv").exists()


def test_a_message_alone_leaves_the_same_customers_out(office: Office) -> None:
    _campaign(office, "reminder")
    text = office.read("jobs/reminder.yaml")
    step = '\ndeliver:\n  - email: {when: email, to: "{{ email }}", template: reminder-email}\n'
    office.write("jobs/reminder.yaml", text[: text.index("\ndocuments:")] + step)
    result = office.run("--json", job="jobs/reminder.yaml")
    assert (result.code, outcomes(result)) == (0, {"email": {"queued": 7}}), result.err


def test_a_check_finds_no_fault_in_customers_that_are_left_out(office: Office) -> None:
    _campaign(office, "reminder", ("order by customer_no", "order by customer_no desc"))
    result = office.call("check", "jobs/reminder.yaml")
    assert result.code == 0, result.out + result.err


def test_a_bundle_of_reminders_holds_those_that_are_made(office: Office) -> None:
    bundle = "bundles:\n  all: {document: reminder, format: pdf, sort: [country], when: country}\n\ndeliver:"
    _campaign(office, "reminder", ("deliver:", bundle))
    assert office.run("--json", job="jobs/reminder.yaml").code == 0
    assert [path.name for path in (office.run_folder("reminder") / "bundles").iterdir()] == ["all.pdf"]


def test_everybody_with_an_account_gets_a_statement_of_it(office: Office) -> None:
    _campaign(office, "statement")
    result = office.run("--json", job="jobs/statement.yaml")
    assert (result.code, outcomes(result)) == (0, {"email": {"queued": 11}, "print": {"queued": 2}}), result.err
    assert len(_keys(office, "statement")) == 13


def test_every_payment_gets_one_receipt_with_its_message(office: Office) -> None:
    _campaign(office, "receipt")
    result = office.run("--json", job="jobs/receipt.yaml")
    assert (result.code, outcomes(result)) == (0, {"email": {"queued": 7}, "folder": {"sent": 7}}), result.err
    assert [key[-6:] for key in _keys(office, "receipt")] == [f"-{number:05}" for number in range(1, 8)]
    messages = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (office.run_folder("receipt") / "outbox").iterdir()
    ]
    assert all(len(list(message.iter_attachments())) == 1 for message in messages)
