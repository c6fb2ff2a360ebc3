"""veraPDF and qpdf judge the files of the compiled path, one by one and joined: PDF/A-3a and PDF/UA-1, all of them."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
from services import require
from sheets import Draft, everything, flate
from verapdf import faults, judge

from docgen.deliver.joined import JoinedFile
from docgen.pdfmetadata import NO_EXTENSION
from docgen.render.pdf.file import Attachment, Extension

LETTERS = Draft().letters
INVOICE = Attachment(
    "factur-x.xml", b"<?xml version='1.0'?><invoice/>", "text/xml", "Alternative", "The invoice as data"
)


def bare() -> bytes:
    """A page with nothing on it, no title, no date."""
    return Draft("", letters=LETTERS).write(today=None)


def letter(number: int) -> bytes:
    draft = Draft(f"Brief {number}", "de", LETTERS)
    draft.text("H1", f"Brief {number}")
    draft.place(draft.store.add(flate()), None)
    draft.link("web", "https://example.com")
    draft.table([["Posten", "Preis"], ["Eiche", f"{number},00"]])
    return draft.write()


def joined(*parts: bytes, blank: bool = False) -> bytes:
    output = io.BytesIO()
    file = JoinedFile(output)
    for number, part in enumerate(parts):
        file.add(part, f"Letter {number} – é")
        if blank:
            file.add_blank()
    file.close((), {"PrintScaling": "None"})
    return output.getvalue()


FILES = {
    "everything": lambda: everything(LETTERS).write(),
    "bare": bare,
    "letter": lambda: letter(1),
    "attachment": lambda: everything(LETTERS).write(attachments=[INVOICE], extension=NO_EXTENSION),
    "joined": lambda: joined(*map(letter, range(70)), everything(LETTERS).write(), blank=True),
    "joined notes": lambda: joined(everything(LETTERS).write(), everything(LETTERS).write()),
}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return {name: make() for name, make in FILES.items()}


@pytest.mark.parametrize("flavour", ["3a", "ua1"])
def test_every_file_keeps_to_the_standards_it_names(files: dict[str, bytes], flavour: str) -> None:
    assert judge(files, flavour) == {name: [] for name in files}  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FILES)
def test_qpdf_finds_nothing(files: dict[str, bytes], name: str, tmp_path: Path) -> None:
    require(shutil.which("qpdf") is not None, "qpdf")
    path = tmp_path / "file.pdf"
    path.write_bytes(files[name])
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_property_that_nobody_declares_is_found_so_extensions_have_to_declare_theirs() -> None:
    described = '<rdf:Description rdf:about="" xmlns:x="urn:x:"><x:kind>1</x:kind></rdf:Description>'
    assert any("6.6.2.3" in line for line in faults(Draft().write(extension=Extension(described)), "3a"))
    declared = (
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Kinds</pdfaSchema:schema>'
        "<pdfaSchema:namespaceURI>urn:x:</pdfaSchema:namespaceURI><pdfaSchema:prefix>x</pdfaSchema:prefix>"
        '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>kind</pdfaProperty:name>'
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        "<pdfaProperty:description>A kind</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li>"
    )
    assert faults(Draft().write(extension=Extension(described, declared)), "3a", "ua1") == []


def test_what_is_joined_with_a_file_of_others_claims_no_more_than_holds() -> None:
    output = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(output)
    with pikepdf.open(io.BytesIO(joined(letter(1), output.getvalue()))) as pdf, pdf.open_metadata() as xmp:
        assert "pdfaid:part" not in xmp
        assert not pdf.Root.MarkInfo.Marked


def test_archived_files_of_others_are_archived_when_joined() -> None:
    untagged = io.BytesIO()
    with pikepdf.open(io.BytesIO(letter(1))) as pdf:
        del pdf.Root["/StructTreeRoot"]
        with pdf.open_metadata() as xmp:
            xmp["pdfaid:conformance"] = "B"
            del xmp["pdfuaid:part"]
        pdf.save(untagged, deterministic_id=True)
    found = joined(untagged.getvalue(), letter(2), untagged.getvalue())
    assert faults(found, "3b") == []
