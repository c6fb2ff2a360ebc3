"""A run that sends, in a person's hands: doubts resolved, failures tried again, waits, limits, pause and cancel."""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from answering import START, Clock
from kit import Office, Result, lines, outcomes
from sink import Sink, sink_server

from docgen import api
from docgen.model import Asked, RunState, Wish
from docgen.report import Summary
from docgen.testing import FixedClock

NOTE = "kind: message\nsubject: No. {{ no }}\nfields:\n  no: {type: text, required: true}\n"
JOB = """\
title: Notes
data: {tables: {people: ../data/people.csv}, key: no}
deliver:
  - email: {to: "{{ email }}", template: note}
"""


@pytest.fixture(scope="module")
def only_sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    with sink_server(tmp_path_factory.mktemp("server") / "sink") as found:
        yield found


@pytest.fixture
def sink(only_sink: Sink) -> Sink:
    """The mail server, as if it had begun with this test."""
    for path in (*(only_sink.folder / "taken").iterdir(), only_sink.folder / "go"):
        path.unlink(missing_ok=True)
    only_sink.behave()
    return only_sink


@pytest.fixture
def mailing(office: Office, sink: Sink) -> Office:
    office.write("templates/note/template.yaml", NOTE)
    office.write("templates/note/body.txt", "{{ no }}\n")
    office.write("jobs/notes.yaml", JOB)
    server(office, sink)
    people(office, 4)
    return office


def server(office: Office, sink: Sink, *more: str) -> None:
    """Send through the sink; `more` are lines below `email`."""
    head = office.read("config.yaml").partition("email:\n")[0]
    own = ["from: office@example.com", "transport: smtp", "host: 127.0.0.1", f"port: {sink.port}", "security: none"]
    office.write("config.yaml", head + "email:\n" + "".join(f"  {line}\n" for line in [*own, *more]) + "workers: 1\n")


def people(office: Office, count: int) -> None:
    office.write("data/people.csv", "no,email\n" + "".join(f"K{n},p{n}@example.org\n" for n in range(count)))


def everybody(count: int) -> Counter[str]:
    return Counter(f"p{n}@example.org" for n in range(count))


def run(office: Office) -> Result:
    return office.call("run", "jobs/notes.yaml", "--json")


def states(office: Office, name: str) -> dict[str, str]:
    """What became of each record."""
    return {each["key"]: each["outcome"] for each in office.call("show", name, "--json").json["results"]}


# --- doubts --------------------------------------------------------------------------------------


@pytest.fixture
def doubtful(mailing: Office, sink: Sink) -> str:
    """A run of which two deliveries are unknown: the server took them and did not say so."""
    sink.behave(drop=["p1@example.org", "p2@example.org"])
    found = run(mailing)
    assert outcomes(found)["email"] == {"sent": 2, "unknown": 2}
    sink.behave()
    return str(found.json["run"])


def test_what_nobody_knows_is_listed_with_what_to_look_for(mailing: Office, doubtful: str, sink: Sink) -> None:
    shown = lines(mailing.call("show", doubtful, "--unknown").out)
    ids = {m["X-Sink-Recipients"]: m["Message-ID"] for m in sink.messages()}
    for line, key, address in ((0, "K1", "p1@example.org"), (2, "K2", "p2@example.org")):
        assert shown[line].startswith(f"{key}  email  {address}  20")
        assert shown[line + 1] == f"  Message-ID: {ids[address]}"
    assert f"  docgen resolve {doubtful} KEY... --sent        it went: it counts as delivered" in shown
    found = mailing.call("show", doubtful, "--unknown", "--json").json
    assert [each["key"] for each in found["unknown"]] == ["K1", "K2"]


def test_a_person_says_what_went_and_what_goes_again(mailing: Office, doubtful: str, sink: Sink) -> None:
    first = mailing.call("resolve", doubtful, "K1", "--sent", "--by", "anna", "--why", "queued as 4F2")
    assert (first.code, lines(first.out)) == (
        4,
        [f"1 delivery of {doubtful} counts as sent", f"1 still unknown: docgen show {doubtful} --unknown"],
    )
    assert states(mailing, doubtful)["K1"] == "sent"
    second = mailing.call("resolve", doubtful, "--all", "--not-sent")
    assert (second.code, second.out) == (
        0,
        f"1 delivery of {doubtful} did not go; to send them: docgen resume {doubtful}\n",
    )
    assert mailing.call("runs", "--json").json["runs"][0]["state"] == "paused"
    resumed = mailing.call("resume", doubtful, "--json")
    assert resumed.code == 0, resumed.err
    assert resumed.json["state"] == "done"
    assert outcomes(resumed)["email"] == {"sent": 4}
    assert sink.recipients() == everybody(4) + Counter(["p2@example.org"])
    decided = mailing.call("show", doubtful, "--json").json["decisions"]
    assert [(d["key"], d["outcome"], d["why"]) for d in decided] == [
        ("K1", "sent", "queued as 4F2"),
        ("K2", "pending", ""),
    ]
    assert decided[0]["by"] == "anna"
    assert outcomes(run(mailing))["email"] == {"skipped": 4}


def test_wrong_rulings_change_nothing(mailing: Office, doubtful: str) -> None:
    before = states(mailing, doubtful)
    for arguments, words in (
        (["K1"], "say --sent or --not-sent"),
        (["K1", "--sent", "--not-sent"], "say --sent or --not-sent, not both"),
        (["K1", "--not-sent", "--sent"], "say --sent or --not-sent, not both"),
        (["--sent"], "name records by their keys, or say --all"),
        (["K1", "--all", "--sent"], "name records by their keys, or say --all"),
        (["K0", "--sent"], "nothing is unknown of these: K0 is sent"),
        (["K11", "--sent"], 'nothing is unknown of these: there is no "K11"; did you mean "K1"?'),
        (["K1", "--sent", "--step", "emial"], 'nothing is unknown of the step "emial"; did you mean "email"?'),
    ):
        found = mailing.call("resolve", doubtful, *arguments)
        assert (found.code, words in found.err) == (1, True), found.err
    assert states(mailing, doubtful) == before
    assert mailing.call("resolve", doubtful, "--all", "--sent").code == 0
    again = mailing.call("resolve", doubtful, "K1", "--not-sent")
    assert (again.code, "nothing of the run" in again.err) == (1, True)


def test_what_a_kill_left_can_be_resolved_before_anything_else(mailing: Office, sink: Sink) -> None:
    sink.behave(hold=True)
    process = mailing.spawn("run", "jobs/notes.yaml")
    while sink.count() < 2:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    (name,) = [each["run"] for each in mailing.call("runs", "--json").json["runs"]]
    assert mailing.call("show", name, "--unknown", "--json").json == {"run": name, "at_work": True, "unknown": []}
    refused = mailing.call("resolve", name, "--all", "--sent")
    assert (refused.code, "is taken" in refused.err) == (1, True)
    process.kill()
    process.communicate()
    sink.let_go()
    assert len(mailing.call("show", name, "--unknown", "--json").json["unknown"]) == 2
    assert mailing.call("resolve", name, "--all", "--sent", "--json").json["left"] == 0
    assert outcomes(mailing.call("resume", name, "--json"))["email"] == {"sent": 4}
    assert sink.recipients() == everybody(4)


def test_of_a_cancelled_run_the_next_run_delivers_what_did_not_go(mailing: Office, sink: Sink) -> None:
    sink.behave(drop=["p1@example.org"], refuse={"p3@example.org": "450 later"})
    mailing.edit("jobs/notes.yaml", "title: Notes", "title: Notes\npolicy: {pause_after_failures: 1}")
    name = run(mailing).json["run"]
    sink.behave()
    assert mailing.call("cancel", name).code == 0
    found = mailing.call("resolve", name, "--all", "--not-sent")
    assert "the job's next run delivers them" in found.out
    assert outcomes(run(mailing))["email"]["sent"] == 4 - list(states(mailing, name).values()).count("sent")


# --- once more -----------------------------------------------------------------------------------


def test_those_who_failed_get_the_same_message_again(mailing: Office, sink: Sink) -> None:
    refusals = {
        "p1@example.org": "450 4.2.0 later",
        "p2@example.org": "550 5.3.4 not of that size",
        "p3@example.org": "550 5.1.1 nobody",
    }
    sink.behave(refuse=refusals)
    first = run(mailing)
    assert outcomes(first)["email"] == {"sent": 1, "failed": 1, "rejected": 2}
    name = first.json["run"]
    assert f"docgen resume {name} --failed" in mailing.call("show", name).out
    mailing.call("suppress", "add", "p3@example.org")
    sink.behave()
    people(mailing, 9)
    again = mailing.call("resume", name, "--failed", "--json")
    assert again.code == 4  # the suppressed one stays as it was
    assert outcomes(again)["email"] == {"sent": 3, "rejected": 1}
    assert sink.recipients() == everybody(3)
    nothing = mailing.call("resume", name, "--failed")
    assert (nothing.code, "one has failed, and its address is suppressed" in nothing.err) == (1, True)


def test_a_new_run_sends_to_the_corrected_address_and_skips_who_was_reached(mailing: Office, sink: Sink) -> None:
    sink.behave(refuse={"p1@example.org": "550 5.1.1 nobody"})
    assert outcomes(run(mailing))["email"] == {"sent": 3, "rejected": 1}
    mailing.edit("data/people.csv", "p1@example.org", "right@example.org")
    assert outcomes(run(mailing))["email"] == {"sent": 1, "skipped": 3}
    assert sink.recipients() == everybody(4) - Counter(["p1@example.org"]) + Counter(["right@example.org"])


def test_a_new_run_sends_no_second_copy_to_who_had_one(mailing: Office, sink: Sink) -> None:
    mailing.edit("jobs/notes.yaml", "template: note", "template: note, cc: boss@example.org")
    people(mailing, 1)
    sink.behave(refuse={"p0@example.org": "550 5.1.1 nobody"})
    assert outcomes(run(mailing))["email"] == {"rejected": 1}
    assert sink.recipients() == Counter(["boss@example.org"])
    mailing.edit("data/people.csv", "p0@example.org", "right@example.org")
    sink.behave()
    assert outcomes(run(mailing))["email"] == {"sent": 1}
    assert outcomes(run(mailing))["email"] == {"skipped": 1}
    assert sink.recipients() == Counter(["boss@example.org", "right@example.org"])


def test_trying_again_leaves_documents_bundles_and_quarantine_as_they_are(office: Office, sink: Sink) -> None:
    server(office, sink)
    office.edit("data/customers.csv", "Smith & Co", "")
    page = "<pageTemplate id='m'><frame id='f' x1='20mm' y1='20mm' width='170mm' height='250mm'/></pageTemplate>"
    story = "<story><para>{{ t('greeting') }} {{ name }} {{ no }} {{ city }} {{ amount }}</para></story>"
    office.write("templates/letter/body.rml", f"<document><template>{page}</template><stylesheet/>{story}</document>")
    (office.root / "templates/letter/body.txt").unlink()
    office.edit("jobs/letters.yaml", "format: txt", "format: pdf")
    office.edit(
        "jobs/letters.yaml", "deliver:", "bundles:\n  all: {document: letter, format: pdf, file: all}\ndeliver:"
    )
    sink.behave(refuse={"janis@example.com": "450 later"})
    first = office.run("--json")
    assert outcomes(first) == {"email": {"sent": 2, "failed": 1}, "folder": {"sent": 3}}
    kept = ("quarantine.csv", "bundles/all.pdf", "documents/letter 0002.pdf")
    before = [(office.run_folder() / name).read_bytes() for name in kept]
    made = [line for line in (office.run_folder() / "manifest.jsonl").read_text().splitlines() if "outcome" not in line]
    sink.behave()
    again = office.call("resume", first.json["run"], "--failed", "--json")
    assert outcomes(again) == {"email": {"sent": 3}, "folder": {"sent": 3}}
    assert [(office.run_folder() / name).read_bytes() for name in kept] == before
    after = (office.run_folder() / "manifest.jsonl").read_text().splitlines()
    assert [line for line in after if "outcome" not in line] == made
    assert sink.recipients() == Counter(["ona@example.com", "janis@example.com", "hans@example.org"])


def test_a_run_that_delivered_nothing_has_nothing_to_try_again(mailing: Office) -> None:
    mailing.edit("jobs/notes.yaml", "title: Notes", "title: Notes\npolicy: {approval: required}")
    name = run(mailing).json["run"]
    found = mailing.call("resume", name, "--failed")
    assert (found.code, "has not delivered anything" in found.err) == (1, True)


# --- time ----------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Clock:
    return Clock()


def work(office: Office, clock: Clock, resume: str = "", **options: bool) -> tuple[Summary, list[str]]:
    """Run the job, or resume a run, by the clock; return what was said of waits, too."""
    said: list[str] = []
    with contextlib.chdir(office.root):
        workspace = replace(api.open_workspace(clock=clock, notice=said.append), sleep=clock.sleep)
        if resume:
            return api.resume_run(workspace, resume, **options), said
        return api.run_job(workspace, Path("jobs/notes.yaml")), said


def counts(summary: Summary) -> dict[str, int]:
    return dict(summary.outcomes["email"])


def test_a_run_waits_for_its_start_and_says_so(mailing: Office, sink: Sink, clock: Clock) -> None:
    mailing.edit("jobs/notes.yaml", "template: note}", "template: note, start_at: 2026-05-04 15:30 Europe/Berlin}")
    summary, said = work(mailing, clock)
    assert said == ["waiting until 13:30 UTC for the start that the job names; 4 left"]
    assert (counts(summary), sink.recipients()) == ({"sent": 4}, everybody(4))
    assert clock.now >= START + timedelta(hours=1, minutes=30)


def test_a_wait_that_is_too_long_pauses_the_run_and_another_day_sends_the_rest(
    mailing: Office, sink: Sink, clock: Clock
) -> None:
    server(mailing, sink, "messages_per_day: 3", "sending: {longest_wait_minutes: 60}")
    people(mailing, 7)
    summary, _ = work(mailing, clock)
    assert summary.run.state is RunState.PAUSED
    assert summary.run.note == "nothing may go until 2026-05-05 12:00 UTC for the limit of the mail account; 4 left"
    clock.now += timedelta(hours=20)
    assert counts(work(mailing, clock, summary.run.id)[0]) == {"sent": 3, "pending": 4}
    clock.now += timedelta(hours=5)
    assert counts(work(mailing, clock, summary.run.id)[0]) == {"sent": 6, "pending": 1}
    clock.now += timedelta(days=3)
    last, _ = work(mailing, clock, summary.run.id)
    assert (last.run.state, counts(last)) == (RunState.DONE, {"sent": 7})
    assert sink.recipients() == everybody(7)


def test_a_run_resumed_on_another_day_sends_the_rest_and_only_that(
    mailing: Office, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = FixedClock(START)
    monkeypatch.setattr(api, "open_workspace", partial(api.open_workspace, clock=now))
    mailing.edit("jobs/notes.yaml", "title: Notes", "title: Notes\npolicy: {pause_after_failures: 1}")
    server(mailing, sink, "connections: 1")
    people(mailing, 6)
    sink.behave(refuse={"p2@example.org": "450 4.2.0 later"})
    first = run(mailing)
    assert (first.json["state"], outcomes(first)["email"]) == ("paused", {"sent": 2, "failed": 1, "pending": 3})
    now.advance(3 * 86400)
    sink.behave()
    people(mailing, 9)  # today's data are another run's
    rest = mailing.call("resume", first.json["run"], "--json")
    assert (rest.json["state"], outcomes(rest)["email"]) == ("done", {"sent": 5, "failed": 1})
    assert sink.recipients() == everybody(6) - Counter(["p2@example.org"])
    later = mailing.call("show", first.json["run"], "--json").json["results"]
    assert Counter(each["settled"][:10] for each in later) == {"2026-05-04": 3, "2026-05-07": 3}
    assert outcomes(run(mailing))["email"] == {"sent": 4, "skipped": 5}


def test_limits_of_accounts_count_what_other_runs_sent(mailing: Office, sink: Sink, clock: Clock) -> None:
    server(mailing, sink, "messages_per_hour: 5", "sending: {}")
    work(mailing, clock)
    people(mailing, 7)
    summary, said = work(mailing, clock)
    assert counts(summary) == {"skipped": 4, "sent": 3}
    assert said == ["waiting until 13:00 UTC for the limit of the mail account; 2 left"]


def test_several_accounts_share_what_each_may_carry(mailing: Office, sink: Sink, clock: Clock) -> None:
    way = f"{{host: 127.0.0.1, port: {sink.port}, security: none"
    head = mailing.read("config.yaml").partition("email:\n")[0]
    accounts = (
        f"accounts: [{way}, messages_per_hour: 2}}, {way.replace('127.0.0.1', 'localhost')}, messages_per_hour: 4}}]"
    )
    mailing.write(
        "config.yaml", f"{head}email:\n  from: office@example.com\n  transport: smtp\n  {accounts}\nworkers: 1\n"
    )
    people(mailing, 9)
    summary, said = work(mailing, clock)
    assert (counts(summary), len(said)) == ({"sent": 9}, 1)
    assert "3 left" in said[0]
    with contextlib.chdir(mailing.root), api.open_workspace().ledger() as ledger:
        gone = Counter(each.account.partition(":")[0] for each in ledger.departures(["smtp"], START))
    assert sum(gone.values()) == 9
    assert set(gone) == {"127.0.0.1", "localhost"}


def test_an_account_that_is_away_lets_no_other_exceed_its_limit(mailing: Office, sink: Sink, clock: Clock) -> None:
    head = mailing.read("config.yaml").partition("email:\n")[0]
    away, limited = (f"{{host: 127.0.0.1, port: {port}, security: none" for port in (1, sink.port))
    accounts = f"accounts: [{away}, connections: 4, messages_per_hour: 50}}, {limited}, messages_per_hour: 2}}]"
    mailing.write(
        "config.yaml", f"{head}email:\n  from: office@example.com\n  transport: smtp\n  {accounts}\nworkers: 1\n"
    )
    people(mailing, 9)
    summary, _ = work(mailing, clock)
    assert counts(summary) == {"sent": 2, "pending": 7}
    assert "the mail server 127.0.0.1 port 1 cannot be used" in summary.run.note


def test_what_was_refused_for_now_is_shown_with_its_next_try(mailing: Office, sink: Sink) -> None:
    server(mailing, sink, "sending: {longest_wait_minutes: 0, retry: {after_minutes: [90]}}")
    people(mailing, 2)
    sink.behave(refuse={"p0@example.org": "450 4.2.0 greylisted"})
    name = run(mailing).json["run"]
    details = {each["recipient"]: each["detail"] for each in mailing.call("show", name, "--json").json["results"]}
    assert re.search(
        r"450 4\.2\.0 greylisted; 1 try so far, the next one not before 20\d\d-", details["p0@example.org"]
    )
    assert "so far" not in details["p1@example.org"]


def test_greylisting_goes_on_where_it_was_after_a_resume(mailing: Office, sink: Sink, clock: Clock) -> None:
    retry = "retry: {after_minutes: [10, 30], jitter: 0, give_up_after_hours: 2}"
    server(mailing, sink, f"sending: {{{retry}, rest: {{first_minutes: 0.1}}, longest_wait_minutes: 20}}")
    people(mailing, 1)
    sink.behave(refuse={"p0@example.org": "450 4.2.0 greylisted"})
    first, said = work(mailing, clock)
    assert said == ["waiting until 12:10 UTC to try again what was refused for now; 1 left"]
    assert first.run.note == "nothing may go until 12:40 UTC to try again what was refused for now; 1 left"
    clock.now = START + timedelta(minutes=25)
    second, said = work(mailing, clock, first.run.id)
    assert said == ["waiting until 12:40 UTC to try again what was refused for now; 1 left"]
    assert second.run.note.startswith("nothing may go until 13:10 UTC")
    clock.now = START + timedelta(hours=1, minutes=45)
    last, _ = work(mailing, clock, first.run.id)
    assert counts(last) == {"failed": 1}, "the last date counts from the first try, not from the resume"
    sink.behave()
    assert counts(work(mailing, clock, first.run.id, failed=True)[0]) == {"sent": 1}


# --- while it runs -------------------------------------------------------------------------------


def test_a_second_process_pauses_and_then_cancels_the_first(mailing: Office, sink: Sink) -> None:
    server(mailing, sink, "connections: 1")
    people(mailing, 90)
    sink.behave(delay_s=0.1)
    process = mailing.spawn("run", "jobs/notes.yaml")
    while sink.count() < 3:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    (name,) = [each["run"] for each in mailing.call("runs", "--json").json["runs"]]
    assert mailing.call("pause", name, "--by", "anna").out == f"{name} is paused\n"
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 4
    assert "paused by anna" in out
    after = states(mailing, name)
    assert set(after.values()) == {"sent", "pending"}
    assert list(after.values()).count("sent") == sink.count()
    assert "nobody works on the run" in mailing.call("pause", name).err
    process = mailing.spawn("resume", name)
    count = sink.count()
    while sink.count() < count + 3:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    assert mailing.call("cancel", name).out == f"{name} is cancelled\n"
    out, _ = process.communicate(timeout=20)
    assert (process.returncode, "(cancelled)" in out) == (4, True)
    assert Counter(states(mailing, name).values())["sent"] == sink.count() == sum(sink.recipients().values())
    assert max(sink.recipients().values()) == 1


@pytest.mark.parametrize("wish", Wish)
def test_a_wish_is_heeded_while_records_are_merged(mailing: Office, sink: Sink, clock: Clock, wish: Wish) -> None:
    people(mailing, 150)

    def ask(step: str, done: int, total: int | None) -> None:
        if (step, done, total) == ("merging", 100, 150) and sink.count() == 0:
            with workspace.ledger() as ledger:
                ledger.ask(ledger.runs()[0].id, Asked(wish, "anna", START))

    with contextlib.chdir(mailing.root):
        workspace = api.open_workspace(clock=clock, progress=ask)
        summary = api.run_job(workspace, Path("jobs/notes.yaml"))
        assert (summary.run.note, sink.count()) == (f"{wish}{'d' if wish is Wish.PAUSE else 'led'} by anna", 0)
        if wish is Wish.CANCEL:
            assert summary.run.state is RunState.CANCELLED
            return
        assert summary.run.state is RunState.MERGING
        assert counts(api.resume_run(workspace, summary.run.id)) == {"sent": 150}
    assert sink.recipients() == everybody(150)


# --- duties --------------------------------------------------------------------------------------


def test_marketing_without_its_duties_is_refused_before_anything_is_sent(mailing: Office, sink: Sink) -> None:
    mailing.edit("jobs/notes.yaml", "title: Notes", "title: Notes\nclass: marketing\nconsent: email != ''")
    for more in ((), ("--dry-run",)):
        found = mailing.call("run", "jobs/notes.yaml", *more)
        assert found.code == 1
        assert "shows no way to unsubscribe, as marketing must" in found.err
        assert "the postal address of the company is missing" in found.err
    assert sink.count() == 0
    (only,) = mailing.call("runs", "--json").json["runs"]
    assert only["state"] == "cancelled"
