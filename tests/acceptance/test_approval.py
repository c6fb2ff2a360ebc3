"""An approval holds for what a person has looked at: whatever is changed afterwards asks for another one."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit import Office, outcomes


@pytest.fixture
def approved(office: Office) -> Office:
    """An office whose run waits, approved."""
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\npolicy: {approval: required}")
    assert office.run("--json").json["state"] == "waiting"
    assert office.call("approve", run_of(office), "--by", "Ona").code == 0
    return office


def run_of(office: Office) -> str:
    return f"letters/{office.run_folder().name}"


def alter(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def test_an_approved_run_says_who_approved_it_and_what_is_next(approved: Office) -> None:
    run = run_of(approved)
    note = approved.call("show", run, "--json").json["note"]
    assert note.startswith("approved by Ona on ")
    assert note.endswith(f"; to deliver it: docgen resume {run}")
    assert approved.call("resume", run, "--json").json["note"] == ""


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ("templates/note/body.txt", "the template note"),
        ("templates/letter/template.yaml", "the template letter"),
        ("jobs/letters.yaml", "the job file jobs/letters.yaml"),
    ],
)
def test_what_was_changed_since_the_approval_is_named_and_asks_for_a_new_one(
    approved: Office, changed: str, named: str
) -> None:
    approved.write(changed, approved.read(changed) + "\n# changed\n")
    run = run_of(approved)
    refused = approved.call("resume", run)
    assert refused.code == 1
    assert f"since Ona approved the run {run} on " in refused.err
    assert f"these have changed: {named}; docgen approve {run} approves what was made before that; " in refused.err
    assert approved.call("show", run, "--json").json["state"] == "waiting"
    assert approved.call("approve", run).code == 0
    assert outcomes(approved.call("resume", run, "--json")) == {"email": {"queued": 3}, "folder": {"sent": 4}}


def test_all_that_was_changed_is_told_at_once(approved: Office) -> None:
    approved.write("templates/note/body.txt", "Other words, {{ name }} {{ no }}\n")
    alter(approved.run_folder() / "work/records/00000.jsonl")
    alter(approved.run_folder() / "messages/000001-email.eml")
    told = approved.call("resume", run_of(approved)).err
    assert "these have changed: the template note, the data of the run; " in told
    assert "are not what was made: messages/000001-email.eml; put them back, or cancel it" in told


def test_who_approves_hears_how_many_would_be_skipped(office: Office) -> None:
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\npolicy: {approval: required}")
    office.call("suppress", "add", "ona@example.com")
    note = office.run("--json").json["note"]
    told = (
        "deliveries to go (1 of them without consent or suppressed, as things stand); look at it, then: docgen approve"
    )
    assert told in note


def test_altered_data_of_the_run_asks_for_a_new_approval(approved: Office) -> None:
    alter(approved.run_folder() / "work/records/00000.jsonl")
    refused = approved.call("resume", run_of(approved))
    assert (refused.code, "these have changed: the data of the run" in refused.err) == (1, True)


@pytest.mark.parametrize("name", ["documents/letter 0002.txt", "messages/000000-email.eml"])
@pytest.mark.parametrize("gone", [False, True])
def test_files_that_are_not_what_was_made_are_neither_delivered_nor_approved(
    approved: Office, name: str, gone: bool
) -> None:
    path, run = approved.run_folder() / name, run_of(approved)
    content = path.read_bytes()
    path.unlink() if gone else alter(path)
    for command in ("resume", "approve"):
        refused = approved.call(command, run)
        assert (refused.code, f"are not what was made: {name}; put them back" in refused.err) == (1, True), refused.err
    path.write_bytes(content)
    assert outcomes(approved.call("resume", run, "--json")) == {"email": {"queued": 3}, "folder": {"sent": 4}}


def test_of_many_altered_files_some_are_named_and_the_rest_is_counted(approved: Office) -> None:
    for path in [*(approved.run_folder() / "documents").iterdir(), *(approved.run_folder() / "messages").iterdir()]:
        alter(path)
    assert "messages/000000-email.eml and 2 more; put them back" in approved.call("resume", run_of(approved)).err


def test_data_that_move_on_do_not_touch_what_was_approved(approved: Office) -> None:
    approved.edit("data/customers.csv", "Vilnius", "Kaunas")
    assert approved.call("resume", run_of(approved)).code == 0
    assert "Vilnius" in approved.read("out/archive/letter 0001.txt")
