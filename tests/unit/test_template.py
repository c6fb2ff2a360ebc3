"""Template folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.errors import DocgenError, Faults, TemplateError, TemplateMissing, UserError
from docgen.fields import FieldType
from docgen.kinds import KINDS
from docgen.model import Where
from docgen.template import Template, find_template, hash_folder, load_template, load_templates, template_names

WHOLE = """\
title: Invoice
help: An invoice.
kind: invoice
body: page.rml
text: words.txt
subject: "Invoice {{ number }}"
sample: example.yaml
fields:
  number: {required: true, example: INV-1, help: The number.}
  total: money
  lines:
    type: list
    fields:
      quantity: decimal
      amounts: {type: list, of: decimal}
texts:
  en:
    greeting: Dear {name}
    days: {one: "{n} day", other: "{n} days"}
    year: 2026
  de:
    greeting: Guten Tag {name}
    days: {one: "{n} Tag", other: "{n} Tage"}
    year: 2026
  de-AT:
    greeting: Grüß Gott {name}
"""


def make(parent: Path, manifest: str, name: str = "invoice", **files: str) -> Path:
    folder = parent / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "template.yaml").write_text(manifest, encoding="utf-8")
    for file, text in files.items():
        (folder / file.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def faults_of(folder: Path) -> list[DocgenError]:
    with pytest.raises(UserError) as caught:
        load_template(folder, shown="t")
    return list(caught.value.faults) if isinstance(caught.value, Faults) else [caught.value]


def sentences(folder: Path) -> list[str]:
    return [str(fault).removeprefix("t/template.yaml, ") for fault in faults_of(folder)]


@pytest.fixture
def whole(tmp_path: Path) -> Template:
    sample = "number: 00123\ntotal: 1.10\nlines:\n  - {quantity: 2, when: 2026-01-01}\n"
    return load_template(make(tmp_path, WHOLE, page__rml="<r/>", words__txt="w", example__yaml=sample))


def test_a_whole_template_is_read(whole: Template, tmp_path: Path) -> None:
    assert (whole.name, whole.title, whole.help, whole.kind) == ("invoice", "Invoice", "An invoice.", "invoice")
    assert whole.folder == tmp_path / "invoice"
    assert (whole.body, whole.text) == (whole.folder / "page.rml", whole.folder / "words.txt")
    assert whole.subject == "Invoice {{ number }}"
    assert (whole.fields["number"].type, whole.fields["number"].required) == (FieldType.TEXT, True)
    assert whole.fields["total"].type is FieldType.MONEY
    assert whole.fields["lines"].fields["amounts"].of is FieldType.DECIMAL


def test_texts_are_plain_or_have_plural_forms(whole: Template) -> None:
    assert whole.texts["de"] == {
        "greeting": "Guten Tag {name}",
        "days": {"one": "{n} Tag", "other": "{n} Tage"},
        "year": "2026",
    }
    assert whole.texts["de_AT"] == {"greeting": "Grüß Gott {name}"}


def test_the_sample_is_a_record_whose_text_stays_text(whole: Template) -> None:
    assert whole.sample["number"] == "00123"
    assert str(whole.sample["total"]) == "1.10"
    assert whole.sample["lines"] == [{"quantity": 2, "when": "2026-01-01"}]


def test_a_template_gives_the_places_of_its_keys(whole: Template) -> None:
    assert whole.where("subject") == Where(f"{whole.folder}/template.yaml", 6, 10, ("subject",))


def test_variables_are_not_put_into_templates(tmp_path: Path) -> None:
    template = load_template(make(tmp_path, "kind: message\nsubject: '${HOME}'", body__txt="x"))
    assert template.subject == "${HOME}"


def test_a_small_template_has_defaults(tmp_path: Path) -> None:
    template = load_template(make(tmp_path, "kind: letter", body__html="<p>", sample__yaml="a: 1"))
    assert (template.title, template.body.name, template.text, template.subject) == ("invoice", "body.html", None, None)
    assert (template.fields, template.texts, template.sample) == ({}, {}, {"a": 1})


@pytest.mark.parametrize("suffix", ["docx", "rml", "mjml", "html", "txt"])
def test_the_body_is_found_by_its_name(tmp_path: Path, suffix: str) -> None:
    folder = make(tmp_path, "kind: letter", **{f"body__{suffix}": "x", "body__png": "x", "other__txt": "x"})
    assert load_template(folder).body == folder / f"body.{suffix}"


def test_every_kind_there_is_can_be_named(tmp_path: Path) -> None:
    for kind in KINDS:
        assert load_template(make(tmp_path, f"kind: {kind}", body__txt="x")).kind == kind


def test_the_kinds_can_be_given(tmp_path: Path) -> None:
    folder = make(tmp_path, "kind: postcard", body__txt="x")
    assert load_template(folder, kinds=["postcard"]).kind == "postcard"
    assert 'there is no kind "postcard"' in sentences(folder)[0]


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    manifest = """\
titel: Invoice
kind: invoise
body: body.doc
text: wrds.txt
sample: none.yaml
fields:
  no 1: text
  total: mony
  name: {type: text, of: text}
  lines: {type: list, fields: {a b: text}}
texts:
  en:
    greeting: Hello
    days: {on: "{n} day", one: "{n} day"}
  de: {greeting: Hallo}
  xx: {greeting: x, days: y}
"""
    assert sentences(make(tmp_path, manifest, body__rml="x", words__txt="x")) == [
        'line 1, column 1, titel: unknown key "titel"; did you mean "title"?',
        'line 2, column 7, kind: there is no kind "invoise"; did you mean "invoice"?',
        'line 3, column 7, body: there is no file "body.doc" in this folder; did you mean "body.rml"?',
        'line 4, column 7, text: there is no file "wrds.txt" in this folder; did you mean "words.txt"?',
        'line 5, column 9, sample: there is no file "none.yaml" in this folder; one of: body.rml, words.txt',
        'line 7, column 3, fields › no 1: "no 1" cannot be the name of a field; '
        "use letters, digits and underscores, a letter first",
        'line 8, column 10, fields › total: "mony" is not one of the possible values; did you mean "money"?',
        "line 9, column 9, fields › name: `of` is for lists; this field is of type text",
        'line 10, column 32, fields › lines › fields › a b: "a b" cannot be the name of a field; '
        "use letters, digits and underscores, a letter first",
        'line 14, column 5, texts › en › days: the text "days" lacks the plural form "other", '
        "which all other counts use",
        'line 14, column 12, texts › en › days › on: "on" is not a plural form; did you mean "one"?',
        'line 15, column 3, texts › de: the text "days" is missing in de; en has it',
        'line 16, column 3, texts › xx: "xx" is not a language; write it as en, de or pt_BR',
    ]


@pytest.mark.parametrize(
    ("manifest", "files", "expected"),
    [
        ("kind: letter", {}, "body: there is no body.* in this folder; a body ends in .docx, .rml"),
        (
            "kind: letter",
            {"body__rml": "", "body__txt": ""},
            "body: there are body.rml and body.txt; name one in `body`",
        ),
        ("kind: letter\nbody: a.pdf", {"a__pdf": ""}, "body: a body cannot be a .pdf; a body ends in"),
        ("kind: letter\nbody: ../x.txt", {}, 'body: there is no file "../x.txt" in this folder'),
        ('kind: letter\nbody: "a\\nb"', {}, 'body: there is no file "a b" in this folder'),
        ("body: body.txt", {"body__txt": ""}, 'kind: the key "kind" is missing'),
        ("kind: letter\nfields: {a: }", {"body__txt": ""}, "fields › a: there is no value"),
        (
            "kind: letter\ntexts: {en: {a: [b]}}",
            {"body__txt": ""},
            "texts › en › a: a list stands where text is expected",
        ),
        ("kind: letter\ntexts: {en: {a: {other: {b: c}}}}", {"body__txt": ""}, "a group of keys stands where text"),
        ("kind: letter\ntexts: {en: {a: }}", {"body__txt": ""}, "texts › en › a: there is no value"),
    ],
)
def test_a_fault_is_said_in_words_for_people(
    tmp_path: Path, manifest: str, files: dict[str, str], expected: str
) -> None:
    (sentence,) = sentences(make(tmp_path, manifest, **files))
    assert expected in sentence


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("- a", "t/sample.yaml, line 1, column 1: a sample is a record"),
        ("a: 1\na: 2", 't/sample.yaml, line 2, column 1, a: the key "a" is here twice'),
        ("a: [1", 't/sample.yaml, line 1, column 4: a list in "[...]" that does not end'),
        ("a: {{ x }}\na: 1", "t/sample.yaml, line 1, column 4, a: a key that is not text"),
    ],
)
def test_a_faulty_sample_is_a_fault_of_the_template(tmp_path: Path, sample: str, expected: str) -> None:
    found = faults_of(make(tmp_path, "kind: letter", body__txt="x", sample__yaml=sample))
    assert str(found[0]).startswith(expected)
    assert isinstance(found[0], TemplateError)


def test_an_absent_template_names_a_similar_one(tmp_path: Path) -> None:
    make(tmp_path, "kind: letter", "estimate", body__txt="x")
    place = Where("spring.yaml", 14, 15, ("documents", "a", "template"))
    with pytest.raises(TemplateMissing) as caught:
        find_template(tmp_path, "estmate", where=place)
    assert str(caught.value) == (
        'spring.yaml, line 14, column 15, documents › a › template: there is no template "estmate"; '
        'did you mean "estimate"?'
    )
    with pytest.raises(TemplateMissing, match="did you mean"):
        load_template(tmp_path / "estmate")


@pytest.mark.parametrize("name", ["../letter", "", ".", "letter/../letter", "/letter"])
def test_a_name_cannot_leave_the_folder_of_templates(tmp_path: Path, name: str) -> None:
    make(tmp_path, "kind: letter", "letter", body__txt="x")
    make(tmp_path / "inner", "kind: letter", "other", body__txt="x")
    with pytest.raises(TemplateMissing):
        find_template(tmp_path / "inner", name)
    assert find_template(tmp_path, "letter").name == "letter"


def test_all_templates_are_read_by_name(tmp_path: Path) -> None:
    make(tmp_path, "kind: letter", "b", body__txt="x")
    make(tmp_path, "kind: message", "a", body__txt="x")
    (tmp_path / "shared").mkdir()
    assert template_names(tmp_path) == ["a", "b"]
    assert {name: template.kind for name, template in load_templates(tmp_path).items()} == {
        "a": "message",
        "b": "letter",
    }


def test_faults_of_all_templates_are_reported_together(tmp_path: Path) -> None:
    make(tmp_path, "kind: leter", "a", body__txt="x")
    make(tmp_path, "kind: leter\ntitle: []", "b", body__txt="x")
    with pytest.raises(Faults) as caught:
        load_templates(tmp_path)
    assert [fault.where and fault.where.path for fault in caught.value.faults] == [("kind",), ("kind",), ("title",)]


def test_an_absent_folder_of_templates_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="there is no such folder of templates"):
        load_templates(tmp_path / "none")


def test_the_hash_covers_names_and_bytes_and_nothing_that_comes_and_goes(tmp_path: Path) -> None:
    folder = make(tmp_path, "kind: letter", body__txt="x")
    first = load_template(folder).sha256
    assert first == hash_folder(folder)
    (folder / "~$body.docx").write_text("lock")
    (folder / ".DS_Store").write_text("x")
    assert hash_folder(folder) == first
    (folder / "pictures").mkdir()
    (folder / "pictures" / "a.png").write_text("x")
    second = hash_folder(folder)
    (folder / "pictures" / "a.png").rename(folder / "pictures" / "b.png")
    third = hash_folder(folder)
    (folder / "body.txt").write_text("y")
    assert len({first, second, third, hash_folder(folder)}) == 4
