"""Ctrl-C, a second docgen, mail servers that fail and full disks: what is said, and that nothing is lost or doubled."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from kit import Office, Result, outcomes
from sink import Sink, sink_server

RUN = ("run", "jobs/letters.yaml")
CONNECTIONS = 2
EVERYBODY = Counter(["ona@example.com", "janis@example.com", "hans@example.org"])


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with sink_server(tmp_path / "sink") as server:
        yield server


@pytest.fixture
def mailing(office: Office, sink: Sink) -> Office:
    """The office with the sink as its mail server."""
    use_server(office, sink.port)
    return office


def use_server(office: Office, port: int, *more: str, security: str = "none") -> None:
    lines = ["transport: smtp", "host: 127.0.0.1", f"port: {port}", f"security: {security}", *more]
    lines.append(f"connections: {CONNECTIONS}")
    config = office.read("config.yaml").partition("email:\n")[0]
    text = "".join(f"  {line}\n" for line in ("from: Beispiel Handel <office@example.com>", *lines))
    office.write("config.yaml", f"{config}email:\n{text}workers: 1\n")


def many_customers(office: Office, count: int) -> None:
    rows = [f"{n:04},Customer {n},c{n}@example.com,Riga,1" for n in range(count)]
    office.write("data/customers.csv", "\n".join(["no,name,email,city,amount", *rows]) + "\n")


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something has happened, as long as the process lives."""
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


def interrupt(process: subprocess.Popen[str], number: int = signal.SIGINT) -> None:
    """Press Ctrl-C: the signal goes to everybody in the terminal's group."""
    os.killpg(process.pid, number)


def the_run(office: Office) -> str:
    """The newest run."""
    run: str = office.call("runs", "--json").json["runs"][0]["run"]
    return run


def show(office: Office, run: str) -> Result:
    return office.call("show", run, "--json")


def is_clean(office: Office) -> bool:
    """Whether no half-written file and no staging is left."""
    return not [*office.root.glob("out/**/.docgen-*"), *office.root.glob("out/letters/*/work")]


# --- Ctrl-C ---


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_while_merging_stops_at_once_and_resume_goes_on(office: Office, workers: int) -> None:
    many_customers(office, 500)
    office.edit("config.yaml", "workers: 1", f"workers: {workers}")
    process = office.spawn(*RUN, start_new_session=True)
    messages = office.root / "out/letters"
    wait_for(lambda: any(messages.glob("*/messages/*.eml")), process)
    children = psutil.Process(process.pid).children(recursive=True)
    interrupt(process)
    out, err = process.communicate(timeout=60)
    run = the_run(office)
    assert (process.returncode, out) == (130, "")
    assert err.strip().splitlines()[-1] == f"interrupted; to go on: docgen resume {run}"
    assert "Traceback" not in err
    assert show(office, run).json["state"] == "merging"
    psutil.wait_procs(children, timeout=10)
    assert not [child for child in children if child.is_running()]

    assert outcomes(office.call("resume", run, "--json")) == {"email": {"queued": 500}, "folder": {"sent": 500}}
    assert len(office.files("outbox")) == len(office.files("documents")) == 500
    assert is_clean(office)


def test_killed_run_leaves_no_worker_behind(office: Office) -> None:
    many_customers(office, 500)
    office.edit("config.yaml", "workers: 1", "workers: 2")
    process = office.spawn(*RUN, start_new_session=True)
    wait_for(lambda: any((office.root / "out/letters").glob("*/messages/*.eml")), process)
    children = psutil.Process(process.pid).children(recursive=True)
    assert children
    process.kill()
    process.wait()
    psutil.wait_procs(children, timeout=10)
    assert not [child for child in children if child.is_running()]
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_while_delivering_waits_for_the_answers_and_leaves_nothing_unknown(
    mailing: Office, sink: Sink, number: int
) -> None:
    many_customers(mailing, 20)
    sink.behave(hold=True)
    process = mailing.spawn(*RUN, start_new_session=True)
    wait_for(lambda: sink.count() == CONNECTIONS, process)
    interrupt(process, number)
    sink.let_go()
    _, err = process.communicate(timeout=60)
    run = the_run(mailing)
    assert process.returncode == 130
    assert err.strip().splitlines()[-1] == f"interrupted; to go on: docgen resume {run}"
    shown = show(mailing, run).json
    assert (shown["state"], shown["note"]) == ("paused", "interrupted")
    assert shown["deliveries"]["email"].keys() == {"sent", "pending"}
    assert shown["deliveries"]["email"]["sent"] == sink.count() < 20

    assert outcomes(mailing.call("resume", run, "--json")) == {"email": {"sent": 20}, "folder": {"sent": 20}}
    assert set(sink.recipients().values()) == {1}
    assert sink.count() == 20
    assert is_clean(mailing)


def test_second_ctrl_c_breaks_off_and_what_was_in_doubt_is_never_sent_again(mailing: Office, sink: Sink) -> None:
    many_customers(mailing, 20)
    sink.behave(hold=True)
    process = mailing.spawn(*RUN, start_new_session=True)
    wait_for(lambda: sink.count() == CONNECTIONS, process)
    while process.poll() is None:
        interrupt(process)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2)  # it waits for the server, which does not answer
    _, err = process.communicate()
    assert process.returncode == 130, err
    assert "Traceback" not in err
    sink.behave()
    result = mailing.call("resume", the_run(mailing), "--json")
    assert result.code == 4
    assert outcomes(result)["email"] == {"sent": 20 - CONNECTIONS, "unknown": CONNECTIONS}
    assert set(sink.recipients().values()) == {1}


# --- a second docgen ---


def test_a_second_docgen_is_told_who_works_on_the_job_and_since_when(mailing: Office, sink: Sink) -> None:
    sink.behave(hold=True)
    process = mailing.spawn(*RUN)
    wait_for(lambda: sink.count() > 0, process)
    run = the_run(mailing)
    for command in (RUN, ("resume", run)):
        refused = mailing.call(*command)
        assert refused.code == 1
        assert re.search(
            rf'the job "letters" is taken: process {process.pid} has been working on it since \d\d:\d\d; wait',
            refused.err,
        )
    sink.let_go()
    process.communicate()
    assert process.returncode == 0
    assert outcomes(mailing.run("--json")) == {"email": {"skipped": 3}, "folder": {"skipped": 4}}
    assert sink.recipients() == EVERYBODY


def test_of_processes_that_race_for_a_job_only_one_sends(mailing: Office, sink: Sink) -> None:
    many_customers(mailing, 20)
    racing = [mailing.spawn(*RUN) for _ in range(3)]
    errors = [process.communicate(timeout=60)[1] for process in racing]
    codes = [process.returncode for process in racing]
    assert set(codes) <= {0, 1}
    assert 0 in codes
    assert all("is taken" in error for error, code in zip(errors, codes, strict=True) if code)
    assert sink.count() == 20
    assert set(sink.recipients().values()) == {1}


# --- mail servers that fail ---


def paused(result: Result, *words: str) -> str:
    """Check that a run paused with these words in its note; return its id."""
    assert result.code == 4
    assert result.json["state"] == "paused"
    for word in words:
        assert word in result.json["note"]
    assert outcomes(result)["email"] == {"pending": 3}
    run: str = result.json["run"]
    return run


def check_resumed(office: Office, run: str, sink: Sink) -> None:
    result = office.call("resume", run, "--json")
    assert (result.code, outcomes(result)) == (0, {"email": {"sent": 3}, "folder": {"sent": 4}})
    assert sink.recipients() == EVERYBODY


def test_server_that_is_down_pauses_the_run(office: Office, sink: Sink) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    use_server(office, port)
    run = paused(office.run("--json"), f"127.0.0.1 port {port}", "nothing answers there", "check email.host")
    assert f"To go on: docgen resume {run}" in office.call("resume", run).out
    use_server(office, sink.port)
    check_resumed(office, run, sink)


def test_wrong_login_pauses_the_run_and_tells_no_password(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sink_server(tmp_path / "sink", login=True) as sink:
        use_server(office, sink.port, "username: office", "password: ${SMTP_PASSWORD}")
        monkeypatch.setenv("SMTP_PASSWORD", "wrong battery")
        result = office.run("--json")
        run = paused(result, f"127.0.0.1 port {sink.port}", "refuses the login of office", "check email.username")
        assert "battery" not in result.out + result.err
        monkeypatch.setenv("SMTP_PASSWORD", "correct horse")
        check_resumed(office, run, sink)


def test_server_without_encryption_pauses_the_run(office: Office, sink: Sink) -> None:
    use_server(office, sink.port, security="starttls")
    run = paused(office.run("--json"), f"127.0.0.1 port {sink.port}", "does not offer STARTTLS", "email.security")
    use_server(office, sink.port)
    check_resumed(office, run, sink)


def test_one_refused_recipient_is_rejected_in_the_servers_words_and_tried_again_by_the_next_run(
    mailing: Office, sink: Sink
) -> None:
    refuse_one(mailing, sink, "550 5.3.4 not of that size")
    result = mailing.run("--json")
    assert (result.code, outcomes(result)["email"]) == (0, {"sent": 1, "skipped": 2})
    assert sink.recipients() == EVERYBODY


def test_an_address_that_does_not_exist_is_not_written_to_by_the_next_run(mailing: Office, sink: Sink) -> None:
    refuse_one(mailing, sink, "550 5.1.1 nobody of that name here")
    result = mailing.run("--json")
    assert (result.code, outcomes(result)["email"]) == (0, {"skipped": 3})
    details = [d["detail"] for d in show(mailing, result.json["run"]).json["results"] if d["key"] == "0002"]
    assert "janis@example.com is suppressed" in details[0]
    assert "messages to it came back (550 5.1.1 nobody of that name here)" in details[0]


def refuse_one(mailing: Office, sink: Sink, words: str) -> None:
    sink.behave(refuse={"janis@example.com": words})
    result = mailing.run("--json")
    assert (result.code, result.json["state"]) == (4, "done")
    assert outcomes(result)["email"] == {"sent": 2, "rejected": 1}
    shown = show(mailing, result.json["run"]).json["results"]
    assert [words in d["detail"] for d in shown if d["outcome"] == "rejected"] == [True]
    sink.behave()


def test_connection_dropped_after_the_message_is_unknown_and_never_sent_again(mailing: Office, sink: Sink) -> None:
    sink.behave(drop=["janis@example.com"])
    result = mailing.run("--json")
    assert (result.code, result.json["state"]) == (4, "done")
    assert outcomes(result)["email"] == {"sent": 2, "unknown": 1}
    sink.behave()
    refused = mailing.call("resume", result.json["run"])
    assert (refused.code, "has ended" in refused.err) == (1, True)
    again = mailing.run("--json")
    assert outcomes(again)["email"] == {"skipped": 3}
    details = [d["detail"] for d in show(mailing, again.json["run"]).json["results"] if d["key"] == "0002"]
    assert "may have delivered it already: the outcome is unknown" in details[0]
    assert sink.recipients() == EVERYBODY


def test_failures_in_a_row_pause_the_run_and_the_next_run_sends_to_those_who_failed(
    mailing: Office, sink: Sink
) -> None:
    many_customers(mailing, 12)
    mailing.edit("config.yaml", "connections: 2", "connections: 1")
    mailing.edit("jobs/letters.yaml", "title: Letters", "title: Letters\npolicy: {pause_after_failures: 3}")
    sink.behave(answer="451 4.3.0 come back later")
    result = mailing.run("--json")
    assert (result.code, result.json["state"]) == (4, "paused")
    assert result.json["note"].startswith("3 deliveries in a row have failed")
    assert "451 4.3.0 come back later" in result.json["note"]
    assert outcomes(result)["email"] == {"failed": 3, "pending": 9}
    sink.behave()
    result = mailing.call("resume", result.json["run"], "--json")
    assert (result.code, outcomes(result)["email"]) == (4, {"failed": 3, "sent": 9})
    result = mailing.run("--json")
    assert (result.code, outcomes(result)["email"]) == (0, {"sent": 3, "skipped": 9})
    assert sink.count() == 12
    assert set(sink.recipients().values()) == {1}


def test_messages_planned_for_a_server_are_not_forgotten_when_config_no_longer_has_one(
    office: Office, sink: Sink
) -> None:
    config = office.read("config.yaml")
    use_server(office, 9)
    run = office.run("--json").json["run"]
    office.write("config.yaml", config)
    paused(office.call("resume", run, "--json"), 'deliveries by "smtp"', "put it back")
    use_server(office, sink.port)
    check_resumed(office, run, sink)


# --- changes between making and sending ---


def test_who_unsubscribes_while_a_run_waits_gets_nothing(mailing: Office, sink: Sink) -> None:
    mailing.edit("jobs/letters.yaml", "title: Letters", "title: Letters\npolicy: {approval: required}")
    run = mailing.run("--json").json["run"]
    assert mailing.call("approve", run).code == 0
    assert mailing.call("suppress", "add", "Ona@example.com", "--reason", "unsubscribed").code == 0
    result = mailing.call("resume", run, "--json")
    assert outcomes(result)["email"] == {"sent": 2, "skipped": 1}
    assert sink.recipients() == EVERYBODY - Counter(["ona@example.com"])


def test_documents_that_a_power_cut_took_are_made_again(office: Office) -> None:
    many_customers(office, 300)
    process = office.spawn(*RUN)
    merged = office.root / "out/letters"
    wait_for(lambda: len(list(merged.glob("*/messages/*.eml"))) > 150, process)
    process.kill()
    process.communicate()
    staged = office.run_folder() / "work/documents/00000"
    (staged / "0-letter.txt").write_text("")
    (staged / "1-letter.txt").unlink()
    (office.run_folder() / "messages/000002-email.eml").write_bytes(b"\0" * 100)
    result = office.call("resume", the_run(office), "--json")
    assert outcomes(result) == {"email": {"queued": 300}, "folder": {"sent": 300}}
    assert office.read("out/archive/letter 0000.txt").startswith("Hello Customer 0")


# --- full disks ---


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)], capture_output=True)
    if made.returncode:
        pytest.skip("may not mount a disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def enlarge(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)


def fill(disk: Path, leave: int = 0) -> None:
    """Use up the disk but for some bytes."""
    with (disk / "filler").open("wb", buffering=0) as file:
        file.truncate(0)
        for _ in range(max(0, (shutil.disk_usage(disk).free - leave) // 4096)):
            file.write(b"\0" * 4096)


def check_all_archived(office: Office, result: Result, count: int) -> None:
    assert (result.code, outcomes(result)) == (0, {"email": {"queued": count}, "folder": {"sent": count}}), result.err
    archive = sorted(path.name for path in (office.root / "out/archive").iterdir())
    assert archive == office.files("documents") == [f"letter {n:04}.txt" for n in range(count)]
    assert len(office.files("outbox")) == count
    assert is_clean(office)


@pytest.mark.parametrize("workers", [1, 2])
def test_disk_that_fills_while_merging_stops_the_run_and_resume_completes_it(
    office: Office, small_disk: Path, workers: int
) -> None:
    many_customers(office, 300)
    office.edit("config.yaml", "workers: 1", f"workers: {workers}")
    (office.root / "out").symlink_to(small_disk)
    result = office.run()
    run = the_run(office)
    assert result.code == 1
    assert re.search(rf"the disk is full; free some space, then: docgen resume {run}$", result.err.strip())
    assert "Traceback" not in result.err
    assert show(office, run).json["state"] == "merging"
    assert not list((office.root / "out").glob("letters/*/quarantine.csv"))
    enlarge(small_disk)
    office.edit("config.yaml", f"workers: {workers}", "workers: 1")
    check_all_archived(office, office.call("resume", run, "--json"), 300)


def test_disk_that_fills_while_delivering_stops_the_run_and_resume_completes_it(
    office: Office, small_disk: Path
) -> None:
    many_customers(office, 25)
    (office.root / "out").symlink_to(small_disk)
    office.edit("jobs/letters.yaml", "title: Letters", "title: Letters\npolicy: {approval: required}")
    run = office.run("--json").json["run"]
    assert office.call("approve", run).code == 0
    fill(small_disk, leave=60_000)
    result = office.call("resume", run)
    assert result.code == 1
    assert re.search(rf"the disk is full; free some space, then: docgen resume {run}$", result.err.strip())
    assert "Traceback" not in result.err
    shown = show(office, run).json
    assert shown["state"] == "paused"
    assert "the disk is full" in shown["note"]
    assert shown["deliveries"]["email"]["pending"] > 0
    (small_disk / "filler").unlink()
    enlarge(small_disk)
    check_all_archived(office, office.call("resume", run, "--json"), 25)


@pytest.mark.parametrize("leave", [0, 30_000, 80_000])
def test_full_disk_under_the_ledger_stops_the_sending(
    mailing: Office, sink: Sink, small_disk: Path, leave: int
) -> None:
    many_customers(mailing, 25)
    enlarge(small_disk)
    (mailing.root / "var").symlink_to(small_disk)
    mailing.edit("jobs/letters.yaml", "title: Letters", "title: Letters\npolicy: {approval: required}")
    run = mailing.run("--json").json["run"]
    assert mailing.call("approve", run).code == 0
    fill(small_disk, leave)
    result = mailing.call("resume", run)
    assert result.code == 1
    assert "the disk is full; free some space, then `docgen resume`" in result.err
    assert "Traceback" not in result.err
    assert sink.count() < 25
    (small_disk / "filler").unlink()
    result = mailing.call("resume", run, "--json")
    counts = outcomes(result)["email"]
    assert result.code == (4 if counts.get("unknown") else 0)
    assert counts.get("unknown", 0) <= CONNECTIONS
    assert sum(counts.values()) == 25
    assert set(sink.recipients().values()) == {1}
    assert sink.count() == 25
