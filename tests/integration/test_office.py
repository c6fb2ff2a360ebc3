"""Word to PDF through the LibreOffice that is installed."""

import os
import shutil
from pathlib import Path

import pytest
from rendering import pdf_text, word

from docgen.errors import RenderError, ToolMissing
from docgen.model import MEDIA_TYPES, Artifact, Format
from docgen.render import office

needs_office = pytest.mark.skipif(
    office.find_office() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)


def document(name: str, content: bytes | None = None) -> Artifact:
    return Artifact(content or word(f"Hello {name}"), MEDIA_TYPES[Format.DOCX], f"{name}.docx")


@pytest.mark.libreoffice
@needs_office
def test_many_documents_are_converted_by_one_start_and_a_bad_one_spoils_only_itself(monkeypatch):
    starts = []
    run = office._run
    monkeypatch.setattr(office, "_run", lambda command, timeout_s: (starts.append(command), run(command, timeout_s)))
    made = office.convert_to_pdf([document("a"), document("bad", b"PK\x03\x04 no document"), document("b")])
    assert [type(one) for one in made] == [Artifact, RenderError, Artifact]
    assert [one.file_name for one in made if isinstance(one, Artifact)] == ["a.pdf", "b.pdf"]
    assert "Hello a" in pdf_text(made[0].content)
    assert "Hello b" in pdf_text(made[2].content)
    assert made[0].pages == 1
    assert str(made[1]).startswith("bad.docx: ")
    assert len(starts) == 2, "one for all, one more for the bad one"


@pytest.mark.libreoffice
@needs_office
def test_the_same_document_gives_the_same_bytes():
    first, second = (office.convert_to_pdf([document("a")])[0] for _ in range(2))
    assert first == second


@pytest.mark.libreoffice
@needs_office
def test_a_conversion_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\nsleep 60 & echo $! > %s\nwait\n" % (tmp_path / "pid"))
    program.chmod(0o755)
    monkeypatch.setattr(office, "find_office", lambda: str(program))
    (made,) = office.convert_to_pdf([document("a")], timeout_s=0.3)
    assert isinstance(made, RenderError)
    child = Path("/proc") / (tmp_path / "pid").read_text().strip()
    assert not child.exists() or "Z" in (child / "stat").read_text().split()[2]


def test_without_libreoffice_the_fault_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(office, "_PLACES", ())
    with pytest.raises(ToolMissing, match="install it"):
        office.convert_to_pdf([document("a")])


def test_dates_and_ids_of_a_pdf_are_fixed_and_its_title_kept():
    import io

    import pikepdf

    def pdf(date: str, identity: bytes) -> bytes:
        output = io.BytesIO()
        with pikepdf.new() as made:
            made.add_blank_page()
            made.docinfo["/Title"] = "Contract"
            made.docinfo["/CreationDate"] = date
            made.trailer.ID = pikepdf.Array([pikepdf.String(identity), pikepdf.String(identity)])
            made.save(output, static_id=False)
        return output.getvalue()

    first, pages = office.make_reproducible(pdf("D:20260101000000Z", b"1" * 16))
    second, _ = office.make_reproducible(pdf("D:20270101000000Z", b"2" * 16))
    assert first == second
    assert pages == 1
    with pikepdf.open(io.BytesIO(first)) as made:
        assert str(made.docinfo["/Title"]) == "Contract"
