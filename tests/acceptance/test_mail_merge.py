"""A mail-merge main document of Word through the command line: checked, run, and records that it leaves out."""

from __future__ import annotations

import pytest
from kit import Office
from rendering import docx_text
from wordfields import complex_field, document, field, merge, paragraph

MANIFEST = "kind: letter\nfields:\n  name: {type: text, required: true}\n"
JOB = """\
title: Letters
data:
  tables: {customers: ../data/customers.csv}
  key: no
documents:
  letter: {template: merge, format: docx, file: "letter {{ no }}"}
deliver:
  - folder: {path: "letters"}
"""


@pytest.fixture
def merging(office: Office) -> Office:
    out = complex_field(" SKIPIF ", merge("Name"), ' = "Smith*" ', result=None)
    office.write("templates/merge/template.yaml", MANIFEST)
    body = document(paragraph(out, "Dear ", merge("NAME \\* Upper"), ", record ", field("MERGEREC"), "."))
    office.write("templates/merge/body.docx", body)
    office.write("jobs/letters.yaml", JOB)
    return office


def test_a_merge_document_is_checked_and_its_names_are_found(merging: Office) -> None:
    assert merging.call("check", "jobs/letters.yaml").code == 0


def test_a_record_that_the_template_leaves_out_gets_nothing_and_is_no_fault(merging: Office) -> None:
    result = merging.run("--json")
    assert result.code == 0, result.err
    made = [docx_text(path.read_bytes()).strip() for path in sorted((merging.root / "out").rglob("letter *.docx"))]
    assert "Dear ONA KAZLAUSKAITĖ, record 1." in made
    assert not any("SMITH" in text for text in made)
    assert result.json["deliveries"] == {"folder": {"sent": 3}}
