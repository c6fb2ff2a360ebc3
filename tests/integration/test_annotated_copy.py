"""The annotated copy of a faulty Word template opens in LibreOffice, with every comment."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pikepdf
import pytest
from rendering import make_template, word

from docgen.errors import DocgenError, flatten
from docgen.render import docx as renderer
from docgen.render.office import find_office
from docgen.testing import FixedClock

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed"),
]

FILTER = 'pdf:writer_pdf_Export:{"ExportNotes":{"type":"boolean","value":"true"}}'


def test_every_comment_is_there(tmp_path: Path) -> None:
    body = word("{{ a | uper }} and {{ b", "{%p if c %} more", "{%p endif %}")
    template = make_template(tmp_path / "t", body, ".docx")
    with pytest.raises(DocgenError) as caught:
        renderer.prepare(template)
    faults = flatten(caught.value)
    copy = tmp_path / "faults.docx"
    copy.write_bytes(renderer.annotate(template.body.read_bytes(), faults, FixedClock()()))
    office = find_office()
    assert office is not None
    command = [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", FILTER]
    subprocess.run([*command, "--outdir", str(tmp_path), str(copy)], check=True, capture_output=True, timeout=120)
    with pikepdf.open(io.BytesIO((tmp_path / "faults.pdf").read_bytes())) as made:
        found = [note for page in made.pages for note in page.get("/Annots", [])]
        notes = [str(note.Contents) for note in found if note.Subtype == "/Text"]
    assert len(notes) == len(faults) == 3
    assert any("There is no filter uper." in note for note in notes)
