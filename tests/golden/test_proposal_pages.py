"""The shipped proposal: its contents and its matrix name the pages on which the chapters really begin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from docgen.config import load_config
from docgen.fields import read_values
from docgen.kinds import KINDS
from docgen.merge import build_context
from docgen.model import Format
from docgen.render import RENDERERS
from docgen.template import load_template

ROOT = Path(__file__).parent.parent.parent
TODAY = date(2026, 11, 20)


def make(paper: str = "a4", **more: object) -> tuple[list[str], Mapping[str, object]]:
    """Return the text of each page, and what the kind computed."""
    template = load_template(ROOT / "templates" / "proposal")
    company = {**load_config(ROOT / "config.yaml", {}).company.model_dump(), "paper": paper}
    values, faults = read_values({**template.sample, **more}, template.fields, "en_GB", "sample")
    assert not faults
    computed = KINDS["proposal"].compute(values, company, TODAY)
    texts = template.texts
    context = build_context({**values, **computed}, locale="en_GB", company=company, today=TODAY, texts=texts)
    made = RENDERERS[".rml", Format.PDF](template).render(context)
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made.content)]
    return [str(page).replace("\r\n", "\n") for page in pages], computed


def chapters(pages: list[str]) -> dict[int, tuple[str, int]]:
    """Return what the contents say: number of a chapter -> its title and page."""
    found = re.findall(r"^(\d+)\s+(\D+?)\s+(\d+)$", pages[1], re.MULTILINE)
    return {int(number): (title, int(page)) for number, title, page in found}


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("copies", [1, 4])
def test_the_contents_name_the_pages_on_which_chapters_begin(paper: str, copies: int) -> None:
    long = "\n\n".join(["Furniture fails at the edges. " * 20] * 12 * (copies - 1)) or None
    pages, computed = make(paper, sections=[{"key": "about"}, {"key": "approach", "text": long}, {"key": "quality"},
                                            {"key": "delivery"}, {"key": "service"}])  # fmt: skip
    told = chapters(pages)
    assert len(told) == len(computed["chapters"])  # type: ignore[arg-type]
    for number, (title, page) in told.items():
        assert re.search(rf"^{number}\s+{re.escape(title)}$", pages[page - 1], re.MULTILINE)


def test_the_matrix_names_the_page_of_the_chapter_that_says_more() -> None:
    pages, _ = make()
    told = dict(chapters(pages).values())
    page_of = {"about": told["About us"], "schedule": told["Schedule"]}
    matrix = "\n".join(pages)
    for answer, section in (("ISO 9001 since 2008.", "about"), ("Last handover on 23 April 2027.", "schedule")):
        assert re.search(rf"{re.escape(answer)}\s+Met\s+{page_of[section]}\b", matrix)


def test_a_matrix_of_many_requirements_has_its_head_on_every_page() -> None:
    numbers = [f"{number}" for number in range(1, 121)]
    pages, _ = make(
        requirements=[{"no": no, "group": "All", "text": f"Requirement number {no} of a long list."} for no in numbers],
        answers=[{"no": no, "status": "met", "answer": f"Answer {no}, which is given here."} for no in numbers],
    )
    text = "\n".join(pages)
    assert [no for no in numbers if f"Answer {no}," not in text] == []
    assert all("Our answer" in page for page in pages if "Requirement number" in page)
