"""Templates that LibreOffice saved: the files kept here, and new ones of the version that is installed."""

from __future__ import annotations

import os

import pytest
from differential.cases import VALUES
from differential.compare import differences, render, render_docxtpl, text_differences
from differential.saving import SAVED, SOURCES, convert
from rendering import docx_text

from docgen.model import Making
from docgen.render import office

needs_office = pytest.mark.skipif(
    office.find_office() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)


def assert_same(folder, content: bytes) -> None:
    compiled, reference = (render(folder, content, VALUES, making) for making in Making)
    assert not differences(compiled, reference)
    assert not text_differences(compiled, render_docxtpl(content, VALUES))
    assert "{%" not in docx_text(compiled)
    assert docx_text(compiled) != docx_text(content)


def test_as_many_files_are_kept_as_there_are_sources():
    assert {file.stem for file in SAVED.glob("*.docx")} == set(SOURCES)
    assert len(SOURCES) >= 6


@pytest.mark.parametrize("name", SOURCES)
def test_a_template_saved_by_libreoffice_gives_the_same_document(name, tmp_path):
    assert_same(tmp_path / "t", (SAVED / f"{name}.docx").read_bytes())


@pytest.mark.libreoffice
@needs_office
def test_templates_saved_just_now_give_the_same_documents(tmp_path, regenerate):
    for name, content in convert(tmp_path / "work").items():
        assert_same(tmp_path / name, content)
        if regenerate:
            (SAVED / f"{name}.docx").write_bytes(content)
