"""The main job through the command line: what is made, delivered, remembered, and what a second run does."""

from __future__ import annotations

import csv
import json
from email import message_from_bytes, policy

from kit import Office, outcomes


def test_run_makes_documents_messages_and_archive(office: Office) -> None:
    result = office.run("--json")
    assert result.code == 0, result.err
    assert outcomes(result) == {"email": {"queued": 3}, "folder": {"sent": 4}}
    assert office.files("documents") == [f"letter {n:04}.txt" for n in (1, 2, 3, 4)]
    assert sorted(p.name for p in (office.root / "out/archive").iterdir()) == office.files("documents")
    assert office.read("out/archive/letter 0004.txt") == "Hello Müller, Hans\n0004 Köln 1E5\n"
    messages = [
        message_from_bytes(p.read_bytes(), policy=policy.default) for p in (office.run_folder() / "outbox").iterdir()
    ]
    assert sorted(m["To"] for m in messages) == [
        '"Müller, Hans" <hans@example.org>',
        "Jānis Bērziņš <janis@example.com>",
        "Ona Kazlauskaitė <ona@example.com>",
    ]
    assert {part.get_filename() for m in messages for part in m.iter_attachments()} == {
        "letter 0001.txt",
        "letter 0002.txt",
        "letter 0004.txt",
    }


def test_run_leaves_manifest_and_page_and_no_staging(office: Office) -> None:
    office.run()
    folder = office.run_folder()
    assert sorted(p.name for p in folder.iterdir()) == ["documents", "manifest.jsonl", "outbox", "report.html"]
    manifest = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    assert [m["key"] for m in manifest if m["kind"] == "artifact"] == ["0001", "0002", "0003", "0004"]
    assert {m["outcome"] for m in manifest if m["kind"] == "delivery"} == {"queued", "sent"}
    page = (folder / "report.html").read_text()
    assert "letter%200001.txt" in page
    assert "Letters" in page


def test_second_run_delivers_nothing_again(office: Office) -> None:
    office.run()
    result = office.run("--json")
    assert result.code == 0
    assert outcomes(result) == {"email": {"skipped": 3}, "folder": {"skipped": 4}}


def test_second_run_delivers_what_is_new_and_tells_what_changed(office: Office) -> None:
    office.run()
    office.edit("data/customers.csv", "Vilnius", "Kaunas")
    office.edit("data/customers.csv", "0004,", "0005,New One,new@example.com,Jelgava,1\n0004,")
    result = office.run("--json")
    assert outcomes(result) == {"email": {"queued": 1, "skipped": 3}, "folder": {"sent": 1, "skipped": 4}}
    shown = office.call("show", result.json["run"], "--json").json
    details = {d["key"]: d["detail"] for d in shown["results"] if d["step"] == "email"}
    assert result.json["changed"] == 2  # its message and its file in the archive
    assert "the record has changed since" in details["0001"]
    assert "changed" not in details["0002"]


def test_again_delivers_again_under_another_message_id(office: Office) -> None:
    office.run()
    first = {
        p.name: message_from_bytes(p.read_bytes())["Message-ID"] for p in (office.run_folder() / "outbox").iterdir()
    }
    result = office.run("--again", "--json")
    assert outcomes(result) == {"email": {"queued": 3}, "folder": {"sent": 4}}
    second = {
        p.name: message_from_bytes(p.read_bytes())["Message-ID"] for p in (office.run_folder() / "outbox").iterdir()
    }
    assert first.keys() == second.keys()
    assert not set(first.values()) & set(second.values())


def test_new_edition_is_delivered_anew(office: Office) -> None:
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\nedition: 2026-05")
    office.edit("jobs/letters.yaml", "  - folder: {path: archive, documents: [letter]}\n", "")
    office.run()
    assert outcomes(office.run("--json")) == {"email": {"skipped": 3}}
    office.edit("jobs/letters.yaml", "edition: 2026-05", "edition: 2026-06")
    assert outcomes(office.run("--json")) == {"email": {"queued": 3}}


def test_record_and_limit_choose_records(office: Office) -> None:
    assert outcomes(office.run("--record", "0002", "--json"))["email"] == {"queued": 1}
    assert outcomes(office.run("--limit", "2", "--json"))["folder"] == {"sent": 1, "skipped": 1}


def test_bad_records_are_quarantined_as_they_came_and_the_rest_goes_on(office: Office) -> None:
    office.edit("data/customers.csv", "0002,Jānis Bērziņš", "0002,")
    office.edit("data/customers.csv", "0003,Smith & Co,", "0003,Smith & Co,no address")
    office.edit("data/customers.csv", "0004,", "0001,")
    result = office.run("--json")
    assert result.code == 4
    assert result.json["items"] == {"quarantined": 4}
    with (office.run_folder() / "quarantine.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    faults = {(row["no"], row["city"]): row["fault"] for row in rows}
    assert "name is empty, which the template letter needs" in faults["0002", "Rīga"]
    assert "customers.csv, row 3" in faults["0002", "Rīga"]
    assert "no address" in faults["0003", "London"]
    assert {city for no, city in faults if no == "0001"} == {"Vilnius", "Köln"}
    assert office.read("data/customers.csv").splitlines()[4].split(",", 1)[1] in [
        '"Müller, Hans",hans@example.org,Köln,1E5'
    ]


def test_mended_rows_alone_go_out_in_the_next_run(office: Office) -> None:
    office.edit("data/customers.csv", "0002,Jānis Bērziņš", "0002,")
    assert office.run().code == 4
    office.edit("data/customers.csv", "0002,", "0002,Jānis Bērziņš")
    assert outcomes(office.run("--json")) == {
        "email": {"queued": 1, "skipped": 2},
        "folder": {"sent": 1, "skipped": 3},
    }


def test_stop_policy_delivers_nothing_when_a_record_is_bad(office: Office) -> None:
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\npolicy: {bad_records: stop}")
    office.edit("data/customers.csv", "0002,Jānis Bērziņš", "0002,")
    result = office.run("--json")
    assert result.code == 4
    assert result.json["state"] == "stopped"
    assert not (office.root / "out/archive").exists()
    assert (office.run_folder() / "quarantine.csv").exists()


def test_dry_run_makes_everything_and_keeps_nothing(office: Office) -> None:
    result = office.run("--dry-run", "--json")
    assert result.code == 0
    assert outcomes(result) == {"email": {"pending": 3}, "folder": {"pending": 4}}
    assert not (office.root / "out").exists()
    office.run()
    assert outcomes(office.run("--dry-run", "--json")) == {"email": {"skipped": 3}, "folder": {"skipped": 4}}
    assert len(office.call("runs", "--json").json["runs"]) == 1


def test_approval_is_asked_for_and_bound_to_what_was_made(office: Office) -> None:
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\npolicy: {approval: required}")
    result = office.run("--json")
    run = result.json["run"]
    assert (result.code, result.json["state"]) == (0, "waiting")
    assert outcomes(result) == {"email": {"pending": 3}, "folder": {"pending": 4}}
    refused = office.call("resume", run)
    assert refused.code == 1
    assert f"docgen approve {run}" in refused.err
    assert office.call("approve", run, "--by", "Ona").code == 0
    assert outcomes(office.call("resume", run, "--json")) == {"email": {"queued": 3}, "folder": {"sent": 4}}


def test_cancelled_run_never_goes_out(office: Office) -> None:
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\npolicy: {approval: required}")
    run = office.run("--json").json["run"]
    assert office.call("cancel", run).code == 0
    assert office.call("resume", run).code == 1
    assert office.call("show", run, "--json").json["state"] == "cancelled"


def test_history_answers_what_a_customer_received(office: Office) -> None:
    office.run()
    by_key = office.call("history", "0001", "--json").json["history"]
    assert {(h["delivery"]["step"], h["delivery"]["outcome"]) for h in by_key} == {
        ("email", "queued"),
        ("folder", "sent"),
    }
    by_address = office.call("history", "ona@example.com", "--json").json["history"]
    assert [h["record"]["key"] for h in by_address] == ["0001"]
    assert "letter 0001.txt" in office.call("history", "0001").out


def test_suppressed_address_is_skipped_with_its_reason(office: Office) -> None:
    assert office.call("suppress", "add", "Ona@example.com", "--reason", "unsubscribed").code == 0
    result = office.run("--json")
    assert outcomes(result)["email"] == {"queued": 2, "skipped": 1}
    shown = office.call("show", result.json["run"], "--json").json["results"]
    assert "unsubscribed" in next(d["detail"] for d in shown if d["outcome"] == "skipped")
    assert office.call("suppress", "remove", "ona@example.com").code == 0


def test_a_dry_run_tells_apart_who_may_not_be_written_to(office: Office) -> None:
    office.call("suppress", "add", "ona@example.com", "--reason", "unsubscribed")
    assert outcomes(office.run("--dry-run", "--json"))["email"] == {"pending": 2, "skipped": 1}


def test_preview_writes_one_record_and_remembers_nothing(office: Office) -> None:
    result = office.call("preview", "jobs/letters.yaml", "--record", "0001")
    assert result.code == 0, result.err
    made = office.root / "out/preview/letters"
    assert (made / "letter 0001.txt").read_text() == "Hello Ona Kazlauskaitė\n0001 Vilnius 10.00\n"
    assert any(path.suffix == ".eml" for path in made.iterdir())
    assert office.call("preview", "jobs/letters.yaml", "--record", "0001", "-o", "one.txt").code == 0
    assert (office.root / "one.txt").exists()
    assert office.call("runs", "--json").json["runs"] == []


def test_documents_are_the_same_bytes_in_every_process_and_run(office: Office) -> None:
    office.run()
    first = {p.name: p.read_bytes() for p in (office.run_folder() / "documents").iterdir()}
    office.run("--again")
    second = {p.name: p.read_bytes() for p in (office.run_folder() / "documents").iterdir()}
    assert first == second


def test_numbers_have_no_gap_and_stay_with_their_record(office: Office) -> None:
    office.edit("jobs/letters.yaml", "\ndocuments:", '\nnumbers: {number: "L-{year}-{n:03}"}\ndocuments:')
    office.edit("jobs/letters.yaml", 'file: "letter {{ no }}"', 'file: "{{ number }} {{ no }}"')
    office.edit("data/customers.csv", "0002,Jānis Bērziņš", "0002,")
    office.edit("data/customers.csv", "0003,Smith & Co,", "0003,Smith & Co,broken address")
    office.run()
    year = office.run_folder().name[:4]
    assert office.files("documents") == [f"L-{year}-001 0001.txt", f"L-{year}-002 0004.txt"]
    office.edit("data/customers.csv", "0002,", "0002,Jānis Bērziņš")
    office.edit("data/customers.csv", "broken address", "")
    office.run()
    assert office.files("documents") == [
        f"L-{year}-001 0001.txt",
        f"L-{year}-002 0004.txt",
        f"L-{year}-003 0002.txt",
        f"L-{year}-004 0003.txt",
    ]


def test_marketing_goes_only_to_those_who_agreed(office: Office) -> None:
    office.write("data/customers.csv", "no,name,email,agreed\n1,A,a@example.com,yes\n2,B,b@example.com,\n")
    office.edit("templates/note/template.yaml", "fields:", "fields:\n  agreed: boolean")
    office.edit("templates/letter/template.yaml", "  city: text\n  amount: text\n", "")
    office.write("templates/letter/body.txt", "{{ t('greeting') }} {{ name }} {{ no }}")
    foot = "Beispiel Handel, Hafenstraße 1, 20457 Hamburg. mailto:office@example.com?subject=unsubscribe"
    office.write("templates/note/body.txt", f"{{% if agreed %}}{{% endif %}}Dear {{{{ name }}}} {{{{ no }}}}\n{foot}\n")
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\nclass: marketing\nconsent: agreed")
    result = office.run("--json")
    assert result.code == 0, result.err
    assert outcomes(result)["email"] == {"queued": 1, "skipped": 1}
    (message,) = (office.run_folder() / "outbox").iterdir()
    header = message_from_bytes(message.read_bytes(), policy=policy.default)["List-Unsubscribe"]
    assert header == "<mailto:office@example.com?subject=unsubscribe>"


def test_run_is_resumed_from_any_folder(office: Office) -> None:
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\npolicy: {approval: required}")
    run = office.run("--json").json["run"]
    elsewhere = Office(office.root / "elsewhere")
    config = str(office.root / "config.yaml")
    assert elsewhere.call("approve", run, "--config", config).code == 0
    assert outcomes(elsewhere.call("resume", run, "--json", "--config", config))["email"] == {"queued": 3}


def test_address_fault_names_the_row_of_the_data_wherever_it_is_printed(office: Office) -> None:
    office.write("data/customers.csv", "no,name,street,city,postcode,country\n1,A,Weg 1,Berlin,,DE\n")
    office.write(
        "templates/letter/template.yaml",
        "kind: letter\nfields: {no: text, name: text, street: text, city: text, postcode: text, country: country}\n",
    )
    office.write("templates/letter/body.txt", "{{ address() }} {{ no }}")
    job = office.read("jobs/letters.yaml")
    office.write("jobs/letters.yaml", job[: job.index("deliver:")])
    for result in (office.run("--dry-run"), office.call("preview", "jobs/letters.yaml", "--record", "1")):
        assert "customers.csv, row 2, postcode, record 1: the postal address has no postcode" in result.out + result.err
