"""The paper of Word documents: pages that follow the company's, and bodies made for one paper."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.shared import Mm, Twips
from kit import Office
from rendering import COMPANY, docx_text, make_context, make_template, saved, word

from docgen.errors import Faults, TemplateError
from docgen.model import Making
from docgen.render import docx as word_renderer
from docgen.template import load_template

ROOT = Path(__file__).parent.parent.parent
MM = 56.69  # twips

Page = tuple[float, float, float, float]


def pages(content: bytes) -> list[Page]:
    """Return width, height, left and right margin of each section, in millimetres."""
    sections = docx.Document(io.BytesIO(content)).sections
    sides = [(one.page_width, one.page_height, one.left_margin, one.right_margin) for one in sections]
    return [tuple(round(side / Mm(1), 1) for side in four) for four in sides]  # type: ignore[misc]


def document(*sizes: tuple[float, float], left: float = 25, right: float = 20) -> bytes:
    made = docx.Document()
    for number, (width, height) in enumerate(sizes):
        section = made.add_section(WD_SECTION.NEW_PAGE) if number else made.sections[0]
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.left_margin, section.right_margin = Mm(left), Mm(right)
        section.orientation = WD_ORIENT.LANDSCAPE if width > height else WD_ORIENT.PORTRAIT
    return saved(made)


def made(folder: Path, body: bytes, paper: str, says: str = "paper: company", **options: object) -> bytes:
    prepared = word_renderer.prepare(make_template(folder, body, ".docx", says), **options)  # type: ignore[arg-type]
    company: Mapping[str, object] = {"company": {**COMPANY, "paper": paper}}
    return prepared.render({**make_context({}), **company}).content


A4, LETTER = (210, 297), (215.9, 279.4)


@pytest.mark.parametrize("making", Making)
def test_a_page_follows_the_companys_paper_and_text_keeps_its_width(tmp_path: Path, making: Making) -> None:
    assert pages(made(tmp_path, document(A4), "letter", engine=making)) == [(215.9, 279.4, 25, 25.9)]


def test_a_letter_page_becomes_a4(tmp_path: Path) -> None:
    assert pages(made(tmp_path, document(LETTER, right=25.9), "a4")) == [(210, 297, 25, 20)]


def test_a_lying_page_stays_lying_and_leaves_what_printers_cannot_reach(tmp_path: Path) -> None:
    (page,) = pages(made(tmp_path, document(A4[::-1]), "letter"))
    width, height, left, right = page
    assert (width, height, right) == (279.4, 215.9, 10)
    assert width - left - right == pytest.approx(297 - 25 - 20, abs=0.1)


def test_margins_that_are_narrow_already_are_not_widened(tmp_path: Path) -> None:
    assert pages(made(tmp_path, document(LETTER, left=5, right=5), "a4")) == [(210, 297, 5, 5)]


def test_each_section_follows_and_one_of_another_size_stays(tmp_path: Path) -> None:
    after = pages(made(tmp_path, document(A4, (148, 210), LETTER), "letter"))
    assert after == [(215.9, 279.4, 25, 25.9), (148, 210, 25, 20), (215.9, 279.4, 25, 20)]


def test_the_a4_that_other_programs_write_is_a4(tmp_path: Path) -> None:
    body = docx.Document(io.BytesIO(document(A4)))
    body.sections[0].page_width, body.sections[0].page_height = Twips(11907), Twips(16840)
    assert pages(made(tmp_path, saved(body), "letter"))[0][:2] == LETTER


def test_a_template_that_does_not_say_so_keeps_its_page(tmp_path: Path) -> None:
    assert pages(made(tmp_path, document(A4), "letter", says="")) == [(210, 297, 25, 20)]


# --- bodies for one paper ----------------------------------------------------------------------------


def test_letter_paper_has_a_body_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(word("Letter"))
    template = make_template(tmp_path, word("A4"), ".docx", "letter_body: letter.docx")
    said = [
        docx_text(word_renderer.prepare(template.on(paper)).render(make_context({})).content)
        for paper in ("a4", "letter")
    ]
    assert said == ["A4", "Letter"]


def test_a_job_takes_the_body_of_the_companys_paper(office: Office) -> None:
    office.write(
        "templates/letter/letter.txt", "On Letter: {{ no }} {{ name }} {{ t('greeting') }} {{ city }} {{ amount }}\n"
    )
    office.edit("templates/letter/template.yaml", "kind: letter\n", "kind: letter\nletter_body: letter.txt\n")
    office.run()
    assert not _first(office).startswith("On Letter")
    office.edit("config.yaml", "  country: DE\n", "  country: DE\n  paper: letter\n")
    office.run("--again")
    assert _first(office).startswith("On Letter")


def _first(office: Office) -> str:
    folder = office.run_folder() / "documents"
    return min(folder.iterdir()).read_text(encoding="utf-8")


def test_keys_for_paper_that_do_not_fit_the_body_are_faults(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("x")
    with pytest.raises(Faults) as caught:
        make_template(tmp_path, "<document/>", ".rml", "paper: company\nletter_body: other.txt")
    assert [(fault.problem, fault.hint) for fault in caught.value.faults if isinstance(fault, TemplateError)] == [
        (
            "body.rml is no Word document: its pages are as large as it says itself",
            "leave `paper` out, and look at `company.paper` in the body",
        ),
        ("other.txt cannot take the place of body.rml", "name a .rml"),
    ]


def test_both_sheets_of_the_shipped_labels_use_the_same_fields() -> None:
    labels = load_template(ROOT / "templates" / "labels")
    used = [word_renderer.prepare(labels.on(paper)).fields_used for paper in ("a4", "letter")]
    assert used[0] == used[1]
    assert labels.on("letter").body.name == "letter.docx"
