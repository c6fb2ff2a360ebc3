"""PDF files that ask for a password, or forbid what may be done with them."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest
from kit import Office
from sheets import everything

from docgen.errors import RenderError
from docgen.render.pdf.file.encryption import protect

BODY = """<document filename="x.pdf"><template pageSize="A4"><pageTemplate id="main">
<frame id="f" x1="50" y1="50" width="300" height="700"/></pageTemplate></template>
<story><para>{{ name }} {{ no }} {{ city }} {{ amount }}</para></story></document>
"""
JOB = """\
title: Letters
data:
  tables: {customers: ../data/customers.csv}
  key: no
documents:
  letter:
    template: letter
    format: pdf
    file: "letter {{ no }}"
    protect: {open_password: "{{ city }}-{{ no }}"}
deliver:
  - folder: {path: archive}
"""


@pytest.fixture(scope="module")
def content() -> bytes:
    return everything().write()


def test_a_file_opens_with_its_password_only(content: bytes) -> None:
    locked = protect(content, "Vilnius-Ž", "", ["print"])
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(locked))
    with pikepdf.open(io.BytesIO(locked), password="Vilnius-Ž") as pdf:
        assert pdf.encryption.bits == 256
        assert pdf.user_password_matched
        assert not pdf.owner_password_matched
        assert pdf.check_pdf_syntax() == []
    document = pypdfium2.PdfDocument(locked, password="Vilnius-Ž")
    assert "Invoice 17" in document[0].get_textpage().get_text_range()
    document.close()


@pytest.mark.parametrize(
    ("permissions", "allowed"),
    [
        ([], set()),
        (["print"], {"print_lowres", "print_highres"}),
        (["copy", "fill"], {"extract", "modify_form"}),
        (["change", "comment"], {"modify_other", "modify_assembly", "modify_annotation"}),
    ],
    ids=["nothing", "print", "copy and fill", "change and comment"],
)
def test_readers_may_do_what_is_permitted_and_the_blind_may_always_read(
    content: bytes, permissions: list[str], allowed: set[str]
) -> None:
    with pikepdf.open(io.BytesIO(protect(content, "", "", permissions))) as pdf:
        found = {name for name, is_allowed in pdf.allow._asdict().items() if is_allowed}
        assert found == allowed | {"accessibility"}
        assert not pdf.owner_password_matched


def test_the_owner_opens_it_without_restrictions(content: bytes) -> None:
    with pikepdf.open(io.BytesIO(protect(content, "user", "owner", [])), password="owner") as pdf:
        assert pdf.owner_password_matched


def test_a_protected_file_is_tagged_and_no_longer_says_that_it_is_archivable(content: bytes) -> None:
    with pikepdf.open(io.BytesIO(protect(content, "", "", []))) as pdf, pdf.open_metadata() as xmp:
        assert "pdfaid:part" not in xmp
        assert "pdfaid:conformance" not in xmp
        assert xmp["pdfuaid:part"] == "1"
        assert pdf.Root.MarkInfo.Marked


def test_what_cannot_be_protected_is_a_fault(content: bytes) -> None:
    with pytest.raises(RenderError, match="127 bytes at most"):
        protect(content, "ž" * 64, "", [])
    with pytest.raises(RenderError, match="cannot be protected"):
        protect(b"no pdf", "a", "", [])
    with pytest.raises(RenderError, match="cannot be protected"):
        protect(protect(content, "a", "", []), "a", "", [])


def prepare(office: Office) -> None:
    (office.root / "templates/letter/body.txt").unlink()
    office.write("templates/letter/body.rml", BODY)
    office.write("jobs/letters.yaml", JOB)


def test_each_record_gets_its_own_password(office: Office) -> None:
    prepare(office)
    result = office.run()
    assert result.code == 0, result.err
    archived = list(office.root.rglob("archive/*.pdf"))
    assert len(archived) == 4
    for path, city in zip(sorted(archived), ("Vilnius", "Rīga", "London", "Köln"), strict=True):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(path)
        pikepdf.open(path, password=f"{city}-{path.stem.split()[1]}").close()


def test_an_empty_password_sets_the_record_aside(office: Office) -> None:
    prepare(office)
    office.edit("jobs/letters.yaml", "{{ city }}-{{ no }}", "{{ email }}")
    result = office.run()
    assert result.code == 4
    assert "protect › open_password, record 0003: the password is empty" in result.out
    assert len(list(office.root.rglob("archive/*.pdf"))) == 3


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("format: pdf", "format: txt", "only PDF can be protected"),
        ("- folder: {path: archive}", "- print: {documents: [letter]}", "what is protected cannot be printed"),
        ("deliver:", "bundles: {all: {document: letter, format: pdf}}\ndeliver:", "what is protected cannot be joined"),
        ('protect: {open_password: "{{ city }}-{{ no }}"}', "protect: {permissions: [sing]}", "sing"),
    ],
    ids=["text", "print", "bundle", "permission"],
)
def test_protection_that_cannot_be_is_a_fault_of_the_job(office: Office, old: str, new: str, problem: str) -> None:
    prepare(office)
    office.edit("jobs/letters.yaml", old, new)
    result = office.call("check", "jobs/letters.yaml")
    assert result.code == 1
    assert problem in result.err + result.out
