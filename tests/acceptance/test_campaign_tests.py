"""Segments and tests of variants through the command line: who gets what, what a test waits for, who wins."""

from __future__ import annotations

import json
import mailbox
import re
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from kit import Office, Result, outcomes
from sink import sink_server

from docgen.store.ledger import SqlLedger

PEOPLE = 36
VARIANTS = """\
      ab_test:
        variants:
          plain:
          loud: {subject: "{{ name }}! {{ no }} in {{ variant }}", template: cry}
        share: 50
"""
CRY = """\
kind: message
subject: "-"
fields:
  no: {type: text, required: true}
  name: {type: text, required: true}
  variant: {type: text, required: true}
"""
JOB = f"""\
title: Offers
edition: "1"
data:
  tables: {{customers: ../data/customers.csv}}
  key: no
deliver:
  - email:
      to: "{{{{ name }}}} <{{{{ email }}}}>"
      template: note
{VARIANTS}"""


@pytest.fixture
def campaign(office: Office) -> Office:
    """An office with a job that tests two messages on half of sixty people."""
    rows = "".join(f"{n:04},Person {n},p{n}@example.com,{'Rīga' if n % 3 else 'Köln'},{n}\n" for n in range(PEOPLE))
    office.write("data/customers.csv", "no,name,email,city,amount\n" + rows)
    office.write("templates/cry/template.yaml", CRY)
    office.write("templates/cry/body.txt", "{{ name }}, {{ no }}: {{ variant }}\n")
    office.write("jobs/offers.yaml", JOB)
    return office


def start(campaign: Office, *options: str) -> Result:
    return campaign.run("--json", *options, job="jobs/offers.yaml")


def subjects(campaign: Office) -> dict[str, str]:
    """Recipient -> subject of all messages in the outboxes of all runs; nobody may have two."""
    paths = sorted((campaign.root / "out/offers").glob("*/outbox/*.eml"))
    messages = [message_from_bytes(path.read_bytes()) for path in paths]
    found = {str(message["To"]): str(message["Subject"]) for message in messages}
    assert len(found) == len(messages)
    return found


def kinds(found: dict[str, str]) -> Counter[str]:
    return Counter("loud" if "in loud" in subject else "plain" for subject in found.values())


def shown(campaign: Office, run: str) -> dict[str, dict[str, Any]]:
    return {each["key"]: each for each in campaign.call("show", run, "--json").json["results"]}


def test_who_waits_for_the_winner_and_may_not_be_written_to_is_told_apart(campaign: Office) -> None:
    run = start(campaign).json["run"]
    held = [each["recipient"] for each in shown(campaign, run).values() if each["outcome"] == "pending"]
    campaign.call("suppress", "add", held[0])
    note = campaign.call("resume", run, "--json").json["note"]
    assert f"{len(held)} wait for the winner (1 of them without consent or suppressed, as things stand); " in note


def test_a_test_goes_out_first_and_the_run_waits_for_its_winner(campaign: Office) -> None:
    result = start(campaign)
    assert result.code == 4
    sent = kinds(subjects(campaign))
    assert 3 < sent["plain"] < 18
    assert 3 < sent["loud"] < 18
    waiting = PEOPLE - sent.total()
    assert outcomes(result) == {"email": {"queued": sent.total(), "pending": waiting}}
    [test] = result.json["tests"]
    assert test["variants"] == {"loud": {"sent": sent["loud"]}, "plain": {"sent": sent["plain"]}}
    assert (test["winner"], test["waiting"]) == (None, waiting)
    run = result.json["run"]
    assert f"{waiting} wait for the winner; choose it: docgen winner {run} plain|loud" in result.json["note"]
    again = campaign.call("resume", run, "--json")
    assert (again.code, outcomes(again)) == (4, outcomes(result))
    assert 'the step "email" has no variant "lout"; did you mean "loud"?' in campaign.call("winner", run, "lout").err
    assert 'no test of a step "e-mail" waits' in campaign.call("winner", run, "loud", "--step", "e-mail").err


def test_the_winner_that_a_person_names_goes_to_all_others_and_nobody_gets_two(campaign: Office) -> None:
    run = start(campaign).json["run"]
    tested = subjects(campaign)
    chosen = campaign.call("winner", run, "loud", "--by", "Ona")
    assert (chosen.code, chosen.err) == (0, "")
    assert chosen.out.startswith("loud has won (")
    assert f"docgen resume {run}" in chosen.out
    refused = campaign.call("winner", run, "plain")
    assert (refused.code, "nothing waits for the winner" in refused.err) == (1, True)
    done = campaign.call("resume", run, "--json")
    assert (done.code, outcomes(done)) == (0, {"email": {"queued": PEOPLE}})
    everybody = subjects(campaign)
    assert tested.items() <= everybody.items()
    assert set(kinds({who: what for who, what in everybody.items() if who not in tested})) == {"loud"}
    [test] = done.json["tests"]
    assert (test["winner"], test["by"], test["waiting"]) == ("loud", "Ona", 0)
    variants = Counter(each["variant"] for each in shown(campaign, run).values())
    assert variants == kinds(everybody)
    page = (campaign.run_folder("offers") / "report.html").read_text()
    assert "Ona chose <b>loud</b>" in page
    lines = (campaign.run_folder("offers") / "manifest.jsonl").read_text().splitlines()
    assert Counter(json.loads(line)["variant"] for line in lines) == variants


def test_a_new_run_of_the_edition_draws_the_same_and_follows_the_same_winner(campaign: Office) -> None:
    first = start(campaign)
    before = subjects(campaign)
    second = start(campaign)
    assert outcomes(second)["email"] == {"skipped": len(before), "pending": PEOPLE - len(before)}
    assert subjects(campaign) == before
    assert campaign.call("winner", second.json["run"], "plain").code == 0
    assert outcomes(campaign.call("resume", first.json["run"], "--json"))["email"] == {"queued": PEOPLE}
    rest = {who: what for who, what in subjects(campaign).items() if who not in before}
    assert set(kinds(rest)) == {"plain"}
    last = campaign.call("resume", second.json["run"], "--json")
    assert (last.code, outcomes(last)["email"]) == (0, {"skipped": PEOPLE})


def test_another_edition_draws_others(campaign: Office) -> None:
    first = shown(campaign, start(campaign).json["run"])
    campaign.edit("jobs/offers.yaml", 'edition: "1"', 'edition: "2"')
    second = shown(campaign, start(campaign).json["run"])
    assert {k: d["variant"] for k, d in first.items()} != {k: d["variant"] for k, d in second.items()}


def answer(campaign: Office, key: str, run: str, text: str = "Yes, please!") -> None:
    """Put an answer to somebody's message into the mailbox."""
    delivery = shown(campaign, run)[key]
    box = mailbox.Maildir(campaign.root / "box", create=True)
    fields = f"From: {delivery['recipient']}\nTo: office@example.com\nSubject: Re: your offer\n"
    box.add(f"{fields}In-Reply-To: {delivery['message_id']}\nMessage-ID: <r{key}@example.com>\n\n{text}\n".encode())


def test_the_rule_of_the_job_decides_by_the_answers_when_the_time_is_over(campaign: Office) -> None:
    campaign.edit("jobs/offers.yaml", "share: 50", "share: 50\n        winner: most-replies\n        wait_hours: 0")
    started = start(campaign)
    run = started.json["run"]
    assert "by most-replies no variant is ahead; choose it: docgen winner" in started.json["note"]
    loud = next(key for key, each in shown(campaign, run).items() if each["variant"] == "loud")
    answer(campaign, loud, run)
    assert campaign.call("inbox", "box").code == 0
    done = campaign.call("resume", run, "--json")
    assert (done.code, outcomes(done)) == (0, {"email": {"queued": PEOPLE}})
    [test] = done.json["tests"]
    assert (test["winner"], test["by"]) == ("loud", "the rule most-replies")
    assert re.fullmatch(r"plain: \d+ sent, 0 replies; loud: \d+ sent, 1 replies", test["why"])
    assert test["variants"]["loud"]["replies"] == 1
    assert "the rule most-replies chose loud" in campaign.call("show", run).out


def test_who_unsubscribes_counts_against_the_variant_they_got(campaign: Office) -> None:
    rule = "share: 50\n        winner: fewest-unsubscribes\n        wait_hours: 0"
    campaign.edit("jobs/offers.yaml", "share: 50", rule)
    run = start(campaign).json["run"]
    plain = next(each for each in shown(campaign, run).values() if each["variant"] == "plain")
    assert campaign.call("suppress", "add", plain["recipient"], "--reason", "unsubscribed").code == 0
    [test] = campaign.call("resume", run, "--json").json["tests"]
    assert (test["winner"], test["variants"]["plain"]["unsubscribes"]) == ("loud", 1)


def test_a_rule_waits_its_time(campaign: Office) -> None:
    campaign.edit("jobs/offers.yaml", "share: 50", "share: 50\n        winner: fewest-bounces")
    result = start(campaign)
    assert "fewest-bounces decides when the run is resumed after 20" in result.json["note"]
    assert campaign.call("resume", result.json["run"]).code == 4
    # Nor does a later run, of which everybody in the test has a message already, take it for over.
    assert "decides when the run is resumed after 20" in start(campaign).json["note"]


def test_a_test_with_everybody_needs_no_winner(campaign: Office) -> None:
    campaign.edit("jobs/offers.yaml", "share: 50", "share: 100")
    result = start(campaign)
    assert (result.code, outcomes(result)) == (0, {"email": {"queued": PEOPLE}})
    assert len(kinds(subjects(campaign))) == 2


def test_faults_of_a_test_are_told_together(campaign: Office) -> None:
    campaign.edit("jobs/offers.yaml", "template: cry", "template: crie")
    campaign.edit("jobs/offers.yaml", "plain:", "pl ain:")
    campaign.edit("jobs/offers.yaml", "share: 50", "share: 200")
    told = campaign.call("check", "jobs/offers.yaml").out
    assert '"pl ain" cannot be a name' in told
    assert "ab_test › share" in told
    campaign.edit("jobs/offers.yaml", "share: 200", "share: 50")
    told = campaign.call("check", "jobs/offers.yaml").out
    assert 'ab_test › variants › loud › template: there is no template "crie"; one of: cry, letter, note' in told
    campaign.edit("jobs/offers.yaml", "  key: no\n", "  records: select *, 'x' as variant from customers\n  key: no\n")
    told = campaign.call("check", "jobs/offers.yaml").out
    assert '"variant" is what the job gives to each record, and the record has one already' in told


def test_one_variant_is_no_test(campaign: Office) -> None:
    loud = next(line for line in JOB.splitlines(keepends=True) if "loud" in line)
    campaign.edit("jobs/offers.yaml", loud, "")
    assert "a test needs at least two variants" in campaign.call("check", "jobs/offers.yaml").out


SEGMENTS = """\
segments:
  large: amount | int >= 30
  here: city == 'Rīga'
"""


def test_segments_are_counted_and_choose_who_gets_what(campaign: Office) -> None:
    job = JOB.replace(VARIANTS, "      when: segment == 'here'\n").replace("deliver:", f"{SEGMENTS}deliver:")
    campaign.write("jobs/offers.yaml", job)
    checked = campaign.call("check", "jobs/offers.yaml", "--json").json
    large = sum(n >= 30 for n in range(PEOPLE))
    here = sum(n < 30 and n % 3 > 0 for n in range(PEOPLE))
    assert checked["segments"] == {"large": large, "here": here, "": PEOPLE - large - here}
    line = f"segments: large {large}, here {here}, none of them {PEOPLE - large - here}"
    assert line in campaign.call("check", "jobs/offers.yaml").out
    result = start(campaign)
    assert result.json["segments"] == checked["segments"]
    assert outcomes(result) == {"email": {"queued": here}}
    assert "none of them" in (campaign.run_folder("offers") / "report.html").read_text()


def test_a_template_may_ask_for_the_segment(campaign: Office) -> None:
    campaign.write("jobs/offers.yaml", JOB.replace(VARIANTS, "").replace("deliver:", f"{SEGMENTS}deliver:"))
    campaign.edit("templates/note/template.yaml", "Letter {{ no }}", "Letter {{ no }} {{ segment or 'other' }}")
    assert start(campaign, "--record", "0035", "--record", "0001", "--record", "0003").code == 0
    assert sorted(each.split()[-1] for each in subjects(campaign).values()) == ["here", "large", "other"]


@pytest.mark.parametrize(
    ("segments", "told"),
    [
        ("{large: amout > 5}", 'amout is not known; did you mean "amount"?'),
        ("{large: amount >}", "jobs/offers.yaml, line 6, column 19, segments › large: unexpected 'end of template'"),
        ("{in Rīga: city}", '"in Rīga" cannot be a name'),
        ("{large: amount, here: city == segment}", "segments › here: a segment cannot ask for the segment"),
    ],
)
def test_faults_of_segments_are_told(campaign: Office, segments: str, told: str) -> None:
    campaign.write("jobs/offers.yaml", JOB.replace(VARIANTS, "").replace("deliver:", f"segments: {segments}\ndeliver:"))
    result = campaign.call("check", "jobs/offers.yaml")
    assert (result.code, told in result.out) == (1, True), result.out


class Crash(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("place", ["choose", "assign"])
def test_a_crash_while_the_winner_is_decided_is_made_good_by_resume(
    campaign: Office, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    run = start(campaign).json["run"]
    real = getattr(SqlLedger, place)

    def crash(self: SqlLedger, *arguments: Any) -> None:
        real(self, *arguments)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(SqlLedger, place, crash)
        with pytest.raises(Crash):
            campaign.call("winner", run, "loud")
    done = campaign.call("resume", run, "--json")
    assert (done.code, outcomes(done)) == (0, {"email": {"queued": PEOPLE}})
    assert done.json["tests"][0]["winner"] == "loud"
    assert len(subjects(campaign)) == PEOPLE


def test_an_approval_covers_all_variants_and_the_test_goes_on_without_another(campaign: Office) -> None:
    campaign.edit("jobs/offers.yaml", "title: Offers", "title: Offers\npolicy: {approval: required}")
    run = start(campaign).json["run"]
    assert campaign.call("approve", run).code == 0
    held = next((campaign.run_folder("offers") / "messages").glob("*=plain.eml"))
    content = held.read_bytes()
    held.write_bytes(content.replace(b"Letter", b"Lettre"))
    assert f"messages/{held.name}" in campaign.call("resume", run).err
    held.write_bytes(content)
    assert campaign.call("resume", run).code == 4
    assert campaign.call("winner", run, "plain").code == 0
    assert outcomes(campaign.call("resume", run, "--json"))["email"] == {"queued": PEOPLE}


def test_each_gets_one_message_by_smtp_and_only_what_went_out_is_kept(campaign: Office, tmp_path: Path) -> None:
    with sink_server(tmp_path / "sink") as sink:
        server = f"transport: smtp\n  host: 127.0.0.1\n  security: none\n  port: {sink.port}"
        campaign.edit("config.yaml", "email:\n", f"email:\n  {server}\n")
        run = start(campaign).json["run"]
        assert campaign.call("winner", run, "loud").code == 0
        done = campaign.call("resume", run, "--json")
        assert (done.code, outcomes(done)) == (0, {"email": {"sent": PEOPLE}})
        went = {message["X-Sink-Recipients"]: message["Message-ID"] for message in sink.messages()}
    assert len(went) == PEOPLE == len(sink.messages())
    kept = [path.read_bytes() for path in (campaign.run_folder("offers") / "messages").iterdir()]
    assert Counter(str(message_from_bytes(each)["Message-ID"]) for each in kept) == Counter(went.values())
    lines = (campaign.run_folder("offers") / "manifest.jsonl").read_text().splitlines()
    assert all(len(json.loads(line)["sha256"]) == 1 for line in lines)


def test_a_trial_to_one_address_tests_for_itself(campaign: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("DOCGEN_EMAIL__REDIRECT_TO", "me@example.com")
        trial = start(campaign).json["run"]
        assert campaign.call("winner", trial, "loud").code == 0
        assert campaign.call("resume", trial).code == 0
    assert start(campaign).json["tests"][0]["winner"] is None


@pytest.mark.parametrize("when", ["segment == 'larg'", "segment in ['here', 'larg']", "not segment != 'larg'"])
def test_a_misspelt_segment_is_a_fault_and_not_false(campaign: Office, when: str) -> None:
    job = JOB.replace(VARIANTS, f"      when: {when}\n").replace("deliver:", f"{SEGMENTS}deliver:")
    campaign.write("jobs/offers.yaml", job)
    told = campaign.call("check", "jobs/offers.yaml").out
    assert 'email › when: there is no segment "larg"; did you mean "large"?' in told
