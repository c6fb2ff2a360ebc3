"""Bundles through the command line: what a run makes once of many records, again after a crash, and what is refused."""

from __future__ import annotations

import json

import docx
import pikepdf
import pytest
import wordfields as word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from kit import Office, Result
from rendering import RML, docx_text, pdf_text, saved

from docgen import bundles
from docgen.api import open_workspace, run_job
from docgen.render import office as libreoffice

MANIFEST = """\
kind: letter
fields:
  no: {type: text, required: true}
  name: {type: text, required: true}
"""
BODY = RML % '<para style="text">{{ no }} {{ name }}</para>'
JOB = """\
title: Letters
data:
  tables: {customers: ../data/customers.csv}
  key: no
values: {season: spring}
documents:
  letter: {template: word, format: docx, file: "letter {{ no }}"}
  sheet: {template: sheet, format: pdf, file: "sheet {{ no }}"}
bundles:
"""


@pytest.fixture
def letters(office: Office) -> Office:
    """An office with a Word template `word` and an RML template `sheet`."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "{{ no }}"
    document.add_paragraph("{{ name }}: record {{ merge_record }}, place {{ merge_sequence }}")
    office.write("templates/word/template.yaml", MANIFEST)
    office.write("templates/word/body.docx", saved(document))
    office.write("templates/sheet/template.yaml", MANIFEST)
    office.write("templates/sheet/body.rml", BODY)
    return office


def run(office: Office, *lines: str) -> Result:
    office.write("jobs/letters.yaml", JOB + "".join(f"  {line}\n" for line in lines))
    return office.run("--json")


def bundle(office: Office, name: str) -> bytes:
    return (office.run_folder() / "bundles" / name).read_bytes()


def noted(office: Office) -> list[dict[str, object]]:
    text = (office.run_folder() / "manifest.jsonl").read_text(encoding="utf-8")
    return [line for line in map(json.loads, text.splitlines()) if line["kind"] == "bundle"]


def test_the_files_of_a_document_become_one_in_the_order_of_the_data(letters: Office) -> None:
    result = run(letters, "all: {document: letter, format: docx}")
    assert result.code == 0, result.err
    made = docx_text(bundle(letters, "all.docx"))
    assert made.splitlines() == [
        "Ona Kazlauskaitė: record 1, place 1",
        "Jānis Bērziņš: record 2, place 2",
        "Smith & Co: record 3, place 3",
        "Müller, Hans: record 4, place 4",
    ]
    sections = docx.Document(str(letters.run_folder() / "bundles/all.docx")).sections
    assert [section.header.paragraphs[0].text for section in sections] == ["0001", "0002", "0003", "0004"]
    assert "bundles" in result.json["files"]


def test_a_pdf_has_a_bookmark_where_each_document_begins(letters: Office) -> None:
    run(
        letters,
        "print: {document: sheet, format: pdf, file: \"Sheets {{ season }} {{ today }}\", when: city != 'London'}",
    )
    (name,) = letters.files("bundles")
    assert name.startswith("Sheets spring 20")
    content = bundle(letters, name)
    assert [line for line in pdf_text(content).splitlines() if line.strip()] == [
        "0001 Ona Kazlauskaitė",
        "0002 Jānis Bērziņš",
        "0004 Müller, Hans",
    ]
    with pikepdf.open(letters.run_folder() / "bundles" / name) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["sheet 0001", "sheet 0002", "sheet 0004"]


def test_a_template_is_filled_in_for_the_records_of_the_bundle_sorted(letters: Office) -> None:
    run(letters, "cities: {template: word, format: docx, sort: city, when: email}")
    assert docx_text(bundle(letters, "cities.docx")).splitlines() == [
        "Müller, Hans: record 4, place 1",
        "Jānis Bērziņš: record 2, place 2",
        "Ona Kazlauskaitė: record 1, place 3",
    ]


def test_labels_go_on_from_record_to_record(letters: Office) -> None:
    document = docx.Document()
    for fields in (["MERGEFIELD name"], ["NEXT", "MERGEFIELD name"], ["NEXT", "MERGEFIELD name", "MERGESEQ"]):
        paragraph = document.add_paragraph()
        for field in fields:
            shown = f"<w:r><w:t>{field}</w:t></w:r>"
            paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{field}">{shown}</w:fldSimple>'))
    letters.write("templates/labels/template.yaml", "kind: report\nfields:\n  name: text\n")
    letters.write("templates/labels/body.docx", saved(document))
    result = run(letters, "labels: {template: labels, format: docx, sort: name}")
    assert result.code == 0, result.out
    made = [line for line in docx_text(bundle(letters, "labels.docx")).splitlines() if line]
    assert made == ["Jānis Bērziņš", "Müller, Hans", "Ona Kazlauskaitė3", "Smith & Co"]


def labels_that_leave_out(letters: Office, whom: str) -> None:
    out = word.complex_field(" SKIPIF ", word.merge("name"), f' = "{whom}" ', result=None)
    label = [out, word.merge("name")]
    body = word.document(word.paragraph(*label), word.paragraph(word.field("NEXT", result=None), *label))
    letters.write("templates/labels/template.yaml", "kind: report\nfields:\n  name: text\n")
    letters.write("templates/labels/body.docx", body)


def test_labels_leave_out_one_record_and_no_other(letters: Office) -> None:
    labels_that_leave_out(letters, "Müller*")
    result = run(letters, "labels: {template: labels, format: docx, sort: name}")
    assert result.code == 0, result.out
    made = [line for line in docx_text(bundle(letters, "labels.docx")).splitlines() if line]
    assert made == ["Jānis Bērziņš", "Ona Kazlauskaitė", "Smith & Co"]
    assert [note["records"] for note in noted(letters)] == [3]


def test_labels_that_leave_out_all_records_are_no_bundle_and_no_fault(letters: Office) -> None:
    labels_that_leave_out(letters, "*")
    result = run(letters, "labels: {template: labels, format: docx}", "all: {document: letter, format: docx}")
    assert result.code == 0, result.out
    assert letters.files("bundles") == ["all.docx"]
    assert [note["records"] for note in noted(letters)] == [4]


@pytest.mark.libreoffice
@pytest.mark.skipif(libreoffice.find_office() is None, reason="LibreOffice is not installed")
def test_a_template_over_all_records_can_be_a_pdf(letters: Office) -> None:
    result = run(letters, "all: {template: word, format: pdf}")
    assert result.code == 0, result.err
    text = pdf_text(bundle(letters, "all.pdf"))
    assert [line for line in text.splitlines() if "place" in line] == [
        "Ona Kazlauskaitė: record 1, place 1",
        "Jānis Bērziņš: record 2, place 2",
        "Smith & Co: record 3, place 3",
        "Müller, Hans: record 4, place 4",
    ]
    assert noted(letters)[0]["pages"] == 4


def test_bundles_stand_in_manifest_and_page(letters: Office) -> None:
    run(letters, "all: {document: letter, format: docx}", "sheets: {document: sheet, format: pdf}")
    found = noted(letters)
    assert [(line["bundle"], line["file"], line["records"], line["pages"]) for line in found] == [
        ("all", "bundles/all.docx", 4, None),
        ("sheets", "bundles/sheets.pdf", 4, 4),
    ]
    page = (letters.run_folder() / "report.html").read_text(encoding="utf-8")
    assert 'href="bundles/all.docx"' in page
    assert 'href="bundles/sheets.pdf"' in page


def test_a_record_that_is_set_aside_is_in_no_bundle(letters: Office) -> None:
    letters.edit("data/customers.csv", "0002,Jānis Bērziņš", "0002,")
    result = run(letters, "all: {template: word, format: docx}")
    assert result.code == 4
    assert docx_text(bundle(letters, "all.docx")).splitlines() == [
        "Ona Kazlauskaitė: record 1, place 1",
        "Smith & Co: record 3, place 2",
        "Müller, Hans: record 4, place 3",
    ]


def test_a_template_that_fails_for_a_record_sets_it_aside_before_anything_is_delivered(letters: Office) -> None:
    document = docx.Document()
    document.add_paragraph("{{ city }}")
    letters.write("templates/labels/template.yaml", "kind: report\nfields:\n  city: text\n")
    letters.write("templates/labels/body.docx", saved(document))
    letters.edit("data/customers.csv", "janis@example.com,Rīga", "janis@example.com,")
    result = run(letters, "labels: {template: labels, format: docx}")
    assert result.code == 4
    assert result.json["items"] == {"ready": 3, "quarantined": 1}
    assert docx_text(bundle(letters, "labels.docx")).split() == ["Vilnius", "London", "Köln"]


def test_a_bundle_of_no_records_is_not_there(letters: Office) -> None:
    result = run(letters, "none: {document: letter, format: docx, when: no == 'x'}")
    assert result.code == 0, result.err
    assert letters.files("bundles") == []
    assert noted(letters) == []


def test_two_runs_give_equal_bundles(letters: Office) -> None:
    lines = ("all: {document: letter, format: docx}", "sheets: {document: sheet, format: pdf}")
    run(letters, *lines)
    first = {name: bundle(letters, name) for name in letters.files("bundles")}
    run(letters, *lines)
    assert {name: bundle(letters, name) for name in letters.files("bundles")} == first


def test_a_dry_run_makes_none(letters: Office) -> None:
    letters.write("jobs/letters.yaml", f"{JOB}  all: {{template: word, format: docx}}\n")
    assert letters.run("--dry-run").code == 0
    assert not list((letters.root / "out").glob("**/bundles"))


class Crash(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("lost", [False, True], ids=["killed while bundling", "and the first bundle is lost"])
def test_bundles_are_made_again_after_a_crash(letters: Office, monkeypatch: pytest.MonkeyPatch, lost: bool) -> None:
    lines = ("all: {document: letter, format: docx}", "sheets: {document: sheet, format: pdf}")
    run(letters, *lines)
    wanted = {name: bundle(letters, name) for name in letters.files("bundles")}

    def die(*arguments: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(bundles.Bundling, "_bind", die)
        with pytest.raises(Crash):
            letters.run("--again")
    folder = letters.run_folder()
    assert [path.name for path in (folder / "bundles").iterdir()] == ["all.docx"]
    made = (folder / "bundles/all.docx").stat().st_mtime_ns
    if lost:
        (folder / "bundles/all.docx").write_bytes(b"half")
    assert letters.call("resume", f"letters/{folder.name}").code == 0
    assert {name: bundle(letters, name) for name in letters.files("bundles")} == wanted
    assert lost or (folder / "bundles/all.docx").stat().st_mtime_ns == made, "what is whole stays"
    assert not (folder / "work").exists()


def test_bundles_are_there_before_an_approval_and_made_again_if_they_are_gone(letters: Office) -> None:
    letters.write(
        "jobs/letters.yaml",
        f"{JOB}  all: {{document: letter, format: docx}}\npolicy: {{approval: required}}\n",
    )
    assert letters.run().code == 0
    folder = letters.run_folder()
    wanted = (folder / "bundles/all.docx").read_bytes()
    (folder / "bundles/all.docx").unlink()
    run_id = f"letters/{folder.name}"
    assert letters.call("approve", run_id).code == 0
    letters.call("resume", run_id)
    assert (folder / "bundles/all.docx").read_bytes() == wanted
    assert [line["file"] for line in noted(letters)] == ["bundles/all.docx"]


FAULTS = [
    ("all: {document: leter, format: docx}", 'no document "leter" in documents', 'did you mean "letter"?'),
    (
        "all: {document: letter, format: pdf}",
        "the bundle is to be pdf, of a document that is docx",
        "make letter as pdf",
    ),
    ("all: {document: letter, format: html}", "html", "pdf"),
    ("all: {format: docx}", "a bundle is made either of a document or of a template", ""),
    ("all: {document: letter, template: word, format: docx}", "either of a document or of a template", ""),
    ("all: {template: wrd, format: docx}", 'there is no template "wrd"', 'did you mean "word"?'),
    ("all: {template: sheet, format: docx}", "is no Word document, as a bundle needs", "make a document of it"),
    ("all: {document: letter, format: docx, sort: town}", "town is not known", ""),
    ("all: {document: letter, format: docx, when: nme}", "nme is not known", 'did you mean "name"?'),
    ('all: {document: letter, format: docx, file: "{{ name }}"}', "name", ""),
    ('all: {document: letter, format: docx, file: "{{"}', "template", ""),
    ("all/2: {document: letter, format: docx}", '"all/2" cannot be a name', "use letters"),
    (
        "all: {document: letter, format: docx}\n  two: {document: letter, format: docx, file: ALL}",
        "like all",
        "another",
    ),
]


@pytest.mark.parametrize(("line", "problem", "hint"), FAULTS, ids=[line[:60] for line, _, _ in FAULTS])
def test_faults_of_bundles_are_told_with_their_place(letters: Office, line: str, problem: str, hint: str) -> None:
    letters.write("jobs/letters.yaml", f"{JOB}  {line}\n")
    result = letters.call("check", "jobs/letters.yaml")
    assert result.code == 1
    assert "jobs/letters.yaml, line 1" in result.out
    assert problem in result.out
    assert hint in result.out


def test_a_template_over_all_records_as_pdf_needs_libreoffice(letters: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("docgen.wiring.find_office", lambda: None)
    result = run(letters, "all: {template: word, format: pdf}")
    assert result.code == 1
    assert "the bundle all is a Word template made into PDF, which needs LibreOffice" in result.out
    assert "bundles › all › format" in result.out


def test_progress_is_told_of_each_record(letters: Office) -> None:
    told: list[tuple[str, int, int | None]] = []
    letters.write("jobs/letters.yaml", f"{JOB}  all: {{document: letter, format: docx}}\n")
    workspace = open_workspace(
        letters.root / "config.yaml", progress=lambda step, done, total: told.append((step, done, total))
    )
    run_job(workspace, letters.root / "jobs/letters.yaml")
    assert [one for one in told if one[0].startswith("bundling")] == [("bundling all", n, 4) for n in (1, 2, 3, 4)]
