"""Every fault ends in a clear message with its place and an exit code, all of one job at once, and loses nothing.

Each row of the tables below breaks the small working folder in one way and says what a person is then told. The same
rows are tried as text and, place by place, as `--json`.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from kit import Office, Result
from rendering import RML, word

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
    Case("an absolute folder path", job("path: archive", "path: /tmp/x"),
         f"{JOB_FILE}, line 13, column 20, deliver › 1 › folder › path", ["would leave the folder"], "unsafe-path"),
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
         [f"{CSV}, line 2", f"{CSV}, line 4"],
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
         [f"{CSV}, line 2, no, record 0001", f"{CSV}, line 3, no", f"{CSV}, line 5, no, record 0001"],
         ["2 records have this key in no: rows 2 and 5; keep one of them", "the key no is empty"], "duplicate-key"),
    Case("keys that are missing or there twice in a join", orders,
         ["../data/orders.csv, line 2, order_no, record 7", "../data/orders.csv, line 4, order_no, record 7",
          "../data/orders.csv, line 5, order_no"],
         ["2 records have this key in order_no: rows 2 and 4", "the key order_no is empty"], "duplicate-key"),
    *(
        Case(f"a value that is no {kind}", typed(kind), [f"{CSV}, line {line}, city, record 000{line - 1}" for line in
             range(2, 6)], ['city: "Vilnius" is not', words], "wrong-value")
        for kind, words in {
            "integer": "a whole number", "decimal": "a number", "money": "an amount", "date": "a date",
            "datetime": "a date and time", "boolean": "yes or no", "email": "an e-mail address", "url": "a web address",
            "country": "a country", "language": "a language", "iban": "an IBAN", "list": "a list",
            "object": "an object",
        }.items()
    ),
    Case("a language that does not exist", job("title: Letters", 'title: Letters\nlocale: "{{ city }}"'),
         [f"{CSV}, line {line}, city, record 000{line - 1}" for line in range(2, 6)],
         ['locale: "Vilnius" is not a language'], "wrong-value"),
    Case("a language that does not exist, as a constant", job("title: Letters", "title: Letters\nlocale: xx_broken"),
         f"{JOB_FILE}, line 2, column 9, locale, record 0001", ['"xx_broken" is not a language'], "wrong-value"),
    Case("an address that is none", data("ona@example.com", "ona at example"), f"{CSV}, line 2, email, record 0001",
         ['"ona at example" is not an e-mail address'], "address"),
    Case("an address that is missing", job("      when: email\n", ""), f"{CSV}, line 4, email, record 0003",
         ["there is no e-mail address"], "address"),
    Case("a line break in a name", data("Ona Kazlauskaitė", '"Ona\r\nBcc: evil@example.com"'),
         f"{CSV}, line 2, name, record 0001", ["an e-mail address holds a control character"], "address"),
    Case("a folder from the data that leads out", both(job("path: archive", 'path: "{{ city }}"'),
         data("Vilnius", "../../x")), f"{CSV}, line 2, city, record 0001",
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
    Case("a character that no font has", both(body(".rml", PARAGRAPH % USED, "pdf"), data("Vilnius", "Vilnius \u13a0")),
         "templates/letter/body.rml, line 7, record 0001", ["U+13A0", "Vilnius"], "glyph-missing"),
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
    parts = [where[name] if name == "file" else f"{name} {where[name]}" for name in ("file", "line", "column") if
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
