"""Every fault ends in a clear message with its place and an exit code, all of one job at once, and loses nothing.

Each row of the tables below breaks the small working folder in one way and says what a person is then told. The same
rows are tried as text and, place by place, as `--json`.
"""

from __future__ import annotations

import csv
import errno
import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from kit import Office, Result
from rendering import RML, word

from docgen import control
from docgen.draft import Draft, _addressee
from docgen.fields import read_values
from docgen.store.schema import VERSION_TABLE
from docgen.template import load_templates

JOB_FILE = "jobs/letters.yaml"
CSV = "../data/customers.csv"
LETTER = "templates/letter/template.yaml"
NOTE = "templates/note/template.yaml"
CHECK = ("check", JOB_FILE)
RUN = ("run", JOB_FILE)

Break = Callable[[Office], object]


@dataclass(frozen=True)
class Case:
    """One way to break the folder, and what is said then.

    Attributes:
        name: of the test.
        broken: breaks the folder.
        command: what is called then.
        code: the exit code.
        place: what the message begins with; the places of several faults in their order.
        words: what the messages say besides.
        kind: the fault's stable name in --json.
    """

    name: str
    broken: Break
    place: str | Sequence[str]
    words: Sequence[str]
    kind: str
    command: Sequence[str] = CHECK
    code: int = 1

    @property
    def places(self) -> Sequence[str]:
        return (self.place,) if isinstance(self.place, str) else self.place


def edit(name: str, old: str, new: str) -> Break:
    return lambda office: office.edit(name, old, new)


def write(name: str, content: str | bytes) -> Break:
    return lambda office: office.write(name, content)


def job(old: str, new: str) -> Break:
    return edit(JOB_FILE, old, new)


def zone(text: str) -> Break:
    return job("template: note\n", f'template: note\n      timezone: "{text}"\n')


def data(old: str, new: str) -> Break:
    return edit("data/customers.csv", old, new)


def both(*breaks: Break) -> Break:
    def broken(office: Office) -> None:
        for each in breaks:
            each(office)

    return broken


def remove(name: str) -> Break:
    return lambda office: (office.root / name).unlink()


def sql(text: str) -> Break:
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    return job("  key: no\n", f"  records: |\n{indented}  key: no\n")


def typed(kind: str) -> Break:
    """Declare the city as another type: `Vilnius` is the first value to be read."""
    return edit(LETTER, "city: text", f"city: {kind}")


def orders(office: Office) -> None:
    """Add a second table, joined, with a key twice and a key missing."""
    office.write("data/orders.csv", "order_no,no\n7,0001\n8,0002\n7,0003\n,0004\n")
    office.edit(JOB_FILE, "customers.csv}", "customers.csv, orders: ../data/orders.csv}")
    office.edit(JOB_FILE, "key: no", "records: select * from orders join customers using (no)\n  key: order_no")


def workbook(sheet: str) -> Break:
    def broken(office: Office) -> None:
        book = openpyxl.Workbook()
        book.active.title = "Customers"
        for row in (("no", "name", "email", "city", "amount"), ("1", "A", "a@example.com", "X", "1")):
            book.active.append(row)
        (office.root / "data").mkdir(exist_ok=True)
        book.save(office.root / "data/customers.xlsx")
        office.edit(JOB_FILE, "../data/customers.csv", f"../data/customers.xlsx#{sheet}")

    return broken


def body(suffix: str, content: str | bytes, format_: str) -> Break:
    """Give the letter another kind of body."""
    made = RML % content if suffix == ".rml" and isinstance(content, str) else content
    return both(
        remove("templates/letter/body.txt"),
        write(f"templates/letter/body{suffix}", made),
        job("format: txt", f"format: {format_}"),
    )


USED = "{{ t('greeting') }} {{ name }} {{ no }} {{ city }} {{ amount }}"
PARAGRAPH = '<para style="text">%s</para>'

# --- the job file, config.yaml and what they name ------------------------------------------------

FILES = [
    Case("a list that does not end", job("title: Letters", "title: [Letters"), f"{JOB_FILE}, line 1, column 8",
         ['a list in "[...]" that does not end'], "job"),
    Case("a tab", job("  key: no", "\tkey: no"), f"{JOB_FILE}, line 4, column 1",
         ["a tab stands where only spaces may; indent with spaces"], "job"),
    Case("a key twice", job("title: Letters", "title: Letters\ntitle: Again"), f"{JOB_FILE}, line 2, column 1, title",
         ['the key "title" is here twice; the first is in line 1'], "job"),
    Case("an unknown key", job("title: Letters", "titel: Letters"), f"{JOB_FILE}, line 1, column 1, titel",
         ['unknown key "titel"; did you mean "title"?'], "job"),
    Case("an unknown key in config.yaml", edit("config.yaml", "  city:", "  citty:"),
         "config.yaml, line 5, column 3, company › citty", ['unknown key "citty"; did you mean "city"?'], "config"),
    Case("no config.yaml", remove("config.yaml"), "", ["there is no config.yaml in this folder"],
         "config"),
    Case("no job file", lambda office: None, "jobs/lettres.yaml",
         ['there is no such file; did you mean "letters.yaml"?'], "job", ("check", "jobs/lettres.yaml")),
    Case("a folder as job file", lambda office: None, "jobs", ["the file cannot be read"], "job", ("check", "jobs")),
    Case("a binary job file", write(JOB_FILE, bytes(range(256))), f"{JOB_FILE}, line 2",
         ["the file is not UTF-8 text; save it as UTF-8"], "job"),
    Case("an empty job file", write(JOB_FILE, ""), f"{JOB_FILE}, data", ['the key "data" is missing'], "job"),
    Case("a variable that is not set", job("title: Letters", "title: ${SHOP_TITLE}"),
         f"{JOB_FILE}, line 1, column 8, title", ["the environment variable SHOP_TITLE is not set; set SHOP_TITLE"],
         "missing-variable"),
    Case("a variable that is not set in config.yaml", edit("config.yaml", "city: Hamburg", "city: ${SHOP_CITY}"),
         "config.yaml, line 5, column 9, company › city", ["the environment variable SHOP_CITY is not set"],
         "missing-variable"),
    Case("a template that is not there", job("template: letter,", "template: lettr,"),
         f"{JOB_FILE}, line 6, column 22, documents › letter › template",
         ['there is no template "lettr"; did you mean "letter"?'], "template-missing"),
    Case("a mail template that is not there", job("template: note", "template: notes"),
         f"{JOB_FILE}, line 11, column 17, deliver › 0 › email › template",
         ['there is no template "notes"; did you mean "note"?'], "template-missing"),
    Case("no folder of templates", lambda office: shutil.rmtree(office.root / "templates"), "templates",
         ["there is no such folder of templates"], "template"),
    Case("a marketing job without consent", job("title: Letters", "title: Letters\nclass: marketing"),
         f"{JOB_FILE}, line 2, column 8, class", ["a marketing job needs `consent`"], "job"),
    Case("a format that the body cannot become", job("format: txt", "format: pdf"),
         f"{JOB_FILE}, line 6, column 38, documents › letter › format",
         ["the template letter (body.txt) cannot become pdf; it can become: txt"], "unsupported"),
    Case("a folder path with dots", job("path: archive", "path: ../x"),
         f"{JOB_FILE}, line 13, column 20, deliver › 1 › folder › path",
         ["the path '../x' would leave the folder", "use a relative path without .."], "unsafe-path"),
    Case("an absolute folder path", job("path: archive", "path: /x"),
         f"{JOB_FILE}, line 13, column 20, deliver › 1 › folder › path", ["would leave the folder"], "unsafe-path"),
    Case("a time zone that does not exist, as a constant", zone("Europe/Berln"),
         f"{JOB_FILE}, line 12, column 17, deliver › 0 › email › timezone",
         ['timezone: "Europe/Berln" is not a time zone, such as Europe/Berlin, or a country of two letters, such as DE',
          'did you mean "Europe/Berlin"?'], "wrong-value"),
    Case("a wrong sender", edit("config.yaml", "<office@example.com>", "office@example"),
         "config.yaml, line 9, column 9, email › from", ["is not an e-mail address"], "config"),
    Case("a ledger of a kind that is not known",
         lambda office: office.write("config.yaml", office.read("config.yaml") + "ledger: mysql://x\n"),
         "config.yaml, line 11, column 9, ledger", ["cannot be kept in mysql; use sqlite or postgresql"], "config"),
]  # fmt: skip

# --- the data --------------------------------------------------------------------------------------

DATA = [
    Case("a file that is not there", job("customers.csv", "custmers.csv"),
         f"{JOB_FILE}, line 3, column 23, data › tables › customers",
         ['there is no file "../data/custmers.csv"; did you mean "customers.csv"?'], "source"),
    Case("a pattern that no file fits", job("customers.csv", "*.tsv"),
         f"{JOB_FILE}, line 3, column 23, data › tables › customers", ['no file fits the pattern "../data/*.tsv"'],
         "source"),
    Case("an empty file", write("data/customers.csv", ""), CSV, ["the file is empty"], "source"),
    Case("a table without rows", write("data/customers.csv", "no,name,email,city,amount\n"), CSV,
         ["the table has no rows"], "source"),
    Case("a syntax error in SQL", sql("select *\nform customers"),
         f"{JOB_FILE}, line 4, column 12, data › records", ["line 2, column 6 of the SQL: syntax error"], "source"),
    Case("an unknown column in SQL", sql("select no,\n  nmae from customers"),
         f"{JOB_FILE}, line 4, column 12, data › records",
         ['line 2, column 3 of the SQL: Referenced column "nmae" not found'], "source"),
    Case("an unknown table in SQL", sql("select * from custmers"), f"{JOB_FILE}, line 4, column 12, data › records",
         ['did you mean "customers"?'], "source"),
    Case("SQL that reads files", sql("select * from read_csv('/etc/passwd')"),
         f"{JOB_FILE}, line 4, column 12, data › records", ["SQL sees only the tables of the job"], "source"),
    Case("SQL over text that is no number", sql("select *, cast(name as int) as x from customers"),
         f"{JOB_FILE}, line 4, column 12, data › records", ["Ona Kazlauskaitė", "try_cast"], "source"),
    Case("an encoding that does not fit",
         job("{customers: ../data/customers.csv}", "{customers: {file: ../data/customers.csv, encoding: ascii}}"),
         f"{CSV}, line 2", ["the text is not ASCII: byte 47", "encoding: windows-1252"], "source"),
    Case("an encoding that is not known",
         job("{customers: ../data/customers.csv}", "{customers: {file: ../data/customers.csv, encoding: utf8x}}"),
         f"{JOB_FILE}, line 3, column 63, data › tables › customers › encoding", ['"utf8x" is not an encoding'], "job"),
    Case("ragged rows", both(data("Vilnius,10.00", "Vilnius"), data("London,30.25", "London,30.25,more")),
         [f"{CSV}, row 2", f"{CSV}, row 4"],
         ["the row has 4 values, the header has 5 columns", "the row has 6 values"], "source"),
    Case("a sheet that is not there", workbook("Custmers"), "../data/customers.xlsx#Custmers",
         ['there is no sheet "Custmers"', "Customers"], "source"),
    Case("a key column that is not there", job("key: no", "key: nr"), f"{JOB_FILE}, line 4, column 8, data › key",
         ['the records have no column "nr"'], "job"),
    Case("a database that is not there",
         job("{customers: ../data/customers.csv}",
             "{customers: {url: 'sqlite:///../data/shop.sqlite', table: customers}}"),
         f"{JOB_FILE}, line 3, column 23, data › tables › customers", ["there is no file"], "source"),
    Case("a column that a template needs", data("no,name,", "no,nmae,"),
         [f"{JOB_FILE}, line 3, column 3, data", f"{JOB_FILE}, line 3, column 3, data"],
         ["the template letter needs name, which the data does not have", 'did you mean "nmae"?'], "field-missing"),
    Case("keys that are missing or there twice", both(data("0004,", "0001,"), data("0002,", ",")),
         [f"{CSV}, row 2, no, record 0001", f"{CSV}, row 3, no", f"{CSV}, row 5, no, record 0001"],
         ["2 records have this key in no: rows 2 and 5; keep one of them", "the key no is empty"], "duplicate-key"),
    Case("keys that are missing or there twice in a join", orders,
         ["../data/orders.csv, row 2, order_no, record 7", "../data/orders.csv, row 4, order_no, record 7",
          "../data/orders.csv, row 5, order_no"],
         ["2 records have this key in order_no: rows 2 and 4", "the key order_no is empty"], "duplicate-key"),
    *(
        Case(f"a value that is no {kind}", typed(kind), [f"{CSV}, row {line}, city, record 000{line - 1}" for line in
             range(2, 6)], ['city: "Vilnius" is not', words], "wrong-value")
        for kind, words in {
            "integer": "a whole number", "decimal": "a number", "money": "an amount", "date": "a date",
            "datetime": "a date and time", "boolean": "yes or no", "email": "an e-mail address", "url": "a web address",
            "country": "a country", "language": "a language", "iban": "an IBAN", "list": "a list",
            "object": "an object",
        }.items()
    ),
    Case("a language that does not exist", job("title: Letters", 'title: Letters\nlocale: "{{ city }}"'),
         [f"{CSV}, row {line}, city, record 000{line - 1}" for line in range(2, 6)],
         ['locale: "Vilnius" is not a language'], "wrong-value"),
    Case("a language that does not exist, as a constant", job("title: Letters", "title: Letters\nlocale: xx_broken"),
         f"{JOB_FILE}, line 2, column 9, locale, record 0001", ['"xx_broken" is not a language'], "wrong-value"),
    Case("a time zone that does not exist", zone("{{ city }}"),
         [f"{CSV}, row {line}, city, record 000{line - 1}" for line in (2, 3, 5)],
         ['timezone: "Vilnius" is not a time zone'], "wrong-value"),
    Case("a time zone that the job makes up", zone("{{ 'Mars/' ~ 'X' }}"),
         f"{JOB_FILE}, line 12, column 17, deliver › 0 › email › timezone, record 0001",
         ['timezone: "Mars/X" is not a time zone'], "wrong-value"),
    Case("an address that is none", data("ona@example.com", "ona at example"), f"{CSV}, row 2, email, record 0001",
         ['"ona at example" is not an e-mail address'], "address"),
    Case("an address that is missing", job("      when: email\n", ""), f"{CSV}, row 4, email, record 0003",
         ["there is no e-mail address"], "address"),
    Case("a line break in an address", data("ona@example.com", '"ona@example.com\r\nBcc: evil@example.com"'),
         f"{CSV}, row 2, email, record 0001", ["an e-mail address holds a control character"], "address"),
    Case("two addresses in one cell", data("ona@example.com", '"ona@example.com, evil@example.com"'),
         f"{CSV}, row 2, email, record 0001",
         ['"ona@example.com, evil@example.com" is more than one address', "stands alone"], "address"),
    Case("a folder from the data that leads out", both(job("path: archive", 'path: "{{ city }}"'),
         data("Vilnius", "../../x")), f"{CSV}, row 2, city, record 0001",
         ["the path '../../x' would leave the folder"], "unsafe-path"),
    Case("file names that differ by case alone", both(job('"letter {{ no }}"', '"{{ city }}"'),
         data("Vilnius", "london")), f"{JOB_FILE}, line 6, column 49, documents › letter › file, record 0003",
         ['the letter would be named "London.txt", like that of 0001; put the key into `file:`'], "file-collision"),
]  # fmt: skip

# --- templates and the texts of the job ---------------------------------------------------------------

TEXTS = [
    Case("a brace that is missing", write("templates/letter/body.txt", "Hello\n{{ name }\n"),
         "templates/letter/body.txt, line 2", ["unexpected '}'"], "template-syntax"),
    Case("a block that does not end in HTML", body(".html", f"<p>{USED}</p>\n<p>{{% if name %}}x</p>", "html"),
         "templates/letter/body.html, line 2", ["Unexpected end of template"], "template-syntax"),
    Case("a block that does not end in RML", body(".rml", PARAGRAPH % f"{USED} {{% if name %}}", "pdf"),
         "templates/letter/body.rml, line 7", ["Unexpected end of template"], "template-syntax"),
    Case("markup that does not end in RML", body(".rml", PARAGRAPH % f"{USED}<b>", "pdf"),
         "templates/letter/body.rml, line 7, record 0001", ["not well-formed XML: Opening and ending tag mismatch"],
         "template-syntax"),
    Case("a brace that is missing in Word", body(".docx", word("Hello", USED, "{{ name | nosuch }}"), "docx"),
         "templates/letter/body.docx, text › paragraph 3", ["nosuch"], "template-syntax"),
    Case("a Word file that is none", body(".docx", b"not a Word file", "docx"), "templates/letter/body.docx",
         ["is not a Word document"], "template-syntax"),
    Case("a body that is not UTF-8", write("templates/letter/body.txt", "Grüße {{ name }}".encode("latin-1")),
         "templates/letter/body.txt", ["is not UTF-8; save it as UTF-8"], "template-syntax"),
    Case("an unknown name in a body", edit("templates/letter/body.txt", "{{ city }}", "{{ city }} {{ ctiy }}"),
         "templates/letter/body.txt, line 2", ['"ctiy" is used and not declared; did you mean "city"?'],
         "field-missing"),
    Case("an unknown name in Word", body(".docx", word("Hello", f"{USED} {{{{ ctiy }}}}"), "docx"),
         "templates/letter/body.docx, text › paragraph 2", ['"ctiy" is used and not declared'],
         "field-missing"),
    Case("an unknown name in a subject", edit(NOTE, "Letter {{ no }}", "Letter {{ no }} {{ nno }}"),
         f"{NOTE}, line 2, column 10, subject", ['"nno" is used and not declared; did you mean "no"?'],
         "field-missing"),
    Case("a field that the body does not use", edit(LETTER, "city: text", "city: text\n  street: text"),
         f"{LETTER}, line 6, column 11, fields › street", ['"street" is declared and not used'], "field-unused"),
    Case("a template that declares nothing", lambda office: office.write(NOTE, 'kind: message\nsubject: "A letter"\n'),
         ["templates/note/body.txt, line 1", "templates/note/body.txt, line 1"],
         ['"name" is used and not declared; declare it under fields', '"no" is used and not declared'],
         "field-missing"),
    Case("a kind that is not known", edit(LETTER, "kind: letter", "kind: leter"), f"{LETTER}, line 1, column 7, kind",
         ['there is no kind "leter"; did you mean "letter"?'], "template"),
    Case("a template without a body", remove("templates/letter/body.txt"), f"{LETTER}, line 1, column 1, body",
         ["there is no body.* in this folder"], "template"),
    Case("a message without a subject", edit(NOTE, 'subject: "Letter {{ no }}"\n', ""), f"{NOTE}, line 1, column 1",
         ["the message has no subject"], "template"),
    Case("a text that one language lacks", edit(LETTER, "de: {greeting: Guten Tag}", "de: {}"),
         f"{LETTER}, line 9, column 3, texts › de", ['the text "greeting" is missing in de; en has it'], "template"),
    Case("a text that no language has", edit("templates/letter/body.txt", "t('greeting')", "t('greting')"),
         "templates/letter/body.txt, line 1, record 0001", ['there is no text "greting"; did you mean "greeting"?'],
         "text-missing"),
    Case("a language that the template lacks", job("title: Letters", "title: Letters\nlocale: lt"),
         f"{LETTER}, line 8, column 3, texts, record 0001",
         ["the template letter has no texts in the language lt; it has: de, en"], "text-missing"),
    Case("an unknown name in a file name", job('"letter {{ no }}"', '"letter {{ nno }}"'),
         f"{JOB_FILE}, line 6, column 49, documents › letter › file", ['nno is not known; did you mean "no"?'],
         "field-missing"),
    Case("an unknown name in when", job("when: email", "when: emial"),
         f"{JOB_FILE}, line 9, column 13, deliver › 0 › email › when", ['emial is not known; did you mean "email"?'],
         "field-missing"),
    Case("an unknown name in to", job("<{{ email }}>", "<{{ e_mail }}>"),
         f"{JOB_FILE}, line 10, column 11, deliver › 0 › email › to", ['e_mail is not known; did you mean "email"?'],
         "field-missing"),
    Case("an unknown name in a folder", job("path: archive", 'path: "archive/{{ ctiy }}"'),
         f"{JOB_FILE}, line 13, column 20, deliver › 1 › folder › path", ['ctiy is not known; did you mean "city"?'],
         "field-missing"),
    Case("an unknown name in the language", job("title: Letters", 'title: Letters\nlocale: "{{ lang }}"'),
         f"{JOB_FILE}, line 2, column 9, locale", ["lang is not known"], "field-missing"),
    Case("a language that the data does not have", job("title: Letters", 'title: Letters\nlocale: "{{ language }}"'),
         f"{JOB_FILE}, line 2, column 9, locale, record 0001", ['"language" is not there'], "field-missing"),
    Case("a condition that is not finished", job("when: email", "when: email and"),
         f"{JOB_FILE}, line 9, column 13, deliver › 0 › email › when", ["unexpected"], "template-syntax"),
    Case("a file name with a brace that is missing", job('"letter {{ no }}"', '"letter {{ no"'),
         f"{JOB_FILE}, line 6, column 49, documents › letter › file", ["unexpected end of template"],
         "template-syntax"),
    Case("loops without end", edit("templates/letter/body.txt", "{{ city }}",
         "{{ city }}{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}"),
         "templates/letter/body.txt, line 2, record 0001",
         ["loops run more than 100000 rounds", "raise limits.loop in config.yaml"], "limit"),
    Case("a character that no font has", both(body(".rml", PARAGRAPH % USED, "pdf"), data("Vilnius", "Vilnius \u0378")),
         "templates/letter/body.rml, line 7, record 0001", ["U+0378", "Vilnius"], "glyph-missing"),
]  # fmt: skip

CASES = [*FILES, *DATA, *TEXTS]


def by_name(cases: Sequence[Case]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[case.name.replace(" ", "-") for case in cases])


def faults_of(result: Result) -> list[dict[str, Any]]:
    said = result.json
    found: list[dict[str, Any]] = said["error"]["faults"] if "error" in said else said["faults"]
    return found


def shown_place(fault: dict[str, Any]) -> str:
    """A fault's place, put together from the fields of --json as the message has it."""
    where = fault.get("where", {})
    parts = [where[name] if name == "file" else f"{name} {where[name]}" for name in ("file", "line", "column", "row") if
             name in where]  # fmt: skip
    if where.get("path"):
        parts.append(" › ".join(map(str, where["path"])))
    if fault.get("key"):
        parts.append(f"record {fault['key']}")
    return ", ".join(parts)


def made(office: Office) -> list[str]:
    """All that lies in the output folder, but for empty folders."""
    out = office.root / "out"
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def without_traces(office: Office) -> None:
    """Nothing was made, and the ledger, where there is one, knows of no run."""
    assert made(office) == []
    ledger = office.root / "var/ledger.sqlite"
    if ledger.is_file() and (office.root / "config.yaml").is_file():
        with closing(sqlite3.connect(ledger)) as connection:
            assert connection.execute("select count(*) from runs").fetchone() == (0,)


@by_name(CASES)
def test_every_fault_is_said_with_its_place(office: Office, case: Case) -> None:
    case.broken(office)
    result = office.call(*case.command)
    said = result.out + result.err
    assert result.code == case.code, said
    told = [line for line in said.splitlines() if line.startswith(tuple(case.places))]
    assert len(told) >= len(case.places), said
    for place, line in zip(case.places, told, strict=False):
        assert line.startswith(f"{place}: " if place else ""), said
    for words in case.words:
        assert any(words in line for line in told), said
    assert str(office.root) not in re.sub(r"the folder \S+", "", said), "a path that nobody wrote"
    without_traces(office)


@by_name(CASES)
def test_every_fault_has_the_same_fields_in_json(office: Office, case: Case) -> None:
    case.broken(office)
    result = office.call(*case.command, "--json")
    assert result.code == case.code, result.err
    faults = faults_of(result)
    assert [shown_place(fault) for fault in faults] == list(case.places)
    assert case.kind in {fault["code"] for fault in faults}
    for words in case.words:
        assert any(words in fault["message"] for fault in faults), faults


@by_name([case for case in CASES if "record 000" not in str(case.places) and case.kind != "duplicate-key"])
def test_a_run_of_a_faulty_job_makes_nothing(office: Office, case: Case) -> None:
    case.broken(office)
    result = office.call("run", *case.command[1:])
    assert result.code == 1, result.out + result.err
    assert any(place in result.err for place in case.places)
    without_traces(office)


# --- several at once -----------------------------------------------------------------------------------

MANY = [
    (f"{JOB_FILE}, line 1, column 1, titel", job("title: Letters", "titel: Letters")),
    (f"{JOB_FILE}, line 6, column 49, documents › letter › file", job('"letter {{ no }}"', '"{{ nno }}"')),
    (f"{JOB_FILE}, line 9, column 13, deliver › 0 › email › when", job("when: email", "when: emial")),
    (f"{JOB_FILE}, line 13, column 20, deliver › 1 › folder › path", job("path: archive", "path: ../x")),
    ("templates/letter/body.txt, line 2", edit("templates/letter/body.txt", "{{ no }}", "{{ no }} {{ numer }}")),
    (f"{LETTER}, line 5, column 11, fields › street", edit(LETTER, "  city: text", "  street: text\n  city: text")),
    ("templates/note/body.txt, line 1", edit("templates/note/body.txt", "Dear", "Dear {% if %}")),
    (f"{CSV}, row 2, amount, record 0001", both(edit(LETTER, "amount: text", "amount: decimal"),
     data("10.00", "ten"))),
    (f"{CSV}, row 3, name, record 0002", data("Jānis Bērziņš", "")),
    (f"{CSV}, row 4, no", data("0003,", ",")),
    (f"{CSV}, row 5, amount, record 0004", data("1E5", "1x")),
]  # fmt: skip


def test_all_faults_of_job_templates_and_data_come_at_once_and_in_order(office: Office) -> None:
    for _, broken in MANY:
        broken(office)
    result = office.call(*CHECK, "--json")
    assert result.code == 1
    assert (result.json["job"], result.json["records"]) == ("letters", 4)
    assert [shown_place(fault) for fault in faults_of(result)] == [place for place, _ in MANY]
    said = office.call(*CHECK).out.splitlines()
    assert [line.split(": ")[0] for line in said] == [*(place for place, _ in MANY), f"{len(MANY)} faults"]


def test_a_run_names_all_faults_of_job_and_templates_before_it_reads_the_data(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _, broken in MANY[1:]:
        broken(office)
    monkeypatch.setattr(control, "open_records", lambda *_: pytest.fail("the data was read"))
    result = office.run()
    assert result.code == 1
    assert [line.split(": ")[0] for line in result.err.splitlines()] == [
        *(MANY[index][0] for index in (3, 4, 5, 6)),
        "4 faults",
    ]
    without_traces(office)


# --- faults of single records: set aside as they came, the others go out ---------------------------------


@dataclass(frozen=True)
class Aside:
    """One way to break records, and what quarantine.csv then has: `no` column -> words of its reason."""

    name: str
    broken: Break
    reasons: Sequence[tuple[str, str]]
    kind: str
    delivered: int = 3


ASIDE = [
    Aside("a value that is missing", data("Jānis Bērziņš", ""),
          [("0002", f"{CSV}, row 3, name, record 0002: name is empty, which the template letter needs")],
          "missing-value"),
    Aside("a key twice and a key missing", both(data("0004,", "0001,"), data("0002,", ",")),
          [("0001", f"{CSV}, row 2, no, record 0001: 2 records have this key in no: rows 2 and 5"),
           ("", f"{CSV}, row 3, no: the key no is empty"),
           ("0001", f"{CSV}, row 5, no, record 0001: 2 records have this key in no: rows 2 and 5")],
          "duplicate-key", 1),
    Aside("an address that is none", data("ona@example.com", "ona at example"),
          [("0001", f'{CSV}, row 2, email, record 0001: "ona at example" is not an e-mail address')], "address"),
    Aside("a line break in an address", data("ona@example.com", '"ona@example.com\r\nBcc: evil@example.com"'),
          [("0001", f"{CSV}, row 2, email, record 0001: an e-mail address holds a control character")], "address"),
    Aside("a time zone that does not exist", both(zone("{{ city if '/' in city else 'LV' }}"), data("Vilnius", "A/B")),
          [("0001", f'{CSV}, row 2, city, record 0001: timezone: "A/B" is not a time zone')], "wrong-value"),
    Aside("a folder that leads out", both(job("path: archive", 'path: "{{ city }}"'), data("Vilnius", "../../x")),
          [("0001", f"{CSV}, row 2, city, record 0001: the path '../../x' would leave the folder")], "unsafe-path"),
    Aside("an absolute folder", both(job("path: archive", 'path: "{{ city }}"'), data("Vilnius", "/etc")),
          [("0001", f"{CSV}, row 2, city, record 0001: the path '/etc' would leave the folder")], "unsafe-path"),
    Aside("names that differ by case alone", both(job('"letter {{ no }}"', '"{{ city }}"'), data("Vilnius", "london")),
          [("0001", 'record 0001: the letter would be named "london.txt", like that of 0003; put the key into `file:`'),
           ("0003", "like that of 0001; put the key into `file:`")], "file-collision", 2),
    Aside("a file with other content in the archive", write("out/archive/letter 0001.txt", "of old"),
          [("0001", "letter 0001.txt is there already with other content; move it away")], "file-collision"),
    Aside("a language that the template lacks", job("title: Letters",
          "title: Letters\nlocale: \"{{ 'lt' if no == '0001' else 'de' }}\""),
          [("0001", f"{LETTER}, line 8, column 3, texts, record 0001: the template letter has no texts in the "
                    "language lt; it has: de, en")], "text-missing"),
    Aside("a loop without end", edit("templates/letter/body.txt", "{{ city }}",
          "{{ city }}{% if no == '0001' %}{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}"
          "{% endif %}"),
          [("0001", "templates/letter/body.txt, line 2, record 0001: the template's loops run more than 100000")],
          "limit"),
    Aside("a character that no font has", both(body(".rml", PARAGRAPH % USED, "pdf"),
          data("Vilnius", "Vilnius \u0378")),
          [("0001", "U+0378")], "glyph-missing"),
]  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", ASIDE, ids=[case.name.replace(" ", "-") for case in ASIDE])
def test_faulty_records_are_set_aside_as_they_came_and_the_others_go_out(office: Office, case: Aside) -> None:
    case.broken(office)
    before = {row["no"] + row["name"]: row for row in rows_of(office.root / "data/customers.csv")}
    result = office.run("--json")
    assert result.code == 4, result.err
    assert result.json["state"] == "done"
    assert result.json["items"].get("quarantined") == len(case.reasons)
    assert result.json["deliveries"]["folder"] == {"sent": case.delivered}
    assert case.kind in {fault["code"] for fault in result.json["faults"]}
    for _, words in case.reasons:
        assert any(words in fault["message"] for fault in result.json["faults"]), result.out
    rows = rows_of(office.run_folder() / "quarantine.csv")
    assert sorted(row["no"] for row in rows) == sorted(no for no, _ in case.reasons)
    for no, words in case.reasons:
        assert any(row["no"] == no and words in row["fault"] for row in rows), rows
    for row in rows:
        row.pop("fault")
        assert row == before[row["no"] + row["name"]]
    assert not (office.root.parent / "x").exists()
    if "archive" in case.name:
        assert office.read("out/archive/letter 0001.txt") == "of old"


@pytest.mark.parametrize("case", ASIDE, ids=[case.name.replace(" ", "-") for case in ASIDE])
def test_reasons_stand_where_the_run_ends_and_in_a_dry_run(office: Office, case: Aside) -> None:
    case.broken(office)
    dry, real = office.run("--dry-run"), office.run()
    assert (dry.code, real.code) == (4, 4)
    for _, words in case.reasons:
        assert words in dry.out
        assert words in real.out


def test_nobody_is_sent_what_a_set_aside_record_has(office: Office) -> None:
    office.edit("data/customers.csv", "ona@example.com", "ona at example")
    office.run()
    assert office.files("outbox") == ["0002 janis@example.com.eml", "0004 hans@example.org.eml"]
    assert office.files("documents") == ["letter 0002.txt", "letter 0003.txt", "letter 0004.txt"]


def test_a_name_cannot_lead_out_of_the_folder(office: Office) -> None:
    office.edit("jobs/letters.yaml", '"letter {{ no }}"', '"{{ city }} {{ no }}"')
    office.edit("data/customers.csv", "Vilnius", "../../../x")
    assert office.run().code == 0
    assert "-..-..-x 0001.txt" in office.files("documents")
    assert not list(office.root.parent.glob("x*"))


# --- tools, folders and the ledger -------------------------------------------------------------------------


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without LibreOffice."""
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr("docgen.render.office.program.PLACES", ())


@pytest.mark.usefixtures("no_office")
def test_without_libreoffice_the_job_is_refused_with_the_way_to_get_it(office: Office) -> None:
    body(".docx", word(USED), "pdf")(office)
    for command in (CHECK, RUN):
        result = office.call(*command, "--json")
        assert result.code == 1
        (fault,) = faults_of(result)
        assert fault["code"] == "tool-missing"
        assert shown_place(fault) == f"{JOB_FILE}, line 6, column 38, documents › letter › format"
        assert "needs LibreOffice; it is not installed" in fault["problem"]
        assert "apt install" in fault["hint"]
        assert "`optional: true`" in fault["hint"]
    without_traces(office)


@pytest.mark.usefixtures("no_office")
def test_without_libreoffice_an_optional_document_is_left_out_with_a_note(office: Office) -> None:
    body(".docx", word(USED), "pdf, optional: true")(office)
    assert office.call(*CHECK).code == 0
    result = office.run("--json")
    assert result.code == 0, result.out + result.err
    note = "without the document letter: it needs LibreOffice, which is not installed"
    assert result.json["notes"] == [note]
    assert note in office.call("show", result.json["run"]).out
    assert note in (office.run_folder() / "report.html").read_text(encoding="utf-8")
    assert not office.files("documents")
    assert result.json["deliveries"]["email"] == {"queued": 3}


@pytest.mark.parametrize("command", [RUN, ("preview", JOB_FILE, "--record", "0001")], ids=["run", "preview"])
def test_an_output_folder_that_cannot_be_made_is_named(office: Office, command: Sequence[str]) -> None:
    office.write("out", "a file")
    result = office.call(*command)
    assert result.code == 1
    assert "out/" in result.err
    assert "a file stands where a folder is needed; move that file away" in result.err
    assert office.read("out") == "a file"
    assert office.call("runs", "--json").json == {"runs": []}


def test_an_output_folder_without_permission_is_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refuse(self: Path, *arguments: Any, **options: Any) -> Any:
        # Rights alone do not stop root, who runs tests in many a container.
        if self.is_relative_to(office.root / "out") or self.is_relative_to("out"):
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    result = office.run()
    assert result.code == 1
    assert "out/letters: " in result.err
    assert "docgen has no permission to write there; check the owner and the rights of the folder" in result.err
    without_traces(office)


def newer(office: Office) -> None:
    office.call("runs")
    with closing(sqlite3.connect(office.root / "var/ledger.sqlite")) as connection, connection:
        connection.execute(f"update {VERSION_TABLE} set version_num = '9999'")


def foreign(office: Office) -> None:
    (office.root / "var").mkdir()
    with closing(sqlite3.connect(office.root / "var/ledger.sqlite")) as connection, connection:
        connection.execute("create table runs (x)")


def read_only(office: Office) -> None:
    office.call("runs")
    with closing(sqlite3.connect(office.root / "var/ledger.sqlite")) as connection, connection:
        connection.execute(
            "create trigger stop before insert on runs begin select raise(abort, 'attempt to write'); end"
        )


@pytest.mark.parametrize("command", [RUN, ("runs",), ("show", "letters/2026-01-01-001"), ("history", "0001")])
@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (write("var/ledger.sqlite", "no database, but a text\n" * 100), "the file is not a ledger; check `ledger`"),
        (lambda office: (office.root / "var/ledger.sqlite").mkdir(parents=True), "the file cannot be opened"),
        (write("var", "a file"), "its folder cannot be made"),
        (newer, "the ledger was written by a newer docgen (schema 9999); install that docgen"),
        (foreign, "another program has tables here: runs; give docgen a database of its own"),
    ],
    ids=["text", "folder", "no-folder", "newer", "foreign"],
)
def test_a_ledger_that_cannot_be_used_is_named(
    office: Office, broken: Break, words: str, command: Sequence[str]
) -> None:
    broken(office)
    result = office.call(*command)
    assert result.code == 1, result.err
    assert words in result.err
    assert f"the ledger {office.root}/var/ledger.sqlite: " in result.err
    assert made(office) == []


def test_a_ledger_that_cannot_be_written_starts_no_run(office: Office) -> None:
    read_only(office)
    result = office.run()
    assert result.code == 1
    assert "attempt to write" in result.err
    without_traces(office)


# --- commands --------------------------------------------------------------------------------------------

COMMANDS = [
    ("a run that is not there", ["show", "letters/2026-01-01-009"], ['there is no run "letters/2026-01-01-009"']),
    ("a run to resume that is not there", ["resume", "letters/9"], ['there is no run "letters/9"']),
    ("a run to approve that is not there", ["approve", "letters/9"], ['there is no run "letters/9"']),
    ("a record that is not there", ["run", JOB_FILE, "--record", "0O01", "--record", "0002"],
     ['there is no record "0O01" in the data; did you mean "0001"?']),
    ("two records that are not there", ["run", JOB_FILE, "--record", "0O01", "--record", "0OO2"],
     ['there is no record "0O01" in the data', 'there is no record "0OO2" in the data', "2 faults"]),
    ("a record to preview that is not there", ["preview", JOB_FILE, "--record", "0O01"],
     ['there is no record "0O01" in the data; did you mean "0001"?']),
    ("an ending that the job does not make", ["preview", JOB_FILE, "--record", "0001", "-o", "x.pdf"],
     ["the job makes no .pdf for this record; it makes: .eml, .txt"]),
    ("two lists at once", ["show", "letters/9", "--failed", "--unknown"], ["say --failed or --unknown, not both"]),
    ("a template that is not there", ["fields", "lettr"], ['there is no template "lettr"; did you mean "letter"?']),
    ("a folder that has things", ["init", "."], [". already has config.yaml, templates; nothing was changed"]),
    ("an address to suppress that is none", ["suppress", "add", "nobody"], ['"nobody" is not an e-mail address']),
    ("no job", ["run"], ["Missing argument 'JOB'", "docgen run --help"]),
    ("an option that is not there", ["run", JOB_FILE, "--dryrun"], ["--dryrun", "--dry-run", "docgen run --help"]),
    ("a command that is not there", ["rum", JOB_FILE], ["No such command 'rum'", "'run'", "docgen --help"]),
    ("a limit that is no number", ["run", JOB_FILE, "--limit", "x"], ["--limit", "docgen run --help"]),
    ("a limit of nothing", ["run", JOB_FILE, "--limit", "0"], ["--limit", "docgen run --help"]),
    ("a reason that is not there", ["suppress", "add", "a@example.com", "--reason", "unsubcribed"],
     ['"unsubcribed" is not a reason', 'did you mean "unsubscribed"?']),
    ("a class that is not there", ["suppress", "add", "a@example.com", "--class", "x"], ["--class", "transactional"]),
]  # fmt: skip


@pytest.mark.parametrize(("command", "words"), [case[1:] for case in COMMANDS], ids=[
    case[0].replace(" ", "-") for case in COMMANDS
])  # fmt: skip
def test_wrong_commands_say_what_is_wrong(office: Office, command: Sequence[str], words: Sequence[str]) -> None:
    result = office.call(*command)
    assert result.code == 1
    for each in words:
        assert each in result.err
    assert "Traceback" not in result.err
    without_traces(office)


def test_wrong_usage_is_json_for_scripts(office: Office) -> None:
    result = office.call("run", JOB_FILE, "--json", "--limit", "x")
    assert result.code == 1
    assert "--limit" in result.json["error"]["message"]


def test_a_record_with_a_faulty_key_is_refused_with_its_rows(office: Office) -> None:
    office.edit("data/customers.csv", "0004,", "0001,")
    for command in (("run", JOB_FILE, "--record", "0001"), ("preview", JOB_FILE, "--record", "0001")):
        result = office.call(*command)
        assert result.code == 1
        assert "2 records have this key in no: rows 2 and 5" in result.err
    without_traces(office)


def test_a_run_in_the_wrong_state_says_what_can_be_done(office: Office) -> None:
    run = office.run("--json").json["run"]
    for command, words in [
        ("resume", f"the run {run} has ended (done)"),
        ("approve", f"the run {run} does not wait for approval: it is done"),
        ("cancel", f"the run {run} has ended already (done)"),
    ]:
        result = office.call(command, run)
        assert result.code == 1
        assert words in result.err
    assert office.call("show", run, "--json").json["state"] == "done"


def test_a_changed_template_stops_the_resume_of_a_run_that_is_not_merged(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("docgen.run.Runner.merge", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
    assert office.run().code == 130
    monkeypatch.undo()
    (run,) = office.call("runs", "--json").json["runs"]
    office.edit("templates/letter/body.txt", "{{ name }}", "{{ name }}!")
    result = office.call("resume", run["run"])
    assert result.code == 1
    assert "a template has changed since the run" in result.err
    assert f"docgen cancel {run['run']}" in result.err


@pytest.mark.parametrize("as_json", [False, True])
def test_a_fault_of_ours_is_said_to_be_ours(office: Office, monkeypatch: pytest.MonkeyPatch, as_json: bool) -> None:
    monkeypatch.setattr(control, "check_plan", lambda *_: 1 / 0)
    result = office.run(*(["--json"] if as_json else []))
    assert result.code == 3
    assert "Traceback" in result.err
    said = result.json["error"]["message"] if as_json else result.err.splitlines()[-1]
    assert re.fullmatch(r"docgen \S+ failed: ZeroDivisionError: .*; this is our fault; please report it", said)
    without_traces(office)


def test_a_fault_of_ours_on_one_record_keeps_nobody_else_from_theirs(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = Draft.render

    def broken(self: Draft) -> None:
        if self.record.key == "0002":
            raise ZeroDivisionError("oops")
        render(self)

    monkeypatch.setattr(Draft, "render", broken)
    result = office.run("--json")
    assert result.code == 4
    assert result.json["faults"][0]["message"] == "record 0002: docgen failed on this record: ZeroDivisionError: oops"
    assert result.json["deliveries"]["folder"] == {"sent": 3}


# --- what is shipped ----------------------------------------------------------------------------------------


def test_the_samples_of_shipped_templates_fit_their_own_fields() -> None:
    templates = load_templates(Path(__file__).parents[2] / "templates")
    assert templates
    for name, template in templates.items():
        _, faults = read_values(template.sample, template.fields, "en", "sample")
        assert [str(fault) for fault in faults] == [], name


def test_a_field_that_only_the_job_reads_is_no_fault(office: Office) -> None:
    office.edit(LETTER, "city: text", "city: text\n  email: text")
    office.edit(JOB_FILE, "letter {{ no }}", "letter {{ no }} {{ email or '' }}")
    result = office.call(*CHECK)
    assert (result.code, "declared and not used" in result.out + result.err) == (0, False)


def test_a_print_names_who_the_address_is_of() -> None:
    values = {"name": "山田 太郎", "company": "ACME"}
    assert _addressee(values, ["〒100-0001", "東京都", "山田 太郎"]) == "山田 太郎"
    assert _addressee({"company": "ACME"}, ["x", "ACME"]) == "ACME"
    assert _addressee({}, ["Somebody", "x"]) == "Somebody"
    assert _addressee({}, []) == ""
