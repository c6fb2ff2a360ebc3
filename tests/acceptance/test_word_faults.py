"""A Word template with many faults: one pass tells all, each at its place, and writes a copy that shows them."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from kit import Office
from rendering import saved

MANIFEST = """\
kind: letter
fields:
  no: {type: text, required: true}
  name: {type: text, required: true}
  city: text
  amount: text
"""

JOB = """\
title: Letters
data:
  tables: {customers: ../data/customers.csv}
  key: no
documents:
  letter: {template: word, format: docx, file: "letter {{ no }}"}
deliver:
  - folder: {path: archive, documents: [letter]}
"""

#: (path in the document, the tag, words of the message): twelve faults, each of another sort.
FAULTS = [
    (["text", "paragraph 2"], "{{ nmae }}", ['"nmae" is used and not declared', 'did you mean "name"?']),
    (["text", "paragraph 3"], "{{ city | uper }}", ["there is no filter uper", 'did you mean "upper"?']),
    (["text", "paragraph 4"], "{{ amount – 5 }}", ["a long dash", "write -"]),
    (["text", "paragraph 5"], "{{ name", ["never closed", "write }} behind it"]),
    (["text", "paragraph 6"], "{%p if city %}", ["would be lost", "Only for", "a paragraph of its own"]),
    (["text", "paragraph 8"], "{% if amount %}", ["is never closed", "write {% endif %}"]),
    (["text", "paragraph 9"], "{% endfor %}", ["closes nothing"]),
    (["text", "paragraph 10"], "{{ l.price }}", ["l is known only between", "put the tag into the loop"]),
    (["text", "paragraph 11"], "{name}}", ["a brace is missing", "write {{ name }}"]),
    (["text", "table 1", "row 1", "cell 1"], "{% tr for l in lines %}", ["a blank stands before tr", "{%tr for"]),
    (["text", "table 2", "row 1", "cell 1"], "{%tr for c in no %}", ["without tr", "write {%tr endfor %}"]),
    (["header 1", "paragraph 1"], "{{ no | moeny }}", ["there is no filter moeny", 'did you mean "money"?']),
]


def faulty() -> bytes:
    document = docx.Document()
    for text in (
        "Dear Sirs",
        "Dear {{ nmae }},",
        "of {{ city | uper }}",
        "you owe us {{ amount – 5 }}",
        "greetings, {{ name",
        "{%p if city %} Only for town people",
        "{%p endif %}",
        "{% if amount %}Pay!",
        "{% endfor %}",
        "{{ l.price }}",
        "{name}}",
    ):
        document.add_paragraph(text)
    for rows in (
        (("{% tr for l in lines %}", ""), ("{{ l.price }}", ""), ("{%tr endfor %}", "")),
        (("{%tr for c in no %}", ""), ("{{ c }}", "x"), ("{% endfor %}", "")),
    ):
        table = document.add_table(rows=3, cols=2)
        for texts, row in zip(rows, table.rows, strict=True):
            for text, cell in zip(texts, row.cells, strict=True):
                cell.text = text
    document.sections[0].header.paragraphs[0].text = "{{ no | moeny }}"
    return saved(document)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    office.write("templates/word/template.yaml", MANIFEST + "  lines: {type: list, fields: {price: text}}\n")
    office.write("templates/word/body.docx", faulty())
    office.write("jobs/letters.yaml", JOB)
    return office


def comments(content: bytes) -> list[tuple[str, str]]:
    """Return the text that each comment is about, and what it says."""
    document = docx.Document(io.BytesIO(content))
    (part,) = (rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/comments"))
    said = {
        node.get(qn("w:id")): " ".join(text.text for text in node.iter(qn("w:t")))
        for node in part.element.iter(qn("w:comment"))
    }
    found, opened = [], {}
    for node in document.element.body.iter():
        if node.tag == qn("w:commentRangeStart"):
            opened[node.get(qn("w:id"))] = ""
        elif node.tag == qn("w:commentRangeEnd"):
            identity = node.get(qn("w:id"))
            found.append((opened.pop(identity), said[identity]))
        elif node.tag == qn("w:t"):
            opened = {key: text + (node.text or "") for key, text in opened.items()}
    assert not opened
    assert len(found) == len(said)
    return found


def test_twelve_faults_are_told_in_one_pass_each_at_its_place(office: Office) -> None:
    result = office.call("check", "jobs/letters.yaml", "--json")
    assert result.code == 1
    faults = result.json["faults"]
    assert [(fault["where"]["path"], fault["value"]) for fault in faults] == [(path, tag) for path, tag, _ in FAULTS]
    assert {fault["where"]["file"] for fault in faults} == {"templates/word/body.docx"}
    for fault, (_, _, words) in zip(faults, FAULTS, strict=True):
        assert all(word in fault["message"] for word in words), fault["message"]


def test_the_same_faults_are_printed_for_people(office: Office) -> None:
    result = office.call("check", "jobs/letters.yaml")
    lines = result.out.splitlines()
    assert len(lines) == len(FAULTS) + 1
    assert lines[-1] == "12 faults"
    assert lines[1] == (
        "templates/word/body.docx, text › paragraph 3: {{ city | uper }}: there is no filter uper, "
        'in "of {{ city | uper }}"; did you mean "upper"?'
    )


def test_the_annotated_copy_has_a_comment_at_each_tag(office: Office) -> None:
    result = office.call("check", "jobs/letters.yaml", "--annotate", "faults.docx")
    assert result.code == 1
    assert result.out.endswith("annotated: faults.docx\n")
    found = comments((office.root / "faults.docx").read_bytes())
    in_body = {tag for path, tag, _ in FAULTS if path[0] == "text"}
    assert {text for text, _ in found} - {"Dear Sirs"} == in_body
    (header,) = (said for text, said in found if text == "Dear Sirs")
    assert header.startswith("Header 1 › paragraph 1: there is no filter moeny")


def test_the_annotated_copy_reads_as_the_template_does(office: Office) -> None:
    office.call("check", "jobs/letters.yaml", "--annotate", "faults.docx")
    before, after = docx.Document(io.BytesIO(faulty())), docx.Document(str(office.root / "faults.docx"))
    assert [p.text for p in after.paragraphs] == [p.text for p in before.paragraphs]


def test_annotating_twice_gives_the_same_bytes_but_for_the_date(office: Office) -> None:
    copies = []
    for _ in range(2):
        office.call("check", "jobs/letters.yaml", "--annotate", "faults.docx")
        copies.append([said for _, said in comments((office.root / "faults.docx").read_bytes())])
    assert copies[0] == copies[1]


def test_comments_that_are_there_stay(office: Office) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("{{ nmae }} {{ no }}")
    document.add_comment(paragraph.runs, text="Is this right?", author="Ona", initials="OK")
    office.write("templates/word/body.docx", saved(document))
    office.write("templates/word/template.yaml", "kind: letter\nfields: {no: text}\n")
    office.call("check", "jobs/letters.yaml", "--annotate", "faults.docx")
    found = comments((office.root / "faults.docx").read_bytes())
    assert found == [
        ("{{ nmae }}", '"nmae" is used and not declared. One of: date, no.'),
        ("{{ nmae }} {{ no }}", "Is this right?"),
    ]


def test_a_fault_of_the_rehearsal_is_annotated_too(office: Office) -> None:
    document = docx.Document()
    document.add_paragraph("{{ no }}")
    document.add_paragraph("Dear {{ name.first }},")
    office.write("templates/word/body.docx", saved(document))
    office.write("templates/word/template.yaml", "kind: letter\nfields: {no: text, name: {type: object}}\n")
    office.edit("data/customers.csv", "no,name,", "no,name.last,")
    result = office.call("check", "jobs/letters.yaml", "--annotate", "faults.docx")
    assert result.code == 1
    assert [text for text, _ in comments((office.root / "faults.docx").read_bytes())] == ["{{ name.first }}"]


def test_several_faulty_templates_give_copies_by_their_names(office: Office) -> None:
    for name in ("one", "two"):
        office.write(f"templates/{name}/template.yaml", "kind: letter\nfields: {no: text}\n")
        document = docx.Document()
        document.add_paragraph(f"{{{{ no }}}} {{{{ {name} }}}}")
        office.write(f"templates/{name}/body.docx", saved(document))
    office.write(
        "jobs/letters.yaml",
        JOB.replace(
            "  letter: {template: word", "  second: {template: two, format: docx, file: b}\n  letter: {template: one"
        ),
    )
    result = office.call("check", "jobs/letters.yaml", "--annotate", "faults.docx", "--json")
    assert result.json["annotated"] == ["faults-one.docx", "faults-two.docx"]
    assert all((office.root / name).is_file() for name in result.json["annotated"])
    office.call("check", "jobs/letters.yaml", "--annotate", "copies")
    assert sorted(path.name for path in (office.root / "copies").iterdir()) == ["one.docx", "two.docx"]


def test_without_faults_nothing_is_written(office: Office) -> None:
    document = docx.Document()
    document.add_paragraph("{{ no }}")
    office.write("templates/word/body.docx", saved(document))
    office.write("templates/word/template.yaml", "kind: letter\nfields: {no: text}\n")
    result = office.call("check", "jobs/letters.yaml", "--annotate", "faults.docx")
    assert result.code == 0
    assert result.out.endswith("nothing to annotate: no fault stands in a Word template\n")
    assert not (office.root / "faults.docx").exists()


@pytest.mark.parametrize("target", ["templates/word/body.docx", "templates/word/copy.docx", "faults.pdf"])
def test_a_copy_never_takes_the_place_of_a_template(office: Office, target: str) -> None:
    before = (office.root / "templates/word/body.docx").read_bytes()
    result = office.call("check", "jobs/letters.yaml", "--annotate", target)
    assert result.code == 1
    assert "template" in result.err or "no name of a Word document" in result.err
    assert (office.root / "templates/word/body.docx").read_bytes() == before


def test_columns_that_nothing_reads_are_noted(office: Office) -> None:
    document = docx.Document()
    document.add_paragraph("{{ no }} {{ name }}")
    office.write("templates/word/body.docx", saved(document))
    office.write("templates/word/template.yaml", "kind: letter\nfields: {no: text, name: text}\n")
    result = office.call("check", "jobs/letters.yaml")
    assert result.code == 0
    assert result.out.splitlines()[0] == "note: neither a template nor the job reads these columns: email, amount"
    assert office.call("check", "jobs/letters.yaml", "--json").json["unused"] == ["email", "amount"]


def test_of_a_template_that_cannot_be_read_nobody_knows_what_it_reads(office: Office) -> None:
    office.write("templates/word/template.yaml", "fields: {no: text, name: text}\n")
    result = office.call("check", "jobs/letters.yaml")
    assert result.code == 1
    assert "invoice, contract, letter, message, ...\n" in result.out
    assert "these columns" not in result.out
