"""Job files."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from docgen.envelopes import WINDOWS
from docgen.errors import DocgenError, Faults, JobError, MissingVariable, UserError
from docgen.job import DataSpec, EmailStep, EnvelopeProfile, FolderStep, Job, NumberSpec, PrintStep, TableSpec, load_job
from docgen.model import Format, MessageClass, Where

WHOLE = """\
title: Monthly invoices
class: dunning
edition: 2026-05
data:
  tables:
    customers: data/customers.csv
    orders: {file: "data/orders.xlsx#Orders", header: no}
    old: {file: old.csv, encoding: cp1257, delimiter: tab, quote: "'"}
    lines: {url: "${SHOP_DB}", query: "select * from order_lines"}
  records: |
    select * from orders join customers using (customer_id)
  key: order_no
  nest:
    lines: {table: lines, on: order_no, order_by: [position, sku]}
  input_locale: de-DE
consent: newsletter == 'yes'
locale: "{{ language or 'en' }}"
numbers:
  number: "INV-{year}-{n:05}"
  credit: {pattern: "C{n}", start: 100, date: invoice_date}
values:
  rate: 1.10
  terms: {days: 14}
documents:
  invoice:
    template: invoice
    format: pdf
    file: "{{ number }} {{ name }}"
  letter: {template: letter, format: docx, file: letter}
deliver:
  - email:
      when: email
      to: "{{ name }} <{{ email }}>"
      template: invoice-email
      attach: [invoice, letter]
      from: Sales <sales@example.com>
  - print:
      when: not email
      documents: invoice
      envelope: din-5008-b
      sort: [country, postcode]
      duplex: true
  - folder: {path: "archive/{{ number[:4] }}"}
  - folder: {name: second, path: b, documents: [letter]}
policy:
  missing: blank
  bad_records: stop
  approval: required
  pause_after_failures: 3
"""

SMALL = """\
data:
  tables: {customers: customers.csv}
  key: no
"""


def write(folder: Path, text: str, name: str = "invoices.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None, name: str = "invoices.yaml") -> Job:
    return load_job(write(folder, text, name), environ or {}, "invoices.yaml")


def faults_of(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[DocgenError]:
    with pytest.raises(UserError) as caught:
        load(folder, text, environ)
    return list(caught.value.faults) if isinstance(caught.value, Faults) else [caught.value]


def sentences(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    return [str(fault).removeprefix("invoices.yaml, ") for fault in faults_of(folder, text, environ)]


def with_part(text: str) -> str:
    return SMALL + text


@pytest.fixture
def whole(tmp_path: Path) -> Job:
    return load(tmp_path, WHOLE, {"SHOP_DB": "postgresql://me:secret@db/shop"})


def test_a_whole_job_is_read(whole: Job) -> None:
    assert (whole.name, whole.title, whole.message_class, whole.edition) == (
        "invoices",
        "Monthly invoices",
        MessageClass.DUNNING,
        "2026-05",
    )
    assert whole.data.tables["customers"] == TableSpec(file="data/customers.csv")
    assert whole.data.tables["orders"].header is False
    assert (whole.data.tables["old"].encoding, whole.data.tables["old"].delimiter) == ("cp1257", "\t")
    assert whole.data.tables["lines"].url == "postgresql://me:secret@db/shop"
    assert whole.data.records == "select * from orders join customers using (customer_id)\n"
    assert whole.data.nest["lines"].on == ("order_no",)
    assert whole.data.nest["lines"].order_by == ("position", "sku")
    assert whole.data.input_locale == "de_DE"
    assert whole.numbers["number"] == NumberSpec(pattern="INV-{year}-{n:05}")
    assert str(whole.values["rate"]) == "1.10"
    assert whole.documents["invoice"].format is Format.PDF
    assert whole.policy.pause_after_failures == 3


def test_steps_keep_their_order_and_jinja_stays_text(whole: Job) -> None:
    email, letters, archive, second = whole.deliver
    assert isinstance(email, EmailStep)
    assert (email.when, email.to, email.from_) == ("email", "{{ name }} <{{ email }}>", "Sales <sales@example.com>")
    assert email.attach == ("invoice", "letter")
    assert isinstance(letters, PrintStep)
    assert (letters.when, letters.envelope) == ("not email", EnvelopeProfile.DIN_5008_B)
    assert (letters.documents, letters.sort) == (("invoice",), ("country", "postcode"))
    assert isinstance(archive, FolderStep)
    assert (archive.path, archive.documents) == ("archive/{{ number[:4] }}", None)
    assert [step.name for step in whole.deliver] == ["email", "print", "folder", "second"]
    assert whole.locale == "{{ language or 'en' }}"
    assert whole.documents["invoice"].file == "{{ number }} {{ name }}"
    assert isinstance(second, FolderStep)
    assert second.documents == ("letter",)


def test_every_value_gives_its_place(whole: Job) -> None:
    assert whole.where("documents", "invoice", "template") == Where(
        "invoices.yaml", 26, 15, ("documents", "invoice", "template")
    )
    assert whole.where("deliver", 0, "email", "to").line == 33
    assert whole.where_step("second", "path") == Where("invoices.yaml", 44, 34, ("deliver", 3, "folder", "path"))
    assert whole.where("deliver", 0, "email", "cc").line == 32


def test_a_job_knows_its_file(whole: Job, tmp_path: Path) -> None:
    assert whole.path == tmp_path / "invoices.yaml"
    assert whole.base == tmp_path
    assert len(whole.sha256) == 64


def test_a_job_crosses_processes_and_cannot_be_changed(whole: Job) -> None:
    again = pickle.loads(pickle.dumps(whole))
    assert again == whole
    assert again.where("data", "key") == whole.where("data", "key")
    with pytest.raises(ValidationError):
        whole.title = "other"  # type: ignore[misc]


def test_secrets_in_a_job_are_not_shown(whole: Job) -> None:
    assert "secret" not in repr(whole)


def test_a_small_job_has_defaults(tmp_path: Path) -> None:
    job = load(tmp_path, SMALL)
    assert (job.name, job.title, job.locale, job.message_class) == (
        "invoices",
        "invoices",
        "en",
        MessageClass.TRANSACTIONAL,
    )
    assert (job.deliver, job.documents, job.data.nest, job.edition) == ((), {}, {}, "")
    assert (job.policy.missing, job.policy.bad_records, job.policy.approval) == ("error", "quarantine", "none")
    assert job.policy.pause_after_failures == 20


def test_parts_whose_lines_are_all_commented_out_have_their_defaults(tmp_path: Path) -> None:
    job = load(tmp_path, with_part("documents:\nnumbers:\ndeliver:\n  - print:\npolicy:\n  # missing: blank\n"))
    assert job.policy.missing == "error"
    assert job.deliver == (PrintStep(),)


def test_a_job_can_be_made_in_python_without_a_file() -> None:
    job = Job(name="x", data=DataSpec(tables={"a": TableSpec(file="a.csv")}, key="no"))
    assert job.where("data", "key") == Where(path=("data", "key"))
    assert (job.message_class, job.sha256) == (MessageClass.TRANSACTIONAL, "")


EIGHT_FAULTS = """\
titel: Invoices
data:
  tables:
    customers: customers.csv
    lines: {url: "${SHOP_DB}", query: select 1}
  records: select * from customers
documents:
  invoice:
    template: invoice
    format: pfd
    file: "{{ number }}"
    file: "{{ no }}"
numbers:
  number: "INV-{year}"
deliver:
  - email:
      to: "{{ email }}"
      template: invoice-email
      attach: [invoise]
policy:
  pause_after_failures: many
"""


def test_eight_faults_are_reported_at_once_in_order_of_place(tmp_path: Path) -> None:
    assert sentences(tmp_path, EIGHT_FAULTS) == [
        'line 1, column 1, titel: unknown key "titel"; did you mean "title"?',
        'line 2, column 1, data › key: the key "key" is missing; '
        "key: column that names a record for ever: an order or customer number",
        "line 5, column 18, data › tables › lines › url: the environment variable SHOP_DB is not set; "
        "set SHOP_DB, or write ${SHOP_DB:-default}",
        'line 10, column 13, documents › invoice › format: "pfd" is not one of the possible values; '
        'did you mean "pdf"?',
        'line 12, column 5, documents › invoice › file: the key "file" is here twice; the first is in line 11',
        'line 14, column 11, numbers › number: "INV-{year}" must hold {n} exactly once; write INV-{year}-{n:05}',
        'line 19, column 16, deliver › 0 › email › attach › 0: no document "invoise" in documents; '
        'did you mean "invoice"?',
        'line 21, column 25, policy › pause_after_failures: "many" is not a whole number',
    ]


def test_each_fault_has_its_class_and_place(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, EIGHT_FAULTS)
    assert [type(fault) for fault in faults] == [JobError, JobError, MissingVariable] + [JobError] * 5
    assert faults[3].as_dict()["where"] == {
        "file": "invoices.yaml",
        "line": 10,
        "column": 13,
        "path": ["documents", "invoice", "format"],
    }


def test_a_fault_of_syntax_stands_alone(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, EIGHT_FAULTS + "\n\t- x")
    assert "a tab stands where only spaces may" in str(fault)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("name: a/b", 'name: "a/b" cannot be the name of a folder; use letters, digits, dash and underscore'),
        ("class: markting", 'class: "markting" is not one of the possible values; did you mean "marketing"?'),
        ("title: [a]", "title: a list stands where text is expected"),
        ("title: {a: 1}", "title: a group of keys stands where text is expected"),
        ("title: true", 'title: "true" stands where text is expected; put it in quotes: "true"'),
        ("title:", "title: there is no value; write one, or leave the key out; a bare # begins a comment"),
        ("documents: [a]", 'documents: a list stands where a group of keys (lines of "name: value") is expected'),
        ("documents: {a b: {template: t, format: pdf, file: x}}", '"a b" cannot be a name; use letters, digits, dash'),
        ("documents: {a: {template: t, format: pdf, file: ''}}", "documents › a › file: this is empty; write a text"),
        ("numbers: {no-1: 'X{n}'}", '"no-1" cannot be a name; use letters, digits and underscores, a letter first'),
        ("numbers: {no: 'X{n'}", 'numbers › no: "X{n" has a brace without its partner'),
        ("numbers: {no: 'X{n}{n}'}", "must hold {n} exactly once"),
        ("numbers: {no: 'X{{ n }}'}", "has double braces; a number takes single ones"),
        ("numbers: {no: 'X{n}{day}'}", "a number cannot hold {day}; only {n}, {year} and {month}"),
        ("numbers: {no: 'X{n:5}'}", "has a width that cannot be read; {n:05} means five digits"),
        ("numbers: {no: {pattern: 'X{n}', start: -1}}", 'numbers › no › start: "-1" must be at least 0'),
        ("deliver: {email: {}}", "deliver: a group of keys stands where a list"),
        ("deliver: [print]", 'deliver › 0: "print" stands where a group of keys'),
        ("deliver: [{}]", "deliver › 0: this step is empty; write email, print or folder"),
        ("deliver: [{mail: {to: x}}]", 'deliver › 0 › mail: unknown key "mail"; did you mean "email"?'),
        ("deliver: [{print: {}, folder: {path: x}}]", "deliver › 0: print and folder in one step; begin each step"),
        ("deliver: [{folder: {path: x, documents: no}}]", 'no document "no" in documents; the job makes no documents'),
        ("deliver: [{print: {envelope: din-5008}}]", 'did you mean "din-5008-b"?'),
        ("deliver: [{print: {duplex: maybe}}]", 'duplex: "maybe" is not true or false'),
        ("deliver: [{email: {to: a, template: b, from: nobody}}]", 'from: "nobody" is not an e-mail address'),
        (
            "policy: {missing: Blank}",
            'policy › missing: "Blank" is not one of the possible values; did you mean "blank"?',
        ),
        ("policy: {pause_after_failures: 0}", 'policy › pause_after_failures: "0" must be at least 1'),
        ("policy: {pause_after_failures: 1.5}", 'policy › pause_after_failures: "1.5" is not a whole number'),
    ],
)
def test_a_fault_is_said_in_words_for_people(tmp_path: Path, part: str, expected: str) -> None:
    (sentence,) = sentences(tmp_path, with_part(part))
    assert expected in sentence
    assert sentence.startswith("line 4, column ")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("{tables: {}, key: no}", "data › tables: this is empty; write at least one entry"),
        ("{tables: {a: {file: x, url: y}}, key: no}", "tables › a: a table comes either from a file or from a url"),
        ("{tables: {a: {header: true}}, key: no}", "tables › a: a table comes either from a file or from a url"),
        ("{tables: {a: {file: x, query: q}}, key: no}", "tables › a: query and table go with url"),
        ("{tables: {a: {url: x}}, key: no}", "tables › a: a url needs either a query or a table"),
        ("{tables: {a: {url: x, query: q, table: t}}, key: no}", "tables › a: a url needs either a query or a table"),
        ("{tables: {a: {file: x, encoding: latin-99}}, key: no}", 'encoding: "latin-99" is not an encoding'),
        ("{tables: {a: {file: x, delimiter: ';;'}}, key: no}", 'delimiter: ";;" is not one character'),
        ("{tables: {a: {file: x, quote: '||'}}, key: no}", 'quote: "||" is not one character'),
        ("{tables: {a-b: x}, key: no}", 'tables › a-b: "a-b" cannot be a name'),
        ("{tables: {a: x}, key: no, input_locale: klingon}", 'input_locale: "klingon" is not a language'),
        ("{tables: {a: x, b: y}, key: no}", "open which rows are the records: there are a, b; write SQL"),
        ("{tables: {a: x, b: y}, key: no, nest: {l: {table: c, on: no}}, records: q}", 'no table "c" in data.tables'),
        ("{tables: {a: x}, key: no, nest: {l: {table: a}}, records: q}", 'nest › l › on: the key "on" is missing'),
        ("[a]", "data: a list stands where a group of keys"),
        ("", 'data › tables: the key "tables" is missing'),
    ],
)
def test_faults_of_data_are_said_in_words_for_people(tmp_path: Path, data: str, expected: str) -> None:
    assert any(expected in sentence for sentence in sentences(tmp_path, f"data: {data}"))


def test_the_only_table_that_is_not_nested_gives_the_records(tmp_path: Path) -> None:
    job = load(tmp_path, "data: {tables: {a: x, b: y}, key: no, nest: {lines: {table: b, on: no}}}")
    assert job.data.records is None


def test_keys_below_an_empty_step_are_told_to_be_indented(tmp_path: Path) -> None:
    found = sentences(tmp_path, with_part("deliver:\n  - email:\n    to: x\n    template: y\n"))
    assert 'line 6, column 5, deliver › 0 › to: unknown key "to"; indent it further, below "email:"' in found


def test_text_with_a_comma_inside_braces_is_recognised(tmp_path: Path) -> None:
    found = sentences(tmp_path, with_part("documents: {a: {template: t, format: pdf, file: one, two of them}}"))
    assert found == [
        'line 4, column 54, documents › a › two of them: unknown key "two of them"; '
        "text with a comma needs quotes inside {...}"
    ]


def test_two_steps_of_one_name_are_a_fault(tmp_path: Path) -> None:
    text = with_part(
        "deliver:\n  - folder: {path: a}\n  - print: {name: p}\n  - folder: {path: b}\n  - print: {name: p}\n"
    )
    assert sentences(tmp_path, text) == [
        'line 7, column 5, deliver › 2 › folder: two steps of the name "folder"; '
        "the first is in line 5; give one a `name`",
        'line 8, column 5, deliver › 3 › print: two steps of the name "p"; the first is in line 6; give one a `name`',
    ]


def test_the_envelopes_of_jobs_are_those_that_are_measured() -> None:
    assert set(EnvelopeProfile) == set(WINDOWS)


def test_only_pdf_can_be_printed(tmp_path: Path) -> None:
    text = with_part("documents: {a: {template: t, format: docx, file: x}}\ndeliver: [{print: {documents: a}}]")
    assert sentences(tmp_path, text) == [
        "line 5, column 31, deliver › 0 › print › documents: only PDF can be printed; a is made as docx"
    ]


def test_a_file_whose_name_cannot_name_a_job_says_so(tmp_path: Path) -> None:
    with pytest.raises(JobError, match="cannot be the name of a folder; give the job a `name`"):
        load(tmp_path, SMALL, name="a'b.yaml")
    assert load(tmp_path, SMALL + "name: fine", name="a'b.yaml").name == "fine"


def test_a_secret_is_not_shown_in_a_fault(tmp_path: Path) -> None:
    text = with_part('policy: {approval: "${SECRET}", pause_after_failures: "${SECRET}"}\nclass: "${SECRET}"')
    found = " ".join(sentences(tmp_path, text, {"SECRET": "hunter2"}))
    assert "hunter2" not in found
    assert '"${SECRET}" is not a whole number' in found


def test_a_fault_holds_no_secret_in_any_form(tmp_path: Path) -> None:
    text = with_part(
        'policy: {pause_after_failures: "${SECRET}"}\ndeliver: [{email: {to: a, template: b, from: "${SECRET}"}}]'
    )
    for fault in faults_of(tmp_path, text, {"SECRET": "hunter2"}):
        assert "hunter2" not in f"{fault!r} {fault} {fault.as_dict()} {fault.__cause__!r} {fault.__context__!r}"


def test_a_list_at_the_top_is_a_fault(tmp_path: Path) -> None:
    assert 'the file does not begin with a key, such as "name: value"' in sentences(tmp_path, "- a\n- b")[0]


def test_an_empty_file_lacks_its_data(tmp_path: Path) -> None:
    (sentence,) = sentences(tmp_path, "# nothing")
    assert 'data: the key "data" is missing' in sentence


def test_an_absent_job_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r"invoices\.yaml: there is no such file"):
        load_job(tmp_path / "invoices.yaml", {}, "invoices.yaml")


@pytest.mark.parametrize(
    ("pattern", "sequence", "number"),
    [
        ("INV-{year}-{n:05}", "INV-2026-", "INV-2026-00042"),
        ("{n}/{month}/{year}", "{n}/05/2026", "42/05/2026"),
        ("R{year}{month}{n:03}", "R202605", "R202605042"),
        ("{n}", "", "42"),
        ("A{n:02}-Z", "A{n}-Z", "A42-Z"),
    ],
)
def test_a_number_is_written_from_its_sequence(pattern: str, sequence: str, number: str) -> None:
    spec = NumberSpec(pattern=pattern)
    assert spec.sequence(date(2026, 5, 3)) == sequence
    assert spec.number(sequence, 42) == number


def test_an_old_number_keeps_the_year_of_its_sequence() -> None:
    assert NumberSpec(pattern="INV-{year}-{n:03}").number("INV-2025-", 7) == "INV-2025-007"


@given(
    st.text("AB-/ ", max_size=4),
    st.lists(st.sampled_from(["{year}", "{month}", "{month:02}", "-", "x"]), max_size=3),
    st.sampled_from(["{n}", "{n:03}", "{n:06}"]),
    st.lists(st.sampled_from(["{year}", "-", "z"]), max_size=2),
    st.dates(date(1000, 1, 1)),
    st.integers(0, 10**7),
)
@settings(deadline=None, max_examples=200)
def test_a_number_is_what_its_pattern_says(
    start: str, before: list[str], n_part: str, after: list[str], day: date, n: int
) -> None:
    pattern = start + "".join(before) + n_part + "".join(after)
    spec = NumberSpec(pattern=pattern)
    expected = pattern.replace("{month}", "{month:02}").format(year=day.year, month=day.month, n=n)
    assert spec.number(spec.sequence(day), n) == expected
