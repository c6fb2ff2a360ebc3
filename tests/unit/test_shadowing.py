"""A column that a kind computes too: a fault where the job uses the name, a note where documents print it."""

from __future__ import annotations

import pytest
from kit import Office

TEMPLATE = """\
kind: complaint-answer
fields:
  no: {type: text, required: true}
  name: {type: text, required: true}
  decision: {type: text, required: true}
  reason: text
texts:
  en: {greeting: Hello}
  de: {greeting: Guten Tag}
"""
DATA = "no,name,email,decision,reason,declined\n0001,Ona,ona@example.com,declined,too late,maybe\n"
NOTE = (
    "note: jobs/letters.yaml, line 3, column 3, data: the kind complaint-answer computes declined; "
    "documents show that, not the columns of these names"
)


@pytest.fixture
def job(office: Office) -> Office:
    office.write("templates/letter/template.yaml", TEMPLATE)
    office.write("templates/letter/body.txt", "{{ t('greeting') }} {{ no }} {{ name }} {{ decision }} {{ reason }}\n")
    office.write("data/customers.csv", DATA)
    return office


def test_a_column_that_nothing_prints_is_left_alone(job: Office) -> None:
    said = job.call("check", "jobs/letters.yaml")
    assert (said.code, "computes" in said.out + said.err) == (0, False)


def test_a_column_that_a_document_prints_as_computed_is_noted(job: Office) -> None:
    job.write(
        "templates/letter/body.txt",
        "{{ t('greeting') }} {{ no }} {{ name }} {{ decision }} {{ reason }} {{ declined }}\n",
    )
    said = job.call("check", "jobs/letters.yaml")
    assert said.code == 0
    assert NOTE in said.out
    assert len(job.call("check", "jobs/letters.yaml", "--json").json["notes"]) == 1


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('file: "letter {{ no }}', 'file: "letter {{ no }} {{ declined }}', "documents › letter › file"),
        ("when: email", "when: email and not declined", "deliver › 0 › email › when"),
    ],
)
def test_a_text_of_the_job_that_would_get_the_computed_value_is_a_fault(
    job: Office, old: str, new: str, place: str
) -> None:
    job.edit("jobs/letters.yaml", old, new)
    said = job.call("check", "jobs/letters.yaml")
    assert said.code == 1
    assert place in said.err + said.out


def test_without_such_a_column_a_job_may_use_what_is_computed(job: Office) -> None:
    job.write("data/customers.csv", DATA.replace(",declined\n", ",other\n"))
    job.edit("jobs/letters.yaml", 'file: "letter {{ no }}', 'file: "letter {{ no }} {{ declined }}')
    assert job.call("check", "jobs/letters.yaml").code == 0


def test_what_a_kind_reads_is_no_rival(job: Office) -> None:
    job.write("data/customers.csv", DATA.replace(",declined\n", ",date\n").replace("maybe", "2026-11-20"))
    job.edit("jobs/letters.yaml", 'file: "letter {{ no }}', 'file: "letter {{ no }} {{ date }}')
    assert job.call("check", "jobs/letters.yaml").code == 0
